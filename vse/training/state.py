"""The state of a training run on disk: safetensors and JSON, swapped in whole, so that a kill loses nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from vse.encoders.files import object_of
from vse.encoders.registry import DEFAULT_KIND
from vse.encoders.vse.config import ModelConfig
from vse.errors import CheckpointError, TrainingError
from vse.io.atomic import Kind, check_folder, replace_folder, restore_folder, write_text
from vse.io.configs import from_json, read_json, to_json
from vse.io.tensors import counters, load_strictly, read_weights, without_counters
from vse.modalities.image.config import OWN_BACKBONES
from vse.training.config import TrainConfig
from vse.training.kinds.registry import kind_named, kinds, name_of
from vse.training.objectives import OBJECTIVES, ranking_losses
from vse.training.sources.config import ScenesConfig, counted

CONFIG, STATE, BEST = "run.json", "state", "best"
_COUNTERS = "state.json"
STATE_KIND = Kind("a run's state", lambda folder: [_COUNTERS, *(each.name for each in folder.glob("*.safetensors"))])


@dataclass(frozen=True)
class RunState:
    """How far a run is: `step` steps into epoch `epoch` (both from 0), what has been measured, the merit of the weights
    that are kept, and how many processes train."""

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    best: float = -1.0
    history: tuple[dict[str, Any], ...] = ()
    processes: int = 1

    def __post_init__(self) -> None:
        if min(self.epoch, self.step) < 0:
            raise ValueError(f"epoch {self.epoch} and step {self.step} came, expected 0 or more")

    def steps(self, per_epoch: int) -> int:
        return self.epoch * per_epoch + self.step

    def after_step(self, loss: float) -> RunState:
        return replace(self, step=self.step + 1, loss_sum=self.loss_sum + loss)

    def after_epoch(self, entry: dict[str, Any], best: float | None) -> RunState:
        """The next epoch begins; `best` is the merit of this one where none was better."""
        best = self.best if best is None else best
        return RunState(self.epoch + 1, 0, 0.0, best, (*self.history, entry), self.processes)


def new_run(
    folder: Path, model: Any, config: TrainConfig | None, resume: bool, processes: int = 1
) -> tuple[Any, TrainConfig]:
    """Start a run's folder, or read the configuration of the run to resume.

    Raises:
        TrainingError: when a new run's folder is taken, there is nothing to resume in it, or a setting has no say in
            such a run or does not fit so many processes.
        WriteError: when a new run's folder is no folder.
    """
    path = folder / CONFIG
    if resume:
        if not path.is_file():
            raise TrainingError(f"{folder} holds no run to resume ({CONFIG} was expected); check the path.")
        data = object_of(read_json(path), path)
        towers = data.get("towers", DEFAULT_KIND)
        if towers not in kinds():
            raise CheckpointError(f"{path} says towers = {towers!r}; expected one of {', '.join(kinds())}.")
        training = TrainConfig.from_json(data.get("training"), str(path))
        check_parts(training, processes)
        return from_json(kind_named(towers).Config, data.get("model"), path), training
    if folder.is_dir() and any(folder.iterdir()):
        raise TrainingError(f"{folder} is not empty; resume the run in it, or choose another folder.")
    check_folder(folder)
    model, config = model or ModelConfig(), config or TrainConfig()
    check(model, config)
    check_parts(config, processes)
    folder.mkdir(parents=True, exist_ok=True)
    described = {"towers": name_of(model), "model": to_json(model), "training": config.to_json()}
    write_text(path, json.dumps(described, indent=1))
    return model, config


def check(model: Any, config: TrainConfig) -> None:
    """
    Raises:
        TrainingError: when such a run cannot work, or one of its settings would have no say.
    """
    source, wanted = config.source, ranking_losses()[config.ranking].similarity
    if wanted != model.similarity:
        raise TrainingError(
            f"The loss is {config.ranking!r} and the similarity {model.similarity!r}; the order loss and the order "
            "similarity go together."
        )
    if ranking_losses()[config.ranking].fixed_pictures:
        _check_fixed_pictures(model, config)
    for name in config.objectives:
        if lacking := set(OBJECTIVES[name].needs) - source.targets:
            raise TrainingError(
                f"The objective {name} needs the targets {', '.join(sorted(lacking))}, and these {source.kind} hold "
                f"only {', '.join(sorted(source.targets))}; leave --{name.replace('_', '-')} away."
            )
    if "entailment" in config.objectives and wanted != "order":
        raise TrainingError("What follows from what is an order; choose --loss order --similarity order too.")
    if "paraphrase" in config.objectives and config.captions_per_image < 2:
        raise TrainingError("Paraphrases need two captions of a picture; choose --captions-per-image 2 or more.")
    if getattr(source, "texts", "") and "paraphrase" not in config.objectives:
        raise TrainingError("Texts without pictures are for the objective paraphrase; give --paraphrase too.")
    if config.warm_start and not config.start_from:
        raise TrainingError("A warm start needs a model; give --start-from, or leave --warm-start away.")
    if isinstance(source, ScenesConfig):
        if config.batch_size % 2 and source.counterparts:
            raise TrainingError(f"A batch of {config.batch_size} would part counterparts; choose an even batch size.")
        pictures = source.scenes * (2 if source.counterparts else 1)
        if not 1 <= config.batch_size <= pictures:
            raise TrainingError(
                f"A batch of {config.batch_size} does not fit {pictures} pictures; choose a smaller one."
            )
    elif not 1 <= config.batch_size <= 1_000_000:
        raise TrainingError(f"A batch of {config.batch_size} cannot be learnt from; choose 1 to 1,000,000.")
    elif config.keep != "rsum":
        raise TrainingError(f"Only Emoji Scenes know which answers are true; leave --keep {config.keep} away.")
    kind_named(name_of(model)).check(model, config)


def check_parts(config: TrainConfig, processes: int) -> None:
    """
    Raises:
        TrainingError: when the processes cannot have equal parts of each batch.
    """
    unit = 2 if "counterpart" in config.source.targets else 1  # counterparts stay together
    if processes > 1 and config.batch_size % (processes * unit):
        together = ", in which counterparts stay together" if unit > 1 else ""
        raise TrainingError(
            f"A batch of {config.batch_size} has no equal parts for {processes} processes{together}; choose a "
            f"--batch-size that {processes * unit} divides, or another number of processes."
        )
    texts = sum(counted("texts", getattr(config.source, "texts", "")).values())
    if texts % processes:
        raise TrainingError(
            f"The {texts} things of --texts have no equal parts for {processes} processes; choose counts whose sum "
            f"{processes} divides."
        )


def _check_fixed_pictures(model: Any, config: TrainConfig) -> None:
    """
    Raises:
        TrainingError: when something on the pictures' side would learn.
    """
    image: Any = getattr(model, "image", None)
    is_mapped = image is None or image.map != "none" or image.pooling not in ("mean", "grid")
    is_frozen = not is_mapped and (
        image.backbone == "features"
        or (image.backbone not in OWN_BACKBONES and config.backbone.frozen_epochs >= config.epochs)
    )
    if not is_frozen:
        raise TrainingError(
            f"The loss {config.ranking!r} knows no wrong pairs, so that pictures must not learn; give --image-map none "
            "--image-pooling mean, a CNN of torchvision or timm, and as many --frozen-epochs as --epochs."
        )


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Its state, flat: "0.exp_avg", "0.step", ..."""
    state = optimizer.state_dict()["state"]
    return {f"{i}.{name}": value.contiguous() for i, values in state.items() for name, value in values.items()}


