// The administration in a real browser: a system is connected step by step, a change is tried again, the audit is searched and
// taken away, rules and settings are changed, a client is made and revoked; and the same without JavaScript where it matters.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { both, look, person, quiet, said } from "./browser.mjs";
import { expect } from "./tally.mjs";

/** Two by two points of one colour. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGPoErUAIgYIBQAY2gNdAYMqOgAAAABJRU5ErkJggg==",
  "base64",
);

/** Runs all of it; `enter` signs a person in. */
export async function administration({ browser, url, data, abby, olga, enter }) {
  const tab = (page, name) =>
    page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name, exact: true }).click();

  await both("pages administration: how the sources are", async ({ script, see }) => {
    const { page, faults, context } = await person(browser, url, { script });
    await enter(page, olga);
    await page.getByRole("link", { name: "Administration" }).click();
    await said(page, "Sources");
    await see(page, "admin-sources");
    await page.getByRole("button", { name: "Check My-AD" }).click();
    await page.getByText(/It answers \(\d+ ms\)/).waitFor();
    if (script) expect(await page.evaluate(() => document.activeElement?.id === "faults"), "the focus is at what was found");
    await see(page, "admin-source-answers");
    const file = path.join(data, "intranet.htpasswd");
    fs.renameSync(file, `${file}.away`);
    try {
      await tab(page, "Sources");
      await page.getByRole("button", { name: "Check Intranet" }).click();
      await page.getByText("It does not work yet").waitFor();
      await see(page, "admin-source-fault");
    } finally {
      fs.renameSync(`${file}.away`, file);
    }
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText(/It answers/).waitFor();
    quiet(faults);
    await context.close();
  });

  await both("pages administration: a system is connected step by step", async ({ script, how, see }) => {
    const { page, faults, context } = await person(browser, url, { script });
    const secret = fs.readFileSync(path.join(data, "secrets", "my-ad-service.secret"), "utf8").trim();
    await enter(page, olga);
    await page.goto("/admin/sources");
    await page.getByRole("link", { name: "Connect a source" }).click();
    await page.getByText("Step 1 of 3").waitFor();
    await see(page, "admin-new-source-kind");
    await page.getByRole("link", { name: "Choose Active Directory" }).click();
    await page.getByText("Step 2 of 3").waitFor();
    await see(page, "admin-new-source");
    const fill = async (address, password) => {
      await page.getByLabel("Name", { exact: true }).fill(`Second domain${how}`);
      await page.getByLabel("Address", { exact: true }).fill(address);
      await page.getByLabel("Who vouches for the server").selectOption({ index: 1 });
      await page.getByLabel("Service account", { exact: true }).fill("CN=svc-passwright,OU=Services,DC=seri,DC=acme,DC=com");
      await page.getByLabel("Password of the service account").fill(password);
      await page.getByRole("button", { name: "Check the connection" }).click();
    };
    await fill("ldap://127.0.0.1", secret);
    await page.getByText("an unencrypted connection is refused").waitFor();
    await see(page, "admin-new-source-refused");
    await fill("ldaps://127.0.0.1:1", secret);
    await page.getByText("It does not work yet").waitFor();
    await see(page, "admin-new-source-fault");
    await page.getByRole("button", { name: "Change the entries" }).click();
    expect((await page.getByLabel("Name", { exact: true }).inputValue()) === `Second domain${how}`, "what was typed stays");
    expect((await page.getByLabel("Password of the service account").inputValue()) === "", "but for the password");
    await fill(process.env.PASSWRIGHT_DEMO_LDAP_URL, secret);
    await page.getByText(/It answers/).waitFor();
    expect(!(await page.content()).includes(secret), "the credential is not in the page");
    await see(page, "admin-new-source-answers");
    await page.getByRole("button", { name: "Connect it", exact: true }).click();
    await page.getByText("The source is connected").waitFor();
    await said(page, `Second domain${how}`);
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText(/It answers/).waitFor();
    quiet(faults);
    await context.close();
  });

  await both("pages administration: a source is moved, and its credential goes to no other place", async ({ script, see }) => {
    const { page, faults, context } = await person(browser, url, { script });
    await enter(page, olga);
    await page.goto("/admin/sources");
    await page.getByRole("link", { name: "Second domain", exact: true }).click();
    await page.getByRole("link", { name: "Change name and connection" }).click();
    await said(page, "Change Second domain");
    await see(page, "admin-edit-source");
    await page.getByLabel("Address", { exact: true }).fill("ldaps://127.0.0.1:1");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("is required when the address changes").waitFor();
    if (script) expect(await page.evaluate(() => document.activeElement?.id === "faults"), "the focus is at what went wrong");
    await see(page, "admin-edit-source-refused");
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.getByRole("link", { name: "Change name and connection" }).click();
    await page.getByLabel("Description (optional)").fill("For the second building");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByText("For the second building").waitFor();
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText(/It answers/).waitFor();
    await page.goto("/admin/sources");
    await page.getByRole("link", { name: "Intranet", exact: true }).click();
    await page.getByRole("link", { name: "Change name and connection" }).click();
    await see(page, "admin-edit-source-file");
    quiet(faults);
    await context.close();
  });

  await both("pages administration: a password group is made, changed and deleted", async ({ script, see }) => {
    const { page, faults, context } = await person(browser, url, { script });
    await enter(page, olga);
    await page.goto("/admin/policies");
    await page.getByRole("link", { name: "New password group" }).click();
    await said(page, "New password group");
    await page.getByLabel("Name", { exact: true }).fill("Second domains");
    await page.getByLabel(/^My-AD/).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("is in the password group").waitFor();
    await see(page, "admin-group-refused");
    await page.getByLabel(/^My-AD/).uncheck();
    await page.getByLabel("Second domain", { exact: true }).check();
    await page.getByLabel("Second domain without JavaScript").check();
    await page.getByLabel("Written first").selectOption({ label: "Second domain without JavaScript" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByText("Password group of Second domain without JavaScript and Second domain").waitFor();
    await page.getByRole("link", { name: "Second domains", exact: true }).click();
    await said(page, "Password group Second domains");
    await see(page, "admin-group");
    await page.getByRole("link", { name: "Delete the group" }).click();
    await see(page, "admin-group-delete");
    await page.getByRole("button", { name: "Delete the group" }).click();
    await page.getByText("Deleted.").waitFor();
    quiet(faults);
    await context.close();
  });

  await both("pages administration: a change is tried again at once, and one is cancelled", async ({ script, see }) => {
    const { page, faults, context } = await person(browser, url, { script });
    const own = await person(browser, url);
    const database = path.join(data, "reports.sqlite3");
    fs.renameSync(database, `${database}.away`);
    try {
      await enter(own.page, abby);
      const ask = async (password) => {
        await own.page.goto("/password-manager");
        const row = own.page.locator("li.row").filter({ has: own.page.getByRole("heading", { name: "Reports", exact: true }) });
        await row.getByRole("link", { name: "Change password" }).click();
        await own.page.getByLabel("Your current password").fill(abby.password);
        await own.page.getByLabel("New password", { exact: true }).fill(password);
        await own.page.getByRole("button", { name: "Change password" }).click();
        await said(own.page, "Your password is changed where that is possible now");
      };
      await ask("Cloudy-Meadow-61");
      await enter(page, olga);
      await page.goto("/admin/changes");
      await page.getByLabel("State").selectOption("to be tried again");
      await page.getByLabel("Person").fill("abby");
      await page.getByRole("button", { name: "Show" }).click();
      await page.getByText("next try at").first().waitFor();
      await see(page, "admin-changes-retrying");
      await page.getByRole("button", { name: "Cancel Abby Smith" }).click();
      await page.getByText("What was not written yet is cancelled.").waitFor();
      await see(page, "admin-changes-cancelled");
      await ask("Cloudy-Meadow-62");
    } finally {
      fs.renameSync(`${database}.away`, database);
    }
    await page.goto("/admin/changes?state=retrying");
    const retry = page.getByRole("button", { name: "Try now Abby Smith" });
    if (await retry.count()) {
      await retry.click();
      await page.getByRole("status").first().waitFor();
    }
    await said(own.page, "Your password was changed");
    await page.goto("/admin/changes?state=finished");
    await page.getByText("changed and proved").first().waitFor();
    await see(page, "admin-changes");
    await page.getByLabel("Person").fill("a");
    await page.getByRole("button", { name: "Show" }).click();
    await page.goto("/admin/changes?person=zzz");
    await page.getByText("Nobody has such a name.").waitFor();
    await see(page, "admin-changes-nobody");
    quiet(faults);
    await context.close();
    await own.context.close();
  });

  await both("pages administration: the audit is searched and taken away", async ({ script, see }) => {
    const { page, faults, context } = await person(browser, url, { script });
    await enter(page, olga);
    await page.goto("/admin/audit");
    await see(page, "admin-audit");
    await page.getByLabel("Who, or about whom").fill("Abby.Smith");
    await page.getByLabel("What (a part of the event)").fill("sign_in");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("USER_SIGN_IN_PASSED").first().waitFor();
    for (const [button, name, first] of [
      ["As CSV", "audit.csv", "id,at,actor,event,object,outcome,tracking_id,address,detail\r\n"],
      ["As JSON lines", "audit.jsonl", "{"],
    ]) {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
      expect(download.suggestedFilename() === name, `the file is called ${download.suggestedFilename()}`);
      const text = fs.readFileSync(await download.path(), "utf8");
      expect(text.startsWith(first) && text.includes("USER_SIGN_IN_PASSED"), `${name}: ${text.slice(0, 200)}`);
      expect(!text.includes(abby.password), "no password");
    }
    await page.getByLabel("Who, or about whom").fill("nobody.here");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("Nobody has such a name.").waitFor();
    quiet(faults);
    await context.close();
  });

  await both("pages administration: rules, and what they come to", async ({ script, see }) => {
    const { page, faults, context } = await person(browser, url, { script });
    await enter(page, olga);
    await page.goto("/admin/policies");
    await page.getByText("Password group of My-AD and CRM").waitFor();
    await see(page, "admin-policies");
    await page.getByRole("link", { name: "Demo", exact: true }).click();
    await see(page, "admin-policy");
    await page.getByLabel("Greatest length").fill("4");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("minLength 8 is greater than maxLength 4").waitFor();
    await see(page, "admin-policy-refused");
    await page.getByLabel("Greatest length").fill("");
    await page.getByLabel("Least number of digits").fill("2");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByText("At least 2 digits").first().waitFor();
    await page.getByRole("link", { name: "Demo", exact: true }).click();
    await page.getByLabel("Least number of digits").fill("1");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    quiet(faults);
    await context.close();
  });

  await both("pages administration: a client and a token are made, shown once, and revoked", async ({ script, how, see }) => {
    const name = `Browser test${how}`;
    const { page, faults, context } = await person(browser, url, { script });
    await enter(page, olga);
    await page.goto("/admin/clients");
    await see(page, "admin-clients");
    const section = (title) => page.locator("section").filter({ has: page.getByRole("heading", { name: title, exact: true }) });
    await section("Make an API client").getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Make the client" }).click();
    await page.getByText(`${name} is made`).waitFor();
    const [id, secret] = await page.locator(".token dd").allTextContents();
    expect(/^[0-9a-f]{64}$/.test(secret.trim()), "a secret is shown");
    await see(page, "admin-clients-made");
    const token = async () => {
      const body = new URLSearchParams({ grant_type: "client_credentials", client_id: id.trim(), client_secret: secret.trim() });
      return (await fetch(`${url}/oauth/token`, { method: "POST", body })).status;
    };
    expect((await token()) === 200, "the client gets a token");
    await section("Make an API client").getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Make the client" }).click();
    await page.getByText("name is used by another API client").waitFor();
    await see(page, "admin-clients-refused");
    await page.getByRole("link", { name: `Revoke ${name}` }).click();
    await said(page, `Revoke ${name}?`);
    await see(page, "admin-revoke");
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("Revoked.").waitFor();
    expect((await token()) === 401, "and none any more");
    await section("Make a token of your own").getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Make the token" }).click();
    await page.getByText(`${name} is made`).waitFor();
    await page.getByRole("link", { name: `Revoke Olga.Admin, ${name}` }).click();
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("Revoked.").waitFor();
    quiet(faults);
    await context.close();
  });

  await both("pages administration: settings and texts", async ({ script, see }) => {
    const { page, faults, context } = await person(browser, url, { script });
    await enter(page, olga);
    // Another run may have switched them on.
    await page.goto("/admin/settings");
    await page.getByLabel("Own texts are shown on the pages").uncheck();
    await page.getByRole("button", { name: "Save Help-desk tokens and texts" }).click();
    await page.getByText("Saved.").waitFor();
    await page.goto("/admin/texts");
    await page.getByText("Own texts are switched off").waitFor();
    await see(page, "admin-texts-off");
    await tab(page, "Settings");
    await see(page, "admin-settings");
    await page.getByLabel("Failed sign-ins that lock a name").fill("99");
    await page.getByRole("button", { name: "Save Lock-out after failed sign-ins" }).click();
    await page.getByText("Nothing was saved").waitFor();
    await see(page, "admin-settings-refused");
    await page.getByLabel("Own texts are shown on the pages").check();
    await page.getByRole("button", { name: "Save Help-desk tokens and texts" }).click();
    await page.getByText("Saved.").waitFor();
    await tab(page, "Texts");
    await page.getByLabel("Text", { exact: true }).fill("<p>Call <b>4711</b> when something is unclear.</p>");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await see(page, "admin-texts");
    await tab(page, "Settings");
    await page.getByLabel("Colour of buttons and links").fill("#ffff00");
    await page.getByRole("button", { name: "Save Name and colour of these pages" }).click();
    await page.getByText("has a contrast of").waitFor();
    await page.getByLabel("Colour of buttons and links").fill("#8a1538");
    await page.getByLabel("Name", { exact: true }).fill("Acme passwords");
    await page.getByLabel("Logo (optional)").setInputFiles({ name: "a.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") });
    await page.getByRole("button", { name: "Save Name and colour of these pages" }).click();
    await page.getByText("is not a picture of the kinds").waitFor();
    await page.getByLabel("Colour of buttons and links").fill("#8a1538");
    await page.getByLabel("Name", { exact: true }).fill("Acme passwords");
    await page.getByLabel("Logo (optional)").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: PICTURE });
    await page.getByRole("button", { name: "Save Name and colour of these pages" }).click();
    await page.getByText("Saved.").waitFor();
    expect((await page.title()).endsWith("Acme passwords"), "the pages have the name");
    await see(page, "admin-settings-branded");
    await tab(page, "Changes");
    await see(page, "admin-changes-branded");
    if (script) expect(await page.evaluate(() => document.querySelector("img.mark")?.naturalWidth === 2), "the picture shows");
    await tab(page, "Settings");
    await page.getByLabel("Show the usual picture again").check();
    await page.getByLabel("Colour of buttons and links").fill("");
    await page.getByLabel("Name", { exact: true }).fill("");
    await page.getByRole("button", { name: "Save Name and colour of these pages" }).click();
    await page.getByText("Saved.").waitFor();
    await tab(page, "Texts");
    await page.getByRole("button", { name: "Delete the text" }).click();
    await page.getByText("Deleted.").waitFor();
    quiet(faults);
    await context.close();
  });
}

