"""Training on frozen features of photographs, computed once: no CNN runs while the towers learn.

This is the protocol of VSE++'s own code with precomputed features (Faghri et al. 2018), whose files `write_precomputed`
writes, so that both can be run on the same numbers.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vse.data import Collection
from vse.encoders.joint import JointModel
from vse.evaluation.retrieval import Evaluation, evaluate_scores
from vse.io.atomic import write_bytes, write_text
from vse.training.kinds.base import Trainable
from vse.training.sources.photographs import PhotographSource
from vse.training.validation import similarities


class FeatureSource(PhotographSource):
    """Batches whose pictures are rows of features: `data.pixels` is (N, F)."""

    def images(self, rows: np.ndarray, rng: np.random.Generator, may_mirror: np.ndarray) -> Tensor:
        """(B, F) float32."""
        return torch.from_numpy(self.data.pixels[rows].astype(np.float32))


@dataclass(frozen=True)
class FeatureValidation:
    """The dev split as rows (N, F), with its captions."""

    rows: np.ndarray
    collection: Collection

    def measure(self, trainable: Trainable[Any], model: JointModel) -> Evaluation:
        model.eval()
        rows = torch.from_numpy(self.rows.astype(np.float32)).to(next(model.parameters()).device)
        with torch.inference_mode():
            images = model.embed_features("image", rows).cpu().numpy()
        texts = trainable.encoder(model).encode_texts(self.collection.captions, strict=False)
        return evaluate_scores(similarities(trainable, images, texts), self.collection.caption_owners)


def write_precomputed(folder: Path, split: str, rows: np.ndarray, collection: Collection) -> None:
    """SPLIT_ims.npy, (N, F) float32, and SPLIT_caps.txt, five captions a picture, as vsepp's PrecompDataset reads them.

    Raises:
        ValueError: when a picture has not five captions, which that code takes for granted.
    """
    counts = {len(item.captions) for item in collection.items}
    if counts != {5}:
        raise ValueError(f"The pictures have {sorted(counts)} captions and vsepp expects five of each.")
    file = io.BytesIO()
    np.save(file, rows.astype(np.float32))
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / f"{split}_ims.npy", file.getvalue())
    write_text(folder / f"{split}_caps.txt", "".join(f"{' '.join(text.split())}\n" for text in collection.captions))
