"""Skip-instruction vectors: an encoder of a recipe's steps that is learnt before the recipes are matched with pictures.

A GRU reads a step, and from its last state two decoders write the step before and the step after (Kiros et al. 2015,
"Skip-Thought Vectors"; Salvador et al. 2017, section 4.1). Beyond the first and the last step stands an empty one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn

from vse.encoders.vse.captioner import END, SPECIAL, Captioner, CaptionerConfig
from vse.errors import TrainingError
from vse.io.artifacts import get_or_make
from vse.io.atomic import write_bytes
from vse.io.hashing import fingerprint_of, json_bytes
from vse.io.paths import cache_folder
from vse.io.progress import Progress, progress_bar
from vse.io.tensors import read_weights
from vse.modalities.recipe.config import RecipeConfig
from vse.modalities.recipe.tower import SentenceEncoder
from vse.modalities.text.vocabulary import Vocabulary
from vse.training.captioner import writing_loss

STEPS, BATCH, LEARNING_RATE = 3000, 256, 2e-3
_BEGIN = 1  # the token that a decoder reads first
_VERSION = 1  # of the way of learning


def skip_instructions(
    recipes: Sequence[Sequence[str]], vocabulary: Vocabulary, config: RecipeConfig, seed: int = 0
) -> dict[str, Tensor]:
    """The weights of a `SentenceEncoder` that has learnt from these recipes, from the cache or learnt now.

    Args:
        recipes: of each its steps, in order.

    Raises:
        TrainingError: when no recipe has a step.
    """
    key = ([*map(list, recipes)], vocabulary.words, config.sentence, config.word_dim, config.max_words, seed, _VERSION)
    path = cache_folder() / "skip-instructions" / f"{fingerprint_of([json_bytes(key)])}.safetensors"

    def learnt() -> dict[str, Tensor]:
        with progress_bar("learning skip-instructions", "step") as progress:
            return learn_skip(recipes, vocabulary, config, seed, progress=progress)[0].state_dict()

    def keep(weights: Mapping[str, Tensor], to: Path) -> None:
        write_bytes(to, save(dict(weights)))

    return get_or_make("The encoder of steps", path, read_weights, learnt, keep)


def learn_skip(
    recipes: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    config: RecipeConfig,
    seed: int = 0,
    steps: int = STEPS,
    progress: Progress | None = None,
) -> tuple[SentenceEncoder, list[float]]:
    """Train an encoder of steps; (it, the loss by step, in nats by word).

    Raises:
        TrainingError: when no recipe has a step.
    """
    lines = list(chain.from_iterable(recipes))
    if not lines:
        raise TrainingError(
            "There are no steps of recipes to learn from: give recipes, or --recipe-instructions learnt."
        )
    ids = vocabulary.encode_batch(lines, config.max_words, strict=False)[0]
    written = decoder_ids(ids)
    before, after = neighbours([len(each) for each in recipes])
    torch.manual_seed(seed)
    encoder = SentenceEncoder(len(vocabulary), config.word_dim, config.sentence)
    words = (*SPECIAL, *vocabulary.words[1:])
    sizes = CaptionerConfig(config.sentence, config.sentence, config.word_dim)
    decoders = [Captioner(sizes, words) for _ in range(2)]
    learning = [*encoder.parameters(), *(each for decoder in decoders for each in decoder.parameters())]
    optimizer = torch.optim.AdamW(learning, lr=LEARNING_RATE, weight_decay=0.01)
    losses = []
    for step in range(steps):
        rows = np.random.default_rng((seed, step)).integers(0, len(lines), BATCH)
        rate = min(1.0, (step + 1) / max(1, steps // 20)) * 0.5 * (1 + math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * rate
        vectors = encoder(_cut(ids[rows]))
        sides = zip(decoders, (before, after), strict=True)
        loss = torch.stack(
            [writing_loss(decoder, vectors, _cut(written[side[rows]], ends=1)) for decoder, side in sides]
        ).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        if progress:
            progress(step + 1, steps)
    return encoder.eval(), losses


def decoder_ids(ids: np.ndarray) -> np.ndarray:
    """(T, L) ids of the vocabulary, padded with 0 -> (T + 1, L + 2) as a decoder has them; the last row is empty."""
    rows = np.full((len(ids) + 1, ids.shape[1] + 2), END)
    rows[:, 0] = _BEGIN
    # A decoder has its special tokens in the place of the padding.
    rows[:-1, 1:-1] = np.where(ids > 0, ids + len(SPECIAL) - 1, END)
    return rows


def neighbours(lengths: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Of each step of recipes of so many steps the row of the one before and of the one after; -1 for none."""
    total, ends = sum(lengths), np.cumsum(lengths)
    before, after = np.arange(-1, total - 1), np.arange(1, total + 1)
    some = np.asarray(lengths) > 0
    before[(ends - lengths)[some]] = after[ends[some] - 1] = -1
    return before, after


def _cut(ids: np.ndarray, ends: int = 0) -> Tensor:
    """Without the columns that are 0 in every row, but for so many behind the last word."""
    last = int((ids != 0).any(axis=0).nonzero()[0].max()) + 1
    return torch.from_numpy(ids[:, : last + ends].astype(np.int64))
