from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from demo.evaluate.ablation import photographs_html
from demo.evaluate.transfer import copied_html, factors_html, telling, transfer_html, transfer_sections

ABOUT = {
    "backbone": "cnn",
    "labelled": [{"name": "a<b", "labels": 3, "train": 1200, "test": 1100}],
    "captioned": {"name": "captions", "train": 6, "dev": 2, "seeds": 1, "epochs": 4},
}


def row(depth: int, accuracy: float, rsum: float | None = None, layer: str = "") -> dict[str, Any]:
    figures = {"accuracy": accuracy, "precision_at_1": 10.0, "mean_average_precision": 60.0 - accuracy}
    name = layer or f"layer{depth}"
    sums = None if rsum is None else [rsum, 0.0]
    return {"layer": name, "depth": depth, "width": 1024, "labelled": {"a<b": figures}, "rsum": sums}


ROWS = [row(1, 20), row(2, 30, 100.0), row(3, 10), row(4, 50), row(5, 40, 90.0), row(0, 55, layer="all layers")]


def test_the_first_the_middle_the_last_the_best_and_all_together():
    assert [each["depth"] for each in telling(ROWS, ["a<b"])] == [1, 2, 3, 4, 5, 0]
    assert [each["depth"] for each in telling([*ROWS[:4], row(5, 45), row(6, 45)], ["a<b"])] == [1, 2, 3, 4, 6]


def test_every_section_that_is_named_is_there():
    html = photographs_html()
    for selector, title in transfer_sections().items():
        kind = selector.split(".")[1].split()[0]
        assert f"measures {kind}" in html
        assert title in html


def test_curves_by_depth_and_a_table(tmp_path: Path):
    path = tmp_path / "layers.json"
    path.write_text(json.dumps({"about": ABOUT, "rows": ROWS}), encoding="utf-8")
    html = transfer_html(path)
    assert html.count("<svg") == 3
    assert "a&lt;b: 3 labels, 1,200 + 1,100 photographs" in html
    assert "its 5 layers" in html
    assert "layer 4: a&lt;b 50" in html
    assert "sum of recalls 90 at the end" in html
    assert html.count("<tr>") == 1 + 6
    path.write_text(json.dumps({"about": {**ABOUT, "captioned": None}, "rows": ROWS[:1]}), encoding="utf-8")
    assert transfer_html(path).count("<svg") == 2


def test_nothing_is_shown_where_none_ships(tmp_path: Path):
    assert transfer_html(tmp_path / "layers.json") == ""


def test_how_much_to_copy_and_how_to_prepare(tmp_path: Path):
    assert copied_html(tmp_path / "copied.json") == factors_html(tmp_path / "factors.json") == ""
    labelled = ABOUT["labelled"][0]
    about = {"backbone": "cnn", "labelled": labelled, "size": 96, "epochs": 12, "seeds": 1}
    rows = [{"copied": n, "frozen": [40.0 + n, 0.0], "fine_tuned": [50.0 + n, 0.0]} for n in (0, 26)]
    path = tmp_path / "copied.json"
    path.write_text(json.dumps({"about": about, "rows": rows}), encoding="utf-8")
    html = copied_html(path)
    assert "layers copied: 26: frozen 66" in html
    assert "one run each" in html
    assert html.count("<tr>") == 1 + 2
    path = tmp_path / "factors.json"
    rows = [
        {"layer": layer, "factor": "PCA", "value": "16", "accuracy": {"a<b": 20.0}, "mean_average_precision": nearest}
        for layer, nearest in (("last", {"a<b": 30.0}), ("all layers", {}))
    ]
    path.write_text(json.dumps({"about": {"backbone": "cnn", "labelled": [labelled]}, "rows": rows}), encoding="utf-8")
    html = factors_html(path)
    assert html.index("Layer last") < html.index("all layers")
    assert "a&lt;b: mAP" in html
