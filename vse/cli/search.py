"""search, models, collections."""

from __future__ import annotations

import argparse
import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vse.cli.options import add_collection, add_json, add_model, at_least, share, write_json
from vse.io.paths import DEFAULT_WAY

if TYPE_CHECKING:
    from vse.search.hit import Hit
    from vse.search.searcher import Answer, Searcher


def add(commands: argparse._SubParsersAction) -> None:
    search = commands.add_parser("search", help="words -> pictures, or a picture's path -> captions")
    search.add_argument(
        "query", help="words, a picture's path, or '[scene-0042] - dog + cat'; after -- if it starts with -"
    )
    add_model(search, "--model")
    add_collection(search, "--collection")
    search.add_argument("-k", type=at_least(1), default=10, help="how many answers (10)")
    search.add_argument("--upload", type=Path, metavar="PICTURE", help="what [upload] in the query stands for")
    search.add_argument("--way", default=DEFAULT_WAY, help=f"how arithmetic is done ({DEFAULT_WAY})")
    search.add_argument("--keep-operands", action="store_true", help="also answer with pictures of the query")
    fit = "from which fit on, 0 to 1, an answer is no weaker match, where the model is calibrated (0.5)"
    search.add_argument("--min-fit", type=share, metavar="FIT", help=fit)
    search.add_argument("--why", action="store_true", help="also tell what each word of the query adds to the scores")
    add_json(search)
    search.set_defaults(run_command=run_search)
    for name, run in (("models", run_models), ("collections", run_collections)):
        listing = commands.add_parser(name, help=f"list the bundled {name}")
        add_json(listing)
        listing.set_defaults(run_command=run)


def names_picture(query: str) -> bool:
    """Whether a query is a picture's path, be the picture there or not; any other file's name is words.

    A path ends as pictures do or leads through a folder to a file; a bare name needs a picture behind it. What holds a
    filter, such as name:beach.jpg, is a path only if there is such a file.
    """
    from vse.errors import ImageError
    from vse.modalities.image.decoding import IMAGE_SUFFIXES, open_image
    from vse.search.query.grammar import holds_filter

    if not os.path.isfile(query):
        begins_an_expression = query.lstrip().startswith(("[", '"', "“", "„", "«", "+", "-"))
        return Path(query).suffix.lower() in IMAGE_SUFFIXES and not begins_an_expression and not holds_filter(query)
    if Path(query).suffix.lower() in IMAGE_SUFFIXES or Path(query).name != query:
        return True
    try:
        open_image(query, at_least=1)
    except ImageError:
        return False
    return True


def run_search(options: argparse.Namespace) -> None:
    from vse.encoders.calibration import MIN_FIT
    from vse.search.fit import count_fitting
    from vse.search.searcher import Searcher

    searcher = Searcher.open(options.model, options.collection)
    why: list[dict[str, Any]] = []
    if names_picture(options.query):
        hits = _captions(searcher, options)
        answers = [_row(hit, caption=searcher.caption(hit)) for hit in hits]
    else:
        hits, answers, why = _pictures(searcher, options)
    least = MIN_FIT if options.min_fit is None else options.min_fit
    _print_answers(answers, count_fitting(hits, least), searcher.collection.name)
    if options.why:
        _print_why(why)
    told = {"query": options.query, "model": searcher.encoder.name, "min_fit": least, "answers": answers}
    write_json(options.json, {**told, "why": why} if options.why else told)


def _row(hit: Hit, **more: str | int | None) -> dict[str, Any]:
    score = None if math.isnan(hit.score) else hit.score
    return {"rank": hit.rank, "score": score, "fit": hit.fit, "id": hit.item_id, **more}


def _print_answers(answers: list[dict[str, Any]], fitting: int, collection: str) -> None:
    """A line an answer; those that fit first, then the weaker ones."""
    for number, answer in enumerate(answers):
        if number == fitting:
            print("weaker matches:" if fitting else f"Nothing in {collection} fits this well; weaker matches:")
        score = "" if answer["score"] is None else f"{answer['score']:.3f}  "
        print(f"{answer['rank']:3}  {score}{answer['id']}  {answer['caption']}")


