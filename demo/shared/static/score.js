// A score taken apart: two vectors as strips, their product and its running sum, the sentence word by word, fair shares
// of the words, and where in the picture. The numbers are the server's; here they are sorted, summed and drawn.
const LISTED = 8; // dimensions in the table of the largest
const HEIGHT = 80; // of the running sum, in its own units
const QUICK = "features";
const SHOWN = { features: "from the last feature map", occlusion: "by covering each place" };

function make(name, kind, text = "", parent = null) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  parent?.append(made);
  return made;
}

function draw(parent, name, attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

const signed = (value, digits = 3) =>
  Math.abs(value) < 0.5 * 10 ** -digits ? (0).toFixed(digits) : (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
const plain = (value, digits = 3) => (value < 0 ? "−" : "") + Math.abs(value).toFixed(digits);
const most = (values) => Math.max(1e-9, ...values.map(Math.abs));
const sum = (values) => values.reduce((all, each) => all + each, 0);

// What adds is drawn in the colour of pictures, what takes away in that of words; nothing is the paper.
function colours(element) {
  const style = getComputedStyle(element);
  const channels = (name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  };
  return { plus: channels("--pictures"), minus: channels("--words") };
}

function paint(canvas, values, scale, { plus, minus }) {
  canvas.width = values.length;
  canvas.height = 1;
  const context = canvas.getContext("2d"), pixels = context.createImageData(values.length, 1);
  values.forEach((value, at) => {
    const share = Math.min(1, Math.abs(value) / scale);
    pixels.data.set([...(value < 0 ? minus : plus), Math.round(255 * share)], 4 * at);
  });
  context.putImageData(pixels, 0, 0);
  canvas.style.imageRendering = "pixelated";
}

function legend(parent, scale, { plus, minus }, digits, low, high) {
  const made = make("div", "scale-of", "", parent);
  make("span", "", `${signed(-scale, digits)} ${low}`, made);
  make("i", "", "", made).style.background = `linear-gradient(90deg, rgb(${minus}), transparent, rgb(${plus}))`;
  make("span", "", `${high} ${signed(scale, digits)}`, made);
}

function choices(parent, label, options, chosen, choose) {
  const group = make("div", "choices", "", parent);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  const buttons = Object.entries(options).map(([value, text]) => {
    const button = make("button", "", text, group);
    button.type = "button";
    button.setAttribute("aria-pressed", value === String(chosen));
    button.addEventListener("click", () => {
      buttons.forEach((each) => each.setAttribute("aria-pressed", each === button));
      choose(value);
    });
    return button;
  });
  return group;
}

function section(parent, kind, title, text) {
  const made = make("section", kind, "", parent);
  make("h3", "", title, made);
  if (text) make("p", "", text, made);
  return made;
}

function table(parent, heads, rows) {
  const made = make("table", "", "", make("div", "rows", "", parent));
  const head = make("tr", "", "", make("thead", "", "", made));
  heads.forEach((each) => (make("th", "", each, head).scope = "col"));
  const body = make("tbody", "", "", made);
  for (const row of rows) {
    const line = make("tr", "", "", body);
    row.forEach((cell, at) => {
      const box = make(at ? "td" : "th", "", cell instanceof Node ? "" : cell, line);
      if (!at) box.scope = "row";
      if (cell instanceof Node) box.append(cell);
    });
  }
  return made;
}

function bar(value, scale) {
  const made = make("span", "share");
  made.ariaHidden = "true";
  const inner = make("i", value < 0 ? "minus" : "", "", made), width = (50 * Math.abs(value)) / scale;
  inner.style.width = `${width}%`;
  inner.style.left = `${value < 0 ? 50 - width : 50}%`;
  return made;
}

function product(parent, told, shades) {
  const [query, answer, terms] = told.vectors, dims = query.length, order = told.similarity === "order";
  const text = order
    ? `Each vector has ${dims} numbers. In each dimension what the words have beyond the picture is squared and taken away; the score is the sum.`
    : `Each vector has ${dims} numbers and length 1. The score is their dot product, the cosine of the angle between them: the two numbers of each dimension are multiplied, and the products added up.`;
  const made = section(parent, "product", order ? "Two vectors" : "Two vectors and their product", text);
  const both = most([...query, ...answer]), each = most(terms);
  const head = choices(made, "Order of the dimensions", { size: "largest contributions first", index: "by dimension" }, "size", arrange);
  head.style.marginTop = "0";
  const strips = make("div", "strips", "", made);
  strips.tabIndex = 0;
  strips.setAttribute("role", "slider");
  strips.setAttribute("aria-label", "Dimensions; arrow keys go from one to the next");
  strips.setAttribute("aria-valuemin", 1);
  strips.setAttribute("aria-valuemax", dims);
  const canvases = ["query", "picture", order ? "taken away" : "product"].map((name) => {
    const line = make("div", "strip", "", strips);
    make("span", "", name, line);
    const canvas = make("canvas", "", "", line);
    canvas.setAttribute("aria-hidden", "true");
    return canvas;
  });
  const line = make("div", "strip running", "", strips);
  make("span", "", "sum so far", line);
  const chart = draw(line, "svg", { viewBox: `0 0 ${dims} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const at = make("p", "at", "", made);
  const keys = make("div", "scales", "", made);
  legend(keys, both, shades, 2, "in the vectors", "");
  legend(keys, each, shades, 3, order ? "taken away" : "in the product", "");
  let rows = [], running = [], here = 0;

  function point(next) {
    here = Math.max(0, Math.min(dims - 1, next));
    const row = rows[here];
    const each = order ? `query ${plain(query[row])}, picture ${plain(answer[row])}: ${signed(terms[row], 4)}` : `${plain(query[row])} × ${plain(answer[row])} = ${signed(terms[row], 4)}`;
    at.textContent = `Dimension ${row}: ${each}; sum so far ${plain(running[here])}`;
    strips.setAttribute("aria-valuenow", here + 1);
    strips.setAttribute("aria-valuetext", at.textContent);
    marker.setAttribute("x1", here + 0.5);
    marker.setAttribute("x2", here + 0.5);
  }

  let marker = null;
  function arrange(by) {
    rows = terms.map((_, row) => row);
    if (by === "size") rows.sort((a, b) => Math.abs(terms[b]) - Math.abs(terms[a]) || a - b);
    let so = 0;
    running = rows.map((row) => (so += terms[row]));
    [query, answer].forEach((values, which) => paint(canvases[which], rows.map((row) => values[row]), both, shades));
    paint(canvases[2], rows.map((row) => terms[row]), each, shades);
    const low = Math.min(0, ...running), high = Math.max(0, ...running), y = (value) => HEIGHT - (HEIGHT * (value - low)) / (high - low || 1);
    chart.replaceChildren();
    draw(chart, "line", { x1: 0, x2: dims, y1: y(0), y2: y(0) });
    draw(chart, "path", { d: `M0 ${y(0)}` + running.map((value, x) => `L${x + 1} ${y(value).toFixed(2)}`).join("") });
    marker = draw(chart, "line", { y1: 0, y2: HEIGHT });
    point(0);
    at.textContent = `The sum ends in ${plain(told.score)}: the score. ${order ? "" : "Point at a dimension to see its numbers."}`;
  }

  strips.addEventListener("pointermove", (event) => {
    const box = canvases[0].getBoundingClientRect();
    point(Math.floor(((event.clientX - box.left) / box.width) * dims));
  });
  strips.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -dims, End: dims }[event.key];
    if (!by) return;
    event.preventDefault();
    point(here + by);
  });
  arrange("size");
  const largest = terms.map((_, row) => row).sort((a, b) => Math.abs(terms[b]) - Math.abs(terms[a])).slice(0, LISTED);
  const few = sum(largest.map((row) => terms[row]));
  const list = table(made, ["dimension", "query", "picture", order ? "adds" : "product"],
    largest.map((row) => [String(row), plain(query[row]), plain(answer[row]), signed(terms[row], 4)]));
  list.classList.add("largest");
  make("caption", "", `The ${largest.length} largest: together ${signed(few)} of ${plain(told.score)}`, list).style.textAlign = "left";
}

function reading(parent, told, shades) {
  if (!told.cuts.length) return;
  const why = told.bothWays
    ? "The sentence cut after each word, read anew each time: its vector, and the score it would have. This model reads from both ends, so it has no state after a word alone; the half that reads backwards begins at the last word."
    : "The sentence cut after each word: its vector, and the score it would have. For a network that reads forwards alone, as a GRU does, this is its state after the word.";
  const made = section(parent, "reading", "Read word by word", why);
  const scale = most(told.cuts.flatMap(({ vector }) => vector));
  let before = told.nothing;
  const rows = told.cuts.map(({ word, vector, score }) => {
    const canvas = make("canvas");
    canvas.setAttribute("aria-hidden", "true");
    paint(canvas, vector, scale, shades);
    const row = [word, canvas, plain(score), signed(score - before)];
    before = score;
    return row;
  });
  table(made, ["after", "vector", "score", "change"], rows);
  legend(made, scale, shades, 2, "in the vectors", "");
}

function shares(parent, told) {
  if (!told.words.length) return;
  const error = Math.max(...told.words.map((each) => each.error));
  const text =
    "Each word’s fair share (Shapley value): what it adds to the score, on average over all orders in which the words may come. The shares add up to the score." +
    (error ? ` Here 32 orders were drawn; the standard error of a share is at most ${error.toFixed(3)}.` : "");
  const made = section(parent, "fair", "What each word adds", text);
  const scale = most(told.words.map(({ share }) => share));
  const rows = told.words.map(({ word, share }) => [word, bar(share, scale), signed(share)]);
  const base = Math.abs(told.nothing) >= 0.0005 ? [["without any of them", "", plain(told.nothing)]] : [];
  const list = table(made, ["word", "", "share"], [...rows, ...base]);
  const foot = make("tr", "", "", make("tfoot", "", "", list));
  make("th", "", "together", foot).scope = "row";
  make("td", "", "", foot);
  make("td", "", plain(told.score), foot);
}

// Strong colours of their own: those of the page are lost on a photograph.
const ON_PICTURE = { plus: [255, 60, 0], minus: [30, 90, 255] };

function places(parent, told, ask) {
  const stage = make("div", "picture", "", parent);
  const image = make("img", "", "", stage);
  image.src = told.image;
  image.alt = told.name;
  if (!told.places && !told.ways.length) return;
  const shown = told.places;
  if (shown) {
    const canvas = make("canvas", "", "", stage), peak = make("i", "", "", stage);
    canvas.setAttribute("role", "img");
    const [left, top, right, bottom] = shown.area;
    Object.assign(canvas.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * (right - left)}%`, height: `${100 * (bottom - top)}%` });
    const options = { ...Object.fromEntries(shown.maps.map(({ word }, at) => [at, word || "the whole query"])), none: "picture alone" };
    const box = make("div", "", "", parent), key = make("div", "", "", null), said = make("p", "", "", null);
    said.setAttribute("aria-live", "polite");
    const show = (at) => {
      chosen = at;
      canvas.hidden = peak.hidden = key.hidden = at === "none";
      said.textContent = "";
      if (at === "none") return;
      const { word, values } = shown.maps[at], scale = most(values.flat()), height = values.length, width = values[0].length;
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext("2d"), pixels = context.createImageData(width, height);
      values.flat().forEach((value, place) => {
        const colour = value < 0 ? ON_PICTURE.minus : ON_PICTURE.plus;
        pixels.data.set([...colour, Math.round(190 * Math.min(1, Math.abs(value) / scale))], 4 * place);
      });
      context.putImageData(pixels, 0, 0);
      const flat = values.flat(), best = flat.indexOf(Math.max(...flat));
      const x = ((best % width) + 0.5) / width, y = (Math.floor(best / width) + 0.5) / height;
      peak.style.left = `${100 * (left + x * (right - left))}%`;
      peak.style.top = `${100 * (top + y * (bottom - top))}%`;
      key.replaceChildren();
      legend(key, scale, ON_PICTURE, 3, "speaks against", "speaks for");
      const where = `${Math.round(100 * (left + x * (right - left)))} % from the left and ${Math.round(100 * (top + y * (bottom - top)))} % from the top`;
      said.textContent = `${word ? `“${word}”` : "The query"} loses most, ${plain(flat[best])}, without the place ${where}, where the ring is.`;
      canvas.setAttribute("aria-label", said.textContent);
    };
    const title = make("h3", "", "Where in the picture", box);
    title.style.marginTop = "12px";
    choices(box, "What is shown on the picture", options, chosen, show);
    box.append(key, said);
    show(chosen);
  }
  const how = {
    features: "What is lost without each place: the place is taken out of the last feature map of the CNN, and what follows is computed again. Quick, and coarse.",
    occlusion: "What is lost without each place: 81 times a square of the picture is covered with its mean colour, and the whole model looks again. Exact, and slow.",
  };
  make("p", "", shown ? how[shown.way] : "", parent);
  if (told.ways.length > 1 || !shown) {
    const named = Object.fromEntries(told.ways.map((way) => [way, SHOWN[way]]));
    choices(parent, "How it is found", named, shown?.way ?? "", (way) => ask(way));
  }
}

let dialog = null, opener = null, answered = null, asked = null, view = "";
let chosen = "0"; // which map is on the picture

function ask(places) {
  const told = { ...asked, places, turn: Date.now() };
  document.dispatchEvent(new CustomEvent("vse:take", { detail: { view, asked: told } }));
}

function build() {
  dialog = make("dialog", "opened");
  dialog.setAttribute("aria-labelledby", "opened-title");
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    address("");
    dialog.remove();
    dialog = null;
    if (opener?.isConnected) opener.focus();
  });
  document.querySelector(".gradio-container .contain").append(dialog);
}

