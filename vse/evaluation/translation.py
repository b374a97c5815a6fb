"""How well words are translated by a linear map, and how well a model of English captions is asked in Spanish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vse.data import Collection
from vse.data.scenes.annotations import scenes_of
from vse.data.scenes.language.phrases import plural_of
from vse.data.scenes.language.spanish import write_spanish_captions
from vse.data.scenes.language.spanish_words import word_groups
from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.data.scenes.world.truth import encode_scenes, encode_statements, truth_matrix
from vse.data.scenes.world.world import COLOURS, SIZES
from vse.encoders.base import Encoder, known_words
from vse.errors import CollectionError, TextError
from vse.evaluation.retrieval import truth_metrics
from vse.evaluation.tables import figure, percent, table
from vse.io.progress import Progress
from vse.modalities.text.tokenizer import tokenize
from vse.search.spanish import MAP, NEIGHBOURS, SPANISH, WORDS, spanish_encoder
from vse.search.vectors import vectors_of
from vse.words.shipped import open_words
from vse.words.table import WordVectors
from vse.words.translation import MAPS, Pair, Translator, known_pairs, precision_at, reversed_pairs, split_pairs

COUNTS = (25, 50, 100, 200)
SEEDS = 5
_AT = (1, 5)

Groups = Sequence[Sequence[Pair]]


@dataclass(frozen=True)
class TranslationRow:
    """Shares, between 0 and 1, of words kept out whose translation is the nearest word, or among the five nearest.

    They are means over SEEDS ways to keep pairs out. `there` is from the first language into the second, `back` the
    other way; `learnt` so many pairs, `kept_out` on the mean; ranked: by "CSLS" or by "cosine".
    """

    map: str
    ranked: str
    learnt: int
    kept_out: float
    there_at_1: float
    there_at_5: float
    back_at_1: float
    back_at_5: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read_pairs(path: str | Path) -> list[list[Pair]]:
    """Word and translation a line with a tab between; a group of its own each.

    Raises:
        TextError: for a file that cannot be read, or a line of another kind.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").lower().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TextError(f"The pairs '{path}' cannot be read ({error}): check the path and the file.") from error
    found = []
    for number, line in enumerate(lines, start=1):
        words = tuple(word.strip() for word in line.split("\t"))
        if len(words) != 2 or not all(words):
            raise TextError(f"Line {number} of '{path}' is {line[:60]!r}: write a word and its translation with a tab "
                            "between.")  # fmt: skip
        found.append([(words[0], words[1])])
    return found


def in_order(groups: Groups, source: WordVectors, target: WordVectors) -> list[list[Pair]]:
    """The groups with the words of the source first, whichever stand first in them."""
    pairs = [pair for group in groups for pair in group]
    if len(known_pairs(pairs, source, target)) >= len(known_pairs(reversed_pairs(pairs), source, target)):
        return [list(group) for group in groups]
    return [reversed_pairs(group) for group in groups]


def translation_curve(
    source: WordVectors,
    target: WordVectors,
    groups: Groups,
    counts: Sequence[int] = COUNTS,
    progress: Progress | None = None,
) -> list[TranslationRow]:
    """Both maps and both rankings, by the number of pairs learnt from; the last number is all that are not kept out.

    A third of the pairs is kept out, with all forms of their words.

    Args:
        groups: pairs (word of the source, its translation), see `split_pairs`.

    Raises:
        TextError: when fewer pairs than four are known to both.
    """
    known = [group for group in (known_pairs(group, source, target) for group in groups) if group]
    splits = [split_pairs(known, seed=seed) for seed in range(SEEDS)]
    most = min(len(learn) for learn, _ in splits)
    if most < 2 or not all(kept for _, kept in splits):
        raise TextError(f"{sum(map(len, known))} pairs of words are known to both {source.name} and {target.name}, too "
                        "few to learn a map and to measure it: give more pairs, or other vectors.")  # fmt: skip
    kept_out = float(np.mean([len(kept) for _, kept in splits]))
    rows = []
    wanted = [*(count for count in counts if count < most), most]
    for at, count in enumerate(wanted):
        found: dict[tuple[str, str], list[list[float]]] = {}
        for learn, kept in splits:
            for kind in MAPS:
                there = Translator.learn(source, target, learn[:count], kind)
                back = Translator.learn(target, source, reversed_pairs(learn[:count]), kind)
                both = ((there, kept), (back, reversed_pairs(kept)))
                for ranked, scores_of in _RANKED.items():
                    found.setdefault((kind, ranked), []).append([
                        precision_at(scores_of(each), each.source, each.target, pairs, k)
                        for each, pairs in both for k in _AT
                    ])  # fmt: skip
        rows += [TranslationRow(*how, count, kept_out, *np.mean(each, axis=0).tolist()) for how, each in found.items()]
        if progress:
            progress(at + 1, len(wanted))
    return rows


_RANKED: dict[str, Callable[[Translator], np.ndarray]] = {
    "cosine": lambda each: each.cosines,
    "CSLS": lambda each: each.scores,
}


def translation_table(rows: Sequence[TranslationRow], source: str, target: str) -> str:
    """As text for a terminal; also Markdown."""
    head = ["map", "ranked by", "pairs learnt from"]
    head += [f"{a} to {b}, precision@{k}" for a, b in ((source, target), (target, source)) for k in _AT]
    cells = (
        [row.map, row.ranked, str(row.learnt),
         *map(percent, (row.there_at_1, row.there_at_5, row.back_at_1, row.back_at_5))]
        for row in sorted(rows, key=lambda row: (row.map, row.ranked, row.learnt))
    )  # fmt: skip
    return "\n".join(table(head, cells))


