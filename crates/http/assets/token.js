// How long a token is still valid.

const token = /** @type {HTMLElement} */ (document.getElementById("token"));
const left = /** @type {HTMLElement} */ (document.getElementById("token-left"));
const over = /** @type {HTMLElement} */ (document.getElementById("token-over"));
const ends = Date.now() + Number(token.dataset.left) * 1000;

const tick = () => {
  const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
  left.textContent = `(${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")})`;
  if (seconds > 0) return;
  clearInterval(timer);
  token.classList.add("over");
  over.textContent = over.dataset.words ?? "";
};
const timer = setInterval(tick, 1000);
tick();
