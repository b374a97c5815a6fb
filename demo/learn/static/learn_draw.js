// The space of a film at a moment, on a canvas, and the curves of its run.
function draw() {
  drawing ||= requestAnimationFrame(paint);
}

function paint(now) {
  drawing = 0;
  if (!shown.a) return;
  if (playing) {
    const isLive = own?.isLive && asked.run === "own";
    at = Math.min(end(), at + (last ? ((now - last) / 1000) * (still.matches ? 1 : isLive ? live : speed) : 0));
    last = now;
    if (at >= end() && !isLive) {
      playing = false;
      say();
    }
    draw();
  }
  for (const [side, { film }] of Object.entries(shown)) paintSpace($(`[data-side="${side}"] canvas`), film);
  const epoch = Math.round(at), slider = $(".epoch input");
  slider.max = all();
  slider.value = epoch;
  slider.setAttribute("aria-valuetext", `epoch ${epoch} of ${all()}`);
  $("output").textContent = `Epoch ${epoch} of ${all()}`;
  $("[data-do=play]").textContent = playing ? "❚❚ Pause" : "▶ Play";
  for (const line of home.querySelectorAll(".now")) for (const end of ["x1", "x2"]) line.setAttribute(end, xOf(at));
  if (playing) hint();
}

// Where each mark stands, in pixels of the canvas: pictures, then captions.
function places(film, size) {
  const early = frameOf(film, Math.floor(at)).points, late = frameOf(film, Math.ceil(at)).points;
  const share = still.matches ? 0 : at - Math.floor(at), eased = share * share * (3 - 2 * share);
  return early.map((value, place) => ((value + (late[place] - value) * eased) / 1000) * size);
}

function paintSpace(canvas, film) {
  const side = canvas.clientWidth, scale = window.devicePixelRatio || 1;
  if (!side) return;
  if (canvas.width !== Math.round(side * scale)) canvas.width = canvas.height = Math.round(side * scale);
  const pen = canvas.getContext("2d"), style = getComputedStyle(home);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, side, side);
  const points = places(film, side), count = told.ids.length, frame = frameOf(film, Math.floor(at + 1e-6));
  const xy = (mark) => [points[2 * mark], points[2 * mark + 1]];
  const followed = asked.follow ? rowOf.get(asked.follow) : null;
  const line = (picture, caption, colour, alpha, width, dash = []) => {
    const isFaint = followed !== null && picture !== followed && caption !== followed;
    pen.globalAlpha = isFaint ? alpha * 0.12 : alpha;
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(...xy(picture));
    pen.lineTo(...xy(count + caption));
    pen.stroke();
  };
  const ink = style.getPropertyValue("--ink").trim(), faint = style.getPropertyValue("--faint").trim();
  if (asked.lines.has("pairs")) told.learnt.forEach((row) => line(row, row, faint, 0.55, 1));
  if (asked.lines.has("violated")) worst(frame).forEach(([picture, caption]) => line(picture, caption, red, 0.28, 1, [2, 3]));
  if (asked.lines.has("pushed")) {
    const strongest = frame.pulls[2] || 1;
    for (let k = 0; k < frame.pulls.length; k += 3) {
      line(frame.pulls[k], frame.pulls[k + 1], red, 0.2 + (0.7 * frame.pulls[k + 2]) / strongest, 1.4);
    }
  }
  if (followed !== null) line(followed, followed, ink, 1, 2);
  pen.setLineDash([]);
  const small = side < 420 ? 0.75 : 1;
  for (let row = 0; row < count; row += 1) {
    const isOther = followed !== null && row !== followed;
    pen.globalAlpha = (learntOf.has(row) ? 0.95 : 0.4) * (isOther ? 0.35 : 1);
    pen.fillStyle = colours[told.places[row]];
    mark(pen, xy(row), row, (row === followed ? 7 : 4.2) * small);
    diamond(pen, xy(count + row), (row === followed ? 7.5 : 4.6) * small, style.getPropertyValue("--sheet").trim());
  }
  pen.globalAlpha = 1;
}

