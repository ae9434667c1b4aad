// A word of the glossary shows its explanation where it stands. Without this the link leads to the list below the text.

const bubble = document.createElement("div");
bubble.className = "term-bubble";
bubble.id = "ordforklaring";
bubble.setAttribute("role", "tooltip");
bubble.hidden = true;
document.body.append(bubble);
let shownFor = null;

for (const link of document.querySelectorAll("a.term")) {
  link.addEventListener("mouseenter", () => show(link));
  link.addEventListener("focus", () => show(link));
  link.addEventListener("mouseleave", () => setTimeout(() => { if (!bubble.matches(":hover")) hide(); }, 150));
  link.addEventListener("blur", hide);
}
bubble.addEventListener("mouseleave", hide);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
window.addEventListener("resize", hide);

function show(link) {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const text = heading?.nextElementSibling?.textContent;
  if (!text) return;
  shownFor?.removeAttribute("aria-describedby");
  shownFor = link;
  bubble.textContent = text;
  bubble.lang = link.closest("[lang]")?.lang ?? "";
  bubble.hidden = false;
  link.setAttribute("aria-describedby", bubble.id);
  const place = link.getBoundingClientRect();
  const width = bubble.offsetWidth;
  const left = Math.max(8, Math.min(place.left, document.documentElement.clientWidth - width - 8));
  bubble.style.insetInlineStart = `${left + window.scrollX}px`;
  bubble.style.insetBlockStart = `${place.bottom + window.scrollY + 4}px`;
}

function hide() {
  bubble.hidden = true;
  shownFor?.removeAttribute("aria-describedby");
  shownFor = null;
}
