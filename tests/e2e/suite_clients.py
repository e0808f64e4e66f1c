"""The public MCP clients, unchanged, against a token URL: each lists the tools and calls one."""

import json
import os
import subprocess

from harness import LEGACY, MODERN, NODE, NODE_MODULES, PYTHON, TOOLS, contains, equal, need, until

CLIENTS = __file__.rsplit("/", 1)[0] + "/clients"
INSPECTOR = NODE_MODULES / "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
REMOTE = NODE_MODULES / "mcp-remote/dist/proxy.js"
TOOL = "list_connectors_alloy"


def drive(*command, home, seconds=90):
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=seconds, check=False,
        env={**os.environ, "HOME": str(home)}, stdin=subprocess.DEVNULL,
    )


def output(done):
    assert done.returncode == 0, f"the client ended with {done.returncode}: {done.stderr[-1500:]} {done.stdout[-500:]}"
    return json.loads(done.stdout.strip().split("\n")[-1])


def check_call(called):
    """The result of the one call, as the client handed it on."""
    assert not called.get("isError"), f"the call failed: {called}"
    listed = json.loads(called["content"][0]["text"])
    contains([connector["id"] for connector in listed["connectors"]], "slack")
    equal(called.get("structuredContent"), listed, "structuredContent beside the text")


def check_run(seen, protocol):
    equal(seen["protocol"], protocol, "the negotiated revision")
    equal(seen["tools"], TOOLS, "the tools in their order")
    assert seen["server"]["name"], "serverInfo has a name"
    equal(seen["instructions"], "Be brief.", "the server's own instructions")
    check_call(seen["called"])


class Bridge:
    """mcp-remote as an editor runs it: JSON-RPC over its standard input and output."""

    def __init__(self, url, home, *args, port=None):
        """`port` is where it listens for its user's browser; it chooses one itself where none is given."""
        listens = [] if port is None else [str(port)]
        self.process = subprocess.Popen(
            [str(NODE), str(REMOTE), url, *listens, "--allow-http", "--transport", "http-only", *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(f"{home}/bridge.log", "wb"), text=True,
            env={**os.environ, "HOME": str(home)},
        )

    def ask(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline()) if "id" in message else None

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def bridge(url, home):
    remote = Bridge(url, home)
    try:
        opened = remote.ask({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": LEGACY[-1], "capabilities": {}, "clientInfo": {"name": "solder-e2e", "version": "1"}}})
        equal(opened["result"]["protocolVersion"], LEGACY[-1])
        remote.ask({"jsonrpc": "2.0", "method": "notifications/initialized"})
        listed = remote.ask({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
        equal([tool["name"] for tool in listed["result"]["tools"]], TOOLS)
        called = remote.ask({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": TOOL, "arguments": {}}})
        check_call(called["result"])
    finally:
        remote.close()


def inspector(url, era, home, *extra):
    run = [need(NODE), need(INSPECTOR), "--cli", url, "--transport", "http", "--protocol-era", era, *extra, "--format", "json", "-q"]
    listed = output(drive(*run, "--method", "tools/list", home=home))
    equal([tool["name"] for tool in listed["result"]["tools"]], TOOLS)
    called = output(drive(*run, "--method", "tools/call", "--tool-name", TOOL, "--tool-args-json", "{}", home=home))
    check_call(called["result"])


def run(t):
    with t.solder() as s:
        server = s.create_server("Clients", customInstructions="Be brief.")
        url, home = server["accessUrl"], s.folder
        with t.case("npm sdk, handshake era, with a session"):
            seen = output(drive(need(NODE), f"{CLIENTS}/sdk.mjs", url, TOOL, "{}", home=home))
            check_run(seen, LEGACY[-1])
            assert seen["session"], "this client asks for a session and gets one"
        for mode, protocol in [("legacy", LEGACY[-1]), ("auto", MODERN), (MODERN, MODERN)]:
            with t.case(f"npm client, {mode}"):
                check_run(output(drive(need(NODE), f"{CLIENTS}/client.mjs", url, TOOL, "{}", mode, home=home)), protocol)
        with t.case("PyPI client, auto"):
            check_run(output(drive(need(PYTHON), f"{CLIENTS}/client.py", url, TOOL, "{}", home=home)), MODERN)
        with t.case("every tool's result conforms to the schema that it declares"):
            equal(len(output(drive(need(PYTHON), f"{CLIENTS}/every_tool.py", url, home=home))["called"]), 9)
        for era in ["legacy", "auto", "modern"]:
            with t.case(f"inspector, {era}"):
                inspector(url, era, home)
        with t.case("inspector, with an API key in place of the token"):
            inspector(server["url"], "legacy", home, "--header", f"Authorization: Bearer {s.key}")
        with t.case("mcp-remote bridges to a token URL"):
            need(REMOTE)
            bridge(url, home)
        with t.case("a dead token URL ends a client with an authentication error, and with no sign-in"):
            dead = server["url"] + "/" + "x" * 40
            done = drive(need(NODE), need(INSPECTOR), "--cli", dead, "--transport", "http", "--protocol-era", "legacy",
                         "--method", "tools/list", "--format", "json", "-q", home=home)
            equal(done.returncode, 3, f"{done.stdout}{done.stderr}")
        with t.case("mcp-remote on a dead token URL gives up and registers nowhere"):
            need(REMOTE)
            remote = Bridge(server["url"] + "/" + "y" * 40, home)
            try:
                until(lambda: remote.process.poll() is not None, 30, "the end of mcp-remote")
            finally:
                remote.close()
            text = (s.folder / "bridge.log").read_text()
            assert "authorize this client" not in text, f"it asks a person to sign in: {text[-800:]}"
