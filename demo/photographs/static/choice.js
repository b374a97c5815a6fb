// The choice of the collection: another one is another address, see address.js.
const menu = () => element.querySelector("details.models");

element.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-collection]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("vse:collection", { detail: link.dataset.collection }));
});

element.addEventListener("click", (event) => {
  if (!event.target.closest("button[data-get]")) return;
  menu().removeAttribute("open");
  trigger("select", {});
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  trigger("submit", { folder: new FormData(event.target).get("folder") }); // "path" would be a file to Gradio
});

document.addEventListener("click", (event) => {
  if (!menu()?.contains(event.target)) menu()?.removeAttribute("open");
});

element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu()?.open) return;
  menu().removeAttribute("open");
  menu().querySelector("summary").focus();
});
