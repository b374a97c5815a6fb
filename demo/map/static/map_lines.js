// Lines from what was picked to its nearest in the space: whole where the plane has them near, dashed where it does not.
function linesOf(side) {
  const { near, told } = state;
  if (!near || near.kind !== told?.kind || near.id !== told.id) return null;
  if (state.pair && !["picture", "caption"].includes(near.kind)) return null; // other rows are not those of both models
  return near.sides.find(({ model, layout }) => model === side.model && layout === side.layout) ?? null;
}

function lineTraces(side, theme, type) {
  const found = linesOf(side);
  if (!found) return [];
  const at = (row) => [side.x[row], side.y[row]];
  const lines = (name, rows, color, dash) => {
    const [x, y] = [0, 1].map((axis) => rows.flatMap((row) => [at(found.row)[axis], at(row)[axis], null]));
    const marker = { symbol: "circle-open", size: 11, color, line: { width: 2, color } };
    return overlay(type, name, x, y, marker, { mode: "markers+lines", line: { color, width: 1.8, dash } });
  };
  const cross = { symbol: "x-open", size: 11, color: theme.ink, line: { width: 2, color: theme.ink } };
  const [x, y] = [0, 1].map((axis) => found.strangers.map((row) => at(row)[axis]));
  return [
    lines("near", found.near.filter((_, place) => !found.torn[place]), theme.pictures, "solid"),
    lines("torn", found.near.filter((_, place) => found.torn[place]), theme.words, "dash"),
    overlay(type, "strangers", x, y, cross),
  ].filter((trace) => trace.x.length);
}

function receiveLines() {
  state.near = props.near ? JSON.parse(props.near) : null;
  if (state.maps) redraw();
}

watch("near", receiveLines);
