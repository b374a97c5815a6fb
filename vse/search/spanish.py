"""Words translated between English and Spanish, and a model of English captions that is asked in Spanish.

Both by linear maps between word vectors that were learnt from captions of either language alone; the maps are learnt
from pairs of single words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch

from vse.data.scenes.language.spanish_words import word_pairs
from vse.encoders.base import Encoder
from vse.encoders.vse.checkpoint import fingerprint
from vse.encoders.vse.encoder import VSEEncoder
from vse.errors import CheckpointError, TextError
from vse.modalities.text.vocabulary import PADDING, UNKNOWN, Vocabulary
from vse.search.searcher import Searcher
from vse.words.mapping import least_squares
from vse.words.shipped import TRANSLATED, open_words
from vse.words.table import WordVectors
from vse.words.translation import Pair, Translator, known_pairs, prepared, reversed_pairs

ENGLISH, SPANISH = "en", "es"
WORDS = dict(zip((ENGLISH, SPANISH), TRANSLATED, strict=True))  # the vectors that ship, by language
NEIGHBOURS, MAP = "neighbours", "map"  # how a Spanish word comes to its embedding
TEMPERATURE = 0.1  # of four that were tried (0.02, 0.05, 0.1, 0.2) the one by which most pictures were found


@lru_cache(maxsize=2)
def translator(to: str = SPANISH) -> Translator:
    """The one from English to Spanish ("es") or from Spanish to English ("en"), its map fitted to all pairs.

    Raises:
        TextError: for another language.
    """
    if to not in WORDS:
        raise TextError(f"Words are translated into {' and '.join(WORDS)}, not into {to!r}.")
    english, spanish = (open_words(WORDS[language]) for language in (ENGLISH, SPANISH))
    if to == SPANISH:
        return Translator.learn(english, spanish, word_pairs())
    return Translator.learn(spanish, english, reversed_pairs(word_pairs()))


def translate(word: str, k: int = 5, to: str = SPANISH) -> list[tuple[str, float]]:
    """The k words of the other language that a linear map brings nearest to a word, with cosines, the best first.

    Args:
        to: "es", from English into Spanish, or "en", from Spanish into English.

    Raises:
        TextError: for a word that has no vector, or another language.
    """
    return translator(to).translate(word.strip().lower(), k)


def spanish_encoder(
    encoder: Encoder,
    pairs: Iterable[Pair] | None = None,
    spanish: WordVectors | None = None,
    english: WordVectors | None = None,
    way: str = NEIGHBOURS,
    by_dictionary: bool = True,
) -> VSEEncoder:
    """The model with Spanish words in the place of its English ones: it reads Spanish, and pictures as before.

    Nothing is trained. Each Spanish word has an embedding placed among those that the model learnt of English words.
    English words are not known to it, so that one spelt alike in both languages is read as Spanish. Its vectors of
    pictures are the model's; those of texts are not, so its fingerprint is another, and it has no calibration.

    Args:
        pairs: (English word, Spanish word) to learn from; those of the world's lexicon as usual.
        spanish, english: other word vectors than those that ship.
        way: how a word is placed, a name of WAYS.
        by_dictionary: whether a word of a pair has the embedding of its English word (the mean of several) itself, so
            that only the others are placed.

    Raises:
        CheckpointError: for a model that has no embeddings of words, such as a CLIP.
        TextError: when too few of the words are known to both, or there is no such way.
    """
    if not isinstance(encoder, VSEEncoder) or encoder.checkpoint.model.config.text.tower == "characters":
        raise CheckpointError(f"{encoder.name} has no embeddings of words that Spanish ones could be placed among: "
                              "give a VSE that reads words.")  # fmt: skip
    if way not in WAYS:
        raise TextError(f"There is no way {way!r} to place a word: give one of {', '.join(WAYS)}.")
    spanish = open_words(WORDS[SPANISH]) if spanish is None else spanish
    english = open_words(WORDS[ENGLISH]) if english is None else english
    checkpoint = encoder.checkpoint
    trained = checkpoint.model.text_tower.embedding.weight.detach().cpu().numpy()
    read = checkpoint.vocabulary.read
    embeddings = WordVectors(encoder.name, read.listed, trained[UNKNOWN + 1 : len(read)])
    pairs = word_pairs() if pairs is None else tuple(pairs)
    placed = WAYS[way](spanish, english, embeddings, pairs)
    if by_dictionary:
        translations: dict[str, list[str]] = {}
        for word, translated in known_pairs(pairs, embeddings, spanish):
            translations.setdefault(translated, []).append(word)
        for translated, words in translations.items():
            placed[spanish.index[translated]] = embeddings.only(words).vectors.mean(axis=0)
    vocabulary = Vocabulary.of(spanish.words)
    vocabulary = replace(vocabulary, placed=len(vocabulary.listed))
    model = deepcopy(checkpoint.model)
    weights = np.concatenate([trained[: UNKNOWN + 1], placed])
    model.text_tower.embedding = torch.nn.Embedding.from_pretrained(torch.from_numpy(weights), padding_idx=PADDING)
    named = fingerprint(model, vocabulary, checkpoint.preprocess)
    changed = replace(checkpoint, model=model, vocabulary=vocabulary, fingerprint=named)
    device = str(next(checkpoint.model.parameters()).device)
    return VSEEncoder(changed, f"{encoder.name} in Spanish", device)


def _by_neighbours(
    spanish: WordVectors, english: WordVectors, embeddings: WordVectors, pairs: Sequence[Pair]
) -> np.ndarray:
    """(S, E) float32: the mean of the embeddings of English words, weighted by how well they translate each word.

    The weights are a softmax of the scores by which `Translator` ranks, of words that the model knows.
    """
    learnt = Translator.learn(spanish, english, reversed_pairs(pairs))
    shared = [word for word in english.words if word in embeddings]
    scores = learnt.scores[:, [english.index[word] for word in shared]] / TEMPERATURE
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    placed: np.ndarray = weights / weights.sum(axis=1, keepdims=True) @ embeddings.only(shared).vectors
    return placed.astype(np.float32)


def _by_map(spanish: WordVectors, english: WordVectors, embeddings: WordVectors, pairs: Sequence[Pair]) -> np.ndarray:
    """(S, E) float32: where least squares take each word, from the Spanish vectors straight to the embeddings."""
    known = known_pairs(pairs, embeddings, spanish)
    if len(known) < 2:
        raise TextError(f"{len(known)} pairs of words are known to both {embeddings.name} and {spanish.name}, and a "
                        "map takes two at least: give more pairs, or other vectors.")  # fmt: skip
    rows = prepared(spanish)
    source = rows[[spanish.index[word] for _, word in known]]
    target = np.stack([embeddings[word] for word, _ in known])
    return least_squares(source, target)(rows)


WAYS = {NEIGHBOURS: _by_neighbours, MAP: _by_map}


def in_spanish(searcher: Searcher) -> Searcher:
    """The same searcher, with the same vectors of pictures, for queries in Spanish: see `spanish_encoder`.

    Captions are left out: those of the collection are English, and found by the model's vectors of English.

    Raises:
        CheckpointError: as `spanish_encoder`.
    """
    indexes = {modality: index for modality, index in searcher.indexes.items() if modality != "text"}
    return replace(searcher, encoder=spanish_encoder(searcher.encoder), indexes=indexes)
