"""What administrators keep, through one version of the official Python SDK: every object made, read, changed and deleted."""

import os
import re
from dataclasses import dataclass
from typing import Callable

import sources
from proof.settings import setting
from proof.tally import expect

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HEX_ID = re.compile(r"[0-9a-f]{32}")
PAGE = "reset-password:enter-username"
WORDS = "# refused words\nlocale=en_US\nSpring\nWinter\n"


@dataclass
class Objects:
    """One family. api(module, class) gives the SDK's object, model(module, name) a model of it; absent: None."""

    family: str
    suffix: str
    api: Callable
    model: Callable
    # A source that is in no password group.
    source_id: str

    def call(self, module, name, method):
        return getattr(self.api(module, name), method + self.suffix)


def as_administrator(make):
    """The SDK's own configuration with an administrator's personal access token."""
    kept = {name: os.environ[name] for name in ("SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET")}
    os.environ["SAIL_CLIENT_ID"] = setting("PASSWRIGHT_ADMIN_PAT_ID")
    os.environ["SAIL_CLIENT_SECRET"] = setting("PASSWRIGHT_ADMIN_PAT_SECRET")
    try:
        return make()
    finally:
        os.environ.update(kept)


def run(tally, objects):
    """All objects; what is made is deleted again."""
    _policies(tally, objects)
    _groups(tally, objects)
    _org_config(tally, objects)
    _dictionary(tally, objects)
    if objects.api("custom_password_instructions", "CustomPasswordInstructionsApi") is not None:
        _instructions(tally, objects)
    if hasattr(objects.api("sources", "SourcesApi"), "update_password_policy_holders" + objects.suffix):
        _holders(tally, objects)
    sources.run(tally, objects)


def _checked(tally, objects, name, operation):
    return tally.check(f"{objects.family} {name}", operation)


def _policies(tally, objects):
    def call(method):
        return objects.call("password_policies", "PasswordPoliciesApi", method)

    def dto(**fields):
        return objects.model("password_policies", "PasswordPolicyV3Dto")(**fields)

    def create():
        made = call("create_password_policy")(
            password_policy_v3_dto=dto(name=f"SDK {objects.family}", minLength=10, minUpper=1, maxRepeatedChars=2)
        )
        expect(made is not None, "the SDK gave no policy: the status code is not the documented one")
        expect(HEX_ID.fullmatch(made.id or ""), f"id {made.id!r}")
        expect((made.min_length, made.min_upper, made.default_policy) == (10, 1, False), f"{made}")
        expect(made.date_created is not None, "dateCreated is absent")
        return made

    def get(made):
        read = call("get_password_policy_by_id")(id=made.id)
        expect(read == made, f"{read} is not {made}")

    def send_back(made):
        read = call("get_password_policy_by_id")(id=made.id)
        read.min_length = 11
        saved = call("set_password_policy")(id=made.id, password_policy_v3_dto=read)
        expect(saved is not None and saved.min_length == 11, f"{saved}")

    def listed(made):
        found = call("list_password_policies")(limit=250, offset=0, count=True)
        expect(made.id in [policy.id for policy in found], "the list lacks the policy")
        expect(sum(bool(policy.default_policy) for policy in found) == 1, "there is not one default policy")

    made = _checked(tally, objects, "create-password-policy", create)
    _checked(tally, objects, "get-password-policy", lambda: get(made))
    _checked(tally, objects, "set-password-policy", lambda: send_back(made))
    _checked(tally, objects, "list-password-policies", lambda: listed(made))
    _checked(tally, objects, "delete-password-policy", lambda: call("delete_password_policy")(id=made.id))
    _checked(tally, objects, "a deleted policy", lambda: _absent(lambda: call("get_password_policy_by_id")(id=made.id)))


def _groups(tally, objects):
    def call(method):
        return objects.call("password_sync_groups", "PasswordSyncGroupsApi", method)

    def dto(**fields):
        return objects.model("password_sync_groups", "PasswordSyncGroup")(**fields)

    def create():
        made = call("create_password_sync_group")(
            password_sync_group=dto(name=f"SDK {objects.family}", sourceIds=[objects.source_id])
        )
        expect(made is not None, "the SDK gave no group: the status code is not the documented one")
        expect(UUID.fullmatch(made.id or ""), f"id {made.id!r}")
        expect(made.created is not None and made.source_ids == [objects.source_id], f"{made}")
        return made

    def get(made):
        read = call("get_password_sync_group")(id=made.id)
        expect(read == made, f"{read} is not {made}")

    def update(made):
        read = call("get_password_sync_group")(id=made.id)
        read.name = f"SDK {objects.family} renamed"
        saved = call("update_password_sync_group")(id=made.id, password_sync_group=read)
        expect(saved is not None and saved.name == read.name, f"{saved}")

    def listed(made):
        found = call("get_password_sync_groups")(limit=250, offset=0, count=True)
        expect(made.id in [group.id for group in found], "the list lacks the group")

    made = _checked(tally, objects, "create-password-sync-group", create)
    _checked(tally, objects, "get-password-sync-group", lambda: get(made))
    _checked(tally, objects, "update-password-sync-group", lambda: update(made))
    _checked(tally, objects, "get-password-sync-groups", lambda: listed(made))
    _checked(tally, objects, "delete-password-sync-group", lambda: call("delete_password_sync_group")(id=made.id))
    _checked(tally, objects, "a deleted group", lambda: _absent(lambda: call("get_password_sync_group")(id=made.id)))


