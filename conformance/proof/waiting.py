"""Waiting for a change to end."""

import time

from .settings import CHANGE_WITHIN
from .tally import expect


def until_finished(read):
    """Calls `read() -> (state, errors)` until the state is final; raises unless it is FINISHED without errors."""
    deadline = time.monotonic() + CHANGE_WITHIN
    while True:
        state, errors = read()
        if state == "FINISHED":
            expect(errors == [], f"FINISHED with errors {errors!r}")
            return
        expect(state == "IN_PROGRESS", f"the change ended as {state!r} with {errors!r}")
        expect(time.monotonic() < deadline, f"still {state} after {CHANGE_WITHIN} s")
        time.sleep(0.2)
