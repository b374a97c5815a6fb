from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FakeEncoder
from vse.data import load_collection
from vse.encoders.registry import load_model
from vse.errors import CollectionError, TextError
from vse.evaluation.metrics import TEXT_TO_IMAGE
from vse.evaluation.report import evaluate_encoder
from vse.evaluation.translation import (
    SearchRow,
    TranslationRow,
    adjectives_behind,
    by_dictionary,
    evaluate_spanish_search,
    in_order,
    read_pairs,
    search_table,
    translation_curve,
    translation_table,
)
from vse.words.table import WordVectors


@pytest.fixture(scope="module")
def languages() -> tuple[WordVectors, WordVectors]:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 5)).astype(np.float32)
    rotation = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    noisy = vectors @ rotation + 0.3 * rng.normal(size=(60, 5))
    return (
        WordVectors("a", tuple(f"a{n}" for n in range(60)), vectors),
        WordVectors("b", tuple(f"b{n}" for n in range(60)), noisy.astype(np.float32)),
    )


def test_more_pairs_translate_better_and_every_map_is_measured_at_every_number(languages):
    groups = [[(f"a{n}", f"b{n}")] for n in range(60)]
    rows = translation_curve(*languages, groups, counts=(3, 20, 100))
    both = [("least squares", "cosine"), ("least squares", "CSLS"), ("orthogonal", "cosine"), ("orthogonal", "CSLS")]
    assert [(row.map, row.ranked) for row in rows] == 3 * both
    assert [row.learnt for row in rows[::4]] == [3, 20, 40]  # no more than there are
    assert {row.kept_out for row in rows} == {20.0}
    few, many = (next(row for row in rows if row.map == "orthogonal" and row.learnt == n) for n in (3, 40))
    assert few.there_at_1 < 0.5 < many.there_at_1 <= many.there_at_5
    assert few.back_at_1 < many.back_at_1


def test_a_language_and_itself_is_translated_without_a_fault(languages):
    source, _ = languages
    rows = translation_curve(source, source, [[(f"a{n}", f"a{n}")] for n in range(60)], counts=())
    assert all(row.there_at_1 == row.back_at_1 == 1.0 for row in rows)


def test_too_few_pairs(languages):
    with pytest.raises(TextError, match="1 pairs of words are known to both a and b, too few"):
        translation_curve(*languages, [[("a1", "b1")], [("x", "y")]])


def test_pairs_are_put_in_the_order_of_the_languages(languages):
    groups = [[("a1", "b1"), ("a2", "b2")], [("a3", "b3")]]
    assert in_order(groups, *languages) == groups
    assert in_order(groups, *reversed(languages)) == [[("b1", "a1"), ("b2", "a2")], [("b3", "a3")]]


def test_pairs_from_a_file(tmp_path: Path):
    path = tmp_path / "pairs.tsv"
    path.write_text("Dog\tperro\ncat\tgato\n", encoding="utf-8")
    assert read_pairs(path) == [[("dog", "perro")], [("cat", "gato")]]
    path.write_text("dog\tperro\ncat gato\n", encoding="utf-8")
    with pytest.raises(TextError, match=r"Line 2 of '.*pairs.tsv' is 'cat gato': write a word and its translation"):
        read_pairs(path)
    with pytest.raises(TextError, match=r"The pairs '.*none.tsv' cannot be read"):
        read_pairs(tmp_path / "none.tsv")


def test_word_by_word_through_a_dictionary():
    pairs = [("the", "el"), ("hound", "perro"), ("dog", "perro"), ("red", "rojo"), ("car", "coche")]
    assert by_dictionary(["El perro rojo.", "Se ve un coche"], pairs, {"the", "dog", "red", "car"}) == [
        "the dog red",
        "car",
    ]


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("a small red car", "a car red small"),
        ("Two black dogs and a big green sailing boat.", "two dogs black and a sailing boat green big"),
        ("a red bunch of grapes on the beach", "a bunch of grapes red on the beach"),
        ("a white T-shirt", "a t-shirt white"),
        ("in a green field", "in a field green"),
        ("a dog is brown", "a dog is brown"),
    ],
)
def test_english_in_the_order_of_spanish(english: str, expected: str):
    assert adjectives_behind(english) == expected


def test_spanish_search_is_measured_beside_english(scenes_folder: Path, scenes_model: Path):
    encoder, collection = load_model(scenes_model), load_collection(scenes_folder)
    rows = evaluate_spanish_search(encoder, collection)
    truth = (evaluate_encoder(encoder, collection).truth or {})[TEXT_TO_IMAGE]
    assert (rows[0].satisfied_at_1, rows[0].precision_at_10) == (truth.satisfied_at_1, truth.precision_at_10)
    assert len({row.captions for row in rows}) == len(rows) == 12


def test_spanish_captions_are_known_of_emoji_scenes_alone(colours: Path):
    with pytest.raises(CollectionError, match=r"is no Emoji Scenes, of which alone Spanish captions can be written"):
        evaluate_spanish_search(FakeEncoder(), load_collection(colours))


def test_tables():
    row = TranslationRow("orthogonal", "CSLS", 50, 220.0, 0.125, 0.5, 0.25, 1.0)
    head, _, line = translation_table([row], "en", "es").splitlines()
    assert head.startswith(
        "| map | ranked by | pairs learnt from | en to es, precision@1 | en to es, precision@5 | es to"
    )
    assert line == "| orthogonal | CSLS | 50 | 12.5 | 50.0 | 25.0 | 100.0 |"
    assert search_table([SearchRow("English", 90.12, 25.2)]).splitlines()[-1] == "| English | 90.1 | 25.2 |"
