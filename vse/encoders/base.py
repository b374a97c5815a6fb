"""The one seam between models: an Encoder takes inputs of its modalities and gives unit rows of one space."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from PIL import Image

from vse.encoders.calibration import Calibration
from vse.encoders.similarity import Similarity
from vse.errors import CheckpointError, ModalityError
from vse.io.paths import DEFAULT_MODEL
from vse.io.progress import Progress, batched
from vse.modalities import SPEECH
from vse.modalities.text.unknown import UnknownWord

LENGTHS = ("short", "medium", "long")  # of captions that a model writes
ImageInput = str | Path | Image.Image | np.ndarray
SpeechInput = str | Path | bytes | np.ndarray


@runtime_checkable
class Encoder(Protocol):
    """A model as the rest of the project sees it.

    `fingerprint` names the vectors it makes, `modalities` what it reads, `similarity` how its vectors are compared.
    """

    name: str
    fingerprint: str
    dim: int
    modalities: tuple[str, ...]
    similarity: Similarity

    def encode(
        self, modality: str, inputs: Iterable[Any], *, strict: bool = True, progress: Progress | None = None
    ) -> np.ndarray:
        """Inputs of one modality, in order -> (N, dim) float32, unit rows.

        Args:
            strict: whether a text may be refused for its words.

        Raises:
            ModalityError: for a modality that the model does not read.
            ImageError, TextError: for an input that cannot be read.
        """

    def encode_images(self, images: Iterable[ImageInput], progress: Progress | None = None) -> np.ndarray:
        """Pictures (paths, PIL images or uint8 arrays (H, W, 3)), as `encode`."""

    def encode_texts(
        self, texts: Sequence[str], progress: Progress | None = None, *, strict: bool = True
    ) -> np.ndarray:
        """Sentences, as `encode`."""


@runtime_checkable
class Prepares(Protocol):
    """An encoder whose inputs can be made ready by other threads, and few bytes each, while it encodes."""

    def prepare(self, modality: str, raw: Any, strict: bool = True) -> Any:
        """One input -> what `encode_prepared` takes of it; raises as `encode` does."""

    def encode_prepared(self, modality: str, prepared: Sequence[Any]) -> np.ndarray:
        """At least one, of `prepare`, in order -> (N, dim) float32, unit rows, as `encode` gives them."""


@runtime_checkable
class Knows(Protocol):
    """An encoder with a vocabulary; one that splits words into pieces knows them all."""

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        """The words of `text` that the model cannot read, as it has never seen them."""


@runtime_checkable
class Lists(Protocol):
    """An encoder that can name the words it knows."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words, those that were frequent in training first."""


@runtime_checkable
class Places(Protocol):
    """An encoder that has words by the vectors of others, such as GloVe's."""

    def placed_words(self, text: str) -> tuple[str, ...]:
        """The words of `text` the model has never read, but has a place for."""


@runtime_checkable
class Spells(Protocol):
    """An encoder that reads words that it does not know as known ones, or by their letters."""

    def spelt_words(self, text: str) -> tuple[UnknownWord, ...]:
        """The words of `text` that are read so."""


@runtime_checkable
class Parts(Protocol):
    """An encoder some of whose towers are parts of their own, which can be trained anew without the others."""

    def fingerprint_for(self, modality: str) -> str:
        """What names the vectors of one modality; `fingerprint` where its tower is no part of its own."""


@runtime_checkable
class Hears(Protocol):
    """An encoder that reads speech, and can say which words it made out."""

    def heard(self, recording: SpeechInput) -> tuple[str, ...]:
        """The words that it made out, in order; none where nobody speaks.

        Raises:
            SpeechError: for what cannot be read.
        """


Area = tuple[float, float, float, float]  # left, top, right, bottom, in shares of a picture


@dataclass(frozen=True, eq=False)
class Placed:
    """The vectors of a picture with each of its places and without it, (H, W, dim) float32, unit rows.

    area: the part of the picture that the places cover.
    """

    whole: np.ndarray
    without: np.ndarray
    area: Area = (0.0, 0.0, 1.0, 1.0)


@runtime_checkable
class Locates(Protocol):
    """An encoder that tells what a picture would be without one of its places, and need not look at it again."""

    def by_place(self, image: ImageInput) -> Placed:
        """
        Raises:
            ImageError: for a picture that cannot be read.
        """


@runtime_checkable
class ReadsBothWays(Protocol):
    """An encoder that says whether it reads texts from both ends, so that it has no state after a word alone."""

    @property
    def both_ways(self) -> bool: ...


@dataclass(frozen=True)
class Written:
    """A caption that a model wrote for a vector; `score`: how similar to the vector it is when the model reads it."""

    text: str
    score: float


@runtime_checkable
class Captions(Protocol):
    """An encoder that can write what a vector of its space is of."""

    @property
    def writes(self) -> bool:
        """Whether it has learnt to."""

    def captions(self, vectors: np.ndarray, k: int = 1, length: str = "medium") -> list[list[Written]]:
        """(N, dim) -> for each vector at most `k` captions, the best first.

        Args:
            length: one of LENGTHS.

        Raises:
            CheckpointError: when it has not learnt to write.
            TextError: for another length.
        """


