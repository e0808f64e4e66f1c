"""Connectors that are not built in: the operator's folder while it changes, and an account's own, from a file to a call, over a
restart, and by OAuth on a platform that speaks TLS."""

import base64
import hashlib
import pathlib
import ssl
import subprocess
import tempfile
import time
import urllib.parse

from harness import WATCH, contains, equal, http_call, need, until
from platform_double import Platform

# Connectors of accounts reach this machine only where the operator says so.
HERE_TOO = {"SOLDER_ALLOW_PRIVATE_NETWORKS_ACCOUNTS": "127.0.0.0/8"}

ACTION = """
[[action]]
name = "{name}"
title = "{name}"
about = "Gives {name}"
resource = "widgets"
call = "GET /{name}"
kind = "read"
"""

PASTED = """
[auth.token]
secrets.token = "An API token"
apply = { header = "Authorization", value = "Bearer {token}" }
"""

OAUTH = """
[auth.oauth2]
authorize = "{home}/authorize"
token = "{tokens}/token"
scopes = ["read"]
"""


def file(base, *actions, id="acme", auth=PASTED, extra=""):
    """The text of a connector with these actions, each a GET of its name."""
    head = f'id = "{id}"\nname = "Acme"\nabout = "Widgets of a company"\ncategories = ["crm"]\nbase = "{base}"\n{extra}'
    return head + '[resources]\nwidgets = "Widgets"\n' + auth + "".join(ACTION.format(name=name) for name in actions)


def put(solder, text, status, id="acme"):
    """Stores a file as the account's own connector; what is answered."""
    answer = solder.api("PUT", f"/api/connectors/{id}", {"file": text})
    equal(answer.status, status, answer.text)
    return answer.json()


def run_action(solder, action, id="acme"):
    return solder.api("POST", f"/api/connectors/{id}/actions/{action}/execute", {})


def folder_of_the_operators(t):
    with tempfile.TemporaryDirectory() as folder, Platform() as platform:
        place = pathlib.Path(folder) / "acme.toml"
        env = {"SOLDER_CONNECTORS_DIR": folder, "SOLDER_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8"}

        def refused(s):
            return http_call("GET", f"{s.url}/health").json().get("refusedConnectorFiles", 0)

        with t.solder(env=env) as s:
            with t.case("a file that comes into the folder of a running server is a connector within seconds"):
                equal(run_action(s, "widgets").status, 404)
                place.write_text(file(platform.url, "widgets"))
                until(lambda: s.api("GET", "/api/connectors/acme").status == 200, 10, "the connector")
                s.create_credential("acme", "token", {"token": "operators-token-1"})
                equal(run_action(s, "widgets").status, 200)
                equal(platform.calls[-1][2].get("authorization") or platform.calls[-1][2].get("Authorization"), "Bearer operators-token-1")
            with t.case("a broken file leaves the last good version, and the log and the health say so"):
                place.write_text(file(platform.url, "widgets", "gadgets").replace("call = \"GET /gadgets\"", "call = \"GIVE /gadgets\""))
                until(lambda: refused(s) == 1, 10, "the word of the broken file")
                equal(run_action(s, "widgets").status, 200, "the last good version")
                equal(run_action(s, "gadgets").status, 404, "nothing of the broken one")
                for part in ("acme.toml", "GIVE", "kept"):
                    contains(s.log(), part)
            with t.case("the command line tells it too, with its place"):
                done = s.run("connectors", "list")
                assert done.returncode != 0, done.stdout
                for part in ("acme.toml", "GIVE"):
                    contains(done.stdout + done.stderr, part)
            with t.case("the mended file takes its place, with what is new in it"):
                place.write_text(file(platform.url, "widgets", "gadgets"))
                until(lambda: run_action(s, "gadgets").status == 200, 10, "the new action")
                equal(refused(s), 0)
            with t.case("a file that goes takes its connector along"):
                place.unlink()
                until(lambda: s.api("GET", "/api/connectors/acme").status == 404, 10, "the end of the connector")
                equal(run_action(s, "widgets").status, 404)


def of_an_account(t):
    with Platform() as platform, t.solder(env=HERE_TOO) as s:
        platform.script["widgets"] = {"json": {"widgets": [{"id": 7}]}}
        with t.case("an account's file becomes a connector whose action is called through MCP"):
            equal(put(s, file(platform.url, "widgets"), 201)["version"], 1)
            s.create_credential("acme", "token", {"token": "accounts-token-1"})
            equal(s.mcp().execute("acme", "widgets")["widgets"], [{"id": 7}])
        with t.case("its next version is called at once, and the one before can be had back"):
            equal(put(s, file(platform.url, "widgets", "gadgets"), 200)["version"], 2)
            equal(run_action(s, "gadgets").status, 200)
            equal(s.api("POST", "/api/connectors/acme/versions/1/restore", {}).json()["version"], 1)
            equal(run_action(s, "gadgets").status, 404)
        with t.case("connector, versions and credential outlive a kill -9 and a new start"):
            s.kill()
            s.start()
            equal(s.mcp().execute("acme", "widgets")["widgets"], [{"id": 7}])
            versions = s.api("GET", "/api/connectors/acme/versions").json()["versions"]
            equal([(one["version"], one["live"]) for one in versions], [(2, False), (1, True)])
        with t.case("where the operator does not allow the network any more, nothing is sent there"):
            s.stop()
            s.env = {name: value for name, value in s.env.items() if name not in HERE_TOO}
            s.start()
            before = len(platform.calls)
            answer = run_action(s, "widgets")
            assert answer.status >= 400, answer
            equal(len(platform.calls), before)
            equal(s.api("PUT", "/api/connectors/acme", {"file": file(platform.url, "widgets", "more")}).status, 400)


