// The names of the map's regions: those of large ones from afar, those of small ones when near.
const NEAR = 0.55; // of the map's width, from where on small regions are named
const NAMES = { large: { least: 15, more: 9, most: 8 }, small: { least: 13, more: 4, most: 30 } }; // pixels

function nameNotes(side, box, look, taken) {
  if (!state.names || !side.regions.length) return [];
  const { x } = bounds(side), isNear = (box.right - box.left) / (x[1] - x[0]) < NEAR;
  const regions = side.regions.at(isNear ? -1 : 0), { least, more } = NAMES[isNear ? "small" : "large"];
  const largest = regions[0][1], scale = box.width < NARROW ? 0.8 : 1, found = [];
  for (const [name, size, left, up] of regions) {
    const pixels = scale * (least + more * Math.sqrt(size / largest));
    const place = onScreen(left, up, box), width = name.length * pixels * 0.62 + 10;
    const room = around(place, width, pixels * 1.35);
    const isInside = room.left > 0 && room.right < box.width && room.low > 0 && room.high < box.height;
    if (!isInside || !isFree(room, taken)) continue;
    taken.push(room);
    const font = { size: pixels, color: look.theme.ink, family: look.theme.font };
    found.push({ ...label(name, left, up, look.theme, { font, bgcolor: `${look.theme.sheet}c8`, name: "region" }), text: `<b>${escapeText(name)}</b>`, word: name });
  }
  return found;
}
