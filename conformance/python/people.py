"""People, their accounts and applications, through one version of the official Python SDK, as an administrator."""

from proof.tally import expect

ABBY = "Abby.Smith"


def run(tally, objects):
    """Everything the family has of it."""
    _accounts(tally, objects)
    _activities(tally, objects)
    _public_identities(tally, objects)
    if objects.api("identities", "IdentitiesApi") is not None:
        _identities(tally, objects)
    if objects.api("apps", "AppsApi") is not None:
        _applications(tally, objects)


def _checked(tally, objects, name, operation):
    return tally.check(f"{objects.family} {name}", operation)


def _accounts(tally, objects):
    def call(method):
        return objects.call("accounts", "AccountsApi", method)

    def listed():
        found = call("list_accounts")(limit=250, offset=0, count=True, filters='identity.name eq "Abby Smith"', sorters="-name")
        expect(len(found) == 5, f"{len(found)} accounts of {ABBY}, not 5")
        expect(all(account.identity.name == "Abby Smith" for account in found), f"{found}")
        return next(account for account in found if account.source_name == "My-AD")

    def get(account):
        read = call("get_account")(id=account.id)
        expect(read == account, f"{read} is not {account}")
        expect("PASSWORD" in read.features, f"features {read.features!r}")

    def toggle(account):
        request = objects.model("accounts", "AccountToggleRequest").from_dict({"forceProvisioning": False})
        for verb, disabled in (("disable", True), ("enable", False)):
            result = call(f"{verb}_account")(id=account.id, account_toggle_request=request)
            expect(result is not None and result.id, f"{verb}: the SDK gave no task")
            expect(call("get_account")(id=account.id).disabled is disabled, f"{verb}d, the account is not so")

    def unlock(account):
        request = objects.model("accounts", "AccountUnlockRequest").from_dict({"unlockIDNAccount": False})
        result = call("unlock_account")(id=account.id, account_unlock_request=request)
        expect(result is not None and result.id, "unlock: the SDK gave no task")
        result = call("submit_reload_account")(id=account.id)
        expect(result is not None and result.id, "reload: the SDK gave no task")

    def correlate(account):
        patch = [{"op": "replace", "path": "/identityId", "value": account.identity_id}]
        call("update_account")(id=account.id, request_body=patch)
        read = call("get_account")(id=account.id)
        expect(read.manually_correlated and read.identity_id == account.identity_id, f"{read}")

    account = _checked(tally, objects, "list-accounts", listed)
    _checked(tally, objects, "get-account", lambda: get(account))
    _checked(tally, objects, "update-account", lambda: correlate(account))
    _checked(tally, objects, "disable and enable-account", lambda: toggle(account))
    _checked(tally, objects, "unlock and reload-account", lambda: unlock(account))


def _activities(tally, objects):
    def call(method):
        return objects.call("account_activities", "AccountActivitiesApi", method)

    def listed():
        found = call("list_account_activities")(limit=10, filters='type eq "CloudPasswordRequest"', sorters="-created")
        expect(found and found[0].items, "the changes of this run are not listed")
        return found[0]

    def get(activity):
        read = call("get_account_activity")(id=activity.id)
        expect(read.id == activity.id and read.items[0].source_id, f"{read}")

    activity = _checked(tally, objects, "list-account-activities", listed)
    _checked(tally, objects, "get-account-activity", lambda: get(activity))


def _public_identities(tally, objects):
    api = objects.api("public_identities", "PublicIdentitiesApi")
    if api is None:
        return

    def listed():
        method = getattr(api, "get_public_identities" + objects.suffix)
        found = method(limit=5, filters=f'alias eq "{ABBY}"', sorters="name", count=True)
        expect([person.name for person in found] == ["Abby Smith"], f"{found}")
        expect(found[0].identity_state == "ACTIVE", f"{found}")

    _checked(tally, objects, "get-public-identities", listed)


def _identities(tally, objects):
    def call(method):
        return objects.call("identities", "IdentitiesApi", method)

    def listed():
        found = call("list_identities")(limit=250, filters='firstname eq "Abby" and lastname sw "S"', sorters="-alias", count=True)
        expect([person.alias for person in found] == [ABBY], f"{found}")
        return found[0]

    def get(person):
        read = call("get_identity")(id=person.id)
        expect(read == person and read.attributes["department"] == "Sales", f"{read}")

    person = _checked(tally, objects, "list-identities", listed)
    _checked(tally, objects, "get-identity", lambda: get(person))
    api = objects.api("identities", "IdentitiesApi")
    if hasattr(api, "list_identities_v2"):

        def newer():
            found = api.list_identities_v2(filters=f'alias eq "{ABBY}"', limit=5)
            expect([one.id for one in found] == [person.id], f"{found}")
            expect(api.get_identity_v2(id=person.id) == found[0], "what is read is not what is listed")

        _checked(tally, objects, "identities v2", newer)


def _applications(tally, objects):
    def call(method):
        return objects.call("apps", "AppsApi", method)

    def create():
        model = objects.model("apps", "SourceAppCreateDto")
        made = call("create_source_app")(
            source_app_create_dto=model.from_dict(
                {"name": f"SDK {objects.family}", "description": "d", "accountSource": {"id": objects.source_id}}
            )
        )
        expect(made is not None, "the SDK gave no application: the status code is not the documented one")
        expect(made.account_source.use_for_password_management, f"{made}")
        return made

    def change(made):
        step = objects.model("apps", "JsonPatchOperation")
        patch = [step.from_dict({"op": "replace", "path": "/matchAllAccounts", "value": True})]
        changed = call("patch_source_app")(id=made.id, json_patch_operation=patch)
        expect(changed is not None and changed.match_all_accounts, f"{changed}")
        expect(call("get_source_app")(id=made.id).match_all_accounts, "the change was not kept")
        bulk = objects.model("apps", "SourceAppBulkUpdateRequest").from_dict(
            {"appIds": [made.id], "jsonPatch": [{"op": "replace", "path": "/description", "value": "changed"}]}
        )
        call("update_source_apps_in_bulk")(source_app_bulk_update_request=bulk)
        expect(call("get_source_app")(id=made.id).description == "changed", "the change of several was not kept")

    def listed(made):
        for method in ("list_available_source_apps", "list_all_source_app"):
            found = call(method)(filters=f'id eq "{made.id}"', limit=5)
            expect([app.name for app in found] == [made.name], f"{method}: {found}")
        expect(call("list_assigned_source_app")(limit=250, count=True), "the administrator has no application")

    def of_users():
        own = call("list_owned_user_apps")(limit=250)
        expect(own and own[0].owner.alias == "Olga.Admin", f"{own}")
        accounts = call("list_available_accounts_for_user_app")(id=own[0].id, limit=5)
        expect(accounts[0].source_account.id == own[0].account.id, f"{accounts}")
        found = call("list_all_user_apps")(filters=f'ownerAlias eq "{ABBY}"', limit=250)
        expect({app.owner.name for app in found} == {"Abby Smith"}, f"{found}")

    def delete(made):
        deleted = call("delete_source_app")(id=made.id)
        expect(deleted is not None and deleted.id == made.id, f"{deleted}")

    made = _checked(tally, objects, "create-source-app", create)
    _checked(tally, objects, "patch, update in bulk and get-source-app", lambda: change(made))
    _checked(tally, objects, "lists of source-apps", lambda: listed(made))
    _checked(tally, objects, "user-apps", of_users)
    _checked(tally, objects, "delete-source-app", lambda: delete(made))
