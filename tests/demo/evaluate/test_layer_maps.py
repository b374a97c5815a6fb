from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo.evaluate.layer_maps import dots, layer_maps_html


def test_a_path_a_label_holds_its_points():
    assert dots("1,2 3,4 50,60", [1, 0, 1], 2) == ["M3 4h0", "M1 2h0M50 60h0"]
    with pytest.raises(ValueError, match="argument 2 is longer"):
        dots("1,2", [0, 1], 2)


def test_a_plane_a_layer_and_the_first_is_chosen(tmp_path: Path):
    about = {"backbone": "cnn", "labelled": {"name": "a<b"}, "labels": ["cat", "d<g"]}
    planes = [
        {"layer": f"l{depth}", "depth": depth, "width": 1024, "points": "0,0 1000,1000", "nearest": 50.0 + depth}
        for depth in (1, 9)
    ]
    path = tmp_path / "map.json"
    path.write_text(json.dumps({"about": about, "of": [0, 1], "planes": planes}), encoding="utf-8")
    html = layer_maps_html(path)
    assert html.count("<svg") == html.count('type="radio"') == 2
    assert html.count("checked") == 1
    assert "a&lt;b · 2 photographs of 2 labels" in html
    assert "<title>d&lt;g</title>" in html
    assert "1,024 features: of 59.0 % of the photographs" in html


def test_nothing_is_shown_where_none_ships(tmp_path: Path):
    assert layer_maps_html(tmp_path / "map.json") == ""
