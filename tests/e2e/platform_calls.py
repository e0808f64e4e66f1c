"""Calls of one connector through a server's token URL, as the suites with stand-in platforms make them."""

import contextlib

from harness import CACHE, NODE, PYTHON, Process, free_port, need
from standins import EMULATE, front

# Where each connector's calls go: the stand-in's service.
SERVICES = {
    "stripe": "stripe", "twilio": "twilio", "resend": "resend", "linear": "linear", "microsoft365": "microsoft", "gmail": "google",
    "googlecalendar": "google", "googledrive": "google",
}
# Twilio serves these on hosts of their own, the stand-in below paths of their own.
TWILIO_PATHS = {"/v1/Services": "/messaging/v1/Services", "/v2/Services": "/verify/v2/Services"}


def items(answer):
    """The items of a list, wrapped or not."""
    if isinstance(answer, list):
        return answer
    if isinstance(answer.get("data"), list):
        return answer["data"]
    return next(value for value in answer.values() if isinstance(value, list))


def walk(run, action, limit, most=40, **parameters):
    """All items of a list, page by page with `limit` and `cursor`; no page is longer, none but the last is empty, and it ends."""
    seen, cursor = [], None
    for _ in range(most):
        answer = run(action, limit=limit, **parameters, **({"cursor": cursor} if cursor else {}))
        page = items(answer)
        assert len(page) <= limit, f"a page of {len(page)} where {limit} were asked for"
        cursor = answer.get("metadata", {}).get("nextCursor") if isinstance(answer, dict) else None
        assert page or not cursor, "an empty page says that there is more"
        seen.append(page)
        if not cursor:
            return seen
    raise AssertionError(f"{action} does not end within {most} pages")


def ids_of(pages, key="id"):
    return [one[key] for page in pages for one in page]


def connect(client, connector, kind, secret):
    """The id of a new credential that is one token."""
    made = client.ask("create_credential", {"connectorId": connector, "authenticationType": kind, "fields": {"token": secret}})
    assert len(made["credentialId"]) == 24 and set(made["credentialId"]) <= set("0123456789abcdef"), made
    return made["credentialId"]


class Platform:
    """One connector, called through the server's token URL."""

    def __init__(self, catalogue, name, kind=None, fields=None):
        self.client, self.name = catalogue.client, name
        connector = catalogue.connectors[name]
        if fields:
            self.credential = self.connect(kind, fields)
        else:
            self.credential = catalogue.credential(connector, kind or connector.kind_of({}))

    def connect(self, kind, fields):
        asked = {"connectorId": self.name, "authenticationType": kind, "fields": fields}
        return self.client.ask("create_credential", asked)["credentialId"]

    def run(self, action, **parameters):
        return self.client.execute(self.name, action, parameters, credentialId=self.credential)

    def refused(self, action, code, parameters, credential=None):
        asked = {"connectorId": self.name, "actionId": action, "parameters": parameters, "credentialId": credential or self.credential}
        return self.client.refused("execute_action", asked, code)

    def missing(self, action, **parameters):
        return self.refused(action, "PLATFORM_NOT_FOUND", parameters)


class Origins(dict):
    """The origins by connector. `direct` has the stand-ins themselves, for asking what is true; `left` what Linear's lacks."""

    def __init__(self, direct, fronts):
        super().__init__({**direct, **{name: front.origin for name, front in fronts.items()}})
        self.direct, self.fronts = direct, fronts

    @property
    def left(self):
        return sorted(line["left"] for line in self.fronts["linear"].lines if "left" in line)


@contextlib.contextmanager
def platforms(wanted):
    """The stand-ins as programs: their [`Origins`], and the origin of a second one for Stripe."""
    services = list(dict.fromkeys(SERVICES[name] for name in wanted))
    port, second = free_port(len(services)), free_port()
    with contextlib.ExitStack() as stack:
        begin = stack.enter_context
        emulate = begin(Process(need(NODE), need(EMULATE), "start", "--port", port, "--service", ",".join(services), cwd=CACHE))
        other = begin(Process(need(PYTHON).replace("/python", "/localstripe"), "--port", second, "--from-scratch", cwd=CACHE))
        for offset in range(len(services)):
            emulate.wait_for(port + offset)
        other.wait_for(second)
        direct = {name: f"http://127.0.0.1:{port + services.index(SERVICES[name])}" for name in wanted}
        fronts = {
            "linear": begin(front(target=direct["linear"], graphql="/graphql")),
            "twilio": begin(front(target=direct["twilio"], paths=TWILIO_PATHS)),
        }
        yield Origins(direct, fronts), f"http://127.0.0.1:{second}"
