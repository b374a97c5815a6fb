"""Training a joint model: seeded, resumable to the bit, the best weights kept by their figures in validation."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from vse.encoders.joint import JointModel
from vse.evaluation.retrieval import Evaluation
from vse.evaluation.tables import figure
from vse.training.config import TrainConfig, described
from vse.training.kinds.base import Made, Trainable
from vse.training.objectives import build_objectives
from vse.training.objectives.base import Context, Embedded
from vse.training.sources.base import Batch, BatchSource, Inputs
from vse.training.state import BEST, RunState, save_state
from vse.training.validation import Validation
from vse.training.warm_start import warm_started

_THAW = 50  # steps in which a backbone that was frozen comes to its rate


SAVE_EVERY = 120.0  # seconds between saved states within an epoch


class Trainer:
    """One run: model, moving average of its weights, objectives, optimiser and how far they are."""

    def __init__(
        self,
        folder: Path,
        trainable: Trainable[Any],
        config: TrainConfig,
        source: BatchSource,
        validation: Validation,
        device: str = "cpu",
        quiet: bool = False,
    ) -> None:
        """
        Args:
            device: of torch: "cpu", "cuda", "mps".
            quiet: no progress bar.
        """
        self.folder, self.trainable, self.config, self.source = folder, trainable, config, source
        self.validation, self.device, self.quiet = validation, torch.device(device), quiet
        torch.manual_seed(config.seed)
        self.model: JointModel = trainable.build().to(self.device)
        decay = get_ema_multi_avg_fn(config.optimiser.ema_decay)
        self.average = AveragedModel(self.model, multi_avg_fn=decay, use_buffers=True)
        self.objectives = build_objectives(config.objectives, Context(self.model, trainable.similarity, source.widths))
        self.heads = nn.ModuleDict({name: each.heads for name, each in self.objectives.items()}).to(self.device)
        self.optimizer = torch.optim.AdamW(
            parameter_groups(self.model, self.heads, config.optimiser.weight_decay),
            lr=config.optimiser.learning_rate,
            betas=(0.9, 0.98),
        )
        self.state = RunState()
        self.total_steps = config.epochs * source.steps_per_epoch
        if trainable.start:
            weights = trainable.start.weights
            if config.warm_start:
                weights = warm_started(weights, self.model.state_dict())
            self.model.load_state_dict(weights)
            self.averaged.load_state_dict(weights)

    def backbone_share(self, step: int) -> float:
        """What the backbone learns at, as a share of the rate: nothing while it is frozen, then slowly more."""
        backbone = self.config.backbone
        since = step - backbone.frozen_epochs * self.source.steps_per_epoch
        return 0.0 if since < 0 else backbone.backbone_rate * min(1.0, (since + 1) / _THAW)

    def learning_rate(self, step: int) -> float:
        """A short linear warm-up, then a cosine to zero."""
        highest, warmup = self.config.optimiser.learning_rate, min(300, self.total_steps // 10)
        if step < warmup:
            return highest * (step + 1) / warmup
        progress = (step - warmup) / max(self.total_steps - warmup, 1)
        return highest * 0.5 * (1 + math.cos(math.pi * progress))

    def step(self, batch: Batch, number: int) -> float:
        """One update; `number` counts the run's steps and seeds what is random in the model."""
        torch.manual_seed(self.config.seed * 1_000_003 + number)
        batch, progress = batch.to(self.device), number / self.source.steps_per_epoch
        self.model.train()
        share = self.backbone_share(number)
        self.model.learn_backbone(share > 0, self.config.backbone.frozen_layers)
        embedded = self.embedded(batch)
        values = [each.weight * each(embedded, batch, progress) for each in self.objectives.values()]
        loss = cast(Tensor, sum(values))
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate(number) * (share if group["of_backbone"] else 1.0)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        learning = [*self.model.parameters(), *self.heads.parameters()]
        torch.nn.utils.clip_grad_norm_(learning, self.config.optimiser.clip_norm)
        self.optimizer.step()
        self.model.clamp_logit_scale()
        self.average.update_parameters(self.model)
        return float(loss.detach())

    def embedded(self, batch: Batch) -> Embedded:
        """The batch after the towers, each modality in turn."""
        vectors, features = {}, {}
        for modality, inputs in batch.inputs.items():
            found = self.features(modality, inputs)
            if modality == "image":
                found = dropout(found, self.config.feature_dropout)
            features[modality] = found
            vectors[modality] = self.model.embed_features(modality, found).unflatten(0, (batch.items, -1))
        operands = {
            modality: self.embed(modality, inputs).unflatten(0, (2, -1)) for modality, inputs in batch.operands.items()
        }
        texts = None
        if batch.texts is not None:
            texts = self.embed("text", batch.texts).unflatten(0, (-1, vectors["text"].shape[1]))
        return Embedded(vectors, features, operands, texts)

    def features(self, modality: str, inputs: Inputs) -> Tensor:
        """(N, width) float32, as the model gives them at the run's precision."""
        halved = self.config.optimiser.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=halved):
            return self.model.features(modality, inputs).float()

    def embed(self, modality: str, inputs: Inputs) -> Tensor:
        """(N, dim) unit rows; the map into the joint space is of float32."""
        return self.model.embed_features(modality, self.features(modality, inputs))

    def run(self) -> None:
        """From where the state is to the end of the last epoch."""
        saved, per_epoch = time.monotonic(), self.source.steps_per_epoch
        done = self.state.steps(per_epoch)
        with tqdm(total=self.total_steps, initial=done, unit="step", disable=self.quiet) as bar:
            while self.state.epoch < self.config.epochs:
                while self.state.step < per_epoch:
                    batch = self.source.batch(self.state.epoch, self.state.step)
                    loss = self.step(batch, self.state.steps(per_epoch))
                    self.state = self.state.after_step(loss)
                    bar.update()
                    if time.monotonic() - saved > SAVE_EVERY:
                        self.save()
                        saved = time.monotonic()
                bar.set_postfix_str(self.finish_epoch())
                self.save()
                saved = time.monotonic()

    def finish_epoch(self) -> str:
        """Measure, keep the weights if they are the best; a line for the progress bar."""
        evaluation = self.validation.measure(self.trainable, self.averaged)
        entry = {
            "epoch": self.state.epoch + 1,
            "loss": self.state.loss_sum / max(self.state.step, 1),
            "rate": self.learning_rate(self.state.steps(self.source.steps_per_epoch) - 1),
            "dev": evaluation.to_json(),
        }
        score = merit(evaluation, self.config.keep)
        is_best = score > self.state.best
        self.state = self.state.after_epoch(entry, score if is_best else None)
        if is_best:
            self.trainable.save(self.folder / BEST, self.averaged, self.made(evaluation))
        return summary(evaluation)

    @property
    def averaged(self) -> JointModel:
        """The model with the averaged weights, which is what is measured and kept."""
        return cast(JointModel, self.average.module)

    def made(self, evaluation: Evaluation) -> Made:
        """What is to be kept beside the weights."""
        start = self.trainable.start
        return Made(
            training=described(self.config, start.training if start else None),
            metrics={"dev": evaluation.to_json()},
            history=[*(start.history if start else []), *self.state.history],
        )

    def save(self) -> None:
        save_state(self.folder, self.state, self.modules, self.optimizer)

    @property
    def modules(self) -> dict[str, nn.Module]:
        """All that learns, by the name it is kept under."""
        return {"model": self.model, "average": self.average, "heads": self.heads}


