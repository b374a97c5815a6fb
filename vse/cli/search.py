"""search, models, collections."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vse.cli.options import add_device, add_json, add_model, add_store, at_least, share, write_json
from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, DEFAULT_WAY

if TYPE_CHECKING:
    import numpy as np

    from vse.modalities.text.unknown import UnknownWord
    from vse.search.arithmetic import EmbedTexts
    from vse.search.hit import Hit
    from vse.search.query import Query
    from vse.search.score import OpenedScore
    from vse.search.searcher import Answer, Searcher

_TEXTS = (".txt", ".md")  # what a recipe's file may be called


def add(commands: argparse._SubParsersAction) -> None:
    search = commands.add_parser("search", help="words -> pictures, or a picture's path -> captions")
    files = "the path of a picture, a recipe or a recording"
    asked = f"words, {files}, or '[scene-0042] - dog + cat'; after -- if it starts with -"
    search.add_argument("query", nargs="?", help=asked)
    search.add_argument("--queries", metavar="FILE", help="ask each line of a text file instead; - is standard input")
    add_model(search, "--model")
    one = f"a bundled collection's name or a folder ({DEFAULT_COLLECTION}); may be repeated: several as one"
    search.add_argument("--collection", action="append", default=[], help=one)
    add_store(search)
    search.add_argument("-k", type=at_least(1), default=10, help="how many answers (10)")
    search.add_argument(
        "--upload",
        type=Path,
        metavar="FILE",
        help="what [upload] in the query stands for: a picture, a recording, a recipe",
    )
    search.add_argument("--way", default=DEFAULT_WAY, help=f"how arithmetic is done ({DEFAULT_WAY})")
    search.add_argument("--keep-operands", action="store_true", help="also answer with pictures of the query")
    folds = "in a folder of photographs, name those that are there twice under the first of them; -k counts the others"
    search.add_argument("--fold-duplicates", action="store_const", const="same", default="", help=folds)
    similar = "and also those that are similar, as pictures of one series"
    search.add_argument("--fold-similar", action="store_const", const="similar", dest="fold_duplicates", help=similar)
    fit = "from which fit on, 0 to 1, an answer is no weaker match, where the model is calibrated (0.5)"
    search.add_argument("--min-fit", type=share, metavar="FIT", help=fit)
    search.add_argument("--why", action="store_true", help="also tell what each word of the query adds to the scores")
    apart = "also take the score of the first answer apart: dimensions, words, places"
    search.add_argument("--explain", action="store_true", help=apart)
    where = "with --explain: how it is found where in the picture the words are (features where the model tells them)"
    search.add_argument("--places", choices=("features", "occlusion"), default="", help=where)
    copies = "also copy the pictures found into a new or empty folder, or one of earlier copies; names begin with ranks"
    search.add_argument("--copy-to", type=Path, metavar="DIR", help=copies)
    search.add_argument("--paths", action="store_true", help="print only the paths of the pictures found, a line each")
    search.add_argument("-0", "--null", action="store_true", help="as --paths, each ended by a zero byte, for xargs -0")
    add_device(search)
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

    if Path(query).suffix.lower() in _TEXTS:
        return False
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


def names_recording(query: str) -> bool:
    """Whether a query is the path of a sound file, be it there or not; as for `names_picture`."""
    from vse.modalities.speech.decoding import is_sound
    from vse.search.query.grammar import holds_filter

    begins_an_expression = query.lstrip().startswith(("[", '"', "“", "„", "«", "+", "-"))
    return is_sound(query) and (os.path.isfile(query) or not (begins_an_expression or holds_filter(query)))


@dataclass(frozen=True)
class _Found:
    """The answers to a query, as rows too, and what each word of it adds, where that was asked for."""

    hits: list[Hit]
    answers: list[dict[str, Any]]
    why: list[dict[str, Any]]
    opened: OpenedScore | None = None

    def more(self, options: argparse.Namespace) -> dict[str, Any]:
        """What else was asked for, as JSON."""
        from vse.cli.opened import opened_json

        opened = opened_json(self.opened, self.hits[0].item_id) if self.opened else None
        return ({"why": self.why} if options.why else {}) | ({"explained": opened} if options.explain else {})


def run_search(options: argparse.Namespace) -> None:
    from vse.search.copies import check_copies

    _check(options)
    if options.copy_to is not None:
        check_copies(options.copy_to)  # before any work
    queries = {} if options.queries is None else _queries(options.queries)
    only_paths, out = options.paths or options.null, sys.stdout
    with redirect_stdout(sys.stderr if only_paths else out):
        searcher = _opened(options.model, options.collection, options.store)
        if queries:
            _ask_all(searcher, queries, options)
            return
        if options.copy_to is not None:
            check_copies(options.copy_to, searcher.collection)
        found = _ask(searcher, options.query, options)
        if only_paths:
            for answer in found.answers:
                print(answer["image"], end="\0" if options.null else "\n", file=out)
        else:
            _print_found(searcher, found, options)
        if options.copy_to is not None:
            _copy(searcher, found, options)
        told = {"query": options.query, **_settings(searcher, options), "answers": found.answers}
        write_json(options.json, {**told, **found.more(options)})


def _opened(model: str | Path, collections: list[str], store: str) -> Searcher:
    """One collection, or several searched as one; one of several that cannot be read is told, and costs only itself.

    Raises:
        VSEError: when none can be read, and for several in a store with a place of its own.
    """
    from vse.encoders.registry import load_model
    from vse.errors import CollectionError
    from vse.search.searcher import Searcher
    from vse.search.stores.base import store_named

    chosen = list(dict.fromkeys(collections)) or [str(COLLECTIONS / DEFAULT_COLLECTION)]
    if len(chosen) == 1:
        return Searcher.open(model, chosen[0], store=store)
    if store_named(store)[1]:
        raise CollectionError("Several collections are searched as one in memory: name one, or leave --store out.")
    encoder, searchers = load_model(model), []
    for each in chosen:
        try:
            searchers.append(Searcher.open(encoder, each))
        except CollectionError as error:
            print(f"{each} is left out: {error}", file=sys.stderr)
    if not searchers:
        raise CollectionError(f"None of the {len(chosen)} collections can be read, as told above.")
    return Searcher.joined(searchers)


def _check(options: argparse.Namespace) -> None:
    """Before any work.

    Raises:
        QueryError: for options that do not go together.
    """
    from vse.errors import QueryError

    if (options.query is None) == (options.queries is None):
        raise QueryError("Give either a query or a file of them with --queries.")
    of_pictures = [flag for flag, given in (("--copy-to", options.copy_to is not None), ("--paths", options.paths),
                   ("--null", options.null)) if given]  # fmt: skip
    if of_pictures and options.query is None:
        raise QueryError(f"{of_pictures[0]} takes the answers to one query: leave --queries out, or ask for --json.")
    if of_pictures and names_picture(options.query):
        raise QueryError(f"The answers to a picture's path are captions, and {of_pictures[0]} takes pictures: "
                         "ask '[upload]' --upload PICTURE for those like it.")  # fmt: skip


def _queries(file: str) -> dict[int, str]:
    """The queries of a text file by their lines, from 1; blank lines are passed over.

    Raises:
        QueryError: for a file that cannot be read or holds no query.
    """
    from vse.errors import QueryError

    name = "Standard input" if file == "-" else f"'{file}'"
    try:
        text = (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode("utf-8-sig")
    except OSError as error:
        raise QueryError(f"{name} cannot be read ({error.strerror}): give a text file, a query a line.") from error
    except UnicodeDecodeError as error:
        raise QueryError(f"{name} is no text in UTF-8 ({error.reason}): save it as such, a query a line.") from error
    queries = {number: line.strip() for number, line in enumerate(text.split("\n"), start=1) if line.strip()}
    if not queries:
        raise QueryError(f"{name} holds no query: write one a line.")
    return queries


def _ask_all(searcher: Searcher, queries: dict[int, str], options: argparse.Namespace) -> None:
    """Each query's answers after a line that names it; one that cannot be answered is told and costs only itself."""
    from vse.errors import QueryError, VSEError
    from vse.search.given import encoded

    embed = searcher.embedded_ahead(query for query in queries.values() if not names_picture(query))
    upload = encoded(searcher.encoder, options.upload)
    rows: list[dict[str, Any]] = []
    for line, query in queries.items():
        print(f"{line}: {query}")
        asked = {"line": line, "query": query}
        try:
            found = _ask(searcher, query, options, embed, upload)
        except VSEError as error:
            print(f"line {line}: {error}", file=sys.stderr)
            rows.append({**asked, "error": str(error)})
            continue
        _print_found(searcher, found, options)
        rows.append({**asked, "answers": found.answers, **found.more(options)})
    write_json(options.json, {**_settings(searcher, options), "queries": rows})
    if failed := sum("error" in row for row in rows):
        raise QueryError(f"{failed:,} of the {len(rows):,} queries cannot be answered, as told above; the others are.")


