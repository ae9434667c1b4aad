// Keeps every rating of a round on the pass mark as it is given. The page works without this, by its button.

import { Saving, fill } from "./saving.js";

const form = document.getElementById("vurderinger");
const count = document.getElementById("vurdert");
const words = form.dataset;
const fields = [...form.querySelectorAll("select[data-rating]")];
const kept = new Map(); // field -> the value the server has

const saving = new Saving({
  words,
  status: document.getElementById("lagring"),
  deliver: ([[field, value]]) => deliver(field, value),
  taken: ([[field, value]]) => kept.set(field, value),
  ended: () => saving.pending.clear(),
});
const { pending } = saving;

function showCount() {
  const done = fields.filter((field) => field.value !== "").length;
  count.textContent = fill(words.count, { done, total: fields.length });
}

function post(field, value, options = {}) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, del: form.elements.del.value, [field.name]: value });
  return fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", ...options });
}

// One rating to the server: "kept", "over" or the name of the trouble.
async function deliver(field, value) {
  const response = await post(field, value);
  if (response.status === 204) return "kept";
  if (response.status === 409) {
    const { reasons } = await response.json();
    saving.tell(reasons.join(" "), true);
    return "over";
  }
  return response.type === "opaqueredirect" || response.status === 400 || response.status === 404 ? "signedOut" : "failed";
}

form.addEventListener("change", (event) => {
  const field = event.target;
  if (saving.over || !field.matches("select[data-rating]")) return;
  if (field.value === "" && kept.get(field) !== "") {
    field.value = kept.get(field); // a rating is changed, not taken back
    pending.delete(field);
    saving.tell(words.stays);
  } else if (field.value === kept.get(field) && !saving.busy) {
    pending.delete(field);
  } else if (field.value !== "") {
    saving.keep(field, field.value);
  }
  showCount();
  if (pending.size) saving.flush();
});

window.addEventListener("pagehide", () => {
  if (!saving.over) for (const [field, value] of pending) post(field, value, { keepalive: true }).catch(() => {});
});

for (const field of fields) {
  kept.set(field, [...field.options].find((option) => option.defaultSelected)?.value ?? "");
  if (field.value !== "" && field.value !== kept.get(field)) pending.set(field, field.value); // put back by the browser after a reload
}
document.getElementById("lagre").hidden = true; // nothing to do by hand any more
showCount();
saving.flush();
