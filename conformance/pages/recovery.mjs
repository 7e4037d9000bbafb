// "Cannot sign in?" and two-factor authentication in a real browser: with and without JavaScript, with an authenticator app that is
// played here, and with the browser's own virtual authenticator for passkeys.

import crypto from "node:crypto";

import { both, look, person, quiet, said } from "./browser.mjs";
import { tabTo } from "./keyboard.mjs";
import { check, expect } from "./tally.mjs";

/** The code that an app shows for a key now (RFC 6238), `later` steps from now. */
function code(key, later = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = crypto.createHmac("sha1", seed).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A virtual authenticator that is always ready, as a laptop with a fingerprint reader. */
async function authenticator(page) {
  const debug = await page.context().newCDPSession(page);
  await debug.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true,
  };
  await debug.send("WebAuthn.addVirtualAuthenticator", { options });
}

/** Opens "Cannot sign in?" and gives the name. */
async function begin(page, what, name) {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Cannot sign in?" }).click();
  await page.getByRole("heading", { name: "Cannot sign in?" }).waitFor();
  await page.getByRole("link", { name: what, exact: true }).click();
  await page.getByLabel("User name").fill(name);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "How do you want to show who you are?" }).waitFor();
}

/** Sets what proofs count in resets: `weights` by the method's label, everything else as it was. */
async function weigh(browser, url, enter, olga, weights) {
  const { page, context } = await person(browser, url, { script: false });
  await enter(page, olga);
  await page.goto("/admin/settings");
  for (const [label, weight] of Object.entries(weights)) await page.getByRole("combobox", { name: label, exact: true }).selectOption(weight);
  await page.getByRole("button", { name: "Save For people who cannot sign in" }).click();
  await page.getByText("Saved.").waitFor();
  await context.close();
}

/** Makes a digit token for a person, as the help desk does on the telephone. */
async function digitsFor(browser, url, enter, help, name) {
  const { page, context } = await person(browser, url);
  await enter(page, help);
  await page.goto(`/help-desk?q=${name}`);
  await page.locator(".people a").first().click();
  const letIn = page.getByRole("region", { name: "Let the person in" });
  await letIn.getByLabel("I have made sure who calls").check();
  await letIn.getByLabel("Reason").fill("INC-4712");
  await page.getByRole("button", { name: "Make a token" }).click();
  const digits = (await page.locator(".digits span").allTextContents()).join(" ");
  await context.close();
  return digits;
}

