"""Looks for secrets in the clear, in every form in which a text may stand in a file."""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import urllib.parse

# Fields of bodies whose values are secrets, in requests and answers alike.
NAMES = {
    "token", "secret", "password", "apikey", "accesstoken", "clientsecret", "refreshtoken", "registrationaccesstoken", "codeverifier",
    "assertion", "privatekey", "usertoken", "jwt",
}
# A shorter text stands everywhere by chance.
SHORTEST = 12


def forms(secret):
    """The ways in which a text may stand in a file, by name."""
    data = secret.encode()
    found = {
        "plain": data,
        "UTF-16": secret.encode("utf-16-le"),
        "hex": data.hex().encode(),
        "HEX": data.hex().upper().encode(),
        "percent": urllib.parse.quote(secret, safe="").encode(),
        "reversed": data[::-1],
        # A plain hash would let whoever has the database try guesses; look-ups are by a keyed one.
        "SHA-256": hashlib.sha256(data).digest(),
        "SHA-256 in hex": hashlib.sha256(data).hexdigest().encode(),
        "SHA-256 in base64": base64.b64encode(hashlib.sha256(data).digest()).rstrip(b"="),
    }
    for shift in range(3):
        # Base64 of the secret inside of something longer: only what does not depend on its neighbours.
        whole = base64.b64encode(b"\0" * shift + data)
        kept = whole[4 if shift else 0: len(whole) // 4 * 4 - 4]
        found[f"base64 at {shift}"] = kept
        found[f"base64url at {shift}"] = kept.replace(b"+", b"-").replace(b"/", b"_")
    return {name: text for name, text in found.items() if len(text) >= 8}


def search(data, secrets):
    """Names of the secrets that stand in the bytes, with the form they stand in."""
    return [f"{name} as {form}" for name, secret in secrets.items() for form, text in forms(secret).items() if text in data]


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def worded(value):
    """Whether a text is long enough to be looked for, and no placeholder of asterisks."""
    return isinstance(value, str) and len(value) >= SHORTEST and len(set(value)) > 4


def secrets_in(body, inside=""):
    """The secrets of a body, as (name, text): what stands in a field of such a name, and all of a credential's fields."""
    if isinstance(body, list):
        for item in body:
            yield from secrets_in(item, inside)
    elif isinstance(body, dict):
        for name, value in body.items():
            plain = name.replace("_", "").replace("-", "").lower()
            if isinstance(value, (dict, list)):
                yield from secrets_in(value, "fields" if name in ("fields", "data") else "")
            elif worded(value) and (plain in NAMES or inside == "fields"):
                yield name, value


class Watch:
    """Every secret that a suite gave to its Solders or got from them, and everything that these showed: pages, and bodies of errors."""

    def __init__(self):
        self.secrets, self.shown, self.origins = {}, [], set()
        self.found, self.searched = [], 0

    def keep(self, name, secret):
        """From here on this text may stand nowhere. Gives it back."""
        self.secrets.setdefault(secret, name)
        return secret

    def is_ours(self, url):
        return any(url.startswith(origin) for origin in self.origins)

    def saw(self, url, body):
        """Something that a Solder showed; what others show is theirs."""
        if self.is_ours(url):
            self.shown.append(body if isinstance(body, bytes) else body.encode())

    def sent(self, url, headers, body):
        """A request to a Solder: its bearers and the secrets of its body are kept."""
        if not self.is_ours(url):
            return
        for name, value in headers:
            value = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            if name.lower() in ("authorization", "x-alloy-user-token"):
                secret = value.rpartition(" ")[2]
                if worded(secret) and secret.isascii():
                    self.keep(f"what came in {name}", secret)
        self.learn("a request's", body)

    def answered(self, url, body):
        """An answer of a Solder that shows secrets on purpose, once."""
        if self.is_ours(url):
            self.learn("an answer's", body)

    def learn(self, whose, body):
        if not body or len(body) > 200_000:
            return
        try:
            document = json.loads(body)
        except ValueError:
            document = dict(urllib.parse.parse_qsl(body.decode("latin-1")))
        except RecursionError:
            return
        for name, secret in secrets_in(document):
            self.keep(f"{whose} {name}", secret)

    def search(self, solder):
        """Looks through a Solder that has ended: files of the data folder but the master key's, and the log."""
        self.searched += 1
        paths = [path for path in files(solder.data) if path.name != "master.key"] if solder.data.exists() else []
        self.search_files([*paths, *([solder.log_path] if solder.log_path.exists() else [])])

    def search_files(self, paths):
        if self.secrets and paths:
            for path in with_any(paths, self.secrets):
                self.found += [f"{path}: {one}" for one in search(path.read_bytes(), self.named())]

    def named(self):
        """The secrets by a name each."""
        return {f"{name} ({secret[:3]}…{len(secret)})": secret for secret, name in self.secrets.items()}

    def leaks(self):
        """Where a secret stands, of all that was searched and shown."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "what was shown")
            with open(path, "wb") as file:
                file.write(b"\n".join(self.shown))
            self.search_files([pathlib.Path(path)])
        return self.found


def with_any(paths, secrets):
    """The files in which one of the secrets stands in any form. By grep, which looks for thousands of texts at once."""
    texts = {text for secret in secrets for text in forms(secret).values()}
    lines = {text for text in texts if b"\n" not in text}
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write(b"\n".join(sorted(lines)))
        patterns.flush()
        done = subprocess.run(
            ["grep", "--fixed-strings", "--text", "--files-with-matches", "--null", "--file", patterns.name, "--", *map(str, paths)],
            stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}, check=False,
        )
    found = {pathlib.Path(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name}
    odd = texts - lines
    return found | {path for path in paths if odd and path not in found and contains_any(path.read_bytes(), odd)}


def contains_any(data, texts):
    return any(text in data for text in texts)
