"""What the SDKs need of an answer: the exact status, the content type, and the JSON type of every field they decode."""

import base64
import json
import re

from pkcs1 import public_numbers
from proof.tally import expect


def _jwt(value):
    parts = value.split(".")
    expect(len(parts) == 3, f"{len(parts)} parts")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
    expect(header.get("alg") not in (None, "none"), f"alg {header.get('alg')!r}")
    expect(type(claims.get("exp")) is int, "no integer exp")
    expect(parts[2], "no signature")
    return True


def _state(value):
    return value in ("IN_PROGRESS", "FINISHED", "FAILED")


def _strings(value):
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _accounts(value):
    good = isinstance(value, list) and value
    return good and all(isinstance(item.get(key), str) for item in value for key in ("accountId", "accountName"))


def _messages(value):
    return isinstance(value, list) and all(isinstance(item.get("text"), str) for item in value)


# `bool` is an `int` in Python, so types are compared, not tested with isinstance.
SHAPES = {
    "jwt": _jwt,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: type(value) is bool,
    "positive integer": lambda value: type(value) is int and value > 0,
    "8 digits": lambda value: re.fullmatch(r"[0-9]{8}", value),
    "uuid": lambda value: re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value),
    "hex id": lambda value: re.fullmatch(r"[0-9a-f]{32}", value),
    "base64 of a uuid": lambda value: SHAPES["uuid"](base64.b64decode(value, validate=True).decode()),
    "rsa public key": lambda value: public_numbers(value)[0].bit_length() >= 2048,
    "accounts": _accounts,
    "strings": _strings,
    "messages": _messages,
    "state": _state,
}


def match(answer, expected):
    """Raises unless the answer is what is expected; returns the decoded body, which is an object unless `expected` says
    `list`, `text` or `nothing`."""
    said = answer.body[:600].decode(errors="replace")
    expect(answer.status == expected["status"], f"HTTP {answer.status}, expected {expected['status']}: {said}")
    form = expected.get("body", "object")
    if form == "nothing":
        expect(not answer.body, f"a body: {said}")
        return None
    kind = answer.content_type.split(";")[0].strip()
    expect(kind == ("text/plain" if form == "text" else "application/json"), f"content type {answer.content_type!r}")
    if form == "text":
        return answer.body.decode()
    body = answer.json()
    expect(isinstance(body, list if form == "list" else dict), f"not {form}: {said}")
    for name, shape in expected.get("required", {}).items():
        expect(name in body, f"{name} is missing: {said}")
        _field(name, shape, body[name])
    for name, shape in expected.get("optional", {}).items():
        if body.get(name) is not None:
            _field(name, shape, body[name])
    return body


def _field(name, shape, value):
    try:
        good = SHAPES[shape](value)
    except Exception as fault:
        raise AssertionError(f"{name} is not {shape}: {fault}") from fault
    # A token is a secret even here; the type tells enough.
    expect(good, f"{name} is not {shape}, but {type(value).__name__}")
