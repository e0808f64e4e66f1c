"""What the tools do, over REST: connectors, their actions, and executing them by the same rules."""

import json
import urllib.parse

from harness import Mcp, contains, equal, http_call

EXECUTE = "/api/connectors/slack/actions/users_list/execute"


def segment(action):
    """An action's id as one segment of a path."""
    return urllib.parse.quote(action, safe="")


def listing(t, s):
    client = s.mcp()
    with t.case("REST lists the connectors that the tool lists, by category too"):
        told = client.ask("list_connectors")["connectors"]
        listed = s.api("GET", "/api/connectors").json()
        equal([(one["id"], one["name"], one["categories"]) for one in listed["connectors"]], [(one["id"], one["name"], one["category"]) for one in told])
        equal((listed["count"], listed["total"], listed["limit"], listed["offset"], listed["hasMore"]), (len(told), len(told), 1000, 0, False))
        category = next(one for one in told if one["id"] == "slack")["category"][0]
        some = s.api("GET", "/api/connectors?category=" + urllib.parse.quote(category)).json()
        equal([one["id"] for one in some["connectors"]], [one["id"] for one in client.ask("list_connectors", {"category": category})["connectors"]])
    with t.case("the pages of the list are the list, and words find what fits first"):
        whole = [one["id"] for one in s.api("GET", "/api/connectors").json()["connectors"]]
        pages = [s.api("GET", f"/api/connectors?limit=2&offset={offset}").json() for offset in range(0, len(whole), 2)]
        equal([one["id"] for page in pages for one in page["connectors"]], whole)
        equal([page["hasMore"] for page in pages], [True] * (len(pages) - 1) + [False])
        for words, wanted in [("git", "github"), ("Not", "notion"), ("open a bug report in my repository", "github")]:
            found = s.api("GET", "/api/connectors?query=" + urllib.parse.quote(words)).json()["connectors"]
            equal(found[0]["id"], wanted, words)
        equal(s.api("GET", "/api/connectors?query=qqqqzzzz").json()["total"], 0)
    with t.case("every connector and every action is shown, and as the tools show them"):
        seen = 0
        for connector in whole:
            view = s.api("GET", f"/api/connectors/{connector}").json()
            resources = client.ask("get_connector_resources", {"connectorId": connector})["resources"]
            actions = [action for resource in view["resources"] for action in resource["actions"]]
            equal([action["id"] for action in actions], [action["id"] for resource in resources for action in resource["actions"]])
            equal(view["waysToConnect"], client.ask("get_credential_metadata", {"connectorId": connector})["metadata"])
            for action in actions:
                contains(["read", "write", "destructive"], action["kind"])
                shown = s.api("GET", f"/api/connectors/{connector}/actions/{segment(action['id'])}")
                equal(shown.json(), client.ask("get_action_details", {"connectorId": connector, "actionId": action["id"]}), action["id"])
                seen += 1
        assert seen > 50, seen
    with t.case("unknown names are answered with the nearest, and with endpoints, not tools"):
        for path, code, near in [("slak", "CONNECTOR_NOT_FOUND", "slack"), ("github/actions/issues%2Fcraete", "ACTION_NOT_FOUND", "issues/create")]:
            error = s.api("GET", "/api/connectors/" + path).error(404, code)
            contains(error["details"]["didYouMean"], near)
            contains(error["details"]["hint"], "GET /api/connectors")
            assert "_alloy" not in json.dumps(error), error


def executing(t, s, platform):
    user = "catalogue"
    credential = s.create_credential(user=user, fields={"token": "xoxb-catalogue"})
    platform.script["users.list"] = {"json": {"ok": True, "members": [{"id": "U1", "name": "ana"}]}}
    with t.case("an action is executed by its path and by its body, as the tool does it"):
        told = Mcp(s.server["url"], s.headers(user=user)).execute("slack", "users_list", {"limit": 3})
        for path, body in [(EXECUTE, {"parameters": {"limit": 3}}), ("/api/connectors/slack/execute", {"actionId": "users_list", "parameters": {"limit": 3}})]:
            answer = s.api("POST", path, body, user=user)
            equal((answer.status, answer.headers["x-cache-hit"]), (200, "false"))
            equal(answer.json(), told)
            equal({name.lower(): value for name, value in platform.calls[-1][2].items()}["authorization"], "Bearer xoxb-catalogue")
        equal(http_call("POST", s.url + EXECUTE, s.headers(user=user)).status, 200, "without a body")
    with t.case("long lists come cut, as they do to models"):
        platform.script["users.list"] = {"json": {"ok": True, "members": [{"id": f"U{number}"} for number in range(40)]}}
        answer = s.api("POST", EXECUTE, user=user).json()
        equal((len(answer["data"]), answer["metadata"]["originalCount"]), (25, 40))
    with t.case("a credential is named by header or body; another user's is unknown"):
        for how in [{"body": {"credentialId": credential}}, {"headers": {"x-credential-id": credential}}]:
            equal(s.api("POST", EXECUTE, how.get("body", {}), user=user, headers=how.get("headers")).status, 200)
            error = s.api("POST", EXECUTE, how.get("body", {}), user="someone-else", headers=how.get("headers")).error(400, "CREDENTIAL_NOT_FOUND")
            assert "_alloy" not in json.dumps(error), error
        error = s.api("POST", EXECUTE, {"credentialId": "0" * 24}, user=user, headers={"x-credential-id": credential}).error(400, "INVALID_REQUEST")
        equal(error["details"]["field"], "credentialId")
    with t.case("a platform's refusal has the status of its code"):
        for script, status, code in [({"json": {"ok": False, "error": "channel_not_found"}}, 404, "PLATFORM_NOT_FOUND"), ({"json": {"ok": False, "error": "invalid_auth"}}, 401, "PLATFORM_RECONNECT"),
                                     ({"status": 500, "text": ""}, 502, "PLATFORM_ERROR")]:
            platform.script["conversations.info"] = script
            answer = s.api("POST", "/api/connectors/slack/execute", {"actionId": "conversations_info", "parameters": {"channel": "C1"}}, user=user)
            answer.error(status, code)
            assert "www-authenticate" not in answer.headers, answer.header_list
        platform.script["conversations.info"] = {"status": 429, "json": {"ok": False, "error": "ratelimited"}, "headers": {"retry-after": "120"}}
        answer = s.api("POST", "/api/connectors/slack/execute", {"actionId": "conversations_info", "parameters": {"channel": "C1"}}, user=user)
        answer.error(429, "PLATFORM_RATE_LIMITED")
        equal(answer.headers["retry-after"], "120")


