// One side of the map as plotly wants it: traces, layout, and the word labels that fit.
const LOOKS = {
  picture: { symbol: "circle", size: 7, opacity: 0.85 },
  caption: { symbol: "diamond", size: 6, opacity: 0.5 },
  word: { symbol: "square", size: 4, opacity: 0.7 },
  recipe: { symbol: "triangle-up", size: 8, opacity: 0.7 },
};
const MANY = 4500; // points, from where on they are drawn smaller
const HUGE = 30000; // and much smaller, as nothing else takes as long to draw
const NARROW = 500; // pixels, up to which a map is small
const LABEL = { width: 8, height: 17 }; // pixels of a letter and of a line
const LABELS = 36;
const STRETCH = 1.8; // times wider than high, or higher than wide, that a unit of the map may be drawn to fill its frame

function hasWebGL() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

function loadPlotly(address) {
  window.plotlyLoading ??= new Promise((loaded, failed) => {
    if (window.Plotly) return loaded();
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => loaded();
    script.onerror = () => failed(new Error("plotly.js could not be loaded"));
    document.head.append(script);
  });
  return window.plotlyLoading;
}

function themeOf(element) {
  const style = getComputedStyle(element);
  const names = ["paper", "sheet", "ink", "faint", "line", "pictures", "words", "wash"];
  const found = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return { ...found, font: style.fontFamily, grey: mixed(found.sheet, found.faint, 0.32) };
}

function traces(maps, side, marks, look) {
  const { theme, colour, hidden, kinds, type, picked, wanted, pictured } = look;
  const colours = coloursOf(maps, side, marks, colour, theme);
  const scale = look.scale * (side.x.length > HUGE ? 0.35 : side.x.length > MANY ? 0.7 : 1);
  const found = KINDS.map((kind) => {
    const all = kinds.has(kind) ? rowsOfKind(side, kind) : [], shown = kinds.has(kind) ? shownRows(maps, side, kind, colour, hidden) : [];
    const chosen = wanted ? shown.filter((row) => isWanted(maps, side, row, wanted)) : shown, isChosen = new Set(chosen);
    const grey = chosen.length < all.length ? all.filter((row) => !isChosen.has(row)) : []; // not gone: they are where they are
    const rows = [...grey, ...chosen], { symbol, size, opacity } = LOOKS[kind];
    const color = rows.map((row, at) => (at < grey.length ? theme.grey : colours[row]));
    return {
      type, mode: "markers", name: kind, hoverinfo: "none", customdata: rows,
      x: rows.map((row) => side.x[row]), y: rows.map((row) => side.y[row]),
      marker: { symbol, size: size * scale, opacity: kind === "picture" ? opacities(rows, pictured, opacity) : opacity, color, line: { width: 0 } },
      selected: { marker: { opacity: 1 } }, unselected: { marker: { opacity: 0.55, color: theme.grey } },
    };
  });
  return [...found, ...lineTraces(side, theme, type), ...spokenTraces(maps, side, look), ...markTraces(side, marks, theme, type), ...pickedTraces(maps, side, picked, theme, type)];
}

// Spoken captions stand about where their words do.
function spokenTraces(maps, side, { theme, colour, hidden, kinds, type, scale }) {
  const facet = maps.facets.find((each) => each.name === colour);
  const valueOf = (picture) => (facet && picture >= 0 ? facet.values[facet.codes[picture]] : null);
  const rows = spokenRows(side, kinds).filter((row) => !hidden.has(valueOf(spokenOf(side, row)[2])));
  const legend = legendOf(maps, colour);
  const colours = rows.map((row) => legend.find(({ value }) => value === valueOf(spokenOf(side, row)[2]))?.colour ?? theme.words);
  const marker = { symbol: "triangle-up", size: 10 * scale, color: colours, line: { width: 1.2, color: theme.ink } };
  const [x, y] = [0, 1].map((axis) => rows.map((row) => pointOf(side, row)[axis]));
  return rows.length ? [overlay(type, "spoken", x, y, marker, { hoverinfo: "none", customdata: rows })] : [];
}

const spokenRows = (side, kinds) => (kinds.has("caption") ? side.spoken.map((_, at) => -1 - at) : []);

function overlay(type, name, x, y, marker, more = {}) {
  const plain = { opacity: 1 };
  return {
    type, mode: "markers", name, hoverinfo: "skip", x, y, marker: { opacity: 1, ...marker },
    selected: { marker: plain }, unselected: { marker: plain }, ...more,
  };
}

