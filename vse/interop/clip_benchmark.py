"""Any model of this project in CLIP_benchmark (https://github.com/LAION-AI/CLIP_benchmark), whose loaders are a dict.

    python -m vse.interop.clip_benchmark eval --model_type vse --model photos-vse --pretrained none --dataset ...

is CLIP_benchmark's own command with one more type of model; `register` adds it for code that calls that library.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import Dataset

from vse.data import Collection
from vse.encoders.base import Encoder, Prepares
from vse.encoders.registry import load_model
from vse.errors import CheckpointError, VSEError
from vse.io.installed import from_extra
from vse.modalities import IMAGE

TYPE = "vse"
_PAD = -1


class BenchmarkModel(nn.Module):
    """An encoder as CLIP_benchmark calls a CLIP; it gives unit rows and does not learn."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def encode_image(self, pictures: Tensor) -> Tensor:
        """A batch of what the transform made -> (N, dim) float32."""
        assert isinstance(self.encoder, Prepares)
        return torch.from_numpy(self.encoder.encode_prepared(IMAGE, list(pictures.cpu().numpy()))).to(pictures.device)

    def encode_text(self, tokens: Tensor) -> Tensor:
        """A batch of what `tokenize` made -> (N, dim) float32."""
        rows = tokens.cpu().numpy()
        texts = [bytes(row[row != _PAD].astype(np.uint8)).decode("utf-8") for row in rows]
        return torch.from_numpy(self.encoder.encode_texts(texts, strict=False)).to(tokens.device)


def tokenize(texts: str | Sequence[str]) -> Tensor:
    """(N, length of the longest) int16: the bytes of each text, as models here split it into words themselves."""
    texts = [texts] if isinstance(texts, str) else texts
    rows = [np.frombuffer(text.encode("utf-8", "ignore"), np.uint8) for text in texts]
    tokens = np.full((len(rows), max(map(len, rows), default=0)), _PAD, np.int16)
    for row, values in zip(tokens, rows, strict=True):
        row[: len(values)] = values
    return torch.from_numpy(tokens)


def load(model_name: str, pretrained: str = "", cache_dir: str | None = None, device: str = "cpu") -> tuple[Any, ...]:
    """(model, transform of a PIL picture, tokenizer), as CLIP_benchmark's loaders give them.

    Args:
        model_name: as `vse.load_model` takes it; the other names of CLIP_benchmark's are passed over.

    Raises:
        CheckpointError: when there is no such model, or it reads no pictures.
    """
    encoder = load_model(model_name, str(device))
    if IMAGE not in encoder.modalities or not isinstance(encoder, Prepares):
        raise CheckpointError(f"{model_name} reads no pictures: choose a model that does.")

    def transform(picture: Image.Image) -> Tensor:
        return torch.from_numpy(np.asarray(encoder.prepare(IMAGE, picture)))

    return BenchmarkModel(encoder).eval(), transform, tokenize


class Pairs(Dataset[tuple[Tensor, list[str]]]):
    """A collection as a data set for CLIP_benchmark's retrieval: (picture, its captions); use `collate` with it."""

    def __init__(self, collection: Collection, transform: Any) -> None:
        self.items = [item for item in collection.items if item.captions]
        self.transform = transform

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, row: int) -> tuple[Tensor, list[str]]:
        item = self.items[row]
        return self.transform(item.image_path), list(item.captions)


def collate(rows: Sequence[tuple[Tensor, list[str]]]) -> tuple[Tensor, list[list[str]]]:
    """A batch of `Pairs`."""
    return torch.stack([picture for picture, _ in rows]), [captions for _, captions in rows]


def register() -> None:
    """Add the type of model.

    Raises:
        CheckpointError: when CLIP_benchmark is not installed.
    """
    with from_extra("benchmark", "clip-benchmark", "CLIP_benchmark is not installed", CheckpointError):
        from clip_benchmark import models
    models.TYPE2FUNC[TYPE] = load
    if TYPE not in models.MODEL_TYPES:
        models.MODEL_TYPES.append(TYPE)


def main() -> int:
    """CLIP_benchmark's own command, which knows the type `vse`."""
    try:
        register()
        from clip_benchmark.cli import main as run

        run()
    except VSEError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except ImportError as error:  # its command takes packages that it does not ask for
        print(f"error: CLIP_benchmark lacks {error.name}: run pip install {error.name}.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
