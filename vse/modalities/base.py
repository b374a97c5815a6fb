"""The registry of kinds of input, and what is asked of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vse.errors import ModalityError
from vse.io.importing import imported

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Modality:
    """One kind of input, from what a person gives to what a tower takes.

    `preprocess` is whatever of a model decides how inputs are read: of "image" a `Preprocess`, of "text" a `Words`.

    title: what people call one input, such as "picture".
    read: (raw, preprocess, strict) -> one input, checked and ready; raises the modality's own error. Without `strict`
        what can be read at all is.
    collate: (inputs ready, preprocess) -> tensors of N rows on the CPU, with lengths or masks.
    tower: (configuration, dim, size of the vocabulary, 0 where there is none) -> a module with `features` and `embed`.
    length: how long one ready input is, where short ones should not wait for long ones.
    reading: (configuration of the tower, vocabulary) -> the `preprocess` of such a model; where there is none, the
        configuration is.
    words: one raw input in words, as lists show it; where there is nothing to say, its item's id stands for it.
    """

    name: str
    title: str
    read: Callable[[Any, Any, bool], Any]
    collate: Callable[[Sequence[Any], Any], Any]
    tower: Callable[[Any, int, int], nn.Module]
    length: Callable[[Any], int] | None = None
    words: Callable[[Any], str] | None = None
    reading: Callable[[Any, Any], Any] | None = None

    @property
    def plural(self) -> str:
        """What people call several, such as "pictures"."""
        return f"{self.title}s"


# One line a modality: where its `Modality` stands.
MODALITIES: dict[str, str] = {
    "image": "vse.modalities.image.modality:MODALITY",
    "text": "vse.modalities.text.modality:MODALITY",
    "recipe": "vse.modalities.recipe.modality:MODALITY",
    "speech": "vse.modalities.speech.modality:MODALITY",
}


def load_modality(name: str) -> Modality:
    """
    Raises:
        ModalityError: for a name that is not in MODALITIES.
    """
    if name not in MODALITIES:
        raise ModalityError(f"No modality {name!r}; expected one of {', '.join(MODALITIES)}.")
    found: Modality = imported(MODALITIES[name])
    return found
