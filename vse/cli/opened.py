"""The first answer's score taken apart, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from vse.search.score import OpenedScore
    from vse.search.searcher import Answer, Searcher

_SHOWN = 8  # dimensions
_SHADES = " .:-=+*#%@"


def opened(searcher: Searcher, found: Answer, way: str, places: str) -> OpenedScore | None:
    """None where no answer has a score.

    Args:
        places: one of `vse.search.places.WAYS`, or empty for what the model has.
    """
    from vse.encoders.base import Locates
    from vse.search.places import FEATURES
    from vse.search.score import open_score

    if found.resolved is None or not found.hits:
        return None
    first = found.hits[0].item_id
    image = searcher.collection.item(first).image_path
    places = places or (FEATURES if isinstance(searcher.encoder, Locates) else "")
    return open_score(searcher, found.query, searcher.vector_of(first), way, found.resolved, image, places)


def opened_json(found: OpenedScore, item_id: str) -> dict[str, Any]:
    maps = found.maps
    return {
        "id": item_id,
        "score": found.score,
        "similarity": found.similarity,
        "query": found.query.tolist(),
        "answer": found.answer.tolist(),
        "terms": found.terms.tolist(),
        "nothing": found.nothing,
        "words": [{"word": each.word, "share": float(each.shares[0]), "error": each.error} for each in found.words],
        "read": [{"text": each.text, "score": each.score} for each in found.cuts],
        "places": None
        if maps is None
        else {
            "way": maps.way,
            "area": list(maps.area),
            "maps": [{"word": each.word, "values": each.values.tolist()} for each in (maps.whole, *maps.words)],
        },
    }


def print_opened(found: OpenedScore, item_id: str) -> None:
    from vse.search.score import by_size

    print(f"\nthe score of {item_id}, {found.score:.3f}, as a sum over {len(found.terms)} dimensions; the largest:")
    so_far = 0.0
    for at in by_size(found.terms)[:_SHOWN]:
        so_far += float(found.terms[at])
        print(f"     {at:4}  {found.query[at]:+.3f} x {found.answer[at]:+.3f} = {found.terms[at]:+.4f}  "
              f"sum so far {so_far:.3f}")  # fmt: skip
    if found.cuts:
        print("the sentence cut after each word:")
        for cut in found.cuts:
            print(f"     {cut.score:+.3f}  {cut.text}")
    if found.words:
        print("what each word adds to it:")
        for word in found.words:
            error = f" ± {word.error:.3f}" if word.error else ""
            print(f"     {word.shares[0]:+.3f}{error}  {word.word}")
        if abs(found.nothing) >= 0.0005:
            print(f"     {found.nothing:+.3f}  without any of them")
    if found.maps is not None:
        print(f"where in the picture, by {found.maps.way}: what is lost without each place")
        for line in _shaded(found.maps.whole.values):
            print(f"     {line}")
        left, top, right, bottom = found.maps.area
        for told in found.maps.words:
            x, y = told.peak
            x, y = left + x * (right - left), top + y * (bottom - top)
            print(f"     {told.values.max():+.3f} at {x:.0%} from the left, {y:.0%} from the top  {told.word}")


def _shaded(values: np.ndarray) -> list[str]:
    """A line for each row of places, darker where more is lost; what is lost nowhere is blank."""
    most = float(values.max())
    if most <= 0:
        return []
    steps = [[int(max(0.0, float(each)) / most * (len(_SHADES) - 1) + 0.5) for each in row] for row in values]
    return ["".join(2 * _SHADES[step] for step in row).rstrip() for row in steps]
