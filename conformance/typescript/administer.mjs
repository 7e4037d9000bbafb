// What administrators do with people, accounts, applications and sign-in, through the SDK's own classes of one family.

import sdk from "sailpoint-api-client";

import { expect, setting } from "./tally.mjs";

const ABBY = "Abby.Smith";
const KEY = "dk778Y3QlA5UqocYpdU3rEkzrK2D497y";
// V2024 wants the header on some operations; elsewhere it is passed over.
const EXPERIMENTAL = { xSailPointExperimental: "true" };

/** The SDK's own configuration with an administrator's personal access token. */
function asAdministrator() {
  const names = ["SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"];
  const kept = names.map((name) => process.env[name]);
  process.env.SAIL_CLIENT_ID = setting("PASSWRIGHT_ADMIN_PAT_ID");
  process.env.SAIL_CLIENT_SECRET = setting("PASSWRIGHT_ADMIN_PAT_SECRET");
  try {
    const configuration = new sdk.Configuration();
    configuration.experimental = true;
    return configuration;
  } finally {
    names.forEach((name, at) => { process.env[name] = kept[at]; });
  }
}

/** One family: its API classes, and how request keys are written. */
class Family {
  constructor(name, suffix) {
    this.name = name;
    this.suffix = suffix;
    this.configuration = asAdministrator();
  }

  /** Undefined where the family has no such class. */
  api(name) {
    const found = sdk[`${name}${this.suffix}Api`];
    return found && new found(this.configuration);
  }

  /** A request's body under the key that the SDK wants. */
  body(key, value) {
    return { [`${key}${this.suffix}`]: value };
  }
}

const replace = (path, value) => [{ op: "replace", path, value }];

/** The data of an answer with the documented status. */
async function data(answer, status = 200) {
  const { status: given, data: read } = await answer;
  expect(given === status, `status ${given} instead of ${status}`);
  return read;
}

const same = (one, other) => expect(JSON.stringify(one) === JSON.stringify(other), `${JSON.stringify(one)} is not ${JSON.stringify(other)}`);

async function accounts(check, family) {
  const api = family.api("Accounts");
  const account = await check("list-accounts", async () => {
    const found = await data(api.listAccounts({ limit: 250, count: true, filters: 'identity.name eq "Abby Smith"', sorters: "-name" }));
    expect(found.length === 5, `${found.length} accounts, not 5`);
    return found.find((one) => one.sourceName === "My-AD");
  });
  await check("get-account", async () => same(await data(api.getAccount({ id: account.id })), account));
  await check("update-account", async () => {
    const done = await data(api.updateAccount({ id: account.id, requestBody: replace("/identityId", account.identityId) }), 202);
    expect(done.id, "no task");
  });
  for (const [verb, disabled] of [["disable", true], ["enable", false]]) {
    await check(`${verb}-account`, async () => {
      const request = { id: account.id, ...family.body("accountToggleRequest", { forceProvisioning: false }) };
      expect((await data(api[`${verb}Account`](request), 202)).id, "no task");
      expect((await data(api.getAccount({ id: account.id }))).disabled === disabled, "the account is not so");
    });
  }
  await check("unlock-account", async () => {
    const request = { id: account.id, ...family.body("accountUnlockRequest", { unlockIDNAccount: false }) };
    expect((await data(api.unlockAccount(request), 202)).id, "no task");
  });
  await check("reload-account", async () => expect((await data(api.submitReloadAccount({ id: account.id }), 202)).id, "no task"));
  return account.identityId;
}

async function activities(check, family) {
  const api = family.api("AccountActivities");
  const activity = await check("list-account-activities", async () => {
    const [found] = await data(api.listAccountActivities({ limit: 10, filters: 'type eq "CloudPasswordRequest"', sorters: "-created" }));
    expect(found?.items.length > 0, "the changes of this run are not listed");
    return found;
  });
  await check("get-account-activity", async () => expect((await data(api.getAccountActivity({ id: activity.id }))).id === activity.id, "another one"));
}

async function identities(check, family, id) {
  const everybody = family.api("PublicIdentities");
  if (everybody) {
    await check("get-public-identities", async () => {
      const found = await data(everybody.getPublicIdentities({ filters: `alias eq "${ABBY}"`, limit: 5 }));
      same(found.map((one) => one.name), ["Abby Smith"]);
    });
  }
  const api = family.api("Identities");
  if (!api) return;
  await check("list-identities", async () => {
    const found = await data(api.listIdentities({ filters: `alias eq "${ABBY}"`, count: true, ...EXPERIMENTAL }));
    same(found.map((one) => one.id), [id]);
  });
  await check("get-identity", async () => expect((await data(api.getIdentity({ id, ...EXPERIMENTAL }))).alias === ABBY, "another one"));
}

