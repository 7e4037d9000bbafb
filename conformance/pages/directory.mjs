// The pages over a real OpenLDAP with a password policy of its own, as `passwright serve` runs them: people sign in by a bind there, and
// OpenLDAP's own client is asked what became of their passwords.

import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { both, person, quiet, said } from "./browser.mjs";
import { beside, freePort, run, signedIn } from "./own_service.mjs";
import { expect } from "./tally.mjs";

const NAME = "OpenLDAP";
const INVALID_CREDENTIALS = 49;
/** Of people who sign in here, not there. */
const PASSWORD = "Tall-Lighthouse-7";
/** An administrator's own token, with which the accounts are read. */
const TOKEN = { id: "1f5b1f2c6a434c539d116f8f6f0a7c21", secret: crypto.randomBytes(32).toString("hex") };

const alias = (number) => `User.${number}`;

/** What OpenLDAP's client says of a password: its exit code is the result code. */
function bind(folder, slapd, number, password) {
  const secret = path.join(folder, "secret");
  fs.writeFileSync(secret, password, { mode: 0o600 });
  const asked = ["-x", "-H", slapd.url, "-D", slapd.users[number], "-y", secret, "-e", "ppolicy", "-o", "nettimeout=10"];
  const { status, stdout, stderr } = spawnSync("ldapwhoami", asked, {
    env: { PATH: process.env.PATH, HOME: folder, LDAPCONF: os.devNull, LDAPTLS_CACERT: slapd.caFile, LDAPTLS_REQCERT: "demand" },
    encoding: "utf8",
    timeout: 30_000,
  });
  return { code: status, said: `${stdout}${stderr}` };
}

