// The list of sections: a click leads to the heading of one, in the order in which they stand.
element.addEventListener("click", (event) => {
  const section = event.target.closest("button")?.dataset.section;
  const title = section && document.querySelectorAll("#lessons h2, #about h2")[section];
  if (!title) return;
  title.tabIndex = -1; // so that the next key goes on from there
  title.focus({ preventScroll: true });
  title.scrollIntoView({ block: "start" });
});
