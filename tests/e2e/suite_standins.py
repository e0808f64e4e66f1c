"""Slack and GitHub on stand-in platforms that keep state, driven by an assistant's tool calls through a token URL."""

import contextlib
import json

from harness import CACHE, NODE, NODE_MODULES, Process, contains, equal, free_port, http_call, need

PROGRAM = NODE_MODULES / "emulate/dist/index.js"


@contextlib.contextmanager
def platforms():
    """Slack and GitHub as programs; gives both base URLs."""
    port = free_port(2)
    with Process(need(NODE), need(PROGRAM), "start", "--port", port, "--service", "slack,github", cwd=CACHE) as emulate:
        emulate.wait_for(port).wait_for(port + 1)
        yield f"http://127.0.0.1:{port}/api", f"http://127.0.0.1:{port + 1}"


def items(answer):
    """The items of a list, wrapped or not."""
    if isinstance(answer, list):
        return answer
    if isinstance(answer.get("data"), list):
        return answer["data"]
    return next(value for value in answer.values() if isinstance(value, list))


def connect(client, connector, kind, secret):
    made = client.ask("create_credential", {"connectorId": connector, "authenticationType": kind, "fields": {"token": secret}})
    assert len(made["credentialId"]) == 24 and set(made["credentialId"]) <= set("0123456789abcdef"), made
    return made["credentialId"]


def slack(t, client, base):
    def at_platform(method, **form):
        """The stand-in asked directly: what it knows is the truth."""
        body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "authorization": "Bearer xoxb-direct"}
        return http_call("POST", f"{base}/{method}", headers, body).json()

    def texts(channel):
        return [message["text"] for message in at_platform("conversations.history", channel=channel)["messages"]]

    def run(action, **parameters):
        return client.execute("slack", action, parameters)

    with t.case("slack: without a credential the refusal says how to make one"):
        error = client.refused("execute_action", {"connectorId": "slack", "actionId": "conversations_list"}, "CREDENTIAL_NOT_FOUND")
        contains(json.dumps(error), "create_credential_alloy")
    with t.case("slack: a credential is made and listed without its secret"):
        made = connect(client, "slack", "bot_token", "xoxb-e2e-standin")
        listed = client.ask("get_credentials", {"connectorId": "slack"})["credentials"]
        equal([credential["credentialId"] for credential in listed], [made])
        assert "xoxb-e2e" not in json.dumps(listed)
    with t.case("slack: the connection names its workspace"):
        assert run("auth_test")["team_id"]
    with t.case("slack: a channel is created, listed, renamed, given a topic and archived"):
        channel = run("conversations_create", name="e2e-works")["id"]
        names = {item["id"]: item["name"] for item in items(run("conversations_list"))}
        equal(names.get(channel), "e2e-works")
        run("conversations_setTopic", channel=channel, topic="Ships & boats = 100%")
        equal(at_platform("conversations.info", channel=channel)["channel"]["topic"]["value"], "Ships & boats = 100%")
        run("conversations_rename", channel=channel, name="e2e-done")
        equal(at_platform("conversations.info", channel=channel)["channel"]["name"], "e2e-done")
        run("conversations_archive", channel=channel)
        equal(at_platform("conversations.info", channel=channel)["channel"]["is_archived"], True)
    with t.case("slack: a message is sent, read, changed and deleted"):
        channel = items(run("conversations_list"))[0]["id"]
        sent = run("chat_postMessage", channel=channel, text="Hello \u2028 “wörld” & <all>")
        contains(texts(channel), "Hello \u2028 “wörld” & <all>")
        history = items(run("conversations_history", channel=channel))
        equal(history[0]["text"], "Hello \u2028 “wörld” & <all>")
        run("chat_update", channel=channel, ts=sent["ts"], text="Changed")
        contains(texts(channel), "Changed")
        assert "Hello \u2028 “wörld” & <all>" not in texts(channel)
        run("chat_delete", channel=channel, ts=sent["ts"])
        assert "Changed" not in texts(channel)
    with t.case("slack: a reply stands in its thread, and a reaction comes and goes"):
        channel = items(run("conversations_list"))[0]["id"]
        first = run("chat_postMessage", channel=channel, text="Thread")["ts"]
        run("chat_postMessage", channel=channel, text="Reply", thread_ts=first)
        contains([message["text"] for message in items(run("conversations_replies", channel=channel, ts=first))], "Reply")
        run("reactions_add", channel=channel, timestamp=first, name="thumbsup")
        def reactions():
            message = next(one for one in at_platform("conversations.history", channel=channel)["messages"] if one["ts"] == first)
            return [reaction["name"] for reaction in message.get("reactions", [])]
        equal(reactions(), ["thumbsup"])
        run("reactions_remove", channel=channel, timestamp=first, name="thumbsup")
        equal(reactions(), [])
    with t.case("slack: what the platform refuses at HTTP 200 is an error with its hint"):
        error = client.refused("execute_action", {
            "connectorId": "slack", "actionId": "chat_postMessage", "parameters": {"channel": "C-none", "text": "x"},
        }, "PLATFORM_NOT_FOUND")
        contains(json.dumps(error), "channel_not_found")
        contains(json.dumps(error), "conversations_list")
    with t.case("slack: a missing and an unknown parameter are both named before anything is sent"):
        error = client.refused("execute_action", {
            "connectorId": "slack", "actionId": "chat_postMessage", "parameters": {"chanel": "general", "text": 5},
        }, "INVALID_REQUEST")
        named = json.dumps(error)
        for word in ["chanel", "channel", "text"]:
            contains(named, word)
    with t.case("slack: pages follow one another by the cursor"):
        for number in range(3):
            run("conversations_create", name=f"e2e-page-{number}")
        seen, cursor = [], None
        for _ in range(20):
            page = run("conversations_list", limit=2, **({"cursor": cursor} if cursor else {}))
            seen += [item["id"] for item in items(page)]
            cursor = page.get("metadata", {}).get("nextCursor") if isinstance(page, dict) else None
            if not cursor:
                break
        everything = at_platform("conversations.list", limit=1000, exclude_archived="true")["channels"]
        equal(sorted(seen), sorted(channel["id"] for channel in everything))


