"""What the page tells of a recording, with a tiny model that hears "dog" whatever is said."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.map.compute import neighbours, picked, question_about
from demo.map.render import picked_html
from demo.search.handlers import SearchEvents
from demo.shared import pictures
from demo.shared.address import Page
from demo.shared.answer_render import answers_html
from demo.shared.answering import answer
from demo.shared.collections import Collections
from demo.shared.models import Service
from demo.shared.question import Question
from demo.shared.spoken import dictated, drawn, examples, hears, recording_of
from tests.conftest import tiny_checkpoint
from tests.encoders.vse.test_speech import teach
from vse.data import Collection, load_collection
from vse.encoders.registry import load_model
from vse.encoders.vse.checkpoint import save_checkpoint
from vse.errors import SpeechError
from vse.modalities.speech.decoding import wav_bytes
from vse.search.searcher import Searcher


@pytest.fixture
def sounding(scenes_folder: Path, tmp_path: Path) -> Collection:
    """Scenes of which the first has a recording of its second caption."""
    folder = tmp_path / "sounding"
    (folder / "speech").mkdir(parents=True)
    (folder / "speech/0.wav").write_bytes(wav_bytes(np.sin(np.arange(24_000) / 5), 16_000))
    lines = [json.loads(line) for line in (scenes_folder / "items.jsonl").read_text().splitlines()]
    lines[0]["speech"] = [{"file": "speech/0.wav", "caption": 1}]
    (folder / "images").mkdir()
    for line in lines:
        (folder / line["image"]).write_bytes((scenes_folder / line["image"]).read_bytes())
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return load_collection(folder)


@pytest.fixture
def searcher(sounding: Collection, tmp_path: Path) -> Searcher:
    save_checkpoint(tmp_path / "tiny", tiny_checkpoint())
    teach(tmp_path / "tiny", "dog")
    return Searcher.open(load_model(tmp_path / "tiny"), sounding)


def test_a_recording_is_answered_with_what_was_heard_and_what_each_stretch_adds(searcher: Searcher):
    path = recording_of(searcher.collection, searcher.collection.items[0].id)
    found = answer(searcher, Question("[upload]", 3, upload=path))
    assert found.problem == ""
    assert found.spoken is not None
    assert found.spoken.words == ("dog",)
    assert found.spoken.seconds == pytest.approx(1.48)
    assert len(found.spoken.stretches) == 6  # of a quarter of a second each
    assert [each.start for each in found.spoken.stretches[1:]] == [each.stop for each in found.spoken.stretches[:-1]]
    assert all(abs(each.share) < 1e-4 for each in found.spoken.stretches)  # the same word is heard without any of them
    assert len(found.captions) == 3
    shown = answers_html([found], searcher.collection)
    assert "<q>dog</q>" in shown
    assert 'src="recordings/scene-0000?v=' in shown
    assert shown.count('class="for"') + shown.count('class="against"') == 6
    assert "Pictures of what was said" in shown
    assert path not in shown  # nobody is told where it lies


def test_a_picture_with_a_recording_offers_it(searcher: Searcher):
    found = answer(searcher, Question("[scene-0000]", 3))
    assert 'data-spoken="scene-0000"' in answers_html([found], searcher.collection)
    found = answer(searcher, Question("[scene-0001]", 3))
    assert "data-spoken" not in answers_html([found], searcher.collection)


def test_what_was_said_is_an_operand(searcher: Searcher):
    path = recording_of(searcher.collection, "scene-0000")
    found = answer(searcher, Question("[speech] - red + green", 3, upload="beside.png", speech=path))
    assert (found.problem, found.heard) == ("", ("dog",))
    assert found.resolved is not None
    assert found.resolved.parts.kinds == ("text", "text", "text")
    shown = answers_html([found], searcher.collection)
    assert '<span class="word">dog</span><span class="as-said">as it was said</span>' in shown
    assert "What you said, " in shown
    assert path not in shown
    assert found.question.files == {"upload": "beside.png", "speech": path}
    for given in ("", "beside.png"):
        found = answer(searcher, Question("[speech] + green", 3, upload=given))
        assert found.problem == "[speech] stands for a recording: say it with Speak, or give a sound file."


def test_a_spoken_caption_of_the_map_plays_and_asks(searcher: Searcher, tmp_path: Path):
    collection = searcher.collection
    clicked = {"kind": "spoken caption", "id": "scene-0000"}
    found = picked(clicked, collection)
    assert (found.item, found.said) == (collection.items[0], collection.items[0].captions[1])
    near = neighbours(found, searcher)
    said = searcher.encoder.encode("speech", [recording_of(collection, "scene-0000")])[0]
    assert [item.id for item in near] == [hit.item_id for hit in searcher.nearest_images(said, 6)]
    shown = picked_html(found, [], collection, near)
    assert 'src="recordings/scene-0000?v=' in shown
    assert shown.count("data-pick=") == len(near)
    assert 'data-use="search" data-kind="spoken caption" data-id="scene-0000"' in shown
    assert question_about(clicked) == Question("[speech scene-0000]")
    with pytest.raises(SpeechError, match="There is no such recording"):
        picked({**clicked, "id": "scene-0001"}, collection)
    tab = SearchEvents(Collections(Service.of(searcher)))
    _, _, asked, html = tab.on_asked(
        question_about(clicked), SimpleNamespace(session_hash="me", query_params={}), Question("red", 3), Page()
    )
    assert asked.text == "[speech scene-0000]"
    assert "?image=" in html or "image=speech%20scene-0000" in html
    assert "<q>dog</q>" in html
    assert 'src="recordings/scene-0000?v=' in html


def test_what_cannot_be_heard_is_told_without_its_place(searcher: Searcher, tmp_path: Path):
    (tmp_path / "speech.wav").write_bytes(wav_bytes(np.zeros(16_000), 16_000))
    found = answer(searcher, Question("[upload]", 3, upload=str(tmp_path / "speech.wav")))
    assert found.problem.startswith("Your recording is silent; speak nearer")
    with pytest.raises(SpeechError, match="There is no such recording"):
        recording_of(searcher.collection, "scene-0001")
    with pytest.raises(SpeechError, match="There is no such recording"):
        recording_of(searcher.collection, {"path": "/etc/passwd"})
    path = recording_of(searcher.collection, "scene-0000")
    assert dictated(searcher, path) == "dog"
    teach(tmp_path / "tiny")
    with pytest.raises(SpeechError, match="No words were made out"):
        dictated(Searcher.open(load_model(tmp_path / "tiny"), searcher.collection), path)


def test_recordings_are_served_by_id_and_nothing_else_is(sounding: Collection, tmp_path: Path):
    client = TestClient(Starlette(routes=[pictures.recordings_route(sounding)]))
    address = pictures.recording(sounding, "scene-0000")
    assert client.get(f"/{address}").headers["content-type"] == "audio/wav"
    assert pictures.recording(sounding, "scene-0001") == ""
    for name in ("scene-0001", "gone", "../items.jsonl", "speech/0.wav"):
        assert client.get(f"/recordings/{name}").status_code == 404
    path = sounding.items[0].inputs["speech"][0]
    path.unlink()
    (tmp_path / "secret.wav").write_bytes(wav_bytes(np.sin(np.arange(24_000) / 5), 16_000))
    path.symlink_to(tmp_path / "secret.wav")
    assert client.get(f"/{address}").status_code == 404


def test_recordings_to_begin_with_are_those_of_a_handy_length(sounding: Collection):
    caption = sounding.items[0].captions[1]
    assert examples(sounding) == (((sounding.items[0].id, caption),) if 20 <= len(caption) <= 60 else ())
    assert examples(Collection("none", ())) == ()


def test_a_spectrogram_is_a_picture():
    assert drawn(np.zeros((30, 8), np.float32)).startswith("data:image/png;base64,")


def test_the_buttons_to_speak_are_there_where_the_model_hears():
    assert hears("scenes-vse")
    assert not hears("photos-vse")
    assert not hears("nothing/of/that/name")
