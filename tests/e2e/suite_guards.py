"""What guards the listener and the start: Origin and Host, limits, a stop that drains, commands beside it, settings."""

import concurrent.futures
import json
import os
import stat
import threading
import time

from harness import ACCEPT, Mcp, Solder, contains, equal, free_port, http_call, raw_http, until
from platform_double import Platform

INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}


def origins(t):
    with t.solder(env={"SOLDER_ALLOWED_ORIGINS": "https://app.example.com"}) as s:
        client = s.mcp()
        own = s.url
        for origin in ["http://evil.example.com", "null", "https://app.example.com.evil.com", "http://app.example.com", "file://", "https://app.example.com:444"]:
            with t.case(f"Origin {origin} is refused"):
                for answer in [client.legacy("tools/list", headers={"origin": origin}), client.modern("tools/list", headers={"origin": origin})]:
                    equal(answer.status, 403, f"{answer!r}")
                    contains(answer.text, origin, "the value that was seen")
                    contains(answer.text, "SOLDER_ALLOWED_ORIGINS")
        for origin in ["https://app.example.com", own]:
            with t.case(f"Origin {'of its own' if origin == own else origin} is served"):
                equal(client.legacy("tools/list", headers={"origin": origin}).status, 200)
        with t.case("no Origin is no browser"):
            equal(client.legacy("tools/list").status, 200)
        with t.case("a browser of an allowed origin may send the protocol's headers and read its own"):
            asked = {"origin": "https://app.example.com", "access-control-request-method": "POST",
                     "access-control-request-headers": "authorization,content-type,mcp-protocol-version,mcp-method,mcp-name,mcp-param-region,mcp-session-id"}
            answer = http_call("OPTIONS", client.url, asked)
            assert answer.status in (200, 204), f"{answer!r}"
            equal(answer.headers.get("access-control-allow-origin"), "https://app.example.com")
            allowed = answer.headers.get("access-control-allow-headers", "").lower()
            for name in ["authorization", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-param-region", "mcp-session-id"]:
                contains(allowed, name)
            real = client.legacy("initialize", INITIALIZE, headers={"origin": "https://app.example.com"})
            equal(real.headers.get("access-control-allow-origin"), "https://app.example.com")
            contains(real.headers.get("access-control-expose-headers", "").lower(), "mcp-session-id")
        with t.case("a browser of another origin gets no permission"):
            answer = http_call("OPTIONS", client.url, {"origin": "http://evil.example.com", "access-control-request-method": "POST"})
            assert "evil" not in answer.headers.get("access-control-allow-origin", ""), f"{answer.header_list}"
            assert answer.headers.get("access-control-allow-origin") != "*"


def hosts(t):
    with t.solder() as s:
        port = s.url.rsplit(":", 1)[1]
        for host in ["evil.example.com", "evil.example.com:" + port, "127.0.0.1.evil.com", "10.0.0.1:" + port]:
            with t.case(f"Host {host.replace(port, 'PORT')} is refused on a loopback listener"):
                for method, url, body in [("POST", s.server["accessUrl"], {}), ("GET", s.url + "/api/servers", None)]:
                    answer = http_call(method, url, {**s.headers(), "host": host, "accept": ACCEPT}, body)
                    equal(answer.status, 403, f"{answer!r}")
                    contains(answer.text, host.split(":")[0])
                    contains(answer.text, "SOLDER_ALLOWED_HOSTS")
                equal(http_call("GET", s.url + "/health", {"host": host}).status, 200, "health is open")
        for host in ["localhost:" + port, "127.0.0.1:" + port, "LOCALHOST:" + port, "[::1]:" + port]:
            with t.case(f"Host {host.replace(port, 'PORT')} is served"):
                answer = http_call("GET", s.url + "/api/servers", {**s.headers(), "host": host})
                equal(answer.status, 200, f"{answer!r}")
        with t.case("URLs in answers never come from the Host header"):
            answer = http_call("GET", s.url + "/api/servers", {**s.headers(), "host": "localhost:" + port})
            assert all(one["url"].startswith(s.url + "/mcp/") for one in answer.json()["servers"]), answer.text[:300]
        with t.case("a request without Host is a 400 and nothing else"):
            data = raw_http(s.url, b"GET /api/servers HTTP/1.1\r\nConnection: close\r\n\r\n")
            contains(data.split(b"\r\n")[0].decode(), " 400 ")
    with t.solder(env={"SOLDER_PUBLIC_URL": "https://solder.example.com/base", "SOLDER_ALLOWED_HOSTS": "solder.example.com"}) as s:
        address = until(lambda: listening(s), 5, "its port")
        with t.case("URLs are built from the public URL"):
            equal(s.ready["server"]["url"], f"https://solder.example.com/base/mcp/{s.ready['server']['serverId']}")
        with t.case("the allowed host is served, and others are not"):
            equal(http_call("GET", address + "/api/servers", {**s.headers(), "host": "solder.example.com"}).status, 200)
            equal(http_call("GET", address + "/api/servers", {**s.headers(), "host": "other.example.com"}).status, 403)


def listening(s):
    """The address that the process listens on, where its printed URL is the public one."""
    import subprocess
    table = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=False).stdout
    for line in table.splitlines():
        if f"pid={s.process.pid}," in line:
            return "http://" + line.split()[3]
    return None


