"""Connect pages in a real browser: who gets in by which proof, platforms connected by consent and by key, and the same with an
OpenID provider that nobody here wrote. Without JavaScript, on a phone, in both themes."""

import os
import pathlib
import tempfile

from browser import Browser
from harness import WATCH, contains, equal, free_port, http_call
from standins import emulated, provider, secret_of, sign_in_at_provider

PASSWORD = WATCH.keep("the password", "a password of Four words")
# A folder for pictures of every page, for people who want to look.
SHOTS = os.environ.get("SOLDER_E2E_SHOTS")


def shot(page, name):
    if SHOTS:
        page.shot(pathlib.Path(SHOTS) / f"{name}.png")


def ticket(s, user=None, **fields):
    made = s.api("POST", "/api/connect-tickets", fields, user=user)
    equal(made.status, 201, repr(made))
    return made.json()


def to_github(page, name=None):
    """From the list to the stand-in's consent page, and the first of its people there."""
    page.click("section:has-text('GitHub') button, section:has-text('GitHub') a.button")
    page.wait("button:has-text('Go on to'), button.user-btn")
    if name:
        shot(page, name)
    if page.count("button:has-text('Go on to')"):
        page.click("button:has-text('Go on to')")
    page.wait("button.user-btn").click("button.user-btn")


def first_browser(t, s, browser):
    server = s.create_server("Issues and chat", restrictions={"permissions": [
        {"connector": "github", "actions": ["users/get-authenticated", "issues/*"]}, {"connector": "slack"}]})
    made = ticket(s, user="ada", serverId=server["serverId"])
    WATCH.keep("a ticket", made["url"].rsplit("/", 1)[1])
    with t.case("no script, on a phone, dark: the cover names the account and the user, and looking uses nothing up"):
        page = browser.page(script=False, width=390, dark=True)
        for _ in range(2):
            answer = page.goto(made["url"])
            equal(answer["status"], 200)
        for told in ("ada", "default", "Issues and chat"):
            contains(page.text(), told)
        equal(answer["headers"]["x-frame-options"], "DENY")
        contains(answer["headers"]["content-security-policy"], "frame-ancestors 'none'")
        shot(page, "cover-dark-phone")
    with t.case("it opens once, and for nobody else"):
        page.click("main button")
        contains(page.text(), "GitHub")
        contains(page.text(), "Slack")
        shot(page, "list-dark-phone")
        other = browser.page(script=False)
        answer = other.goto(made["url"])
        assert answer["status"] >= 400, answer["status"]
        assert "GitHub" not in other.text() and "ada" not in other.text(), other.text()
        shot(other, "used-light")
        answer = other.goto(page.url)
        assert answer["status"] >= 400 and "GitHub" not in other.text(), other.text()
    with t.case("a platform is connected by its consent page, and kept only after a yes that names both sides"):
        to_github(page)
        contains(page.text(), "Is this right?")
        shot(page, "confirm-dark-phone")
        equal(s.api("GET", "/api/credentials", user="ada").json()["count"], 0, "nothing is kept before the yes")
        page.click("button[value=yes]")
        contains(page.text(), "Connected as")
        shot(page, "connected-dark-phone")
    with t.case("a key is typed in there, tried, confirmed, and never shown"):
        key = WATCH.keep("a key typed in on a page", "xoxb-typed-On-A-page-1")
        page.click("section:has-text('Slack') a.button, section:has-text('Slack') button")
        shot(page, "key-dark-phone")
        field = "section:has-text('Bot token') input[type=password]"
        page.fill(field, "  ")
        page.click("section:has-text('Bot token') button")
        assert page.count("[role=alert], .fault"), "a fault stands beside its field"
        page.fill(field, key).click("section:has-text('Bot token') button")
        contains(page.text(), "Is this right?")
        page.click("button[value=yes]")
        equal(sorted(one["connectorId"] for one in s.api("GET", "/api/credentials", user="ada").json()["credentials"]), ["github", "slack"])
    with t.case("Done ends it, and the credentials work for ada alone"):
        page.click("form[action$='/done'] button")
        shot(page, "done-dark-phone")
        page.goto(made["url"])
        assert page.count("form") == 0 and "GitHub" not in page.text(), page.text()
        run = f"/api/connectors/github/actions/{'users%2Fget-authenticated'}/execute"
        equal(s.api("POST", run, {"parameters": {}}, user="ada").status, 200)
        equal(s.api("POST", run, {"parameters": {}}, user="eve").error(400, "CREDENTIAL_NOT_FOUND")["code"], "CREDENTIAL_NOT_FOUND")
    with t.case("nothing reaches beyond a phone's edge"):
        wide = browser.page(width=390)
        wide.goto(ticket(s, user="ada-with-a-very-long-name-that-has-no-room-at-all@subdomain.example.com")["url"])
        wide.click("main button")
        assert wide.say("wide")["beyond"] <= 0, wide.say("wide")
        shot(wide, "list-light-phone")


