"""A real browser: Debian's Chromium, driven by playwright-core through a small program that takes one command a line."""

import itertools
import json
import pathlib
import subprocess

from harness import NODE, WATCH, NotRun, die_with_parent, need

PROGRAM = pathlib.Path(__file__).resolve().parent / "clients" / "browser.mjs"


class Browser:
    """One Chromium for a suite; `page` opens a context with cookies of its own."""

    def __init__(self):
        if not any(pathlib.Path(path).exists() for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser")):
            raise NotRun("Chromium is missing (tests/tools/install.sh installs it)")
        self.numbers = itertools.count(1)

    def __enter__(self):
        self.process = subprocess.Popen(
            [need(NODE), str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            preexec_fn=die_with_parent,
        )
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def say(self, command, page, **told):
        self.process.stdin.write(json.dumps({"command": command, "page": page, **told}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the browser is gone"
        answer = json.loads(line)
        assert "error" not in answer, f"{command} {told}: {answer.get('error')}"
        return answer

    def page(self, **how):
        """A new page: `script=False` without JavaScript, `dark=True`, `width=390` for a phone."""
        number = next(self.numbers)
        self.say("open", number, **how)
        return BrowserPage(self, number)


class BrowserPage:
    """A page. Where its console says that the content policy refused something, the next look at it fails."""

    def __init__(self, browser, number):
        self.browser, self.number, self.url = browser, number, "about:blank"

    def say(self, command, **told):
        answer = self.browser.say(command, self.number, **told)
        self.url = answer["url"]
        if "html" in answer:
            WATCH.saw(self.url, answer["html"])
        refused = [line for line in answer["log"] if "Content Security Policy" in line and self.url.startswith("http")]
        assert not refused, refused
        return answer

    def goto(self, url):
        return self.say("goto", url=url)

    def click(self, selector):
        self.say("click", selector=selector)
        return self

    def wait(self, selector):
        """Until something is there: for pages that send the browser on by themselves."""
        self.say("wait", selector=selector)
        return self

    def fill(self, selector, value):
        self.say("fill", selector=selector, value=value)
        return self

    def check(self, selector, on=True):
        self.say("check", selector=selector, on=on)
        return self

    def count(self, selector):
        return self.say("count", selector=selector)["count"]

    def text(self, selector="body"):
        return self.say("text", selector=selector)["text"]

    def html(self):
        return self.say("html")["html"]

    def cookies(self):
        return {cookie["name"]: cookie for cookie in self.say("cookies")["cookies"]}

    def shot(self, path):
        self.say("shot", path=str(path))
        return self
