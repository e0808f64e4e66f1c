"""What our actions send beside what the vendors' and the usual SDKs send for the same call, on platforms with and without a
description: method, path, query, body, and the headers that a connector's file states.

Those of Confluence, Discord, Pipedrive, Sentry and Trello are driven from JavaScript.
"""

import json
import os
import re
import urllib.parse

import judges
from catalogue import ids
from harness import NODE, PYTHON, NotRun, equal, need, shorten
from recorder import Request
from sending import Catalogue

PLATFORMS = [
    "notion", "hubspot", "gitlab", "jira", "airtable", "salesforce", "zendesk", "quickbooks", "pagerduty", "pipedrive", "telegram", "sentry",
    "freshdesk", "confluence", "clickup", "asana", "trello", "discord", "mailchimp", "dropbox", "datadog",
]
IN_JAVASCRIPT = {"confluence", "discord", "pipedrive", "sentry", "trello"}
CALLS = judges.HERE / "sdk_calls.py"


def request_of(line):
    return Request(line["method"], line["target"], [tuple(pair) for pair in line["headers"]], line["body"].encode("latin-1"))


def fields(request):
    """The fields of a body: those of a form, or of JSON with their whole way (`ticket.comment.body`)."""
    if not request.body:
        return {}
    kind = request.header("content-type")
    if "urlencoded" in kind:
        return dict(urllib.parse.parse_qsl(request.body.decode(), keep_blank_values=True))
    found = {}

    def walk(value, way):
        if isinstance(value, dict) and value:
            for key, inner in value.items():
                walk(inner, f"{way}.{key}" if way else key)
        else:
            found[way] = value

    walk(bare(json.loads(request.body)), "")
    # What says nothing of a field is as good as leaving it out.
    return {way: value for way, value in found.items() if value not in ({}, None)}


def plain(value):
    """A value as a query writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def in_body(request, header):
    """A call that carries its arguments as JSON in a header, as one with them in its body."""
    return Request(request.method, request.target, request.headers, request.header(header).encode())


def bare(value):
    """A value in which a choice that says no more than its tag is the tag alone; Dropbox takes both."""
    if isinstance(value, dict):
        return value[".tag"] if set(value) == {".tag"} else {key: bare(inner) for key, inner in value.items()}
    return [bare(inner) for inner in value] if isinstance(value, list) else value


def path_of(connector, request, differs):
    path = urllib.parse.unquote(request.path)
    if "suffix" in differs:
        path = re.sub(r"\.json$", "", path)
    if "path.company" in differs:
        path = re.sub(r"/company/[^/]+", "", path)
    below = connector.below_base(path)
    return (below if below is not None else path).rstrip("/")


def compare(connector, action, ours, theirs, differs):
    """Raises where the two requests say different things."""
    header = connector.actions[action].get("json_header", "").lower()
    if header:
        equal(ours.body, theirs.body, "the file")
        equal(ours.header("content-type"), theirs.header("content-type"), "the file's type")
        ours, theirs = in_body(ours, header), in_body(theirs, header)
    free = "method" in differs or "place" in differs
    if "method" not in differs:
        equal(ours.method, theirs.method, "the method")
    equal(path_of(connector, ours, differs), path_of(connector, theirs, differs), "the path")
    left = {key.split(".", 1)[1] for key in differs if key.startswith("query.")}
    query = [sorted(pair for pair in one.query if pair[0] not in left) for one in (ours, theirs)]
    if not free:
        equal(*query, "the query")
    left = {key.split(".", 1)[1] for key in differs if key.startswith("body.")}
    both = (fields(one) | (dict(one.query) if free else {}) for one in (ours, theirs))
    mine, other = ({way: value for way, value in one.items() if way not in left} for one in both)
    if "*" in left:
        # Our fields must be theirs, with the same values; what else they write is empty.
        other = {way: value for way, value in other.items() if way in mine or value not in ("", [], 0, False)}
    text = plain if free else str
    equal(*({way: text(value) for way, value in one.items()} for one in (mine, other)), "the body")
    for name in connector.file.get("headers", {}):
        mine, other = ours.header(name.lower()), theirs.header(name.lower())
        if other and name.lower() not in ("user-agent", "accept") and f"header.{name.lower()}" not in differs:
            equal(mine, other, f"the header {name}")
    if fields(ours) and fields(theirs) and "header.content-type" not in differs:
        mine, other = (one.header("content-type").split(";")[0] for one in (ours, theirs))
        assert mine == other, f"the body's type is {mine}, the SDK's {other}"


def rows_of(platform):
    """The SDK's calls, made in a process of its own."""
    if platform in IN_JAVASCRIPT:
        return judges.told([need(NODE), judges.HERE / "clients/sdk_calls.mjs", platform])
    return judges.told([need(PYTHON), CALLS, platform])


def run(t):
    if not os.access(t.binary, os.X_OK):
        raise NotRun(f"{t.binary} is not built")
    present = [platform for platform in PLATFORMS if platform in ids()]
    compared = 0
    with Catalogue(t, present) as catalogue:
        for platform in present:
            connector = catalogue.connectors[platform]
            rows = rows_of(platform)
            with t.case(f"{platform}: at least five calls of the SDK, reads and writes"):
                kinds = {connector.actions[row["action"]]["kind"] for row in rows}
                assert len(rows) >= 5 and "read" in kinds and kinds & {"write", "destructive"}, (len(rows), kinds)
            for row in rows:
                with t.case(f"{platform} {row['action']}: sends what the SDK sends"):
                    assert row["sent"], f"the SDK sent nothing: {row['fault']}"
                    theirs = request_of(row["sent"][0])
                    kind = connector.kind_of({})
                    ours = catalogue.call(connector, row["action"], row["arguments"], kind)
                    try:
                        compare(connector, row["action"], ours, theirs, row["differs"])
                    except AssertionError as fault:
                        sides = [f"{one.method} {one.target} {one.body.decode('latin-1')}" for one in (ours, theirs)]
                        raise AssertionError(f"{fault}\n      ours:   {shorten(sides[0])}\n      theirs: {shorten(sides[1])}") from None
                    compared += 1
                with t.case(f"{platform} {row['action']}: another request is told apart"):
                    other = Request(ours.method, ours.target + ("&" if "?" in ours.target else "?") + "solder-control=1", ours.headers, ours.body)
                    refused = False
                    try:
                        compare(connector, row["action"], other, theirs, row["differs"])
                    except AssertionError:
                        refused = True
                    assert refused, "a parameter more was not noticed"
    t.note(f"{compared} calls of {len(present)} SDKs compared: {', '.join(present)}")