def by_password(t, s, browser):
    with t.case("who has a password signs in first, and what is connected is kept at once"):
        made = s.api("POST", "/api/users", {"userId": "grace"})
        assert made.status in (200, 201), repr(made)
        for name in ("grace", "mallory"):
            user = s.api("POST", "/api/users", {"userId": name}).json()["id"]
            equal(s.api("PUT", f"/api/users/{user}/password", {"password": PASSWORD}).status, 200)
        page = browser.page(script=False)
        link = ticket(s, user="grace", connectors=["github"])["url"]
        page.goto(link)
        shot(page, "cover-signs-in-light")
        page.click("main button")
        contains(page.url, "/sign-in/")
        shot(page, "sign-in-light")
        page.fill("input[type=password]", "not the password at all").click("button[type=submit]")
        assert page.count("[role=alert]"), page.text()
        shot(page, "sign-in-wrong-light")
        page.fill("input[type=password]", PASSWORD).click("button[type=submit]")
        contains(page.text(), "GitHub")
        shot(page, "list-light")
        to_github(page, "offer-light")
        contains(page.text(), "Connected as")
        assert page.count("button[value=yes]") == 0, "a sign-in needs no second question"
    with t.case("somebody else who signs in is turned away"):
        page = browser.page(script=False)
        link = ticket(s, user="grace", connectors=["github"])["url"]
        page.goto(link)
        page.click("main button")
        sign_in = page.url
        answer = http_call("GET", sign_in)
        assert answer.status >= 400, "an attempt belongs to its browser"
        # The form's user is fixed; a browser can still send another.
        contains(page.html(), "readonly")


def by_provider(t, browser):
    at, port = free_port(), free_port()
    public, issuer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{at}"
    client_of = {"id": "solder", "secret": WATCH.keep("the provider's client secret", "idp-client-Secret-4"),
                 "redirects": [f"{public}/sign-in/callback"]}
    env = {"SOLDER_ALLOW_PRIVATE_NETWORKS_ACCOUNTS": "127.0.0.0/8"}
    with provider(at, [client_of]), t.solder(env=env, listen=f"127.0.0.1:{port}") as s:
        with t.case("an account registers its OpenID provider"):
            made = s.api("POST", "/api/identity-providers", {
                "name": "Example Login", "issuer": issuer, "clientId": client_of["id"], "clientSecret": client_of["secret"]})
            equal(made.status, 201, repr(made))
            equal(made.json()["redirectUri"], client_of["redirects"][0])
            assert client_of["secret"] not in made.text
        with t.case("a certified provider signs the right person in to a connect page"):
            page = browser.page(script=False)
            page.goto(ticket(s, user="ada", connectors=["github", "slack"])["url"])
            page.click("main button")
            shot(page, "sign-in-provider-light")
            page.click("a:has-text('Example Login')")
            sign_in_at_provider(page, "ada")
            assert page.url.startswith(public), page.url
            contains(page.text(), "GitHub")
        with t.case("somebody else of the same provider is turned away, with words that name both"):
            page = browser.page(script=False)
            page.goto(ticket(s, user="ada", connectors=["github"])["url"])
            page.click("main button")
            page.click("a:has-text('Example Login')")
            sign_in_at_provider(page, "eve")
            contains(page.text(), "eve")
            contains(page.text(), "ada")
            assert "GitHub" not in page.text(), page.text()
            shot(page, "other-user-light")


def run(t):
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    WATCH.keep("a client secret", secret_of("github"))
    with Browser() as browser:
        with tempfile.TemporaryDirectory() as folder, emulated(public, folder) as (env, _):
            with t.solder(env=env, listen=f"127.0.0.1:{port}") as s:
                first_browser(t, s, browser)
                by_password(t, s, browser)
        by_provider(t, browser)