def _ask(
    searcher: Searcher,
    query: str,
    options: argparse.Namespace,
    embed: EmbedTexts | None = None,
    upload: str | dict[str, np.ndarray] | None = None,
) -> _Found:
    """The answers to one query; of many, `embed` and `upload` give what was encoded once for all.

    Raises:
        QueryError: for an upload that the query, asked alone, has no place for.
    """
    from vse.errors import QueryError
    from vse.search.given import things_given
    from vse.search.query import UPLOAD, read

    if names_recording(query):
        return _pictures(searcher, f"[{UPLOAD}]", options, embed, query)
    if not names_picture(query):
        query, files = _files_in(searcher, query)
        if options.upload is not None and upload is None and not read(query).given:
            raise QueryError(
                f"--upload gives what [upload] stands for, and {query!r} has none: write it where it belongs."
            )
        return _pictures(searcher, query, options, embed, {**things_given(upload or options.upload), **files} or None)
    hits = _told(searcher, query, options.k)
    return _Found(hits, [_row(hit, caption=searcher.words(searcher.told_in, hit)) for hit in hits], [])


def _settings(searcher: Searcher, options: argparse.Namespace) -> dict[str, Any]:
    return {"model": searcher.encoder.name, "min_fit": _least(options)}


def _least(options: argparse.Namespace) -> float:
    from vse.encoders.calibration import MIN_FIT

    return MIN_FIT if options.min_fit is None else options.min_fit


