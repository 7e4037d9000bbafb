// What becomes of a change, told as it happens. The page is whole without this: it only fills in what the server says.

const page = /** @type {HTMLElement} */ (document.getElementById("changes"));
const heading = /** @type {HTMLElement} */ (document.getElementById("heading"));
const summary = /** @type {HTMLElement} */ (document.getElementById("summary"));
const live = /** @type {HTMLElement} */ (document.getElementById("live"));
const lines = document.querySelectorAll("#targets > li");

const text = (/** @type {Element} */ line, /** @type {string} */ part, /** @type {string} */ words) => {
  const element = /** @type {HTMLElement} */ (line.querySelector(part));
  if (element.textContent !== words) element.textContent = words;
  return element;
};

/** @param {{heading: string, tone: string, ended: boolean, summary: any[], targets: any[]}} view */
const show = (view) => {
  heading.className = `outcome ${view.tone}`;
  if (heading.textContent !== view.heading) {
    heading.textContent = view.heading;
    document.title = view.heading;
  }
  summary.replaceChildren(...view.summary.map((sentence) => {
    const item = document.createElement("li");
    item.textContent = sentence.before;
    if (!sentence.at) return item;
    const time = document.createElement("time");
    time.dateTime = sentence.at;
    document.dispatchEvent(new CustomEvent("time", { detail: time }));
    item.append(time, sentence.after);
    return item;
  }));
  view.targets.forEach((target, at) => {
    const line = lines[at];
    if (!line) return;
    const state = /** @type {HTMLElement} */ (line.querySelector(".state"));
    state.className = `state ${target.tone}`;
    state.querySelector("use")?.setAttribute("href", `#i-${target.icon}`);
    text(line, ".word", target.state);
    text(line, ".reason", target.reason);
    text(line, ".when", target.when);
    /** @type {HTMLElement} */ (line.querySelector(".since")).hidden = !target.at;
    const time = /** @type {HTMLTimeElement} */ (line.querySelector("time"));
    if (target.at && time.dateTime !== target.at) {
      time.dateTime = target.at;
      document.dispatchEvent(new CustomEvent("time", { detail: time }));
    }
  });
  // Said once for each new state of affairs, not for each step.
  const told = Array.from(summary.children, (sentence) => sentence.textContent).join(" ");
  if (live.textContent !== told) live.textContent = told;
};

const events = new EventSource(page.dataset.events ?? "");
events.addEventListener("view", (event) => {
  const view = JSON.parse(event.data);
  show(view);
  if (view.ended) events.close();
});