/** Security questions: answered with and without JavaScript, then a reset with them and digits of the help desk. */
async function questions({ browser, url, enter, who, help, olga }) {
  const answers = { school: "Saint Mary", pet: "Rex", street: "Müllerstraße", journey: "Lisboa" };
  const answerTo = (question) => Object.entries(answers).find(([word]) => question.includes(word))[1];
  const fill = async (page) => {
    for (let at = 1; at <= 3; at += 1) {
      const question = await page.locator(`#question-${at} option:checked`).textContent();
      await page.locator(`#answer-${at}`).fill(answerTo(question));
    }
  };
  const method = "Security questions";
  await weigh(browser, url, enter, olga, { [method]: "half", "Help-desk token": "half" });
  try {
    await check("pages security questions: answered without JavaScript, changed with it", async () => {
      const plain = await person(browser, url, { script: false });
      await enter(plain.page, who);
      await plain.page.getByRole("link", { name: "Two-factor" }).click();
      await plain.page.getByRole("link", { name: "Answer questions" }).click();
      await said(plain.page, method);
      await look(plain.page, "factor-questions-plain", { axe: false });
      await fill(plain.page);
      await plain.page.getByLabel("Your current password").fill(who.password);
      await plain.page.getByRole("button", { name: "Save the answers" }).click();
      await plain.page.getByText("It is set up.").waitFor();
      await plain.context.close();
      const { page, faults, context } = await person(browser, url);
      await enter(page, who);
      await page.goto("/factors");
      await look(page, "factors-questions");
      await page.getByRole("link", { name: "Change the answers" }).click();
      await look(page, "factor-questions");
      await page.getByText("Answer more questions").click();
      await look(page, "factor-questions-more");
      await fill(page);
      await page.locator("#answer-2").fill(await page.locator("#answer-1").inputValue());
      await page.getByLabel("Your current password").fill(who.password);
      await page.getByRole("button", { name: "Save the answers" }).click();
      await page.getByText("Two answers are the same").waitFor();
      expect((await page.locator("#answer-1").inputValue()) === "", "what was typed is not shown again");
      expect(await page.evaluate(() => document.activeElement?.id === "faults"), "the focus is at what went wrong");
      await look(page, "factor-questions-refused");
      await fill(page);
      await page.getByLabel("Your current password").fill(who.password);
      await page.getByRole("button", { name: "Save the answers" }).click();
      await page.getByText("It is set up.").waitFor();
      quiet(faults);
      await context.close();
    });

    await check("pages a reset with security questions and digits of the help desk", async () => {
      const digits = await digitsFor(browser, url, enter, help, who.name);
      const { page, faults, context } = await person(browser, url);
      const reply = async (spelled) => {
        for (let at = 1; at <= 3; at += 1) {
          const question = await page.locator(`label[for=answer-${at}]`).textContent();
          await page.locator(`#answer-${at}`).fill(spelled(answerTo(question)));
        }
        await page.getByRole("button", { name: "Continue" }).click();
      };
      await begin(page, "Reset my password", who.name);
      await look(page, "recovery-choose-questions");
      await page.getByRole("button", { name: method }).click();
      await said(page, method);
      await look(page, "recovery-questions");
      await reply((answer) => `not ${answer}`);
      await page.getByRole("alert").waitFor();
      expect(await page.evaluate(() => document.activeElement?.id === "faults"), "the focus is at what went wrong");
      await look(page, "recovery-questions-wrong");
      await reply((answer) => `  ${answer.toUpperCase()} `);
      await page.getByText("Taken: Security questions. One more is needed.").waitFor();
      await look(page, "recovery-questions-taken");
      await page.getByRole("button", { name: "Digits from the help desk" }).click();
      await page.getByLabel("Digits from the help desk").fill(digits);
      await page.getByRole("button", { name: "Continue" }).click();
      await said(page, "Which password?");
      await page.getByRole("link", { name: "Reports" }).click();
      await page.getByLabel("New password", { exact: true }).fill("Quiet-Meadow-23");
      await page.getByRole("button", { name: "Set the password" }).click();
      await said(page, "Your password was changed");
      quiet(faults);
      await context.close();
    });

    await check("pages security questions of nobody look the same, without JavaScript", async () => {
      const { page, context } = await person(browser, url, { script: false });
      await begin(page, "Reset my password", "Nobody.Here");
      await page.getByRole("button", { name: method }).click();
      expect((await page.locator("label[for^=answer-]").count()) === 3, "three are asked");
      const before = await page.locator("label[for^=answer-]").allTextContents();
      await page.reload();
      const after = await page.locator("label[for^=answer-]").allTextContents();
      expect(before.join() === after.join(), `the same again: ${before} / ${after}`);
      for (let at = 1; at <= 3; at += 1) await page.locator(`#answer-${at}`).fill("Rex");
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByText("That is not right").waitFor();
      await look(page, "recovery-questions-plain", { axe: false });
      await context.close();
    });
  } finally {
    await weigh(browser, url, enter, olga, { [method]: "none", "Help-desk token": "whole" });
  }
}

