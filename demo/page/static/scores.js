// A click on a score takes it apart, and what draws that is fetched then; so does an address that says one is open.
{
  const buttons = "ol.cards:not(.few) button.card, button.line[data-told]";
  let said = null;
  const listen = () => (said = new URLSearchParams(window.location.search));

  async function take(answer, asked) {
    said = null;
    (await import(new URL(SCORE, document.baseURI))).open(answer, asked);
  }

  function press(event, from) {
    if (!from) return;
    event.stopPropagation();
    event.preventDefault();
    const { item, told, caption } = from.dataset;
    take(from.closest("#answer, #sum-answer"), { item: item ?? told, caption, model: from.closest(".side")?.querySelector("h3").textContent, from });
  }

  listen();
  window.addEventListener("popstate", listen);
  document.addEventListener("click", (event) => press(event, event.target.closest(".score")?.closest(buttons)), true);
  document.addEventListener("keydown", (event) => event.key === "Enter" && event.shiftKey && press(event, event.target.closest("[data-told]")), true);
  document.addEventListener("vse:score", (event) => press(event, event.detail));
  document.addEventListener("vse:address", () => {
    const answer = [...document.querySelectorAll("#answer, #sum-answer")].find((each) => each.offsetParent && each.querySelector(".answer:not([aria-busy])"));
    if (said?.has("score") && answer) take(answer, { item: said.get("score"), caption: said.get("caption"), model: said.get("by") });
  });
}
