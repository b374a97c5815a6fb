"""train and export; every option of train is a field of one of the configuration's dataclasses."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from vse.encoders.clip.config import ClipConfig
from vse.encoders.vse.config import ModelConfig
from vse.errors import TrainingError
from vse.io.configs import read_json
from vse.modalities.image.config import ImageConfig
from vse.modalities.text.config import TextConfig
from vse.training.config import TOWERS, TRAINING_DEFAULTS, TrainConfig

_SECTIONS: dict[str, type] = {
    "training": TrainConfig,
    "model": ModelConfig,
    "image": ImageConfig,
    "text": TextConfig,
    "clip": ClipConfig,
}
_OF_TOWERS = {"vse": ("model", "image", "text"), "clip": ("clip",)}


def add(commands: argparse._SubParsersAction) -> None:
    train = commands.add_parser("train", help="train a model on Emoji Scenes, or on captioned photographs")
    train.add_argument("run", type=Path, help="the run's folder; its best model is kept in RUN/best")
    train.add_argument("--resume", action="store_true", help="go on with the run in that folder, as it was configured")
    train.add_argument("--towers", choices=tuple(TOWERS), help="a VSE (the default), or a CLIP of open_clip")
    for section, kind in _SECTIONS.items():
        group = train.add_argument_group(section, _about(section))
        for flag, destination, default in _flags(section, kind):
            group.add_argument(flag, dest=destination, help=f"({_shown(default)})", **_reading(default))
        if section == "clip":
            group.add_argument("--clip-config", type=Path, metavar="FILE", help="an open_clip_config.json to build")
    train.set_defaults(run_command=run_train)
    export = commands.add_parser("export", help="a run's best model as one that ships: half precision, figures, card")
    export.add_argument("run", type=Path, help="the run's folder")
    export.add_argument("to", type=Path, help="the model folder to write")
    export.add_argument("--collection", default="scenes", help="what to measure it on (scenes)")
    export.add_argument("--split", help="of the collection (all of it)")
    export.add_argument("--text", type=Path, help="a Markdown file to open the model card with")
    export.set_defaults(run_command=run_export)


def _about(section: str) -> str | None:
    """What differs from the defaults that are shown."""
    if section != "training":
        return None
    differ = ", ".join(f"{name.replace('_', '-')} {value}" for name, value in TRAINING_DEFAULTS["clip"].items())
    return f"with --towers clip the defaults are {differ}"


def _flags(section: str, kind: type) -> Iterator[tuple[str, str, Any]]:
    """(flag, destination, default) of every plain field of a configuration."""
    defaults = kind()
    for field in fields(kind):
        default = getattr(defaults, field.name)
        if isinstance(default, bool | int | float | str | tuple):
            prefix = "" if section in ("training", "model") else f"{section}-"
            yield f"--{prefix}{field.name}".replace("_", "-"), f"{section}.{field.name}", default


def _shown(default: Any) -> str:
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)


def _reading(default: Any) -> dict[str, Any]:
    """How argparse reads a value of the default's type; without the option nothing is set."""
    if isinstance(default, bool):
        return {"action": argparse.BooleanOptionalAction, "default": argparse.SUPPRESS}
    if isinstance(default, tuple):
        return {"type": lambda text: tuple(int(part) for part in text.split(",")), "default": argparse.SUPPRESS}
    return {"type": type(default), "default": argparse.SUPPRESS, "metavar": type(default).__name__.upper()}


def configurations(options: argparse.Namespace) -> tuple[ModelConfig | ClipConfig, TrainConfig, bool]:
    """The model's and the run's configuration from the command line, and whether any option was given.

    Raises:
        TrainingError: for an option of the towers that were not asked for.
    """
    given: dict[str, dict[str, Any]] = {section: {} for section in _SECTIONS}
    for name, value in vars(options).items():
        section, _, field = name.partition(".")
        if field:
            given[section][field] = value
    if options.clip_config:
        given["clip"]["open_clip"] = read_json(options.clip_config)
    towers = options.towers or "vse"
    foreign = [f"{section} {field}" for kind in TOWERS if kind != towers for section in _OF_TOWERS[kind]
               for field in given[section]]  # fmt: skip
    if foreign:
        raise TrainingError(f"Towers {towers!r} have no {', '.join(foreign)}; leave it away, or choose other --towers.")
    training = TrainConfig(**{**TRAINING_DEFAULTS[towers], **given["training"]})
    any_given = bool(options.towers) or any(given.values())
    if towers == "clip":
        return ClipConfig(**given["clip"]), training, any_given
    parts: dict[str, Any] = {"image": ImageConfig(**given["image"]), "text": TextConfig(**given["text"])}
    return replace(ModelConfig(**given["model"]), **parts), training, any_given


def run_train(options: argparse.Namespace) -> None:
    from vse.training.run import train

    model, training, any_given = configurations(options)
    if options.resume and any_given:
        raise TrainingError("A run is resumed as it was configured; leave the other options away, or start a new run.")
    best = train(options.run, None if options.resume else model, None if options.resume else training, options.resume)
    print(f"the best model is in {best}")


def run_export(options: argparse.Namespace) -> None:
    from vse.training.export import export

    export(options.run, options.to, options.collection, options.text, options.split)
    print(f"written to {options.to}")
