from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import FakeEncoder, tiny_checkpoint
from vse.data import load_collection
from vse.encoders.base import placed_words, unknown_words
from vse.encoders.registry import load_model
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import CheckpointError, CollectionError, TextError
from vse.modalities.text.config import TextConfig
from vse.search.searcher import Searcher
from vse.search.spanish import MAP, NEIGHBOURS, WAYS, in_spanish, spanish_encoder, translate, translator
from vse.words.table import WordVectors

PAIRS = [("dog", "perro"), ("red", "rojo"), ("red", "roja"), ("a", "un"), ("bus", "once"), ("beach", "playa")]
SPANISH = ("perro", "rojo", "roja", "un", "once", "playa", "lobo", "red")

_WORDS = ("dog", "red", "a", "bus", "beach", "unread")
ENGLISH = WordVectors("english", _WORDS, np.random.default_rng(1).normal(size=(len(_WORDS), 4)).astype(np.float32))


@pytest.fixture
def vectors() -> WordVectors:
    rows = np.random.default_rng(0).normal(size=(len(SPANISH), 4)).astype(np.float32)
    rows[SPANISH.index("lobo")] = rows[SPANISH.index("perro")]
    return WordVectors("spanish", SPANISH, rows)


def encoder(tower: str = "words") -> VSEEncoder:
    text = TextConfig(word_dim=6, hidden=5, max_words=6, tower=tower)
    return VSEEncoder(tiny_checkpoint(text=text), "tiny")


@pytest.mark.parametrize("tower", ["words", "mixed"])
def test_words_of_the_dictionary_are_read_as_their_english_words(tower: str, vectors: WordVectors):
    english = encoder(tower)
    spanish = spanish_encoder(english, PAIRS, vectors, ENGLISH)
    read = spanish.encode_texts(["un perro rojo", "playa roja", "once"])
    np.testing.assert_array_equal(read, english.encode_texts(["a dog red", "beach red", "bus"]))
    assert spanish.name == "tiny in Spanish"
    assert not np.allclose(spanish.encode_texts(["red"]), english.encode_texts(["red"]))  # a net, in Spanish
    assert spanish.words == SPANISH
    assert placed_words(spanish, "un lobo") == ("un", "lobo")


def test_pictures_are_read_as_before_and_texts_are_not(vectors: WordVectors):
    english = encoder()
    spanish = spanish_encoder(english, PAIRS, vectors, ENGLISH)
    pictures = [np.random.default_rng(n).integers(0, 256, (16, 16, 3), dtype=np.uint8) for n in range(2)]
    np.testing.assert_array_equal(spanish.encode_images(pictures), english.encode_images(pictures))
    assert spanish.fingerprint != english.fingerprint
    assert [each.word for each in unknown_words(spanish, "un dog")] == ["dog"]
    assert "perro" not in english.words


@pytest.mark.parametrize("way", WAYS)
def test_another_word_lies_where_its_vector_takes_it(way: str, vectors: WordVectors):
    pairs = [*PAIRS, ("cats", "perro")]
    by_way = spanish_encoder(encoder(), pairs, vectors, ENGLISH, way, by_dictionary=False)
    np.testing.assert_array_equal(by_way.encode_texts(["lobo"]), by_way.encode_texts(["perro"]))  # the same vector
    by_both = spanish_encoder(encoder(), pairs, vectors, ENGLISH, way)
    np.testing.assert_array_equal(by_both.encode_texts(["lobo"]), by_way.encode_texts(["lobo"]))
    assert not np.allclose(by_both.encode_texts(["perro"]), by_way.encode_texts(["perro"]))


def test_by_neighbours_an_embedding_is_a_mean_of_those_of_words_that_translate_it():
    english, rows = encoder(), 10 * np.eye(6, dtype=np.float32)
    there = WordVectors("english", ("dog", "red", "a", "bus", "beach", "unread"), rows)
    back = WordVectors("spanish", ("perro", "rojo", "un", "autobús", "playa", "desconocido"), rows)
    pairs = list(zip(there.words, back.words, strict=True))
    table = english.checkpoint.model.text_tower.embedding.weight.detach().numpy()
    embeddings = [table[english.checkpoint.vocabulary.words.index(word)] for word in there.words[:5]]
    placed = spanish_encoder(english, pairs, back, there, by_dictionary=False).checkpoint.model.text_tower.embedding
    np.testing.assert_allclose(placed.weight[2:7].numpy(), embeddings, atol=1e-3)  # nothing else comes near
    np.testing.assert_allclose(placed.weight[7].numpy(), np.mean(embeddings, axis=0), atol=1e-3)  # all are as near


def test_a_word_of_several_english_ones_has_the_mean_of_their_embeddings(vectors: WordVectors):
    english = encoder()
    spanish = spanish_encoder(english, [*PAIRS, ("cats", "perro")], vectors, ENGLISH)
    weights = english.checkpoint.model.text_tower.embedding.weight.detach().numpy()
    rows = [english.checkpoint.vocabulary.words.index(word) for word in ("dog", "cats")]
    placed = spanish.checkpoint.model.text_tower.embedding.weight[spanish.checkpoint.vocabulary.words.index("perro")]
    np.testing.assert_allclose(placed.numpy(), weights[rows].mean(axis=0), rtol=1e-6)


def test_what_has_no_embeddings_of_words_is_refused(vectors: WordVectors):
    for model in (FakeEncoder(), encoder("characters")):
        with pytest.raises(CheckpointError, match="has no embeddings of words that Spanish ones could be placed among"):
            spanish_encoder(model, PAIRS, vectors, ENGLISH)
    for way, name in ((NEIGHBOURS, "spanish and english"), (MAP, "tiny and spanish")):
        with pytest.raises(TextError, match=f"1 pairs of words are known to both {name}, and a map takes two"):
            spanish_encoder(encoder(), [("dog", "perro"), ("nothing", "nada")], vectors, ENGLISH, way)
    with pytest.raises(TextError, match="There is no way 'magic' to place a word: give one of neighbours, map"):
        spanish_encoder(encoder(), PAIRS, vectors, ENGLISH, "magic")


def test_a_searcher_is_asked_in_spanish_with_the_same_vectors_of_pictures(scenes_folder, scenes_model):
    english = Searcher.open(load_model(scenes_model), load_collection(scenes_folder))
    spanish = in_spanish(english)
    assert spanish.images is english.images
    known = [word for word in ("horse", "night", "dog", "snow") if word in english.encoder.words]
    word = {"horse": "caballo", "night": "noche", "dog": "perro", "snow": "nieve"}[known[0]]
    assert [hit.item_id for hit in spanish.search_text(word)] == [hit.item_id for hit in english.search_text(known[0])]
    with pytest.raises(CollectionError, match="has no captions to answer with"):
        spanish.search_image(np.zeros((16, 16, 3), np.uint8))


def test_words_are_translated_both_ways_by_vectors_that_ship():
    for to in ("es", "en"):
        matrix = translator(to).map.matrix
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(len(matrix)), atol=1e-9)
    assert "en" in [word for word, _ in translate("in", 3)]
    assert "bajo" in [word for word, _ in translate(" Under ", 3)]
    assert "and" in [word for word, _ in translate("y", 3, to="en")]
    with pytest.raises(TextError, match="english-for-spanish has no vector for 'perro'"):
        translate("perro")
    with pytest.raises(TextError, match="Words are translated into en and es, not into 'fr'"):
        translate("dog", to="fr")
