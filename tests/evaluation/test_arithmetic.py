"""Four pictures, nearly pure red, green and blue and one between red and green, so that every figure is known."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import FakeEncoder
from vse.cli import main
from vse.data import load_collection
from vse.data.scenes.world.scene import Group, Scene
from vse.data.scenes.write import scene_line
from vse.data.scenes.write_counterparts import SWAPS_FILE, read_swaps
from vse.encoders import registry as registry_module
from vse.encoders.similarity import normalise
from vse.errors import CollectionError, QueryError
from vse.evaluation.arithmetic import (
    ABLATIONS,
    RANDOM_WORD,
    ArithmeticMetrics,
    ArithmeticReport,
    ArithmeticTask,
    SceneSwapTruth,
    arithmetic_report,
    arithmetic_task,
    measure,
    nearest,
    query_vectors,
)
from vse.evaluation.arithmetic_table import arithmetic_tables
from vse.search.arithmetic import WAYS

RED = Scene("red", "street", "day", "clear", Group("car", colour="red"), None, None, seed=1)
SCENES = {
    "red": RED,
    "green": replace(RED, id="green", subject=Group("car", colour="green")),
    "blue": replace(RED, id="blue", subject=Group("car", colour="blue")),
    # halfway between red and green, and in another place
    "both": replace(RED, id="both", place="beach", other=Group("tent", colour="green"), relation="left of"),
}
PIXELS = {"red": (240, 80, 80), "green": (80, 240, 80), "blue": (80, 80, 240), "both": (240, 240, 80)}
SWAPS = [(a, b) for a in ("red", "green", "blue") for b in ("red", "green", "blue") if a != b]


def write(folder: Path, names: Iterable[str], swaps: Iterable[tuple[str, str]] = ()) -> Path:
    """A collection of some of the scenes, with the swaps of colour between them."""
    (folder / "images").mkdir(parents=True)
    lines = []
    for name in names:
        Image.new("RGB", (8, 8), PIXELS[name]).save(folder / f"images/{name}.png")
        line = json.loads(scene_line(SCENES[name], f"images/{name}.png", "test"))
        lines.append(json.dumps({**line, "captions": ["red and blue"], "statements": [{}]}))
    (folder / "items.jsonl").write_text("\n".join(lines))
    rows = [
        {
            "name": "green" if "blue" not in (a, b) else "blue",
            "fact": "subject.colour",
            "source": a,
            "target": b,
            "minus": a,
            "plus": b,
        }
        for a, b in swaps
    ]
    (folder / SWAPS_FILE).write_text("\n".join(map(json.dumps, rows)))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "counterparts", SCENES, SWAPS)


@pytest.fixture
def task(folder: Path) -> ArithmeticTask:
    return arithmetic_task(FakeEncoder(), load_collection(folder))


def scenes_of(task: ArithmeticTask) -> tuple[Scene, ...]:
    assert isinstance(task.truth, SceneSwapTruth)
    return task.truth.scenes


def test_the_task_holds_the_pictures_and_where_each_swap_starts_and_ends(task: ArithmeticTask):
    scenes = scenes_of(task)
    assert [(scenes[s].id, scenes[t].id) for s, t in zip(task.sources, task.targets, strict=True)] == SWAPS
    np.testing.assert_allclose(task.candidates[0], normalise([3, 1, 1]), atol=1e-3)
    np.testing.assert_allclose(task.means.picture, task.candidates.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(task.means.text, normalise([1, 0, 1]), atol=1e-3)


def test_distractors_stand_behind_the_counterparts_and_give_the_means(tmp_path: Path):
    counterparts = write(tmp_path / "a", ["red", "green", "blue"], SWAPS)
    distractors = write(tmp_path / "b", ["both"])
    task = arithmetic_task(FakeEncoder(), load_collection(counterparts), load_collection(distractors))
    assert [scene.id for scene in scenes_of(task)] == ["red", "green", "blue", "both"]
    np.testing.assert_allclose(task.means.picture, task.candidates[3], atol=1e-6)
    # red + green is nearest to the picture of both
    top = nearest(task, query_vectors(task, WAYS["plain"], ABLATIONS["no subtraction"]))
    assert scenes_of(task)[top[0, 0]].id == "both"


def test_queries_by_hand(task: ArithmeticTask):
    queries = query_vectors(task, WAYS["plain"])
    red = np.array([3, 1, 1]) / np.sqrt(11)
    np.testing.assert_allclose(queries[0], normalise(np.add(red, [-1, 1, 0])), atol=1e-3)
    np.testing.assert_allclose(queries[1], normalise(np.add(red, [-1, 0, 1])), atol=1e-3)
    without = query_vectors(task, WAYS["plain"], ABLATIONS["no addition"])
    np.testing.assert_allclose(without[0], normalise(np.add(red, [-1, 0, 0])), atol=1e-3)
    np.testing.assert_allclose(query_vectors(task, WAYS["plain"], ABLATIONS["the new word alone"])[0], [0, 1, 0])
    alone = query_vectors(task, WAYS["plain"], ABLATIONS["the source picture alone"])
    np.testing.assert_allclose(alone, task.candidates[task.sources], atol=1e-3)


def test_another_plus_can_be_given(task: ArithmeticTask):
    minus, plus = task.words(WAYS["plain"])
    np.testing.assert_array_equal(minus[0], [1, 0, 0])
    np.testing.assert_array_equal(plus[0], [0, 1, 0])
    turned = query_vectors(task, WAYS["plain"], plus=plus[::-1])
    np.testing.assert_allclose(turned[0], query_vectors(task, WAYS["plain"])[0], atol=1e-6)  # also green
    np.testing.assert_allclose(turned[1], normalise(task.candidates[0] + [-2, 0, 0] + [1, 0, 0] + plus[4]), atol=1e-3)


def test_words_said_in_a_caption_of_the_source_by_hand(task: ArithmeticTask):
    # the captions "red and blue" say red and blue, so only red -> green, red -> blue, ... stand in them
    assert task.captions == (("red and blue",),) * 6
    minus, plus = task.words(WAYS["captions"])
    said = dict(zip(SWAPS, zip(minus, plus, strict=True), strict=True))
    np.testing.assert_allclose(said["red", "green"], normalise(np.array([[1, 0, 1], [0, 1, 1]])), atol=1e-6)
    np.testing.assert_allclose(said["blue", "green"], normalise(np.array([[1, 0, 1], [1, 1, 0]])), atol=1e-6)
    np.testing.assert_allclose(said["green", "red"], [[0, 1, 0], [1, 0, 0]], atol=1e-6)  # no caption says green


def test_the_source_is_never_an_answer(task: ArithmeticTask):
    top = nearest(task, task.candidates[task.sources], k=10)
    assert top.shape == (6, 4)
    for source, row in zip(task.sources, top, strict=True):
        assert row[-1] == source
    assert nearest(task, task.candidates[task.sources], k=2).shape == (6, 2)


def test_measure_by_hand(task: ArithmeticTask):
    # the answers: right; the picture of both first, the right one second; wrong, and nowhere
    top = np.array([[1, 3, 2], [3, 2, 1], [2, 3, 1], [0, 1, 3], [0, 1, 3], [1, 0, 3]])
    metrics = measure(task, top, np.array([0, 1, 2]))
    assert metrics.exact_at_1 == pytest.approx(1 / 3)
    assert metrics.exact_at_5 == pytest.approx(2 / 3)
    assert metrics.truth_at_1 == pytest.approx(1 / 3)
    # besides the colour: place, time, weather, kind and count; the picture of both is in another place
    assert metrics.kept == pytest.approx((1 + 4 / 5 + 1) / 3)
    assert (metrics.queries, metrics.candidates) == (3, 3)
    assert measure(task, top[:, :1], np.array([0, 1, 2])).exact_at_5 == pytest.approx(1 / 3)
    assert measure(task, top).queries == 6
    with pytest.raises(ValueError, match="got no queries to measure arithmetic with"):
        measure(task, top, np.array([], dtype=int))


def test_the_report_by_hand(task: ArithmeticTask):
    report = arithmetic_report(task)
    assert report.overall.exact_at_1 == report.overall.truth_at_1 == report.overall.kept == 1
    assert {name: m.queries for name, m in report.by_swap.items()} == {"green": 2, "blue": 4}
    exact = {name: metrics.exact_at_1 for name, metrics in report.ablations.items()}
    # red + green is nearest to the picture of both, either way; red + blue is still nearest to the blue one
    assert exact["no subtraction"] == pytest.approx(4 / 6)
    assert report.ablations["no subtraction"].kept == pytest.approx((4 + 2 * 4 / 5) / 6)
    by_swap = report.ablations_by_swap["no subtraction"]
    assert (by_swap["green"].exact_at_1, by_swap["blue"].exact_at_1) == (0, 1)
    # red without red is as near to green as to blue, so one of the two is right, and so with green without green;
    # blue without blue is nearest to the picture of both
    assert exact["no addition"] == pytest.approx(2 / 6)
    assert exact["the new word alone"] == 1
    # red and green are nearest to both; blue is as near to red as to green
    assert exact["the source picture alone"] == pytest.approx(1 / 6)
    assert set(exact) == {*ABLATIONS, RANDOM_WORD}
    assert report.ways.keys() == WAYS.keys()
    assert report.ways["plain"] == report.overall


def test_the_curve_runs_from_the_picture_alone_over_the_arithmetic_to_three_times_the_words(task: ArithmeticTask):
    report = arithmetic_report(task)
    curve = dict(report.curve)
    assert (len(curve), min(curve), max(curve)) == (13, 0, 3)
    assert curve[0] == report.ablations["the source picture alone"]
    assert curve[1] == report.overall
    assert report.curves.keys() == WAYS.keys()
    assert dict(report.curves["rejected"])[1] == report.ways["rejected"]


def test_a_described_picture_is_the_mean_of_itself_and_its_captions_with_the_words_exchanged_by_hand(
    task: ArithmeticTask,
):
    pictures = dict(zip(SWAPS, task.pictures(WAYS["described"]), strict=True))
    red, green = np.array([[3, 1, 1], [1, 3, 1]]) / np.sqrt(11)
    # "red and blue" with green for red says green and blue; no caption says green, so it stays as it is
    np.testing.assert_allclose(pictures["red", "green"], normalise(red + np.array([0, 1, 1]) / np.sqrt(2)), atol=1e-3)
    np.testing.assert_allclose(pictures["green", "red"], normalise(green + np.array([1, 0, 1]) / np.sqrt(2)), atol=1e-3)
    np.testing.assert_array_equal(task.pictures(WAYS["plain"]), task.candidates[task.sources])


def test_a_report_is_json(task: ArithmeticTask):
    data = arithmetic_report(task, "rejected").to_json()
    assert json.loads(json.dumps(data)) == data
    assert (data["way"], data["overall"]["candidates"]) == ("rejected", 3)
    assert data["curves"]["rejected"][4] == {"weight": 1, **data["overall"]}
    assert data["ablations_by_swap"]["no subtraction"]["blue"]["queries"] == 4


def test_the_tables_say_where_an_ablation_comes_near(task: ArithmeticTask):
    report = arithmetic_report(task)
    tables = arithmetic_tables(report)
    assert "| **over all** | 100.0 | 100.0 | 100.0 | 100.0 | 6 |" in tables
    assert "| no subtraction | 66.7 | 100.0 | 66.7 | 93.3 | 6 |" in tables
    two = {name: report.ablations_by_swap[name] for name in ("no subtraction", "the new word alone")}
    tables = arithmetic_tables(replace(report, ablations_by_swap=two))
    assert "Swaps on which an ablation comes within 20 points of exact@1:" in tables
    assert "- green: the new word alone already has 100.0, the arithmetic 100.0" in tables
    assert "- blue: no subtraction already has 100.0, the arithmetic 100.0" in tables
    far = {name: dict.fromkeys(report.by_swap, report.ablations["no addition"]) for name in report.ablations}
    assert "within 20 points" not in arithmetic_tables(replace(report, ablations_by_swap=far))


def test_what_cancels_out_is_told(tmp_path: Path):
    folder = write(tmp_path / "pure", ["red", "green"], [("red", "green")])
    Image.new("RGB", (8, 8), (255, 0, 0)).save(folder / "images/red.png")
    task = arithmetic_task(FakeEncoder(), load_collection(folder))
    with pytest.raises(QueryError, match="The terms cancel out"):
        query_vectors(task, WAYS["plain"], ABLATIONS["no addition"])


def test_swaps_are_read_with_their_scenes(folder: Path):
    swaps = read_swaps(load_collection(folder))
    assert [(swap.source.id, swap.target.id) for swap in swaps] == SWAPS
    assert swaps[0].source == SCENES["red"]
    assert (swaps[0].name, swaps[0].fact, swaps[0].minus, swaps[0].plus) == ("green", "subject.colour", "red", "green")


def test_a_collection_without_swaps_or_truth_is_refused(folder: Path, colours: Path):
    with pytest.raises(CollectionError, match="colours has no known truth, so arithmetic cannot be scored on it"):
        arithmetic_task(FakeEncoder(), load_collection(colours))
    row = {"name": "green", "fact": "subject.colour", "source": "pink", "target": "green", "minus": "a", "plus": "b"}
    (folder / SWAPS_FILE).write_text(json.dumps(row))
    with pytest.raises(CollectionError, match=r"swaps\.jsonl does not hold the swaps of counterparts \('pink'\)"):
        read_swaps(load_collection(folder))
    (folder / SWAPS_FILE).unlink()
    with pytest.raises(CollectionError, match=r"has no swaps\.jsonl"):
        read_swaps(load_collection(folder))


class AnyWords(FakeEncoder):
    """Reads every word, each as a direction of its own."""

    def encode_texts(self, texts: Sequence[str], progress: object = None, strict: bool = True) -> np.ndarray:
        rows = [
            sum(np.random.default_rng(zlib.crc32(word.encode())).normal(size=3) for word in text.split())
            for text in texts
        ]
        return normalise(np.array(rows))


def test_the_command_prints_the_tables_and_the_analogies(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(registry_module, "load_model", lambda name: AnyWords())
    arguments = ["arithmetic", "any", str(folder), "--distractors", "", "--json", str(tmp_path / "a.json")]
    assert main(arguments) == 0
    output = capsys.readouterr().out
    report = arithmetic_report(arithmetic_task(AnyWords(), load_collection(folder)))
    assert output.startswith(arithmetic_tables(report) + "\n\n| analogy (a - b + c, words alone) |")
    data = json.loads((tmp_path / "a.json").read_text())
    assert {**data, "analogies": None} == {**report.to_json(), "analogies": None}
    assert data["analogies"]["overall"]["queries"] >= 60


def test_the_command_refuses_an_unknown_way(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["arithmetic", "any", str(folder), "--way", "magic"]) == 2
    assert "error: No way of doing arithmetic is called 'magic'" in capsys.readouterr().err


def test_the_table_tells_the_swaps_of_which_both_things_can_be_seen_by_hand():
    def metrics(exact: float, queries: int) -> ArithmeticMetrics:
        return ArithmeticMetrics(exact, 1.0, exact, 1.0, queries, 9)

    swaps = {"animal": metrics(1.0, 1), "size": metrics(0.5, 3), "place": metrics(1.0, 7)}
    added = {"animal": metrics(0.0, 1), "size": metrics(1 / 3, 3), "place": metrics(1.0, 7)}
    report = ArithmeticReport(
        "plain",
        metrics(0.9, 11),
        swaps,
        {"no subtraction": metrics(0.7, 11)},
        {"no subtraction": added},
        {},
        {"plain": ()},
    )
    # (1 * 1 + 3 * 0.5) / 4 and (0 + 3 / 3) / 4, without the place
    assert "at once (4 queries), exact@1: 62.5, no subtraction 25.0" in arithmetic_tables(report)
