"""Calls to platforms by connector files of the operator's own: ways to authenticate, retries, paging, the cache, the guard."""

import base64
import contextlib
import json
import pathlib
import shutil
import tempfile

from harness import Mcp, Solder, contains, equal
from platform_double import Platform

FILE = """
id = "playground"
name = "Playground"
about = "A platform of this test's own"
categories = ["testing"]
base = "{base}"
hosts = ["127.0.0.1"]

[resources]
things = "Things | What it has"

[auth.bearer]
secrets.token = "A token"
apply = {{ header = "Authorization", value = "Bearer {{token}}" }}

[auth.header]
secrets.key = "A key"
apply = {{ header = "X-Api-Key", value = "{{key}}" }}

[auth.query]
secrets.key = "A key"
apply = {{ query = "api_key", value = "{{key}}", redact = true }}

[auth.basic]
secrets.user = "A user"
secrets.password = "A password"
apply = {{ basic = ["{{user}}", "{{password}}"] }}

[limits]
retry = [429, 503]

[paging.pages]
kind = "page"
send = "page"
last = "/pages"

[[action]]
name = "things.list"
title = "List things"
about = "List the things"
resource = "things"
call = "GET /things/list"
kind = "read"
paging = "pages"
result = "/items"
[action.params]
tags = "string[] | Tags"
text = "string | Text"

[[action]]
name = "things.kept"
title = "Read what changes seldom"
about = "Read something that may be kept for a while"
resource = "things"
call = "GET /things/kept"
kind = "read"
cache = "5m"
[action.params]
text = "string | Text"

[[action]]
name = "things.create"
title = "Create a thing"
about = "Create a thing"
resource = "things"
call = "POST /things/create"
kind = "write"
[action.params]
text = "string! | Text"

[[action]]
name = "things.get"
title = "Get a thing"
about = "Get a thing by its path"
resource = "things"
call = "GET /things/{{id}}/get"
kind = "read"
[action.params]
id = "string! | Id"
"""


