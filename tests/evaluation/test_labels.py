from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import COLOURS, FakeEncoder, write_pictures
from vse.cli import main
from vse.data import load_collection
from vse.errors import CollectionError
from vse.evaluation.labels import evaluate_labels, labels_table


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    """Eight photographs labelled red, of which two are blue, eight of blue, and one of green; all of the split test."""
    lines = ["image\tlabel\tsplit"]
    for label, shown in (("red", ["red"] * 6 + ["blue"] * 2), ("blue", ["blue"] * 8), ("green", ["green"])):
        for number, colour in enumerate(shown):
            name = f"{label}{number}.png"
            Image.new("RGB", (8, 8), COLOURS[colour]).save(tmp_path / name)
            lines.append(f"{name}\t{label}\ttest")
    (tmp_path / "labels.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_names_of_labels_find_their_photographs(squares: Path):
    found = evaluate_labels(FakeEncoder(), load_collection(squares))
    # "red": six right ones first, then ties in the order of the rows, of which the two blue ones labelled red are the
    # first. "blue": ten blue pictures, eight of them labelled so. "green": alone, and thin.
    assert found.wide.queries == 2
    assert found.wide.precision_at_10 == pytest.approx((80 + 80) / 2)
    assert found.wide.capped_precision_at_10 == pytest.approx(100)
    assert found.wide.satisfied_at_1 == pytest.approx(50)  # the first blue picture is labelled red
    assert found.thin is not None
    assert found.thin.capped_precision_at_10 == pytest.approx(100)
    assert found.each == {"blue": (8, 100.0), "green": (1, 100.0), "red": (8, 100.0)}
    assert "| 8 photographs or more | 50.0 | 80.0 | 100.0 | 2 |" in labels_table(found)
    assert "worst: blue 100, red 100" in labels_table(found)


def test_the_command_takes_labelled_photographs(squares: Path, scenes_model: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", str(scenes_model), str(squares)]) == 0
    assert "| 8 photographs or more |" in capsys.readouterr().out


def test_without_enough_labels_there_is_nothing_to_measure(squares: Path, tmp_path: Path):
    (squares / "labels.tsv").write_text("image\tlabel\tsplit\nred0.png\tred\ttest\n", encoding="utf-8")
    with pytest.raises(CollectionError, match=r"No label of .* has 8 photographs"):
        evaluate_labels(FakeEncoder(), load_collection(squares))
    write_pictures(tmp_path / "plain")
    with pytest.raises(CollectionError, match=r"has no labels; give a folder with labels\.tsv"):
        evaluate_labels(FakeEncoder(), load_collection(tmp_path / "plain"))
