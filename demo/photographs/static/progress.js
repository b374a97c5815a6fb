// How far the index of a folder is: once there is more to find, what the page asked is asked again.
let seen = null;

watch("value", () => {
  const grown = element.querySelector(".index")?.dataset.grown ?? null;
  if (seen !== null && grown !== null && grown !== seen) trigger("select", {});
  seen = grown ?? seen;
});
