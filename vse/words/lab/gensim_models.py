"""What gensim trains: skip-gram, CBOW, fastText and doc2vec."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from vse.errors import TrainingError
from vse.io.installed import from_extra
from vse.io.progress import Progress
from vse.words.fasttext import ngram_arrays
from vse.words.lab.settings import Settings
from vse.words.table import WordVectors

Sentences = Iterable[list[str]]


def gensim() -> Any:
    """
    Raises:
        TrainingError: when it is not installed.
    """
    with from_extra("words", "gensim>=4.4", "Learning word vectors takes gensim", TrainingError):
        import gensim.models
    return gensim


class Losses:
    """A callback of gensim's that notes the loss of each epoch, which gensim adds up, and says how far it is."""

    def __init__(self, epochs: int, progress: Progress | None, before: int = 0, total: int = 0) -> None:
        self.losses: list[float] = []
        self.epochs, self.progress, self.before, self.total = epochs, progress, before, total or epochs

    def __getattr__(self, name: str) -> Any:
        """Of what gensim calls at other times nothing is noted."""
        if name.startswith("on_"):
            return lambda model: None
        raise AttributeError(name)

    def on_epoch_end(self, model: Any) -> None:
        if getattr(model, "compute_loss", False):
            total = float(model.get_latest_training_loss())
            self.losses.append(total - sum(self.losses))
        self.before += 1
        if self.progress:
            self.progress(self.before, self.total)


def _shared(settings: Settings, losses: Losses) -> dict[str, Any]:
    return {
        "vector_size": settings.vector_size,
        "window": settings.window,
        "min_count": settings.min_count,
        "epochs": settings.epochs,
        "negative": settings.negative,
        "ns_exponent": settings.ns_exponent,
        "sample": settings.sample,
        "alpha": settings.alpha,
        "seed": settings.seed,
        "hs": 0,
        "workers": 1,  # several give other vectors at each run
        "callbacks": [losses],
    }


def word2vec(name: str, sentences: Sentences, settings: Settings, progress: Progress | None, sg: int) -> WordVectors:
    """Skip-gram (`sg` 1) or CBOW (0) with negative sampling (Mikolov et al. 2013)."""
    losses = Losses(settings.epochs, progress)
    given = _shared(settings, losses)
    model = gensim().models.Word2Vec(sentences=sentences, sg=sg, compute_loss=True, **given)
    return _found(name, model, {"losses": losses.losses})


def skip_gram(sentences: Sentences, settings: Settings, progress: Progress | None = None) -> WordVectors:
    return word2vec("skip-gram", sentences, settings, progress, sg=1)


def cbow(sentences: Sentences, settings: Settings, progress: Progress | None = None) -> WordVectors:
    return word2vec("cbow", sentences, settings, progress, sg=0)


def fasttext(sentences: Sentences, settings: Settings, progress: Progress | None = None) -> WordVectors:
    """Skip-gram over words and their n-grams (Bojanowski et al. 2017); gensim tells no losses of it."""
    losses = Losses(settings.epochs, progress)
    given = {**_shared(settings, losses), "min_n": settings.min_n, "max_n": settings.max_n, "bucket": settings.bucket}
    model = gensim().models.FastText(sentences=sentences, sg=1, **given)
    found = _found("fasttext", model, {})
    ngrams = ngram_arrays(found.words, settings.min_n, settings.max_n, np.asarray(model.wv.vectors_ngrams))
    return WordVectors(found.name, found.words, found.vectors, found.about, ngrams)


def doc2vec(sentences: Sentences, settings: Settings, progress: Progress | None = None) -> WordVectors:
    """Paragraph vectors, PV-DM with the mean of the context, PV-DBOW, or both (Le & Mikolov 2014).

    What infers the vector of a new text is kept: the words' counts and the output weights, see `vse.words.doc2vec`.
    The words' vectors are those of PV-DM; of PV-DBOW alone, which has none, those of its output weights.
    """
    modes = ("dm", "dbow") if settings.mode == "both" else (settings.mode,)
    losses = Losses(settings.epochs, progress, total=settings.epochs * len(modes))
    documents = _Documents(sentences)
    models = {
        mode: gensim().models.Doc2Vec(documents=documents, dm=int(mode == "dm"), dm_mean=1, **_shared(settings, losses))
        for mode in modes
    }
    first = models[modes[0]]
    more = {f"{mode}.output": np.asarray(model.syn1neg, np.float16) for mode, model in models.items()}
    more["counts"] = np.array([first.wv.get_vecattr(word, "count") for word in first.wv.index_to_key], np.int32)
    vectors = first.wv.vectors if "dm" in models else first.syn1neg
    words = tuple(first.wv.index_to_key)
    return WordVectors("doc2vec", words, np.array(vectors, np.float32), {}, more)


class _Documents:
    """Sentences with a tag each, read anew in each pass."""

    def __init__(self, sentences: Sentences) -> None:
        self.sentences = sentences

    def __iter__(self) -> Any:
        tagged = gensim().models.doc2vec.TaggedDocument
        for number, words in enumerate(self.sentences):
            yield tagged(words, [number])


def _found(name: str, model: Any, about: dict[str, Any]) -> WordVectors:
    return WordVectors(name, tuple(model.wv.index_to_key), np.array(model.wv.vectors, np.float32), about)
