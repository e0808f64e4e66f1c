"""GitHub on its stand-in."""

import base64
import json

from harness import contains, equal, http_call
from platform_calls import connect, ids_of, items, walk


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
        pages = walk(run, "issues/list-for-repo", 10, **here, state="all")
        seen = ids_of(pages, "number")
        equal((len(seen), len(set(seen)), len(pages)), (31, 31, 4))
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


    project(t, client, here, at_platform, run)


def project(t, client, here, at_platform, run):
    """Branches, pull requests, releases and searches."""
    home = f"/repos/{here['owner']}/e2e"
    with t.case("github: a branch is made of a commit, and both are listed"):
        before = items(run("repos/list-commits", **here))
        made = run("git/create-ref", **here, ref="refs/heads/change", sha=before[0]["sha"])
        equal(made["object"]["sha"], before[0]["sha"])
        equal(sorted(one["name"] for one in items(run("repos/list-branches", **here))), ["change", "main"])
        equal(at_platform(f"{home}/git/ref/heads/change").json()["object"]["sha"], before[0]["sha"])
    with t.case("github: a pull request is opened, read, listed, changed, reviewed and merged, and cannot be merged twice"):
        run("repos/create-or-update-file-contents", **here, path="new.md", message="Add", content="New", branch="change")
        number = run("pulls/create", **here, title="Change", head="change", base="main", body="Please")["number"]
        read = run("pulls/get", **here, pull_number=number)
        equal((read["title"], read["state"]), ("Change", "open"))
        contains([one["number"] for one in items(run("pulls/list", **here))], number)
        run("pulls/update", **here, pull_number=number, title="A change")
        equal(at_platform(f"{home}/pulls/{number}").json()["title"], "A change")
        run("pulls/create-review", **here, pull_number=number, event="COMMENT", body="Good")
        equal([one["body"] for one in at_platform(f"{home}/pulls/{number}/reviews").json()], ["Good"])
        files = at_platform(f"{home}/pulls/{number}/files").json()
        equal([one["filename"] for one in items(run("pulls/list-files", **here, pull_number=number))], [one["filename"] for one in files])
        run("pulls/merge", **here, pull_number=number, merge_method="squash")
        told = at_platform(f"{home}/pulls/{number}").json()
        equal((told["merged"], told["state"]), (True, "closed"))
        client.refused("execute_action", {
            "connectorId": "github", "actionId": "pulls/merge", "parameters": {**here, "pull_number": number},
        }, "PLATFORM_INVALID")
    with t.case("github: a pull request of a branch into itself is refused in the platform's words"):
        error = client.refused("execute_action", {
            "connectorId": "github", "actionId": "pulls/create", "parameters": {**here, "title": "Nothing", "head": "main", "base": "main"},
        }, "PLATFORM_INVALID")
        contains(json.dumps(error).lower(), "validation failed")
    with t.case("github: a release is published and listed"):
        made = run("repos/create-release", **here, tag_name="v1.0.0", name="One", body="The first", target_commitish="main")
        told = at_platform(f"{home}/releases/{made['id']}").json()
        equal((told["tag_name"], told["name"], told["body"]), ("v1.0.0", "One", "The first"))
        contains([one["id"] for one in items(run("repos/list-releases", **here))], made["id"])
    with t.case("github: labels are added to an issue, and it is found by them and by its words"):
        number = run("issues/create", **here, title="Zebra crossing")["number"]
        run("issues/add-labels", **here, issue_number=number, labels=["bug", "later on"])
        told = at_platform(f"{home}/issues/{number}").json()["labels"]
        equal(sorted(label["name"] for label in told), ["bug", "later on"])
        contains([one["number"] for one in items(run("issues/list-for-repo", **here, labels="later on"))], number)
        found = items(run("search/issues-and-pull-requests", q=f"zebra repo:{here['owner']}/e2e is:issue"))
        equal([one["number"] for one in found], [number])
        contains([one["full_name"] for one in items(run("search/repos", q="e2e in:name"))], f"{here['owner']}/e2e")
    with t.case("github: what was found and what was committed comes page by page, each once"):
        pages = walk(run, "search/issues-and-pull-requests", 20, q=f"repo:{here['owner']}/e2e is:issue")
        told = at_platform(f"/search/issues?q=repo:{here['owner']}/e2e+is:issue").json()
        seen = ids_of(pages, "number")
        equal((len(seen), len(set(seen))), (told["total_count"], told["total_count"]))
        pages = walk(run, "repos/list-commits", 2, **here)
        equal(ids_of(pages, "sha"), [one["sha"] for one in at_platform(f"{home}/commits?per_page=100").json()])
        assert len(pages) >= 2, pages
    with t.case("github: there are no workflow runs, and a workflow that is not there is not started"):
        equal(at_platform(f"{home}/actions/runs").json()["total_count"], 0)
        answer = run("actions/list-workflow-runs-for-repo", **here)
        assert "CI" not in json.dumps(answer), answer
        client.refused("execute_action", {
            "connectorId": "github", "actionId": "actions/create-workflow-dispatch", "parameters": {**here, "workflow_id": "ci.yml", "ref": "main"},
        }, "PLATFORM_NOT_FOUND")
    with t.case("github: a person is read by name"):
        equal(run("users/get-by-username", username=here["owner"])["login"], at_platform(f"/users/{here['owner']}").json()["login"])
