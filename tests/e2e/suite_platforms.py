"""Stripe, Twilio, Resend, Linear, Microsoft, Gmail, Google Calendar and Drive on stand-in platforms that keep state: created, read,
listed, changed and deleted through tool calls, as far as each stand-in goes. What is true is asked of the stand-in itself.

What each has, by the platform's resources: C create, R read, L list, U change, D delete. A small letter: there, but not among
our actions; such things are made at the stand-in directly. A dot: the stand-in does not have it. All else that our connectors
have is not at the stand-in at all.

    stripe          emulate       customers CRLUD, payment intents cRLU (cancelled), products CrL.., prices crL.., charges .rl..
                                  no account, balance, search, refunds, invoices, subscriptions, payment links, events
                    localstripe   customers CRLUD, products CrL.d, payment intents cRLU, refunds CrL.., invoice items Crl.d,
                                  invoices CRL., subscriptions crLUD: its items are plans, not prices
                                  no account, search, prices, payment links, finalizing and sending of invoices
    twilio          emulate       messages CRLUD, media .rL.., calls CRLUd, numbers CrLud, messaging services crLud,
                                  verification services crLud, verifications CruU (checked)
                                  no recordings, free numbers, lookups, balance, usage
    resend          emulate       emails CRL.D (called off), domains cRLUd (verified); contacts below audiences alone, where the
                                  platform itself has moved them to /contacts; no receiving, broadcasts, segments, templates
    linear          emulate       issues CRLUD and archived, comments Crlud, labels crLud, teams, states, people, projects and
                                  cycles rL; its types have fewer fields and conditions: a front leaves out of our documents
                                  what it lacks; no search, relations, attachments, making of projects, status updates
    microsoft365    emulate       the connected person R; no mail, calendar or files
    gmail           emulate       messages CRLUd and in the bin, threads RLUd, drafts CRLUd and sent, labels CrLud, attachments R
    googlecalendar  emulate       events C.L.D, calendars ..L.., free and busy R
    googledrive     emulate       files CRLU. and their content R; no deletion, copies, permissions, comments, drives
    slack, github   emulate       in suite_standins.py

Who may come in is looked at by Twilio's and localstripe alone; the others take any token for their first user.
"""

import base64
import json

import platforms_google
from catalogue import ids
from harness import contains, equal, http_call
from platform_calls import SERVICES, Platform, ids_of, items, platforms, walk
from platforms_stripe import stripe, stripe_billing
from sending import Catalogue

