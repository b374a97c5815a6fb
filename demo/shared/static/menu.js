// A menu, if there is one, closes by a click beside it and by Escape.
const menu = () => element.querySelector("details.models");

document.addEventListener("click", (event) => {
  if (!event.composedPath().includes(menu())) menu()?.removeAttribute("open");
});

element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu()?.open) return;
  menu().removeAttribute("open");
  menu().querySelector("summary").focus();
});
