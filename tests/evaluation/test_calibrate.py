from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FakeEncoder
from vse.data import Collection, load_collection
from vse.data.item import Item
from vse.encoders.calibration import Calibration, Cut
from vse.encoders.similarity import normalise
from vse.errors import CollectionError
from vse.evaluation.calibrate import FEWEST, Asked, calibrate, calibration_table, cut_of, platt, relevance_of
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE


def features(scores: np.ndarray, words: float = 1, level: float = 0) -> np.ndarray:
    """(Q, 3), as `platt` takes them."""
    return np.stack([scores, np.full(len(scores), np.log2(words)), np.full(len(scores), level)], axis=1)


def test_platt_scaling_puts_the_cut_in_the_middle_and_weighs_both_sides_alike():
    rng = np.random.default_rng(0)
    fitting, unfitting = rng.normal(0.6, 0.05, 4000), rng.normal(0.4, 0.05, 400)
    score, slope, words, level = platt([features(fitting)], [features(unfitting)])
    # Of two normal distributions of one width the logarithm of the odds is (0.6 - 0.4) / 0.05^2 * (score - 0.5).
    assert score == pytest.approx(0.5, abs=0.01)
    assert slope == pytest.approx(80, rel=0.2)
    assert (words, level) == (0, 0)


def test_the_cut_rises_with_the_words_and_with_the_level():
    """Four groups, each in the middle at 0.3 + 0.05 for every doubling of the words + half of the level."""
    rng = np.random.default_rng(0)
    sides: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for words, height in ((1, 0.0), (4, 0.0), (1, 0.4), (8, 0.2)):
        middle = 0.3 + 0.05 * np.log2(words) + height / 2
        for side, shift in zip(sides, (0.1, -0.1), strict=True):
            side.append(features(rng.normal(middle + shift, 0.05, 3000), words, height))
    cut = Cut(*platt(*sides), precision=0, recall=0, right_above=0, right_found=0, queries=0)
    assert cut.score == pytest.approx(0.3, abs=0.01)
    assert cut.words == pytest.approx(0.05, abs=0.005)
    assert cut.level == pytest.approx(0.5, abs=0.03)
    assert cut.at(8, 0.2) == pytest.approx(0.55, abs=0.01)


def test_groups_weigh_the_same_however_many_they_hold():
    few, many = features(np.full(10, 0.7)), features(np.full(1000, 0.9))
    below = features(np.full(10, 0.1)), features(np.full(1000, 0.3))
    assert platt([few, many], [*below])[0] == pytest.approx(0.5, abs=0.01)


def test_scores_that_a_threshold_separates_have_a_slope_too():
    score, slope, *_ = platt([features(np.full(30, 0.8))], [features(np.full(30, 0.2))])
    assert score == pytest.approx(0.5)
    # The targets are 31/32 and 1/32, so the logarithm of the odds is log(31) at 0.8.
    assert slope == pytest.approx(np.log(31) / 0.3)


def test_scores_the_wrong_way_round_are_no_calibration():
    with pytest.raises(CollectionError, match="scores no higher"):
        platt([features(np.full(30, 0.2))], [features(np.full(30, 0.8))])
    with pytest.raises(CollectionError, match="No query is answered"):
        platt([], [features(np.zeros(30))])


def asked(scores: np.ndarray, relevance: np.ndarray, words: int = 1, cohort: np.ndarray | None = None) -> Asked:
    """Queries of which the first half gives the cut."""
    count = len(scores)
    none = np.zeros((0, scores.shape[1]))
    learn = np.arange(count) < count / 2
    return Asked("hand", scores, relevance, learn, np.full(count, words), none if cohort is None else cohort)


def test_the_figures_of_a_cut_by_hand():
    """100 queries and candidates: each finds its own at 0.8, nothing else above 0.2, but for five of the second half.

    Of these, whose best foreign score is 0.9, three find their own at 0.3 only.
    """
    scores = np.full((100, 100), 0.2)
    np.fill_diagonal(scores, 0.8)
    for query in range(95, 100):
        scores[query, 0] = 0.9
    for query in range(97, 100):
        scores[query, query] = 0.3
    cut, kinds = cut_of([asked(scores, np.eye(100))])
    assert cut.queries == 50
    assert cut.score == pytest.approx(0.5)
    assert cut.recall == 100  # something is above it for every query, if not always the right thing
    assert cut.precision == pytest.approx(100 * 50 / 55)
    assert cut.right_above == pytest.approx(100 * 47 / 52)
    assert cut.right_found == pytest.approx(100 * 47 / 50)
    assert kinds["hand, all"].precision == cut.precision


def test_kinds_of_queries_are_told_apart_by_their_words():
    short, long = asked(np.eye(100) * 0.4, np.eye(100), words=1), asked(np.eye(100) * 0.8, np.eye(100), words=4)
    cut, kinds = cut_of([short, long])
    assert [cut.at(words) for words in (1, 4)] == pytest.approx([0.2, 0.4], abs=0.05)
    assert [(each.recall, each.precision) for each in kinds.values()] == [(100, 100)] * len(kinds)
    assert "hand, 4 words or more, all" in kinds


