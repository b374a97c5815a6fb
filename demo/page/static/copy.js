// The address of what is shown, for somebody else, or another text that a button names. Browsers give the clipboard to secure pages only; elsewhere a
// selection can be copied.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    return isCopied ? "Copied" : "Copy the address above";
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-copy]");
  if (!button) return;
  const usual = (button.dataset.usual ??= button.textContent);
  button.textContent = await copy(button.dataset.copy || window.location.href);
  setTimeout(() => (button.textContent = usual), 2000);
});
