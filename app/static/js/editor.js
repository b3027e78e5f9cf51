// The editor's preview follows the text, half a second after the last key.
const form = document.querySelector("[data-preview]");
const panel = document.getElementById("preview");
const target = panel?.querySelector("[data-preview-target]");
const PAUSE = 500;

let timer = 0;
let running = null;
let changed = false;

async function refresh() {
  running?.abort();
  running = new AbortController();
  try {
    const response = await fetch(form.dataset.preview, {
      method: "POST",
      body: new FormData(form),
      signal: running.signal,
    });
    if (!response.ok) return;
    target.innerHTML = await response.text();
    panel.hidden = false;
  } catch (error) {
    if (error.name !== "AbortError") panel.hidden = true;
  }
}

if (form && target) {
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