def restricted(t, s):
    user = "catalogue"
    narrow = s.create_server("Narrow", user=user, restrictions={
        "permissions": [{"connector": "slack", "actions": ["users_*"]}], "users": {"mode": "allowlist", "allowedIds": [user]}})["serverId"]
    ways = [lambda path: (path, {"x-mcp-server-id": narrow}), lambda path: (f"{path}?serverId={narrow}", {})]
    with t.case("a named server's restrictions hold over REST"):
        for way in ways:
            path, headers = way("/api/connectors")
            equal([one["id"] for one in s.api("GET", path, user=user, headers=headers).json()["connectors"]], ["slack"])
            path, headers = way("/api/connectors/slack")
            view = s.api("GET", path, user=user, headers=headers).json()
            assert all(action["id"].startswith("users_") for resource in view["resources"] for action in resource["actions"]), view
            path, headers = way("/api/connectors/slack/actions/chat_postMessage")
            s.api("GET", path, user=user, headers=headers).error(404, "ACTION_NOT_FOUND")
            path, headers = way("/api/connectors/slack/actions/chat_postMessage/execute")
            s.api("POST", path, {"parameters": {"channel": "C1", "text": "x"}}, user=user, headers=headers).error(403, "FORBIDDEN")
            path, headers = way("/api/connectors/github/execute")
            s.api("POST", path, {"actionId": "repos/get"}, user=user, headers=headers).error(403, "FORBIDDEN")
            path, headers = way(EXECUTE)
            equal(s.api("POST", path, {}, user=user, headers=headers).status, 200)
            s.api("POST", path, {}, user="outside", headers=headers).error(403, "FORBIDDEN")
        s.api("POST", "/api/connectors/slack/execute", {"actionId": "chat_postMessage", "serverId": narrow}, user=user).error(403, "FORBIDDEN")
        s.api("POST", EXECUTE, {"serverId": narrow}, user="outside").error(403, "FORBIDDEN")
    with t.case("another account's server is unknown, as one that never was"):
        other = s.cli("accounts", "create", "catalogue-other")["key"]["apiKey"]
        foreign = s.api("GET", f"/api/connectors?serverId={narrow}", key=other).error(404, "NOT_FOUND")
        equal(s.api("GET", "/api/connectors?serverId=never-was-a1b2c3d4", key=other).error(404, "NOT_FOUND"), foreign)
        s.api("POST", EXECUTE, {"serverId": narrow}, key=other).error(404, "NOT_FOUND")


def renaming(t, s):
    with t.case("a credential is renamed by its user alone"):
        id = s.create_credential(user="renamer", name="Before")
        path = f"/api/credentials/{id}"
        equal(s.api("PUT", path, {"name": "After"}, user="renamer").json()["name"], "After")
        equal(s.api("GET", path, user="renamer").json()["name"], "After")
        s.api("PUT", path, {"name": "Stolen"}, user="not-the-renamer").error(400, "CREDENTIAL_NOT_FOUND")
        error = s.api("PUT", path, {"name": "", "fields": {"token": "x"}}, user="renamer").error(400, "INVALID_REQUEST")
        equal([fault["field"] for fault in error["details"]["faults"]], ["name", "fields"])
        done = Mcp(s.server["url"], s.headers(user="renamer")).execute("solder", "update-credential", {"credentialId": id, "name": "By action"})
        equal(done["name"], "By action")


def run(t, s, platform):
    for part, *more in [(listing,), (executing, platform), (restricted,), (renaming,)]:
        with t.case(f"{part.__name__} over REST runs to its end"):
            part(t, s, *more)
