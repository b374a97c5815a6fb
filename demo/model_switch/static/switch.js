// The switch between models: a click chooses, and the page's address says which models answer.
const kinds = ["mode", "choose", "fetch", "cancel", "dismiss"];
const menu = () => element.querySelector("details");

function chosen(button) {
  const kind = kinds.find((each) => button.dataset[each] !== undefined);
  if (button.getAttribute("aria-disabled") === "true" || button.getAttribute("aria-pressed") === "true") return;
  menu()?.removeAttribute("open");
  if (kind === "fetch") return trigger("submit", {});
  if (kind === "cancel" || kind === "dismiss") return trigger("clear", {});
  if (kind === "mode") element.dataset.pressed = button.dataset.mode;
  trigger("select", { kind, value: button.dataset[kind] });
}

function follow() {
  const shown = element.querySelector(".switch")?.dataset;
  if (shown?.mode === undefined || element.dataset.settled === undefined) return;
  const url = new URL(window.location.href);
  const wanted = { model: shown.mode === "vse" ? "" : shown.mode, clip: shown.clip };
  for (const [name, value] of Object.entries(wanted)) {
    if ((url.searchParams.get(name) ?? "") === value) continue; // setting it would write the rest anew
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  if (url.href !== window.location.href) window.history.replaceState(window.history.state, "", url);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button && element.contains(button)) chosen(button);
});

document.addEventListener("click", (event) => {
  if (!menu()?.contains(event.target)) menu()?.removeAttribute("open");
});

element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu()?.open) return;
  menu().removeAttribute("open");
  menu().querySelector("summary").focus();
});

watch("value", () => {
  element.dataset.settled = "yes";
  follow();
  const pressed = element.dataset.pressed; // what was in focus is gone with the old buttons
  delete element.dataset.pressed;
  if (pressed) element.querySelector(`button[data-mode="${pressed}"]`)?.focus({ preventScroll: true });
});