def limits(t):
    with t.solder(limit="5/60s") as s:
        server = s.create_server("Limited")
        client = Mcp(server["accessUrl"])
        with t.case("what stands outside of the window does not use it up"):
            for _ in range(12):
                equal(client.legacy("initialize", INITIALIZE).status, 200)
                equal(client.modern("server/discover").status, 200)
                equal(client.post({"jsonrpc": "2.0", "method": "notifications/initialized"}).status, 202)
                equal(http_call("GET", client.url, {"accept": "text/event-stream"}).status, 405)
        with t.case("five pass and the sixth is refused, with the wait"):
            for _ in range(5):
                equal(client.legacy("tools/list").status, 200)
            answer = client.legacy("tools/list")
            error = answer.error(429, "RATE_LIMITED")
            equal(error["message"], "Rate limit exceeded")
            wait = int(answer.headers["retry-after"])
            assert 1 <= wait <= 60, wait
            contains(answer.headers["ratelimit-policy"], "5")
            contains(answer.headers["ratelimit"], "0")
        with t.case("a client that sends its revision reads a JSON-RPC error"):
            error = client.modern("tools/list").rpc_error(429, 429)
            contains(error["message"], "Rate limit exceeded")
            equal(error["data"]["code"], "RATE_LIMITED")
            client.legacy("tools/list", revision="2025-11-25").rpc_error(429, 429)
        with t.case("discovery still answers, so that clients stay modern"):
            equal(client.modern("server/discover").status, 200)
        with t.case("a rotation does not reset the window"):
            rotated = s.api("POST", f"/api/servers/{server['serverId']}/token").json()
            equal(Mcp(rotated["accessUrl"]).legacy("tools/list").status, 429)
        with t.case("another server's window is its own"):
            equal(Mcp(s.server["accessUrl"]).legacy("tools/list").status, 200)
        with t.case("the key's window is its own, and counts REST and MCP together"):
            key = s.cli("keys", "create", "--user", "limited")["apiKey"]
            by_key = Mcp(server["url"], s.headers(key))
            for _ in range(3):
                equal(by_key.legacy("tools/list").status, 200)
            for _ in range(2):
                equal(s.api("GET", "/api/servers", key=key).status, 200)
            s.api("GET", "/api/servers", key=key).error(429, "RATE_LIMITED")
            equal(by_key.legacy("tools/list").status, 429)
        with t.case("each request of a batch counts"):
            batched = s.cli("keys", "create", "--user", "batcher")["apiKey"]
            by_key = Mcp(server["url"], s.headers(batched))
            batch = [{"jsonrpc": "2.0", "id": number, "method": "ping"} for number in range(4)]
            equal(by_key.post(batch).status, 200)
            equal(by_key.post(batch).status, 429)
        with t.case("in a session a call over the limit is a result that says how long to wait"):
            key = s.cli("keys", "create", "--user", "session-holder")["apiKey"]
            by_key = Mcp(server["url"], s.headers(key))
            opened = by_key.legacy("initialize", INITIALIZE)
            session = {"mcp-session-id": opened.headers["mcp-session-id"]}
            for _ in range(5):
                equal(by_key.legacy("tools/list", headers=session).status, 200)
            answer = by_key.legacy("tools/call", {"name": "list_connectors_alloy", "arguments": {}}, headers=session, revision="2025-11-25")
            equal(answer.status, 200)
            result = answer.result()
            equal(result["isError"], True)
            contains(result["content"][0]["text"], "RATE_LIMITED")
            error = json.loads(result["content"][0]["text"])
            contains(json.dumps(error), "retryAfter")
    with t.solder(limit=None) as s:
        with t.case("the window is 100 a minute where nothing is set"):
            client = s.mcp()
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                statuses = list(pool.map(lambda _: client.legacy("ping").status, range(130)))
            equal((statuses.count(200), statuses.count(429)), (100, 30))


