"""Learning from photographs: the model that ships, and what each choice of a VSE brings. Only reads what ships."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vse.encoders.files import read_history
from vse.evaluation.tables import figure
from vse.io.configs import read_json
from vse.io.paths import ASSETS, MODELS, PHOTO_MODEL
from vse.training.objectives import title_of

from ..shared.lists import table
from ..shared.render import escape, heading
from .curves import Line, chart, starts, value
from .data import HISTORY

SHIPPED = ASSETS / "ablation.json"
KINDS = ("ink", "pictures", "words", "other")  # of the style sheet, one a curve
TITLES = {  # of what is no loss
    "last layer": "last layer",
    "full network": "full network",
    "random": "random words",
    "GloVe": "GloVe words",
}
COLUMNS = ("Loss", "Features", "Words", "R@1 words → pictures", "R@1 picture → captions", "Sum of recalls")
Row = dict[str, Any]


def ablation_html(path: Path = SHIPPED) -> str:
    """The section; nothing where no ablation ships."""
    if not path.is_file():
        return ""
    found = read_json(path)
    about, rows = found["about"], found["rows"]
    best = rows[0]
    side = f"{escape(about['collection'])} · {about['train']:,} photographs to learn from, {about['dev']:,} to measure"
    intro = (
        f"Four losses, two kinds of features of the pictures ({escape(about['backbone'])}, frozen) and two beginnings "
        f"of the words, each trained {about['seeds']} times for {about['epochs']} epochs and otherwise the same: the "
        "mean, and ± the standard deviation over the seeds. Differences of about that size say nothing."
    )
    lines = "".join(table_row(row) for row in rows)
    charts = curves("Sum of recalls: the losses", rows, best, "loss")
    charts += curves("Sum of recalls: the features", rows, best, "features")
    charts += curves("Sum of recalls: the words", rows, best, "words")
    return (
        f'<section class="answer measures choices">{heading("What each choice brings", side)}'
        f'<p class="note">{intro}</p><div class="charts">{charts}</div>'
        '<p class="note">Each chart varies one choice of the best row and keeps the others.</p>'
        f'<div class="tables">{table("All combinations", "", COLUMNS, lines)}</div></section>'
    )


def photo_model_html(name: str = PHOTO_MODEL, models: Path = MODELS) -> str:
    """How the model for photographs learnt; nothing where it does not ship."""
    path = models / name / HISTORY
    if not path.is_file():
        return ""
    history = read_history(models / name)
    recall = [
        Line("words → pictures", "pictures", [value(each, "dev", "text_to_image", "r1") for each in history]),
        Line("picture → captions", "words", [value(each, "dev", "image_to_text", "r1") for each in history]),
    ]
    total = [Line("sum of recalls", "ink", [value(each, "dev", "rsum") for each in history])]
    loss = [Line("loss", "ink", [value(each, "loss") for each in history])]
    rounds = starts(history)
    charts = chart("Sum of the six recalls", total, rounds) + chart("Recall at 1, %", recall, rounds)
    charts += chart("Loss in training", loss, rounds, joined=False)
    note = (
        "On the photographs of its dev split, after every epoch. Its CNN is frozen in the first epochs, and learns "
        "slowly then; its card tells the rest."
    )
    return (
        f'<section class="answer measures">{heading(f"How {escape(name)} learnt")}<div class="charts">{charts}</div>'
        f'<p class="note">{note}</p></section>'
    )


def table_row(row: Row) -> str:
    names = "".join(f'<td class="way">{escape(TITLES[row[each]])}</td>' for each in ("features", "words"))
    figures = "".join(spread(row[each]) for each in ("r1_text_to_image", "r1_image_to_text", "rsum"))
    return f'<tr><th scope="row">{escape(title_of(row["loss"]))}</th>{names}{figures}</tr>'


def spread(value: Sequence[float]) -> str:
    mean, deviation = value
    return f"<td>{figure(mean)} <small>± {figure(deviation)}</small></td>"


def curves(title: str, rows: Sequence[Row], best: Row, varied: str) -> str:
    """The curves of the rows that differ from the best one in one choice at most."""
    kept = [each for each in ("loss", "features", "words") if each != varied]
    alike = [row for row in rows if all(row[each] == best[each] for each in kept)]
    lines = [
        Line(TITLES.get(row[varied]) or title_of(row[varied]), kind, list(row["curve"]))
        for row, kind in zip(alike, KINDS, strict=False)
    ]
    return chart(title, lines, [0])
