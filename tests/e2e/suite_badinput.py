"""Bad input of every sort to every endpoint and tool: the contract's error with every fault named, never a fault of ours."""

import json
import random
import re

import harness
from harness import MODERN, contains, equal, http_call, raw_http, shorten
from platform_double import Platform

MB = 1024 * 1024
DEEP = 100_000
WRONG = [5, -1, 1.5, True, [], {}, "", " ", "\x00", ["x"], {"x": 1}]


def sound(answer, *statuses):
    """An answer that is no fault of ours, in one of the contract's two forms where it is an error."""
    assert answer.status < 500, f"{answer!r}"
    if statuses:
        assert answer.status in statuses, f"got {answer!r}, wanted {statuses}"
    if answer.status >= 400 and answer.headers.get("content-type", "").startswith("application/json"):
        body = answer.json()
        for part in body if isinstance(body, list) else [body]:
            assert "error" in part and part["error"].get("message") and part["error"].get("code"), part
    return answer


def named(error, *fields):
    """Every bad field is listed, each with its sentence."""
    faults = error["details"].get("faults", [])
    listed = [fault["field"] for fault in faults]
    for field in fields:
        assert any(one == field or one.endswith("." + field) or one.startswith(field + ".") or one.startswith(field + "[") for one in listed), f"{field} is not among {listed}: {shorten(error, 600)}"
    assert error["details"].get("field") in listed, error
    assert all(fault["message"] for fault in faults), faults


BODIES = {
    "empty": b"", "not JSON": b"name=x", "cut off": b'{"name":"x"', "an array": b"[]", "a text": b'"x"', "a number": b"5", "null": b"null", "true": b"true",
    "two values": b'{"name":"x"}{"name":"y"}', "bad UTF-8": b'{"name":"\xff\xfe"}', "a lone surrogate": b'{"name":"\\ud800"}', "a NUL outside": b'{"name":"x"}\x00',
    "too deep in arrays": b'{"name":' + b"[" * DEEP + b"]" * DEEP + b"}", "too deep in objects": b'{"name":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "only an opening": b"[" * DEEP, "a huge number": b'{"name":1e999999}', "UTF-16": '{"name":"x"}'.encode("utf-16"), "a byte order mark": b"\xef\xbb\xbf[",
    "a comment": b'{"name":"x" /* y */}', "single quotes": b"{'name':'x'}", "NaN": b'{"name":NaN}',
}


def rest_bodies(t, s, endpoints):
    for method, path in endpoints:
        for name, body in BODIES.items():
            with t.case(f"{method} {path}: the body is {name}"):
                error = sound(s.api(method, path, body, headers={"content-type": "application/json"}), 400).error(400, "INVALID_REQUEST")
                assert error["message"], error
        with t.case(f"{method} {path}: wrong and missing content types"):
            for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "garbage", ";;;", "application/json; charset=latin-1"]:
                answer = sound(s.api(method, path, b'{"name":"typed"}', headers={"content-type": kind}))
                assert answer.status in ((415,) if "json" not in kind else (400, 415, 200, 201)), f"{kind}: {answer!r}"
            sound(http_call(method, s.url + path, s.headers(), b'{"description":5}'), 400, 415)
        with t.case(f"{method} {path}: one byte more than 10 MB, with and without its length"):
            big = b'{"name":"' + b"x" * (10 * MB + 1 - 11) + b'"}'
            equal(len(big), 10 * MB + 1)
            headers = {**s.headers(), "content-type": "application/json"}
            http_call(method, s.url + path, headers, big).error(413, "PAYLOAD_TOO_LARGE")
            chunked = b"%x\r\n" % len(big) + big + b"\r\n0\r\n\r\n"
            http_call(method, s.url + path, {**headers, "transfer-encoding": "chunked"}, chunked).error(413, "PAYLOAD_TOO_LARGE")
            sound(http_call(method, s.url + path, headers, big[:10 * MB]), 400)


