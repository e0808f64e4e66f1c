#!/usr/bin/env python3
"""The load test: Solder beside the platform that it calls, in one run.

    bench/run.py [--seconds 5] [--warm-up 2] [--connections 1,16,64] [--servers 0,100000] [--json FILE]

Builds the release binaries, starts everything on loopback, and prints ratios. Needs `wrk` (Debian's package of that
name). A rate is a joint figure of load generator, Solder and platform on the same cores: compare within a run only.
"""

import argparse
import base64
import hmac
import http.client
import json
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
MODERN = "2026-07-28"
BY_JWT = "execute_action by a JWT, 2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}


class Process:
    """A started server, with what it has used so far."""

    def __init__(self, command, environment=None):
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
        )
        self.line = self.process.stdout.readline().decode()
        if not self.line:
            sys.exit(f"{command[0]} did not start")

    def cpu_s(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self, what="VmRSS"):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{what}:\s+(\d+)", status)[1]) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def post(url, body, headers):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    connection.request("POST", parts.path, json.dumps(body), {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    return answer.status, answer.read()


def modern(method, identifier, params=None, name=None):
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "MCP-Protocol-Version": MODERN,
        "Mcp-Method": method,
    }
    if name:
        headers["Mcp-Name"] = name
    return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": {**(params or {}), "_meta": META}}, headers


def legacy(method, identifier, params=None):
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or {}}, headers


def execute(make, identifier):
    arguments = {"connectorId": "echo", "actionId": "echo", "parameters": {"message": f"message {identifier}"}}
    name = "execute_action_alloy"
    extra = {"name": name} if make is modern else {}
    return make("tools/call", identifier, {"name": name, "arguments": arguments}, **extra)


