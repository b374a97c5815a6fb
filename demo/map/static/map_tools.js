// The tools and the legend above the map.
function tools() {
  const select = find("[data-colour]");
  const names = [KIND, ...state.maps.facets.map((each) => each.name), ...(state.marks.some(Boolean) ? [SCORE] : [])];
  if (!names.includes(state.colour)) state.colour = usualColour();
  if ([...select.options].map((each) => each.value).join() !== names.join()) {
    select.replaceChildren(...names.map((name) => new Option(name, name)));
  }
  select.value = state.colour;
  find("[data-names]").checked = state.names;
  find("[data-names]").closest("label").hidden = !state.maps.sides.some(({ regions }) => regions.length);
  find('[data-show="recipe"]').closest("label").hidden = !state.maps.recipes.length;
}

function legend() {
  const { maps, colour, hidden, marks } = state;
  const home = find(".map-legend");
  home.replaceChildren();
  for (const { value, colour: shade } of legendOf(maps, colour)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: value });
    button.dataset.value = value;
    button.style.setProperty("--shade", shade);
    button.setAttribute("aria-pressed", String(!hidden.has(value)));
    home.append(button);
  }
  home.hidden = !home.childElementCount;
  const asked = marks.some(Boolean), path = marks.some((each) => each?.steps.length > 1);
  const key = ["● picture", "◆ its longest caption", "■ word"];
  if (maps.recipes.length) key.push("▲ recipe");
  if (maps.sides.some(({ spoken }) => spoken.length)) key.push("▲ spoken caption");
  if (asked) key.push(maps.axes ? "☆ where the query lies" : "☆ about where the query lies, placed between its nearest neighbours", "◯ 1–10 the answers");
  const lines = maps.sides.map(linesOf).filter(Boolean);
  if (lines.length) key.push("── nearest in the space");
  if (lines.some(({ torn }) => torn.includes(true))) key.push("- - nearest in the space, and far in the plane");
  if (lines.some(({ strangers }) => strangers.length)) key.push("× near in the plane alone");
  if (path) key.push("→ the sum, term by term");
  if (marks.some((each) => each?.corners)) key.push("◇ where its parallelogram would close in this plane");
  if (colour === SCORE) key.push("pale to strong: the lowest to the highest score of each kind of point");
  find(".map-key").textContent = key.join("   ");
}

// The points for whoever has no pointer: those of the first map, nearest to the query first where there is one.
const LISTED = 40;
const SIGNS = { picture: "●", caption: "◆", word: "■", recipe: "▲", [SPOKEN]: "▲" };

// What is sought in the list is grey on the map where it is not found.
function seek() {
  const home = find(".map-list"), before = state.wanted;
  state.wanted = home.open ? home.querySelector("input").value.trim().toLowerCase() : "";
  if (state.wanted !== before && state.maps) redraw();
  else list();
}

function isWanted(maps, side, row, wanted) {
  return !wanted || textOf(maps, side, row).toLowerCase().includes(wanted);
}

function textOf(maps, side, row) {
  const { id, text } = nameOf(maps, side, row);
  return (row < 0 ? "spoken: " : "") + (text || captionOf(maps, rowOf(maps, side, row).picture) || id);
}

function list() {
  const home = find(".map-list");
  if (!home.open || !state.maps) return;
  const { maps, kinds, colour, hidden, wanted } = state, side = maps.sides[0], scores = state.marks[0]?.scores;
  const rows = KINDS.filter((kind) => kinds.has(kind)).flatMap((kind) => shownRows(maps, side, kind, colour, hidden))
    .filter((row) => isWanted(maps, side, row, wanted));
  if (scores) rows.sort((a, b) => scores[b] - scores[a]);
  rows.push(...spokenRows(side, kinds).filter((row) => isWanted(maps, side, row, wanted)));
  const lines = rows.slice(0, LISTED).map((row) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${SIGNS[rowOf(maps, side, row).kind]} ${textOf(maps, side, row)}` });
    button.dataset.row = row;
    const line = document.createElement("li");
    line.append(button);
    return line;
  });
  home.querySelector("ol").replaceChildren(...lines);
  home.querySelector(".facts").textContent = `${lines.length} of ${rows.length.toLocaleString("en")} points`;
}

// Show more or less around the middle; without a factor, everything.
function zoom(plot, at, factor) {
  const { left, right, bottom, top } = factor ? boxOf(plot) : whole(state.maps.sides[at], plot);
  const around = (low, high) => [-1, 1].map((way) => (low + high) / 2 + (way * (high - low) * (factor ?? 1)) / 2);
  plot.dataset.all = factor ? "" : "yes";
  Plotly.relayout(plot, { "xaxis.range": around(left, right), "yaxis.range": around(bottom, top) });
}

// The map alone on the screen; where a browser gives that to videos only, alone in its window.
const isFull = () => find(".map").classList.contains("full");

function fill(wanted) {
  const map = find(".map");
  if (wanted && document.fullscreenEnabled) return map.requestFullscreen().catch(() => filled(true));
  if (!wanted && document.fullscreenElement === map) return document.exitFullscreen();
  filled(wanted);
}

function filled(is) {
  find(".map").classList.toggle("full", is);
  find("[data-full]").setAttribute("aria-pressed", String(is));
}

document.addEventListener("fullscreenchange", () => filled(document.fullscreenElement === find(".map")));
document.addEventListener("keydown", ({ key }) => key === "Escape" && isFull() && fill(false));

function drag(how) {
  state.drag = how;
  element.querySelectorAll("[data-drag]").forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.drag === how)));
  state.plots.forEach((plot) => Plotly.relayout(plot, { dragmode: how }));
}

async function download(kind) {
  for (const [at, side] of state.maps.sides.entries()) {
    const name = `map-${state.maps.collection}-${side.model}-${side.layout}.${kind}`.replace(/[^\w.-]+/g, "_");
    const rows = () => records(state.maps, side, state.marks[at], state.selection);
    if (kind === "csv") save(name, csvOf(rows()), "text/csv");
    if (kind === "json") save(name, JSON.stringify(rows()), "application/json");
    if (kind !== "png") continue;
    const { clientWidth: width, clientHeight: height } = state.plots[at];
    save(name, await Plotly.toImage(state.plots[at], { format: "png", width, height, scale: 2 }));
  }
}
