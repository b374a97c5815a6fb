"""words evaluate: how good word vectors are by themselves."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vse.cli.options import add_json, at_least, write_json
from vse.errors import TextError
from vse.io.installed import install_extra

if TYPE_CHECKING:
    from vse.evaluation.analogies import Analogy


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
    from vse.evaluation.tables import percent, table
    from vse.evaluation.word_vectors import (
        read_pairs,
        read_questions,
        score_analogies,
        score_clusters,
        score_pairs,
        stability,
        world_questions,
    )
    from vse.words.shipped import words_here, words_of

    sets = [words_of(each) for each in options.files or words_here()]
    if options.stability:
        share = stability(sets)
        print(f"{percent(share)} % of a word's ten nearest words are the same, over {len(sets)} sets of vectors")
        write_json(options.json, {"stability": share})
        return
    questions = {"the world's": world_questions()}
    if path := options.questions or _of_gensim("questions-words.txt"):
        questions[Path(path).name] = read_questions(path)
    pairs = {name: read_pairs(path) for name, path in _pairs(options.pairs).items()}
    found: dict[str, Any] = {}
    for each in sets:
        found[each.name] = {
            "words": len(each),
            "dim": each.dim,
            "analogies": {name: {section: asdict(scores) for section, scores in
                                 score_analogies(each, asked, options.most).items()}
                          for name, asked in questions.items()},
            "pairs": {name: asdict(score_pairs(each, judged)) for name, judged in pairs.items()},
            "clusters": asdict(score_clusters(each)),
        }  # fmt: skip
    print("\n".join(table(*_analogy_rows(found, questions, options.sections))), "\n")
    print("\n".join(table(*_other_rows(found, pairs))))
    if not pairs:
        print(f"\nThe public test sets come with gensim: {install_extra('words', 'gensim')}.")
    write_json(options.json, found)


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


def _analogy_rows(
    found: dict[str, Any], questions: dict[str, list[Analogy]], by_section: bool
) -> tuple[list[str], Iterable[list[str]]]:
    from vse.evaluation.tables import percent

    head = ["analogies", "vectors", "3CosAdd", "3CosMul", "3CosAdd, nothing left out", "3CosMul, nothing left out",
            "questions", "with an unknown word"]  # fmt: skip
    rows = []
    for name in questions:
        sections = dict.fromkeys(section for each in found.values() for section in each["analogies"][name])
        for section in sections if by_section else [""]:
            for vectors, each in found.items():
                scores = each["analogies"][name][section]
                shares = [scores[key] if scores["questions"] else None for key in ("add", "mul", "add_all", "mul_all")]
                counts = [f"{scores[key]:,}" for key in ("questions", "left_out")]
                rows.append([f"{name}: {section}" if section else name, vectors, *map(percent, shares), *counts])
    return head, rows


def _other_rows(found: dict[str, Any], pairs: dict[str, Any]) -> tuple[list[str], Iterable[list[str]]]:
    from vse.evaluation.tables import figure, percent

    head = ["vectors", "words", "numbers", *(f"{name}, rho (pairs known)" for name in pairs)]
    head += ["purity of clusters (nouns, k)"]
    rows = []
    for vectors, each in found.items():
        cells = [vectors, f"{each['words']:,}", str(each["dim"])]
        for name in pairs:
            scores = each["pairs"][name]
            cells.append(f"{figure(scores['rho'], 2)} ({scores['known']} of {scores['pairs']})")
        clusters = each["clusters"]
        spread = f" ± {percent(clusters['deviation'])}" if clusters["purity"] is not None else ""
        cells.append(f"{percent(clusters['purity'])}{spread} ({clusters['words']}, {clusters['k']})")
        rows.append(cells)
    return head, rows
