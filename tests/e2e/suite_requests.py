"""What every action of every connector sends, judged by the vendor's own description, with a negative control for each."""

import json
import os
import pathlib
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor

import descriptions
import judges
import telegram_judge
from catalogue import Connector, ids
from harness import NODE, PYTHON, ROOT, NotRun, Solder, equal, http_call, need, shorten
from sending import Catalogue

HERE = pathlib.Path(__file__).parent
VALIDATOR = HERE / "validator.py"

# Fields in which a vendor's description is wrong, besides those that the connector's file allows with its reasons.
WRONG_DESCRIPTIONS = {
    "notion": {
        "post-page": ["parent"],  # pages of a data source name it by data_source_id, which the description leaves out
        "create-a-data-source": ["parent"],  # a data source stands in a database, the description wants a page
    },
    "asana": {
        "getTasks": ["completed_since"],  # `now` is taken besides dates, as the description's own words say
    },
    "jira": {
        "addWorklog": ["started"],  # Jira wants +0000 at the end, which is no date-time of JSON Schema
    },
    "zoom": {
        "meetingCreate": ["start_time"],  # a time in the meeting's own zone has no zone in it
    },
    "twilio": {
        # Days, as the description's own words say; its types say date and time.
        "ListMessage": ["DateSent>", "DateSent<"], "ListCall": ["StartTime>", "StartTime<"],
        "ListRecording": ["DateCreated>", "DateCreated<"],
    },
    "gitlab": {
        "createNewProjectIssue": ["due_date"],  # a date, the description says date and time
    },
}

# What Prism cannot judge, though openapi-core can.
PRISM_LIMITS = {
    ("intercom", "searchConversations"): "a filter holds filters, and Prism does not follow a schema into itself",
    ("openai", "createModeration"): "Prism takes the call without its one needed field too; openapi-core refuses that",
}

# Platforms that take a form, the same as JSON, and a POST form for a GET: judged in the one shape that is described.
LOOSE = {"slack"}


def accepted(connector):
    found = connector.accepted()
    for operation, fields in WRONG_DESCRIPTIONS.get(connector.id, {}).items():
        found.setdefault(operation, []).extend(fields)
    return found


def with_twins(paths):
    """A Swagger 2.0 file's converted twin, where the folder has one."""
    for path in paths:
        twin = path.with_name("openapi.from-swagger2.json")
        yield twin if path.name == "swagger.json" and twin.exists() else path


def take(t, calls, answers, judge):
    """A case for each call: the judge takes it, and refuses what it has to refuse."""
    for call, line in zip(calls, answers):
        with t.case(f"{call.name}: {judge} takes it"):
            judges.check(line, f"{call.request.method} {call.request.target} {shorten(call.request.body.decode('latin-1'))}")


def judge_http(t, connector, calls):
    """All requests of a connector to openapi-core, and to Prism or to Google's own client."""
    flags = ["--accepted", json.dumps(accepted(connector)), *(["--loose-bodies"] if connector.id in LOOSE else [])]
    specs = [need(path) for path in with_twins(connector.descriptions())]
    lines = [call.request.line() | {"below": connector.below_base(call.request.path, connector.kind_of(call.example))} for call in calls]
    answers = judges.ask([need(PYTHON), VALIDATOR, *flags, *specs], lines)
    take(t, calls, answers, "openapi-core")
    if descriptions.kind(specs[0]) == "discovery":
        lines = [line | {"operation": connector.operation(call.action)} for line, call in zip(lines, calls)]
        take(t, calls, judges.ask([need(PYTHON), HERE / "judge_google.py", *specs], lines), "Google's client")
    else:
        wrong = accepted(connector)
        shaped = [
            answer.get("shaped", line) | {"below": line["below"], "fields": wrong.get(call.action, [])}
            for call, answer, line in zip(calls, answers, lines)
        ]
        prism = [need(NODE), HERE / "clients/judge_prism.mjs", *specs]
        judged = [
            (call, answer) for call, answer in zip(calls, judges.ask(prism, shaped)) if (call.connector, call.action) not in PRISM_LIMITS
        ]
        take(t, [call for call, _ in judged], [answer for _, answer in judged], "Prism")
    return len({call.action for call in calls})


def judge_graphql(t, connector, calls):
    """All documents of a connector, with their variables, to both implementations of the language."""
    [schema] = connector.descriptions()
    bodies = [json.loads(call.request.body) for call in calls]
    take(t, calls, judges.ask([need(PYTHON), HERE / "judge_graphql.py", schema], bodies), "graphql-core")
    take(t, calls, judges.ask([need(NODE), HERE / "clients/judge_graphql.mjs", schema], bodies), "graphql-js")
    return len({call.action for call in calls})


def judge_connector(t, connector, calls):
    """The calls that the descriptions know, each action at least once; how many actions were judged."""
    with t.case(f"{connector.id}: its judges work to the end"):
        return judge_described(t, connector, calls)
    return 0


def judge_described(t, connector, calls):
    calls = [call for call in calls if call.is_right and connector.described(call.action)]
    if not calls:
        return 0
    kinds = {descriptions.kind(path) for path in connector.descriptions()}
    if kinds == {"graphql"}:
        return judge_graphql(t, connector, calls)
    return judge_http(t, connector, calls) if kinds <= {"openapi", "swagger", "discovery"} else 0


