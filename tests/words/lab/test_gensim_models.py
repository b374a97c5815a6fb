from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vse.data.corpora import open_corpus
from vse.errors import TextError, TrainingError
from vse.words import doc2vec
from vse.words.fasttext import hash_of, ngrams_of, vector_of
from vse.words.lab.corpus import Corpus
from vse.words.lab.methods import train
from vse.words.lab.settings import Settings
from vse.words.table import load_words, save_words

gensim = pytest.importorskip("gensim")
SMALL = Settings(vector_size=12, epochs=3, bucket=500)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return open_corpus(["scenes:150"])


@pytest.mark.parametrize("method", ["skip-gram", "cbow"])
def test_word2vec_says_how_it_learnt_and_the_seed_decides(method: str, corpus: Corpus):
    told: list[tuple[int, int]] = []
    found = train(method, corpus, SMALL, lambda *each: told.append(each))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert (found.name, found.about["method"], found.about["settings"]["vector_size"]) == (method, method, 12)
    assert len(found.about["losses"]) == 3
    assert found.about["losses"][2] < found.about["losses"][0]
    assert np.array_equal(train(method, corpus, SMALL).vectors, found.vectors)
    assert found.words[0] == "a"


def test_ngrams_and_their_hashes_are_fasttext_s():
    from gensim.models.fasttext_inner import compute_ngrams_bytes, ft_hash_bytes

    for word in ("dog", "snowfield", "é", "ab"):
        assert sorted(ngrams_of(word, 1, 4)) == sorted(each.decode() for each in compute_ngrams_bytes(word, 1, 4))
        assert all(hash_of(each) == ft_hash_bytes(each.encode()) for each in ngrams_of(word, 1, 4))


def test_fasttext_s_vectors_of_new_words_are_gensim_s(tmp_path: Path, corpus: Corpus):
    found = train("fasttext", corpus, replace(SMALL, bucket=50_000))
    save_words(tmp_path / "words.safetensors", found)
    found = load_words(tmp_path / "words.safetensors")
    model = gensim.models.FastText(
        sentences=corpus, sg=1, vector_size=12, epochs=3, bucket=50_000, min_count=1, negative=5, workers=1, seed=0,
        window=5, sample=1e-3, min_n=3, max_n=6, hs=0,
    )  # fmt: skip
    for word in ("dog", "doggish", "blued"):
        assert (word in found) == (word == "dog")
        known = [each for each in ngrams_of(word, 3, 6) if hash_of(each) % 50_000 in found.more["buckets"]]
        by_hand = np.mean([model.wv.vectors_ngrams[hash_of(each) % 50_000] for each in known], axis=0)
        expected = model.wv["dog"] if word == "dog" else by_hand
        np.testing.assert_allclose(vector_of(found, word), expected, atol=2e-3)
    with pytest.raises(TextError, match="shares no letters in a row with a known word"):
        vector_of(found, "狗狗狗")


@pytest.mark.parametrize("mode", ["dm", "dbow", "both"])
def test_a_text_s_vector_is_inferred_from_what_is_kept(mode: str, tmp_path: Path, corpus: Corpus):
    settings = Settings(vector_size=16, epochs=12, mode=mode)
    save_words(tmp_path / "words.safetensors", train("doc2vec", corpus, settings))
    found = load_words(tmp_path / "words.safetensors")
    texts = [" ".join(words) for words in corpus if len(words) > 5][:200]
    rows = doc2vec.infer_many(found, texts)
    assert rows.shape == (200, 32 if mode == "both" else 16)
    np.testing.assert_allclose(doc2vec.infer(found, texts[7]), rows[7], rtol=1e-3, atol=1e-4)
    shuffled = [" ".join(reversed(text.split())) for text in texts]
    near = doc2vec.infer_many(found, shuffled)
    units, others = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (rows, near))
    assert (np.argmax(others @ units.T, axis=1) == np.arange(200)).mean() > 0.9
    with pytest.raises(TextError, match="knows no word of 'xylophone'"):
        doc2vec.infer(found, "xylophone")


def test_without_gensim_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, corpus: Corpus):
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(TrainingError, match=r"takes gensim: run pip install \"vse-explorer\[words\]\""):
        train("cbow", corpus, SMALL)
    assert len(train("glove", corpus, SMALL).words) > 100


def test_only_vectors_of_doc2vec_infer(corpus: Corpus):
    with pytest.raises(TextError, match="has no weights to infer a text's vector with"):
        doc2vec.infer(train("glove", corpus, SMALL), "a dog")
