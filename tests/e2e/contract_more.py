"""What the walk needs besides: expired tokens, a rotation's grace, HTTP/2, odd ids, bearers on token URLs."""

import json
import shutil
import sqlite3
import subprocess
import tempfile
import time

import harness
from harness import Mcp, NotRun, contains, equal, http_call


def expiry(t, s):
    with t.case("an expired token is 401 like any wrong one, and its use is never counted as a failure"):
        server = s.create_server("Expires", tokenExpiresInDays=1)
        equal(s.mcp(server).legacy("ping").status, 200)
        equal(s.stop(), 0)
        with sqlite3.connect(next(s.data.glob("*.db"))) as database:
            past = int(time.time() * 1000) - 1000
            changed = database.execute("UPDATE servers SET token_expires_at = ? WHERE id = ?", (past, server["serverId"]))
            equal(changed.rowcount, 1)
        s.start()
        harness.FRESH_ADDRESSES = False
        try:
            answers = {s.mcp(server).legacy("ping").status for _ in range(40)}
        finally:
            harness.FRESH_ADDRESSES = True
        equal(answers, {401})
        s.mcp(server).legacy("ping").error(401, "UNAUTHORIZED")
        contains(s.mcp(server).legacy("ping").headers["www-authenticate"], "invalid_token")
        equal(s.api("GET", f"/api/servers/{server['serverId']}").json()["serverId"], server["serverId"], "management goes on")
        rotated = s.api("POST", f"/api/servers/{server['serverId']}/token").json()
        equal(s.mcp(rotated).legacy("ping").status, 200)


def grace(t, s):
    with t.case("a rotation with a grace leaves the old token alive for that long"):
        server = s.create_server("Grace")
        path = f"/api/servers/{server['serverId']}/token"
        rotated = s.api("POST", path, {"graceSeconds": 2}).json()
        equal((s.mcp(server).legacy("ping").status, s.mcp(rotated).legacy("ping").status), (200, 200))
        time.sleep(2.2)
        equal((s.mcp(server).legacy("ping").status, s.mcp(rotated).legacy("ping").status), (401, 200))
        third = s.api("POST", path, {"graceSeconds": 600}).json()
        fourth = s.api("POST", path).json()
        equal([s.mcp(one).legacy("ping").status for one in [rotated, third, fourth]], [401, 401, 200], "without a grace at once")
    with t.case("a rotation's bad input is named"):
        for body in [{"graceSeconds": -1}, {"graceSeconds": 2_592_001}, {"graceSeconds": "5"}, {"graceSeconds": 1.5}]:
            error = s.api("POST", path, body).error(400, "INVALID_REQUEST")
            equal(error["details"]["field"], "graceSeconds")
        for body in [b"{", b"[]", b'"x"']:
            s.api("POST", path, body, headers={"content-type": "application/json"}).error(400, "INVALID_REQUEST")
        equal(s.mcp(fourth).legacy("ping").status, 200)


