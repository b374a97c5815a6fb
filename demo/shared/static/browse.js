// Evaluate and Compare: a click on a query asks it in the Search tab, one on any other button changes what is listed.
const waits = 600; // looks at the page, 50 ms apart, before giving up

async function until(holds) {
  for (let look = 0; look < waits; look++) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

const answering = () => document.querySelector("#switch .switch")?.dataset.mode;
const search = () => document.querySelector("#tab-search-button");

// The models that are meant must answer before the question comes.
async function ask({ ask: kind, value, mode }) {
  const press = mode && document.querySelector(`#switch button[data-mode="${mode}"]:not([aria-disabled])`);
  if (press && answering() !== mode) {
    press.click();
    await until(() => answering() === mode);
  }
  search()?.click();
  window.scrollTo({ top: 0 });
  await until(() => !document.dispatchEvent(new CustomEvent("vse:ask", { detail: { kind, value }, cancelable: true })));
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !element.contains(button)) return;
  const { set, value } = button.dataset;
  if (button.dataset.ask !== undefined) return ask({ ...button.dataset });
  if (set === undefined || button.getAttribute("aria-pressed") === "true") return;
  element.dataset.pressed = JSON.stringify([set, value]);
  element.classList.add("busy");
  trigger(set === "measure" ? "submit" : "select", { kind: set, value });
});

watch("value", () => {
  element.classList.remove("busy");
  document.dispatchEvent(new Event("vse:address"));
  const pressed = element.dataset.pressed; // what was in focus is gone with the old buttons
  delete element.dataset.pressed;
  if (!pressed) return;
  const [set, value] = JSON.parse(pressed);
  const title = element.querySelector("h2[tabindex]");
  if (set === "page") {
    title?.focus({ preventScroll: true });
    (element.querySelector(".cases") ?? title)?.scrollIntoView({ block: "start" });
  } else {
    const again = [...element.querySelectorAll("button[data-set]")];
    again.find((each) => each.dataset.set === set && each.dataset.value === value)?.focus({ preventScroll: true });
  }
});
