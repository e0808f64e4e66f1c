"""Slack and GitHub on stand-in platforms that keep state, driven by an assistant's tool calls through a token URL.

What emulate has of each, by the platform's resources, in the letters of suite_platforms.py:

    slack     channels CRLU (renamed, topic, archived, joined, invited, opened), messages CRLUD and replies, those for one person
              C, planned ones Cl.., permalinks R, reactions C.rD, pins Cl.d, people RLu, the workspace R, files crLd
              no search, no reminders
    github    repositories CRLUd, branches CrLud by their refs, commits rL, files CRUD, releases CrLud, issues CRLU, their
              comments CrLud, labels added, pull requests CRLU, merged, reviewed, their files L, searches of issues and repositories
              and of code, workflow runs L; workflows cannot be made, so that none can be started

Both take any token for their first user: who may come in is not looked at.
"""

import contextlib
import json
import tempfile
import time

from catalogue import Connector
from harness import CACHE, NODE, Process, contains, equal, free_port, http_call, need
from platform_calls import connect, ids_of, items, walk
from platforms_github import github
from standins import EMULATE


# People who are there besides the one that tokens are for.
PEOPLE = [{"name": name, "real_name": name.title(), "email": f"{name}@example.com"} for name in ("ada", "grace")]


@contextlib.contextmanager
def platforms(services, seed):
    """Services as programs; gives the origin of each."""
    port = free_port(len(services))
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        # JSON is YAML too.
        file.write(json.dumps(seed))
        file.flush()
        command = (need(NODE), need(EMULATE), "start", "--port", port, "--service", ",".join(services), "--seed", file.name)
        with Process(*command, cwd=CACHE) as emulate:
            for offset in range(len(services)):
                emulate.wait_for(port + offset)
            yield [f"http://127.0.0.1:{port + offset}" for offset in range(len(services))]


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
    with t.case("slack: channels come page by page, each once"):
        for number in range(3):
            run("conversations_create", name=f"e2e-page-{number}")
        pages = walk(run, "conversations_list", 2)
        everything = at_platform("conversations.list", limit=1000, exclude_archived="true")["channels"]
        equal(sorted(ids_of(pages)), sorted(channel["id"] for channel in everything))
        assert len(pages) >= 3, pages
    channel = items(run("conversations_list"))[0]["id"]
    with t.case("slack: messages come page by page, newest first, and the answers to one, which the stand-in gives whole"):
        sent = [run("chat_postMessage", channel=channel, text=f"Number {number}")["ts"] for number in range(5)]
        pages = walk(run, "conversations_history", 2, channel=channel)
        whole = [message["ts"] for message in at_platform("conversations.history", channel=channel, limit=1000)["messages"]]
        equal(ids_of(pages, "ts"), whole)
        assert set(sent) <= set(whole) and len(pages) >= 3, pages
        answers = [run("chat_postMessage", channel=channel, text=f"Answer {number}", thread_ts=sent[0])["ts"] for number in range(4)]
        equal([one["ts"] for one in items(run("conversations_replies", channel=channel, ts=sent[0]))], [sent[0], *answers])
    with t.case("slack: people are listed, read and found by their address"):
        everybody = at_platform("users.list", limit=1000)["members"]
        equal(sorted(ids_of(walk(run, "users_list", 1))), sorted(one["id"] for one in everybody))
        person = next(one for one in everybody if one["profile"].get("email"))
        equal(run("users_info", user=person["id"])["name"], person["name"])
        equal(run("users_lookupByEmail", email=person["profile"]["email"])["id"], person["id"])
        client.refused("execute_action", {
            "connectorId": "slack", "actionId": "users_info", "parameters": {"user": "U-none"},
        }, "PLATFORM_NOT_FOUND")
    with t.case("slack: a channel's members are listed, somebody is invited, and cannot be invited twice"):
        made = run("conversations_create", name="e2e-guests")["id"]
        members = items(run("conversations_members", channel=made))
        guest = next(one["id"] for one in everybody if one["id"] not in members and one["name"] not in members and not one.get("deleted"))
        run("conversations_invite", channel=made, users=guest)
        contains(at_platform("conversations.members", channel=made)["members"], guest)
        contains(items(run("conversations_members", channel=made)), guest)
        client.refused("execute_action", {
            "connectorId": "slack", "actionId": "conversations_invite", "parameters": {"channel": made, "users": guest},
        }, "PLATFORM_CONFLICT")
        run("chat_postEphemeral", channel=made, user=guest, text="For you alone")
        equal([one["text"] for one in at_platform("conversations.history", channel=made)["messages"] if one["text"] == "For you alone"], [])
        opened = run("conversations_open", users=guest)
        equal(at_platform("conversations.info", channel=opened["id"])["channel"]["is_im"], True)
    with t.case("slack: a message is planned, linked to and pinned, and cannot be pinned twice"):
        when = int(time.time()) + 3600
        planned = run("chat_scheduleMessage", channel=channel, text="Later", post_at=when)["scheduled_message_id"]
        told = at_platform("chat.scheduledMessages.list", channel=channel)["scheduled_messages"]
        equal([(one["id"], one["post_at"]) for one in told], [(planned, when)])
        contains(run("chat_getPermalink", channel=channel, message_ts=sent[0])["permalink"], channel)
        run("pins_add", channel=channel, timestamp=sent[0])
        contains([one["message"]["ts"] for one in at_platform("pins.list", channel=channel)["items"]], sent[0])
        client.refused("execute_action", {
            "connectorId": "slack", "actionId": "pins_add", "parameters": {"channel": channel, "timestamp": sent[0]},
        }, "PLATFORM_CONFLICT")
        told = client.refused("execute_action", {
            "connectorId": "slack", "actionId": "chat_scheduleMessage", "parameters": {"channel": channel, "text": "Late", "post_at": 1},
        }, "PLATFORM_INVALID")
        contains(json.dumps(told), "time_in_past")
    with t.case("slack: the workspace is told, and a file that was uploaded is listed"):
        equal(run("team_info")["id"], at_platform("team.info")["team"]["id"])
        upload = at_platform("files.getUploadURLExternal", filename="notes.txt", length=5)
        place = upload["upload_url"].split("/upload/", 1)[1]
        http_call("POST", f"{base.removesuffix('/api')}/upload/{place}", {"content-type": "application/octet-stream"}, b"Seven")
        files = json.dumps([{"id": upload["file_id"], "title": "Notes"}]).replace(" ", "")
        at_platform("files.completeUploadExternal", files=files, channel_id=channel)
        equal([(one["id"], one["size"]) for one in items(run("files_list"))], [(upload["file_id"], 5)])


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


