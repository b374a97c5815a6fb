"""The batches of a training run: which scenes, which captions, which small changes to the pictures."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vse.data.scenes.world.truth import truth_matrix
from vse.modalities.image.preprocess import Preprocess
from vse.training.config import TrainConfig
from vse.training.objectives.word_prediction import words_used
from vse.training.sources.base import Batch, trimmed
from vse.training.sources.scene_set import TrainingSet

SHIFT = 4  # pixels a training picture is moved at most, each way


def _shifted(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pictures moved a few pixels, edges repeated, and their light changed a little; (B, S, S, 3) uint8."""
    size = pixels.shape[1]
    padded = np.pad(pixels, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), mode="edge")
    offsets = rng.integers(0, 2 * SHIFT + 1, size=(len(pixels), 2))
    moved = np.stack([p[y : y + size, x : x + size] for p, (y, x) in zip(padded, offsets, strict=True)])
    gain = rng.uniform(0.92, 1.08, size=(len(pixels), 1, 1, 1)).astype(np.float32)
    return np.clip(moved * gain, 0, 255).astype(np.uint8)


class Batches:
    """Lessons of Emoji Scenes."""

    def __init__(self, data: TrainingSet, config: TrainConfig, preprocess: Preprocess) -> None:
        self.data, self.config, self.preprocess = data, config, preprocess
        self.unit = 2 if data.operands is not None else 1  # counterparts stay together
        self.per_epoch = len(data) // config.batch_size
        self.vocabulary = data.vocabulary

    def order(self, epoch: int) -> np.ndarray:
        """Rows in the epoch's order, counterparts side by side; every `batch_size` of them are a batch."""
        rng = np.random.default_rng((self.config.seed, epoch))
        units = rng.permutation(len(self.data) // self.unit)
        size = self.config.batch_size // self.unit
        alike = round(self.config.same_place * self.per_epoch) * size
        if alike:
            place = self.data.scenes.frame[units[:alike] * self.unit, 0]
            units[:alike] = units[:alike][np.argsort(place, kind="stable")]
            batches = units[: self.per_epoch * size].reshape(self.per_epoch, size)
            units = rng.permutation(batches).reshape(-1)
        return (units[:, None] * self.unit + np.arange(self.unit)).reshape(-1)

    def get(self, order: np.ndarray, epoch: int, step: int) -> Batch:
        data, config = self.data, self.config
        rng = np.random.default_rng((config.seed, epoch, step, 1))
        rows = order[step * config.batch_size : (step + 1) * config.batch_size]
        choices = rng.permuted(np.tile(np.arange(data.captions_per_image), (len(rows), 1)), axis=1)
        choices = choices[:, : config.captions_per_image]
        ids, lengths = trimmed(data.caption_ids[rows[:, None], choices], data.caption_lengths[rows[:, None], choices])
        pixels = _shifted(np.asarray(data.pixels[rows]), rng)
        operand_ids = operand_lengths = None
        if config.arithmetic and data.operands is not None and data.operand_lengths is not None:
            # (B, 2, L) -> all minus words, then all plus words
            operand_ids, operand_lengths = trimmed(
                data.operands[rows].swapaxes(0, 1), data.operand_lengths[rows].swapaxes(0, 1)
            )
        return Batch(
            images=torch.from_numpy(self.preprocess.normalise(pixels)).contiguous(memory_format=torch.channels_last),
            ids=ids,
            lengths=lengths,
            truth=self._truth(rows, choices) if config.mask_true_negatives else None,
            operand_ids=operand_ids,
            operand_lengths=operand_lengths,
            partner=torch.arange(len(rows)).view(-1, self.unit).flip(1).reshape(-1),
            words=self._words(rows) if config.words else None,
        )

    def _words(self, rows: np.ndarray) -> Tensor:
        return words_used(torch.from_numpy(self.data.caption_ids[rows].astype(np.int64)), self.data.vocabulary)

    def _truth(self, rows: np.ndarray, choices: np.ndarray) -> Tensor:
        statements = self.data.statements[(rows[:, None] * self.data.captions_per_image + choices).reshape(-1)]
        truth = truth_matrix(self.data.scenes[rows], statements)
        return torch.from_numpy(truth.reshape(len(rows), len(rows), -1))
