// The page's address says what is in front: a new question or view is a step that Back undoes, all else refines the last.
// A view says its part in `data-address`, where it answers the shared query, or in `data-choices`; see address.py.
const titles = TABS;
let bare = FIRST; // the view that an address opens that says nothing
const ofWords = ["set", "near", "a", "b", "c", "sum", "from", "to", "text", "other", "like", "thing", "es", "en", "phrase", "axes", "run", "beside"]; // questions too
const chosen = ["score", "caption", "by", "k", "way", "keep", "fit", "layout", "colour", "pick", "lasso", "names", "morph", "direction", "right", "kind", "of", "part", "lesson", "method", "width", "step", "epoch", "lines", "follow", "train", ...ofWords];
const asked = ["q", "image"];
const before = ["photos"]; // parameters of links from before photographs were a collection like others
const told = {}; // of each view, what it said last
const soon = 60; // ms, within which a view and its question become one step
const long = 20000; // ms, until a way back is given up that nobody answers
let last = null; // what the address stands for: {view, question, isDrawn}
let ready = false; // whether what the address asked for is there
let turn = 0; // steps back and forward so far
let going = 0; // the step that is under way, or 0
let timer = 0;

const panel = (view) => document.getElementById(`tab-${view}`);
const questionOf = (parameters) => [...asked, ...ofWords, "collection"].map((name) => parameters.get(name) ?? "").join("\n");

function shown() {
  const tab = document.querySelector("#tabs [role=tab][aria-selected=true]");
  if (tab) return tab.dataset.tabId;
  const folded = document.querySelector("#tabs .overflow-dropdown button.selected")?.textContent.trim();
  return Object.keys(titles).find((each) => titles[each] === folded);
}

// On a narrow screen some tabs are folded into a menu.
function open(view) {
  const folded = [...document.querySelectorAll("#tabs .overflow-dropdown button")];
  const tab = document.querySelector(`#tabs [role=tab][data-tab-id="${view}"]`);
  (tab ?? folded.find((each) => each.textContent.trim() === titles[view]))?.click();
}

// What is left from before a step back or forward says nothing of the view that it led to.
const sayings = "[data-address]:not([data-past]), [data-choices]:not([data-past])";

function forget(view) {
  delete told[view];
  for (const past of document.querySelectorAll("[data-past]")) if (!panel(view)?.contains(past)) delete past.dataset.past;
}

function listen(view) {
  const saying = panel(view)?.querySelector(sayings);
  if (saying) told[view] = { isAsking: saying.dataset.address !== undefined, text: saying.dataset.address ?? saying.dataset.choices };
  return told[view];
}

function compose(view) {
  const url = new URL(window.location.href), parameters = url.searchParams, said = listen(view);
  if (said || view !== last?.view) chosen.forEach((name) => parameters.delete(name));
  if (said?.isAsking) asked.forEach((name) => parameters.delete(name));
  new URLSearchParams(said?.text).forEach((value, name) => parameters.set(name, value));
  before.forEach((name) => parameters.delete(name));
  const { mode = "vse", clip = "", collection = "" } = document.querySelector("#switch .switch")?.dataset ?? {};
  const isAsked = asked.some((name) => parameters.has(name));
  const usual = isAsked ? view === "search" && !panel(view)?.querySelector(".answer.sum") : view === bare;
  for (const [name, value] of [["model", mode === "vse" ? "" : mode], ["clip", clip], ["collection", collection], ["tab", usual ? "" : view]]) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  return url;
}

function settle() {
  timer = 0;
  const view = shown();
  if (!ready || going || !view) return;
  if (panel(view)?.querySelector(".busy")) return later();
  const url = compose(view), question = questionOf(url.searchParams), isDrawn = Boolean(told[view]);
  const isStep = last !== null && (view !== last.view || (last.isDrawn && question !== last.question));
  if (new URLSearchParams(window.location.search).toString() !== url.searchParams.toString()) {
    if (isStep) window.history.pushState(null, "", url);
    else window.history.replaceState(window.history.state, "", url);
  }
  last = { view, question, isDrawn };
  name(view);
}

function later() {
  timer ||= setTimeout(settle, soon);
}

function name(view) {
  const isAsking = panel(view)?.querySelector("[data-address]");
  const parameters = new URLSearchParams(told[view]?.text ?? (isAsking ? window.location.search : ""));
  const query = parameters.get("q") ?? (parameters.has("image") ? `[${parameters.get("image")}]` : "");
  const short = query.length > 80 ? `${query.slice(0, 79)}…` : query;
  document.title = [short, titles[view], "VSE Explorer"].filter(Boolean).join(" · ");
}

window.addEventListener("popstate", () => {
  turn += 1;
  if (!going) go();
});

// One step at a time, as answers may overtake each other: the address of the last one is asked last.
function go() {
  going = turn;
  document.querySelectorAll(sayings).forEach((each) => (each.dataset.past = ""));
  trigger("select", { turn });
  setTimeout((step) => step === going && arrive(), long, turn);
}

// The view of the address is there again.
function arrive(view) {
  forget(view ?? shown());
  if (view && view !== shown()) open(view);
  going = 0;
  last = { view: view ?? shown(), question: questionOf(new URLSearchParams(window.location.search)), isDrawn: false };
  later();
}

watch("value", () => {
  const { step, view } = JSON.parse(props.value);
  if (step !== going) return;
  if (step === turn) arrive(view);
  else go();
});

// Another collection is another page: it keeps the view, and words that can be asked there too.
document.addEventListener("vse:collection", ({ detail }) => {
  const url = new URL(window.location.href), parameters = url.searchParams;
  const words = parameters.get("q") ?? "";
  [...chosen, ...asked, ...before, "model", "clip"].forEach((name) => parameters.delete(name));
  if (words && !words.includes("[")) parameters.set("q", words);
  parameters.set("collection", detail);
  if (url.href === window.location.href) window.location.reload();
  else window.location.assign(url);
});

document.addEventListener("vse:address", later);
document.addEventListener("vse:opened", () => {
  ready = true;
  const parameters = new URLSearchParams(window.location.search), wanted = parameters.get("tab") ?? "";
  if (!["tab", ...asked].some((name) => parameters.has(name))) bare = shown();
  if (Object.hasOwn(titles, wanted) && wanted !== shown()) {
    last = { view: wanted, question: questionOf(parameters), isDrawn: false };
    open(wanted);
  }
  later();
  const bar = document.querySelector("#tabs .tab-wrapper");
  new MutationObserver(later).observe(bar, { subtree: true, childList: true, attributeFilter: ["aria-selected", "class"] });
});
