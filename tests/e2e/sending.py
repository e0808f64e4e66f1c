"""Every recorded call of every connector, sent by a running Solder to a platform that remembers it.

[`sent_calls`] gives what went over the wire, call by call, for judges to look at.
"""

import base64
import contextlib
import urllib.parse
from dataclasses import dataclass

from catalogue import Connector, discovered, token_answer
from harness import WATCH, http_call, free_port
from recorder import Recorder, Request
from standins import secret_of, setting

CLIENT_ID = "solder-test-client"


@dataclass
class Call:
    """One recorded call, and the request that came of it."""

    connector: str
    action: str
    number: int
    arguments: dict
    example: dict
    request: Request

    @property
    def name(self):
        return f"{self.connector} {self.action} #{self.number}"

    @property
    def is_right(self):
        """Whether the platform would take it: calls that show a refusal may be wrong on purpose."""
        return "error" not in self.example["outcome"]


class Catalogue:
    """A Solder whose platforms are recorders, with a credential of every kind that the recorded calls use. `origins` puts
    something else in a recorder's place; tokens still come from the recorder."""

    def __init__(self, t, connectors, otherwise=None, origins=None):
        self.t, self.connectors = t, {name: Connector(name) for name in connectors}
        self.recorders, self.credentials = {}, {}
        self.otherwise, self.origins = otherwise, origins or {}
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        env = {}
        for name, connector in self.connectors.items():
            recorder = self.recorders[name] = self.stack.enter_context(Recorder(discovered(connector), self.otherwise))
            WATCH.keep(f"the client secret for {name}", secret_of(name))
            env |= setting(
                name, base_url=self.origins.get(name, recorder.origin) + connector.base_path(), token_url=recorder.origin + Recorder.TOKEN,
                authorize_url=recorder.origin + "/solder-test/authorize", client_id=CLIENT_ID, client_secret=secret_of(name),
            )
        port = free_port()
        self.solder = self.stack.enter_context(self.t.solder(env=env, listen=f"127.0.0.1:{port}"))
        self.client = self.solder.mcp(self.solder.create_server("Judge"))
        return self

    def __exit__(self, *what):
        return self.stack.__exit__(*what)

    def credential(self, connector, kind):
        """The credential of a kind, made where there is none yet."""
        if (connector.id, kind) not in self.credentials:
            made = self.connect(connector, kind)
            self.credentials[connector.id, kind] = made
        return self.credentials[connector.id, kind]

    def connect(self, connector, kind):
        table = connector.kinds[kind]
        if "token" in table:
            self.recorders[connector.id].token_answer = token_answer(connector, kind)
        asked = {"connectorId": connector.id, "authenticationType": kind}
        fields = connector.fields(kind)
        if "token" in table:
            # What the flow finds out by itself is not filled in.
            found = {*table.get("keep", {}), *table.get("from_callback", {})}
            found |= {name for step in connector.discover for name in step["set"]}
            fields = {name: value for name, value in fields.items() if name not in found}
        made = self.client.ask("create_credential", {**asked, **({"fields": fields} if fields else {})})
        if "credentialId" in made:
            return made["credentialId"]
        state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(made["oauthUrl"]).query))["state"]
        query = {"code": "a-code-of-the-platform", "state": state}
        known = connector.variables()
        query |= {parameter: known.get(name, "1") for name, parameter in table.get("from_callback", {}).items()}
        url = f"{self.solder.url}/connect/callback/{connector.id}?{urllib.parse.urlencode(query)}"
        answer = http_call("GET", url)
        assert answer.status < 400, f"{connector.id} {kind}: the callback answered {answer!r}"
        listed = self.client.ask("get_credentials", {"connectorId": connector.id})["credentials"]
        assert listed, f"{connector.id} {kind}: no credential came of the consent: {answer!r}"
        return listed[0]["credentialId"]

    def call(self, connector, action, arguments, kind):
        """One call of an action; the request that the platform got for it."""
        recorder = self.recorders[connector.id]
        asked = {"connectorId": connector.id, "actionId": action, "parameters": arguments}
        if kind and connector.actions[action].get("auth", True):
            asked["credentialId"] = self.credential(connector, kind)
        before = len(recorder.requests)
        told = self.client.tool("execute_action_alloy", asked)
        assert len(recorder.requests) > before, f"nothing was sent: {str(told)[:600]}"
        return recorder.requests[before]

    def sent_calls(self):
        """Every recorded call, each a case: it is sent, once, with its credential in it."""
        for name, connector in self.connectors.items():
            for action, recorded in connector.examples().items():
                for number, (arguments, example) in enumerate(recorded):
                    kind = connector.kind_of(example) if connector.kinds else None
                    request = None
                    with self.t.case(f"{name} {action} #{number}: is sent with its credential"):
                        request = self.call(connector, action, arguments, kind)
                        if kind and connector.actions[action].get("auth", True):
                            assert holds(request, f"judge-{name}-{kind}-"), f"no secret of {kind} went along: {request.headers}"
                    if request:
                        yield Call(name, action, number, arguments, example, request)


def holds(request, secret):
    """Whether a secret stands in a request: in its target, a header, or inside of HTTP Basic."""
    texts = [urllib.parse.unquote(request.target), *(value for _, value in request.headers)]
    for _, value in request.headers:
        if value.lower().startswith("basic "):
            texts.append(base64.b64decode(value[6:]).decode("utf-8", "replace"))
    return any(secret in text for text in texts)
