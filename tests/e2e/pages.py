"""A browser for pages without script: it keeps cookies, follows redirects and posts forms as they stand."""

import html.parser
import urllib.parse

from harness import http_call


class Forms(html.parser.HTMLParser):
    """The forms of a page, each with its action and its fields as a browser would send them untouched."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "form":
            self.found.append({"action": told.get("action") or "", "fields": []})
        elif tag == "input" and self.found and told.get("name"):
            kind = told.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in told:
                self.found[-1]["fields"].append((told["name"], told.get("value") or ""))


class Browser:
    """Cookies for each origin; `last` is the answer that is shown, `url` its address."""

    def __init__(self):
        self.cookies, self.url, self.last = {}, "", None

    def open(self, url, within=None):
        """Follows redirects until a page is shown, or until the next address does not begin with `within`: that address
        is returned then, and not opened."""
        return self._go("GET", url, None, within)

    def submit(self, within=None, action=None, **fields):
        """Posts the first form of the page (or the one with that action) with these fields set; None leaves one out."""
        forms = Forms(self.last.text).found
        form = next(form for form in forms if action is None or form["action"] == action)
        sent = [(name, value) for name, value in form["fields"] if name not in fields]
        sent += [(name, value) for name, value in fields.items() if value is not None]
        target = urllib.parse.urljoin(self.url, form["action"]) if form["action"] else self.url
        return self._go("POST", target, urllib.parse.urlencode(sent).encode(), within)

    def _go(self, method, url, body, within):
        for _ in range(20):
            if within is not None and not url.startswith(within):
                return url
            origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
            kept = self.cookies.setdefault(origin, {})
            headers = {"sec-fetch-site": "none" if method == "GET" else "same-origin"}
            if kept:
                headers["cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
            if method == "POST":
                headers.update({"origin": origin, "content-type": "application/x-www-form-urlencoded"})
            self.last, self.url = http_call(method, url, headers, body), url
            for name, line in self.last.header_list:
                if name.lower() == "set-cookie":
                    key, value = line.split(";")[0].split("=", 1)
                    kept[key] = value
            if self.last.status not in (301, 302, 303, 307, 308):
                return None
            method, body, url = "GET", None, urllib.parse.urljoin(url, self.last.headers["location"])
        raise AssertionError(f"{url} leads nowhere")