ACCOUNT = "AC00000000000000000000000000000000"
TWILIO = {"auth_token": "twilio_test_auth_token", "account_sid": ACCOUNT}
KEYS = {"twilio": ("auth_token", TWILIO)}
BASIC = {"authorization": "Basic " + base64.b64encode(f"{ACCOUNT}:twilio_test_auth_token".encode()).decode()}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def twilio(t, at, origins):
    origin = origins.direct["twilio"]

    def truth(path):
        return http_call("GET", f"{origin}/2010-04-01/Accounts/{ACCOUNT}/{path}.json", BASIC)

    def made(path, body):
        return http_call("POST", origin + path, BASIC | FORM, body.encode()).json()

    with t.case("twilio: a message is sent, read, listed, blanked and deleted"):
        sent = at.run("CreateMessage", To="+15558675310", From="+15551234567", Body="Hello & “good” day = 100%")
        equal(truth(f"Messages/{sent['sid']}").json()["body"], "Hello & “good” day = 100%")
        read = at.run("FetchMessage", Sid=sent["sid"])
        equal((read["to"], read["body"]), ("+15558675310", "Hello & “good” day = 100%"))
        contains([one["sid"] for one in items(at.run("ListMessage", PageSize=10))], sent["sid"])
        at.run("UpdateMessage", Sid=sent["sid"], Body="")
        equal(truth(f"Messages/{sent['sid']}").json()["body"], "")
        at.run("DeleteMessage", Sid=sent["sid"])
        equal(truth(f"Messages/{sent['sid']}").status, 404)
        at.missing("FetchMessage", Sid=sent["sid"])
    with t.case("twilio: a message's pictures are listed"):
        sent = at.run("CreateMessage", To="+15558675310", From="+15551234567", Body="See", MediaUrl="https://example.com/a.png")
        equal(len(items(at.run("ListMedia", MessageSid=sent["sid"]))), 1)
    with t.case("twilio: a call is made, read, listed and ended"):
        call = at.run("CreateCall", To="+15558675310", From="+15551234567", Twiml="<Response><Say>Hello</Say></Response>")
        equal(at.run("FetchCall", Sid=call["sid"])["sid"], call["sid"])
        contains([one["sid"] for one in items(at.run("ListCall", PageSize=10))], call["sid"])
        at.run("UpdateCall", Sid=call["sid"], Status="completed")
        equal(truth(f"Calls/{call['sid']}").json()["status"], "completed")
    with t.case("twilio: a number is taken and listed, and cannot be taken twice"):
        number = at.run("CreateIncomingPhoneNumber", PhoneNumber="+15550102030", FriendlyName="Desk")
        equal(truth(f"IncomingPhoneNumbers/{number['sid']}").json()["friendly_name"], "Desk")
        contains([one["sid"] for one in items(at.run("ListIncomingPhoneNumber"))], number["sid"])
        told = at.refused("CreateIncomingPhoneNumber", "PLATFORM_INVALID", {"PhoneNumber": "+15550102030"})
        contains(json.dumps(told), "already owned")
    with t.case("twilio: messaging and verification services are listed, and a code is sent and checked"):
        service = made("/messaging/v1/Services", "FriendlyName=Shop")
        contains([one["sid"] for one in items(at.run("ListService"))], service["sid"])
        verify = made("/verify/v2/Services", "FriendlyName=Shop")["sid"]
        contains([one["sid"] for one in items(at.run("ListVerificationService"))], verify)
        at.run("CreateVerification", ServiceSid=verify, To="+15558675310", Channel="sms")
        asked = f"{origin}/_twilio/simulate/verification-code?To=%2B15558675310&ServiceSid={verify}"
        code = http_call("GET", asked, BASIC).json()["code"]
        wrong = at.run("CreateVerificationCheck", ServiceSid=verify, To="+15558675310", Code="0000" if code != "0000" else "1111")
        equal(wrong["status"], "pending")
        equal(at.run("CreateVerificationCheck", ServiceSid=verify, To="+15558675310", Code=code)["status"], "approved")
        equal(http_call("GET", asked, BASIC).json()["status"], "approved")
    with t.case("twilio: messages come page by page, each once"):
        sent = {at.run("CreateMessage", To="+15558675310", From="+15551234567", Body=f"Number {number}")["sid"] for number in range(5)}
        pages = walk(at.run, "ListMessage", 2)
        seen = ids_of(pages, "sid")
        everything = truth("Messages").json()["messages"]
        equal(sorted(seen), sorted(one["sid"] for one in everything))
        assert sent <= set(seen) and len(pages) >= 3, pages
    with t.case("twilio: what it refuses is told with its number, and a wrong token asks to connect again"):
        told = at.refused("CreateMessage", "PLATFORM_INVALID", {"To": "+15558675310", "From": "+15559990000", "Body": "Hi"})
        contains(json.dumps(told), "21606")
        wrong = at.connect("auth_token", TWILIO | {"auth_token": "another-Token-of-nobody-1"})
        told = at.refused("ListMessage", "PLATFORM_RECONNECT", {}, credential=wrong)
        contains(json.dumps(told), "20003")


