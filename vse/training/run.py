"""A training run: begun, gone on with, finished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vse.encoders.clip.config import ClipConfig
from vse.encoders.vse.config import ModelConfig
from vse.errors import TrainingError
from vse.training.config import TrainConfig, towers_name
from vse.training.kinds.base import Plan, Towers
from vse.training.kinds.registry import configuration_of, plan_of
from vse.training.sources.base import Lessons
from vse.training.sources.scene_set import build_dev_set, build_training_set
from vse.training.sources.scenes import Batches
from vse.training.state import load_state, new_run
from vse.training.trainer import Trainer
from vse.training.validation import Dev


def train(
    folder: Path,
    model: ModelConfig | ClipConfig | None = None,
    config: TrainConfig | None = None,
    resume: bool = False,
) -> Path:
    """Train into `folder`, and return the folder of the best model, `folder / "best"`.

    With `config.start_from` the words are that model's, and so is the architecture unless the run is to `grow`; of
    `model` only the kind matters then.
    With `resume` the configuration is the one the run was started with.

    Raises:
        TrainingError: when a new run's folder is taken, there is nothing to resume, or `model` is of another kind
            than the one to start from.
        FontMissingError: when scenes have to be rendered and the emoji font is not installed.
    """
    if config and config.start_from and not resume:
        found = _same_kind(model, configuration_of(Path(config.start_from)), config.start_from)
        model = model if config.grow else found
    model, config = new_run(folder, model, config, resume)
    plan = plan_of(model, config)
    lessons, dev, towers = _lessons(config, plan)
    trainer = Trainer(folder, towers, config, lessons, dev)
    if resume:
        trainer.state = load_state(folder, trainer.modules, trainer.optimizer)
    trainer.run()
    return folder / "best"


def _lessons(config: TrainConfig, plan: Plan) -> tuple[Lessons, Dev, Towers[Any]]:
    if config.collection:
        from vse.training.sources.photographs import photo_lessons

        return photo_lessons(config, plan)
    data, towers = build_training_set(config, plan.preprocess, plan.learn)
    return Batches(data, config, plan.preprocess), build_dev_set(config, plan.preprocess), towers


def _same_kind(
    wanted: ModelConfig | ClipConfig | None, found: ModelConfig | ClipConfig, where: str
) -> ModelConfig | ClipConfig:
    if wanted is not None and type(wanted) is not type(found):
        came, asked = towers_name(found), towers_name(wanted)
        raise TrainingError(f"{where} holds towers {came!r} and the run asks for {asked!r}; give --towers {came}.")
    return found
