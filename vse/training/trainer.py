"""Training two towers: seeded, resumable to the bit, the best weights kept by their dev figures."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from torch.nn.functional import dropout
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from vse.encoders.joint import JointModel
from vse.evaluation.retrieval import IMAGE_TO_TEXT, TEXT_TO_IMAGE, Evaluation
from vse.io.configs import to_json
from vse.training.config import TrainConfig
from vse.training.kinds.base import Made, Start, Towers
from vse.training.objectives.ranking import arithmetic_loss, matching_loss, paraphrase_loss, ranking_loss
from vse.training.objectives.word_prediction import WordPrediction, word_loss
from vse.training.sources.base import Batch, Lessons
from vse.training.state import RunState, save_state
from vse.training.validation import Dev
from vse.training.warm_start import grown

_THAW = 50  # steps in which a backbone that was frozen comes to its rate


SAVE_EVERY = 120.0  # seconds between saved states within an epoch


class Trainer:
    """One run: model, average of its weights, optimiser and how far they are."""

    def __init__(
        self,
        folder: Path,
        towers: Towers[Any],
        config: TrainConfig,
        lessons: Lessons,
        dev: Dev,
        quiet: bool = False,
    ) -> None:
        self.quiet = quiet  # no progress bar
        self.folder, self.towers, self.config, self.batches, self.dev = folder, towers, config, lessons, dev
        torch.manual_seed(config.seed)
        self.model: JointModel = towers.build()
        self.average = AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(config.average), use_buffers=True)
        self.words: WordPrediction | None = None
        if config.words:
            self.words = WordPrediction(self.model.feature_width("image"), lessons.vocabulary)
        self.optimizer = torch.optim.AdamW(
            parameter_groups(self.model, self.words, config), lr=config.rate, betas=(0.9, 0.98)
        )
        self.state = RunState()
        self.total_steps = config.epochs * self.batches.per_epoch
        if towers.start:
            weights = towers.start.weights
            if config.grow:
                weights = grown(weights, self.model.state_dict())
            self.model.load_state_dict(weights)
            self.averaged.load_state_dict(weights)

    def backbone_share(self, step: int) -> float:
        """What the backbone learns at, as a share of the rate: nothing while it is frozen, then slowly more."""
        since = step - self.config.frozen_epochs * self.batches.per_epoch
        return 0.0 if since < 0 else self.config.backbone_rate * min(1.0, (since + 1) / _THAW)

    def rate(self, step: int) -> float:
        """A short linear warm-up, then a cosine to zero."""
        warmup = min(300, self.total_steps // 10)
        if step < warmup:
            return self.config.rate * (step + 1) / warmup
        progress = (step - warmup) / max(self.total_steps - warmup, 1)
        return self.config.rate * 0.5 * (1 + math.cos(math.pi * progress))

    def step(self, batch: Batch, number: int) -> float:
        """One update; `number` counts the run's steps and seeds what is random in the model."""
        config = self.config
        torch.manual_seed(config.seed * 1_000_003 + number)
        hardness = min(1.0, number / max(config.warmup_epochs * self.batches.per_epoch, 1))
        loss_of = ranking_loss(config, hardness, self.model.logit_scale())
        self.model.train()
        share = self.backbone_share(number)
        self.model.learn_backbone(share > 0, config.frozen_layers)
        features = dropout(self.model.features("image", batch.images), config.dropout)
        images = self.model.embed_features("image", features)
        captions = self.model.embed("text", (batch.ids, batch.lengths)).view(len(images), -1, images.shape[1])
        loss = matching_loss(images, captions, batch.truth, loss_of, self.towers.similarity)
        if config.paraphrase:
            loss = loss + config.paraphrase * paraphrase_loss(captions, loss_of)
        if batch.operand_ids is not None and batch.operand_lengths is not None:
            minus, plus = self.model.embed("text", (batch.operand_ids, batch.operand_lengths)).chunk(2)
            loss = loss + config.arithmetic * arithmetic_loss(images, minus, plus, batch.partner, loss_of)
        if self.words is not None and batch.words is not None:
            loss = loss + config.words * word_loss(self.words(features), batch.words)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(number) * (share if group["of_backbone"] else 1.0)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), config.clip_norm)
        self.optimizer.step()
        self.model.clamp_logit_scale()
        self.average.update_parameters(self.model)
        return float(loss.detach())

    def run(self) -> None:
        """From where the state is to the end of the last epoch."""
        saved = time.monotonic()
        done = self.state.steps(self.batches.per_epoch)
        with tqdm(total=self.total_steps, initial=done, unit="step", disable=self.quiet) as bar:
            while self.state.epoch < self.config.epochs:
                order_of_epoch = self.batches.order(self.state.epoch)
                while self.state.step < self.batches.per_epoch:
                    batch = self.batches.get(order_of_epoch, self.state.epoch, self.state.step)
                    loss = self.step(batch, self.state.steps(self.batches.per_epoch))
                    self.state = self.state.after_step(loss)
                    bar.update()
                    if time.monotonic() - saved > SAVE_EVERY:
                        self.save()
                        saved = time.monotonic()
                bar.set_postfix_str(self.finish_epoch())
                self.save()
                saved = time.monotonic()

    def finish_epoch(self) -> str:
        """Measure on dev, keep the weights if they are the best; a line for the progress bar."""
        evaluation = self.dev.measure(self.towers, self.averaged)
        entry = {
            "epoch": self.state.epoch + 1,
            "loss": self.state.loss_sum / max(self.state.step, 1),
            "rate": self.rate(self.state.steps(self.batches.per_epoch) - 1),
            "dev": evaluation.to_json(),
        }
        score = merit(evaluation, self.config.choose)
        is_best = score > self.state.best
        self.state = self.state.after_epoch(entry, score if is_best else None)
        if is_best:
            self.towers.save(self.folder / "best", self.averaged, self.made(evaluation))
        return summary(evaluation)

    @property
    def averaged(self) -> JointModel:
        """The model with the averaged weights, which is what is measured and kept."""
        return cast(JointModel, self.average.module)

    def made(self, evaluation: Evaluation) -> Made:
        """What is to be kept beside the weights."""
        start = self.towers.start
        return Made(
            training=told(self.config, start),
            metrics={"dev": evaluation.to_json()},
            history=[*(start.history if start else []), *self.state.history],
        )

    def save(self) -> None:
        save_state(self.folder, self.state, self.modules, self.optimizer)

    @property
    def modules(self) -> dict[str, nn.Module]:
        """All that learns, by the name it is kept under."""
        modules: dict[str, nn.Module] = {"model": self.model, "average": self.average}
        return modules if self.words is None else {**modules, "words": self.words}


