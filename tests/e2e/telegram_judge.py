"""Judges requests by Telegram's own list of methods: names, required fields, and what kind of value each takes."""

import json
import urllib.parse

import descriptions

SCALARS = {"Integer": (int,), "Float": (int, float), "String": (str,), "Boolean": (bool,), "True": (bool,)}


def fits(kind, value):
    """Whether a value is of one of the list's types. Texts of queries and forms say numbers and truth too."""
    if kind.startswith("Array of "):
        value = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
        return isinstance(value, list) and all(fits(kind.removeprefix("Array of "), one) for one in value)
    if kind in SCALARS:
        if isinstance(value, bool):
            return kind in ("Boolean", "True")
        if isinstance(value, SCALARS[kind]):
            return True
        return isinstance(value, str) and {
            "Integer": value.lstrip("-").isdigit(), "Float": value.replace(".", "", 1).lstrip("-").isdigit(),
            "Boolean": value in ("true", "false"), "True": value == "true",
        }.get(kind, False)
    if kind == "InputFile":
        return isinstance(value, (str, bytes))
    return isinstance(value, dict) or isinstance(value, str) and value.startswith("{")


def faults(method, given):
    if method is None:
        return ["there is no such method"]
    known = {field["name"]: field for field in method.get("fields", [])}
    found = [f"{name} is not a field" for name in given if name not in known]
    found += [f"{name} is missing" for name, field in known.items() if field["required"] and name not in given]
    for name, value in given.items():
        if name in known and not any(fits(kind, value) for kind in known[name]["types"]):
            found.append(f"{name} is {value!r}, which is none of {', '.join(known[name]['types'])}")
    return found


def given_by(request):
    given = dict(request.query)
    kind = request.header("content-type")
    if "json" in kind and request.body:
        given |= json.loads(request.body)
    elif "urlencoded" in kind:
        given |= dict(urllib.parse.parse_qsl(request.body.decode(), keep_blank_values=True))
    elif "multipart" in kind:
        for part in request.body.split(b'form-data; name="')[1:]:
            head, _, content = part.partition(b"\r\n\r\n")
            given[head.split(b'"')[0].decode()] = content.rsplit(b"\r\n--", 1)[0].decode("latin-1")
    return given


def judged(path, requests):
    """An answer for each request, as the other judges give them."""
    methods = json.loads(descriptions.load(path))["methods"]
    answers = []
    for request in requests:
        method, given = methods.get(request.path.rsplit("/", 1)[-1]), given_by(request)
        controls = {"an unknown field": bool(faults(method, given | {"not_a_field": 1}))}
        for field in (method or {}).get("fields", []):
            if field["required"]:
                left = {name: value for name, value in given.items() if name != field["name"]}
                controls[field["name"]] = bool(faults(method, left))
        answers.append({"faults": faults(method, given), "controls": controls})
    return answers