function mark(pen, [x, y], row, radius) {
  if (asked.lines.has("thumbnails") && pictures()) {
    const side = radius * 5, cut = sheet.naturalWidth / 20;
    pen.drawImage(sheet, (row % 20) * cut, Math.floor(row / 20) * cut, cut, cut, x - side / 2, y - side / 2, side, side);
    return;
  }
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function diamond(pen, [x, y], radius, sheetColour) {
  pen.beginPath();
  pen.moveTo(x, y - radius);
  pen.lineTo(x + radius, y);
  pen.lineTo(x, y + radius);
  pen.lineTo(x - radius, y);
  pen.closePath();
  pen.fill();
  pen.strokeStyle = sheetColour;
  pen.lineWidth = 1;
  pen.stroke();
}

function pictures() {
  if (!sheet) {
    sheet = new Image();
    sheet.onload = draw;
    sheet.src = told.sheet;
  }
  return sheet.complete && sheet.naturalWidth > 0;
}

// Of each learnt picture its nearest wrong caption, and of each caption its nearest wrong picture, where they violate.
function worst({ hardest }) {
  const half = told.learnt.length;
  return hardest.flatMap((row, k) => (row < 0 ? [] : [k < half ? [told.learnt[k], row] : [row, told.learnt[k - half]]]));
}

function nearest(canvas, clientX, clientY) {
  const box = canvas.getBoundingClientRect(), { film } = shown[canvas.closest(".space").dataset.side];
  const points = places(film, box.width), count = told.ids.length;
  let best = null, found = reach;
  for (let k = 0; k < 2 * count; k += 1) {
    const away = Math.hypot(points[2 * k] - (clientX - box.x), points[2 * k + 1] - (clientY - box.y));
    if (away < found) [best, found] = [k % count, away];
  }
  return best;
}

// Curves

const wide = 260, high = 96, left = 34;
const xOf = (epoch) => left + ((wide - left) * epoch) / Math.max(1, all());
const mean = (one, other) => (one + other) / 2;
const charts = {
  Loss: { of: (frame) => [frame.loss] },
  "R@1 in %": { of: ({ recalls }) => [mean(recalls[0], recalls[1]), mean(recalls[2], recalls[3])], top: 100, more: "dotted: kept out" },
  "Mean cosine": { of: (frame) => [Math.max(0, frame.alike)], top: 1, more: "of any two" },
};

function drawCurves() {
  const sides = Object.entries(shown);
  const isMixed = new Set(sides.map(([, { film }]) => film.settings.loss)).size > 1;
  $(".curves").innerHTML = Object.entries(charts).map(([title, { of, top, more = "" }]) => {
    const most = (film) => top ?? Math.max(1e-6, ...film.frames.map((frame) => frame.loss ?? 0));
    const shared = Math.max(...sides.map(([, { film }]) => most(film)));
    const lines = sides.map(([side, { film }]) => {
      const height = isMixed ? most(film) : shared, yOf = (value) => 6 + (high - 12) * (1 - value / height);
      const curves = of(film.frames[0]).map((_, k) => {
        const points = film.frames.flatMap((frame, epoch) => (of(frame)[k] === null ? [] : [`${xOf(epoch).toFixed(1)},${yOf(of(frame)[k]).toFixed(1)}`]));
        return `<polyline class="of-${side}${k ? " is-kept" : ""}" points="${points.join(" ")}"/>`;
      });
      const { loss, margin } = film.settings;
      const isLimited = !top && loss === "hardest_negative" && 2 * margin <= height;
      return curves.join("") + (isLimited ? `<line class="limit" x1="${left}" x2="${wide}" y1="${yOf(2 * margin)}" y2="${yOf(2 * margin)}"/>` : "");
    });
    const hasLimit = !top && sides.some(([, { film }]) => film.settings.loss === "hardest_negative");
    const note = !top && isMixed ? "each to its own scale" : hasLimit ? "red: twice the margin" : more;
    const label = isMixed && !top ? "" : `<text x="${left - 5}" y="12" text-anchor="end">${top ?? shared.toPrecision(2)}</text>`;
    return `<figure class="curve"><figcaption>${title}<span>${note}</span></figcaption><svg viewBox="0 0 ${wide} ${high}" aria-hidden="true">
      ${label}<text x="${left - 5}" y="${high - 4}" text-anchor="end">0</text><line class="now" y1="0" y2="${high}"/>${lines.join("")}</svg></figure>`;
  }).join("");
}
