"""Sources and their schemas, through one version of the official Python SDK."""

from proof.tally import expect
from proof.until import wait_until

DIRECTORY = "My-AD"


def run(tally, objects):
    """A second source at the demo's directory; it is deleted again."""

    def check(name, operation):
        return tally.check(f"{objects.family} {name}", operation)

    def call(method):
        return objects.call("sources", "SourcesApi", method)

    def listed():
        found = call("list_sources")(filters=f'name eq "{DIRECTORY}"', limit=250, offset=0, count=True)
        expect([source.name for source in found] == [DIRECTORY], f"{found}")
        return found[0]

    def get(source):
        read = call("get_source")(id=source.id)
        expect(read == source, f"{read} is not {source}")
        expect("password" not in read.connector_attributes, "the credential comes back")

    def create(like):
        tokens = objects.call("personal_access_tokens", "PersonalAccessTokensApi", "list_personal_access_tokens")
        settings = {key: like.connector_attributes[key] for key in ("url", "ca_file", "bind_dn")}
        made = call("create_source")(
            source=objects.model("sources", "Source").from_dict(
                {
                    "name": f"SDK {objects.family}",
                    "description": "the same directory",
                    "owner": {"type": "IDENTITY", "id": tokens(owner_id="me")[0].owner.id},
                    "connector": "active_directory",
                    "connectorAttributes": {**settings, "password": "not-the-one"},
                }
            )
        )
        expect(made is not None, "the SDK gave no source: the status code is not the documented one")
        expect(made.owner.name == "Olga Admin" and made.features == [], f"{made}")
        expect("password" not in made.connector_attributes, "the credential comes back")
        return made

    def add_password(made):
        step = {"op": "add", "path": "/features/-", "value": "PASSWORD"}
        model = objects.model("sources", "JsonPatchOperation")
        saved = call("update_source")(id=made.id, json_patch_operation=[model.from_dict(step)])
        expect(saved is not None and saved.features == ["PASSWORD"], f"{saved}")

    def send_back(made):
        read = call("get_source")(id=made.id)
        read.description = "sent back"
        saved = call("put_source")(id=made.id, source=read)
        expect(saved is not None and saved.description == "sent back", f"{saved}")
        expect(saved.features == ["PASSWORD"], f"{saved}")

    def connection(method, source, status):
        answer = call(method)(source_id=source.id)
        expect(answer is not None and answer.status == status, f"{answer}")
        expect(answer.id == source.id and answer.elapsed_millis >= 0, f"{answer}")
        expect(bool(answer.details) == (status == "FAILURE"), f"{answer}")

    def load(source):
        # Beta names the id otherwise.
        task = call("import_accounts")(source.id, disable_optimization="true")
        expect(task is not None and task.success, "the SDK gave no task: the status code is not the documented one")
        expect(task.task.id and task.task.attributes.app_id == source.id, f"{task}")
        expect(task.task.attributes.optimized_aggregation == "disabled" and task.task.returns, f"{task}")

        def read():
            accounts = objects.call("accounts", "AccountsApi", "list_accounts")
            found = accounts(filters=f'sourceId eq "{source.id}"', limit=250)
            expect(len(found) == 7, f"{len(found)} accounts and not those of the demo")
            abby = next(account for account in found if account.name == "Abby Smith")
            return abby.attributes.get("sAMAccountName") and abby.uuid and abby.identity_id

        expect(wait_until(read), "the accounts were not read")

    def delete(made):
        # Beta has the operation under another name.
        method = "delete" if hasattr(objects.api("sources", "SourcesApi"), "delete") else "delete_source"
        task = call(method)(id=made.id)
        expect(task is not None and task.type == "TASK_RESULT", f"{task}")
        expect(made.id not in [source.id for source in call("list_sources")()], "it is still there")

    like = check("list-sources", listed)
    check("get-source", lambda: get(like))
    made = check("create-source", lambda: create(like))
    check("update-source", lambda: add_password(made))
    check("put-source", lambda: send_back(made))
    if hasattr(objects.api("sources", "SourcesApi"), "test_source_connection" + objects.suffix):
        check("test-source-connection", lambda: connection("test_source_connection", like, "SUCCESS"))
        check("test-source-configuration", lambda: connection("test_source_configuration", made, "FAILURE"))
    if hasattr(objects.api("sources", "SourcesApi"), "import_accounts" + objects.suffix):
        check("import-accounts", lambda: load(like))
    _schemas(check, call, objects, made)
    check("delete-source", lambda: delete(made))


def _schemas(check, call, objects, source):
    def create():
        model = objects.model("sources", "ModelSchema")
        attributes = [{"name": name, "type": "STRING"} for name in ("distinguishedName", "sAMAccountName")]
        made = call("create_source_schema")(
            source_id=source.id,
            model_schema=model.from_dict(
                {
                    "name": "account",
                    "nativeObjectType": "User",
                    "identityAttribute": "distinguishedName",
                    "displayAttribute": "sAMAccountName",
                    "attributes": attributes,
                }
            ),
        )
        expect(made is not None, "the SDK gave no schema: the status code is not the documented one")
        expect(made.identity_attribute == "distinguishedName" and len(made.attributes) == 2, f"{made}")
        return made

    def listed(made):
        found = call("get_source_schemas")(source_id=source.id)
        expect(found == [made], f"{found} is not {made}")

    def get(made):
        read = call("get_source_schema")(source_id=source.id, schema_id=made.id)
        expect(read == made, f"{read} is not {made}")
        expect([schema.id for schema in call("get_source")(id=source.id).schemas] == [made.id], "the source lacks it")

    def change(made):
        step = {"op": "replace", "path": "/displayAttribute", "value": "distinguishedName"}
        model = objects.model("sources", "JsonPatchOperation")
        saved = call("update_source_schema")(
            source_id=source.id, schema_id=made.id, json_patch_operation=[model.from_dict(step)]
        )
        expect(saved is not None and saved.display_attribute == "distinguishedName", f"{saved}")

    def send_back(made):
        saved = call("put_source_schema")(source_id=source.id, schema_id=made.id, model_schema=made)
        expect(saved is not None and saved.display_attribute == "sAMAccountName", f"{saved}")

    made = check("create-source-schema", create)
    check("get-source-schemas", lambda: listed(made))
    check("get-source-schema", lambda: get(made))
    check("update-source-schema", lambda: change(made))
    check("put-source-schema", lambda: send_back(made))
    check("delete-source-schema", lambda: call("delete_source_schema")(source_id=source.id, schema_id=made.id))
