// A picture that is pasted or dropped anywhere is asked with: in Arithmetic the sum starts from it, else Search takes it.
// So is a sound file that is dropped.
const places = { arithmetic: "#sum-picture", search: "#picture" };
const ears = { arithmetic: "#sum-speak", search: "#speak" };
const hint = { arithmetic: "Drop the picture to start the sum from it", search: "Drop the picture to ask with it" };
const taker = () => (shown() === "arithmetic" ? "arithmetic" : "search");
const pictureIn = ({ files }) => [...files].find(({ type }) => type.startsWith("image/"));
const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
const hintAt = () => document.querySelector("#tabs") ?? document.body; // the tabs are drawn after this runs

const isSound = ({ name, type }) => type.startsWith("audio/") || /\.(wav|flac|ogg|mp3|opus|aiff?)$/i.test(name);

async function give(file) {
  const view = taker();
  if (view !== shown()) open(view);
  for (let look = 0; look < 100; look++) {
    const input = document.querySelector(`${(isSound(file) ? ears : places)[view]} input[type=file]`);
    if (input) {
      const held = new DataTransfer();
      held.items.add(file);
      input.files = held.files;
      return input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// What is copied as text too, such as cells of a table, is pasted as text.
document.addEventListener("paste", (event) => {
  const file = pictureIn(event.clipboardData);
  if (!file || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  give(file);
});

document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  hintAt().dataset.drop = hint[taker()];
});
document.addEventListener("dragleave", (event) => event.relatedTarget || delete hintAt().dataset.drop);
document.addEventListener("drop", () => delete hintAt().dataset.drop, true);
document.addEventListener("drop", (event) => {
  if (!holdsFiles(event) || event.defaultPrevented) return;
  event.preventDefault();
  const file = pictureIn(event.dataTransfer) ?? event.dataTransfer.files[0];
  if (file) give(file);
});
