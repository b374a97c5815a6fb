// The list of a view's sections: a click leads to the heading of one.
element.addEventListener("click", (event) => {
  const section = event.target.closest("button")?.dataset.section;
  const title = section && document.querySelector(section);
  if (!title) return;
  title.tabIndex = -1; // so that the next key goes on from there
  title.focus({ preventScroll: true });
  title.scrollIntoView({ block: "start" });
});
