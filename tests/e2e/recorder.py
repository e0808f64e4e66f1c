"""A platform that takes everything and remembers it: one listener for each connector, on loopback.

Whatever is asked is answered with an empty object, besides the token endpoint and the calls that find out what a
connection is for, which are answered as the connector's file says that its platform does.
"""

import http.server
import json
import threading
import urllib.parse
from dataclasses import dataclass


@dataclass
class Request:
    """What came over the wire."""

    method: str
    target: str
    headers: list
    body: bytes

    @property
    def path(self):
        return urllib.parse.urlsplit(self.target).path

    @property
    def query(self):
        return urllib.parse.parse_qsl(urllib.parse.urlsplit(self.target).query, keep_blank_values=True)

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), "")

    def line(self):
        """As a line of JSON for a judge in another process."""
        return {
            "method": self.method, "target": self.target, "headers": self.headers, "body": self.body.decode("latin-1"),
        }


class Recorder:
    """One listener and what it got."""

    TOKEN = "/solder-test/token"

    def __init__(self, answers=None, otherwise=None):
        self.requests, self.tokens, self.answers = [], [], answers or {}
        self.otherwise = otherwise or (lambda request: {})
        self.token_answer = {}
        recorder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = self.headers.get("content-length")
                body = self.chunks() if length is None and "chunked" in self.headers.get("transfer-encoding", "") else self.rfile.read(int(length or 0))
                request = Request(self.command, self.path, list(self.headers.items()), body)
                status, value = 200, None
                if request.path == recorder.TOKEN:
                    recorder.tokens.append(request)
                    value = recorder.token_answer
                elif request.path in recorder.answers:
                    value = recorder.answers[request.path]
                else:
                    recorder.requests.append(request)
                    value = recorder.otherwise(request)
                    if isinstance(value, tuple):
                        status, value = value
                text = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def chunks(self):
                whole = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    whole += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return whole

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

            def log_message(self, *_):
                """What was asked is in `requests`."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
