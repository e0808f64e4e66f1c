"""Gmail, Google Calendar and Drive on their stand-in."""

import base64
import email.message
import json

from harness import contains, equal, http_call
from platform_calls import ids_of, items, walk

DIRECT = {"authorization": "Bearer direct"}


def letter(subject, text="Hi"):
    return f"To: b@example.com\r\nSubject: {subject}\r\n\r\n{text}"


def asker(origin):
    def truth(path):
        return http_call("GET", origin + path, DIRECT)

    return truth


def gmail(t, at, origins):
    ask = asker(origins.direct["gmail"])

    def truth(path):
        return ask(f"/gmail/v1/users/me/{path}").json()

    def headers(message):
        return {one["name"]: one["value"] for one in message["payload"]["headers"]}

    with t.case("gmail: a message is sent, read, listed, labelled, put in the bin and taken out"):
        made = at.run("gmail.users.messages.send", raw=letter("Hello “wörld”"))
        equal(headers(truth(f"messages/{made['id']}"))["Subject"], "Hello “wörld”")
        contains(json.dumps(at.run("gmail.users.messages.get", id=made["id"]), ensure_ascii=False), "Hello “wörld”")
        contains([one["id"] for one in items(at.run("gmail.users.messages.list"))], made["id"])
        at.run("gmail.users.messages.modify", id=made["id"], addLabelIds=["STARRED"])
        contains(truth(f"messages/{made['id']}")["labelIds"], "STARRED")
        at.run("gmail.users.messages.batchModify", ids=[made["id"]], removeLabelIds=["STARRED"])
        assert "STARRED" not in truth(f"messages/{made['id']}")["labelIds"]
        at.run("gmail.users.messages.trash", id=made["id"])
        contains(truth(f"messages/{made['id']}")["labelIds"], "TRASH")
        at.run("gmail.users.messages.untrash", id=made["id"])
        assert "TRASH" not in truth(f"messages/{made['id']}")["labelIds"]
    with t.case("gmail: an attached file is named with its message, and read"):
        whole = email.message.EmailMessage()
        whole["To"], whole["Subject"] = "b@example.com", "With a file"
        whole.set_content("See the file")
        whole.add_attachment(b"Seven of nine \xf0\x9f\x8d\x9e", maintype="application", subtype="pdf", filename="plan.pdf")
        sent = at.run("gmail.users.messages.send", raw=whole.as_string())
        read = at.run("gmail.users.messages.get", id=sent["id"])
        contains(read["text"], "See the file")
        [attached] = read["attachments"]
        equal(attached["filename"], "plan.pdf")
        part = at.run("gmail.users.messages.attachments.get", messageId=sent["id"], id=attached["body"]["attachmentId"])
        there = f"messages/{sent['id']}/attachments/{attached['body']['attachmentId']}"
        equal((part["size"], part["data"]), (truth(there)["size"], truth(there)["data"]))
        equal(base64.urlsafe_b64decode(part["data"] + "=="), b"Seven of nine \xf0\x9f\x8d\x9e")
    with t.case("gmail: an answer stands in its thread, which is read, listed, marked and put in the bin"):
        answer = at.run("gmail.users.messages.send", raw=letter("Re: Hello"), threadId=made["threadId"])
        equal(answer["threadId"], made["threadId"])
        read = at.run("gmail.users.threads.get", id=made["threadId"])
        equal({one["id"] for one in items(read)}, {made["id"], answer["id"]})
        contains([one["id"] for one in items(at.run("gmail.users.threads.list"))], made["threadId"])
        at.run("gmail.users.threads.modify", id=made["threadId"], addLabelIds=["IMPORTANT"])
        at.run("gmail.users.threads.trash", id=made["threadId"])
        for one in (made, answer):
            labels = truth(f"messages/{one['id']}")["labelIds"]
            assert {"IMPORTANT", "TRASH"} <= set(labels), labels
    with t.case("gmail: a draft is written, listed, changed and sent"):
        made = at.run("gmail.users.drafts.create", raw=letter("Draft"))
        contains([one["id"] for one in items(at.run("gmail.users.drafts.list"))], made["id"])
        at.run("gmail.users.drafts.update", id=made["id"], raw=letter("Changed"))
        equal(headers(truth(f"drafts/{made['id']}")["message"])["Subject"], "Changed")
        contains(json.dumps(at.run("gmail.users.drafts.get", id=made["id"])), "Changed")
        sent = at.run("gmail.users.drafts.send", id=made["id"])
        contains(truth(f"messages/{sent['id']}")["labelIds"], "SENT")
        equal(ask(f"/gmail/v1/users/me/drafts/{made['id']}").status, 404)
    with t.case("gmail: a label is made and listed, and cannot be made twice"):
        made = at.run("gmail.users.labels.create", name="e2e/Später")
        equal(truth(f"labels/{made['id']}")["name"], "e2e/Später")
        contains([one["id"] for one in items(at.run("gmail.users.labels.list"))], made["id"])
        told = at.refused("gmail.users.labels.create", "PLATFORM_INVALID", {"name": "e2e/Später"})
        contains(json.dumps(told), "conflicts")
    with t.case("gmail: messages come page by page, each once"):
        made = {at.run("gmail.users.messages.send", raw=letter(f"Page {number}"))["id"] for number in range(4)}
        pages = walk(at.run, "gmail.users.messages.list", 3)
        everything = truth("messages?maxResults=500")["messages"]
        equal(sorted(ids_of(pages)), sorted(one["id"] for one in everything))
        assert made <= set(ids_of(pages)) and len(pages) >= 2, pages
    with t.case("gmail: who it is is told, and what is not there is told as such"):
        equal(at.run("oauth2.userinfo.get")["email"], ask("/oauth2/v2/userinfo").json()["email"])
        at.missing("gmail.users.messages.get", id="none")
        at.missing("gmail.users.drafts.send", id="none")


