"""What every action sends, judged by the vendor's own description, with a negative control for each."""

import json
import os
import pathlib
import tempfile
import tomllib
import urllib.parse

from harness import NODE_MODULES, PYTHON, ROOT, NotRun, Process, Solder, contains, equal, free_port, http_call, need, shorten, until

VALIDATOR = pathlib.Path(__file__).with_name("validator.py")
SECRETS = {"slack": "xoxb-1-judge", "github": "ghp_judge", "hubspot": "pat-judge", "notion": "ntn_judge"}
FOLDER = {
    "slack": "slack/openapi.from-swagger2.json", "hubspot": "hubspot/openapi.from-swagger2.json", "notion": "notion/openapi.json",
}

# Fields in which a vendor's description is wrong, besides those that the connector's file allows with its reasons.
WRONG_DESCRIPTIONS = {
    "notion": {
        "post-page": ["parent"],  # pages of a data source name it by data_source_id, which the description leaves out
        "create-a-data-source": ["parent"],  # a data source stands in a database, the description wants a page
    },
}


def description(connector):
    """The vendor's description: from a package where one ships it, else from the folder of descriptions."""
    if connector == "github":
        return need(NODE_MODULES / "@octokit/openapi/generated/api.github.com.json")
    folder = os.environ.get("SPECS_DIR")
    if not folder:
        return None
    return need(pathlib.Path(folder) / FOLDER[connector])


def mount(spec):
    """The path of the description's server."""
    servers = json.loads(pathlib.Path(spec).read_text()).get("servers") or [{"url": ""}]
    return urllib.parse.urlsplit(servers[0]["url"]).path.rstrip("/")


def examples(connector):
    """The recorded arguments of each action; further pages are left out, their cursors are the platform's own."""
    found = {}
    for example in tomllib.loads((ROOT / f"connectors/examples/{connector}.toml").read_text())["example"]:
        arguments = json.loads(example["arguments_json"]) if "arguments_json" in example else example.get("arguments", {})
        if "cursor" not in arguments:
            found.setdefault(example["action"], []).append((arguments, example))
    return found


def accepted(connector):
    """Operation ids and the fields in which their descriptions are known to be wrong."""
    found = {action: list(fields) for action, fields in WRONG_DESCRIPTIONS.get(connector, {}).items()}
    for action in tomllib.loads((ROOT / f"connectors/{connector}.toml").read_text())["action"]:
        fields = [key.split(".", 1)[1] for key in action.get("allow", {}) if key.startswith("type.")]
        if fields:
            found.setdefault(action["name"], []).extend(fields)
    return found


class Judged:
    """A validating server, and the lines that it wrote."""

    def __init__(self, spec, at, *flags):
        self.port, self.mount = free_port(), at
        self.process = Process(need(PYTHON), VALIDATOR, spec, at, self.port, *flags)

    def base(self, connector):
        """What replaces the connector's base: our origin, and the base's own path."""
        base = tomllib.loads((ROOT / f"connectors/{connector}.toml").read_text())["base"]
        return f"http://127.0.0.1:{self.port}" + urllib.parse.urlsplit(base).path

    def lines(self):
        return [json.loads(line) for line in self.process.output().splitlines() if line.startswith("{")]

    def __enter__(self):
        self.process.wait_for(self.port, 60)
        return self

    def __exit__(self, *_):
        self.process.__exit__()


def check_line(line, action=None):
    assert not line["faults"], f"{line['method']} {line['path']} {shorten(line['body'])}: {line['faults']}"
    if action:
        equal(line["operation"], action, f"the operation of {line['method']} {line['path']}")
    passed = [name for name, refused in line["controls"].items() if not refused]
    assert not passed, f"the judge lets {line['method']} {line['path']} through without {passed}"