def http_versions(t, s):
    def curl(*flags, url):
        program = shutil.which("curl")
        if not program:
            raise NotRun("curl is not on this machine")
        done = subprocess.run([program, "-sS", "--max-time", "20", "-w", "\n%{http_code} %{http_version}", *flags, url], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        body, _, last = done.stdout.rpartition("\n")
        return body, *last.split()

    ping = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    post = ["-H", "content-type: application/json", "-d", ping]
    with t.case("HTTP/2 without TLS is served, with 64 KB of headers"):
        flags = ["--http2-prior-knowledge", *post, "-H", "accept: application/json, text/event-stream"]
        body, status, version = curl(*flags, url=s.server["accessUrl"])
        equal((status, version), ("200", "2"), body)
        filler = [part for number in range(11) for part in ("-H", f"x-filler-{number}: {'f' * 5_000}")]
        equal(curl(*flags, *filler, url=s.server["accessUrl"])[1], "200")
        user = "u" * 10_000
        equal(curl("--http2-prior-knowledge", "-H", f"authorization: Bearer {s.key}", "-H", f"x-alloy-userid: {user}", url=s.url + "/api/servers")[1], "200")
    with t.case("over HTTP/2 a refusal arrives, although nobody waited for the body"):
        for size in [100, 300_000]:
            with tempfile.NamedTemporaryFile("w") as file:
                file.write(json.dumps({"name": "x" * size}))
                file.flush()
                for _ in range(8):
                    body, status, _ = curl("--http2-prior-knowledge", "-H", "content-type: application/json", "--data-binary", f"@{file.name}", url=s.url + "/api/servers")
                    equal(status, "401", body)
    with t.case("over HTTP/2 the authority is checked like Host"):
        port = s.url.rsplit(":", 1)[1]
        body, status, _ = curl("--http2-prior-knowledge", "-H", f"Host: evil.example.com:{port}", url=s.url + "/api/servers")
        equal(status, "403", body)
    with t.case("a client that waits for 100 Continue gets it"):
        large = json.dumps({"name": "Continued", "description": "d" * 100_000})
        done = subprocess.run(["curl", "-sS", "--http1.1", "-H", "Expect: 100-continue", "-H", f"authorization: Bearer {s.key}", "-H", "content-type: application/json",
                               "--data-binary", "@-", "-w", "\n%{http_code}", s.url + "/api/servers"], input=large, capture_output=True, text=True, check=False)
        equal(done.stdout.rpartition("\n")[2], "201")


def ids(t, s):
    with t.case("an id is echoed as it came, whatever its size"):
        for id in ["0", "-1", "9007199254740993", "123456789012345678901234567890", '""', '"\\u00e9\\u2028\\ud83d\\ude00"', '"' + "x" * 10_000 + '"', '"1"']:
            for headers in [{}, {"mcp-protocol-version": "2025-11-25"}]:
                answer = s.mcp().post(b'{"jsonrpc":"2.0","id":' + id.encode() + b',"method":"ping"}', headers)
                equal(answer.status, 200, f"id {id[:60]}: {answer!r}")
                equal(answer.message()["id"], json.loads(id))
        message = s.mcp().modern("no/such", id="\u2028é").message()
        equal(message["id"], "\u2028é")


def bearers(t, s):
    kind = {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": "xoxb-bearer"}}
    with t.case("with a bearer a token URL is worth what the bearer is worth"):
        server = s.create_server("With bearer", user="bearer-owner")
        client = Mcp(server["accessUrl"], s.headers(user="bearer-user"))
        made = client.ask("create_credential", kind)["credentialId"]
        own = Mcp(s.create_server("Elsewhere", user="bearer-owner")["url"], s.headers(user="bearer-user"))
        equal([one["credentialId"] for one in own.ask("get_credentials", {})["credentials"]], [made], "the named user's, on any server")
        equal(Mcp(server["accessUrl"]).ask("get_credentials", {})["credentials"], [], "without it the owner acts")
        contains(json.dumps(client.execute("solder", "create-server", {"name": "By a bearer"})), "by-a-bearer")


def hygiene(t, s):
    with t.case("answers are kept by nobody and tell no other site where they came from"):
        for answer in [s.mcp().legacy("tools/list"), s.mcp().modern("tools/list"), s.api("GET", "/api/servers"), Mcp(s.server["url"] + "/wrong").legacy("ping")]:
            contains(answer.headers["cache-control"], "no-store")
            equal(answer.headers["referrer-policy"], "no-referrer")
        equal(s.mcp().legacy("tools/list").headers.get("x-accel-buffering"), "no")
    with t.case("a request id that a client sends is not taken for its own"):
        answer = http_call("GET", s.url + "/health", {"x-request-id": "x" * 5000 + "<script>"})
        assert "<script>" not in json.dumps(answer.header_list), answer.header_list
    with t.case("HEAD and OPTIONS are answered without a body and without a fault"):
        for path in ["/health", "/api/servers", "/mcp"]:
            for method in ["HEAD", "OPTIONS"]:
                answer = http_call(method, s.url + path, s.headers())
                assert answer.status < 500, f"{method} {path}: {answer!r}"


def run(t, s):
    for part in [grace, http_versions, ids, bearers, hygiene, expiry]:
        with t.case(f"{part.__name__} runs to its end"):
            part(t, s)
