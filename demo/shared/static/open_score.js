// The view whose answer it is takes a score apart, see scores.js.
document.addEventListener("vse:take", ({ detail: { view, asked } }) => view === "ANSWER" && trigger("score", asked));
watch("value", () => document.dispatchEvent(new CustomEvent("vse:taken", { detail: props.value })));
