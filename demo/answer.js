// The answer and the starters: clicks become queries, arrow keys walk the cards, the address follows the query.
const heading = () => element.querySelector("h2[tabindex]");
const cards = (list) => [...(list ?? element).querySelectorAll("button.card")];
const box = () => element.closest("[role=tabpanel]")?.querySelector(":is(#words, #query) :is(textarea, input)");

function ask(button) {
  const { item, words, count } = button.dataset;
  if (button.getAttribute("aria-pressed") === "true") return;
  element.classList.add("busy");
  setTimeout(() => element.classList.remove("busy"), 5000); // where no other answer comes
  if (count !== undefined) return trigger("select", { kind: "count", value: Number(count) });
  element.dataset.asked = "yes";
  trigger("select", item === undefined ? { kind: "words", value: words } : { kind: "item", value: item });
}

function walk(from, key) {
  const all = cards(from.closest(".cards"));
  const columns = Math.max(1, all.filter((card) => card.offsetParent && top(card) === top(all[0])).length);
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -all.length, End: all.length };
  const at = all.indexOf(from) + steps[key];
  const jumps = key === "Home" || key === "End";
  return all[jumps ? Math.min(Math.max(at, 0), all.length - 1) : at];
}

// Up from the first row and down from the last one lead to the list above or below, where there is one.
function beyond(card, key) {
  const lists = [...element.querySelectorAll("ol.cards:not([aria-hidden])")];
  const list = lists[lists.indexOf(card.closest(".cards")) + { ArrowUp: -1, ArrowDown: 1 }[key]];
  return list?.querySelector("button.card[tabindex='0']");
}

function top(card) {
  return Math.round(card.getBoundingClientRect().top);
}

function focusCard(card) {
  cards(card.closest(".cards")).forEach((each) => (each.tabIndex = each === card ? 0 : -1));
  card.focus();
}

function follow() {
  const section = element.querySelector("section.answer");
  if (!section || section.dataset.address === undefined) return;
  const url = new URL(window.location.href);
  const wanted = new URLSearchParams(section.dataset.address);
  for (const name of ["q", "image"]) {
    url.searchParams.delete(name);
    if (wanted.has(name)) url.searchParams.set(name, wanted.get(name));
  }
  if (url.href !== window.location.href) window.history.replaceState(window.history.state, "", url);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-item], button[data-words], button[data-count]");
  if (button && element.contains(button)) ask(button);
});

// A question from another view: whoever asks goes on until it is taken.
document.addEventListener("vse:ask", (event) => {
  if (!element.closest("#answer") || !element.isConnected || event.defaultPrevented) return;
  event.preventDefault();
  element.classList.add("busy");
  element.dataset.asked = "yes";
  trigger("select", event.detail);
});

element.addEventListener("keydown", (event) => {
  const card = event.target.closest("button.card");
  if (!card || !/^(Arrow|Home$|End$)/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const next = walk(card, event.key) ?? beyond(card, event.key);
  if (next) focusCard(next);
  else if (event.key === "ArrowUp") box()?.focus();
});

watch("value", () => {
  element.classList.remove("busy");
  follow();
  const title = heading();
  if (element.dataset.asked && title) {
    delete element.dataset.asked;
    title.focus({ preventScroll: true });
    const box = title.getBoundingClientRect();
    if (box.top < 0 || box.top > window.innerHeight) {
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      element.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    }
  }
});
