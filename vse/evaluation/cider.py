"""CIDEr-D of written captions (Vedantam, Zitnick & Parikh 2015, section 5)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from vse.modalities.text.tokenizer import tokenize

_LONGEST = 4  # words of an n-gram
_SIGMA = 6.0  # how much lengths may differ

Grams = tuple[str, ...]


def cider(written: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """The mean CIDEr-D, from 0 to 10, of one caption a picture beside what people wrote of the picture.

    N-grams of one to four words count the more the fewer pictures they are said of. Words are lower-case and without
    punctuation, as `tokenize` gives them; they are not stemmed, as in the published evaluation server's code.

    Raises:
        ValueError: for other than one list of references a caption, none of them empty.
    """
    if len(written) != len(references) or not all(references) or not written:
        raise ValueError(f"got {len(written)} captions and {len(references)} lists of references, none may be empty")
    counted = [[_grams(text) for text in texts] for texts in references]
    seen = Counter(gram for texts in counted for gram in {gram for each in texts for gram in each})
    pictures = math.log(len(references))

    def weighed(grams: Counter[Grams]) -> list[dict[Grams, float]]:
        found: list[dict[Grams, float]] = [{} for _ in range(_LONGEST)]
        for gram, count in grams.items():
            found[len(gram) - 1][gram] = count * (pictures - math.log(max(1, seen[gram])))
        return found

    total = 0.0
    for text, texts in zip(written, counted, strict=True):
        own = _grams(text)
        total += sum(_similarity(own, weighed(own), other, weighed(other)) for other in texts) / len(texts)
    return total / len(written)


def _grams(text: str) -> Counter[Grams]:
    words = tokenize(text)
    return Counter(tuple(words[at : at + n]) for n in range(1, _LONGEST + 1) for at in range(len(words) - n + 1))


def _similarity(
    own: Counter[Grams], weights: list[dict[Grams, float]], other: Counter[Grams], others: list[dict[Grams, float]]
) -> float:
    """10 times the mean over n of the cosine, a word's weight clipped to the reference's, less for another length."""
    lengths = [sum(count for gram, count in each.items() if len(gram) == 1) for each in (own, other)]
    penalty = math.exp(-((lengths[0] - lengths[1]) ** 2) / (2 * _SIGMA**2))
    found = 0.0
    for mine, theirs in zip(weights, others, strict=True):
        norms = math.hypot(*mine.values()) * math.hypot(*theirs.values())
        if norms:
            found += (
                sum(min(weight, theirs[gram]) * theirs[gram] for gram, weight in mine.items() if gram in theirs) / norms
            )
    return 10 * penalty * found / _LONGEST
