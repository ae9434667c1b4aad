// Keeps every rating of a round on the pass mark as it is given. The page works without this, by its button.
//
// A rating waits in `pending` until the server has it. One request is under way at a time, so that a later choice can
// never be overtaken by an earlier one.

const RETRY_FIRST_MS = 2000;
const RETRY_LONGEST_MS = 30000;

const form = document.getElementById("vurderinger");
const status = document.getElementById("lagring");
const count = document.getElementById("vurdert");
const words = form.dataset;
const fields = [...form.querySelectorAll("select[data-rating]")];
const kept = new Map(); // field -> the value the server has
const pending = new Set(); // fields whose value the server does not have
let sending = null; // the promise of the round under way
let retry = null; // timer: try again after trouble
let wait = RETRY_FIRST_MS;
let over = false; // the stage is closed, or not ours: nothing more to send

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function tell(text, trouble = false) {
  if (status.textContent !== text) status.textContent = text;
  status.toggleAttribute("data-trouble", trouble);
}

function showCount() {
  const done = fields.filter((field) => field.value !== "").length;
  count.textContent = fill(words.count, { done, total: fields.length });
}

function post(field, options = {}) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, del: form.elements.del.value, [field.name]: field.value });
  return fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", ...options });
}

// One rating to the server: "kept", "over" or the name of the trouble.
async function deliver(field) {
  const value = field.value;
  const response = await post(field);
  if (response.status === 204) {
    kept.set(field, value);
    if (field.value === value) pending.delete(field); // else it has changed meanwhile
    return "kept";
  }
  if (response.status === 409) {
    const { reasons } = await response.json();
    tell(reasons.join(" "), true);
    return "over";
  }
  return response.type === "opaqueredirect" || response.status === 400 || response.status === 404 ? "signedOut" : "failed";
}

async function round() {
  while (pending.size) {
    let outcome;
    try {
      outcome = await deliver(pending.values().next().value);
    } catch {
      outcome = "lost";
    }
    if (outcome === "over") {
      over = true;
      pending.clear();
      return;
    }
    if (outcome !== "kept") {
      tell(words[outcome], true);
      retry = setTimeout(flush, wait);
      wait = Math.min(wait * 2, RETRY_LONGEST_MS);
      return;
    }
    wait = RETRY_FIRST_MS;
  }
  const now = new Date();
  const time = [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(".");
  tell(fill(words.saved, { time }));
}

function flush() {
  clearTimeout(retry);
  if (over || !pending.size) return;
  sending ??= round().finally(() => {
    sending = null;
  });
}

form.addEventListener("change", (event) => {
  const field = event.target;
  if (over || !field.matches("select[data-rating]")) return;
  if (field.value === "" && kept.get(field) !== "") {
    field.value = kept.get(field); // a rating is changed, not taken back
    pending.delete(field);
    tell(words.stays);
  } else if (field.value === kept.get(field) && !sending) {
    pending.delete(field);
  } else if (field.value !== "") {
    pending.add(field);
  }
  showCount();
  flush();
});

window.addEventListener("online", flush);
window.addEventListener("pagehide", () => {
  if (!over) for (const field of pending) post(field, { keepalive: true }).catch(() => {});
});
window.addEventListener("beforeunload", (event) => {
  if (pending.size && status.hasAttribute("data-trouble")) event.preventDefault();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

for (const field of fields) {
  kept.set(field, [...field.options].find((option) => option.defaultSelected)?.value ?? "");
  if (field.value !== "" && field.value !== kept.get(field)) pending.add(field); // put back by the browser after a reload
}
document.getElementById("lagre").hidden = true; // nothing to do by hand any more
showCount();
flush();
