"""The one seam between models: an Encoder takes pictures and texts and gives unit rows of one space."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch

from vse.encoders.base import ImageInput
from vse.encoders.vse.checkpoint import Checkpoint
from vse.io.progress import Progress, batched
from vse.modalities.image.decoding import to_read
from vse.modalities.text.tokenizer import check_text
from vse.modalities.text.unknown import UnknownWord


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
            return self._model.embed("image", tensor).cpu().numpy()

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
            return self._model.embed("text", (padded.to(self._device), lengths)).cpu().numpy()

    @property
    def parameters(self) -> int:
        return sum(weights.numel() for weights in self._model.parameters())

    def unknown_words(self, text: str) -> tuple[UnknownWord, ...]:
        return self.checkpoint.vocabulary.unknown(text)
