// Hovering over a map: a card with the picture, and a ring around it, on each side.
function hover(at, row, event) {
  if (typeof row !== "number") return;
  const { maps } = state, side = maps.sides[at];
  const { kind, text } = nameOf(maps, side, row);
  const { picture } = rowOf(maps, side, row);
  const card = find(".map-card");
  card.replaceChildren();
  if (picture >= 0) card.append(Object.assign(document.createElement("img"), { src: addressOf(maps, picture), alt: "" }));
  const said = kind === "picture" ? captionOf(maps, picture) || maps.ids[picture] : text;
  const score = state.marks[at]?.scores[row];
  const facet = maps.facets.find((each) => each.name === state.colour);
  const value = facet && picture >= 0 ? ` · ${facet.name}: ${facet.values[facet.codes[picture]]}` : "";
  const lines = [[said, "said"], [kind + value, "facts"]];
  if (score !== undefined) lines.push([`score ${score.toFixed(2).replace("-", "−")}`, "facts"]);
  for (const [line, name] of lines) {
    card.append(Object.assign(document.createElement("span"), { textContent: line, className: name }));
  }
  card.hidden = false;
  const { width, height } = card.getBoundingClientRect();
  const [x, y] = [event?.clientX ?? 0, event?.clientY ?? 0];
  card.style.left = `${x + 18 + width < window.innerWidth ? x + 18 : Math.max(8, x - 18 - width)}px`;
  const highest = Math.max(8, state.plots[at].getBoundingClientRect().top); // below the query's box
  card.style.top = `${Math.max(highest, Math.min(y - height / 2, window.innerHeight - height - 8))}px`;
  state.plots.forEach((plot, other) => ring(plot, other, other === at ? row : twin(at, row, other)));
}

// The same picture, caption, word or recipe on another side.
const twin = (at, row, other) => twinOn(state.maps.sides[at], state.maps.sides[other], row);

function twinOn(from, to, row) {
  if (row < 0) return spokenOf(to, row) && row;
  const { kind, at: place } = rowOf(state.maps, from, row);
  const [pictures, captions, words, recipes] = to.counts;
  if (kind === "recipe") return recipes ? pictures + captions + words + place : undefined;
  if (kind !== "word") return row;
  const found = to.words.indexOf(from.words[place]);
  return found < 0 ? undefined : to.counts[0] + to.counts[1] + found;
}

function ring(plot, at, row) {
  let mark = plot.parentElement.querySelector(".map-ring");
  if (!mark) {
    mark = Object.assign(document.createElement("i"), { className: "map-ring" });
    plot.parentElement.append(mark);
  }
  const side = state.maps.sides[at], box = boxOf(plot);
  mark.hidden = row === undefined || !box;
  if (mark.hidden) return;
  const [x, y] = pointOf(side, row);
  mark.style.left = `${plot.offsetLeft + ((x - box.left) / (box.right - box.left)) * box.width}px`;
  mark.style.top = `${plot.offsetTop + (1 - (y - box.bottom) / (box.top - box.bottom)) * box.height}px`;
}

function leave() {
  find(".map-card").hidden = true;
  element.querySelectorAll(".map-ring").forEach((mark) => (mark.hidden = true));
}
