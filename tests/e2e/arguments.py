"""Arguments for an action, made from its input schema alone: required ones always, optional ones at random.

What is made is within types, enums, patterns, limits and formats, as a careful caller's arguments are. It follows the
random numbers that it is given, so that a seed makes the same arguments again.
"""

import base64
import re
import re._constants as op
import re._parser

# Texts that are told apart from what is written around them only where they are encoded well.
TEXTS = ["plain", "two words", "a/b", "x&y=z", "50%", "a+b", "é ü", "#1?", "{id}", "quo\"te"]
FORMATS = {
    "date": "2026-01-31", "date-time": "2026-01-31T12:00:00Z", "email": "someone@example.com", "time": "12:00:00Z",
    "uuid": "6f1c2a34-9b1e-4c1d-8a55-0d2b7f3e9a10", "uri": "https://example.com/page", "url": "https://example.com/page",
    "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "hostname": "www.example.com", "duration": "P1D",
}
DEEPEST = 8


def arguments(random, details, without=()):
    """Arguments for an action, by what get_action_details tells of it; those of `without` are left out."""
    body = details.get("requestBody") or {}
    told = [(one["name"], one["schema"], one["required"], one["in"] == "header") for one in details["parameters"]]
    makers = [(name, Maker(random, schema, header), schema, required) for name, schema, required, header in told]
    whole = Maker(random, body)
    makers += [(name, whole, schema, name in body.get("required", [])) for name, schema in body.get("properties", {}).items()]
    return {
        name: maker.value(schema) for name, maker, schema, required in makers
        if name not in without and (required or random.random() < 0.4)
    }


