"""Two encoders on one collection: fakes of which every answer is known, and two tiny VSEs from the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFont

from tests.conftest import FakeEncoder, tiny_checkpoint
from vse.cli import compare as command
from vse.cli import main
from vse.data import Collection, load_collection
from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.write_counterparts import SWAPS_FILE
from vse.encoders.base import Counted
from vse.encoders.registry import load_model
from vse.encoders.vse.checkpoint import WEIGHTS, save_checkpoint
from vse.errors import CollectionError
from vse.evaluation.arithmetic import arithmetic_report, arithmetic_task
from vse.evaluation.bench import latency as bench
from vse.evaluation.compare import compare, names_of, weight_bytes
from vse.evaluation.compare_sheet import comparison_sheet, wrapped
from vse.evaluation.compare_table import comparison_tables, spread
from vse.evaluation.metrics import IMAGE_TO_TEXT, TEXT_TO_IMAGE
from vse.evaluation.report import evaluate_encoder

BOTH = {IMAGE_TO_TEXT, TEXT_TO_IMAGE}


class Turned(FakeEncoder):
    """Takes red for green, green for blue and blue for red, in captions alone."""

    def __init__(self) -> None:
        super().__init__("turned")
        self.name = "turned"

    def encode_texts(self, texts: Sequence[str], progress: object = None, *, strict: bool = True) -> np.ndarray:
        return np.roll(super().encode_texts(texts, progress, strict=strict), 1, axis=1)


@pytest.fixture(autouse=True)
def _few_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "WARM_UP", 1)
    monkeypatch.setattr(bench, "REPEATS", 2)


@pytest.fixture
def collection(colours: Path) -> Collection:
    return load_collection(colours)


@pytest.fixture(scope="module")
def other_model(scenes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny-other"
    save_checkpoint(folder, tiny_checkpoint(seed=1, dim=4, texts=load_collection(scenes_folder).captions))
    return folder


@pytest.fixture(scope="module")
def counterparts(scenes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same noise as counterparts, with one swap: of a guitar for a peacock."""
    folder = tmp_path_factory.mktemp("counterparts") / "swapped"
    shutil.copytree(scenes_folder, folder)
    scenes = scenes_of(load_collection(folder).annotations)
    swap = {"name": "animal", "fact": "subject.kind", "source": scenes[0].id, "target": scenes[1].id}
    (folder / SWAPS_FILE).write_text(json.dumps({**swap, "minus": "guitar", "plus": "peacock"}))
    return folder


def test_a_model_agrees_with_itself(collection: Collection):
    found = compare(FakeEncoder(), FakeEncoder(), collection)
    assert found.names == ("fake (A)", "fake (B)")
    assert found.overlap_at_10 == dict.fromkeys(BOTH, 1.0)
    # every caption orders the pictures; blue has the same score with every caption, which is no ranking
    assert found.rank_correlation == {IMAGE_TO_TEXT: pytest.approx(0.75), TEXT_TO_IMAGE: pytest.approx(1.0)}
    assert found.disagreements == ()
    assert found.figures[0].evaluation == evaluate_encoder(FakeEncoder(), collection)


def test_what_only_one_has_right_is_found(collection: Collection):
    found = compare(FakeEncoder(), Turned(), collection)
    assert found.names == ("fake", "turned")
    assert found.right_by == "own"
    asked = {(d.query, d.answer_a, d.answer_b) for d in found.only_right("a") if d.direction == TEXT_TO_IMAGE}
    # turned hears "green" when red is said and "blue" when green is said
    assert asked == {("red", "red", "green"), ("a red square", "red", "green"), ("green", "green", "blue")} | {
        ("Red and green.", "yellow", "green")
    }
    assert found.only_right("b") == []
    assert found.counts[TEXT_TO_IMAGE].to_json() == {"both": 0, "only_a": 4, "only_b": 0, "neither": 0, "queries": 4}


def test_vectors_are_made_once_and_then_never_again(collection: Collection):
    first, second = FakeEncoder(), Turned()
    timing = 2 * (1 + 2)  # what times a model calls it: one caption and one picture, warm-up and repeats
    compare(first, second, collection)
    assert len(first.encoded) == len(second.encoded) == 2 + timing
    again = FakeEncoder()
    compare(again, second, collection)
    assert len(again.encoded) == timing


def test_what_is_done_is_told(collection: Collection):
    class Telling(FakeEncoder):
        def encode_images(self, images: Iterable[object], progress: object = None) -> np.ndarray:
            if progress:
                progress(1, 4)  # type: ignore[operator]
            return super().encode_images(images)

    told: list[tuple[str, int, int]] = []
    compare(Telling("one"), Turned(), collection, watch=lambda *news: told.append(news))
    assert told == [("fake", 1, 4), ("fake: measuring", 0, 0), ("turned: measuring", 0, 0)]


