"""What is known of photographs that have a label each, a word or two for what they show, and no caption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vse.modalities import IMAGE

_SENTENCES = (
    "{label}",
    "{a} {label}",
    "a photo of {a} {label}",
    "there is {a} {label} here",
    "a picture with {a} {label}",
)


@dataclass(frozen=True)
class Labels:
    """The annotations of labelled photographs: one label a picture, in the order of the items."""

    of_pictures: tuple[str, ...]

    def relevance(self, query: str, candidate: str) -> np.ndarray | None:
        """None: such a collection has no texts to ask with."""
        return None

    def held_out(self, modality: str) -> np.ndarray | None:
        """None: photographs of a label are kept out of training, no label is."""
        return None

    def facets(self) -> dict[str, list[str]]:
        """The label of each."""
        return {"label": list(self.of_pictures)}

    def subset(self, rows: Mapping[str, Sequence[int] | np.ndarray]) -> Labels:
        """Of some pictures only."""
        return Labels(tuple(self.of_pictures[row] for row in rows[IMAGE]))


def sentences(label: str) -> tuple[str, ...]:
    """A label as captions say it, after the prompts of CLIP (Radford et al. 2021): `cat`, `a photo of a cat`, ..."""
    a = "an" if label[:1].lower() in set("aeiou") else "a"
    return tuple(sentence.format(label=label, a=a) for sentence in _SENTENCES)
