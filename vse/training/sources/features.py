"""Training on frozen features of photographs, computed once: no CNN runs while the towers learn.

This is the protocol of VSE++'s own code with precomputed features (Faghri et al. 2018), whose files `write_precomputed`
writes, so that both can be run on the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vse.data import Collection
from vse.data.features import collection_features
from vse.encoders.joint import JointModel
from vse.errors import CollectionError, TrainingError
from vse.evaluation.retrieval import Evaluation
from vse.io.atomic import Kind, replace_folder
from vse.io.progress import progress_bar
from vse.modalities.image.backbones.build import Backbone
from vse.modalities.image.backbones.features import Grids, Views
from vse.modalities.image.preprocess import Preprocess
from vse.training.config import TrainConfig
from vse.training.kinds.base import Trainable
from vse.training.sources.config import PhotographsConfig
from vse.training.sources.photo_set import PhotographSource
from vse.training.validation import evaluation_of

FEATURES_FILE = "features.json"
_CHUNK = 512


class FeatureSource(PhotographSource):
    """Batches whose pictures are what a frozen CNN made of them: `data.pixels` is (N, ...)."""

    def images(self, pixels: np.ndarray, rng: np.random.Generator, may_mirror: np.ndarray, mine: slice) -> Tensor:
        """(m, ...) float32."""
        return torch.from_numpy(pixels.astype(np.float32))


class ViewSource(FeatureSource):
    """Batches whose pictures are what first layers made of one of their `Views`: `data.pixels` is (N, V, ...)."""

    def images(self, pixels: np.ndarray, rng: np.random.Generator, may_mirror: np.ndarray, mine: slice) -> Tensor:
        """(m, ...) float32, of a view drawn for each picture."""
        views = rng.integers(np.where(may_mirror, pixels.shape[1], pixels.shape[1] // 2))[mine]
        return super().images(pixels[np.arange(len(pixels)), views], rng, may_mirror, mine)


@dataclass(frozen=True)
class FeatureValidation:
    """The dev split as what a frozen CNN made of it, (N, ...), with its captions."""

    rows: np.ndarray
    collection: Collection

    def measure(self, trainable: Trainable[Any], model: JointModel) -> Evaluation:
        model.eval()
        device = next(model.parameters()).device
        with torch.inference_mode():
            images = np.concatenate([
                model.embed("image", torch.from_numpy(self.rows[start : start + _CHUNK].astype(np.float32)).to(device))
                .cpu().numpy() for start in range(0, len(self.rows), _CHUNK)
            ])  # fmt: skip
        return evaluation_of(trainable, model, images, self.collection)


def views_of(config: TrainConfig, trainable: Trainable[Any], larger: Preprocess) -> Views:
    """What the frozen layers of a run's CNN make of photographs, cut out of them as they are preprocessed by `larger`.

    Raises:
        TrainingError: for a model without a CNN of torchvision or timm.
        CheckpointError: when no part of that ends within the frozen layers.
    """
    assert isinstance(config.source, PhotographsConfig)
    changes, layers = config.source.augmentation, config.backbone.frozen_layers
    size = changes.crop_size or trainable.preprocess.size
    return Views(backbone_of(trainable, "--views"), layers, config.source.views, size, larger, changes.augment)


def maps_of(features: Grids | Views, collection: Collection) -> np.ndarray:
    """(N, ...) float16, read-only and memory-mapped: computed once, kept in the cache.

    Raises:
        ImageError: for a picture that cannot be read.
    """
    with progress_bar(f"encoding {collection.name}", "photo") as progress:
        return collection_features(features, collection, progress).reshape(-1, *features.shape)


def backbone_of(trainable: Trainable[Any], option: str) -> Backbone:
    """The CNN that a run begins with; `option` is what asks for it.

    Raises:
        TrainingError: for a model without a CNN of torchvision or timm.
    """
    with torch.random.fork_rng():
        model: Any = trainable.build()
    if trainable.start:
        model.load_state_dict(trainable.start.weights, strict=False)
    if not isinstance(backbone := model.get_submodule("image_tower.backbone"), Backbone):
        raise TrainingError(
            f"Only what a CNN of torchvision or timm gives can be precomputed; leave {option} away, or choose "
            "--image-backbone."
        )
    return backbone


def _written(folder: Path) -> list[str]:
    return [FEATURES_FILE, *json.loads((folder / FEATURES_FILE).read_text(encoding="utf-8"))["files"]]


def _unit(rows: np.ndarray) -> np.ndarray:
    """(N, F) float32: rows of length 1."""
    values = rows.astype(np.float32)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return np.divide(values, lengths, out=values, where=lengths > 0)


PRECOMPUTED = Kind("features that this program wrote", _written)


def write_precomputed(folder: Path, splits: Mapping[str, tuple[np.ndarray, Collection]], raw: bool = False) -> None:
    """SPLIT_ims.npy, (N, F) float32, and SPLIT_caps.txt, five captions a picture, as vsepp's PrecompDataset reads them.

    Rows have length 1, which that code takes for granted and does not see to; those that are zero stay so. `raw`
    leaves them as they come.

    features.json beside them lists the files, so that a folder of other features is never taken for one of these.

    Raises:
        CollectionError: when a picture has not five captions, which that code takes for granted.
        WriteError: when the folder holds anything else.
    """
    for _, collection in splits.values():
        counts = {len(item.captions) for item in collection.items}
        if counts != {5}:
            has = f"its pictures have {sorted(counts)} captions and five of each are expected"
            raise CollectionError(f"{collection.name} cannot be written for vsepp: {has}.")
    with replace_folder(folder, PRECOMPUTED) as work:
        for split, (rows, collection) in splits.items():
            np.save(work / f"{split}_ims.npy", rows.astype(np.float32) if raw else _unit(rows))
            texts = "".join(f"{' '.join(text.split())}\n" for text in collection.captions)
            (work / f"{split}_caps.txt").write_text(texts, encoding="utf-8", newline="\n")
        files = sorted(path.name for path in work.iterdir())
        (work / FEATURES_FILE).write_text(json.dumps({"files": files}) + "\n", encoding="utf-8")
