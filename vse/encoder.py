"""The one seam between models: an Encoder takes pictures and texts and gives unit rows of one space."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
import torch
from PIL import Image

from vse.checkpoint import Checkpoint, load_checkpoint
from vse.defaults import DEFAULT_MODEL
from vse.errors import CheckpointError
from vse.images import open_image
from vse.paths import MODELS
from vse.records import UnknownWord
from vse.words import check_text

T = TypeVar("T")
ImageInput = str | Path | Image.Image | np.ndarray
Progress = Callable[[int, int], None]


@runtime_checkable
class Encoder(Protocol):
    """A model as the rest of the project sees it.

    `fingerprint` names the vectors it makes; `similarity` ("cosine" or "order") how they are compared.
    """

    name: str
    fingerprint: str
    dim: int
    similarity: str

    def encode_images(self, images: Iterable[ImageInput], progress: Progress | None = None) -> np.ndarray:
        """Pictures or their paths, in order -> (N, dim) float32, unit rows."""

    def encode_texts(
        self, texts: Sequence[str], progress: Progress | None = None, *, strict: bool = True
    ) -> np.ndarray:
        """Sentences, in order -> (N, dim) float32, unit rows; without `strict` none is refused for its words."""

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        """The words of `text` the model has never seen; none for a model that splits words into pieces."""


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` values, the last one shorter."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


class VSEEncoder:
    """A trained VSE: torch inside, numpy at the border.

    Args:
        checkpoint: the model with its vocabulary and preprocessing.
        name: what to call it.
        device: where it runs.
    """

    def __init__(self, checkpoint: Checkpoint, name: str, device: str = "cpu") -> None:
        self.checkpoint = checkpoint
        self.name = name
        self.fingerprint = checkpoint.fingerprint
        self.dim = checkpoint.model.config.dim
        self.similarity = checkpoint.model.config.similarity
        self._device = torch.device(device)
        self._model = checkpoint.model.eval().to(self._device).to(memory_format=torch.channels_last)

    def encode_images(
        self, images: Iterable[ImageInput], progress: Progress | None = None, batch_size: int = 64
    ) -> np.ndarray:
        """Pictures (paths, PIL images or uint8 arrays (H, W, 3)), in order -> (N, dim) float32, unit rows.

        Only one batch of decoded pictures is held at a time.

        Raises:
            ImageError: for a picture that cannot be read.
        """
        total = len(images) if isinstance(images, Sequence) else 0
        preprocess = self.checkpoint.preprocess
        rows = []
        for batch in batched(images, batch_size):
            pixels = np.stack([preprocess.uint8(open_image(image, at_least=2 * preprocess.size)) for image in batch])
            rows.append(self.encode_pixels(pixels))
            if progress:
                progress(sum(map(len, rows)), total)
        return np.concatenate(rows) if rows else np.zeros((0, self.dim), np.float32)

    def encode_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """(N, size, size, 3) uint8, already resized -> (N, dim) float32, unit rows."""
        tensor = torch.from_numpy(self.checkpoint.preprocess.normalise(pixels))
        with torch.inference_mode():
            tensor = tensor.to(self._device, memory_format=torch.channels_last)
            return self._model.embed_images(tensor).cpu().numpy()

    def encode_texts(
        self, texts: Sequence[str], progress: Progress | None = None, batch_size: int = 512, *, strict: bool = True
    ) -> np.ndarray:
        """Sentences, in order -> (N, dim) float32, unit rows; unknown words are all read as the same one.

        Sentences are encoded by length, so that short ones do not wait for long ones.

        Args:
            strict: whether a text may be refused; if not, one without a known word is read as unknown words.

        Raises:
            TextError: for an empty or overlong text, or one without a single known word.
        """
        vocabulary, limit = self.checkpoint.vocabulary, self.checkpoint.model.config.text.max_words
        if strict:
            ids = [vocabulary.encode(check_text(text)) for text in texts]
        else:
            padded, lengths = vocabulary.encode_batch(texts, limit, strict=False)
            ids = [row[:length].tolist() for row, length in zip(padded, lengths, strict=True)]
        vectors = np.zeros((len(ids), self.dim), np.float32)
        done = 0
        for rows in batched(sorted(range(len(ids)), key=lambda row: len(ids[row])), batch_size):
            vectors[rows] = self._encode_ids([ids[row][:limit] for row in rows])
            done += len(rows)
            if progress:
                progress(done, len(ids))
        return vectors

    def _encode_ids(self, ids: list[list[int]]) -> np.ndarray:
        lengths = torch.tensor([len(sentence) for sentence in ids])
        padded = torch.nn.utils.rnn.pad_sequence([torch.tensor(s) for s in ids], batch_first=True)
        with torch.inference_mode():
            return self._model.embed_texts(padded.to(self._device), lengths).cpu().numpy()

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return self.checkpoint.vocabulary.unknown(text)


def model_folder(name_or_path: str | Path) -> Path:
    """The folder of a bundled model's name, or of a path.

    Raises:
        CheckpointError: when there is neither; the message lists what is bundled.
    """
    bundled = MODELS / str(name_or_path)
    if (bundled / "config.json").is_file():
        return bundled
    if Path(name_or_path).is_dir():
        return Path(name_or_path)
    names = ", ".join(list_models()) or "none"
    raise CheckpointError(f"No model {str(name_or_path)!r}: expected a model folder's path or one of {names}.")


def list_models() -> list[str]:
    """The names of the bundled models."""
    if not MODELS.is_dir():
        return []
    return sorted(path.parent.name for path in MODELS.glob("*/config.json"))


def load_model(name_or_path: str | Path = DEFAULT_MODEL, device: str = "cpu") -> Encoder:
    """A bundled model by name, or any model folder by path.

    Raises:
        CheckpointError: when it is not there or does not fit together.
    """
    folder = model_folder(name_or_path)
    return VSEEncoder(load_checkpoint(folder), name=folder.name, device=device)
