"""Runs the end-to-end suites against the real binary: `python3 tests/e2e/run.py [--bin PATH] [suite…]`.

Each suite runs in a process of its own, two at a time, with its output printed whole when it ends.
"""

import argparse
import importlib
import os
import pathlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

# The long ones first, so that the short ones fill the gaps.
SUITES = [
    "kills", "contract", "badinput", "guards", "clients", "conformance", "requests", "sdks", "standins", "platforms", "secrets", "oldclient",
    "isolation", "oauth", "connect", "authorization", "rotation", "imports", "own", "postgres",
]
SECONDS = 900


def run_here(name, binary):
    """One suite in this process; its last line is the counts."""
    from harness import NotRun, Suite

    suite = Suite(name, binary)
    try:
        importlib.import_module(f"suite_{name}").run(suite)
    except NotRun as reason:
        suite.leave_out("the whole suite", reason)
    except Exception:
        import traceback
        suite.fail(f"the suite broke off\n{traceback.format_exc()}")
    suite.search()
    print(f"COUNTS {suite.passed} {suite.failed} {suite.skipped}", flush=True)
    return 1 if suite.failed or not suite.passed + suite.skipped else 0


def run_apart(name, binary):
    """One suite in a process: its name, seconds, counts and output."""
    start = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-u", str(HERE / "run.py"), "--here", "--bin", binary, name],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=SECONDS, check=False,
        )
        output = done.stdout
    except subprocess.TimeoutExpired as late:
        output = (late.stdout or b"").decode("utf-8", "replace") + f"\n   FAILED {name}: not done after {SECONDS} s"
    lines = output.rstrip().split("\n")
    counts = lines.pop().split()[1:] if lines[-1].startswith("COUNTS ") else ["0", "1", "0"]
    text = "\n".join(lines).strip("\n")
    return name, round(time.monotonic() - start), [int(count) for count in counts], text


def main():
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("suite", nargs="*", help="suites to run; all of them where none is named")
    reader.add_argument("--bin", default=os.environ.get("SOLDER_BIN", str(HERE.parents[1] / "target" / "release" / "solder")))
    reader.add_argument("--jobs", type=int, default=2)
    reader.add_argument("--counts", help="a file for one line of counts a suite, for ./test")
    reader.add_argument("--here", action="store_true", help="run in this process, output as it comes")
    reader.add_argument("--list", action="store_true")
    told = reader.parse_args()
    if told.list:
        print("\n".join(SUITES))
        return 0
    wanted = told.suite or SUITES
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        reader.error(f"no such suite: {', '.join(unknown)}; there are {', '.join(SUITES)}")
    binary = str(pathlib.Path(told.bin).resolve())
    if told.here:
        return max([run_here(name, binary) for name in wanted])
    sums = [0, 0, 0]
    with ThreadPoolExecutor(told.jobs) as pool:
        for name, seconds, counts, text in pool.map(lambda name: run_apart(name, binary), wanted):
            if text:
                print(f"-- {name}\n{text}", flush=True)
            sums = [old + new for old, new in zip(sums, counts)]
            if told.counts:
                with open(told.counts, "a") as file:
                    print(name, seconds, *counts, file=file)
            else:
                print(f"== {name:12} {seconds:4}s  {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped", flush=True)
    if not told.counts:
        print(f"{sums[0]} passed, {sums[1]} failed, {sums[2]} skipped")
    return 1 if sums[1] else 0


if __name__ == "__main__":
    sys.exit(main())
