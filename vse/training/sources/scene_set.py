"""The training set of Emoji Scenes: scenes and their counterparts, rendered once into a memory-mapped cache."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
from tqdm import tqdm

from vse.data.scenes.language.captions import CAPTIONS_PER_SCENE, write_captions
from vse.data.scenes.language.ladder import drawn_ladder, say
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Scene
from vse.data.scenes.world.swaps import Swap, sample_swap
from vse.data.scenes.world.truth import SceneCodes, StatementCodes, encode_scenes, encode_statements, truth_matrix
from vse.data.scenes.world.world import ART_VERSION, WORLD_VERSION
from vse.encoders.joint import JointModel
from vse.evaluation.metrics import IMAGE_TO_TEXT
from vse.evaluation.retrieval import Evaluation, both_ways, evaluate_scores
from vse.modalities import IMAGE, TEXT
from vse.modalities.image.preprocess import Preprocess
from vse.training.kinds.base import Trainable
from vse.training.sources.config import ScenesConfig
from vse.training.sources.rendering import rendered_rows
from vse.training.validation import validation_scores

# A word to take away and one to add, said as people say them; both in the same frame.
OPERAND_FRAMES = ("{}", "{}", "{}", "a {}", "a photo of {}")


class Words(Protocol):
    """What numbers the words of texts."""

    def encode_batch(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Texts -> ids (N, L) padded with 0, and lengths (N,); no text is refused."""


T = TypeVar("T", bound=Words)


@dataclass(frozen=True)
class TrainingSet:
    """`pixels` (N, size, size, 3) uint8 memory-mapped; captions N x C as ids of words or of pieces of them.

    With counterparts, rows 2k and 2k + 1 are each other's, and `operands` (N, 2, L) hold the words to take
    away from a row's picture and to add to it in order to arrive at its counterpart.
    """

    pixels: np.ndarray
    scenes: SceneCodes
    caption_ids: np.ndarray  # (N, C, L) int16, padded with 0
    caption_lengths: np.ndarray  # (N, C) int16
    statements: StatementCodes  # N * C of them
    operands: np.ndarray | None  # (N, 2, L) int16
    operand_lengths: np.ndarray | None  # (N, 2) int16

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def captions_per_image(self) -> int:
        return self.caption_ids.shape[1]

    @cached_property
    def vocabulary(self) -> int:
        """How many ids of words there are, up to the largest in a caption."""
        return int(self.caption_ids.max()) + 1


def training_scenes(config: ScenesConfig, seed: int) -> tuple[list[Scene], list[Swap]]:
    """The base scenes, each followed by its counterpart if the configuration says so."""
    base = sample_scenes("train", config.scenes, seed)
    if not config.counterparts:
        return base, []
    rng = random.Random(f"counterparts:{WORLD_VERSION}:{seed}")
    swaps = [sample_swap(rng, scene, in_training=True) for scene in base]
    return [scene for swap in swaps for scene in (swap.source, swap.target)], swaps


def _captions(scenes: list[Scene], editions: int, ladder: int = 0) -> tuple[list[str], StatementCodes]:
    texts, statements = [], []
    rng = random.Random(f"ladders:{WORLD_VERSION}:{scenes[0].seed if scenes else 0}")
    for scene in tqdm(scenes, desc="writing captions", unit="scene"):
        for edition in range(editions):
            for caption in write_captions(scene, edition):
                texts.append(caption.text)
                statements.append(caption.statement)
        for statement in drawn_ladder(rng, scene, ladder):
            texts.append(say(statement, rng))
            statements.append(statement)
    return texts, encode_statements(statements)


def build_training_set(
    config: ScenesConfig, seed: int, preprocess: Preprocess, learn: Callable[[list[str]], T]
) -> tuple[TrainingSet, T]:
    """Scenes from the seed, their captions, and their pictures from the cache or rendered now.

    What knows the words is made by `learn` from these captions and operands alone.
    """
    scenes, swaps = training_scenes(config, seed)
    texts, statements = _captions(scenes, config.editions, config.ladder)
    rng = random.Random(f"operands:{WORLD_VERSION}:{seed}")
    operands = [text for swap in swaps for text in _operand_texts(rng, swap)]
    words = learn([*texts, *operands])
    ids, lengths = _encode(words, texts, (len(scenes), config.editions * CAPTIONS_PER_SCENE + config.ladder))
    operand_ids, operand_lengths = _encode(words, operands, (len(scenes), 2)) if swaps else (None, None)
    pixels = rendered(scenes, preprocess, f"train-{seed}-{config.scenes}-{int(config.counterparts)}")
    codes = encode_scenes(scenes)
    return TrainingSet(pixels, codes, ids, lengths, statements, operand_ids, operand_lengths), words


def _operand_texts(rng: random.Random, swap: Swap) -> Iterator[str]:
    """Minus and plus of the scene, then of its counterpart, which goes the other way."""
    frame = rng.choice(OPERAND_FRAMES)
    yield from (frame.format(word) for word in (swap.minus, swap.plus, swap.plus, swap.minus))


def _encode(words: Words, texts: list[str], shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    ids, lengths = words.encode_batch(texts)
    return ids.astype(np.int16).reshape(*shape, -1), lengths.astype(np.int16).reshape(shape)


def _render_row(job: tuple[Scene, Preprocess]) -> np.ndarray:
    from vse.data.scenes.drawing.render import render

    scene, preprocess = job
    return preprocess.uint8(render(scene)).reshape(-1)


def rendered(scenes: list[Scene], preprocess: Preprocess, name: str) -> np.ndarray:
    """(N, size, size, 3) uint8, see `rendered_rows`."""
    return rendered_rows(_render_row, scenes, preprocess, f"{name}-w{WORLD_VERSION}a{ART_VERSION}", "scenes")


@dataclass(frozen=True)
class SceneValidation:
    """Scenes that training never sees, to choose the best weights by: pictures, five captions each, their truth."""

    pixels: np.ndarray
    captions: list[str]
    owners: np.ndarray
    scenes: list[Scene]
    statements: StatementCodes

    def measure(self, trainable: Trainable[Any], model: JointModel) -> Evaluation:
        """Recall and truth of a model's weights."""
        scores = validation_scores(trainable, model, self.pixels, self.captions)
        truth = truth_matrix(encode_scenes(self.scenes), self.statements)
        owners = {IMAGE: np.arange(len(self.pixels)), TEXT: self.owners}
        return evaluate_scores(both_ways(IMAGE_TO_TEXT, scores), owners, both_ways(IMAGE_TO_TEXT, truth))


def build_validation_set(config: ScenesConfig, preprocess: Preprocess) -> SceneValidation:
    count = config.validation_scenes
    scenes = sample_scenes("dev", count, seed=0)
    texts, statements = _captions(scenes, editions=1)
    owners = np.repeat(np.arange(len(scenes)), CAPTIONS_PER_SCENE)
    pixels = rendered(scenes, preprocess, f"dev-0-{count}")
    return SceneValidation(pixels, texts, owners, scenes, statements)
