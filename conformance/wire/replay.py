"""Replays the requests of SDKs that cannot be run everywhere against a running demo, and checks what their decoders need.

Usage: . DIR/demo.env && python3 replay.py
"""

import base64
import json
import pathlib
import sys
import textwrap
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import objects  # noqa: E402
from pkcs1 import encrypt  # noqa: E402
from proof.settings import new_password, setting  # noqa: E402
from proof.tally import Tally, expect  # noqa: E402
from proof.waiting import until_finished  # noqa: E402
from request import send  # noqa: E402
from shapes import match  # noqa: E402

FLOWS = json.loads((HERE / "flows.json").read_text(encoding="utf-8"))
# What PowerShell does with a refused call before it gives up.
POWERSHELL_ATTEMPTS = 11


class Run:
    """One client in one path family."""

    def __init__(self, tally, client, family):
        base = urllib.parse.urlsplit(setting("SAIL_BASE_URL"))
        self.host, self.port = base.hostname, base.port or 80
        self.tally, self.client, self.family = tally, client, family
        self.values = {
            "host": base.netloc,
            "prefix": "",
            "client_id": setting("SAIL_CLIENT_ID"),
            "client_secret": setting("SAIL_CLIENT_SECRET"),
            "token": "none",
        }

    def check(self, name, operation):
        """One line `ok <client> <family> <name>`."""
        return self.tally.check(f"{self.client} {self.family} {name}", operation)

    def call(self, operation, answer, fixture=None, **path_values):
        """Sends one fixture, this client's own unless another is named, and returns the decoded answer."""
        fixture = fixture or f"{self.client}-{operation}"
        paths = FLOWS["paths"]["root" if self.family == "root" else "versioned"]
        if operation in paths:
            path = paths[operation].format(family=self.family, **path_values)
            self.values["path"] = self.values["prefix"] + path
        return match(send(self.host, self.port, fixture, self.values), FLOWS["answers"][answer])

    def token(self):
        body = self.call("token", "token")
        self.values["token"] = body["access_token"]

    def operation(self, name, answer=None, **path_values):
        """One of the four; PowerShell fetches a token before each."""
        if FLOWS["clients"][self.client]["token_per_call"]:
            self.token()
        return self.call(name, answer or name, **path_values)

    def all(self):
        """Token, the four operations with real values, and the repeat a retrying client makes."""
        self.check("token", self.token)
        if self.family not in FLOWS["no_digit_token"]:
            self.check("create-digit-token", lambda: self.operation("digit"))
        info = self.check("query-password-info", lambda: self.operation("info"))
        self.seal(info, new_password())
        accepted = self.check("set-password", lambda: self.operation("set"))
        again = self.check("set-password repeated", lambda: self.operation("set"))
        self.check("the repeat is the same change", lambda: _same(accepted, again))
        self.check("password-change-status", lambda: self.finish(accepted["requestId"], info["sourceId"]))

    def seal(self, info, password):
        """The values of a set-password request for the first account."""
        ciphertext = base64.b64encode(encrypt(password, info["publicKey"])).decode()
        self.values.update(
            identity_id=info["identityId"],
            source_id=info["sourceId"],
            public_key_id=info["publicKeyId"],
            account_id_json=json.dumps(info["accounts"][0]["accountId"]),
            ciphertext=ciphertext,
            # As `openssl base64` prints it: lines of 64, here inside a JSON string.
            ciphertext_wrapped=r"\n".join(textwrap.wrap(ciphertext, 64)) + r"\n",
        )

    def finish(self, request_id, source_id):
        def read():
            status = self.operation("status", request_id=request_id)
            expect(status["requestId"] == request_id, f"status of {status['requestId']!r}")
            expect(source_id in status["sourceIds"], f"sourceIds {status['sourceIds']!r} lacks {source_id!r}")
            return status["state"], status["errors"]

        until_finished(read)

    def slashes(self):
        """A base URL that ends in a slash makes every path begin with two."""
        self.values["prefix"] = "/"
        self.check("token after a doubled slash", self.token)
        self.check("query-password-info after a doubled slash", lambda: self.operation("info"))

    def refusals(self):
        """Errors in the shape each decoder reads, and as often as PowerShell repeats them."""
        self.check("token", self.token)
        self.check("no token", lambda: self.call("info", "unauthorized", "go-without-token"))
        secret = self.values["client_secret"]
        self.values["client_secret"] = "0" * 64
        self.check("wrong client secret", lambda: self.call("token", "unauthorized"))
        self.values["client_secret"] = secret
        unknown = "0" * 32
        for _ in range(POWERSHELL_ATTEMPTS):
            self.check("unknown change", lambda: self.operation("status", "not found", request_id=unknown))
        info = self.check("query-password-info", lambda: self.operation("info"))
        self.seal(info, new_password())
        self.values["ciphertext"] = "not base64!"
        self.check("payload that is not base64", lambda: self.operation("set", "bad request"))
        self.seal(info, new_password())
        self.values["identity_id"] = unknown
        self.check("unknown identity", lambda: self.operation("set", "bad request"))


def _same(first, second):
    expect(first["requestId"] == second["requestId"], "the same ciphertext made a second change")


def main():
    tally = Tally()
    for client, traits in FLOWS["clients"].items():
        for family in traits["families"]:
            tally.family(f"{client} {family}", lambda run=Run(tally, client, family): run.all())
    for client, family in objects.families():
        tally.family(f"{client} {family} objects", lambda run=Run(tally, client, family): objects.run(run))
    tally.family("go slashes", lambda: Run(tally, "go", "beta").slashes())
    tally.family("powershell refusals", lambda: Run(tally, "powershell", "v2025").refusals())
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
