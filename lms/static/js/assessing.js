// Keeps the sheet of an assessment as it is filled in. The page works without this, by its two buttons.

import { Saving, fill, postJson } from "./saving.js";

const TYPING_MS = 2500; // what is written is sent so long after the first letter, and at once when one leaves the field

const form = document.getElementById("ark");
const count = document.getElementById("besvart");
const criteria = [...form.querySelectorAll("[data-criterion]")];
const words = form.dataset;
const token = form.elements.csrf_token;

const kept = new Map(); // name -> the value the server had when the page came, or has taken since
let typing = null; // timer: more letters may come

const saving = new Saving({
  words,
  status: document.getElementById("lagring"),
  shelf: `vurdering-${words.sheet}`,
  batch: (pending) => [...pending],
  deliver,
  taken(fields) {
    for (const [name, value] of fields) kept.set(name, value);
  },
  ended() {
    localStorage.removeItem(saving.shelf); // what could not be sent stays on the page, to be read
    saving.tell(words.over, true);
  },
});
const { pending } = saving;

const names = [...new Set([...form.elements].map((one) => one.name))].filter((name) => name && name !== "csrf_token");
const fieldsOf = (name) => [...form.elements].filter((one) => one.name === name);

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

function showCount() {
  if (!count) return;
  const done = criteria.filter((one) => one.querySelector("input:checked")).length;
  count.textContent = fill(words.count, { done, total: criteria.length });
}

const post = (fields, options) => postJson(words.save, Object.fromEntries(fields), token.value, options);

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

function flush() {
  clearTimeout(typing);
  typing = null;
  return saving.flush();
}

// Keep a field until it is sent; false when the server has it as it is.
function note(name) {
  const value = valueOf(name);
  if (value === kept.get(name) && !pending.has(name)) return false;
  saving.keep(name, value);
  showCount();
  return true;
}

form.addEventListener("change", (event) => {
  if (!saving.over && names.includes(event.target.name) && note(event.target.name)) flush();
});

form.addEventListener("input", (event) => {
  if (event.target.type !== "textarea" || saving.over || !note(event.target.name)) return;
  typing ??= setTimeout(flush, TYPING_MS);
});

saving.holdBack(form);

window.addEventListener("pagehide", () => {
  if (!saving.over && !saving.leaving && pending.size) post([...pending], { keepalive: true }).catch(() => {});
});

for (const name of names) {
  const fields = fieldsOf(name);
  kept.set(name, fields[0].type === "radio" ? fields.find((one) => one.defaultChecked)?.value ?? "" : fields[0].defaultValue);
}
document.getElementById("lagre").hidden = true; // nothing to do by hand any more
for (const [name, value] of saving.shelved()) {
  if (!names.includes(name) || typeof value !== "string") continue;
  put(name, value);
  pending.set(name, value);
}
for (const name of names) if (valueOf(name) !== kept.get(name)) note(name); // what a browser has put back after a reload
showCount();
flush();
