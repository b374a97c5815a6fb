"""The one seam between models: an Encoder takes pictures and texts and gives unit rows of one space."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from PIL import Image

from vse.data.item import UnknownWord
from vse.encoders.clip.folder import CLIP_CONFIG
from vse.encoders.vse.checkpoint import CONFIG, Checkpoint, load_checkpoint
from vse.encoders.vse.config import read_json
from vse.errors import CheckpointError
from vse.io.defaults import DEFAULT_CLIP, DEFAULT_MODEL
from vse.io.paths import MODELS
from vse.io.progress import Progress, batched
from vse.modalities.image.decoding import to_read
from vse.modalities.text.vocabulary import check_text

ImageInput = str | Path | Image.Image | np.ndarray


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


@runtime_checkable
class Prepares(Protocol):
    """An encoder whose pictures can be made ready by other threads, and few bytes each, while it encodes."""

    def prepare(self, image: ImageInput) -> np.ndarray:
        """A picture -> what `encode_prepared` takes of it; raises ImageError as `encode_images` does."""

    def encode_prepared(self, prepared: Sequence[np.ndarray]) -> np.ndarray:
        """At least one, of `prepare`, in order -> (N, dim) float32, unit rows, as `encode_images` gives them."""


@runtime_checkable
class Counted(Protocol):
    """An encoder that also knows how many numbers it learnt; not every encoder must."""

    @property
    def parameters(self) -> int:
        """The numbers in all its weights, both towers and what joins them."""


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
        rows: list[np.ndarray] = []
        for batch in batched(images, batch_size):
            rows.append(self.encode_prepared([self.prepare(image) for image in batch]))
            if progress:
                progress(sum(map(len, rows)), total)
        return np.concatenate(rows) if rows else np.zeros((0, self.dim), np.float32)

    def prepare(self, image: ImageInput) -> np.ndarray:
        """A picture -> (size, size, 3) uint8, resized."""
        preprocess = self.checkpoint.preprocess
        return preprocess.uint8(to_read(image, at_least=2 * preprocess.size))

    def encode_prepared(self, prepared: Sequence[np.ndarray]) -> np.ndarray:
        """(size, size, 3) uint8 each -> (N, dim) float32, unit rows."""
        return self.encode_pixels(np.stack(prepared))

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

    @property
    def parameters(self) -> int:
        return sum(weights.numel() for weights in self._model.parameters())

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return self.checkpoint.vocabulary.unknown(text)


def _find_folder(name_or_path: str | Path) -> Path | None:
    """The folder of a bundled model's name, or of a path; None when there is neither."""
    bundled = MODELS / str(name_or_path)
    if any((bundled / config).is_file() for config in (CONFIG, CLIP_CONFIG)):
        return bundled
    return Path(name_or_path) if Path(name_or_path).is_dir() else None


def model_folder(name_or_path: str | Path) -> Path:
    """The folder of a bundled model's name, or of a path.

    Raises:
        CheckpointError: when there is neither; the message lists what is bundled.
    """
    if folder := _find_folder(name_or_path):
        return folder
    raise _no_model(name_or_path)


def _no_model(name: str | Path) -> CheckpointError:
    names = ", ".join(list_models()) or "none"
    return CheckpointError(
        f"No model {str(name)!r}: expected a model folder's path or one of {names}; "
        f"or a CLIP of open_clip as ARCHITECTURE/TAG, such as {DEFAULT_CLIP}, or ARCHITECTURE@PATH."
    )


def list_models() -> list[str]:
    """The names of the bundled models."""
    return sorted({path.parent.name for config in (CONFIG, CLIP_CONFIG) for path in MODELS.glob(f"*/{config}")})


def dim_of(folder: Path) -> int:
    """The dimensions of the space of a folder's model, without loading its weights.

    Raises:
        CheckpointError: when its configuration cannot be read.
    """
    is_clip = (folder / CLIP_CONFIG).is_file()
    try:
        if is_clip:
            return int(read_json(folder / CLIP_CONFIG)["model_cfg"]["embed_dim"])
        return int(read_json(folder / CONFIG)["model"]["dim"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{folder} describes no model ({error!r}); copy the folder again.") from error


def best_device() -> str:
    """The quickest device of this machine: "cuda", "mps" or "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def load_model(
    name_or_path: str | Path = DEFAULT_MODEL, device: str = "cpu", progress: Progress | None = None
) -> Encoder:
    """A bundled model by name, any model folder by path, or a CLIP by its open_clip name.

    Args:
        name_or_path: also "ViT-B-32/laion2b_s34b_b79k", an architecture and a tag that open_clip knows, whose weights
            are downloaded once; or "ViT-B-32@weights.safetensors", an architecture and a file.
        device: "cpu", "cuda", "mps", or "auto" for the quickest there is.
        progress: called with (bytes done, bytes in all, or 0 when unknown) while weights are downloaded; what it
            raises ends the download, which the next call goes on with.

    Raises:
        CheckpointError: when it is not there or does not fit together.
        DownloadError: when its weights are not on this machine and cannot be downloaded.
    """
    device = best_device() if device == "auto" else device
    folder = _find_folder(name_or_path)
    if folder and not (folder / CLIP_CONFIG).is_file():
        return VSEEncoder(load_checkpoint(folder), name=folder.name, device=device)
    from vse.encoders.clip.encoder import load_clip

    clip = load_clip(folder or str(name_or_path), device, progress)
    if clip is None:
        raise _no_model(name_or_path)
    return clip
