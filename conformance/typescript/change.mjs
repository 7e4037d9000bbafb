// sailpoint-api-client 1.4.15 against a running demo: beta, v3 and v2024, the families that this SDK has.
//
// Usage: . DIR/demo.env && node change.mjs

import { constants, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import sdk from "sailpoint-api-client";

import { administer } from "./administer.mjs";
import { Directory } from "./directory.mjs";
import { Tally, expect, setting } from "./tally.mjs";

const USER = "Abby.Smith";
const SOURCE = "My-AD";
const CHANGE_WITHIN_MS = 60_000;
const HEX_ID = /^[0-9a-f]{32}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One family: its class, the suffix of its request keys, and its method names. */
const FAMILIES = [
  { name: "beta", api: "PasswordManagementBetaApi", suffix: "Beta", digit: true, set: "setIdentityPassword", status: "getIdentityPasswordChangeStatus" },
  { name: "v3", api: "PasswordManagementApi", suffix: "", digit: false, set: "setPassword", status: "getPasswordChangeStatus" },
  { name: "v2024", api: "PasswordManagementV2024Api", suffix: "V2024", digit: true, set: "setPassword", status: "getPasswordChangeStatus" },
];

/** PKCS#1 v1.5 over the UTF-8 bytes, in base64, as the API asks for. */
function encrypt(password, publicKey) {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password, "utf8")).toString("base64");
}

async function digitToken(api, { suffix }) {
  const request = { userId: USER, length: 8, durationMinutes: 5 };
  const body = { [`passwordDigitTokenReset${suffix}`]: request };
  const answer = await api.createDigitToken(suffix === "V2024" ? { xSailPointExperimental: "true", ...body } : body);
  expect(answer.status === 200, `status ${answer.status}`);
  expect(/^[0-9]{8}$/.test(answer.data.digitToken), "the token is not 8 digits");
  expect(UUID.test(answer.data.requestId), `requestId ${answer.data.requestId} is not a UUID`);
}

async function passwordInfo(api, { suffix }) {
  const { status, data } = await api.queryPasswordInfo({ [`passwordInfoQueryDTO${suffix}`]: { userName: USER, sourceName: SOURCE } });
  expect(status === 200, `status ${status}`);
  expect(HEX_ID.test(data.identityId) && HEX_ID.test(data.sourceId), "an id is not 32 hex digits");
  expect(UUID.test(Buffer.from(data.publicKeyId, "base64").toString()), "publicKeyId is no UUID");
  expect(data.accounts.length === 1, `${data.accounts.length} accounts, expected one`);
  expect(data.policies.length > 0, "no policy is described");
  return data;
}

async function accept(api, family, info, password) {
  const request = {
    identityId: info.identityId,
    encryptedPassword: encrypt(password, info.publicKey),
    publicKeyId: info.publicKeyId,
    accountId: info.accounts[0].accountId,
    sourceId: info.sourceId,
  };
  const { status, data } = await api[family.set]({ [`passwordChangeRequest${family.suffix}`]: request });
  expect(status === 202, `status ${status}`);
  expect(HEX_ID.test(data.requestId), `requestId ${data.requestId} is not 32 hex digits`);
  expect(data.state === "IN_PROGRESS", `state ${data.state} at once`);
  return data.requestId;
}

async function finish(api, family, id, sourceId) {
  const deadline = Date.now() + CHANGE_WITHIN_MS;
  for (;;) {
    const { data } = await api[family.status]({ id });
    expect(data.requestId === id, `status of ${data.requestId}, asked for ${id}`);
    expect(data.sourceIds.includes(sourceId), `sourceIds ${data.sourceIds} lacks ${sourceId}`);
    if (data.state === "FINISHED") {
      expect(data.errors.length === 0, `FINISHED with errors ${data.errors}`);
      return;
    }
    expect(data.state === "IN_PROGRESS", `the change ended as ${data.state} with ${data.errors}`);
    expect(Date.now() < deadline, `still ${data.state} after ${CHANGE_WITHIN_MS} ms`);
    await pause(200);
  }
}

async function run(tally, directory, family) {
  // The SDK with its default configuration: it reads the demo's variables itself.
  const configuration = new sdk.Configuration();
  configuration.experimental = true;
  const api = new sdk[family.api](configuration);
  if (family.digit) await tally.check(`${family.name} create-digit-token`, () => digitToken(api, family));
  const info = await tally.check(`${family.name} query-password-info`, () => passwordInfo(api, family));
  // The first family changes twice, so that an old password is known.
  for (let rounds = directory.hasProved ? 1 : 2; rounds > 0; rounds -= 1) {
    const password = `Zürich-${randomBytes(8).toString("hex")}-7a`;
    const id = await tally.check(`${family.name} set-password`, () => accept(api, family, info, password));
    await tally.check(`${family.name} password-change-status`, () => finish(api, family, id, info.sourceId));
    await tally.check(`${family.name} sign-in at the directory`, () => directory.prove(info.accounts[0].accountId, password));
  }
  await administer(tally, family.name, family.suffix);
}

for (const name of ["SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"]) setting(name);
const directory = new Directory();
const tally = new Tally();
for (const family of FAMILIES) await tally.family(family.name, () => run(tally, directory, family));
process.exit(tally.close());
