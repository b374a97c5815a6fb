"""words translate: words into another language by a linear map, how well that goes, and searching in Spanish."""

from __future__ import annotations

import argparse
from pathlib import Path

from vse.cli.options import add_collection, add_json, add_model, at_least, write_json

ENGLISH, SPANISH = "english-for-spanish", "spanish"


def add(commands: argparse._SubParsersAction) -> None:
    translate = commands.add_parser("translate", help="words into another language by a linear map, and how well")
    translate.add_argument("word", nargs="?", help="a word of the first language (none: measure the map)")
    vectors = "vectors of the {} language: a file, or the name of those that are here ({})"
    translate.add_argument("--from", dest="source", default=ENGLISH, help=vectors.format("first", ENGLISH))
    translate.add_argument("--to", dest="target", default=SPANISH, help=vectors.format("second", SPANISH))
    pairs = "pairs to learn from: word and translation a line, a tab between (the lexicon of Emoji Scenes)"
    translate.add_argument("--pairs", type=Path, help=pairs)
    translate.add_argument("-k", type=at_least(1), default=5, help="how many words (5)")
    search = "measure how pictures are found by Spanish captions instead, by a model that learnt English ones"
    translate.add_argument("--search", action="store_true", help=search)
    add_model(translate, "--model")
    add_collection(translate, "--collection")
    add_json(translate)
    translate.set_defaults(run_command=run_translate)


def run_translate(options: argparse.Namespace) -> None:
    from vse.data.scenes.language.spanish_words import word_groups
    from vse.evaluation.translation import in_order, read_pairs, translation_curve, translation_table
    from vse.io.progress import progress_bar
    from vse.words.shipped import words_of
    from vse.words.translation import Translator

    if options.search:
        _search(options)
        return
    source, target = words_of(options.source), words_of(options.target)
    groups = in_order(read_pairs(options.pairs) if options.pairs else word_groups(), source, target)
    if options.word is None:
        with progress_bar("maps", "size") as progress:
            rows = translation_curve(source, target, groups, progress=progress)
        print(translation_table(rows, source.name, target.name))
        write_json(options.json, [row.to_json() for row in rows])
        return
    learnt = Translator.learn(source, target, [pair for group in groups for pair in group])
    found = learnt.translate(options.word.lower(), options.k)
    for word, cosine in found:
        print(f"{cosine:6.3f}  {word}")
    write_json(options.json, [{"word": word, "cosine": cosine} for word, cosine in found])


def _search(options: argparse.Namespace) -> None:
    from vse.data import load_collection
    from vse.encoders.registry import load_model
    from vse.evaluation.translation import evaluate_spanish_search, search_table
    from vse.io.progress import progress_bar

    encoder, collection = load_model(options.model), load_collection(options.collection)
    with progress_bar("captions", "way") as progress:
        rows = evaluate_spanish_search(encoder, collection, progress)
    print(search_table(rows))
    write_json(options.json, [row.to_json() for row in rows])
