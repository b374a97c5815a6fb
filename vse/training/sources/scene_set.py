"""The training set of Emoji Scenes: scenes and their counterparts, rendered once into a memory-mapped cache."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from tqdm import tqdm

from vse.data.scenes.language.captions import CAPTIONS_PER_SCENE, write_captions
from vse.data.scenes.world.sample import sample_scenes
from vse.data.scenes.world.scene import Scene
from vse.data.scenes.world.swaps import Swap, sample_swap
from vse.data.scenes.world.truth import SceneCodes, StatementCodes, encode_scenes, encode_statements, truth_matrix
from vse.data.scenes.world.world import ART_VERSION, WORLD_VERSION
from vse.encoders.joint import JointModel
from vse.errors import TrainingError
from vse.evaluation.retrieval import Evaluation, evaluate_scores
from vse.io.atomic import write_text
from vse.io.paths import cache_folder
from vse.modalities.image.preprocess import Preprocess
from vse.training.kinds.base import Trainable
from vse.training.sources.config import ScenesConfig
from vse.training.validation import validation_scores

_CHUNK = 200
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


def _captions(scenes: list[Scene], editions: int) -> tuple[list[str], StatementCodes]:
    texts, statements = [], []
    for scene in tqdm(scenes, desc="writing captions", unit="scene"):
        for edition in range(editions):
            for caption in write_captions(scene, edition):
                texts.append(caption.text)
                statements.append(caption.statement)
    return texts, encode_statements(statements)


def build_training_set(
    config: ScenesConfig, seed: int, preprocess: Preprocess, learn: Callable[[list[str]], T]
) -> tuple[TrainingSet, T]:
    """Scenes from the seed, their captions, and their pictures from the cache or rendered now.

    What knows the words is made by `learn` from these captions and operands alone.
    """
    scenes, swaps = training_scenes(config, seed)
    texts, statements = _captions(scenes, config.editions)
    rng = random.Random(f"operands:{WORLD_VERSION}:{seed}")
    operands = [text for swap in swaps for text in _operand_texts(rng, swap)]
    words = learn([*texts, *operands])
    ids, lengths = _encode(words, texts, (len(scenes), config.editions * CAPTIONS_PER_SCENE))
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


def _render_chunk(job: tuple[list[Scene], Preprocess]) -> np.ndarray:
    from vse.data.scenes.drawing.render import render

    scenes, preprocess = job
    return np.stack([preprocess.uint8(render(scene)) for scene in scenes])


def rendered(scenes: list[Scene], preprocess: Preprocess, name: str) -> np.ndarray:
    """(N, size, size, 3) uint8, memory-mapped read-only; rendered by all cores where the cache lacks it.

    An interrupted rendering goes on where it stopped.

    Raises:
        FontMissingError: when there is something to render and no font to draw with.
        TrainingError: when the cache holds pictures of other scenes.
    """
    geometry = f"{preprocess.size}{preprocess.fit}"
    folder = cache_folder() / "rendered" / f"{name}-w{WORLD_VERSION}a{ART_VERSION}-{geometry}"
    folder.mkdir(parents=True, exist_ok=True)
    path, progress_path = folder / "pixels.npy", folder / "progress.json"
    shape = (len(scenes), preprocess.size, preprocess.size, 3)
    done = json.loads(progress_path.read_text())["done"] if progress_path.exists() and path.exists() else 0
    if done < len(scenes):
        mode = "r+" if done else "w+"
        pixels = np.lib.format.open_memmap(path, mode=mode, dtype=np.uint8, shape=None if done else shape)
        _render_into(pixels, scenes, preprocess, done, progress_path)
    pixels = np.load(path, mmap_mode="r")
    if pixels.shape != shape:
        raise TrainingError(f"{folder} holds pictures of shape {pixels.shape}, expected {shape}; delete the folder.")
    return pixels


def _render_into(
    pixels: np.memmap, scenes: list[Scene], preprocess: Preprocess, done: int, progress_path: Path
) -> None:
    starts = range(done, len(scenes), _CHUNK)
    jobs = ((scenes[start : start + _CHUNK], preprocess) for start in starts)
    context = multiprocessing.get_context("spawn")
    with (
        context.Pool(min(os.cpu_count() or 1, len(starts))) as pool,
        tqdm(total=len(scenes), initial=done, desc="rendering scenes", unit="scene") as bar,
    ):
        for start, chunk in zip(starts, pool.imap(_render_chunk, jobs), strict=True):
            pixels[start : start + len(chunk)] = chunk
            pixels.flush()
            write_text(progress_path, json.dumps({"done": start + len(chunk)}))
            bar.update(len(chunk))


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
        return evaluate_scores(scores, self.owners, truth_matrix(encode_scenes(self.scenes), self.statements))


def build_validation_set(config: ScenesConfig, preprocess: Preprocess) -> SceneValidation:
    count = config.validation_scenes
    scenes = sample_scenes("dev", count, seed=0)
    texts, statements = _captions(scenes, editions=1)
    owners = np.repeat(np.arange(len(scenes)), CAPTIONS_PER_SCENE)
    pixels = rendered(scenes, preprocess, f"dev-0-{count}")
    return SceneValidation(pixels, texts, owners, scenes, statements)
