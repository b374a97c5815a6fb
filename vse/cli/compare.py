"""compare."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vse.cli.options import add_collection, add_device, add_json, at_least, check_picture, write_json, write_picture

if TYPE_CHECKING:
    from vse.data import Collection

BUNDLED = "counterparts"  # of the pictures of "scenes"


def add(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("compare", help="two models on one collection: figures, agreement, cost")
    command.add_argument("model_a", help="a bundled model's name or a model folder")
    command.add_argument("model_b", help="the other one")
    add_collection(command)
    command.add_argument("--split", default="test", help="which pictures (test)")
    command.add_argument(
        "--arithmetic",
        metavar="COLLECTION",
        help=f"counterparts to score arithmetic on, or none ({BUNDLED} for scenes, else none)",
    )
    command.add_argument("--show", type=at_least(0), default=5, help="queries of each kind to print (5)")
    command.add_argument("--sheet", type=Path, metavar="FILE", help="draw queries on which only one model is right")
    add_device(command)
    add_json(command)
    command.set_defaults(run_command=run_compare)


def run_compare(options: argparse.Namespace) -> None:
    from vse.data import load_collection
    from vse.evaluation.compare import compare
    from vse.evaluation.compare_table import comparison_tables
    from vse.io.progress import progress_bar

    collection = load_collection(options.collection).split(options.split)
    counterparts = _counterparts(options.arithmetic, collection)
    if options.sheet:
        check_picture(options.sheet)
    with progress_bar("comparing", "input") as bar:
        found = compare(
            options.model_a,
            options.model_b,
            collection,
            counterparts,
            lambda doing, done, total: bar(done, total, doing),
        )
    print(comparison_tables(found, options.show))
    if options.sheet:
        from vse.evaluation.compare_sheet import comparison_sheet

        write_picture(options.sheet, comparison_sheet(found, collection))
        print(f"written to {options.sheet}")
    write_json(options.json, found.to_json())


def _counterparts(asked: str | None, collection: Collection) -> Collection | None:
    """The collection asked for; if none was, the bundled one where it belongs to the pictures."""
    from vse.data import list_collections, load_collection
    from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION

    if asked is not None:
        return None if asked == "none" else load_collection(asked)
    belongs = collection.is_bundled and collection.name == DEFAULT_COLLECTION and BUNDLED in list_collections()
    return load_collection(COLLECTIONS / BUNDLED) if belongs else None
