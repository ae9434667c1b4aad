// Shows the next code in the room when its time has come, and how many have checked in. Without this: a link.

const LOOK_AGAIN_MS = 15000;

function wait() {
  const left = Number(document.getElementById("kode").dataset.seconds) * 1000;
  setTimeout(renew, Math.min(left, LOOK_AGAIN_MS));
}

async function renew() {
  try {
    const answer = await fetch(location.href, { redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("kode");
    if (!answer.ok || !next) return location.reload(); // closed, signed out, or another day
    document.getElementById("kode").replaceWith(next);
  } catch {
    // no line just now: the code stays until there is one
  }
  wait();
}

wait();
