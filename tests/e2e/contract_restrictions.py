"""Parts 5 and 6 of the contract from outside: what restrictions hide and refuse, and in which order a request is judged."""

import json

from harness import Mcp, contains, equal

REFUSED = ("FORBIDDEN", "CONNECTOR_NOT_FOUND", "ACTION_NOT_FOUND")


def seen(client):
    """Every action that the server shows, as `connector.action`."""
    found = set()
    for connector in client.ask("list_connectors", {})["connectors"]:
        for resource in client.ask("get_connector_resources", {"connectorId": connector["id"]})["resources"]:
            found |= {f"{connector['id']}.{action['id']}" for action in resource["actions"]}
    return found


def allowlist(kind, *entries):
    suffix = "Actions" if kind == "actions" else "Ids"
    return {kind: {"mode": "allowlist", f"allowed{suffix}": list(entries)}}


def blocklist(kind, *entries):
    suffix = "Actions" if kind == "actions" else "Ids"
    return {kind: {"mode": "blocklist", f"blocked{suffix}": list(entries)}}


def connector_of(action):
    return action.split(".", 1)[0]


def id_of(action):
    return action.split(".", 1)[1]


# Restrictions, and whether an action (`connector.action`) is left by them.
FORMS = [
    ("none", {}, lambda action: True),
    ("a connector allowed", allowlist("connectors", "slack"), lambda action: connector_of(action) == "slack"),
    ("a connector blocked", blocklist("connectors", "slack", "no-such-yet"), lambda action: connector_of(action) != "slack"),
    ("an action allowed by its id", allowlist("actions", "chat_postMessage"), lambda action: id_of(action) == "chat_postMessage"),
    ("an action allowed with its connector", allowlist("actions", "github.issues/create"), lambda action: action == "github.issues/create"),
    ("a pattern over slashes", allowlist("actions", "issues/*"), lambda action: id_of(action).startswith("issues/")),
    ("a pattern of a connector", allowlist("actions", "slack.*"), lambda action: connector_of(action) == "slack"),
    ("a pattern in the middle", blocklist("actions", "*list*"), lambda action: "list" not in id_of(action)),
    ("an entry is never split", allowlist("actions", "slack", "issues/list", "postMessage"), lambda action: False),
    ("an empty allowlist", allowlist("connectors"), lambda action: False),
    ("an empty allowlist of actions", allowlist("actions"), lambda action: False),
    ("an empty blocklist", blocklist("connectors"), lambda action: True),
    ("only the list of the mode counts", {"connectors": {"mode": "allowlist", "allowedIds": ["slack"], "blockedIds": ["slack"]}},
     lambda action: connector_of(action) == "slack"),
    ("layers stand side by side", {**allowlist("connectors", "slack", "github"), **blocklist("actions", "chat_*")},
     lambda action: connector_of(action) in ("slack", "github") and not id_of(action).startswith("chat_")),
    ("permissions of one action", {"permissions": [{"connector": "slack", "actions": ["users_list"]}]}, lambda action: action == "slack.users_list"),
    ("permissions of a whole connector", {"permissions": [{"connector": "slack"}, {"connector": "github", "actions": ["*"]}]},
     lambda action: connector_of(action) in ("slack", "github")),
    ("no permissions", {"permissions": []}, lambda action: False),
    ("both forms have to allow", {**allowlist("connectors", "slack"), "permissions": [{"connector": "slack", "actions": ["users_*"]}, {"connector": "github"}]},
     lambda action: action.startswith("slack.users_")),
    ("case counts", allowlist("connectors", "Slack"), lambda action: False),
]


def forms(t, s):
    everything = seen(s.mcp())
    for name, restrictions, left in FORMS:
        with t.case(f"restrictions: {name}"):
            server = s.create_server(f"R {name}", restrictions=restrictions)
            equal(server["restrictions"], restrictions, "echoed as sent")
            wanted = {action for action in everything if left(action)}
            client = s.mcp(server)
            shown = seen(client)
            # A connector of which nothing is left is unseen too, or shows no action.
            equal(sorted(shown), sorted(wanted))
            equal(server["hasRestrictions"], wanted != everything)
            for action in sorted(everything - wanted)[:3] + sorted(wanted)[:2]:
                judge(client, action, action in wanted)


def judge(client, action, allowed):
    """Execution, description and search agree with what is listed."""
    connector, id = connector_of(action), id_of(action)
    result = client.tool("execute_action_alloy", {"connectorId": connector, "actionId": id, "parameters": {}})
    text = result["content"][0]["text"]
    code = json.loads(text).get("error", json.loads(text)).get("code") if result.get("isError") else None
    assert (code in REFUSED) != allowed, f"{action} is {'allowed' if allowed else 'refused'} and answered {text[:200]}"
    described = client.tool("get_action_details_alloy", {"connectorId": connector, "actionId": id})
    equal(bool(described.get("isError")), not allowed, f"details of {action}")
    if not allowed:
        found = client.ask("discover_action_path", {"goal": id.replace("/", " ").replace("_", " ")})
        assert f'"{id}"' not in json.dumps(found["actions"]), f"search shows {action}"


