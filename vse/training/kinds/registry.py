"""Which kind of model a configuration or a folder is of: the one place of training that tells them apart.

What is of a CLIP is imported when a CLIP comes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vse.encoders.clip.config import ClipConfig
from vse.encoders.vse.checkpoint import load_checkpoint
from vse.encoders.vse.config import ModelConfig
from vse.training.config import TrainConfig
from vse.training.kinds import vse as vse_towers
from vse.training.kinds.base import Plan


def is_clip(folder: Path) -> bool:
    """Whether a model folder is laid out as open_clip's are."""
    from vse.encoders.clip.folder import CLIP_CONFIG

    return (folder / CLIP_CONFIG).is_file()


def plan_of(model: ModelConfig | ClipConfig, config: TrainConfig) -> Plan:
    """How a model of this configuration is trained."""
    if isinstance(model, ClipConfig):
        from vse.training.kinds.clip import ClipPlan

        return ClipPlan(model, config.start_from)
    return vse_towers.VSEPlan(model, config)


def configuration_of(folder: Path) -> ModelConfig | ClipConfig:
    """
    Raises:
        CheckpointError: when there is no whole model in the folder.
    """
    if is_clip(folder):
        from vse.training.kinds.clip import configuration_of as of_clip

        return of_clip(folder)
    return load_checkpoint(folder).model.config


def store(folder: Path, to: Path, metrics: dict[str, Any], card: str) -> None:
    """Write the model of a folder to another in float16, with more metrics and a card.

    Raises:
        CheckpointError: when there is no whole model in the folder.
    """
    if is_clip(folder):
        from vse.training.kinds.clip import store as store_clip

        return store_clip(folder, to, metrics, card)
    return vse_towers.store(folder, to, metrics, card)


def about(folder: Path) -> str:
    """What the card of the folder's model has to say of it in any case."""
    if is_clip(folder):
        from vse.training.kinds.clip import ABOUT

        return ABOUT
    return ""
