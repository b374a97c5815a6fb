from __future__ import annotations

import json
from pathlib import Path

from demo.evaluate.ablation import photographs_html
from demo.evaluate.photo_sums import photo_sums_html


def shares(truth: float, kept: float | None) -> dict[str, float]:
    return {"truth_at_1": truth, **({} if kept is None else {"kept": kept}), "queries": 1200}


def found(kept: float | None) -> dict[str, object]:
    def curve(truth: float) -> list[dict[str, float]]:
        return [{"weight": weight, **shares(truth * weight, kept)} for weight in (0.0, 0.25, 0.5)]

    return {
        "about": {"model": "m", "collection": "a<b", "split": "dev", "photographs": 1000},
        "way": "described",
        "overall": shares(0.625, kept),
        "ablations": {"no addition": shares(0.1, kept)},
        "by_swap": {"animal": shares(0.5, kept)},
        "curves": {"plain": curve(0.5), "rejected": curve(1.0), "described": curve(1.0)},
        "notes": ["Asked: 2 swaps."],
    }


def test_a_section_a_collection_that_ships(tmp_path: Path):
    assert photo_sums_html(tmp_path) == ""
    (tmp_path / "arithmetic.json").write_text("{}")  # that of Emoji Scenes
    assert photo_sums_html(tmp_path) == ""
    (tmp_path / "arithmetic-a.json").write_text(json.dumps(found(0.25)))
    html = photo_sums_html(tmp_path)
    assert "Sums of photographs and words by m" in html
    assert "a&lt;b · dev · 1,000 photographs" in html
    assert html.count("<svg") == 2
    assert "over 3 weights of the words: plain sum 25 at the end" in html
    assert "<title>weight 0.25: plain sum 12.5</title>" in html
    assert "62.5" in html
    assert "Asked: 2 swaps." in html


def test_ways_that_are_the_same_everywhere_are_drawn_once_and_what_is_not_known_not_at_all(tmp_path: Path):
    (tmp_path / "arithmetic-labels.json").write_text(json.dumps(found(None)))
    html = photo_sums_html(tmp_path)
    assert html.count("<svg") == 1
    assert html.count("<polyline") == 2
    assert "Kept" not in html


def test_what_ships_stands_among_the_sections_about_photographs():
    assert photographs_html().count('<section class="answer measures sums">') == 3
