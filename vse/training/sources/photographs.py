"""Training on a folder of captioned photographs: its batches, and the dev split to choose the weights by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vse.data import Collection, load_collection
from vse.data.features import collection_features
from vse.encoders.joint import JointModel
from vse.errors import TrainingError
from vse.evaluation.retrieval import Evaluation, evaluate_scores
from vse.io.progress import progress_bar
from vse.modalities.image.augment import augmented
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.text.tokenizer import tokenize
from vse.training.config import TrainConfig
from vse.training.kinds.base import Plan, Towers
from vse.training.objectives.word_prediction import words_used
from vse.training.sources.base import Batch, trimmed
from vse.training.validation import dev_scores

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


def photo_set(collection: Collection, towers: Towers[Any], pixels: np.ndarray) -> PhotoSet:
    """A collection as the trainer takes it, its words numbered by the towers."""
    count = max(len(item.captions) for item in collection.items)
    texts = [item.captions[k % len(item.captions)] for item in collection.items for k in range(count)]
    ids, lengths = towers.encode_batch(texts)
    shape = (len(collection), count)
    sided = np.array([not _SIDED.isdisjoint(tokenize(text)) for text in texts])
    return PhotoSet(pixels, ids.reshape(*shape, -1), lengths.reshape(shape), sided.reshape(shape))


class PhotoBatches:
    """Lessons of captioned photographs."""

    def __init__(self, data: PhotoSet, config: TrainConfig, preprocess: Preprocess) -> None:
        """
        Raises:
            TrainingError: when there are fewer pictures than a batch has.
        """
        self.data, self.config, self.preprocess = data, config, preprocess
        self.per_epoch = len(data.pixels) // config.batch_size
        self.vocabulary = int(data.caption_ids.max()) + 1
        if not self.per_epoch:
            raise TrainingError(f"A batch of {config.batch_size} does not fit {len(data.pixels)} pictures; choose a "
                                "smaller --batch-size.")  # fmt: skip

    def order(self, epoch: int) -> np.ndarray:
        return np.random.default_rng((self.config.seed, epoch)).permutation(len(self.data.pixels))

    def get(self, order: np.ndarray, epoch: int, step: int) -> Batch:
        data, config = self.data, self.config
        rng = np.random.default_rng((config.seed, epoch, step, 1))
        rows = order[step * config.batch_size : (step + 1) * config.batch_size]
        choices = rng.permuted(np.tile(np.arange(data.caption_ids.shape[1]), (len(rows), 1)), axis=1)
        choices = choices[:, : config.captions_per_image]
        ids, lengths = trimmed(data.caption_ids[rows[:, None], choices], data.caption_lengths[rows[:, None], choices])
        may_mirror = ~data.sided[rows[:, None], choices].any(axis=1)
        words = None
        if config.words:
            words = words_used(torch.from_numpy(data.caption_ids[rows].astype(np.int64)), self.vocabulary)
        return Batch(
            images=self.images(rows, rng, may_mirror),
            ids=ids,
            lengths=lengths,
            truth=None,
            operand_ids=None,
            operand_lengths=None,
            partner=torch.arange(len(rows)),
            words=words,
        )

    def images(self, rows: np.ndarray, rng: np.random.Generator, may_mirror: np.ndarray) -> Tensor:
        """(B, 3, size, size) float32: the pictures of those rows, changed a little."""
        size = self.config.crop_size or self.preprocess.size
        pixels = augmented(self.data.pixels[rows], size, rng, may_mirror, self.config.augment)
        return torch.from_numpy(self.preprocess.normalise(pixels)).contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True)
class PhotoDev:
    """The photographs of the dev split as the model reads them, with their captions."""

    pixels: np.ndarray
    collection: Collection

    def measure(self, towers: Towers[Any], model: JointModel) -> Evaluation:
        scores = dev_scores(towers, model, self.pixels, self.collection.captions)
        return evaluate_scores(scores, self.collection.caption_owners)


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


def photo_lessons(config: TrainConfig, plan: Plan) -> tuple[PhotoBatches, PhotoDev, Towers[Any]]:
    """What a run on the captioned photographs of `config.collection` learns from and is measured on.

    Raises:
        CollectionError: when the folder is none, or lacks the splits train and dev.
        TrainingError: when the pictures have no captions, or are fewer than a batch.
        ImageError: for a picture that cannot be read.
    """
    train, dev = (captioned(config.collection, split) for split in ("train", "dev"))
    towers = plan.learn(train.captions)
    preprocess = plan.preprocess
    larger = Preprocess(round(preprocess.size * _LARGER), "squash", preprocess.mean, preprocess.std)
    data = photo_set(train, towers, pixels_of(train, larger))
    return PhotoBatches(data, config, preprocess), PhotoDev(pixels_of(dev, preprocess), dev), towers
