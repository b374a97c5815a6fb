"""words evaluate: how good word vectors are by themselves."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vse.cli.options import add_json, at_least, write_json
from vse.errors import TextError
from vse.io.installed import install_extra

if TYPE_CHECKING:
    from vse.evaluation.analogies import Analogy
    from vse.words.table import WordVectors


def add(commands: argparse._SubParsersAction) -> None:
    evaluate = commands.add_parser("evaluate", help="analogies, similarity and clusters of word vectors side by side")
    evaluate.add_argument("files", nargs="*", help="files, or names of those that are here (all that are here)")
    questions = "analogies like questions-words.txt, beside the world's own (gensim's copy where it is installed)"
    evaluate.add_argument("--questions", type=Path, help=questions)
    pairs = "NAME=FILE, pairs of words with people's judgements (gensim's WordSim-353 and SimLex-999); may be repeated"
    evaluate.add_argument("--pairs", action="append", metavar="NAME=FILE", help=pairs)
    evaluate.add_argument("--most", type=at_least(4), default=30_000, help="words that may answer (30,000)")
    evaluate.add_argument("--sections", action="store_true", help="analogies by section, too")
    stable = "how many of a word's ten nearest words are the same in all files, trained with other seeds"
    evaluate.add_argument("--stability", action="store_true", help=stable)
    add_json(evaluate)
    evaluate.set_defaults(run_command=run_evaluate)


def run_evaluate(options: argparse.Namespace) -> None:
    from vse.evaluation.tables import percent
    from vse.evaluation.word_tables import analogies_table, likeness_table, sections_table
    from vse.evaluation.word_vectors import read_pairs, read_questions, stability
    from vse.evaluation.world_questions import WORLD, world_questions
    from vse.words.shipped import words_here, words_of

    given = options.files or words_here()
    sets = [words_of(each) for each in given]
    if options.stability:
        same = stability(sets, most=options.most)
        print(f"{percent(same.overlap)} % of a word's ten nearest words are the same: the mean over {same.words:,} "
              f"words and all pairs of {same.sets} sets of vectors")  # fmt: skip
        write_json(options.json, asdict(same))
        return
    questions = {WORLD: world_questions()}
    if path := options.questions or _of_gensim("questions-words.txt"):
        questions[Path(path).name] = read_questions(path)
    pairs = {name: read_pairs(path) for name, path in _pairs(options.pairs).items()}
    names = Counter(each.name for each in sets)
    labels = [each.name if names[each.name] == 1 else path for each, path in zip(sets, given, strict=True)]
    found = {label: measured(each, questions, pairs, options.most) for label, each in zip(labels, sets, strict=True)}
    print(analogies_table(found))
    print(f"\nThe first {options.most:,} words of each set may answer, the frequent ones. Of {WORLD} questions any "
          "word for the same thing is right.\n")  # fmt: skip
    if options.sections:
        for name in questions:
            print(f"{sections_table(found, name)}\n\n{sections_table(found, name, with_all=True)}\n")
    print(likeness_table(found))
    if len(questions) == 1 or not pairs:
        print(f"\nThe public test sets come with gensim: {install_extra('words', 'gensim')}.")
    write_json(options.json, found)


def measured(
    vectors: WordVectors, questions: Mapping[str, Sequence[Analogy]], pairs: Mapping[str, Sequence[Any]], most: int
) -> dict[str, Any]:
    """All figures of one set of vectors, as JSON."""
    from vse.evaluation.analogies import meaning
    from vse.evaluation.word_vectors import score_analogies, score_clusters, score_pairs
    from vse.evaluation.world_questions import WORLD

    analogies = {
        name: score_analogies(vectors, asked, most, meaning if name == WORLD else None)
        for name, asked in questions.items()
    }
    return {
        "words": len(vectors),
        "dim": vectors.dim,
        "analogies": {name: {key: asdict(each) for key, each in found.items()} for name, found in analogies.items()},
        "pairs": {name: asdict(score_pairs(vectors, judged)) for name, judged in pairs.items()},
        "clusters": asdict(score_clusters(vectors)),
    }


def _of_gensim(name: str) -> Path | None:
    try:
        from gensim.test.utils import datapath
    except ImportError:
        return None
    return Path(datapath(name))


def _pairs(given: Sequence[str] | None) -> dict[str, Path]:
    if given is None:
        known = {"WordSim-353": _of_gensim("wordsim353.tsv"), "SimLex-999": _of_gensim("simlex999.txt")}
        return {name: path for name, path in known.items() if path}
    found = {}
    for each in given:
        name, _, path = each.partition("=")
        if not name or not path:
            raise TextError(f"--pairs came as {each!r}; write NAME=FILE, such as men=men.tsv.")
        found[name] = Path(path)
    return found
