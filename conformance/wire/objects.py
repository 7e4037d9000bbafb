"""What administrators keep, asked for as the PowerShell SDK and `sail api` ask: a JSON content type on requests without a
body, multipart with unquoted names, a token before each call."""

import json
import pathlib

from proof.settings import setting
from proof.tally import expect
from request import send
from shapes import match

OBJECTS = json.loads((pathlib.Path(__file__).resolve().parent / "objects.json").read_text(encoding="utf-8"))


def run(client_run):
    """Every step by one client in one family."""
    client_run.values["client_id"] = setting("PASSWRIGHT_ADMIN_PAT_ID")
    client_run.values["client_secret"] = setting("PASSWRIGHT_ADMIN_PAT_SECRET")
    kept = {}
    client_run.check("administrator's token", client_run.token)
    for step in OBJECTS["steps"]:
        if step.get("only", client_run.client) == client_run.client:
            client_run.check(step["name"], lambda: _step(client_run, step, kept))


def _step(client_run, step, kept):
    if client_run.client == "powershell":
        client_run.token()
    path = f"/{client_run.family}{step['path']}" if client_run.family != "root" else f"{step['path']}/v1"
    if "id" in step:
        path += f"/{kept[step['id']]}"
    client_run.values.update(method=step["method"], path=path + step.get("query", ""), body=_body(client_run, step))
    patch = step["method"] == "PATCH"
    client_run.values["content_type"] = "application/json-patch+json" if patch else "application/json"
    fixture = step.get("fixture", "patch" if patch and client_run.client == "powershell" else "object")
    answer = send(client_run.host, client_run.port, f"{client_run.client}-{fixture}", client_run.values)
    found = match(answer, OBJECTS["answers"][step["answer"]])
    if "keep" in step:
        kept[step["keep"]] = found["id"]
    if step["name"] == "get-password-dictionary":
        expect("Spring" in found, f"{found!r} lacks what was uploaded")


def _body(client_run, step):
    """PowerShell's ConvertTo-Json writes lines; the CLI sends what it is given."""
    if "body" not in step:
        return ""
    text = json.dumps(step["body"], indent=2 if client_run.client == "powershell" else None)
    return text.replace("{client}", client_run.client).replace("{family}", client_run.family)


def families():
    """Client and family, in turn."""
    return [(client, family) for client, traits in OBJECTS["clients"].items() for family in traits["families"]]