def judge_actions(t, s, client, judged, connector):
    """Every action of a connector, with each of its recorded arguments."""
    recorded = examples(connector)
    resources = client.ask("get_connector_resources", {"connectorId": connector})["resources"]
    actions = [action["id"] for resource in resources for action in resource["actions"]]
    with t.case(f"{connector}: every action has recorded arguments, and they are ten at least"):
        equal(sorted(recorded), sorted(actions))
        assert len(actions) >= 10, actions
    operations = set()
    for action in actions:
        for number, (arguments, example) in enumerate(recorded.get(action, [])):
            kind = example.get("auth")
            with t.case(f"{connector} {action} #{number}"):
                before = len(judged.lines())
                asked = {"connectorId": connector, "actionId": action, "parameters": arguments}
                if kind in credentials:
                    asked["credentialId"] = credentials[kind]
                client.tool("execute_action_alloy", asked)
                until(lambda: len(judged.lines()) > before, 5, "a request at the judge")
                line = judged.lines()[-1]
                check_line(line)
                contains(line["headers"].get("authorization", line["headers"].get("Authorization", "")), SECRETS[connector])
                operations.add(line["operation"])
    t.note(f"{connector}: {len(actions)} actions, {len(operations)} operations, {len(judged.lines())} requests judged")


credentials = {}


def connect(client, connector):
    """A credential of each key-based kind, the default one last, so that it is picked."""
    credentials.clear()
    metadata = client.ask("get_credential_metadata", {"connectorId": connector})["metadata"]
    for kind in reversed(metadata):
        fields = kind["inputSchema"].get("properties", {})
        if kind.get("authConfigRequired") or not fields:
            continue
        made = client.ask("create_credential", {
            "connectorId": connector, "authenticationType": kind["authenticationType"],
            "fields": {name: SECRETS[connector] for name in fields},
        })
        credentials[kind["authenticationType"]] = made["credentialId"]


def check_static(t, connector, spec):
    """The connector's file against the description, without a request."""
    with t.case(f"{connector}: its file agrees with the description"):
        command = Solder(t.binary)
        try:
            done = command.run("connectors", "check", connector, "--spec", str(spec))
        finally:
            command.remove()
        equal(done.returncode, 0, done.stdout[-2000:] + done.stderr[-1000:])


def judge_connector(t, connector):
    spec = description(connector)
    if spec is None:
        t.note(f"SPECS_DIR is not set: {connector} was not checked against its description, nor its requests judged")
        return
    check_static(t, connector, spec)
    flags = ["--accepted", json.dumps(accepted(connector)), *(["--loose-bodies"] if connector == "slack" else [])]
    with Judged(spec, mount(spec), *flags) as judged, t.solder(
        env={f"SOLDER_CONNECTOR_{connector.upper()}_BASE_URL": judged.base(connector)}
    ) as s:
        client = s.mcp(s.create_server("Judge"))
        connect(client, connector)
        judge_actions(t, s, client, judged, connector)


def judge_own(t):
    """Solder's own connector against the description that the server itself gives."""
    with t.solder() as s, tempfile.TemporaryDirectory() as folder:
        document = http_call("GET", s.url + "/api/openapi.json")
        equal(document.status, 200)
        path = pathlib.Path(folder) / "openapi.json"
        path.write_bytes(document.body)
        operations = {
            operation["operationId"] for item in document.json()["paths"].values() for operation in item.values()
            if isinstance(operation, dict) and "operationId" in operation
        }
        check_static(t, "solder", path)
        with Judged(path, "") as judged:
            for action, recorded in examples("solder").items():
                with t.case(f"solder {action}: stands in the API's own description"):
                    contains(operations, action)
                    for _, example in recorded:
                        request = example["request"]
                        body = json.loads(request["json"]) if "json" in request else request.get("body")
                        http_call(request["method"], f"http://127.0.0.1:{judged.port}{request['url']}", s.headers(), body)
                        check_line(judged.lines()[-1], action)


def run(t):
    if not os.access(t.binary, os.X_OK):
        raise NotRun(f"{t.binary} is not built")
    for connector in SECRETS:
        try:
            judge_connector(t, connector)
        except NotRun as reason:
            t.leave_out(f"the requests of {connector}", reason)
    judge_own(t)
