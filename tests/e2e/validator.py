"""Judges requests by vendors' own descriptions, with openapi-core.

    validator.py [--loose-bodies] [--accepted JSON] SPEC…

Requests come as lines of JSON on standard input: method, target, headers and body (its bytes as Latin-1). For each a
line of JSON goes to standard output: method, path, operation, faults, and the controls: for each required parameter the
same request without it, which the judge has to refuse, or it would have let everything pass. Where there are several
descriptions, the first that has the operation judges. A description may be OpenAPI 3, Swagger 2.0 or Google Discovery.
`--loose-bodies` is for platforms that take a form, the same as JSON, and a POST form for a GET: the request is judged in
the one shape that the description has. `--accepted` maps operation ids to fields of the body or query in which the
description is known to be wrong.
"""

import copy
import email.parser
import email.policy
import json
import re
import sys
import urllib.parse
from dataclasses import dataclass, field

import descriptions
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
    # Values of the path's names, where they were read before.
    named: dict = field(default_factory=dict)
    parameters: RequestParameters = field(init=False)

    def __post_init__(self):
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(self.query), header=Headers(self.headers), cookie=ImmutableMultiDict(), path=dict(self.named),
        )

    def without(self, **changed):
        fields = {name: getattr(self, name) for name in ("method", "path", "query", "headers", "body", "content_type", "named")}
        return Sent(**{**fields, **changed})


def without_null(schema):
    """Outside of bodies nothing can be null, and openapi-core cannot read a parameter of two types."""
    if isinstance(schema.get("type"), list):
        schema["type"] = next(name for name in schema["type"] if name != "null")


def without_discriminators(value):
    """A discriminator only says which of several schemas is meant; its names need not lead anywhere."""
    if isinstance(value, dict):
        return {
            key: without_discriminators(inner) for key, inner in value.items()
            if not (key == "discriminator" and isinstance(inner, dict) and "propertyName" in inner)
        }
    return [without_discriminators(inner) for inner in value] if isinstance(value, list) else value


def nested(pairs):
    """`a[b][0]=1` as objects of objects."""
    found = {}
    for name, value in pairs:
        parts = [part.rstrip("]") for part in name.split("[")]
        at = found
        for part in parts[:-1]:
            at = at.setdefault(part or str(len(at)), {})
        last = parts[-1] or str(len(at))
        # A name that comes again makes a list.
        at[last] = [*(at[last] if isinstance(at[last], list) else [at[last]]), value] if last in at else value
    return found


def parts_of(sent):
    """Name and text of each part of a multipart body."""
    head = b"content-type: " + sent.content_type.encode() + b"\r\n\r\n"
    whole = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + sent.body)
    return [(part.get_param("name", header="content-disposition"), part.get_payload(decode=True).decode("latin-1")) for part in whole.iter_parts()]


def cast(judge, schema, value):
    """A value of texts as the schema's types have it, where they can."""
    options = alternatives(judge, schema)
    if isinstance(value, list):
        items = next((option["items"] for option in options if "items" in option), {})
        return [cast(judge, items, item) for item in value]
    if isinstance(value, dict):
        lists = [option for option in options if option.get("type") == "array"]
        if lists and value and all(key.isdigit() for key in value):
            return [cast(judge, lists[0].get("items", {}), item) for item in value.values()]
        known = {}
        for option in options:
            known |= option.get("properties", {})
            more = option.get("additionalProperties")
            if isinstance(more, dict):
                known = {key: more for key in value} | known
        return {key: cast(judge, known.get(key, {}), item) for key, item in value.items()}
    types = {option.get("type") for option in options}
    if "boolean" in types and value in ("true", "false"):
        return value == "true"
    if types & {"integer", "number"} and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value) if "." in value else int(value)
    if types & {"array", "object"} and "string" not in types and value[:1] in ("[", "{"):
        return json.loads(value)
    if "array" in types and "string" not in types:
        items = next((option["items"] for option in options if "items" in option), {})
        return [cast(judge, items, value)]
    return value


