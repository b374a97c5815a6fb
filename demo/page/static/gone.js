// Where the server does not answer, a sentence stands in place of the answers to the question before.
const asking = /\/gradio_api\/(queue\/(join|data)|run\/)/;
const lost = [502, 503, 504];
const answers = "section.answer, #map-row";

// Looks at the state of an index are nobody's question.
function isTick(body) {
  try {
    const { trigger_id } = JSON.parse(body);
    return window.gradio_config.components.find(({ id }) => id === trigger_id)?.type === "timer";
  } catch {
    return false;
  }
}

function unanswered() {
  const before = panel(shown())?.querySelector(answers);
  if (!before || panel(shown()).matches(".unanswered")) return;
  const note = Object.assign(document.createElement("div"), { className: "problem gone", role: "alert" });
  const title = Object.assign(document.createElement("h2"), { textContent: "The server does not answer" });
  const said = Object.assign(document.createElement("p"), { textContent: "Nothing was found out. Check that the app is still running, then ask again." });
  note.append(title, said);
  panel(shown()).classList.add("unanswered");
  panel(shown()).querySelectorAll(".busy").forEach((each) => each.classList.remove("busy"));
  before.before(note);
}

function answered() {
  document.querySelectorAll(".problem.gone").forEach((note) => note.remove());
  document.querySelectorAll(".unanswered").forEach((each) => each.classList.remove("unanswered"));
}

// What Gradio is told: of a question that could not be sent it would wait for ever for the answer, and send no other.
function silence() {
  unanswered();
  return new Response(JSON.stringify({ detail: "The server does not answer." }), { status: 502 });
}

const plain = window.fetch.bind(window);
window.fetch = async (input, options) => {
  const address = String(input?.url ?? input);
  if (!asking.test(address) || isTick(options?.body)) return plain(input, options);
  try {
    const answer = await plain(input, options);
    if (lost.includes(answer.status)) return silence();
    if (address.includes("/queue/join")) answered();
    return answer;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    const answer = silence();
    if (address.includes("/queue/data")) throw error;
    return answer;
  }
};
