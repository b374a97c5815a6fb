"""Which layer of a CNN serves another task, how much of it to copy, how to prepare it. Only reads what ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from vse.io.configs import read_json
from vse.io.paths import ASSETS

from ..shared.templating import render
from .curves import Line, Steps, chart
from .layer_maps import MAPS

LAYERS, COPIED, FACTORS = (ASSETS / f"transfer-{study}.json" for study in ("layers", "copied", "factors"))
KINDS = ("pictures", "words", "other")  # of the style sheet, one a collection
MEASURES = {
    "accuracy": "Linear probe: right labels, %",
    "mean_average_precision": "Photographs of the same label found first, mAP %",
}
STEPS = Steps("layer", "layers")


def transfer_sections() -> dict[str, str]:
    """The title of each study of transfer that ships, by the selector of its heading."""
    studies = (
        (LAYERS, "transfer", "Which layer transfers"),
        (MAPS, "layer-maps", "What each layer sees"),
        (COPIED, "copied", "How much to copy"),
        (FACTORS, "factors", "How to prepare features"),
    )
    return {f"#evaluate-photographs .{kind} h2": title for path, kind, title in studies if path.is_file()}


def transfer_html(layers: Path = LAYERS) -> Markup:
    """The section; nothing where the study of layers does not ship."""
    if not layers.is_file():
        return Markup("")
    found = read_json(layers)
    alone = [row for row in found["rows"] if row["depth"]]
    names = [each["name"] for each in found["about"]["labelled"]]
    drawn = [chart(title, _lines(names, alone, figure), steps=STEPS) for figure, title in MEASURES.items()]
    sums = [row["rsum"][0] if row["rsum"] else None for row in alone]
    drawn.append(chart("Captions and photographs: sum of recalls", [Line("sum of recalls", "ink", sums)], steps=STEPS))
    return render(
        "evaluate/transfer.html.jinja",
        about=found["about"],
        charts=[each for each in drawn if each],
        count=len(alone),
        names=names,
        rows=telling(found["rows"], names),
    )


def copied_html(path: Path = COPIED) -> Markup:
    """How much of a CNN to copy; nothing where that study does not ship."""
    if not path.is_file():
        return Markup("")
    found = read_json(path)
    rows = found["rows"]
    lines = [
        Line(title, kind, [row[of][0] for row in rows])
        for of, title, kind in (("fine_tuned", "fine-tuned", "pictures"), ("frozen", "frozen", "words"))
    ]
    steps = Steps("layers copied:", "numbers of copied layers", tuple(str(row["copied"]) for row in rows))
    return render(
        "evaluate/copied.html.jinja",
        about=found["about"],
        charts=[chart("Right labels, %", lines, steps=steps)],
        rows=rows,
    )


def factors_html(path: Path = FACTORS) -> Markup:
    """How features are prepared; nothing where that study does not ship."""
    if not path.is_file():
        return Markup("")
    found = read_json(path)
    names = [each["name"] for each in found["about"]["labelled"]]
    return render("evaluate/factors.html.jinja", about=found["about"], names=names, rows=found["rows"])


def _lines(names: list[str], rows: list[dict[str, Any]], figure: str) -> list[Line]:
    of_each = zip(names, KINDS, strict=False)
    return [Line(name, kind, [row["labelled"][name][figure] for row in rows]) for name, kind in of_each]


def telling(rows: list[dict[str, Any]], names: list[str]) -> list[dict[str, Any]]:
    """The first layer, the one in the middle, the last, those that are best at something, and all together."""
    alone = [row for row in rows if row["depth"]]
    kept = {1, -(-len(alone) // 2), len(alone), *(row["depth"] for row in rows if not row["depth"])}
    for name in names:
        for figure in MEASURES:
            kept.add(max(alone, key=lambda row: row["labelled"][name][figure])["depth"])
    if trained := [row for row in alone if row["rsum"]]:
        kept.add(max(trained, key=lambda row: row["rsum"][0])["depth"])
    return [row for row in rows if row["depth"] in kept]
