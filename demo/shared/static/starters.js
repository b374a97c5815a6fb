// Queries to begin with: a click asks, and "/" anywhere goes to the words, from where the arrow down goes to the answers.
const typed = "input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]";
const panel = () => element.closest("[role=tabpanel]");
const words = () => panel()?.querySelector(":is(#words, #query) :is(textarea, input)");

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-item], button[data-words], button[data-sum], button[data-spoken]");
  if (!button) return;
  if (button.dataset.spoken !== undefined) {
    new Audio(button.dataset.sound).play().catch(() => {}); // where sound is not allowed it is asked all the same
    return trigger("speak", { item: button.dataset.spoken });
  }
  const { item, words, sum } = button.dataset;
  if (sum) return trigger("submit", { kind: "words", value: sum });
  trigger("select", item === undefined ? { kind: "words", value: words } : { kind: "item", value: item });
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.(typed);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && words()?.offsetParent) {
    event.preventDefault();
    words().focus();
    words().select();
  }
  const answer = panel()?.querySelector(".answer :is(button.line, button.card)[tabindex='0']");
  if (event.key === "ArrowDown" && event.target === words() && answer) {
    event.preventDefault();
    answer.focus();
  }
});
