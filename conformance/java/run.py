"""A password encrypted by Java's own cipher is set through the API and signs in at the directory.

Usage: . DIR/demo.env && python3 run.py
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from proof.directory import Directory  # noqa: E402
from proof.settings import SOURCE, USER, new_password, setting  # noqa: E402
from proof.tally import Tally, expect  # noqa: E402
from proof.waiting import until_finished  # noqa: E402

# Once to know a password, once more to see it replaced.
ROUNDS = 2


class Api:
    """The API by urllib, with a client_credentials token."""

    def __init__(self):
        self._base = setting("SAIL_BASE_URL")
        form = {
            "grant_type": "client_credentials",
            "client_id": setting("SAIL_CLIENT_ID"),
            "client_secret": setting("SAIL_CLIENT_SECRET"),
        }
        request = urllib.request.Request(self._base + "/oauth/token", urllib.parse.urlencode(form).encode())
        with urllib.request.urlopen(request, timeout=30) as response:
            self._token = json.load(response)["access_token"]

    def call(self, path, body=None, status=200):
        """POSTs `body` as JSON, or GETs; returns the decoded answer."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self._base + path, data, headers), timeout=30) as response:
            expect(response.status == status, f"HTTP {response.status}, expected {status}")
            return json.load(response)


def describe(fault):
    """Status and body, which carries the tracking id."""
    if isinstance(fault, urllib.error.HTTPError):
        return f"HTTP {fault.code} at {fault.url}: {fault.read()[:600].decode(errors='replace')}"
    if isinstance(fault, subprocess.CalledProcessError):
        return f"{fault.cmd[0]} exited with {fault.returncode}: {fault.stderr}"
    return None


def compile_cipher(classes):
    command = ["javac", "-encoding", "UTF-8", "-d", classes, str(HERE / "Cipher.java")]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)


def encrypt(classes, password, public_key):
    """The ciphertext in base64, made in a Java virtual machine of its own; the password goes by standard input."""
    key = pathlib.Path(classes) / "key"
    key.write_text(public_key, encoding="ascii")
    command = ["java", "-cp", classes, "Cipher", str(key)]
    ran = subprocess.run(command, input=password.encode(), check=True, capture_output=True, timeout=60)
    return ran.stdout.decode("ascii").strip()


def change(tally, api, directory, classes):
    info = tally.check(
        "java query-password-info",
        lambda: api.call("/query-password-info/v1", {"userName": USER, "sourceName": SOURCE}),
    )
    password = new_password()
    account = info["accounts"][0]["accountId"]
    ciphertext = tally.check("java encrypt", lambda: encrypt(classes, password, info["publicKey"]))
    request = {
        "identityId": info["identityId"],
        "encryptedPassword": ciphertext,
        "publicKeyId": info["publicKeyId"],
        "accountId": account,
        "sourceId": info["sourceId"],
    }
    accepted = tally.check("java set-password", lambda: api.call("/set-password/v1", request, 202))

    def read():
        status = api.call(f"/password-change-status/v1/{accepted['requestId']}")
        return status["state"], status["errors"]

    tally.check("java password-change-status", lambda: until_finished(read))
    tally.check("java sign-in at the directory", lambda: directory.prove(account, password))


def main():
    tally = Tally(describe)
    directory = Directory()

    def java():
        with tempfile.TemporaryDirectory() as classes:
            tally.check("java compile", lambda: compile_cipher(classes))
            api = tally.check("java token", Api)
            for _ in range(ROUNDS):
                change(tally, api, directory, classes)

    tally.family("java", java)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
