"""sailpoint 1.4.2 against a running demo: beta, v3, v2024 and v2025.

Usage: . DIR/demo.env && .venv-1/bin/python beta_v3_v2024_v2025.py
"""

import importlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from sailpoint.configuration import Configuration  # noqa: E402

from change import Calls, describe, free_source, run  # noqa: E402
from credentials import CredentialCalls, run_credentials  # noqa: E402
from objects import Objects, as_administrator  # noqa: E402
from objects import run as run_objects  # noqa: E402
from people import run as run_people  # noqa: E402
from proof.directory import Directory  # noqa: E402
from proof.settings import setting  # noqa: E402
from proof.tally import Tally, expect  # noqa: E402
from sign_in import run as run_sign_in  # noqa: E402

# Beta names two of the operations differently, v3 lacks the digit token.
METHODS = {
    "beta": ("create_digit_token", "set_identity_password", "get_identity_password_change_status"),
    "v3": (None, "set_password", "get_password_change_status"),
    "v2024": ("create_digit_token", "set_password", "get_password_change_status"),
    "v2025": ("create_digit_token", "set_password", "get_password_change_status"),
}


def calls(version, configuration):
    """The SDK's own classes for one version, with its default configuration."""
    client = importlib.import_module(f"sailpoint.{version}.api_client").ApiClient(configuration)
    module = importlib.import_module(f"sailpoint.{version}.api.password_management_api")
    api = module.PasswordManagementApi(client)
    digit, change, status = METHODS[version]
    return Calls(
        family=version,
        models=importlib.import_module(f"sailpoint.{version}.models"),
        create_digit_token=getattr(api, digit) if digit else None,
        query_password_info=api.query_password_info,
        set_password=getattr(api, change),
        password_change_status=getattr(api, status),
    )


def objects(version, configuration, source_id):
    """The administrators' classes of one version; v3 lacks one of them."""
    client = importlib.import_module(f"sailpoint.{version}.api_client").ApiClient(configuration)
    models = importlib.import_module(f"sailpoint.{version}.models")

    def api(module, name):
        try:
            found = importlib.import_module(f"sailpoint.{version}.api.{module}_api")
        except ModuleNotFoundError:
            return None
        return getattr(found, name)(client)

    return Objects(
        family=version, suffix="", api=api, model=lambda _, name: getattr(models, name), source_id=source_id
    )


def credential_calls(version, configuration):
    """The SDK's own classes for clients and tokens."""
    client = importlib.import_module(f"sailpoint.{version}.api_client").ApiClient(configuration)
    clients = importlib.import_module(f"sailpoint.{version}.api.o_auth_clients_api").OAuthClientsApi
    tokens = importlib.import_module(f"sailpoint.{version}.api.personal_access_tokens_api").PersonalAccessTokensApi
    models = importlib.import_module(f"sailpoint.{version}.models")
    return CredentialCalls(family=version, models=models, clients=clients(client), tokens=tokens(client))


def configured():
    """A token is fetched here; the SDK carries on without one, so that is looked at."""
    configuration = Configuration()
    expect(configuration.access_token, "the SDK got no token (its own message is above)")
    # Without this the SDK refuses, before sending, what the vendor marks experimental.
    configuration.experimental = True
    configuration.suppress_experimental_warnings = True
    return configuration


def main():
    for name in ("SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"):
        setting(name)
    directory = Directory()
    tally = Tally(describe)

    def family(version):
        configuration = tally.check(f"{version} token", configured)
        own = calls(version, configuration)
        run(tally, directory, own)
        administrator = tally.check(f"{version} administrator's token", lambda: as_administrator(configured))
        source_id = free_source(own)
        run_objects(tally, objects(version, administrator, source_id))
        run_people(tally, objects(version, administrator, source_id))
        run_sign_in(tally, objects(version, administrator, source_id))
        run_credentials(tally, credential_calls(version, administrator))

    for version in METHODS:
        tally.family(version, lambda version=version: family(version))
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