def server_fields(t, s):
    made = s.create_server("Fields")
    both = [("POST", "/api/servers", {"name": "Given"}), ("PUT", f"/api/servers/{made['serverId']}", {})]
    bad = {
        "name": [5, True, [], {}, "", " ", " x", "x ", "\tx", "x" * 101, "\u00a0", "ü" * 101],
        "description": [5, True, [], {}],
        "tokenExpiresInDays": [0, 366, -1, 1.5, "30", True, [], {}, 10**30],
        "customInstructions": [5, [], {}],
        "isPublic": ["true", 1, 0, [], {}],
        "mode": [5, "", "Connectivity", "nonsense", [], {}],
        "restrictions": [5, "x", [], True],
    }
    for method, path, given in both:
        for field, values in bad.items():
            with t.case(f"{method} {path.split('/')[2]}: bad values of {field}"):
                for value in values:
                    named(s.api(method, path, {**given, field: value}).error(400, "INVALID_REQUEST"), field)
        with t.case(f"{method} {path.split('/')[2]}: every bad field is named at once"):
            body = {field: values[0] for field, values in bad.items()}
            named(s.api(method, path, body).error(400, "INVALID_REQUEST"), *bad)
    with t.case("the name is required in a create, and null is no name"):
        named(s.api("POST", "/api/servers", {}).error(400, "INVALID_REQUEST"), "name")
        named(s.api("POST", "/api/servers", {"name": None}).error(400, "INVALID_REQUEST"), "name")
        named(s.api("POST", "/api/servers", {"description": 5}).error(400, "INVALID_REQUEST"), "name", "description")
    with t.case("what is just within the bounds is taken"):
        for name in ["x", "x" * 100, "😀" * 100, "a  b"]:
            equal(s.api("POST", "/api/servers", {"name": name, "tokenExpiresInDays": 1}, user="bounds").status, 201)
        long = "d" * (9 * MB)
        made_long = s.create_server("Long", user="bounds", description=long)
        equal(len(s.api("GET", f"/api/servers/{made_long['serverId']}", user="bounds").json()["description"]), 9 * MB)
        s.api("DELETE", f"/api/servers/{made_long['serverId']}", user="bounds")
    restrictions(t, s, both)


def restrictions(t, s, both):
    bad = [
        ({"connector": {}}, ["connector"]), ({"connectors": {}}, ["connectors.mode"]), ({"connectors": []}, ["connectors"]),
        ({"connectors": {"mode": "allow"}}, ["connectors.mode"]), ({"connectors": {"mode": "allowlist", "allowedIDs": ["x"]}}, ["connectors.allowedIDs"]),
        ({"connectors": {"mode": "allowlist", "allowedIds": "slack"}}, ["connectors.allowedIds"]),
        ({"connectors": {"mode": "allowlist", "allowedIds": ["slack", 5, ""]}}, ["connectors.allowedIds[1]", "connectors.allowedIds[2]"]),
        ({"connectors": {"mode": "allowlist", "allowedActions": []}}, ["connectors.allowedActions"]),
        ({"actions": {"mode": "allowlist", "allowedIds": []}}, ["actions.allowedIds"]),
        ({"users": {"mode": 5}}, ["users.mode"]), ({"permissions": {}}, ["permissions"]), ({"permissions": ["slack"]}, ["permissions[0]"]),
        ({"permissions": [{"actions": ["x"]}]}, ["permissions[0].connector"]), ({"permissions": [{"connector": "slack", "action": []}]}, ["permissions[0].action"]),
        ({"permissions": [{"connector": "slack", "actions": "x"}]}, ["permissions[0].actions"]),
        ({"connectors": {"mode": "allowlist", "allowedIds": ["x"] * 1001}}, ["connectors.allowedIds"]), ({"permissions": [{"connector": "x"}] * 1001}, ["permissions"]),
        ({"connectors": {"mode": "x"}, "actions": 5, "users": {"mode": "blocklist", "blockedIds": [1]}, "extra": 1},
         ["connectors.mode", "actions", "users.blockedIds[0]", "extra"]),
    ]
    for method, path, given in both:
        with t.case(f"{method} {path.split('/')[2]}: a mistyped restriction never means none"):
            for value, fields in bad:
                error = s.api(method, path, {**given, "restrictions": value}).error(400, "INVALID_REQUEST")
                listed = [fault["field"] for fault in error["details"]["faults"]]
                for field in fields:
                    contains(listed, f"restrictions.{field}")
    with t.case("a thousand entries are taken"):
        s.create_server("Thousand", restrictions={"connectors": {"mode": "allowlist", "allowedIds": [f"c{number}" for number in range(1000)]}})


