// Keeps the sheet of an assessment as it is filled in. The page works without this, by its two buttons.
//
// What is filled in waits in `pending`, and in the browser's storage, until the server has it. One request is under way
// at a time, so a later choice can never be overtaken by an earlier one.

const TYPING_MS = 2500; // what is written is sent so long after the first letter, and at once when one leaves the field
const SLOW_MS = 2000; // saving is worth mentioning only when it takes longer
const RETRY_FIRST_MS = 2000;
const RETRY_LONGEST_MS = 30000;

const form = document.getElementById("ark");
const status = document.getElementById("lagring");
const count = document.getElementById("besvart");
const criteria = [...form.querySelectorAll("[data-criterion]")];
const words = form.dataset;
const token = form.elements.csrf_token;
const shelf = `vurdering-${words.sheet}`;

const pending = new Map(); // name -> value not yet with the server
const kept = new Map(); // name -> the value the server had when the page came, or has taken since
let sending = null; // the promise of the round under way
let typing = null; // timer: more letters may come
let retry = null; // timer: try again after trouble
let slow = null; // timer: it takes a while
let wait = RETRY_FIRST_MS;
let over = false; // handed in, set aside, or not ours: nothing more to send
let leaving = false; // the form itself is on its way

const names = [...new Set([...form.elements].map((one) => one.name))].filter((name) => name && name !== "csrf_token");
const fieldsOf = (name) => [...form.elements].filter((one) => one.name === name);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function valueOf(name) {
  const fields = fieldsOf(name);
  return fields[0].type === "radio" ? fields.find((one) => one.checked)?.value ?? "" : fields[0].value;
}

function put(name, value) {
  for (const one of fieldsOf(name)) {
    if (one.type === "radio") one.checked = one.value === value;
    else one.value = value;
  }
}

function tell(text, trouble = false) {
  clearTimeout(slow);
  if (status.textContent !== text) status.textContent = text;
  status.toggleAttribute("data-trouble", trouble);
}

function showCount() {
  if (!count) return;
  const done = criteria.filter((one) => one.querySelector("input:checked")).length;
  count.textContent = fill(words.count, { done, total: criteria.length });
}

function shelve() {
  try {
    if (pending.size) localStorage.setItem(shelf, JSON.stringify([...pending]));
    else localStorage.removeItem(shelf);
  } catch {
    // Storage is full or forbidden: the page itself still holds what was filled in.
  }
}

// What was filled in on this machine and never arrived, perhaps before the tab was closed.
function unshelve() {
  try {
    for (const [name, value] of JSON.parse(localStorage.getItem(shelf) ?? "[]")) {
      if (!names.includes(name) || typeof value !== "string") continue;
      put(name, value);
      pending.set(name, value);
    }
  } catch {
    // Nothing to be read there.
  }
}

function post(fields, options = {}) {
  return fetch(words.save, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token.value },
    body: JSON.stringify(Object.fromEntries(fields)),
    credentials: "same-origin",
    redirect: "manual", // to the sign-in page: not an answer
    ...options,
  });
}

// A page that has stood while one was signed out, or signed in anew, has an old token; the sheet has a fresh one.
async function renewToken() {
  const response = await fetch(words.page, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("#ark [name=csrf_token]")?.value;
  if (!fresh) return response.redirected || !response.ok ? "signedOut" : "over";
  token.value = fresh;
  return "renewed";
}

// Everything that waits, to the server: "kept", "over" or the name of the trouble.
async function deliver(fields) {
  let response = await post(fields);
  if (response.status === 400) {
    const outcome = await renewToken();
    if (outcome !== "renewed") return outcome;
    response = await post(fields);
  }
  if (response.status === 204) return "kept";
  if (response.status === 409) return "over";
  return response.type === "opaqueredirect" || [401, 403, 404].includes(response.status) ? "signedOut" : "failed";
}

async function round() {
  while (pending.size && !over) {
    const fields = [...pending];
    let outcome;
    try {
      outcome = await deliver(fields);
    } catch {
      outcome = "lost";
    }
    if (outcome === "over") {
      over = true; // what could not be sent stays on the page, to be read
      localStorage.removeItem(shelf);
      tell(words.over, true);
      return false;
    }
    if (outcome !== "kept") {
      tell(words[outcome], true);
      retry = setTimeout(flush, wait);
      wait = Math.min(wait * 2, RETRY_LONGEST_MS);
      return false;
    }
    wait = RETRY_FIRST_MS;
    for (const [name, value] of fields) {
      kept.set(name, value);
      if (pending.get(name) === value) pending.delete(name); // else it has changed meanwhile
    }
    shelve();
  }
  const now = new Date();
  const time = [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(".");
  tell(fill(words.saved, { time }));
  return true;
}

// Send what waits; true when the server has everything.
function flush() {
  clearTimeout(typing);
  typing = null;
  clearTimeout(retry);
  if (over || (!pending.size && !sending)) return Promise.resolve(!over);
  sending ??= round().finally(() => {
    sending = null;
  });
  return sending;
}

// Keep a field until it is sent; false when the server has it as it is.
function note(name) {
  const value = valueOf(name);
  if (value === kept.get(name) && !pending.has(name)) return false;
  pending.set(name, value);
  shelve();
  showCount();
  if (!status.hasAttribute("data-trouble")) {
    tell("");
    slow = setTimeout(tell, SLOW_MS, words.saving);
  }
  return true;
}

form.addEventListener("change", (event) => {
  if (!over && names.includes(event.target.name) && note(event.target.name)) flush();
});

form.addEventListener("input", (event) => {
  if (event.target.type !== "textarea" || over || !note(event.target.name)) return;
  typing ??= setTimeout(flush, TYPING_MS);
});

// Handing in waits until everything has arrived. Without a connection the page stays, with everything in it.
form.addEventListener("submit", async (event) => {
  if (leaving || over) return;
  if (!pending.size && !sending && navigator.onLine) return;
  event.preventDefault();
  event.stopPropagation();
  const button = event.submitter;
  if (navigator.onLine && (await flush())) {
    leaving = true;
    form.requestSubmit(button);
  } else if (!navigator.onLine || status.textContent === words.lost) {
    tell(words.notSubmitted, true);
  }
});

window.addEventListener("online", flush);
window.addEventListener("pagehide", () => {
  if (!over && !leaving && pending.size) post([...pending], { keepalive: true }).catch(() => {});
});
window.addEventListener("beforeunload", (event) => {
  if (!leaving && pending.size && status.hasAttribute("data-trouble")) event.preventDefault();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

for (const name of names) {
  const fields = fieldsOf(name);
  kept.set(name, fields[0].type === "radio" ? fields.find((one) => one.defaultChecked)?.value ?? "" : fields[0].defaultValue);
}
document.getElementById("lagre").hidden = true; // nothing to do by hand any more
unshelve();
for (const name of names) if (valueOf(name) !== kept.get(name)) note(name); // what a browser has put back after a reload
showCount();
flush();
