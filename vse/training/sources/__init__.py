"""Where batches come from: Emoji Scenes, photographs, or features computed before. `config.SOURCES` names them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vse.training.config import TrainConfig
    from vse.training.kinds.base import Plan, Trainable
    from vse.training.sources.base import BatchSource
    from vse.training.validation import Validation


def prepare(config: TrainConfig, plan: Plan) -> tuple[BatchSource, Validation, Trainable[Any]]:
    """What a run learns from and is measured on, and its model with the words of the training texts.

    Raises:
        CollectionError, TrainingError, ImageError, FontMissingError: when there is nothing to learn from.
    """
    found: tuple[BatchSource, Validation, Trainable[Any]]
    found = import_module(f"vse.training.sources.{config.source.kind}").prepare(config, plan)
    return found
