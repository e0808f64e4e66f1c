"""Part 8 of the contract from outside: what becomes of a platform's answer."""

import json

from harness import contains, equal


def run(t, s, server, platform):
    client = s.mcp(server)

    def listed(count, **more):
        items = [{"id": f"U{number}", "name": f"person {number}"} for number in range(count)]
        platform.script["users.list"] = {"json": {"ok": True, "members": items, **more}}
        return client.execute("slack", "users_list", {})

    def written(answer):
        platform.script["conversations.archive"] = {"json": {"ok": True, **answer}}
        return client.execute("slack", "conversations_archive", {"channel": "C1"})

    def read(channel):
        platform.script["conversations.replies"] = {"json": {"ok": True, "messages": channel}}
        return client.execute("slack", "conversations_replies", {"channel": "C1", "ts": "1"})

    for count in [0, 1, 24]:
        with t.case(f"{count} items are untouched"):
            answer = listed(count)
            items = answer if isinstance(answer, list) else answer["data"]
            equal([item["id"] for item in items], [f"U{number}" for number in range(count)])
            assert "needsRefinement" not in answer
    for count in [26, 45, 50]:
        with t.case(f"{count} items are cut to 25, and it is said"):
            answer = listed(count)
            equal([item["id"] for item in answer["data"]], [f"U{number}" for number in range(25)])
            metadata = answer["metadata"]
            equal({name: metadata[name] for name in ["originalCount", "displayedCount", "truncated", "paginationHint"]},
                  {"originalCount": count, "displayedCount": 25, "truncated": True, "paginationHint": f"Showing first 25 of {count} items."})
    for count in [51, 400]:
        with t.case(f"{count} items ask to be narrowed"):
            answer = listed(count)
            equal(answer["needsRefinement"], True)
            equal([item["id"] for item in answer["samples"]], ["U0", "U1"])
            for name in ["message", "guidance", "suggestions", "searchInstructions"]:
                assert answer[name], f"{name} is empty"
            assert isinstance(answer["suggestions"], list)
            contains(json.dumps(answer), "limit", "the action's own parameters")
            contains(answer["message"], str(count))
    with t.case("the platform's cursor is carried on, whatever the count"):
        for count in [3, 30, 60]:
            answer = listed(count, response_metadata={"next_cursor": "bmV4dA=="})
            contains(json.dumps(answer), "bmV4dA==")
            if count < 51:
                equal(answer["metadata"]["nextCursor"], "bmV4dA==")
        assert "nextCursor" not in json.dumps(listed(30, response_metadata={"next_cursor": ""}))
    with t.case("a long string is cut with an ellipsis, and it is said"):
        answer = json.dumps(read([{"ts": "1", "text": "x" * 6000}]), ensure_ascii=False)
        assert "x" * 4500 in answer and "x" * 5121 not in answer and "…" in answer, answer[-200:]
        assert "metadata" in answer or "truncated" in answer, answer[-300:]
        short = read([{"ts": "1", "text": "ü" * 2000}])
        contains(json.dumps(short, ensure_ascii=False), "ü" * 2000)
    with t.case("a cut never tears a character"):
        for filler in ["é", "€", "😀", "e\u0301"]:
            text = json.dumps(read([{"ts": "1", "text": "a" + filler * 6000}]), ensure_ascii=False)
            assert "\ufffd" not in text and "…" in text, text[-100:]
    with t.case("nesting deeper than ten levels is cut, and it is said"):
        deep = {"end": "bottom"}
        for level in range(20):
            deep = {f"level{level}": deep}
        answer = json.dumps(written({"deep": deep}))
        assert "bottom" not in answer and "level19" in answer, answer[:400]
        contains(answer, "metadata")
    with t.case("the answer of a write keeps its shape, its long lists are cut in place and named"):
        answer = written({"things": list(range(80)), "few": [1, 2, 3], "name": "kept"})
        assert "needsRefinement" not in answer, answer
        equal((answer["name"], answer["few"], answer["things"]), ("kept", [1, 2, 3], list(range(25))))
        contains(json.dumps(answer["metadata"]), "things")
        contains(json.dumps(answer["metadata"]), "80")
    with t.case("Solder's own tools are never reshaped"):
        listed_actions = client.ask("get_connector_resources", {"connectorId": "github"})
        assert "needsRefinement" not in listed_actions and "metadata" not in listed_actions
        assert sum(len(resource["actions"]) for resource in listed_actions["resources"]) > 25
    with t.case("an answer of 20 MB is refused and not read into memory"):
        platform.script["users.list"] = {"text": b'{"ok":true,"members":["' + b"x" * 20_000_000 + b'"]}'}
        client.refused("execute_action", {"connectorId": "slack", "actionId": "users_list"}, "PLATFORM_ERROR")
