from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.studies.transfer.conftest import COLOURS, EACH, write_squares
from vse.data import load_collection
from vse.errors import CollectionError
from vse.training.studies.transfer.labelled import Labelled, labelled


def test_each_label_is_halved(squares: Labelled):
    assert squares.names == tuple(COLOURS)
    for half in (squares.train, squares.test):
        assert np.bincount(squares.of[half]).tolist() == [EACH // 2, EACH // 2]
    named = [squares.names[label] for label in squares.of]
    assert all(item.id.startswith(name) for item, name in zip(squares.collection.items, named, strict=True))
    assert squares.about() == {"name": "squares", "labels": 2, "train": EACH, "test": EACH}


def test_only_labels_with_enough_photographs_are_kept(tmp_path: Path):
    folder = write_squares(tmp_path / "squares")
    path = folder / "labels.tsv"
    lines = path.read_text(encoding="utf-8").replace("yellow0.png\tyellow", "yellow0.png\tblue").splitlines()
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    collection = load_collection(folder)
    assert labelled(collection, 3).names == ("green", "yellow")
    assert labelled(collection, only=("yellow", "green")).names == ("green", "yellow")
    assert labelled(collection, most=2).names == ("green", "yellow")
    with pytest.raises(CollectionError, match="squares has 1 labels with 4 photographs to learn from and 4 to"):
        labelled(collection, 4)
    with pytest.raises(CollectionError, match=r"squares has no label mauve; see its labels\.tsv"):
        labelled(collection, only=("mauve", "yellow"))
    path.unlink()
    with pytest.raises(CollectionError, match="squares has no labels; give a folder"):
        labelled(load_collection(folder))