def failed_authentication(t):
    with t.solder(env={"SOLDER_TRUSTED_PROXIES": "127.0.0.1/32"}) as s:
        wrong = {"authorization": "Bearer wrong-key-wrong-key-wrong"}

        def status(headers, address="192.0.2.1"):
            return http_call("GET", s.url + "/api/servers", {**headers, "x-forwarded-for": address}).status

        with t.case("requests without credentials are never counted"):
            equal({status({}) for _ in range(40)}, {401})
        with t.case("past thirty failures an address gets 429 in place of 401"):
            equal([status(wrong) for _ in range(30)], [401] * 30)
            answer = http_call("GET", s.url + "/api/servers", {**wrong, "x-forwarded-for": "192.0.2.1"})
            answer.error(429, "RATE_LIMITED")
            assert int(answer.headers["retry-after"]) >= 1
        with t.case("who authenticates is never touched"):
            equal(status(s.headers()), 200)
        with t.case("token URLs and keys share the address's window"):
            dead = Mcp(f"{s.server['url']}/{'z' * 40}", {"x-forwarded-for": "192.0.2.1"})
            equal(dead.legacy("tools/list").status, 429)
        with t.case("another address has its own, and an IPv6 network of /64 has one"):
            equal(status(wrong, "192.0.2.2"), 401)
            equal([status(wrong, f"2001:db8:1:2::{number:x}") for number in range(1, 32)], [401] * 30 + [429])
            equal(status(wrong, "2001:db8:1:3::1"), 401)
        with t.case("a forged hop before the proxy's own is not believed"):
            equal(status(wrong, "198.51.100.7, 192.0.2.1"), 429)
    with t.solder() as s:
        with t.case("without a trusted proxy forwarding headers are not read"):
            statuses = [
                http_call("GET", s.url + "/api/servers", {"authorization": "Bearer wrong-key-wrong-key-wrong", "x-forwarded-for": f"192.0.2.{number}"}).status
                for number in range(32)
            ]
            equal(statuses, [401] * 30 + [429] * 2)


