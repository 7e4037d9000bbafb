"""The four operations through one version of the official Python SDK, with real values, down to the directory."""

import base64
import re
from dataclasses import dataclass
from typing import Any, Callable, Optional

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from proof.settings import SOURCE, USER, new_password
from proof.tally import expect
from proof.waiting import until_finished

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HEX_ID = re.compile(r"[0-9a-f]{32}")


@dataclass
class Calls:
    """One family: its SDK models and methods. create_digit_token is None where the SDK has no such method."""

    family: str
    models: Any
    create_digit_token: Optional[Callable]
    query_password_info: Callable
    set_password: Callable
    password_change_status: Callable


def encrypt(password, public_key):
    """PKCS#1 v1.5 over the UTF-8 bytes, in base64, as the API asks for."""
    key = load_der_public_key(base64.b64decode(public_key, validate=True))
    return base64.b64encode(key.encrypt(password.encode(), padding.PKCS1v15())).decode()


def describe(fault):
    """What the server said, where the SDK kept it: status, tracking id, body."""
    if not hasattr(fault, "status") or not hasattr(fault, "body"):
        return None
    return f"{type(fault).__name__}: HTTP {fault.status} {fault.reason}; headers {dict(fault.headers or {})}; {fault.body}"


def run(tally, directory, calls):
    """All operations of one family; the first family changes twice, so that an old password is known."""
    if calls.create_digit_token is not None:
        tally.check(f"{calls.family} create-digit-token", lambda: _digit_token(calls))
    info = tally.check(f"{calls.family} query-password-info", lambda: _info(calls))
    rounds = 1 if directory.has_proved else 2
    for _ in range(rounds):
        _change(tally, directory, calls, info)


def free_source(calls):
    """The id of a source that is in no password group of the demo."""
    request = calls.models.PasswordInfoQueryDTO(userName=USER, sourceName="Reports")
    return calls.query_password_info(password_info_query_dto=request).source_id


def _digit_token(calls):
    request = calls.models.PasswordDigitTokenReset(userId=USER, length=8, durationMinutes=5)
    token = calls.create_digit_token(password_digit_token_reset=request)
    expect(token is not None, "the SDK gave no token: the status code is not the documented one")
    expect(re.fullmatch(r"[0-9]{8}", token.digit_token or ""), "the token is not 8 digits")
    expect(UUID.fullmatch(token.request_id or ""), f"requestId {token.request_id!r} is not a UUID")


def _info(calls):
    request = calls.models.PasswordInfoQueryDTO(userName=USER, sourceName=SOURCE)
    info = calls.query_password_info(password_info_query_dto=request)
    expect(info is not None, "the SDK gave no info: the status code is not the documented one")
    expect(HEX_ID.fullmatch(info.identity_id or ""), f"identityId {info.identity_id!r} is not 32 hex digits")
    expect(HEX_ID.fullmatch(info.source_id or ""), f"sourceId {info.source_id!r} is not 32 hex digits")
    expect(UUID.fullmatch(base64.b64decode(info.public_key_id, validate=True).decode()), "publicKeyId is no UUID")
    expect(len(info.accounts) == 1, f"{len(info.accounts)} accounts, expected one")
    expect(info.accounts[0].account_id.startswith("CN=Abby Smith,"), f"accountId {info.accounts[0].account_id!r}")
    expect(info.policies, "no policy is described")
    return info


def _change(tally, directory, calls, info):
    password = new_password()
    account = info.accounts[0].account_id
    request = calls.models.PasswordChangeRequest(
        identityId=info.identity_id,
        encryptedPassword=encrypt(password, info.public_key),
        publicKeyId=info.public_key_id,
        accountId=account,
        sourceId=info.source_id,
    )
    accepted = tally.check(f"{calls.family} set-password", lambda: _accept(calls, request))
    tally.check(f"{calls.family} password-change-status", lambda: _finish(calls, accepted, info.source_id))
    tally.check(f"{calls.family} sign-in at the directory", lambda: directory.prove(account, password))


def _accept(calls, request):
    accepted = calls.set_password(password_change_request=request)
    expect(accepted is not None, "the SDK gave no answer: the status code is not 202")
    expect(HEX_ID.fullmatch(accepted.request_id or ""), f"requestId {accepted.request_id!r} is not 32 hex digits")
    expect(accepted.state == "IN_PROGRESS", f"state {accepted.state!r} at once")
    return accepted.request_id


def _finish(calls, request_id, source_id):
    def read():
        status = calls.password_change_status(id=request_id)
        expect(status.request_id == request_id, f"status of {status.request_id!r}, asked for {request_id!r}")
        expect(source_id in status.source_ids, f"sourceIds {status.source_ids!r} lacks {source_id!r}")
        return status.state, status.errors

    until_finished(read)
