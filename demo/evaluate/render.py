"""The tables of the Evaluate view as HTML. Texts go through `escape`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vse.data import Collection
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE, RetrievalMetrics
from vse.evaluation.retrieval import Evaluation, TruthMetrics
from vse.evaluation.tables import figure

from ..shared.lists import DIRECTIONS, QUERY, empty, number, sizes, table
from ..shared.render import escape, heading
from .data import OVERALL, Shares

RECALL = (
    "How often a query finds what it was written for: the share in percent that has its own among the first 1, 5 or 10."
)
TRUTH = (
    "A caption may be true of many pictures, and recall counts all but one of them as wrong. Here an answer is right "
    "when it is true: the first one (satisfied@1), and the share of the first ten, out of ten and out of as many as "
    "there are."
)
HELD_OUT = "Only queries about combinations that training never showed."
ARITHMETIC = (
    "A picture, minus a word, plus another, should find the same scene with that one thing changed: exactly it "
    "(exact), at least the new thing without the old one (true), and how much of the rest is kept. In percent."
)
UNKNOWN = "–"


@dataclass(frozen=True)
class ModelRow:
    """What is known of one model now; `doing`, HTML, says what is still being done or went wrong."""

    name: str
    evaluation: Evaluation | None = None
    arithmetic: dict[str, Shares] | None = None
    doing: str = ""
    doing_arithmetic: str = ""


def tables(rows: Sequence[ModelRow], collection: Collection) -> str:
    """All tables, each model's row in each."""
    head = heading("How good the models are", sizes(collection))
    if not collection.captions:
        return (
            f'<section class="answer measures">{head}{empty("Without captions there is nothing to measure.")}</section>'
        )
    body = recall_table(rows)
    if collection.annotations is not None:
        body += truth_table("Is the answer true?", TRUTH, rows, held_out=False)
        body += truth_table("Never seen in training", HELD_OUT, rows, held_out=True)
    if any(row.arithmetic or row.doing_arithmetic for row in rows):
        body += arithmetic_table(rows) + arithmetic_by_swap(rows)
    return f'<section class="answer measures">{head}<div class="tables">{body}</div></section>'


def recall_table(rows: Sequence[ModelRow]) -> str:
    def cells(metrics: RetrievalMetrics) -> str:
        ranks = f"<td>{metrics.median_rank:g}</td><td>{figure(metrics.mean_rank)}</td>"
        return "".join(map(number, (metrics.r1, metrics.r5, metrics.r10))) + ranks

    lines = ""
    for row in rows:
        if row.evaluation is None:
            lines += missing(row.name, row.doing, 7)
            continue
        words, picture = (row.evaluation.directions[each] for each in (TEXT_TO_IMAGE, IMAGE_TO_TEXT))
        total = f'<td rowspan="2" class="total">{figure(row.evaluation.rsum)}</td>'
        lines += pair(row.name, cells(words) + total, cells(picture))
    columns = ("Model", QUERY, "R@1", "R@5", "R@10", "Median rank", "Mean rank", "Sum of recalls")
    return table("Recall", RECALL, columns, lines)


def truth_table(title: str, note: str, rows: Sequence[ModelRow], held_out: bool) -> str:
    def cells(metrics: TruthMetrics) -> str:
        shares = (metrics.satisfied_at_1, metrics.precision_at_10, metrics.capped_precision_at_10)
        return "".join(map(number, shares)) + f"<td>{metrics.queries:,}</td>"

    lines = ""
    for row in rows:
        known = row.evaluation and (row.evaluation.held_out if held_out else row.evaluation.truth)
        if known:
            words, picture = (cells(known[each]) for each in (TEXT_TO_IMAGE, IMAGE_TO_TEXT))
            lines += pair(row.name, words, picture)
        else:
            lines += missing(row.name, row.doing, 5)
    columns = ("Model", QUERY, "Satisfied@1", "Precision@10", "Of as many as there are", "Queries")
    return table(title, note, columns, lines)


def arithmetic_table(rows: Sequence[ModelRow]) -> str:
    lines = ""
    for row in rows:
        if row.arithmetic is None:
            lines += missing(row.name, row.doing_arithmetic, 5)
            continue
        shares = row.arithmetic[OVERALL]
        lines += (
            f'<tr><th scope="row">{escape(row.name)}</th>{in_percent(shares)}<td>{shares["queries"]:,.0f}</td></tr>'
        )
    return table("Arithmetic", ARITHMETIC, ("Model", "Exact@1", "Exact@5", "True@1", "Kept", "Queries"), lines)


def arithmetic_by_swap(rows: Sequence[ModelRow]) -> str:
    """The same for each kind of swap, folded away."""
    scored = [(row.name, row.arithmetic) for row in rows if row.arithmetic]
    if not scored:
        return ""
    lines = "".join(
        f'<tr><th scope="row">{escape(swap)}</th><td class="model">{escape(name)}</td>{in_percent(shares[swap])}'
        f"<td>{shares[swap]['queries']:,.0f}</td></tr>"
        for swap in scored[0][1]
        if swap != OVERALL
        for name, shares in scored
        if swap in shares
    )
    shown = table(
        "Arithmetic by what is changed",
        "",
        ("Changed", "Model", "Exact@1", "Exact@5", "True@1", "Kept", "Queries"),
        lines,
    )
    return f'<details class="more-figures"><summary>Arithmetic by what is changed</summary>{shown}</details>'


def in_percent(shares: Shares) -> str:
    return "".join(number(100 * shares[name]) for name in ("exact_at_1", "exact_at_5", "truth_at_1", "kept"))


def pair(name: str, words: str, picture: str) -> str:
    """Two rows of one model, a direction each."""
    first, second = DIRECTIONS.values()
    return (
        f'<tr><th scope="rowgroup" rowspan="2">{escape(name)}</th><td class="way">{first}</td>{words}</tr>'
        f'<tr class="second"><td class="way">{second}</td>{picture}</tr>'
    )


def missing(name: str, doing: str, columns: int) -> str:
    """A row without figures; `doing` is HTML."""
    return f'<tr><th scope="row">{escape(name)}</th><td class="doing" colspan="{columns}">{doing or UNKNOWN}</td></tr>'
