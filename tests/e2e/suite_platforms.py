"""Stripe, Twilio, Resend, Linear, Gmail, Google Calendar and Drive on stand-in platforms that keep state: created, read, listed,
changed and deleted through tool calls, as far as each stand-in goes."""

import base64
import contextlib
import json
import pathlib

from catalogue import ids
from harness import CACHE, NODE, NODE_MODULES, PYTHON, Process, contains, equal, free_port, http_call, need
from sending import Catalogue

PROGRAM = NODE_MODULES / "emulate/dist/index.js"
# The stand-in's service for each connector.
SERVICES = {
    "stripe": "stripe", "twilio": "twilio", "resend": "resend", "linear": "linear", "gmail": "google", "googlecalendar": "google",
    "googledrive": "google",
}


def items(answer):
    """The items of a list, wrapped or not."""
    if isinstance(answer, list):
        return answer
    return answer["data"] if isinstance(answer.get("data"), list) else next(value for value in answer.values() if isinstance(value, list))


@contextlib.contextmanager
def platforms(wanted):
    """The origins of the stand-ins, by connector, and of a second one for Stripe."""
    services = list(dict.fromkeys(SERVICES[name] for name in wanted))
    port, second = free_port(len(services)), free_port()
    with (
        Process(need(NODE), need(PROGRAM), "start", "--port", port, "--service", ",".join(services), cwd=CACHE) as emulate,
        Process(pathlib.Path(need(PYTHON)).parent / "localstripe", "--port", second, "--from-scratch", cwd=CACHE) as localstripe,
    ):
        emulate.wait_for(port + len(services) - 1)
        localstripe.wait_for(second)
        yield {name: f"http://127.0.0.1:{port + services.index(SERVICES[name])}" for name in wanted}, f"http://127.0.0.1:{second}"


class Platform:
    """One connector, called through the server's token URL."""

    def __init__(self, catalogue, name, kind=None, fields=None):
        self.client, self.name = catalogue.client, name
        connector = catalogue.connectors[name]
        if fields:
            asked = {"connectorId": name, "authenticationType": kind, "fields": fields}
            self.credential = self.client.ask("create_credential", asked)["credentialId"]
        else:
            self.credential = catalogue.credential(connector, kind or connector.kind_of({}))

    def run(self, action, **parameters):
        return self.client.execute(self.name, action, parameters, credentialId=self.credential)

    def missing(self, action, **parameters):
        asked = {"connectorId": self.name, "actionId": action, "parameters": parameters, "credentialId": self.credential}
        return self.client.refused("execute_action", asked, "PLATFORM_NOT_FOUND")


def stripe(t, at, where, origin):
    key = {"authorization": "Basic " + base64.b64encode(b"sk_test_direct:").decode()}
    with t.case(f"stripe at {where}: a customer is created, read, listed, changed and deleted"):
        made = at.run("PostCustomers", name="Ana Silva", email="ana@example.com", metadata={"plan": "pro"})
        truth = http_call("GET", f"{origin}/v1/customers/{made['id']}", key).json()
        equal((truth["name"], truth["email"], truth["metadata"]), ("Ana Silva", "ana@example.com", {"plan": "pro"}))
        equal(at.run("GetCustomersCustomer", customer=made["id"])["email"], "ana@example.com")
        contains([one["id"] for one in items(at.run("GetCustomers", limit=10))], made["id"])
        at.run("PostCustomersCustomer", customer=made["id"], name="Ana Costa")
        equal(http_call("GET", f"{origin}/v1/customers/{made['id']}", key).json()["name"], "Ana Costa")
        at.run("DeleteCustomersCustomer", customer=made["id"])
        assert made["id"] not in [one["id"] for one in items(at.run("GetCustomers", limit=10))]
    with t.case(f"stripe at {where}: a product is made and listed, and customers come page by page"):
        product = at.run("PostProducts", name="Gold")
        contains([one["name"] for one in items(at.run("GetProducts", limit=10))], "Gold")
        assert product["id"]
        made = {at.run("PostCustomers", name=f"Page {number}")["id"] for number in range(3)}
        seen, cursor = [], None
        for _ in range(10):
            page = at.run("GetCustomers", limit=2, **({"cursor": cursor} if cursor else {}))
            seen += [one["id"] for one in items(page)]
            cursor = page.get("metadata", {}).get("nextCursor") if isinstance(page, dict) else None
            if not cursor:
                break
        assert made <= set(seen) and len(seen) == len(set(seen)), seen
    with t.case(f"stripe at {where}: what is not there is told as such"):
        at.missing("GetCustomersCustomer", customer="cus_none")


def twilio(t, at, origin):
    with t.case("twilio: a message is sent, read, listed and deleted"):
        made = at.run("CreateMessage", To="+15558675310", From="+15551234567", Body="Hello")
        read = at.run("FetchMessage", Sid=made["sid"])
        equal((read["to"], read["body"]), ("+15558675310", "Hello"))
        contains([one["sid"] for one in items(at.run("ListMessage", PageSize=10))], made["sid"])
        at.run("DeleteMessage", Sid=made["sid"])
        at.missing("FetchMessage", Sid=made["sid"])
    with t.case("twilio: a call is made, read and ended"):
        made = at.run("CreateCall", To="+15558675310", From="+15551234567", Twiml="<Response><Say>Hello</Say></Response>")
        equal(at.run("FetchCall", Sid=made["sid"])["sid"], made["sid"])
        contains([one["sid"] for one in items(at.run("ListCall", PageSize=10))], made["sid"])
        equal(at.run("UpdateCall", Sid=made["sid"], Status="completed")["status"], "completed")