/** The files of an installation whose one source is that server; gives its settings. */
function installation(program, folder, port, slapd) {
  const file = (name, text) => {
    fs.writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    return path.join(folder, name);
  };
  file("service", slapd.service.password);
  file("password", PASSWORD);
  file("token", TOKEN.secret);
  const q = JSON.stringify;
  const config = file("passwright.toml", `
[server]
listen = "127.0.0.1:${port}"
public_url = "http://127.0.0.1:${port}"
[database]
url = ${q(`sqlite://${path.join(folder, "passwright.sqlite3")}`)}
[keys]
root_key_file = ${q(path.join(folder, "root.key"))}
epoch_key_file = ${q(path.join(folder, "epoch.key"))}
[worker]
late_write_seconds = 1
[log]
level = "warn"
`);
  const people = slapd.users.slice(0, 10).map((dn, number) => `
[[identity]]
alias = ${q(alias(number))}
name = "User ${number}"
[[identity.account]]
source = "${NAME}"
native_identity = ${q(dn)}
`);
  const document = file("setup.toml", `
[org_config]
digitTokenEnabled = true
[[password_policy]]
name = "Short"
default = true
minLength = 4
[[source]]
name = "${NAME}"
features = ["PASSWORD", "AUTHENTICATE"]
credential_file = "service"
[source.connector]
kind = "ldap"
url = ${q(slapd.url)}
ca_file = ${q(slapd.caFile)}
bind_dn = ${q(slapd.service.dn)}
accounts = { base = ${q(slapd.base)}, filter = "(objectClass=inetOrgPerson)" }
[[identity]]
alias = "Hank.Helper"
name = "Hank Helper"
levels = ["HELPDESK"]
password_file = "password"
[[identity]]
alias = "Olga.Admin"
levels = ["ORG_ADMIN"]
[[personal_access_token]]
owner = "Olga.Admin"
name = "tests"
id = "${TOKEN.id}"
secret_file = "token"
expires = 2099-12-31
${people.join("")}`);
  for (const options of [["migrate"], ["apply", document]]) {
    const { status, stderr } = spawnSync(program, [...options, "--config", config], { encoding: "utf8" });
    expect(status === 0, `${options[0]}: ${stderr}`);
  }
  return config;
}

/** Reads the accounts, as an administrator's timer does: locks that came about there are seen from then on. */
function aggregate(program, url) {
  const env = { PATH: process.env.PATH, SAIL_BASE_URL: url, SAIL_CLIENT_ID: TOKEN.id, SAIL_CLIENT_SECRET: TOKEN.secret };
  const { status, stdout, stderr } = spawnSync(program, ["source", "aggregate", NAME], { env, encoding: "utf8" });
  expect(status === 0, `the accounts are not read: ${stdout}${stderr}`);
}

/** The help desk's page of a person. */
async function helping(browser, url, script, number) {
  const desk = await person(browser, url, { script });
  await signedIn(desk.page, "Hank.Helper", PASSWORD);
  await desk.page.goto(`/help-desk?q=${alias(number)}`);
  await desk.page.locator(".people a").first().click();
  await said(desk.page, "History");
  return desk;
}

/** Says who called and why, in one of its forms. */
async function because(form) {
  await form.getByLabel("I have made sure who calls").check();
  await form.getByLabel("Reason").fill("INC-4720");
}

async function digits(browser, url, script, number) {
  const { page, context } = await helping(browser, url, script, number);
  await because(page.getByRole("region", { name: "Let the person in" }));
  await page.getByRole("button", { name: "Make a token" }).click();
  const read = (await page.locator(".digits span").allTextContents()).join(" ");
  await context.close();
  return read;
}

/** Proves oneself by them. */
async function proveByDigits(page, address, number, read) {
  await page.goto(address);
  await page.getByLabel("User name").fill(alias(number));
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Digits from the help desk" }).click();
  await page.getByLabel("Digits from the help desk").fill(read);
  await page.getByRole("button", { name: "Continue" }).click();
}

async function type(page, script, label, password) {
  await page.getByLabel("New password", { exact: true }).fill(password);
  if (!script) await page.getByLabel("New password, again").fill(password);
  await page.getByRole("button", { name: label }).click();
}

async function checks({ browser, program, url, slapd, folder }) {
  // Any other answer is neither: a directory that is away says nothing of a password.
  const holds = (number, password) => {
    const { code, said: told } = bind(folder, slapd, number, password);
    expect([0, INVALID_CREDENTIALS].includes(code), `ldapwhoami answers ${code}: ${told}`);
    return code === 0;
  };

  await both(`pages a real ${NAME}: signed in by a bind, changed and proved, and its own rules`, async ({ script, see }) => {
    const number = script ? 0 : 1;
    const { page, faults, context } = await person(browser, url, { script });
    const change = async (now, next) => {
      await page.goto("/password-manager");
      await page.getByRole("link", { name: "Change password" }).first().click();
      await page.getByLabel("Your current password").fill(now);
      await type(page, script, "Change password", next);
    };
    await signedIn(page, alias(number), slapd.password);
    await see(page, "directory-password-manager");
    await change(slapd.password, "Sunny-Harbour-71");
    await said(page, "Your password was changed");
    expect((await page.locator("#targets .word").allTextContents()).join() === "changed and proved", "it is proved");
    expect(holds(number, "Sunny-Harbour-71") && !holds(number, slapd.password), "the new one signs in, the old one does not");
    // Rules that the directory alone knows: its history, its length.
    for (const [next, state] of [[slapd.password, "used"], ["Ab1-x", "short"]]) {
      await change("Sunny-Harbour-71", next);
      await said(page, "Your password was not changed");
      expect((await page.locator("#targets .reason").textContent()).length > 5, "the reason is told");
      await see(page, `directory-refused-${state}`);
    }
    expect(holds(number, "Sunny-Harbour-71"), "nothing was changed");
    quiet(faults);
    await context.close();
  });

  await both(`pages a real ${NAME}: locked there, unlocked by the person and by the help desk`, async ({ script, see }) => {
    const number = script ? 2 : 3;
    const lock = () => {
      for (let wrong = 0; wrong < 5; wrong += 1) bind(folder, slapd, number, "wrong");
      expect(!holds(number, slapd.password), "it is locked");
    };
    lock();
    const read = await digits(browser, url, script, number);
    const { page, faults, context } = await person(browser, url, { script });
    await proveByDigits(page, "/recovery/unlock", number, read);
    await said(page, "Unlock your accounts");
    await page.getByRole("button", { name: "Unlock", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: /unlocked/ }).waitFor();
    expect(holds(number, slapd.password), "the password signs in again");
    await see(page, "directory-unlocked");
    quiet(faults);
    await context.close();
    lock();
    aggregate(program, url);
    const desk = await helping(browser, url, script, number);
    await desk.page.getByText("locked when last seen").waitFor();
    await desk.page.locator("summary").filter({ hasText: "Unlock" }).click();
    const form = desk.page.locator("details");
    await because(form);
    await form.getByRole("button", { name: "Unlock the account" }).click();
    await desk.page.getByText("The account is unlocked.").waitFor();
    expect(holds(number, slapd.password), "the password signs in again");
    quiet(desk.faults);
    await desk.context.close();
  });

  await both(`pages a real ${NAME}: a forgotten password is reset`, async ({ script, see }) => {
    const number = script ? 4 : 5;
    const read = await digits(browser, url, script, number);
    const { page, faults, context } = await person(browser, url, { script });
    await proveByDigits(page, "/recovery/password", number, read);
    await said(page, "Which password?");
    await page.getByRole("link", { name: NAME }).click();
    await type(page, script, "Set the password", "Windy-Harbour-72");
    await said(page, "Your password was changed");
    await see(page, "directory-reset");
    expect(holds(number, "Windy-Harbour-72") && !holds(number, slapd.password), "the new one signs in, the old one does not");
    quiet(faults);
    await context.close();
  });

  await both(`pages a real ${NAME}: the help desk has another password asked for`, async ({ script, see }) => {
    const number = script ? 6 : 7;
    const { page, faults, context } = await helping(browser, url, script, number);
    const form = page.getByRole("region", { name: "Ask for another password" });
    await because(form);
    await form.getByRole("button", { name: "Ask at the next sign-in" }).click();
    await page.getByText("At the next sign-in the system asks for another password.").waitFor();
    await see(page, "directory-expired");
    const { said: told } = bind(folder, slapd, number, slapd.password);
    expect(/must be changed/i.test(told), `the directory asks for another: ${told}`);
    quiet(faults);
    await context.close();
  });
}

export async function directory({ browser, program, examples }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pages-directory-"));
  const server = await beside(path.join(examples, "slapd"));
  let service;
  try {
    const config = installation(program, folder, await freePort(), server.said);
    service = await run(program, ["serve", "--config", config]);
    await checks({ browser, program, url: service.url, slapd: server.said, folder });
  } finally {
    await service?.end();
    server.end();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
