"""The figures of word vectors as tables, from what `python -m vse words evaluate` stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vse.evaluation.tables import UNKNOWN, figure, percent, table


def analogies_table(found: Mapping[str, Any]) -> str:
    """Analogies over all sections, rows by what was asked and which vectors answer; Markdown.

    Args:
        found: by the vectors' name, see `vse.cli.words.evaluate.measured`.
    """
    head = ["analogies", "vectors", "3CosAdd", "3CosMul", "3CosAdd, nothing left out", "3CosMul, nothing left out",
            "questions", "with an unknown word"]  # fmt: skip
    rows = []
    for name in dict.fromkeys(name for each in found.values() for name in each["analogies"]):
        for vectors, each in found.items():
            scores = each["analogies"][name][""]
            shares = [scores[key] if scores["questions"] else None for key in ("add", "mul", "add_all", "mul_all")]
            counts = [f"{scores[key]:,}" for key in ("questions", "left_out")]
            rows.append([name, vectors, *map(percent, shares), *counts])
    return "\n".join(table(head, rows))


def sections_table(found: Mapping[str, Any], name: str, with_all: bool = False) -> str:
    """3CosAdd / 3CosMul and how many questions are known, a row for each section of the questions `name`; Markdown.

    Args:
        with_all: of the answers from which the words of the question are not left out.
    """
    keys = ("add_all", "mul_all") if with_all else ("add", "mul")
    title = f"{name}, 3CosAdd / 3CosMul (questions known){', nothing left out' if with_all else ''}"
    rows = []
    for section in (section for section in next(iter(found.values()))["analogies"][name] if section):
        scores = [each["analogies"][name][section] for each in found.values()]
        cells = [f"{' / '.join(percent(each[key]) for key in keys)} ({each['questions']:,})" for each in scores]
        rows.append(
            [section, *(cell if each["questions"] else UNKNOWN for cell, each in zip(cells, scores, strict=True))]
        )
    return "\n".join(table([title, *found], rows))


def likeness_table(found: Mapping[str, Any]) -> str:
    """Similarity and clusters, a row for each set of vectors; Markdown."""
    pairs = list(dict.fromkeys(name for each in found.values() for name in each["pairs"]))
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
    return "\n".join(table(head, rows))
