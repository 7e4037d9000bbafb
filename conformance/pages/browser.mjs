// A headless Chromium, and what is looked at on every page: a picture, accessibility, faults that the browser tells.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";

import { check, expect } from "./tally.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const FOLDER = process.env.PASSWRIGHT_SCREENSHOTS ?? "screenshots";

/** The looks that every page is seen in. */
const LOOKS = [
  { name: "wide", width: 1180, scheme: "light", plain: true },
  { name: "dark", width: 1180, scheme: "dark" },
  { name: "narrow", width: 320, scheme: "light", plain: true },
  { name: "right-to-left", width: 1180, scheme: "light", direction: "rtl" },
  { name: "enlarged", width: 590, scheme: "light" },
];

/** Rules of axe that were run, by page. */
export const looked = { pages: new Set(), states: 0 };

export async function open() {
  fs.mkdirSync(FOLDER, { recursive: true });
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: [...sandbox, "--force-color-profile=srgb"] });
}

/** A browser of one person: `script` switches JavaScript on or off; `trusting` takes any certificate, as that of a server that stands in
 * for somebody else's. What the browser complains of ends up in `faults`. */
export async function person(browser, url, { script = true, language = "en", trusting = false } = {}) {
  const context = await browser.newContext({
    baseURL: url,
    javaScriptEnabled: script,
    locale: language,
    ignoreHTTPSErrors: trusting,
    timezoneId: "Europe/Berlin",
    viewport: { width: 1180, height: 800 },
  });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    // A form that is refused is no fault of the page.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.setDefaultTimeout(15_000);
  return { context, page, faults };
}

/** Waits for a heading, however the page comes by it. */
export const said = (page, name, timeout = 30_000) => page.getByRole("heading", { name, exact: true }).waitFor({ timeout });

/** Nothing was complained of. */
export const quiet = (faults) => expect(faults.length === 0, `the browser complained: ${faults.join("\n")}`);

/** Looks at the state a page is in, in every look: pictures, axe, nothing cut off at 320 px. Without axe, as without script, in two. */
export async function look(page, name, { axe = true } = {}) {
  for (const { name: looks, width, scheme, direction } of LOOKS.filter((look) => axe || look.plain)) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    if (axe) {
      await page.evaluate((direction) => document.documentElement.setAttribute("dir", direction), direction ?? "ltr");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wide <= 0, `${name} (${looks}): ${wide} px are cut off`);
      await accessible(page, `${name} (${looks})`);
    }
    await page.screenshot({ path: path.join(FOLDER, `${name}.${looks}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1180, height: 800 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  if (axe) await page.evaluate(() => document.documentElement.setAttribute("dir", "ltr"));
  looked.pages.add(name);
}

/** A check that runs with JavaScript and without; `see` looks at a state in both. Without it there is nothing that axe could run in. */
export async function both(name, run) {
  for (const script of [true, false]) {
    const how = script ? "" : " without JavaScript";
    const see = (page, state) => (script ? look(page, state) : look(page, `${state}-plain`, { axe: false }));
    await check(`${name}${how}`, () => run({ script, how, see }));
  }
}

async function accessible(page, what) {
  // Through the debugger: the page's own policy lets no script in.
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations", "passes"] }),
    TAGS,
  );
  looked.states += 1;
  expect(passes.length > 10, `${what}: axe looked at nothing`);
  const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary}`).join("; ")}`);
  expect(violations.length === 0, `${what}: ${told.join("\n")}`);
}
