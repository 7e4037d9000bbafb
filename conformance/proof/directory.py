"""Asks the demo's directory itself which password works, with OpenLDAP's client over LDAPS."""

import os
import subprocess
import tempfile

from .settings import setting
from .tally import expect

INVALID_CREDENTIALS = 49


class Directory:
    """Remembers the password it proved last, so that the next proof can also show the old one dead."""

    def __init__(self):
        self._url = setting("PASSWRIGHT_DEMO_LDAP_URL")
        self._ca = setting("PASSWRIGHT_DEMO_CA_FILE")
        self._proved = None

    @property
    def has_proved(self):
        return self._proved is not None

    def prove(self, name, password):
        """The new password signs `name` in; the one proved before is refused as wrong, not for another reason."""
        code, said = self._whoami(name, password)
        expect(code == 0, f"ldapwhoami with the new password answers {code}: {said}")
        if self._proved is not None:
            code, said = self._whoami(name, self._proved)
            expect(code == INVALID_CREDENTIALS, f"ldapwhoami with the old password answers {code}, not 49: {said}")
        self._proved = password

    def _whoami(self, name, password):
        with tempfile.TemporaryDirectory() as folder:
            secret = os.path.join(folder, "secret")
            # A file, since arguments are seen by every process; without a newline, which would count as password.
            with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(password.encode())
            ran = subprocess.run(
                ["ldapwhoami", "-x", "-H", self._url, "-D", name, "-y", secret, "-o", "nettimeout=10"],
                env={
                    "PATH": os.environ.get("PATH", ""),
                    "HOME": folder,
                    "LDAPCONF": os.devnull,
                    "LDAPTLS_CACERT": self._ca,
                    "LDAPTLS_REQCERT": "demand",
                },
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
        return ran.returncode, (ran.stdout + ran.stderr).strip()