def test_a_cut_rises_with_the_level_of_the_collection():
    """The same answers, everything by 0.3 higher in one collection, as its cohort tells."""
    low, high = np.eye(100) * 0.4, np.eye(100) * 0.4 + 0.3
    groups = [asked(each, np.eye(100), cohort=np.full((8, 100), each.min())) for each in (low, high)]
    cut, _ = cut_of(groups)
    assert cut.level == pytest.approx(1, abs=0.05)
    assert cut.at(level=0.3) - cut.at() == pytest.approx(0.3, abs=0.02)


def test_too_few_queries_are_refused():
    with pytest.raises(CollectionError, match=r"30 queries came .* 40 or more are needed"):
        cut_of([asked(np.eye(30), np.eye(30))])


def collection_of(captions: list[list[str]]) -> Collection:
    items = tuple(Item.picture(f"{n}", Path(f"{n}.png"), tuple(each)) for n, each in enumerate(captions))
    return Collection("hand", items)


def test_relevance_is_how_much_of_a_caption_the_others_of_a_picture_say():
    collection = collection_of([["a dog runs in the snow", "a white dog"], ["two cats"], ["a white cat in the snow"]])
    by_words = relevance_of(collection, TEXT_TO_IMAGE)
    third = pytest.approx(1 / 3)
    assert by_words.shape == (4, 3)
    assert by_words[0].tolist() == [1, 0, third]  # dog, runs, snow
    assert by_words[1].tolist() == [1, 0, 0.5]  # white, dog
    assert by_words[3].tolist() == [pytest.approx(2 / 3), 0, 1]  # white, cat, snow
    assert (relevance_of(collection, IMAGE_TO_TEXT) == by_words.T).all()


def test_where_the_truth_is_known_it_is_the_relevance(scenes_folder: Path):
    collection = load_collection(scenes_folder)
    assert collection.annotations is not None
    truth = collection.annotations.relevance("text", "image")
    assert (relevance_of(collection, TEXT_TO_IMAGE) == truth).all()


def test_the_table_names_directions_and_kinds_as_people_do():
    cut, kinds = cut_of([asked(np.eye(100), np.eye(100))])
    told = calibration_table(
        Calibration("hand", {"text_to_image": cut}, {"scenes": 12.345}, None, {"text_to_image": kinds})
    )
    assert "| caption -> pictures | 0.500 | 0.000 | 0.000 | 100.0 | 100.0 | 100.0 | 100.0 | 50 |" in told
    assert "| caption -> pictures | hand, all | 100.0 | 100.0 | 100.0 | 100.0 | 50 |" in told
    assert "| scenes | 12.3 |" in told


def paint(word: str) -> np.ndarray:
    return np.random.default_rng(crc32(word.encode())).random(3)


def write_labelled(folder: Path, labels: list[str]) -> Collection:
    """A picture a label, of the colour that the label names."""
    (folder / "images").mkdir(parents=True)
    lines = ["image\tlabel\tsplit"]
    for row, label in enumerate(labels):
        colour = tuple(int(255 * share) for share in paint(label))
        Image.new("RGB", (8, 8), colour).save(folder / "images" / f"{row}.png")
        lines.append(f"{row}.png\t{label}\ttest")
    (folder / "labels.tsv").write_text("\n".join(lines) + "\n")
    return load_collection(folder)


class Paints(FakeEncoder):
    """Knows the colour of every word."""

    def encode_texts(self, texts: Sequence[str], progress: object = None, *, strict: bool = True) -> np.ndarray:
        return normalise(np.stack([paint(text) for text in texts]))


def test_labels_are_asked_as_short_queries_and_their_names_are_the_cohort(tmp_path: Path):
    names = [f"{a}{b}{'aeiou'[n % 5]}x" for n, (a, b) in enumerate(product("bcdfghklmnpr", "aeiouywvts"))]
    found = calibrate(Paints(), write_labelled(tmp_path / "paints", names * 2))
    assert found.cuts.keys() == {"text_to_image"}
    assert [found.cohorts[each].shape for each in ("text", "image")] == [(15, 3), (30, 3)]
    assert found.cuts["text_to_image"].queries >= FEWEST
    assert any(kind.startswith("paints, ") for kind in found.kinds["text_to_image"])


def test_a_collection_without_labels_cannot_give_short_queries(scenes_folder: Path, tmp_path: Path, colours: Path):
    labelled = write_labelled(tmp_path / "paints", ["red", "blue"])
    with pytest.raises(CollectionError, match=r"has no labels; give a folder with labels\.tsv"):
        calibrate(Paints(), labelled, labelled=[load_collection(colours)])
