"""The demo's variables (`demo.env`). Nothing else configures a conformance program."""

import os
import secrets
import sys

USER = "Abby.Smith"
SOURCE = "My-AD"
# Accept at once, then at most this long until the change has ended: seconds.
CHANGE_WITHIN = 60


def setting(name):
    """A variable of demo.env; ends the program with a plain sentence when it is not set."""
    value = os.environ.get(name)
    if not value:
        print(f"FAILED settings: {name} is not set; run `. DIR/demo.env` of a running demo first")
        print("0 passed, 1 failed")
        sys.exit(1)
    return value


def new_password():
    """A password that keeps the demo's policy (8 characters, a letter, a digit); a new one each time, with non-ASCII."""
    return f"Zürich-{secrets.token_hex(8)}-7a"
