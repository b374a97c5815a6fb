// What is said of a button holds what is written on it, so that it can be spoken to; Gradio calls its upload otherwise.
function named() {
  for (const each of document.querySelectorAll(".upload-container[aria-label]")) each.removeAttribute("aria-label");
}

named();
new MutationObserver(named).observe(document.body, { subtree: true, childList: true });