def _org_config(tally, objects):
    def call(method):
        return objects.call("password_configuration", "PasswordConfigurationApi", method)

    def dto(**fields):
        return objects.model("password_configuration", "PasswordOrgConfig")(**fields)

    def save(method, **fields):
        saved = call(method)(password_org_config=dto(**fields))
        expect(saved is not None, "the SDK gave no settings: the status code is not the documented one")
        for field, value in fields.items():
            given = saved.to_dict()[field]
            expect(given == value, f"{field} is {given!r}, not {value!r}")
        expect(call("get_password_org_config")().to_dict() == saved.to_dict(), "what is read is not what was saved")

    everything = {"customInstructionsEnabled": True, "digitTokenEnabled": True, "digitTokenLength": 8}
    _checked(tally, objects, "create-password-org-config", lambda: save("create_password_org_config", **everything))
    _checked(tally, objects, "put-password-org-config", lambda: save("put_password_org_config", **everything))


def _dictionary(tally, objects):
    def call(method):
        return objects.call("password_dictionary", "PasswordDictionaryApi", method)

    def read():
        text = call("get_password_dictionary")()
        expect(text == WORDS, f"{text!r} is not what was uploaded")

    for given in (("words.txt", WORDS.encode()), WORDS.encode()):
        _checked(tally, objects, "put-password-dictionary", lambda: call("put_password_dictionary")(file=given))
        _checked(tally, objects, "get-password-dictionary", read)


def _instructions(tally, objects):
    def call(method):
        return objects.call("custom_password_instructions", "CustomPasswordInstructionsApi", method)

    def create():
        model = objects.model("custom_password_instructions", "CustomPasswordInstruction")
        text = 'Ask the <b>help desk</b><script>x</script>: <a href="https://help.test" target="_blank">here</a>'
        kept = call("create_custom_password_instructions")(
            custom_password_instruction=model(pageId=PAGE, pageContent=text, locale="en_US")
        )
        expect(kept is not None, "the SDK gave no text: the status code is not the documented one")
        expect("script" not in kept.page_content and "<b>help desk</b>" in kept.page_content, f"{kept}")
        return kept

    def get(kept):
        read = call("get_custom_password_instructions")(page_id=PAGE, locale="en_US")
        expect(read == kept, f"{read} is not {kept}")

    def delete():
        call("delete_custom_password_instructions")(page_id=PAGE, locale="en_US")
        _absent(lambda: call("get_custom_password_instructions")(page_id=PAGE, locale="en_US"))

    kept = _checked(tally, objects, "create-custom-password-instructions", create)
    _checked(tally, objects, "get-custom-password-instructions", lambda: get(kept))
    _checked(tally, objects, "delete-custom-password-instructions", delete)


def _holders(tally, objects):
    """Policies for everyone alone: the SDK's own model of an exception names a class that it does not import."""

    def call(method):
        return objects.call("sources", "SourcesApi", method)

    def update():
        policy = objects.call("password_policies", "PasswordPoliciesApi", "list_password_policies")()[0]
        holder = objects.model("sources", "PasswordPolicyHoldersDtoInner")
        saved = call("update_password_policy_holders")(
            source_id=objects.source_id,
            password_policy_holders_dto_inner=[holder.from_dict({"policyId": policy.id, "selectors": None})],
        )
        expect(saved is not None, "the SDK gave no list: the status code is not the documented one")
        expect([entry.policy_name for entry in saved] == [policy.name], f"{saved}")
        expect(saved[0].selectors is None, f"{saved}")

    def listed():
        found = call("list_password_policy_holders_on_source")(source_id=objects.source_id, limit=5, offset=0, count=True)
        expect(len(found) == 1 and HEX_ID.fullmatch(found[0].policy_id), f"{found}")

    def clear():
        saved = call("update_password_policy_holders")(
            source_id=objects.source_id, password_policy_holders_dto_inner=[]
        )
        expect(saved == [], f"{saved}")

    _checked(tally, objects, "update-password-policy-holders", update)
    if hasattr(objects.api("sources", "SourcesApi"), "list_password_policy_holders_on_source" + objects.suffix):
        _checked(tally, objects, "list-password-policy-holders-on-source", listed)
    _checked(tally, objects, "no password-policy holders", clear)


def _absent(read):
    try:
        found = read()
    except Exception as fault:  # noqa: BLE001 - the SDK has a class of its own per version
        expect(getattr(fault, "status", None) == 404, f"{fault}")
        return
    expect(False, f"it is still there: {found}")
