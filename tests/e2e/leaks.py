"""Looks for secrets in the clear, in every form in which a text may stand in a file."""

import base64
import hashlib
import urllib.parse


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


class Watch:
    """The secrets of a suite, and everything that its Solders showed: pages, and bodies of errors."""

    def __init__(self):
        self.secrets, self.shown, self.origins = {}, [], set()

    def keep(self, name, secret):
        """From here on this text may stand nowhere. Gives it back."""
        self.secrets[name] = secret
        return secret

    def saw(self, url, body):
        """Something that a Solder showed; what others show is theirs."""
        if any(url.startswith(origin) for origin in self.origins):
            self.shown.append(body if isinstance(body, bytes) else body.encode())

    def leaks(self, solder):
        """Where a secret stands: files of the data folder but the master key's, the log, and what was shown."""
        found = []
        for path in [*files(solder.data), solder.log_path]:
            if path.name != "master.key" and path.exists():
                found += [f"{path.name}: {one}" for one in search(path.read_bytes(), self.secrets)]
        return found + [f"a page or an error: {one}" for one in search(b"\n".join(self.shown), self.secrets)]
