// The answer: clicks become queries, and the page's address follows, see address.js.
const heading = () => element.querySelector("h2[tabindex]");

function ask(button) {
  const { item, words, count, fit, fold, tick, of } = button.dataset;
  const pressed = button.getAttribute("aria-pressed") === "true";
  if (pressed && !tick && fold === undefined) return;
  unanswered = null;
  element.classList.add("busy");
  setTimeout(() => element.classList.remove("busy"), 5000); // where no other answer comes
  if (count !== undefined) return trigger("select", { kind: "count", value: Number(count) });
  if (fit !== undefined) return trigger("select", { kind: "fit", value: Number(fit) });
  if (fold !== undefined) return trigger("select", { kind: "fold", value: pressed ? "" : fold });
  element.dataset.asked = "yes";
  if (tick) return trigger("select", { kind: tick, value: of });
  trigger("select", item === undefined ? { kind: "words", value: words } : { kind: "item", value: item });
}

element.addEventListener("click", (event) => {
  const spoken = event.target.closest("button[data-spoken]");
  if (spoken) return trigger("speak", { item: spoken.dataset.spoken });
  const button = event.target.closest("button[data-item], button[data-words], button[data-count], button[data-fit], button[data-fold], button[data-tick]");
  if (button && element.contains(button)) ask(button);
  if (event.target.closest("[data-options]")) showOptions(!element.classList.contains("with-options"));
});

// On a narrow screen, what can be done with the answers; what is open stays so with the next ones.
function showOptions(are) {
  element.classList.toggle("with-options", are);
  element.querySelector("[data-options]")?.setAttribute("aria-expanded", are);
}

// A question from another view: whoever asks goes on until it is taken. It mostly comes right after models were
// switched, when Gradio may be closing the stream that its answer would come by: what stays unanswered is asked again.
const patience = 6000; // ms
let unanswered = null; // the question, and what was answered before
const answered = () => new URLSearchParams(element.querySelector("[data-address]")?.dataset.address).get("q");

function take(question, again = 2) {
  if (!unanswered) unanswered = { question, before: answered() };
  element.classList.add("busy");
  element.dataset.asked = "yes";
  trigger("select", question);
  const isOpen = () => unanswered?.question === question && element.isConnected;
  if (again) setTimeout(() => isOpen() && take(question, again - 1), patience);
}

document.addEventListener("vse:ask", (event) => {
  if (!element.closest("#answer") || !element.isConnected || event.defaultPrevented) return;
  event.preventDefault();
  unanswered = null;
  take(event.detail);
});

watch("value", () => {
  const now = answered();
  if (unanswered && now !== null && (now !== unanswered.before || now.includes(unanswered.question.value))) unanswered = null;
  element.classList.remove("busy");
  showOptions(element.classList.contains("with-options"));
  document.dispatchEvent(new Event("vse:address"));
  const title = heading();
  if (element.dataset.asked && title) {
    delete element.dataset.asked;
    title.focus({ preventScroll: true });
    const box = title.getBoundingClientRect();
    if (box.top < 0 || box.top > window.innerHeight) {
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      element.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    }
  }
});
