/* The keys of the desk. They do nothing while somebody writes; every deed is also a button. */

const desk = document.querySelector("[data-desk]");
const dialog = document.getElementById("keys");

const writes = (element) =>
  element.closest("input:not([type=radio], [type=checkbox], [type=submit]), textarea, select, [contenteditable]");

for (const button of document.querySelectorAll("[data-keys-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}

/* Along the rows of the queue, or to the ticket before or after this one. */
const step = (by) => {
  const links = [...desk.querySelectorAll("[data-row-link]")];
  if (!links.length) {
    desk.querySelector(by > 0 ? "[data-next]" : "[data-previous]")?.click();
    return;
  }
  const here = links.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by;
  links[Math.min(Math.max(next, 0), links.length - 1)].focus();
};

const write = (mode) => {
  const choice = document.querySelector(`#composer input[name=mode][value=${mode}]`);
  if (!choice) return;
  choice.checked = true;
  document.getElementById("body").focus();
};

const search = () => {
  const box = document.querySelector("[data-desk-search], #find");
  box?.focus();
  box?.select();
};

const resolve = () => {
  const panel = document.getElementById("resolve-panel");
  if (!panel) return;
  panel.open = true;
  panel.querySelector("button").focus();
};

const view = (number) => document.querySelectorAll(".desk-view")[number]?.click();

const keys = {
  j: () => step(1),
  k: () => step(-1),
  "/": search,
  r: () => write("reply"),
  n: () => write("note"),
  a: () => document.querySelector("[data-claim]")?.requestSubmit(),
  c: resolve,
  i: () => document.querySelector("[data-insert]")?.focus(),
  p: () => document.querySelector("[data-preview-button]")?.click(),
  u: () => document.querySelector("[data-queue-link]")?.click(),
  1: () => view(0),
  2: () => view(1),
  3: () => view(2),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && writes(event.target)) event.target.blur();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "body") {
    event.preventDefault();
    event.target.form.requestSubmit(document.querySelector("#composer [value=send]"));
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (writes(event.target) || dialog.open) return;
  const deed = keys[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

document.querySelector("[data-focus]")?.focus();
