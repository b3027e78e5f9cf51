/* The composer: articles go in where the cursor stands, the preview and the search come without a
   reload, and what was typed survives one. Without this module every button sends the form. */

import { keepReply } from "./reply-keeper.js";

const form = document.querySelector("[data-composer]");
const text = form.elements.body;
const token = form.elements.csrf_token;
keepReply(form, form.dataset.reference);

/* Insert */
const insert = (words) => {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const before = value.slice(0, start);
  const gap = before && !/\s$/.test(before) ? " " : "";
  text.setRangeText(gap + words, start, end, "end");
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  event.preventDefault();
  insert(button.dataset.insert);
});

/* Preview */
const area = form.querySelector("[data-preview-area]");
form.querySelector("[data-preview-button]").addEventListener("click", async (event) => {
  event.preventDefault();
  const data = new FormData();
  data.set("csrf_token", token.value);
  data.set("body", text.value);
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: data });
    if (answer.ok || answer.status === 422) area.innerHTML = await answer.text();
  } catch {
    form.requestSubmit(event.target); // the page itself tells what is wrong
  }
});

/* Find an article */
const find = document.querySelector("[data-find]");
const found = document.querySelector("[data-found]");
let asked = 0;
let pause;

const look = async () => {
  const number = ++asked;
  if (!find.value.trim()) {
    found.replaceChildren();
    return;
  }
  try {
    const answer = await fetch(`${find.dataset.find}?${new URLSearchParams({ find: find.value })}`);
    const fragment = await answer.text();
    if (answer.ok && number === asked) found.innerHTML = fragment;
  } catch {
    // The button beside it asks again.
  }
};

find.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(look, 300);
});
find.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  clearTimeout(pause);
  look();
});
