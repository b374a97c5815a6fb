"""The methods by name, and training by one of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from vse.errors import TextError
from vse.io.progress import Progress
from vse.words.lab.corpus import Corpus, counted
from vse.words.lab.gensim_models import cbow, doc2vec, fasttext, gensim, skip_gram
from vse.words.lab.glove import glove
from vse.words.lab.node2vec import Walks
from vse.words.lab.settings import Settings
from vse.words.table import WordVectors

if TYPE_CHECKING:
    import networkx

GENSIM: dict[str, Callable[[Any, Settings, Progress | None], WordVectors]] = {
    "skip-gram": skip_gram,
    "cbow": cbow,
    "fasttext": fasttext,
    "doc2vec": doc2vec,
}
GLOVE, NODE2VEC = "glove", "node2vec"
METHODS = ("skip-gram", "cbow", GLOVE, "fasttext", "doc2vec", NODE2VEC)


def train(
    method: str, corpus: Corpus | networkx.Graph, settings: Settings, progress: Progress | None = None
) -> WordVectors:
    """Vectors learnt from a corpus, or by "node2vec" from a graph; `about` says how.

    Args:
        method: one of METHODS.

    Raises:
        TextError: for a corpus that cannot be read, or of which nothing can be learnt.
        TrainingError: when gensim is needed and not installed.
    """
    began = time.perf_counter()
    if method != GLOVE:
        gensim()  # before the corpus is read
    if isinstance(corpus, Corpus):
        counts, name = counted(corpus, settings.min_count), corpus.name
        found = (
            glove(corpus, counts, settings, progress) if method == GLOVE else GENSIM[method](corpus, settings, progress)
        )
    else:
        found, name = skip_gram(Walks(corpus, settings), replace(settings, sample=0.0), progress), corpus.name
    if not any(found.about.get("losses", [1.0])):
        raise TextError(f"Nothing was learnt from {name}: subsampling left no two words together; give more text, or "
                        "--sample 0.")  # fmt: skip
    about = {"method": method, "corpus": name, "settings": asdict(settings), **found.about}
    about["seconds"] = round(time.perf_counter() - began, 1)
    return replace(found, name=method, about=about)