def _copy(searcher: Searcher, found: _Found, options: argparse.Namespace) -> None:
    from vse.search.copies import copy_answers

    about = {"query": options.query, "collection": searcher.collection.name, "model": searcher.encoder.name}
    copies = copy_answers(options.copy_to, searcher.collection, found.answers, about)
    print(f"{len(copies):,} pictures copied to {options.copy_to}")


def _row(hit: Hit, **more: str | int | None) -> dict[str, Any]:
    score = None if math.isnan(hit.score) else hit.score
    return {"rank": hit.rank, "score": score, "fit": hit.fit, "id": hit.item_id, **more}


def _print_found(searcher: Searcher, found: _Found, options: argparse.Namespace) -> None:
    """A line an answer; those that fit first, then the weaker ones; and what each word adds."""
    from vse.cli.opened import print_opened
    from vse.search.fit import count_fitting

    fitting, collection = count_fitting(found.hits, _least(options)), searcher.collection.name
    for number, answer in enumerate(found.answers):
        if number == fitting:
            print("weaker matches:" if fitting else f"Nothing in {collection} fits this well; weaker matches:")
        score = "" if answer["score"] is None else f"{answer['score']:.3f}  "
        print(f"{answer['rank']:3}  {score}{answer['id']}  {answer['caption']}")
        for alike in answer.get("alike", ()):
            print(f"     alike: {alike}")
    if options.why:
        _print_why(found.why)
    if found.opened:
        print_opened(found.opened, found.hits[0].item_id)


def _told(searcher: Searcher, picture: str, k: int) -> list[Hit]:
    """The recipes or captions nearest to a picture, after a note where it is unlike the model's own."""
    from vse.search.unlike import told_of
    from vse.search.vectors import IMAGE

    searcher.index(searcher.told_in)
    vector = searcher.encoder.encode_images([picture])[0]
    if note := told_of(searcher.encoder, picture, vector):
        print(f"note: {note}")
    return searcher.nearest(vector, searcher.told_in, k, query_is=IMAGE)


