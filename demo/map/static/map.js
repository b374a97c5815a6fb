// The map of the joint space: draws what the server sends, and tells it what is clicked, circled and asked.
const find = (selector) => element.querySelector(selector);
const panel = () => element.closest("[role=tabpanel]") ?? document.body;
const state = {
  maps: null, marks: [], plots: [], kinds: new Set(KINDS), hidden: new Set(), colour: null, drag: "pan", picked: null,
  selection: null, outline: null, labels: [], near: null, names: true, wanted: "", morph: null, pair: null,
};
let drawing = Promise.resolve();
let waiting = false; // whether a drawing is to come that will show everything as it is by then

function look() {
  const type = (state.type ??= hasWebGL() ? "scattergl" : "scatter");
  return { ...state, type, theme: themeOf(element) };
}

// Drawing anew

function redraw() {
  if (waiting) return;
  waiting = true;
  drawing = drawing.then(drawAll).catch((error) => {
    waiting = false;
    console.error(error);
    fail("The map could not be drawn in this browser.");
  });
}

function fail(sentence) {
  find(".map-sides").textContent = sentence;
}

async function drawAll() {
  if (state.maps) await loadPlotly(find(".map").dataset.plotly);
  waiting = false;
  if (!state.maps) return;
  find(".map-tools").hidden = false;
  makePlots();
  axesForm();
  tools();
  slider();
  legend();
  list();
  await Promise.all(state.plots.map(draw));
}

function makePlots() {
  const { sides } = state.maps;
  const home = find(".map-sides");
  home.dataset.sides = sides.length;
  state.plots.splice(sides.length).forEach((plot) => {
    Plotly.purge(plot);
    plot.closest("figure").remove();
  });
  while (state.plots.length < sides.length) {
    const figure = document.createElement("figure");
    figure.innerHTML = "<figcaption></figcaption><div class='plot' role='img'></div>";
    home.append(figure);
    state.plots.push(figure.lastChild);
  }
  sides.forEach((side, at) => {
    const [pictures, captions, words, recipes] = side.counts;
    const cooked = recipes ? `, ${recipes} recipes` : "";
    const told = `A map of ${pictures} pictures, ${captions} captions${cooked} and ${words} words as ${side.model} sees them`;
    state.plots[at].setAttribute("aria-label", told);
    state.plots[at].previousSibling.textContent = sides.length > 1 || state.pair ? side.model : "";
  });
}

async function draw(plot, at) {
  const now = look(), { maps } = state;
  const side = maps.sides[at], marks = state.marks[at];
  const view = `${state.pair ? "both" : side.model}/${side.layout}/${maps.axes ?? ""}`, isAll = plot.dataset.view !== view || plot.dataset.all === "yes";
  const box = isAll ? whole(side, plot) : boxOf(plot);
  const layout = { ...layoutOf(box, now, state.drag, state.outline?.at === at && state.outline.outline), width: plot.clientWidth, height: plot.clientHeight, uirevision: `${view}/${isAll && [plot.clientWidth, plot.clientHeight]}` };
  const isFirst = !plot.dataset.wired;
  layout.annotations = isFirst ? [] : annotations(maps, side, marks, now, box); // points are there before their labels
  const { rows: pictured, ...pictures } = nearby(maps, side, marks, now, box, isAll);
  Object.assign(layout, pictures);
  state.labels[at] = JSON.stringify([layout.annotations, pictures]);
  const drawn = traces(maps, side, marks, { ...now, pictured, scale: plot.clientWidth < NARROW ? 0.75 : 1 });
  if (state.selection) selectIn(drawn, side, state.selection);
  await Plotly.react(plot, drawn, layout, { displayModeBar: false, scrollZoom: true, doubleClick: false, responsive: false });
  Object.assign(plot.dataset, { view, all: isAll ? "yes" : "" });
  if (isFirst) {
    wire(plot, at);
    await painted();
  }
  relabel(plot, at);
}

function painted() {
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}

// Everything, which fills the frame: nearness is all that a map means, so it is stretched, though not out of shape.
function whole(side, plot) {
  const { clientWidth: width, clientHeight: height } = plot, { x, y } = bounds(side);
  if (side.layout === "axes") return { left: x[0], right: x[1], bottom: y[0], top: y[1], width, height }; // each has its own scale
  const stretch = (width / (x[1] - x[0])) / (height / (y[1] - y[0]));
  const [left, right] = widened(x, stretch / STRETCH), [bottom, top] = widened(y, 1 / stretch / STRETCH);
  return { left, right, bottom, top, width, height };
}

function widened([low, high], factor) {
  const more = ((high - low) * (Math.max(1, factor) - 1)) / 2;
  return [low - more, high + more];
}

