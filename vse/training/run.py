"""A training run: begun, gone on with, finished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from vse.encoders.devices import best_device
from vse.errors import TrainingError
from vse.training.config import TrainConfig
from vse.training.distributed import is_restarted, joined, own_device
from vse.training.kinds.registry import kind_in, kind_named, name_of
from vse.training.sources import prepare
from vse.training.state import BEST, CONFIG, new_run
from vse.training.trainer import Trainer


def train(
    folder: Path, model: Any = None, config: TrainConfig | None = None, resume: bool = False, device: str = "auto"
) -> Path:
    """Train into `folder`, and return the folder of the best model, `folder / "best"`.

    With `config.start_from` the words are that model's, and so is the architecture unless the run is a warm start; of
    `model`, the configuration of a kind of model, only the kind matters then.
    Started by torchrun, it is one of several processes that train together, see `vse.training.distributed`.
    With `resume` the configuration is the one the run was started with; the device may be another.

    Args:
        device: "cpu", "cuda", "mps", or "auto" for the quickest there is.

    Raises:
        TrainingError: when a new run's folder is taken, there is nothing to resume, a setting has no say in the run,
            the batch has no equal parts for the processes, one of them has ended, the device is not there, or `model`
            is of another kind than the one to start from.
        FontMissingError: when scenes have to be rendered and the emoji font is not installed.
    """
    device = available(own_device(device))
    with joined(device) as group:
        again = group.any(is_restarted()) and group.any((folder / CONFIG).is_file())
        model, config, resume = group.from_first(lambda: _begun(folder, model, config, resume or again, group.size))
        plan = kind_named(name_of(model)).plan(model, config)
        with group.one_of_a_machine_first():
            source, validation, trainable = prepare(config, plan)
        trainer = Trainer(folder, trainable, config, source, validation, device, group=group)
        if resume:
            trainer.resume()
        trainer.run()
    return folder / BEST


def _begun(
    folder: Path, model: Any, config: TrainConfig | None, resume: bool, processes: int
) -> tuple[Any, TrainConfig, bool]:
    """What a run trains and how, and whether it goes on from a saved state."""
    if config and config.start_from and not resume:
        found = _same_kind(model, Path(config.start_from))
        model = model if config.warm_start else found
    return *new_run(folder, model, config, resume, processes), resume


def available(device: str) -> str:
    """The device to train on; raises TrainingError for one that is not there."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return best_device()
    if not there.get(device.partition(":")[0], False):
        found = ", ".join(name for name, is_there in there.items() if is_there)
        raise TrainingError(f"There is no device {device!r} on this machine; choose auto or one of {found}.")
    return device


def _same_kind(wanted: Any, start_from: Path) -> Any:
    found = kind_in(start_from).configuration_of(start_from)
    if wanted is not None and type(wanted) is not type(found):
        came, asked = name_of(found), name_of(wanted)
        raise TrainingError(f"{start_from} holds towers {came!r} and the run asks for {asked!r}; give --towers {came}.")
    return found
