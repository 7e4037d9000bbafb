"""How people sign in, their levels and further factors, through one version of the official Python SDK, as an administrator."""

import json

from proof.tally import expect

ABBY = "Abby.Smith"
KEY = "dk778Y3QlA5UqocYpdU3rEkzrK2D497y"


def run(tally, objects):
    """Everything the family has of it; what is set is as it was before at the end."""
    if objects.api("global_tenant_security_settings", "GlobalTenantSecuritySettingsApi") is not None:
        _organisation(tally, objects)
    if objects.api("auth_users", "AuthUsersApi") is not None:
        _levels(tally, objects)
    _factors(tally, objects)
    _questions(tally, objects)


def _checked(tally, objects, name, operation):
    return tally.check(f"{objects.family} {name}", operation)


def _step(objects, module, path, value, op="replace"):
    model = objects.model(module, "JsonPatchOperation")
    if not (isinstance(value, list) and value):
        return model.from_dict({"op": op, "path": path, "value": value})
    # Most versions have no form for a list of texts: `from_dict` refuses it, so the value is made without its check.
    step = model.from_dict({"op": op, "path": path, "value": ""})
    step.value = type(step.value).model_construct(actual_instance=value)
    return step


def _organisation(tally, objects):
    module = "global_tenant_security_settings"

    def call(method):
        return objects.call(module, "GlobalTenantSecuritySettingsApi", method)

    def patched(name, path, value, shown):
        changed = call(f"patch_auth_org_{name}_config")(json_patch_operation=[_step(objects, module, path, value)])
        expect(changed is not None and changed.to_dict() == shown, f"{changed}")
        read = call(f"get_auth_org_{name}_config")()
        expect(read == changed, f"{read} is not {changed}")

    def lockout():
        for attempts in (7, 5):
            shown = {"maximumAttempts": attempts, "lockoutDuration": 15, "lockoutWindow": 5}
            patched("lockout", "/maximumAttempts", attempts, shown)

    def session():
        for minutes in (480, 45):
            patched("session", "/maxSessionTime", minutes, {"maxIdleTime": 15, "rememberMe": False, "maxSessionTime": minutes})

    def network():
        model = objects.model(module, "NetworkConfiguration")
        made = call("create_auth_org_network_config")(network_configuration=model.from_dict({"range": ["10.0.0.0/8"]}))
        expect(made is not None and made.range == ["10.0.0.0/8"] and made.whitelisted is False, f"{made}")
        step = _step(objects, module, "/range", [])
        changed = call("patch_auth_org_network_config")(json_patch_operation=[step])
        expect(changed is not None and changed.range == [], f"{changed}")
        expect(call("get_auth_org_network_config")() == changed, "what is read is not what was saved")

    def provider():
        read = call("get_auth_org_service_provider_config")()
        expect(read is not None and read.enabled is False and read.federation_protocol_details == [], f"{read}")
        try:
            call("patch_auth_org_service_provider_config")(json_patch_operation=[_step(objects, module, "/enabled", True)])
        except Exception as fault:  # noqa: BLE001 - the SDK has a class of its own per version
            expect(getattr(fault, "status", None) == 400 and "SAML" in fault.body, f"{fault}")
            return
        expect(False, "SAML was switched on")

    _checked(tally, objects, "auth-org-lockout-config", lockout)
    _checked(tally, objects, "auth-org-session-config", session)
    _checked(tally, objects, "auth-org-network-config", network)
    _checked(tally, objects, "auth-org-service-provider-config", provider)


