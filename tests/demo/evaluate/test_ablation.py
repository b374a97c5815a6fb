from __future__ import annotations

import json
from pathlib import Path

from demo.evaluate.ablation import ablation_html, curves, photo_model_html

ABOUT = {"collection": "a<b", "backbone": "cnn", "train": 6000, "dev": 1000, "seeds": 3, "epochs": 2}


def row(loss: str, features: str, words: str, rsum: float) -> dict[str, object]:
    figures = {"r1_text_to_image": [10.0, 0.5], "r1_image_to_text": [12.0, 0.25], "rsum": [rsum, 1.5]}
    return {"loss": loss, "features": features, "words": words, "seeds": 3, **figures, "curve": [rsum / 2, rsum]}


ROWS = [
    row("hardest_negative", "full network", "GloVe", 250.0),
    row("hinge_sum", "full network", "GloVe", 240.0),
    row("hardest_negative", "last layer", "GloVe", 230.0),
    row("hardest_negative", "full network", "random", 220.0),
]


def test_the_table_and_the_curves_of_what_ships(tmp_path: Path):
    path = tmp_path / "ablation.json"
    path.write_text(json.dumps({"about": ABOUT, "rows": ROWS}), encoding="utf-8")
    settings = tmp_path / "settings.json"
    html = ablation_html(path, settings)
    assert html.count("<tr>") == 1 + len(ROWS)
    assert "250.0 <small>± 1.5</small>" in html
    assert "a&lt;b" in html
    assert html.count("<svg") == 3
    assert "Further settings" not in html
    changed = [{**ROWS[2], "settings": "dim=1024 epochs=12", "rsum": [260.0, 2.0]}]
    settings.write_text(json.dumps({"rows": changed}), encoding="utf-8")
    html = ablation_html(path, settings)
    assert html.count("<tr>") == 2 + len(ROWS) + len(changed)
    assert "<code>dim=1024</code><br><code>epochs=12</code></th>" in html
    assert "260.0 <small>± 2.0</small>" in html


def test_nothing_is_shown_where_none_ships(tmp_path: Path):
    assert ablation_html(tmp_path / "ablation.json") == ""


def test_a_chart_varies_one_choice_of_the_best_row():
    assert curves("t", ROWS, ROWS[0], "loss").count("<polyline") == 2
    assert "last layer 230 at the end" in curves("t", ROWS, ROWS[0], "features")
    assert "GloVe" not in curves("t", ROWS, ROWS[0], "features")


def test_how_the_model_for_photographs_learnt(tmp_path: Path):
    assert photo_model_html("m", tmp_path) == ""
    (tmp_path / "m").mkdir()
    dev = {"rsum": 250.0, "text_to_image": {"r1": 20.0}, "image_to_text": {"r1": 31.5}}
    history = [{"epoch": epoch, "loss": 1.0 / epoch, "dev": dev} for epoch in (1, 2)]
    (tmp_path / "m" / "history.json").write_text(json.dumps(history), encoding="utf-8")
    html = photo_model_html("m", tmp_path)
    assert html.count("<svg") == 3
    assert "caption → pictures 20 at the end, picture → captions 31.5 at the end" in html
