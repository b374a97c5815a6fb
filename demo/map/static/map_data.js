// The points of the map: read, coloured and written out again. Nothing here draws.
const KINDS = ["picture", "caption", "word", "recipe"];
const COLOURS = [
  "#4c78d0", "#e8a317", "#e0604c", "#3aa89a", "#4fa64a", "#e57fb0", "#9a6be0", "#79aee8", "#a5785a", "#b8b03a",
  "#c2487c", "#5f7f3a", "#d98a5b", "#68798f",
];
const OTHER = "#9c968c";
const KIND = "kind of point";
const SCORE = "score for the query";

function integers(text, bytes) {
  const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (bytes === 1) return raw;
  const view = new DataView(raw.buffer);
  return Float32Array.from({ length: raw.length / 2 }, (_, at) => view.getInt16(2 * at, true) / 32767);
}

function readMaps(maps) {
  maps.captioned = new Map(maps.owners.map((picture, at) => [picture, at]).reverse()); // the first caption of each
  maps.facets = maps.facets.map((facet) => ({ ...facet, codes: integers(facet.codes, 1) }));
  maps.sides = maps.sides.map((side) => {
    const points = integers(side.points, 2);
    const [x, y] = [0, 1].map((from) => Float32Array.from({ length: points.length / 2 }, (_, at) => points[2 * at + from]));
    return { ...side, x, y };
  });
  return maps;
}

function readMarks(text, sides) {
  const marks = text ? JSON.parse(text) : [];
  return sides.map((_, at) => marks[at] && { ...marks[at], scores: integers(marks[at].scores, 2) });
}

// Spoken captions are rows from −1 downward; about where each stands, the row of its picture or −1, its id and its text.
const SPOKEN = "spoken caption";
const spokenOf = (side, row) => side.spoken[-1 - row];
const pointOf = (side, row) => (row < 0 ? (spokenOf(side, row) ?? []) : [side.x[row], side.y[row]]);

// What a row of a map is: its kind, its place among its kind, and the picture it belongs to.
function rowOf(maps, side, row) {
  if (row < 0) return { kind: SPOKEN, at: -1 - row, picture: spokenOf(side, row)[2] };
  const [pictures, captions, words] = side.counts, recipe = row - pictures - captions - words;
  if (recipe >= 0) return { kind: "recipe", at: recipe, picture: maps.cooked[recipe] };
  if (row < pictures) return { kind: "picture", at: row, picture: row };
  if (row < pictures + captions) return { kind: "caption", at: row - pictures, picture: maps.owners[row - pictures] };
  return { kind: "word", at: row - pictures - captions, picture: -1 };
}

function nameOf(maps, side, row) {
  const { kind, at, picture } = rowOf(maps, side, row);
  if (kind === SPOKEN) return { kind, id: spokenOf(side, row)[3], text: spokenOf(side, row)[4] };
  if (kind === "word") return { kind, id: side.words[at], text: side.words[at] };
  if (kind === "picture") return { kind, id: maps.ids[at], text: "" };
  if (kind === "recipe") return { kind, id: maps.ids[picture], text: maps.recipes[at] };
  return { kind, id: `${maps.ids[picture]}#${maps.captionIds[at]}`, text: maps.captions[at] };
}

function captionOf(maps, picture) {
  return maps.captions[maps.captioned.get(picture)] ?? "";
}

function addressOf(maps, picture) {
  return maps.address.replace("*", maps.names[picture] ?? encodeURIComponent(maps.ids[picture]));
}

// The values that a legend shows for a way of colouring, with the colour of each.
function legendOf(maps, colour) {
  const facet = maps.facets.find((each) => each.name === colour);
  if (!facet) return [];
  return facet.values.map((value, at) => ({ value, colour: value === "other" ? OTHER : COLOURS[at % COLOURS.length] }));
}

// The colour of rows of a side, or of all; pictures and captions share the value of their picture.
function coloursOf(maps, side, marks, colour, theme, rows = Array.from(side.x, (_, row) => row)) {
  const kinds = { picture: theme.pictures, caption: theme.words, word: theme.ink, recipe: COLOURS[6] };
  const legend = legendOf(maps, colour);
  const codes = maps.facets.find((each) => each.name === colour)?.codes;
  const shades = colour === SCORE && marks ? shadesOf(side, marks.scores, theme) : null;
  return rows.map((row) => {
    if (shades) return shades[row];
    const { kind, picture } = rowOf(maps, side, row);
    if (codes && picture >= 0) return legend[codes[picture]].colour;
    return kinds[kind];
  });
}

// From the lowest to the highest score of each kind, in 24 shades.
function shadesOf(side, scores, theme) {
  const found = [];
  let begin = 0;
  for (const count of side.counts) {
    const some = scores.subarray(begin, begin + count);
    const low = some.reduce((a, b) => Math.min(a, b), 1), high = some.reduce((a, b) => Math.max(a, b), -1);
    for (const score of some) found.push(shade(theme, high > low ? (score - low) / (high - low) : 0));
    begin += count;
  }
  return found;
}

const shade = (theme, share) => mixed(theme.line, theme.words, Math.round(24 * share ** 2.5) / 24);

// A colour between two, of which the second has a share.
function mixed(one, other, share) {
  const from = channels(one), to = channels(other);
  return `rgb(${from.map((each, at) => Math.round(each + (to[at] - each) * share)).join(",")})`;
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function rowsOfKind(side, kind) {
  const order = KINDS.indexOf(kind), begin = side.counts.slice(0, order).reduce((a, b) => a + b, 0);
  return Array.from({ length: side.counts[order] }, (_, at) => begin + at);
}

// Which rows of one kind are chosen in the legend: those whose value is not switched off.
function shownRows(maps, side, kind, colour, hidden) {
  const facet = maps.facets.find((each) => each.name === colour), rows = rowsOfKind(side, kind);
  if (!facet || !hidden.size) return rows;
  return rows.filter((row) => {
    const { picture } = rowOf(maps, side, row);
    return picture < 0 || !hidden.has(facet.values[facet.codes[picture]]);
  });
}

// What is exported of a side: all its points or, where some were selected, those; the score is the query's.
function records(maps, side, marks, selection) {
  const facets = (picture) => maps.facets.map(({ name, values, codes }) => [`facet.${name}`, picture < 0 ? "" : values[codes[picture]]]);
  return Array.from(side.x, (x, row) => {
    const { kind, id, text } = nameOf(maps, side, row), { picture } = rowOf(maps, side, row);
    return {
      id, kind, x: Number(x.toFixed(4)), y: Number(side.y[row].toFixed(4)), text: text || captionOf(maps, picture),
      ...Object.fromEntries(facets(picture)), ...(marks ? { score: Number(marks.scores[row].toFixed(4)) } : {}),
    };
  }).filter((_, row) => !selection || isSelected(maps, side, row, selection));
}

function isSelected(maps, side, row, { pictures, captions, words, recipes }) {
  const { kind, at } = rowOf(maps, side, row);
  if (kind === "recipe") return recipes.has(at);
  return kind === "picture" ? pictures.has(at) : kind === "caption" ? captions.has(at) : words.has(side.words[at]);
}

function csvOf(rows) {
  const cell = (value) => (/[",\n\r]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value);
  return [Object.keys(rows[0] ?? {}), ...rows.map(Object.values)].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function save(name, content, type) {
  const link = document.createElement("a");
  link.href = type ? URL.createObjectURL(new Blob([content], { type })) : content;
  link.download = name;
  link.click();
  if (type) setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
