"""One operation of a description by itself, made such that openapi-core can read it.

Vendors' descriptions hold what no validator reads: references to nowhere, types that are none, patterns of another
language, objects spread over a query. Here they are put right or taken as saying nothing, by rules that stand apart from
the importer's: a fault of the importer is none of these.
"""

import json
import re
import urllib.parse

import descriptions

TYPES = {"string", "number", "integer", "boolean", "array", "object", "null"}
HEAD = ("openapi", "swagger", "info", "consumes")


class Narrowed:
    """The operation that a key (`GET /users/{id}`) means."""

    def __init__(self, document, key, method):
        self.method = method.lower()
        path = found_path(document, key)
        item = dict(resolved(document, document["paths"][path]))
        self.servers = [*servers(item.get(self.method, {})), *servers(item)] or servers(document)
        if "swagger" in document:
            self.servers = [document.get("basePath") or "/"]
        item = {name: one for name, one in item.items() if name in (self.method, "parameters")}
        item[self.method] = {name: one for name, one in item[self.method].items() if name in ("parameters", "requestBody", "consumes", "operationId")}
        document = reachable(document, item)
        self.swagger = "swagger" in document
        if self.swagger:
            document = descriptions.from_swagger(document)
        document = {key: cleaned(value) for key, value in document.items()}
        self.document = document
        item = document["paths"].pop("/op")
        self.path, _, fixed = path.split("#")[0].partition("?")
        self.fixed = [pair for pair in urllib.parse.parse_qsl(fixed, keep_blank_values=True) if "{" not in "".join(pair)]
        operation = item[self.method]
        own = [resolved(document, one) for one in [*operation.get("parameters", []), *item.get("parameters", [])]]
        unique = {(one["name"], one["in"]): one for one in reversed(own) if "name" in one and "in" in one}
        self.untold = set()
        operation["parameters"] = [part for one in reversed(unique.values()) for part in self.spread(one)]
        self.needs_body = False
        self.body(operation)
        document["paths"]["/op"] = {self.method: operation}
        self.query = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
        if any(one["in"] == "query" and self.open_names(one) for one in operation["parameters"]):
            self.query = None

    def resolve(self, value):
        return resolved(self.document, value)

    def spread(self, one):
        """A parameter as openapi-core reads it; an object that is spread over the query as one parameter for each property."""
        schema = self.resolve(one.get("schema", {}))
        if one["in"] == "path":
            return []
        if one["in"] == "cookie" or (one["in"], one["name"].lower()) in (("header", "authorization"), ("header", "content-type"), ("header", "accept")):
            return []
        one = dict(one)
        kinds = self.kinds(schema)
        if self.swagger and "object" in kinds:
            # Swagger has no objects outside of bodies, and says nothing of how one is written.
            return [{"name": one["name"], "in": one["in"], "required": one.get("required", False), "schema": {}}]
        if one["in"] == "query" and "object" in kinds and one.get("style", "form") == "form" and one.get("explode", True) and "content" not in one:
            properties = self.properties(schema)
            needed = schema.get("required", []) if one.get("required") else []
            return [{"name": name, "in": "query", "schema": inner, "required": name in needed} for name, inner in properties.items()]
        if kinds == {"array"} and any("object" in self.kinds(part["items"]) for part in self.parts(schema) if "items" in part):
            # Nothing says how an object of a list is written in a query.
            one["schema"] = {}
        elif "schema" in one and kinds == {"array"} and schema.get("type") != "array":
            # Which type it is stands in a part of it, where openapi-core does not look.
            one["schema"] = {"type": "array", "items": next((part["items"] for part in self.parts(schema) if "items" in part), {})}
        if "schema" in one and len(kinds) > 1:
            # Of several types it is a text in any case.
            one["schema"] = {}
        return [one]

    def open_names(self, one):
        """Whether a query's names are not all told, as with an object that takes any."""
        schema = self.resolve(one.get("schema", {}))
        return one.get("style") == "deepObject" or "object" in self.kinds(schema) and not self.swagger

    def knows(self, name):
        return name in self.query or name.removesuffix("[]") in self.query

    def parts(self, schema, depth=0):
        schema = self.resolve(schema)
        yield schema
        for inner in [*schema.get("allOf", []), *schema.get("anyOf", []), *schema.get("oneOf", [])] if depth < 6 else []:
            yield from self.parts(inner, depth + 1)

    def kinds(self, schema):
        found = set()
        for part in self.parts(schema):
            kind = part.get("type")
            found |= set(kind if isinstance(kind, list) else [kind] if kind else ["object"] if part.get("properties") else [])
        return found - {"null"}

    def properties(self, schema):
        found = {}
        for part in self.parts(schema):
            found = part.get("properties", {}) | found
        return found

    def body(self, operation):
        """Content types without their parameters; what no schema can judge may be anything."""
        body = dict(self.resolve(operation.get("requestBody", {})))
        if not body:
            operation.pop("requestBody", None)
            return
        self.needs_body = bool(body.get("required"))
        content = {}
        for name, entry in body.get("content", {}).items():
            name = name.split(";")[0].strip().lower()
            if not any(word in name for word in ("json", "form", "*", "text/plain")):
                entry = {}
            elif "schema" in entry and "form" in name:
                entry = entry | {"schema": self.flattened(entry["schema"])}
            content.setdefault(name, entry)
        operation["requestBody"] = body | {"content": content or {"*/*": {}}}

    def flattened(self, schema):
        """A form's schema with what its `allOf` says taken in, since openapi-core takes the parts one by one."""
        schema = self.resolve(schema)
        if "allOf" not in schema:
            return schema
        needed = sorted({name for part in self.parts({"allOf": schema["allOf"]}) for name in part.get("required", [])} | set(schema.get("required", [])))
        made = {"type": "object", "properties": self.properties(schema)}
        return made | ({"required": needed} if needed else {})

    def readers(self, kind):
        """What reads bodies of JSON whose media type openapi-core does not know."""
        content = self.document["paths"]["/op"][self.method].get("requestBody", {}).get("content", {})
        return {name: json.loads for name in content if "json" in name or "*" in name and "json" in kind}

    def values(self, path, based):
        """The values of the path's names, and where the path may begin; nothing where it is another path."""
        begins = [pattern(re.sub(r"^([^/]*:)?//[^/]*", "", url).rstrip("/")) for url in self.servers]
        begins = [*begins, ""] if based or not begins else begins
        for begin in begins:
            own = self.path if self.path.startswith("/") else "/" + self.path
            names = []
            found = re.fullmatch(begin + pattern(own, names) + "/?", path)
            if found:
                return {name: urllib.parse.unquote(value) for name, value in zip(names, found.groups())}, begins
        return None, begins


