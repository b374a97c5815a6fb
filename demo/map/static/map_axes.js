// The form for two axes above the map, and their names at its edges.
const ENDS = ["left", "right", "bottom", "top"];

function axesForm() {
  const { axes, others = [] } = state.maps;
  let form = element.querySelector(".map-axes");
  if (!axes) return form?.remove();
  if (!form) {
    form = document.createElement("form");
    form.className = "map-axes";
    const [left, right, bottom, top] = ENDS.map((name) => `<input name="${name}" aria-label="${name} end" maxlength="400" autocomplete="off">`);
    form.innerHTML = `<span>↔ ${left} – ${right}</span><span>↕ ${bottom} – ${top}</span><button class="chip">Draw</button><span class="others"></span>`;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      askAxes(ENDS.map((name) => form.elements[name].value));
    });
    find(".map-tools").before(form);
  }
  ENDS.forEach((name, at) => (form.elements[name].value = axes[at]));
  form.querySelector(".others").replaceChildren(...others.map((ends) => {
    const [left, right, bottom, top] = ends;
    const chip = Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: `${left} – ${right}, ${bottom} – ${top}` });
    chip.setAttribute("aria-pressed", String(ends.join("|") === axes.join("|")));
    chip.addEventListener("click", () => {
      ENDS.forEach((name, at) => (form.elements[name].value = ends[at]));
      askAxes(ends);
    });
    return chip;
  }));
}

function askAxes(ends) {
  trigger("axes", { ends });
}

// The ends where they are, and the lines on which neither is nearer.
function axesNotes(maps, theme, box, taken) {
  if (!maps.axes) return [];
  const font = { size: 13, color: theme.pictures, family: theme.font };
  const at = [
    { x: 0, y: 0.5, xanchor: "left", text: "← " }, { x: 1, y: 0.5, xanchor: "right" },
    { x: 0.5, y: 0, yanchor: "bottom", text: "↓ " }, { x: 0.5, y: 1, yanchor: "top", text: "↑ " },
  ];
  return at.map(({ text = "", ...place }, end) => {
    const said = text + shortened(maps.axes[end]) + (end === 1 ? " →" : ""), width = said.length * LABEL.width + 12;
    const edge = (share, size, room) => Math.min(Math.max(share * size, room / 2), size - room / 2);
    taken.push(around([edge(place.x, box.width, width), edge(place.y, box.height, 26)], width, 26));
    return { ...label(said, 0, 0, theme, { font, bgcolor: theme.sheet, bordercolor: theme.line, borderpad: 3 }), xref: "paper", yref: "paper", ...place };
  });
}

const axesLines = (maps, theme) => (maps.axes ? { zeroline: true, visible: true, showticklabels: false, zerolinecolor: theme.line, zerolinewidth: 1.5 } : {});

// The colour that a map begins with.
function usualColour() {
  const { facets, usual } = state.maps;
  return (facets.find(({ name }) => name === usual) ?? facets[0])?.name ?? KIND;
}
