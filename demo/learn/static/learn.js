// The Learn tab: plays films of runs, recorded ones and those that the visitor begins; a frame is the space after an epoch.
function openLearn(element, props, trigger, watch) {
  const home = element.querySelector(".learn");
  const red = "#c0392b", usual = ["pushed", "violated"];
  const colours = { beach: "#d19a00", desert: "#c4622d", forest: "#2f8f5b", kitchen: "#9a5fd6", meadow: "#8aa81a", sea: "#2f7fd6", snow: "#5bb5c9", street: "#8a8580" };
  const speed = 5, live = 12; // epochs a second, recorded and while they come
  const reach = 22, patience = 8000; // pixels within which a click means a mark; ms
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const $ = (selector) => home.querySelector(selector);
  let told; // what is the same in all films, see render.py
  let rowOf, learntOf;
  let sheet = null; // the pictures, once they are wanted
  let asked = {};
  let shown = {}; // by side "a" and "b": {name, film}
  let own = null, past = null; // the visitor's run, and the one before it
  let at = 0; // the epoch that is drawn, between two while it plays
  let playing = false, last = 0, drawing = 0;
  let hinted = null; // the epoch that was told last while it plays
  let turn = 0, waiting = 0;

  fetch(FRAME)
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
    .then((html) => {
      home.innerHTML = html;
      begin();
    })
    .catch(() => (home.textContent = "This could not be loaded: reload the page."));

  const films = new Map();
  function filmOf(name) {
    if (name === "own" || name === "before") return Promise.resolve(name === "own" ? own : past);
    if (!films.has(name)) films.set(name, fetch(told.films[name]).then((answer) => answer.json()));
    return films.get(name);
  }

  function begin() {
    told = JSON.parse($(".told").dataset.told);
    rowOf = new Map(told.ids.map((id, row) => [id, row]));
    learntOf = new Map(told.learnt.map((row, number) => [row, number]));
    home.querySelectorAll(".of-place").forEach((each) => each.style.setProperty("--place", colours[each.dataset.place]));
    home.addEventListener("click", clicked);
    home.addEventListener("change", changed);
    $(".epoch input").addEventListener("input", ({ target }) => go(Number(target.value)));
    $("form").addEventListener("submit", (event) => (event.preventDefault(), train()));
    new ResizeObserver(draw).observe($(".stage"));
    document.addEventListener("vse:theme", draw);
    window.addEventListener("popstate", () => {
      if (element.isConnected && new URLSearchParams(window.location.search).get("tab") === "learn") open();
    });
    open(true);
  }

  // What the address asks for.
  function open(isFirst = false) {
    const parameters = new URLSearchParams(window.location.search);
    const given = parameters.get("tab") === "learn" ? parameters : new URLSearchParams();
    const known = (name) => (Object.hasOwn(told.titles, name) || (name === "own" && own?.frames.length) ? name : "");
    asked = {
      run: known(given.get("run")) || Object.keys(told.titles)[0],
      beside: known(given.get("beside")),
      follow: rowOf.has(given.get("follow")) ? given.get("follow") : "",
      lines: new Set(given.has("lines") ? given.get("lines").split(",") : usual),
    };
    $("form").reset();
    fill((given.get("train") ?? "").split(","));
    const epoch = given.has("epoch") ? Number(given.get("epoch")) || 0 : null;
    home.querySelectorAll(".looks [type=checkbox]").forEach((box) => (box.checked = asked.lines.has(box.name)));
    show(epoch, isFirst && epoch === null && !still.matches);
  }

  async function show(epoch, play) {
    const names = { a: asked.run, b: asked.beside };
    const found = await Promise.all(Object.values(names).map((name) => name && filmOf(name)));
    if (names.a !== asked.run || names.b !== asked.beside) return; // another was chosen in the meantime
    shown = {};
    Object.entries(names).forEach(([side, name], number) => name && (shown[side] = { name, film: found[number] }));
    home.querySelectorAll("[data-run]").forEach((each) => each.setAttribute("aria-pressed", each.dataset.run === names.a));
    $("[name=beside]").value = names.b;
    $("[name=follow]").value = asked.follow;
    $(".look").textContent = told.told[names.a] ?? "The run that you began.";
    $(".formula").textContent = formulaOf(shown.a.film);
    offerBeside(names);
    $('[data-side="b"]').hidden = !names.b;
    $(".stage").classList.toggle("is-two", Boolean(names.b));
    for (const [side, { name, film }] of Object.entries(shown)) {
      const caption = $(`[data-side="${side}"] figcaption`);
      caption.children[0].textContent = titleOf(name);
      caption.children[1].textContent = settingsOf(film);
    }
    const share = Object.values(shown).map(({ film }) => (film.shown === null ? null : Math.round(100 * film.shown)));
    $(".plane").textContent = share.includes(null)
      ? "While a run is under way the plane is the one in which the vectors spread most before the first step; once it has ended, that of its last epoch."
      : `The plane is the same for all epochs of a run: the two directions in which the vectors of its last epoch spread most. They show ${share.join(" and ")} % of that spread; distances in the other directions cannot be seen.`;
    playing = play;
    last = 0;
    at = play ? 0 : Math.min(epoch ?? 0, end());
    drawCurves();
    draw();
    say();
  }

  function settingsOf({ settings }) {
    const { loss, margin, temperature, warmup_epochs: warmup, batch_size: batch, learning_rate: rate, seed } = settings;
    const of = loss === "infonce" ? `temperature ${temperature}` : `margin ${margin}`;
    const warmed = loss === "hardest_negative" ? ` · warm-up ${warmup || "none"}` : "";
    return `${told.losses[loss]} · ${of}${warmed} · batch ${batch} · rate ${rate}${seed ? ` · seed ${seed}` : ""}`;
  }

  // s is the score of a picture and a caption, each asked once for the other.
  function formulaOf({ settings: { loss, margin, temperature } }) {
    const hinge = `max(0, ${margin} − s(own) + s(wrong))`;
    return {
      hinge_sum: `loss = Σ ${hinge}, over all wrong ones of the batch; s is the cosine`,
      hardest_negative: `loss = ${hinge}, of the nearest wrong one alone; s is the cosine`,
      infonce: `loss = −log( exp(s(own) / ${temperature}) / Σ exp(s / ${temperature}) ), over all of the batch; s is the cosine`,
      order: `loss = Σ ${hinge}, over all wrong ones of the batch; s = −|max(0, caption − picture)|²`,
    }[loss];
  }

  function offerBeside({ a, b }) {
    const button = $("[data-do=beside]"), other = told.beside[a];
    button.hidden = !b && !other;
    button.textContent = b ? "Show it alone" : `Compare with: ${told.titles[other]}`;
  }

  const titleOf = (name) => ({ own: "Your run", before: "Your run before" })[name] ?? told.titles[name];
  const end = () => Math.max(...Object.values(shown).map(({ film }) => film.frames.length - 1));
  const all = () => Math.max(...Object.values(shown).map(({ film }) => film.settings.epochs));
  const frameOf = (film, epoch) => film.frames[Math.min(Math.max(0, epoch), film.frames.length - 1)];

  function go(epoch) {
    playing = false;
    at = Math.min(Math.max(0, epoch), end());
    draw();
    say();
  }

  function clicked({ target, clientX, clientY }) {
    const button = target.closest("button");
    if (button?.dataset.run) {
      asked.run = button.dataset.run;
      show(0, !still.matches);
    } else if (button?.dataset.do === "play") {
      if (playing) return go(Math.round(at));
      if (at >= end()) at = 0;
      play();
    } else if (button?.dataset.do === "step") go(Math.floor(at) + 1);
    else if (button?.dataset.do === "back") go(Math.ceil(at) - 1);
    else if (button?.dataset.do === "replay") {
      at = 0;
      play();
    } else if (button?.dataset.do === "beside") {
      asked.beside = asked.beside ? "" : told.beside[asked.run];
      show(0, !still.matches);
    } else if (button?.dataset.do === "stop") stop();
    else if (target.matches("canvas")) {
      const row = nearest(target, clientX, clientY);
      if (row !== null) follow(told.ids[row] === asked.follow ? "" : told.ids[row]);
    }
  }

  function play() {
    playing = true;
    last = 0;
    draw();
    say();
  }

  function follow(id) {
    asked.follow = id;
    $("[name=follow]").value = id;
    draw();
    say();
  }

  function changed({ target }) {
    if (target.name === "follow") follow(target.value);
    else if (target.name === "beside") {
      asked.beside = target.value;
      show(Math.round(at), false);
    } else if (target.type === "checkbox") {
      if (target.checked) asked.lines.add(target.name);
      else asked.lines.delete(target.name);
      draw();
      say();
    } else if (target.closest("form")) {
      if (target.name === "loss" && target.value === "order" && $("[name=margin]").value === "0.2") $("[name=margin]").value = "0.05";
      onlyFor();
      say();
    }
  }

  // Drawing

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

  // Words

  const grouped = (number) => number.toLocaleString("en");
  const short = (text) => (text.length > 90 ? `${text.slice(0, 89)}…` : text);

  function seenIn({ film }, epoch) {
    const frame = frameOf(film, epoch), { loss, margin, temperature } = film.settings;
    const total = told.learnt.length * (told.learnt.length - 1), pushes = frame.pulls.length / 3;
    const parts = [];
    parts.push(
      told.margined.includes(loss)
        ? `${grouped(frame.violated)} of ${grouped(total)} wrong pairs come nearer than the margin of ${margin} allows.`
        : `In ${grouped(frame.violated)} of ${grouped(total)} wrong pairs the wrong one is as near as a right one, or nearer.`,
    );
    let held = 0;
    for (let k = 2; k < frame.pulls.length; k += 3) held += frame.pulls[k];
    if (loss === "infonce") parts.push(`Of all that the loss pushes apart at temperature ${temperature}, the ${pushes} pairs that it pushes most have ${Math.min(100, Math.round(held / 10))} %.`);
    else if (!pushes) parts.push("In the batches of the next epoch the loss pushes nothing apart.");
    else parts.push(`In the batches of the next epoch the loss pushes ${pushes >= 160 ? "160 of them or more" : `${pushes} of them`} apart.`);
    const [one, two, three, four] = frame.recalls.map(Math.round);
    parts.push(`R@1 is ${one} % for pictures and ${two} % for captions that were learnt; ${three} and ${four} % for those kept out, where chance is 2.5 %.`);
    const first = film.frames[0].alike;
    if (frame.alike > first + 0.1) parts.push(`The vectors have drawn together: any two have a mean cosine of ${frame.alike.toFixed(2)}, and ${first.toFixed(2)} before the first step.`);
    if (loss === "hardest_negative" && margin > 0 && frame.loss !== null && Math.abs(frame.loss - 2 * margin) < 0.15 * margin) {
      parts.push(`The loss, ${frame.loss.toFixed(2)}, is about twice the margin, as it is when all vectors are one.`);
    }
    return parts.join(" ");
  }

  const losses = (film, epoch) => frameOf(film, epoch).loss;

  // Short, while it plays; and in full once it stands still, which is also when it is read aloud.
  function hint() {
    const epoch = Math.floor(at);
    if (hinted === epoch) return;
    hinted = epoch;
    const parts = Object.values(shown).map(({ film }) => `${grouped(frameOf(film, epoch).violated)} wrong pairs ${told.margined.includes(film.settings.loss) ? "violate the margin" : "are nearer than right ones"}, loss ${losses(film, epoch)?.toFixed(3) ?? "–"}`);
    $(".seen").setAttribute("aria-live", "off");
    $(".seen").textContent = `Epoch ${epoch}: ${parts.join("; beside it ")}.`;
  }

  function say() {
    if (!shown.a) return;
    const epoch = Math.round(at);
    hinted = null;
    if (!playing) {
      const isTwo = Boolean(shown.b);
      $(".seen").setAttribute("aria-live", "polite");
      $(".seen").replaceChildren(
        ...Object.values(shown).map((each) => {
          const line = document.createElement("span");
          const loss = losses(each.film, epoch);
          const title = titleOf(each.name);
          line.style.display = "block";
          line.textContent = `${isTwo ? `${title}, epoch` : "Epoch"} ${Math.min(epoch, each.film.frames.length - 1)}${loss === null ? ", before the first step" : `, loss ${loss.toFixed(3)}`}: ${seenIn(each, epoch)}`;
          return line;
        }),
      );
    }
    for (const [side, { name, film }] of Object.entries(shown)) {
      const canvas = $(`[data-side="${side}"] canvas`);
      canvas.setAttribute("aria-label", `${titleOf(name)}: 200 pictures and their captions in a plane, after epoch ${Math.min(epoch, film.frames.length - 1)}`);
    }
    sayFollowed(epoch);
    address(epoch);
  }

  function sayFollowed(epoch) {
    const box = $(".followed");
    box.hidden = !asked.follow;
    if (box.hidden) return;
    const row = rowOf.get(asked.follow), number = learntOf.get(row), { film } = shown.a, { hardest, pulls } = frameOf(film, epoch);
    const cut = document.createElement("div"), text = document.createElement("div");
    cut.className = "cut";
    cut.style.backgroundImage = `url("${told.sheet}")`;
    cut.style.backgroundPosition = `${((row % 20) / 19) * 100}% ${(Math.floor(row / 20) / 9) * 100}%`;
    cut.setAttribute("role", "img");
    cut.setAttribute("aria-label", told.ids[row]);
    const add = (words) => text.appendChild(document.createElement("p")).append(words);
    add(`“${told.captions[row]}”`);
    if (number === undefined) add("It is kept out: nothing pulls on it, and where it lies shows what the others have taught.");
    else {
      const caption = hardest[number], picture = hardest[told.learnt.length + number];
      const isMargined = told.margined.includes(film.settings.loss);
      const none = isMargined ? "keeps the margin from every wrong one" : "is nearer to its own than to any wrong one";
      add(caption < 0 ? `The picture ${none}.` : `Nearest wrong caption: “${short(told.captions[caption])}”`);
      add(picture < 0 ? `The caption ${none}.` : `Nearest wrong picture: the one of “${short(told.captions[picture])}”`);
      let pushed = 0;
      for (let k = 0; k < pulls.length; k += 3) pushed += pulls[k] === row || pulls[k + 1] === row;
      add(pushed ? `The loss pushes it away in ${pushed} of the pairs that are drawn.` : "No push that is drawn concerns it.");
    }
    box.replaceChildren(cut, text);
  }

  function address(epoch) {
    const values = { run: asked.run === Object.keys(told.titles)[0] ? "" : asked.run, beside: asked.beside, follow: asked.follow, train: isUsual() ? "" : Object.values(settings()).join(",") };
    if (!playing && epoch) values.epoch = String(epoch);
    const lines = [...asked.lines].sort().join(",");
    if (lines !== [...usual].sort().join(",")) values.lines = lines || "none";
    const kept = Object.entries(values).filter(([name, value]) => value && !["own", "before"].includes(value));
    home.dataset.choices = new URLSearchParams(kept);
    delete home.dataset.past; // see address.js
    document.dispatchEvent(new Event("vse:address"));
  }

  // A run of the visitor's own

  const controls = () => [...$("form").elements].filter((each) => each.name);
  function settings() {
    return Object.fromEntries(controls().map(({ name, value }) => [name, name === "loss" ? value : Number(value)]));
  }

  const isUsual = () => controls().every((each) => (each.tagName === "SELECT" ? each.selectedOptions[0]?.defaultSelected : each.value === each.defaultValue));

  // From an address: values in the order of the form; what it does not offer stays as it is.
  function fill(values) {
    controls().forEach((control, k) => {
      if (values.length !== controls().length) return;
      const isOffered = control.tagName === "SELECT" ? [...control.options].some(({ value }) => value === values[k]) : /^\d{1,4}$/.test(values[k]);
      if (isOffered) control.value = values[k];
    });
    onlyFor();
  }

  function onlyFor() {
    const loss = $("[name=loss]").value;
    home.querySelectorAll("[data-only]").forEach((each) => (each.hidden = !each.dataset.only.split(" ").includes(loss)));
  }

  function train(again = 2) {
    turn += 1;
    const wanted = settings();
    if (own && own.shown !== null) {
      past = own;
      offer("before");
    }
    own = { settings: wanted, frames: [], shown: null, isLive: true };
    busy(true);
    status("The run begins …");
    trigger("select", { settings: wanted, turn });
    expect(again);
  }

  // Gradio may lose a question that comes while it closes a stream: what stays unanswered is asked again.
  function expect(again) {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (again && element.isConnected) return train(again - 1);
      over("The server did not answer: try again.");
    }, patience);
  }

  function stop() {
    trigger("submit", {});
    status("Stopping …");
  }

  const status = (words) => ($(".status").textContent = words);
  function busy(isOn) {
    $("[data-do=stop]").hidden = !isOn;
    if (!isOn && document.activeElement === $("[data-do=stop]")) $(".go").focus();
  }

  function over(words) {
    clearTimeout(waiting);
    if (own) own.isLive = false;
    busy(false);
    status(words);
  }

  function offer(name) {
    const option = $(`[name=beside] [value="${name}"]`);
    option.hidden = option.disabled = false;
  }

  function offerOwn() {
    $('[data-run="own"]').hidden = false;
    offer("own");
  }

  watch("news", () => {
    const [, of, text] = props.news.match(/^(\d+) ([^]*)$/) ?? [];
    if (!own || Number(of) !== turn) return; // of a run that was overtaken, whose end Gradio may send last
    const news = JSON.parse(text);
    clearTimeout(waiting);
    if (news.before) status(news.before === 1 ? "One run is before yours: it begins when that has ended." : `${news.before} runs are before yours.`);
    else if (news.before === 0) status("Training in a process of its own: its first epoch takes a few seconds …");
    if (news.frames?.length) takeFrames(news);
    if (news.film) takeFilm(news.film);
    else if (news.problem) over(news.problem);
    else if (news.stopped) over(own.frames.length ? `Stopped after epoch ${own.frames.length - 1}.` : "Stopped.");
  });

  function takeFrames({ from, frames }) {
    const isFirst = !own.frames.length;
    frames.forEach((frame, k) => (own.frames[from + k] = frame));
    if (own.frames.includes(undefined)) return; // some were lost: the film brings them
    status(`Training: epoch ${own.frames.length - 1} of ${own.settings.epochs}.`);
    if (isFirst) {
      offerOwn();
      asked.run = "own";
      if (asked.beside === "own") asked.beside = past ? "before" : "";
      show(0, !still.matches);
      const { bottom } = $("canvas").getBoundingClientRect();
      if (bottom < 80 || bottom > window.innerHeight + 200) $(".player").scrollIntoView();
    } else if (asked.run === "own") {
      drawCurves();
      if (still.matches) go(own.frames.length - 1);
      else if (at >= own.frames.length - 1 - frames.length) playing = true;
      draw();
    }
  }

  function takeFilm(film) {
    if (!own.frames.length) asked.run = "own"; // it was done before its first frame came
    const epoch = Math.round(at), isShown = asked.run === "own" || asked.beside === "own";
    own = { ...film, isLive: false };
    over(`Done: ${film.settings.epochs} epochs. The run now stands in the plane of its last epoch: replay it, or compare it.`);
    offerOwn();
    if (isShown) show(playing ? film.frames.length - 1 : epoch, false);
  }
}