/** `enter` signs in a person who has no factor; `three` are people of the demo without one. */
export async function recovery({ browser, url, enter, three: [carol, dave, who], help, olga }) {
  // Passkeys belong to a host name; an address has none.
  const named = url.replace("127.0.0.1", "localhost");
  let codes = [];

  await check("pages two factors: an authenticator app and recovery codes, without JavaScript", async () => {
    const { page, context } = await person(browser, url, { script: false });
    await enter(page, carol);
    await page.getByRole("link", { name: "Two-factor" }).click();
    await said(page, "Two-factor authentication");
    await look(page, "factors-plain", { axe: false });
    await page.getByRole("button", { name: "Set up" }).click();
    await said(page, "Set up an authenticator app");
    await look(page, "factor-totp-plain", { axe: false });
    const key = (await page.locator(".key span").allTextContents()).join("");
    expect(/^[A-Z2-7]{32}$/.test(key), `a key to type: ${key}`);
    await page.getByLabel("Code that the app shows").fill(code(key));
    await page.getByLabel("Your current password").fill(carol.password);
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("It is set up.").waitFor();
    await page.getByRole("link", { name: "Make recovery codes" }).click();
    await page.getByLabel("Code or digits").fill(code(key, 1));
    await page.getByRole("radio", { name: "Authenticator app" }).check();
    await page.getByRole("button", { name: "Make recovery codes" }).click();
    codes = await page.locator("#codes code").allTextContents();
    expect(codes.length === 10, `ten codes: ${codes.length}`);
    await context.close();
  });

  await check("pages the second step of a sign-in: wrong, right, and no page before", async () => {
    const { page, faults, context } = await person(browser, url);
    await page.goto("/");
    await page.getByLabel("User name").fill(carol.name);
    await page.getByLabel("Password", { exact: true }).fill(carol.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await said(page, "Second step");
    await look(page, "sign-in-factor");
    await page.getByRole("radio", { name: "Recovery code" }).check();
    await page.getByLabel("Code or digits").fill("00000-00000-00000-00000");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id === "faults"), "the focus is at what went wrong");
    await look(page, "sign-in-factor-wrong");
    const second = await context.newPage();
    await second.goto("/password-manager");
    await said(second, "Sign in");
    await page.getByRole("radio", { name: "Recovery code" }).check();
    await page.getByLabel("Code or digits").fill(codes.pop());
    await page.getByRole("button", { name: "Sign in" }).click();
    await said(page, "Your passwords");
    quiet(faults);
    await context.close();
  });

  await check("pages a reset: the way from a name to a new password, live", async () => {
    const { page, faults, context } = await person(browser, url);
    await page.goto("/recovery");
    await look(page, "recovery");
    await page.goto("/recovery/password");
    await look(page, "recovery-name");
    await begin(page, "Reset my password", carol.name);
    await look(page, "recovery-choose");
    await page.getByRole("button", { name: "Authenticator app" }).click();
    await page.getByLabel("Code from the app").fill("000000");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id === "faults"), "the focus is at what went wrong");
    await look(page, "recovery-prove-wrong");
    await page.getByRole("button", { name: "Another way" }).click();
    await page.getByRole("button", { name: "Recovery code" }).click();
    await look(page, "recovery-prove-code");
    await page.getByLabel("Recovery code").fill(codes.pop().toUpperCase());
    await page.getByRole("button", { name: "Continue" }).click();
    await said(page, "Which password?");
    await look(page, "recovery-accounts");
    await page.getByRole("link", { name: "CRM and My-AD", exact: true }).click();
    await said(page, "Set a new password");
    await look(page, "recovery-password");
    await page.getByLabel("New password", { exact: true }).fill("short");
    await page.locator("#rules .broken").first().waitFor();
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByRole("alert").waitFor();
    await look(page, "recovery-password-refused");
    await page.getByRole("button", { name: "Suggest a password" }).click();
    await page.waitForFunction(() => document.querySelectorAll("#rules .met").length === 3);
    await page.getByLabel("New password", { exact: true }).fill("Quiet-Meadow-21");
    await page.getByRole("button", { name: "Set the password" }).click();
    await said(page, "Your password was changed");
    const states = await page.locator("#targets .word").allTextContents();
    expect(states.length === 2 && states.every((word) => word === "changed and proved"), `two systems: ${states}`);
    await look(page, "recovery-result");
    const result = page.url();
    await page.goto("/password-manager");
    await said(page, "Sign in");
    const other = await person(browser, url);
    await other.page.goto(result);
    await said(other.page, "There is no such page");
    await other.context.close();
    quiet(faults);
    await context.close();
  });

  await check("pages a reset without JavaScript, in a second tab and by the back button", async () => {
    const { page, context } = await person(browser, url, { script: false });
    await begin(page, "Reset my password", carol.name);
    const second = await context.newPage();
    await second.goto("/recovery/flow");
    await page.getByRole("button", { name: "Recovery code" }).click();
    await second.getByRole("button", { name: "Authenticator app" }).click();
    await second.getByText("Here is where you are").waitFor();
    await look(second, "recovery-stale-plain", { axe: false });
    await page.getByLabel("Recovery code").fill(codes.pop());
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("link", { name: "Reports" }).click();
    await page.getByLabel("New password", { exact: true }).fill("Quiet-Meadow-22");
    await page.getByLabel("New password, again").fill("Quiet-Meadow-22");
    await page.getByRole("button", { name: "Set the password" }).click();
    await said(page, "Your password was changed");
    await look(page, "recovery-result-plain", { axe: false });
    await page.goBack();
    await page.goto("/recovery/flow");
    await said(page, "This was done already");
    await look(page, "recovery-done-plain", { axe: false });
    await context.close();
  });

  await check("pages a reset with the keyboard alone", async () => {
    const { page, faults, context } = await person(browser, url);
    const go = async (text) => {
      await tabTo(page, text);
      await page.keyboard.press("Enter");
    };
    await page.goto("/sign-in");
    await go("Cannot sign in?");
    await said(page, "Cannot sign in?");
    await go("Reset my password");
    await page.waitForURL("**/recovery/password");
    await tabTo(page, "User name");
    await page.keyboard.type(carol.name);
    await page.keyboard.press("Enter");
    await said(page, "How do you want to show who you are?");
    await go("Recovery code");
    await said(page, "Recovery code");
    await tabTo(page, "Recovery code");
    await page.keyboard.type("wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    // From what went wrong, where the focus is, on to the field.
    await tabTo(page, "Recovery code");
    await page.keyboard.press("Control+A");
    await page.keyboard.type(codes.pop());
    await go("Continue");
    await said(page, "Which password?");
    await go("Reports");
    await said(page, "Set a new password");
    await tabTo(page, "New password");
    await page.keyboard.type("Quiet-Meadow-24");
    await go("Set the password");
    await said(page, "Your password was changed");
    quiet(faults);
    await context.close();
  });

  await both("pages unlocking with digits of the help desk; nobody is told the same", async ({ script, see }) => {
    const digits = await digitsFor(browser, url, enter, help, dave.name);
    const { page, faults, context } = await person(browser, url, { script });
    await begin(page, "Unlock my account", dave.name);
    await page.getByRole("button", { name: "Digits from the help desk" }).click();
    await page.getByLabel("Digits from the help desk").fill(digits);
    await page.getByRole("button", { name: "Continue" }).click();
    await said(page, "Unlock your accounts");
    await see(page, "recovery-unlock");
    await page.getByRole("button", { name: "Unlock", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: /unlocked/ }).waitFor();
    await see(page, "recovery-unlocked");
    await begin(page, "Unlock my account", "Nobody.Here");
    await page.getByRole("button", { name: "Digits from the help desk" }).click();
    await page.getByLabel("Digits from the help desk").fill("123456");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("That is not right").waitFor();
    await page.goto("/recovery/link?proof=x.y");
    await see(page, "recovery-link");
    await page.goto("/recovery/user-name");
    await page.getByLabel("Mail address").fill("nobody@seri.test");
    await see(page, "recovery-user-name");
    await page.getByRole("button", { name: "Mail my user name" }).click();
    await said(page, "Look into your mail");
    await see(page, "recovery-user-name-sent");
    quiet(faults);
    await context.close();
  });

  await check("pages a link in another browser is nothing", async () => {
    const { page, context } = await person(browser, url);
    await page.goto("/recovery/link?proof=x.y");
    await said(page, "Open the link in the other browser");
    await look(page, "recovery-link-elsewhere");
    await page.goto("/recovery/flow");
    await said(page, "There is nothing to go on with here");
    await look(page, "recovery-none");
    await context.close();
  });

  await check("pages two factors: a passkey, recovery codes with it, a reset with it", async () => {
    const { page, faults, context } = await person(browser, named);
    await authenticator(page);
    await enter(page, dave);
    await page.getByRole("link", { name: "Two-factor" }).click();
    await look(page, "factors");
    await page.getByRole("button", { name: "Set up" }).click();
    await said(page, "Set up an authenticator app");
    await look(page, "factor-totp");
    await page.getByRole("link", { name: "Back", exact: true }).click();
    await page.getByRole("link", { name: "Add a passkey" }).click();
    await said(page, "Add a passkey");
    await look(page, "factor-passkey");
    await page.getByLabel("Your current password").fill(dave.password);
    await page.getByRole("button", { name: "Make the passkey" }).click();
    await page.getByText("It is set up.").waitFor();
    await page.getByRole("link", { name: "Make recovery codes" }).click();
    await look(page, "factor-codes");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.locator("#codes").waitFor();
    expect((await page.locator("#codes code").count()) === 10, "ten codes");
    await look(page, "factor-codes-made");
    await page.getByRole("link", { name: "I have kept them" }).click();
    await look(page, "factors-set");
    await page.getByRole("link", { name: "Remove Recovery codes" }).click();
    await look(page, "factor-remove");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText("It is removed.").waitFor();
    await page.getByRole("link", { name: "Remove Passkeys" }).click();
    await page.getByLabel("Digits from the help desk").fill("123456");
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("alert").first().waitFor();
    await look(page, "factor-remove-refused");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("User name").fill(dave.name);
    await page.getByLabel("Password", { exact: true }).fill(dave.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await said(page, "Second step");
    await look(page, "sign-in-passkey");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await said(page, "Your passwords");
    await page.getByRole("button", { name: "Sign out" }).click();
    await begin(page, "Reset my password", dave.name);
    await page.getByRole("button", { name: "Passkey" }).click();
    await said(page, "Passkey");
    await look(page, "recovery-passkey");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await said(page, "Which password?");
    quiet(faults);
    await context.close();
  });

  await check("pages passkeys without JavaScript say what they need", async () => {
    const { page, context } = await person(browser, url, { script: false });
    await begin(page, "Reset my password", "Nobody.Here");
    await page.getByRole("button", { name: "Passkey" }).click();
    await page.getByText("Passkeys need JavaScript").waitFor();
    await look(page, "recovery-passkey-plain", { axe: false });
    await context.close();
  });

  await questions({ browser, url, enter, who, help, olga });
}
