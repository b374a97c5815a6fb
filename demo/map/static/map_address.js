// What the page's address says of the map: its query and its layout come from the server, the rest is known here.
const MOST = 60; // points of an outline
const STEPS = 1000; // of a coordinate, from the middle of the map to its edge
let returned = true; // whether what was chosen is to be taken from the address, once there is a map

function declare() {
  if (!state.maps) return;
  const told = new URLSearchParams(props.address);
  const usual = usualColour();
  if (state.colour && state.colour !== usual) told.set("colour", state.colour);
  if (state.morph !== null) told.set("morph", Math.round(100 * state.morph));
  if (!state.names) told.set("names", "off");
  if (state.told) told.set("pick", `${state.told.kind}:${state.told.id}`);
  if (state.outline) told.set("lasso", packed(state.outline));
  find(".map").dataset.address = told;
  delete find(".map").dataset.past; // see address.js
  document.dispatchEvent(new Event("vse:address"));
}

// The corners of a box, or at most MOST points of a lasso, as rounded as a link keeps them.
function outlineOf({ range, lassoPoints }) {
  const [x, y] = range ? [[0, 1, 1, 0].map((at) => range.x[at]), [0, 0, 1, 1].map((at) => range.y[at])] : [lassoPoints.x, lassoPoints.y];
  const step = Math.ceil(x.length / MOST);
  return x.map((each, at) => [each, y[at]].map((value) => Math.round(value * STEPS) / STEPS)).filter((_, at) => at % step === 0);
}

// The side and thousandths: "0_-120_455_..."
function packed({ at, outline }) {
  return [at, ...outline.flat().map((value) => Math.round(value * STEPS))].join("_");
}

function unpacked(text) {
  const [at, ...values] = text.split("_").map(Number);
  const isFair = values.length >= 6 && values.length <= 2 * MOST && values.length % 2 === 0;
  if (!isFair || !(at in state.maps.sides) || values.some((value) => !(Math.abs(value) < 10 * STEPS))) return null;
  return { at, outline: values.flatMap((x, place) => (place % 2 ? [] : [[x / STEPS, values[place + 1] / STEPS]])) };
}

// Whether a point lies within a closed line: a ray from it crosses the line an odd number of times.
function isWithin(x, y, outline) {
  return outline.reduce((inside, [ax, ay], at) => {
    const [bx, by] = outline.at(at - 1);
    return ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax ? !inside : inside;
  }, false);
}

// What was picked as an address names it, "picture:scene-0042"; null for what is not on the map.
function pickOf(text) {
  const { maps } = state, [, kind, id] = /^(picture|caption|word|recipe|spoken caption):(.*)$/s.exec(text) ?? [];
  const isSpoken = kind === SPOKEN && maps.sides.some((side) => side.spoken.some(([, , , item]) => item === id));
  if (kind === SPOKEN) return isSpoken ? [{ item: id, spoken: true }, { kind, id }] : null;
  if (kind === "word") return maps.sides.some((side) => side.words.includes(id)) ? [{ word: id }, { kind, id }] : null;
  const item = kind === "caption" ? id.slice(0, id.lastIndexOf("#")) : id;
  const isThere = kind && maps.ids.includes(item) && (kind !== "caption" || /#\d{1,5}$/.test(id));
  return isThere ? [{ item }, { kind, id }] : null;
}

// Take from the address what was chosen on the map.
function restore() {
  const told = new URL(window.location.href).searchParams;
  if (!returned || told.get("tab") !== "map") return;
  returned = false;
  state.colour = told.get("colour"); // where there is no such colour the tools choose another
  state.names = told.get("names") !== "off";
  state.morph = /^(\d|[1-9]\d|100)$/.test(told.get("morph")) ? told.get("morph") / 100 : null;
  tools();
  const [picked, named] = pickOf(told.get("pick") ?? "") ?? [null, null];
  if (picked) pick(picked, named);
  else if (state.picked) pick(null, {});
  const lasso = told.get("lasso") && unpacked(told.get("lasso"));
  if (lasso) circle(lasso.at, lasso.outline);
  else if (state.selection) clearSelection();
}

window.addEventListener("popstate", () => (returned = true));
