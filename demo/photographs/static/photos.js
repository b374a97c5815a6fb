// The photographs: clicks on words ask, a click on a photograph opens it larger, arrow keys walk the cards.
const cards = () => [...element.querySelectorAll("button.card")].filter((each) => !each.closest("details:not([open])"));
const panel = () => element.closest("[role=tabpanel]");
const box = () => panel()?.querySelector("#photos-words :is(textarea, input)");

function ask(kind, value) {
  element.classList.add("busy");
  setTimeout(() => element.classList.remove("busy"), 5000); // where no other answer comes
  trigger("select", { kind, value });
}

function row(card) {
  return Math.round(card.getBoundingClientRect().top);
}

function walk(from, key) {
  const all = cards();
  const columns = Math.max(1, all.filter((card) => row(card) === row(all[0])).length);
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (key === "Home" || key === "End") return all.at(key === "Home" ? 0 : -1);
  return all[all.indexOf(from) + steps[key]];
}

function focusCard(card) {
  cards().forEach((each) => (each.tabIndex = each === card ? 0 : -1));
  card.focus();
}

// The larger view lies outside of what is drawn anew with each answer.
function make(name, kind, text = "", parent = null) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  parent?.append(made);
  return made;
}

function press(kind, text, label, parent, action) {
  const button = make("button", kind, text, parent);
  button.type = "button";
  if (label) button.setAttribute("aria-label", label);
  button.addEventListener("click", action);
  return button;
}

const larger = { dialog: null, at: null };

function build() {
  const dialog = make("dialog", "larger");
  dialog.setAttribute("aria-label", "A photograph");
  const stage = make("div", "stage", "", dialog);
  larger.image = make("img", "", "", stage);
  larger.back = press("step back", "‹", "The photograph before", stage, () => step(-1));
  larger.on = press("step on", "›", "The next photograph", stage, () => step(1));
  const side = make("div", "side", "", dialog);
  press("close", "×", "Close", side, () => dialog.close());
  larger.name = make("h2", "", "", side);
  larger.path = make("p", "path", "", side);
  larger.tags = make("div", "tags", "", side);
  larger.tags.setAttribute("aria-live", "polite");
  press("more", "More like this", "", side, () => leave("item", larger.at.dataset.photo));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") step(event.key === "ArrowLeft" ? -1 : 1);
  });
  dialog.addEventListener("close", () => {
    const card = cards().find((each) => each.dataset.photo === larger.at?.dataset.photo);
    if (card) focusCard(card);
  });
  document.querySelector(".gradio-container .contain").append(dialog); // the style sheets reach no further
  larger.dialog = dialog;
}

function leave(kind, value) {
  larger.at = null;
  larger.dialog.close();
  element.dataset.asked = "yes";
  ask(kind, value);
}

function step(by) {
  const all = cards();
  const at = all.findIndex((each) => each.dataset.photo === larger.at.dataset.photo);
  const next = all[at + by];
  if (next) show(next);
}

function show(card) {
  if (!larger.dialog) build();
  larger.at = card;
  const { path, large, wordsAt } = card.dataset;
  const all = cards();
  larger.back.disabled = card === all[0];
  larger.on.disabled = card === all.at(-1);
  larger.image.src = large;
  larger.image.alt = path;
  larger.image.style.backgroundImage = `url("${card.querySelector("img").src}")`;
  larger.name.textContent = path.split("/").at(-1);
  larger.path.textContent = path;
  larger.tags.replaceChildren(make("p", "", "Looking for words that fit …"));
  if (!larger.dialog.open) larger.dialog.showModal();
  tell(card, wordsAt);
}

async function tell(card, address) {
  let tags = null;
  let problem = "The app does not answer: is it still running?";
  try {
    const answer = await fetch(address);
    if (answer.ok) tags = (await answer.json()).tags;
    else problem = await answer.text();
  } catch {} // told below
  if (larger.at !== card) return;
  if (!tags) return larger.tags.replaceChildren(make("p", "", problem));
  const title = make("p", "", tags.length ? "Words that fit it best, and how far above the usual" : "No word fits it better than most.");
  const list = make("ul");
  const most = Math.max(3, ...tags.map((tag) => tag.score));
  for (const { word, score } of tags) {
    const line = make("li", "", "", list);
    const button = press("chip", word, `Search for ${word}`, line, () => leave("words", word));
    button.title = `${score.toFixed(1)} standard deviations above its mean over this folder`;
    const bar = make("span", "bar of-words", "", line);
    bar.ariaHidden = "true";
    make("i", "", "", bar).style.width = `${(100 * score) / most}%`;
    make("span", "score", `+${score.toFixed(1)} σ`, line).title = button.title;
  }
  larger.tags.replaceChildren(title, list);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !element.contains(button)) return;
  const { photo, words, count, fit } = button.dataset;
  if (photo !== undefined) return show(button);
  if (button.getAttribute("aria-pressed") === "true") return;
  if (count !== undefined) return ask("count", Number(count));
  if (fit !== undefined) return ask("fit", Number(fit));
  if (words !== undefined) ask("words", words);
});

element.addEventListener("keydown", (event) => {
  const card = event.target.closest("button.card");
  if (!card || !/^(Arrow|Home$|End$)/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const next = walk(card, event.key);
  if (next) focusCard(next);
  else if (event.key === "ArrowUp") box()?.focus();
});

watch("value", () => {
  element.classList.remove("busy");
  document.dispatchEvent(new Event("vse:address"));
  if (!element.dataset.asked) return;
  delete element.dataset.asked;
  const title = element.querySelector("h2[tabindex]");
  title?.focus({ preventScroll: true });
  title?.scrollIntoView({ block: "nearest" });
});