def hiding(t, s):
    with t.case("refusals name nothing that is hidden"):
        client = s.mcp(s.create_server("Hides", restrictions=allowlist("connectors", "slack")))
        error = client.refused("get_connector_resources", {"connectorId": "githab"})
        assert "github" not in json.dumps(error), error
        error = client.refused("execute_action", {"connectorId": "github", "actionId": "issues/creat"})
        assert "issues/create\"" not in json.dumps(error), error
    with t.case("credentials are made, seen and used for allowed connectors only"):
        hub = s.create_credential("github", "personal_token", {"token": "ghp_hidden"}, user="restricted")
        s.create_credential("slack", "bot_token", {"token": "xoxb-shown"}, user="restricted")
        server = s.create_server("Credentials", user="restricted", restrictions=allowlist("connectors", "slack"))
        client = s.mcp(server)
        equal([one["type"] for one in client.ask("get_credentials", {})["credentials"]], ["slack-bot_token"])
        for name in ["create_credential", "get_credential_metadata"]:
            error = client.refused(name, {"connectorId": "github", "authenticationType": "personal_token", "fields": {"token": "x"}} if name.startswith("create") else {"connectorId": "github"})
            contains(REFUSED, error["code"])
        error = client.refused("execute_action", {"connectorId": "slack", "actionId": "auth_test", "credentialId": hub})
        equal(error["code"], "CREDENTIAL_NOT_FOUND")
    with t.case("a change of restrictions holds at once, in listings and calls"):
        server = s.create_server("Changes")
        client = s.mcp(server)
        assert any(action.startswith("github.") for action in seen(client))
        s.api("PUT", f"/api/servers/{server['serverId']}", {"restrictions": allowlist("connectors", "slack")})
        assert not any(action.startswith("github.") for action in seen(client))
        contains(REFUSED, client.refused("execute_action", {"connectorId": "github", "actionId": "users/get-authenticated"})["code"])
        s.api("PUT", f"/api/servers/{server['serverId']}", {"restrictions": {}})
        assert any(action.startswith("github.") for action in seen(client))


def users(t, s):
    def status(server, user=None, **how):
        return Mcp(server["url"], s.headers(user=user)).legacy("tools/list", **how).status

    for name, restrictions, allowed, refused in [
        ("allowed", allowlist("users", "u1", "u2"), ["u1", "u2"], ["u3", "U1", "u1 ", "u"]),
        ("blocked", blocklist("users", "u1"), ["u2", "u11"], ["u1"]),
        ("nobody", allowlist("users"), [], ["u1"]),
    ]:
        with t.case(f"users layer: {name}"):
            server = s.create_server(f"Users {name}", restrictions=restrictions)
            equal(server["hasRestrictions"], True)
            for user in allowed:
                equal(status(server, user), 200, user)
            for user in refused:
                # White space around a header's value is no part of it.
                if user.strip() == user:
                    Mcp(server["url"], s.headers(user=user)).legacy("tools/list").error(403, "FORBIDDEN")
    with t.case("the users layer holds for the owner too, on the token URL, and in front of everything"):
        server = s.create_server("Not the owner", restrictions=allowlist("users", "u1"))
        client = Mcp(server["accessUrl"])
        client.legacy("tools/list").error(403, "FORBIDDEN")
        client.legacy("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}).error(403, "FORBIDDEN")
        equal(client.post(b"not json").status, 403, "before the message is read")
        equal(client.modern("tools/call", {"name": "execute_action_alloy", "arguments": {}}).status, 403)
        equal(s.api("GET", f"/api/servers/{server['serverId']}").status, 200, "management is not use")


def order(t, s):
    with t.case("authentication comes before the users layer, and that before the message"):
        server = s.create_server("Order", restrictions=allowlist("users", "u1"))
        equal(Mcp(server["url"] + "/wrong").post(b"not json").status, 401)
        equal(Mcp(server["url"], s.headers(user="u2")).post(b"not json").status, 403)
        equal(Mcp(server["url"], s.headers(user="u1")).post(b"not json").status, 400)
    with t.case("the restrictions come before the arguments, and those before the credential"):
        client = s.mcp(s.create_server("Order too", user="order", restrictions=blocklist("actions", "chat_delete")))
        contains(REFUSED, client.refused("execute_action", {"connectorId": "slack", "actionId": "chat_delete", "parameters": {"x": 1}})["code"])
        client.refused("execute_action", {"connectorId": "slack", "actionId": "chat_postMessage", "parameters": {"x": 1}}, "INVALID_REQUEST")
        client.refused("execute_action", {"connectorId": "slack", "actionId": "chat_postMessage", "parameters": {"channel": "C", "text": "x"}}, "CREDENTIAL_NOT_FOUND")


def run(t, s):
    forms(t, s)
    hiding(t, s)
    users(t, s)
    order(t, s)
