// What is mailed, in a real browser: a demo of its own with a mail server of this machine (aiosmtpd, the Python that the tests use),
// which keeps each mail as one line of JSON.

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { look, person, quiet, said } from "./browser.mjs";
import { begin, demo, entered, finish, freePort, secret, until } from "./own_service.mjs";
import { check, expect } from "./tally.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const PYTHON = path.join(root, "conformance", "python", ".venv-3", "bin", "python");

const answers = (port) =>
  new Promise((told) => {
    const socket = net.connect(port, "127.0.0.1", () => told(true)).on("error", () => told(false));
    socket.on("connect", () => socket.destroy());
  });

/** Mails to `address` since the last look. */
class Mailbox {
  constructor(file) {
    this.file = file;
    this.read = 0;
  }

  /** The next mail whose subject has this in it. */
  async next(address, subject) {
    return until(`a mail "${subject}" to ${address}`, () => {
      const lines = fs.existsSync(this.file) ? fs.readFileSync(this.file, "utf8").split("\n").filter(Boolean) : [];
      const mails = lines.map((line) => JSON.parse(line));
      const at = mails.findIndex((mail, at) => at >= this.read && mail.to.includes(address) && mail.subject.includes(subject));
      if (at < 0) return null;
      this.read = at + 1;
      return mails[at];
    });
  }
}

/** Runs `work` beside a mail server and a demo that mails to it; both are ended by their own process. */
async function mailing(program, work) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pages-mail-"));
  const file = path.join(folder, "mails");
  const port = await freePort();
  const catcher = path.join(root, "crates", "testkit", "src", "mail.py");
  const mail = spawn(PYTHON, [catcher, String(port), "plain", "", "", "", "", file], { stdio: ["pipe", "inherit", "inherit"] });
  const ended = new Promise((told) => mail.on("exit", told));
  const data = path.join(folder, "data");
  let service;
  try {
    await until("the mail server", () => answers(port));
    service = await demo(program, { data, options: ["--mail-port", String(port)] });
    await work(service.url, data, new Mailbox(file));
  } finally {
    await service?.end();
    mail.stdin.end();
    await ended;
    fs.rmSync(folder, { recursive: true });
  }
}

export async function mailed({ browser, program }) {
  await check("pages what is mailed: codes, links, a user name, what a change came to", async () => {
    await mailing(program, async (url, data, mails) => {
      const eve = await person(browser, url);
      const olga = await person(browser, url);
      await entered(olga.page, data, "Olga.Admin");
      await olga.page.goto("/admin/settings");
      await olga.page.locator("#mailed_code").selectOption("whole");
      await olga.page.locator("#mailed_link").selectOption("whole");
      await olga.page.locator("#mail_risk").check();
      await olga.page.getByRole("button", { name: "Save For people who cannot sign in" }).click();
      await olga.page.getByText("Saved.").waitFor();
      await olga.context.close();
      const to = await addressOf(data, "Eve.Novak");

      await begin(eve.page, "Eve.Novak");
      await look(eve.page, "recovery-choose-mail");
      await eve.page.getByRole("button", { name: "Code by mail" }).click();
      await look(eve.page, "recovery-prove-mail");
      const first = codeIn(await mails.next(to, "Your code"));
      await eve.page.getByRole("button", { name: "Send another mail" }).click();
      const second = codeIn(await mails.next(to, "Your code"));
      expect(first !== second, "another code is another one");
      await eve.page.getByLabel("Code from the mail").fill(first);
      await eve.page.getByRole("button", { name: "Continue" }).click();
      await eve.page.getByRole("alert").waitFor();
      await eve.page.getByLabel("Code from the mail").fill(second);
      await eve.page.getByRole("button", { name: "Continue" }).click();
      await finish(eve.page, "Quiet-Meadow-31");
      const told = await mails.next(to, "Your password was changed");
      expect(told.text.includes("Reports") && told.html.includes("Reports"), `what works is told: ${told.text}`);
      await letter(browser, "letter-change-ended", told);
      // What became of it can be reached from the mail, after signing in.
      const later = await person(browser, url);
      await later.page.goto(told.text.match(/https?:\S+\/password-manager\/changes\/\S+/)[0]);
      await later.page.getByLabel("User name").fill("Eve.Novak");
      await later.page.getByLabel("Password", { exact: true }).fill(secret(data, "Eve.Novak"));
      await later.page.getByRole("button", { name: "Sign in" }).click();
      await said(later.page, "Your password was changed");
      await later.context.close();
      quiet(eve.faults);
      await eve.context.close();

      // Without script, by a link, which is nothing in another browser.
      const plain = await person(browser, url, { script: false });
      await begin(plain.page, "Eve.Novak");
      await plain.page.getByRole("button", { name: "Link by mail" }).click();
      await look(plain.page, "recovery-prove-link-plain", { axe: false });
      const mail = await mails.next(to, "Your link");
      const link = mail.text.match(/https?:\S+\/recovery\/link\?proof=\S+/)[0];
      expect(link.startsWith(url), `the link leads to this place: ${link}`);
      await letter(browser, "letter-link", mail);
      const stranger = await person(browser, url);
      await stranger.page.goto(link);
      await said(stranger.page, "Open the link in the other browser");
      await stranger.context.close();
      await plain.page.goto(link);
      await look(plain.page, "recovery-link-opened-plain", { axe: false });
      await plain.page.getByRole("button", { name: "Continue" }).click();
      await finish(plain.page, "Quiet-Meadow-32");
      await plain.page.goto(link);
      await look(plain.page, "recovery-link-used-plain", { axe: false });
      await plain.context.close();
      await mails.next(to, "Your password was changed");

      const forgetful = await person(browser, url);
      await forgetful.page.goto("/recovery/user-name");
      await forgetful.page.getByLabel("Mail address").fill(to.toUpperCase());
      await forgetful.page.getByRole("button", { name: "Mail my user name" }).click();
      await said(forgetful.page, "Look into your mail");
      const named = await mails.next(to, "Your user name");
      expect(named.text.includes("Eve.Novak"), `the name is in it: ${named.text}`);
      await letter(browser, "letter-user-name", named);
      await forgetful.context.close();

      const hank = await person(browser, url);
      await entered(hank.page, data, "Hank.Helper");
      await hank.page.goto("/help-desk?q=Eve.Novak");
      await hank.page.locator(".people a").first().click();
      await hank.page.locator("#mail-checked").check();
      await hank.page.locator("#mail-reason").fill("INC-4713");
      await hank.page.getByRole("button", { name: "Send the mail" }).click();
      const help = await mails.next(to, "Setting a new password");
      expect(help.text.includes("/recovery"), `the way is in it: ${help.text}`);
      await hank.context.close();
    });
  });
}

/** The address that the demo's document gives a person. */
async function addressOf(data, name) {
  const text = fs.readFileSync(path.join(data, "setup.toml"), "utf8");
  const own = text.split("[[identity]]").find((part) => part.includes(`"${name}"`));
  return own.match(/email = "([^"]+)"/)[1];
}

const codeIn = (mail) => mail.text.match(/\b\d{4} ?\d{4}\b/)[0];

/** A mail as a reader shows it, in the place that readers give it. */
async function letter(browser, name, mail) {
  const { page, context } = await person(browser, "http://127.0.0.1");
  await page.setContent(mail.html);
  await page.evaluate(() => {
    const place = document.createElement("main");
    place.append(...document.body.childNodes);
    document.body.append(place);
  });
  await look(page, name);
  await context.close();
}
