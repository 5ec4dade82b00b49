// Fetches the page again every two seconds and puts the new <main> in; counts down in between. No state of its own.
const live = document.getElementById("live");
const text = live.lastChild;
let failures = 0;

const seconds = (ms) => Math.max(0, Math.round(ms / 1000));
const span = (s) => (s < 90 ? `${s} s` : s < 5400 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`);

// The server's clock counts; this one may be wrong.
let offset = 0;
const tick = () => {
  const now = Date.now() + offset;
  for (const each of document.querySelectorAll("[data-until]")) {
    const left = Date.parse(each.dataset.until) - now;
    each.textContent = left <= 0 ? "any moment" : `in ${span(seconds(left))}`;
  }
};

const sync = () => {
  offset = Date.parse(document.getElementById("main").dataset.at) - Date.now();
};

async function refresh() {
  try {
    const answer = await fetch("/", { headers: { accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
    const selected = String(getSelection()) !== "";
    const scroll = document.querySelector(".scroll")?.scrollLeft ?? 0;
    const focused = document.activeElement?.getAttribute("href");
    // Whoever is copying something keeps what they see.
    if (!selected && next !== null) {
      document.getElementById("main").replaceWith(document.adoptNode(next));
      const table = document.querySelector(".scroll");
      if (table !== null) table.scrollLeft = scroll;
      if (focused) document.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
    sync();
    failures = 0;
    live.classList.remove("stale");
    text.textContent = selected ? "Paused while you select" : "Live";
  } catch {
    failures += 1;
    live.classList.add("stale");
    text.textContent = `No answer for ${failures * 2} s; what you see may be old`;
  }
  setTimeout(refresh, document.hidden ? 10_000 : 2000);
}

sync();
setInterval(tick, 1000);
setTimeout(refresh, 2000);
