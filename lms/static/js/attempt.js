// Sends every answer as it is given. The page works without this, by its two buttons.

import { Saving, fill, postJson } from "./saving.js";

const SEVERAL_PAUSE_MS = 1200; // several ticks or moves on one question make one request
const TYPING_MS = 2500; // what is typed is sent so long after the first letter, and at once when one leaves the field
const IDLE_MS = 120000; // nobody has touched anything for so long: the time is not counted as spent
const TELL_AT_MINUTES = [10, 5, 1]; // when a screen reader is told how much time is left
const GRACE_S = 11; // after the deadline the server takes answers for ten seconds; then the test is closed

const form = document.getElementById("prove");
const count = document.getElementById("besvart");
const words = form.dataset;
const token = form.elements.csrf_token;
const questions = [...form.querySelectorAll(".question")];

const given = new Map(); // position -> the last answer seen here, as text
const marked = new Map(); // position -> the last mark to come back seen here
const spent = new Map(); // position -> seconds not yet told
let pause = null; // timer: more ticks may come
let typing = null; // timer: more letters may come

// position -> { keys, flagged } not yet with the server; what has not changed is left out
const saving = new Saving({
  words,
  status: document.getElementById("lagring"),
  shelf: `prove-${words.attempt}`,
  deliver: ([[position, entry]]) => deliver(position, entry),
  ended() {
    saving.pending.clear();
    saving.shelve();
    saving.tell(secondsLeft() > 0 ? words.over : words.leftNone, true);
  },
});
const { pending } = saving;

const inputs = (question) => [...question.querySelectorAll(`[name="svar-${question.dataset.position}"]`)];
const isTick = (input) => input.type === "radio" || input.type === "checkbox";
const says = (input) => (isTick(input) ? input.checked : input.value.trim() !== "");
const chosen = (question) => inputs(question).filter(says).map((input) => input.value);
const isMarked = (question) => question.querySelector("[data-flag]")?.checked ?? false;

// Pairs and steps are answered when each has its own; other questions when there is anything.
function isAnswered(question) {
  const fields = inputs(question);
  const whole = fields.every(says);
  if (question.dataset.kind === "matching") return whole;
  if (question.dataset.kind === "ordering") return whole && new Set(fields.map((one) => one.selectedIndex)).size === fields.length;
  return fields.some(says);
}

function showCount() {
  const answered = questions.filter(isAnswered).length;
  count.textContent = fill(words.count, { answered, total: questions.length });
}

// What was given on this machine and never arrived, perhaps before the tab was closed.
function unshelve() {
  for (const [position, entry] of saving.shelved()) {
    const question = questions.find((one) => one.dataset.position === position);
    if (!question) continue;
    const keys = Array.isArray(entry) ? entry : entry.keys;
    const waiting = {};
    if (typeof entry.flagged === "boolean" && question.querySelector("[data-flag]")) {
      question.querySelector("[data-flag]").checked = waiting.flagged = entry.flagged;
    }
    if (!keys) {
      pending.set(position, waiting);
      continue;
    }
    for (const input of inputs(question)) {
      if (isTick(input)) input.checked = keys.includes(input.value);
      else if (input.type === "text") input.value = keys[0] ?? "";
      else input.value = [...input.options].find((option) => keys.includes(option.value))?.value ?? "";
    }
    pending.set(position, { ...waiting, keys: chosen(question) });
  }
}

// The seconds not yet told, told now: no other request tells them too. They come back if this one does not arrive.
function takeSeconds() {
  const seconds = Object.fromEntries(spent);
  spent.clear();
  return seconds;
}

function giveBack(seconds) {
  for (const [at, count] of Object.entries(seconds)) spent.set(at, (spent.get(at) ?? 0) + count);
}

const told = (entry) => ({ ...entry, seconds: takeSeconds() });

const post = (path, body, options) => postJson(`${words.page}/${path}`, body, token.value, options);

// A page that has stood while one was signed out, or signed in anew, has an old token; the paper has a fresh one.
async function renewToken() {
  const response = await fetch(words.page, { credentials: "same-origin" });
  if (response.redirected) return response.url.endsWith("/resultat") ? "over" : "signedOut";
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("#prove [name=csrf_token]")?.value;
  if (!fresh) return response.status === 404 ? "signedOut" : "failed"; // 404: signed in as somebody else
  token.value = fresh;
  return "renewed";
}

// One answer to the server: "kept", "over" or the name of the trouble.
async function deliver(position, entry) {
  const body = told(entry);
  let outcome = "lost";
  try {
    outcome = await outcomeOf(`svar/${position}`, body);
  } finally {
    if (outcome !== "kept") giveBack(body.seconds);
  }
  return outcome;
}

async function outcomeOf(path, body) {
  let response = await post(path, body);
  if (response.status === 400) {
    const outcome = await renewToken();
    if (outcome !== "renewed") return outcome;
    response = await post(path, body);
  }
  if (response.status === 204) return "kept";
  if (response.status === 409) return "over";
  return response.type === "opaqueredirect" || response.status === 404 ? "signedOut" : "failed";
}

