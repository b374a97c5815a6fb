// Records one sentence, or takes a sound file, and uploads it as a WAV file, which is asked with.
const RATE = 16000;
const LONGEST = 30; // seconds
const [button, file, told] = ["button", "input", "[role=status]"].map((each) => element.querySelector(each));
const label = button.querySelector("span"), hint = button.title;
let recorder = null;

// A microphone is for pages of this very machine and of HTTPS alone; a file can be asked with on any page.
const can = Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
const NONE = "Browsers give a microphone only to pages served over HTTPS or from this machine. Choose a sound file instead, or drop one on the page.";
if (!can) {
  button.setAttribute("aria-disabled", "true");
  button.title = NONE;
}

function say(text) {
  told.textContent = text;
  told.hidden = !text;
}

function wavOf(samples) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, letters) => [...letters].forEach((each, i) => view.setUint8(at + i, each.charCodeAt(0)));
  text(0, "RIFF"), text(8, "WAVEfmt "), text(36, "data");
  for (const [at, value] of [[4, 36 + 2 * samples.length], [16, 16], [24, RATE], [28, 2 * RATE], [40, 2 * samples.length]]) view.setUint32(at, value, true);
  for (const [at, value] of [[20, 1], [22, 1], [32, 2], [34, 16]]) view.setUint16(at, value, true);
  samples.forEach((each, at) => view.setInt16(44 + 2 * at, Math.round(32767 * Math.max(-1, Math.min(1, each))), true));
  return new Blob([view], { type: "audio/wav" });
}

// Whatever the browser can play, as one channel of 16 kHz.
async function decoded(blob) {
  const context = new AudioContext();
  try {
    const found = await context.decodeAudioData(await blob.arrayBuffer());
    if (found.duration > LONGEST) throw new RangeError(`The recording lasts ${Math.round(found.duration)} seconds, and at most ${LONGEST} are heard: say one sentence.`);
    const offline = new OfflineAudioContext(1, Math.max(1, Math.ceil(found.duration * RATE)), RATE);
    const source = new AudioBufferSourceNode(offline, { buffer: found });
    source.connect(offline.destination);
    source.start();
    return (await offline.startRendering()).getChannelData(0);
  } finally {
    context.close();
  }
}

async function ask(blob) {
  say("");
  element.classList.add("busy");
  try {
    const form = new FormData();
    form.append("files", wavOf(await decoded(blob)), "speech.wav");
    const sent = await fetch("gradio_api/upload", { method: "POST", body: form });
    if (!sent.ok) throw new Error();
    const [path] = await sent.json();
    trigger("speak", { path });
  } catch (error) {
    const unreadable = error.name === "EncodingError";
    say(error instanceof RangeError ? error.message : unreadable ? "This is no sound that can be read: give a recording of one spoken sentence." : "The recording could not be sent: try again.");
  } finally {
    element.classList.remove("busy");
  }
}

function showRecording(is) {
  button.setAttribute("aria-pressed", is);
  button.setAttribute("aria-label", is ? "Stop, and ask with what was said" : hint);
  label.textContent = is ? "Stop" : "Speak";
}

async function record() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    return say(error.name === "NotFoundError" ? "No microphone was found: connect one, or drop a sound file on the page." : "The microphone may not be used: allow it in the browser, or drop a sound file on the page.");
  }
  const parts = [];
  recorder = new MediaRecorder(stream);
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = () => {
    stream.getTracks().forEach((each) => each.stop());
    clearTimeout(ends);
    recorder = null;
    showRecording(false);
    ask(new Blob(parts));
  };
  const ends = setTimeout(() => recorder?.stop(), 1000 * (LONGEST - 0.5));
  recorder.start();
  showRecording(true);
  say("Listening: say what you look for, then press Stop.");
}

button.addEventListener("click", () => {
  if (!can) {
    say(NONE);
    return file.click();
  }
  recorder ? recorder.stop() : record();
});
file.addEventListener("change", () => {
  if (file.files[0]) ask(file.files[0]);
  file.value = "";
});
