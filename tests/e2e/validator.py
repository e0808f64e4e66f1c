"""Judges requests by a vendor's own description: an HTTP server that answers 200 where a request is right and 422 where not.

    validator.py SPEC.json MOUNT PORT [--loose-bodies] [--accepted JSON]

MOUNT is the path that the description's first server has, so that a connector's whole base URL can be replaced.
Every request is a line of JSON on standard output: method, path, operation, faults, and the controls: for each required
parameter the same request without it, which the judge has to refuse, or it would have let everything pass.
`--loose-bodies` is for platforms that take a form, the same as JSON, and a POST form for a GET: the request is judged in
the one shape that the description has. `--accepted` maps operation ids to fields of the body in which the description
is known to be wrong.
"""

import copy
import http.server
import json
import sys
import urllib.parse
from dataclasses import dataclass, field

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict

ORIGIN = "http://platform.invalid"


@dataclass
class Sent:
    """A request in the shape that openapi-core reads."""

    method: str
    path: str
    query: list
    headers: list
    body: bytes
    content_type: str
    host_url: str = ORIGIN
    parameters: RequestParameters = field(init=False)

    def __post_init__(self):
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(self.query), header=Headers(self.headers), cookie=ImmutableMultiDict(), path={},
        )

    def without(self, **changed):
        fields = {name: getattr(self, name) for name in ("method", "path", "query", "headers", "body", "content_type")}
        return Sent(**{**fields, **changed})


def without_null(schema):
    """Outside of bodies nothing can be null, and openapi-core cannot read a parameter of two types."""
    if isinstance(schema.get("type"), list):
        schema["type"] = next(name for name in schema["type"] if name != "null")


class Judge:
    """One description, and what it says of a request."""

    def __init__(self, document, mount, accepted):
        self.accepted = accepted
        document = copy.deepcopy(document)
        document["servers"] = [{"url": ORIGIN + mount}]
        document.pop("security", None)
        for path in document["paths"].values():
            path.pop("servers", None)
            for operation in path.values():
                if isinstance(operation, dict):
                    operation.pop("servers", None)
                    operation.pop("security", None)
                    for parameter in operation.get("parameters", []):
                        without_null(parameter.get("schema", {}))
        self.mount, self.document = mount, document
        self.api = OpenAPI.from_dict(document, Config(spec_validator_cls=None))

    def faults(self, sent):
        """Why the request is wrong; empty where it is right."""
        accepted = self.accepted.get(self.operation(sent)[2].get("operationId"), [])
        try:
            self.api.validate_request(sent)
        except OpenAPIError as fault:
            return [text for field, text in told(fault) if field not in accepted]
        return []

    def resolve(self, value):
        while isinstance(value, dict) and "$ref" in value:
            target = self.document
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            value = target
        return value

    def operation(self, sent):
        """The path's template and the operation that the request is for; paths without names win."""
        parts = sent.path.removeprefix(self.mount).strip("/").split("/")
        templates = sorted(self.document["paths"], key=lambda text: (text.count("{"), -len(text)))
        for fits in (same_length, deeper):
            for template in templates:
                item = self.document["paths"][template]
                if sent.method in item and fits(template.strip("/").split("/"), parts):
                    return template, item, item[sent.method]
        return None, {}, {}

    def in_one_segment(self, sent):
        """A file's path at the end of the request's path as one encoded segment, which is how templates are matched."""
        template, _, _ = self.operation(sent)
        path = sent.path.removeprefix(self.mount).strip("/").split("/")
        wanted = template.strip("/").split("/") if template else path
        if len(path) <= len(wanted):
            return sent
        kept = len(wanted) - 1
        return sent.without(path="/".join([self.mount, *path[:kept], "%2F".join(path[kept:])]))

    def broken(self, sent):
        """The same request with one required thing missing, for each such thing."""
        _, item, operation = self.operation(sent)
        for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
            parameter = self.resolve(parameter)
            name = parameter["name"]
            # A parameter with a default is taken for its default where it is missing.
            if not parameter.get("required") or "default" in self.resolve(parameter.get("schema", {})):
                continue
            if parameter["in"] == "query":
                yield name, sent.without(query=[pair for pair in sent.query if pair[0] != name])
            elif parameter["in"] == "header":
                yield name, sent.without(headers=[pair for pair in sent.headers if pair[0].lower() != name.lower()])
        content = self.resolve(operation.get("requestBody", {})).get("content", {}).get(sent.content_type.split(";")[0])
        if not content:
            return
        for name in required_of(self, content.get("schema", {})):
            yield name, sent.without(body=drop(sent, name))


