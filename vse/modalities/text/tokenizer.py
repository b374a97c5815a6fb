"""Text in: checking what people type, and splitting it into words."""

from __future__ import annotations

import re
import unicodedata

from vse.errors import TextError

MAX_CHARACTERS = 2_000


_APOSTROPHES, _HYPHENS = "'\u2019\u02bc", "-\u2010"


_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


_EMOJI = ((0x231A, 0x23FF), (0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF))


_INVISIBLE = (0xAD, 0x20E3, *range(0xFE00, 0xFE10))  # soft hyphen, keycap, variation selectors


_SAME = {ord(c): "'" for c in _APOSTROPHES} | {ord(c): "-" for c in _HYPHENS} | dict.fromkeys(_INVISIBLE, "")


class _Kinds(dict[int, str]):
    """Code point -> one letter for what it is in a text, filled as characters are met.

    w letter, digit or combining mark; h Chinese character; e emoji; t skin tone; f half of a flag; z joiner of
    emoji; j apostrophe or hyphen; a space for everything else.
    """

    def __missing__(self, code: int) -> str:
        self[code] = kind = self._kind(code)
        return kind

    @staticmethod
    def _kind(code: int) -> str:
        for kind, ranges in (
            ("j", ((0x27, 0x27), (0x2D, 0x2D))),
            ("z", ((0x200D, 0x200D),)),
            ("t", ((0x1F3FB, 0x1F3FF),)),
            ("f", ((0x1F1E6, 0x1F1FF),)),
            ("h", _HAN),
            ("e", _EMOJI),
        ):
            if any(low <= code <= high for low, high in ranges):
                return kind
        return "w" if unicodedata.category(chr(code))[0] in "LNM" else " "


_KINDS = _Kinds()


_TOKEN = re.compile("w+(?:jw+)*|h|ff|[eft]t?(?:zet?)*")


def tokenize(text: str) -> list[str]:
    """Split a text into lower-case words after Unicode NFKC; punctuation is dropped.

    A word is a run of letters, digits and their accents. An apostrophe or hyphen between two runs stays inside:
    "The dog's T-shirt!" -> ["the", "dog's", "t-shirt"]; typographic ones become the plain ones, and those at an
    edge or doubled are dropped. A Chinese character is a token of its own, and so is an emoji, together with its
    skin tone or the parts it is joined from. Never raises for a string.
    """
    text = unicodedata.normalize("NFKC", text).lower().translate(_SAME)
    return [text[match.start() : match.end()] for match in _TOKEN.finditer(text.translate(_KINDS))]


def check_text(text: str) -> str:
    """What a person typed, without control characters and without blanks around it.

    Raises TextError when it is not a string, holds nothing visible, or is longer than MAX_CHARACTERS.
    """
    if not isinstance(text, str):
        raise TextError(f"A text was expected and {type(text).__name__} came: give a string of words.")
    stripped = text.strip()
    if len(stripped) > MAX_CHARACTERS:
        raise TextError(
            f"The text has {len(stripped):,} characters and at most {MAX_CHARACTERS:,} are read: shorten it."
        )
    clean = "".join(" " if c.isspace() else c for c in stripped if c.isspace() or not _is_control(c)).strip()
    if all(c == " " or unicodedata.category(c) == "Cf" for c in clean):
        raise TextError("The text is empty: type at least one word.")
    return clean


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs")  # lone surrogates cannot be written as UTF-8
