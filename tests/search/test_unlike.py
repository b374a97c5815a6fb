from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import COLOURS, FakeEncoder
from vse.encoders.calibration import Calibration, Domain
from vse.search import unlike as unlike_module
from vse.search.unlike import Unlike, told_of, unlike

HUNDRED = np.arange(100) / 100


def model(name: str, *plane: tuple[float, float, float]) -> FakeEncoder:
    """One whose own pictures lie at most 0.99 from a plane, or a line, of the colours."""
    encoder = FakeEncoder()
    encoder.name = name
    encoder.calibration = Calibration(name, domain=Domain(np.zeros(3), np.array(plane), HUNDRED))  # type: ignore[attr-defined]
    return encoder


REDDISH, GREENISH, UNKNOWN = model("reddish", (1, 0, 0)), model("greenish", (0, 1, 0)), FakeEncoder()


def at(distance: float) -> np.ndarray:
    """A vector so far from the axis of a model."""
    return np.array([0, 0, distance])


@pytest.mark.parametrize(
    ("own", "other", "told"),
    [
        (0.0, 0.9, None),
        (0.98, 1.0, None),  # 2 % of its own are as far
        (0.99, 1.0, Unlike("reddish")),
        (0.99, 0.96, Unlike("reddish")),  # only 4 % of the other's
        (0.99, 0.9, Unlike("reddish", "greenish")),
        (0.9, 0.81, None),  # 10 % and 19 %
        (0.9, 0.75, Unlike("reddish", "greenish")),
    ],
)
def test_far_from_a_model_s_own_or_much_nearer_to_another_s(own: float, other: float, told: Unlike | None):
    assert unlike((REDDISH, GREENISH), (at(own), at(other))) == told


def test_where_nothing_was_measured_nothing_is_told():
    assert unlike((UNKNOWN, REDDISH), (at(9), at(0))) is None
    assert unlike((REDDISH, UNKNOWN), (at(0.99), at(0))) == Unlike("reddish")
    assert unlike((REDDISH,), (at(0.5),)) is None


def test_a_picture_is_told_beside_the_models_that_ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unlike_module, "_by_collection", lambda: {"reddish": REDDISH, "greenish": GREENISH})
    Image.new("RGB", (4, 4), COLOURS["green"]).save(tmp_path / "green.png")
    (vector,) = REDDISH.encode_images([tmp_path / "green.png"])
    assert told_of(REDDISH, tmp_path / "green.png", vector) == Unlike("reddish", "greenish")
    assert told_of(GREENISH, tmp_path / "green.png", vector) is None
    assert told_of(UNKNOWN, tmp_path / "green.png", vector) is None


def test_it_is_told_in_one_sentence():
    assert str(Unlike("a", "b")) == "This picture is unlike those that a is made for: ask b, which knows such pictures."
    assert str(Unlike("a")) == "This picture is unlike those that a is made for: expect little."
