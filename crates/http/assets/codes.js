// Recovery codes: into the clipboard, or onto paper.

const codes = [...document.querySelectorAll("#codes code")].map((code) => code.textContent ?? "");
const copy = /** @type {HTMLButtonElement} */ (document.getElementById("copy"));
const print = /** @type {HTMLButtonElement} */ (document.getElementById("print"));
const copied = /** @type {HTMLElement} */ (document.getElementById("copied"));

if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(`${codes.join("\n")}\n`);
    copied.textContent = copied.dataset.words ?? "";
  });
}
print.hidden = false;
print.addEventListener("click", () => window.print());
