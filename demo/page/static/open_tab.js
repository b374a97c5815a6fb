() => {
  // The page opens the view that its address names, and the address follows: a copied link opens the same view.
  const names = TABS;
  const shown = () => {
    const tab = document.querySelector("#tabs [role=tab][aria-selected=true]");
    if (tab) return tab.dataset.tabId;
    const folded = document.querySelector("#tabs .overflow-dropdown button.selected")?.textContent.trim();
    return Object.keys(names).find((each) => names[each] === folded);
  };

  // On a narrow screen some tabs are folded into a menu.
  const open = (wanted) => {
    const folded = [...document.querySelectorAll("#tabs .overflow-dropdown button")];
    const tab = document.querySelector(`#tabs [role=tab][data-tab-id="${wanted}"]`);
    (tab ?? folded.find((each) => each.textContent.trim() === names[wanted]))?.click();
  };

  const follow = () => {
    const url = new URL(window.location.href), now = shown();
    if (!now || (url.searchParams.get("tab") ?? "search") === now) return;
    if (now === "search") url.searchParams.delete("tab");
    else url.searchParams.set("tab", now);
    window.history.replaceState(window.history.state, "", url);
  };

  const wanted = new URL(window.location.href).searchParams.get("tab");
  if (Object.hasOwn(names, wanted ?? "") && wanted !== shown()) open(wanted);
  else follow();
  const bar = document.querySelector("#tabs .tab-wrapper");
  new MutationObserver(follow).observe(bar, { subtree: true, childList: true, attributeFilter: ["aria-selected", "class"] });
}
