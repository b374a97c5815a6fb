// Light or dark, from before anything is painted: as the visitor chose, which this browser keeps, else as the system says.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  let chosen = "system", isDark;

  function read() {
    try {
      const kept = localStorage.getItem("vse:theme");
      chosen = kept === "light" || kept === "dark" ? kept : "system";
    } catch {} // a browser without storage keeps it until the page is left
    apply();
  }

  // Gradio goes by the system alone and says so at any time; a class that is right already must be left alone.
  function apply() {
    const dark = chosen === "system" ? system.matches : chosen === "dark";
    root.style.colorScheme = dark ? "dark" : "light";
    const radio = document.querySelector(`#theme [value="${chosen}"]`);
    if (radio) radio.checked = true;
    for (const each of [root, document.body]) if (each && each.classList.contains("dark") !== dark) each.classList.toggle("dark", dark);
    if (dark !== isDark) document.dispatchEvent(new Event("vse:theme"));
    isDark = dark;
  }

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("#theme input")) return;
    chosen = target.value;
    try {
      localStorage.setItem("vse:theme", chosen);
    } catch {} // as above
    apply();
  });
  addEventListener("storage", read);
  system.addEventListener("change", apply);
  new MutationObserver((_, begun) => {
    if (!document.body) return;
    begun.disconnect();
    apply();
    new MutationObserver(apply).observe(document.body, { attributeFilter: ["class"] });
  }).observe(root, { childList: true });
  document.addEventListener("vse:opened", apply);
  read();
})();