def parameter_groups(model: JointModel, heads: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Matrices decay, and vectors do not; a pretrained backbone learns at a rate of its own."""
    in_backbone = {id(parameter) for parameter in model.pretrained()}
    learning = [*model.parameters(), *heads.parameters()]
    groups = []
    for of_backbone in (False, True) if in_backbone else (False,):
        here = [each for each in learning if (id(each) in in_backbone) == of_backbone]
        decayed, other = [each for each in here if each.ndim > 1], [each for each in here if each.ndim <= 1]
        for parameters, decay in ((decayed, weight_decay), (other, 0.0)):
            groups.append({"params": parameters, "weight_decay": decay, "of_backbone": of_backbone})
    return groups


def merit(evaluation: Evaluation, keep: str) -> float:
    """What the best weights are chosen by: see `TrainConfig.keep`."""
    if keep == "rsum" or evaluation.truth is None:
        return evaluation.rsum
    return sum(each.satisfied_at_1 for each in evaluation.truth.values())


def summary(evaluation: Evaluation) -> str:
    """The figures of the validation in a line."""
    line = f"R@1 {'/'.join(figure(each.r1) for each in evaluation.directions.values())}"
    if evaluation.truth:
        line += f" true@1 {'/'.join(figure(each.satisfied_at_1) for each in evaluation.truth.values())}"
    return f"{line} rsum {figure(evaluation.rsum)}"
