// Queries to begin with: a click asks, and "/" anywhere goes to the words, from where the arrow down goes to the cards.
const panel = () => element.closest("[role=tabpanel]");
const words = () => panel()?.querySelector(":is(#words, #query) :is(textarea, input)");

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-item], button[data-words]");
  if (!button) return;
  const { item, words } = button.dataset;
  trigger("select", item === undefined ? { kind: "words", value: words } : { kind: "item", value: item });
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && words()?.offsetParent) {
    event.preventDefault();
    words().focus();
    words().select();
  }
  const card = panel()?.querySelector(".answer button.card[tabindex='0']");
  if (event.key === "ArrowDown" && event.target === words() && card) {
    event.preventDefault();
    card.focus();
  }
});
