"""train, average, letters; an option of train is a setting of a run, or of a kind of model."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from pathlib import Path
from typing import Any

from vse.cli.options import at_least
from vse.errors import TrainingError
from vse.io.configs import read_json

ALIASES = {"word_vectors": ("words_from",)}
DEVICES = ("auto", "cpu", "cuda", "mps")


def add(commands: argparse._SubParsersAction) -> None:
    train = commands.add_parser(
        "train", help="train a model on Emoji Scenes, Emoji Recipes, or captioned photographs", fill=_fill
    )
    train.add_argument("run", type=Path, help="the run's folder; its best model is kept in RUN/best")
    train.add_argument("--resume", action="store_true", help="go on with the run in that folder, as it was configured")
    train.add_argument(
        "--device", choices=DEVICES, default="auto", help="where it trains (auto: the quickest there is)"
    )
    train.set_defaults(run_command=run_train)
    average = commands.add_parser("average", help="several trained models as one, the average of their weights")
    average.add_argument("run", type=Path, help="a new run's folder; the model is kept in RUN/best, to be exported")
    average.add_argument("models", type=Path, nargs="+", help="model folders; the words are those of the first")
    shares = "of each model, FLOAT,FLOAT,...; of any sum (equal ones)"
    average.add_argument("--shares", type=_numbers, help=shares)
    average.set_defaults(run_command=run_average)
    letters = commands.add_parser("letters", help="teach a trained model to read words that it does not know")
    letters.add_argument("run", type=Path, help="a new run's folder; the model is kept in RUN/best, to be exported")
    letters.add_argument("model", type=Path, help="the model's folder; but for the reader of letters it stays as it is")
    letters.add_argument("--reader", choices=("cnn", "gru"), default="", help="what reads them (cnn, or as it was)")
    letters.add_argument("--steps", type=at_least(1), default=3000, help="of 512 words each (3,000)")
    letters.add_argument("--seed", type=int, default=0, help="(0)")
    letters.set_defaults(run_command=run_letters)


def _numbers(text: str) -> list[float]:
    try:
        return [float(each) for each in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected numbers with commas between") from None


def _fill(train: argparse.ArgumentParser) -> None:
    """The settings; they stand beside what they configure, which takes torch to import, so only when they are used."""
    from vse.training.config import settings
    from vse.training.kinds.registry import kind_named, kinds
    from vse.training.objectives import ranking_losses

    train.add_argument("--towers", choices=kinds(), help="a VSE (the default), or a CLIP of open_clip")
    of_losses: dict[str, dict[str, Any]] = {}  # by setting, its default by loss: several losses have a margin
    for of, names in settings().items():
        loss = of.removeprefix("the loss ")
        if loss != of:
            for name, default in names.items():
                of_losses.setdefault(name, {})[loss] = default
            continue
        group = train.add_argument_group(f"settings of {of}")
        for name, default in names.items():
            reading = {"choices": tuple(ranking_losses())} if name == "loss" else {}
            _option(group, name, f"training.{name}", default, **reading)
    group = train.add_argument_group("settings of the losses")
    for name, defaults in of_losses.items():
        shown = ", ".join(f"{loss} {default}" for loss, default in defaults.items())
        _option(group, name, f"training.{name}", next(iter(defaults.values())), help=f"({shown})")
    for kind in kinds():
        differ = ", ".join(f"{name.replace('_', '-')} {value}" for name, value in kind_named(kind).DEFAULTS.items())
        group = train.add_argument_group(f"--towers {kind}", differ and f"the settings' defaults are {differ}")
        for option, name, default in architecture(kind):
            _option(group, option, f"{kind}.{name}", default)


def architecture(kind: str) -> Iterator[tuple[str, str, Any]]:
    """(option, flat name, default) of the fields: dim, image_size, ... of a VSE; of others their kind comes first."""
    from vse.training.kinds.registry import kind_named

    defaults = kind_named(kind).Config()
    before = _prefix(kind)
    for field in fields(defaults):
        default = _default(defaults, field)
        if is_dataclass(default):
            for each in fields(default):
                name = f"{before}{field.name}_{each.name}"
                yield name, name, getattr(default, each.name)
        else:
            name = f"{before}{field.name}"
            yield field.metadata.get("option", name), name, default


def _default(defaults: Any, field: Field[Any]) -> Any:
    """Of a tower that need not be there its usual configuration."""
    found = getattr(defaults, field.name)
    return field.metadata["tower"]() if found is None and "tower" in field.metadata else found


def _prefix(kind: str) -> str:
    """What stands before the options of a kind, but for the one that is trained where none is named."""
    from vse.training.kinds.registry import kinds

    return "" if kind == kinds()[0] else f"{kind}_"


def _option(group: argparse._ArgumentGroup, name: str, destination: str, default: Any, **reading: Any) -> None:
    """Read as a value of the default's type; without the option nothing is set."""
    if isinstance(default, bool):
        reading["action"] = argparse.BooleanOptionalAction
    elif isinstance(default, tuple):
        reading |= {"type": lambda text: tuple(int(part) for part in text.split(",")), "metavar": "INT,INT,..."}
    elif isinstance(default, dict):
        reading |= {"type": lambda path: read_json(Path(path)), "metavar": "FILE", "help": "a JSON file that holds it"}
    elif "choices" not in reading:
        reading |= {"type": type(default), "metavar": type(default).__name__.upper()}
    shown = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
    reading = {"help": f"({shown})", "default": argparse.SUPPRESS, **reading}
    flags = [f"--{each}".replace("_", "-") for each in (name, *ALIASES.get(name, ()))]
    group.add_argument(*flags, dest=destination, **reading)


