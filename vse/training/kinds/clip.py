"""A CLIP of open_clip as the trainer sees it: byte pairs of its own, a network, a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vse.encoders.clip.config import ClipConfig
from vse.encoders.clip.folder import (
    TRAINING,
    ClipParts,
    bpe_tokenizer,
    build_clip,
    load_clip_folder,
    save_clip_folder,
)
from vse.encoders.clip.module import ClipModule
from vse.encoders.files import object_of, read_history, read_metrics
from vse.errors import CheckpointError, TrainingError
from vse.io.configs import read_json
from vse.modalities import IMAGE, RECIPE, TEXT
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.bpe import Pair, count_words, learn_merges
from vse.training.config import BackboneConfig, TrainConfig, VocabularyConfig
from vse.training.kinds.base import FurtherWords, Made, Start
from vse.training.objectives.infonce import InfoNCEConfig

FITS = {"shortest": "crop", "squash": "squash"}  # open_clip's resize_mode -> the name that Preprocess has for it


Config = ClipConfig
DEFAULTS: dict[str, Any] = {"loss": "infonce", "learning_rate": 1e-3, "weight_decay": 0.1, "clip_norm": 1.0}
ABOUT = "CLIP-style, trained by this project's own code; not OpenAI's CLIP."


_CHUNK = 4096


class ClipValidationEncoder:
    """Pixels and texts to vectors, as the folder's encoder does."""

    def __init__(self, trainable: TrainableClip, model: ClipModule) -> None:
        self.trainable, self.model = trainable, model.eval()
        self.device = next(model.parameters()).device

    def encode_pixels(self, pixels: np.ndarray) -> np.ndarray:
        images = torch.from_numpy(self.trainable.preprocess.normalise(pixels)).to(self.device)
        with torch.inference_mode():
            return self.model.embed("image", images).cpu().numpy()

    def encode(self, modality: str, raw: Sequence[Any], *, strict: bool = True) -> np.ndarray:
        """Recipes, which are read as texts."""
        return self.encode_texts([recipe.text for recipe in raw])

    def encode_texts(self, texts: Sequence[str], *, strict: bool = True) -> np.ndarray:
        ids, lengths = (torch.from_numpy(array).to(self.device) for array in self.trainable.encode_batch(texts))
        with torch.inference_mode():
            parts = zip(ids.split(512), lengths.split(512), strict=True)
            return torch.cat([self.model.embed("text", part) for part in parts]).cpu().numpy()


