// The Words tab: what is asked stands in `asked`, as the address says it; the server draws the parts that a change concerns.
function openWords(element, props, trigger, watch) {
  const home = element.querySelector(".words");
  const parts = [...element.querySelectorAll("[data-part]")];
  const reach = 24; // pixels, within which a click in the plane means a word
  const patience = 6000; // ms
  let waiting = 0;
  let asked = new URLSearchParams();
  let changed = new Set(); // parameters whose parts were not drawn yet
  let turn = 0;
  let left = 0; // how often it may be asked again
  let field = "near"; // the one that was used last, which what is said is for
  let focus = null; // where the last question was asked: its part, and what to find there again

  const fromAddress = () => {
    const parameters = new URLSearchParams(window.location.search);
    return parameters.get("tab") === "words" ? parameters : new URLSearchParams();
  };

  function ask(values) {
    for (const [name, value] of values) {
      if (name === "text" && value !== asked.get(name)) asked.delete("step");
      asked.set(name, value);
      changed.add(name);
    }
    send();
  }

  // Gradio may lose a question that comes while it closes a stream: what stays unanswered is asked again, see answer.js.
  function send(again = 3) {
    turn += 1;
    left = again;
    element.classList.add("busy");
    trigger("select", { asked: String(asked), changed: [...changed], turn });
    expect();
  }

  function expect() {
    clearTimeout(waiting);
    const giveUp = () => element.classList.remove("busy");
    waiting = setTimeout(() => (left && element.isConnected ? send(left - 1) : giveUp()), patience);
  }

  function askAll(parameters) {
    asked = parameters;
    ["set", "near", "sum"].forEach((name) => changed.add(name));
    send();
  }

  // The same control in what was drawn anew.
  const key = (control) => control?.name || control?.dataset.ask || control?.dataset.word || "";
  function remember(control) {
    const part = control.closest("[data-part]");
    if (part) focus = { part, key: key(control), text: control.textContent };
  }

  function draw(part, html) {
    const was = part.contains(document.activeElement) ? document.activeElement : null;
    if (was) remember(was);
    part.innerHTML = html;
    if (focus?.part !== part) return;
    const controls = [...part.querySelectorAll("input, button:not(:disabled)")];
    const again = controls.find((each) => key(each) === focus.key) ?? controls.find((each) => each.textContent === focus.text);
    (again ?? part.parentElement.querySelector("h2"))?.focus({ preventScroll: true });
    focus = null;
  }

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const values = new FormData(form);
    form.querySelectorAll("[type=checkbox]").forEach((box) => box.checked || values.set(box.name, ""));
    if (document.activeElement && form.contains(document.activeElement)) remember(document.activeElement);
    ask([...values]);
  });

  element.addEventListener("focusin", ({ target }) => {
    if (target.matches(".field input[type=text]")) field = target.name;
  });
  // Said was "a dog" for a word, or a sentence where one is asked for.
  watch("spoken", () => {
    const said = props.spoken.split(" ").slice(1), input = element.querySelector(`.field input[name="${field}"]`);
    if (!input || !said.length) return;
    input.value = input.closest(".is-wide") ? said.join(" ") : said.at(-1);
    input.form.requestSubmit();
    input.scrollIntoView({ block: "nearest" });
  });

  element.addEventListener("change", (event) => {
    if (event.target.matches("[data-now]")) event.target.form.requestSubmit();
  });

  element.addEventListener("input", (event) => {
    const shown = event.target.closest("label")?.querySelector("output");
    if (shown) shown.textContent = event.target.value;
  });

  element.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.ask !== undefined) {
      remember(button);
      ask(new URLSearchParams(button.dataset.ask));
    } else if (button?.dataset.word || button?.dataset.item) {
      const { word, item } = button.dataset;
      trigger("submit", { word, item });
      window.scrollTo({ top: 0 });
    } else {
      const dot = nearest(event);
      if (dot) ask([["near", dot.dataset.dot]]);
    }
  });

  // The word of the plane that the pointer is nearest to.
  function nearest({ target, clientX, clientY }) {
    const drawn = target.closest?.(".plane svg"), turned = drawn?.getScreenCTM();
    if (!turned) return null;
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(turned.inverse());
    const distance = (dot) => Math.hypot(dot.cx.baseVal.value - x, dot.cy.baseVal.value - y);
    let best = null;
    for (const dot of drawn.querySelectorAll("[data-dot]")) if (!best || distance(dot) < distance(best)) best = dot;
    return best && distance(best) * turned.a < reach ? best : null;
  }

  element.addEventListener("pointermove", (event) => {
    const figure = event.target.closest?.(".plane");
    const label = element.querySelector(".plane .under");
    if (!label) return;
    const dot = figure && nearest(event);
    label.hidden = !dot;
    if (!dot) return;
    const box = figure.getBoundingClientRect(), at = dot.getBoundingClientRect();
    label.textContent = dot.dataset.dot;
    label.style.left = `${at.x + at.width / 2 - box.x}px`;
    label.style.top = `${at.y - box.y}px`;
  });

  for (const part of parts) {
    watch(part.dataset.part, () => {
      const [, of, html] = props[part.dataset.part].match(/^(\d+) ([^]*)$/);
      if (Number(of) !== turn) return; // of an answer that was overtaken, whose end Gradio may send last
      part.dataset.turn = of;
      if (element.classList.contains("busy")) expect();
      draw(part, html);
    });
  }
  watch("answer", () => {
    if (props.answer !== turn) return;
    const isLost = (part) => props.drawn.includes(part.dataset.part) && part.dataset.turn !== String(turn);
    if (left && parts.some(isLost)) return send(left - 1); // where an older answer's end came over it
    changed = new Set();
    clearTimeout(waiting);
    element.classList.remove("busy");
    home.dataset.choices = props.address;
    delete home.dataset.past; // see address.js
    document.dispatchEvent(new Event("vse:address"));
  });
  watch("again", () => askAll(asked));
  window.addEventListener("popstate", () => {
    if (element.isConnected && new URLSearchParams(window.location.search).get("tab") === "words") askAll(fromAddress());
  });
  askAll(fromAddress());
}