def required_of(judge, schema):
    """Names that an object schema requires, those of its `allOf` included."""
    schema = judge.resolve(schema)
    names = set(schema.get("required", []))
    for part in schema.get("allOf", []):
        names |= required_of(judge, part)
    return sorted(names)


def drop(sent, name):
    if "json" in sent.content_type:
        body = json.loads(sent.body)
        if isinstance(body, dict):
            body.pop(name, None)
        return json.dumps(body).encode()
    pairs = urllib.parse.parse_qsl(sent.body.decode(), keep_blank_values=True)
    # An empty form is not judged at all, so something is left in it.
    return urllib.parse.urlencode([pair for pair in pairs if pair[0] != name] or [("_", "")]).encode()


def fits_each(wanted, found):
    return all(part == other or "{" in part for part, other in zip(wanted, found))


def same_length(wanted, found):
    return len(wanted) == len(found) and fits_each(wanted, found)


def deeper(wanted, found):
    """The template's last name may hold slashes, as a file's path does; what stands before it has to be literal."""
    return (
        len(found) > len(wanted) > 1 and wanted[-1].startswith("{") and not wanted[-2].startswith("{")
        and fits_each(wanted, found)
    )


def told(fault):
    """Each fault of a request as (the body's field, where it is in one, and what is wrong)."""
    parts, cause = [], fault
    while cause is not None:
        if isinstance(cause, InvalidSchemaValue):
            return [
                (str(next(iter(error.absolute_path), "")), f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
                for error in cause.schema_errors
            ]
        parts.append(str(cause)[:300] or type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return [("", "; ".join(dict.fromkeys(parts)))]


def in_described_shape(judge, sent):
    """A POST form as a GET, and a JSON body as a form, where the description has only that."""
    path = judge.document["paths"].get(sent.path.removeprefix(judge.mount), {})
    pairs = [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in flat(sent)]
    if sent.method == "post" and "post" not in path and "get" in path:
        return sent.without(method="get", query=[*sent.query, *pairs], body=b"", content_type="")
    content = judge.resolve(path.get(sent.method, {}).get("requestBody", {})).get("content", {})
    if content and sent.content_type.split(";")[0] not in content:
        return sent.without(body=urllib.parse.urlencode(pairs).encode(), content_type="application/x-www-form-urlencoded")
    return sent


def flat(sent):
    """The body's fields, be they JSON or a form."""
    if "json" in sent.content_type:
        return list(json.loads(sent.body).items())
    return urllib.parse.parse_qsl(sent.body.decode(), keep_blank_values=True)


class Handler(http.server.BaseHTTPRequestHandler):
    """Takes any method; the judge stands on the class."""

    judge, loose = None, False
    protocol_version = "HTTP/1.1"

    def answer(self):
        parts = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        sent = Sent(
            self.command.lower(), parts.path, urllib.parse.parse_qsl(parts.query, keep_blank_values=True),
            list(self.headers.items()), body, self.headers.get("content-type", ""),
        )
        if self.loose:
            sent = in_described_shape(self.judge, sent)
        sent = self.judge.in_one_segment(sent)
        faults = self.judge.faults(sent)
        _, _, operation = self.judge.operation(sent)
        controls = {} if faults else {name: bool(self.judge.faults(other)) for name, other in self.judge.broken(sent)}
        controls = controls or {"the path": bool(self.judge.faults(sent.without(path=sent.path + "/not-described/x/y/z")))}
        line = {
            "method": self.command, "path": self.path, "operation": operation.get("operationId"), "faults": faults,
            "controls": controls, "headers": dict(self.headers.items()), "body": body.decode("utf-8", "replace"),
        }
        print(json.dumps(line), flush=True)
        text = json.dumps({"ok": not faults, "operation": operation.get("operationId"), "faults": faults}).encode()
        self.send_response(422 if faults else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        """Nothing on standard error: the lines on standard output are the log."""


def main():
    spec, mount, port, *flags = sys.argv[1:]
    with open(spec) as file:
        accepted = json.loads(flags[flags.index("--accepted") + 1]) if "--accepted" in flags else {}
        Handler.judge = Judge(json.load(file), mount.rstrip("/"), accepted)
    Handler.loose = "--loose-bodies" in flags
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
