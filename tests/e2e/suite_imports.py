"""Imports a seeded sample of real API descriptions by the command line, each within bounds of memory and time."""

import random

import import_all
from harness import NotRun

SAMPLE, SEED = 150, 4


def run(suite):
    folder = import_all.published()
    if folder is None:
        raise NotRun("npm cannot fetch the published descriptions")
    refused = []
    for path in random.Random(SEED).sample(sorted(folder.rglob("*.json")), SAMPLE):
        name = str(path.relative_to(folder))
        with suite.case(name):
            outcome, _, what = import_all.imported(str(suite.binary), path)
            assert outcome != "broke", what
            if outcome == "refused":
                refused.append(f"{name}: {what}")
                assert len(what) > 20, f"no reason is told: {what!r}"
            else:
                assert what["actions"] > 0, what
    with suite.case("nearly all of the sample import"):
        assert len(refused) <= SAMPLE * (1 - import_all.SHARE), "\n".join(refused)