def resend(t, at, origins):
    origin, mail = origins.direct["resend"], {"from": "a@example.com", "to": ["b@example.com"], "text": "Hi"}

    def truth(path):
        return http_call("GET", origin + path, {"authorization": "Bearer re_direct"}).json()

    with t.case("resend: an e-mail is sent, read and listed"):
        made = at.run("emails/send", **mail, subject="Hello")
        equal((truth(f"/emails/{made['id']}")["subject"], truth(f"/emails/{made['id']}")["to"]), ("Hello", ["b@example.com"]))
        read = at.run("emails/get", email_id=made["id"])
        equal((read["subject"], read["to"]), ("Hello", ["b@example.com"]))
        contains([one["id"] for one in items(at.run("emails/list"))], made["id"])
    with t.case("resend: the same e-mail sent by two calls is two e-mails, each with a key of its own"):
        same = [at.run("emails/send", **mail, subject="Twice")["id"] for _ in range(2)]
        assert same[0] != same[1] and {*same} <= {one["id"] for one in truth("/emails")["data"]}, same
    with t.case("resend: a planned e-mail is called off"):
        made = at.run("emails/send", **mail, subject="Later", scheduled_at="2030-01-01T09:00:00Z")
        equal(truth(f"/emails/{made['id']}")["last_event"], "email.scheduled")
        at.run("emails/cancel", email_id=made["id"])
        contains(truth(f"/emails/{made['id']}")["last_event"], "canceled")
    with t.case("resend: several e-mails go at once"):
        many = [{**mail, "subject": f"Number {number}"} for number in range(2)]
        before = len(truth("/emails")["data"])
        equal(len(items(at.run("emails/send-batch", emails=many))), 2)
        equal(len(truth("/emails")["data"]), before + 2)
    with t.case("resend: a domain is listed, read and verified"):
        domain = http_call("POST", f"{origin}/domains", {"authorization": "Bearer re_direct"}, {"name": "mail.example.com"}).json()
        contains([one["id"] for one in items(at.run("domains/list"))], domain["id"])
        read = at.run("domains/get", domain_id=domain["id"])
        equal((read["name"], read["status"]), ("mail.example.com", "pending"))
        at.run("domains/verify", domain_id=domain["id"])
        equal(truth(f"/domains/{domain['id']}")["status"], "verified")
    with t.case("resend: a list that the stand-in gives whole, however much is asked for, has no next page"):
        listed = at.run("emails/list", limit=2)
        equal(sorted(one["id"] for one in items(listed)), sorted(one["id"] for one in truth("/emails")["data"]))
        assert "nextCursor" not in json.dumps(listed), listed
    with t.case("resend: what is not there and what cannot be are told as such"):
        at.missing("emails/get", email_id="4ef9a417-02e9-4d39-ad75-9611e0fcc33c")
        at.missing("emails/cancel", email_id="4ef9a417-02e9-4d39-ad75-9611e0fcc33c")
        broken = {"emails": [{"from": "a@example.com", "to": ["b@example.com"], "text": "Hi", "subject": ""}]}
        contains(json.dumps(at.refused("emails/send-batch", "PLATFORM_INVALID", broken)), "subject")


