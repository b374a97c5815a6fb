// Questions asked before, and those that were saved: this browser alone keeps them, by collection.
const most = { recent: 20, saved: 50 };
const sheet = () => element.querySelector(".recent .sheet");
const place = () => `vse:asked:${element.querySelector(".recent")?.dataset.of}`;
const texts = (list) => list.filter((each) => typeof each === "string");
let last = ""; // what the answer said of its question

function kept() {
  try {
    const { recent, saved } = JSON.parse(localStorage.getItem(place()));
    return { recent: texts(recent), saved: texts(saved) };
  } catch {
    return { recent: [], saved: [] }; // nothing yet, or no storage
  }
}

// A question stands in one of the lists; none takes it out of both.
function put(query, name) {
  const lists = kept();
  for (const each of Object.keys(lists)) lists[each] = lists[each].filter((other) => other !== query);
  if (name) lists[name] = [query, ...lists[name]].slice(0, most[name]);
  try {
    localStorage.setItem(place(), JSON.stringify(lists));
  } catch {} // a browser without storage keeps nothing
  tell();
}

function clear() {
  try {
    localStorage.removeItem(place());
  } catch {} // nothing was kept
  tell();
}

function button(text, label, parent, data) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, title: label });
  Object.assign(made.dataset, data);
  parent.append(made);
  return made;
}

function listed(name, title, queries) {
  if (!queries.length) return [];
  const lead = Object.assign(document.createElement("p"), { textContent: title });
  const list = Object.assign(document.createElement("ul"), { ariaLabel: title });
  for (const query of queries) {
    const line = list.appendChild(document.createElement("li"));
    const isSaved = name === "saved";
    button(query, query, line, { words: query });
    const star = button(isSaved ? "★" : "☆", "Save", line, { keep: isSaved ? "recent" : "saved", query });
    star.setAttribute("aria-pressed", isSaved);
    star.setAttribute("aria-label", `Save: ${query}`);
    button("×", "Remove", line, { keep: "", query }).setAttribute("aria-label", `Remove: ${query}`);
  }
  return [lead, list];
}

function tell() {
  if (!sheet()) return;
  const { recent, saved } = kept(), all = listed("saved", "Saved", saved).concat(listed("recent", "Asked before", recent));
  sheet().replaceChildren(...all);
  button("Clear all", "Forget all of them", sheet(), { clear: "" });
  sheet().parentElement.hidden = !all.length;
}

// An answer to a question with an address is remembered once.
function remember() {
  const address = panel()?.querySelector("section.answer:has(.card)")?.dataset.address;
  if (address && address !== last) {
    const asked = new URLSearchParams(address), image = asked.get("image")?.replace(/[[\]\\]|^\s|\s$/g, "\\$&");
    const query = asked.get("q") ?? `[${image}]`;
    if (kept().saved.includes(query)) tell();
    else put(query, "recent");
  }
  last = address ?? last;
}

element.addEventListener("click", (event) => {
  const pressed = event.target.closest(".recent .sheet button");
  if (!pressed) return;
  const { query, keep, clear: all } = pressed.dataset;
  if (keep === undefined && all === undefined) return sheet().parentElement.removeAttribute("open");
  if (all === undefined) put(query, keep);
  else clear();
  // What was in focus is gone with the old buttons.
  const again = [...sheet().querySelectorAll("[aria-pressed]")].find((each) => each.dataset.query === query);
  (again ?? (sheet().parentElement.hidden ? words() : sheet().previousElementSibling))?.focus();
});

element.addEventListener("toggle", (event) => event.target.open && tell(), true);
document.addEventListener("vse:address", remember);
watch("value", tell);
tell();
