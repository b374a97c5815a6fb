"""search, models, collections."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from vse.cli.options import add_collection, add_json, add_model, write_json


def add(commands: argparse._SubParsersAction) -> None:
    search = commands.add_parser("search", help="words -> pictures, or a picture's path -> captions")
    search.add_argument("query", help="what to look for: words, or the path of a picture")
    add_model(search, "--model")
    add_collection(search, "--collection")
    search.add_argument("-k", type=_positive, default=10, help="how many answers (10)")
    add_json(search)
    search.set_defaults(run_command=run_search)
    for name, run in (("models", run_models), ("collections", run_collections)):
        listing = commands.add_parser(name, help=f"list the bundled {name}")
        add_json(listing)
        listing.set_defaults(run_command=run)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"got {number}, expected 1 or more")
    return number


def is_picture_path(query: str) -> bool:
    """Whether a query names an existing file, which words rarely do."""
    try:
        return Path(query).is_file()
    except OSError:  # a text too long to be a path
        return False


def run_search(options: argparse.Namespace) -> None:
    from vse.searcher import Searcher

    searcher = Searcher.open(options.model, options.collection)
    answers: list[dict[str, Any]]
    if is_picture_path(options.query):
        hits = searcher.search_image(options.query, options.k)
        answers = [{"rank": h.rank, "score": h.score, "caption": searcher.caption(h), "id": h.item_id} for h in hits]
    else:
        for unknown in searcher.encoder.unknown_words(options.query):
            hint = f"; near words: {', '.join(unknown.suggestions)}" if unknown.suggestions else ""
            print(f"note: the model does not know {unknown.word!r} and passes over it{hint}")
        hits = searcher.search_text(options.query, options.k)
        answers = [
            {
                "rank": hit.rank,
                "score": hit.score,
                "id": hit.item_id,
                "caption": next(iter(searcher.collection.item(hit.item_id).captions), ""),
                "image": str(searcher.collection.item(hit.item_id).image_path),
            }
            for hit in hits
        ]
    for answer in answers:
        print(f"{answer['rank']:3}  {answer['score']:.3f}  {answer['id']}  {answer['caption']}")
    write_json(options.json, {"query": options.query, "model": searcher.encoder.name, "answers": answers})


def run_models(options: argparse.Namespace) -> None:
    from vse.config import read_json
    from vse.encoder import list_models
    from vse.paths import MODELS

    rows = []
    for name in list_models():
        folder = MODELS / name
        config = read_json(folder / "config.json")
        size = sum(path.stat().st_size for path in folder.iterdir())
        rows.append({"name": name, "dim": config["model"]["dim"], "bytes": size, "path": str(folder)})
        print(f"{name:20} {rows[-1]['dim']:4} dimensions  {size / 1e6:5.1f} MB  {folder}")
    write_json(options.json, rows)


def run_collections(options: argparse.Namespace) -> None:
    from vse.collections import list_collections, load_collection

    rows = []
    for name in list_collections():
        collection = load_collection(name)
        truth = "truth known" if collection.truth else ""
        rows.append({"name": name, "pictures": len(collection), "captions": len(collection.captions)})
        print(f"{name:20} {len(collection):6} pictures  {len(collection.captions):6} captions  {truth}")
    write_json(options.json, rows)
