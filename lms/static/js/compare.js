// Compares a PDF with the files that were issued, by SHA-256, here in the browser: the file is never sent anywhere.
// Without this, or where the browser lends no WebCrypto (no https), the page says what to look at instead.

const LARGEST = 25 * 1024 * 1024; // bytes; what is issued is well below one megabyte
const MARK = "%PDF-";
const MARK_WITHIN = 1024; // bytes; where readers look for the mark

const box = document.getElementById("sammenlign");
const answer = document.getElementById("sammenlign-svar");
const field = document.getElementById("sammenlign-fil");
const issued = [...document.querySelectorAll("[data-sha256]")];
let latest = 0; // the newest file chosen: an older one's answer that comes late is not shown

if (box && field && issued.length && window.isSecureContext && window.crypto?.subtle) begin();

function begin() {
  document.getElementById("sammenlign-uten").hidden = true;
  box.hidden = false;
  field.addEventListener("change", () => compare(field.files));
  for (const name of ["dragenter", "dragover"]) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.toggleAttribute("data-over", true);
    });
  }
  box.addEventListener("dragleave", (event) => {
    if (!box.contains(event.relatedTarget)) box.removeAttribute("data-over");
  });
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.removeAttribute("data-over");
    field.value = "";
    compare(event.dataTransfer.files);
  });
  // a file let go beside the box would otherwise take the place of the page
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
}

async function compare(files) {
  const turn = ++latest;
  if (!files.length) return say("", "");
  if (files.length > 1) return say("several", "");
  const file = files[0];
  say("busy", file.name);
  let found;
  try {
    found = await verdict(file);
  } catch {
    found = ["unreadable"];
  }
  if (turn === latest) say(found[0], file.name, found[1]);
}

async function verdict(file) {
  if (file.size > LARGEST) return ["other"];
  const bytes = await file.arrayBuffer();
  const head = new TextDecoder("latin1").decode(bytes.slice(0, MARK_WITHIN));
  if (!head.includes(MARK)) return ["no-pdf"];
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const same = issued.find((one) => one.dataset.sha256 === hex);
  if (!same) return ["other"];
  return [same.hasAttribute("data-newest") ? "same" : "earlier", same.dataset.told];
}

// The sentences stand in the page, in its language.
function say(which, name, told = "") {
  const words = which && document.querySelector(`[data-answer-for="${which}"]`);
  answer.hidden = !words;
  answer.dataset.color = words?.dataset.color ?? "info";
  answer.replaceChildren();
  if (!words) return;
  for (const part of words.content.cloneNode(true).children) {
    part.textContent = part.textContent.replace("{file}", () => name).replace("{told}", () => told);
    answer.append(part);
  }
}