def save_state(
    folder: Path, state: RunState, modules: Mapping[str, nn.Module], optimizer: torch.optim.Optimizer
) -> None:
    """The weights of each module by its name, the optimiser and the counters, as one folder swapped in whole."""
    with replace_folder(folder / STATE, STATE_KIND) as work:
        for name, module in modules.items():
            tensors = {key: value.contiguous() for key, value in module.state_dict().items()}
            (work / f"{name}.safetensors").write_bytes(save_tensors(tensors))
        (work / "optimizer.safetensors").write_bytes(save_tensors(_optimizer_tensors(optimizer)))
        (work / _COUNTERS).write_text(json.dumps(asdict(state)), encoding="utf-8")


def load_state(folder: Path, modules: Mapping[str, nn.Module], optimizer: torch.optim.Optimizer) -> RunState:
    """The inverse of `save_state`, into the modules and the optimiser.

    Raises:
        CheckpointError: when a file is missing or does not fit.
    """
    work = folder / STATE
    restore_folder(work)
    if not work.is_dir():  # stopped before its first save, so it goes on from its beginning
        return RunState()
    for name, module in modules.items():
        path = work / f"{name}.safetensors"
        tensors = read_weights(path)
        load_strictly(module, without_counters(tensors), path)
        module.load_state_dict(counters(tensors), strict=False)
    path = work / "optimizer.safetensors"
    shapes = [weights.shape for group in optimizer.param_groups for weights in group["params"]]
    values: dict[int, dict[str, Tensor]] = {}
    for key, tensor in read_weights(path).items():
        index, _, name = key.partition(".")
        if not index.isdecimal() or int(index) >= len(shapes) or tensor.shape not in (torch.Size(), shapes[int(index)]):
            raise CheckpointError(f"{path} holds {key}, which is of another run; copy the run's folder again.")
        values.setdefault(int(index), {})[name] = tensor
    optimizer.load_state_dict({"state": values, "param_groups": optimizer.state_dict()["param_groups"]})
    return from_json(RunState, read_json(work / _COUNTERS), work / _COUNTERS)
