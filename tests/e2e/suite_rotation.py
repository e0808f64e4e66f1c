"""The master key is rotated beside a serving binary under a load of writes, killed with -9 again and again and resumed;
then the old key goes, and whoever starts with the new key alone opens everything."""

import http.client
import json
import random
import subprocess
import threading
import time

from harness import WATCH, Mcp, die_with_parent, equal, http_call, until

WRITERS, KILLS, BEFORE = 3, 8, 120


class Writer(threading.Thread):
    """One user who makes servers and credentials, and reads them all back: every answer has to be a good one."""

    def __init__(self, solder, number):
        super().__init__(daemon=True)
        self.solder, self.user, self.count = solder, f"turner-{number}", 0
        self.urls, self.credentials, self.fault = {}, set(), None
        self.going = threading.Event()
        self.going.set()

    def ask(self, method, path, body=None):
        answer = http_call(method, self.solder.url + path, self.solder.headers(user=self.user), body, timeout=30)
        assert answer.status < 300, f"{method} {path}: {answer!r}"
        return answer.json()

    def step(self):
        self.count += 1
        made = self.ask("POST", "/api/servers", {"name": f"{self.user} {self.count}"})
        self.urls[made["serverId"]] = made["accessUrl"]
        if self.count % 3 == 0:
            turned = self.ask("POST", f"/api/servers/{made['serverId']}/token")
            self.urls[made["serverId"]] = turned["accessUrl"]
        made = self.ask("POST", "/api/credentials", {
            "connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": f"xoxb-{self.user}-{self.count}"}})
        self.credentials.add(made["credentialId"])
        if self.count % 5 == 0:
            self.check()

    def whole(self, name):
        """A whole list, page by page."""
        items = []
        while True:
            page = self.ask("GET", f"/api/{name}?offset={len(items)}")
            items += page[name]
            if not page["hasMore"]:
                return items

    def check(self):
        """The list opens every token there is."""
        listed = self.whole("servers")
        equal({one["serverId"]: one["accessUrl"] for one in listed}, self.urls, f"the URLs of {self.user}")

    def run(self):
        try:
            while self.going.is_set():
                self.step()
        except (AssertionError, OSError, http.client.HTTPException) as fault:
            self.fault = f"{self.user}, step {self.count}: {fault}"


def killed_rotation(s, dice):
    """Begins a rotation and kills it at some moment; says whether it had ended by itself before."""
    begun = subprocess.Popen(
        [s.binary, "vault", "rotate", "--data-dir", str(s.data), "--json"], env=s.environment(), cwd=s.folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent,
    )
    # At first before the servers were told, then while they follow, then between any two batches.
    time.sleep(dice.choice([dice.uniform(0, 0.1), dice.uniform(0.1, 2), dice.uniform(2, 2.6)]))
    begun.kill()
    return begun.wait() == 0


def key_lines(s):
    return (s.data / "master.key").read_text().split()


def under_load(t, s, writers):
    dice = random.Random(20261125)
    first = key_lines(s)
    before = s.cli("vault", "verify")["keyId"]
    with t.case(f"{KILLS} kills of the rotation, with everything opening after each"):
        for number in range(KILLS):
            ended = killed_rotation(s, dice)
            lines = key_lines(s)
            assert lines[-1] == first[0] and len(lines) <= 2, f"after kill {number + 1} there are {len(lines)} keys"
            report = s.cli("vault", "verify")
            equal(report["unopened"], 0, f"after kill {number + 1}: {report['faults']}")
            equal([writer.fault for writer in writers], [None] * len(writers))
            if ended:
                break
    with t.case("the rotation goes on to its end"):
        rotated = s.cli("vault", "rotate")
        equal(rotated["notNeeded"], [before])
        assert rotated["keyId"] != before
        report = s.cli("vault", "verify")
        equal(list(report["keys"]), [rotated["keyId"]])
    with t.case("the old key goes while everybody works"):
        equal(s.cli("vault", "forget")["forgotten"], [before])
        equal(len(key_lines(s)), 1)
        assert key_lines(s) != first
        counts = [writer.count for writer in writers]
        until(lambda: all(writer.count > count + 2 or writer.fault for writer, count in zip(writers, counts)), 30, "the writers")
        equal([writer.fault for writer in writers], [None] * len(writers))
    return before, rotated["keyId"]


def run(t):
    with t.solder() as s:
        WATCH.keep("a typed key", "xoxb-turner-1-3")
        for number in range(BEFORE):
            s.create_server(f"before {number}")
        kept = s.create_server("kept")
        s.create_credential("slack", "bot_token", {"token": "xoxb-kept"})
        key = s.key
        writers = [Writer(s, number) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        try:
            before, after = under_load(t, s, writers)
        finally:
            for writer in writers:
                writer.going.clear()
            for writer in writers:
                writer.join(60)
        with t.case("a start with the new key alone opens everything, and every URL and key is as it was"):
            equal(s.stop(), 0)
            s.start()
            report = s.cli("vault", "verify")
            equal((report["unopened"], list(report["keys"])), (0, [after]))
            equal(Mcp(kept["accessUrl"].replace(kept["accessUrl"].split("/mcp/")[0], s.url)).legacy("ping").status, 200)
            equal(s.api("GET", "/api/servers", key=key).status, 200)
            for writer in writers:
                held = writer.whole("credentials")
                equal({one["credentialId"] for one in held}, writer.credentials, f"the credentials of {writer.user}")
                paths = {id: url.split("/mcp/")[1] for id, url in writer.urls.items()}
                listed = writer.whole("servers")
                equal({one["serverId"]: one["accessUrl"].split("/mcp/")[1] for one in listed}, paths)
        with t.case("neither the log nor the database holds a master key"):
            present = key_lines(s)[0]
            for path in [*s.data.glob("solder.db*")]:
                assert present.encode() not in path.read_bytes(), f"{path} holds the key"
            assert present not in s.log()
        t.note(f"{sum(writer.count for writer in writers)} steps of {WRITERS} writers; {json.dumps(report['keys'])}")