@runtime_checkable
class Counted(Protocol):
    """An encoder that also knows how many numbers it learnt; not every encoder must."""

    @property
    def parameters(self) -> int:
        """The numbers in all its weights, all towers and what joins them."""


def fingerprint_for(encoder: Encoder, modality: str) -> str:
    """What names the vectors that the model makes of one modality."""
    return encoder.fingerprint_for(modality) if isinstance(encoder, Parts) else encoder.fingerprint


def words_heard(encoder: Encoder, recording: SpeechInput) -> tuple[str, ...]:
    """As `Hears.heard`.

    Raises:
        ModalityError: for a model that does not hear.
    """
    if SPEECH not in encoder.modalities or not isinstance(encoder, Hears):
        raise ModalityError(f"{encoder.name} does not hear: choose a model that does, such as {DEFAULT_MODEL}, or "
                            "teach a VSE with python -m vse speech.")  # fmt: skip
    return encoder.heard(recording)


def unknown_words(encoder: Encoder, text: str) -> tuple[UnknownWord, ...]:
    """The words of `text` the model has never seen; none for one without a vocabulary."""
    return encoder.unknown_words(text) if isinstance(encoder, Knows) else ()


def known_words(encoder: Encoder) -> tuple[str, ...]:
    """The words of the model's vocabulary, the frequent ones first; none for one without a vocabulary."""
    return encoder.words if isinstance(encoder, Lists) else ()


def placed_words(encoder: Encoder, text: str) -> tuple[str, ...]:
    """The words of `text` that have a place though the model has never read them; none for most encoders."""
    return encoder.placed_words(text) if isinstance(encoder, Places) else ()


def spelt_words(encoder: Encoder, text: str) -> tuple[UnknownWord, ...]:
    """The words of `text` that are read as others or by their letters; none for most encoders."""
    return encoder.spelt_words(text) if isinstance(encoder, Spells) else ()


def can_write(encoder: Encoder) -> bool:
    """Whether the model has learnt to write captions."""
    return isinstance(encoder, Captions) and encoder.writes


def captions_of(encoder: Encoder, vectors: np.ndarray, k: int = 1, length: str = "medium") -> list[list[Written]]:
    """As `Captions.captions`.

    Raises:
        CheckpointError: for a model that does not write.
    """
    if not (isinstance(encoder, Captions) and encoder.writes):
        raise CheckpointError(f"{encoder.name} has not learnt to write captions: choose a model that has, or teach it "
                              "with python -m vse captioner.")  # fmt: skip
    return encoder.captions(vectors, k, length)


class EncoderBase:
    """The batches of an Encoder; a kind of model adds `prepare` and `encode_prepared`.

    batch_sizes: by modality. lengths: by modality, how long one prepared input is: such inputs are encoded by length,
    so that short ones do not wait for long ones. calibration: empty until the model's folder gives one.
    """

    calibration: Calibration = Calibration()
    dim: int
    modalities: tuple[str, ...]
    batch_sizes: Mapping[str, int] = {}
    lengths: Mapping[str, Callable[[Any], int]] = {}

    def prepare(self, modality: str, raw: Any, strict: bool = True) -> Any:
        raise NotImplementedError

    def encode_prepared(self, modality: str, prepared: Sequence[Any]) -> np.ndarray:
        raise NotImplementedError

    def encode(
        self, modality: str, inputs: Iterable[Any], *, strict: bool = True, progress: Progress | None = None
    ) -> np.ndarray:
        """As `Encoder.encode`; of inputs without a length only one batch is held at a time."""
        if modality not in self.modalities:
            raise ModalityError(f"This model reads {' and '.join(self.modalities)}, not {modality!r}.")
        total = len(inputs) if isinstance(inputs, Sequence) else 0
        ready: Iterable[Any] = (self.prepare(modality, raw, strict) for raw in inputs)
        by_length = None
        if modality in self.lengths:
            read = list(ready)
            by_length = np.argsort([self.lengths[modality](each) for each in read], kind="stable")
            ready = [read[row] for row in by_length]
        parts: list[np.ndarray] = []
        for batch in batched(ready, self.batch_sizes.get(modality, 64)):
            parts.append(self.encode_prepared(modality, batch))
            if progress:
                progress(sum(map(len, parts)), total)
        vectors = np.concatenate(parts) if parts else np.zeros((0, self.dim), np.float32)
        if by_length is None:
            return vectors
        in_order = np.empty_like(vectors)
        in_order[by_length] = vectors
        return in_order

    def encode_images(self, images: Iterable[ImageInput], progress: Progress | None = None) -> np.ndarray:
        return self.encode("image", images, progress=progress)

    def encode_texts(
        self, texts: Sequence[str], progress: Progress | None = None, *, strict: bool = True
    ) -> np.ndarray:
        return self.encode("text", texts, strict=strict, progress=progress)
