"""A platform of our own for what no stand-in plays: scripted answers, delays, and a record of what was sent."""

import contextlib
import http.server
import json
import threading
import time


class Platform:
    """Answers POST /api/<method> as its script says; `calls` holds (method, path, headers, body)."""

    def __init__(self, certificate=None):
        """With `certificate`, an `ssl.SSLContext`, it speaks TLS."""
        self.calls, self.script, outer = [], {}, self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                outer.calls.append((self.command, self.path, dict(self.headers.items()), body))
                name = self.path.split("?")[0].rsplit("/", 1)[-1]
                step = outer.script.get(name, {})
                if callable(step):
                    step = step(self.path, body)
                time.sleep(step.get("wait", 0))
                text = step["text"] if "text" in step else json.dumps(step.get("json", {"ok": True}))
                data = text if isinstance(text, bytes) else text.encode()
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(step.get("status", 200))
                    headers = {"content-type": "application/json", "content-length": str(len(data)), **step.get("headers", {})}
                    for header, value in headers.items():
                        self.send_header(header, value)
                    self.end_headers()
                    self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                """Quiet: `calls` is the record."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        if certificate:
            self.server.socket = certificate.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.port}/api"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def setting(self, connector="slack"):
        return {f"SOLDER_CONNECTOR_{connector.upper()}_BASE_URL": self.url}

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
