"""Connector files as data for tests: their recorded calls, their descriptions, and credentials of every kind they know."""

import functools
import json
import os
import pathlib
import re
import subprocess
import tomllib
import urllib.parse

from harness import ROOT, WATCH, NotRun

FOLDER = ROOT / "connectors"


def ids():
    """Every built-in connector but Solder's own, which reaches no platform."""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "solder")


class Connector:
    """One connector file."""

    def __init__(self, connector):
        self.id = connector
        self.file = tomllib.loads((FOLDER / f"{connector}.toml").read_text())
        self.recorded = tomllib.loads((FOLDER / "examples" / f"{connector}.toml").read_text())["example"]
        self.actions = {action["name"]: action for action in self.file["action"]}
        self.kinds = {kind: table for kind, table in self.file.get("auth", {}).items() if kind != "discover"}
        self.discover = self.file.get("auth", {}).get("discover", [])

    def examples(self):
        """The recorded calls of each action; further pages are left out, their cursors are the platform's own."""
        found = {}
        for example in self.recorded:
            arguments = json.loads(example["arguments_json"]) if "arguments_json" in example else example.get("arguments", {})
            if "cursor" not in arguments or "paging" not in self.actions[example["action"]]:
                found.setdefault(example["action"], []).append((arguments, example))
        return found

    def descriptions(self):
        """The vendor's descriptions below SPECS_DIR; none where it has none."""
        named = self.file.get("spec", [])
        named = [named] if isinstance(named, str) else named
        folder = os.environ.get("SPECS_DIR")
        if named and not folder:
            raise NotRun("SPECS_DIR, the folder of descriptions, is not set")
        return [pathlib.Path(folder) / name for name in named]

    def accepted(self):
        """Operation ids and the fields of which the file says that the description is wrong, or leaves them open."""
        found = {}
        common = fields_of(self.file.get("allow", {}))
        for action in self.file["action"]:
            fields = [*common, *fields_of(action.get("allow", {}))]
            if fields:
                for name in {action["name"], action.get("op", action["name"])}:
                    found.setdefault(name, []).extend(fields)
        return found

    def base_path(self):
        """The literal path of the base: what an override has to bring along."""
        path = re.sub(r"^(https?://[^/]*|\{[^}]*\})", "", self.file["base"])
        kept = []
        for segment in path.split("/"):
            if "{" in segment:
                break
            kept.append(segment)
        return "/".join(kept)

    def below_base(self, path, kind=None):
        """The path of a request without that of the base, whatever its variables are. A kind's own base stands below the override
        of the file's."""
        own = self.kinds.get(kind, {}).get("base")
        base = re.sub(r"^(https?://[^/]*|\{[^}]*\})", "", own or self.file["base"])
        base = self.base_path() + base if own else base
        pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", base))
        found = re.match(pattern, path)
        return path[found.end():] if base and found else None

    def described(self, action):
        """Whether the descriptions have the action where it is called, and what it is given where it goes."""
        allowed = {*self.file.get("allow", {}), *self.actions[action].get("allow", {})}
        return not allowed & {"operation", "path", "document"} and not any(key.startswith("in.") for key in allowed)

    def operation(self, action):
        return self.actions[action].get("op", action)

    def key_based(self):
        return [kind for kind, table in self.kinds.items() if "token" not in table]

    def kind_of(self, example):
        """The way to connect that a recorded call is made with."""
        default = (self.key_based() or list(self.kinds) or [None])[0]
        return example.get("auth", default)

    def variables(self):
        """A value for every variable, as the recorded calls have them."""
        found = {}
        for example in self.recorded:
            found.update(example.get("vars", {}))
        return found

    def secret(self, kind, name):
        text = f"judge-{self.id}-{kind}-{name}-0123456789"
        for variable, told in self.kinds[kind].get("from_secret", {}).items():
            if told["secret"] == name:
                text += told["behind"] + self.variables().get(variable, "us1")
        WATCH.keep(f"the {name} of {self.id}", text)
        return text

    def asked(self, kind):
        """The variables that a person is asked for: what this kind's own templates, the headers and the actions name, and what
        nothing names; not what a secret tells."""
        def names(value):
            return set(re.findall(r"\{\+?(\w+)\}", json.dumps(value)))

        def templates(table):
            return names({key: value for key, value in table.items() if key not in ("name", "about", "secrets")}) | names(
                "" if "base" in table else self.file["base"])

        common = names(self.file.get("headers", {})) | names([action["call"] for action in self.file["action"]])
        mine = common | templates(self.kinds[kind])
        others = set().union(names(self.file["base"]), *(templates(table) for table in self.kinds.values()))
        told = self.kinds[kind].get("from_secret", {})
        return [name for name in self.file.get("vars", {}) if (name in mine or name not in others) and name not in told]

    def fields(self, kind):
        """What a person would fill in to connect."""
        table = self.kinds[kind]
        found = {name: self.secret(kind, name) for name in table.get("secrets", {})}
        for name in found:
            if f"{{{name}." in json.dumps(table.get("assertion", {})):
                found[name] = key_file(self.id)
        asked = self.asked(kind)
        return found | {name: value for name, value in self.variables().items() if name in asked}


@functools.cache
def key_file(connector):
    """A service account's key file, with a key of its own."""
    command = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    key = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    WATCH.keep(f"the private key of {connector}", key.split("\n")[1])
    told = {"client_email": "solder@example.iam.gserviceaccount.com", "private_key": key, "private_key_id": "0123456789"}
    return json.dumps(told)


def fields_of(allow):
    """`type.x` and `enum.x` name the field x whose description the file calls wrong."""
    return [key.split(".", 1)[1] for key in allow if key.split(".", 1)[0] in ("type", "enum", "required", "unknown") and "." in key]


def put(value, pointer, found):
    """Puts a value at a JSON Pointer of objects and lists."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    if not parts:
        return found
    at = value
    for part, after in zip(parts, [*parts[1:], None]):
        if after is None:
            at[part] = found
        else:
            at = at.setdefault(part, {})
    return value


def token_answer(connector, kind):
    """What the platform's token endpoint would answer, with everything that the file looks for in it."""
    table = connector.kinds[kind]
    token = connector.secret(kind, "access_token")
    answer = {"access_token": token, "refresh_token": connector.secret(kind, "refresh_token"), "token_type": "bearer", "expires_in": 86400}
    known = connector.variables()
    for pointer in table.get("tokens", {}).values():
        put(answer, pointer, token)
    for name, pointer in table.get("keep", {}).items():
        put(answer, pointer, known.get(name, "kept"))
    if "ok" in table:
        pointer, _, wanted = table["ok"].partition(" = ")
        put(answer, pointer, json.loads(wanted) if wanted else True)
    for key in ("expires", "refresh_expires"):
        if str(table.get(key, "")).startswith("/"):
            put(answer, table[key], 86400)
    return answer


def discovered(connector):
    """Path and answer of each call that finds out what a connection is for."""
    known, found = connector.variables(), {}
    for step in connector.discover:
        one = {}
        for name, pointer in step["set"].items():
            put(one, pointer, known.get(name, f"found-{name}"))
        labels = step.get("label", [])
        for pointer in [labels] if isinstance(labels, str) else labels:
            if not any(pointer == other for other in step["set"].values()):
                put(one, pointer, "Example")
        path = urllib.parse.urlsplit(step["call"].split(" ", 1)[1]).path
        each = step.get("each", "")
        found[path] = put({}, each, [one]) if each else ([one] if step.get("choose") or "each" in step else one)
    return found
