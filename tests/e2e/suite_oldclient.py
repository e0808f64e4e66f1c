"""A client as the hosted service's own examples are written, line by line, with nothing but its base URL edited."""

import json
import re
import urllib.request

from harness import LEGACY, RFC3339, TOOLS, contains, equal, http_call, is_time, raw_http


class OldClient:
    """Posts, ignores every header of the answer, and reads the first `data:` line."""

    def __init__(self, url, headers=None):
        self.url, self.headers = url, headers or {}

    def send(self, body):
        request = urllib.request.Request(self.url, json.dumps(body).encode(), {
            "Content-Type": "application/json", "Accept": "application/json,text/event-stream", **self.headers,
        })
        with urllib.request.urlopen(request, timeout=30) as answer:
            equal(answer.status, 200)
            text = answer.read().decode("utf-8")
        found = re.search(r"data: (.+)", text)
        return json.loads(found[1] if found else text), text


def script(client):
    """What the example clients do, in their order, with ids that repeat and params that are left out."""
    opened, text = client.send({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "mcp-client", "version": "1.0.0"}}})
    assert text.startswith("event: message\ndata: {") and text.endswith("\n\n"), repr(text[:80])
    equal(text.count("data: "), 1, "events of one answer")
    equal(opened["id"], 1)
    equal(opened["result"]["protocolVersion"], "2024-11-05")
    assert opened["result"]["serverInfo"]["name"]
    for id in [1, 1, "1", "tools", 0, -7, 9007199254740991]:
        listed, _ = client.send({"jsonrpc": "2.0", "id": id, "method": "tools/list"})
        assert listed["id"] == id and type(listed["id"]) is type(id), f"id {id!r} came back as {listed['id']!r}"
        equal([tool["name"] for tool in listed["result"]["tools"]], TOOLS)
        assert all(tool["description"] for tool in listed["result"]["tools"])
    first = listed["result"]["tools"][0]["name"]
    called, _ = client.send({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": first, "arguments": {}}})
    assert json.loads(called["result"]["content"][0]["text"])["connectors"]
    assert "structuredContent" not in called["result"], "2024-11-05 and no header: text alone"
    bare, _ = client.send({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": first}})
    equal(bare["result"]["content"], called["result"]["content"])
    wrong, _ = client.send({"jsonrpc": "2.0", "id": "x", "method": "tools/call", "params": {"name": "no_such_tool", "arguments": {}}})
    assert wrong["error"]["message"] and wrong["id"] == "x", wrong
    gone, _ = client.send({"jsonrpc": "2.0", "id": 5, "method": "no/such/method"})
    equal(gone["error"]["code"], -32601)


def reference_shapes(t, s):
    """The REST calls of the reference pages, field for field."""
    created = s.api("POST", "/api/servers", {"name": "Production Server", "description": "Main production MCP server",
                                             "tokenExpiresInDays": 30, "restrictions": {"connectors": {"mode": "allowlist", "allowedIds": ["slack", "hubspot"]}}})
    server = created.json()
    with t.case("create answers every field of the reference"):
        equal(created.status, 201)
        for name in ["serverId", "name", "description", "mode", "accessToken", "url", "accessUrl", "restrictions", "createdAt", "updatedAt"]:
            contains(server, name)
        assert re.fullmatch(r"production-server-[a-z0-9]{8}", server["serverId"]), server["serverId"]
        equal(server["mode"], "connectivity")
        equal(server["url"], f"{s.url}/mcp/{server['serverId']}")
        equal(server["accessUrl"], f"{server['url']}/{server['accessToken']}")
    with t.case("list answers servers and count"):
        listed = s.api("GET", "/api/servers").json()
        entry = next(one for one in listed["servers"] if one["serverId"] == server["serverId"])
        for name in ["serverId", "name", "description", "url", "accessUrl", "createdAt"]:
            equal(entry[name], server[name], name)
        equal(listed["count"], len(listed["servers"]))
    with t.case("get answers hasRestrictions and the restrictions as sent"):
        got = s.api("GET", f"/api/servers/{server['serverId']}").json()
        equal(got["hasRestrictions"], True)
        equal(got["restrictions"], {"connectors": {"mode": "allowlist", "allowedIds": ["slack", "hubspot"]}})
        assert "accessToken" not in got
    with t.case("update answers the new name and description, and keeps the id"):
        put = s.api("PUT", f"/api/servers/{server['serverId']}", {"name": "Updated Server Name", "description": "Updated description", "restrictions": {}})
        equal(put.status, 200)
        body = put.json()
        equal((body["serverId"], body["name"], body["description"], body["hasRestrictions"]),
              (server["serverId"], "Updated Server Name", "Updated description", False))
        assert RFC3339.match(is_time(body["updatedAt"]))
    with t.case("delete answers its message and the id"):
        gone = s.api("DELETE", f"/api/servers/{server['serverId']}")
        equal(gone.status, 200)
        equal(gone.json(), {"message": "Server deleted", "serverId": server["serverId"]})
        s.api("GET", f"/api/servers/{server['serverId']}").error(404, "NOT_FOUND")


def run(t):
    with t.solder() as s:
        server = s.create_server("Old clients", description="a\u2028b\u2029c\u0085d", customInstructions="Line\u2028sep\u2029par\u0085nel")
        with t.case("the example script works on the token URL"):
            script(OldClient(server["accessUrl"]))
        with t.case("the example script works by API authentication"):
            script(OldClient(server["url"], {"Authorization": f"Bearer {s.key}", "x-alloy-userid": s.user}))
        with t.case("the example script works on /mcp with the server in a header"):
            script(OldClient(f"{s.url}/mcp", {"Authorization": f"Bearer {s.key}", "x-alloy-userid": s.user, "x-mcp-server-id": server["serverId"]}))
        with t.case("a client that splits lines as Unicode does finds the whole JSON on the data line"):
            _, text = OldClient(server["accessUrl"]).send({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}})
            line = next(line for line in text.splitlines() if line.startswith("data: "))
            equal(json.loads(line[6:])["result"]["instructions"], "Line\u2028sep\u2029par\u0085nel")
        with t.case("it gets no session, and one that it sends by mistake is not found"):
            opened = s.mcp(server).legacy("initialize", {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}})
            assert "mcp-session-id" not in opened.headers, opened.headers
            equal(s.mcp(server).legacy("tools/list", headers={"mcp-session-id": "made-up"}).status, 404)
        with t.case("a JSON-RPC error is read from HTTP 200"):
            answer = s.mcp(server).legacy("tools/call", {"name": "no_such_tool"})
            answer.rpc_error(-32602, 200)
        with t.case("two clients on one URL use the same ids at once"):
            one, two = OldClient(server["accessUrl"]), OldClient(server["accessUrl"])
            for _ in range(20):
                for client in (one, two):
                    equal(client.send({"jsonrpc": "2.0", "id": 1, "method": "ping"})[0], {"jsonrpc": "2.0", "id": 1, "result": {}})
        with t.case("a request over HTTP/1.0 without any header but its type is answered"):
            body = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
            path = server["accessUrl"].removeprefix(s.url)
            host = s.url.removeprefix("http://")
            data = raw_http(s.url, f"POST {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            assert b" 200 " in data.split(b"\r\n")[0] and b"list_connectors_alloy" in data, data[:200]
        with t.case("every revision that old clients ask for is answered with itself"):
            for revision in LEGACY:
                result = s.mcp(server).legacy("initialize", {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}).result()
                equal(result["protocolVersion"], revision)
        with t.case("health is open to all"):
            health = http_call("GET", s.url + "/health")
            equal((health.status, health.json()["status"]), (200, "healthy"))
            is_time(health.json()["timestamp"])
        reference_shapes(t, s)
