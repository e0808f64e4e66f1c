"""OAuth for MCP clients: the public conformance suite against Solder as authorization server, and the public clients, which
sign their user in by themselves. A scripted browser plays the person."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading

from harness import MODERN, NODE, PYTHON, TOOLS, WATCH, contains, equal, free_port, http_call, need, until
from pages import Browser
from suite_clients import CLIENTS, REMOTE, TOOL, Bridge, check_call
from suite_conformance import PROGRAM, told

PASSWORD = "correct horse battery staple"


def set_password(s):
    """Gives the first user a password, as an admin does."""
    users = s.api("GET", "/api/users").json()["users"]
    user = next(user for user in users if user["userId"] == s.user)
    answer = s.api("PUT", f"/api/users/{user['id']}/password", {"password": PASSWORD})
    equal(answer.status, 200, repr(answer))


def person(s, url, write=True):
    """Signs the user in and allows the client; the address at which its answer lands."""
    browser = Browser()
    browser.open(url)
    contains(browser.url, "/sign-in/", browser.last.text)
    browser.submit(user=s.user, password=PASSWORD)
    contains(browser.url, "/oauth/authorize/", browser.last.text)
    contains(browser.last.text, s.user)
    return browser.submit(within=s.url, decision="allow", **({} if write else {"write": None}))


class Driven:
    """A client in a process of its own: it prints `OPEN <url>` where a browser shall go, reads where the browser landed from
    its standard input, and ends with one line of JSON."""

    def __init__(self, s, *command, home):
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=open(f"{home}/client.log", "wb"), text=True, env={**os.environ, "HOME": str(home)},
        )
        self.s, self.home, self.opened = s, home, 0

    def run(self, write=True):
        watchdog = threading.Timer(90, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if line.startswith("OPEN "):
                    self.opened += 1
                    # The second time the client asks for more than it was allowed at first.
                    landed = person(self.s, line[5:].strip(), write or self.opened > 1)
                    self.process.stdin.write(landed + "\n")
                    self.process.stdin.flush()
                elif line.startswith("{"):
                    return json.loads(line)
        finally:
            watchdog.cancel()
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
        raise AssertionError(f"the client said nothing: {pathlib.Path(self.home, 'client.log').read_text()[-1500:]}")


def conformance(s, server):
    """The suite's own run, as a public client (it sends no secret where a server takes clients without one): its checks, and
    what it said."""
    port = free_port()
    body = {"name": "Conformance", "redirectUris": ["http://127.0.0.1/callback"]}
    made = s.api("POST", "/api/oauth-clients", body)
    equal(made.status, 201, repr(made))
    client = made.json()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [need(NODE), need(PROGRAM), "authorization", "--url", s.url + "/oauth", "--client-id", client["clientId"],
             "--resource", server["url"], "--port", str(port), "--output-dir", folder],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL,
        )
        watchdog = threading.Timer(90, process.kill)
        watchdog.start()
        said = []
        try:
            for line in process.stdout:
                said.append(line)
                if line.startswith(s.url + "/oauth/authorize?"):
                    landed = person(s, line.strip())
                    equal(http_call("GET", landed).status, 200, "the suite's own callback")
            code = process.wait()
        finally:
            watchdog.cancel()
            process.kill()
            process.wait()
            process.stdout.close()
        checks = [check for file in pathlib.Path(folder).rglob("checks.json") for check in json.loads(file.read_text())]
    return code, checks, re.sub(r"\x1b\[\d+m", "", "".join(said))


def run_bridge(s, server, home):
    """mcp-remote: it registers itself, names the address on its standard error, and listens for the answer itself."""
    remote = Bridge(server["url"], home, "--host", "127.0.0.1", port=free_port())
    log = pathlib.Path(home, "bridge.log")
    try:
        remote.process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "solder-e2e", "version": "1"}}}) + "\n")
        remote.process.stdin.flush()
        asked = until(lambda: re.search(re.escape(s.url) + r"/oauth/authorize\?\S+", log.read_text()), 60, "its question")
        landed = person(s, asked.group(0))
        assert landed.startswith("http://127.0.0.1:"), landed
        def heard():
            """It may begin to listen a moment after it has named the address."""
            with contextlib.suppress(ConnectionRefusedError):
                return http_call("GET", landed)
            return None

        try:
            equal(until(heard, 30, "its own callback").status, 200, "its own callback")
        except AssertionError as error:
            raise AssertionError(f"{error}; it says {log.read_text()[-1500:]}") from error
        opened = json.loads(remote.process.stdout.readline())
        assert "result" in opened, opened
        remote.ask({"jsonrpc": "2.0", "method": "notifications/initialized"})
        listed = remote.ask({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
        equal([tool["name"] for tool in listed["result"]["tools"]], TOOLS)
        check_call(remote.ask({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": TOOL, "arguments": {}}})["result"])
    finally:
        remote.close()


def run(t):
    with t.solder() as s:
        WATCH.keep("the password", PASSWORD)
        set_password(s)
        server = s.create_server("Signed in", waysIn=["oauth"])
        url = server["url"]
        with t.case("the authorization scenarios of the conformance suite"):
            code, checks, text = conformance(s, server)
            assert checks, f"nothing was checked: {text[-1500:]}"
            bad = [check for check in checks if check["status"] != "SUCCESS"]
            assert code == 0 and not bad, told(checks, text)
            named = {check["id"] for check in checks}
            assert {"authorization-server-metadata", "authorization-server-metadata-cimd", "authorization-code-grant"} <= named, named
            t.note(f"{len(checks)} checks held")
        for name, command in [
            ("npm sdk", [NODE, f"{CLIENTS}/sdk_oauth.mjs"]),
            ("npm client, legacy", [NODE, f"{CLIENTS}/client_oauth.mjs", "legacy"]),
            ("npm client, modern", [NODE, f"{CLIENTS}/client_oauth.mjs", MODERN]),
            ("PyPI client", [PYTHON, f"{CLIENTS}/client_oauth.py"]),
        ]:
            with t.case(f"{name} signs its user in by itself"):
                need(command[0])
                driven = Driven(s, *command, url, TOOL, home=s.folder)
                seen = driven.run()
                equal(seen["tools"], TOOLS, "the tools in their order")
                check_call(seen["called"])
                equal(driven.opened, 1, "how often the user was asked")
                assert seen["refreshed"] != seen["token"], "its refresh token gave a new access token"
        with t.case("mcp-remote signs its user in by itself"):
            need(REMOTE)
            with tempfile.TemporaryDirectory() as home:
                run_bridge(s, server, home)
        with t.case("the user sees every client that was allowed, and ends them"):
            grants = s.api("GET", "/api/oauth-grants").json()["grants"]
            assert len(grants) >= 6, grants
            for grant in grants:
                equal(grant["serverId"], server["serverId"])
                equal(s.api("DELETE", f"/api/oauth-grants/{grant['grantId']}").status, 200)
            equal(s.api("GET", "/api/oauth-grants").json()["total"], 0)
        with t.case("nothing that opens anything stands in the log"):
            log = s.log()
            for shape in (r"sat_\w{8}", r"srt_\w{8}", r"sac_\w{8}", r"mcs_\w{8}", PASSWORD):
                assert not re.search(shape, log), f"{shape} stands in the log"