def test_a_collection_without_captions_is_refused(colours: Path):
    with pytest.raises(CollectionError, match="images has no captions, so there is nothing to measure"):
        compare(FakeEncoder(), Turned(), load_collection(colours / "images"))


def test_arithmetic_is_scored_among_the_collection_too(
    scenes_model: Path, other_model: Path, scenes_folder: Path, counterparts: Path
):
    collection, swapped = load_collection(scenes_folder), load_collection(counterparts)
    found = compare(scenes_model, other_model, collection, swapped)
    for figures, model in zip(found.figures, (scenes_model, other_model), strict=True):
        task = arithmetic_task(load_model(model), swapped, collection)
        assert figures.arithmetic == arithmetic_report(task).overall
        assert (figures.arithmetic.queries, figures.arithmetic.candidates) == (1, 59)
        assert figures.note == ""
    alone = compare(scenes_model, other_model, swapped, swapped)
    assert alone.figures[0].arithmetic is not None
    assert alone.figures[0].arithmetic.candidates == 29  # its own pictures stand there once


def test_a_model_that_does_not_know_the_words_is_compared_without_arithmetic(
    scenes_model: Path, model_folder: Path, scenes_folder: Path, counterparts: Path
):
    found = compare(scenes_model, model_folder, load_collection(scenes_folder), load_collection(counterparts))
    known, unknown = found.figures
    assert known.arithmetic is not None
    assert unknown.arithmetic is None
    assert unknown.to_json()["arithmetic"] is None
    table = comparison_tables(found)
    assert "tiny cannot be asked the arithmetic of swapped: " in unknown.note
    assert unknown.note in table
    assert f"| arithmetic, exact@1 | {100 * known.arithmetic.exact_at_1:.1f} | - |" in table


def test_counterparts_without_swaps_are_refused(scenes_model: Path, scenes_folder: Path):
    collection = load_collection(scenes_folder)
    with pytest.raises(CollectionError, match=r"noise has no swaps\.jsonl"):
        compare(scenes_model, scenes_model, collection, collection)


def test_names_and_sizes(scenes_model: Path, tmp_path: Path):
    assert names_of("a", "b") == ("a", "b")
    assert names_of("a", "a") == ("a (A)", "a (B)")
    assert weight_bytes(scenes_model) == (scenes_model / WEIGHTS).stat().st_size
    assert weight_bytes("no-such-model") is None
    assert weight_bytes(tmp_path) is None
    model = load_model(scenes_model)
    assert isinstance(model, Counted)
    assert not isinstance(FakeEncoder(), Counted)
    # the weights' file holds every parameter once, as float32, and besides them a few buffers and a header
    assert 4 * model.parameters < weight_bytes(scenes_model) < 8 * model.parameters


def test_the_table_has_both_models_and_the_first_queries(collection: Collection):
    found = compare(FakeEncoder(), Turned(), collection)
    lines = comparison_tables(found, shown=2).splitlines()
    assert lines[0] == "| colours | fake | turned |"
    assert "| picture -> captions, R@1 | 100.0 | 0.0 |" in lines
    assert "| caption -> pictures, R@1 | 100.0 | 0.0 |" in lines
    assert "| parameters | - | - |" in lines
    assert "A first answer is right here when it is the query's own." in lines
    assert not any("satisfied" in line or "arithmetic" in line for line in lines)
    row = next(line for line in lines if line.startswith("| caption -> pictures | 100.0 |"))
    assert row.endswith("| 0 | 4 | 0 | 0 | 4 |")
    first = lines.index("Only fake is right, caption -> pictures (2 of 4):")
    assert lines[first + 2] == "- red: fake 'red', turned 'green' (a right one at 4)"
    assert lines[first + 3].startswith("- Red and green.: fake 'yellow', turned")
    assert not any("Only turned is right" in line for line in lines)
    assert "is right, " not in comparison_tables(found, shown=0)


def test_what_is_shown_is_spread_over_all(collection: Collection):
    found = compare(FakeEncoder(), Turned(), collection).disagreements
    many = [replace(found[0], query=str(number)) for number in range(11)]
    assert [d.query for d in spread(many, 3)] == ["0", "5", "10"]
    assert spread(many, 20) == many
    assert spread(many, 1) == many[:1]
    assert spread([], 3) == []


