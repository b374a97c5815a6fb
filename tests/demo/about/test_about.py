from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from demo.about.tab import TEXT, about_text, drawing
from vse.training.objectives.hardest_negative import hardest_negative
from vse.training.objectives.hinge_sum import sum_of_hinges

DRAWINGS = ("about_towers.svg", "about_loss.svg")


def test_drawings_stand_in_the_text_with_what_they_show_in_words():
    text = about_text()
    assert text.count("<figure role=") == len(DRAWINGS)
    assert ".svg)" not in text
    for figure in re.findall(r"^<figure.*$", text, re.MULTILINE):
        told = ElementTree.fromstring(figure).attrib["aria-label"]  # a figure on one line, and well formed
        assert len(told.split()) > 20


@pytest.mark.parametrize("file", DRAWINGS)
def test_colours_are_the_page_s(file: str):
    drawn = drawing(file, 'a "sign" & more')
    assert ElementTree.fromstring(drawn).attrib["aria-label"] == 'a "sign" & more'
    fixed = re.sub(r"var\(--[a-z]+, #[0-9a-f]{6}\)", "", drawn)
    assert not re.search(r"#[0-9a-f]{3,8}|rgb\(", fixed)


def test_the_loss_that_is_drawn_is_the_loss_that_trains():
    import torch

    negatives = [0.68, 0.60, 0.38, 0.20]
    scores = torch.full((5, 5), -1.0)
    scores[0] = torch.tensor([0.75, *negatives])
    scores.diagonal()[1:] = 2.0  # so that no other picture or caption costs anything
    assert 5 * sum_of_hinges(scores).item() == pytest.approx(0.18, abs=1e-6)
    assert 5 * hardest_negative(scores).item() == pytest.approx(0.13, abs=1e-6)
    drawn = TEXT.with_name("about_loss.svg").read_text(encoding="utf-8")
    places = [float(x) for x in re.findall(r'<circle cx="(\d+)"', drawn)]
    assert [(x - 20) / 400 for x in places] == pytest.approx([0.75, *negatives], abs=1e-9)
    assert "0.13 + 0.05 = 0.18" in drawn
