"""Training a joint model: seeded, resumable to the bit, the best weights kept by their figures in validation."""

from __future__ import annotations

import io
import logging
import math
import time
from dataclasses import replace
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
from vse.training.distributed import Group, synchronise_norms
from vse.training.grad_cache import GradCache, Tower
from vse.training.kinds.base import Made, Trainable
from vse.training.objectives import build_objectives
from vse.training.objectives.base import Context, Embedded
from vse.training.sources.base import Batch, BatchSource, Inputs
from vse.training.state import BEST, RunState, load_state, save_state
from vse.training.validation import Validation
from vse.training.warm_start import warm_started

_log = logging.getLogger(__name__)
_FAR = 2**40  # between the seeds of two processes
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
        group: Group | None = None,
    ) -> None:
        """
        Args:
            device: of torch: "cpu", "cuda", "mps".
            quiet: no progress bar.
            group: the processes that train together.
        """
        self.group = group or Group()
        self.folder, self.trainable, self.config, self.source = folder, trainable, config, source
        self.validation, self.device, self.quiet = validation, torch.device(device), quiet
        torch.manual_seed(config.seed)
        self.model: JointModel = trainable.build().to(self.device)
        if self.group.size > 1:
            synchronise_norms(self.model)
        decay = get_ema_multi_avg_fn(config.optimiser.ema_decay)
        self.average = AveragedModel(self.model, multi_avg_fn=decay, use_buffers=True)
        self.objectives = build_objectives(config.objectives, Context(self.model, trainable.similarity, source.widths))
        self.heads = nn.ModuleDict({name: each.heads for name, each in self.objectives.items()}).to(self.device)
        self.optimizer = torch.optim.AdamW(
            parameter_groups(self.model, self.heads, config.optimiser.weight_decay),
            lr=config.optimiser.learning_rate,
            betas=(0.9, 0.98),
        )
        self.state = RunState(processes=self.group.size)
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
        """One update, and the loss of the whole batch; `number` counts the run's steps and seeds what is random in the
        model, otherwise in each process."""
        torch.manual_seed((self.config.seed * 1_000_003 + number + self.group.rank * _FAR) % 2**64)
        batch, progress = batch.to(self.device), number / self.source.steps_per_epoch
        self.model.train()
        share = self.backbone_share(number)
        self.model.learn_backbone(share > 0, self.config.backbone.frozen_layers)
        cache = GradCache(self.tower, self.config.chunk_size) if self.config.chunk_size else None
        embedded = self.embedded(batch, cache or self.tower)
        values = [each.weight * each(embedded, batch, progress) for each in self.objectives.values()]
        loss = cast(Tensor, sum(values))
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate(number) * (share if group["of_backbone"] else 1.0)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if cache:
            cache.backward(self.model)
        learning = [*self.model.parameters(), *self.heads.parameters()]
        loss = self.group.averaged(learning, loss.detach())
        torch.nn.utils.clip_grad_norm_(learning, self.config.optimiser.clip_norm)
        self.optimizer.step()
        self.model.clamp_logit_scale()
        self.average.update_parameters(self.model)
        return float(loss)

    def embedded(self, batch: Batch, tower: Tower) -> Embedded:
        """The batch after the towers, each modality in turn, with the vectors of all processes."""
        vectors, features, operands, texts = {}, {}, {}, None
        for modality, inputs in batch.inputs.items():
            features[modality], found = tower(modality, inputs)
            vectors[modality] = self.group.gathered(found.unflatten(0, (batch.items, -1)))
        for modality, inputs in batch.operands.items():
            pairs = tower(modality, inputs)[1].unflatten(0, (2, -1))
            operands[modality] = self.group.gathered(pairs.swapaxes(0, 1)).swapaxes(0, 1)
        if batch.texts is not None:
            texts = self.group.gathered(tower("text", batch.texts)[1].unflatten(0, (-1, vectors["text"].shape[1])))
        return Embedded(vectors, features, operands, texts)

    def tower(self, modality: str, inputs: Inputs) -> tuple[Tensor, Tensor]:
        """(N, width) features, computed at the run's precision, and (N, dim) unit rows; both float32."""
        halved = self.config.optimiser.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=halved):
            features = self.model.features(modality, inputs).float()
        if modality == "image":
            features = dropout(features, self.config.feature_dropout)
        return features, self.model.embed_features(modality, features)

    def run(self) -> None:
        """From where the state is to the end of the last epoch."""
        saved, per_epoch = time.monotonic(), self.source.steps_per_epoch
        done, group = self.state.steps(per_epoch), self.group
        with tqdm(total=self.total_steps, initial=done, unit="step", disable=self.quiet or not group.first) as bar:
            while self.state.epoch < self.config.epochs:
                group.synchronise(*self.modules.values())
                while self.state.step < per_epoch:
                    batch = self.source.batch(self.state.epoch, self.state.step, group.rank, group.size)
                    loss = self.step(batch, self.state.steps(per_epoch))
                    self.state = self.state.after_step(loss)
                    bar.update()
                    if group.first and time.monotonic() - saved > SAVE_EVERY:
                        self.save()
                        saved = time.monotonic()
                self.state, line = group.from_first(self.finished_epoch)
                bar.set_postfix_str(line)
                saved = time.monotonic()

    def finished_epoch(self) -> tuple[RunState, str]:
        """Finish an epoch and save it; the state after it, and a line for the progress bar."""
        line = self.finish_epoch()
        self.save()
        return self.state, line

    def resume(self) -> None:
        """Go on from the saved state, which the first process reads.

        Raises:
            CheckpointError: when a file is missing or does not fit.
        """

        def read() -> tuple[RunState, bytes]:
            state, optimizer = load_state(self.folder, self.modules, self.optimizer), io.BytesIO()
            torch.save(self.optimizer.state_dict(), optimizer)
            return state, optimizer.getvalue()

        self.state, optimizer = self.group.from_first(read)
        if not self.group.first:  # their weights come when the epoch begins
            self.optimizer.load_state_dict(torch.load(io.BytesIO(optimizer), self.device))
        if self.state.processes != self.group.size and self.state != RunState():
            _log.warning(
                "This run goes on with %d instead of %d processes: from the same weights and with the same batches, "
                "but not bit for bit as it would have gone on.", self.group.size, self.state.processes
            )  # fmt: skip
        self.state = replace(self.state, processes=self.group.size)

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
