// Steps to put in order: buttons that move them, in the place of the lists to choose a place from.
//
// The lists stay in the form and say what is posted. A new order is told to the page by a `change` event.

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function enhance(list) {
  const question = list.closest(".question");
  const announcement = question.querySelector("[data-announcement]");
  const keep = question.querySelector(".step-keep");
  const steps = () => [...list.children];
  const place = (step) => step.querySelector("select").selectedIndex; // 0: none yet
  const words = (step) => step.querySelector("label").textContent.trim();

  // An order is an answer when every step has a place of its own; until then the steps stand as they were dealt.
  const answered = () => {
    const places = steps().map(place);
    return !places.includes(0) && new Set(places).size === places.length;
  };

  function show() {
    const is = answered();
    list.toggleAttribute("data-answered", is);
    keep.hidden = is;
    const all = steps();
    for (const step of all) {
      step.querySelector("[data-move=up]").setAttribute("aria-disabled", String(step === all[0]));
      step.querySelector("[data-move=down]").setAttribute("aria-disabled", String(step === all.at(-1)));
    }
  }

  function write() {
    for (const [index, step] of steps().entries()) step.querySelector("select").selectedIndex = index + 1;
    show();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function say(text, step) {
    const all = steps();
    announcement.textContent = fill(text, { step: words(step), place: all.indexOf(step) + 1, total: all.length });
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const step = button.closest(".step");
    if (button.getAttribute("aria-disabled") === "true") {
      say(list.dataset.stays, step);
      return;
    }
    if (button.dataset.move === "up") step.previousElementSibling.before(step);
    else step.nextElementSibling.after(step);
    write();
    button.focus(); // what moves in the document loses the focus
    say(list.dataset.moved, step);
  });

  keep.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keep]")) return;
    write();
    list.focus();
    announcement.textContent = list.dataset.kept;
  });

  for (const step of steps()) {
    step.querySelector("select").hidden = true;
    step.querySelector(".step-moves").hidden = false;
  }
  if (answered()) list.append(...steps().sort((one, other) => place(one) - place(other)));
  list.toggleAttribute("data-ready", true);
  show();
}

for (const list of document.querySelectorAll("[data-steps]")) enhance(list);
