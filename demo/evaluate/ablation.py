"""Learning from photographs: the model that ships, and what each choice of a VSE brings. Only reads what ships."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from vse.encoders.files import read_history
from vse.io.configs import read_json
from vse.io.paths import ASSETS, MODELS, PHOTO_MODEL
from vse.training import objectives

from ..shared.lists import section
from ..shared.templating import render
from .curves import Line, chart, charts, starts, value
from .data import HISTORY
from .layer_maps import layer_maps_html
from .photo_sums import photo_sums_html
from .transfer import copied_html, factors_html, transfer_html

SHIPPED = ASSETS / "ablation.json"
SETTINGS = ASSETS / "ablation-settings.json"
KINDS = ("ink", "pictures", "words", "other")  # of the style sheet, one a curve
TITLES = {  # of what is no loss
    "last layer": "last layer",
    "full network": "full network",
    "random": "random words",
    "GloVe": "GloVe words",
}
CHOICES = {"loss": "losses", "features": "features", "words": "words"}
Row = dict[str, Any]


@cache
def photographs_html() -> str:
    """The model for photographs, its sums, what each choice brings, and which layer transfers; all of it ships."""
    transfer = transfer_html() + layer_maps_html() + copied_html() + factors_html()
    return photo_model_html() + photo_sums_html() + ablation_html() + transfer


def ablation_html(path: Path = SHIPPED, settings: Path = SETTINGS) -> str:
    """The section; nothing where no ablation ships.

    Args:
        path: of the combinations. settings: of one of them, trained with further settings.
    """
    if not path.is_file():
        return ""
    found = read_json(path)
    about, rows = found["about"], found["rows"]
    return render(
        "evaluate/ablation.html.jinja",
        about=about,
        rows=rows,
        changed=read_json(settings)["rows"] if settings.is_file() else [],
        curves=[curves(f"Sum of recalls: the {name}", rows, rows[0], choice) for choice, name in CHOICES.items()],
        title_of=title_of,
    )


def photo_model_html(name: str = PHOTO_MODEL, models: Path = MODELS) -> str:
    """How the model for photographs learnt; nothing where it does not ship."""
    path = models / name / HISTORY
    if not path.is_file():
        return ""
    history = read_history(models / name)
    recall = [
        Line("caption → pictures", "pictures", [value(each, "dev", "text_to_image", "r1") for each in history]),
        Line("picture → captions", "words", [value(each, "dev", "image_to_text", "r1") for each in history]),
    ]
    total = [Line("sum of recalls", "ink", [value(each, "dev", "rsum") for each in history])]
    loss = [Line("loss", "ink", [value(each, "loss") for each in history])]
    rounds = starts(history)
    note = (
        "On the photographs of its dev split, after every epoch. Its CNN is frozen in the first epochs, and learns "
        "slowly then; its card tells the rest."
    )
    drawn = charts(
        chart("Sum of the six recalls", total, rounds),
        chart("Recall at 1, %", recall, rounds),
        chart("Loss in training", loss, rounds, joined=False),
        note=note,
    )
    return section(f"How {name} learnt", drawn)


def title_of(choice: str) -> str:
    return TITLES.get(choice) or objectives.title_of(choice)


def curves(title: str, rows: Sequence[Row], best: Row, varied: str) -> str:
    """The curves of the rows that differ from the best one in one choice at most."""
    kept = [each for each in ("loss", "features", "words") if each != varied]
    alike = [row for row in rows if all(row[each] == best[each] for each in kept)]
    lines = [Line(title_of(row[varied]), kind, list(row["curve"])) for row, kind in zip(alike, KINDS, strict=False)]
    return chart(title, lines, [0])
