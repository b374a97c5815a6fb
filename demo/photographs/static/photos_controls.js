// The index's button: a click says what it does, once.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  setTimeout(() => button.removeAttribute("aria-disabled"), 3000); // where nothing came of it
  element.dataset.pressed = "yes";
  trigger("select", { kind: button.dataset.do });
});

watch("value", () => {
  const button = element.querySelector("button[data-do]");
  button?.removeAttribute("aria-disabled");
  if (element.dataset.pressed && button) button.focus({ preventScroll: true }); // the one before is gone
  if (button) delete element.dataset.pressed;
});
