// The Learn tab: plays films of runs, recorded ones and those that the visitor begins; a frame is the space after an epoch.
const home = element.querySelector(".learn");
const red = "#c0392b", usual = ["pushed", "violated"];
const colours = { beach: "#d19a00", desert: "#c4622d", forest: "#2f8f5b", kitchen: "#9a5fd6", meadow: "#8aa81a", sea: "#2f7fd6", snow: "#5bb5c9", street: "#8a8580" };
const speed = 5, live = 12; // epochs a second, recorded and while they come
const reach = 22, patience = 8000; // pixels within which a click means a mark; ms
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const $ = (selector) => home.querySelector(selector);
let told; // what is the same in all films, see render.py
let rowOf, learntOf;
let sheet = null; // the pictures, once they are wanted
let asked = {};
let shown = {}; // by side "a" and "b": {name, film}
let own = null, past = null; // the visitor's run, and the one before it
let at = 0; // the epoch that is drawn, between two while it plays
let playing = false, last = 0, drawing = 0;
let hinted = null; // the epoch that was told last while it plays
let turn = 0, waiting = 0;

fetch(FRAME)
  .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
  .then((html) => {
    home.innerHTML = html;
    begin();
  })
  .catch(() => (home.textContent = "This could not be loaded: reload the page."));

const films = new Map();
function filmOf(name) {
  if (name === "own" || name === "before") return Promise.resolve(name === "own" ? own : past);
  if (!films.has(name)) films.set(name, fetch(told.films[name]).then((answer) => answer.json()));
  return films.get(name);
}

function begin() {
  told = JSON.parse($(".told").dataset.told);
  rowOf = new Map(told.ids.map((id, row) => [id, row]));
  learntOf = new Map(told.learnt.map((row, number) => [row, number]));
  home.querySelectorAll(".of-place").forEach((each) => each.style.setProperty("--place", colours[each.dataset.place]));
  home.addEventListener("click", clicked);
  home.addEventListener("change", changed);
  $(".epoch input").addEventListener("input", ({ target }) => go(Number(target.value)));
  $("form").addEventListener("submit", (event) => (event.preventDefault(), train()));
  new ResizeObserver(draw).observe($(".stage"));
  document.addEventListener("vse:theme", draw);
  window.addEventListener("popstate", () => {
    if (element.isConnected && new URLSearchParams(window.location.search).get("tab") === "learn") open();
  });
  open(true);
}

// What the address asks for.
function open(isFirst = false) {
  const parameters = new URLSearchParams(window.location.search);
  const given = parameters.get("tab") === "learn" ? parameters : new URLSearchParams();
  const known = (name) => (Object.hasOwn(told.titles, name) || (name === "own" && own?.frames.length) ? name : "");
  asked = {
    run: known(given.get("run")) || Object.keys(told.titles)[0],
    beside: known(given.get("beside")),
    follow: rowOf.has(given.get("follow")) ? given.get("follow") : "",
    lines: new Set(given.has("lines") ? given.get("lines").split(",") : usual),
  };
  $("form").reset();
  fill((given.get("train") ?? "").split(","));
  const epoch = given.has("epoch") ? Number(given.get("epoch")) || 0 : null;
  home.querySelectorAll(".looks [type=checkbox]").forEach((box) => (box.checked = asked.lines.has(box.name)));
  show(epoch, isFirst && epoch === null && !still.matches);
}

async function show(epoch, play) {
  const names = { a: asked.run, b: asked.beside };
  const found = await Promise.all(Object.values(names).map((name) => name && filmOf(name)));
  if (names.a !== asked.run || names.b !== asked.beside) return; // another was chosen in the meantime
  shown = {};
  Object.entries(names).forEach(([side, name], number) => name && (shown[side] = { name, film: found[number] }));
  home.querySelectorAll("[data-run]").forEach((each) => each.setAttribute("aria-pressed", each.dataset.run === names.a));
  $("[name=beside]").value = names.b;
  $("[name=follow]").value = asked.follow;
  $(".look").textContent = told.told[names.a] ?? "The run that you began.";
  $(".formula").textContent = formulaOf(shown.a.film);
  offerBeside(names);
  $('[data-side="b"]').hidden = !names.b;
  $(".stage").classList.toggle("is-two", Boolean(names.b));
  for (const [side, { name, film }] of Object.entries(shown)) {
    const caption = $(`[data-side="${side}"] figcaption`);
    caption.children[0].textContent = titleOf(name);
    caption.children[1].textContent = settingsOf(film);
  }
  const share = Object.values(shown).map(({ film }) => (film.shown === null ? null : Math.round(100 * film.shown)));
  $(".plane").textContent = share.includes(null)
    ? "While a run is under way the plane is the one in which the vectors spread most before the first step; once it has ended, that of its last epoch."
    : `The plane is the same for all epochs of a run: the two directions in which the vectors of its last epoch spread most. They show ${share.join(" and ")} % of that spread; distances in the other directions cannot be seen.`;
  playing = play;
  last = 0;
  at = play ? 0 : Math.min(epoch ?? 0, end());
  drawCurves();
  draw();
  say();
}