def judge_telegram(t, connector, calls):
    """Telegram publishes no description of a known kind: its list of methods is read here."""
    calls = [call for call in calls if call.is_right]
    path = need(pathlib.Path(os.environ["SPECS_DIR"]) / "telegram/api.json.gz")
    take(t, calls, telegram_judge.judged(path, [call.request for call in calls]), "Telegram's list of methods")


def judge_dropbox(t, connector, calls):
    """Dropbox publishes a description of its own kind alone: its SDK, which is made of it, reads every call."""
    calls = [call for call in calls if call.is_right]
    folder = need(pathlib.Path(os.environ["SPECS_DIR"]) / "dropbox")
    lines = [call.request.line() | {"scopes": connector.actions[call.action].get("scopes", [])} for call in calls]
    take(t, calls, judges.ask([need(PYTHON), HERE / "judge_dropbox.py", folder], lines), "Dropbox's SDK")
    with t.case("dropbox: its judge saw every action"):
        unseen = set(connector.actions) - {call.action for call in calls}
        assert not unseen, f"none of {', '.join(sorted(unseen))}"


def check_static(t):
    """Every connector's file against its descriptions, without a request; the counts that go with it."""
    command = Solder(t.binary)
    try:
        done = command.run("connectors", "check", "--specs", os.environ["SPECS_DIR"], "--json", seconds=300)
    finally:
        command.remove()
    told = json.loads(done.stdout)
    for one in told["connectors"]:
        with t.case(f"{one['id']}: its file has no faults and agrees with its descriptions"):
            wrong = [difference for difference in (one["spec"] or {"differences": []})["differences"] if not difference["allowed"]]
            assert not one["faults"] and not wrong, shorten(json.dumps([one["faults"], wrong]), 2000)
    equal(done.returncode, 0 if told["ok"] else 1)
    return told["counts"]


def judge_own(t):
    """Solder's own connector against the description that the server itself gives."""
    with t.solder() as s, tempfile.TemporaryDirectory() as folder:
        document = http_call("GET", s.url + "/api/openapi.json")
        equal(document.status, 200)
        path = pathlib.Path(folder) / "openapi.json"
        path.write_bytes(document.body)
        with t.case("solder: its own connector agrees with the API's description"):
            done = s.run("connectors", "check", "solder", "--spec", str(path))
            equal(done.returncode, 0, done.stdout[-2000:] + done.stderr[-1000:])
        recorded = tomllib.loads((ROOT / "connectors/examples/solder.toml").read_text())["example"]
        lines = []
        for example in recorded:
            request = example["request"]
            body = request["json"] if "json" in request else json.dumps(request["body"]) if "body" in request else ""
            headers = [["content-type", "application/json"], ["authorization", "Bearer key"]]
            lines.append({"method": request["method"], "target": request["url"], "headers": headers, "body": body})
        for example, line in zip(recorded, judges.ask([need(PYTHON), VALIDATOR, path], lines)):
            with t.case(f"solder {example['action']}: stands in the API's own description"):
                judges.check(line, f"{example['request']['method']} {example['request']['url']}")
                equal(line["operation"], example["action"])


def check_named(t):
    """The README's list of platforms, which is told by nothing but people."""
    section = (ROOT / "README.md").read_text().split("\n## Connectors\n")[1].split("\n## ")[0]
    told = " ".join(section.split())
    missing = [name for name in (Connector(connector).file["name"] for connector in ids()) if name not in told]
    with t.case("the README names every platform"):
        assert not missing, f"it leaves out {', '.join(missing)}"


def run(t):
    if not os.access(t.binary, os.X_OK):
        raise NotRun(f"{t.binary} is not built")
    check_named(t)
    judge_own(t)
    if "SPECS_DIR" not in os.environ:
        raise NotRun("SPECS_DIR, the folder of descriptions, is not set")
    counts = check_static(t)
    with Catalogue(t, ids()) as catalogue:
        calls = {}
        for call in catalogue.sent_calls():
            calls.setdefault(call.connector, []).append(call)
        described = [connector for connector in catalogue.connectors.values() if connector.descriptions()]
        with ThreadPoolExecutor(2) as pool:
            operations = sum(pool.map(lambda connector: judge_connector(t, connector, calls.get(connector.id, [])), described))
        if "telegram" in calls:
            judge_telegram(t, catalogue.connectors["telegram"], calls["telegram"])
        if "dropbox" in calls:
            judge_dropbox(t, catalogue.connectors["dropbox"], calls["dropbox"])
    with t.case("the judges saw what the static check compared"):
        assert operations >= counts["checked"] * 0.95, f"{operations} actions judged, {counts['checked']} compared"
    t.note(
        f"{counts['connectors']} connectors, {counts['actions']} actions: {counts['checked']} checked against descriptions, "
        f"{counts['allowed']} differences allowed, {counts['recordedOnly']} with recorded examples alone; "
        f"{sum(map(len, calls.values()))} requests sent, {operations} actions judged"
    )