def signed_user(ready, url):
    """A JWT of the server's owner, by a key that is registered for it: HS256, good for a day."""
    secret = secrets.token_urlsafe(32)
    body = {"algorithm": "HS256", "secret": secret, "name": "bench"}
    api = urlsplit(url)._replace(path="/api/jwt-keys").geturl()
    status, answer = post(api, body, {"Authorization": f"Bearer {ready['apiKey']}"})
    if status != 201:
        sys.exit(f"no JWT key was registered: {status} {answer!r}")

    def encode(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    claims = {"sub": ready["userId"], "exp": int(time.time()) + 86_400}
    signed = b".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return (signed + b"." + encode(hmac.digest(secret.encode(), signed, "sha256"))).decode()


def by_jwt(token, message):
    """The same message, from a user whom the token names."""
    body, headers = message
    return body, {**headers, "Authorization": f"Bearer {token}"}


def script(folder, name, make):
    """A wrk script with thousands of prebuilt bodies."""
    path = folder / f"{name}.lua"
    headers = make(0)[1]
    with path.open("w") as out:
        for index in range(2000):
            body = json.dumps(make(index)[0])
            out.write(f"bodies = bodies or {{}}; bodies[{index + 1}] = {json.dumps(body)}\n")
        lines = ", ".join(f"[{json.dumps(key)}] = {json.dumps(value)}" for key, value in headers.items())
        out.write(
            f"local headers = {{ {lines} }}\nlocal at = 0\n"
            "function request() at = at % 2000 + 1; return wrk.format('POST', nil, headers, bodies[at]) end\n"
            "function done(summary, latency) local e = summary.errors\n"
            "  io.write(string.format('RESULT %d %d %d %d %d %d\\n', summary.requests, summary.duration,\n"
            "    latency:percentile(50), latency:percentile(99), summary.bytes,\n"
            "    e.connect + e.read + e.write + e.status + e.timeout)) end\n"
        )
    return path


def load(url, path, connections, seconds, warm_up, process):
    def wrk(duration):
        command = ["wrk", "-t1", f"-c{connections}", f"-d{duration}s", "-s", str(path), url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [int(number) for number in re.search(r"RESULT (.*)", printed)[1].split()]

    wrk(warm_up)
    before = process.cpu_s()
    requests, duration, p50, p99, size, errors = wrk(seconds)
    return {
        "rate": requests / duration * 1e6,
        "p50_ms": p50 / 1e3,
        "p99_ms": p99 / 1e3,
        "cpu_us": (process.cpu_s() - before) / max(requests, 1) * 1e6,
        "bytes": size / max(requests, 1),
        "errors": errors,
    }


def fill(database, servers, credentials):
    """Copies of the first server and credential, under ids and digests of their own."""
    connection = sqlite3.connect(database)
    for table, count in (("servers", servers), ("credentials", credentials)):
        row = connection.execute(f"SELECT * FROM {table} LIMIT 1")
        names = [column[0] for column in row.description]
        first = dict(zip(names, row.fetchone()))

        def copies():
            for index in range(count):
                copy = dict(first)
                if table == "servers":
                    copy["id"] = f"filler-{index:08}"
                    copy["name"] = f"Filler {index}"
                    copy["token_digest"] = secrets.token_bytes(32)
                else:
                    copy["id"] = secrets.token_hex(12)
                    copy["created_at"] -= index + 1
                    copy["user_id"] = f"usr_{index % 100_000:016}"
                yield [copy[name] for name in names]

        if table == "credentials":
            users = connection.execute("SELECT * FROM users LIMIT 1")
            columns = [column[0] for column in users.description]
            user = dict(zip(columns, users.fetchone()))
            people = []
            for index in range(min(100_000, count)):
                name = f"filler {index}"
                person = {**user, "id": f"usr_{index:016}"}
                for column in columns:
                    if column in ("name", "external_id"):
                        person[column] = name
                    elif "digest" in column or "sha256" in column or "hash" in column:
                        person[column] = secrets.token_bytes(32)
                people.append([person[column] for column in columns])
            marks = ",".join("?" * len(columns))
            connection.executemany(f"INSERT INTO users ({','.join(columns)}) VALUES ({marks})", people)
        marks = ",".join("?" * len(names))
        connection.executemany(f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})", copies())
    connection.commit()
    connection.close()


def start_solder(folder, platform):
    environment = {
        "SOLDER_RATE_LIMIT": "1000000000/60s",
        "SOLDER_CONNECTORS_DIR": str(folder / "connectors"),
        "SOLDER_CONNECTOR_ECHO_BASE_URL": f"http://{platform}/api",
        "SOLDER_LOG": "warn",
    }
    command = [ROOT / "target/release/solder", "up", "--listen", "127.0.0.1:0", "--json"]
    command += ["--data-dir", folder / "data"]
    process = Process([str(part) for part in command], environment)
    return process, json.loads(process.line)


def measure(options, servers, folder, binaries):
    folder.mkdir()
    (folder / "connectors").mkdir()
    (folder / "connectors/echo.toml").write_text((ROOT / "bench/connector.toml").read_text())
    platform = Process([binaries / "solder-bench-platform", "127.0.0.1:0"])
    address = platform.line.strip()
    solder, ready = start_solder(folder, address)
    url = ready["server"]["accessUrl"]
    body, headers = modern(
        "tools/call",
        1,
        {
            "name": "create_credential_alloy",
            "arguments": {"connectorId": "echo", "authenticationType": "token", "fields": {"token": "bench-token"}},
        },
        "create_credential_alloy",
    )
    status, answer = post(url, body, headers)
    if status != 200 or b"credentialId" not in answer:
        sys.exit(f"no credential was made: {status} {answer!r}")
    token = signed_user(ready, url)
    solder.stop()
    if servers:
        fill(folder / "data/solder.db", servers, servers * 10)

    # Started anew: to the first answered call, and at rest.
    solder, again = start_solder(folder, address)
    url = url.replace(urlsplit(url).netloc, urlsplit(again["url"]).netloc)
    status, tools = post(url, *modern("tools/list", 1))
    first_call_ms = (time.monotonic() - solder.began) * 1e3
    if status != 200:
        sys.exit(f"tools/list failed: {tools!r}")
    status, answer = post(url, *execute(modern, 1))
    if status != 200 or b"message 1" not in answer or b'"isError":true' in answer:
        sys.exit(f"execute failed: {status} {answer!r}")
    by_id = url.rsplit("/", 1)[0]
    status, answer = post(by_id, *by_jwt(token, execute(modern, 2)))
    if status != 200 or b"message 2" not in answer or b'"isError":true' in answer:
        sys.exit(f"execute by a JWT failed: {status} {answer!r}")
    time.sleep(1)
    idle_mb = solder.memory_mb()
    (folder / "bare.json").write_bytes(tools)
    bare = Process([binaries / "solder-bench-platform", "127.0.0.1:0", folder / "bare.json"])

    echo = ({"message": "message 1"}, {"Content-Type": "application/json", "Authorization": "Bearer bench-token"})
    targets = [
        ("platform, direct", f"http://{address}/api/echo", lambda index: echo, platform),
        ("execute_action, 2026-07-28", url, lambda index: execute(modern, index), solder),
        (BY_JWT, by_id, lambda index: by_jwt(token, execute(modern, index)), solder),
        ("execute_action, 2025-03-26", url, lambda index: execute(legacy, index), solder),
        ("bare handler, same bytes", f"http://{bare.line.strip()}/bare", lambda index: modern("tools/list", index), bare),
        ("tools/list, 2026-07-28", url, lambda index: modern("tools/list", index), solder),
    ]
    results = {}
    for name, target, make, process in targets:
        path = script(folder, re.sub(r"\W+", "-", name), make)
        for connections in options.connections:
            figures = load(target, path, connections, options.seconds, options.warm_up, process)
            results.setdefault(name, {})[connections] = figures
            print(f"  {name} at {connections}: {figures['rate']:.0f}/s", file=sys.stderr)
    summary = {
        "servers": servers,
        "first_call_ms": first_call_ms,
        "idle_mb": idle_mb,
        "peak_mb": solder.memory_mb("VmHWM"),
        "results": results,
    }
    for process in (solder, platform, bare):
        process.process.kill()
    return summary


def show(summary, connections):
    print(f"\n## {summary['servers']:,} servers beside\n")
    print(f"First answered call {summary['first_call_ms']:.0f} ms after the start; {summary['idle_mb']:.0f} MB idle, ", end="")
    print(f"{summary['peak_mb']:.0f} MB at most.\n")
    columns = " / ".join(str(number) for number in connections)
    print(f"| target | calls/s at {columns} | p50 ms | p99 ms | CPU µs a call | bytes | errors |")
    print("|---|---|---|---|---|---|---|")
    for name, runs in summary["results"].items():
        def cell(figure, form):
            return " / ".join(format(runs[number][figure], form) for number in connections)

        errors = sum(run["errors"] for run in runs.values())
        row = [name, cell("rate", ",.0f"), cell("p50_ms", ".2f"), cell("p99_ms", ".2f"), cell("cpu_us", ".0f")]
        print("| " + " | ".join(row + [cell("bytes", ".0f"), str(errors)]) + " |")
    print()
    pairs = [
        ("execute_action, 2026-07-28", "platform, direct"),
        (BY_JWT, "platform, direct"),
        (BY_JWT, "execute_action, 2026-07-28"),
        ("execute_action, 2025-03-26", "platform, direct"),
        ("tools/list, 2026-07-28", "bare handler, same bytes"),
    ]
    for ours, other in pairs:
        runs = summary["results"]
        ratios = " / ".join(f"{runs[ours][n]['rate'] / runs[other][n]['rate']:.2f}" for n in connections)
        added = " / ".join(f"{runs[ours][n]['p50_ms'] - runs[other][n]['p50_ms']:.2f}" for n in connections)
        tails = " / ".join(f"{runs[ours][n]['p99_ms'] / max(runs[other][n]['p99_ms'], 0.001):.1f}" for n in connections)
        print(f"- {ours}: {ratios} of the rate of «{other}», p50 + {added} ms, p99 × {tails}")


def main():
    def numbers(text):
        return [int(part) for part in text.split(",")]

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--connections", type=numbers, default=[1, 16, 64])
    parser.add_argument("--servers", type=numbers, default=[0, 100_000])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-build", action="store_true", help="take the binaries that stand in target/release")
    options = parser.parse_args()
    build = ["cargo", "build", "--release", "-p", "solder-cli", "-p", "solder-bench"]
    if not options.no_build:
        subprocess.run(build, cwd=ROOT, check=True)
    binaries = ROOT / "target/release"
    summaries = []
    with tempfile.TemporaryDirectory() as folder:
        for servers in options.servers:
            print(f"{servers:,} servers", file=sys.stderr)
            summaries.append(measure(options, servers, Path(folder) / f"run-{servers}", binaries))
    for summary in summaries:
        show(summary, options.connections)
    if options.json:
        options.json.write_text(json.dumps(summaries, indent=1))


if __name__ == "__main__":
    main()
