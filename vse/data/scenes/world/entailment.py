"""Which statement follows from which: the order of the general over the special, for many statements at once.

A general statement follows from a special one where it is true of every scene that the special one is true of, by what
the two say; that some things never meet in this world is not made use of.
"""

from __future__ import annotations

import numpy as np

from vse.data.scenes.world.truth import CALLED, SHOWS, StatementCodes, all_holds

# (nouns, nouns): every kind that the first names is called the second, too: a dog an animal.
_IS = ~np.einsum("kf,kg->fg", CALLED, ~CALLED)


def entailment_matrix(special: StatementCodes, general: StatementCodes) -> np.ndarray:
    """(A,) and (B,) statements -> (A, B) bool: the general one says nothing that the special one does not say."""
    return all_holds(special, general, _mentions_entail, special.mentions > 0, special.mentions > 1)


def _mentions_entail(special: np.ndarray, general: np.ndarray) -> np.ndarray:
    """(A, 6) and (B, 6) mentions -> (A, B): whatever group the special one is true of, the general one is, too."""
    noun, count, several, *said = general.T
    counted = (count == -1) | (special[:, 1, None] == count)
    counted &= (several == 0) | (special[:, 1, None] > 1) | (special[:, 2, None] == 1)
    named = _IS[special[:, 0]][:, noun]
    for column, wanted in zip((3, 4, 5), said, strict=True):
        named &= (wanted == -1) | (special[:, column, None] == wanted)
    plain = np.all(general[:, 3:] == -1, axis=1)
    return counted & (named | (SHOWS[special[:, 5]][:, noun] & plain))
