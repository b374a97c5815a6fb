from __future__ import annotations

import numpy as np
import pytest

from vse.encoders.similarity import normalise
from vse.maps import geometry as projection_space
from vse.maps.geometry import centred, mean_of, modality_gap, place, quality_of, told_apart
from vse.maps.projection import Quality


def random_units(count: int, dim: int = 6, seed: int = 0) -> np.ndarray:
    return normalise(np.random.default_rng(seed).normal(size=(count, dim)))


def angles(*degrees: float) -> np.ndarray:
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1)


def test_the_gap_by_hand():
    pictures, captions = np.eye(2), -np.eye(2)  # means (1/2, 1/2) and (-1/2, -1/2)
    assert modality_gap(pictures, captions) == pytest.approx(np.sqrt(2))
    assert modality_gap(captions, pictures) == pytest.approx(np.sqrt(2))
    assert modality_gap(pictures, pictures[::-1]) == 0
    assert modality_gap(np.array([[1.0, 0]]), np.array([[-1.0, 0], [-1, 0], [-1, 0]])) == pytest.approx(2)


def test_centring_closes_the_gap():
    pictures, captions = random_units(50) + 0.3, random_units(30, seed=1) - 0.2
    assert modality_gap(pictures, captions) > 1
    assert modality_gap(centred(pictures), centred(captions)) == pytest.approx(0, abs=1e-6)


def test_centring_by_hand():
    rows = np.array([[1, 0], [3, 4]], dtype=np.float16)
    assert mean_of(rows).tolist() == [2, 2]
    assert centred(rows).tolist() == [[-1, -2], [1, 2]]
    assert centred(rows, np.array([1, 1], np.float32)).tolist() == [[0, -1], [2, 3]]
    assert centred(rows).dtype == mean_of(rows).dtype == np.float32
    assert mean_of(np.zeros((0, 3))).tolist() == [0, 0, 0]


@pytest.mark.parametrize(("pictures", "captions"), [((0, 3), (2, 3)), ((2, 3), (0, 3)), ((2, 3), (2, 4)), ((3,), (3,))])
def test_a_gap_of_nothing_is_refused(pictures: tuple[int, ...], captions: tuple[int, ...]):
    with pytest.raises(ValueError, match=r"give \(I, D\) and \(T, D\)"):
        modality_gap(np.ones(pictures), np.ones(captions))


def test_a_reference_lands_on_its_own_point():
    references, points = random_units(200), np.random.default_rng(1).uniform(-1, 1, (200, 2))
    np.testing.assert_allclose(place(references, references, points), points, atol=1e-3)
    np.testing.assert_allclose(place(3 * references[:5], references, points), points[:5], atol=1e-3)


def test_all_at_once_is_one_by_one(monkeypatch: pytest.MonkeyPatch):
    references, points = random_units(100), np.random.default_rng(1).uniform(-1, 1, (100, 2))
    new = random_units(23, seed=2)
    at_once = place(new, references, points)
    assert at_once.dtype == np.float32
    one_by_one = np.concatenate([place(new[row : row + 1], references, points) for row in range(23)])
    np.testing.assert_allclose(at_once, one_by_one, atol=1e-5)
    monkeypatch.setattr(projection_space, "_CHUNK_PAIRS", 700)
    np.testing.assert_allclose(place(new, references, points), at_once, atol=1e-5)


def test_places_by_hand():
    references, points = angles(0, 90, 180), np.array([[0, 0], [2, 0], [50, 50]])
    assert place(angles(45), references, points, k=2)[0] == pytest.approx([1, 0], abs=1e-5)  # as far from both
    assert place(angles(20), references, points, k=1)[0] == pytest.approx([0, 0], abs=1e-5)
    # two kept, R = 2 sin(80), d = 2 sin(10) and 2 sin(35); weights ((R - d) / (R d))^2
    near, far, edge = 2 * np.sin(np.radians([10, 35, 80]))
    weights = np.array([(edge - near) / (edge * near), (edge - far) / (edge * far)]) ** 2
    expected = 2 * weights[1] / weights.sum()
    assert place(angles(20), references, points, k=2)[0] == pytest.approx([expected, 0], abs=1e-4)


def test_a_place_is_among_its_neighbours_and_knows_no_order():
    references, points = random_units(60), np.random.default_rng(1).uniform(-1, 1, (60, 2))
    new = random_units(20, seed=2)
    found = place(new, references, points, k=5)
    for vector, (x, y) in zip(new, found, strict=True):
        near = points[np.argsort(-references @ vector)[:5]]
        assert (near.min(axis=0) <= (x, y)).all()
        assert (near.max(axis=0) >= (x, y)).all()
    shuffled = np.random.default_rng(3).permutation(60)
    np.testing.assert_allclose(place(new, references[shuffled], points[shuffled], k=5), found, atol=1e-5)


