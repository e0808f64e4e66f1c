"""Stand-in platforms with real consent pages, and how Solder is told where they are."""

import contextlib
import http.server
import json
import pathlib
import subprocess
import threading
import urllib.parse

from harness import CACHE, NODE, NODE_MODULES, WATCH, Process, die_with_parent, free_port, http_call, need, until

HERE = pathlib.Path(__file__).resolve().parent
EMULATE = NODE_MODULES / "emulate/dist/index.js"
CONNECTORS = HERE / "connectors"

# Connector, the service that plays it, and the paths of its base, consent and token endpoints.
EMULATED = {
    "slack": ("slack", "/api", "/oauth/v2/authorize", "/api/oauth.v2.access", "oauth_apps"),
    "github": ("github", "", "/login/oauth/authorize", "/login/oauth/access_token", "oauth_apps"),
    "gmail": ("google", "/gmail/v1", "/o/oauth2/v2/auth", "/oauth2/token", "oauth_clients"),
    "linear": ("linear", "", "/oauth/authorize", "/oauth/token", "oauth_apps"),
    "microsoft365": ("microsoft", "/v1.0", "/oauth2/v2.0/authorize", "/oauth2/v2.0/token", "oauth_clients"),
}


# Where those that revoke are asked to, at the token endpoint's origin, and where their stand-ins have it.
REVOKES = {"gmail": ("revoke", "/oauth2/revoke"), "linear": ("oauth/revoke", "/oauth/revoke")}
# Those whose tokens end, and come with one to refresh them.
REFRESH = {"gmail", "linear", "microsoft365"}


def setting(connector, **values):
    """The environment that tells of one connector: base_url, authorize_url, token_url, client_id, client_secret."""
    return {f"SOLDER_CONNECTOR_{connector.upper()}_{name.upper()}": value for name, value in values.items()}


def secret_of(connector):
    return f"{connector}-client-Secret-1"


def keep_tokens(connector, texts):
    """What went over a token endpoint may stand nowhere: bodies, as JSON or forms."""
    for text in texts:
        fields = json.loads(text) if text.startswith("{") else dict(urllib.parse.parse_qsl(text))
        fields.update(fields.get("authed_user") or {})
        for name in ("access_token", "refresh_token", "id_token", "code", "code_verifier", "client_secret"):
            if fields.get(name):
                WATCH.keep(f"{connector}'s {name}", fields[name])


class TokenEndpoint(http.server.ThreadingHTTPServer):
    """Stands in front of the platforms' token endpoints and keeps what they give out, so that it is looked for. Access tokens that
    come of a consent end within a second, where they end at all. `seen` has what was asked: connector, grant, status."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), TokenExchange)
        self.targets, self.seen = {}, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def before(self, connector, url):
        """The URL that stands for a platform's own."""
        self.targets[connector] = url
        return f"http://127.0.0.1:{self.server_address[1]}/{connector}"


