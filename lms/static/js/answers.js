// Keeps what is written at the places to think and in the own plan, a moment after the last letter and when one leaves the field.
// The page works without this, by its buttons.

const PAUSE_MS = 2500;
const RETRY_MS = 10000;
const frame = document.getElementById("ramme");
const kept = new Map(); // field -> the text the server has
const timers = new Map();

for (const field of document.querySelectorAll("[data-answer]")) {
  kept.set(field, field.defaultValue); // not what a browser has put back after a reload
  field.addEventListener("input", () => changed(field));
  if (field.value !== field.defaultValue) changed(field);
  field.addEventListener("change", () => save(field));
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") for (const field of kept.keys()) save(field);
});

function changed(field) {
  // what the page showed is no longer what the server has: the form is to send the field whatever it holds
  const shown = document.querySelector(`[data-shown-for="${field.id}"]`);
  if (shown) shown.disabled = true;
  later(field, PAUSE_MS);
}

function later(field, wait) {
  clearTimeout(timers.get(field));
  timers.set(field, setTimeout(() => save(field), wait));
}

async function save(field) {
  const text = field.value;
  clearTimeout(timers.get(field));
  if (text === kept.get(field)) return;
  const body = new URLSearchParams({ csrf_token: frame.elements.csrf_token.value, [field.name]: text });
  const status = document.querySelector(`[data-status-for="${field.id}"]`);
  try {
    const answer = await fetch(field.dataset.answer, {
      method: "POST", body, headers: { Accept: "application/json" }, keepalive: text.length < 30000, redirect: "error",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const { saved } = await answer.json();
    kept.set(field, text);
    status.textContent = field.dataset.saved.replace("{when}", saved);
  } catch {
    status.textContent = field.dataset.lost;
    later(field, RETRY_MS);
  }
}