def pattern(text, names=None):
    """A path's template as a regular expression; what it holds besides names may be written encoded or not."""
    made = ""
    for part in re.split(r"(\{[^{}]*\})", text):
        if part.startswith("{") and part.endswith("}"):
            name = part[1:-1]
            if names is None:
                made += "[^/]*"
            elif name[:1] not in "?&":
                names.append(name.strip("+*"))
                made += "(.+)" if name.startswith("+") else "([^/]+)"
        else:
            made += "".join(f"(?:{re.escape(one)}|{re.escape(urllib.parse.quote(one, safe=''))})" for one in part)
    return made


def found_path(document, key):
    """The path that a key means: what the key has lost of it is marks alone."""
    def bare(text):
        return re.sub(r"[^A-Za-z0-9{}/]", "", text)
    method, _, path = key.partition(" ")
    fits = [one for one in document["paths"] if one == path] or [one for one in document["paths"] if one.split("#")[0] == path]
    fits = [one for one in fits if method.lower() in resolved(document, document["paths"][one])]
    fits = fits or [one for one in document["paths"] if bare(one) == bare(path)]
    if len(fits) != 1:
        raise LookupError(f"{len(fits)} paths are meant by {key}")
    return fits[0]


def servers(of):
    """The URLs of servers, as they stand."""
    return [server["url"] for server in of.get("servers", []) if isinstance(server, dict) and "url" in server]


def looked_up(document, reference):
    found = document
    for part in urllib.parse.unquote(reference).removeprefix("#/").split("/"):
        part = part.replace("~1", "/").replace("~0", "~")
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def resolved(document, value):
    for _ in range(20):
        if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
            return value
        try:
            value = looked_up(document, value["$ref"])
        except (KeyError, TypeError, ValueError, IndexError):
            return {}
    return {}


def reachable(document, item):
    """A document of one path, with what it refers to."""
    kept, waiting = {}, [item]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            reference = value.get("$ref")
            if isinstance(reference, str) and reference.startswith("#/") and reference not in kept:
                try:
                    kept[reference] = looked_up(document, reference)
                    waiting.append(kept[reference])
                except (KeyError, TypeError, ValueError, IndexError):
                    kept[reference] = {}
    made = {key: document[key] for key in HEAD if key in document} | {"paths": {"/op": item}}
    for reference in sorted(kept):
        parts = [part.replace("~1", "/").replace("~0", "~") for part in urllib.parse.unquote(reference)[2:].split("/")]
        at = made
        for part in parts[:-1]:
            at = at.setdefault(part, {}) if isinstance(at, dict) else at[int(part)]
        if isinstance(at, dict):
            at.setdefault(parts[-1], kept[reference])
    return made


def cleaned(value, names=False):
    """What openapi-core can read, without what it breaks on. `names`: the keys are names of properties, not words."""
    if isinstance(value, list):
        return [cleaned(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if names:
        return {key: cleaned(inner) for key, inner in value.items() if isinstance(inner, (dict, bool))}
    reference = value.get("$ref")
    if isinstance(reference, str):
        return {"$ref": reference} if reference.startswith("#/") else {}
    made = {}
    for key, inner in value.items():
        # A default would be filled in where the value is missing, and may be none of the values that are allowed.
        if key in ("default", "example", "examples", "externalDocs", "description", "xml", "title") or key.startswith("x-"):
            continue
        if key == "type" and isinstance(inner, str) and inner not in TYPES:
            if inner == "file":
                made |= {"type": "string", "format": "binary"}
            continue
        if key == "pattern" and isinstance(inner, str) and not readable(inner):
            continue
        if key == "oneOf" and isinstance(inner, list):
            # Which of several that are alike is meant, a caller cannot know.
            key = "anyOf"
        if key == "required" and "in" not in value and "content" not in value and not isinstance(inner, list):
            continue
        if key == "enum" and isinstance(inner, list) and value.get("type") == "string":
            # YAML makes `yes` and `1` of texts.
            inner = [one if isinstance(one, str) or one is None else json.dumps(one) for one in inner]
        if key in ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "multipleOf") and not (isinstance(inner, (int, float)) and inner > -1e300):
            continue
        if key in ("minLength", "maxLength", "minItems", "maxItems") and inner < 0:
            continue
        made[key] = cleaned(inner, key in ("properties", "patternProperties", "definitions", "schemas"))
    return made


def readable(pattern):
    """Whether a pattern is one that both sides read: what looks around itself is checked by platforms alone."""
    if re.search(r"\(\?[=!<]", pattern):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
