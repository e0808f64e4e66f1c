"""Licences, banned crates and sources of every dependency, against deny.toml.

The same lists that cargo-deny reads, without the ten minutes that building it takes.
"""

import re
import sys
import tomllib

from metadata import ROOT, Graph, built, load


def allowed(expression, licences):
    """Whether an SPDX expression can be met with the allowed licences: OR needs one side, AND needs both."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def either(at):
        held, at = both(at)
        while at < len(tokens) and tokens[at].upper() == "OR":
            other, at = both(at + 1)
            held = held or other
        return held, at

    def both(at):
        held, at = one(at)
        while at < len(tokens) and tokens[at].upper() == "AND":
            other, at = one(at + 1)
            held = held and other
        return held, at

    def one(at):
        if tokens[at] == "(":
            held, at = either(at + 1)
            return held, at + 1
        held = tokens[at] in licences
        if at + 1 < len(tokens) and tokens[at + 1].upper() == "WITH":
            # An exception only ever permits more.
            return held, at + 3
        return held, at + 1

    held, end = either(0)
    return held and end == len(tokens)


def main():
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    graph = Graph(load())
    licences = set(rules["licenses"]["allow"])
    banned = {entry["crate"]: entry.get("reason", "") for entry in rules["bans"]["deny"]}
    compiled, faults, sources, count = built(), [], set(), 0
    for id, package in graph.packages.items():
        label = f"{package['name']} {package['version']}"
        if id in graph.members.values() or label not in compiled:
            continue
        count += 1
        if not allowed(package["license"] or "none", licences):
            faults.append(f"{label}: licence {package['license']} is not in deny.toml")
        if package["name"] in banned:
            faults.append(f"{label} is banned: {banned[package['name']]}")
        sources.add(package["source"] or "a path outside of the workspace")
    faults += [f"a dependency comes from {source}" for source in sources if not source.startswith("registry+")]
    if len(sources) > 1:
        faults.append(f"dependencies come from {len(sources)} places: {', '.join(sorted(sources))}")
    for fault in sorted(faults):
        print(fault)
    if not faults:
        print(f"{count} dependencies, all from one registry, under allowed licences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
