// The row of the query's words tells the shares of the answer that is pointed at or in focus, else their mean.
const least = 0.005; // what is shown as 0.00
const leastFull = 0.05; // no smaller share fills a bar

function signed(value) {
  if (Math.abs(value) < least) return "0.00";
  return (value > 0 ? "+" : "−") + Math.abs(value).toFixed(2);
}

function rowOf(card) {
  return (card.closest(".side") ?? card.closest("section.answer"))?.querySelector(".why");
}

// `at` is the answer's place from 0; below 0 stands for their mean.
function tell(row, at) {
  const words = [...row.querySelectorAll(".word-share[data-shares]")];
  const values = words.map(({ dataset }) => Number(at < 0 ? dataset.mean : dataset.shares.split(" ")[at]));
  const full = Math.max(leastFull, ...values.map(Math.abs));
  for (const [place, word] of words.entries()) {
    const value = values[place];
    word.querySelector(".adds i").style.width = `${((100 * Math.abs(value)) / full).toFixed(0)}%`;
    word.querySelector("b").textContent = signed(value);
    word.classList.toggle("minus", value <= -least);
  }
  const whose = row.querySelector(".of-whom");
  whose.textContent = at < 0 ? whose.dataset.mean : `answer ${at + 1}`;
  row.classList.toggle("of-one", at >= 0);
}

function look(event) {
  const hovered = element.querySelector("ol.cards:not(.few) button.card:hover");
  const focused = document.activeElement?.closest("ol.cards:not(.few) button.card:focus-visible");
  const card = event.type.startsWith("focus") ? focused ?? hovered : hovered ?? focused;
  const told = card && element.contains(card) && rowOf(card);
  element.querySelectorAll(".why.of-one").forEach((row) => row !== told && tell(row, -1));
  if (told) tell(told, [...card.closest("ol").querySelectorAll("button.card")].indexOf(card));
}

["mouseover", "mouseout", "focusin"].forEach((kind) => element.addEventListener(kind, look));
element.addEventListener("focusout", () => setTimeout(look, 0, { type: "focusout" }));
