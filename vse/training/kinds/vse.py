"""The VSE as the trainer sees it: a vocabulary, a network, a checkpoint."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from vse.encoders.vse.checkpoint import Checkpoint, fingerprint, load_checkpoint, save_checkpoint
from vse.encoders.vse.config import ModelConfig
from vse.encoders.vse.encoder import VSEEncoder
from vse.encoders.vse.model import VSE
from vse.errors import CheckpointError, TrainingError
from vse.modalities.base import load_modality
from vse.modalities.image.config import OWN_BACKBONES, ImageConfig
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.vocabulary import UNKNOWN, Vocabulary
from vse.training.config import BackboneConfig, TrainConfig
from vse.training.kinds.base import FurtherWords, Made, Start
from vse.training.skip_instructions import skip_instructions
from vse.words.mapping import mapped
from vse.words.vectors import first_words, load_word_vectors

if TYPE_CHECKING:
    from vse.modalities.image.backbones.build import Backbone

Config = ModelConfig
DEFAULTS: dict[str, Any] = {}
ABOUT = ""
MEAN, STD = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)

# Rows of the same words, where there are such parts.
_RECIPES = frozenset({"recipe_tower.embedding.weight", "recipe_tower.skip.embedding.weight"})
_BACKBONE, _WORDS = "image_tower.backbone.", "text_tower.embedding.weight"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainableVSE:
    """A VSE with its vocabulary."""

    config: ModelConfig
    preprocess: Preprocess
    vocabulary: Vocabulary
    start: Start | None = None
    backbone_weights: str = ""
    word_vectors: str = ""
    sentences: Mapping[str, Tensor] = field(default_factory=dict)  # weights of the encoder of a recipe's steps

    @property
    def similarity(self) -> str:
        return self.config.similarity

    def encode_batch(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        return self.vocabulary.encode_batch(texts, self.config.text.max_words, strict=False)

    def lines(self, recipe: Recipe) -> tuple[Sequence[str], Sequence[str]]:
        return recipe.ingredients, recipe.instructions

    def inputs(self, modality: str, raw: Sequence[Any]) -> Any:
        """What the tower of a modality takes for raw inputs of it; none is refused that can be read at all."""
        kind, config = load_modality(modality), self.config.towers[modality]
        reading = kind.reading(config, self.vocabulary) if kind.reading else config
        return kind.collate([kind.read(each, reading, False) for each in raw], reading)

    def build(self) -> VSE:
        """
        Raises:
            CheckpointError, TextError: when the weights of the backbone or the word vectors cannot be used.
        """
        model = VSE(self.config, len(self.vocabulary))
        if self.backbone_weights:
            trained = trained_backbone(self.config.image, self.backbone_weights)
            model.image_tower.backbone.load_state_dict(trained.state_dict())
        model.text_tower.learn_letters_of(self.vocabulary.words)
        if self.word_vectors:
            begin_with(model.text_tower.embedding, self.vocabulary, self.word_vectors)
        if self.sentences:
            model.get_submodule("recipe_tower.skip").load_state_dict(self.sentences)
        return model.to(memory_format=torch.channels_last)

    def encoder(self, model: VSE) -> VSEEncoder:
        device = str(next(model.parameters()).device)
        return VSEEncoder(Checkpoint(model, self.vocabulary, self.preprocess), name="validation", device=device)

    def save(self, folder: Path, model: VSE, made: Made) -> None:
        checkpoint = Checkpoint(
            model=model,
            vocabulary=self.vocabulary,
            preprocess=self.preprocess,
            fingerprint=fingerprint(model, self.vocabulary, self.preprocess),
            training=made.training,
            metrics=made.metrics,
            history=made.history,
        )
        save_checkpoint(folder, checkpoint)


@dataclass(frozen=True)
class VSEPlan:
    """A VSE to be trained, from random weights or from the model in the folder that the training names."""

    config: ModelConfig
    training: TrainConfig = field(default_factory=TrainConfig)

    @cached_property
    def preprocess(self) -> Preprocess:
        image = self.config.image
        if image.backbone in OWN_BACKBONES:
            return Preprocess(image.size, image.fit, MEAN, STD)
        from vse.modalities.image.backbones.build import build_backbone

        return build_backbone(image.backbone, size=image.size, fit=image.fit).preprocess

    def with_towers(self, modalities: Iterable[str]) -> VSEPlan:
        return replace(self, config=self.config.with_towers(modalities))

    @cached_property
    def start(self) -> Checkpoint | None:
        return load_checkpoint(Path(self.training.start_from)) if self.training.start_from else None

    def learn(self, texts: Sequence[str], steps: Sequence[Sequence[str]] = ()) -> TrainableVSE:
        if self.start is None:
            words, backbone = self.training.vocabulary, self.training.backbone
            vocabulary = Vocabulary.build(texts, words.min_count)
            recipe = self.config.recipe
            skips = recipe is not None and recipe.instructions == "skip" and recipe.parts != "ingredients"
            sentences = skip_instructions(steps, vocabulary, recipe, self.training.seed) if skips and recipe else {}
            return TrainableVSE(
                self.config, self.preprocess, vocabulary, None, backbone.backbone_weights, words.word_vectors, sentences
            )
        weights, vocabulary = self.start.model.state_dict(), self.start.vocabulary.read
        weights[_WORDS] = weights[_WORDS][: len(vocabulary)]  # those that are only placed are to be placed anew
        if self.training.vocabulary.word_vectors:
            new = Vocabulary.build(texts, self.training.vocabulary.min_count)
            vocabulary = vocabulary.joined(new)
            weights[_WORDS] = with_words(weights[_WORDS], vocabulary, self.training.vocabulary.word_vectors)
        if share := self.training.backbone.backbone_mix:
            theirs = trained_backbone(self.config.image, self.training.backbone.backbone_weights).state_dict()
            for name, tensor in theirs.items():
                weights[_BACKBONE + name] = torch.lerp(weights[_BACKBONE + name], tensor, share)
        fit_recipes(weights, len(vocabulary))
        start = Start(weights, self.start.training, self.start.history)
        return TrainableVSE(self.config, self.preprocess, vocabulary, start)


def plan(model: ModelConfig, training: TrainConfig) -> VSEPlan:
    return VSEPlan(model.with_towers(training.source.modalities), training)


def configuration_of(folder: Path) -> ModelConfig:
    """
    Raises:
        CheckpointError: when there is no whole model in the folder.
    """
    return load_checkpoint(folder).model.config


def check(model: ModelConfig, training: TrainConfig) -> None:
    """
    Raises:
        TrainingError: for a setting that has no say with such a model.
    """
    if model.image.backbone in OWN_BACKBONES and training.backbone != BackboneConfig():
        raise TrainingError(
            f"The backbone {model.image.backbone!r} is not of torchvision or timm, so that backbone weights, frozen "
            "epochs, frozen layers and a backbone rate have no say; leave them away, or choose --image-backbone."
        )
    mixed, weights = bool(training.backbone.backbone_mix), bool(training.backbone.backbone_weights)
    if training.start_from and training.vocabulary.min_count > 1 and not training.vocabulary.word_vectors:
        raise TrainingError("A run that starts from a model has its words, to which others are added only with "
                            "--word-vectors; give a file of them, or leave min-count away.")  # fmt: skip
    if training.start_from and weights != mixed:
        raise TrainingError("A run that starts from a model has its backbone, into which others' weights can be "
                            "mixed; give both --backbone-weights and --backbone-mix, or neither.")  # fmt: skip
    if mixed and not training.start_from:
        raise TrainingError("A backbone mix has no say without --start-from; leave it away.")


def trained_backbone(image: ImageConfig, weights: str) -> Backbone:
    """The backbone of a configuration with trained weights, its norms folded.

    Args:
        weights: a file of them, or "download" for the library's own.

    Raises:
        CheckpointError: when the file does not fit, or the backbone is one that has no weights elsewhere.
        DownloadError: when the library's weights cannot be had.
    """
    if image.backbone in OWN_BACKBONES:
        raise CheckpointError(f"The backbone {image.backbone!r} has no weights to begin with; choose one such as "
                              "mobilenet_v2, or leave the weights away.")  # fmt: skip
    from vse.modalities.image.backbones.build import build_backbone, folded
    from vse.modalities.image.backbones.weights import load_backbone

    how: dict[str, Any] = {"trainable": True, "size": image.size, "fit": image.fit}
    if weights == "download":
        return folded(build_backbone(image.backbone, download=True, **how))
    return folded(load_backbone(image.backbone, weights, **how))


def begin_with(embedding: nn.Embedding, vocabulary: Vocabulary, path: str) -> None:
    """Put the vectors of a file in the place of random ones; other words get random ones of the same spread.

    Raises:
        CheckpointError: when the vectors have another number of dimensions than the embedding.
        TextError: when the file cannot be read, or has none of the words.
    """
    found = load_word_vectors(path, vocabulary.words)
    vectors = np.stack(list(found.values()))
    if vectors.shape[1] != embedding.embedding_dim:
        raise CheckpointError(f"{path} has vectors of {vectors.shape[1]} dimensions and the model words of "
                              f"{embedding.embedding_dim}; set --text-word-dim {vectors.shape[1]}.")  # fmt: skip
    with torch.no_grad():
        embedding.weight.mul_(float(vectors.std()))
        for row, word in enumerate(vocabulary.words):
            if word in found:
                embedding.weight[row] = torch.from_numpy(found[word])
    if missing := len(vocabulary.words) - 2 - len(found):
        _log.warning("%s has %d of the %d words; the others begin at random.", path, len(found), len(found) + missing)


def with_words(trained: Tensor, vocabulary: Vocabulary, path: str) -> Tensor:
    """The vectors of a trained model's words, and behind them those of the words that a vocabulary has further.

    A new word begins where the least squares map from the file's space into the model's takes it, which the words that
    both have fit; one that the file has not begins as the unknown word.

    Args:
        trained: (W, D), of the first W words.
        path: a file of word vectors, of any number of dimensions.

    Raises:
        TextError: when the file cannot be read, or has none of the words.
    """
    found = load_word_vectors(path, vocabulary.words)
    known = [row for row, word in enumerate(vocabulary.words[: len(trained)]) if word in found]
    new = [row for row, word in enumerate(vocabulary.words) if row >= len(trained) and word in found]
    vectors = trained[UNKNOWN].repeat(len(vocabulary), 1)
    vectors[: len(trained)] = trained
    if new:
        theirs, ours = (np.stack([found[vocabulary.words[row]] for row in rows]) for rows in (known, new))
        vectors[new] = torch.from_numpy(mapped(theirs, trained[known].numpy(), ours)).to(vectors)
    _log.info("%d words added, %d of them by %s", len(vocabulary) - len(trained), len(new), path)
    return vectors


def fit_recipes(weights: dict[str, Tensor], words: int) -> None:
    """Give a recipe tower as many words as there are: those that it has never read are the unknown word to it."""
    for name in _RECIPES & weights.keys():
        trained = weights[name][:words]
        weights[name] = torch.cat([trained, trained[UNKNOWN].repeat(words - len(trained), 1)])


def with_further_words(checkpoint: Checkpoint, further: FurtherWords) -> Checkpoint:
    """The model with words behind its own, placed as those of `with_words` begin, and marked as never read."""
    known = checkpoint.vocabulary
    new = first_words(further.word_vectors, further.count, lambda word: word.isalpha() and word not in known)
    vocabulary = Vocabulary(known.words + new, placed=known.placed + len(new))
    weights = checkpoint.model.state_dict()
    weights[_WORDS] = with_words(weights[_WORDS], vocabulary, further.word_vectors)
    fit_recipes(weights, len(vocabulary))
    model = VSE(checkpoint.model.config, len(vocabulary))
    model.load_state_dict(weights)
    return replace(checkpoint, model=model.eval(), vocabulary=vocabulary)


def store(folder: Path, to: Path, metrics: dict[str, Any], card: str, further: FurtherWords | None = None) -> None:
    """Write the VSE of a folder to another in float16, with more metrics, a card, and words that it never read."""
    checkpoint = load_checkpoint(folder)
    if further:
        checkpoint = with_further_words(checkpoint, further)
    shipped = replace(checkpoint, metrics={**checkpoint.metrics, **metrics}, card=card)
    save_checkpoint(to, shipped, dtype=torch.float16)
