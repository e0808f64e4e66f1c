"""What the tables of SDK calls are made of: a [`Row`] for each call, a function for each platform, and ways to lead an SDK to
the recorder whatever host it insists on."""

import urllib.parse
from dataclasses import dataclass, field

ROWS = {}


@dataclass
class Row:
    """A call in the SDK's own terms, beside the action and the arguments that are to send the same. `differs` names what may be
    different, with the reason: `query.NAME`, `body.NAME`, `header.NAME`; `place` where arguments may stand in the query or the body, `method` where that and the
    method are one's own choice."""

    action: str
    arguments: dict
    call: object
    differs: dict = field(default_factory=dict)


def platform(function):
    """The rows of the platform of this name; the function gets the recorder's origin."""
    ROWS[function.__name__] = function
    return function


def at(origin, url):
    """The URL at the recorder instead."""
    parts = urllib.parse.urlsplit(url)
    return origin + url.removeprefix(f"{parts.scheme}://{parts.netloc}")


def rewriting(session, origin):
    """A requests session that asks the recorder, whatever host its SDK insists on."""
    from requests.adapters import HTTPAdapter

    class Adapter(HTTPAdapter):
        def send(self, request, **how):
            request.url = at(origin, request.url)
            how.pop("proxies", None)
            return super().send(request, **how)

    session.mount("https://", Adapter(max_retries=0))
    return session


def rewrite_every_session(origin):
    """The same for an SDK that opens sessions of its own for each call. For a process that makes one SDK's calls alone."""
    import requests

    opened = requests.Session.__init__

    def init(session):
        opened(session)
        rewriting(session, origin)

    requests.Session.__init__ = init