/** Makes an account look locked, as reading it from a directory that locks accounts would; the demo's does not. */
function lock(data, nativeIdentity) {
  const program = [
    "import sqlite3, sys",
    "database = sqlite3.connect(sys.argv[1], timeout=10)",
    "done = database.execute('UPDATE account SET locked = TRUE WHERE native_identity = ?', [sys.argv[2]])",
    "database.commit()",
    "sys.exit(done.rowcount != 1)",
  ];
  execFileSync("python3", ["-c", program.join("\n"), path.join(data, "passwright.sqlite3"), nativeIdentity]);
}

/** The help desk unlocks an account, and needs a colleague for a special person. */
export async function helpDesk({ browser, url, data, hank, olga, enter }) {
  await both("pages the help desk unlocks an account", async ({ script, see }) => {
    lock(data, "CN=Dan Weber,OU=Boston,OU=Americas,OU=Demo,DC=seri,DC=acme,DC=com");
    const { page, faults, context } = await person(browser, url, { script });
    await enter(page, hank);
    await page.goto("/help-desk?q=dan");
    await page.getByRole("link", { name: "Dan Weber" }).click();
    await page.getByText("locked when last seen").waitFor();
    await page.getByText("Unlock My-AD").click();
    await see(page, "person-unlock");
    const form = page.locator("details");
    await form.getByLabel("I have made sure who calls").check();
    await form.getByLabel("Reason").fill("INC-4712");
    await form.getByRole("button", { name: "Unlock the account" }).click();
    await page.getByText("The account is unlocked.").waitFor();
    expect((await page.getByText("locked when last seen").count()) === 0, "it is not locked any more");
    await see(page, "person-unlocked");
    quiet(faults);
    await context.close();
  });

  await both("pages the help desk has another password asked for, and says where it cannot", async ({ script, see }) => {
    const { page, faults, context } = await person(browser, url, { script });
    await enter(page, hank);
    await page.goto("/help-desk?q=cara");
    await page.getByRole("link", { name: "Cara Diaz" }).click();
    const form = page.getByRole("region", { name: "Ask for another password" });
    await form.getByText(/(CRM and Intranet|Intranet and CRM) cannot ask for another password/).waitFor();
    await see(page, "person-expire");
    const choices = await form.getByLabel("Account").locator("option").allTextContents();
    expect(choices.length === 1 && choices[0].startsWith("My-AD"), `the directory alone: ${choices}`);
    await form.getByLabel("I have made sure who calls").check();
    await form.getByLabel("Reason").fill("INC-4714");
    await form.getByRole("button", { name: "Ask at the next sign-in" }).click();
    await page.getByText("At the next sign-in the system asks for another password.").waitFor();
    await see(page, "person-expired");
    await page.goto("/help-desk?q=olga");
    await page.getByRole("link", { name: "Olga Admin" }).click();
    await page.getByText("only an administrator may act").waitFor();
    expect((await page.getByText("Ask for another password").count()) === 0, "not for the protected");
    quiet(faults);
    await context.close();
  });

  await both("pages a special person is helped by two", async ({ script, see }) => {
    const first = await person(browser, url, { script });
    const second = await person(browser, url, { script: !script });
    await enter(second.page, olga);
    const special = async (attribute) => {
      await second.page.goto("/admin/settings");
      await second.page.getByLabel("Attribute of special persons").fill(attribute);
      await second.page.getByRole("button", { name: "Save Special persons" }).click();
      await second.page.getByText("Saved.").waitFor();
    };
    // Everybody in the demo has a department.
    await special("department");
    await enter(first.page, hank);
    await first.page.goto("/help-desk?q=eve");
    await first.page.getByRole("link", { name: "Eve Novak" }).click();
    await first.page.getByRole("heading", { name: "A second operator has to agree" }).waitFor();
    await see(first.page, "person-special");
    await first.page.getByLabel("I have made sure who calls").check();
    await first.page.getByLabel("Reason").fill("INC-4713");
    await first.page.getByRole("button", { name: "Ask a colleague" }).click();
    await first.page.getByText("when a colleague has agreed").waitFor();
    await second.page.goto(first.page.url());
    await look(second.page, "person-agree", { axe: !script });
    await second.page.getByRole("button", { name: "Agree Hank Helper" }).click();
    await second.page.getByText("You have agreed.").waitFor();
    await first.page.reload();
    await first.page.getByText("Olga Admin agrees to one act").waitFor();
    await see(first.page, "person-agreed");
    const letIn = first.page.getByRole("region", { name: "Let the person in" });
    await letIn.getByLabel("I have made sure who calls").check();
    await letIn.getByLabel("Reason").fill("INC-4713");
    await letIn.getByRole("button", { name: "Make a token" }).click();
    await first.page.getByRole("heading", { name: "Read this to the person" }).waitFor();
    await special("");
    quiet(first.faults);
    await first.context.close();
    await second.context.close();
  });
}