def linear(t, at, origins):
    def truth(document, **variables):
        headers = {"authorization": "lin_api_direct", "content-type": "application/json"}
        sent = {"query": document, "variables": variables}
        return http_call("POST", f"{origins.direct['linear']}/graphql", headers, sent).json()["data"]

    def issue(id):
        return truth("query($id: String!) { issue(id: $id) { title archivedAt assignee { id } comments { nodes { body } } } }", id=id)["issue"]

    with t.case("linear: the connected person, teams, states, labels, people, projects and cycles are listed"):
        me = at.run("viewer")
        equal(me["id"], truth("{ viewer { id } }")["viewer"]["id"])
        team = items(at.run("teams"))[0]
        everybody = truth("{ users { nodes { id } } workflowStates { nodes { id } } projects { nodes { id } } }")
        for action in ("users", "workflowStates", "projects"):
            equal(sorted(one["id"] for one in items(at.run(action))), sorted(one["id"] for one in everybody[action]["nodes"]), action)
        label = truth("mutation($i: IssueLabelCreateInput!) { issueLabelCreate(input: $i) { issueLabel { id } } }",
                      i={"name": "e2e", "teamId": team["id"]})["issueLabelCreate"]["issueLabel"]["id"]
        contains([one["id"] for one in items(at.run("issueLabels"))], label)
        items(at.run("cycles"))
    with t.case("linear: an issue is created, read, listed, changed, commented, archived and deleted"):
        made = at.run("issueCreate", teamId=team["id"], title="It breaks", description="Often", assigneeId=me["id"])
        equal((issue(made["id"])["title"], issue(made["id"])["assignee"]["id"]), ("It breaks", me["id"]))
        read = at.run("issue", id=made["id"])
        equal((read["title"], read["description"], read["team"]["id"]), ("It breaks", "Often", team["id"]))
        contains([one["id"] for one in items(at.run("issues"))], made["id"])
        at.run("issueUpdate", id=made["id"], title="It broke", assigneeId=None)
        equal((issue(made["id"])["title"], issue(made["id"])["assignee"]), ("It broke", None))
        at.run("commentCreate", issueId=made["id"], body="Seen *too*")
        equal([one["body"] for one in issue(made["id"])["comments"]["nodes"]], ["Seen *too*"])
        equal([one["body"] for one in at.run("issue", id=made["id"])["comments"]["nodes"]], ["Seen *too*"])
        at.run("issueArchive", id=made["id"])
        assert issue(made["id"])["archivedAt"], "it is archived"
        other = at.run("issueCreate", teamId=team["id"], title="Not needed")["id"]
        assert issue(other) and not issue(other)["archivedAt"], "it is there"
        at.run("issueDelete", id=other)
        equal(issue(other), None)
        assert other not in [one["id"] for one in items(at.run("issues", first=100))]
    with t.case("linear: issues come page by page, each once"):
        made = {at.run("issueCreate", teamId=team["id"], title=f"Page {number}")["id"] for number in range(5)}
        pages = walk(at.run, "issues", 2)
        seen = ids_of(pages)
        assert made <= set(seen) and len(seen) == len(set(seen)) and len(pages) >= 3, pages
    with t.case("linear: an issue in a team that is not there is refused in the platform's words"):
        told = at.refused("issueCreate", None, {"teamId": "9cfb482a-81e3-4154-b5b9-2c805e70a02d", "title": "Nowhere"})
        assert told["code"].startswith("PLATFORM_"), told
        contains(json.dumps(told).lower(), "team")
    left = origins.left
    t.note(f"linear: {len(left)} fields and conditions of our documents are not in the stand-in's schema: {', '.join(left)}")


def microsoft365(t, at, origins):
    with t.case("microsoft365: the connected person is read, which is as far as the stand-in goes"):
        truth = http_call("GET", f"{origins.direct['microsoft365']}/v1.0/me", {"authorization": "Bearer direct"}).json()
        me = at.run("me.user.GetUser")
        equal((me["id"], me["userPrincipalName"]), (truth["id"], truth["userPrincipalName"]))
        at.missing("me.ListMessages")


PLATFORMS = {
    "stripe": lambda t, at, origins: stripe(t, at, "emulate", origins.direct["stripe"]),
    "twilio": twilio, "resend": resend, "linear": linear, "microsoft365": microsoft365, "gmail": platforms_google.gmail,
    "googlecalendar": platforms_google.calendar, "googledrive": platforms_google.drive,
}


def run(t):
    wanted = [name for name in SERVICES if name in ids()]
    with platforms(wanted) as (origins, localstripe):
        with Catalogue(t, wanted, origins=origins) as catalogue:
            for name in wanted:
                with t.case(f"{name}: connected to its stand-in"):
                    at = Platform(catalogue, name, *KEYS.get(name, ()))
                    PLATFORMS[name](t, at, origins)
        with Catalogue(t, ["stripe"], origins={"stripe": localstripe}) as catalogue:
            made = Platform(catalogue, "stripe", "api_key", {"key": "sk_test_e2e_standin_0"})
            stripe(t, made, "localstripe", localstripe)
            stripe_billing(t, made, localstripe)
