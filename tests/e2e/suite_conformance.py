"""The public conformance suite against a token URL: the scenarios that need no fixture tools."""

import json
import pathlib
import re
import subprocess
import tempfile

from harness import MODERN, NODE, NODE_MODULES, ROOT, need

PROGRAM = NODE_MODULES / "@modelcontextprotocol/conformance/dist/index.js"
EXPECTED = ROOT / "tests/conformance/expected-failures.yml"

# Scenario and the revisions whose wire it is run on.
SCENARIOS = [
    ("server-stateless", [MODERN]),
    ("http-header-validation", [MODERN]),
    ("caching", [MODERN]),
    ("dns-rebinding-protection", ["2025-11-25", MODERN]),
    ("tools-list", ["2025-06-18", "2025-11-25", MODERN]),
    ("resources-list", ["2025-06-18", "2025-11-25", MODERN]),
    ("prompts-list", ["2025-06-18", "2025-11-25", MODERN]),
    ("server-initialize", ["2025-06-18", "2025-11-25"]),
    ("ping", ["2025-06-18", "2025-11-25"]),
    ("server-session-lifecycle", ["2025-03-26", "2025-06-18", "2025-11-25"]),
]


def run_scenario(url, scenario, revision):
    """The number of checks that held, and what the program said where something did not."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [need(NODE), need(PROGRAM), "server", "--url", url, "--scenario", scenario, "--spec-version", revision,
             "--output-dir", folder, "--expected-failures", str(EXPECTED)],
            capture_output=True, text=True, timeout=180, check=False, stdin=subprocess.DEVNULL,
        )
        checks = [check for file in pathlib.Path(folder).rglob("checks.json") for check in json.loads(file.read_text())]
    text = re.sub(r"\x1b\[\d+m", "", done.stdout + done.stderr)
    return done.returncode, checks, text


def told(checks, text):
    """The failed checks with their reasons, and the program's own summary; not its explanations."""
    bad = [f"{check['id']}: {check['status']} {check.get('errorMessage') or check.get('details') or ''}"
           for check in checks if check["status"] not in ("SUCCESS", "SKIPPED", "INFO")]
    summary = [line for line in text.splitlines() if line.strip().startswith(("~", "✓", "✗", "Passed:"))]
    return "\n      ".join([*bad, *summary]) or text[-1500:]


def run(t):
    held = 0
    with t.solder() as s:
        server = s.create_server("Conformance")
        for scenario, revisions in SCENARIOS:
            for revision in revisions:
                with t.case(f"{scenario} on {revision}"):
                    code, checks, text = run_scenario(server["accessUrl"], scenario, revision)
                    assert checks, f"nothing was checked: {text[-1500:]}"
                    good = sum(check["status"] == "SUCCESS" for check in checks)
                    assert code == 0, told(checks, text)
                    assert good, f"no check held: {told(checks, text)}"
                    held += good
        with t.case("the four checks that need fixtures are named, and no other"):
            named = re.findall(r"^\s*- (\S+)", EXPECTED.read_text(), re.M)
            assert len(named) == 4 and all(name.startswith("server-stateless:") for name in named), named
    t.note(f"{held} checks held")
