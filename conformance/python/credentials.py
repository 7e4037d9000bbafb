"""API clients and personal access tokens through one version of the official Python SDK, as an administrator."""

import datetime
import secrets
from dataclasses import dataclass
from typing import Any, Callable

from proof.tally import expect


@dataclass
class CredentialCalls:
    """One family: its SDK models, the two API objects, and what their methods' names end with."""

    family: str
    models: Any
    clients: Any
    tokens: Any
    suffix: str = ""

    def of(self, api, name) -> Callable:
        return getattr(api, name + self.suffix)


def run_credentials(tally, calls, for_tokens=None):
    """Each object from its creation to its deletion; `for_tokens` where the SDK keeps the models of tokens apart."""
    tally.check(f"{calls.family} oauth-clients", lambda: _clients(calls))
    tally.check(f"{calls.family} personal-access-tokens", lambda: _tokens(for_tokens or calls))


def _step(calls, path, value):
    return calls.models.JsonPatchOperation.from_dict({"op": "replace", "path": path, "value": value})


def _clients(calls):
    api = calls.clients
    name = f"conformance {calls.family} {secrets.token_hex(4)}"
    request = calls.models.CreateOAuthClientRequest.from_dict({
        "name": name,
        "description": "made by a conformance run",
        "accessTokenValiditySeconds": 750,
        "refreshTokenValiditySeconds": 86400,
        "redirectUris": ["http://localhost:12345"],
        "grantTypes": ["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS", "REFRESH_TOKEN"],
        "accessType": "OFFLINE",
        "type": "CONFIDENTIAL",
        "enabled": True,
        "scope": ["idn:password-change:read"],
    })
    created = calls.of(api, "create_oauth_client")(request)
    expect(created is not None, "the SDK gave no client: the status code is not the documented one")
    expect(len(created.secret or "") == 64, "the secret is not 64 characters")
    read = calls.of(api, "get_oauth_client")(created.id)
    expect(read.name == name and read.secret is None, f"read back {read.name!r}, secret shown: {read.secret is not None}")
    expect(created.id in [one.id for one in calls.of(api, "list_oauth_clients")()], "the list lacks the new client")
    changed = calls.of(api, "patch_oauth_client")(created.id, [_step(calls, "/description", "changed")])
    expect(changed.description == "changed", f"description {changed.description!r} after the patch")
    calls.of(api, "delete_oauth_client")(created.id)
    expect(created.id not in [one.id for one in calls.of(api, "list_oauth_clients")()], "the deleted client is listed")


def _tokens(calls):
    api = calls.tokens
    end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).isoformat()
    name = f"conformance {calls.family} {secrets.token_hex(4)}"
    request = {"name": name, "scope": ["sp:scopes:default"], "accessTokenValiditySeconds": 600, "expirationDate": end}
    request = calls.models.CreatePersonalAccessTokenRequest.from_dict(request)
    created = calls.of(api, "create_personal_access_token")(request)
    expect(created is not None, "the SDK gave no token: the status code is not the documented one")
    expect(len(created.secret or "") == 64, "the secret is not 64 characters")
    mine = calls.of(api, "list_personal_access_tokens")(owner_id="me")
    expect(created.id in [one.id for one in mine], "the list lacks the new token")
    changed = calls.of(api, "patch_personal_access_token")(created.id, [_step(calls, "/name", name + " renamed")])
    expect(changed.name == name + " renamed", f"name {changed.name!r} after the patch")
    calls.of(api, "delete_personal_access_token")(created.id)
    mine = calls.of(api, "list_personal_access_tokens")(owner_id="me")
    expect(created.id not in [one.id for one in mine], "the deleted token is listed")
