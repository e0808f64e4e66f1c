"""What `cargo metadata` says about the workspace, read once for the checks beside this file."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def host():
    """The target triple of this machine, so that crates for other systems are left out."""
    text = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return next(line.split()[1] for line in text.splitlines() if line.startswith("host:"))


def load():
    """The whole document, for this machine's target."""
    done = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", host()],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
    )
    if done.returncode:
        sys.exit("cargo metadata failed")
    return json.loads(done.stdout)


def built():
    """`name version` of every crate that is compiled for this machine, tests and build scripts included.

    `cargo metadata` also lists what a feature that nobody turns on would need; `cargo tree` does not.
    """
    done = subprocess.run(
        ["cargo", "tree", "--workspace", "--locked", "--edges", "all", "--prefix", "none", "--format", "{p}"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
    )
    if done.returncode:
        sys.exit("cargo tree failed")
    rows = (line.split() for line in done.stdout.splitlines())
    return {f"{row[0]} {row[1].removeprefix('v')}" for row in rows if len(row) > 1 and row[1].startswith("v")}


class Graph:
    """The resolved packages, with the edges that end up in a binary."""

    def __init__(self, document):
        self.packages = {package["id"]: package for package in document["packages"]}
        self.members = {self.packages[id]["name"]: id for id in document["workspace_members"]}
        self.edges = {
            node["id"]: [
                dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])
            ]
            for node in document["resolve"]["nodes"]
        }

    def name(self, id):
        return self.packages[id]["name"]

    def direct(self, id):
        """Names of the normal dependencies of a package."""
        return {self.name(dep) for dep in self.edges[id]}

    def path_to(self, id, wanted):
        """One way from a package to the first crate that `wanted` holds for, as names; None where there is none."""
        ways, queue = {id: [self.name(id)]}, [id]
        while queue:
            here = queue.pop(0)
            for dep in self.edges[here]:
                if dep in ways:
                    continue
                ways[dep] = ways[here] + [self.name(dep)]
                if wanted(self.name(dep)):
                    return ways[dep]
                queue.append(dep)
        return None
