"""Four captioned squares and five labelled ones, whose queries, answers and words kept can be told by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FakeEncoder
from vse.cli import main
from vse.data import Collection, load_collection
from vse.encoders import registry as registry_module
from vse.encoders.similarity import normalise
from vse.errors import CollectionError, TextError
from vse.evaluation import photo_arithmetic
from vse.evaluation.arithmetic import ABLATIONS, ArithmeticTask, arithmetic_report, measure, nearest, query_vectors
from vse.evaluation.arithmetic_table import arithmetic_tables
from vse.evaluation.photo_arithmetic import PhotoSwap, photo_task
from vse.evaluation.photo_swaps import LABEL_SWAPS, WORD_SWAPS, forms
from vse.modalities.text.unknown import UnknownWord
from vse.search.arithmetic import WAYS

Colour = tuple[int, int, int]
CAPTIONED: dict[str, tuple[Colour, list[str]]] = {
    "red": ((255, 0, 0), ["A red car on grass.", "Reds: cars", "a reddish car"]),
    "yellow": ((255, 255, 0), ["red and green"]),
    "blue": ((0, 0, 255), ["a blue car on grass", "blue"]),
    "both": ((255, 0, 255), ["a blue and red car"]),
}
LABELLED: dict[str, tuple[Colour, str]] = {
    "a": ((240, 80, 80), "cat"),
    "b": ((240, 80, 90), "cat"),
    "c": ((80, 240, 80), "dog"),
    "d": ((80, 80, 240), "horse"),
    "e": ((80, 80, 200), "teapot"),
}


class Pets(FakeEncoder):
    """Cats are red, dogs green and horses blue."""

    def encode_texts(self, texts: Sequence[str], progress: object = None, *, strict: bool = True) -> np.ndarray:
        axes = ("cat", "dog", "horse")
        return normalise(np.array([[float(axis in text) for axis in axes] for text in texts]))


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_arithmetic, "LEAST_QUERIES", 1)
    monkeypatch.setattr(photo_arithmetic, "LEAST_ANSWERS", 1)


def squares(folder: Path, colours: Mapping[str, Colour]) -> Path:
    (folder / "images").mkdir(parents=True)
    for name, colour in colours.items():
        Image.new("RGB", (8, 8), colour).save(folder / f"images/{name}.png")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = squares(tmp_path / "captioned", {name: colour for name, (colour, _) in CAPTIONED.items()})
    rows = ({"id": name, "image": f"images/{name}.png", "captions": said} for name, (_, said) in CAPTIONED.items())
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


@pytest.fixture
def labelled(tmp_path: Path) -> Collection:
    folder = squares(tmp_path / "labelled", {name: colour for name, (colour, _) in LABELLED.items()})
    rows = [f"{name}.png\t{label}\ttest" for name, (_, label) in LABELLED.items()]
    (folder / "labels.tsv").write_text("\n".join(["image\tlabel\tsplit", *rows]))
    return load_collection(folder)


@pytest.fixture
def task(folder: Path) -> ArithmeticTask:
    return photo_task(FakeEncoder(), load_collection(folder))


def asked(task: ArithmeticTask) -> list[tuple[str, int]]:
    assert all(isinstance(swap, PhotoSwap) for swap in task.swaps)
    return [(f"{swap.minus} {swap.plus}", int(source)) for swap, source in zip(task.swaps, task.sources, strict=True)]


def test_simple_plurals_are_the_word():
    assert forms("dog") == {"dog", "dogs"}
    assert forms("bus") == {"bus", "buses"}
    assert forms("baby") == {"baby", "babies"}
    assert forms("boy") == {"boy", "boys"}
    assert forms("woman") == {"woman", "women"}


def test_every_pair_of_words_is_asked_in_both_directions_once():
    for swaps in (WORD_SWAPS, LABEL_SWAPS):
        for pairs in swaps.values():
            assert {(b, a) for a, b in pairs} == set(pairs)
            assert len(set(pairs)) == len(pairs)


def test_queries_are_pictures_most_of_whose_captions_say_the_old_word_and_none_the_new_one(task: ArithmeticTask):
    # yellow says red and green, both says blue and red; nothing says green and not red, so red -> green is not asked
    assert asked(task) == [
        ("red blue", 0), ("red blue", 1), ("blue red", 2), ("blue green", 2), ("blue green", 3), ("green blue", 1),
    ]  # fmt: skip
    assert {swap.name for swap in task.swaps} == {"colour"}


def test_what_is_left_out_is_told(task: ArithmeticTask):
    first, left_out = task.notes
    assert first == "Asked: 4 swaps, each direction counted as one."
    assert left_out.startswith("Left out: ")
    assert "swaps (" in left_out
    assert "red -> green 2" in left_out


def test_answers_and_words_kept_by_hand(task: ArithmeticTask):
    top = nearest(task, query_vectors(task, WAYS["plain"]))
    # red - red + blue is blue; yellow - red + blue is nearest to blue; blue - blue + red is red; then green is yellow
    assert top[:, 0].tolist()[:4] == [2, 2, 0, 1]
    first = measure(task, top, np.array([0]))
    # of car, cars, grass, reddish the answer says car and grass
    assert (first.truth_at_1, first.kept) == (1, pytest.approx(2 / 4))
    assert (first.exact_at_1, first.exact_at_5) == (None, None)
    assert measure(task, top, np.array([1])).kept == 0  # green is lost
    assert measure(task, top, np.array([2])).kept == 1  # car and grass are there
    # both says blue, but red too
    assert not task.truth.is_true(0, 3)
    # yellow says green and not blue, but neither car nor grass
    assert (measure(task, top, np.array([3])).truth_at_1, measure(task, top, np.array([3])).kept) == (1, 0)


def test_the_report_has_no_exact_figures_and_its_curves_begin_at_the_picture(task: ArithmeticTask):
    report = arithmetic_report(task, "described")
    data = report.to_json()
    assert data["overall"].keys() == {"truth_at_1", "kept", "queries", "candidates"}
    assert set(report.ablations) >= set(ABLATIONS)
    assert dict(report.curves["plain"])[0] == measure(task, nearest(task, task.candidates[task.sources]))
    tables = arithmetic_tables(report)
    assert "exact@" not in tables
    assert "| truth@1 | kept | queries |" in tables
    assert tables.startswith("Asked: 4 swaps")


def test_labels_are_the_words_and_the_answers(labelled: Collection):
    task = photo_task(Pets(), labelled)
    assert asked(task) == [
        ("cat dog", 0), ("cat dog", 1), ("cat horse", 0), ("cat horse", 1), ("dog cat", 2), ("dog horse", 2),
        ("horse cat", 3), ("horse dog", 3),
    ]  # fmt: skip
    report = arithmetic_report(task)
    # the horse is bluer than the teapot
    assert report.overall.truth_at_1 == 1
    assert report.overall.kept is None
    assert report.to_json()["overall"].keys() == {"truth_at_1", "queries", "candidates"}
    assert "| truth@1 | queries |" in arithmetic_tables(report)


def test_swaps_of_words_that_the_model_does_not_know_are_left_out(labelled: Collection):
    class NoHorses(Pets):
        def unknown_words(self, text: str) -> list[UnknownWord]:
            return [UnknownWord("horse", ())] if text == "horse" else []

    task = photo_task(NoHorses(), labelled)
    assert {swap.plus for swap in task.swaps} == {"cat", "dog"}
    assert task.notes[-1] == "Left out: 4 swaps with words that the model does not know (horse)."

    class Nothing(Pets):
        def unknown_words(self, text: str) -> list[UnknownWord]:
            return [UnknownWord(text, ())]

    with pytest.raises(
        TextError, match=r"knows the words of none of the swaps that labelled holds \(cat, dog, horse\)"
    ):
        photo_task(Nothing(), labelled)


def test_a_collection_that_has_nothing_to_ask_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    plain = squares(tmp_path / "plain", {"red": (255, 0, 0)})
    with pytest.raises(CollectionError, match="has neither captions nor labels, so arithmetic cannot be scored on it"):
        photo_task(FakeEncoder(), load_collection(plain / "images"))
    monkeypatch.setattr(photo_arithmetic, "LEAST_QUERIES", 20)
    with pytest.raises(
        CollectionError, match="captioned has no swap of words with at least 20 queries and 1 right ans"
    ):
        photo_task(FakeEncoder(), load_collection(folder))


def test_the_command_scores_photographs(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(registry_module, "load_model", lambda name: FakeEncoder())
    assert main(["arithmetic", "any", str(folder), "--split", "all", "--json", str(tmp_path / "a.json")]) == 0
    out = capsys.readouterr().out
    assert out.startswith("fake on captioned, split all: 4 photographs\nAsked: 4 swaps")
    data = json.loads((tmp_path / "a.json").read_text())
    assert data["about"] == {"model": "fake", "collection": "captioned", "split": "all", "photographs": 4}
    assert data["way"] == "described"
    monkeypatch.setattr(photo_arithmetic, "LEAST_QUERIES", 20)
    assert main(["arithmetic", "any", str(folder), "--split", "all"]) == 2
    assert capsys.readouterr().err.startswith("error: captioned has no swap of words with at least 20 queries")
