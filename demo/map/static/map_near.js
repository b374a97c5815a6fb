// Pictures in the place of points, once few of them are in view; the colour of the point is their frame.
const FEW = 60;
const SIZES = [36, 76]; // pixels of the smallest and the largest

function nearby(maps, side, marks, look, box, isAll) {
  if (isAll || !box) return { rows: [], images: [], shapes: [] };
  const isIn = (row) => side.x[row] > box.left && side.x[row] < box.right && side.y[row] > box.bottom && side.y[row] < box.top;
  const all = shownRows(maps, side, "picture", look.colour, look.hidden).filter(isIn), taken = [];
  if (all.length > FEW) return { rows: [], images: [], shapes: [] };
  const size = Math.min(SIZES[1], Math.max(SIZES[0], 0.5 * Math.sqrt((box.width * box.height) / Math.max(1, all.length))));
  const [sizex, sizey] = [(size * (box.right - box.left)) / box.width, (size * (box.top - box.bottom)) / box.height];
  const rows = all.filter((row) => {
    const room = around(onScreen(side.x[row], side.y[row], box), 0.8 * size, 0.8 * size);
    return isFree(room, taken) && taken.push(room); // what would be covered stays a point
  });
  const colours = coloursOf(maps, side, marks, look.colour, look.theme, rows);
  const place = { xref: "x", yref: "y", layer: "above" };
  const images = rows.map((row) => ({
    ...place, xanchor: "center", yanchor: "middle", sizing: "fill", name: maps.ids[row], source: addressOf(maps, row),
    x: side.x[row], y: side.y[row], sizex, sizey,
  }));
  const shapes = rows.map((row, at) => {
    const [x, y] = [side.x[row], side.y[row]], line = { color: colours[at], width: 2.5 };
    return { ...place, type: "rect", x0: x - sizex / 2, x1: x + sizex / 2, y0: y - sizey / 2, y1: y + sizey / 2, line };
  });
  return { rows, images, shapes };
}

// The points that pictures stand for are there to be pointed at, and not seen.
function opacities(rows, pictured, opacity) {
  if (!pictured.length) return opacity;
  const covered = new Set(pictured);
  return rows.map((row) => (covered.has(row) ? 0 : opacity));
}
