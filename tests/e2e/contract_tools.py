"""Part 7 of the contract from outside: the eight tools, the choice of a credential, and Solder's own connector."""

import json

from harness import Mcp, contains, equal, is_time, until
from platform_double import Platform

MODERN_CALL = {"connectorId": "slack", "actionId": "users_list"}


def catalogue(t, client):
    with t.case("list_connectors lists, filters by category and says how many"):
        listed = client.ask("list_connectors", {})
        ids = [connector["id"] for connector in listed["connectors"]]
        for id in ["slack", "github", "hubspot", "notion", "solder"]:
            contains(ids, id)
        for connector in listed["connectors"]:
            assert connector["name"] and isinstance(connector["category"], list) and connector["category"], connector
        equal(listed["count"], len(ids))
        equal(listed["message"], f"Found {len(ids)} available connectors")
        equal(client.ask("list_connectors"), listed, "without any arguments")
        category = listed["connectors"][ids.index("slack")]["category"][0]
        some = client.ask("list_connectors", {"category": category})
        contains([connector["id"] for connector in some["connectors"]], "slack")
        assert all(category in connector["category"] for connector in some["connectors"])
        equal(client.ask("list_connectors", {"category": "no-such-category"})["count"], 0)
    with t.case("get_connector_resources groups the actions"):
        resources = client.ask("get_connector_resources", {"connectorId": "slack"})["resources"]
        actions = {action["id"]: action for resource in resources for action in resource["actions"]}
        for id in ["chat_postMessage", "users_list", "conversations_list"]:
            assert actions[id]["name"] and actions[id]["description"], actions[id]
        error = client.refused("get_connector_resources", {"connectorId": "slac"}, "CONNECTOR_NOT_FOUND")
        contains(json.dumps(error), "slack", "the nearest name")
        client.refused("get_connector_resources", {"connectorId": "Slack"}, "CONNECTOR_NOT_FOUND")
    with t.case("get_action_details describes the call, with a sample"):
        answer = client.ask("get_action_details", {"connectorId": "github", "actionId": "issues/create"})
        action = answer["action"]
        for name in ["id", "displayName", "description", "path"]:
            assert action[name], f"{name} is empty"
        equal((action["id"], action["httpMethod"]), ("issues/create", "post"))
        for parameter in action["parameters"]:
            assert {"name", "in", "description", "required", "schema"} <= set(parameter), parameter
        contains([(parameter["name"], parameter["in"]) for parameter in action["parameters"]], ("owner", "path"))
        contains(json.dumps(action["requestBody"]), "title")
        assert "sample" in json.dumps(answer).lower(), sorted(answer)
        error = client.refused("get_action_details", {"connectorId": "github", "actionId": "issues/creat"}, "ACTION_NOT_FOUND")
        contains(json.dumps(error), "issues/create")
        client.refused("get_action_details", {"connectorId": "slack", "actionId": "CHAT_POSTMESSAGE"}, "ACTION_NOT_FOUND")
    with t.case("get_credential_metadata says what to give"):
        metadata = client.ask("get_credential_metadata", {"connectorId": "slack"})["metadata"]
        bot = next(one for one in metadata if one["authenticationType"] == "bot_token")
        for name in ["authConfigRequired", "inputSchema", "sampleInput"]:
            contains(bot, name)
        contains(bot["inputSchema"]["properties"], "token")
    with t.case("discover_action_path ranks actions for a sentence, and says what is missing"):
        for goal, wanted in [("send a message to a channel in slack", "chat_postMessage"), ("open a bug report in my repository", "issues/create"),
                             ("list the people of our slack workspace", "users_list"), ("merge a pull request", "pulls/merge")]:
            found = client.ask("discover_action_path", {"goal": goal})
            text = json.dumps(found)
            contains(text, wanted, goal)
            contains(text.lower(), "credential", goal)
        nothing = client.tool("discover_action_path_alloy", {"goal": "qqqq zzzz xxxx"})
        assert not nothing.get("isError"), nothing