def slack_scopes(t):
    """A stand-in that looks at scopes: those that the connector states for an action suffice for it, and without any it is refused."""
    connector = Connector("slack")
    scoped = {name: action["scopes"] for name, action in connector.actions.items() if "scopes" in action and "as" not in action}
    everything = sorted({scope for scopes in scoped.values() for scope in scopes})
    owner = {"login": "U000000001"}
    tokens = {f"xoxb-exactly-{name}": {**owner, "scopes": scopes} for name, scopes in scoped.items()}
    tokens |= {"xoxb-all-of-them": {**owner, "scopes": everything}, "xoxb-none-at-all": {**owner, "scopes": []}}
    seed = {"slack": {"users": PEOPLE, "strict_scopes": True}, "tokens": tokens}
    # Where files go the stand-in tells by this name of the machine, and a file goes nowhere but to the platform that was set.
    with platforms(["slack"], seed) as [origin], t.solder(
        env={"SOLDER_CONNECTOR_SLACK_BASE_URL": origin.replace("127.0.0.1", "localhost") + "/api"}
    ) as s:
        client = s.mcp(s.create_server("Scopes"))
        made = {}
        with t.case("slack with scopes: credentials are made, one for each action with what it states"):
            made = {token: connect(client, "slack", "bot_token", token) for token in tokens}
        able, unable = made["xoxb-all-of-them"], made["xoxb-none-at-all"]
        person = next(one for one in items(client.execute("slack", "users_list", {}, credentialId=able)) if one["name"] == "ada")
        told = 0
        for number, (name, scopes) in enumerate(scoped.items()):
            channel = client.execute("slack", "conversations_create", {"name": f"scopes-{number}"}, credentialId=able)["id"]
            sent = client.execute("slack", "chat_postMessage", {"channel": channel, "text": name}, credentialId=able)["ts"]
            if name == "reactions_remove":
                client.execute("slack", "reactions_add", {"channel": channel, "timestamp": sent, "name": "eyes"}, credentialId=able)
            known = {
                "channel": channel, "channel_id": channel, "ts": sent, "timestamp": sent, "message_ts": sent, "user": owner["login"], "users": person["id"],
                "name": "eyes" if "reactions" in name else f"new-{number}", "email": "ada@example.com", "post_at": int(time.time()) + 3600,
            }
            arguments = {key: known.get(key, value) for key, value in connector.examples()[name][0][0].items() if key != "blocks"}
            asked = {"connectorId": "slack", "actionId": name, "parameters": arguments}
            with t.case(f"slack with scopes: {name} is refused without any"):
                error = client.refused("execute_action", {**asked, "credentialId": unable}, "PLATFORM_FORBIDDEN")
                contains(json.dumps(error), "missing_scope")
                contains(json.dumps(error), "install the app again")
                told += 1
            with t.case(f"slack with scopes: {name} does with {', '.join(scopes)}"):
                client.execute("slack", name, arguments, credentialId=made[f"xoxb-exactly-{name}"])
        t.note(f"slack: {told} of {len(scoped)} actions were tried with exactly the scopes that they state, and without any")


def run(t):
    with platforms(["slack", "github"], {"slack": {"users": PEOPLE}}) as (origin, github_url), t.solder(
        env={"SOLDER_CONNECTOR_SLACK_BASE_URL": origin + "/api", "SOLDER_CONNECTOR_GITHUB_BASE_URL": github_url}
    ) as s:
        slack_url = origin + "/api"
        server = s.create_server("Stand-ins")
        client = s.mcp(server)
        slack(t, client, slack_url)
        github(t, client, github_url)
        both_eras(t, s, server)
    slack_scopes(t)