class Maker:
    """Makes values of one schema, whose `$defs` it knows. `plain` texts can stand in a header too."""

    def __init__(self, random, schema, plain=False):
        self.random, self.schema, self.plain = random, schema, plain

    def value(self, schema, depth=0):
        if not isinstance(schema, dict):
            return "anything"
        if "$ref" in schema:
            return self.value(self.target(schema["$ref"]), depth + 1)
        for key in ("anyOf", "oneOf"):
            if schema.get(key):
                rest = {name: inner for name, inner in schema.items() if name != key}
                return self.value(merged(rest, self.variant(schema[key], depth)), depth + 1)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self.random.choice(schema["enum"])
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = self.random.choice([one for one in kind if one != "null"] or ["null"])
        if kind is None:
            kind = "object" if "properties" in schema else "array" if "items" in schema else "string"
        return getattr(self, f"{kind}_value")(schema, depth)

    def variant(self, variants, depth):
        """One of several; deep down the plainest, so that what holds itself ends."""
        variants = [one for one in variants if one.get("type") != "null"] or variants
        if depth < DEEPEST:
            return self.random.choice(variants)
        return next((one for one in variants if "$ref" not in one), variants[0])

    def target(self, reference):
        found = self.schema
        for part in reference.removeprefix("#").split("/")[1:]:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found

    def null_value(self, schema, depth):
        return None

    def boolean_value(self, schema, depth):
        return self.random.random() < 0.5

    def integer_value(self, schema, depth):
        low, high = self.bounds(schema, 1)
        step = schema.get("multipleOf", 1)
        value = self.random.randint(int(-(-low // 1)), int(high // 1))
        value = -(-value // step) * step if step != 1 else value
        return int(value if value <= high else value - step)

    def number_value(self, schema, depth):
        low, high = self.bounds(schema, 0.25)
        if "multipleOf" in schema:
            return schema["multipleOf"] * max(1, -(-low // schema["multipleOf"]))
        return self.random.choice([low, high, (low + high) / 2])

    @staticmethod
    def bounds(schema, least):
        """The smallest and the largest number that may stand there, near together."""
        low = schema.get("minimum", schema["exclusiveMinimum"] + least if "exclusiveMinimum" in schema else None)
        high = schema.get("maximum", schema["exclusiveMaximum"] - least if "exclusiveMaximum" in schema else None)
        if low is None:
            low = 1 if high is None or high >= 1 else high
        return (low, min(low + 40, high)) if high is not None else (low, low + 40)

    def array_value(self, schema, depth):
        least, most = schema.get("minItems", 0), schema.get("maxItems", 1000)
        count = least if depth > DEEPEST else min(max(least, self.random.randint(1, 2)), most)
        made = []
        for _ in range(count * 6):
            if len(made) == count:
                break
            one = self.value(schema.get("items", {}), depth + 1)
            if one not in made or not schema.get("uniqueItems"):
                made.append(one)
        return made

    def object_value(self, schema, depth):
        known, needed = schema.get("properties", {}), schema.get("required", [])
        if {"name", "type", "text", "base64"} == set(known):
            return {"name": "notes.txt", "type": "text/plain", "text": "what stands in the file"}
        likely = 0 if depth > DEEPEST else 0.4 if depth < 3 else 0.15
        made = {name: self.value(one, depth + 1) for name, one in known.items() if name in needed or self.random.random() < likely}
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and more and depth < DEEPEST:
            made["another"] = self.value(more, depth + 1)
        elif not known and not needed and more is not False and schema.get("minProperties"):
            made["another"] = "value"
        return made

    def string_value(self, schema, depth):
        least, most = schema.get("minLength", 0), schema.get("maxLength", 1_000_000)
        if "pattern" in schema:
            return self.fitting(schema["pattern"], least, most)
        if schema.get("contentEncoding") == "base64":
            return base64.b64encode(b"x" * max(3, least * 3 // 4)).decode()
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        text = "plain" if self.plain else self.random.choice(TEXTS)
        if len(text) > most:
            text = "abcdefghij"
        return (text + "x" * least)[:max(least, min(len(text), most))]

    def fitting(self, pattern, least, most):
        """A text that a regular expression takes; short, and longer where it has to be."""
        # Python knows no classes of Unicode; letters are what these are mostly of.
        pattern = re.sub(r"\\p(\{\w+\}|\w)", "a-z", pattern)
        try:
            tree = re._parser.parse(pattern)
        except re.error:
            return "plain"
        made = ""
        for most_repeats in (1, 2, 3, 5, 8, least - 2, least - 1, least, min(most, 300)):
            for _ in range(12):
                made = "".join(self.pieces(tree, most_repeats))
                if least <= len(made) <= most and re.search(pattern, made):
                    return made
        return made

    def pieces(self, tree, repeats):
        for kind, told in tree:
            if kind is op.LITERAL:
                yield chr(told)
            elif kind is op.NOT_LITERAL:
                yield "a" if told != ord("a") else "b"
            elif kind is op.ANY:
                yield "a"
            elif kind is op.IN:
                yield self.one_of(told)
            elif kind is op.BRANCH:
                yield from self.pieces(self.random.choice(told[1]), repeats)
            elif kind is op.SUBPATTERN:
                yield from self.pieces(told[-1], repeats)
            elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
                low, high, inner = told
                top = max(low, min(int(high), repeats))
                for _ in range(self.random.choice([top, self.random.randint(low, top)])):
                    yield from self.pieces(inner, repeats)

    def one_of(self, told):
        """A character of a set, a letter or digit where it has any."""
        refused = told[0][0] is op.NEGATE
        letters = "a0b1cZ9-_.:/@ "
        fits = [letter for letter in letters if any(self.holds(part, letter) for part in told[refused:]) != refused]
        if fits:
            return self.random.choice([letter for letter in fits if letter.isalnum()] or fits)
        kind, first = told[0]
        return chr(first[0] if kind is op.RANGE else first) if isinstance(first, (int, tuple)) else " "

    @staticmethod
    def holds(part, letter):
        kind, told = part
        if kind is op.LITERAL:
            return ord(letter) == told
        if kind is op.RANGE:
            return told[0] <= ord(letter) <= told[1]
        classes = {
            op.CATEGORY_DIGIT: letter.isdigit(), op.CATEGORY_NOT_DIGIT: not letter.isdigit(),
            op.CATEGORY_WORD: letter.isalnum() or letter == "_", op.CATEGORY_NOT_WORD: not (letter.isalnum() or letter == "_"),
            op.CATEGORY_SPACE: letter == " ", op.CATEGORY_NOT_SPACE: letter != " ",
        }
        return classes.get(told, False)


def merged(one, other):
    """Both at once, as far as objects go."""
    made = {**other, **{key: value for key, value in one.items() if key != "description"}}
    if "properties" in one and "properties" in other:
        made["properties"] = {**other["properties"], **one["properties"]}
    if "required" in one and "required" in other:
        made["required"] = [*one["required"], *other["required"]]
    return made
