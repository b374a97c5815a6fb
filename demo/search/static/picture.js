// The button beside the words shows and hides the place for a picture, which is of no use once its answer is there.
const button = element.querySelector("button");
const show = (is) => button.setAttribute("aria-expanded", is);

button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
document.addEventListener("vse:address", () => show(false));
