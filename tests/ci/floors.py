"""The floors: a crate sees lower floors only, and some crates never see some others.

Exits 1 and names each wrong edge. Normal dependencies count; what a crate uses in its own tests is its own affair.
"""

import sys

from metadata import Graph, load

FLOORS = {
    "solder-model": 1,
    "solder-vault": 2,
    "solder-connector": 2,
    "solder-mcp": 2,
    "solder-storage": 2,
    "solder-engine": 3,
    "solder-server": 4,
    "solder-cli": 5,
    "solder-testkit": None,  # for tests alone: nobody may depend on it
    "solder-bench": None,  # the load test: the same
}

# Crate, what it never sees, and whether not even through another crate.
NEVER = [
    ("solder-model", ["tokio", "axum", "sqlx", "reqwest"], True),
    ("solder-vault", ["tokio", "sqlx", "reqwest"], True),
    ("solder-connector", ["tokio", "sqlx", "reqwest"], True),
    ("solder-mcp", ["tokio", "axum", "sqlx", "reqwest"], True),
    ("solder-storage", ["solder-vault", "solder-connector", "axum"], False),
    ("solder-engine", ["axum"], False),
    ("solder-server", ["sqlx", "reqwest", "solder-vault"], False),
]


def floor_faults(graph):
    """Edges between our own crates that lead upward or sideways."""
    for crate, id in graph.members.items():
        if crate not in FLOORS:
            yield f"{crate} has no floor: give it one in tests/ci/floors.py"
            continue
        for other in sorted(graph.direct(id) & set(FLOORS)):
            if FLOORS[other] is None:
                yield f"{crate} depends on {other}, which is for tests alone"
            elif FLOORS[crate] is not None and FLOORS[other] >= FLOORS[crate]:
                yield f"{crate} (floor {FLOORS[crate]}) depends on {other} (floor {FLOORS[other]})"


def never_faults(graph):
    """Edges that the last column of the table forbids."""
    for crate, forbidden, through in NEVER:
        for other in forbidden:
            def family(name, other=other):
                return name == other or name.startswith(other + "-core")
            if through:
                way = graph.path_to(graph.members[crate], family)
                if way:
                    yield f"{crate} sees {other}: {' -> '.join(way)}"
            elif any(family(name) for name in graph.direct(graph.members[crate])):
                yield f"{crate} depends on {other}"


def main():
    graph = Graph(load())
    missing = [f"{crate} is not in the workspace any more" for crate in FLOORS if crate not in graph.members]
    faults = missing or [*floor_faults(graph), *never_faults(graph)]
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{len(FLOORS)} crates stand on their floors, {sum(len(row[1]) for row in NEVER)} forbidden edges are absent")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
