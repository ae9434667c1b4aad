// Everything works without this. It only spares people a step.

// After a refused form, take the reader to what is wrong.
document.getElementById("feil")?.focus();

// A second click on a button that is already sending sends nothing twice.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sending) event.preventDefault();
  event.target.dataset.sending = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sending;
});

// Buttons that only a script can carry out are hidden without one.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