def calendar(t, at, origins):
    ask = asker(origins.direct["googlecalendar"])

    def truth():
        return ask("/calendar/v3/calendars/primary/events?maxResults=250").json()["items"]

    def event(day, **more):
        times = {"start": {"dateTime": f"2026-12-{day:02}T09:00:00Z"}, "end": {"dateTime": f"2026-12-{day:02}T10:00:00Z"}}
        return at.run("calendar.events.insert", calendarId="primary", **times, **more)

    with t.case("googlecalendar: an event is made, listed, found and deleted"):
        made = event(1, summary="Breakfast & co.", location="Café", attendees=[{"email": "b@example.com"}])
        told = next(one for one in truth() if one["id"] == made["id"])
        equal((told["summary"], told["location"]), ("Breakfast & co.", "Café"))
        equal([one["email"] for one in told["attendees"]], ["b@example.com"])
        found = items(at.run("calendar.events.list", calendarId="primary", q="Breakfast"))
        contains([one["id"] for one in found], made["id"])
        at.run("calendar.events.delete", calendarId="primary", eventId=made["id"])
        assert made["id"] not in [one["id"] for one in truth()]
        assert made["id"] not in [one["id"] for one in items(at.run("calendar.events.list", calendarId="primary"))]
    with t.case("googlecalendar: the calendars are listed, and who is busy when is told"):
        listed = items(at.run("calendar.calendarList.list"))
        equal(sorted(one["id"] for one in listed), sorted(one["id"] for one in ask("/calendar/v3/users/me/calendarList").json()["items"]))
        event(9, summary="Busy")
        primary = next(one["id"] for one in listed if one.get("primary"))
        told = at.run("calendar.freebusy.query", timeMin="2026-12-09T00:00:00Z", timeMax="2026-12-10T00:00:00Z", items=[{"id": primary}])
        equal(len(told[primary]["busy"]), 1)
    with t.case("googlecalendar: events come page by page, each once"):
        made = {event(20 + number, summary=f"Page {number}")["id"] for number in range(5)}
        pages = walk(at.run, "calendar.events.list", 2, calendarId="primary")
        equal(sorted(ids_of(pages)), sorted(one["id"] for one in truth()))
        assert made <= set(ids_of(pages)) and len(pages) >= 3, pages
    with t.case("googlecalendar: what is not there is told as such"):
        at.missing("calendar.events.list", calendarId="none@example.com")
        at.missing("calendar.events.delete", calendarId="primary", eventId="none")


def drive(t, at, origins):
    origin = origins.direct["googledrive"]
    ask = asker(origin)

    def truth(id):
        return ask(f"/drive/v3/files/{id}").json()

    folder = {"mimeType": "application/vnd.google-apps.folder"}
    with t.case("googledrive: a folder is made, read, listed, renamed and moved"):
        made = at.run("drive.files.create", name="Plans “2027”", **folder)
        equal(truth(made["id"])["name"], "Plans “2027”")
        equal(at.run("drive.files.get", fileId=made["id"])["name"], "Plans “2027”")
        contains([one["id"] for one in items(at.run("drive.files.list"))], made["id"])
        at.run("drive.files.update", fileId=made["id"], name="Ideas")
        equal(truth(made["id"])["name"], "Ideas")
        inner = at.run("drive.files.create", name="Inner", parents=[made["id"]], **folder)
        equal(truth(inner["id"])["parents"], [made["id"]])
        other = at.run("drive.files.create", name="Other", **folder)
        at.run("drive.files.update", fileId=inner["id"], addParents=other["id"], removeParents=made["id"])
        equal(truth(inner["id"])["parents"], [other["id"]])
        found = items(at.run("drive.files.list", q=f"'{other['id']}' in parents"))
        equal([one["id"] for one in found], [inner["id"]])
    with t.case("googledrive: a file's content is read"):
        parts = ['{"name": "notes.txt", "mimeType": "text/plain"}', "Seven of nine"]
        kinds = ["application/json", "text/plain"]
        body = "".join(f"--e2e\r\nContent-Type: {kind}\r\n\r\n{part}\r\n" for kind, part in zip(kinds, parts)) + "--e2e--\r\n"
        sent = {**DIRECT, "content-type": "multipart/related; boundary=e2e"}
        file = http_call("POST", f"{origin}/upload/drive/v3/files?uploadType=multipart", sent, body.encode()).json()
        read = at.run("drive.files.get_media", fileId=file["id"])
        equal(read["size"], len("Seven of nine"))
        contains(read["contentType"], "text/plain")
        equal(read.get("text") or base64.b64decode(read.get("base64", "")).decode(), "Seven of nine")
    with t.case("googledrive: files come page by page, each once"):
        made = {at.run("drive.files.create", name=f"Page {number}", **folder)["id"] for number in range(5)}
        pages = walk(at.run, "drive.files.list", 2)
        seen = ids_of(pages)
        equal(sorted(seen), sorted(one["id"] for one in ask("/drive/v3/files?pageSize=1000").json()["files"]))
        assert made <= set(seen) and len(pages) >= 3, pages
    with t.case("googledrive: what is not there is told as such"):
        at.missing("drive.files.get", fileId="none")
        at.missing("drive.files.update", fileId="none", name="Nothing")
