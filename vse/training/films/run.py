"""Training a small VSE on the pairs, one snapshot an epoch; towers, losses and the trainer are the usual ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vse.data import Collection
from vse.encoders.similarity import SIMILARITIES, normalise
from vse.encoders.vse.config import ModelConfig
from vse.evaluation.metrics import IMAGE_TO_TEXT
from vse.evaluation.retrieval import both_ways, ranks_of_relevant, recall
from vse.modalities import IMAGE, TEXT
from vse.modalities.image.config import ImageConfig
from vse.modalities.text.config import TextConfig
from vse.training.config import TrainConfig, train_config
from vse.training.films.look import hardest, pulls, violations
from vse.training.films.pictures import Pairs
from vse.training.films.settings import FilmSettings
from vse.training.kinds.vse import VSEPlan
from vse.training.objectives import ranking_losses
from vse.training.objectives.base import Ranking
from vse.training.sources.features import FeatureSource
from vse.training.sources.photo_set import photo_set
from vse.training.trainer import Trainer
from vse.training.validation import Validation

DIM, HIDDEN, WORD_DIM = 16, 64, 32  # of the joint space, the GRU and the words


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The space after an epoch; epoch 0 is before any step, and has no loss.

    pictures, captions: (N, DIM) float32 unit rows, of all pairs. recalls: R@1 in percent, of a picture's caption and of
    a caption's picture among the learnt pairs, and the same among those that were kept out. alike: the mean cosine of
    any two of the learnt vectors, 1 where all have become one. violated: how many of the wrong pairs of the learnt ones
    violate the margin. hardest, pulls, shares: see `vse.training.films.look`; their rows are those of all pairs.
    """

    epoch: int
    loss: float | None
    pictures: np.ndarray
    captions: np.ndarray
    recalls: tuple[float, float, float, float]
    alike: float
    violated: int
    hardest: np.ndarray
    pulls: np.ndarray
    shares: np.ndarray


def configurations(settings: FilmSettings, width: int) -> tuple[ModelConfig, TrainConfig]:
    """The model and the run, for features of that width."""
    model = ModelConfig(
        name="film",
        dim=DIM,
        similarity=ranking_losses()[settings.loss].similarity,
        image=ImageConfig("features", (width,), pooling="mean"),
        text=TextConfig(WORD_DIM, HIDDEN, bidirectional=False, word_dropout=0.0),
    )
    run: dict[str, Any] = {
        "loss": settings.loss,
        "seed": settings.seed,
        "epochs": settings.epochs,
        "batch_size": settings.batch_size,
        "learning_rate": settings.learning_rate,
        "captions_per_image": 1,
        "weight_decay": 0.0,
        "ema_decay": 0.0,
    }
    return model, train_config({**run, **settings.of_loss}, source="features")


def snapshots(settings: FilmSettings, pairs: Pairs) -> Iterator[Snapshot]:
    """The space before the first epoch and after each; the same for the same settings on the same machine."""
    filmed = _Filmed(settings, pairs)
    yield filmed.snapshot(0, None)
    for epoch in range(settings.epochs):
        loss = filmed.learn(epoch)
        yield filmed.snapshot(epoch + 1, loss)


class _Filmed:
    """A trainer over the learnt pairs, and how its model is looked at; nothing is written."""

    def __init__(self, settings: FilmSettings, pairs: Pairs) -> None:
        self.settings, self.pairs = settings, pairs
        model, training = configurations(settings, pairs.features.shape[1])
        captions = pairs.captions
        items = [
            replace(pairs.items[row], inputs={**pairs.items[row].inputs, TEXT: (captions[row],)})
            for row in pairs.learnt
        ]
        collection = Collection("film", tuple(items))
        trainable = VSEPlan(model, training).learn(collection.captions)
        data = photo_set(collection, trainable, pairs.features[pairs.learnt])
        self.source = FeatureSource(data, training, trainable.preprocess)
        self.trainer = Trainer(Path(), trainable, training, self.source, _NONE, quiet=True)
        self.inputs = {
            IMAGE: torch.from_numpy(pairs.features),
            TEXT: tuple(map(torch.from_numpy, trainable.encode_batch(captions))),
        }
        self.similarity = SIMILARITIES[trainable.similarity]
        ranking = self.trainer.objectives[settings.loss]
        assert isinstance(ranking, Ranking)
        self.ranking = ranking

    def learn(self, epoch: int) -> float:
        """One epoch, and the mean loss of its steps."""
        steps = self.source.steps_per_epoch
        losses = [self.trainer.step(self.source.batch(epoch, step), epoch * steps + step) for step in range(steps)]
        return float(np.mean(losses))

    def snapshot(self, epoch: int, loss: float | None) -> Snapshot:
        model, learnt = self.trainer.model.eval(), self.pairs.learnt
        with torch.inference_mode():
            pictures, captions = (model.embed(modality, self.inputs[modality]).numpy() for modality in (IMAGE, TEXT))
        scores = self.similarity.scores(pictures, captions, a_is=IMAGE, b_is=TEXT)
        own, margin = scores[np.ix_(learnt, learnt)], self.settings.required
        kept = np.flatnonzero(self.pairs.kept_out)
        batches = np.split(self.source.order(epoch), self.source.steps_per_epoch)
        wrong, shares = pulls(self.ranking, own, batches, float(epoch))
        worst = hardest(own, margin)
        return Snapshot(
            epoch,
            loss,
            pictures,
            captions,
            (*recalls(own), *recalls(scores[np.ix_(kept, kept)])),
            mean_cosine(np.concatenate([pictures[learnt], captions[learnt]])),
            int((violations(own, margin) > 0).sum()),
            np.where(worst < 0, -1, learnt[worst]),
            learnt[wrong],
            shares,
        )


def recalls(scores: np.ndarray) -> tuple[float, float]:
    """R@1 in percent, of each picture's caption and of each caption's picture, of (N, N) with true pairs on the
    diagonal; a tie counts against the model."""
    own = np.eye(len(scores), dtype=bool)
    found = [
        recall(way, ranks_of_relevant(each, own), len(scores)).r1
        for way, each in both_ways(IMAGE_TO_TEXT, scores).items()
    ]
    return found[0], found[1]


def mean_cosine(vectors: np.ndarray) -> float:
    """The mean cosine of any two different rows of (N, D), N at least 2."""
    rows = normalise(vectors).astype(np.float64)
    count = len(rows)
    return float(((rows.sum(axis=0) ** 2).sum() - count) / (count * (count - 1)))


class _NoValidation:
    """Nothing is measured but what a snapshot shows."""

    def measure(self, trainable: Any, model: Any) -> Any:
        raise NotImplementedError


_NONE: Validation = _NoValidation()
