// Resets with Duo and Okta Verify in a real browser, which goes to Duo's own place and comes back: a demo of its own beside the strict
// servers that the tests play both with (crates/testkit/examples/providers.rs).

import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { look, person, quiet, said } from "./browser.mjs";
import { begin, beside, demo, entered, finish, freePort } from "./own_service.mjs";
import { check, expect } from "./tally.mjs";

const METHOD = "Duo or Okta Verify";
const CODE = "424242";

/** The providers, for a service at `url`; `told` makes them do something. */
async function providers(program, url) {
  const { said, ask, end } = await beside(program, [`${url}/recovery/third-party`, "dan.weber@acme.example", CODE]);
  const told = async (words) => {
    const refused = await ask(words);
    expect(refused.length === 0, `a provider refused what it was asked: ${refused.join("\n")}`);
  };
  return { ...said, told, end };
}

/** The variables that a demo's `demo.env` sets. */
function variables(data) {
  const text = fs.readFileSync(path.join(data, "demo.env"), "utf8");
  return Object.fromEntries([...text.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name, value]) => [name, value]));
}

/** Switches both on, as an administrator does over the API. */
async function configure(data, { duo, okta }) {
  const { SAIL_BASE_URL: base, PASSWRIGHT_ADMIN_PAT_ID: id, PASSWRIGHT_ADMIN_PAT_SECRET: password } = variables(data);
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: id, client_secret: password });
  const { access_token: token } = await (await fetch(`${base}/oauth/token`, { method: "POST", body: form })).json();
  const put = async (method, config) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify({ mfaMethod: method, enabled: true, ...config });
    const answer = await fetch(`${base}/v2025/mfa/${method}/config`, { method: "PUT", headers, body });
    expect(answer.status === 200, `${method}: ${answer.status} ${await answer.text()}`);
    const test = await (await fetch(`${base}/v2025/mfa/${method}/test`, { headers })).json();
    expect(test.state === "SUCCESS", `${method}: ${JSON.stringify(test)}`);
  };
  await put("duo-web", { host: duo.host, configProperties: { ikey: duo.ikey, skey: duo.skey } });
  await put("okta-verify", okta);
}

/** Begins a reset and chooses the way. */
async function choose(page, name) {
  await begin(page, name);
  await page.getByRole("button", { name: METHOD }).click();
  await said(page, METHOD);
}

async function withDuo({ browser, url, served }) {
  await check("pages a reset with Duo: away, denied, allowed, and the way back", async () => {
    const { page, faults, context } = await person(browser, url, { trusting: true });
    await served.told("duo is unwell");
    await choose(page, "Eve.Novak");
    await page.getByText("Duo cannot be asked now").waitFor();
    await look(page, "recovery-third-party-away");
    await served.told("duo denies");
    await page.getByRole("button", { name: "Another way" }).click();
    await page.getByRole("button", { name: METHOD }).click();
    await look(page, "recovery-third-party");
    await page.getByRole("link", { name: "Go on with Duo" }).click();
    await said(page, "Back from Duo");
    await look(page, "recovery-third-party-returned");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id === "faults"), "the focus is at what went wrong");
    await look(page, "recovery-third-party-denied");
    await served.told("duo allows");
    await page.getByRole("link", { name: "Go on with Duo" }).click();
    await said(page, "Back from Duo");
    await page.getByRole("button", { name: "Continue" }).click();
    await finish(page, "Quiet-Meadow-41");
    await page.goto("/recovery/third-party?error=access_denied&state=x");
    await said(page, "Duo has not confirmed that it is you");
    await look(page, "recovery-third-party-no");
    quiet(faults);
    await context.close();
  });

  await check("pages a reset with Duo without JavaScript; what comes back is nothing in another browser", async () => {
    const { page, context } = await person(browser, url, { trusting: true, script: false });
    await choose(page, "Abby.Smith");
    await look(page, "recovery-third-party-plain", { axe: false });
    await page.getByRole("link", { name: "Go on with Duo" }).click();
    await said(page, "Back from Duo");
    await look(page, "recovery-third-party-returned-plain", { axe: false });
    const stranger = await person(browser, url);
    await stranger.page.goto(page.url());
    await said(stranger.page, "There is nothing to go on with here");
    await stranger.context.close();
    await page.getByRole("button", { name: "Continue" }).click();
    await finish(page, "Quiet-Meadow-42");
    await context.close();
    await served.told("duo allows");
  });
}

async function withOkta({ browser, url, served }) {
  await check("pages a reset with a push of Okta Verify: too early, then approved", async () => {
    const { page, faults, context } = await person(browser, url);
    await choose(page, "Dan.Weber");
    await page.getByRole("button", { name: "Send a request to Okta Verify" }).click();
    await page.getByText("choose 41.").waitFor();
    await look(page, "recovery-push");
    await page.getByRole("button", { name: "I approved it" }).click();
    await page.getByText("It is not approved.").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id === "faults"), "the focus is at what went wrong");
    await look(page, "recovery-push-early");
    await served.told("okta approves");
    await page.getByRole("button", { name: "I approved it" }).click();
    await finish(page, "Quiet-Meadow-43");
    quiet(faults);
    await context.close();
  });

  await check("pages a reset with a code of Okta Verify without JavaScript", async () => {
    const { page, context } = await person(browser, url, { script: false });
    await choose(page, "Dan.Weber");
    await page.getByLabel("Code from Okta Verify").fill("111111");
    await page.getByRole("button", { name: "Use the code" }).click();
    await page.getByText("That is not right").waitFor();
    await look(page, "recovery-third-party-wrong-plain", { axe: false });
    await page.getByLabel("Code from Okta Verify").fill(CODE);
    await page.getByRole("button", { name: "Use the code" }).click();
    await finish(page, "Quiet-Meadow-44");
    await context.close();
    await served.told("okta approves");
  });
}

export async function thirdParty({ browser, program, examples }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pages-third-party-"));
  const [data, authorities, port] = [path.join(folder, "data"), path.join(folder, "authorities.pem"), await freePort()];
  const served = await providers(path.join(examples, "providers"), `http://127.0.0.1:${port}`);
  let service;
  try {
    // The service trusts who this machine trusts.
    fs.writeFileSync(authorities, served.authorities);
    service = await demo(program, { data, port, variables: { SSL_CERT_FILE: authorities } });
    const { url } = service;
    await configure(data, served);
    const olga = await person(browser, url, { script: false });
    await entered(olga.page, data, "Olga.Admin");
    await olga.page.goto("/admin/settings");
    await olga.page.getByRole("combobox", { name: METHOD, exact: true }).selectOption("whole");
    await olga.page.getByRole("button", { name: "Save For people who cannot sign in" }).click();
    await olga.page.getByText("Saved.").waitFor();
    await olga.context.close();
    await withDuo({ browser, url, served });
    await withOkta({ browser, url, served });
  } finally {
    await service?.end();
    served.end();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
