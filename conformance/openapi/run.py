"""Schemathesis against the document that the server itself gives: no answer of 500 or more, none that the document lacks. Against the
vendor's own documents too, where PASSWRIGHT_VENDOR_SPECS names their folder: no answer of 500 or more, none of another media type; which of
its answers differ is for `cargo xtask contract` to tell."""

import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from proof.settings import setting  # noqa: E402
from proof.tally import Tally, expect  # noqa: E402

# One user may have ten personal access tokens, and the demo made one.
TOKENS = 8
SECONDS = 75
SEED = "1"
VENDOR_SECONDS = 12
# Its own parameter is not declared there, so no request can be made of it.
VENDOR_SLIP = "^/identities/.*reset$"
VENDOR_CHECKS = "not_a_server_error,content_type_conformance"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
BASE = setting("SAIL_BASE_URL")


def ask(method, path, token=None, body=None, form=None):
    """The decoded answer; raises on an error status."""
    data = urllib.parse.urlencode(form).encode() if form else json.dumps(body).encode() if body else None
    request = urllib.request.Request(BASE + path, data=data, method=method)
    if body:
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def token(client_id, client_secret):
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    return ask("POST", "/oauth/token", form=form)["access_token"]


def administrators():
    """Access tokens of one administrator, each under a limit of its own, and the ids that must stay."""
    first = token(setting("PASSWRIGHT_ADMIN_PAT_ID"), setting("PASSWRIGHT_ADMIN_PAT_SECRET"))
    names = ("PASSWRIGHT_ADMIN_PAT_ID", "SAIL_CLIENT_ID", "PASSWRIGHT_BULK_CLIENT_ID")
    tokens, kept = [first], [setting(name) for name in names]
    for number in range(TOKENS):
        wanted = {"name": f"schemathesis {number}", "userAwareTokenNeverExpires": True}
        made = ask("POST", "/v2025/personal-access-tokens", first, wanted)
        tokens.append(token(made["id"], made["secret"]))
        kept.append(made["id"])
    return tokens, kept


def schemathesis(tokens, kept, document, checks, *options):
    """Runs it; gives its exit code and what it printed. Besides its own time bound there is a hard one."""
    environment = {**os.environ, "CONFORMANCE_TOKENS": " ".join(tokens), "CONFORMANCE_KEPT": " ".join(kept)}
    environment["SCHEMATHESIS_HOOKS"] = "hooks"
    environment["PYTHONPATH"] = str(HERE)
    command = [sys.executable, "-m", "schemathesis.cli", "run", document, "--checks", checks]
    command += ["--seed", SEED, "--generation-database=none", "--continue-on-failure", "--no-color", *options]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS * 3, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def main():
    tally = Tally()
    tokens, kept = administrators()

    def run(document, checks, least, *options):
        code, said = schemathesis(tokens, kept, document, checks, *options)
        found = re.search(r"(\d+) generated", said)
        print("\n".join(line for line in said.splitlines() if line.strip()))
        expect(code == 0, "the answers above are not as the document says")
        expect(found and int(found[1]) > least, f"only {found and found[1]} cases")

    for name, options in (
        ("each operation, each parameter", ("--phases", "coverage", "--include-path-regex", "^/(v2025|v3|api|oauth)/|^/[^/]*$")),
        ("all families, arbitrary values", ("--phases", "fuzzing", "--max-time", str(SECONDS))),
    ):
        try:
            tally.check(name, lambda: run(f"{BASE}/openapi.json", CHECKS, 1000, *options))
        except Exception as fault:  # noqa: BLE001
            print(f"{name}: {fault}")
    for spec in sorted(pathlib.Path(os.environ.get("PASSWRIGHT_VENDOR_SPECS") or HERE).glob("*.yaml")):
        family = "" if spec.stem == "root" else f"/{spec.stem}"
        options = ("--url", BASE + family, "--phases", "fuzzing", "--max-time", str(VENDOR_SECONDS), "--exclude-path-regex", VENDOR_SLIP)
        name = f"the vendor's document of {spec.stem}"
        try:
            tally.check(name, lambda: run(str(spec), VENDOR_CHECKS, 30, *options))
        except Exception as fault:  # noqa: BLE001
            print(f"{name}: {fault}")
    for made in kept[-TOKENS:]:
        # Ours to take away, so that a second run against the same demo finds room for its own.
        try:
            ask("DELETE", f"/v2026/personal-access-tokens/{made}", tokens[-1])
        except urllib.error.HTTPError as fault:
            print(f"the token {made} stays: {fault}")
    sys.exit(tally.close())


if __name__ == "__main__":
    main()
