"""The batches of a training run: which scenes, which captions, which small changes to the pictures."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vse.data.scenes.world.entailment import entailment_matrix
from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.data.scenes.world.truth import StatementCodes, truth_matrix
from vse.modalities.image.preprocess import Preprocess
from vse.training.config import TrainConfig
from vse.training.kinds.base import Plan, Trainable
from vse.training.sources.base import Batch, own_first, part, trimmed, words_used
from vse.training.sources.config import ScenesConfig
from vse.training.sources.scene_set import SceneValidation, TrainingSet, build_training_set, build_validation_set

SHIFT = 4  # pixels a training picture is moved at most, each way


def shifted(pixels: np.ndarray, rng: np.random.Generator, rows: np.ndarray, mine: slice) -> np.ndarray:
    """Pictures moved a few pixels, edges repeated, and their light changed a little; (n, S, S, 3) uint8.

    Args:
        pixels: (N, S, S, 3) uint8.
        rows: (B,) of a batch, for all of which the changes are drawn.
        mine: which of them are wanted.
    """
    size = pixels.shape[1]
    offsets = rng.integers(0, 2 * SHIFT + 1, size=(len(rows), 2))[mine]
    gain = rng.uniform(0.92, 1.08, size=(len(rows), 1, 1, 1))[mine].astype(np.float32)
    padded = np.pad(np.asarray(pixels[rows[mine]]), ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), mode="edge")
    moved = np.stack([p[y : y + size, x : x + size] for p, (y, x) in zip(padded, offsets, strict=True)])
    return np.clip(moved * gain, 0, 255).astype(np.uint8)


# By the kind's code: the number of its closest family, such as pet rather than animal.
_FAMILY = np.array([list(FAMILIES).index(kind.families[-1]) for kind in KINDS.values()])


def family_of(kinds: np.ndarray) -> np.ndarray:
    """Codes of kinds (N,) -> a number for the closest family of each."""
    return _FAMILY[kinds]


class SceneSource:
    """Batches of Emoji Scenes."""

    def __init__(self, data: TrainingSet, config: TrainConfig, preprocess: Preprocess) -> None:
        assert isinstance(config.source, ScenesConfig)
        self.data, self.config, self.scenes, self.preprocess = data, config, config.source, preprocess
        self.unit = 2 if data.operands is not None else 1  # counterparts stay together
        self.steps_per_epoch = len(data) // config.batch_size
        self.widths = {"words": data.vocabulary, "counterpart": 1, "entailment": 1}
        self.order = lru_cache(maxsize=1)(self._order)

    def _order(self, epoch: int) -> np.ndarray:
        """Rows in the epoch's order, counterparts side by side; every `batch_size` of them are a batch."""
        rng = np.random.default_rng((self.config.seed, epoch))
        units = rng.permutation(len(self.data) // self.unit)
        size = self.config.batch_size // self.unit
        scenes, start = self.data.scenes, 0
        place, family = scenes.frame[:: self.unit, 0], family_of(scenes.subject[:: self.unit, 0])
        for share, alike in ((self.scenes.same_place, place), (self.scenes.same_family, place * len(KINDS) + family)):
            stop = start + round(share * self.steps_per_epoch) * size
            units[start:stop] = units[start:stop][np.argsort(alike[units[start:stop]], kind="stable")]
            start = stop
        if start:
            batches = units[: self.steps_per_epoch * size].reshape(self.steps_per_epoch, size)
            units = rng.permutation(batches).reshape(-1)
        return (units[:, None] * self.unit + np.arange(self.unit)).reshape(-1)

    def batch(self, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        """See `BatchSource`."""
        data, config = self.data, self.config
        rng = np.random.default_rng((config.seed, epoch, step, 1))
        rows = self.order(epoch)[step * config.batch_size : (step + 1) * config.batch_size]
        choices = rng.permuted(np.tile(np.arange(data.captions_per_image), (len(rows), 1)), axis=1)
        mine = part(len(rows), rank, world, self.unit)
        pixels = shifted(data.pixels, rng, rows, mine)
        rows, choices = own_first(rows, mine), own_first(choices, mine)[:, : config.captions_per_image]
        own = rows[: len(pixels)]
        read = own[:, None], choices[: len(own)]
        images = torch.from_numpy(self.preprocess.normalise(pixels)).contiguous(memory_format=torch.channels_last)
        inputs = {"image": images, "text": trimmed(data.caption_ids[read], data.caption_lengths[read])}
        batch = Batch(len(own), inputs)
        if self.scenes.mask_true_negatives:
            batch.relevant["image", "text"] = self._truth(rows, choices)
        if "entailment" in config.needs:
            batch.targets["entailment"] = self._entailment(rows, choices)
        if "words" in config.needs:
            batch.targets["words"] = words_used(torch.from_numpy(data.caption_ids[rows].astype(np.int64)),
                                                data.vocabulary)  # fmt: skip
        if "counterpart" in config.needs and data.operands is not None and data.operand_lengths is not None:
            batch.targets["counterpart"] = torch.arange(len(rows)).view(-1, self.unit).flip(1).reshape(-1)
            # (n, 2, L) -> all minus words, then all plus words
            batch.operands["text"] = trimmed(
                data.operands[own].swapaxes(0, 1), data.operand_lengths[own].swapaxes(0, 1)
            )
        return batch

    def _statements(self, rows: np.ndarray, choices: np.ndarray) -> StatementCodes:
        return self.data.statements[(rows[:, None] * self.data.captions_per_image + choices).reshape(-1)]

    def _entailment(self, rows: np.ndarray, choices: np.ndarray) -> Tensor:
        """(B, 1 + K, B, K) bool, see `Entailment`."""
        statements, (count, each) = self._statements(rows, choices), choices.shape
        of_pictures = truth_matrix(self.data.scenes[rows], statements).reshape(count, 1, count, each)
        of_captions = entailment_matrix(statements, statements).reshape(count, each, count, each)
        return torch.from_numpy(np.concatenate([of_pictures, of_captions], axis=1))

    def _truth(self, rows: np.ndarray, choices: np.ndarray) -> Tensor:
        truth = truth_matrix(self.data.scenes[rows], self._statements(rows, choices))
        return torch.from_numpy(truth.reshape(len(rows), len(rows), -1))


def prepare(config: TrainConfig, plan: Plan) -> tuple[SceneSource, SceneValidation, Trainable[Any]]:
    """What a run on Emoji Scenes learns from and is measured on.

    Raises:
        FontMissingError: when scenes have to be rendered and the emoji font is not installed.
    """
    assert isinstance(config.source, ScenesConfig)
    data, trainable = build_training_set(config.source, config.seed, plan.preprocess, plan.learn)
    return SceneSource(data, config, plan.preprocess), build_validation_set(config.source, plan.preprocess), trainable
