// A model that was exported as ONNX, in a browser. It reads sentences and pictures as vse_onnx.py does and needs
// onnxruntime-web, which it is given, and nothing else:
//
//   import * as ort from "./ort.wasm.min.mjs";
//   import { Model, similarity } from "./vse_onnx.js";
//   const model = await Model.load(ort);
//   const [words] = await model.texts(["a dog on the beach"]);
//   const [picture] = await model.images([document.querySelector("img")]);
//   console.log(similarity(words, picture));

const PADDING = 0, UNKNOWN = 1;
const LONGEST = 24, SHORTEST = 5; // bytes of a word that are read by their letters, and columns that there are at least
const SAME = [[/[’ʼ]/gu, "'"], [/‐/gu, "-"], [/[\u00AD\u20E3\uFE00-\uFE0F]/gu, ""]];
const KINDS = [
  ["j", /['-]/u], // apostrophe and hyphen
  ["z", /\u200D/u], // joiner of emoji
  ["t", /[\u{1F3FB}-\u{1F3FF}]/u], // skin tone
  ["f", /[\u{1F1E6}-\u{1F1FF}]/u], // half of a flag
  ["h", /[\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\u{20000}-\u{3FFFF}]/u], // Chinese character
  ["e", /[\u231A-\u23FF\u2600-\u27BF\u2B00-\u2BFF\u{1F000}-\u{1FAFF}]/u], // emoji
  ["w", /[\p{L}\p{N}\p{M}]/u],
];
const WORD = /w+(?:jw+)*|h|ff|[eft]t?(?:zet?)*/g;
const NEGATES = new RegExp(
  "^(?:no|not|without|never|none|neither|nor|nobody|nothing|nowhere|cannot" +
    "|(?:is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|should)n['’]?t)$",
);

// Lower-case words; an apostrophe or a hyphen inside belongs to the word, other punctuation is dropped.
export function tokenize(text) {
  text = text.normalize("NFKC").toLowerCase();
  for (const [from, to] of SAME) text = text.replace(from, to);
  const letters = [...text];
  const kinds = letters.map((letter) => KINDS.find(([, of]) => of.test(letter))?.[0] ?? " ").join("");
  return [...kinds.matchAll(WORD)].map((match) => letters.slice(match.index, match.index + match[0].length).join(""));
}

// Whether a letter put in, left out or exchanged, or two neighbours swapped, makes one word the other.
function oneEdit(one, other) {
  let [a, b] = [[...one], [...other]];
  if (a.length > b.length) [a, b] = [b, a];
  const first = a.findIndex((letter, at) => letter !== b[at]), at = first < 0 ? a.length : first;
  const rest = (letters, from) => letters.slice(from).join("");
  if (b.length === a.length + 1) return rest(a, at) === rest(b, at + 1);
  const isSwapped = a[at] === b[at + 1] && a[at + 1] === b[at] && rest(a, at + 2) === rest(b, at + 2);
  return a.length === b.length && one !== other && (rest(a, at + 1) === rest(b, at + 1) || isSwapped);
}

// Rows of 1, the bytes of a word + 3, 2, and padding with 0; at least one row.
function lettersOf(words) {
  const read = (words.length ? words : [""]).map((word) => [...new TextEncoder().encode(word).slice(0, LONGEST)]);
  const width = Math.max(SHORTEST, ...read.map((bytes) => bytes.length + 2));
  return read.map((bytes) => padded([1, ...bytes.map((byte) => byte + 3), 2], width));
}

const padded = (numbers, width) => [...numbers, ...Array(width - numbers.length).fill(PADDING)];

// What each pixel of a side of `to` pixels is made of, of a stretch of a side of `size`: bicubic, as Pillow has it.
function shares(size, start, length, to) {
  const scale = length / to, wide = Math.max(scale, 1);
  const cubic = (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0);
  return Array.from({ length: to }, (_, at) => {
    const centre = start + (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - 2 * wide + 0.5));
    const last = Math.min(size, Math.trunc(centre + 2 * wide + 0.5));
    const weights = Array.from({ length: last - first }, (_, i) => cubic(Math.abs((first + i - centre + 0.5) / wide)));
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

// {data: bytes of RGBA, width, height} -> bytes of RGB of a square of `size` pixels; "crop" takes the middle square.
export function resized({ data, width, height }, size, fit) {
  const side = Math.min(width, height);
  const [wide, high] = fit === "crop" ? [side, side] : [width, height];
  const across = shares(width, (width - wide) / 2, wide, size), down = shares(height, (height - high) / 2, high, size);
  const narrow = new Uint8ClampedArray(height * size * 3), found = new Uint8ClampedArray(size * size * 3);
  const mean = ({ first, weights }, from, place) => weights.reduce((sum, each, i) => sum + each * from[place(first + i)], 0);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < size; x++)
      for (let c = 0; c < 3; c++)
        narrow[(y * size + x) * 3 + c] = mean(across[x], data, (at) => (y * width + at) * 4 + c);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let c = 0; c < 3; c++)
        found[(y * size + x) * 3 + c] = mean(down[y], narrow, (at) => (at * size + x) * 3 + c);
  return new Uint8Array(found.buffer);
}

// The pixels of an image, an ImageBitmap, a canvas or ImageData.
function pixelsOf(picture) {
  if (picture instanceof ImageData) return picture;
  const [width, height] = [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height];
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(picture, 0, 0);
  return context.getImageData(0, 0, width, height);
}

export const similarity = (a, b) => a.reduce((sum, each, i) => sum + each * b[i], 0);

export class Model {
  // The files of a folder.
  static async load(ort, folder = ".") {
    const about = await (await fetch(`${folder}/model.json`)).json();
    const open = async (name) =>
      ort.InferenceSession.create(new Uint8Array(await (await fetch(`${folder}/${name}.onnx`)).arrayBuffer()));
    return new Model(ort, about, await open("image"), await open("text"));
  }

  constructor(ort, about, image, text) {
    Object.assign(this, { ort, about, image, text, words: about.text.words });
    this.ids = new Map(this.words.map((word, id) => [word, id]).slice(UNKNOWN + 1));
    this.alphabet = new Set(this.words.slice(UNKNOWN + 1).join(""));
  }

  // Vectors of length 1, a Float32Array for each picture.
  async images(pictures) {
    const { size, fit } = this.about.image, pixels = new Uint8Array(pictures.length * size * size * 3);
    pictures.forEach((each, at) => pixels.set(resized(pixelsOf(each), size, fit), at * size * size * 3));
    const given = new this.ort.Tensor("uint8", pixels, [pictures.length, size, size, 3]);
    return this.rows(await this.image.run({ pixels: given }));
  }

  // Vectors of length 1, a Float32Array for each sentence.
  async texts(texts) {
    const { tower, max_words: most } = this.about.text, spelt = [];
    const first = tower === "characters" ? UNKNOWN + 1 : this.words.length;
    const number = (read) => {
      if (typeof read === "number") return read;
      if (!spelt.includes(read)) spelt.push(read);
      return first + spelt.indexOf(read);
    };
    const rows = texts.map((text) => {
      const read = tokenize(text).map((word) => this.read(word)).slice(0, most);
      return (read.length ? read : [UNKNOWN]).map(number);
    });
    const longest = Math.max(...rows.map((row) => row.length));
    const given = {
      ids: this.integers(rows.map((row) => padded(row, longest))),
      lengths: new this.ort.Tensor("int64", BigInt64Array.from(rows, (row) => BigInt(row.length)), [rows.length]),
    };
    if (tower !== "words") given.letters = this.integers(lettersOf(spelt));
    return this.rows(await this.text.run(given));
  }

  // The id of a word, or the word itself where it is to be read by its letters.
  read(word) {
    const { tower } = this.about.text, byLetters = tower === "characters", negates = NEGATES.test(word);
    if (tower === "words" || this.ids.has(word)) return byLetters ? word : (this.ids.get(word) ?? UNKNOWN);
    if ([...word].length >= 4 && !negates) { // a slip of a known word: of the same letters first, then the frequent ones
      const sorted = (each) => [...each].sort().join("");
      const near = [...this.ids.keys()].filter((known) => oneEdit(word, known));
      const known = near.find((each) => sorted(each) === sorted(word)) ?? near[0];
      if (known !== undefined) return byLetters ? known : this.ids.get(known);
    }
    return !negates && [...word].every((letter) => this.alphabet.has(letter)) ? word : UNKNOWN;
  }

  integers(rows) {
    return new this.ort.Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0].length]);
  }

  rows({ vectors }) {
    const [count, dim] = vectors.dims;
    return Array.from({ length: count }, (_, at) => vectors.data.slice(at * dim, (at + 1) * dim));
  }
}
