// The editor's preview follows the text, half a second after the last key; so does what is said of
// images that are missing.
const form = document.querySelector("[data-preview]");
const target = document.querySelector("[data-preview-target]");
const warning = document.getElementById("body-warning");
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
    const news = target.querySelector("[data-missing-images]");
    warning.hidden = !news;
    warning.textContent = news?.textContent ?? "";
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

if (form && target) {
  if (form.elements.body.value && !target.querySelector("article")) refresh();
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