def test_the_sheet_shows_both_answers(collection: Collection):
    found = compare(FakeEncoder(), Turned(), collection)
    sheet = comparison_sheet(found, collection)
    colours = {colour for _, colour in sheet.getcolors(1 << 20)}
    # red, green, blue and yellow are answers; the frames are of two other colours
    assert {(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (31, 138, 76), (192, 57, 43)} <= colours
    alone = comparison_sheet(compare(FakeEncoder(), FakeEncoder(), collection), collection)
    assert alone.height < sheet.height
    assert len(alone.getcolors(1 << 20)) > 1  # the sentence that there is nothing to see


def test_long_queries_are_broken_and_cut():
    font = ImageFont.load_default(15)
    text = "two small white dogs beside a large red bicycle on the beach in the evening"
    width = int(font.getlength("two small white dogs beside"))
    assert wrapped(text, font, width, 2)[0] == "two small white dogs beside"
    assert " ".join(wrapped(text, font, width, 9)) == text
    cut = wrapped(text, font, width, 2)
    assert len(cut) == 2
    assert cut[1].endswith("...")
    assert all(font.getlength(line) <= width for line in (*cut, *wrapped("x" * 200, font, width, 1)))
    assert wrapped("", font, width, 2) == []


def run(models: Sequence[Path], collection: Path, *options: object) -> int:
    return main(["compare", *map(str, models), str(collection), *map(str, options)])


def test_the_command_writes_json_and_a_sheet(
    scenes_model: Path,
    other_model: Path,
    scenes_folder: Path,
    counterparts: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    to, sheet = tmp_path / "c.json", tmp_path / "c.png"
    options = ("--arithmetic", counterparts, "--json", to, "--sheet", sheet)
    assert run((scenes_model, other_model), scenes_folder, *options) == 0
    data = json.loads(to.read_text(encoding="utf-8"))
    assert set(data["models"]) == {"tiny-scenes", "tiny-other"}
    for name, folder in (("tiny-scenes", scenes_model), ("tiny-other", other_model)):
        model = data["models"][name]
        evaluated = evaluate_encoder(load_model(folder), load_collection(scenes_folder)).to_json()
        assert model["truth"] == evaluated.pop("truth")
        assert model["recall"] == evaluated
        assert set(model["arithmetic"]) == {"exact_at_1", "exact_at_5", "truth_at_1", "kept", "queries", "candidates"}
        assert model["bytes"] == (folder / WEIGHTS).stat().st_size
        assert model["parameters"] == load_model(folder).parameters  # type: ignore[attr-defined]
        assert model["text_ms"] > 0 < model["image_ms"]
    assert set(data["overlap_at_10"]) == set(data["rank_correlation"]) == {direction.name for direction in BOTH}
    assert all(0 <= share <= 1 for share in data["overlap_at_10"].values())
    assert data["right_by"] == "truth"
    for which in "ab":
        listed = data[f"only_{which}_right"]
        for direction in ("image_to_text", "text_to_image"):
            counted = data["right"][direction][f"only_{which}"]
            assert counted == sum(each["direction"] == direction for each in listed)
        assert listed
        assert all(each["right"] == which and each[f"rank_{which}"] == 1 for each in listed)
    with Image.open(sheet) as picture:
        assert picture.format == "PNG"
    output = capsys.readouterr().out
    assert "| noise | tiny-scenes | tiny-other |" in output
    assert f"written to {sheet}\nwritten to {to}\n" in output


def test_arithmetic_is_scored_on_what_belongs_to_the_pictures(collection: Collection, monkeypatch: pytest.MonkeyPatch):
    scenes = replace(collection, name="scenes")
    monkeypatch.setattr("vse.data.load_collection", lambda name: f"loaded {Path(name).name}")
    assert command._counterparts(None, scenes) is None  # another folder of that name
    monkeypatch.setattr(Collection, "is_bundled", True)
    assert command._counterparts(None, scenes) == "loaded counterparts"
    assert command._counterparts("none", scenes) is None
    assert command._counterparts("mine", scenes) == "loaded mine"
    assert command._counterparts(None, collection) is None
    monkeypatch.setattr("vse.data.list_collections", lambda: ["scenes"])
    assert command._counterparts(None, scenes) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--sheet", "c.txt"), "No picture can be written to 'c.txt': give a file that ends in one of .png, .jpg"),
        (("--split", "dev"), "colours has no split 'dev'; it has test."),
        (("--arithmetic", "no-such"), "No collection 'no-such'"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    scenes_model: Path, colours: Path, options: Sequence[str], message: str, capsys: pytest.CaptureFixture[str]
):
    assert run((scenes_model, scenes_model), colours, *options) == 2
    output = capsys.readouterr().err
    assert message in output
    assert "Traceback" not in output


def test_an_unknown_model_is_told_in_one_sentence(
    scenes_model: Path, colours: Path, capsys: pytest.CaptureFixture[str]
):
    assert run((scenes_model, Path("no-such-model")), colours) == 2
    assert "No model 'no-such-model'" in capsys.readouterr().err
