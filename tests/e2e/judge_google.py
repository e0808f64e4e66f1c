"""Compares requests with those that Google's own client builds from the same Discovery document.

    judge_google.py SPEC…

Lines of JSON as validator.py takes them, with the method's id as `operation`. Path, query and body of the request are
given to the client as its arguments, which it checks (names, required ones, enums, patterns); what it builds of them must
be the same method, URL and body. The controls: the same call without each required argument, and with one unknown.
"""

import json
import re
import sys
import urllib.parse

import descriptions
from googleapiclient.discovery import build_from_document, key2param
from googleapiclient.http import HttpMock


def by_id(document):
    return {method["id"]: method for method in descriptions.methods(document)}


def call_of(service, document, id, media):
    """The client's function for a method's id, or for its file; the ids of some documents name no resource."""
    def walk(resource, at):
        for name, method in resource.get("methods", {}).items():
            if method["id"] == id:
                return getattr(at, name + "_media" if media else name if hasattr(at, name) else name + "_")
        for name, inner in resource.get("resources", {}).items():
            found = walk(inner, getattr(at, name)())
            if found:
                return found
        return None
    return walk(document, service)


def path_values(template, path):
    names, pattern = [], ""
    for part in re.split(r"(\{\+?[^}]*\})", template):
        if part.startswith("{"):
            names.append(part.strip("{}").lstrip("+"))
            pattern += "(.+?)" if part.startswith("{+") else "([^/]+?)"
        else:
            pattern += re.escape(part)
    found = re.fullmatch(".*?/?" + pattern, path)
    return dict(zip(names, map(urllib.parse.unquote, found.groups()))) if found else None


def typed(parameter, value):
    kind = parameter.get("type")
    return value == "true" if kind == "boolean" else int(value) if kind == "integer" else value


def arguments(document, method, line):
    target = urllib.parse.urlsplit(line["target"])
    upload = method.get("mediaUpload", {}).get("protocols", {}).get("simple", {}).get("path")
    values = path_values(method["path"], target.path)
    is_upload = bool(upload) and target.path.startswith("/upload/")
    if values is None or is_upload:
        values = path_values(upload.lstrip("/"), target.path) if is_upload else values
    if values is None:
        raise ValueError(f"the path is not {method['path']}")
    known = {**document.get("parameters", {}), **method.get("parameters", {})}
    given = {key2param(name): value for name, value in values.items()}
    for name, value in urllib.parse.parse_qsl(target.query, keep_blank_values=True):
        if name == "uploadType" and is_upload:
            continue
        parameter = known.get(name, {})
        key, value = key2param(name), typed(parameter, value)
        given[key] = [*given.get(key, []), value] if parameter.get("repeated") else value
    if "request" in method and not is_upload:
        given["body"] = json.loads(line["body"] or "{}")
    return given, is_upload


def same_query(url):
    pairs = urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True)
    return sorted(pair for pair in pairs if pair not in (("alt", "json"),))


def difference(built, line, is_upload):
    found = []
    if built.method != line["method"]:
        found.append(f"the method is {line['method']}, the client's {built.method}")
    ours, theirs = (urllib.parse.unquote(urllib.parse.urlsplit(url).path) for url in (line["target"], built.uri))
    if ours != theirs and not is_upload:
        found.append(f"the path is {ours}, the client's {theirs}")
    ours = [pair for pair in same_query(line["target"]) if pair[0] != "uploadType"]
    if ours != [pair for pair in same_query(built.uri) if pair[0] != "uploadType"]:
        found.append(f"the query is {ours}, the client's {same_query(built.uri)}")
    if built.body and not is_upload and json.loads(built.body) != json.loads(line["body"] or "{}"):
        found.append(f"the body is {line['body'][:300]}, the client's {built.body[:300]}")
    return found


def refuses(function, given):
    try:
        function(**given)
    except (TypeError, ValueError):
        return True
    return False


def judged(service, document, methods, line):
    method = methods.get(line["operation"])
    if method is None:
        return {"faults": [f"there is no method {line['operation']}"], "controls": {}}
    function = call_of(service, document, line["operation"], "alt=media" in line["target"])
    try:
        given, is_upload = arguments(document, method, line)
        found = difference(function(**given), line, is_upload)
    except (TypeError, ValueError) as fault:
        return {"faults": [f"the client refuses it: {fault}"], "controls": {}}
    controls = {"an unknown argument": refuses(function, {**given, "notAnArgument": 1})}
    for name, one in method.get("parameters", {}).items():
        if one.get("required") and key2param(name) in given:
            left = {key: value for key, value in given.items() if key != key2param(name)}
            controls[name] = refuses(function, left)
    return {"faults": found, "controls": controls}


def main():
    known = []
    for path in sys.argv[1:]:
        document = json.loads(descriptions.load(path))
        service = build_from_document(document, http=HttpMock(headers={"status": "200"}))
        known.append((service, document, by_id(document)))
    for text in sys.stdin:
        try:
            line = json.loads(text)
            told = judged(*next((one for one in known if line["operation"] in one[2]), known[0]), line)
        except Exception as fault:  # a judge that breaks has not accepted anything
            told = {"faults": [f"the judge broke: {type(fault).__name__}: {fault}"[:600]], "controls": {}}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
