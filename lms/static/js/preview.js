// Only in `lms content preview`: ask now and then whether a file has changed, and if so show the page anew.
const note = document.querySelector("[data-draft]");
const PAUSE_MS = 1000;

async function look() {
  try {
    const answer = await fetch(note.dataset.ask, { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== note.dataset.draft) location.reload();
  } catch {
    // the preview has been stopped, or is starting again
  }
}

if (note) setInterval(look, PAUSE_MS);
