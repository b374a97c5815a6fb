from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import FakeEncoder, write_pictures
from vse.cli import main
from vse.data import load_collection
from vse.errors import CollectionError
from vse.evaluation.tags import evaluate_tags, tags_line


def captioned(folder: Path, text: str) -> Path:
    write_pictures(folder, ("red", "green"))
    (folder / "captions.csv").write_text(f"image,caption\n{text}")
    return folder


def test_tags_are_right_when_the_captions_use_them(tmp_path: Path):
    # Of "red" and "green" each picture's own fits it best; the second of the two is wrong.
    folder = captioned(tmp_path, "red.png,the red\ngreen.png,a green\n")
    assert evaluate_tags(FakeEncoder(), load_collection(folder), k=1).precision == pytest.approx(100)
    assert evaluate_tags(FakeEncoder(), load_collection(folder), k=2).precision == pytest.approx(50)
    swapped = captioned(tmp_path, "red.png,the green\ngreen.png,a red\n")
    found = evaluate_tags(FakeEncoder(), load_collection(swapped), k=1)
    assert (found.precision, found.words, found.pictures) == (0, 2, 2)


def test_of_labels_it_counts_whether_the_right_one_is_there(tmp_path: Path):
    write_pictures(tmp_path, ("red", "green", "blue"))
    (tmp_path / "labels.tsv").write_text("image\tlabel\nred.png\tred\ngreen.png\tgreen\nblue.png\tred\n")
    found = evaluate_tags(FakeEncoder(), load_collection(tmp_path), k=1)
    assert found.precision == pytest.approx(200 / 3)
    assert "66.7 % pictures whose label is among the tags (2 words" in tags_line(found)


def test_scenes_are_judged_by_their_truth(scenes_model: Path, scenes_folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", str(scenes_model), str(scenes_folder), "--tags"]) == 0
    assert "precision@5 of tags: " in capsys.readouterr().out


def test_without_words_there_are_no_tags_to_judge(tmp_path: Path):
    write_pictures(tmp_path, ("red",))
    with pytest.raises(CollectionError, match="no captions and no labels to take tags from"):
        evaluate_tags(FakeEncoder(), load_collection(tmp_path))
