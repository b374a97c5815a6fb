"""export: a run's best model as one that ships; a model, or a collection under it, in a format of other tools."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from vse.cli.download import fetch_models
from vse.cli.options import at_least
from vse.errors import TrainingError, WriteError
from vse.interop.formats import FORMATS, Format
from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION

_OF_RUNS = ("collection", "word_vectors", "words", "text", "license")  # options that shipping a run's model takes


def add(commands: argparse._SubParsersAction) -> None:
    export = commands.add_parser(
        "export", help="a run's best model as one that ships, or a model and its vectors for other tools",
        description="Without a format: a run's best model as one that ships, in half precision, with its figures and "
        "a card. With one: a model, or the pictures of a collection under it, for other tools.",
        usage="%(prog)s RUN TO [options]\n       %(prog)s MODEL [COLLECTION] --FORMAT TARGET [options]",
    )  # fmt: skip
    export.add_argument(
        "model", metavar="RUN or MODEL", help="the run's folder; with a format a model's name or folder"
    )
    export.add_argument(
        "to", nargs="?", metavar="TO or COLLECTION",
        help=f"the model folder to write; with a format of collections the collection ({DEFAULT_COLLECTION})",
    )  # fmt: skip
    formats = export.add_argument_group("formats of other tools").add_mutually_exclusive_group()
    for name, each in FORMATS.items():
        formats.add_argument(f"--{name}", dest=f"format.{name}", metavar=each.target, type=Path, help=each.help)
    further = export.add_argument_group("with a format")
    pixels = "--parquet: also each picture, so many pixels a side; --projector: of the sprite's pictures (48)"
    further.add_argument("--thumbnails", type=at_least(1), metavar="PIXELS", help=pixels)
    run = export.add_argument_group("without a format")
    measured = "what to measure it on (scenes); may be repeated"
    run.add_argument("--collection", action="append", default=[], help=measured)
    run.add_argument("--split", action="append", default=[], help="of each collection in turn (all of it)")
    run.add_argument("--word-vectors", metavar="FILE", help="give it words that it never read, placed by this file")
    run.add_argument("--words", type=at_least(1), help="with --word-vectors: how many (10,000)")
    run.add_argument("--text", type=Path, help="a Markdown file to open the model card with")
    run.add_argument("--license", default="", metavar="ID", help="the Hub's identifier for the card, such as mit")
    export.set_defaults(run_command=run_export)


def run_export(options: argparse.Namespace) -> None:
    asked = {name: getattr(options, f"format.{name}") for name in FORMATS}
    for name, target in asked.items():
        if target is not None:
            _write(options, name, FORMATS[name], target)
            return
    if options.to is None:
        raise WriteError("Nothing says what to write: give the model folder to write after the run, or a format such "
                         "as --parquet FILE.")  # fmt: skip
    _refuse(options, {each for kind in FORMATS.values() for each in kind.options}, "without a format")
    _ship(options)


def _write(options: argparse.Namespace, name: str, kind: Format, target: Path) -> None:
    flag = f"--{name}"
    others = {each for other in FORMATS.values() for each in other.options} - set(kind.options)
    _refuse(options, {*_OF_RUNS, *others} | (set() if kind.of_collection else {"split"}), f"with {flag}")
    given: dict[str, Any] = {each: value for each in kind.options if (value := getattr(options, each)) is not None}
    if kind.of_collection:
        from vse.data import load_collection

        if len(options.split) > 1:
            raise WriteError(f"{len(options.split)} splits came with {flag}; give one, or none for all pictures.")
        given["collection"] = load_collection(
            COLLECTIONS / DEFAULT_COLLECTION if options.to is None else options.to, *options.split
        )
    elif options.to is not None:
        raise WriteError(f"{options.to!r} came beside {flag}, which writes a model alone; leave it away.")
    fetch_models(options)
    print(kind.writer(options.model, target, **given))


def _refuse(options: argparse.Namespace, names: set[str], where: str) -> None:
    """
    Raises:
        WriteError: when one of these options was given.
    """
    for name in sorted(names):
        if getattr(options, name):
            raise WriteError(f"--{name.replace('_', '-')} has no say {where}; leave it away.")


def _ship(options: argparse.Namespace) -> None:
    from vse.training.export import export
    from vse.training.kinds.base import FurtherWords

    collections = options.collection or [COLLECTIONS / DEFAULT_COLLECTION]
    splits = options.split or [None] * len(collections)
    if len(splits) != len(collections):
        raise TrainingError(
            f"{len(splits)} splits came for {len(collections)} collections; give one for each, or none."
        )
    further = FurtherWords(options.word_vectors, options.words or 10_000) if options.word_vectors else None
    to = Path(options.to)
    export(Path(options.model), to, list(zip(collections, splits, strict=True)), options.text, further, options.license)
    print(f"written to {to}")
