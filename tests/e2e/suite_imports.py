"""Real API descriptions become connectors by the command line, each within bounds of memory and time, and one random action
of each sends a request that openapi-core takes by the same description."""

import os
import pathlib
import random
import tempfile
from concurrent.futures import ThreadPoolExecutor

import descriptions
import imported
import judges
from harness import NotRun, shorten

SAMPLE, SHARE = 150, 0.99

def sampled():
    """Name and file of each description: a seeded sample of the published ones, and every one of SPECS_DIR."""
    folder = imported.published()
    everything = sorted(folder.rglob("*.json"))
    found = [(str(path.relative_to(folder)), path) for path in random.Random(imported.SEED).sample(everything, SAMPLE)]
    if "SPECS_DIR" not in os.environ:
        raise NotRun("SPECS_DIR, the folder of descriptions, is not set")
    specs = pathlib.Path(os.environ["SPECS_DIR"])
    paths = [path for path in sorted(specs.rglob("*")) if path.name.endswith((".json", ".json.gz"))]
    return found + [(str(path.relative_to(specs)), path) for path in paths if descriptions.kind(path) in ("openapi", "swagger")]


def drafts_of(suite, found, folder):
    """A draft for each description; one that is refused says why."""
    def one(numbered):
        number, (_, path) = numbered
        file = folder / f"d{number:03}.toml"
        return imported.imported(str(suite.binary), path, "--id", file.stem, "--out", str(file))

    drafts, refused = [], []
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(one, enumerate(found)))
    for number, ((name, path), (outcome, _, what)) in enumerate(zip(found, told)):
        with suite.case(f"{name}: is imported"):
            assert outcome != "broke", what
            if outcome == "refused":
                refused.append(f"{name}: {what}")
                assert len(what) > 20, f"no reason is told: {what!r}"
            else:
                assert what["actions"] > 0, what
                drafts.append(imported.Draft(name, path, folder / f"d{number:03}.toml", "--base" in outcome))
    with suite.case("nearly all of the descriptions are imported"):
        assert len(refused) <= len(found) * (1 - SHARE), "\n".join(refused)
    return drafts


def run(suite):
    found = sampled()
    with tempfile.TemporaryDirectory() as folder:
        drafts = drafts_of(suite, found, pathlib.Path(folder))
        with imported.Drafts(suite, folder, drafts) as running:
            running.call_all()
        sent = [draft for draft in drafts if draft.request]
        for draft in drafts:
            with suite.case(f"{draft.name}: {draft.action['name']} is sent"):
                assert draft.request, f"{draft.fault}\n      with {shorten(str(draft.arguments))}"
        counts = judge(suite, sent)
    suite.note(
        f"{len(found)} descriptions, {len(drafts)} imported; an action of each sent, {counts[0]} judged right by openapi-core; "
        f"{counts[1]} had something required, {counts[2]} times it was missed when taken out"
    )


def judge(suite, drafts):
    """A case for each request; how many were right, had something required, and how many controls were refused."""
    right = controlled = refused = 0
    for draft, answer in zip(drafts, imported.judged(drafts)):
        with suite.case(f"{draft.name}: {draft.action['name']} is right by the description"):
            request = draft.request
            judges.check(answer, f"{request.method} {request.target} {shorten(request.body.decode('latin-1'))}")
            right += 1
            controlled += bool(answer["controls"])
            refused += sum(answer["controls"].values())
    return right, controlled, refused
