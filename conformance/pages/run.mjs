// The pages in a real browser, against a running demo: signing in, changing passwords in three systems, the help desk, the
// administration; with and without JavaScript; every page and state looked at in five looks, by axe and as a picture.

import fs from "node:fs";
import path from "node:path";

import { administration, helpDesk } from "./administration.mjs";
import { both, look, looked, open, person, quiet, said } from "./browser.mjs";
import { directory } from "./directory.mjs";
import { focusOrder, keyboard } from "./keyboard.mjs";
import { mailed } from "./mail.mjs";
import { recovery } from "./recovery.mjs";
import { check, close, expect, group } from "./tally.mjs";
import { thirdParty } from "./third_party.mjs";

const setting = (name) => {
  const value = process.env[name];
  if (!value) {
    console.log(`FAILED settings: ${name} is not set; run \`. DIR/demo.env\` of a running demo first\n0 passed, 1 failed`);
    process.exit(1);
  }
  return value;
};
const url = setting("PASSWRIGHT_UI_URL");
const abby = { name: setting("PASSWRIGHT_UI_USER"), password: setting("PASSWRIGHT_UI_PASSWORD") };
const data = path.dirname(path.dirname(setting("PASSWRIGHT_DEMO_CA_FILE")));
const secrets = path.join(data, "secrets");
const other = (name) => ({ name, password: fs.readFileSync(path.join(secrets, `${name.toLowerCase()}.password`), "utf8").trim() });
const hank = other("Hank.Helper");
const olga = other("Olga.Admin");

const browser = await open();

/** Signs in as a person does. */
async function enter(page, who) {
  await page.goto("/");
  await page.getByLabel("User name").fill(who.name);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/password-manager");
}

const row = (page, name) => page.locator("li.row").filter({ has: page.getByRole("heading", { name, exact: true }) });

await both("pages sign in: empty, wrong, right", async ({ script, see }) => {
  const { page, faults, context } = await person(browser, url, { script });
  await page.goto("/");
  await see(page, "sign-in");
  await page.getByLabel("User name").fill("Nobody.Here");
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  if (script) await page.getByRole("button", { name: "Show" }).click();
  if (script) expect((await page.getByLabel("Password", { exact: true }).getAttribute("type")) === "text", "a password can be shown");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  if (script) expect(await page.evaluate(() => document.activeElement?.id === "fault"), "the focus is at what went wrong");
  await see(page, "sign-in-wrong");
  await enter(page, abby);
  await see(page, "password-manager-first");
  quiet(faults);
  await context.close();
});

await check("pages an address that is not there", async () => {
  const { page, context } = await person(browser, url);
  await enter(page, abby);
  await page.goto("/password-manager/changes/089899f13a8f4da7824996191587bab9");
  await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  await look(page, "not-found");
  await context.close();
});

