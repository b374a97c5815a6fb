// The choice of the collection: another one is another address, see address.js.
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
  const add = event.submitter?.value === "add";
  trigger("submit", { folder: new FormData(event.target).get("folder"), add }); // "path" would be a file to Gradio
});