def executing(t, s, client, platform):
    with t.case("an action reaches the platform with the credential, and its answer comes back"):
        platform.script["users.list"] = {"json": {"ok": True, "members": [{"id": "U1", "name": "ana"}]}}
        answer = client.execute("slack", "users_list", {})
        contains(json.dumps(answer), "ana")
        method, path, headers, _ = platform.calls[-1]
        equal((method, path), ("POST", "/api/users.list"))
        contains({name.lower(): value for name, value in headers.items()}["authorization"], "Bearer xoxb-")
        assert not any(name.lower().startswith("x-alloy") or name.lower().startswith("mcp-") for name in headers), headers
    with t.case("parameters may be left out, and unknown ones are refused with the nearest names"):
        assert not client.tool("execute_action_alloy", MODERN_CALL).get("isError")
        before = len(platform.calls)
        error = client.refused("execute_action", {**MODERN_CALL, "parameters": {"limt": 5, "cursr": "x", "zzz": 1}}, "INVALID_REQUEST")
        for word in ["limt", "limit", "cursr", "cursor", "zzz"]:
            contains(json.dumps(error), word)
        equal(len(platform.calls), before, "nothing was sent")
    with t.case("unknown connectors and actions are named with the nearest"):
        contains(json.dumps(client.refused("execute_action", {"connectorId": "slak", "actionId": "users_list"}, "CONNECTOR_NOT_FOUND")), "slack")
        contains(json.dumps(client.refused("execute_action", {"connectorId": "slack", "actionId": "user_list"}, "ACTION_NOT_FOUND")), "users_list")
    with t.case("timeout is 1,000 to 300,000 ms, and holds"):
        for timeout in [999, 300_001, 0, -1, "1000", 1500.5]:
            client.refused("execute_action", {**MODERN_CALL, "timeout": timeout}, "INVALID_REQUEST")
        platform.script["users.info"] = {"wait": 3}
        client.refused("execute_action", {"connectorId": "slack", "actionId": "users_info", "parameters": {"user": "U1"}, "timeout": 1000}, "PLATFORM_TIMEOUT")
    with t.case("what a platform answers instead of an answer is told as what it is"):
        say = lambda **step: platform.script.update({"conversations.info": step})
        ask = lambda code: client.refused("execute_action", {"connectorId": "slack", "actionId": "conversations_info", "parameters": {"channel": "C1"}}, code)
        say(json={"ok": False, "error": "invalid_auth"})
        ask("PLATFORM_RECONNECT")
        say(json={"ok": False, "error": "channel_not_found"})
        contains(json.dumps(ask("PLATFORM_NOT_FOUND")), "conversations_list")
        say(status=429, json={"ok": False, "error": "ratelimited"}, headers={"retry-after": "120"})
        contains(json.dumps(ask("PLATFORM_RATE_LIMITED")), "120")
        say(status=200, text="<html>maintenance</html>", headers={"content-type": "text/html"})
        ask("PLATFORM_ERROR")
        say(status=500, text="")
        ask("PLATFORM_ERROR")
        say(status=302, text="", headers={"location": "http://169.254.169.254/latest"})
        ask(None)
    with t.case("a redirect never takes the credential to another host"):
        with Platform() as thief:
            platform.script["conversations.info"] = {"status": 307, "text": "", "headers": {"location": f"http://localhost:{thief.port}/api/steal"}}
            client.tool("execute_action_alloy", {"connectorId": "slack", "actionId": "conversations_info", "parameters": {"channel": "C1"}})
            equal([call for call in thief.calls if "xoxb" in json.dumps(call[2])], [])
    with t.case("a platform that cannot be reached is PLATFORM_UNREACHABLE"):
        s.create_credential("github", "personal_token", {"token": "ghp_unreachable"})
        client.refused("execute_action", {"connectorId": "github", "actionId": "users/get-authenticated"}, "PLATFORM_UNREACHABLE")


