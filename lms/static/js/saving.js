// Keeps what is filled into a page until the server has it; what pages that save as one goes have in common.
//
// It waits in `pending`, and in the browser's storage where there is a shelf for it, from the moment it is given. One
// request is under way at a time, so a later choice can never be overtaken by an earlier one.

const SLOW_MS = 2000; // saving is worth mentioning only when it takes longer
const RETRY_FIRST_MS = 2000;
const RETRY_LONGEST_MS = 30000;

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function postJson(path, body, token, options = {}) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
    credentials: "same-origin",
    redirect: "manual", // to the sign-in page: not an answer
    ...options,
  });
}

export class Saving {
  pending = new Map(); // key -> value not yet with the server
  over = false; // handed in, closed, or not ours: nothing more to send
  leaving = false; // the form itself is on its way
  #sending = null; // the promise of the round under way
  #retry = null; // timer: try again after trouble
  #slow = null; // timer: it takes a while
  #wait = RETRY_FIRST_MS;

  // `words` is the form's dataset, with a sentence for every outcome; `status` shows them.
  // `batch(pending)` picks the entries one request takes. `deliver(entries)` sends them and answers "kept", "over" or the
  // name of the trouble; it may raise when the connection is lost. `taken(entries)` hears what the server has now,
  // `ended()` that nothing more is taken, and says so.
  constructor({ words, status, shelf = "", batch = (pending) => [pending.entries().next().value], deliver, taken = () => {}, ended }) {
    Object.assign(this, { words, status, shelf, batch, deliver, taken, ended });
    window.addEventListener("online", () => this.flush());
    window.addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.pending.size && this.inTrouble) event.preventDefault();
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload();
    });
  }

  get busy() {
    return this.#sending !== null;
  }

  get inTrouble() {
    return this.status.hasAttribute("data-trouble");
  }

  tell(text, trouble = false) {
    clearTimeout(this.#slow);
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.toggleAttribute("data-trouble", trouble);
  }

  // Keep a value until it is sent.
  keep(key, value) {
    this.pending.delete(key); // to the end of the queue
    this.pending.set(key, value);
    this.shelve();
    if (this.inTrouble) return;
    this.tell("");
    if (this.words.saving) this.#slow = setTimeout(() => this.tell(this.words.saving), SLOW_MS);
  }

  shelve() {
    if (!this.shelf) return;
    try {
      if (this.pending.size) localStorage.setItem(this.shelf, JSON.stringify([...this.pending]));
      else localStorage.removeItem(this.shelf);
    } catch {
      // Storage is full or forbidden: the page itself still holds what was filled in.
    }
  }

  // What was filled in on this machine and never arrived, perhaps before the tab was closed.
  shelved() {
    try {
      return JSON.parse(localStorage.getItem(this.shelf) ?? "[]");
    } catch {
      return [];
    }
  }

  // Send what waits; true when the server has everything.
  flush() {
    clearTimeout(this.#retry);
    if (this.over || (!this.pending.size && !this.busy)) return Promise.resolve(!this.over);
    this.#sending ??= this.#round().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #round() {
    while (this.pending.size && !this.over) {
      const entries = this.batch(this.pending);
      let outcome;
      try {
        outcome = await this.deliver(entries);
      } catch {
        outcome = "lost";
      }
      if (outcome === "over") {
        this.over = true;
        this.ended();
        return false;
      }
      if (outcome !== "kept") {
        this.tell(this.words[outcome], true);
        this.#retry = setTimeout(() => this.flush(), this.#wait);
        this.#wait = Math.min(this.#wait * 2, RETRY_LONGEST_MS);
        return false;
      }
      this.#wait = RETRY_FIRST_MS;
      this.taken(entries);
      for (const [key, value] of entries) {
        if (this.pending.get(key) === value) this.pending.delete(key); // else it has changed meanwhile
      }
      this.shelve();
    }
    const now = new Date();
    const time = [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(".");
    this.tell(fill(this.words.saved, { time }));
    return true;
  }

  // Handing a form in waits until everything has arrived. Without a connection the page stays, with everything in it.
  holdBack(form, letGo = () => {}) {
    form.addEventListener("submit", async (event) => {
      if (this.leaving || this.over || (!this.pending.size && !this.busy && navigator.onLine)) {
        letGo();
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      const button = event.submitter;
      if (navigator.onLine && (await this.flush())) {
        this.leaving = true;
        form.requestSubmit(button);
      } else if (!navigator.onLine || this.status.textContent === this.words.lost) {
        this.tell(this.words.notSubmitted, true);
      }
    });
  }
}
