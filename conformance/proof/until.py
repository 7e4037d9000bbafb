"""Waiting for something to be so."""

import time

from .settings import CHANGE_WITHIN


def wait_until(read):
    """Calls `read()` until it gives something true; gives that, or nothing when the time is over."""
    deadline = time.monotonic() + CHANGE_WITHIN
    while True:
        found = read()
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.2)
