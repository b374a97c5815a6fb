// A recipe that is pasted into the box, which has one line, keeps its lines: a mark stands for each new one.
document.addEventListener("paste", (event) => {
  const box = event.target.closest?.("#words input, #words textarea");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!box || !/\n\s*\S/.test(text.trim())) return;
  event.preventDefault();
  const marked = text.trim().replace(/\s*[\r\n]+\s*/g, " ⏎ ");
  box.setRangeText(marked, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
});