await check("pages change three systems at once, live", async () => {
  const { page, faults, context } = await person(browser, url);
  await enter(page, abby);
  await row(page, "Corporate").getByRole("checkbox").check();
  await row(page, "Reports").getByRole("checkbox").check();
  await look(page, "password-manager-chosen");
  await page.getByRole("button", { name: "Change the chosen ones" }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect((await page.getByRole("heading", { level: 1 }).textContent()).includes("Corporate and Reports"), "both are named");
  expect(await page.getByText("More rules will be checked by My-AD").isVisible(), "what only the directory knows is told");
  await look(page, "change-password");
  const fresh = page.getByLabel("New password", { exact: true });
  expect(!(await page.locator("#again").isVisible()), "what can be shown is typed once");
  await fresh.fill("short");
  await page.locator("#rules .broken").first().waitFor();
  await look(page, "change-password-typing");
  await page.getByLabel("Your current password").fill("wrong");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("alert").waitFor();
  await look(page, "change-password-refused");
  await page.getByRole("button", { name: "Suggest a password" }).click();
  await page.waitForFunction(() => document.querySelectorAll("#rules .met").length === 3);
  await page.locator("#strength").waitFor();
  expect((await fresh.inputValue()).length === 18, "a password is made");
  await look(page, "change-password-suggested");
  await page.getByLabel("Your current password").fill("wrong");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("The current password is not right").waitFor();
  await look(page, "change-password-wrong-current");
  await page.getByLabel("Your current password").fill(abby.password);
  await page.getByLabel("New password", { exact: true }).fill("Sunny-Harbour-42");
  await page.getByRole("button", { name: "Change password" }).click();
  await said(page, "Your password was changed");
  const states = await page.locator("#targets .word").allTextContents();
  expect(states.length === 3 && states.every((word) => word === "changed and proved"), `three systems: ${states}`);
  await page.getByRole("region", { name: "What works now" }).getByText("My-AD, CRM and Reports use the new password now.").waitFor();
  await look(page, "changes-finished");
  await page.reload();
  await said(page, "Your password was changed");
  await page.getByRole("link", { name: "Back to all passwords" }).click();
  await row(page, "Corporate").getByText("changed and proved").first().waitFor();
  await look(page, "password-manager-changed");
  quiet(faults);
  await context.close();
});

await check("pages a system that is away: what works now, when it is tried again, and the end", async () => {
  const { page, faults, context } = await person(browser, url);
  await enter(page, abby);
  const database = path.join(data, "reports.sqlite3");
  fs.renameSync(database, `${database}.away`);
  try {
    await row(page, "Corporate").getByRole("checkbox").check();
    await row(page, "Reports").getByRole("checkbox").check();
    await page.getByRole("button", { name: "Change the chosen ones" }).click();
    await page.getByLabel("Your current password").fill(abby.password);
    await page.getByLabel("New password", { exact: true }).fill("Windy-Harbour-43");
    await page.getByRole("button", { name: "Change password" }).click();
    await said(page, "Your password is changed where that is possible now");
    await page.getByText("Reports still uses the old password").first().waitFor();
    await page.getByText("My-AD and CRM use the new password now.").first().waitFor();
    await look(page, "changes-retrying");
    const shown = page.url();
    await page.goto("/password-manager");
    await row(page, "Reports").getByText("will be tried again").waitFor();
    await look(page, "password-manager-retrying");
    await page.goto(shown);
  } finally {
    fs.renameSync(`${database}.away`, database);
  }
  // The second retry comes after a minute.
  await said(page, "Your password was changed", 120_000);
  quiet(faults);
  await context.close();
});

await check("pages a system without the account: why nothing was changed", async () => {
  const { page, context } = await person(browser, url);
  await enter(page, abby);
  const file = path.join(data, "intranet.htpasswd");
  const before = fs.readFileSync(file, "utf8");
  fs.writeFileSync(file, before.split("\n").filter((line) => !line.startsWith("abby.smith:")).join("\n"));
  try {
    await row(page, "Intranet").getByRole("link", { name: "Change password" }).click();
    await page.getByLabel("Your current password").fill(abby.password);
    await page.getByLabel("New password", { exact: true }).fill("Windy-Harbour-44");
    await page.getByRole("button", { name: "Change password" }).click();
    await said(page, "Your password was not changed");
    expect((await page.locator("#targets .reason").textContent()).length > 5, "the reason is told");
    await look(page, "changes-failed");
  } finally {
    fs.writeFileSync(file, before);
  }
  await context.close();
});

await check("pages the same without JavaScript", async () => {
  const { page, context } = await person(browser, url, { script: false });
  await enter(page, abby);
  await look(page, "password-manager-plain", { axe: false });
  await row(page, "Intranet").getByRole("link", { name: "Change password" }).click();
  await page.getByRole("button", { name: "Suggest a password" }).click();
  await page.getByText("A new password is filled in").waitFor();
  expect((await page.locator("#new").inputValue()).length === 18, "a password is made");
  await look(page, "change-password-plain", { axe: false });
  await page.getByLabel("Your current password").fill(abby.password);
  await page.getByLabel("New password", { exact: true }).fill("Plain-Paper-77");
  await page.getByLabel("New password, again").fill("Plain-Paper-78");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("The two new passwords differ").waitFor();
  await page.getByLabel("Your current password").fill(abby.password);
  await page.getByLabel("New password", { exact: true }).fill("Plain-Paper-77");
  await page.getByLabel("New password, again").fill("Plain-Paper-77");
  await page.getByRole("button", { name: "Change password" }).click();
  await said(page, "Your password was changed");
  await look(page, "changes-plain", { axe: false });
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await context.close();
});

await keyboard({ browser, url, who: abby });

await both("pages the help desk lets a person in", async ({ script, see }) => {
  const { page, faults, context } = await person(browser, url, { script });
  await enter(page, hank);
  await page.getByRole("link", { name: "Help desk" }).click();
  await see(page, "help-desk");
  await page.getByLabel("Name, user name or mail address").fill("abb");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("1 person found").waitFor();
  await see(page, "help-desk-found");
  await page.getByRole("link", { name: "Abby Smith" }).click();
  await page.getByRole("heading", { name: "History" }).waitFor();
  await see(page, "person");
  const letIn = page.getByRole("region", { name: "Let the person in" });
  await letIn.getByLabel("I have made sure who calls").check();
  await letIn.getByLabel("Reason").fill("INC-4711");
  await page.getByRole("button", { name: "Make a token" }).click();
  await page.getByRole("heading", { name: "Read this to the person" }).waitFor();
  const groups = await page.locator(".digits span").allTextContents();
  // Six digits, or eight after many wrong tokens, as other runs send them.
  expect(/^\d{3},\d{3}(,\d\d)?$/.test(groups.join(",")), `groups of three: ${groups}`);
  if (script) await page.waitForFunction(() => /\d:\d\d/.test(document.getElementById("token-left")?.textContent ?? ""));
  await see(page, "person-token");
  await page.getByRole("button", { name: "Cancel the token" }).click();
  await page.getByText("used or cancelled").first().waitFor();
  await page.goto("/help-desk?q=olga");
  await page.getByRole("link", { name: "Olga Admin" }).click();
  await page.getByText("only an administrator may act").waitFor();
  await see(page, "person-protected");
  await page.goto("/help-desk?q=zzz");
  await page.getByText("0 people found").waitFor();
  await see(page, "help-desk-nobody");
  quiet(faults);
  await context.close();
});

await both("pages sessions: seen and ended everywhere", async ({ script, see }) => {
  const one = await person(browser, url, { script });
  const two = await person(browser, url, { script });
  await enter(one.page, abby);
  await enter(two.page, abby);
  await one.page.getByRole("link", { name: "Signed-in devices" }).click();
  await one.page.getByText("this device").waitFor();
  await see(one.page, "sessions");
  await one.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await one.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await two.page.goto("/password-manager");
  await two.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await one.context.close();
  await two.context.close();
});

await check("pages in German and Spanish", async () => {
  for (const [language, heading] of [["de-AT", "Anmelden"], ["es", "Iniciar sesión"]]) {
    const { page, context } = await person(browser, url, { language });
    await page.goto("/");
    await page.getByRole("heading", { name: heading }).waitFor();
    await look(page, `sign-in-${language.slice(0, 2)}`);
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await context.close();
  }
});

await administration({ browser, url, data, abby, olga, enter });
await helpDesk({ browser, url, data, hank, olga, enter });

await both("pages one's own sign-in password: this session stays, the others end", async ({ script }) => {
  const here = await person(browser, url, { script });
  const there = await person(browser, url, { script });
  await enter(here.page, abby);
  await enter(there.page, abby);
  const section = here.page.locator("section").filter({ hasText: "Sign-in here" });
  await section.getByRole("link", { name: "Change password" }).click();
  await here.page.getByLabel("Your current password").fill(abby.password);
  const fresh = script ? "Another-Sunrise-55" : "Another-Sunrise-56";
  await here.page.getByLabel("New password", { exact: true }).fill(fresh);
  if (!script) await here.page.getByLabel("New password, again").fill(fresh);
  await here.page.getByRole("button", { name: "Change password" }).click();
  await said(here.page, "Your password was changed");
  await here.page.goto("/password-manager");
  await here.page.getByRole("heading", { name: "Your passwords" }).waitFor();
  await there.page.goto("/password-manager");
  await there.page.getByRole("heading", { name: "Sign in" }).waitFor();
  abby.password = fresh;
  quiet(here.faults);
  await here.context.close();
  await there.context.close();
});

const three = [other("Eve.Novak"), other("Bob.Jones"), other("Dan.Weber")];
await recovery({ browser, url, enter, three, help: hank, olga });

await focusOrder({ browser, url, enter, who: abby, help: hank, olga });

const program = setting("CONFORMANCE_PROGRAM");
await mailed({ browser, program });
const examples = setting("CONFORMANCE_EXAMPLES");
await group("pages Duo and Okta Verify", () => thirdParty({ browser, program, examples }));
await group("pages a real OpenLDAP", () => directory({ browser, program, examples }));

await check(`pages ${looked.pages.size} pages and states were looked at`, async () => {
  expect(looked.pages.size >= 20 && looked.states >= 80, `${looked.pages.size} pages, ${looked.states} looks`);
});

await browser.close();
process.exit(close());
