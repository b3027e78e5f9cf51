/* Files of a form: uploaded when they are chosen or dropped, listed by the server's own fragment.
   Without this module they travel with the form. */

for (const field of document.querySelectorAll("[data-files]")) {
  const list = field.querySelector("[data-files-list]");
  const chooser = field.querySelector("input[type=file]");
  const form = field.closest("form");
  const token = form.elements.csrf_token;
  let waiting = Promise.resolve();

  const send = (address, fill) => {
    const data = new FormData();
    data.set("csrf_token", token.value);
    data.set("form_id", form.elements.form_id?.value || field.dataset.formId);
    fill(data);
    field.setAttribute("data-busy", "");
    waiting = waiting
      .then(() => fetch(address, { method: "POST", body: data }))
      .then(async (answer) => {
        if (answer.ok || answer.status === 422) {
          list.innerHTML = await answer.text();
          return true;
        }
        return false;
      })
      .catch(() => false)
      .finally(() => field.removeAttribute("data-busy"));
    return waiting;
  };

  const upload = async (files) => {
    if (!files.length) return;
    const kept = await send(field.dataset.upload, (data) => {
      for (const file of files) data.append("files", file);
    });
    // What could not be uploaded stays chosen and travels with the form.
    if (kept) chooser.value = "";
  };

  chooser.addEventListener("change", () => upload(chooser.files));

  list.addEventListener("change", (event) => {
    if (event.target.name === "leave_out" && event.target.checked) {
      send(field.dataset.leaveOut, (data) => data.append("leave_out", event.target.value));
    }
  });

  // A form that is sent too soon waits, so that no file goes twice.
  form.addEventListener("submit", (event) => {
    if (!field.hasAttribute("data-busy")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.then(() => form.requestSubmit(event.submitter));
  }, { capture: true });

  // A draft that was put back may have files of its own.
  const own = form.elements.form_id?.value;
  if (own && own !== field.dataset.formId) send(field.dataset.upload, () => {});

  field.addEventListener("dragover", (event) => event.preventDefault());
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    upload(event.dataTransfer.files);
  });
}
