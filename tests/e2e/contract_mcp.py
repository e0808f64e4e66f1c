"""Part 7 of the contract and part A of the protocol's facts, from outside: eras, sessions, messages."""

import base64
import json

from harness import LEGACY, MODERN, TOOLS, Mcp, contains, equal, http_call, raw_http

ANNOTATIONS = {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}


def opening(revision):
    return {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}


def legacy(t, s, server):
    client = s.mcp(server)
    with t.case("initialize answers the revision that was asked for, else the latest legacy one"):
        for asked, given in [*[(revision, revision) for revision in LEGACY], (MODERN, LEGACY[-1]), ("1999-01-01", LEGACY[-1]), ("2099-01-01", LEGACY[-1])]:
            answer = client.legacy("initialize", opening(asked))
            result = answer.result()
            equal(result["protocolVersion"], given, f"asked for {asked}")
            assert result["serverInfo"]["name"] and result["serverInfo"]["version"]
            equal(result.get("instructions"), "Mind the gap.")
            for capability in ["tools", "resources", "prompts"]:
                contains(result["capabilities"], capability)
            assert "resultType" not in result, "legacy results carry none"
    with t.case("a server without instructions sends none"):
        assert "instructions" not in s.mcp(s.create_server("No instructions")).legacy("initialize", opening("2025-11-25")).result()
    with t.case("the answer is one event on one line, and JSON where only that is taken does not exist"):
        answer = client.legacy("tools/list")
        equal(answer.headers["content-type"].split(";")[0], "text/event-stream")
        assert answer.text.startswith("event: message\ndata: {") and answer.text.endswith("}\n\n"), answer.text[:60]
        equal(answer.text.count("\n"), 3)
    with t.case("the lists of what is not there are empty"):
        for method, name in [("prompts/list", "prompts"), ("resources/list", "resources")]:
            equal(client.legacy(method).result(), {name: []})
            modern = client.modern(method).result()
            equal(modern[name], [])
            assert isinstance(modern["ttlMs"], int) and modern["ttlMs"] >= 0 and modern["cacheScope"] in ("public", "private"), modern
    with t.case("the choices of parameters are a template whose segments are completed"):
        [template] = client.legacy("resources/templates/list").result()["resourceTemplates"]
        equal(client.modern("resources/templates/list").result()["resourceTemplates"], [template])
        asked = {"ref": {"type": "ref/resource", "uri": template["uriTemplate"]}, "argument": {"name": "connectorId", "value": "sla"}}
        for answer in [client.legacy("completion/complete", asked), client.modern("completion/complete", asked)]:
            equal(answer.result()["completion"], {"values": ["slack"], "hasMore": False})
    with t.case("notifications and a client's answers are 202 with nothing, sessions or not"):
        for body in [{"jsonrpc": "2.0", "method": "notifications/initialized"}, {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
                     {"jsonrpc": "2.0", "method": "notifications/anything"}, {"jsonrpc": "2.0", "id": 5, "result": {}}, {"jsonrpc": "2.0", "id": 5, "error": {"code": 1, "message": "x"}}]:
            answer = client.post(body)
            equal((answer.status, answer.body), (202, b""), f"{body}")
    with t.case("well-formed requests get HTTP 200, whatever the answer"):
        client.legacy("no/such/method").rpc_error(-32601, 200)
        client.legacy("tools/call", {"name": "no_such_tool", "arguments": {}}).rpc_error(-32602, 200)
        client.legacy("tools/call", {}).rpc_error(-32602, 200)
        client.legacy("tools/call", {"name": TOOLS[0], "arguments": []}).rpc_error(-32602, 200)
        client.legacy("prompts/get", {"name": "none"}).rpc_error(-32602, 200)
        client.legacy("resources/read", {"uri": "none://x"}).rpc_error(-32002, 200)
    with t.case("malformed ones get 400"):
        for body in [b"", b"{", b"nonsense", b'{"jsonrpc":"2.0","id":1,"method":"ping"', b'{"a":"\xff"}', b"{}}"]:
            client.post(body).rpc_error(-32700, 400)
        for body in [{}, {"jsonrpc": "1.0", "id": 1, "method": "ping"}, {"id": 1, "method": "ping"}, {"jsonrpc": "2.0", "id": None, "method": "ping"},
                     {"jsonrpc": "2.0", "id": 1.5, "method": "ping"}, {"jsonrpc": "2.0", "id": {}, "method": "ping"}, {"jsonrpc": "2.0", "id": 1, "method": 5},
                     {"jsonrpc": "2.0", "id": 1}, "text", 5, None, {"jsonrpc": "2.0", "id": True, "method": "ping"}]:
            client.post(json.dumps(body).encode()).rpc_error(-32600, 400)
        assert client.post({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": "text"}).message()["error"]["code"] in (-32600, -32602)
    with t.case("an unknown revision in the header is 400, an absent one is fine"):
        equal(client.legacy("ping", revision="1999-01-01").status, 400)
        equal(client.legacy("ping", revision="nonsense").status, 400)
        for revision in LEGACY:
            equal(client.legacy("ping", revision=revision).result(), {})
    batches(t, client)


def batches(t, client):
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with t.case("a batch is for 2025-03-26, or no revision, alone"):
        for revision in [None, "2025-03-26"]:
            answer = client.post([ping, {**ping, "id": "b"}, {"jsonrpc": "2.0", "method": "notifications/initialized"}], {"mcp-protocol-version": revision})
            equal(answer.status, 200)
            found = [json.loads(data) for _, data in answer.events()]
            found = [one for entry in found for one in (entry if isinstance(entry, list) else [entry])]
            equal(sorted(str(one["id"]) for one in found), ["1", "b"])
        for revision in ["2025-06-18", "2025-11-25", MODERN]:
            client.post([ping], {"mcp-protocol-version": revision}).rpc_error(-32600, 400)
    with t.case("a batch of notifications is 202, an empty one and one with initialize are refused"):
        equal(client.post([{"jsonrpc": "2.0", "method": "notifications/initialized"}]).status, 202)
        client.post([]).rpc_error(-32600, 400)
        answer = client.post([{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening("2025-03-26")}])
        contains(answer.text, "-32600")
    with t.case("a faulty part of a batch fails alone"):
        answer = client.post([ping, {"jsonrpc": "2.0", "id": 2, "method": "no/such"}, 5])
        found = [one for _, data in answer.events() for one in (json.loads(data) if data.startswith("[") else [json.loads(data)])]
        equal(sorted(one.get("error", {}).get("code", 0) for one in found), [-32601, -32600, 0])


def sessions(t, s, server):
    client = s.mcp(server)

    def opened(how=client, revision="2025-11-25"):
        return how.legacy("initialize", opening(revision)).headers.get("mcp-session-id")

    with t.case("2024-11-05 gets no session, later revisions do"):
        equal(opened(revision="2024-11-05"), None)
        for revision in LEGACY[1:]:
            session = opened(revision=revision)
            assert session and all("!" <= character <= "~" for character in session), session
    with t.case("a session is one client's, on one server"):
        session = {"mcp-session-id": opened()}
        equal(client.legacy("tools/list", headers=session).status, 200)
        equal(client.legacy("ping", headers={"mcp-session-id": "unknown"}).status, 404)
        equal(client.legacy("ping", headers={"mcp-session-id": session["mcp-session-id"][:-1]}).status, 404)
        equal(s.mcp(s.create_server("Other sessions")).legacy("ping", headers=session).status, 404)
        equal(Mcp(server["url"], s.headers(user="another")).legacy("ping", headers=session).status, 404)
        own = Mcp(server["url"], s.headers(user="session-user"))
        mine = {"mcp-session-id": opened(own)}
        equal(own.legacy("ping", headers=mine).status, 200)
        equal(Mcp(server["url"], s.headers(user="session-other")).legacy("ping", headers=mine).status, 404)
    with t.case("DELETE ends it, GET and DELETE without one are 405 at once"):
        session = {"mcp-session-id": opened()}
        gone = http_call("DELETE", client.url, session)
        assert gone.status in (200, 202, 204), f"{gone!r}"
        equal(client.legacy("ping", headers=session).status, 404)
        equal(http_call("DELETE", client.url, session).status, 404)
        for method in ["GET", "DELETE"]:
            answer = http_call(method, client.url, {"accept": "text/event-stream"}, timeout=5)
            answer.error(405, "METHOD_NOT_ALLOWED")
            contains(answer.headers["allow"], "POST")
    with t.case("a session outlives a restart, and a deleted one stays deleted"):
        kept, ended = {"mcp-session-id": opened()}, {"mcp-session-id": opened()}
        http_call("DELETE", client.url, ended)
        equal(s.stop(), 0)
        s.start()
        equal(client.legacy("ping", headers=kept).status, 200)
        equal(client.legacy("ping", headers=ended).status, 404)
    with t.case("a session ends with its server's token"):
        made = s.create_server("Short-lived")
        session = {"mcp-session-id": opened(s.mcp(made))}
        rotated = s.api("POST", f"/api/servers/{made['serverId']}/token").json()
        equal(s.mcp(made).legacy("ping", headers=session).status, 401)
        s.api("DELETE", f"/api/servers/{made['serverId']}")
        equal(s.mcp(rotated).legacy("ping", headers=session).status, 401)
    with t.case("without a session ids repeat freely, in one breath too"):
        path, body = client.url.removeprefix(s.url), json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
        host = s.url.removeprefix("http://")
        one = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: */*\r\nContent-Length: {len(body)}\r\n".encode()
        data = raw_http(s.url, (one + b"\r\n" + body) * 3 + one + b"Connection: close\r\n\r\n" + body)
        equal(data.count(b'"id":1'), 4, "answers on one connection")


def modern(t, s, server):
    client = s.mcp(server)
    with t.case("discovery tells revisions, capabilities and instructions"):
        result = client.modern("server/discover").result()
        equal(result["resultType"], "complete")
        contains(result["supportedVersions"], MODERN)
        for capability in ["tools", "resources", "prompts"]:
            contains(result["capabilities"], capability)
        equal(result["instructions"], "Mind the gap.")
        assert result["ttlMs"] >= 0 and result["cacheScope"] in ("public", "private")
    with t.case("every result says its type and who serves, and no session is made"):
        for method, params in [("server/discover", None), ("tools/list", None), ("tools/call", {"name": TOOLS[0], "arguments": {}})]:
            answer = client.modern(method, params, headers={"mcp-session-id": "ignored", "last-event-id": "7"})
            result = answer.result()
            equal(result["resultType"], "complete", method)
            assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], method
            assert "mcp-session-id" not in answer.headers
    with t.case("GET and DELETE are 405"):
        for method in ["GET", "DELETE"]:
            equal(http_call(method, client.url, {"mcp-protocol-version": MODERN, "accept": "*/*"}).status, 405)
    with t.case("missing _meta is -32602, an uneven header -32020, an unserved revision -32022"):
        client.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, {"mcp-protocol-version": MODERN, "mcp-method": "tools/list"}).rpc_error(-32602, 400)
        for gone in ["protocolVersion", "clientCapabilities"]:
            meta = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
            del meta["io.modelcontextprotocol/" + gone]
            client.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}},
                        {"mcp-protocol-version": MODERN, "mcp-method": "tools/list"}).rpc_error(-32602, 400)
        client.modern("tools/list", headers={"mcp-protocol-version": None}).rpc_error(-32020, 400)
        client.modern("tools/list", headers={"mcp-protocol-version": "2025-11-25"}).rpc_error(-32020, 400)
        future = {"io.modelcontextprotocol/protocolVersion": "2099-01-01"}
        error = client.modern("tools/list", headers={"mcp-protocol-version": "2099-01-01"}, meta=future).rpc_error(-32022, 400)
        equal(error["data"]["requested"], "2099-01-01")
        contains(error["data"]["supported"], MODERN)
    with t.case("Mcp-Method and Mcp-Name equal the body, base64 included"):
        name = {"name": TOOLS[0], "arguments": {}}
        encoded = "=?base64?" + base64.b64encode(TOOLS[0].encode()).decode() + "?="
        equal(client.modern("tools/call", name, headers={"mcp-name": encoded}).status, 200)
        equal(client.modern("tools/call", name, headers={"mcp-name": f"  {TOOLS[0]} "}).status, 200)
        for headers in [{"mcp-method": None}, {"mcp-method": "tools/list"}, {"mcp-method": "TOOLS/CALL"}, {"mcp-name": None}, {"mcp-name": TOOLS[1]},
                        {"mcp-name": TOOLS[0].upper()}, {"mcp-name": "=?base64?####?="}, {"mcp-name": encoded[:-3] + "?="}]:
            client.modern("tools/call", name, headers=headers).rpc_error(-32020, 400)
    with t.case("unknown and removed methods are 404 with -32601 and the request's id"):
        for method in ["no/such/method", "ping", "initialize", "logging/setLevel", "resources/subscribe"]:
            answer = client.modern(method, id="my-id")
            answer.rpc_error(-32601, 404)
            equal(answer.message()["id"], "my-id")
    with t.case("what is not in the tables answers 200 with its code"):
        client.modern("tools/call", {"name": "no_such_tool", "arguments": {}}).rpc_error(-32602, 200)
        client.modern("resources/read", {"uri": "none://x"}).rpc_error(-32602, 200)
        client.modern("tools/list", {"cursor": "made-up"}).rpc_error(-32602, 200)
    with t.case("bodies are one message: no batch, no answers of a client"):
        client.post([], {"mcp-protocol-version": MODERN}).rpc_error(-32600, 400)
        answer = client.post({"jsonrpc": "2.0", "id": 1, "result": {}}, {"mcp-protocol-version": MODERN})
        equal(answer.status, 400, f"{answer!r}")
        client.post(b"{", {"mcp-protocol-version": MODERN}).rpc_error(-32700, 400)
    with t.case("an accepted notification is 202 with nothing"):
        meta = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
        body = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1, "_meta": meta}}
        answer = client.post(body, {"mcp-protocol-version": MODERN, "mcp-method": "notifications/cancelled"})
        equal((answer.status, answer.body), (202, b""))


