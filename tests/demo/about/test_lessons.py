"""The lessons: what each says is right is what the models that ship, and what is true of Emoji Scenes, give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import gradio as gr
import numpy as np
import pytest

from demo.about.handlers import LessonEvents, Seen
from demo.about.lessons import IDS, QUERY, TOPICS, Lesson, LessonError, mirror
from demo.shared.collections import Collections
from demo.shared.models import Service
from vse.data import Collection, load_collection
from vse.data.scenes.annotations import SceneTruth
from vse.data.scenes.world.scene import satisfies
from vse.search.searcher import Searcher

SCORED = ("space", "nearness", "arithmetic", "loss", "limits")
RIGHT = re.compile(r"✓ (The right answer|Your answer, and right)")


@pytest.fixture(scope="module")
def shipped() -> tuple[Searcher, Searcher]:
    vse = Searcher.open("scenes-vse", "scenes")
    return vse, Searcher.open("scenes-clip", vse.collection)


@pytest.fixture(scope="module")
def lessons(shipped: tuple[Searcher, Searcher]) -> dict[str, Lesson]:
    return {each.id: each.make(*shipped[: 1 + each.needs_clip]) for each in TOPICS}


def truth(collection: Collection) -> SceneTruth:
    assert isinstance(collection.annotations, SceneTruth)
    return collection.annotations


def encoded(vse: Searcher, lesson: Lesson) -> np.ndarray:
    """(1, N): the scores of the lesson's picture with its options' captions, both read anew from file and text."""
    assert lesson.item is not None
    picture = vse.encoder.encode_images([lesson.item.image_path])
    return picture @ vse.encoder.encode_texts([each.text for each in lesson.options]).T


def is_true(collection: Collection, item_id: str, caption: str) -> bool:
    known = truth(collection)
    return satisfies(known.scenes[collection.rows[item_id]], known.statements[collection.captions.index(caption)])


def queries(lesson: Lesson) -> list[str]:
    """The queries that its links ask."""
    return [query for _, parameters in lesson.tries for query in parse_qs(parameters).get("q", [])]


def test_the_right_option_has_the_highest_score(lessons: dict[str, Lesson]):
    for name in SCORED:
        scores = [each.score for each in lessons[name].options]
        assert len(scores) == len(set(scores)) >= 2
        assert int(np.argmax(np.array(scores, float))) == lessons[name].right, name


def test_the_first_picture_is_that_of_a_search(shipped: tuple[Searcher, Searcher], lessons: dict[str, Lesson]):
    lesson, vse = lessons["space"], shipped[0]
    assert queries(lesson) == [QUERY]
    (hit,) = vse.search_text(QUERY, 1)
    right = lesson.options[lesson.right]
    assert right.item is not None
    assert (right.item.id, right.score) == (hit.item_id, pytest.approx(hit.score, abs=1e-3))
    for each in lesson.options:
        assert each.item is not None
        scene = truth(vse.collection).scenes[vse.collection.rows[each.item.id]]
        has_dog, is_beach = "dog" in [group.kind for group in scene.groups], scene.place == "beach"
        told = {(True, True): "a dog, and a beach", (False, True): "a beach, but no dog",
                (True, False): "a dog, but no beach", (False, False): "neither a dog nor a beach"}  # fmt: skip
        assert told[has_dog, is_beach] in each.note


@pytest.mark.parametrize("name", ["nearness", "loss", "limits"])
def test_captions_are_as_near_as_the_model_puts_them(
    shipped: tuple[Searcher, Searcher], lessons: dict[str, Lesson], name: str
):
    lesson, scores = lessons[name], encoded(shipped[0], lessons[name])[0]
    assert scores.argmax() == lesson.right
    assert [each.score for each in lesson.options] == pytest.approx(scores, abs=2e-3)


def test_captions_are_as_true_as_it_says(shipped: tuple[Searcher, Searcher], lessons: dict[str, Lesson]):
    collection = shipped[0].collection
    for name in ("nearness", "loss"):
        item = lessons[name].item
        assert item is not None
        for each in lessons[name].options:
            assert is_true(collection, item.id, each.text) == (each.note == "True of the picture."), each.text
    item, (one, other) = lessons["limits"].item, lessons["limits"].options
    assert item is not None
    assert mirror(one.text) == other.text
    straight = one if one.note == "True of the picture." else other
    assert straight.text in item.captions
    assert is_true(collection, item.id, straight.text)


def test_the_sum_finds_what_the_search_finds(shipped: tuple[Searcher, Searcher], lessons: dict[str, Lesson]):
    lesson, vse = lessons["arithmetic"], shipped[0]
    (query,) = set(queries(lesson))
    notes = {each.item.id: each.note for each in lesson.options if each.item}
    picture, minus, plus = re.split(r" [-+] ", query)
    asked = {
        query: "the whole sum",
        f"{picture} + {plus}": f"without “−\N{NO-BREAK SPACE}{minus}”",
        plus: f"“{plus}” finds alone",
        f"{picture} - {minus}": f"without “+\N{NO-BREAK SPACE}{plus}”",
    }
    for sum_, note in asked.items():
        assert note in notes[vse.ask(sum_, 1).hits[0].item_id].replace("What", "what")
    right = lesson.options[lesson.right].item
    assert right is not None
    assert vse.ask(query, 1).hits[0].item_id == right.id
    known = truth(vse.collection).scenes
    shows = str(known[vse.collection.rows[right.id]])
    assert (f"'{plus}'" in shows and f"'{minus}'" not in shows) == ("no more" in lesson.because)


def test_the_hardest_negative_costs_what_the_loss_says(lessons: dict[str, Lesson]):
    import torch

    from vse.training.objectives.hardest_negative import hardest_negative

    lesson = lessons["loss"]
    own, line = (float(each) for each in re.findall(r"-?\d\.\d\d", lesson.because.replace("−", "-"))[:2])
    scores = torch.full((5, 5), -2.0)
    scores[0] = torch.tensor([own, *(float(each.score or 0) for each in lesson.options)])
    scores.diagonal()[1:] = 2.0  # so that no other picture or caption costs anything
    cost = 5 * hardest_negative(scores).item()
    right = lesson.options[lesson.right]
    assert float(right.note.split()[0]) == pytest.approx(cost, abs=0.011)  # of rounded numbers
    assert line == pytest.approx(own - 0.2, abs=0.011)
    assert [each.note.startswith("Below") for each in lesson.options] == [
        float(each.score or 0) < own - 0.2 for each in lesson.options
    ]


def test_the_gap_is_the_models(shipped: tuple[Searcher, Searcher], lessons: dict[str, Lesson]):
    lesson, vse = lessons["gap"], shipped[0]
    kinds = [np.asarray(vse.index(each).vectors, np.float64) for each in ("image", "text")]
    middles = np.stack([each.mean(axis=0) for each in kinds])
    apart = [np.linalg.norm(each[:, None] - middles, axis=2).argmin(axis=1) for each in kinds]
    share = ((apart[0] == 0).mean() + (apart[1] == 1).mean()) / 2
    assert f"right {100 * share:.0f} times in 100" in lesson.because
    assert f"Here it is {np.linalg.norm(middles[0] - middles[1]):.2f};" in lesson.because
    assert lesson.right == (0 if share >= 0.75 else 1 if share >= 0.6 else 2)


def test_the_model_that_is_right_gives_a_true_picture(shipped: tuple[Searcher, Searcher], lessons: dict[str, Lesson]):
    lesson = lessons["clip"]
    ((text, *_),) = [queries(lesson)]
    verdicts = []
    for searcher, option in zip(shipped, lesson.options, strict=False):
        (hit,) = searcher.search_text(text, 1)
        verdicts.append(is_true(searcher.collection, hit.item_id, text))
        assert option.found is not None
        assert option.found.id == hit.item_id
        assert searcher.encoder.name in option.text
        assert ("not a true" in option.note) is not verdicts[-1]
    assert lesson.right == {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[tuple(verdicts)]


def test_no_picture_is_described_by_its_caption_or_as_the_answer(lessons: dict[str, Lesson]):
    for lesson in lessons.values():
        for each in lesson.options:
            if each.item is not None:
                assert each.seen not in each.item.captions
                assert QUERY not in each.seen
                assert "weather: " in each.seen


REQUEST: Any = SimpleNamespace(session_hash="me", query_params={}, headers={})


def at(**parameters: str) -> Any:
    return SimpleNamespace(session_hash="me", query_params=parameters, headers={})


def click(kind: object, value: object = None) -> gr.EventData:
    return gr.EventData(None, {"kind": kind, "value": value})


def last(updates: Iterator[Any]) -> Any:
    return list(updates)[-1]


@pytest.fixture
def service(scenes_model: Path, scenes_folder: Path) -> Service:
    return Service(scenes_model, scenes_folder, why_no_clip="There is no CLIP.")


@pytest.fixture
def events(service: Service) -> LessonEvents:
    return LessonEvents(Collections(service))


def test_nothing_is_loaded_before_a_lesson_is_opened(
    service: Service, events: LessonEvents, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(service, "start", lambda *_: pytest.fail("a model was loaded"))
    assert list(events.on_load(at(tab="search", lesson="gap"))) == [(gr.skip(), gr.skip())]
    seen, shown = last(events.on_load(at(tab="about", lesson="none such")))
    assert seen == Seen()
    assert shown.count('data-set="page"') == len(TOPICS)
    assert 'data-set="choice"' not in shown


def test_the_answer_is_shown_after_a_choice_and_not_before(events: LessonEvents):
    seen, shown = last(events.on_load(at(tab="about", lesson="nearness")))
    assert 'data-choices="lesson=nearness"' in shown
    assert shown.count('data-set="choice"') == 4
    assert not re.search(r"scored|✓|✗|because|is-right|href", shown)
    seen, answered = last(events.on_choice(seen, click("choice", "1"), REQUEST))
    assert seen == Seen("nearness", 1)
    assert answered.count('aria-pressed="true"') == 1
    assert answered.count("is-right") == len(RIGHT.findall(answered)) == 1
    seen, following = last(events.on_choice(seen, click("page", "4"), REQUEST))
    assert seen == Seen("gap")
    assert "because" not in following


def test_a_choice_that_is_not_there_answers_nothing(events: LessonEvents):
    assert "because" not in last(events.on_choice(Seen("gap"), click("choice", "3"), REQUEST))[1]  # of three options
    for data in (click("choice", "4"), click("choice", 1), click("answer", "1"), click("page", "-1")):
        with pytest.raises(gr.Error, match="reload the page"):
            list(events.on_choice(Seen("gap"), data, REQUEST))
    assert last(events.on_choice(Seen("gap"), click("page", "999"), REQUEST))[0] == Seen(IDS[-1])


def test_a_lesson_that_cannot_be_given_says_why(events: LessonEvents):
    assert "There is no CLIP." in last(events.on_load(at(tab="about", lesson="clip")))[1]
    assert "start the app with Emoji Scenes" in last(events.on_load(at(tab="about", lesson="arithmetic")))[1]


@pytest.mark.parametrize("topic", [each for each in TOPICS if each.id not in ("gap", "clip")], ids=lambda each: each.id)
def test_other_collections_have_no_such_lessons(topic: Any, colours: Path):
    from tests.conftest import FakeEncoder

    searcher = Searcher.open(FakeEncoder(), load_collection(colours))
    with pytest.raises(LessonError, match="start the app with Emoji Scenes"):
        topic.make(searcher)


def test_left_and_right_are_exchanged_as_words():
    assert mirror("a bright car left of a copyright sign, right of a cat") == (
        "a bright car right of a copyright sign, left of a cat"
    )
