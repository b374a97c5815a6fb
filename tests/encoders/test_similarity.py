from __future__ import annotations

import numpy as np
import pytest

from vse.encoders import similarity
from vse.encoders.similarity import cosine, normalise, order, top_k


def rows(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_normalise_by_hand():
    np.testing.assert_allclose(normalise(np.array([[3.0, 4.0], [0.0, -2.0]])), [[0.6, 0.8], [0.0, -1.0]], atol=1e-7)
    assert normalise(np.array([[3, 4]])).dtype == np.float32


def test_normalise_along_another_axis_is_the_transpose():
    x = rows(5, 7)
    np.testing.assert_array_equal(normalise(x, axis=0), normalise(x.T).T)


@pytest.mark.parametrize("factor", [1e-35, 1e-3, 1e30])
def test_normalise_ignores_a_positive_factor_of_any_size(factor: float):
    x = rows(4, 6)
    np.testing.assert_allclose(normalise(x * np.float32(factor)), normalise(x), rtol=1e-5)


@pytest.mark.parametrize(
    ("value", "kind"), [(0.0, "zero"), (np.nan, "not finite"), (np.inf, "not finite"), (1e300, "not finite")]
)
def test_normalise_names_the_row_that_has_no_direction(value: float, kind: str):
    x = np.ones((3, 4))
    x[1] = value
    with pytest.raises(ValueError, match=f"Vector 1 is {kind}"):
        normalise(x)


def test_normalise_of_no_rows_is_no_rows():
    assert normalise(np.zeros((0, 4))).shape == (0, 4)


def test_cosine_by_hand():
    scores = cosine(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[2.0, 0.0], [0.0, 5.0], [-3.0, 0.0]]))
    half = 0.5**0.5
    np.testing.assert_allclose(scores, [[1.0, 0.0, -1.0], [half, half, -half]], atol=1e-6)


def test_cosine_is_symmetric_and_never_leaves_its_range():
    a, b = rows(20, 8), rows(30, 8, seed=1)
    np.testing.assert_allclose(cosine(a, b), cosine(b, a).T, atol=1e-6)
    assert np.abs(cosine(a, a)).max() <= 1.0


def test_cosine_refuses_different_widths():
    with pytest.raises(ValueError, match=r"queries came as \(2, 3\) and candidates as \(2, 4\)"):
        cosine(np.ones((2, 3)), np.ones((2, 4)))


def test_order_by_hand():
    # max(0, text - image) = (0, 2, 0) and (1, 0, 0.5)
    images = np.array([[1.0, 1.0, 0.5]])
    texts = np.array([[1.0, 3.0, 0.0], [2.0, 0.0, 1.0]])
    np.testing.assert_allclose(order(images, texts), [[-4.0, -1.25]])


def test_order_is_zero_exactly_when_the_text_is_more_general():
    image = np.abs(rows(1, 6))
    assert order(image, image * 0.5)[0, 0] == 0
    assert order(image, image)[0, 0] == 0
    assert order(image * 0.5, image)[0, 0] < 0


@pytest.mark.parametrize("chunk", [1, 7, 50, 10_000])
def test_order_in_chunks_equals_a_loop(chunk: int, monkeypatch: pytest.MonkeyPatch):
    images, texts = rows(5, 3), rows(9, 3, seed=1)
    loop = [[-sum(max(0.0, float(t - i)) ** 2 for i, t in zip(im, tx, strict=True)) for tx in texts] for im in images]
    monkeypatch.setattr(similarity, "_CHUNK", chunk)
    np.testing.assert_allclose(order(images, texts), loop, rtol=1e-5)


def test_order_of_nothing_is_empty():
    assert order(np.ones((2, 3)), np.ones((0, 3))).shape == (2, 0)


def test_order_refuses_a_single_vector():
    with pytest.raises(ValueError, match=r"images came as \(3,\)"):
        order(np.ones(3), np.ones((1, 3)))


def test_top_k_by_hand_with_ties_to_the_lower_row():
    assert top_k(np.array([0.5, 0.9, 0.5, 0.1, 0.5]), 3).tolist() == [1, 0, 2]
    assert top_k(np.array([1.0, 1.0, 2.0, 2.0]), 3).tolist() == [2, 3, 0]
    assert top_k(np.array([-np.inf, 0.0, np.inf]), 5).tolist() == [2, 1, 0]


@pytest.mark.parametrize("k", [0, 1, 2, 10, 49, 50, 60])
def test_top_k_equals_a_full_sort(k: int):
    scores = np.random.default_rng(k).integers(0, 8, size=50).astype(np.float32)  # many ties
    expected = sorted(range(50), key=lambda row: (-scores[row], row))[:k]
    assert top_k(scores, k).tolist() == expected


def test_top_k_refuses_nan_a_matrix_and_a_negative_k():
    with pytest.raises(ValueError, match="without NaN"):
        top_k(np.array([1.0, np.nan]), 1)
    with pytest.raises(ValueError, match=r"shape \(2, 2\)"):
        top_k(np.ones((2, 2)), 1)
    with pytest.raises(ValueError, match="k came as -1"):
        top_k(np.ones(3), -1)