def tool_list(t, s, server):
    client = s.mcp(server)
    modern_tools = client.modern("tools/list").result()["tools"]
    with t.case("the eight tools stand in their order, each described, in every revision"):
        for revision in LEGACY:
            tools = client.legacy("tools/list", revision=revision).result()["tools"]
            equal([tool["name"] for tool in tools], TOOLS)
            assert all(tool["description"] and tool["inputSchema"]["type"] == "object" for tool in tools)
        equal([tool["name"] for tool in modern_tools], TOOLS)
    with t.case("seven declare an output schema with root object where revisions have it, execute_action none"):
        for tools in [modern_tools, *[client.legacy("tools/list", revision=revision).result()["tools"] for revision in LEGACY[2:]]]:
            equal([tool["name"] for tool in tools if "outputSchema" not in tool], ["execute_action_alloy"])
            assert all(tool["outputSchema"]["type"] == "object" for tool in tools if "outputSchema" in tool)
        for revision in LEGACY[:2]:
            assert not any("outputSchema" in tool for tool in client.legacy("tools/list", revision=revision).result()["tools"]), revision
    with t.case("annotations say what a tool does"):
        hints = {tool["name"]: tool["annotations"] for tool in modern_tools}
        for name in TOOLS:
            assert set(hints[name]) & ANNOTATIONS, f"{name}: {hints[name]}"
            equal(hints[name].get("readOnlyHint", False), name not in ("execute_action_alloy", "create_credential_alloy"), name)
    with t.case("tools/list says how long it may be kept"):
        result = client.modern("tools/list").result()
        assert isinstance(result["ttlMs"], int) and result["cacheScope"] in ("public", "private"), result
        assert "ttlMs" not in client.legacy("tools/list").result()
    with t.case("structuredContent stands beside the text in revisions that have it"):
        for revision, there in [(None, False), ("2024-11-05", False), ("2025-03-26", False), ("2025-06-18", True), ("2025-11-25", True)]:
            result = client.tool(TOOLS[0], {}, revision=revision)
            equal("structuredContent" in result, there, f"{revision}")
            if there:
                equal(result["structuredContent"], json.loads(result["content"][0]["text"]))
        assert "structuredContent" in client.modern("tools/call", {"name": TOOLS[0], "arguments": {}}).result()
    with t.case("a modern tool failure is a result with isError and no structuredContent"):
        result = client.modern("tools/call", {"name": "get_action_details_alloy", "arguments": {"connectorId": "slack"}}).result()
        equal((result["isError"], "structuredContent" in result), (True, False))
