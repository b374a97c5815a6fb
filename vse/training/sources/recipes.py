"""The batches of a training run on Emoji Recipes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vse.data.recipes.world.forms import COURSES
from vse.data.recipes.world.truth import said_matrix, same_matrix
from vse.errors import TrainingError
from vse.modalities.image.preprocess import Preprocess
from vse.training.config import TrainConfig
from vse.training.kinds.base import Plan, Trainable
from vse.training.sources.base import Batch, own_first, part, trimmed
from vse.training.sources.config import RecipesConfig
from vse.training.sources.recipe_set import RecipeSet, RecipeValidation, build_training_set, build_validation_set
from vse.training.sources.scenes import shifted


class RecipeSource:
    """Batches of Emoji Recipes; a dish and its counterpart stay together."""

    unit = 2

    def __init__(self, data: RecipeSet, config: TrainConfig, preprocess: Preprocess) -> None:
        self.data, self.config, self.preprocess = data, config, preprocess
        self.steps_per_epoch = len(data) // config.batch_size
        self.widths = {"counterpart": 1, "class": len(COURSES)}
        self.order = lru_cache(maxsize=1)(self._order)

    def _order(self, epoch: int) -> np.ndarray:
        units = np.random.default_rng((self.config.seed, epoch)).permutation(len(self.data) // self.unit)
        return (units[:, None] * self.unit + np.arange(self.unit)).reshape(-1)

    def batch(self, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        """See `BatchSource`."""
        data, config = self.data, self.config
        rng = np.random.default_rng((config.seed, epoch, step, 1))
        rows = self.order(epoch)[step * config.batch_size : (step + 1) * config.batch_size]
        written, editions = data.captions.shape[1], data.steps.shape[1]
        choices = rng.permuted(np.tile(np.arange(written), (len(rows), 1)), axis=1)
        edition = rng.integers(0, editions, len(rows))
        mine = part(len(rows), rank, world, self.unit)
        pixels = shifted(data.pixels, rng, rows, mine)
        rows, choices = own_first(rows, mine), own_first(choices, mine)[:, : config.captions_per_image]
        own, edition = rows[: len(pixels)], edition[mine]
        images = torch.from_numpy(self.preprocess.normalise(pixels)).contiguous(memory_format=torch.channels_last)
        captions = data.captions[own[:, None], choices[: len(own)]]
        recipes = (_cut(data.ingredients[own, edition]), _cut(data.steps[own, edition]))
        texts = trimmed(captions, (captions > 0).sum(-1))
        batch = Batch(len(own), {"image": images, "text": texts, "recipe": recipes})
        dishes = data.dishes[rows]
        said = data.said[(rows[:, None] * written + choices).reshape(-1)]
        true = said_matrix(dishes, said).reshape(len(rows), len(rows), -1)  # of dish i, caption k of dish j
        batch.relevant["image", "text"] = torch.from_numpy(true)
        batch.relevant["image", "recipe"] = torch.from_numpy(same_matrix(dishes, dishes)[..., None])
        batch.relevant["text", "recipe"] = torch.from_numpy(np.ascontiguousarray(np.any(true, axis=2).T)[..., None])
        if "class" in config.needs:
            batch.targets["class"] = torch.from_numpy(data.classes[rows].astype(np.int64))
        if "counterpart" in config.needs:
            batch.targets["counterpart"] = torch.arange(len(rows)).view(-1, self.unit).flip(1).reshape(-1)
            operands = data.operands[own].swapaxes(0, 1)
            batch.operands["text"] = trimmed(operands, (operands > 0).sum(-1))
        return batch


def _cut(ids: np.ndarray) -> Tensor:
    """(N, lines, words) -> int64, without the lines and words that are padding of all."""
    there = ids > 0
    lines, words = (int(there.any(axis=axes).sum()) for axes in ((0, 2), (0, 1)))
    return torch.from_numpy(ids[:, :lines, :words].astype(np.int64))


def prepare(config: TrainConfig, plan: Plan) -> tuple[RecipeSource, RecipeValidation, Trainable[Any]]:
    """What a run on Emoji Recipes learns from and is measured on.

    Raises:
        FontMissingError: when dishes have to be rendered and the emoji font is not installed.
        TrainingError: when there are fewer dishes than a batch holds.
    """
    assert isinstance(config.source, RecipesConfig)
    if 2 * config.source.recipes < config.batch_size or config.batch_size % 2:
        raise TrainingError(
            f"A batch of {config.batch_size} is to hold dishes and their counterparts, and there are "
            f"{2 * config.source.recipes}; give an even batch size and more --recipes."
        )
    data, trainable = build_training_set(config.source, config.seed, plan.preprocess, plan.learn)
    return RecipeSource(data, config, plan.preprocess), build_validation_set(config.source, plan.preprocess), trainable