def github(t, client, base):
    def at_platform(path):
        return http_call("GET", base + path, {"authorization": "Bearer ghp_direct"})

    def run(action, **parameters):
        return client.execute("github", action, parameters)

    here = {"owner": "admin", "repo": "e2e"}
    with t.case("github: a credential is made and says who it is"):
        connect(client, "github", "personal_token", "ghp_e2e_standin")
        here["owner"] = run("users/get-authenticated")["login"]
    with t.case("github: a repository is created and listed"):
        run("repos/create-for-authenticated-user", name="e2e", description="A test", auto_init=True)
        equal(at_platform(f"/repos/{here['owner']}/e2e").json()["description"], "A test")
        contains([repository["full_name"] for repository in items(run("repos/list-for-authenticated-user"))], f"{here['owner']}/e2e")
        run("repos/update", **here, description="Another")
        equal(run("repos/get", **here)["description"], "Another")
    with t.case("github: an issue is created, read, listed, commented, labelled and closed"):
        number = run("issues/create", **here, title="It breaks", body="Often")["number"]
        read = run("issues/get", **here, issue_number=number)
        equal((read["title"], read["body"], read["state"]), ("It breaks", "Often", "open"))
        contains([issue["number"] for issue in items(run("issues/list-for-repo", **here))], number)
        run("issues/create-comment", **here, issue_number=number, body="Seen too")
        equal([comment["body"] for comment in items(run("issues/list-comments", **here, issue_number=number))], ["Seen too"])
        run("issues/update", **here, issue_number=number, state="closed", title="It broke")
        truth = at_platform(f"/repos/{here['owner']}/e2e/issues/{number}").json()
        equal((truth["state"], truth["title"]), ("closed", "It broke"))
        assert number not in [issue["number"] for issue in items(run("issues/list-for-repo", **here, state="open"))]
    with t.case("github: a file in a folder is created, read, changed and deleted"):
        file = {**here, "path": "docs/a b/é.md"}
        run("repos/create-or-update-file-contents", **file, message="Add", content="one")
        first = run("repos/get-content", **file)
        run("repos/create-or-update-file-contents", **file, message="Change", content="two", sha=first["sha"])
        second = run("repos/get-content", **file)
        equal((first["content"], second["content"]), ("one", "two"))
        run("repos/delete-file", **file, message="Delete", sha=second["sha"])
        client.refused("execute_action", {"connectorId": "github", "actionId": "repos/get-content", "parameters": file}, "PLATFORM_NOT_FOUND")
    with t.case("github: what is not there is PLATFORM_NOT_FOUND, and no shell of a result"):
        client.refused("execute_action", {
            "connectorId": "github", "actionId": "issues/get", "parameters": {**here, "issue_number": 99999},
        }, "PLATFORM_NOT_FOUND")
    with t.case("github: thirty issues are cut to twenty-five, and what was cut is said"):
        for number in range(30):
            run("issues/create", **here, title=f"Issue {number}")
        listed = run("issues/list-for-repo", **here, state="all", per_page=100)
        equal(len(listed["data"]), 25)
        metadata = listed["metadata"]
        equal((metadata["originalCount"], metadata["displayedCount"], metadata["truncated"]), (31, 25, True))
        equal(metadata["paginationHint"], "Showing first 25 of 31 items.")
    with t.case("github: pages follow one another by the link, each issue once"):
        seen, cursor = [], None
        for _ in range(10):
            page = run("issues/list-for-repo", **here, state="all", per_page=10, **({"cursor": cursor} if cursor else {}))
            seen += [issue["number"] for issue in items(page)]
            cursor = page.get("metadata", {}).get("nextCursor") if isinstance(page, dict) else None
            if not cursor:
                break
        equal(len(seen), 31)
        equal(len(set(seen)), 31)
    with t.case("github: over fifty items ask to be narrowed, with two samples"):
        for number in range(25):
            run("issues/create", **here, title=f"More {number}")
        listed = run("issues/list-for-repo", **here, state="all", per_page=100)
        equal(listed["needsRefinement"], True)
        equal(len(listed["samples"]), 2)
        for name in ["message", "guidance", "suggestions", "searchInstructions"]:
            assert listed[name], f"{name} is empty"
        for name in ["per_page", "state"]:
            contains(json.dumps(listed["suggestions"]), name)


