// Two models' maps as one that moves: the points go from where one model has them to where the other has.
const MORPH = 1600; // ms from end to end
const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
let frame = 0;

// The second map turned and mirrored about its middle to lie as near to the first as it can (Procrustes), not stretched.
function alignedTo(first, second, common) {
  const mean = (values, rows) => rows.reduce((sum, row) => sum + values[row], 0) / rows.length;
  const [from, to] = common, [ax, ay, bx, by] = [mean(first.x, from), mean(first.y, from), mean(second.x, to), mean(second.y, to)];
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  from.forEach((row, at) => {
    const [px, py] = [second.x[to[at]] - bx, second.y[to[at]] - by], [qx, qy] = [first.x[row] - ax, first.y[row] - ay];
    xx += px * qx, xy += px * qy, yx += py * qx, yy += py * qy;
  });
  const sign = Math.hypot(xx + yy, xy - yx) >= Math.hypot(xx - yy, xy + yx) ? 1 : -1; // a turn, or a mirror and a turn
  const angle = Math.atan2(xy - sign * yx, xx + sign * yy), [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => [ax + cos * (x - bx) - sign * sin * (y - by), ay + sin * (x - bx) + sign * cos * (y - by)];
}

// What both maps are drawn from while they are one: for each row of the first its row on the second, and where that is.
function pairOf(maps) {
  const [first, second] = maps.sides, all = Array.from(first.x, (_, row) => row);
  const twins = all.map((row) => twinOn(first, second, row) ?? -1), both = all.filter((row) => twins[row] >= 0);
  const turn = maps.axes ? (x, y) => [x, y] : alignedTo(first, second, [both, both.map((row) => twins[row])]);
  const places = twins.map((twin, row) => (twin < 0 ? [first.x[row], first.y[row]] : turn(second.x[twin], second.y[twin])));
  return { maps, marks: state.marks, twins, turn, places };
}

function blended({ maps, marks, twins, turn, places }, share) {
  const [first, second] = maps.sides, isFirst = share === 0, isSecond = share === 1, end = isSecond ? second : first;
  const [x, y] = [first.x, first.y].map((values, axis) => values.map((value, row) => value + share * (places[row][axis] - value)));
  const moved = (list) => (isFirst ? list : isSecond ? list.map((level) => level.map(([name, size, ...at]) => [name, size, ...turn(...at)])) : []);
  const model = isFirst || isSecond ? end.model : `${first.model} → ${second.model}`;
  const side = { ...first, x, y, model, regions: moved(end.regions), spoken: isFirst ? first.spoken : [] };
  const told = isSecond ? marks[1] : marks[0];
  const mark = told && {
    ...told, corners: undefined, steps: isFirst ? told.steps : isSecond ? told.steps.map(([name, ...at]) => [name, ...turn(...at)]) : [],
    scores: isSecond ? twins.map((twin) => told.scores[twin] ?? 0) : told.scores, ...(isFirst && told.corners ? { corners: told.corners } : {}),
  };
  return { maps: { ...maps, sides: [side] }, marks: [mark] };
}

// As the slider stands: `state.morph` is a share, or null where both maps stand side by side.
function morph(isMoving) {
  if (state.pair && state.morph === null) Object.assign(state, { maps: state.pair.maps, marks: state.pair.marks, pair: null });
  else if (state.morph !== null) {
    state.pair ??= pairOf(state.maps);
    Object.assign(state, blended(state.pair, state.morph));
  }
  if (isMoving && state.plots.length === 1) return move(state.plots[0], state.maps.sides[0]);
  declare();
  redraw();
}

// Points alone, while they move; the rest follows when they have come to rest.
function move(plot, side) {
  const moving = plot.data.slice(0, KINDS.length);
  const of = (values) => moving.map(({ customdata }) => customdata.map((row) => values[row]));
  if (plot.data.length > KINDS.length) Plotly.deleteTraces(plot, plot.data.slice(KINDS.length).map((_, at) => KINDS.length + at));
  if (plot.layout.annotations?.length || plot.layout.images?.length) Plotly.relayout(plot, { annotations: [], images: [], shapes: [] });
  state.labels[0] = "";
  const opacity = KINDS.map((kind) => LOOKS[kind].opacity); // also of points that pictures stood for
  return Plotly.restyle(plot, { x: of(side.x), y: of(side.y), "marker.opacity": opacity }, moving.map((_, at) => at));
}

function play() {
  cancelAnimationFrame(frame);
  const from = state.morph, to = from < 0.5 ? 1 : 0, begin = performance.now();
  const step = async (now) => {
    const gone = isStill() ? 1 : Math.min(1, (now - begin) / (MORPH * Math.abs(to - from))), eased = gone * gone * (3 - 2 * gone);
    state.morph = from + (to - from) * eased;
    slider();
    await morph(gone < 1);
    if (gone < 1) frame = requestAnimationFrame(step);
  };
  step(begin);
}

function slider() {
  const home = find(".map-morph"), { sides } = (state.pair ?? state).maps, isOn = state.morph !== null;
  home.hidden = sides.length < 2;
  home.querySelector("[data-morph]").setAttribute("aria-pressed", String(isOn));
  home.querySelector(".ends").hidden = !isOn;
  if (home.hidden || !isOn) return;
  const input = home.querySelector("input"), percent = Math.round(100 * state.morph), [first, second] = home.querySelectorAll(".of");
  [first.textContent, second.textContent] = [sides[0].model, sides[1].model];
  if (Number(input.value) !== percent) input.value = percent;
  input.setAttribute("aria-valuetext", percent === 0 ? sides[0].model : percent === 100 ? sides[1].model : `${percent} % of the way to ${sides[1].model}`);
}

element.addEventListener("input", ({ target }) => {
  if (target.dataset.share === undefined) return;
  cancelAnimationFrame(frame);
  state.morph = target.value / 100;
  slider();
  morph(true);
});

element.addEventListener("change", ({ target }) => target.dataset.share !== undefined && morph(false));
