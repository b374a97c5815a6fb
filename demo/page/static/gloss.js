// Explains a word of the glossary beside it, under a mouse, in focus and at a tap; Escape puts that away.
const card = Object.assign(document.createElement("div"), { className: "gloss-card", hidden: true });
card.setAttribute("aria-hidden", "true"); // a screen reader has read it with the button
document.body.append(card);
let timer = 0, shown = null;

function explain(word) {
  clearTimeout(timer);
  card.textContent = document.getElementById(word.getAttribute("aria-describedby"))?.textContent ?? "";
  card.hidden = false;
  shown = word;
  place();
}

function place() {
  if (card.hidden) return;
  const { left, top, bottom } = shown.getBoundingClientRect(), { offsetWidth, offsetHeight } = card;
  const below = bottom + offsetHeight + 8 < window.innerHeight;
  card.style.left = `${Math.max(8, Math.min(left, window.innerWidth - offsetWidth - 8))}px`;
  card.style.top = `${below ? bottom + 4 : top - offsetHeight - 4}px`;
}

const hide = () => (card.hidden = true);
const wordOf = ({ target }) => target.closest?.(".gloss");
const on = (name, act, options) => document.addEventListener(name, act, options);

on("pointerover", (event) => {
  if (wordOf(event)) explain(wordOf(event));
  else if (card.contains(event.target)) clearTimeout(timer);
});
on("pointerout", (event) => {
  if (wordOf(event) || card.contains(event.target)) timer = setTimeout(hide, 200); // long enough to move onto the card
});
for (const name of ["focusin", "click"]) on(name, (event) => (wordOf(event) ? explain(wordOf(event)) : hide()));
on("keydown", ({ key }) => key === "Escape" && hide());
on("scroll", place, { capture: true, passive: true });
