// The form of a new password: the server judges while one types, and makes a password when asked.

const form = /** @type {HTMLFormElement} */ (document.getElementById("change"));
const input = /** @type {HTMLInputElement} */ (document.getElementById("new"));
const again = /** @type {HTMLInputElement} */ (document.getElementById("again"));
const rules = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#rules [data-rule]"));
const live = /** @type {HTMLElement} */ (document.getElementById("rules-live"));
const strength = /** @type {HTMLElement} */ (document.getElementById("strength"));
const meter = /** @type {HTMLMeterElement} */ (document.getElementById("strength-meter"));
const strengthWords = /** @type {HTMLElement} */ (document.getElementById("strength-words"));
const suggested = /** @type {HTMLElement} */ (document.getElementById("suggested"));
const words = /** @type {HTMLElement} */ (document.getElementById("suggested-words"));

// What can be shown need not be typed twice.
/** @type {HTMLElement} */ (document.getElementById("again-field")).hidden = true;
again.disabled = true;

/** The fields that the server needs, and no other password. */
const fields = () => {
  const all = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name === "form" || name === "row" || name === "new") all.append(name, String(value));
  }
  return all;
};

const ask = async (/** @type {string} */ address) => {
  const answer = await fetch(address, { method: "POST", body: fields(), cache: "no-store" });
  if (answer.redirected) location.reload();
  return answer.ok && !answer.redirected ? answer.json() : null;
};

const mark = (/** @type {HTMLElement} */ rule, /** @type {string} */ state) => {
  rule.className = state;
  const icon = { met: "check", broken: "cross", open: "open" }[state];
  rule.querySelector("use")?.setAttribute("href", `#i-${icon}`);
  const verdict = /** @type {HTMLElement} */ (rule.querySelector(".verdict"));
  verdict.textContent = { met: live.dataset.met, broken: live.dataset.broken, open: "" }[state] ?? "";
};

let latest = 0;
const check = async () => {
  const turn = ++latest;
  if (input.value === "") {
    rules.forEach((rule) => mark(rule, "open"));
    strength.hidden = true;
    live.textContent = "";
    return;
  }
  const said = await ask(form.dataset.check ?? "").catch(() => null);
  // An answer that comes late is about another text.
  if (!said || turn !== latest) return;
  rules.forEach((rule) => mark(rule, said.broken.includes(rule.dataset.rule) ? "broken" : "met"));
  strength.hidden = false;
  meter.value = said.strength;
  strengthWords.textContent = said.strength_words;
  const met = rules.length - said.broken.length;
  const count = (live.dataset.count ?? "").replace("{met}", String(met)).replace("{all}", String(rules.length));
  live.textContent = said.usable ? count : live.dataset.unusable ?? "";
  if (met === rules.length && said.usable) input.removeAttribute("aria-invalid");
};

let timer = 0;
input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = window.setTimeout(check, 350);
  suggested.textContent = "";
});

document.getElementById("suggest")?.addEventListener("click", async (event) => {
  event.preventDefault();
  const said = await ask(form.dataset.suggest ?? "").catch(() => null);
  if (!said) return;
  if (said.password) {
    input.value = said.password;
    input.type = "text";
    input.dispatchEvent(new Event("reveal"));
    check();
  }
  suggested.textContent = (said.password ? words.dataset.words : words.dataset.none) ?? "";
});

if (input.value !== "") check();
