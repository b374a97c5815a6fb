// Photographs that were fetched: the page goes to them, once.
watch("value", () => {
  if (element.querySelector("[data-go]")) document.dispatchEvent(new CustomEvent("vse:collection", { detail: "folder" }));
});
