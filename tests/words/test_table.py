from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vse.errors import TextError, WriteError
from vse.words.sums import Term, read_sum, sum_vector
from vse.words.table import WordVectors, load_words, save_words
from vse.words.vectors import dimensions, load_word_vectors

FOUR = WordVectors(
    "four", ("king", "queen", "man", "woman"), np.array([[1, 2], [1, -2], [0, 3], [0, -3]], np.float32), {"seed": 3}
)


@pytest.mark.parametrize("ending", [".txt", ".vec", ".bin", ".safetensors"])
def test_what_is_written_is_read_back(tmp_path: Path, ending: str):
    path = tmp_path / f"words{ending}"
    save_words(path, FOUR)
    found = load_words(path)
    assert found.words == FOUR.words
    assert np.array_equal(found.vectors, FOUR.vectors)
    assert (dimensions(path), list(load_word_vectors(path, ["man"])["man"])) == (2, [0, 3])


def test_only_safetensors_keep_what_else_is_known(tmp_path: Path):
    for ending in (".txt", ".safetensors"):
        save_words(
            tmp_path / f"words{ending}", WordVectors("x", FOUR.words, FOUR.vectors, {"seed": 3}, {"n": np.arange(2)})
        )
    assert load_words(tmp_path / "words.txt").about == {}
    found = load_words(tmp_path / "words.safetensors")
    assert (found.name, found.about["seed"], list(found.more["n"])) == ("x", 3, [0, 1])


def test_nearest_by_direction_and_not_by_length():
    assert [word for word, _ in FOUR.nearest(np.array([0.0, 1.0]), 2)] == ["man", "king"]
    word, cosine = FOUR.nearest(np.array([5.0, 0.0]), 1, without=["queen"])[0]
    assert (word, round(cosine, 6)) == ("king", round(1 / 5**0.5, 6))
    assert FOUR.nearest(np.ones(2), 9, without=FOUR.words) == []


def test_a_sum_of_words():
    assert read_sum("King - man + woman") == [Term(1, "king"), Term(-1, "man"), Term(1, "woman")]
    assert (
        FOUR.nearest(sum_vector(read_sum("king - man + woman"), FOUR.__getitem__), 1, ["king", "man", "woman"])[0][0]
        == "queen"
    )
    with pytest.raises(TextError, match="no sum of words: write one like king - man"):
        read_sum("king - ")
    with pytest.raises(TextError, match="four has no vector for 'duke': it has 4 words, such as 'king'"):
        sum_vector(read_sum("duke + man"), FOUR.__getitem__)


@pytest.mark.parametrize(
    ("words", "vectors"), [(("a", "a"), np.zeros((2, 3))), (("a", "b"), np.zeros((1, 3)))], ids=["twice", "too few"]
)
def test_words_and_vectors_belong_together(words: tuple[str, ...], vectors: np.ndarray):
    with pytest.raises(ValueError, match=r"different words came with \(\d, 3\) vectors"):
        WordVectors("x", words, vectors)


def test_bad_files_are_told_in_a_sentence(tmp_path: Path):
    with pytest.raises(TextError, match=r"end it in \.txt"):
        save_words(tmp_path / "words.csv", FOUR)
    (tmp_path / "broken.safetensors").write_bytes(b"no tensors")
    with pytest.raises(TextError, match="cannot be read"):
        load_words(tmp_path / "broken.safetensors")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(WriteError, match="folder"):
        save_words(tmp_path / "folder.txt", FOUR)
