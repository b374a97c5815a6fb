"""Up and down the partial order: what is true of a picture in general, and what makes a phrase more special.

The phrases are those of Emoji Scenes; where they stand is read from the vectors of a model of the order similarity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vse.data import Collection
from vse.data.item import Item
from vse.data.scenes.language.ladder import generalised, openings, say, specialised
from vse.data.scenes.language.parse import parse
from vse.data.scenes.world.scene import Scene, Statement
from vse.data.scenes.world.truth import encode_scenes, encode_statements, truth_matrix
from vse.data.scenes.world.world import PLACES
from vse.encoders.base import Encoder
from vse.encoders.similarity import ORDER
from vse.errors import CheckpointError
from vse.io.configs import read_json
from vse.modalities import IMAGE, TEXT

LIMITS_FILE = "order.json"  # in a model's folder: what `evaluate --order` found of it
_LIMIT = 0.025  # where nobody measured it: half of what training asks of what does not follow
_LONGEST = 14  # rungs of a ladder
_NOUNS = "|".join(sorted((place.noun for place in PLACES.values()), key=len, reverse=True))
_INDEFINITE = re.compile(rf"\b(on|in|at|by) an? (?={_NOUNS})", re.IGNORECASE)


@dataclass(frozen=True)
class Rung:
    """A phrase, and by how much the order is violated between it and what is asked about; is_right: whether that is so
    little that the model has both in this order.

    step: the same between a phrase of a ladder and the more general one before it. pictures: how many lie below it.
    """

    text: str
    violation: float
    is_right: bool
    step: float = 0.0
    pictures: int = 0


@dataclass(frozen=True)
class Limits:
    """The violation up to which a caption, and a picture, lies below a caption, and up to which a ladder goes on."""

    caption: float = _LIMIT
    picture: float = _LIMIT
    ladder: float = _LIMIT


def limits_of(encoder: Encoder) -> Limits:
    """Those that were measured, where `evaluate --order --json` was stored in the model's folder.

    Raises:
        CheckpointError: for a file that is none of these.
    """
    folder = getattr(encoder, "folder", None)
    if folder is None or not (folder / LIMITS_FILE).is_file():
        return Limits()
    try:
        return next(Limits(*each["limits"]) for each in read_json(folder / LIMITS_FILE).values() if each["limits"])
    except (AttributeError, KeyError, TypeError, StopIteration):
        command = f"python -m vse evaluate {encoder.name} scenes --order --json {folder / LIMITS_FILE}"
        raise CheckpointError(f"{folder / LIMITS_FILE} holds no limits; write it with `{command}`.") from None


@dataclass(frozen=True)
class Around:
    """What stands around a phrase: phrases with one fact less and with one fact more, and (row, violation) of pictures
    below it, the least violated first; `below` counts them. `is_read`: whether it is a sentence of Emoji Scenes."""

    text: str
    more_general: tuple[Rung, ...]
    more_special: tuple[Rung, ...]
    pictures: tuple[tuple[int, float], ...]
    below: int
    is_read: bool


def picture_named(collection: Collection, text: str) -> Item | None:
    """The picture that a text names, as [scene-0042] or as scene-0042; None for other words.

    Raises:
        CollectionError: for a name in brackets that no picture has.
    """
    name = text.strip()
    if name.startswith("[") and name.endswith("]"):
        return collection.item(name[1:-1].strip())
    return collection.item(name) if name in collection.rows else None


def check_ordered(encoder: Encoder) -> None:
    """
    Raises:
        CheckpointError: for a model whose similarity is no order.
    """
    if not encoder.similarity.non_negative:
        raise CheckpointError(f"{encoder.name} compares by the {encoder.similarity.name}, which knows no general and "
                              "special; choose scenes-order, or a model trained with --similarity order.")  # fmt: skip


def violations(special: np.ndarray, general: np.ndarray) -> np.ndarray:
    """(N, D) and (M, D) -> (N, M) at least 0: how far each of the special is from lying below each of the general."""
    return -ORDER.scores(special, general, a_is=IMAGE, b_is=TEXT)


def climb(encoder: Encoder, picture: np.ndarray, limit: float | None = None) -> list[Rung]:
    """Phrases that are true of a picture, the most general first, each with one fact more than the one before.

    Of all phrases with one fact more the next is the one that is violated least; where that is more than the limit the
    ladder ends.

    Args:
        picture: (D,) of the model.
        limit: that of the model if it is not given.

    Raises:
        CheckpointError: see `check_ordered`.
    """
    check_ordered(encoder)
    limit = limits_of(encoder).ladder if limit is None else limit
    found: list[Rung] = []
    candidates, above = openings(), None
    while candidates and len(found) < _LONGEST:
        texts = [say(each) for each in candidates]
        vectors = encoder.encode_texts(texts, strict=False)
        of_picture = violations(picture[None], vectors)[0]
        best = int(of_picture.argmin())
        if of_picture[best] > limit:
            break
        step = 0.0 if above is None else float(violations(vectors[best][None], above[None])[0, 0])
        found.append(Rung(texts[best], float(of_picture[best]), True, step))
        candidates, above = specialised(candidates[best]), vectors[best]
    return found


def around(encoder: Encoder, text: str, pictures: np.ndarray, k: int = 12) -> Around:
    """What stands above a phrase and below it.

    Args:
        pictures: (N, D) of the model.
        k: how many phrases below it, those with most pictures below them, and how many pictures.

    Raises:
        CheckpointError: see `check_ordered`.
        TextError: for a text that the model cannot read.
    """
    check_ordered(encoder)
    limits = limits_of(encoder)
    asked = encoder.encode_texts([text])
    statements = statements_of(text)
    special = specialised(statements[0]) if statements else []
    general = generalised(statements[0]) if statements else []
    of_pictures = violations(pictures, asked)[:, 0]
    nearest = np.argsort(of_pictures, kind="stable")[:k]
    above = _from(encoder, asked, general)
    up = [Rung(say(each), float(at), bool(at <= limits.caption)) for each, at in zip(general, above, strict=True)]
    down = []
    if special:
        texts = [say(each) for each in special]
        vectors = encoder.encode_texts(texts, strict=False)
        counts = (violations(pictures, vectors) <= limits.picture).sum(axis=0)
        steps = violations(vectors, asked)[:, 0]
        down = [
            Rung(text, float(at), bool(at <= limits.caption), pictures=int(count))
            for text, at, count in zip(texts, steps, counts, strict=True)
        ]
    return Around(
        text,
        tuple(sorted(up, key=lambda rung: rung.violation)),
        tuple(sorted(down, key=lambda rung: -rung.pictures)[:k]),
        tuple((int(row), float(of_pictures[row])) for row in nearest if of_pictures[row] <= limits.picture),
        int((of_pictures <= limits.picture).sum()),
        bool(statements),
    )


def _from(encoder: Encoder, special: np.ndarray, general: Sequence[Statement]) -> np.ndarray:
    """(M,) violations between one vector (1, D) and the phrases of statements."""
    texts = [say(each) for each in general]
    return violations(special, encoder.encode_texts(texts, strict=False))[0] if texts else np.zeros(0)


def truth_of(text: str, scenes: Sequence[Scene]) -> np.ndarray:
    """(N,) bool: of which scenes a phrase is true; of none, where it is no phrase of Emoji Scenes."""
    true = truth_matrix(encode_scenes(scenes), encode_statements(statements_of(text)))
    return np.asarray(true.any(axis=1))


def statements_of(text: str) -> tuple[Statement, ...]:
    """What a phrase says, where it is one of Emoji Scenes, which are "on the beach" where others are on a beach."""
    return parse(text) or parse(_INDEFINITE.sub(r"\1 the ", text))
