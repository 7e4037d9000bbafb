// A service for one check alone: on a port that is known beforehand, in a folder of its own, ended by its own process.

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";

import { said } from "./browser.mjs";

const PATIENCE = 60_000;

/** A port that was free a moment ago. */
export async function freePort() {
  const server = net.createServer();
  await new Promise((opened) => server.listen(0, "127.0.0.1", opened));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Polls until `found` gives something. */
export async function until(what, found) {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const value = await found();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what}: not within ${PATIENCE / 1000} s`);
}

/** Runs a program that says `ready <url>`; `variables` are its environment besides ours. `end` waits until it has ended. */
export async function run(program, options, variables = {}) {
  const child = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...variables } });
  const ended = new Promise((told) => child.on("exit", told));
  const end = () => {
    child.kill("SIGTERM");
    return ended;
  };
  let late;
  try {
    const url = await new Promise((ready, failed) => {
      readline.createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("ready ") && ready(line.slice(6)));
      ended.then((code) => failed(new Error(`${options[0]} ended with ${code}`)));
      late = setTimeout(() => failed(new Error(`${options[0]}: not ready within ${PATIENCE / 1000} s`)), PATIENCE);
    });
    return { url, end };
  } catch (fault) {
    await end();
    throw fault;
  } finally {
    clearTimeout(late);
  }
}

/** Starts a demo in `data`; `options` are further arguments. */
export const demo = (program, { data, port = 0, options = [], variables = {} }) =>
  run(program, ["demo", "--dir", data, "--listen", `127.0.0.1:${port}`, ...options], variables);

/** A program beside it that says in a line of JSON how it is reached, and ends with its input. */
export async function beside(program, options = []) {
  const child = spawn(program, options, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${program} ended`);
    return JSON.parse(value);
  };
  const ask = (words) => {
    child.stdin.write(`${words}\n`);
    return next();
  };
  return { said: await next(), ask, end: () => child.stdin.end() };
}

/** The first password of a person of a demo. */
export const secret = (data, name) => fs.readFileSync(path.join(data, "secrets", `${name.toLowerCase()}.password`), "utf8").trim();

/** Signs in with a password. */
export async function signedIn(page, name, password) {
  await page.goto("/");
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/password-manager");
}

/** Signs in a person of a demo. */
export const entered = (page, data, name) => signedIn(page, name, secret(data, name));

/** Begins a reset. */
export async function begin(page, name) {
  await page.goto("/recovery/password");
  await page.getByLabel("User name").fill(name);
  await page.getByRole("button", { name: "Continue" }).click();
  await said(page, "How do you want to show who you are?");
}

/** Sets a new password for one's reports, and waits for the end. */
export async function finish(page, password) {
  await said(page, "Which password?");
  await page.getByRole("link", { name: "Reports" }).click();
  await page.getByLabel("New password", { exact: true }).fill(password);
  const again = page.getByLabel("New password, again");
  if (await again.isVisible()) await again.fill(password);
  await page.getByRole("button", { name: "Set the password" }).click();
  await said(page, "Your password was changed");
}