function markTraces(side, marks, theme, type) {
  if (!marks) return [];
  const rows = marks.answers.filter((row) => row >= 0);
  const last = marks.steps.at(-1);
  const before = marks.steps.slice(0, -1);
  const ring = { symbol: "circle-open", size: 15, color: theme.ink, line: { width: 2.5, color: theme.ink } };
  const found = [...sumTraces(marks, theme, type), overlay(type, "answers", rows.map((row) => side.x[row]), rows.map((row) => side.y[row]), ring)];
  const step = { symbol: "circle", size: 11, color: theme.sheet, line: { width: 2.5, color: theme.words } };
  found.push(overlay(type, "steps", before.map((each) => each[1]), before.map((each) => each[2]), step));
  if (last) {
    const halo = { symbol: "circle", size: 28, color: theme.sheet, opacity: 0.75 };
    const star = { symbol: "star-open", size: 20, color: theme.words, line: { width: 3, color: theme.words } };
    found.push(overlay(type, "halo", [last[1]], [last[2]], halo), overlay(type, "query", [last[1]], [last[2]], star));
  }
  return found;
}

function pickedTraces(maps, side, picked, theme, type) {
  const rows = rowsOf(maps, side, picked);
  if (!rows.length) return [];
  const [x, y] = [0, 1].map((axis) => rows.map((row) => pointOf(side, row)[axis]));
  const ring = { symbol: "circle-open", size: 19, color: theme.pictures, line: { width: 3, color: theme.pictures } };
  const line = { color: theme.pictures, width: 1.5, dash: "dot" };
  return [overlay(type, "picked", x, y, ring, { mode: rows.length > 1 ? "markers+lines" : "markers", line })];
}

// The points of what was picked: a picture with its caption and its recipe, or with what was said of it, or a word.
function rowsOf(maps, side, picked) {
  if (!picked) return [];
  const [pictures, captions, words] = side.counts;
  if (picked.word !== undefined) {
    const at = side.words.indexOf(picked.word);
    return at < 0 ? [] : [pictures + captions + at];
  }
  const row = maps.ids.indexOf(picked.item);
  if (picked.spoken) {
    const at = side.spoken.findIndex(([, , , id]) => id === picked.item);
    return [...(row < 0 ? [] : [row]), ...(at < 0 ? [] : [-1 - at])];
  }
  const caption = maps.owners.indexOf(row);
  const recipe = side.counts[3] ? maps.cooked.indexOf(row) : -1;
  if (row < 0) return [];
  return [...(caption < 0 ? [] : [pictures + caption]), row, ...(recipe < 0 ? [] : [pictures + captions + words + recipe])];
}

function label(text, x, y, theme, more = {}) {
  const font = { size: 12, color: theme.ink, family: theme.font };
  return {
    x, y, text: escapeText(text), showarrow: false, font, bgcolor: `${theme.sheet}b0`, borderpad: 1,
    captureevents: false, ...more,
  };
}

function escapeText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

// All words and numbers on a side: first those of the query, then the regions' names and the words that fit between.
function annotations(maps, side, marks, look, box) {
  const taken = [];
  const ends = axesNotes(maps, look.theme, box, taken);
  const marked = marks ? markNotes(side, marks, look.theme, box, taken) : [];
  const names = nameNotes(side, box, look, taken);
  return [...wordNotes(maps, side, box, look, taken, new Set(names.map(({ word }) => word))), ...names, ...ends, ...marked];
}

function markNotes(side, marks, theme, box, taken) {
  const { answers, steps } = marks;
  const arrows = steps.slice(1).map(([, ...to], at) => arrow(steps[at].slice(1), to, theme.words, 2.2));
  [...steps, ...(marks.corners ?? []), ...(marks.closes ? [["", ...marks.closes]] : [])].forEach(([, x, y]) => taken.push(around(onScreen(x, y, box), 20, 20)));
  const numbers = answers.map((row, at) => [String(at + 1), row]).filter(([, row]) => row >= 0).map(([text, row]) => {
    const font = { size: 11, color: theme.sheet, family: theme.font };
    const place = freePlace(onScreen(side.x[row], side.y[row], box), text.length * 7 + 4, 14, [13, 12], taken);
    return label(text, side.x[row], side.y[row], theme, { font, bgcolor: theme.ink, ...place });
  });
  const names = steps.map(([text, x, y]) => {
    const font = { size: 12.5, color: theme.words, family: theme.font };
    const said = shortened(text), width = said.length * 7.4 + 8;
    const place = freePlace(onScreen(x, y, box), width, 22, [width / 2 + 14, 24], taken);
    const looks = { bgcolor: theme.sheet, bordercolor: theme.words, borderwidth: 1, borderpad: 3 };
    return label(said, x, y, theme, { font, ...looks, ...place });
  });
  return [...sumArrows(marks, theme), ...arrows, ...numbers, ...names, ...sumNames(marks, theme, box, taken)];
}

