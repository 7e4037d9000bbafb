// The pages with the keyboard alone: everything is reached, the focus always shows, and it goes through a page as one reads it.

import { person, quiet, said } from "./browser.mjs";
import { check, expect } from "./tally.mjs";

/** What has the focus: its name, whether that shows, and its place among all that can have it, by the page's order and from the top. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const label = element?.labels?.[0]?.textContent ?? element?.getAttribute("aria-label") ?? element?.textContent ?? "";
    const able = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
    const { top, left } = element.getBoundingClientRect();
    return {
      label: label.replace(/\s+/g, " ").trim(),
      outline: getComputedStyle(element).outlineStyle,
      at: able.indexOf(element),
      top: top + window.scrollY,
      left,
      fixed: element.closest("header, nav, footer") !== null,
    };
  });

/** Presses the tabulator until the focus is on what begins with `text`, if the page has not put it there. */
export async function tabTo(page, text) {
  const seen = [];
  for (let steps = 0; steps < 60; steps += 1) {
    const at = await focused(page);
    // Nothing has it: before the first stop, or after the last.
    if (at.at >= 0) {
      seen.push(at.label);
      // A message that the page itself put the focus on stands in a frame of its own.
      if (steps > 0) expect(at.outline !== "none", `the focus shows on ${at.label}`);
      if (at.label.startsWith(text)) return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${text}: ${seen.join(" | ")}`);
}

/** Goes through a whole page and back to its beginning. */
async function order(page, address) {
  await page.goto(address);
  // The page may have put the focus somewhere; the order begins at its beginning.
  await page.evaluate(() => {
    document.activeElement?.blur();
    document.getSelection()?.setPosition(document.body, 0);
  });
  const seen = [];
  for (let steps = 0; steps < 200; steps += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at.at < 0 || (seen.length > 0 && at.at === seen[0].at)) break;
    // A date is one field with several stops.
    if (at.at !== seen.at(-1)?.at) seen.push(at);
  }
  const told = seen.map(({ label, at, top }) => `${label} (${at}, ${Math.round(top)})`).join(" | ");
  expect(seen.length > 2 && seen.length < 200, `${address}: ${told}`);
  for (const [at, next] of seen.slice(1).entries()) {
    const before = seen[at];
    expect(next.outline !== "none", `${address}: the focus shows on ${next.label}`);
    expect(next.at > before.at, `${address}: ${next.label} comes after ${before.label}: ${told}`);
    // In one column, what comes later stands lower or in the same line.
    if (!next.fixed && !before.fixed) expect(next.top > before.top - 30, `${address}: ${next.label} stands above ${before.label}: ${told}`);
  }
  return seen.length;
}

export async function keyboard({ browser, url, who }) {
  await check("pages a change with the keyboard alone", async () => {
    const { page, faults, context } = await person(browser, url);
    await page.goto("/");
    await tabTo(page, "Skip to the content");
    await tabTo(page, "User name");
    await page.keyboard.type(who.name);
    await tabTo(page, "Password");
    await page.keyboard.type(who.password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/password-manager");
    await tabTo(page, "Change password Reports");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/change?row=*");
    await tabTo(page, "Your current password");
    await page.keyboard.type(who.password);
    await tabTo(page, "New password");
    await page.keyboard.type("Keyboard-Only-99");
    await tabTo(page, "Suggest a password");
    await tabTo(page, "Change password");
    await page.keyboard.press("Enter");
    await said(page, "Your password was changed");
    quiet(faults);
    await context.close();
  });
}

/** Every page that a menu leads to; `enter` signs a person in. */
export async function focusOrder({ browser, url, enter, who, help, olga }) {
  await check("pages the focus goes through a page as it is read, and always shows", async () => {
    let stops = 0;
    const walk = async (addresses, person_) => {
      const { page, context } = await person(browser, url);
      await page.setViewportSize({ width: 320, height: 800 });
      if (person_) await enter(page, person_);
      for (const address of addresses) stops += await order(page, address);
      await context.close();
    };
    await walk(["/sign-in", "/recovery", "/recovery/password", "/recovery/unlock", "/recovery/user-name"], null);
    await walk(["/password-manager", "/sessions", "/factors", "/factors/questions"], who);
    await walk(["/help-desk?q=eve"], help);
    const pages = ["sources", "sources/new", "policies", "groups/new", "changes", "audit", "clients", "texts", "settings"];
    await walk(pages.map((name) => `/admin/${name}`), olga);
    expect(stops > 200, `only ${stops} stops`);
  });
}