def drain(t):
    with Platform() as platform, t.solder(env=platform.setting()) as s:
        platform.script["conversations.info"] = {"wait": 2, "json": {"ok": True, "channel": {"id": "C1", "name": "late"}}}
        client = s.mcp()
        s.create_credential()
        with t.case("a stop finishes the call under way, takes no new one, and ends with 0"):
            answers = []
            call = threading.Thread(target=lambda: answers.append(client.execute("slack", "conversations_info", {"channel": "C1"})))
            call.start()
            until(lambda: platform.calls, 10, "the call at the platform")
            start = time.monotonic()
            waited = threading.Thread(target=lambda: answers.append(("code", s.stop(30))))
            waited.start()
            time.sleep(0.5)
            try:
                late = http_call("GET", s.url + "/health", timeout=3).status
            except OSError:
                late = None
            assert late in (None, 503), f"a new request got {late}"
            call.join(20)
            waited.join(30)
            assert ("code", 0) in answers, answers
            contains([answer["name"] for answer in answers if isinstance(answer, dict)], "late")
            assert 1 < time.monotonic() - start < 10
        with t.case("a later start finds everything and prints no key"):
            s.start()
            assert "apiKey" not in s.ready and "server" not in s.ready, s.ready
            equal(s.api("GET", "/api/servers").json()["count"], 1)
            equal(s.mcp().legacy("ping").status, 200)
        with t.case("an idle connection and an open stream do not hold up a stop"):
            client = s.mcp()
            session = client.legacy("initialize", INITIALIZE).headers.get("mcp-session-id")
            stream = threading.Thread(target=quietly, args=(lambda: http_call("GET", client.url, {
                "accept": "text/event-stream", "mcp-session-id": session, "mcp-protocol-version": "2025-11-25"}, timeout=20),))
            stream.start()
            idle = threading.Thread(target=quietly, args=(lambda: raw_http(s.url, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"),))
            idle.start()
            time.sleep(0.3)
            start = time.monotonic()
            equal(s.stop(30), 0)
            assert time.monotonic() - start < 12, f"it took {time.monotonic() - start:.1f} s"
            stream.join(25)
            idle.join(25)
        with t.case("SIGTERM twice, or at the start, ends it as well"):
            s.start()
            s.process.terminate()
            s.process.terminate()
            equal(s.process.wait(20), 0)


def quietly(call):
    try:
        call()
    except Exception:  # the other end goes away, which is what the case is about
        pass


def beside(t):
    with t.solder() as s:
        with t.case("a key made beside the server works, and a revoked one is refused within a second"):
            made = s.cli("keys", "create", "--user", "beside", "--role", "member")
            assert len(made["apiKey"]) >= 16 and set(made["apiKey"]) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
            until(lambda: s.api("GET", "/api/servers", key=made["apiKey"]).status == 200, 2, "the new key")
            s.cli("keys", "revoke", made["keyId"])
            start = time.monotonic()
            until(lambda: s.api("GET", "/api/servers", key=made["apiKey"]).status == 401, 5, "the end of the key")
            assert time.monotonic() - start <= 1.2, f"it took {time.monotonic() - start:.2f} s"
        with t.case("an unknown key is tried in vain first, and works within a second once it is made"):
            listed = s.cli("keys", "list", "--account", s.account)
            keys = listed["keys"] if isinstance(listed, dict) else listed
            assert all("apiKey" not in key for key in keys) and s.key not in json.dumps(listed)
        with t.case("accounts and users are made and listed"):
            account = s.cli("accounts", "create", "beside", "--user", "root")
            contains(json.dumps(s.cli("accounts", "list")), '"beside"')
            equal(s.api("GET", "/api/servers", key=account["key"]["apiKey"]).json()["count"], 0)
            s.cli("users", "create", "ünïcode user", "--account", "beside")
            contains(json.dumps(s.cli("users", "list", "--account", "beside"), ensure_ascii=False), "ünïcode user")
        with t.case("many commands at once wait for each other, and for the server"):
            with concurrent.futures.ThreadPoolExecutor(12) as pool:
                keys = [pool.submit(s.cli, "keys", "create", "--user", f"crowd-{number}") for number in range(10)]
                servers = [pool.submit(s.create_server, f"Crowd {number}") for number in range(40)]
                made = [one.result()["apiKey"] for one in keys]
                equal(len({one.result()["serverId"] for one in servers}), 40)
            until(lambda: all(s.api("GET", "/api/servers", key=key).status == 200 for key in made), 3, "all keys")
        with t.case("a second server on the same folder is refused, and the first goes on"):
            done = s.run("up", "--listen", "127.0.0.1:0", "--json", seconds=15)
            assert done.returncode != 0 and str(s.data) in done.stderr, done.stderr
            equal(s.api("GET", "/api/servers").status, 200)
        with t.case("an ambiguous account is asked for"):
            done = s.run("keys", "create", "--json")
            assert done.returncode != 0 and "--account" in done.stderr, done.stderr
        with t.case("revoking what is not there fails and says so"):
            done = s.run("keys", "revoke", "key_nosuch", "--account", s.account)
            assert done.returncode != 0 and done.stderr, done
        with t.case("an account's name stands once"):
            done = s.run("accounts", "create", "beside")
            assert done.returncode != 0 and "beside" in done.stderr, done.stderr


BAD_SETTINGS = [
    ({"SOLDER_RATELIMIT": "off"}, [], ["SOLDER_RATELIMIT", "SOLDER_RATE_LIMIT"]),
    ({"SOLDER_RATE_LIMIT": "many"}, [], ["SOLDER_RATE_LIMIT", "many", "100/60s"]),
    ({"SOLDER_LISTEN": "localhost"}, None, ["SOLDER_LISTEN", "localhost"]),
    ({"SOLDER_PUBLIC_URL": "ftp://x"}, [], ["SOLDER_PUBLIC_URL", "ftp://x"]),
    ({"SOLDER_ALLOWED_ORIGINS": "not an origin"}, [], ["SOLDER_ALLOWED_ORIGINS", "not an origin"]),
    ({"SOLDER_TRUSTED_PROXIES": "10.0.0.0/40"}, [], ["SOLDER_TRUSTED_PROXIES", "10.0.0.0/40"]),
    ({"SOLDER_ALLOW_PRIVATE_NETWORKS": "everything"}, [], ["SOLDER_ALLOW_PRIVATE_NETWORKS", "everything"]),
    ({"SOLDER_CONNECTOR_SLACK_BASE_URL": "slack"}, [], ["SOLDER_CONNECTOR_SLACK_BASE_URL"]),
    ({"SOLDER_CONNECTOR_SLAK_BASE_URL": "http://127.0.0.1:1"}, [], ["SOLDER_CONNECTOR_SLAK_BASE_URL", "slack"]),
    ({"SOLDER_MASTER_KEY": "c2hvcnQ="}, [], ["SOLDER_MASTER_KEY"]),
    ({"SOLDER_DATABASE_URL": "mysql://x"}, [], ["SOLDER_DATABASE_URL"]),
    ({"SOLDER_CONNECTORS_DIR": "/no/such/folder"}, [], ["SOLDER_CONNECTORS_DIR", "/no/such/folder"]),
    ({"SOLDER_RATE_LIMIT": "x", "SOLDER_PUBLIC_URL": "y"}, [], ["SOLDER_RATE_LIMIT", "SOLDER_PUBLIC_URL"]),
    ({}, ["--rate-limit", "never"], ["rate-limit", "never"]),
    ({}, ["--no-such-flag"], ["--no-such-flag"]),
]


def settings(t):
    with t.solder() as s:
        for env, flags, words in BAD_SETTINGS:
            name = " ".join([*env, *(flags or [])])
            with t.case(f"a bad setting stops the start: {name}"):
                flags = [] if flags is None else ["--listen", "127.0.0.1:0", *flags]
                # Its own limit is set by the harness; here only what the case names may stand.
                kept, s.env = s.env, {}
                try:
                    done = s.run("up", "--data-dir", str(s.folder / "other"), *flags, "--json", env=env, seconds=15)
                finally:
                    s.env = kept
                assert done.returncode not in (0, None), f"it started with {env} {flags}"
                for word in words:
                    contains(done.stderr, word)
                equal(done.stdout, "", "standard output")
        with t.case("nothing was made for a start that failed"):
            assert not (s.folder / "other").exists(), os.listdir(s.folder / "other")
        with t.case("serve on an address that is not loopback demands the public URL"):
            done = s.run("serve", "--listen", "0.0.0.0:0", "--json", seconds=15)
            assert done.returncode != 0
            contains(done.stderr, "SOLDER_PUBLIC_URL")
        with t.case("a taken port stops the start and is named"):
            port = s.url.rsplit(":", 1)[1]
            done = s.run("up", "--listen", f"127.0.0.1:{port}", "--data-dir", str(s.folder / "third"), "--json", seconds=15)
            assert done.returncode != 0
            contains(done.stderr, port)
        with t.case("flags win over the environment, and that over the file"):
            (s.folder / "solder.toml").write_text('rate_limit = "1/60s"\npublic_url = "http://file.example.com"\n')
            shown = json.dumps(json.loads(s.run("settings", "--json", env={"SOLDER_RATE_LIMIT": "2/60s"}).stdout))
            contains(shown, "2/60s")
            contains(shown, "http://file.example.com")
            shown = s.run("settings", "--json", "--rate-limit", "3/60s", env={"SOLDER_RATE_LIMIT": "2/60s"}).stdout
            contains(shown, "3/60s")
            (s.folder / "solder.toml").unlink()
        with t.case("the first start leaves a master key that only its owner can read"):
            equal(stat.S_IMODE(os.stat(s.data / "master.key").st_mode), 0o600)


def serving(t):
    """`serve` is `up` without the bootstrap."""
    with t.solder() as s:
        equal(s.stop(), 0)
        other = Solder(s.binary, command="serve", folder=s.folder, limit="off")
        other.data = s.data
        with t.case("serve serves what is there and prints no key"):
            try:
                other.start()
                assert "apiKey" not in other.ready, other.ready
                equal(http_call("GET", other.url + "/health").status, 200)
                equal(other.stop(), 0)
            finally:
                if other.process and other.process.poll() is None:
                    other.kill()
        with t.case("up on a fixed port serves again"):
            port = free_port()
            fixed = Solder(s.binary, folder=s.folder, listen=f"127.0.0.1:{port}")
            try:
                fixed.start()
                equal(fixed.url, f"http://127.0.0.1:{port}")
                equal(fixed.stop(), 0)
            finally:
                if fixed.process and fixed.process.poll() is None:
                    fixed.kill()
        with t.case("without --json the first start prints what a person needs"):
            done = words(s, s.folder / "words")
            for part in ["http://127.0.0.1:", "mcpServers", "curl", "/mcp/"]:
                contains(done, part)


def words(s, folder):
    """What `up` prints for people, up to the moment when it serves."""
    import subprocess
    process = subprocess.Popen(
        [s.binary, "up", "--listen", "127.0.0.1:0", "--data-dir", str(folder)], cwd=s.folder, env=s.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )
    try:
        os.set_blocking(process.stdout.fileno(), False)
        found = b""

        def whole():
            nonlocal found
            found += process.stdout.read() or b""
            return b"curl" in found and b"mcpServers" in found
        until(whole, 20, "the words of the first start")
        time.sleep(0.2)
        found += process.stdout.read() or b""
        return found.decode()
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def patience(t):
    """What is begun and never ended: a body, a header. It waits half a minute or a whole one, while the rest runs."""
    with t.solder() as s:
        host = s.url.removeprefix("http://")
        begun = f"POST /api/servers HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {s.key}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
        with t.case("a body that never comes is 408, and takes nobody's place meanwhile"):
            start = time.monotonic()
            slow = concurrent.futures.ThreadPoolExecutor(41)
            waiting = [slow.submit(raw_http, s.url, begun.encode(), 90) for _ in range(40)]
            header = slow.submit(raw_http, s.url, b"GET /health HTTP/1.1\r\nHost:", 120)
            equal(s.api("GET", "/api/servers").status, 200)
            answers = [one.result() for one in waiting]
            took = time.monotonic() - start
            for answer in answers:
                contains(answer.split(b"\r\n")[0].decode(), " 408 ")
                contains(answer.decode(), "REQUEST_TIMEOUT")
            assert took < 60, f"it took {took:.0f} s"
        with t.case("a header that never ends is hung up on"):
            answer = header.result()
            assert b" 200 " not in answer, answer
            assert time.monotonic() - start < 100


def run(t):
    waiting = threading.Thread(target=patience, args=(t,))
    waiting.start()
    try:
        guards(t)
    finally:
        waiting.join()


def guards(t):
    for part in [origins, hosts, limits, failed_authentication, drain, beside, settings, serving]:
        with t.case(f"{part.__name__} runs to its end"):
            part(t)