// Send what waits, now.
function flush() {
  clearTimeout(pause);
  clearTimeout(typing);
  typing = null;
  return saving.flush();
}

// Keep an answer, or a mark, until it is sent; false when nothing has changed.
function note(question) {
  const { position } = question.dataset;
  const keys = chosen(question);
  const text = JSON.stringify(keys);
  const flagged = isMarked(question);
  if (given.get(position) === text && marked.get(position) === flagged) return pending.has(position);
  const entry = { ...pending.get(position) };
  if (given.get(position) !== text) entry.keys = keys;
  if (marked.get(position) !== flagged) entry.flagged = flagged;
  given.set(position, text);
  marked.set(position, flagged);
  saving.keep(position, entry);
  showCount();
  return true;
}

form.addEventListener("change", (event) => {
  const question = event.target.closest(".question");
  if (!question || saving.over || !note(question)) return;
  clearTimeout(pause);
  const severalMayCome = (event.target.type === "checkbox" && !event.target.matches("[data-flag]")) || event.target.matches("[data-steps]");
  pause = setTimeout(flush, severalMayCome ? SEVERAL_PAUSE_MS : 0);
});

form.addEventListener("input", (event) => {
  const question = event.target.closest(".question");
  if (event.target.type !== "text" || !question || saving.over || !note(question)) return;
  typing ??= setTimeout(flush, TYPING_MS);
});

// Enter in a field keeps what is typed; handing in is done with its button.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.type !== "text") return;
  event.preventDefault();
  flush();
});

// Leaving a question ends the pause for more ticks in it.
form.addEventListener("focusout", (event) => {
  const question = event.target.closest(".question");
  if (question && pending.has(question.dataset.position) && !question.contains(event.relatedTarget) && !saving.inTrouble) flush();
});

saving.holdBack(form, () => {
  form.elements.sekunder.value = Object.entries(takeSeconds()).map((pair) => pair.join(":")).join(" ");
});

// Time spent on what was not answered is told when the page is left, or put aside: that may be the last one hears of it.
async function tellTime() {
  if (saving.over || saving.leaving || !spent.size) return;
  const seconds = takeSeconds();
  try {
    const response = await post("tid", { seconds }, { keepalive: true });
    if (response.status !== 204 && response.status !== 409) giveBack(seconds);
  } catch {
    giveBack(seconds);
  }
}

window.addEventListener("pagehide", () => {
  if (!saving.over && !saving.leaving) for (const [position, entry] of pending) post(`svar/${position}`, told(entry), { keepalive: true }).catch(() => {});
  tellTime();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") tellTime();
});
// How long is left, by the server's clock as it was when the page came. Infinity without a limit.
const endsAt = words.secondsLeft === undefined ? Infinity : Date.now() + Number(words.secondsLeft) * 1000;
const clock = document.getElementById("tid");
let lastLeft = secondsLeft();

function secondsLeft() {
  return (endsAt - Date.now()) / 1000;
}

function minutesLeft(left) {
  const minutes = Math.max(0, Math.ceil(left / 60));
  return minutes === 1 ? words.leftOne : fill(words.left, { minutes });
}

// The words change once a minute: nothing ticks. When the time is out, what is here is sent, and the server closes.
function showTime() {
  const left = secondsLeft();
  const text = left > 0 ? minutesLeft(left) : words.leftNone;
  if (clock.textContent !== text) clock.textContent = text;
  const passed = TELL_AT_MINUTES.find((minutes) => left <= minutes * 60 && lastLeft > minutes * 60);
  if (passed && left > 0) document.getElementById("tid-varsel").textContent = minutesLeft(left);
  if (left <= 0 && lastLeft > 0) {
    document.getElementById("tid-varsel").textContent = words.leftNone;
    flush();
    tellTime();
  }
  lastLeft = left;
  if (left <= -GRACE_S && navigator.onLine && !saving.busy) {
    saving.leaving = true;
    location.reload();
  }
}

// The question in front of the person: the one with the focus, else the one in the middle of the window.
function current() {
  const focused = document.activeElement?.closest?.(".question");
  if (focused) return focused;
  const middle = window.innerHeight / 2;
  return questions.find((one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return top <= middle && bottom >= middle;
  });
}

let touched = Date.now();
for (const name of ["pointerdown", "pointermove", "keydown", "scroll"]) {
  window.addEventListener(name, () => { touched = Date.now(); }, { passive: true });
}

setInterval(() => {
  if (clock) showTime();
  if (document.visibilityState !== "visible" || Date.now() - touched > IDLE_MS) return;
  const position = current()?.dataset.position;
  if (position) spent.set(position, (spent.get(position) ?? 0) + 1);
}, 1000);

for (const question of questions) {
  given.set(question.dataset.position, JSON.stringify(chosen(question)));
  marked.set(question.dataset.position, isMarked(question));
}
document.getElementById("lagre").hidden = true; // nothing to do by hand any more
unshelve();
showCount();
flush();