// What is open stands in the address, behind what the answer says of itself; one that says nothing leaves it as it is.
function address(parameters) {
  if (!answered) return;
  const said = new URLSearchParams(answered.dataset.address ?? window.location.search);
  ["score", "caption", "by"].forEach((name) => said.delete(name));
  new URLSearchParams(parameters).forEach((value, name) => said.set(name, value));
  answered.dataset.address = said.toString();
  document.dispatchEvent(new Event("vse:address"));
}

function head(title, text = "") {
  const made = make("header");
  const name = make("h2", "", title, made);
  name.id = "opened-title";
  if (text) make("p", "", text, made);
  const close = make("button", "close", "×", made);
  close.type = "button";
  close.setAttribute("aria-label", "Close");
  close.addEventListener("click", () => dialog.close());
  return made;
}

export function open(answer, { item, caption = null, model, from = null }) {
  if (dialog) dialog.close();
  asked = { item, caption: caption === null ? null : Number(caption), model: model ?? "" };
  opener = from;
  chosen = "0";
  view = answer.id;
  answered = answer.querySelector("section.answer");
  build();
  dialog.replaceChildren(head("Taking the score apart …"));
  dialog.showModal();
  const said = new URLSearchParams({ score: item });
  if (asked.caption !== null) said.set("caption", asked.caption);
  if (asked.model && answer.querySelectorAll(".side").length) said.set("by", asked.model);
  address(said.toString());
  ask("");
}

