"""sailpoint 2.1.72 against a running demo: the per-resource paths (`/set-password/v1`, ...).

Usage: . DIR/demo.env && .venv-2/bin/python root.py
"""

import importlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import sailpoint  # noqa: E402
from sailpoint import ApiClient, Configuration, PasswordManagementApi  # noqa: E402
from sailpoint.password_management import models  # noqa: E402

from change import Calls, describe, free_source, run  # noqa: E402
from credentials import CredentialCalls, run_credentials  # noqa: E402
from objects import Objects, as_administrator  # noqa: E402
from objects import run as run_objects  # noqa: E402
from people import run as run_people  # noqa: E402
from proof.directory import Directory  # noqa: E402
from proof.settings import setting  # noqa: E402
from proof.tally import Tally, expect  # noqa: E402
from sign_in import run as run_sign_in  # noqa: E402


def configured():
    """The SDK with its default configuration; without a token it fails only later, so that is looked at here."""
    configuration = Configuration()
    expect(configuration.access_token, "the SDK got no token (its own message is above)")
    configuration.experimental = True
    configuration.suppress_experimental_warnings = True
    return configuration


def calls(configuration):
    api = PasswordManagementApi(ApiClient(configuration))
    return Calls(
        family="root",
        models=models,
        create_digit_token=api.create_digit_token_v1,
        query_password_info=api.query_password_info_v1,
        set_password=api.set_password_v1,
        password_change_status=api.get_password_change_status_v1,
    )


def objects(configuration, source_id):
    client = ApiClient(configuration)

    def model(module, name):
        return getattr(importlib.import_module(f"sailpoint.{module}.models"), name)

    return Objects(
        family="root",
        suffix="_v1",
        api=lambda _, name: getattr(sailpoint, name)(client),
        model=model,
        source_id=source_id,
    )


def credential_calls(configuration, package):
    """Clients and tokens; each package has models of its own."""
    client = ApiClient(configuration)
    clients = importlib.import_module("sailpoint.oauth_clients.api.o_auth_clients_api").OAuthClientsApi
    tokens = importlib.import_module("sailpoint.personal_access_tokens.api.personal_access_tokens_api").PersonalAccessTokensApi
    models = importlib.import_module(f"sailpoint.{package}.models")
    return CredentialCalls(family="root", models=models, clients=clients(client), tokens=tokens(client), suffix="_v1")


def family(tally, directory):
    own = calls(tally.check("root token", configured))
    run(tally, directory, own)
    administrator = tally.check("root administrator's token", lambda: as_administrator(configured))
    source_id = free_source(own)
    run_objects(tally, objects(administrator, source_id))
    run_people(tally, objects(administrator, source_id))
    run_sign_in(tally, objects(administrator, source_id))
    both = [credential_calls(administrator, package) for package in ("oauth_clients", "personal_access_tokens")]
    run_credentials(tally, *both)


def main():
    for name in ("SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"):
        setting(name)
    directory = Directory()
    tally = Tally(describe)
    tally.family("root", lambda: family(tally, directory))
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