def alternatives(judge, schema):
    schema = judge.resolve(schema)
    inner = [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]
    return [schema, *(option for part in inner for option in alternatives(judge, part))]


class Judge:
    """One description, and what it says of a request."""

    def __init__(self, document, mount, accepted, readers=None):
        self.accepted = accepted
        document = without_discriminators(copy.deepcopy(document))
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
        self.deep = {}
        for path in document["paths"].values():
            for operation in [one for name, one in path.items() if name in descriptions.VERBS]:
                self.relax(path, operation)
                self.unfold(operation)
        # Datadog takes the media type that JSON had before it was registered.
        readers = {"text/json": json.loads, **(readers or {})}
        self.api = OpenAPI.from_dict(document, Config(spec_validator_cls=None, extra_media_type_deserializers=readers))

    def relax(self, path, operation):
        """Parameters whose description is known to be wrong may be anything."""
        fields = self.accepted.get(operation.get("operationId"), [])
        own = [self.resolve(one) for one in [*path.get("parameters", []), *operation.get("parameters", [])]]
        if any(one["name"] in fields for one in own):
            names = {(one["name"], one["in"]) for one in own}
            path["parameters"] = [one for one in map(self.resolve, path.get("parameters", [])) if (one["name"], one["in"]) not in names]
            operation["parameters"] = [one | {"schema": {}, "required": one["in"] == "path"} if one["name"] in fields else one for one in own]

    def unfold(self, operation):
        """Brackets (`a[b]=1`) and parts with files are unfolded into JSON here, since openapi-core cannot read them: what
        is described for them is described for a body of JSON."""
        content = self.resolve(operation.get("requestBody", {})).get("content", {})
        form = content.get("multipart/form-data") or content.get("application/x-www-form-urlencoded", {})
        folded = [self.resolve(one) for one in operation.get("parameters", []) if self.resolve(one).get("style") == "deepObject"]
        encodings = form.get("encoding", {}).values()
        deep = folded or any(one.get("style") == "deepObject" for one in encodings) or not encodings and self.holds_objects(form.get("schema", {}))
        if not deep and ("multipart/form-data" not in content or "application/json" in content):
            return
        schema = self.resolve(form.get("schema", {}))
        schema = schema | {"properties": dict(schema.get("properties", {})), "required": list(schema.get("required", []))}
        for one in folded:
            schema["properties"][one["name"]] = one.get("schema", {})
            schema["required"] += [one["name"]] * bool(one.get("required"))
        operation["parameters"] = [one for one in operation.get("parameters", []) if self.resolve(one) not in folded]
        if not schema["required"]:
            schema.pop("required")
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        self.deep[id(operation)] = ({one["name"] for one in folded}, schema)

    def holds_objects(self, schema):
        """Whether a form's fields hold more than texts and lists of them: no standard says how these are written."""
        def deeper(inner):
            options = alternatives(self, inner)
            return any(option.get("type") == "object" or "properties" in option or "items" in option and deeper(option["items"]) for option in options)
        return any(deeper(inner) for inner in self.resolve(schema).get("properties", {}).values())

    def unfolded(self, sent):
        """A request with brackets as one with JSON; any other as it is."""
        _, _, operation = self.operation(sent)
        if id(operation) not in self.deep:
            return sent
        names, schema = self.deep[id(operation)]
        folded = [pair for pair in sent.query if pair[0].split("[")[0] in names]
        query = [pair for pair in sent.query if pair not in folded]
        form = parts_of(sent) if "multipart" in sent.content_type else urllib.parse.parse_qsl(sent.body.decode(), keep_blank_values=True)
        body = cast(self, schema, nested([*folded, *form]))
        return sent.without(query=query, body=json.dumps(body).encode(), content_type="application/json")

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
        names |= set(required_of(judge, part))
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
    return all(fits_segment(part, other) for part, other in zip(wanted, found))


