"""compare."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vse.cli.options import add_collection, add_json, write_json

if TYPE_CHECKING:
    from PIL import Image

    from vse.data import Collection

BUNDLED = "counterparts"  # of the pictures of "scenes"
SHEETS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


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
    command.add_argument("--show", type=int, default=5, help="queries of each kind to print (5)")
    command.add_argument("--sheet", type=Path, metavar="FILE", help="draw queries on which only one model is right")
    add_json(command)
    command.set_defaults(run_command=run_compare)


def run_compare(options: argparse.Namespace) -> None:
    from tqdm import tqdm

    from vse.data import load_collection
    from vse.evaluation.compare import compare
    from vse.evaluation.tables import comparison_tables

    collection = load_collection(options.collection).split(options.split)
    counterparts = _counterparts(options.arithmetic, collection)
    if options.sheet:
        _check_sheet(options.sheet)
    with tqdm(leave=False, bar_format="{desc} {bar:24} {n_fmt}/{total_fmt}") as bar:
        found = compare(options.model_a, options.model_b, collection, counterparts, lambda *news: _advance(bar, *news))
    print(comparison_tables(found, max(0, options.show)))
    if options.sheet:
        from vse.evaluation.compare_sheet import comparison_sheet

        _write_sheet(options.sheet, comparison_sheet(found, collection))
    write_json(options.json, found.to_json())


def _counterparts(asked: str | None, collection: Collection) -> Collection | None:
    """The collection asked for; if none was, the bundled one where it belongs to the pictures."""
    from vse.data import list_collections, load_collection
    from vse.io.paths import DEFAULT_COLLECTION

    if asked is None:
        asked = BUNDLED if collection.name == DEFAULT_COLLECTION and BUNDLED in list_collections() else "none"
    return None if asked == "none" else load_collection(asked)


def _check_sheet(path: Path) -> None:
    """Before anything is measured.

    Raises:
        ImageError: for a file name that no picture is written under.
    """
    from vse.errors import ImageError

    if path.suffix.lower() not in SHEETS or path.is_dir():
        kinds = ", ".join(SHEETS)
        raise ImageError(f"No sheet can be written to '{path}': give a file that ends in one of {kinds}.")


def _write_sheet(path: Path, sheet: Image.Image) -> None:
    import io

    from vse.io.atomic import write_bytes

    data = io.BytesIO()
    sheet.save(data, SHEETS[path.suffix.lower()], quality=90)
    write_bytes(path, data.getvalue())
    print(f"written to {path}")


def _advance(bar: Any, doing: str, done: int, total: int) -> None:
    bar.set_description_str(doing, refresh=False)
    bar.total, bar.n = total or None, done
    bar.refresh()
