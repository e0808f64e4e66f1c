"""The same over PostgreSQL: the old client, the isolation of accounts, the rotation of the master key, and two copies of the
binary on one database."""

import contextlib
import glob
import itertools
import os
import pathlib
import pwd
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import suite_isolation
import suite_oldclient
import suite_own
import suite_rotation
from browser import Browser
from harness import WATCH, Mcp, NotRun, Solder, equal, free_port, until
from leaks import files
from platform_double import Platform
from standins import short_lived, sign_in_at_provider
from suite_oauth import begin


class Database:
    """A PostgreSQL server in a folder of its own, as a user that is not root; gives new, empty databases."""

    def __init__(self, folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise NotRun("PostgreSQL is not installed (Debian's package postgresql)")
        self.programs, self.folder, self.port = pathlib.Path(found[-1]), folder, free_port()
        self.count = itertools.count(1)
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)

    def run(self, program, *args):
        lead = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        done = subprocess.run([*lead, str(self.programs / program), *args], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, f"{program}: {done.stdout}"

    def __enter__(self):
        data = f"{self.folder}/data"
        self.run("initdb", "-D", data, "-U", "solder", "--auth=trust", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder} -c fsync=off"
        # Its log goes to a file: a pipe that it inherits would never end.
        self.run("pg_ctl", "-D", data, "-w", "-l", f"{self.folder}/log", "-o", options, "start")
        return self

    def __exit__(self, *_):
        with contextlib.suppress(AssertionError):
            self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "fast", "stop")
        WATCH.search_files(files(pathlib.Path(self.folder)))

    def new(self):
        name = f"solder{next(self.count)}"
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "solder", name)
        return f"postgres://solder@127.0.0.1:{self.port}/{name}"


def two_copies(t):
    """What one copy changes holds at the other within a second, and both know every session."""
    with t.solder() as one:
        two = Solder(one.binary, command="serve", env={**one.env, "SOLDER_MASTER_KEY_FILE": str(one.data / "master.key")})
        try:
            two.start()
            two.key = one.key
            server = one.create_server("Shared")
            path = server["accessUrl"].removeprefix(one.url)
            here, there = Mcp(one.url + path), Mcp(two.url + path)
            with t.case("a server that one copy made is served by the other"):
                equal((here.legacy("tools/list").status, there.legacy("tools/list").status), (200, 200))
            with t.case("a session of one copy is known to the other, and its end too"):
                opened = here.legacy("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}})
                session = {"mcp-session-id": opened.headers["mcp-session-id"]}
                equal(there.legacy("ping", headers=session).status, 200)
            with t.case("what one copy restricts, rotates and deletes holds at the other within a second"):
                one.api("PUT", f"/api/servers/{server['serverId']}", {"restrictions": {"connectors": {"mode": "allowlist", "allowedIds": ["slack"]}}})
                until(lambda: there.ask("list_connectors")["count"] == 1, 1.5, "the restriction")
                one.api("POST", f"/api/servers/{server['serverId']}/token")
                until(lambda: there.legacy("ping").status == 401, 1.5, "the end of the token")
                two.api("DELETE", f"/api/servers/{server['serverId']}")
                equal(one.api("GET", f"/api/servers/{server['serverId']}").status, 404)
            with t.case("a key that the command line revokes ends at both"):
                made = one.cli("keys", "create", "--user", "both")
                until(lambda: two.api("GET", "/api/servers", key=made["apiKey"]).status == 200, 2, "the key")
                one.cli("keys", "revoke", made["keyId"])
                until(lambda: {copy.api("GET", "/api/servers", key=made["apiKey"]).status for copy in (one, two)} == {401}, 1.5, "its end")
            with t.case("both copies stop with 0"):
                equal((two.stop(), one.stop()), (0, 0))
        finally:
            two.remove()


def own_connectors(t):
    """A connector that one copy stores, changes and deletes is the other's too."""
    with Platform() as platform, t.solder(env=suite_own.HERE_TOO) as one:
        two = Solder(one.binary, command="serve", env={**one.env, "SOLDER_MASTER_KEY_FILE": str(one.data / "master.key")})
        try:
            two.start()
            two.key = one.key

            def status(action):
                return suite_own.run_action(two, action).status

            with t.case("a connector that one copy stores is called through the other"):
                equal(status("widgets"), 404, "what is absent is remembered there")
                suite_own.put(one, suite_own.file(platform.url, "widgets"), 201)
                one.create_credential("acme", "token", {"token": "accounts-token-2"})
                until(lambda: status("widgets") == 200, 1.5, "the connector")
            with t.case("its next version holds at the other within a second"):
                suite_own.put(one, suite_own.file(platform.url, "gadgets"), 200)
                until(lambda: (status("gadgets"), status("widgets")) == (200, 404), 1.5, "the version")
            with t.case("a version that leads elsewhere ends the credential at the other, and nothing is sent to the new place"):
                with Platform() as elsewhere:
                    equal(suite_own.put(one, suite_own.file(elsewhere.url, "gadgets"), 200)["toReconnect"], 1)
                    until(lambda: suite_own.run_action(two, "gadgets").json().get("error", {}).get("code") == "PLATFORM_RECONNECT", 1.5, "the end")
                    equal(elsewhere.calls, [])
            with t.case("its deletion holds at the other within a second, with its credentials"):
                one.api("DELETE", "/api/connectors/acme")
                until(lambda: two.api("GET", "/api/connectors/acme").status == 404, 1.5, "the deletion")
                equal((status("gadgets"), two.api("GET", "/api/credentials").json()["total"]), (404, 0))
        finally:
            two.remove()


def one_refresh(t):
    """A token that ended is refreshed once, though callers of both copies need it at the same time."""
    with Browser() as browser, short_lived(t, access=4) as (idp, one):
        two = Solder(one.binary, command="serve", env={**one.env, "SOLDER_MASTER_KEY_FILE": str(one.data / "master.key")})
        try:
            two.start()
            path = one.server["accessUrl"].removeprefix(one.url)
            clients = [Mcp(copy.url + path) for copy in (one, two)]

            def refreshes():
                return [line for line in idp.lines if line.get("grant") == "refresh_token"]

            with t.case("a token that ended is refreshed once for forty calls at two copies, three times over"):
                page = browser.page(script=False)
                page.goto(begin(clients[0], "standin_oidc"))
                sign_in_at_provider(page, "ada")
                for _ in range(3):
                    time.sleep(4.2)
                    before = len(refreshes())
                    with ThreadPoolExecutor(40) as pool:
                        people = list(pool.map(lambda number: clients[number % 2].execute("standin_oidc", "me")["sub"], range(40)))
                    equal(set(people), {"ada"})
                    equal(len(refreshes()) - before, 1)
                assert all(line["status"] == 200 for line in refreshes()), refreshes()
        finally:
            two.remove()


def run(t):
    with tempfile.TemporaryDirectory() as folder, Database(folder) as database:
        t.new_database = database.new
        two_copies(t)
        own_connectors(t)
        suite_oldclient.run(t)
        suite_isolation.run(t)
        one_refresh(t)
        suite_rotation.run(t)