def _captions(searcher: Searcher, options: argparse.Namespace) -> list[Hit]:
    """The captions nearest to a picture, after a note where it is unlike the model's own."""
    from vse.search.unlike import told_of
    from vse.search.vectors import IMAGE, TEXT

    searcher.index(TEXT)
    vector = searcher.encoder.encode_images([options.query])[0]
    if note := told_of(searcher.encoder, options.query, vector):
        print(f"note: {note}")
    return searcher.nearest(vector, TEXT, options.k, query_is=IMAGE)


def _pictures(
    searcher: Searcher, options: argparse.Namespace
) -> tuple[list[Hit], list[dict[str, Any]], list[dict[str, Any]]]:
    """The answers to an expression, after notes on negation and on unknown words, as rows too; and what words add."""
    from vse.modalities.image.facts import Facts

    found = searcher.ask(options.query, options.k, options.upload, options.way, options.keep_operands)
    if found.negation:
        print(f"note: {found.negation}")
    for unknown in searcher.unknown_words(found.query):
        hint = f"; near words: {', '.join(unknown.suggestions)}" if unknown.suggestions else ""
        print(f"note: the model does not know {unknown.word!r} and passes over it{hint}")
    if placed := searcher.placed_words(found.query):
        print(f"note: the model has never read {', '.join(map(repr, placed))}; other word vectors say where it stands")
    if found.query.filters and not found.hits:
        print(f"No picture of {searcher.collection.name} fits {' '.join(map(str, found.query.filters))}.")
    items = [searcher.collection.item(hit.item_id) for hit in found.hits]
    facts = [asdict(known.get(item.id, Facts())) if (known := searcher.facts) is not None else {} for item in items]
    answers = [
        _row(hit, caption=next(iter(item.captions), ""), image=str(item.image_path), **more)
        for hit, item, more in zip(found.hits, items, facts, strict=True)
    ]
    return found.hits, answers, _why(searcher, found, options.way) if options.why else []


def _why(searcher: Searcher, found: Answer, way: str) -> list[dict[str, Any]]:
    """What each word adds: its share in the score of each answer, None where nothing is left without the word."""
    from vse.search.explain import answer_shares

    ids, scores = [hit.item_id for hit in found.hits], [hit.score for hit in found.hits]
    shares = answer_shares(searcher, found.query, ids, scores, way, found.resolved)
    return [
        {"word": each.word, "mean": each.mean, "shares": None if each.shares is None else each.shares.tolist()}
        for each in shares
    ]


def _print_why(why: list[dict[str, Any]]) -> None:
    print("\nwhat each word adds, on average over these answers:" if why else "\nno words: nothing to leave out")
    for each in why:
        print(f"     {'   --' if each['mean'] is None else format(each['mean'], '+.3f')}  {each['word']}")


def run_models(options: argparse.Namespace) -> None:
    from vse.encoders.registry import dim_of, list_models
    from vse.io.paths import MODELS

    rows = []
    for name in list_models():
        folder = MODELS / name
        size = sum(path.stat().st_size for path in folder.iterdir())
        rows.append({"name": name, "dim": dim_of(folder), "bytes": size, "path": str(folder)})
        print(f"{name:20} {rows[-1]['dim']:4} dimensions  {size / 1e6:5.1f} MB  {folder}")
    write_json(options.json, rows)


def run_collections(options: argparse.Namespace) -> None:
    from vse.data import list_collections, load_collection

    rows = []
    for name in list_collections():
        collection = load_collection(name)
        truth = "truth known" if collection.annotations else ""
        rows.append({"name": name, "pictures": len(collection), "captions": len(collection.captions)})
        print(f"{name:20} {len(collection):6} pictures  {len(collection.captions):6} captions  {truth}")
    write_json(options.json, rows)