def resend(t, at, origin):
    with t.case("resend: an e-mail is sent, read and listed"):
        made = at.run("emails/send", **{"from": "a@example.com", "to": ["b@example.com"], "subject": "Hello", "text": "Hi"})
        read = at.run("emails/get", email_id=made["id"])
        equal((read["subject"], read["to"]), ("Hello", ["b@example.com"]))
        contains([one["id"] for one in items(at.run("emails/list"))], made["id"])
    with t.case("resend: a planned e-mail is called off"):
        made = at.run("emails/send", **{
            "from": "a@example.com", "to": ["b@example.com"], "subject": "Later", "text": "Hi", "scheduled_at": "2030-01-01T09:00:00Z",
        })
        at.run("emails/cancel", email_id=made["id"])
        contains(at.run("emails/get", email_id=made["id"])["last_event"], "canceled")
    with t.case("resend: several e-mails go at once, and what is not there is told as such"):
        many = [{"from": "a@example.com", "to": ["b@example.com"], "subject": f"Number {number}", "text": "Hi"} for number in range(2)]
        equal(len(items(at.run("emails/send-batch", emails=many))), 2)
        at.missing("emails/get", email_id="4ef9a417-02e9-4d39-ad75-9611e0fcc33c")


def linear(t, at, origin):
    def truth(id):
        query = {"query": "query($id: String!) { issue(id: $id) { title } }", "variables": {"id": id}}
        headers = {"authorization": "lin_api_direct", "content-type": "application/json"}
        return http_call("POST", f"{origin}/graphql", headers, query).json()["data"]["issue"]

    with t.case("linear: the teams are listed, an issue is created and changed"):
        # The stand-in's types have fewer fields than Linear's own: issues are read past our documents here, and those that
        # ask for an estimate, a comment's URL, whether it is in the bin or a person's organization are refused by it.
        team = items(at.run("teams"))[0]
        made = at.run("issueCreate", teamId=team["id"], title="It breaks")
        made = made.get("issue", made)
        equal(truth(made["id"])["title"], "It breaks")
        at.run("issueUpdate", id=made["id"], title="It broke")
        equal(truth(made["id"])["title"], "It broke")


def gmail(t, at, origin):
    raw = "To: b@example.com\r\nSubject: Hello\r\n\r\nHi"
    with t.case("gmail: a message is sent, read, listed, labelled and put in the bin"):
        made = at.run("gmail.users.messages.send", raw=raw)
        contains(json.dumps(at.run("gmail.users.messages.get", id=made["id"])), "Hello")
        contains([one["id"] for one in items(at.run("gmail.users.messages.list"))], made["id"])
        at.run("gmail.users.messages.modify", id=made["id"], addLabelIds=["STARRED"])
        contains(at.run("gmail.users.messages.get", id=made["id"])["labelIds"], "STARRED")
        at.run("gmail.users.messages.trash", id=made["id"])
        contains(at.run("gmail.users.messages.get", id=made["id"])["labelIds"], "TRASH")
    with t.case("gmail: a draft is written, changed and sent"):
        made = at.run("gmail.users.drafts.create", raw=raw)
        contains([one["id"] for one in items(at.run("gmail.users.drafts.list"))], made["id"])
        changed = "To: b@example.com\r\nSubject: Changed\r\n\r\nHi"
        at.run("gmail.users.drafts.update", id=made["id"], raw=changed)
        contains(json.dumps(at.run("gmail.users.drafts.get", id=made["id"])), "Changed")
        at.run("gmail.users.drafts.send", id=made["id"])


def googlecalendar(t, at, origin):
    with t.case("googlecalendar: an event is made, listed and deleted, which is as far as the stand-in goes"):
        start, end = {"dateTime": "2026-12-01T09:00:00Z"}, {"dateTime": "2026-12-01T10:00:00Z"}
        made = at.run("calendar.events.insert", calendarId="primary", summary="Breakfast", start=start, end=end)
        contains([one["id"] for one in items(at.run("calendar.events.list", calendarId="primary"))], made["id"])
        at.run("calendar.events.delete", calendarId="primary", eventId=made["id"])
        assert made["id"] not in [one["id"] for one in items(at.run("calendar.events.list", calendarId="primary"))]
        assert items(at.run("calendar.calendarList.list"))


def googledrive(t, at, origin):
    with t.case("googledrive: a folder is made, read, listed and renamed, which is as far as the stand-in goes"):
        made = at.run("drive.files.create", name="Plans", mimeType="application/vnd.google-apps.folder")
        equal(at.run("drive.files.get", fileId=made["id"])["name"], "Plans")
        contains([one["id"] for one in items(at.run("drive.files.list"))], made["id"])
        at.run("drive.files.update", fileId=made["id"], name="Ideas")
        equal(at.run("drive.files.get", fileId=made["id"])["name"], "Ideas")
        at.missing("drive.files.get", fileId="none")


TWILIO = {"auth_token": "twilio_test_auth_token", "account_sid": "AC00000000000000000000000000000000"}
KEYS = {"twilio": ("auth_token", TWILIO)}


def run(t):
    wanted = [name for name in SERVICES if name in ids()]
    with platforms(wanted) as (origins, localstripe):
        with Catalogue(t, wanted, origins=origins) as catalogue:
            for name in wanted:
                with t.case(f"{name}: connected to its stand-in"):
                    at = Platform(catalogue, name, *KEYS.get(name, ()))
                    where = ("emulate",) if name == "stripe" else ()
                    globals()[name](t, at, *where, origins[name])
        with Catalogue(t, ["stripe"], origins={"stripe": localstripe}) as catalogue:
            made = Platform(catalogue, "stripe", "api_key", {"key": "sk_test_e2e_standin_0"})
            stripe(t, made, "localstripe", localstripe)