def fits_segment(wanted, found):
    """A segment of a template may hold names among other text: `{id}:batchUpdate`."""
    pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", wanted))
    return re.fullmatch(pattern, found) is not None


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
            named = re.match(r"(?:Path|Query|Header) parameter error: ([^;]+)", "; ".join(parts))
            return [
                (named[1] if named else str(next(iter(error.absolute_path), "")), f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
                for error in cause.schema_errors
            ]
        parts.append(str(cause)[:300] or type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    text = "; ".join(dict.fromkeys(parts))
    named = re.match(r"(?:Path|Query|Header) parameter error: ([^;]+)", text) or re.match(r"Missing required \w+ parameter: ([^;\s]+)", text)
    return [(named[1] if named else "", text)]


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


def mount(document):
    """The path of the description's server, with the defaults of its variables."""
    server = (document.get("servers") or [{"url": ""}])[0]
    url = re.sub(r"\{(\w+)\}", lambda name: str(server.get("variables", {}).get(name[1], {}).get("default", "x")), server["url"])
    return urllib.parse.urlsplit(url).path.rstrip("/")


def judged(judges, line, loose):
    """What the judges say of a request."""
    parts, body = urllib.parse.urlsplit(line["target"]), line["body"].encode("latin-1")
    # What may stand in a path as it is need not be encoded there, and openapi-core does not decode it.
    path = parts.path.replace("%40", "@")
    kind = next((value for name, value in line["headers"] if name.lower() == "content-type"), "")
    sent = Sent(
        line["method"].lower(), path, urllib.parse.parse_qsl(parts.query, keep_blank_values=True),
        [tuple(pair) for pair in line["headers"]], body, kind,
    )
    judge = next((judge for judge in judges if judge.operation(sent)[0]), None)
    if judge is None and line.get("below"):
        # The connector's base has a path of its own, as where a gateway stands in front; what is below it is described.
        others = [(judge, sent.without(path=judge.mount + line["below"])) for judge in judges]
        judge, sent = next(((judge, other) for judge, other in others if judge.operation(other)[0]), (None, sent))
    judge = judge or judges[0]
    if loose:
        sent = in_described_shape(judge, sent)
    sent = judge.in_one_segment(sent)
    shaped = {
        "method": sent.method.upper(), "target": sent.path + ("?" + urllib.parse.urlencode(sent.query) if sent.query else ""),
        "headers": [*(pair for pair in sent.headers if pair[0].lower() != "content-type"), ["content-type", sent.content_type]],
        "body": sent.body.decode("latin-1"),
    }
    flat_form, sent = sent, judge.unfolded(sent)
    if sent is not flat_form and "urlencoded" in flat_form.content_type:
        # Brackets in a form are nothing that the other judge can read either.
        names, schema = judge.deep[id(judge.operation(sent)[2])]
        form = cast(judge, schema, nested(urllib.parse.parse_qsl(flat_form.body.decode(), keep_blank_values=True)))
        shaped |= {"body": json.dumps(form), "headers": [*shaped["headers"][:-1], ["content-type", "application/json"]]}
    faults = judge.faults(sent)
    template, _, operation = judge.operation(sent)
    controls = {} if faults else {name: bool(judge.faults(other)) for name, other in judge.broken(sent)}
    controls = controls or {"the path": bool(judge.faults(sent.without(path=sent.path + "/not-described/x/y/z")))}
    return {
        "method": line["method"], "path": line["target"], "template": template, "operation": operation.get("operationId"),
        "faults": faults, "controls": controls, "shaped": shaped,
    }


def main():
    loose, accepted, specs = False, {}, []
    rest = iter(sys.argv[1:])
    for argument in rest:
        if argument == "--loose-bodies":
            loose = True
        elif argument == "--accepted":
            accepted = json.loads(next(rest))
        else:
            specs.append(argument)
    documents = [descriptions.as_openapi(path) for path in specs]
    judges = [Judge(document, mount(document), accepted) for document in documents]
    for line in sys.stdin:
        try:
            told = judged(judges, json.loads(line), loose)
        except Exception as fault:  # a judge that breaks has not accepted anything
            told = {"faults": [f"the judge broke: {type(fault).__name__}: {fault}"[:600]], "controls": {}, "operation": None}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