class TokenExchange(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        connector = self.path.strip("/")
        sent = [(name, value) for name, value in self.headers.items() if name.lower() not in ("host", "content-length", "connection")]
        if connector not in self.server.targets:
            self.send_error(404)
            return
        answer = http_call("POST", self.server.targets[connector], sent, body)
        keep_tokens(connector, [body.decode(), answer.text])
        told = json.loads(body) if body.startswith(b"{") else dict(urllib.parse.parse_qsl(body.decode()))
        grant = told.get("grant_type", "authorization_code" if "code" in told else "revoke")
        self.server.seen.append((connector, grant, answer.status))
        if grant == "authorization_code" and answer.body.startswith(b"{") and "expires_in" in answer.json():
            answer.body = json.dumps({**answer.json(), "expires_in": 1}).encode()
        self.send_response(answer.status)
        for name in ("content-type", "cache-control"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_):
        """Nothing is printed."""


@contextlib.contextmanager
def emulated(public_url, folder):
    """Five platforms; gives the settings for a Solder that is reached at `public_url`, and what stands before their token endpoints."""
    port = free_port(len(EMULATED))
    tokens = TokenEndpoint()
    seed, env = {}, {}
    for number, (connector, (service, base, authorize, token, apps)) in enumerate(EMULATED.items()):
        home = f"http://127.0.0.1:{port + number}"
        app = {
            "client_id": f"{connector}-client", "client_secret": secret_of(connector), "name": "Solder",
            "redirect_uris": [f"{public_url}/connect/callback/{connector}"],
        }
        if service == "linear":
            app["scopes"] = ["read", "write"]
        seed[service] = {apps: [app]}
        env |= setting(
            connector, base_url=home + base, authorize_url=home + authorize, token_url=tokens.before(connector, home + token),
            client_id=app["client_id"], client_secret=app["client_secret"],
        )
        if connector in REVOKES:
            asked, there = REVOKES[connector]
            tokens.targets[asked] = home + there
    # JSON is YAML too.
    file = pathlib.Path(folder) / "seed.yaml"
    file.write_text(json.dumps(seed))
    services = ",".join(service for service, *_ in EMULATED.values())
    command = (need(NODE), need(EMULATE), "start", "--port", port, "--service", services, "--seed", file)
    with contextlib.ExitStack() as stack:
        emulate = stack.enter_context(Process(*command, cwd=CACHE))
        for offset in range(len(EMULATED)):
            emulate.wait_for(port + offset)
        target = f"http://127.0.0.1:{port + list(EMULATED).index('linear')}"
        env |= setting("linear", base_url=stack.enter_context(front(target=target, graphql="/graphql")).origin)
        try:
            yield env, tokens
        finally:
            tokens.shutdown()
            tokens.server_close()


class Helper:
    """A program of clients/ that says what happens in lines of JSON; the first says that it is ready."""

    def __init__(self, program, told):
        self.lines = []
        self.process = subprocess.Popen(
            [need(NODE), str(HERE / "clients" / program), json.dumps(told)], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, preexec_fn=die_with_parent,
        )
        self.reader = threading.Thread(target=self.read, daemon=True)

    def read(self):
        for line in self.process.stdout:
            with contextlib.suppress(ValueError):
                told = json.loads(line)
                for secret in told.pop("gave", []):
                    WATCH.keep("a token of the provider's", secret)
                self.lines.append(told)

    def __enter__(self):
        self.reader.start()
        until(lambda: any(line.get("ready") for line in self.lines) or self.process.poll() is not None, 30, "the helper")
        assert self.process.poll() is None, f"the helper ended with {self.process.returncode}"
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join(5)
        self.process.stdout.close()


def front(**told):
    """What stands before a stand-in that has less than its platform, see clients/front.mjs; `origin` is where."""
    port = free_port()
    helper = Helper("front.mjs", {"port": port, **told})
    helper.origin = f"http://127.0.0.1:{port}"
    return helper


def provider(port, clients, **how):
    """A certified OpenID provider: `clients` of id, secret and redirects."""
    return Helper("oidc.mjs", {"port": port, "clients": clients, **how})


@contextlib.contextmanager
def short_lived(t, access):
    """Such a provider whose access tokens live so many seconds, and a Solder that connects to it as `standin_oidc`; gives both.
    `again` of the provider starts it anew, with everything forgotten."""
    at, port = free_port(), free_port()
    public, home = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{at}"
    client = {"id": "solder", "secret": "provider-client-Secret-2", "redirects": [f"{public}/connect/callback/standin_oidc"]}
    env = {"SOLDER_CONNECTORS_DIR": str(CONNECTORS)} | setting(
        "standin_oidc", base_url=home, authorize_url=home + "/auth", token_url=home + "/token",
        client_id=client["id"], client_secret=client["secret"],
    )
    with provider(at, [client], access=access) as idp, t.solder(env=env, listen=f"127.0.0.1:{port}") as s:
        idp.again = lambda: provider(at, [client], access=access)
        yield idp, s


def sign_in_at_provider(page, name):
    """The pages of that provider: who it is, and yes."""
    page.fill("input[name=login]", name).fill("input[name=password]", "any")
    page.click("button[type=submit]")
    if page.count("form button[type=submit]"):
        page.click("button[type=submit]")
