// The answer: clicks become queries, and the address follows the query.
const heading = () => element.querySelector("h2[tabindex]");

function ask(button) {
  const { item, words, count } = button.dataset;
  if (button.getAttribute("aria-pressed") === "true") return;
  element.classList.add("busy");
  setTimeout(() => element.classList.remove("busy"), 5000); // where no other answer comes
  if (count !== undefined) return trigger("select", { kind: "count", value: Number(count) });
  element.dataset.asked = "yes";
  trigger("select", item === undefined ? { kind: "words", value: words } : { kind: "item", value: item });
}

function follow() {
  const section = element.querySelector("section.answer");
  if (!section || section.dataset.address === undefined) return;
  const url = new URL(window.location.href);
  const wanted = new URLSearchParams(section.dataset.address);
  for (const name of ["q", "image"]) {
    url.searchParams.delete(name);
    if (wanted.has(name)) url.searchParams.set(name, wanted.get(name));
  }
  if (url.href !== window.location.href) window.history.replaceState(window.history.state, "", url);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-item], button[data-words], button[data-count]");
  if (button && element.contains(button)) ask(button);
});

// A question from another view: whoever asks goes on until it is taken.
document.addEventListener("vse:ask", (event) => {
  if (!element.closest("#answer") || !element.isConnected || event.defaultPrevented) return;
  event.preventDefault();
  element.classList.add("busy");
  element.dataset.asked = "yes";
  trigger("select", event.detail);
});

watch("value", () => {
  element.classList.remove("busy");
  follow();
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
