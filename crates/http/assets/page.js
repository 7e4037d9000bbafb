// Every page: times in the reader's own zone, passwords that can be shown, the focus after a fault, the end of a session.

const language = document.documentElement.lang;

/** @param {HTMLTimeElement} element */
function localise(element) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const today = at.toDateString() === new Date().toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  let form = { dateStyle: "long", timeStyle: "short" };
  if ("day" in element.dataset) form = { dateStyle: "long" };
  if ("clock" in element.dataset && today) form = { timeStyle: "short" };
  element.textContent = new Intl.DateTimeFormat(language, form).format(at);
}

for (const element of document.querySelectorAll("time[datetime]")) {
  localise(/** @type {HTMLTimeElement} */ (element));
}

// Other modules have times too.
document.addEventListener("time", (event) => localise(/** @type {CustomEvent} */ (event).detail));

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-reveal]"))) {
  const input = /** @type {HTMLInputElement} */ (document.getElementById(button.dataset.reveal ?? ""));
  const words = /** @type {HTMLElement} */ (button.querySelector("span"));
  const show = words.textContent ?? "";
  const told = () => {
    words.textContent = input.type === "password" ? show : button.dataset.hide ?? "";
  };
  button.hidden = false;
  told();
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    told();
  });
  input.form?.addEventListener("submit", () => {
    input.type = "password";
  });
  input.addEventListener("reveal", told);
}

/** @type {HTMLElement | null} */ (document.querySelector("[data-focus]"))?.focus();

// A form is sent once, however often its button is pressed; but for one whose answer is a file.
for (const form of document.querySelectorAll("form[method=post]:not([data-stays])")) {
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("data-sent")) event.preventDefault();
    form.setAttribute("data-sent", "");
    setTimeout(() => form.removeAttribute("data-sent"), 4000);
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) form.removeAttribute("data-sent");
});

const WARNING = 90;
const idle = Number(document.body.dataset.idle ?? 0);
const base = document.body.dataset.base ?? "";
const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("idle"));
if (idle > 0 && dialog) {
  let ends = Date.now() + idle * 1000;
  const left = /** @type {HTMLElement} */ (document.getElementById("idle-left"));
  // Other tabs of the same session keep it going too.
  const others = new BroadcastChannel("passwright-session");
  others.postMessage(idle);
  const goesOn = (/** @type {number} */ seconds) => {
    ends = Date.now() + seconds * 1000;
    if (dialog.open) dialog.close();
  };
  others.addEventListener("message", (message) => goesOn(Number(message.data)));
  document.getElementById("idle-stay")?.addEventListener("click", async () => {
    const answer = await fetch(`${base}/sessions`, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return location.assign(`${base}/sign-in`);
    goesOn(idle);
    others.postMessage(idle);
  });
  setInterval(() => {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    if (seconds <= 0) return location.assign(`${base}/sign-in`);
    if (seconds > WARNING) return;
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (!dialog.open) dialog.showModal();
  }, 1000);
}

// The Password Manager: choosing several rows.
const rows = document.getElementById("rows");
const several = document.getElementById("several");
if (rows && several) {
  const button = /** @type {HTMLButtonElement} */ (several.querySelector("button"));
  const told = () => {
    button.disabled = rows.querySelectorAll("input:checked").length === 0;
  };
  rows.addEventListener("change", told);
  addEventListener("pageshow", told);
  told();
}
