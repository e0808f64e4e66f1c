"""Judges GraphQL requests by a schema, with graphql-core.

    judge_graphql.py SCHEMA

Requests come as lines of JSON on standard input, `query` and `variables`; for each a line goes out: its faults, and the
controls: the same document with a field that is not there, and without each variable that has to be there.
"""

import json
import sys

import descriptions
from graphql import GraphQLError, build_client_schema, build_schema, parse, validate
from graphql.execution.values import get_variable_values
from graphql.language.ast import NonNullTypeNode


def schema_of(path):
    text = descriptions.load(path).decode()
    if text.lstrip().startswith("{"):
        answer = json.loads(text)
        return build_client_schema(answer.get("data", answer), assume_valid=True)
    return build_schema(text, assume_valid=True, assume_valid_sdl=True)


def faults(schema, query, variables):
    try:
        document = parse(query)
    except GraphQLError as fault:
        return [fault.message]
    found = [fault.message for fault in validate(schema, document)]
    operation = document.definitions[0]
    values = get_variable_values(schema, operation.variable_definitions or (), variables)
    if isinstance(values, list):
        found += [fault.message for fault in values]
    unknown = set(variables) - {one.variable.name.value for one in operation.variable_definitions or ()}
    return found + [f"the variable {name} is not declared" for name in sorted(unknown)]


def controls(schema, query, variables):
    """What the judge has to refuse."""
    operation = parse(query).definitions[0]
    before, _, after = query.rpartition("}")
    wrong = f"{before} fieldThatIsNotThere }}{after}"
    found = {"a field that is not there": bool(faults(schema, wrong, variables))}
    for one in operation.variable_definitions or ():
        name = one.variable.name.value
        if isinstance(one.type, NonNullTypeNode) and one.default_value is None and name in variables:
            left = {key: value for key, value in variables.items() if key != name}
            found[name] = bool(faults(schema, query, left))
    return found


def main():
    schema = schema_of(sys.argv[1])
    for line in sys.stdin:
        asked = json.loads(line)
        query, variables = asked["query"], asked.get("variables") or {}
        wrong = faults(schema, query, variables)
        print(json.dumps({"faults": wrong, "controls": {} if wrong else controls(schema, query, variables)}), flush=True)


if __name__ == "__main__":
    main()
