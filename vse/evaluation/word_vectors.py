"""How good word vectors are by themselves: analogies, similarity, clusters, and how stable they are over seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from vse.data.scenes.world.kinds import KINDS
from vse.errors import TextError
from vse.evaluation.analogies import Analogy
from vse.io.progress import batched
from vse.words.table import WordVectors, unit_rows

MOST = 30_000  # words that may answer, as in word2vec's own tool
SEEDS = 10
_BATCH = 256
_EPSILON = 1e-3  # Levy & Goldberg 2014, eq. 4


@dataclass(frozen=True)
class AnalogyScores:
    """Shares between 0 and 1 of the `questions` that are answered rightly; `left_out` have an unknown word.

    add, mul: 3CosAdd and 3CosMul, the words of the question left out of the answers, as is usual. add_all, mul_all: the
    same where they may answer, which they mostly do.
    """

    add: float
    mul: float
    add_all: float
    mul_all: float
    questions: int
    left_out: int


@dataclass(frozen=True)
class PairScores:
    """Spearman's rank correlation with people's judgements; `known` of `pairs`.

    None of fewer than three pairs, and where either side is the same for all.
    """

    rho: float | None
    known: int
    pairs: int


@dataclass(frozen=True)
class StabilityScores:
    """The share of a word's nearest words that are the same in two sets: the mean over words and pairs of sets."""

    overlap: float
    words: int
    sets: int


@dataclass(frozen=True)
class ClusterScores:
    """Purity of k-means over the world's nouns, from 0 to 1: mean and deviation over SEEDS seeds; None of too few."""

    purity: float | None
    deviation: float
    words: int
    k: int


def read_questions(path: str | Path) -> list[Analogy]:
    """The questions of a file like questions-words.txt (Mikolov et al. 2013), in small letters.

    Raises:
        TextError: for a file that cannot be read, or a line that is neither a section nor four words.
    """
    found, section = [], ""
    for number, line in enumerate(_lines(path), start=1):
        words = line.lower().split()
        if words[:1] == [":"]:
            section = " ".join(words[1:])
        elif len(words) == 4:
            b, a, c, answer = words  # Athens Greece Baghdad Iraq: greece - athens + baghdad
            found.append(Analogy(section, a, b, c, answer))
        elif words:
            raise TextError(f"Line {number} of '{path}' is {line[:60]!r}: write four words, or : and a section's name.")
    if not found:
        raise TextError(f"'{path}' holds no questions: write four words a line, such as man woman king queen.")
    return found


def read_pairs(path: str | Path) -> list[tuple[str, str, float]]:
    """(word, word, how alike people find them) of a file such as WordSim-353: three columns with tabs between.

    Raises:
        TextError: for a file that cannot be read, or a line of another kind.
    """
    found = []
    for number, line in enumerate(_lines(path), start=1):
        if line.startswith("#") or not line.strip():
            continue
        parts = line.lower().strip().split("\t")
        try:
            found.append((parts[0], parts[1], float(parts[2])))
        except (IndexError, ValueError):
            raise TextError(
                f"Line {number} of '{path}' is {line[:60]!r}: write word, word and a number with tabs between."
            ) from None
    if not found:
        raise TextError(f"'{path}' holds no pairs: write word, word and a number a line, with tabs between.")
    return found


def _lines(path: str | Path) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TextError(f"'{path}' cannot be read ({error}): check the path and the file.") from error


def score_analogies(
    found: WordVectors, asked: Iterable[Analogy], most: int = MOST, meaning: Callable[[str], str] | None = None
) -> dict[str, AnalogyScores]:
    """By section, in order, and over all under "".

    Args:
        most: the answers are sought among the first so many words, the frequent ones.
        meaning: a word -> what it names; another word for what the answer names is right as well, unless it is one of
            the question. Without it only the answer is.
    """
    asked = list(asked)
    units, index = found.units[:most], {word: row for row, word in enumerate(found.words[:most])}
    names = np.unique([meaning(word) if meaning else word for word in index], return_inverse=True)[1]
    known = [each for each in asked if all(word in index for word in each.words)]
    right = np.zeros((len(known), 4), bool)
    for part in batched(range(len(known)), _BATCH):
        rows = np.array([[index[word] for word in known[at].words] for at in part]).T
        for column, best in enumerate(_best(units, *rows[:3])):
            right[part, column] = (names[best] == names[rows[3]]) & (best != rows[:3]).all(axis=0)
    scores = {}
    for section in ("", *dict.fromkeys(each.section for each in asked)):
        of_section = [row for row, each in enumerate(known) if section in ("", each.section)]
        count = sum(section in ("", each.section) for each in asked)
        add, mul, add_all, mul_all = map(float, right[of_section].mean(axis=0) if of_section else np.zeros(4))
        scores[section] = AnalogyScores(add, mul, add_all, mul_all, len(of_section), count - len(of_section))
    return scores


