// The switch between models: a click chooses, and the page's address says which models answer.
const kinds = ["mode", "choose", "fetch", "cancel", "dismiss"];

function chosen(button) {
  const kind = kinds.find((each) => button.dataset[each] !== undefined);
  if (button.getAttribute("aria-disabled") === "true" || button.getAttribute("aria-pressed") === "true") return;
  menu()?.removeAttribute("open");
  if (kind === "fetch") return trigger("submit", {});
  if (kind === "cancel" || kind === "dismiss") return trigger("clear", {});
  if (kind === "mode") element.dataset.pressed = button.dataset.mode;
  trigger("select", { kind, value: button.dataset[kind] });
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button && element.contains(button)) chosen(button);
});

watch("value", () => {
  document.dispatchEvent(new Event("vse:address"));
  const pressed = element.dataset.pressed; // what was in focus is gone with the old buttons
  delete element.dataset.pressed;
  if (pressed) element.querySelector(`button[data-mode="${pressed}"]`)?.focus({ preventScroll: true });
});
