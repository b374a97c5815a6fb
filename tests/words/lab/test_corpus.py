from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from vse.data.corpora import open_corpus
from vse.errors import TextError
from vse.words.lab.corpus import Corpus, counted, text_corpus


def test_text_files_are_read_anew_in_each_pass_line_by_line(tmp_path: Path):
    (tmp_path / "a.txt").write_text("A dog.\n\n...\nTwo cats!\n", encoding="utf-8")
    with gzip.open(tmp_path / "b.gz", "wb") as file:
        file.write("Ein Café".encode())
    corpus = open_corpus([str(tmp_path / "a.txt"), str(tmp_path / "b.gz")])
    assert list(corpus) == list(corpus) == [["a", "dog"], ["two", "cats"], ["ein", "café"]]
    assert corpus.name == "a.txt, b.gz"


def test_a_file_without_line_ends_is_cut_and_never_held_whole(tmp_path: Path):
    path = tmp_path / "long.txt"
    path.write_bytes(b"word " * 50_000)
    sentences = list(text_corpus([path]))
    assert len(sentences) == 16
    assert max(map(len, sentences)) < 10_000  # gensim reads no more of a sentence


def test_words_by_how_often_they_come():
    corpus = Corpus("three", lambda: iter(["b a b", "a b c"]))
    assert counted(corpus, 1) == {"b": 3, "a": 2, "c": 1}
    assert list(counted(corpus, 2)) == ["b", "a"]
    with pytest.raises(TextError, match=r"learnt from three: .* 3 times or more, and 1 of 3 do"):
        counted(corpus, 3)
    with pytest.raises(TextError, match="Nothing can be learnt from single: no sentence has two words"):
        counted(Corpus("single", lambda: iter(["a", "b", "c"])), 1)
    with pytest.raises(TextError, match="The corpus none holds no words"):
        counted(Corpus("none", lambda: iter(["...", ""])), 1)


def test_training_scenes_are_a_corpus_and_none_of_them_ships():
    corpus = open_corpus(["scenes:3"])
    assert len(list(corpus)) == 15
    assert list(corpus) == list(open_corpus(["scenes:3"])) != list(open_corpus(["scenes:3"], seed=1))
    shipped = {tuple(words) for words in open_corpus(["scenes"])}
    assert len({tuple(words) for words in open_corpus(["scenes:40"])} - shipped) > 150
    spanish = open_corpus(["scenes-es:3"])
    assert len(list(spanish)) == 15
    assert {"en", "de"} <= {word for words in open_corpus(["scenes-es:40"]) for word in words}
    assert spanish.name == "scenes-es:3"
    with pytest.raises(TextError, match="scenes:many names no corpus: write how many"):
        open_corpus(["scenes:many"])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a\0b", "is no text file"),
        (bytes(range(128, 256)) * 4, "is no text file"),
        (b"\x1f\x8b\x08broken", "cannot be read"),
        (None, "No such file"),
    ],
    ids=["zero bytes", "binary", "broken gzip", "missing"],
)
def test_bad_files_are_told_in_a_sentence(tmp_path: Path, content: bytes | None, complaint: str):
    path = tmp_path / ("text.gz" if content and content[0] == 0x1F else "text.txt")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TextError, match=complaint):
        list(open_corpus([str(path)]))


def test_one_collection_or_several_texts(colours: Path):
    with pytest.raises(TextError, match="2 corpora came: give one collection, or text files"):
        open_corpus(["scenes", "a.txt"])
