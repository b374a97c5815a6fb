// What is seen, in words, and the address of it.
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