async function applications(check, family) {
  const api = family.api("Apps");
  if (!api) return;
  const sources = await data(family.api("Sources").listSources({ filters: 'name eq "Reports"' }));
  const made = await check("create-source-app", async () => {
    const wanted = { name: `TypeScript ${family.name}`, description: "d", accountSource: { id: sources[0].id } };
    return data(api.createSourceApp({ ...family.body("sourceAppCreateDto", wanted), ...EXPERIMENTAL }));
  });
  await check("patch-source-app", async () => {
    const step = family.body("jsonPatchOperation", replace("/matchAllAccounts", true));
    expect((await data(api.patchSourceApp({ id: made.id, ...step, ...EXPERIMENTAL }))).matchAllAccounts, "it was not changed");
    expect((await data(api.getSourceApp({ id: made.id, ...EXPERIMENTAL }))).matchAllAccounts, "the change was not kept");
  });
  await check("list-all-user-apps", async () => {
    const found = await data(api.listAllUserApps({ filters: `ownerAlias eq "${ABBY}"`, limit: 250, ...EXPERIMENTAL }));
    expect(found.length > 0 && found.every((one) => one.owner.alias === ABBY), JSON.stringify(found));
  });
  await check("delete-source-app", async () => expect((await data(api.deleteSourceApp({ id: made.id, ...EXPERIMENTAL }))).id === made.id, "another one"));
}

async function signIn(check, family, id) {
  const org = family.api("GlobalTenantSecuritySettings");
  if (org?.patchAuthOrgLockoutConfig) {
    for (const [name, path, value, before] of [["Lockout", "/maximumAttempts", 7, 5], ["Session", "/maxSessionTime", 480, 45]]) {
      await check(`auth-org-${name.toLowerCase()}-config`, async () => {
        for (const wanted of [value, before]) {
          const changed = await data(org[`patchAuthOrg${name}Config`](family.body("jsonPatchOperation", replace(path, wanted))));
          expect(changed[path.slice(1)] === wanted, JSON.stringify(changed));
          same(await data(org[`getAuthOrg${name}Config`]()), changed);
        }
      });
    }
    await check("auth-org-service-provider-config", async () => expect((await data(org.getAuthOrgServiceProviderConfig())).enabled === false, "SAML is on"));
  }
  if (org) {
    await check("auth-org-network-config", async () => {
      const made = await data(org.createAuthOrgNetworkConfig(family.body("networkConfiguration", { range: ["10.0.0.0/8"] })));
      same(made.range, ["10.0.0.0/8"]);
      const changed = await data(org.patchAuthOrgNetworkConfig(family.body("jsonPatchOperation", replace("/range", []))));
      same(await data(org.getAuthOrgNetworkConfig()), changed);
    });
  }
  const users = family.api("AuthUsers");
  if (!users) return;
  await check("get-auth-user", async () => expect((await data(users.getAuthUser({ id }))).alias === ABBY, "another one"));
  await check("patch-auth-user", async () => {
    for (const levels of [["HELPDESK"], []]) {
      const step = family.body("jsonPatchOperation", replace("/capabilities", levels));
      same((await data(users.patchAuthUser({ id, ...step }))).capabilities, levels);
    }
  });
}

async function factors(check, family) {
  const api = family.api("MFAConfiguration");
  await check("mfa-okta-config", async () => {
    const wanted = { mfaMethod: "okta-verify", enabled: true, host: "okta.invalid", accessKey: KEY, identityAttribute: "email" };
    const saved = await data(api.setMFAOktaConfig(family.body("mfaOktaConfig", wanted)));
    same(saved, { ...wanted, accessKey: "d******y" });
    // What was read may be sent back: the secret stays.
    same(await data(api.setMFAOktaConfig(family.body("mfaOktaConfig", await data(api.getMFAOktaConfig())))), saved);
  });
  await check("mfa-duo-config", async () => {
    const wanted = { enabled: false, host: "duo.invalid", configProperties: { ikey: "Q123WE45R6TY7890ZXCV", skey: KEY } };
    const saved = await data(api.setMFADuoConfig(family.body("mfaDuoConfig", wanted)));
    expect(saved.configProperties.skey === "d******y", JSON.stringify(saved));
    same(await data(api.getMFADuoConfig()), saved);
  });
  // A name that nobody has (RFC 6761).
  await check("test-mfa-config", async () => expect((await data(api.testMFAConfig({ method: "okta-verify" }))).state === "FAILED", "it was reached"));
  if (api.deleteMFAConfig) {
    await check("delete-mfa-config", async () => {
      for (const method of ["okta-verify", "duo-web"]) expect((await data(api.deleteMFAConfig({ method }))).mfaMethod === method, "another one");
    });
  }
  const id = await check("get-mfa-kba-config", async () => {
    const [question] = await data(api.getMFAKbaConfig({ allLanguages: true }));
    expect(JSON.parse(question.text).some((text) => text.locale === "fr"), question.text);
    return question.id;
  });
  await check("set-mfa-kba-config", async () => {
    for (const answers of [[{ id, answer: "Saint Mary" }], []]) {
      const state = await data(api.setMFAKBAConfig(family.body("kbaAnswerRequestItem", answers)));
      expect(state.find((one) => one.id === id).hasAnswer === answers.length > 0, JSON.stringify(state));
    }
  });
}

/** Everything the family has of it. */
export async function administer(tally, name, suffix) {
  const family = new Family(name, suffix);
  const check = (operation, run) => tally.check(`${name} ${operation}`, run);
  const id = await accounts(check, family);
  await activities(check, family);
  await identities(check, family, id);
  await applications(check, family);
  await signIn(check, family, id);
  await factors(check, family);
}
