"""kill -9 at random moments under a mixed load of writes: every acknowledged write is there afterwards."""

import http.client
import random
import shutil
import sqlite3
import subprocess
import threading
import time

from harness import Mcp, die_with_parent, equal, http_call, until

ROUNDS, WRITERS = 50, 4


class Lost(Exception):
    """The connection broke, as it does when the process is killed."""


class Writer:
    """One user who writes and remembers what was acknowledged.

    `known` maps a thing to the states that it may be in: one after an acknowledged write, two (before and after) where
    the kill came between. An absent thing has the state None.
    """

    def __init__(self, solder, number):
        self.solder, self.user = solder, f"writer-{number}"
        self.random = random.Random(number)
        self.servers, self.credentials, self.unsure = {}, {}, set()
        self.count = self.acknowledged = 0

    def ask(self, method, path, body=None):
        try:
            answer = http_call(method, self.solder.url + path, self.solder.headers(user=self.user), body, timeout=20)
        except (OSError, http.client.HTTPException) as broken:
            raise Lost from broken
        assert answer.status < 300, f"{method} {path}: {answer!r}"
        self.acknowledged += 1
        return answer.json()

    def step(self):
        self.count += 1
        settled = [id for id, states in self.servers.items() if len(states) == 1 and states[0]]
        chosen = self.random.random()
        if chosen < 0.4 or not settled:
            self.create_server(f"{self.user}-{self.count}")
        elif chosen < 0.6:
            self.change_server(self.random.choice(settled))
        elif chosen < 0.7:
            self.rotate(self.random.choice(settled))
        elif chosen < 0.8 and len(settled) > 3:
            self.delete_server(self.random.choice(settled))
        elif chosen < 0.93 or not self.held():
            self.create_credential(f"{self.user}-c{self.count}")
        else:
            self.delete_credential(self.random.choice(self.held()))

    def held(self):
        return [id for id, states in self.credentials.items() if len(states) == 1 and states[0]]

    def create_server(self, name):
        self.unsure.add(name)
        made = self.ask("POST", "/api/servers", {"name": name, "description": "new"})
        self.unsure.discard(name)
        self.servers[made["serverId"]] = [(name, "new", made["accessUrl"])]

    def change_server(self, id):
        name, old, url = self.servers[id][0]
        new = f"changed {self.count}"
        self.servers[id] = [(name, old, url), (name, new, url)]
        self.ask("PUT", f"/api/servers/{id}", {"description": new})
        self.servers[id] = [(name, new, url)]

    def rotate(self, id):
        name, description, url = self.servers[id][0]
        self.servers[id] = [(name, description, url), (name, description, "any")]
        made = self.ask("POST", f"/api/servers/{id}/token")
        self.servers[id] = [(name, description, made["accessUrl"])]

    def delete_server(self, id):
        self.servers[id] = [self.servers[id][0], None]
        self.ask("DELETE", f"/api/servers/{id}")
        self.servers[id] = [None]

    def create_credential(self, name):
        self.unsure.add(name)
        made = self.ask("POST", "/api/credentials", {
            "connectorId": "slack", "authenticationType": "bot_token", "name": name, "fields": {"token": "xoxb-kill"}})
        self.unsure.discard(name)
        self.credentials[made["credentialId"]] = [name]

    def delete_credential(self, id):
        self.credentials[id] = [*self.credentials[id], None]
        self.ask("DELETE", f"/api/credentials/{id}")
        self.credentials[id] = [None]

    def verify(self):
        """What is there now is what was acknowledged; what was in doubt settles."""
        served = {one["serverId"]: (one["name"], one["description"], one["accessUrl"]) for one in self.whole("/api/servers", "servers")}
        for id, states in self.servers.items():
            there = served.pop(id, None)
            fits = any(
                there == state or (there and state and state[2] == "any" and there[:2] == state[:2]) for state in states
            )
            assert fits, f"server {id} is {there}, and may be {states}"
            self.servers[id] = [there]
        for id, state in served.items():
            assert state[0] in self.unsure, f"server {id} {state} was never asked for"
            self.servers[id] = [state]
        held = {one["credentialId"]: one["name"] for one in self.whole("/api/credentials", "credentials")}
        for id, states in self.credentials.items():
            there = held.pop(id, None)
            assert there in states, f"credential {id} is {there}, and may be {states}"
            self.credentials[id] = [there]
        for id, name in held.items():
            assert name in self.unsure, f"credential {id} {name} was never asked for"
            self.credentials[id] = [name]
        self.credentials = {id: states for id, states in self.credentials.items() if states != [None]}
        self.unsure.clear()

    def whole(self, path, name):
        found = []
        while True:
            page = self.ask("GET", f"{path}?limit=1000&offset={len(found)}")
            found += page[name]
            if not page.get("hasMore"):
                return found

    def check_token(self):
        """A living server's token opens it, and a deleted one's does not."""
        for id, states in self.random.sample(sorted(self.servers.items()), min(6, len(self.servers))):
            if states[0]:
                equal(Mcp(states[0][2]).legacy("ping").status, 200, f"the token of {id}")

    def write_until_killed(self, faults):
        try:
            while True:
                self.step()
        except Lost:
            pass
        except Exception as fault:
            faults.append(f"{self.user}: {fault}")


def one_round(s, writers, dice):
    faults = []
    threads = [threading.Thread(target=writer.write_until_killed, args=(faults,)) for writer in writers]
    for thread in threads:
        thread.start()
    time.sleep(dice.uniform(0.02, 0.35))
    s.kill()
    for thread in threads:
        thread.join(30)
    assert not faults, faults
    s.start()
    for writer in writers:
        writer.verify()
        writer.check_token()


def first_starts(t):
    """A kill at any moment of the very first start leaves a folder that the next start takes up."""
    dice = random.Random(7)
    with t.case("twenty kills during the first start"):
        for _ in range(20):
            with t.solder() as s:
                equal(s.stop(), 0)
                shutil.rmtree(s.data)
                begun = subprocess.Popen(
                    [s.binary, "up", "--listen", "127.0.0.1:0", "--data-dir", str(s.data), "--json"], env=s.environment(), cwd=s.folder,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent,
                )
                time.sleep(dice.uniform(0, 0.1))
                begun.kill()
                begun.wait()
                s.key = s.server = None
                s.start()
                # Where the kill came after the key was made and before it was shown, the operator makes another.
                key = s.key or s.cli("keys", "create", "--role", "admin")["apiKey"]
                until(lambda: s.api("GET", "/api/servers", key=key).status == 200, 2, "the key")
                made = s.create_server("After all", key=key)
                equal(Mcp(made["accessUrl"]).legacy("ping").status, 200)


def run(t):
    first_starts(t)
    dice = random.Random(20261122)
    with t.solder() as s:
        writers = [Writer(s, number) for number in range(WRITERS)]
        for number in range(ROUNDS):
            with t.case(f"kill {number + 1}"):
                one_round(s, writers, dice)
        with t.case("the audit log and the database are whole"):
            equal(s.stop(), 0)
            for path in s.data.glob("*.db"):
                with sqlite3.connect(path) as database:
                    equal(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")
                    equal(database.execute("PRAGMA foreign_key_check").fetchall(), [])
    t.note(f"{ROUNDS} kills, {sum(writer.acknowledged for writer in writers)} acknowledged requests, "
           f"{sum(len(writer.servers) for writer in writers)} servers")
