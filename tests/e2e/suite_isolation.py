"""Nobody ever sees or changes what is not theirs: random operations of several accounts, users and keys, against a plain model."""

import random

import harness
from harness import Mcp, equal, until

STEPS = 1500


class Model:
    """Who owns what: (account, user) to the ids of servers and credentials."""

    def __init__(self):
        self.servers, self.credentials = {}, {}

    def of(self, things, account, user):
        return sorted(id for id, (owner_account, owner, _) in things.items() if (owner_account, owner) == (account, user))


class Actor:
    """A key, the account and user behind it, and the user it names in a request (or none)."""

    def __init__(self, account, key, own, bound):
        self.account, self.key, self.own, self.bound = account, key, own, bound

    def choose(self, dice, users):
        """The user named in the header (None: none), and the one who acts (None: refused)."""
        named = dice.choice([None, None, *users])
        if named is None:
            return None, self.own
        return named, None if self.bound and named != self.own else named


def population(s):
    actors = []
    for account in ["isolation-a", "isolation-b", "isolation-c"]:
        first = s.cli("accounts", "create", account, "--user", "ann")
        actors.append(Actor(account, first["key"]["apiKey"], "ann", False))
        for user, flags in [("bob", []), ("ann", ["--user-bound"]), ("cid", ["--user-bound", "--role", "member"])]:
            made = s.cli("keys", "create", "--account", account, "--user", user, *flags)
            actors.append(Actor(account, made["apiKey"], user, "--user-bound" in flags))
    for actor in actors:
        until(lambda actor=actor: s.api("GET", "/api/servers", key=actor.key).status == 200, 3, "a key")
    return actors


def expected(model_entry, account, user):
    """What management answers for somebody else's thing."""
    if model_entry is None or model_entry[0] != account:
        return 404
    return 200 if model_entry[1] == user else 403


def step(s, dice, model, actors, number):
    actor = dice.choice(actors)
    named, user = actor.choose(dice, ["ann", "bob", "cid", "dee"])

    def api(method, path, body=None):
        return s.api(method, path, body, key=actor.key, user=named)

    if user is None:
        api("GET", "/api/servers").error(403, "FORBIDDEN")
        equal(api("POST", "/api/servers", {"name": f"n{number}"}).status, 403)
        return
    chosen, any_server = dice.random(), dice.choice([*model.servers, "nobody-a1b2c3d4"])
    any_credential = dice.choice([*model.credentials, "0" * 24])
    entry, held = model.servers.get(any_server), model.credentials.get(any_credential)
    if chosen < 0.25:
        made = api("POST", "/api/servers", {"name": f"n{number}", "isPublic": dice.random() < 0.3})
        equal(made.status, 201, f"{made!r}")
        model.servers[made.json()["serverId"]] = (actor.account, user, made.json()["accessUrl"])
    elif chosen < 0.35:
        made = api("POST", "/api/credentials", {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": "xoxb-x"}})
        equal(made.status, 201, f"{made!r}")
        model.credentials[made.json()["credentialId"]] = (actor.account, user, None)
    elif chosen < 0.5:
        equal(sorted(one["serverId"] for one in api("GET", "/api/servers").json()["servers"]), model.of(model.servers, actor.account, user))
        equal(sorted(one["credentialId"] for one in api("GET", "/api/credentials").json()["credentials"]), model.of(model.credentials, actor.account, user))
    elif chosen < 0.6:
        equal(api("GET", f"/api/servers/{any_server}").status, expected(entry, actor.account, user))
        equal(api("GET", f"/api/credentials/{any_credential}").status in (200,), held is not None and held[:2] == (actor.account, user))
    elif chosen < 0.7:
        equal(api("PUT", f"/api/servers/{any_server}", {"description": f"{actor.account}/{user}"}).status, expected(entry, actor.account, user))
    elif chosen < 0.76:
        answer = api("POST", f"/api/servers/{any_server}/token")
        equal(answer.status, expected(entry, actor.account, user))
        if answer.status == 200:
            equal(Mcp(entry[2]).legacy("ping").status, 401, "the old token")
            model.servers[any_server] = (*entry[:2], answer.json()["accessUrl"])
    elif chosen < 0.82:
        status = api("DELETE", f"/api/servers/{any_server}").status
        equal(status, expected(entry, actor.account, user))
        if status == 200:
            del model.servers[any_server]
            equal(Mcp(entry[2]).legacy("ping").status, 401, "the deleted server's token")
    elif chosen < 0.86:
        mine = held is not None and held[:2] == (actor.account, user)
        equal(api("DELETE", f"/api/credentials/{any_credential}").status == 200, mine)
        if mine:
            del model.credentials[any_credential]
    else:
        over_mcp(s, dice, model, actor, named, user, any_server, any_credential)


def over_mcp(s, dice, model, actor, named, user, server, credential):
    """The same over MCP: by API authentication, and by the token URL with and without the bearer."""
    entry = model.servers.get(server)
    client = Mcp(f"{s.url}/mcp/{server}", s.headers(actor.key, named))
    if entry is None or entry[0] != actor.account:
        equal(client.legacy("tools/list").status, 404)
        if entry:
            equal(Mcp(entry[2], s.headers(actor.key, named)).legacy("tools/list").status, 401, "a foreign key on a token URL")
        return
    listed = client.ask("get_credentials", {})["credentials"]
    equal(sorted(one["credentialId"] for one in listed), model.of(model.credentials, actor.account, user))
    if model.credentials.get(credential, (None, None))[:2] != (actor.account, user):
        client.refused("execute_action", {"connectorId": "slack", "actionId": "auth_test", "credentialId": credential}, "CREDENTIAL_NOT_FOUND")
    servers = client.execute("solder", "list-servers", {"limit": 20})
    if isinstance(servers, dict):
        servers = servers.get("data") or servers.get("samples") or []
    shown = {one["serverId"] for one in servers}
    assert shown <= set(model.of(model.servers, actor.account, user)), shown
    by_token = Mcp(entry[2]).ask("get_credentials", {})["credentials"]
    equal(sorted(one["credentialId"] for one in by_token), model.of(model.credentials, entry[0], entry[1]), "by the token URL its owner acts")


def run(t):
    harness.FRESH_ADDRESSES = True
    for seed in [1, 2]:
        dice = random.Random(seed)
        with t.solder(env={"SOLDER_CONNECTOR_SLACK_BASE_URL": "http://127.0.0.1:9", "SOLDER_TRUSTED_PROXIES": "127.0.0.1/32"}) as s:
            actors, model = population(s), Model()
            with t.case(f"{STEPS} random steps of {len(actors)} keys, seed {seed}"):
                for number in range(STEPS):
                    try:
                        step(s, dice, model, actors, number)
                    except AssertionError as fault:
                        raise AssertionError(f"step {number}: {fault}") from fault
            t.note(f"seed {seed}: {len(model.servers)} servers and {len(model.credentials)} credentials at the end")