def choosing(t, s, server, platform):
    """Which credential a call uses."""
    client = Mcp(server["url"], s.headers(user="chooser"))
    platform.script["auth.test"] = {"json": {"ok": True, "team_id": "T1"}}

    def used(headers=None, **more):
        client.execute("slack", "auth_test", headers=headers, **more)
        sent = {name.lower(): value for name, value in platform.calls[-1][2].items()}
        return sent["authorization"].removeprefix("Bearer ")

    def make(token, **how):
        return s.create_credential("slack", "bot_token", {"token": token}, **how)

    with t.case("the only one is used, then the most recent, else the one that is named"):
        client.refused("execute_action", {"connectorId": "slack", "actionId": "auth_test"}, "CREDENTIAL_NOT_FOUND")
        first = make("xoxb-first", user="chooser")
        equal(used(), "xoxb-first")
        make("xoxb-second", user="chooser")
        equal(used(), "xoxb-second")
        equal(used(credentialId=first), "xoxb-first")
        equal(used(headers={"x-credential-id": first}), "xoxb-first")
        equal(used(headers={"x-credential-id": first}, credentialId=first), "xoxb-first")
    with t.case("header and argument that differ are INVALID_REQUEST"):
        second = client.ask("get_credentials", {"connectorId": "slack"})["credentials"][0]["credentialId"]
        client.refused("execute_action", {"connectorId": "slack", "actionId": "auth_test", "credentialId": second}, "INVALID_REQUEST", {"x-credential-id": first})
    with t.case("a named one that is unknown, another's or another connector's is not found, and nothing falls through"):
        foreign = make("xoxb-foreign", user="another-chooser")
        other = s.create_credential("github", "personal_token", {"token": "ghp_chooser"}, user="chooser")
        for id in ["0" * 24, "nonsense", foreign, other]:
            equal(client.refused("execute_action", {"connectorId": "slack", "actionId": "auth_test", "credentialId": id}, "CREDENTIAL_NOT_FOUND")["message"][:20], "Credential not found")
            client.refused("execute_action", {"connectorId": "slack", "actionId": "auth_test"}, "CREDENTIAL_NOT_FOUND", {"x-credential-id": id})
    with t.case("a tool that uses no credential ignores the header"):
        client.ask("list_connectors", {}, headers={"x-credential-id": "nonsense"})
        client.ask("get_credentials", {}, headers={"x-credential-id": "nonsense"})
    with t.case("a deleted one is gone at once"):
        s.api("DELETE", f"/api/credentials/{second}", user="chooser")
        equal(used(), "xoxb-first")
    with t.case("one that was made through a token URL alone stays with that server"):
        one, two = s.create_server("Planted", user="planter"), s.create_server("Planted too", user="planter")
        kind = {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": "xoxb-planted"}}
        planted = Mcp(one["accessUrl"]).ask("create_credential", kind)["credentialId"]
        call = {"connectorId": "slack", "actionId": "auth_test"}
        assert not Mcp(one["accessUrl"]).tool("execute_action_alloy", call).get("isError")
        for elsewhere in [Mcp(two["accessUrl"]), Mcp(two["url"], s.headers(user="planter"))]:
            elsewhere.refused("execute_action", call, "CREDENTIAL_NOT_FOUND")
            assert not elsewhere.tool("execute_action_alloy", {**call, "credentialId": planted}).get("isError"), "named, it is used"
    with t.case("get_credentials tells names, kinds and times, newest first, and no secret"):
        listed = client.ask("get_credentials", {})["credentials"]
        for one in listed:
            contains(["slack-bot_token", "github-personal_token"], one["type"])
            is_time(one["createdAt"])
            is_time(one["updatedAt"])
            assert one["name"], one
        assert "xoxb" not in json.dumps(listed) and "ghp_" not in json.dumps(listed)


def creating(t, client):
    base = {"connectorId": "slack", "authenticationType": "bot_token"}
    with t.case("create_credential names every fault at once"):
        error = client.refused("create_credential", {**base, "fields": {"token": 5, "tokn": "x"}}, "INVALID_REQUEST")
        for word in ["token", "tokn"]:
            contains(json.dumps(error), word)
        client.refused("create_credential", {**base, "fields": {}}, "INVALID_REQUEST")
        client.refused("create_credential", {**base}, "INVALID_REQUEST")
        client.refused("create_credential", {**base, "fields": {"token": "a\nb"}}, "INVALID_REQUEST")
        contains(json.dumps(client.refused("create_credential", {"connectorId": "slack", "authenticationType": "bot", "fields": {"token": "x"}}, "INVALID_REQUEST")), "bot_token")
        client.refused("create_credential", {"connectorId": "none", "authenticationType": "bot_token", "fields": {"token": "x"}}, "CONNECTOR_NOT_FOUND")


def own_connector(t, s, server):
    by_token, by_key = s.mcp(server), Mcp(server["url"], s.headers())
    with t.case("by a token URL Solder's own connector reads that server alone, without its token"):
        shown = by_token.execute("solder", "get-server", {"serverId": server["serverId"]})
        equal(shown["name"], server["name"])
        assert server["accessToken"] not in json.dumps(shown), shown
        text = json.dumps(by_token.execute("solder", "list-servers", {}))
        assert server["serverId"] in text and s.server["serverId"] not in text and server["accessToken"] not in text, text[:500]
        assert by_token.tool("execute_action_alloy", {"connectorId": "solder", "actionId": "get-server", "parameters": {"serverId": s.server["serverId"]}}).get("isError")
    with t.case("by a token URL it changes nothing"):
        for action, parameters in [("create-server", {"name": "By token"}), ("update-server", {"serverId": server["serverId"], "description": "x"}),
                                   ("delete-server", {"serverId": server["serverId"]}), ("rotate-server-token", {"serverId": server["serverId"]}),
                                   ("create-credential", {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": "x"}})]:
            result = by_token.tool("execute_action_alloy", {"connectorId": "solder", "actionId": action, "parameters": parameters})
            equal(result.get("isError"), True, action)
        equal(by_token.legacy("ping").status, 200)
        equal(s.api("GET", f"/api/servers/{server['serverId']}").json()["description"], server["description"])
    with t.case("by API authentication it manages servers with the caller's own rights"):
        made = by_key.execute("solder", "create-server", {"name": "By key"})
        equal(s.api("GET", f"/api/servers/{made['serverId']}").json()["name"], "By key")
        by_key.execute("solder", "update-server", {"serverId": made["serverId"], "description": "changed"})
        equal(by_key.execute("solder", "get-server", {"serverId": made["serverId"]})["description"], "changed")
        by_key.execute("solder", "delete-server", {"serverId": made["serverId"]})
        equal(s.api("GET", f"/api/servers/{made['serverId']}").status, 404)
        error = by_key.refused("execute_action", {"connectorId": "solder", "actionId": "create-server", "parameters": {"name": " "}})
        contains(json.dumps(error), "name")
    with t.case("it has nothing of the health of others, but its own"):
        equal(by_key.execute("solder", "get-health", {})["status"], "healthy")


def run(t, s, server, platform):
    client = s.mcp(server)
    catalogue(t, client)
    creating(t, client)
    s.create_credential("slack", "bot_token", {"token": "xoxb-owner"})
    until(lambda: client.ask("get_credentials", {"connectorId": "slack"})["credentials"], 2, "the credential")
    executing(t, s, client, platform)
    choosing(t, s, server, platform)
    own_connector(t, s, server)
