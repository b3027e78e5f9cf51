// Keeps what somebody is writing in their own browser, over reloads and mistakes, for a day.
//
// The draft goes when it was sent or solved, and is not put back for another account. Files are
// not kept here. Every use of the storage may fail (private windows): then nothing is kept.

const KEY = "antesala.draft";
const LASTS = 24 * 60 * 60 * 1000;
const FIELDS = ["subject", "body", "kind", "email", "name", "form_id", "attempt", "came_from"];

const read = () => {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY));
    return draft && Date.now() - draft.at < LASTS ? draft : null;
  } catch {
    return null;
  }
};

const write = (draft) => {
  try {
    if (draft) localStorage.setItem(KEY, JSON.stringify(draft));
    else localStorage.removeItem(KEY);
  } catch {
    // no storage: nothing is kept
  }
};

const mark = (name) => {
  const draft = read();
  if (draft) write({ ...draft, [name]: true });
};

export const markSolved = () => mark("solved");

const valuesOf = (form) => {
  const data = new FormData(form);
  return Object.fromEntries(FIELDS.map((name) => [name, String(data.get(name) ?? "")]));
};

const put = (form, values) => {
  for (const name of FIELDS) {
    const field = form.elements[name];
    if (field && !field.readOnly && values[name]) field.value = values[name];
  }
};

export const keepDraft = (form) => {
  const owner = form.dataset.draftOwner;
  const kept = form.querySelector("[data-draft-kept]");
  const blank = { ...valuesOf(form) };
  const draft = read();
  // Back after sending would show what was sent as if it still waited; what was not sent is put
  // back from here.
  form.autocomplete = "off";

  let sending = false;
  const save = () => {
    if (sending) return; // what comes in while it is sent does not make it unsent
    const values = valuesOf(form);
    if (!values.subject.trim() && !values.body.trim()) write(null);
    else write({ owner, at: Date.now(), values });
  };

  if (draft && draft.owner === owner) {
    const undone = blank.attempt === draft.values.attempt;
    const empty = "draftFresh" in form.dataset && !blank.subject && !blank.came_from;
    if (draft.solved && !undone) write(null);
    else if (undone || empty) {
      put(form, draft.values);
      kept.hidden = undone;
      save();
    }
  } else if (draft) {
    write(null);
  }

  let discarded = false;
  kept.querySelector("[data-draft-discard]").addEventListener("click", () => {
    discarded = true;
    write(null);
    location.assign(location.pathname);
  });

  let waiting = 0;
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    save();
    sending = true;
    mark("sending");
  });
  form.addEventListener("input", () => {
    sending = false; // it did not go out: the page is still here
    clearTimeout(waiting);
    waiting = setTimeout(save, 200);
  });
  addEventListener("pagehide", () => {
    if (!discarded && !read()?.solved) save();
  });
  return save;
};

// The pages after: what was sent is forgotten; what was solved stays until it is not undone.
if (document.querySelector("[data-draft-sent]") && read()?.sending) write(null);
if (document.querySelector("[data-draft-solved]")) markSolved();