def parameter_groups(model: JointModel, words: WordPrediction | None, config: TrainConfig) -> list[dict[str, Any]]:
    """Matrices decay, and vectors do not; a pretrained backbone learns at a rate of its own."""
    in_backbone = {id(parameter) for parameter in model.pretrained() if config.collection}
    groups = []
    for of_backbone in (False, True) if in_backbone else (False,):
        here = [p for p in model.parameters() if (id(p) in in_backbone) == of_backbone]
        decayed, other = [p for p in here if p.ndim > 1], [p for p in here if p.ndim <= 1]
        if words is not None and not of_backbone:
            decayed += list(words.parameters())
        for parameters, decay in ((decayed, config.weight_decay), (other, 0.0)):
            groups.append({"params": parameters, "weight_decay": decay, "of_backbone": of_backbone})
    return groups


def merit(evaluation: Evaluation, choose: str) -> float:
    """What the best weights are chosen by: see `TrainConfig.choose`."""
    if choose == "rsum" or evaluation.truth is None:
        return evaluation.rsum
    return sum(each.satisfied_at_1 for each in evaluation.truth.values())


def summary(evaluation: Evaluation) -> str:
    """The dev figures in a line."""
    line = f"dev R@1 {evaluation.image_to_text.r1:.1f}/{evaluation.text_to_image.r1:.1f}"
    if evaluation.truth:
        true = [evaluation.truth[direction].satisfied_at_1 for direction in (IMAGE_TO_TEXT, TEXT_TO_IMAGE)]
        line += f" true@1 {true[0]:.1f}/{true[1]:.1f}"
    return f"{line} rsum {evaluation.rsum:.1f}"


def told(config: TrainConfig, start: Start | None) -> dict[str, Any]:
    """A run's configuration as a model tells it: names instead of paths, and in the place of the model it went on
    from the configuration of that model's own run."""
    training = to_json(config)
    for name in ("collection", "backbone_weights", "word_vectors"):
        training[name] = Path(training[name]).name
    return {**training, "start_from": start.training} if start else training
