// A picture of the answers larger, with what is known of it; arrow keys lead to the one before and the next.
const inSum = Boolean(element.closest("#sum-answer")); // where a click on a picture has the sum start from it
const openers = () => [...element.querySelectorAll("button[data-open]")].filter((each) => !each.closest("details:not([open])"));

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
  dialog.setAttribute("aria-label", "A picture");
  const stage = make("div", "stage", "", dialog);
  larger.image = make("img", "", "", stage);
  larger.back = press("step back", "‹", "The picture before", stage, () => step(-1));
  larger.on = press("step on", "›", "The next picture", stage, () => step(1));
  const side = make("div", "side", "", dialog);
  press("close", "×", "Close", side, () => dialog.close());
  larger.name = make("h2", "", "", side);
  larger.path = make("p", "path", "", side);
  larger.scores = make("p", "scores", "", side);
  larger.captions = make("ul", "said", "", side);
  larger.credit = make("p", "", "", side);
  larger.tags = make("div", "tags", "", side);
  larger.tags.setAttribute("aria-live", "polite");
  press("more", inSum ? "Start from this" : "Ask with this picture", "", side, () => leave("item", larger.at.dataset.open));
  larger.ticks = make("div", "uses like", "", side);
  const uses = make("div", "uses", "", side);
  press("chip", inSum ? "Search with it" : "Add to the sum", "", uses, () => {
    dialog.close();
    trigger("submit", { item: larger.at.dataset.open });
  });
  larger.made = press("chip", "What its score is made of", "", uses, () => {
    const card = larger.at.closest("li").querySelector("button.card");
    dialog.close();
    document.dispatchEvent(new CustomEvent("vse:score", { detail: card }));
  });
  larger.copy = make("button", "chip", "Copy its id", uses);
  larger.save = make("a", "chip", "Download", uses);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") step(event.key === "ArrowLeft" ? -1 : 1);
  });
  dialog.addEventListener("close", () => larger.at?.closest("li")?.querySelector("button.card").focus());
  document.querySelector(".gradio-container .contain").append(dialog); // the style sheets reach no further
  larger.dialog = dialog;
}

function leave(kind, value) {
  larger.at = null;
  larger.dialog.close();
  element.classList.add("busy");
  element.dataset.asked = "yes";
  trigger("select", { kind, value });
}

// What has been drawn anew meanwhile is found by its name.
function step(by) {
  const all = openers();
  const at = all.indexOf(larger.at), again = all.findIndex((each) => each.dataset.open === larger.at.dataset.open);
  const next = all[(at < 0 ? again : at) + by];
  if (next) show(next);
}

function show(opener) {
  if (!larger.dialog) build();
  larger.at = opener;
  const { open: id, large, wordsAt, credit } = opener.dataset, captions = JSON.parse(opener.dataset.captions);
  const all = openers();
  larger.back.disabled = opener === all[0];
  larger.on.disabled = opener === all.at(-1);
  larger.image.src = large;
  larger.image.alt = captions[0] ?? id;
  larger.image.style.backgroundImage = `url("${opener.closest("li").querySelector("img").src}")`;
  larger.name.textContent = id.split("/").at(-1);
  larger.path.textContent = id.includes("/") ? id : "";
  larger.copy.dataset.copy = id;
  larger.save.href = large;
  larger.save.download = id.split("/").at(-1).replace(/\.\w+$/, "");
  larger.scores.textContent = all.filter((each) => each.dataset.open === id).map(scoreOf).filter(Boolean).join(", ");
  larger.made.hidden = !opener.closest("li").querySelector(".score") || Boolean(opener.closest(".few"));
  larger.captions.replaceChildren(...captions.map((each) => make("li", "", each)));
  larger.credit.textContent = credit;
  larger.tags.replaceChildren();
  larger.ticks.replaceChildren(...[...opener.closest("li").querySelectorAll(".tick")].map(tickOf));
  if (!larger.dialog.open) larger.dialog.showModal();
  if (wordsAt) fitting(opener, wordsAt);
}

// The same button as on the answer, with its words.
function tickOf({ dataset: { tick, of }, ariaPressed, title, textContent }) {
  const button = press("chip", `${textContent} ${title}`, "", null, () => leave(tick, of));
  button.setAttribute("aria-pressed", ariaPressed);
  return button;
}

// What a model gives it, and where the other one puts it.
function scoreOf(opener) {
  const [score, place] = [".score", ".place"].map((each) => opener.closest("li").querySelector(each)?.textContent.trim());
  const model = opener.closest(".side")?.querySelector("h3").textContent;
  return score && `${model ?? "score"} ${score}${place ? ` (${place})` : ""}`;
}

async function fitting(opener, address) {
  larger.tags.replaceChildren(make("p", "", "Looking for words that fit …"));
  let tags = null;
  let problem = "The app does not answer: is it still running?";
  try {
    const answer = await fetch(address);
    if (answer.ok) tags = (await answer.json()).tags;
    else problem = await answer.text();
  } catch {} // told below
  if (larger.at !== opener) return;
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
  const opener = event.target.closest("button[data-open]");
  if (opener) show(opener);
});

element.addEventListener("keydown", (event) => {
  const card = event.target.closest("button.card");
  const opener = card?.closest("li").querySelector("button[data-open]");
  if (event.key !== "Enter" || !event.shiftKey || !opener) return;
  event.preventDefault();
  show(opener);
});
