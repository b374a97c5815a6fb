// A run of the visitor's own, from the form to its last frame.
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
