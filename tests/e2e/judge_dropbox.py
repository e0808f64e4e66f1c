"""Judges requests to Dropbox, which publishes no description of a kind that others read, only its own (Stone).

    judge_dropbox.py FOLDER

Dropbox's own SDK is made of those files, and checks arguments by them: names, required ones, kinds, limits, patterns. Lines of
JSON as validator.py takes them, with the action's scopes as `scopes`. The route must be one that is not deprecated, spoken to in
its own style: arguments in the body, or in a header beside a file. Its scope, which FOLDER tells, must be the action's. The controls:
the same call without each required argument, and with one unknown.
"""

import importlib
import json
import pathlib
import re
import sys

from stone.backends.python_rsrc import stone_serializers, stone_validators

HEADER = "dropbox-api-arg"
FILE = "application/octet-stream"


def scopes_of(folder):
    """The scope of each route, by its path: `files/list_folder`."""
    found = {}
    for path in sorted(pathlib.Path(folder).glob("*.stone")):
        for text in re.split(r"^route ", path.read_text(), flags=re.MULTILINE)[1:]:
            name, scope = re.match(r"([a-z0-9_/]+)(?::(\d+))?", text), re.search(r'^\s+scope = "([^"]+)"', text, re.MULTILINE)
            found[f"{path.stem}/{name[1]}" + (f"_v{name[2]}" if name[2] else "")] = scope and scope[1]
    return found


def route_of(path):
    """The SDK's route at `/2/files/search_v2`."""
    _, version, namespace, name = path.split("/", 3)
    if version != "2":
        raise ValueError(f"{path} is not of version 2")
    name, number = re.fullmatch(r"(.*?)(?:_v(\d+))?", name).groups()
    routes = importlib.import_module(f"dropbox.{namespace}").ROUTES
    return next(route for route in routes.values() if route.name == name and route.version == int(number or 1))


def argument_of(route, line):
    """The call's arguments as JSON, from where the route's style has them; raises where something is elsewhere."""
    headers = {name.lower(): value for name, value in line["headers"]}
    style, kind = route.attrs["style"], headers.get("content-type", "")
    if line["method"] != "POST":
        raise ValueError(f"the method is {line['method']}")
    if style == "rpc":
        if HEADER in headers or kind != ("application/json" if line["body"] else ""):
            raise ValueError(f"a route of style rpc with the type {kind!r}")
        return json.loads(line["body"] or "null")
    if kind != (FILE if style == "upload" else "") or (style == "download" and line["body"]):
        raise ValueError(f"a route of style {style} with the type {kind!r}")
    if not headers[HEADER].isascii():
        raise ValueError("the header is not ASCII")
    return json.loads(headers[HEADER])


def refusal(route, argument):
    """What the SDK has against arguments; None where it takes them."""
    try:
        stone_serializers.json_compat_obj_decode(route.arg_type, argument, strict=True)
    except stone_validators.ValidationError as fault:
        return str(fault)
    return None


def judged(scopes, line):
    path = line["target"].split("?")[0]
    route = route_of(path)
    argument = argument_of(route, line)
    faults = [fault for fault in [refusal(route, argument)] if fault]
    if "?" in line["target"]:
        faults.append("it has a query")
    if route.deprecated:
        faults.append("the route is deprecated")
    needed = scopes[path.removeprefix("/2/")]
    if line["scopes"] != [needed]:
        faults.append(f"the route needs the scope {needed}, the action states {line['scopes']}")
    if argument is None:
        return {"faults": faults, "controls": {"an argument": bool(refusal(route, {"not_an_argument": 1}))}}
    controls = {"an unknown argument": bool(refusal(route, {**argument, "not_an_argument": 1}))}
    for name, kind in route.arg_type.definition._all_fields_:
        if not isinstance(kind, stone_validators.Nullable) and name in argument and not has_default(route, name):
            controls[name] = bool(refusal(route, {key: value for key, value in argument.items() if key != name}))
    return {"faults": faults, "controls": controls}


def has_default(route, name):
    """Whether an empty instance of the route's arguments knows a value already."""
    try:
        getattr(route.arg_type.definition(), name)
    except AttributeError:
        return False
    return True


def main():
    scopes = scopes_of(sys.argv[1])
    for text in sys.stdin:
        try:
            told = judged(scopes, json.loads(text))
        except Exception as fault:  # a judge that breaks has not accepted anything
            told = {"faults": [f"the judge broke: {type(fault).__name__}: {fault}"[:600]], "controls": {}}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
