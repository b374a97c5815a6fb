"""Spoken captions as their makers lay them out, on small files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import write_pictures
from vse.data import load_collection
from vse.errors import CollectionError
from vse.modalities import IMAGE, SPEECH, TEXT


def touch(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"RIFF")


def test_the_flickr8k_audio_corpus_beside_flickr8k(tmp_path: Path):
    write_pictures(tmp_path / "Flicker8k_Dataset", ["red", "green"])
    audio = tmp_path / "flickr_audio"
    touch(audio / "wavs", "red_0.wav", "red_1.wav", "green_0.wav")
    lines = ["red_0.wav red.png #0", "red_1.wav red.png #1", "", "a line of two", "green_0.wav green.png #0"]
    (audio / "wav2capt.txt").write_text("\n".join(lines))
    (tmp_path / "Flickr8k.token.txt").write_text("red.png#0\tA red one\nred.png#1\tRed .\ngreen.png#0\tgreen\n")
    (tmp_path / "Flickr_8k.trainImages.txt").write_text("red.png\n")
    (tmp_path / "Flickr_8k.testImages.txt").write_text("green.png\n")
    for given in (tmp_path, audio / "wav2capt.txt"):
        collection = load_collection(given)
        red, green = collection.items
        assert red.inputs[SPEECH] == (audio / "wavs/red_0.wav", audio / "wavs/red_1.wav")
        assert red.inputs[TEXT] == ("A red one", "Red .")
        assert red.inputs[IMAGE] == (tmp_path / "Flicker8k_Dataset/red.png",)
        assert (red.split, green.split) == ("train", "test")
        assert "1 row of" in collection.notes[0]
        assert "line 4: expected name.wav, picture.jpg and #0" in collection.notes[0]


def test_the_audio_corpus_alone_has_no_pictures(tmp_path: Path):
    touch(tmp_path / "wavs", "red_0.wav")
    (tmp_path / "wav2capt.txt").write_text("red_0.wav red.jpg #0\n")
    (item,) = load_collection(tmp_path).items
    assert dict(item.inputs) == {SPEECH: (tmp_path / "wavs/red_0.wav",)}
    (tmp_path / "wav2capt.txt").write_text("red_0.wav red.jpg #0\ngreen_0.wav green.jpg #0\n")
    with pytest.raises(CollectionError, match=r"lacks 1 of the 2 pictures named in wav2capt.txt: wavs/green_0.wav"):
        load_collection(tmp_path)


def speech_coco(folder: Path, name: str, **changed: object) -> None:
    told = {"imgID": 42, "captionID": 7, "synthesisedCaption": "a cat", "wavFilename": f"{name}.wav", **changed}
    (folder / f"json/{name}.json").write_text(json.dumps(told))
    touch(folder / "wav", f"{name}.wav")


def test_speech_coco(tmp_path: Path):
    folder = tmp_path / "val2014"
    (folder / "json").mkdir(parents=True)
    speech_coco(folder, "42_7_Phil_None_0-9")
    speech_coco(folder, "42_8_Judith_None_1-0")
    speech_coco(folder, "43_9_Bruce_None_1-1", imgID=43, synthesisedCaption="two dogs")
    speech_coco(folder, "44_9_Bruce_None_1-1", imgID="no number")
    collection = load_collection(folder)
    cat, dogs = collection.items
    assert (cat.id, cat.split) == ("COCO_val2014_000000000042.jpg", "val")
    assert [path.name for path in cat.inputs[SPEECH]] == ["42_7_Phil_None_0-9.wav", "42_8_Judith_None_1-0.wav"]
    assert (cat.captions, dogs.captions) == (("a cat",), ("two dogs",))
    assert "44_9_Bruce_None_1-1.json: expected an object with 'imgID'" in collection.notes[0]
    write_pictures(folder / "images", ["red"])
    (folder / "images/red.png").rename(folder / f"images/{cat.id}")
    assert [IMAGE in item.inputs for item in load_collection(folder).items] == [True, False]


def test_files_that_lead_out_of_the_folder_are_refused(tmp_path: Path):
    (tmp_path / "wav2capt.txt").write_text("../red_0.wav red.jpg #0\n")
    with pytest.raises(CollectionError, match=r"line 1: the picture '\.\./red_0.wav' lies outside the folder"):
        load_collection(tmp_path)