function boxOf(plot) {
  const { xaxis, yaxis } = plot._fullLayout ?? {};
  if (!xaxis) return null;
  const [left, right] = xaxis.range, [bottom, top] = yaxis.range;
  return { left, right, bottom, top, width: plot.clientWidth, height: plot.clientHeight };
}

// Other labels fit after a change of what is in view.
function relabel(plot, at) {
  const { maps } = state, side = maps.sides[at], now = look(), box = boxOf(plot);
  const notes = annotations(maps, side, state.marks[at], now, box);
  const { rows, ...pictures } = nearby(maps, side, state.marks[at], now, box, plot.dataset.all === "yes");
  const told = JSON.stringify([notes, pictures]);
  if (told === state.labels[at]) return;
  state.labels[at] = told;
  const { customdata, marker } = plot.data[0], opacity = opacities(customdata, rows, LOOKS.picture.opacity);
  if (opacity === marker.opacity) Plotly.relayout(plot, { annotations: notes, ...pictures });
  else Plotly.update(plot, { "marker.opacity": [opacity] }, { annotations: notes, ...pictures }, [0]);
}

// Labels of many points wait until the map stands still, as each change of them draws all points once more.
const CALM = 150; // ms
const moving = new WeakMap();

function relabelSoon(plot, at) {
  if (state.maps.sides[at].x.length <= MANY) return relabel(plot, at);
  clearTimeout(moving.get(plot));
  moving.set(plot, setTimeout(() => plot.isConnected && state.maps?.sides[at] && relabel(plot, at), CALM));
}

function wire(plot, at) {
  plot.dataset.wired = "yes";
  plot.on("plotly_hover", (event) => hover(at, event.points[0]?.customdata, event.event));
  plot.on("plotly_unhover", leave);
  plot.on("plotly_click", (event) => click(at, event.points[0]?.customdata));
  plot.on("plotly_relayout", (change) => {
    if ("xaxis.range[0]" in change) plot.dataset.all = ""; // by hand
    if (!("annotations" in change) && state.maps.sides[at]) relabelSoon(plot, at);
    leave();
  });
  plot.on("plotly_selecting", () => (state.dragging = true)); // by hand; plotly tells of what it draws again, too
  plot.on("plotly_selected", (event) => {
    if (state.dragging && (event?.range || event?.lassoPoints)) {
      circle(at, outlineOf(event));
      reveal(document.getElementById("map-selected"));
    }
    state.dragging = false;
  });
  plot.on("plotly_deselect", () => state.outline?.at === at && circle(at, null));
  plot.on("plotly_doubleclick", () => zoom(plot, at));
  plot.addEventListener("mouseleave", leave);
}

// Choosing

function click(at, row) {
  if (typeof row !== "number") return;
  const { kind, id } = nameOf(state.maps, state.maps.sides[at], row);
  const { picture } = rowOf(state.maps, state.maps.sides[at], row);
  if (kind === SPOKEN) return pick({ item: id, spoken: true }, { kind, id });
  pick(kind === "word" ? { word: id } : { item: state.maps.ids[picture] }, { kind, id });
}

function pick(picked, told) {
  state.picked = picked;
  state.told = picked && told;
  trigger("pick", told);
  declare();
  redraw();
}

// What lies within a box or a lasso; the outline is what a link keeps of it, so it is also what selects.
function circle(at, outline) {
  const { maps } = state, side = maps.sides[at];
  const rows = outline
    ? KINDS.filter((kind) => state.kinds.has(kind)).flatMap((kind) => shownRows(maps, side, kind, state.colour, state.hidden))
      .filter((row) => isWithin(side.x[row], side.y[row], outline))
    : [];
  state.outline = rows.length ? { at, outline } : null;
  const found = rows.map((row) => rowOf(maps, side, row));
  const of = (kind) => found.filter((each) => each.kind === kind);
  state.selection = rows.length
    ? { pictures: new Set(of("picture").map((e) => e.at)), captions: new Set(of("caption").map((e) => e.at)),
        recipes: new Set(of("recipe").map((e) => e.at)), words: new Set(of("word").map((e) => side.words[e.at])) }
    : null;
  trigger("lasso", {
    pictures: of("picture").map((each) => maps.ids[each.at]),
    captions: of("caption").map((each) => maps.ids[each.picture]),
    recipes: of("recipe").map((each) => maps.ids[each.picture]),
    words: of("word").map((each) => side.words[each.at]),
  });
  state.plots.forEach((plot, other) => other !== at && clearOutline(plot));
  declare();
  redraw();
}

// What the server is about to fill, as far into view as it has to be: on a phone it lies below the map.
function reveal(panel) {
  new MutationObserver((_, seen) => {
    if (!panel.querySelector("section")) return;
    seen.disconnect();
    panel.scrollIntoView({ block: "nearest" });
  }).observe(panel, { childList: true, subtree: true });
}

