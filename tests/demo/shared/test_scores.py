from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from demo.shared.answering import rated
from demo.shared.answers import Answer, CaptionHit, Part, PictureHit
from demo.shared.question import Question
from demo.shared.scores import percent
from vse.data.item import Item
from vse.evaluation.score_background import Background
from vse.evaluation.score_scale import Scale
from vse.search.query import parse

ITEM = Item.picture("a", Path("a.png"))
EIGHT = Background(np.arange(8, dtype=np.float32) / 8)
TWO = Background(np.array([0.0, 0.25, 1.0, 1.0], dtype=np.float32))


def asked(text: str, score: float, scale: Scale) -> Answer:
    pictures, captions = (PictureHit(ITEM, score, 1),), (CaptionHit("a", ITEM, score, 1, False),)
    parts = tuple(Part(each, parse(each), pictures) for each in ("b", "[b]"))
    return rated(Answer(Question(text), parse(text), pictures, captions, parts=parts), scale)


def test_the_worth_of_a_score_by_hand():
    found = [asked("a", score, Scale(words=EIGHT)).pictures[0].percentile for score in (0.875, 0.9, 0.0, 0.5)]
    assert found == [87.5, 100, 0, 50]
    assert asked("a", 0.5, Scale()).pictures[0].percentile is None


@pytest.mark.parametrize(("text", "percentile"), [("a", 37.5), ("a - b", 37.5), ("[a]", 50), ("[a] - b", 50)])
def test_words_and_pictures_have_scales_of_their_own(text: str, percentile: float):
    found = asked(text, 0.375, Scale(words=EIGHT, pictures=TWO))
    assert found.pictures[0].percentile == percentile
    assert found.captions[0].percentile == 37.5
    assert [part.pictures[0].percentile for part in found.parts] == [37.5, 50]


def test_shares_are_never_told_smaller_than_they_are():
    shares = (0, 0.02, 0.1, 0.31, 0.99, 1, 3.2, 27, 100)
    assert [percent(share) for share in shares] == ["0.1", "0.1", "0.1", "0.4", "1.0", "1", "4", "27", "100"]
