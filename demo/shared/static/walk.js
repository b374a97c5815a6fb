// Arrow keys walk the answers: cards by the columns that are seen, captions by lines, and from one list to the next.
const kinds = ["button.card", "button.line"];
const kindOf = (button) => kinds.find((kind) => button.matches(kind));
const listOf = (button) => button.closest("ol.cards, ol.captions");
const within = (list) => [...list.querySelectorAll(kinds.join())];
const isFolded = (each) => each.closest("details:not([open])") !== null;
const lists = () => [...element.querySelectorAll("ol.cards:not([aria-hidden]), ol.captions")].filter((each) => !isFolded(each));
const box = () => element.closest("[role=tabpanel]")?.querySelector(":is(#words, #query) :is(textarea, input)");
const top = (each) => Math.round(each.getBoundingClientRect().top);
const bottom = (each) => Math.round(each.getBoundingClientRect().bottom);

function walk(from, key) {
  const all = within(listOf(from));
  const at = all.indexOf(from);
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  const isCard = kindOf(from) === kinds[0];
  const columns = isCard ? Math.max(1, all.filter((each) => top(each) === top(all[0])).length) : 1;
  if (key === "ArrowUp") return all[at - columns];
  if (key === "ArrowDown") return all[at + columns];
  const step = key === "ArrowLeft" ? -1 : 1;
  return isCard ? all[at + step] : beside(from, step, at);
}

// The same line of the captions to the left or right.
function beside(from, step, at) {
  const own = listOf(from);
  const row = lists().filter((each) => each.matches(".captions") && top(each) === top(own));
  const next = row[row.indexOf(own) + step];
  return next && (within(next)[at] ?? within(next).at(-1));
}

// Up from the first row and down from the last one lead to the list before or after, past captions that stand beside.
function beyond(from, key) {
  const all = lists();
  const own = listOf(from);
  const at = all.indexOf(own);
  const isBeside = (each) => own.matches(".captions") && top(each) < bottom(own) && bottom(each) > top(own);
  const towards = { ArrowUp: all.slice(0, at).reverse(), ArrowDown: all.slice(at + 1) }[key] ?? [];
  const list = towards.find((each) => !isBeside(each));
  return list && within(list).find((each) => each.tabIndex === 0);
}

function goTo(button) {
  within(listOf(button)).forEach((each) => (each.tabIndex = each === button ? 0 : -1));
  button.focus();
}

element.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.key === "Escape" && event.target.closest("section.answer")) {
    event.preventDefault();
    box()?.focus();
    box()?.select();
    return;
  }
  const from = event.target.closest(kinds.join());
  if (!from || !/^(Arrow|Home$|End$)/.test(event.key)) return;
  event.preventDefault();
  const next = walk(from, event.key) ?? beyond(from, event.key);
  if (next) goTo(next);
  else if (event.key === "ArrowUp") box()?.focus();
});

// A click leaves the Tab key where it was made.
element.addEventListener("focusin", (event) => {
  const button = event.target.closest(kinds.join());
  if (button && button.tabIndex !== 0) goTo(button);
});