def _levels(tally, objects):
    def call(method):
        return objects.call("auth_users", "AuthUsersApi", method)

    def abby():
        found = objects.call("accounts", "AccountsApi", "list_accounts")(filters='identity.name eq "Abby Smith"', limit=1)
        return found[0].identity_id

    def get(identity):
        read = call("get_auth_user")(id=identity)
        expect(read is not None and read.alias == ABBY and read.capabilities == [], f"{read}")
        expect(read.last_password_change_date is not None, f"{read}")

    def patch(identity):
        for levels in (["HELPDESK"], []):
            step = _step(objects, "auth_users", "/capabilities", levels)
            changed = call("patch_auth_user")(id=identity, json_patch_operation=[step])
            expect(changed is not None and changed.capabilities == levels, f"{changed}")
            expect(call("get_auth_user")(id=identity).capabilities == levels, "the levels were not kept")

    identity = abby()
    _checked(tally, objects, "get-auth-user", lambda: get(identity))
    _checked(tally, objects, "patch-auth-user", lambda: patch(identity))


def _factors(tally, objects):
    module = "mfa_configuration"

    def call(method):
        return objects.call(module, "MFAConfigurationApi", method)

    def okta():
        model = objects.model(module, "MfaOktaConfig")
        wanted = {"mfaMethod": "okta-verify", "enabled": True, "host": "okta.invalid", "accessKey": KEY, "identityAttribute": "email"}
        saved = call("set_mfa_okta_config")(mfa_okta_config=model.from_dict(wanted))
        expect(saved is not None and saved.access_key == "d******y" and saved.enabled, f"{saved}")
        # What was read may be sent back: the secret stays.
        again = call("set_mfa_okta_config")(mfa_okta_config=call("get_mfa_okta_config")())
        expect(again == saved, f"{again} is not {saved}")

    def duo():
        model = objects.model(module, "MfaDuoConfig")
        wanted = {"host": "duo.invalid", "enabled": False, "configProperties": {"ikey": "Q123WE45R6TY7890ZXCV", "skey": KEY}}
        saved = call("set_mfa_duo_config")(mfa_duo_config=model.from_dict(wanted))
        expect(saved is not None and saved.config_properties == {"ikey": "Q123WE45R6TY7890ZXCV", "skey": "d******y"}, f"{saved}")
        expect(call("get_mfa_duo_config")() == saved, "what is read is not what was saved")

    def test():
        # A name that nobody has (RFC 6761).
        tested = call("test_mfa_config")(method="okta-verify")
        expect(tested is not None and tested.state == "FAILED" and "resolve" in tested.error, f"{tested}")

    def delete():
        for method in ("okta-verify", "duo-web"):
            gone = call("delete_mfa_config")(method=method)
            expect(gone is not None and gone.mfa_method == method, f"{gone}")
        expect(call("get_mfa_okta_config")().host is None, "the configuration is still there")

    _checked(tally, objects, "mfa-okta-config", okta)
    _checked(tally, objects, "mfa-duo-config", duo)
    _checked(tally, objects, "test-mfa-config", test)
    if hasattr(objects.api(module, "MFAConfigurationApi"), "delete_mfa_config" + objects.suffix):
        _checked(tally, objects, "delete-mfa-config", delete)


def _questions(tally, objects):
    module = "mfa_configuration"

    def call(method):
        return objects.call(module, "MFAConfigurationApi", method)

    def listed():
        found = call("get_mfa_kba_config")()
        expect(found and found[0].text.endswith("?"), f"{found}")
        every = call("get_mfa_kba_config")(all_languages=True)
        texts = json.loads(every[0].text)
        expect({"text": found[0].text, "locale": ""} in texts, f"{texts}")
        return found[0].id

    def answer(question):
        model = objects.model(module, "KbaAnswerRequestItem")
        for answers in ([model.from_dict({"id": question, "answer": "Saint Mary"})], []):
            state = call("set_mfakba_config")(kba_answer_request_item=answers)
            shown = {item.id: item.has_answer for item in state}
            expect(shown[question] is bool(answers), f"{state}")
            json.loads(state[0].question)

    question = _checked(tally, objects, "get-mfa-kba-config", listed)
    _checked(tally, objects, "set-mfa-kba-config", lambda: answer(question))
