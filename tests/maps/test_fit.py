from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vse.encoders.similarity import normalise
from vse.maps import fit as projection_fit
from vse.maps.fit import fit, turned_like
from vse.maps.projection import ALL, PER_MODALITY, WORD, Cloud, Parameters, Projection
from vse.modalities import IMAGE, TEXT

GROUPS = 3
EACH = 10


def clouds(shift: float = 0.0) -> tuple[Cloud, Cloud]:
    """Three groups of ten pictures and of their ten captions, which a constant coordinate may hold apart."""
    rng = np.random.default_rng(0)
    middles = np.repeat(np.eye(6)[:GROUPS], EACH, axis=0)
    made = []
    for sign in (1, -1):
        rows = middles + 0.15 * rng.normal(size=middles.shape)
        rows[:, 5] = sign * shift
        made.append(normalise(rows))
    names = tuple(f"p{row}" for row in range(GROUPS * EACH))
    owners = np.arange(len(names))
    return Cloud(IMAGE, names, made[0]), Cloud(TEXT, tuple(f"{n}#0" for n in names), made[1], owners)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Principal components in the place of UMAP; how many rows came each time."""
    sizes = []

    def laid_out(rows: np.ndarray, *given: object) -> np.ndarray:
        sizes.append(len(rows))
        return projection_fit.principal(rows)

    monkeypatch.setattr(projection_fit, "_laid_out", laid_out)
    return sizes


@pytest.fixture(scope="module")
def joint() -> Projection:
    return fit(clouds(), "f" * 64, seed=1)


def test_umap_keeps_groups_together(joint: Projection):
    assert {name: len(ids) for name, ids in joint.ids.items()} == {IMAGE: 30, TEXT: 30}
    assert (joint.fingerprint, joint.parameters, joint.seed) == ("f" * 64, Parameters(), 1)
    assert joint.points.shape == (60, 2)
    assert joint.points.dtype == np.float32
    low, high = joint.points.min(axis=0), joint.points.max(axis=0)
    assert (high - low).max() == pytest.approx(2, abs=1e-5)
    assert (high + low) == pytest.approx([0, 0], abs=1e-5)
    group = np.tile(np.repeat(np.arange(GROUPS), EACH), 2)
    middles = np.stack([joint.points[group == each].mean(axis=0) for each in range(GROUPS)])
    nearest = ((joint.points[:, None] - middles[None]) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, group)  # pictures and captions alike
    assert set(joint.quality) == {IMAGE, TEXT, ALL}
    assert joint.quality[ALL].trustworthiness > 0.85
    assert joint.quality[IMAGE].k == 14


def test_the_same_seed_gives_the_same_map(joint: Projection):
    np.testing.assert_array_equal(fit(clouds(), "f" * 64, seed=1).points, joint.points)


def test_a_joint_map_takes_all_rows_at_once_and_one_per_modality_each_alone(quick: list[int]):
    fit(clouds(), "f")
    assert quick == [60]
    fit(clouds(), "f", Parameters(layout=PER_MODALITY))
    assert quick == [60, 30, 30]


def test_modalities_stand_side_by_side_with_pairs_at_the_same_spots(quick: list[int]):
    pictures, captions = clouds()
    mirrored = replace(captions, vectors=pictures.vectors @ np.diag([-1.0, 1, 1, 1, 1, 1]))
    words = Cloud(WORD, ("a", "b"), np.eye(6)[:2])
    found = fit((pictures, mirrored, words), "f", Parameters(layout=PER_MODALITY))
    assert found.of(IMAGE)[:, 0].max() < found.of(TEXT)[:, 0].min()
    assert found.of(TEXT)[:, 0].max() < found.of(WORD)[:, 0].min()
    assert np.abs(found.points).max() == pytest.approx(1)
    apart = found.of(TEXT) - found.of(IMAGE)
    np.testing.assert_allclose(apart, np.broadcast_to(apart[0], apart.shape), atol=1e-4)


def test_captions_are_aligned_with_the_pictures_that_they_belong_to(quick: list[int]):
    pictures, _ = clouds()
    rows = np.array([20, 3, 11, 28, 7, 15, 2, 9, 25, 18, 1])
    some = Cloud(TEXT, tuple(map(str, rows)), pictures.vectors[rows], rows)
    found = fit((pictures, some), "f", Parameters(layout=PER_MODALITY))
    turned = turned_like(found.of(TEXT), found.of(IMAGE)[rows])
    np.testing.assert_allclose(turned, found.of(TEXT) - found.of(TEXT).mean(axis=0), atol=1e-4)


def test_centring_takes_the_gap_out_of_the_map_and_not_out_of_the_measure(quick: list[int]):
    given = clouds(shift=1.0)
    apart, centred = fit(given, "f"), fit(given, "f", Parameters(centred=True))

    def between(found: Projection) -> float:
        return float(np.linalg.norm(found.of(IMAGE).mean(axis=0) - found.of(TEXT).mean(axis=0)))

    assert between(apart) > 1
    assert between(centred) == pytest.approx(0, abs=1e-5)
    # in the space itself no caption is among the 15 nearest of a picture
    assert centred.quality[ALL].neighbours < apart.quality[ALL].neighbours


def test_progress_is_told_and_can_end_the_work(quick: list[int]):
    told: list[tuple[float, str]] = []
    fit(clouds(), "f", Parameters(layout=PER_MODALITY), progress=lambda share, what: told.append((share, what)))
    assert [share for share, _ in told] == [0.0, 0.4, 0.8, 1.0]
    assert [what for _, what in told][1] == "laying out the captions"
    quick.clear()

    def stop(share: float, what: str) -> None:
        if share > 0:
            raise InterruptedError("cancelled")

    with pytest.raises(InterruptedError, match="cancelled"):
        fit(clouds(), "f", Parameters(layout=PER_MODALITY), progress=stop)
    assert quick == [30]


def test_rows_beyond_the_sample_are_placed_among_it_and_told():
    told: list[tuple[float, str]] = []
    found = fit(clouds(), "f", progress=lambda share, what: told.append((share, what)), sample=40)
    group = np.tile(np.repeat(np.arange(GROUPS), EACH), 2)
    middles = np.stack([found.points[group == each].mean(axis=0) for each in range(GROUPS)])
    nearest = ((found.points[:, None] - middles[None]) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, group)
    assert told[1] == (0.4, "placing the rest on the map")
    assert [share for share, _ in told] == [0.0, 0.4, 0.8, 1.0]
    np.testing.assert_array_equal(fit(clouds(), "f", sample=40).points, found.points)

    def stop(share: float, what: str) -> None:
        if what.startswith("placing"):
            raise InterruptedError("cancelled")

    with pytest.raises(InterruptedError, match="cancelled"):
        fit(clouds(), "f", progress=stop, sample=40)


def test_few_rows_lie_on_their_principal_components():
    line = np.array([[0, 0, 0], [3, 4, 0], [6, 8, 0], [-6, -8, 0]], dtype=np.float32)
    found = fit([Cloud(IMAGE, ("a", "b", "c", "d"), line)], "f")
    # 10 and -10 along the line go to the ends; the farthest from the mean, -10, is on the positive side
    np.testing.assert_allclose(found.points, [[0, 0], [-0.5, 0], [-1, 0], [1, 0]], atol=1e-5)
    assert fit([Cloud(IMAGE, ("a",), line[1:2])], "f").points.tolist() == [[0, 0]]


def test_turning_finds_a_rotation_and_a_mirror():
    wanted = np.random.default_rng(0).normal(size=(20, 2))
    cos, sin = np.cos(2.0), np.sin(2.0)
    for matrix in (np.array([[cos, -sin], [sin, cos]]), np.array([[cos, sin], [sin, -cos]])):
        found = turned_like(wanted @ matrix + 5, wanted)
        np.testing.assert_allclose(found, wanted - wanted.mean(axis=0), atol=1e-9)


@pytest.mark.parametrize(
    "given",
    [
        (),
        (Cloud(IMAGE, (), np.zeros((0, 3))),),
        (Cloud(IMAGE, ("a",), np.ones((2, 3))),),
        (Cloud(IMAGE, ("a",), np.ones(3)),),
        (Cloud(IMAGE, ("a",), np.ones((1, 3))), Cloud(IMAGE, ("b",), np.ones((1, 3)))),
        (Cloud(IMAGE, ("a",), np.ones((1, 3))), Cloud(WORD, ("b",), np.ones((1, 4)))),
    ],
)
def test_clouds_that_do_not_fit_are_refused(given: tuple[Cloud, ...]):
    with pytest.raises(ValueError, match="give each modality once"):
        fit(given, "f")