@contextlib.contextmanager
def operator(t, platform, **env):
    """A running binary with a connector file of its own that points at the platform."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "playground.toml").write_text(FILE.format(base=platform.url))
        with t.solder(env={"SOLDER_CONNECTORS_DIR": folder, **env}) as s:
            yield s, Mcp(s.create_server("Own connectors")["accessUrl"])


def credential(client, kind, **fields):
    return client.ask("create_credential", {"connectorId": "playground", "authenticationType": kind, "fields": fields})["credentialId"]


def ways(t, client, platform):
    """Each key-based way to authenticate."""
    calls = {
        "bearer": ({"token": "bearer-secret"}, lambda path, headers: headers["authorization"] == "Bearer bearer-secret"),
        "header": ({"key": "header-secret"}, lambda path, headers: headers["x-api-key"] == "header-secret" and "authorization" not in headers),
        "query": ({"key": "query secret&="}, lambda path, headers: "api_key=query+secret%26%3D" in path or "api_key=query%20secret%26%3D" in path),
        "basic": ({"user": "ann", "password": "pä:ss"}, lambda path, headers: headers["authorization"] == "Basic " + base64.b64encode("ann:pä:ss".encode()).decode()),
    }
    for kind, (fields, holds) in calls.items():
        with t.case(f"a {kind} credential stands where the platform wants it, and nowhere else"):
            made = credential(client, kind, **fields)
            client.execute("playground", "things.get", {"id": "1"}, credentialId=made)
            _, path, headers, _ = platform.calls[-1]
            lower = {name.lower(): value for name, value in headers.items()}
            assert holds(path, lower), (path, lower)


def requests(t, client, platform):
    with t.case("paths, queries and bodies are encoded once and whole"):
        client.execute("playground", "things.get", {"id": "a/b?c#d %é"})
        contains(platform.calls[-1][1], "/things/a%2Fb%3Fc%23d%20%25%C3%A9/get")
        client.execute("playground", "things.list", {"tags": ["x&y", "z"], "text": "ü+ 1"})
        path = platform.calls[-1][1]
        contains(path, "tags=x%26y&tags=z")
        client.execute("playground", "things.create", {"text": "a\"\u2028\\"})
        equal(json.loads(platform.calls[-1][3]), {"text": "a\"\u2028\\"})
    with t.case("dots in a path's value never climb out of it"):
        for id in ["..", ".", "../../admin", "%2e%2e"]:
            before = len(platform.calls)
            client.tool("execute_action_alloy", {"connectorId": "playground", "actionId": "things.get", "parameters": {"id": id}})
            for _, path, _, _ in platform.calls[before:]:
                assert path.startswith("/api/things/") and path.endswith("/get"), path
    with t.case("pages end with the last, and each is asked for once"):
        platform.script["list"] = lambda path, body: {"json": {"pages": 3, "items": [{"page": path.split("page=")[-1] if "page=" in path else "1"}]}}
        cursor, pages = None, []
        for _ in range(6):
            answer = client.execute("playground", "things.list", {"cursor": cursor} if cursor else {})
            pages += [item["page"] for item in (answer if isinstance(answer, list) else answer["data"])]
            cursor = answer.get("metadata", {}).get("nextCursor") if isinstance(answer, dict) else None
            if not cursor:
                break
        equal(pages, ["1", "2", "3"])


def retries(t, client, platform):
    def answers(name, *steps):
        left = list(steps)
        platform.script[name] = lambda path, body: left.pop(0) if len(left) > 1 else left[0]
        before = len(platform.calls)
        return lambda: len(platform.calls) - before

    bad, slow, good = {"status": 503, "json": {}}, {"status": 429, "json": {}, "headers": {"retry-after": "1"}}, {"json": {"ok": True}}
    with t.case("a read is tried again after 503 and 429, within reason"):
        count = answers("get", bad, good)
        client.execute("playground", "things.get", {"id": "1"})
        equal(count(), 2)
        count = answers("get", slow, good)
        client.execute("playground", "things.get", {"id": "1"})
        equal(count(), 2)
        count = answers("get", bad)
        client.refused("execute_action", {"connectorId": "playground", "actionId": "things.get", "parameters": {"id": "1"}}, "PLATFORM_ERROR")
        assert 2 <= count() <= 5, count()
    with t.case("a write is never sent twice unless the platform turned it away"):
        count = answers("create", bad, good)
        client.refused("execute_action", {"connectorId": "playground", "actionId": "things.create", "parameters": {"text": "x"}}, "PLATFORM_ERROR")
        equal(count(), 1)
        count = answers("create", slow, good)
        client.execute("playground", "things.create", {"text": "x"})
        equal(count(), 2)
    with t.case("a wait that is longer than the call may last is told and not waited for"):
        count = answers("get", {"status": 429, "json": {}, "headers": {"retry-after": "3600"}})
        error = client.refused("execute_action", {"connectorId": "playground", "actionId": "things.get", "parameters": {"id": "1"}}, "PLATFORM_RATE_LIMITED")
        contains(json.dumps(error), "3600")
        equal(count(), 1)
    platform.script.clear()


def cache(t, s, client, platform):
    def read(who, text="x", **more):
        before = len(platform.calls)
        answer = who.legacy("tools/call", {"name": "execute_action_alloy", "arguments": {
            "connectorId": "playground", "actionId": "things.kept", "parameters": {"text": text}, **more}})
        assert not answer.result().get("isError"), answer.text
        equal(answer.headers.get("x-cache-hit") == "true", len(platform.calls) == before, "X-Cache-Hit and the platform's record")
        return len(platform.calls) == before

    with t.case("a kept answer is used again for the same caller, credential and parameters alone"):
        equal([read(client), read(client), read(client, "y"), read(client)], [False, True, False, True])
        second = credential(client, "bearer", token="another")
        equal([read(client, credentialId=second), read(client, credentialId=second)], [False, True])
        other = Mcp(client.url.rsplit("/", 1)[0], s.headers(user="another-reader"))
        credential(other, "bearer", token="theirs")
        equal([read(other), read(other)], [False, True])
    with t.case("a write through the same connector and credential ends it"):
        equal(read(client), True)
        client.execute("playground", "things.create", {"text": "x"})
        equal([read(client), read(client)], [False, True])


def run(t):
    with Platform() as platform:
        with operator(t, platform) as (s, client):
            with t.case("the operator's own connector is listed beside the others"):
                contains([one["id"] for one in client.ask("list_connectors")["connectors"]], "playground")
            with t.case("an address of this machine is not reached by a connector file alone"):
                credential(client, "bearer", token="guarded")
                error = client.refused("execute_action", {"connectorId": "playground", "actionId": "things.get", "parameters": {"id": "1"}}, "PLATFORM_UNREACHABLE")
                equal(platform.calls, [])
                assert error["message"], error
        with operator(t, platform, SOLDER_ALLOW_PRIVATE_NETWORKS="127.0.0.0/8") as (s, client):
            ways(t, client, platform)
            requests(t, client, platform)
            retries(t, client, platform)
            cache(t, s, client, platform)
    with tempfile.TemporaryDirectory() as folder:
        with t.case("a faulty file stops the start, with file, line, field, and every fault at once"):
            text = FILE.format(base="https://example.com").replace('hosts = ["127.0.0.1"]', 'hosts = ["example.com"]')
            text = text.replace('kind = "write"', 'kind = "wirte"').replace('resource = "things"\ncall = "GET /things/list"', 'resource = "nothing"\ncall = "GET /things/list"')
            (pathlib.Path(folder) / "playground.toml").write_text(text)
            command = Solder(t.binary)
            try:
                for done in [command.run("connectors", "check", str(pathlib.Path(folder) / "playground.toml")),
                             command.run("up", "--listen", "127.0.0.1:0", "--json", env={"SOLDER_CONNECTORS_DIR": folder}, seconds=15)]:
                    assert done.returncode != 0, done
                    for word in ["playground.toml", "kind", "wirte", "resource", "nothing"]:
                        contains(done.stdout + done.stderr, word)
            finally:
                command.remove()
        with t.case("an own file never takes the id of a built-in"):
            shutil.copy(pathlib.Path(__file__).parents[2] / "connectors/slack.toml", folder)
            (pathlib.Path(folder) / "playground.toml").unlink()
            command = Solder(t.binary)
            try:
                done = command.run("up", "--listen", "127.0.0.1:0", "--json", env={"SOLDER_CONNECTORS_DIR": folder}, seconds=15)
                assert done.returncode != 0 and "slack" in done.stderr, done
            finally:
                command.remove()
