"""A film lies in one plane, and comes back from its file as it was."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vse.errors import CollectionError, ConfigError
from vse.training.films.film import SIDE, Film, film_table, open_film, plane_of
from vse.training.films.run import Snapshot, mean_cosine, recalls
from vse.training.films.settings import FilmSettings

NONE = np.zeros((0, 2), np.int64)


def snapshot(epoch: int, pictures: np.ndarray) -> Snapshot:
    return Snapshot(
        epoch, 0.5 if epoch else None, pictures, -pictures, (50.0, 25.0, 0.0, 0.0), 0.25, 3,
        np.array([[1, -1], [-1, 0]]), NONE, np.zeros(0, np.float32),
    )  # fmt: skip


def test_the_plane_is_the_one_in_which_rows_spread_most():
    rows = np.array([[3, 0, 1], [-3, 0, 1], [0, 2, 1], [0, -2, 1], [0, 0, 1.5], [0, 0, 0.5]])
    plane, shown = plane_of(rows)
    np.testing.assert_allclose(np.abs(plane.axes), [[1, 0, 0], [0, 1, 0]], atol=1e-6)
    assert shown == pytest.approx(26 / 26.5)
    plane, _ = plane_of(rows, [rows, 2 * rows])  # the outermost, 6 to the right, stands before the edge
    points = plane.points(2 * rows)
    assert points.min() == 20
    assert points.max() == SIDE - 20
    assert plane.points(np.zeros((1, 3))).tolist() == [[SIDE // 2, SIDE // 2]]
    assert plane.points(100 * rows).max() == SIDE


def test_all_epochs_lie_in_the_plane_of_the_last():
    first, last = np.array([[0.0, 0, 1], [0, 1, 0]]), np.array([[1.0, 0, 0], [0, 0.5, 0]])
    film = Film.of(FilmSettings(epochs=1), [snapshot(0, first), snapshot(1, last)])
    assert film.shown == 1
    early = np.array(film.frames[0]["points"]).reshape(4, 2) - SIDE / 2
    assert np.abs(early[0]).max() == 0  # the third direction is not in the plane
    assert np.abs(early[1]).max() == 480
    assert [each["loss"] for each in film.frames] == [None, 0.5]


def test_a_film_comes_back_and_a_damaged_one_is_refused(tmp_path: Path):
    film = Film.of(FilmSettings("infonce", epochs=1), [snapshot(0, np.eye(2)), snapshot(1, np.eye(2))])
    film.save(tmp_path / "film.json.gz")
    assert open_film(tmp_path / "film.json.gz") == film
    assert film.packed() == open_film(tmp_path / "film.json.gz").packed()
    assert "| it | 0.500 | 50 / 25 | 0 / 0 | 3 | 0.25 → 0.25 |" in film_table({"it": film})
    for damaged in (b"", b"x", gzip.compress(b"{}"), gzip.compress(b"[1]"), film.packed()[:50]):
        (tmp_path / "film.json.gz").write_bytes(damaged)
        with pytest.raises(CollectionError, match=r"film\.json\.gz cannot be read .*: copy it again"):
            open_film(tmp_path / "film.json.gz")


def test_recall_counts_ties_against_the_model_and_the_mean_leaves_out_a_row_with_itself():
    scores = np.array([[0.9, 0.1, 0.1], [0.5, 0.5, 0.0], [0.2, 0.8, 0.3]])
    assert recalls(scores) == pytest.approx((100 / 3, 200 / 3))
    assert mean_cosine(np.array([[1, 0], [0, 1], [-1, 0]])) == pytest.approx(-1 / 3)
    assert mean_cosine(np.ones((4, 3))) == pytest.approx(1)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"loss": "squared_error"}, "says loss = 'squared_error'; expected one of hinge_sum"),
        ({"batch_size": 3}, "says batch_size = '3'; expected one of 2, 4, 8"),
        ({"margin": 2}, "says margin = 2; expected 0 to 1"),
        ({"temperature": 0}, "says temperature = 0; expected 0.01 to 1"),
        ({"epochs": 61}, "says epochs = 61; expected 1 to 60"),
        ({"learning_rate": 1}, "says learning_rate = 1; expected 0.0001 to 0.1"),
        ({"warmup_epochs": -1}, "says warmup_epochs = -1; expected 0 to 60"),
        ({"seed": 0.5}, "says seed = 0.5; expected a whole number"),
        ({"sed": 1}, "has sed, which FilmSettings does not know"),
    ],
)
def test_settings_out_of_range_are_refused(given: dict[str, object], told: str):
    with pytest.raises(ConfigError, match=told):
        FilmSettings.from_json(given)


def test_a_loss_takes_the_settings_that_it_has():
    assert FilmSettings("infonce", temperature=0.5).of_loss == {"temperature": 0.5}
    assert FilmSettings("infonce").required == 0
    hardest = FilmSettings("hardest_negative", margin=0.3, warmup_epochs=4)
    assert hardest.of_loss == {"margin": 0.3, "warmup_epochs": 4}
    assert hardest.required == 0.3
    assert replace(hardest, loss="order").of_loss == {"margin": 0.3}
