from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import write_pictures
from vse.data import load_collection
from vse.data.labels import Labels, sentences
from vse.data.readers.labels import halves
from vse.errors import CollectionError


def labelled(folder: Path, text: str) -> Path:
    write_pictures(folder / "images")
    (folder / "labels.tsv").write_text(text, encoding="utf-8")
    return folder


def test_each_photograph_has_its_label_and_no_caption(tmp_path: Path):
    folder = labelled(tmp_path, "image\tlabel\tsource\nred.png\tfire engine\tx\nblue.png\tsea\ty\ngreen.png\tsea\tz\n")
    found = load_collection(folder)
    assert [item.id for item in found.items] == ["red.png", "blue.png", "green.png"]
    assert isinstance(found.annotations, Labels)
    assert found.annotations.of_pictures == ("fire engine", "sea", "sea")
    assert found.captions == ()
    test, train = (found.split(name) for name in ("test", "train"))
    assert len(test) == 1  # the second photograph of the sea; a label that comes once is learnt from
    assert test.annotations == Labels(("sea",))
    assert sorted(train.annotations.of_pictures) == ["fire engine", "sea"]  # type: ignore[union-attr]


def test_halves_are_told_by_the_names_alone():
    labels = {f"{number}.jpg": "cat" if number % 3 else "dog" for number in range(30)}
    found = halves(labels)
    for label, count in (("cat", 10), ("dog", 5)):
        assert sum(found[name] == "test" for name, of in labels.items() if of == label) == count
    assert halves(dict(reversed(labels.items()))) == found


def test_a_column_of_splits_is_kept(tmp_path: Path):
    found = load_collection(labelled(tmp_path, "image\tlabel\tsplit\nred.png\tfire\ttrain\nblue.png\tsea\tdev\n"))
    assert [item.split for item in found.items] == ["train", "dev"]


def test_a_row_that_does_not_fit_costs_itself_alone(tmp_path: Path):
    folder = labelled(tmp_path, "image\tlabel\nred.png\t \n../x.png\tsea\nblue.png\tsea\nblue.png\tsky\n")
    found = load_collection(folder)
    assert found.annotations == Labels(("sea",))
    assert "2 rows" in found.notes[0]
    (folder / "labels.tsv").write_text("image\tname\nred.png\tfire\n", encoding="utf-8")
    with pytest.raises(CollectionError, match=r"labels\.tsv.*'label'"):
        load_collection(folder)


def test_a_label_is_said_as_captions_say_it():
    assert sentences("owl")[:3] == ("owl", "an owl", "a photo of an owl")
    assert "a photo of a tabby cat" in sentences("tabby cat")
