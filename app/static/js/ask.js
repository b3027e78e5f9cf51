// Ask us: suggestions while one writes, and a draft that is not lost.

import { keepDraft, markSolved } from "./draft-keeper.js";
import { Suggestions } from "./suggestions.js";

const form = document.querySelector("[data-ask]");
const saveDraft = keepDraft(form);

const suggestions = new Suggestions(form, {
  onToken: (token) => {
    if (form.elements.attempt.value === token) return;
    form.elements.attempt.value = token;
    saveDraft();
  },
  onSolved: (address) => {
    saveDraft();
    markSolved();
    location.assign(address);
  },
});

// Whoever sends has seen what there is beside the form: no page in between.
form.elements.seen.value = "yes";

for (const name of ["subject", "body"]) {
  form.elements[name].addEventListener("input", () => suggestions.typed());
}
document.querySelector("[data-errors]")?.focus();
suggestions.ask();