def _best(units: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> list[np.ndarray]:
    """The row of the best word of each of Q questions a - b + c, four times (Q,), in the order of `AnalogyScores`.

    Args:
        units: (N, D); a, b and c are rows of it.
    """
    of_a, of_b, of_c = (units[rows] @ units.T for rows in (a, b, c))
    both = [of_a - of_b + of_c, (of_a + 1) * (of_c + 1) / 2 / (of_b + 1 + 2 * _EPSILON)]  # of (cosine + 1) / 2
    with_all = [scores.argmax(axis=1) for scores in both]
    for scores in both:
        for rows in (a, b, c):
            scores[np.arange(len(rows)), rows] = -np.inf
    return [*(scores.argmax(axis=1) for scores in both), *with_all]


def score_pairs(found: WordVectors, pairs: Sequence[tuple[str, str, float]]) -> PairScores:
    """How far the cosines of the pairs that are known follow people's judgements."""
    from scipy.stats import spearmanr

    known = [(found.index[a], found.index[b], score) for a, b, score in pairs if a in found and b in found]
    if len(known) < 3:
        return PairScores(None, len(known), len(pairs))
    first, second, judged = map(np.array, zip(*known, strict=True))
    cosines = (found.units[first] * found.units[second]).sum(axis=1)
    if np.ptp(cosines) == 0 or np.ptp(judged) == 0:
        return PairScores(None, len(known), len(pairs))
    return PairScores(float(spearmanr(cosines, judged).statistic), len(known), len(pairs))


def world_families() -> dict[str, str]:
    """Noun of a single word -> the closest of its families, of the things of Emoji Scenes."""
    return {noun: kind.families[-1] for kind in KINDS.values() for noun in kind.nouns if noun.isalpha()}


def score_clusters(found: WordVectors, families: dict[str, str] | None = None) -> ClusterScores:
    """How pure clusters of nouns are, as many as there are families among those that are known."""
    from sklearn.cluster import KMeans

    families = world_families() if families is None else families
    known = [word for word in families if word in found]
    labels = [families[word] for word in known]
    k = len(set(labels))
    if k < 2 or len(known) <= k:
        return ClusterScores(None, 0.0, len(known), k)
    rows = unit_rows(np.stack([found[word] for word in known]))
    purities = [purity(KMeans(k, n_init=4, random_state=seed).fit_predict(rows), labels) for seed in range(SEEDS)]
    return ClusterScores(float(np.mean(purities)), float(np.std(purities, ddof=1)), len(known), k)


def purity(clusters: Sequence[int] | np.ndarray, labels: Sequence[str]) -> float:
    """The share of things whose label is the most frequent one in their cluster."""
    _, numbers = np.unique(labels, return_inverse=True)
    counts = np.zeros((int(np.max(clusters)) + 1, int(numbers.max()) + 1), int)
    np.add.at(counts, (np.asarray(clusters), numbers), 1)
    return float(counts.max(axis=1).sum() / len(labels))


def stability(sets: Sequence[WordVectors], k: int = 10, most: int = MOST) -> StabilityScores:
    """How far the k nearest words are the same in sets of one method, such as those trained with other seeds.

    Args:
        most: only the first so many words of the first set that all have.

    Raises:
        TextError: for fewer than two sets, or sets that share fewer than k + 1 words.
    """
    words = [word for word in sets[0].words if all(word in each for each in sets[1:])] if len(sets) > 1 else []
    words = words[:most]
    if len(words) <= k:
        raise TextError(f"{len(sets)} sets that share {len(words)} words came: give two or more of one method, trained "
                        f"with other seeds, that share more than {k}.")  # fmt: skip
    near = [_nearest(each.only(words).units, k) for each in sets]
    shared = [len(set(a) & set(b)) / k for one, other in combinations(near, 2) for a, b in zip(one, other, strict=True)]
    return StabilityScores(float(np.mean(shared)), len(near[0]), len(sets))


def _nearest(units: np.ndarray, k: int) -> np.ndarray:
    """(N, k) rows of the nearest words of each, in no order and without itself."""
    found = []
    for rows in batched(range(len(units)), _BATCH):
        scores = units[rows] @ units.T
        scores[np.arange(len(rows)), rows] = -np.inf
        found.append(np.argpartition(-scores, k - 1, axis=1)[:, :k])
    return np.concatenate(found)
