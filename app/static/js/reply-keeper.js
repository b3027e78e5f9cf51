// Keeps the words of a reply in this tab, over reloads and failed sending, until they stand in
// the conversation. Every use of the storage may fail (private windows): then nothing is kept.

const lastMessage = () => [...document.querySelectorAll(".conversation > [id]")].at(-1)?.id ?? "";

const read = (key) => {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
};

const write = (key, kept) => {
  try {
    if (kept) sessionStorage.setItem(key, JSON.stringify(kept));
    else sessionStorage.removeItem(key);
  } catch {
    // no storage: nothing is kept
  }
};

export const keepReply = (form, reference) => {
  const key = `reply ${reference}`;
  const text = form.elements.body;
  const last = lastMessage();
  const kept = read(key);
  // What Back brings up is put back from here, or was sent.
  form.autocomplete = "off";
  if (kept?.sending && kept.last !== last) write(key, null);
  else if (kept && !text.value) text.value = kept.words;

  const save = (sending = false) =>
    write(key, text.value.trim() ? { words: text.value, last, sending } : null);
  text.addEventListener("input", () => save());
  form.addEventListener("submit", () => save(true));
};

const own = document.querySelector("form[data-reply]");
if (own) keepReply(own, own.dataset.reply);