// Pixels from the lower left corner.
function onScreen(x, y, box) {
  return [((x - box.left) / (box.right - box.left)) * box.width, ((y - box.bottom) / (box.top - box.bottom)) * box.height];
}

function around([x, y], width, height) {
  return { left: x - width / 2, right: x + width / 2, low: y - height / 2, high: y + height / 2 };
}

function isFree(one, taken) {
  return taken.every((each) => each.left > one.right || each.right < one.left || each.low > one.high || each.high < one.low);
}

// How far to move a text from its point so that it covers no other: the first of ten places that is free.
function freePlace([x, y], width, height, [far, up], taken) {
  const near = [[0, -up], [0, up], [far, 0], [-far, 0], [far, up], [-far, up], [far, -up], [-far, -up]];
  const places = [...near, [0, -2 * up], [0, 2 * up]];
  const rooms = places.map(([right, above]) => around([x + right, y + above], width, height));
  const at = Math.max(0, rooms.findIndex((room) => isFree(room, taken)));
  taken.push(rooms[at]);
  return { xshift: places[at][0], yshift: places[at][1] };
}

function shortened(text) {
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}

// The most frequent words in view whose labels cover nothing.
function wordNotes(maps, side, box, look, taken, named) {
  if (!look.kinds.has("word")) return [];
  const begin = side.counts[0] + side.counts[1], end = begin + side.counts[2];
  const found = [];
  for (let row = begin; row < end && found.length < (box.width < NARROW ? LABELS / 2 : LABELS); row++) {
    const word = side.words[row - begin];
    if (named.has(word)) continue; // written large already
    const [x, y] = onScreen(side.x[row], side.y[row], box);
    const room = around([x, y + 11], word.length * LABEL.width + 12, LABEL.height);
    const inside = room.left > 0 && room.right < box.width && room.low > 0 && room.high < box.height;
    if (!inside || !isFree(room, taken)) continue;
    taken.push(room);
    found.push(label(word, side.x[row], side.y[row], look.theme, { yshift: 11 }));
  }
  return found;
}

function bounds(side) {
  const low = (values) => values.reduce((a, b) => Math.min(a, b)), high = (values) => values.reduce((a, b) => Math.max(a, b));
  const pad = (values) => (side.layout === "axes" ? 0.1 * (high(values) - low(values)) + 0.001 : 0.06);
  return { x: [low(side.x) - pad(side.x), high(side.x) + pad(side.x)], y: [low(side.y) - pad(side.y), high(side.y) + pad(side.y)] };
}

function outlineShape(outline, line) {
  const path = outline.map(([x, y], at) => `${at ? "L" : "M"}${x},${y}`).join("");
  return { type: "path", xref: "x", yref: "y", path: `${path}Z`, line };
}

function layoutOf(box, look, drag, outline) {
  const { theme } = look;
  const hide = { visible: false, zeroline: false, showgrid: false };
  const line = { color: theme.pictures, width: 1.5, dash: "solid" };
  return {
    margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: theme.sheet, plot_bgcolor: theme.sheet, showlegend: false,
    xaxis: { ...hide, ...axesLines(state.maps, theme), range: [box.left, box.right] },
    yaxis: { ...hide, ...axesLines(state.maps, theme), range: [box.bottom, box.top] },
    hovermode: "closest", hoverdistance: 14, dragmode: drag, clickmode: "event", autosize: true,
    ...(outline ? { selections: [outlineShape(outline, line)] } : {}), newselection: { line }, activeselection: { fillcolor: theme.pictures, opacity: 0.06 },
    font: { family: theme.font, color: theme.ink },
  };
}
