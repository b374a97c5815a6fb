from __future__ import annotations

import numpy as np
import pytest

from tests.maps.test_fit import quick  # noqa: F401
from vse.maps.bench import measure


@pytest.mark.usefixtures("quick")
def test_each_count_is_laid_out_as_a_whole_and_where_it_is_large_by_a_sample():
    rng = np.random.default_rng(0)
    plane = rng.normal(size=(90, 2))
    vectors = np.concatenate([plane, np.full((90, 1), 9.0)], axis=1)
    told: list[tuple[int, int]] = []
    rows = measure(vectors, [40, 90], 60, progress=lambda done, total: told.append((done, total)))
    assert [(row.photos, row.fitted) for row in rows] == [(40, 40), (90, 90), (90, 60)]
    assert all(row.trustworthiness > 0.95 and row.seconds >= 0 and row.k == 15 for row in rows)
    assert told == [(0, 3), (1, 3), (2, 3)]
    with pytest.raises(ValueError, match="91 of 90 vectors were asked for"):
        measure(vectors, [91])