function settingsOf({ settings }) {
  const { loss, margin, temperature, warmup_epochs: warmup, batch_size: batch, learning_rate: rate, seed } = settings;
  const of = loss === "infonce" ? `temperature ${temperature}` : `margin ${margin}`;
  const warmed = loss === "hardest_negative" ? ` · warm-up ${warmup || "none"}` : "";
  return `${told.losses[loss]} · ${of}${warmed} · batch ${batch} · rate ${rate}${seed ? ` · seed ${seed}` : ""}`;
}

// s is the score of a picture and a caption, each asked once for the other.
function formulaOf({ settings: { loss, margin, temperature } }) {
  const hinge = `max(0, ${margin} − s(own) + s(wrong))`;
  return {
    hinge_sum: `loss = Σ ${hinge}, over all wrong ones of the batch; s is the cosine`,
    hardest_negative: `loss = ${hinge}, of the nearest wrong one alone; s is the cosine`,
    infonce: `loss = −log( exp(s(own) / ${temperature}) / Σ exp(s / ${temperature}) ), over all of the batch; s is the cosine`,
    order: `loss = Σ ${hinge}, over all wrong ones of the batch; s = −|max(0, caption − picture)|²`,
  }[loss];
}

function offerBeside({ a, b }) {
  const button = $("[data-do=beside]"), other = told.beside[a];
  button.hidden = !b && !other;
  button.textContent = b ? "Show it alone" : `Compare with: ${told.titles[other]}`;
}

const titleOf = (name) => ({ own: "Your run", before: "Your run before" })[name] ?? told.titles[name];
const end = () => Math.max(...Object.values(shown).map(({ film }) => film.frames.length - 1));
const all = () => Math.max(...Object.values(shown).map(({ film }) => film.settings.epochs));
const frameOf = (film, epoch) => film.frames[Math.min(Math.max(0, epoch), film.frames.length - 1)];

function go(epoch) {
  playing = false;
  at = Math.min(Math.max(0, epoch), end());
  draw();
  say();
}

function clicked({ target, clientX, clientY }) {
  const button = target.closest("button");
  if (button?.dataset.run) {
    asked.run = button.dataset.run;
    show(0, !still.matches);
  } else if (button?.dataset.do === "play") {
    if (playing) return go(Math.round(at));
    if (at >= end()) at = 0;
    play();
  } else if (button?.dataset.do === "step") go(Math.floor(at) + 1);
  else if (button?.dataset.do === "back") go(Math.ceil(at) - 1);
  else if (button?.dataset.do === "replay") {
    at = 0;
    play();
  } else if (button?.dataset.do === "beside") {
    asked.beside = asked.beside ? "" : told.beside[asked.run];
    show(0, !still.matches);
  } else if (button?.dataset.do === "stop") stop();
  else if (target.matches("canvas")) {
    const row = nearest(target, clientX, clientY);
    if (row !== null) follow(told.ids[row] === asked.follow ? "" : told.ids[row]);
  }
}

function play() {
  playing = true;
  last = 0;
  draw();
  say();
}

function follow(id) {
  asked.follow = id;
  $("[name=follow]").value = id;
  draw();
  say();
}

function changed({ target }) {
  if (target.name === "follow") follow(target.value);
  else if (target.name === "beside") {
    asked.beside = target.value;
    show(Math.round(at), false);
  } else if (target.type === "checkbox") {
    if (target.checked) asked.lines.add(target.name);
    else asked.lines.delete(target.name);
    draw();
    say();
  } else if (target.closest("form")) {
    if (target.name === "loss" && target.value === "order" && $("[name=margin]").value === "0.2") $("[name=margin]").value = "0.05";
    onlyFor();
    say();
  }
}
