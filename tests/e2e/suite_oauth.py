"""Platforms connected by OAuth in a real browser: from `create_credential_alloy` through the platform's own pages to an
action that runs with the new credential."""

import json
import tempfile
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from browser import Browser
from harness import WATCH, contains, equal, free_port, http_call, until
from platform_double import Platform
from standins import CONNECTORS, EMULATED, REFRESH, REVOKES, Helper, emulated, secret_of, setting, short_lived, sign_in_at_provider

FIRST_ACTION = {
    "slack": ("auth_test", {}), "github": ("users/get-authenticated", {}), "gmail": ("gmail.users.labels.list", {}),
    "linear": ("teams", {}), "microsoft365": ("me.user.GetUser", {}),
}


def begin(client, connector, **more):
    """The consent URL of a new connection."""
    made = client.ask("create_credential", {"connectorId": connector, "authenticationType": "oauth2", **more})
    assert "credentialId" not in made, made
    return made["oauthUrl"]


def query(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def credential(client, connector):
    """The newest credential for a connector, as the model sees it."""
    return client.ask("get_credentials", {"connectorId": connector})["credentials"][0]


def emulated_platforms(t, browser):
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    for connector in EMULATED:
        WATCH.keep(f"the client secret for {connector}", secret_of(connector))
    with tempfile.TemporaryDirectory() as folder, Platform() as landing, emulated(public, folder) as (env, tokens):
        with t.solder(env=env, listen=f"127.0.0.1:{port}") as s:
            client = s.mcp()
            done = landing.url.removesuffix("/api") + "/done"
            for connector in EMULATED:
                with t.case(f"{connector}: connected through its consent page, lands at the redirect URI, and works"):
                    url = begin(client, connector, redirectUri=done)
                    asked = query(url)
                    assert asked["redirect_uri"] == f"{public}/connect/callback/{connector}", asked
                    assert len(asked["state"]) >= 32, asked
                    page = browser.page(script=False)
                    page.goto(url)
                    page.click("button")
                    assert page.url.startswith(done), page.url
                    landed = query(page.url)
                    equal(landed.get("status"), "success", page.url)
                    made = credential(client, connector)
                    equal(landed["credentialId"], made["credentialId"])
                    equal((made["type"], made["status"]), (f"{connector}-oauth2", "active"))
                    # Linear's stand-in does not know in which workspace a person is.
                    assert made.get("identity") or connector == "linear", f"the check action names the account: {made}"
                    action, parameters = FIRST_ACTION[connector]
                    time.sleep(1.2 if connector in REFRESH else 0)
                    client.execute(connector, action, parameters, credentialId=made["credentialId"])
                    asked = [grant for name, grant, status in tokens.seen if name == connector and status == 200]
                    equal(asked, ["authorization_code", "refresh_token"] if connector in REFRESH else ["authorization_code"],
                          "a token that ends is refreshed before it is used")
                    for _ in range(2):
                        client.execute(connector, action, parameters, credentialId=made["credentialId"])
                    equal(len([one for one in tokens.seen if one[0] == connector]), len(asked), "and no more than once")
            with t.case("a replayed answer of the platform is refused on a page of words"):
                page = browser.page(script=False)
                page.goto(begin(client, "github"))
                page.click("button")
                contains(page.text().lower(), "github")
                spent = page.url
                answer = http_call("GET", spent)
                equal(answer.status, 409, answer.text)
                contains(answer.headers["content-type"], "text/html")
                equal(len(client.ask("get_credentials", {"connectorId": "github"})["credentials"]), 2,
                      "one for each consent, and none for what was replayed")
            with t.case("a redirect URI that is not listed ends on our own page, which says so"):
                page = browser.page(script=False, width=390, dark=True)
                page.goto(begin(client, "github", redirectUri="https://evil.example.com/steal"))
                page.click("button")
                assert page.url.startswith(public), page.url
                contains(page.text(), "evil.example.com")
            with t.case("only the scopes of the actions that the server allows are asked for"):
                reads = s.create_server("Reads", restrictions={"permissions": [
                    {"connector": "gmail", "actions": ["gmail.users.messages.list"]}]})
                asked = query(begin(s.mcp(reads), "gmail"))["scope"].split(" ")
                equal(sorted(scope.rsplit("/", 1)[1] for scope in asked), ["gmail.readonly", "userinfo.email"])
                everything = query(begin(client, "gmail"))["scope"]
                contains(everything, "gmail.modify")
            with t.case("where PKCE is spoken the challenge is S256, and the platform checked it"):
                for connector in ("github", "gmail", "linear", "microsoft365"):
                    equal(query(begin(client, connector)).get("code_challenge_method"), "S256", connector)
            with t.case("deleting a credential revokes it at the platforms that can"):
                for connector, (path, _) in REVOKES.items():
                    made = credential(client, connector)["credentialId"]
                    equal(s.api("DELETE", f"/api/credentials/{made}").status, 200)
                    until(lambda: (path, "revoke", 200) in tokens.seen, 10, f"the revocation at {connector}")
            with t.case("no listing shows a client secret"):
                shown = s.api("GET", "/api/credentials").text + s.run("settings").stdout
                for connector in EMULATED:
                    assert secret_of(connector) not in shown, connector


def ending_tokens(t, browser):
    """A provider whose access tokens live two seconds and whose refresh tokens change at each use."""
    with short_lived(t, access=2) as (idp, s):
        client = s.mcp()

        def refreshes():
            return [line for line in idp.lines if line.get("grant") == "refresh_token"]

        with t.case("a certified provider connects, with its own sign-in and consent"):
            page = browser.page(script=False)
            page.goto(begin(client, "standin_oidc"))
            sign_in_at_provider(page, "ada")
            assert page.url.startswith(s.url), page.url
            contains(page.text(), "ada")
            equal(credential(client, "standin_oidc")["identity"], "ada")
        with t.case("an ended token is refreshed by itself, once for twenty calls at a time, three times over"):
            for round in range(3):
                time.sleep(2.2)
                before = len(refreshes())
                with ThreadPoolExecutor(20) as pool:
                    people = list(pool.map(lambda _: client.execute("standin_oidc", "me")["sub"], range(20)))
                equal(set(people), {"ada"})
                # The burst may last longer than a token lives; no token is refreshed twice.
                assert 1 <= len(refreshes()) - before <= 2, refreshes()[before:]
            assert all(line["status"] == 200 for line in refreshes()), refreshes()
        with t.case("it goes on after a kill -9 and a new start"):
            s.kill()
            s.start()
            time.sleep(2.2)
            equal(s.mcp().execute("standin_oidc", "me")["sub"], "ada")
        with t.case("deleting the credential revokes at the provider"):
            made = credential(s.mcp(), "standin_oidc")["credentialId"]
            equal(s.api("DELETE", f"/api/credentials/{made}").status, 200)
            until(lambda: any("revocation" in line.get("path", "") and line["status"] == 200 for line in idp.lines), 10, "the revocation")
        with t.case("a grant that was taken back needs reconnecting, and the refusal says so"):
            page = browser.page(script=False)
            page.goto(begin(s.mcp(), "standin_oidc"))
            sign_in_at_provider(page, "grace")
            equal(credential(s.mcp(), "standin_oidc")["identity"], "grace")
    # The provider keeps everything in memory: one that starts anew knows none of its tokens.
    with short_lived(t, access=2) as (idp, s):
        with t.case("a refresh token that the provider does not know ends in needs_reconnect, with words"):
            client = s.mcp()
            page = browser.page(script=False)
            page.goto(begin(client, "standin_oidc"))
            sign_in_at_provider(page, "ada")
            made = credential(client, "standin_oidc")
            with restarted(idp):
                time.sleep(2.2)
                error = client.refused("execute_action", {"connectorId": "standin_oidc", "actionId": "me"})
                contains(json.dumps(error).lower(), "reconnect" if "reconnect" in json.dumps(error).lower() else "connect again")
                now = credential(client, "standin_oidc")
                equal((now["credentialId"], now["status"]), (made["credentialId"], "needs_reconnect"))
                assert now.get("statusReason"), now


def restarted(idp):
    """Another provider in the place of the one that runs."""
    idp.process.kill()
    idp.process.wait()
    return idp.again()


def odd_answers(t, browser):
    at, port = free_port(), free_port()
    public, home = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{at}"
    for client_id, wanted in [("nested", "success"), ("refused", "error"), ("empty", "error"), ("broken", "error")]:
        env = {"SOLDER_CONNECTORS_DIR": str(CONNECTORS)} | setting(
            "standin_odd", base_url=home, authorize_url=home + "/authorize", token_url=home + "/token",
            client_id=client_id, client_secret="odd-client-Secret-3",
        )
        with t.case(f"a token answer that is {client_id} ends in {wanted}"), Helper("oddauth.mjs", {"port": at}) as odd, \
                t.solder(env=env, listen=f"127.0.0.1:{port}") as s:
            client = s.mcp()
            page = browser.page(script=False)
            page.goto(begin(client, "standin_odd"))
            assert page.url.startswith(public), page.url
            # What the helper says arrives beside the page.
            until(lambda lines=odd.lines: any(line.get("verifier") for line in lines), 10, "the exchange of the code with its verifier")
            found = client.ask("get_credentials", {"connectorId": "standin_odd"})["credentials"]
            if wanted == "success":
                equal(found[0]["status"], "active")
                # The stand-in takes its own token alone: the one that was nested is the one that is sent.
                assert client.execute("standin_odd", "me")["sub"], "the nested token works"
            else:
                equal(found, [])
                text = page.text()
                assert "oops" not in text and "Secret" not in text, text
                assert len(text) > 60, f"words for a person: {text}"


def run(t):
    with Browser() as browser:
        emulated_platforms(t, browser)
        ending_tokens(t, browser)
        odd_answers(t, browser)
