"""Training on a folder of captioned photographs: its batches, and its dev split to choose the weights by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vse.data import Collection, load_collection
from vse.data.features import collection_features
from vse.encoders.joint import JointModel
from vse.errors import TrainingError
from vse.evaluation.metrics import IMAGE_TO_TEXT
from vse.evaluation.queries import owners_of
from vse.evaluation.retrieval import Evaluation, both_ways, evaluate_scores
from vse.io.progress import progress_bar
from vse.modalities import IMAGE, TEXT
from vse.modalities.image.augment import augmented
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.text.tokenizer import tokenize
from vse.training.config import TrainConfig
from vse.training.kinds.base import Plan, Trainable
from vse.training.sources.base import Batch, part, trimmed, words_used
from vse.training.sources.config import PhotographsConfig
from vse.training.validation import validation_scores

_LARGER = 7 / 6  # a training photograph is kept larger than the model reads it, so that crops lose little
_SIDED = frozenset({"left", "right", "leftmost", "rightmost", "left-hand", "right-hand"})


class Pixels:
    """Photographs themselves as their features: squashed to a square, (N, side * side * 3) uint8."""

    dtype = "uint8"

    def __init__(self, preprocess: Preprocess) -> None:
        self.preprocess = preprocess
        self.name = f"pixels {preprocess.size} {preprocess.fit}"
        self.fingerprint = self.name
        self.width = preprocess.size**2 * 3

    def of_pixels(self, pixels: np.ndarray) -> np.ndarray:
        return pixels.reshape(len(pixels), -1)


def pixels_of(collection: Collection, preprocess: Preprocess) -> np.ndarray:
    """(N, size, size, 3) uint8, read-only and memory-mapped: decoded once, kept in the cache.

    Raises:
        ImageError: for a picture that cannot be read.
    """
    with progress_bar(f"reading {collection.name}", "photo") as progress:
        rows = collection_features(Pixels(preprocess), collection, progress)
    return rows.reshape(-1, preprocess.size, preprocess.size, 3)


@dataclass(frozen=True)
class PhotoSet:
    """Captioned photographs to learn from; a picture with fewer captions than others has some of them twice.

    pixels: (N, side, side, 3) uint8. caption_ids, caption_lengths: (N, C, L) and (N, C).
    sided: (N, C) bool, whether a caption says left or right, so that its picture must not be mirrored.
    """

    pixels: np.ndarray
    caption_ids: np.ndarray
    caption_lengths: np.ndarray
    sided: np.ndarray


def photo_set(collection: Collection, trainable: Trainable[Any], pixels: np.ndarray) -> PhotoSet:
    """A collection as the trainer takes it, its words numbered by the model."""
    count = max(len(item.captions) for item in collection.items)
    texts = [item.captions[k % len(item.captions)] for item in collection.items for k in range(count)]
    ids, lengths = trainable.encode_batch(texts)
    shape = (len(collection), count)
    sided = np.array([not _SIDED.isdisjoint(tokenize(text)) for text in texts])
    return PhotoSet(pixels, ids.reshape(*shape, -1), lengths.reshape(shape), sided.reshape(shape))


class PhotographSource:
    """Batches of captioned photographs."""

    def __init__(self, data: PhotoSet, config: TrainConfig, preprocess: Preprocess) -> None:
        """
        Raises:
            TrainingError: when there are fewer pictures than a batch has.
        """
        self.data, self.config, self.preprocess = data, config, preprocess
        self.steps_per_epoch = len(data.pixels) // config.batch_size
        self.widths = {"words": int(data.caption_ids.max()) + 1}
        self.order = lru_cache(maxsize=1)(self._order)
        if not self.steps_per_epoch:
            raise TrainingError(f"A batch of {config.batch_size} does not fit {len(data.pixels)} pictures; choose a "
                                "smaller --batch-size.")  # fmt: skip

    def _order(self, epoch: int) -> np.ndarray:
        """Rows in the epoch's order; every `batch_size` of them are a batch."""
        return np.random.default_rng((self.config.seed, epoch)).permutation(len(self.data.pixels))

    def batch(self, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        """See `BatchSource`; what changes the pictures of a batch is drawn for all of it, whoever it is for."""
        data, config = self.data, self.config
        rng = np.random.default_rng((config.seed, epoch, step, 1))
        rows = self.order(epoch)[step * config.batch_size : (step + 1) * config.batch_size]
        choices = rng.permuted(np.tile(np.arange(data.caption_ids.shape[1]), (len(rows), 1)), axis=1)
        choices = choices[:, : config.captions_per_image]
        mine = part(len(rows), rank, world)
        images = self.images(rows, rng, ~data.sided[rows[:, None], choices].any(axis=1))[mine]
        rows, choices = rows[mine], choices[mine]
        texts = trimmed(data.caption_ids[rows[:, None], choices], data.caption_lengths[rows[:, None], choices])
        batch = Batch(len(rows), {"image": images, "text": texts})
        if "words" in config.needs:
            ids = torch.from_numpy(data.caption_ids[rows].astype(np.int64))
            batch.targets["words"] = words_used(ids, self.widths["words"])
        return batch

    def images(self, rows: np.ndarray, rng: np.random.Generator, may_mirror: np.ndarray) -> Tensor:
        """(B, 3, size, size) float32: the pictures of those rows, changed a little."""
        assert isinstance(self.config.source, PhotographsConfig)
        changes = self.config.source.augmentation
        size = changes.crop_size or self.preprocess.size
        pixels = augmented(self.data.pixels[rows], size, rng, may_mirror, changes.augment)
        return torch.from_numpy(self.preprocess.normalise(pixels)).contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True)
class PhotographValidation:
    """The photographs of the dev split as the model reads them, with their captions."""

    pixels: np.ndarray
    collection: Collection

    def measure(self, trainable: Trainable[Any], model: JointModel) -> Evaluation:
        scores = validation_scores(trainable, model, self.pixels, self.collection.captions)
        return evaluate_scores(both_ways(IMAGE_TO_TEXT, scores), owners_of(self.collection, (IMAGE, TEXT)))


def captioned(folder: str | Path, split: str) -> Collection:
    """A split of a collection whose every picture has a caption.

    Raises:
        CollectionError: when the folder is none, or lacks the split.
        TrainingError: when a picture has no caption.
    """
    collection = load_collection(folder, split)
    if not all(item.captions for item in collection.items):
        raise TrainingError(f"{folder} has pictures without captions in {split}; caption them, or leave them out of "
                            "its captions file.")  # fmt: skip
    return collection


def prepare(config: TrainConfig, plan: Plan) -> tuple[PhotographSource, PhotographValidation, Trainable[Any]]:
    """What a run on a collection of captioned photographs learns from and is measured on.

    Raises:
        CollectionError: when the folder is none, or lacks the splits train and dev.
        TrainingError: when the pictures have no captions, or are fewer than a batch.
        ImageError: for a picture that cannot be read.
    """
    assert isinstance(config.source, PhotographsConfig)
    train, dev = (captioned(config.source.collection, split) for split in ("train", "dev"))
    trainable = plan.learn(train.captions)
    preprocess = plan.preprocess
    larger = Preprocess(round(preprocess.size * _LARGER), "squash", preprocess.mean, preprocess.std)
    source = PhotographSource(photo_set(train, trainable, pixels_of(train, larger)), config, preprocess)
    return source, PhotographValidation(pixels_of(dev, preprocess), dev), trainable
