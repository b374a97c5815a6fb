from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from vse.errors import CollectionError, QueryError, TextError
from vse.search.query import Parts, Picture, Query, QueryPictureError, Term, combine, parse, resolve

WORDS = {"right": (2.0, 0.0), "up": (0.0, 3.0), "left": (-1.0, 0.0), "far up": (3.0, 4.0)}
PICTURES = {"scene-1": np.array([0.0, 0.5]), "scene-2": np.array([4.0, 0.0]), "Beach-Dog.jpg": np.array([1.0, 1.0])}
HALF = np.sqrt(0.5)


class Embedder:
    """Embeds four texts in two dimensions and remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.calls.append(list(texts))
        return np.array([WORDS[text] for text in texts], dtype=np.float32)


def vector(text: str, **options: object) -> list[float]:
    resolved = resolve(parse(text), Embedder(), PICTURES.__getitem__, **options)  # type: ignore[arg-type]
    assert resolved.vector.dtype == np.float32
    return resolved.vector.tolist()


def test_combine_by_hand():
    rows = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert combine(rows, np.array([3.0, 4.0])) == pytest.approx([0.6, 0.8])
    assert combine(rows, np.array([1.0, -1.0])) == pytest.approx([HALF, -HALF])
    assert combine(rows[:1], np.array([-0.1])).tolist() == [-1.0, 0.0]
    assert combine(rows, np.array([3e-300, 4e-300])) == pytest.approx([0.6, 0.8])
    assert combine(rows, np.array([1, 1])).dtype == np.float32


def test_combine_does_not_depend_on_the_order_or_on_the_scale_of_weights():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(5, 8))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    weights = rng.normal(size=5)
    expected = sum(weight * row for weight, row in zip(weights, rows, strict=True))
    expected /= np.linalg.norm(expected)
    order = rng.permutation(5)
    assert combine(rows, weights) == pytest.approx(expected, abs=1e-6)
    assert combine(rows[order], 7 * weights[order]) == pytest.approx(expected, abs=1e-6)


def test_combine_refuses_a_sum_that_is_nearly_zero():
    rows = np.array([[1.0, 0.0], [1.0, 0.0]])
    with pytest.raises(QueryError, match="The terms cancel out: their sum is nearly zero"):
        combine(rows, np.array([1.0, -1.0]))
    with pytest.raises(QueryError, match="cancel out"):
        combine(rows, np.array([1.0, -0.9985]))  # 0.0015 of 1.9985
    assert combine(rows, np.array([1.0, -0.997])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("rows", "weights", "message"),
    [
        ([[1.0, 0.0]], [1.0, 1.0], r"\(1, 2\) and weights as \(2,\)"),
        ([1.0, 0.0], [1.0, 1.0], r"give \(T, D\) and \(T,\)"),
        ([[2.0, 0.0]], [1.0], "rows of length 1"),
        ([[np.nan, 0.0]], [1.0], "rows of length 1"),
        ([[1.0, 0.0]], [0.0], "not all zero"),
        ([[1.0, 0.0]], [np.nan], "finite"),
    ],
)
def test_combine_refuses_other_arrays(rows: list, weights: list, message: str):
    with pytest.raises(ValueError, match=message):
        combine(np.array(rows), np.array(weights))


def test_resolve_gives_every_operand_the_same_length():
    assert vector("right + up") == pytest.approx([HALF, HALF])
    assert vector("[scene-1] + 2*[scene-2] - up") == pytest.approx([1, 0])
    assert vector("far up") == pytest.approx([0.6, 0.8])
    assert vector("- right") == [-1, 0]
    assert vector("[upload] + right", given={"upload": np.array([0, 9])}) == pytest.approx([HALF, HALF])


def test_resolve_keeps_the_parts_and_names_the_pictures_of_the_collection():
    query = parse("[upload] - 0.5*far up + [scene-2] + [scene-1] + [scene-2]")
    resolved = resolve(query, Embedder(), PICTURES.__getitem__, given={"upload": np.array([0.0, 2.0])})
    assert resolved.pictures == ("scene-2", "scene-1")
    assert resolved.parts.terms == query.terms
    assert resolved.parts.weights.tolist() == [1, -0.5, 1, 1, 1]
    assert resolved.parts.kinds == ("picture", "text", "picture", "picture", "picture")
    assert resolved.parts.vectors == pytest.approx(np.array([[0, 1], [0.6, 0.8], [1, 0], [0, 1], [1, 0]]))


def test_resolve_embeds_all_texts_at_once_and_each_once():
    embedder = Embedder()
    resolve(parse("right - 2*up + [scene-1] + far up + right"), embedder, PICTURES.__getitem__)
    assert embedder.calls == [["right", "up", "far up"]]


def test_resolve_embeds_nothing_without_texts_or_when_a_picture_is_missing():
    embedder = Embedder()
    resolve(parse("[scene-1] + [scene-2]"), embedder, PICTURES.__getitem__)
    with pytest.raises(QueryPictureError, match=r"\[nothing\]"):
        resolve(parse("right + [nothing]"), embedder, PICTURES.__getitem__)
    assert embedder.calls == []


def test_resolve_refuses_terms_that_cancel_out():
    with pytest.raises(QueryError, match="cancel out"):
        vector("right + left")


def test_resolve_asks_for_the_picture_that_was_not_given():
    with pytest.raises(QueryPictureError, match="give one with the query") as caught:
        vector("up + 2*[upload]")
    assert (caught.value.picture, caught.value.position) == ("upload", 5)


@pytest.mark.parametrize(
    ("text", "near", "message"),
    [
        ("right + [scene_1]", ("scene-1", "scene-2"), r"did you mean \[scene-1\] or \[scene-2\]\?"),
        (
            "right + [beach]",
            ("Beach-Dog.jpg",),
            r"No picture \[beach\] in the collection; did you mean \[Beach-Dog.jpg\]",
        ),
        ("right + [Uplod]", ("upload",), r"did you mean \[upload\]"),
        ("right + [xyz]", (), r"ids look like \[scene-1\]"),
    ],
)
def test_resolve_offers_near_ids(text: str, near: tuple[str, ...], message: str):
    with pytest.raises(QueryPictureError, match=message) as caught:
        vector(text, ids=PICTURES)
    assert caught.value.position == 8
    assert set(caught.value.suggestions) == set(near)


def test_resolve_has_no_place_in_a_query_that_was_not_parsed():
    with pytest.raises(QueryPictureError, match=r"\[x\\\[\] .*give the id of one") as caught:
        resolve(Query((Term(1, Picture("x[")),)), Embedder(), PICTURES.__getitem__)
    assert caught.value.position is None


def test_resolve_lets_other_errors_through():
    def broken(item_id: str) -> np.ndarray:
        raise CollectionError(f"The file of {item_id} is damaged.")

    def refuse(texts: Sequence[str]) -> np.ndarray:
        raise TextError("knows none of these words")

    with pytest.raises(CollectionError, match="is damaged"):
        resolve(parse("[scene-1]"), Embedder(), broken, ids=["scene-1"])
    with pytest.raises(QueryPictureError, match=r"No picture \[scene-1\]"):
        resolve(parse("[scene-1]"), Embedder(), broken)
    with pytest.raises(TextError, match="none of these words"):
        resolve(parse("zebra"), refuse, PICTURES.__getitem__)


def test_resolve_takes_another_method():
    def first_turned(parts: Parts) -> np.ndarray:
        assert np.linalg.norm(parts.vectors, axis=1) == pytest.approx([1, 1])
        return 5 * parts.vectors[0, ::-1] * parts.weights[0]

    assert vector("3*right - up", method=first_turned) == [0, 1]
    with pytest.raises(ValueError, match=r"method gave \(3,\): expected \(2,\)"):
        vector("right", method=lambda parts: np.ones(3))


def test_resolve_refuses_vectors_that_do_not_fit():
    with pytest.raises(ValueError, match=r"shapes \[\(2,\), \(3,\)\]"):
        vector("right + [upload]", given={"upload": np.ones(3)})
    with pytest.raises(ValueError, match=r"shapes \[\(1, 2\)\]"):
        vector("[upload]", given={"upload": np.ones((1, 2))})
    with pytest.raises(ValueError, match=r"1 texts were embedded as \(2, 2\)"):
        resolve(parse("right"), lambda texts: np.ones((2, 2)), PICTURES.__getitem__)
    with pytest.raises(ValueError, match="Vector 0 is zero"):
        vector("[upload]", given={"upload": np.zeros(2)})
