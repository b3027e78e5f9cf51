// Results while somebody types: a combobox (WAI-ARIA) over the plain search form, which works
// without this. Up and down choose, Enter opens, Escape closes.

const WAIT_MS = 180;
const MIN_CHARACTERS = 2;

const enliven = (form) => {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector(".search-box-list");
  const status = form.querySelector("[data-search-status]");
  let timer = 0;
  let request = null;
  let chosen = -1;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", `${input.id}-options`);

  const options = () => [...list.querySelectorAll("[role=option]")];

  const choose = (index) => {
    const all = options();
    chosen = all.length ? (index + all.length + 1) % (all.length + 1) : all.length;
    if (chosen === all.length) chosen = -1;
    for (const [at, option] of all.entries()) {
      option.setAttribute("aria-selected", String(at === chosen));
    }
    if (chosen < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    chosen = -1;
  };

  const show = (html) => {
    list.innerHTML = html;
    const box = list.querySelector("[role=listbox]");
    if (box) box.id = `${input.id}-options`;
    for (const [at, option] of options().entries()) option.id = `${input.id}-option-${at}`;
    status.textContent = list.querySelector("[data-status]")?.textContent ?? "";
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !list.firstElementChild;
    input.setAttribute("aria-expanded", String(Boolean(box)));
  };

  const ask = async () => {
    const typed = input.value.trim();
    if (typed.length < MIN_CHARACTERS) {
      close();
      status.textContent = "";
      return;
    }
    request?.abort();
    request = new AbortController();
    const address = new URL(form.dataset.searchLive, location.href);
    for (const [name, value] of new FormData(form)) address.searchParams.set(name, value);
    address.searchParams.set("q", typed.slice(0, 400));
    try {
      const response = await fetch(address, { signal: request.signal });
      if (response.ok) show(await response.text());
      else close(); // the page of results says why
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  const open = (option, event) => {
    if (event.metaKey || event.ctrlKey) window.open(option.dataset.href, "_blank", "noopener");
    else location.assign(option.dataset.href);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });

  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (list.hidden) return;
      event.preventDefault(); // keep what was typed
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else choose(chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? options().length : -1));
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      open(options()[chosen], event);
    }
  });

  list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) open(option, event);
  });

  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  form.addEventListener("submit", close);
};

document.querySelectorAll("form[data-search-live]").forEach(enliven);
