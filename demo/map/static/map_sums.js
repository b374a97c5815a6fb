// A sum a − b + c as a parallelogram: from b to c, and as far from a, which ends where the plane would have the sum.
function sumTraces(marks, theme, type) {
  if (!marks.corners) return [];
  const [a, b, c] = marks.corners.map(([, x, y]) => [x, y]), round = [b, a, marks.closes, c, b];
  const line = { color: theme.pictures, width: 1.5, dash: "dot" };
  const looks = (symbol, size) => ({ symbol, size, color: theme.pictures, line: { width: 2.5, color: theme.pictures } });
  const [x, y] = [0, 1].map((axis) => round.map((point) => point[axis]));
  return [
    overlay(type, "parallelogram", x, y, { size: 0.1, color: theme.pictures }, { mode: "lines", line }),
    overlay(type, "corners", [b[0], c[0]], [b[1], c[1]], looks("circle-open", 11)),
    overlay(type, "closes", [marks.closes[0]], [marks.closes[1]], looks("diamond-open", 17)),
  ];
}

function sumArrows(marks, theme) {
  if (!marks.corners) return [];
  const [a, b, c] = marks.corners.map(([, x, y]) => [x, y]);
  return [[b, c], [a, marks.closes]].map(([from, to]) => arrow(from, to, theme.pictures, 1.6));
}

// The names of b and c; a begins the path and has its own.
function sumNames(marks, theme, box, taken) {
  return (marks.corners ?? []).slice(1).map(([text, x, y]) => {
    const said = shortened(text), width = said.length * 7.4 + 8;
    const place = freePlace(onScreen(x, y, box), width, 22, [width / 2 + 14, 24], taken);
    const font = { size: 12.5, color: theme.pictures, family: theme.font };
    return label(said, x, y, theme, { font, bgcolor: theme.sheet, bordercolor: theme.pictures, borderwidth: 1, borderpad: 3, ...place });
  });
}

function arrow([ax, ay], [x, y], arrowcolor, arrowwidth) {
  const looks = { arrowhead: 2, arrowsize: 1.1, arrowwidth, arrowcolor, standoff: 9, startstandoff: 6 };
  return { x, y, ax, ay, axref: "x", ayref: "y", text: "", showarrow: true, ...looks };
}
