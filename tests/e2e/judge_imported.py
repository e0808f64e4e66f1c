"""Judges requests of imported connectors, each by one operation of the description that the connector is made of.

Lines of JSON come on standard input: `spec` (a file), `key` (`GET /users/{id}`), `based` (whether the importer was told
where the API is), `reads` (names that authentication sends), and the request: method, target, headers, body. For each a
line goes to standard output: faults, and the controls, as validator.py gives them.

openapi-core decides over parameters and body. What it does not look at is looked at here: that the path is the
operation's below one of the description's servers, that what the path fixes in its query was sent, and that nothing
goes into the query that the description does not know.
"""

import json
import re
import sys
import urllib.parse

import descriptions
from narrowing import Narrowed
from validator import Judge, Sent


def main():
    known = {}
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if asked["spec"] not in known:
                # One after the other: large descriptions are large in memory too.
                known = {asked["spec"]: json.loads(descriptions.load(asked["spec"]))}
            told = judged(known[asked["spec"]], asked)
        except Exception as fault:  # a judge that breaks has not accepted anything
            told = {"faults": [f"the judge broke: {type(fault).__name__}: {fault}"[:600]], "controls": {}}
        print(json.dumps(told), flush=True)


def judged(document, asked):
    narrowed = Narrowed(document, asked["key"], asked["method"])
    parts = urllib.parse.urlsplit(asked["target"])
    query = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
    values, where = narrowed.values(parts.path, asked["based"])
    if values is None:
        return {"faults": [f"the path {parts.path} is not that of {asked['key']} below {where}"], "controls": {}}
    faults = [f"the query lacks {pair}, which the path fixes" for pair in narrowed.fixed if pair not in query]
    kind = next((value for name, value in asked["headers"] if name.lower() == "content-type"), "")
    if narrowed.query is not None:
        fits = {name for name, _ in narrowed.fixed} | set(asked["reads"])
        faults += [f"the query has {name}, which is not described" for name, _ in query if name not in fits and not narrowed.knows(name)]
    judge = Judge(narrowed.document, "", {}, narrowed.readers(kind))
    sent = Sent(
        asked["method"].lower(), "/op", query, [tuple(pair) for pair in asked["headers"]], asked["body"].encode("latin-1"), kind,
        named=values,
    )
    sent = judge.unfolded(sent)
    faults += judge.faults(sent)
    if not asked["body"] and narrowed.needs_body:
        faults.append("there is no body, and one is required")
    controls = {} if faults else {name: bool(judge.faults(other)) for name, other in judge.broken(sent) if name not in narrowed.untold}
    return {"faults": faults, "controls": controls}


if __name__ == "__main__":
    main()
