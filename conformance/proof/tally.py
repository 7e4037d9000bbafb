"""One line per check and a closing line that is counted by `cargo xtask test`."""

import sys
import traceback


class Stop(Exception):
    """The checks that follow in this family need the one that failed."""


class Tally:
    """Counts checks; a failure is printed with all that its cause tells."""

    def __init__(self, describe=None):
        """describe: turns an exception of the client under test into text, or returns None."""
        self.passed = 0
        self.failed = 0
        self._describe = describe or (lambda fault: None)

    def check(self, name, operation):
        """Runs one operation and returns what it returns; raises Stop when it fails."""
        try:
            result = operation()
        except Exception as fault:  # noqa: BLE001 - any fault of a client is a finding
            self.failed += 1
            print(f"FAILED {name}: {self._describe(fault) or _plain(fault)}")
            raise Stop(name) from fault
        self.passed += 1
        print(f"ok {name}")
        return result

    def family(self, name, run):
        """Runs the checks of one family; the next family starts whatever happened."""
        try:
            run()
        except Stop as stop:
            print(f"the other checks of {name} need {stop} and were not run")
        except Exception as fault:  # noqa: BLE001
            self.failed += 1
            traceback.print_exc(file=sys.stdout)
            print(f"FAILED {name}: {_plain(fault)}")

    def close(self):
        """Prints the closing line; returns the exit code."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def _plain(fault):
    return f"{type(fault).__name__}: {fault}"


def expect(condition, complaint):
    """Like assert, but never switched off."""
    if not condition:
        raise AssertionError(complaint)