def test_few_references_and_equal_ones():
    assert place(angles(10), angles(90), np.array([[3, 4]]))[0].tolist() == [3, 4]
    points = np.array([[0, 0], [1, 0], [2, 0], [9, 9]])
    assert place(angles(50), angles(0, 0, 0, 0), points, k=3)[0] == pytest.approx([1, 0])
    assert place(np.zeros((1, 2)), angles(0, 90), points[:2], k=8)[0] == pytest.approx([0.5, 0])
    assert place(np.zeros((0, 2)), angles(0, 90), points[:2]).shape == (0, 2)


@pytest.mark.parametrize(
    ("vectors", "references", "points", "k"),
    [
        ((1, 3), (4, 2), (4, 2), 8),
        ((1, 2), (4, 2), (3, 2), 8),
        ((1, 2), (0, 2), (0, 2), 8),
        ((1, 2), (4, 2), (4, 2), 0),
    ],
)
def test_places_that_cannot_be_are_refused(vectors: tuple, references: tuple, points: tuple, k: int):
    with pytest.raises(ValueError, match=r"give \(M, D\), \(N, D\) and \(N, 2\) with N and k at least 1"):
        place(np.ones(vectors), np.ones(references), np.ones(points), k)


def test_quality_by_hand():
    # In the plane each one's nearest is the one that is second in the space: four ranks of 2 where 1 was best,
    # of at most 4 * 1 * (2 * 4 - 3 * 1 - 1) / 2 = 8.
    vectors, points = angles(0, 10, 30, 90), np.array([[0, 0], [3, 0], [1, 0], [6, 0]])
    assert quality_of(vectors, points, k=1) == Quality(0.5, 0.0, 1)


@pytest.mark.parametrize("k", [1, 5, 15])
def test_trustworthiness_is_that_of_scikit_learn(k: int):
    from sklearn.manifold import trustworthiness

    vectors, points = random_units(40), np.random.default_rng(1).normal(size=(40, 2))
    for plane in (points, vectors[:, :2]):
        found = quality_of(vectors, plane, k)
        assert found.trustworthiness == pytest.approx(trustworthiness(vectors, plane, n_neighbors=k, metric="cosine"))
        assert found.k == k


def test_the_neighbours_kept_are_those_of_both():
    vectors, points = random_units(30), random_units(30)[:, :2]
    similar, apart = vectors @ vectors.T, ((points[:, None] - points[None]) ** 2).sum(axis=2)
    both = [
        len(set(np.argsort(-similar[row])[1:8]) & set(np.argsort(apart[row])[1:8])) / 7 for row in range(30)
    ]  # the first of both is the row itself
    assert quality_of(vectors, points, 7).neighbours == pytest.approx(np.mean(both))


def test_a_true_map_is_perfect_however_it_is_turned_and_scaled():
    vectors = angles(*np.random.default_rng(0).uniform(0, 90, 50))
    assert quality_of(vectors, vectors) == Quality(1.0, 1.0, 15)
    turn = np.array([[0, -7], [7, 0]])
    assert quality_of(vectors, vectors @ turn + 100) == Quality(1.0, 1.0, 15)


def test_large_maps_are_measured_in_chunks_and_on_a_sample(monkeypatch: pytest.MonkeyPatch):
    vectors, points = random_units(120), random_units(120)[:, :2]
    whole = quality_of(vectors, points)
    monkeypatch.setattr(projection_space, "_CHUNK_PAIRS", 1000)
    chunked = quality_of(vectors, points)
    assert (chunked.trustworthiness, chunked.neighbours) == pytest.approx((whole.trustworthiness, whole.neighbours))
    monkeypatch.setattr(projection_space, "_MOST_PAIRS", 120 * 60)
    sampled = quality_of(vectors, points)
    assert sampled.trustworthiness != whole.trustworthiness
    assert sampled.trustworthiness == pytest.approx(whole.trustworthiness, abs=0.05)
    assert sampled == quality_of(vectors, points)


def test_few_rows_have_few_neighbours():
    assert quality_of(angles(0), np.zeros((1, 2))) == Quality(1.0, 1.0, 0)
    assert quality_of(angles(0, 90), np.zeros((2, 2))) == Quality(1.0, 1.0, 0)
    assert quality_of(angles(0, 10, 90, 80, 30), angles(0, 10, 90, 80, 30)) == Quality(1.0, 1.0, 2)
    with pytest.raises(ValueError, match=r"points \(3, 2\) and k = 15 came"):
        quality_of(angles(0, 90), np.zeros((3, 2)))


def test_what_lies_apart_can_be_told_apart():
    assert told_apart(np.eye(2), -np.eye(2)) == 1
    assert told_apart(np.eye(3), np.eye(3)) == 0.5  # as near to both means
    right, left = np.array([[1.0, 0], [1, 0], [1, 0], [-1, 0]]), np.array([[-1.0, 0]])
    assert told_apart(right, left) == told_apart(left, right) == pytest.approx(0.875)  # 3 of 4, and 1 of 1
    with pytest.raises(ValueError, match=r"give \(I, D\) and \(T, D\)"):
        told_apart(np.ones((2, 3)), np.ones((2, 4)))
