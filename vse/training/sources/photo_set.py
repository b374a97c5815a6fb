"""Photographs with sentences as tensors, and the batches of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vse.data import Collection
from vse.data.labels import Labels
from vse.data.recipe_classes import RecipeClasses
from vse.errors import TrainingError
from vse.modalities import IMAGE, RECIPE, TEXT
from vse.modalities.image.augment import augmented
from vse.modalities.image.preprocess import Preprocess
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.tokenizer import tokenize
from vse.training.config import TrainConfig
from vse.training.kinds.base import Trainable
from vse.training.sources.base import Batch, Inputs, own_first, part, trimmed, words_used
from vse.training.sources.config import PhotographsConfig

_SIDED = frozenset({"left", "right", "leftmost", "rightmost", "left-hand", "right-hand"})


@dataclass(frozen=True)
class PhotoSet:
    """Photographs with sentences to learn from; a picture with fewer than others has some of them twice.

    pixels: (N, side, side, 3) uint8. caption_ids, caption_lengths: (N, C, L) and (N, C).
    sided: (N, C) bool, whether a caption says left or right, so that its picture must not be mirrored.
    label_ids: (N, W) the words of each picture's label; None where the sentences are captions.
    odds: (N,) how often each is drawn, of sum 1, where not all are drawn alike.
    recipes: of photographs of dishes the recipe of each; None where they have none. One may be that of several.
    classes: (N,) int64, the class of each recipe, -1 for none; None where no classes are known. They are `class_count`.
    """

    pixels: np.ndarray
    caption_ids: np.ndarray
    caption_lengths: np.ndarray
    sided: np.ndarray
    label_ids: np.ndarray | None = None
    odds: np.ndarray | None = None
    recipes: tuple[Recipe, ...] | None = None
    classes: np.ndarray | None = None
    class_count: int = 0


def photo_set(collection: Collection, trainable: Trainable[Any], pixels: np.ndarray) -> PhotoSet:
    """A collection as the trainer takes it, its words numbered by the model."""
    count = max(len(item.captions) for item in collection.items)
    texts = [item.captions[k % len(item.captions)] for item in collection.items for k in range(count)]
    ids, lengths = trainable.encode_batch(texts)
    shape = (len(collection), count)
    sided = np.array([not _SIDED.isdisjoint(tokenize(text)) for text in texts]).reshape(shape)
    found = PhotoSet(pixels, ids.reshape(*shape, -1), lengths.reshape(shape), sided)
    if collection.inputs(RECIPE):
        found = replace(found, recipes=collection.inputs(RECIPE))
    if isinstance(collection.annotations, RecipeClasses):
        names = sorted({each for each in collection.annotations.of_recipes if each})
        number_of = {name: number for number, name in enumerate(names)}
        numbers = np.array([number_of.get(each, -1) for each in collection.annotations.of_recipes], np.int64)
        found = replace(found, classes=numbers if names else None, class_count=len(names))
    if not isinstance(collection.annotations, Labels):
        return found
    labels = collection.annotations.of_pictures
    _, numbers, counts = np.unique(labels, return_inverse=True, return_counts=True)
    odds = counts[numbers] ** -0.5  # between as many of each label, and each photograph as often
    return replace(found, label_ids=trainable.encode_batch(labels)[0], odds=odds / odds.sum())


@dataclass(frozen=True)
class TextSet:
    """Captions without pictures: (T, C, L) word ids of T things and (T, C) lengths; `count` things are in each step."""

    ids: np.ndarray
    lengths: np.ndarray
    count: int


def text_set(groups: Sequence[Sequence[str]], trainable: Trainable[Any], count: int) -> TextSet:
    """Captions by what they are of, their words numbered by the model; where a thing has fewer, some come twice."""
    most = max(map(len, groups))
    ids, lengths = trainable.encode_batch([group[k % len(group)] for group in groups for k in range(most)])
    return TextSet(ids.reshape(len(groups), most, -1), lengths.reshape(len(groups), most), count)


@dataclass(frozen=True)
class _Drawn:
    """Some pictures of a set with the sentences chosen for them: (n, K, L), (n, K); the pictures themselves, (m, 3, S,
    S), of those alone that are for this process."""

    data: PhotoSet
    rows: np.ndarray
    images: Tensor
    ids: np.ndarray
    lengths: np.ndarray

    @property
    def captions(self) -> np.ndarray:
        """(n, C * L) the words of all sentences of the pictures."""
        return self.data.caption_ids[self.rows].reshape(len(self.rows), -1)

    @property
    def labels(self) -> np.ndarray:
        """(n, W) the words of the labels, nothing but padding where there are none."""
        labels = self.data.label_ids
        return np.zeros((len(self.rows), 1), np.int64) if labels is None else labels[self.rows]


class PhotographSource:
    """Batches of captioned photographs, and of further sets a fixed number in each batch."""

    def __init__(
        self,
        data: PhotoSet,
        config: TrainConfig,
        preprocess: Preprocess,
        more: Sequence[tuple[PhotoSet, int]] = (),
        texts: Sequence[TextSet] = (),
        read_recipes: Callable[[Sequence[Recipe]], Inputs] | None = None,
    ) -> None:
        """
        Args:
            read_recipes: recipes -> what the model's tower takes.

        Raises:
            TrainingError: when there are fewer pictures than a batch has, or no place in it for those of `data`, or
                classes are asked for that are not known.
        """
        self.read_recipes = read_recipes
        self.data, self.config, self.preprocess, self.more, self.texts = data, config, preprocess, more, texts
        self.own = config.batch_size - sum(count for _, count in more)
        if self.own < 1:
            raise TrainingError(f"A batch of {config.batch_size} has no place for the {config.batch_size - self.own} "
                                "pictures of --more and others; choose a larger --batch-size.")  # fmt: skip
        self.steps_per_epoch = len(data.pixels) // self.own
        self.widths = {"words": 1 + max(int(each.caption_ids.max()) for each in self.sets)}
        if "class" in config.needs:
            if data.classes is None:
                raise TrainingError(
                    "No classes are known of these photographs; leave --semantic-class away, or give recipes whose "
                    "titles have words in common."
                )
            self.widths["class"] = data.class_count
        self.order = lru_cache(maxsize=1)(self._order)
        if not self.steps_per_epoch:
            raise TrainingError(f"A batch of {config.batch_size} does not fit {len(data.pixels)} pictures; choose a "
                                "smaller --batch-size.")  # fmt: skip

    @property
    def sets(self) -> list[PhotoSet]:
        """The one that an epoch goes through, and those that are drawn from."""
        return [self.data, *(each for each, _ in self.more)]

    def _order(self, epoch: int) -> np.ndarray:
        """Rows in the epoch's order; every `own` of them are in a batch."""
        return np.random.default_rng((self.config.seed, epoch)).permutation(len(self.data.pixels))

    def batch(self, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        """See `BatchSource`; what changes the pictures of a batch is drawn for all of it, whoever it is for."""
        rng = np.random.default_rng((self.config.seed, epoch, step, 1))
        mine = part(self.config.batch_size, rank, world)
        drawn = [self._drawn(self.data, self.order(epoch)[step * self.own : (step + 1) * self.own], rng, mine)]
        start = self.own
        for data, count in self.more:
            rows = rng.choice(len(data.pixels), count, replace=count > len(data.pixels), p=data.odds)
            drawn.append(self._drawn(data, rows, rng, slice(max(mine.start - start, 0), max(mine.stop - start, 0))))
            start += count
        ids, lengths = joined_ids([each.ids for each in drawn])[mine], np.concatenate([d.lengths for d in drawn])[mine]
        images = torch.cat([each.images for each in drawn])
        images = images.contiguous(memory_format=torch.channels_last) if images.ndim == 4 else images
        batch = Batch(len(images), {"image": images, "text": trimmed(ids, lengths)})
        has_labels = any(each.label_ids is not None for each in self.sets)
        if "words" in self.config.needs or has_labels:
            captions = own_first(joined_ids([each.captions for each in drawn]), mine)
            used = words_used(torch.from_numpy(captions.astype(np.int64))[:, None], self.widths["words"])
            batch.targets["words"] = used
        if has_labels:
            labels = torch.from_numpy(own_first(joined_ids([each.labels for each in drawn]), mine).astype(np.int64))
            is_true = labels_true_of(labels, used)[:, :, None].expand(-1, -1, lengths.shape[1])
            batch.relevant = {("image", "text"): is_true, ("text", "text"): is_true}
        if self.read_recipes and self.data.recipes is not None:
            self._add_recipes(batch, own_first(drawn[0].rows, mine), self.read_recipes)
        if self.texts:
            batch.texts = self._drawn_texts(rng, rank, world)
        return batch

    def _add_recipes(self, batch: Batch, rows: np.ndarray, read: Callable[[Sequence[Recipe]], Inputs]) -> None:
        """What belongs to one recipe is no negative for it, whichever of its pictures."""
        assert self.data.recipes is not None
        recipes = [self.data.recipes[row] for row in rows]
        batch.inputs[RECIPE] = read(recipes[: batch.items])
        number_of = {recipe: number for number, recipe in enumerate(dict.fromkeys(recipes))}
        numbers = torch.tensor([number_of[recipe] for recipe in recipes])
        same = (numbers[:, None] == numbers[None])[..., None]
        several = same.expand(-1, -1, self.config.captions_per_image)
        batch.relevant |= {(IMAGE, TEXT): several, (IMAGE, RECIPE): same, (TEXT, RECIPE): same, (TEXT, TEXT): several}
        if "class" in self.config.needs:
            assert self.data.classes is not None
            batch.targets["class"] = torch.from_numpy(self.data.classes[rows])

    def _drawn_texts(self, rng: np.random.Generator, rank: int, world: int) -> tuple[Tensor, Tensor]:
        """As many captions of each thing as an item has."""
        ids, lengths = [], []
        for each in self.texts:
            rows = rng.choice(len(each.ids), each.count, replace=each.count > len(each.ids))[:, None]
            columns = self._choices(len(rows), each.ids.shape[1], rng)
            ids.append(each.ids[rows, columns])
            lengths.append(each.lengths[rows, columns])
        mine = part(sum(each.count for each in self.texts), rank, world)
        return trimmed(joined_ids(ids)[mine], np.concatenate(lengths)[mine])

    def _choices(self, rows: int, count: int, rng: np.random.Generator) -> np.ndarray:
        """(rows, K) which of so many captions each has, some twice where there are not so many as a run asks for."""
        choices = rng.permuted(np.tile(np.arange(count), (rows, 1)), axis=1)
        return choices[:, np.arange(self.config.captions_per_image) % count]

    def _drawn(self, data: PhotoSet, rows: np.ndarray, rng: np.random.Generator, mine: slice) -> _Drawn:
        """Those rows with as many of their sentences as a run asks for; `mine`: the rows whose pictures are wanted."""
        choices = self._choices(len(rows), data.caption_ids.shape[1], rng)
        images = self.images(data.pixels[rows[mine]], rng, ~data.sided[rows[:, None], choices].any(axis=1), mine)
        ids, lengths = data.caption_ids[rows[:, None], choices], data.caption_lengths[rows[:, None], choices]
        return _Drawn(data, rows, images, ids, lengths)

    def images(self, pixels: np.ndarray, rng: np.random.Generator, may_mirror: np.ndarray, mine: slice) -> Tensor:
        """(m, side, side, 3) uint8 -> (m, 3, size, size) float32, changed a little; `may_mirror` is (n,), of all, of
        which the pictures are those of `mine`."""
        assert isinstance(self.config.source, PhotographsConfig)
        changes = self.config.source.augmentation
        size = changes.crop_size or self.preprocess.size
        changed = augmented(pixels, size, rng, may_mirror, changes.augment, mine)
        return torch.from_numpy(self.preprocess.normalise(changed))


def joined_ids(ids: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays (n, ..., L) of word ids, one after the other, the shorter ones padded with 0."""
    longest = max(each.shape[-1] for each in ids)
    return np.concatenate([np.pad(each, [(0, 0)] * (each.ndim - 1) + [(0, longest - each.shape[-1])]) for each in ids])


def labels_true_of(labels: Tensor, used: Tensor) -> Tensor:
    """(B, B) bool: whether the label of item j is true of item i, because i's sentences use each of its words.

    Args:
        labels: (B, W) int64 word ids padded with 0; a row of 0 is no label.
        used: (B, V) float, see `words_used`.
    """
    words = words_used(labels[:, None], used.shape[1])
    count = words.sum(dim=1)
    return (used @ words.T == count) & (count > 0)