def both_eras(t, s, server):
    with t.case("a modern client executes the same action, and gets text alone"):
        result = s.mcp(server).modern("tools/call", {"name": "execute_action_alloy", "arguments": {
            "connectorId": "github", "actionId": "users/get-authenticated"}}).result()
        assert not result.get("isError"), result
        equal(result["resultType"], "complete")
        assert "structuredContent" not in result
        assert json.loads(result["content"][0]["text"])["login"]
    with t.case("an end user of the account acts with a credential of its own, made over REST"):
        credential = s.create_credential("slack", "bot_token", {"token": "xoxb-end-user"}, user="end-user-1")
        from harness import Mcp
        client = Mcp(server["url"], s.headers(user="end-user-1"))
        listed = client.ask("get_credentials", {})["credentials"]
        equal([one["credentialId"] for one in listed], [credential])
        assert client.execute("slack", "auth_test")["team_id"]
        client.refused("execute_action", {"connectorId": "github", "actionId": "users/get-authenticated"}, "CREDENTIAL_NOT_FOUND")


def run(t):
    with platforms() as (slack_url, github_url), t.solder(
        env={"SOLDER_CONNECTOR_SLACK_BASE_URL": slack_url, "SOLDER_CONNECTOR_GITHUB_BASE_URL": github_url}
    ) as s:
        server = s.create_server("Stand-ins")
        client = s.mcp(server)
        slack(t, client, slack_url)
        github(t, client, github_url)
        both_eras(t, s, server)