def configurations(options: argparse.Namespace) -> tuple[Any, Any, bool]:
    """The model's and the run's configuration from the command line, and whether any option was given.

    Raises:
        TrainingError: for an option of the towers that were not asked for, or one that has no say in such a run.
    """
    from vse.training.config import train_config
    from vse.training.kinds.registry import kind_named, kinds

    given: dict[str, dict[str, Any]] = {section: {} for section in ("training", *kinds())}
    for name, value in vars(options).items():
        section, _, field = name.partition(".")
        if field:
            given[section][field] = value
    towers = options.towers or kinds()[0]
    foreign = [name.replace("_", " ") for kind in kinds() if kind != towers for name in given[kind]]
    if foreign:
        raise TrainingError(f"Towers {towers!r} have no {', '.join(foreign)}; leave it away, or choose other --towers.")
    start, warm = given["training"].get("start_from"), given["training"].get("warm_start")
    if start and not warm and given[towers]:
        flags = ", ".join(f"--{name}".replace("_", "-") for name in given[towers])
        raise TrainingError(f"A run that starts from a model has its architecture; leave {flags} away, or add "
                            "--warm-start.")  # fmt: skip
    training = train_config({**kind_named(towers).DEFAULTS, **given["training"]})
    return _model(towers, given[towers]), training, bool(options.towers) or any(given.values())


def _model(kind: str, given: dict[str, Any]) -> Any:
    from vse.training.kinds.registry import kind_named

    config: Any = kind_named(kind).Config
    values: dict[str, Any] = {}
    defaults = config()
    before = _prefix(kind)
    for field in fields(config):
        default: Any = _default(defaults, field)
        name = f"{before}{field.name}"
        if is_dataclass(default):
            inner = {each.name: given[f"{name}_{each.name}"] for each in fields(default)
                     if f"{name}_{each.name}" in given}  # fmt: skip
            nested: Any = type(default)
            if inner or getattr(defaults, field.name) is not None:
                values[field.name] = nested(**inner)
        elif name in given:
            values[field.name] = given[name]
    return config(**values)


def run_train(options: argparse.Namespace) -> None:
    from vse.training.distributed import is_first
    from vse.training.run import train

    model, training, any_given = configurations(options)
    if options.resume and any_given:
        raise TrainingError("A run is resumed as it was configured; leave the other options away, or start a new run.")
    if options.resume:
        model = training = None
    best = train(options.run, model, training, options.resume, options.device)
    if is_first():
        print(f"the best model is in {best}")


def run_average(options: argparse.Namespace) -> None:
    from vse.training.averaging import average

    print(f"the average is in {average(options.run, options.models, options.shares)}")


def run_letters(options: argparse.Namespace) -> None:
    from vse.io.progress import progress_bar
    from vse.training.letters import learn_letters

    with progress_bar("learning letters", "step") as progress:
        best = learn_letters(options.run, options.model, options.reader, options.steps, options.seed, progress)
    print(f"the model is in {best}")
