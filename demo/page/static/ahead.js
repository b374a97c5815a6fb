// What other views need is fetched once the first answer is there and there is nothing else to do.
document.addEventListener("vse:opened", () => {
  if (navigator.connection?.saveData) return;
  const ahead = () => AHEAD.forEach((href) => document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href })));
  (window.requestIdleCallback ?? setTimeout)(ahead);
});
