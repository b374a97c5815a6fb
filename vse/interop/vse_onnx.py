"""Run a model that was exported as ONNX: python vse_onnx.py "a dog on the beach" picture.jpg

It prints how similar what is given is. It needs onnxruntime, numpy and Pillow, and nothing else.
"""

import json
import re
import sys
import unicodedata
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

PADDING, UNKNOWN = 0, 1
LONGEST, SHORTEST = 24, 5  # bytes of a word that are read by their letters, and columns that there are at least
_SAME = dict.fromkeys(map(ord, "’ʼ"), "'") | {ord("‐"): "-"}
_SAME |= dict.fromkeys((0xAD, 0x20E3, *range(0xFE00, 0xFE10)), "")
_KINDS = {
    "j": ((0x27, 0x27), (0x2D, 0x2D)),  # apostrophe and hyphen
    "z": ((0x200D, 0x200D),),  # joiner of emoji
    "t": ((0x1F3FB, 0x1F3FF),),  # skin tone
    "f": ((0x1F1E6, 0x1F1FF),),  # half of a flag
    "h": ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),  # Chinese character
    "e": ((0x231A, 0x23FF), (0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF)),  # emoji
}
_WORD = re.compile("w+(?:jw+)*|h|ff|[eft]t?(?:zet?)*")
_NEGATES = re.compile(
    "no|not|without|never|none|neither|nor|nobody|nothing|nowhere|cannot"
    "|(?:is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|should)n['’]?t"
)


def _kind(letter: str) -> str:
    code = ord(letter)
    for kind, ranges in _KINDS.items():
        if any(low <= code <= high for low, high in ranges):
            return kind
    return "w" if unicodedata.category(letter)[0] in "LNM" else " "


def tokenize(text: str) -> list[str]:
    """Lower-case words; an apostrophe or a hyphen inside belongs to the word, other punctuation is dropped."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_SAME)
    return [text[match.start() : match.end()] for match in _WORD.finditer("".join(map(_kind, text)))]


def one_edit(a: str, b: str) -> bool:
    """Whether a letter put in, left out or exchanged, or two neighbours swapped, makes one word the other."""
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(b) == len(a) + 1:
        return a[at:] == b[at + 1 :]
    swapped = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    return len(a) == len(b) and a != b and (a[at + 1 :] == b[at + 1 :] or swapped)


def letters_of(words: list[str]) -> np.ndarray:
    """(U, M) int64: 1, the bytes of the word + 3, 2, and padding with 0; at least one row."""
    read = [word.encode("utf-8", "replace")[:LONGEST] for word in words or [""]]
    rows = np.zeros((len(read), max([SHORTEST, *(len(each) + 2 for each in read)])), np.int64)
    for row, each in zip(rows, read, strict=True):
        row[: len(each) + 2] = [1, *(byte + 3 for byte in each), 2]
    return rows


class Model:
    """The files of a folder."""

    def __init__(self, folder: str | Path) -> None:
        folder = Path(folder)
        self.about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        sessions = (str(folder / f"{name}.onnx") for name in ("image", "text"))
        self._image, self._text = (onnxruntime.InferenceSession(each) for each in sessions)
        self._words = self.about["text"]["words"]
        self._ids = {word: i for i, word in enumerate(self._words) if i > UNKNOWN}
        self._alphabet = set("".join(self._words[UNKNOWN + 1 :]))

    def images(self, pictures: list[str | Path | Image.Image]) -> np.ndarray:
        """(N, dim) float32 unit rows."""
        pixels = np.stack([self._pixels(each) for each in pictures])
        return self._image.run(None, {"pixels": pixels})[0]

    def texts(self, texts: list[str]) -> np.ndarray:
        """(N, dim) float32 unit rows."""
        about = self.about["text"]
        spelt: dict[str, int] = {}
        first = UNKNOWN + 1 if about["tower"] == "characters" else len(self._words)
        rows: list[list[int]] = []
        for text in texts:
            read = [self._read(word) for word in tokenize(text)][: about["max_words"]] or [UNKNOWN]
            rows.append(
                [each if isinstance(each, int) else first + spelt.setdefault(each, len(spelt)) for each in read]
            )
        lengths = np.array([len(row) for row in rows], np.int64)
        ids = np.full((len(rows), lengths.max()), PADDING, np.int64)
        for row, numbers in zip(ids, rows, strict=True):
            row[: len(numbers)] = numbers
        inputs = {"ids": ids, "lengths": lengths}
        if about["tower"] != "words":
            inputs["letters"] = letters_of(list(spelt))
        return self._text.run(None, inputs)[0]

    def _read(self, word: str) -> int | str:
        """The id of a word, or the word itself where it is to be read by its letters."""
        tower = self.about["text"]["tower"]
        if tower == "words" or word in self._ids:
            id = self._ids.get(word, UNKNOWN)
            return self._words[id] if tower == "characters" and id > UNKNOWN else id
        negates = _NEGATES.fullmatch(word) is not None
        if len(word) >= 4 and not negates:  # a slip of a known word: of the same letters first, then the frequent ones
            near = [known for known in self._words[UNKNOWN + 1 :] if one_edit(word, known)]
            if near:
                known = min(near, key=lambda each: sorted(each) != sorted(word))
                return known if tower == "characters" else self._ids[known]
        return word if self._alphabet.issuperset(word) and not negates else UNKNOWN

    def _pixels(self, picture: str | Path | Image.Image) -> np.ndarray:
        """(size, size, 3) uint8."""
        about = self.about["image"]
        image = picture if isinstance(picture, Image.Image) else ImageOps.exif_transpose(Image.open(picture))
        image = image.convert("RGB")
        left, top, right, bottom = 0.0, 0.0, *map(float, image.size)
        if about["fit"] == "crop":
            side = min(image.size)
            left, top = (image.width - side) / 2, (image.height - side) / 2
            right, bottom = left + side, top + side
        size = (about["size"], about["size"])
        return np.asarray(image.resize(size, Image.Resampling.BICUBIC, box=(left, top, right, bottom)))


def main() -> None:
    model = Model(Path(__file__).parent)
    given = sys.argv[1:] or ["a dog on the beach", "a cat on the beach"]
    rows = [(model.images if Path(each).is_file() else model.texts)([each])[0] for each in given]
    for a, name in enumerate(given):
        for b in range(a + 1, len(given)):
            print(f"{rows[a] @ rows[b]:.3f}  {name}  |  {given[b]}")


if __name__ == "__main__":
    main()
