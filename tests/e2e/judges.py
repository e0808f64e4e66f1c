"""Judges of requests that stand in processes of their own, since what they are made of is not on every machine's path."""

import json
import subprocess

from harness import ROOT, die_with_parent, shorten

HERE = ROOT / "tests" / "e2e"


def ask(command, lines, seconds=300):
    """Gives a program lines of JSON and gets one for each."""
    done = subprocess.run(
        [str(part) for part in command], input="".join(json.dumps(line) + "\n" for line in lines), capture_output=True, text=True,
        timeout=seconds, check=False, preexec_fn=die_with_parent, cwd=HERE,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(answers) == len(lines), f"{command[1]} answered {len(answers)} of {len(lines)}: {done.stderr[-1500:]}"
    return answers


def told(command, seconds=120):
    """What a program that asks for nothing tells, as lines of JSON."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=seconds, check=False, preexec_fn=die_with_parent, cwd=HERE,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0 and lines, f"{command[1:]} ended with {done.returncode}: {done.stderr[-1500:]}"
    return lines


def check(line, what):
    """A judge's answer: the request is right, and each thing that it needs was missed when it was taken out."""
    assert not line["faults"], f"{what}: {shorten(json.dumps(line['faults']), 900)}"
    passed = [name for name, refused in line["controls"].items() if not refused]
    assert not passed, f"the judge lets {what} through without {passed}"