@dataclass(frozen=True)
class TrainableClip:
    """A CLIP with its merges."""

    config: ClipConfig
    preprocess: Preprocess
    merges: tuple[Pair, ...]
    start: Start | None = None
    similarity = "cosine"

    @cached_property
    def model_cfg(self) -> dict[str, Any]:
        """open_clip's configuration of the network, with the number of tokens that there are."""
        given = self.config.open_clip["model_cfg"]
        tokens = 512 + len(self.merges) + 2  # bytes, bytes at a word's end, merges, start and end
        return {**given, "text_cfg": {**given["text_cfg"], "vocab_size": tokens}}

    @cached_property
    def tokenizer(self) -> Any:
        return bpe_tokenizer(self.merges, self.model_cfg["text_cfg"]["context_length"])

    def encode_batch(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Texts -> tokens with start and end; a text over the context's length is cut and ends all the same."""
        ids = np.zeros((len(texts), self.tokenizer.context_length), np.int64)
        for start in range(0, len(texts), _CHUNK):
            part = list(texts[start : start + _CHUNK])
            ids[start : start + len(part)] = self.tokenizer(part).numpy()
        lengths = (ids == self.tokenizer.eot_token_id).argmax(axis=1) + 1
        return ids[:, : lengths.max(initial=1)], lengths

    def lines(self, recipe: Recipe) -> tuple[Sequence[str], Sequence[str]]:
        """One line for the whole of it, see `Recipe.text`."""
        return (recipe.text,), ()

    def inputs(self, modality: str, raw: Sequence[Recipe]) -> tuple[torch.Tensor, torch.Tensor]:
        """Recipes as a batch has them: ids (N, 1, L) of the one line, and (N, 0, 0) of no steps."""
        ids, _ = self.encode_batch([recipe.text for recipe in raw])
        return torch.from_numpy(ids)[:, None], torch.zeros(len(raw), 0, 0, dtype=torch.int64)

    def build(self) -> ClipModule:
        return ClipModule(build_clip(self.model_cfg, "the CLIP's configuration"))

    def encoder(self, model: ClipModule) -> ClipValidationEncoder:
        return ClipValidationEncoder(self, model)

    def save(self, folder: Path, model: ClipModule, made: Made) -> None:
        parts = ClipParts(model.clip, self.tokenizer, self.config.open_clip["preprocess_cfg"], self.model_cfg)
        save_clip_folder(folder, parts, metrics=made.metrics, history=made.history, training=made.training)


@dataclass(frozen=True)
class ClipPlan:
    """A CLIP to be trained, from random weights or from the model in the folder `start_from`."""

    config: ClipConfig
    start_from: str = ""

    @property
    def preprocess(self) -> Preprocess:
        """
        Raises:
            CheckpointError: where the pictures in the cache would not be what open_clip makes of a picture.
        """
        given = self.config.open_clip["preprocess_cfg"]
        size = self.config.open_clip["model_cfg"]["vision_cfg"]["image_size"]
        resize, interpolation = given.get("resize_mode", "shortest"), given.get("interpolation", "bicubic")
        if resize not in FITS or interpolation != "bicubic":
            raise CheckpointError(
                f"The CLIP's preprocessing is {resize!r} and {interpolation!r}; training expects "
                f"{' or '.join(FITS)}, and bicubic."
            )
        return Preprocess(size, FITS[resize], tuple(given["mean"]), tuple(given["std"]))

    def with_towers(self, modalities: Iterable[str]) -> ClipPlan:
        if more := set(modalities) - {IMAGE, TEXT, RECIPE}:
            raise TrainingError(
                f"A CLIP reads no {' and '.join(f'{each}s' for each in more)}; leave --towers clip away."
            )
        return self

    def learn(self, texts: Sequence[str], steps: Sequence[Sequence[str]] = ()) -> TrainableClip:
        """
        Raises:
            CheckpointError: when `start_from` is no folder of a CLIP.
        """
        if not self.start_from:
            words = count_words(texts, bpe_tokenizer((), 2))
            return TrainableClip(self.config, self.preprocess, tuple(learn_merges(words, self.config.merges)))
        folder = Path(self.start_from)
        parts: Any = load_clip_folder(folder)
        weights = {f"clip.{name}": tensor for name, tensor in parts.model.state_dict().items()}
        start = Start(weights, read_training(folder), read_history(folder))
        ranks = parts.tokenizer.bpe_ranks
        return TrainableClip(self.config, self.preprocess, tuple(sorted(ranks, key=ranks.__getitem__)), start)


def read_training(folder: Path) -> dict[str, Any]:
    """The configuration of the run that made the CLIP in a folder.

    Raises:
        CheckpointError: when its file is missing or damaged.
    """
    return object_of(read_json(folder / TRAINING), folder / TRAINING)


def plan(model: ClipConfig, training: TrainConfig) -> ClipPlan:
    return ClipPlan(model, training.start_from)


def check(model: ClipConfig, training: TrainConfig) -> None:
    """
    Raises:
        TrainingError: for a setting that has no say with a CLIP.
    """
    plan(model, training).with_towers(training.source.modalities)
    if training.backbone != BackboneConfig() or training.vocabulary != VocabularyConfig():
        raise TrainingError(
            "A CLIP has no backbone of torchvision or timm and no vocabulary of words; leave their settings away."
        )
    if training.objectives.get("infonce", InfoNCEConfig()) != InfoNCEConfig():
        raise TrainingError("A CLIP learns its temperature; leave --temperature away.")


def configuration_of(folder: Path) -> ClipConfig:
    """The configuration that the CLIP in a folder can be trained on with."""
    parts: Any = load_clip_folder(folder)
    data = {"model_cfg": parts.config, "preprocess_cfg": parts.preprocess_cfg}
    return ClipConfig(data, merges=len(parts.tokenizer.bpe_ranks))


def store(folder: Path, to: Path, metrics: dict[str, Any], card: str, further: FurtherWords | None = None) -> None:
    """Write the CLIP of a folder to another in float16, with more metrics and a card."""
    if further:
        raise TrainingError("A CLIP splits words into pieces and knows them all; leave --word-vectors away.")
    save_clip_folder(
        to,
        load_clip_folder(folder),
        dtype=torch.float16,
        metrics={**read_metrics(folder), **metrics},
        history=read_history(folder),
        training=read_training(folder),
        card=card,
    )
