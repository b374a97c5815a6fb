"""Words in groups: k-means over the directions of their vectors."""

from __future__ import annotations

import numpy as np

from vse.errors import TextError
from vse.words.table import WordVectors, unit_rows

FEWEST, MOST = 2, 60
_STARTS = 4  # of which the tightest is kept


def clusters(found: WordVectors, k: int, seed: int = 0) -> list[tuple[str, ...]]:
    """k groups of words, the largest first, in each the words nearest to its middle first; every word is in one.

    k-means (Lloyd 1982, begun as k-means++) of the unit vectors, so that squared distances order as cosines do. Fewer
    groups come of fewer words.

    Raises:
        TextError: for k out of FEWEST to MOST, or without words.
    """
    if not FEWEST <= k <= MOST or not len(found):
        raise TextError(f"{k} clusters of {len(found):,} words were asked for: give {FEWEST} to {MOST}, and words.")
    from sklearn.cluster import KMeans

    units = found.units
    fitted = KMeans(min(k, len(np.unique(units, axis=0))), n_init=_STARTS, random_state=seed).fit(units)
    middles = unit_rows(fitted.cluster_centers_)
    nearness = np.einsum("nd,nd->n", units, middles[fitted.labels_])
    groups = []
    for label in range(len(middles)):
        rows = np.flatnonzero(fitted.labels_ == label)
        rows = rows[np.argsort(-nearness[rows], kind="stable")]
        groups.append(tuple(found.words[row] for row in rows))
    return sorted(groups, key=len, reverse=True)
