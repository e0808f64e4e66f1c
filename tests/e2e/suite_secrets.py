"""No secret in the clear: known ones are written in every way there is, then every file and the trace log are searched."""

import base64
import os
import re
import stat
import time

from contract_rest import jwt
from harness import Mcp, equal, http_call
from leaks import files, forms, search
from platform_double import Platform


def write_everything(s, platform, secrets):
    """Every way in which a secret comes in; fills `secrets` with name: text."""
    secrets["the first API key"] = s.key
    secrets["the first token"] = s.server["accessToken"]
    server = s.create_server("Findable plain name", description="Findable description")
    secrets["a token"] = server["accessToken"]
    rotated = s.api("POST", f"/api/servers/{server['serverId']}/token")
    equal(rotated.status, 200, f"{rotated!r}")
    secrets["a rotated token"] = rotated.json()["accessToken"]
    client = Mcp(rotated.json()["accessUrl"])
    secrets["a key of the command line"] = s.cli("keys", "create", "--user", "someone", "--role", "member")["apiKey"]
    secrets["an account's first key"] = s.cli("accounts", "create", "second")["key"]["apiKey"]

    secrets["a credential by MCP"] = "xoxb-Mcp+Fields/Secret=1"
    client.ask("create_credential", {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": secrets["a credential by MCP"]}})
    secrets["a credential by MCP as data"] = "xoxb-Mcp-Data-Secret-2"
    client.ask("create_credential", {"connectorId": "slack", "authenticationType": "bot_token", "data": {"token": secrets["a credential by MCP as data"]}})
    secrets["a credential by REST"] = "ghp_RestSecret\u00e93-with-more"
    s.create_credential("github", "personal_token", {"token": secrets["a credential by REST"]})
    secrets["a deleted credential"] = "xoxb-Deleted-Secret-4"
    gone = s.create_credential("slack", "bot_token", {"token": secrets["a deleted credential"]})
    equal(s.api("DELETE", f"/api/credentials/{gone}").status, 200)
    secrets["a credential in a refused request"] = "xoxb-Refused-Secret-5"
    s.api("POST", "/api/credentials", {"connectorId": "slack", "authenticationType": "bot_token", "surprise": 1, "fields": {
        "token": secrets["a credential in a refused request"], "unknown": secrets["a credential in a refused request"]}})
    client.tool("create_credential_alloy", {"connectorId": "slack", "authenticationType": "no_such", "fields": {"token": secrets["a credential in a refused request"]}})
    secrets["a credential of a modern client"] = "xoxb-Modern-Secret-6"
    client.modern("tools/call", {"name": "create_credential_alloy", "arguments": {
        "connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": secrets["a credential of a modern client"]}}}).result()

    # What comes in by mistake or by attack.
    for name, text in {"a wrong bearer": "wrong-bearer-Secret-7777777777", "a wrong token": "wrongTokenSecret8888888888888888"}.items():
        secrets[name] = text
    s.api("GET", "/api/servers", key=secrets["a wrong bearer"])
    http_call("GET", s.url + "/api/servers", {"authorization": f"Basic {base64.b64encode(b'user:' + secrets['a wrong bearer'].encode()).decode()}"})
    for token in ["a token", "a rotated token", "a wrong token"]:
        path = f"/mcp/{server['serverId']}/{secrets[token]}"
        Mcp(s.url + path).legacy("tools/list")
        Mcp(s.url + path).modern("tools/list")
        for odd in [path + "/extra", path + "?q=" + secrets[token], path + "/", "/.well-known/oauth-protected-resource" + path,
                    "/.well-known/oauth-authorization-server" + path, "/x" + path, path.replace("/mcp/", "/api/servers/"),
                    f"/mcp/{secrets[token]}", f"/mcp?token={secrets[token]}", "//mcp" + path[4:]]:
            http_call("GET", s.url + odd)
            http_call("POST", s.url + odd, {}, {})
    secrets["a user token"] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJTZWNyZXQ5OTk5OTkifQ.c2lnbmF0dXJlLVNlY3JldA"
    s.api("GET", "/api/servers", headers={"x-alloy-user-token": secrets["a user token"]})
    secrets["a JWT secret"] = "a-Jwt-Signing-Secret-of-32-bytes-or-more"
    equal(s.api("POST", "/api/jwt-keys", {"algorithm": "HS256", "secret": secrets["a JWT secret"], "issuer": "scan"}).status, 201)
    secrets["a refused JWT secret"] = "short-Jwt-Secret"
    s.api("POST", "/api/jwt-keys", {"algorithm": "HS256", "secret": secrets["a refused JWT secret"]})
    secrets["a good user token"] = jwt(secrets["a JWT secret"], {"sub": "scanned", "iss": "scan", "exp": int(time.time()) + 600})
    equal(s.api("GET", "/api/servers", headers={"x-alloy-user-token": secrets["a good user token"]}).status, 200)
    equal(s.api("GET", "/api/servers", key=secrets["a good user token"]).status, 200)

    # What is on its way through: arguments and answers, and a platform that says the credential back.
    secrets["an argument"] = "argument-Passing-Secret-10"
    secrets["an answer"] = "answer-Passing-Secret-11"
    platform.script = {
        "chat.postMessage": {"json": {"ok": True, "ts": "1.2", "channel": secrets["an answer"]}},
        "conversations.info": {"status": 500, "text": f"<html>Bearer {secrets['a credential of a modern client']} {secrets['an answer']}</html>"},
        "users.info": {"json": {"ok": False, "error": f"bad token {secrets['a credential of a modern client']}"}},
    }
    client.tool("execute_action_alloy", {"connectorId": "slack", "actionId": "chat_postMessage", "parameters": {"channel": "C1", "text": secrets["an argument"]}})
    client.tool("execute_action_alloy", {"connectorId": "slack", "actionId": "chat_postMessage", "parameters": {"chanel": secrets["an argument"], "text": 1}})
    client.tool("execute_action_alloy", {"connectorId": "slack", "actionId": "conversations_info", "parameters": {"channel": "C1"}})
    client.tool("execute_action_alloy", {"connectorId": "slack", "actionId": "users_info", "parameters": {"user": "U1"}})
    client.ask("discover_action_path", {"goal": f"send {secrets['an argument']} to a channel"})
    assert len(platform.calls) >= 3, "the credential was used"
    return server


def run(t):
    secrets = {}
    with t.case("the search itself finds a secret in every form"):
        for form, text in forms("xoxb-some+Secret/1=").items():
            assert search(b"before " + text + b" after", {"it": "xoxb-some+Secret/1="}), form
    with Platform() as platform, t.solder(env=platform.setting()) as s:
        with t.case("secrets are written in every way"):
            write_everything(s, platform, secrets)
        key_file = s.data / "master.key"
        secrets["the master key"] = key_file.read_text().strip()

        def scan(when):
            for path in files(s.data):
                if path == key_file:
                    continue
                with t.case(f"{when}: {path.name} holds no secret"):
                    found = search(path.read_bytes(), secrets)
                    assert not found, found

        scan("running")
        with t.case("the files that were searched are the ones that hold the data"):
            whole = b"".join(path.read_bytes() for path in files(s.data))
            assert b"Findable plain name" in whole and b"Findable description" in whole
        with t.case("nobody but the owner reads the data folder's files"):
            for path in files(s.data):
                mode = stat.S_IMODE(os.stat(path).st_mode)
                assert mode & 0o077 == 0, f"{path.name} has mode {mode:o}"
        with t.case("no listing shows a secret again"):
            shown = "".join([
                s.api("GET", "/api/credentials").text, Mcp(s.server["accessUrl"]).legacy("tools/call", {"name": "get_credentials_alloy", "arguments": {}}).text,
                s.run("keys", "list", "--account", s.account).stdout, s.run("settings").stdout,
            ])
            kept = {name: text for name, text in secrets.items() if "token" not in name or "user" in name}
            found = [one for one in search(shown.encode(), kept)]
            assert not found, found
        s.kill()
        scan("after a kill")
        s.start()
        with t.case("it stops with 0"):
            equal(s.stop(), 0)
        scan("after a stop")
        with t.case("the trace log holds no secret"):
            log = s.log_path.read_bytes()
            found = search(log, secrets)
            assert not found, found
            lines = [line for line in log.decode("utf-8", "replace").splitlines() if any(secret in line for secret in secrets.values())]
            assert not lines, lines[:3]
        with t.case("the trace log does tell what went on"):
            text = s.log()
            assert re.search(r"\bTRACE\b|\bDEBUG\b", text), f"nothing beyond info in {len(text)} characters"
        with t.case("another master key does not open the data"):
            key_file.rename(s.folder / "kept.key")
            key_file.write_text(base64.b64encode(os.urandom(32)).decode() + "\n")
            key_file.chmod(0o600)
            done = s.run("up", "--listen", "127.0.0.1:0", "--json", seconds=20)
            assert done.returncode != 0, "it serves with a foreign key"
            assert "master key" in done.stderr.lower(), done.stderr