def _pictures(
    searcher: Searcher,
    query: str,
    options: argparse.Namespace,
    embed: EmbedTexts | None,
    upload: str | dict[str, Any] | None,
) -> _Found:
    """The answers to an expression, after notes on negation and on unknown words."""
    from vse.cli.opened import opened
    from vse.modalities.image.facts import Facts

    found = searcher.ask(
        _recipe_in(query) or query,
        options.k,
        options.upload if upload is None else upload,
        options.way,
        options.keep_operands,
        embed,
        options.fold_duplicates,
    )
    for note in _notes(searcher, found):
        print(f"note: {note}")
    if found.query.filters and not found.hits:
        print(f"No picture of {searcher.collection.name} fits {' '.join(map(str, found.query.filters))}.")
    items = [searcher.collection.item(hit.item_id) for hit in found.hits]
    facts = [asdict(known.get(item.id, Facts())) if (known := searcher.facts) is not None else {} for item in items]
    vector = None if found.resolved is None else found.resolved.vector
    answers = [
        _row(
            hit, caption=searcher.telling_caption(hit.item_id, found.query, vector), image=str(item.image_path), **more
        )
        for hit, item, more in zip(found.hits, items, facts, strict=True)
    ]
    if options.fold_duplicates:
        for answer in answers:
            answer["alike"] = [hit.item_id for hit in found.alike.get(answer["id"], ())]
    why = _why(searcher, found, options.way) if options.why else []
    apart = opened(searcher, found, options.way, options.places) if options.explain else None
    return _Found(found.hits, answers, why, apart)


def _files_in(searcher: Searcher, query: str) -> tuple[str, dict[str, str]]:
    """A query with [upload] and [speech] for the paths of a picture and of a recording that stand in its brackets, and
    these paths by those names.

    Raises:
        QueryError: for two of one kind.
    """
    from vse.errors import QueryError
    from vse.modalities import SPEECH
    from vse.modalities.image.decoding import IMAGE_SUFFIXES
    from vse.modalities.speech.decoding import is_sound
    from vse.search.query import UPLOAD, Picture, read

    if "[" not in query or _recipe_in(query) is not None:
        return query, {}
    parsed, files = read(query), {}
    for path in parsed.pictures:
        is_picture = Path(path).suffix.lower() in IMAGE_SUFFIXES and os.path.isfile(path)
        if path in searcher.collection.rows or not (is_picture or is_sound(path)):
            continue
        name = SPEECH if is_sound(path) else UPLOAD
        if name in files or name in parsed.given:
            raise QueryError(f"Only one file can stand for [{name}], and this query has more: leave [{path}] out.")
        files[name] = path
        terms = (replace(t, operand=Picture(name)) if t.operand == Picture(path) else t for t in parsed.terms)
        parsed = replace(parsed, terms=tuple(terms))
    return str(parsed) if files else query, files


def _recipe_in(query: str) -> Query | None:
    """The recipe in a text file whose path was given; None for any other query."""
    from vse.search.query import Query, Term, Written

    if Path(query).suffix.lower() not in _TEXTS or not os.path.isfile(query):
        return None
    from vse.modalities.recipe.modality import recipe_of

    return Query((Term(1, Written(recipe_of(Path(query)))),))


def _notes(searcher: Searcher, found: Answer) -> Iterator[str]:
    if found.heard is not None:
        yield (
            f"heard: {' '.join(found.heard)}" if found.heard else "no words were made out, so the answers mean nothing"
        )
    if found.negation:
        yield str(found.negation)
    unknown = [(each, "passes over it") for each in searcher.unknown_words(found.query)]
    unknown += [(each, _reads(each)) for each in searcher.spelt_words(found.query)]
    for each, done in unknown:
        hint = f"; near words: {', '.join(each.suggestions)}" if each.suggestions else ""
        yield f"the model does not know {each.word!r} and {done}{hint}"
    if placed := searcher.placed_words(found.query):
        yield f"the model has never read {', '.join(map(repr, placed))}; other word vectors say where it stands"


def _reads(word: UnknownWord) -> str:
    return f"reads it as {word.read_as!r}" if word.read_as else "reads it by its letters"


def _why(searcher: Searcher, found: Answer, way: str) -> list[dict[str, Any]]:
    """What each word adds: its share in the score of each answer, and how exact that is."""
    from vse.search.explain import answer_shares

    ids, scores = [hit.item_id for hit in found.hits], [hit.score for hit in found.hits]
    shares = answer_shares(searcher, found.query, ids, scores, way, found.resolved)
    return [
        {"word": each.word, "mean": each.mean, "error": each.error, "shares": each.shares.tolist()} for each in shares
    ]


def _print_why(why: list[dict[str, Any]]) -> None:
    print("\nwhat each word adds, on average over these answers:" if why else "\nno words: nothing to leave out")
    for each in why:
        error = f" ± {each['error']:.3f}" if each["error"] else ""
        print(f"     {'   --' if each['mean'] is None else format(each['mean'], '+.3f')}{error}  {each['word']}")


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