@dataclass(frozen=True)
class SearchRow:
    """Caption -> pictures, in percent: how often the first answer is true, and how many of the first ten are."""

    captions: str
    satisfied_at_1: float
    precision_at_10: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def by_dictionary(texts: Iterable[str], pairs: Iterable[Pair], known: Iterable[str]) -> list[str]:
    """Texts translated word by word, each word by the first of its pairs that is known; one that has none is left out.

    Args:
        pairs: (word of the language wanted, word of the texts).
    """
    known, first = set(known), dict[str, str]()
    for wanted, word in pairs:
        if wanted in known:
            first.setdefault(word, wanted)
    return [" ".join(first[word] for word in tokenize(text) if word in first) for text in texts]


def adjectives_behind(text: str) -> str:
    """An English caption in the order of Spanish: colours and sizes behind the noun that they stand before."""
    words, found = tokenize(text), list[str]()
    while words:
        adjectives = []
        while words and words[0] in _ADJECTIVES:
            adjectives.append(words.pop(0))
        length = next((n for n in (3, 2, 1) if " ".join(words[:n]) in _ENGLISH_NOUNS), 1)
        found += [*words[:length], *reversed(adjectives)]
        words = words[length:]
    return " ".join(found)


_ADJECTIVES = frozenset(word for words in (*COLOURS.values(), *SIZES.values()) for word in words)
_ENGLISH_NOUNS = frozenset(
    [form.lower() for kind in KINDS.values() for noun in kind.nouns for form in (noun, plural_of(noun))]
    + [form for nouns in FAMILIES.values() for both in nouns for form in both]
)


def evaluate_spanish_search(
    encoder: Encoder, collection: Collection, progress: Progress | None = None
) -> list[SearchRow]:
    """Pictures of Emoji Scenes found by Spanish captions in several ways, beside English ones.

    The Spanish captions are newly written of the same scenes, five each; they are no translations of the English ones.

    Raises:
        CollectionError: for a collection that is no Emoji Scenes.
        CheckpointError: for a model that has no embeddings of words.
    """
    scenes = scenes_of(collection.annotations)
    if not scenes or collection.annotations is None:
        raise CollectionError(f"{collection.name} is no Emoji Scenes, of which alone Spanish captions can be written: "
                              "give one, such as scenes.")  # fmt: skip
    pictures = np.asarray(vectors_of(encoder, collection, "image").vectors, dtype=np.float32)
    english = list(collection.captions)
    written = [caption for scene in scenes for caption in write_spanish_captions(scene)]
    spanish = [caption.text for caption in written]
    true_of_english = collection.annotations.relevance("text", "image")
    true_of_spanish = truth_matrix(encode_scenes(scenes), encode_statements([each.statement for each in written])).T
    groups = word_groups()
    pairs = [pair for group in groups for pair in group]
    learn, _ = split_pairs(groups)
    words = open_words(WORDS[SPANISH])
    learnt = words.only([word for _, word in learn])

    def translated(some: Sequence[Pair]) -> list[str]:
        return by_dictionary(spanish, some, known_words(encoder))

    def placed(how: str, some: Sequence[Pair], table: WordVectors = words, dictionary: bool = True) -> Encoder:
        return spanish_encoder(encoder, some, table, way=how, by_dictionary=dictionary)

    most = "Spanish, two thirds of the dictionary"
    ways: dict[str, tuple[Callable[[], Encoder], list[str], np.ndarray | None]] = {
        "English": (lambda: encoder, english, true_of_english),
        "English, colours and sizes behind their nouns": (
            lambda: encoder, [adjectives_behind(text) for text in english], true_of_english),
        "Spanish, read as if it were English": (lambda: encoder, spanish, true_of_spanish),
        "Spanish, word by word through the dictionary": (lambda: encoder, translated(pairs), true_of_spanish),
        "Spanish, the dictionary's embeddings, other words by neighbours": (
            lambda: placed(NEIGHBOURS, pairs), spanish, true_of_spanish),
        "Spanish, the dictionary's embeddings, other words by the map": (
            lambda: placed(MAP, pairs), spanish, true_of_spanish),
        f"{most}, word by word": (lambda: encoder, translated(learn), true_of_spanish),
        f"{most}, other words unknown": (lambda: placed(NEIGHBOURS, learn, learnt), spanish, true_of_spanish),
        f"{most}, other words by neighbours": (lambda: placed(NEIGHBOURS, learn), spanish, true_of_spanish),
        f"{most}, other words by the map": (lambda: placed(MAP, learn), spanish, true_of_spanish),
        "Spanish, all words by neighbours": (
            lambda: placed(NEIGHBOURS, pairs, dictionary=False), spanish, true_of_spanish),
        "Spanish, all words by the map": (lambda: placed(MAP, pairs, dictionary=False), spanish, true_of_spanish),
    }  # fmt: skip
    rows = []
    for at, (name, (made, texts, truth)) in enumerate(ways.items()):
        reader = made()
        vectors = reader.encode_texts(texts, strict=False)
        scores = reader.similarity.scores(vectors, pictures, a_is="text", b_is="image")
        found = truth_metrics(scores, np.asarray(truth))
        rows.append(SearchRow(name, found.satisfied_at_1, found.precision_at_10))
        if progress:
            progress(at + 1, len(ways))
    return rows


def search_table(rows: Sequence[SearchRow]) -> str:
    """As text for a terminal; also Markdown."""
    cells = ([row.captions, figure(row.satisfied_at_1), figure(row.precision_at_10)] for row in rows)
    return "\n".join(table(["captions", "satisfied@1", "precision@10"], cells))