// The points of a side that the selection holds; it may have been made on another one.
function selectIn(drawn, side, selection) {
  drawn.slice(0, KINDS.length).forEach((trace) => {
    trace.selectedpoints = trace.customdata.flatMap((row, place) => (isSelected(state.maps, side, row, selection) ? [place] : []));
  });
}

function clearOutline(plot) {
  if (plot.layout?.selections?.length) Plotly.relayout(plot, { selections: [] });
}

function clearSelection() {
  state.plots.forEach(clearOutline);
  circle(0, null);
}

// What happens on the tab

element.addEventListener("click", (event) => {
  const { dataset } = event.target.closest("button") ?? {};
  if (!dataset || !state.maps) return;
  if (dataset.drag) drag(dataset.drag);
  if (dataset.row) click(0, Number(dataset.row));
  if (dataset.morph !== undefined) {
    state.morph = state.morph === null ? 0 : null;
    slider();
    morph(false);
  }
  if (dataset.play !== undefined) play();
  if (dataset.full !== undefined) fill(!isFull());
  if (dataset.zoom) state.plots.forEach((plot, at) => zoom(plot, at, { in: 0.5, out: 1.6 }[dataset.zoom]));
  if (dataset.value !== undefined) toggle(state.hidden, dataset.value);
  if (dataset.save) {
    find(".map-export").removeAttribute("open");
    download(dataset.save);
  }
});

find(".map-list").addEventListener("toggle", seek);
find(".map-list input").addEventListener("input", seek);

function toggle(values, value) {
  if (!values.delete(value)) values.add(value);
  redraw();
}

element.addEventListener("change", ({ target }) => {
  if (target.dataset.show) toggle(state.kinds, target.dataset.show);
  if (target.dataset.names !== undefined) {
    state.names = target.checked;
    declare();
    redraw();
  }
  if (target.dataset.colour === undefined) return;
  state.colour = target.value;
  state.hidden.clear();
  declare();
  redraw();
});

panel().addEventListener("click", (event) => {
  const { dataset } = event.target.closest("button") ?? {};
  if (!dataset) return;
  if (dataset.words !== undefined) trigger("ask", { value: dataset.words });
  if (dataset.pick !== undefined) pick({ item: dataset.pick }, { kind: "picture", id: dataset.pick });
  if (dataset.word !== undefined) pick({ word: dataset.word }, { kind: "word", id: dataset.word });
  if (dataset.use) trigger(dataset.use === "search" ? "search" : "arithmetic", { kind: dataset.kind, id: dataset.id });
  if (dataset.clear !== undefined) clearSelection();
  if (dataset.cancel !== undefined) trigger("cancel", {});
  if (dataset.retry !== undefined) trigger("retry", {});
});

// Where the query lands is looked at whole when it is out of view.
function isInView(plot, step) {
  const box = boxOf(plot);
  if (!step || !box) return true;
  const [, x, y] = step;
  return x > box.left && x < box.right && y > box.bottom && y < box.top;
}

async function receive() {
  const address = props.value;
  if (!address) return;
  if (address !== state.received) {
    let answer;
    try {
      answer = await fetch(new URL(address, document.baseURI));
    } catch {
      return fail("The points of the map could not be fetched: the server does not answer.");
    }
    if (props.value !== address) return; // another map came meanwhile
    if (!answer.ok) return trigger("retry", {}); // the server has forgotten these, and draws them anew
    const before = state.maps && usualColour();
    state.maps = readMaps(await answer.json());
    state.pair = null;
    if (state.colour === before) state.colour = null;
    state.received = address;
    if (state.selection) clearSelection(); // it was made on another map
    if (state.told && pickOf(`${state.told.kind}:${state.told.id}`)) trigger("pick", state.told); // other planes mislead elsewhere
  }
  if (state.pair) state.maps = state.pair.maps;
  state.pair = null;
  state.marks = readMarks(props.marks, state.maps.sides);
  restore();
  if (state.maps.sides.length < 2) state.morph = null;
  if (state.morph !== null) morph(false);
  declare();
  state.plots.forEach((plot, at) => isInView(plot, state.marks[at]?.steps.at(-1)) || delete plot.dataset.view);
  redraw();
}

document.addEventListener("vse:theme", () => state.maps && redraw()); // plotly draws with the colours of the moment

watch(["value", "marks", "address", "answer"], receive);
loadPlotly(find(".map").dataset.plotly).catch(() => {}); // while the server gets the map; drawing tells what went wrong
new ResizeObserver(() => element.offsetWidth && redraw()).observe(find(".map-sides"));
new MutationObserver(redraw).observe(document.body, { attributes: true, attributeFilter: ["class"] });
receive();
