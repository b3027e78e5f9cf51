// What may solve the draft, beside the form: asked for while it is typed, never in its way.
//
// A suggestion that is open or has the focus keeps its place on the page when a newer answer
// comes, so that nobody loses what they are reading.

const PAUSE = 400;
const MIN_CHARACTERS = 12;
const SENT_FIELDS = ["csrf_token", "form_id", "attempt", "came_from", "subject", "body"];

export class Suggestions {
  #form;
  #panel;
  #count;
  #timer = 0;
  #asking = null;
  #asked = "";
  #openedAt = new Map();

  constructor(form, { onToken, onSolved }) {
    this.#form = form;
    this.#panel = form.querySelector("[data-answers]");
    this.#count = form.querySelector("[data-status]");
    this.onToken = onToken;
    this.onSolved = onSolved;
    this.#panel.addEventListener("toggle", (event) => this.#toggled(event.target), true);
    this.#panel.addEventListener("click", (event) => this.#clicked(event));
    addEventListener("pagehide", () => this.#tellAll());
  }

  typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const text = this.#text();
    if (text.length < MIN_CHARACTERS) {
      this.#stop();
      this.#asked = "";
      this.#show(document.createElement("div"));
      return;
    }
    if (text === this.#asked) return;
    this.#stop();
    const asking = new AbortController();
    this.#asking = asking;
    this.#asked = text;
    try {
      const response = await fetch(this.#form.dataset.suggestionsUrl, {
        method: "POST",
        body: this.#fields(SENT_FIELDS),
        signal: asking.signal,
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const html = await response.text();
      if (asking !== this.#asking) return; // a newer question is on its way
      const page = new DOMParser().parseFromString(html, "text/html");
      const answer = page.querySelector("[data-suggestions]");
      if (answer) this.#show(answer);
    } catch {
      // Without an answer the form works as if there were none; the next pause asks again.
      if (asking === this.#asking) this.#asked = "";
    }
  }

  #text() {
    const { subject, body } = this.#form.elements;
    return `${subject.value}\n${body.value}`.trim();
  }

  #fields(names) {
    const data = new URLSearchParams();
    for (const name of names) data.set(name, this.#form.elements[name]?.value ?? "");
    return data;
  }

  #stop() {
    this.#asking?.abort();
    this.#asking = null;
  }

  #show(answer) {
    const fresh = document.importNode(answer, true);
    const { attempt, says = "" } = fresh.dataset;
    if (attempt) this.onToken(attempt);
    this.#announce(says);
    const focused = this.#panel.contains(document.activeElement) ? document.activeElement : null;
    const read = [...this.#panel.querySelectorAll("[data-article]")].filter(
      (item) => item.querySelector("details").open || item.contains(focused),
    );
    const list = fresh.querySelector(".suggestion-list");
    if (!list && read.length) return;
    for (const item of read) {
      const same = fresh.querySelector(`[data-article="${item.dataset.article}"]`);
      if (same) same.replaceWith(item);
      else list.append(item);
    }
    // Without a list there may still be a word about a draft that is too long to be compared whole.
    const speaks = list || fresh.querySelector(".suggestions-cut");
    this.#panel.replaceChildren(...(speaks ? [fresh] : []));
    // Moving an element takes the focus from it; only what had it gets it back.
    if (focused?.isConnected) focused.focus({ preventScroll: true });
  }

  #announce(says) {
    if (this.#count.textContent.trim() === says) return;
    if (!says) {
      this.#count.replaceChildren();
      return;
    }
    const link = document.createElement("a");
    link.href = `#${this.#panel.id}`;
    link.textContent = says;
    this.#count.replaceChildren(link);
  }

  async #clicked(event) {
    const button = event.target.closest("[data-verdict]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("[data-article]");
    const { verdictsUrl, solvedUrl } = button.closest("[data-suggestions]").dataset;
    const note = item.querySelector("[data-note]");
    const { verdict } = button.dataset;
    const said = this.#fields(["csrf_token", "email"]);
    said.set("article", item.dataset.article);
    said.set("verdict", verdict);
    try {
      const response = await fetch(verdictsUrl, { method: "POST", body: said });
      if (!response.ok) throw new Error(`status ${response.status}`);
    } catch {
      note.textContent = note.dataset.failed;
      return;
    }
    if (verdict === "solved") {
      this.onSolved(solvedUrl);
      return;
    }
    for (const other of item.querySelectorAll("[data-verdict]")) {
      if (other === button) other.setAttribute("aria-pressed", "true");
      else other.removeAttribute("aria-pressed");
    }
    item.classList.add("suggestion-said");
    note.textContent = note.dataset[verdict];
  }

  #toggled(details) {
    if (!details.matches?.("[data-suggestion]")) return;
    if (details.open) {
      if (this.#openedAt.has(details)) return;
      this.#openedAt.set(details, performance.now());
      this.#tell(details, 0);
    } else {
      this.#closed(details);
    }
  }

  #closed(details) {
    const since = this.#openedAt.get(details);
    if (since === undefined) return;
    this.#openedAt.delete(details);
    this.#tell(details, (performance.now() - since) / 1000);
  }

  #tellAll() {
    for (const details of [...this.#openedAt.keys()]) this.#closed(details);
  }

  #tell(details, seconds) {
    const { readingsUrl } = details.closest("[data-suggestions]")?.dataset ?? {};
    if (!readingsUrl) return;
    const told = this.#fields(["csrf_token"]);
    told.set("article", details.closest("[data-article]").dataset.article);
    if (seconds) told.set("seconds", seconds.toFixed(1));
    fetch(readingsUrl, { method: "POST", body: told, keepalive: true }).catch(() => {});
  }
}
