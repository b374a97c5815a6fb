// Where the server does not answer, a sentence stands in place of the answers to the question before.
const asking = /\/gradio_api\/(queue\/(join|data)|run\/)/;
const lost = [502, 503, 504];
const answers = "section.answer, #map-row";
const quiet = 60000; // ms, after which an answer that is under way is given up: a server that is there says so every 15 s

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
  const view = panel(shown());
  if (!view || view.matches(".unanswered")) return;
  const before = view.querySelector(answers) ?? view.querySelector(".block");
  const note = Object.assign(document.createElement("div"), { className: "problem gone", role: "alert" });
  const title = Object.assign(document.createElement("h2"), { textContent: "The server does not answer" });
  const said = Object.assign(document.createElement("p"), { textContent: "Nothing was found out. Check that the app is still running, then ask again." });
  note.append(title, said);
  view.classList.add("unanswered");
  view.querySelectorAll(".busy").forEach((each) => each.classList.remove("busy"));
  before?.before(note);
}

function answered() {
  document.querySelectorAll(".problem.gone").forEach((note) => note.remove());
  document.querySelectorAll(".unanswered").forEach((each) => each.classList.remove("unanswered"));
}

// What Gradio is told. Of a question that could not be sent it would wait for ever for the answer, and send no other; of an
// answer that breaks off too, or it would load the page again, without the question.
const detail = "The server does not answer.";
const brokenOff = [{ msg: "unexpected_error", message: detail, success: false }, { msg: "close_stream" }]
  .map((message) => `data: ${JSON.stringify(message)}\n\n`).join("");

function silence(address) {
  unanswered();
  if (!address.includes("/queue/data")) return new Response(JSON.stringify({ detail }), { status: 502 });
  return new Response(brokenOff, { headers: { "Content-Type": "text/event-stream" } });
}

// Whole messages of an answer as they come, and where it breaks off, what Gradio is told then.
function relayed(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", isWhole = false;
  const messages = new ReadableStream({
    async pull(controller) {
      try {
        for (let messages = ""; !messages; ) {
          const { done, value = "" } = await within(quiet, reader.read());
          if (done && !isWhole) throw new Error(detail);
          if (done) return controller.close();
          const last = (rest + value).lastIndexOf("\n\n");
          messages = last < 0 ? "" : (rest + value).slice(0, last + 2);
          rest = (rest + value).slice(messages.length);
          isWhole ||= messages.includes('"close_stream"');
          if (messages) controller.enqueue(messages);
        }
      } catch (error) {
        if (error.name === "AbortError") return controller.error(error);
        reader.cancel().catch(() => {});
        unanswered();
        controller.enqueue(brokenOff);
        controller.close();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(messages.pipeThrough(new TextEncoderStream()), answer);
}

function within(milliseconds, promise) {
  let timer = 0;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error(detail)), milliseconds)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const plain = window.fetch.bind(window);
window.fetch = async (input, options) => {
  const address = String(input?.url ?? input);
  if (!asking.test(address) || isTick(options?.body)) return plain(input, options);
  try {
    const answer = await plain(input, options);
    if (lost.includes(answer.status)) return silence(address);
    if (address.includes("/queue/join")) answered();
    return address.includes("/queue/data") && answer.ok ? relayed(answer) : answer;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return silence(address);
  }
};