def credential_fields(t, s):
    good = {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": "xoxb-x"}}
    bad = {"connectorId": [5, [], {}, "", None], "authenticationType": [5, [], "", None], "fields": [5, "x", [], None], "name": [5, [], {}, "x" * 1001]}
    for field, values in bad.items():
        with t.case(f"POST credentials: bad values of {field}"):
            for value in values:
                if field == "name" and value is None:
                    continue
                answer = sound(s.api("POST", "/api/credentials", {**good, field: value}), 400, 404)
                contains(answer.text, field.replace("connectorId", "onnector"))
    with t.case("POST credentials: every bad field is named at once"):
        error = s.api("POST", "/api/credentials", {"connectorId": 5, "authenticationType": [], "fields": "x", "name": 7}).error(400, "INVALID_REQUEST")
        named(error, "connectorId", "authenticationType", "fields", "name")
        error = s.api("POST", "/api/credentials", {**good, "fields": {"token": 5, "tokn": "x", "other": "y"}}).error(400, "INVALID_REQUEST")
        named(error, "fields.token", "fields.tokn", "fields.other")
    with t.case("POST credentials: unknown connectors and kinds"):
        s.api("POST", "/api/credentials", {**good, "connectorId": "slak"}).error(404, "CONNECTOR_NOT_FOUND")
        contains(json.dumps(s.api("POST", "/api/credentials", {**good, "authenticationType": "bot"}).error(400, "INVALID_REQUEST")), "bot_token")
    with t.case("POST credentials: secrets that no header can carry are refused by name"):
        for token in ["", "a\r\nX-Evil: 1", "a\x00b", "a\nb", "x" * 100_001]:
            answer = s.api("POST", "/api/credentials", {**good, "fields": {"token": token}})
            equal(answer.status, 400, f"a token like {token[:20]!r}")
            named(answer.error(400, "INVALID_REQUEST"), "fields.token")


def executions(t, s):
    """The bodies of the executions, and the query of the list of connectors."""
    named_by = [("/api/connectors/slack/actions/users_list/execute", {}), ("/api/connectors/slack/execute", {"actionId": "users_list"})]
    bad = {
        "parameters": [5, "x", [], True], "credentialId": [5, [], {}, True, "\x00"], "timeout": ["x", 1.5, 0, 999, 300_001, -5, [], 10**30], "serverId": [5, [], {}, True, "\x00"],
        "surprise": [1, None], "paramters": [{}], "connectorId": ["slack"],
    }
    for path, given in named_by:
        for field, values in bad.items():
            with t.case(f"POST {path}: bad values of {field}"):
                for value in values:
                    named(s.api("POST", path, {**given, field: value}).error(400, "INVALID_REQUEST"), field)
        with t.case(f"POST {path}: every bad field is named at once"):
            named(s.api("POST", path, {field: values[0] for field, values in bad.items()}).error(400, "INVALID_REQUEST"), *bad, *given)
        with t.case(f"POST {path}: every bad parameter is named at once"):
            error = s.api("POST", path, {**given, "parameters": {"limt": 5, "cursor": 5, "zzz": []}}).error(400, "INVALID_REQUEST")
            named(error, "parameters.limt", "parameters.cursor", "parameters.zzz")
    with t.case("POST /api/connectors/slack/execute: the action is required, and a text"):
        for value in [None, "", 5, [], {}]:
            named(s.api("POST", named_by[1][0], {"actionId": value}).error(400, "INVALID_REQUEST"), "actionId")
        for text in ["x" * 100_000, "\u202e\ufeff", "../../x", "%s%n", "' or 1=1", "users_list/execute", "a" * 10_001, "\x00"]:
            sound(s.api("POST", named_by[1][0], {"actionId": text}), 404)
    with t.case("the body of an execution by path may be left out, and is JSON where it is not"):
        for name, body in BODIES.items():
            if name not in ("empty", "null"):
                s.api("POST", named_by[0][0], body, headers={"content-type": "application/json"}).error(400, "INVALID_REQUEST")
        s.api("POST", named_by[0][0], b"{}", headers={"content-type": "text/plain"}).error(415, "UNSUPPORTED_MEDIA_TYPE")
    with t.case("GET connectors: every bad parameter of the query is named at once"):
        error = s.api("GET", "/api/connectors?limit=0&offset=x&category=%20&query=" + "y" * 1001).error(400, "INVALID_REQUEST")
        named(error, "limit", "offset", "category", "query")
        for query, field in [("serverId=a&serverId=a", "serverId"), ("category=a&category=b", "category"), ("query=", "query"), ("limit=1001", "limit")]:
            named(s.api("GET", f"/api/connectors?{query}").error(400, "INVALID_REQUEST"), field)
    with t.case("PUT credentials: the name is required, and nothing else can be changed"):
        path = f"/api/credentials/{s.create_credential()}"
        for value in [5, [], {}, True, "", " ", "x" * 101, "a\x00b", None]:
            named(s.api("PUT", path, {"name": value}).error(400, "INVALID_REQUEST"), "name")
        named(s.api("PUT", path, {}).error(400, "INVALID_REQUEST"), "name")
        named(s.api("PUT", path, {"name": 5, "fields": {"token": "x"}, "data": {}}).error(400, "INVALID_REQUEST"), "name", "fields", "data")


def paths(t, s):
    other = s.cli("accounts", "create", "bad-input-other")["key"]["apiKey"]
    foreign = s.create_server("Foreign", key=other)["serverId"]
    credential = s.create_credential(key=other)
    ids = ["%00", "%ff", "%2e%2e", "..%2f..%2fetc", "x" * 5000, "%F0%9F%98%80", "a b".replace(" ", "%20"), "%", "%zz", "'%20or%201=1--", "null", "0", "-", "a%2Fb", foreign]
    with t.case("ids of every sort in a server's path are 404, or 400"):
        for id in ids:
            for method, body in [("GET", None), ("PUT", {"description": "x"}), ("DELETE", None)]:
                sound(s.api(method, f"/api/servers/{id}", body), 404, 400, 414, 405 if id in (".", "..") else 404)
            sound(s.api("POST", f"/api/servers/{id}/token"), 404, 400, 414)
            sound(http_call("POST", f"{s.url}/mcp/{id}", {**s.headers(), "accept": "*/*"}, {"jsonrpc": "2.0", "id": 1, "method": "ping"}), 404, 400, 414)
            sound(http_call("POST", f"{s.url}/mcp/{id}/{id}", {"accept": "*/*"}, {"jsonrpc": "2.0", "id": 1, "method": "ping"}), 401, 404, 400, 414, 429)
    with t.case("ids of every sort in a credential's path are 404, or 400"):
        for id in [*ids[:-1], "0" * 24, "g" * 24, "A" * 24, credential]:
            for method in ["GET", "DELETE"]:
                sound(s.api(method, f"/api/credentials/{id}"), 404, 400, 414)
        equal(s.api("GET", f"/api/credentials/{credential}", key=other).status, 200, "the other account's own")
    with t.case("ids of every sort in a connector's and an action's path are 404, or 400"):
        for id in ids[:-1]:
            for path in [f"/api/connectors/{id}", f"/api/connectors/{id}/actions/x", f"/api/connectors/slack/actions/{id}"]:
                sound(s.api("GET", path), 404, 400, 414)
            for path, body in [(f"/api/connectors/{id}/execute", {"actionId": "x"}), (f"/api/connectors/{id}/actions/x/execute", None), (f"/api/connectors/slack/actions/{id}/execute", None)]:
                sound(s.api("POST", path, body), 404, 400, 414)
        for id in [*ids[1:4], "x" * 5000, "null", foreign]:
            sound(s.api("GET", f"/api/connectors?serverId={id}"), 404)
            sound(s.api("POST", "/api/connectors/slack/execute", {"actionId": "users_list", "serverId": id}), 404)
    with t.case("queries of every sort are taken or refused, never a fault"):
        for query in ["%00", "limit=%00", "limit=1&limit=2", "offset=18446744073709551616", "limit=0x10", "limit=+5", "limit=1e2", "connectorId=%00",
                      "connectorId=" + "x" * 4000, "a=b&&&c", "=", "limit", "%ff=%ff", "connectorId=%ff", "offset=9223372036854775807&limit=1000"]:
            for path in ["/api/servers", "/api/credentials", "/api/connectors"]:
                sound(s.api("GET", f"{path}?{query}"))


def raw(t, s):
    host = s.url.removeprefix("http://").encode()
    for name, data in {
        "no HTTP": b"hello\r\n\r\n", "a bad version": b"GET / HTTP/9.9\r\nHost: " + host + b"\r\n\r\n", "a bad header": b"GET /health HTTP/1.1\r\nHost: " + host + b"\r\nbad header\r\n\r\n",
        "a NUL in a header": b"GET /health HTTP/1.1\r\nHost: " + host + b"\r\nx: a\0b\r\n\r\n", "two lengths": b"POST /api/servers HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "a length that is no number": b"POST /api/servers HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: x\r\n\r\n", "a space in the path": b"GET /a b HTTP/1.1\r\nHost: " + host + b"\r\n\r\n",
        "a bad chunk": b"POST /api/servers HTTP/1.1\r\nHost: " + host + b"\r\nAuthorization: Bearer " + s.key.encode() + b"\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "a body that ends early": b"POST /api/servers HTTP/1.1\r\nHost: " + host + b"\r\nAuthorization: Bearer " + s.key.encode() + b"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    }.items():
        with t.case(f"on the wire: {name}"):
            answer = raw_http(s.url, data, half_close=True)
            assert not answer or re.match(rb"HTTP/1\.[01] 4\d\d", answer), answer[:200]
            equal(http_call("GET", s.url + "/health").status, 200)


TOOL_FIELDS = {
    "get_connector_resources": {"connectorId": "slack"},
    "get_action_details": {"connectorId": "slack", "actionId": "users_list"},
    "execute_action": {"connectorId": "slack", "actionId": "users_list", "parameters": {}},
    "create_credential": {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": "x"}},
    "get_credential_metadata": {"connectorId": "slack"},
    "discover_action_path": {"goal": "send a message"},
}
OPTIONAL = {
    "list_connectors": {"category": [5, [], {}, True]}, "get_credentials": {"connectorId": [5, [], {}]},
    "execute_action": {"credentialId": [5, [], {}], "timeout": ["x", 1.5, 0, 999, 300_001, -5, [], 10**30], "parameters": [5, "x", [], True]},
    "create_credential": {"redirectUri": [5, [], {}], "fields": [5, "x", []], "data": [5, "x", []]},
}


def tools(t, s):
    client = s.mcp()
    for tool, given in TOOL_FIELDS.items():
        required = [name for name in given if name not in ("parameters", "fields")]
        with t.case(f"{tool}: missing arguments are all named"):
            error = client.refused(tool, {}, "INVALID_REQUEST")
            named(error, *required)
            named(client.refused(tool, None, "INVALID_REQUEST"), *required)
        with t.case(f"{tool}: wrong types are all named"):
            for value in [5, True, [], {}, None]:
                named(client.refused(tool, {**given, **{name: value for name in required}}, "INVALID_REQUEST"), *required)
        with t.case(f"{tool}: odd texts are refused with a contract's code"):
            for text in ["", " ", "\x00", "x" * 100_000, "\u202e\ufeff", "../../x", "' or 1=1", "%s%n", "\ud7ff", "a" * 10_001]:
                for name in required:
                    result = client.tool(tool + "_alloy", {**given, name: text})
                    if result.get("isError"):
                        code = json.loads(result["content"][0]["text"])
                        code = code.get("error", code)["code"]
                        assert code in ("INVALID_REQUEST", "CONNECTOR_NOT_FOUND", "ACTION_NOT_FOUND", "CREDENTIAL_NOT_FOUND", "FORBIDDEN"), code
                    else:
                        equal(tool, "discover_action_path", f"{name}={text[:20]!r} was taken")
    for tool in [*TOOL_FIELDS, "list_connectors", "get_credentials"]:
        given = TOOL_FIELDS.get(tool, {})
        with t.case(f"{tool}: unknown arguments are refused by name"):
            named(client.refused(tool, {**given, "surprise": 1, "another": None}, "INVALID_REQUEST"), "surprise", "another")
        for name, values in OPTIONAL.get(tool, {}).items():
            with t.case(f"{tool}: bad values of {name}"):
                for value in values:
                    named(client.refused(tool, {**given, name: value}, "INVALID_REQUEST"), name)
    with t.case("arguments that are no object are a fault of the protocol"):
        for arguments in [[], "x", 5, True]:
            client.legacy("tools/call", {"name": "list_connectors_alloy", "arguments": arguments}).rpc_error(-32602, 200)
        for params in [[], "x", {"name": 5}, {"name": None}, {"arguments": {}}]:
            message = sound(client.legacy("tools/call", params)).message()
            contains([-32602, -32600], message["error"]["code"])
    with t.case("deep arguments are refused, in the old era and the new"):
        deep = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"execute_action_alloy","arguments":{"connectorId":"slack","actionId":"users_list","parameters":{"limit":' + b"[" * 5000 + b"]" * 5000 + b"}}}}"
        sound(client.post(deep))
        sound(client.post(deep, {"mcp-protocol-version": MODERN}), 400)


def messages(t, s):
    client = s.mcp()
    for name, body in BODIES.items():
        for era, headers in [("old", {}), ("new", {"mcp-protocol-version": MODERN, "mcp-method": "ping"})]:
            with t.case(f"MCP, {era} era: the body is {name}"):
                answer = sound(client.post(body, headers), 400)
                contains([-32700, -32600], answer.message()["error"]["code"])
    with t.case("MCP: one byte more than 10 MB"):
        big = b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"' + b"x" * (10 * MB) + b'"}}'
        client.post(big[: 10 * MB + 1]).error(413, "PAYLOAD_TOO_LARGE")
        client.post(big[: 10 * MB + 1], {"mcp-protocol-version": MODERN}).rpc_error(413, 413)
        chunked = b"%x\r\n" % len(big) + big + b"\r\n0\r\n\r\n"
        client.post(chunked, {"transfer-encoding": "chunked"}).error(413, "PAYLOAD_TOO_LARGE")
        sound(client.post(big[: 10 * MB]), 400)
    with t.case("MCP: odd headers of the protocol"):
        for header, value in [("mcp-protocol-version", "x" * 5000), ("mcp-protocol-version", ""), ("mcp-method", b"\xff"), ("mcp-name", b"\xff\xfe"), ("mcp-session-id", b"\xff"),
                              ("mcp-session-id", "x" * 9000), ("mcp-session-id", ""), ("mcp-param-x", "y"), ("accept", ";;;"), ("accept", b"\xff"), ("content-type", b"\xff")]:
            sound(client.legacy("ping", headers={header: value}))
            sound(client.modern("tools/list", headers={header: value}))
    with t.case("MCP: a batch of more than it should hold"):
        sound(client.post([{"jsonrpc": "2.0", "id": number, "method": "ping"} for number in range(1001)]), 400)
    with t.case("MCP: methods with params of the wrong sort"):
        for method in ["initialize", "tools/list", "tools/call", "prompts/get", "resources/read", "ping", "logging/setLevel", "completion/complete", "server/discover"]:
            for params in [[], [1], {"protocolVersion": 5}, {"cursor": 5}, {"name": {}}, {"_meta": 5}, {"_meta": {"io.modelcontextprotocol/protocolVersion": 5}}]:
                sound(client.legacy(method, params))


def noise(t, s):
    """Valid requests with parts replaced at random; the seed is fixed, so that a failure repeats."""
    dice = random.Random(7)
    client = s.mcp()
    values = [*WRONG, None, 10**40, "x" * 300, "\u2028", {"$ref": "#"}, [[]], "null", -0.0, "slack"]

    def mutated(value, depth=0):
        if dice.random() < 0.15:
            return dice.choice(values)
        if isinstance(value, dict):
            changed = {name if dice.random() > 0.05 else dice.choice(["", "__proto__", name.upper(), "\x00"]): mutated(inner, depth + 1) for name, inner in value.items()}
            if dice.random() < 0.1:
                changed["extra"] = dice.choice(values)
            return changed
        if isinstance(value, list):
            return [mutated(inner, depth + 1) for inner in value] * dice.choice([1, 1, 1, 0, 2])
        return value

    server = {"name": "Noise", "description": "d", "tokenExpiresInDays": 3, "isPublic": False, "customInstructions": "c", "restrictions": {
        "connectors": {"mode": "allowlist", "allowedIds": ["slack"]}, "permissions": [{"connector": "slack", "actions": ["x"]}]}}
    credential = {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": "x"}}
    with t.case("a thousand mutated requests, and no fault of ours"):
        for number in range(350):
            sound(s.api("POST", "/api/servers", mutated({**server, "name": f"Noise {number}"}), user="noise"))
            sound(s.api("POST", "/api/credentials", mutated(credential), user="noise"))
            tool = dice.choice(list(TOOL_FIELDS))
            sound(client.post(mutated({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": tool + "_alloy", "arguments": TOOL_FIELDS[tool]}})))


def run(t):
    harness.FRESH_ADDRESSES = True
    with Platform() as platform, t.solder(env={**platform.setting(), "SOLDER_TRUSTED_PROXIES": "127.0.0.1/32"}) as s:
        made = s.create_server("Bodies")
        endpoints = [("POST", "/api/servers"), ("PUT", f"/api/servers/{made['serverId']}"), ("POST", "/api/credentials"),
                     ("PUT", f"/api/credentials/{s.create_credential()}"), ("POST", "/api/connectors/slack/execute")]
        parts = [(rest_bodies, endpoints), (server_fields,), (credential_fields,), (executions,), (paths,), (raw,), (tools,), (messages,), (noise,)]
        for part, *more in parts:
            with t.case(f"{part.__name__} runs to its end"):
                part(t, s, *more)
        with t.case("it still serves, and nothing panicked or was logged as a fault of ours"):
            equal(s.mcp().legacy("ping").status, 200)
            log = s.log()
            for word in ["panicked", "INTERNAL_ERROR"]:
                assert word not in log, log[log.index(word) - 500: log.index(word) + 800]
