"""Training on a folder of captioned photographs: its batches, and its dev split to choose the weights by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from vse.data import Collection, load_collection
from vse.data.collection import caption_groups, joined
from vse.data.features import collection_features
from vse.data.labels import Labels, sentences
from vse.data.recipe_classes import RecipeClasses
from vse.encoders.joint import JointModel
from vse.errors import TrainingError
from vse.evaluation.retrieval import Evaluation
from vse.io.progress import progress_bar
from vse.modalities import IMAGE, RECIPE, TEXT
from vse.modalities.base import load_modality
from vse.modalities.image.backbones.features import Grids
from vse.modalities.image.preprocess import Preprocess
from vse.training.config import TrainConfig
from vse.training.kinds.base import Plan, Trainable
from vse.training.sources.config import PhotographsConfig, counted
from vse.training.sources.features import FeatureSource, FeatureValidation, ViewSource, backbone_of, maps_of, views_of
from vse.training.sources.photo_set import PhotographSource, photo_set, text_set
from vse.training.validation import Validation, evaluation_of, images_of

MOST_VALIDATED = 1000  # recipes that weights are chosen by, as many pairs as the paper measures
_LARGER = 7 / 6  # a training photograph is kept larger than the model reads it, so that crops lose little


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
class PhotographValidation:
    """The photographs of the dev split as the model reads them, with their captions."""

    pixels: np.ndarray
    collection: Collection

    def measure(self, trainable: Trainable[Any], model: JointModel) -> Evaluation:
        return evaluation_of(trainable, model, images_of(trainable.encoder(model), self.pixels), self.collection)


def captioned(folder: str | Path, split: str) -> Collection:
    """A split of a collection whose every picture has a caption.

    Raises:
        CollectionError: when the folder is none, or lacks the split.
        TrainingError: when a picture has no caption.
    """
    collection = told_by_title(told_by_label(load_collection(folder, split)))
    if not all(item.captions for item in collection.items):
        raise TrainingError(f"{folder} has pictures without captions in {split}; caption them, or leave them out of "
                            "its captions file.")  # fmt: skip
    return collection


def is_labelled(collection: Collection) -> bool:
    """Whether its photographs have labels instead of captions."""
    return isinstance(collection.annotations, Labels)


def told_by_label(collection: Collection) -> Collection:
    """Labelled photographs with their labels as sentences; any other collection as it is."""
    if not isinstance(collection.annotations, Labels):
        return collection
    labels = collection.annotations.of_pictures
    items = tuple(replace(item, inputs={**item.inputs, TEXT: sentences(label)})
                  for item, label in zip(collection.items, labels, strict=True))  # fmt: skip
    return replace(collection, items=items)


def told_by_title(collection: Collection) -> Collection:
    """Recipes without captions with their titles as such; a recipe without a title is told by its ingredients."""
    said = load_modality(RECIPE).words
    assert said is not None
    items = tuple(
        replace(item, inputs={**item.inputs, TEXT: (said(item.inputs[RECIPE][0]),)})
        if not item.captions and item.inputs.get(RECIPE)
        else item
        for item in collection.items
    )
    return replace(collection, items=items)


def a_picture_each(collection: Collection) -> Collection:
    """An item for each picture of items that have several, with all else that they have."""
    rows = collection.owners(IMAGE)
    if len(rows) == len(collection):
        return collection
    number = np.arange(len(rows)) - np.searchsorted(rows, rows)
    items = tuple(
        replace(item := collection.items[row], id=f"{item.id}#{at}" if at else item.id,
                inputs={**item.inputs, IMAGE: (item.inputs[IMAGE][at],)})
        for row, at in zip(rows, number.tolist(), strict=True)
    )  # fmt: skip
    known = collection.annotations
    if isinstance(known, RecipeClasses):
        known = known.subset({RECIPE: rows})
    return replace(collection, items=items, annotations=known)


def few(collection: Collection) -> Collection:
    """At most MOST_VALIDATED recipes, spread over the collection; captioned photographs are all taken."""
    if not collection.inputs(RECIPE) or len(collection) <= MOST_VALIDATED:
        return collection
    return collection.of_rows(np.linspace(0, len(collection) - 1, MOST_VALIDATED).round().astype(int).tolist())


def prepare(config: TrainConfig, plan: Plan) -> tuple[PhotographSource, Validation, Trainable[Any]]:
    """What a run on photographs learns from, and the dev splits of its captioned collections together.

    Raises:
        CollectionError: when the folder is none, or lacks the splits train and dev.
        TrainingError: when the pictures have no captions, or are fewer than a batch, or the model has no CNN of
            torchvision or timm and something of it is to be computed before.
        CheckpointError: when no part of the CNN ends within the frozen layers that views go through.
        ImageError: for a picture that cannot be read.
    """
    assert isinstance(config.source, PhotographsConfig)
    shares = config.source.shares
    folders = (config.source.collection, *shares)
    train = [a_picture_each(captioned(folder, "train")) for folder in folders]
    dev = [few(captioned(folder, "dev")) for folder, each in zip(folders, train, strict=True) if not is_labelled(each)]
    recipes = train[0].inputs(RECIPE)
    if recipes and (shares or len(recipes) < len(train[0])):
        raise TrainingError(f"{folders[0]} has recipes: each photograph needs one, and --more takes none beside them.")
    if recipes:
        plan = plan.with_towers((IMAGE, TEXT, RECIPE))
    texts = {path: caption_groups(path) for path in counted("texts", config.source.texts)}
    read = [text for each in train for text in each.captions]
    read += [text for groups in texts.values() for group in groups for text in group]
    read += [line for recipe in recipes for line in (*recipe.ingredients, *recipe.instructions)]
    trainable: Any = plan.learn(read, [recipe.instructions for recipe in dict.fromkeys(recipes)])
    preprocess = plan.preprocess
    larger = Preprocess(round(preprocess.size * _LARGER), "squash", preprocess.mean, preprocess.std)
    kind: type[PhotographSource] = PhotographSource
    validation: Validation
    if config.source.precomputed:
        kind, grids = FeatureSource, Grids(backbone_of(trainable, "--precomputed"))
        rows = [maps_of(grids, each) for each in train]
        validation = FeatureValidation(np.concatenate([maps_of(grids, each) for each in dev]), joined(dev))
    else:
        if config.source.views:
            kind, views = ViewSource, views_of(config, trainable, larger)
            rows = [maps_of(views, each) for each in train]
        else:
            rows = [pixels_of(each, larger) for each in train]
        pixels = [pixels_of(each, preprocess) for each in dev]
        validation = PhotographValidation(pixels[0] if len(pixels) == 1 else np.concatenate(pixels), joined(dev))
    first, *more = (photo_set(each, trainable, its_rows) for each, its_rows in zip(train, rows, strict=True))
    counts = counted("texts", config.source.texts)
    further = [text_set(groups, trainable, counts[path]) for path, groups in texts.items()]
    reading = partial(trainable.inputs, RECIPE) if recipes else None
    source = kind(first, config, preprocess, list(zip(more, shares.values(), strict=True)), further, reading)
    return source, validation, trainable