class Tokens:
    """The OAuth side of a platform: codes by their challenge, tokens that live two seconds, refresh tokens that work once."""

    def __init__(self, platform, name):
        self.platform, self.name, self.codes, self.access, self.refresh, self.grants = platform, name, {}, set(), set(), []
        platform.script.update({"token": self.token, "me": self.me})

    def token(self, _, body):
        form = dict(urllib.parse.parse_qsl(body.decode()))
        self.grants.append(form["grant_type"])
        if form["grant_type"] == "authorization_code":
            made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
            good = self.codes.pop(form["code"], None) == made
        else:
            good = form["refresh_token"] in self.refresh
            self.refresh.discard(form["refresh_token"])
        if not good:
            return {"status": 400, "json": {"error": "invalid_grant"}}
        number = len(self.grants)
        access = WATCH.keep("an access token", f"access-{self.name}-of-number-{number}")
        refresh = WATCH.keep("a refresh token", f"refresh-{self.name}-of-number-{number}")
        self.access.add(access)
        self.refresh.add(refresh)
        return {"json": {"access_token": access, "refresh_token": refresh, "expires_in": 2, "token_type": "bearer"}}

    def me(self, *_):
        headers = {name.lower(): value for name, value in self.platform.calls[-1][2].items()}
        known = headers.get("authorization", "").removeprefix("Bearer ") in self.access
        return {"json": {"sub": "ada"}} if known else {"status": 401, "json": {"error": "unknown token"}}

    def consent(self, solder, url, at):
        """The person says yes: the platform gives a code, and the browser brings it back."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        code = WATCH.keep("a code", f"code-of-{self.name}-{len(at.grants)}-{len(at.codes)}")
        at.codes[code] = asked["code_challenge"]
        back = urllib.parse.urlencode({"code": code, "state": asked["state"]})
        return http_call("GET", f"{solder.url}/connect/callback/acme?{back}")


def certificates(folder):
    """A root of its own and a certificate for this machine: the server's context, and the root's file."""
    def openssl(*args):
        done = subprocess.run([need("/usr/bin/openssl"), *args], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *new, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root of the suite", "-days", "2")
    openssl("req", *new, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=127.0.0.1")
    (folder / "leaf.ext").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
    openssl("x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "leaf.ext", "-out", "leaf.pem", "-days", "2")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    return context, folder / "root.pem"


def by_oauth(t):
    with tempfile.TemporaryDirectory() as folder:
        context, root = certificates(pathlib.Path(folder))
        with Platform(context) as first, Platform(context) as second, t.solder(env={**HERE_TOO, "SSL_CERT_FILE": str(root)}) as s:
            own, elsewhere = Tokens(first, "first"), Tokens(second, "second")
            # The calls go where they went: the first platform takes tokens of both.
            elsewhere.access = own.access
            client = s.mcp()

            def text(tokens):
                auth = OAUTH.format(home=first.url, tokens=tokens.url)
                return file(first.url, "me", auth=auth, extra='check = "me"\nidentity = "/sub"\n')

            def app():
                made = s.api("POST", "/api/oauth-apps", {
                    "connectorId": "acme", "authenticationType": "oauth2", "clientId": "client", "clientSecret": "app-client-Secret-5"})
                equal(made.status, 201, made.text)

            def connect(at):
                begun = client.ask("create_credential", {"connectorId": "acme", "authenticationType": "oauth2"})
                assert begun["oauthUrl"].startswith(first.url + "/authorize?"), begun
                page = own.consent(s, begun["oauthUrl"], at)
                equal(page.status, 200, page.text)
                return client.ask("get_credentials", {"connectorId": "acme"})["credentials"]

            with t.case("an account's own connector connects by OAuth, over TLS, and its action runs"):
                put(s, text(first), 201)
                app()
                [made] = connect(own)
                equal((made["status"], made["identity"]), ("active", "ada"))
                equal(client.execute("acme", "me")["sub"], "ada")
            with t.case("its token that ended is refreshed by itself"):
                time.sleep(2.2)
                equal(client.execute("acme", "me")["sub"], "ada")
                contains(own.grants, "refresh_token")
            with t.case("a version with another token URL sends nothing there that was given before, and says so"):
                moved = put(s, text(second), 200)
                equal(moved["toReconnect"], 1)
                time.sleep(2.2)
                error = client.refused("execute_action", {"connectorId": "acme", "actionId": "me"}, "PLATFORM_RECONNECT")
                contains(str(error).lower(), "connect")
                [now] = client.ask("get_credentials", {"connectorId": "acme"})["credentials"]
                equal((now["credentialId"], now["status"]), (made["credentialId"], "needs_reconnect"))
                equal(s.api("GET", "/api/oauth-apps").json()["total"], 0)
                equal(second.calls, [])
            with t.case("after a new start too; what is stored and connected anew then goes to the new place, under the same id"):
                s.stop()
                s.start()
                app()
                [now] = connect(elsewhere)
                equal((now["credentialId"], now["status"]), (made["credentialId"], "active"))
                equal(elsewhere.grants, ["authorization_code"])


def run(t):
    folder_of_the_operators(t)
    of_an_account(t)
    by_oauth(t)
