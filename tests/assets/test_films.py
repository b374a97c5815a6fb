"""The films that ship are those that the code makes."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from vse.training.films.film import SIDE, Film, film_file, frame, open_film, plane_of
from vse.training.films.look import PULLS
from vse.training.films.pictures import FILMS, WIDTH, open_pairs
from vse.training.films.presets import PRESETS
from vse.training.films.run import snapshots

MOST = 2_000_000  # bytes of all together


@pytest.mark.parametrize("name", PRESETS)
def test_a_film_has_a_frame_an_epoch_of_the_settings_that_are_offered(name: str):
    film = open_film(film_file(FILMS, name))
    assert film.settings == PRESETS[name]
    assert len(film.frames) == film.settings.epochs + 1
    assert 0 < film.shown <= 1
    for epoch, each in enumerate(film.frames):
        assert (each["loss"] is None) == (epoch == 0)
        assert len(each["points"]) == 2 * 2 * 200
        assert 0 <= min(each["points"]) <= max(each["points"]) <= SIDE
        assert len(each["hardest"]) == 2 * 160
        assert len(each["pulls"]) % 3 == 0
        assert len(each["pulls"]) <= 3 * PULLS


def test_they_are_small_and_there_are_no_others():
    files = {path.name: path.stat().st_size for path in FILMS.iterdir()}
    assert set(files) == {"features.safetensors", *(film_file(FILMS, name).name for name in PRESETS)}
    assert sum(files.values()) < MOST


def test_the_features_are_scaled_alike():
    features = open_pairs().features
    assert features.shape == (200, WIDTH)
    assert np.square(features).mean() == pytest.approx(1, rel=1e-3)


def test_training_anew_gives_the_figures_that_are_recorded():
    recorded = open_film(film_file(FILMS, "hardest"))
    again = list(islice(snapshots(PRESETS["hardest"], open_pairs()), 3))
    plane, _ = plane_of(again[-1].pictures)
    for seen, known in zip(again, recorded.frames, strict=False):
        made = frame(seen, plane)
        assert (made["loss"] or 0) == pytest.approx(known["loss"] or 0, rel=0.01)
        assert made["alike"] == pytest.approx(known["alike"], abs=0.01)
        assert made["violated"] == pytest.approx(known["violated"], rel=0.02)


def shipped(name: str) -> Film:
    return open_film(film_file(FILMS, name))


def test_what_the_page_says_of_them_is_so():
    last = {name: shipped(name).frames[-1] for name in PRESETS}
    alike = {name: max(each["alike"] for each in shipped(name).frames) for name in PRESETS}
    assert last["sum"]["violated"] < 200  # hardly one, of 25,440
    assert last["margin-0"]["loss"] < 0.001
    assert last["margin-0"]["alike"] > 0.3  # right and wrong almost equally near
    assert last["margin-08"]["violated"] > 5000
    assert min(last["margin-08"]["recalls"][:2]) > 97
    assert sum(last["batch-2"]["recalls"][:2]) < sum(last["sum"]["recalls"][:2])
    assert last["batch-2"]["violated"] > last["sum"]["violated"]
    # Twice the margin, as when all vectors are one, and all drawn together.
    assert last["hardest"]["loss"] == pytest.approx(0.4, abs=0.03)
    assert last["hardest"]["alike"] > 0.5
    assert max(last["hardest"]["recalls"][:2]) < 60
    assert last["hardest-warm"]["loss"] < 0.05
    assert min(last["hardest-warm"]["recalls"][:2]) > 95
    assert alike["infonce-cold"] > 0.4 > 0.25 > alike["infonce-hot"]