function show(told) {
  if (!dialog) return;
  if (told.problem) {
    dialog.replaceChildren(head("This score cannot be taken apart"));
    const box = make("div", "body", "", dialog);
    make("p", "", told.problem, box).setAttribute("role", "alert");
    return;
  }
  const { item, caption } = told.asked;
  if (item !== asked.item || caption !== asked.caption) return;
  const shades = colours(dialog), top = dialog.scrollTop, held = document.activeElement?.textContent;
  const what = `“${told.query}” and ${told.pictured}, by ${told.model}`;
  dialog.replaceChildren(head(`The score ${plain(told.score)}`, what));
  const body = make("div", "body", "", dialog), side = make("div", "", "", body), parts = make("div", "parts", "", body);
  places(side, told, (way) => {
    side.querySelectorAll("p").forEach((each) => (each.textContent = way === QUICK ? "…" : "Covering one place after another …"));
    ask(way);
  });
  product(parts, told, shades);
  reading(parts, told, shades);
  shares(parts, told);
  dialog.scrollTop = top;
  const again = [...dialog.querySelectorAll("button")].find((each) => each.textContent === held);
  again?.focus({ preventScroll: true });
}

document.addEventListener("vse:taken", ({ detail }) => detail && show(JSON.parse(detail)));
window.addEventListener("popstate", () => dialog?.close());
const style = document.createElement("style");
style.textContent = SCORE_STYLE;
document.head.append(style);
