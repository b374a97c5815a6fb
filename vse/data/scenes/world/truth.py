"""`satisfies`, for many scenes and many statements at once.

Scenes and statements become small integer arrays, compared by broadcasting; -1 stands for
"nothing said". The law that this agrees with `scene.satisfies` is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.data.scenes.world.scene import Group, Mention, Scene, Statement
from vse.data.scenes.world.world import (
    ACTIONS,
    COLOURS,
    IMPLIED_NOUNS,
    INVERSE,
    PLACES,
    RELATIONS,
    SIZES,
    TIMES,
    WEATHERS,
)

_BESIDE = len(RELATIONS)
MOST = 100  # of a group: scenes are drawn with four at most


def _codes(names) -> dict[str | None, int]:
    return {None: -1, **{name: code for code, name in enumerate(names)}}


_NOUN = _codes([*KINDS, *FAMILIES])
_COLOUR, _SIZE, _ACTION = _codes(COLOURS), _codes(SIZES), _codes(ACTIONS)
_PLACE, _TIME, _WEATHER = _codes(PLACES), _codes(TIMES), _codes(WEATHERS)
_RELATION = {**_codes(RELATIONS), "beside": _BESIDE}


def _noun_tables() -> tuple[np.ndarray, np.ndarray]:
    """(kinds, nouns) what a kind is called, and (actions + 1, nouns) what a doing shows besides (last: no doing)."""
    called = np.zeros((len(KINDS), len(_NOUN)), dtype=bool)
    for name, kind in KINDS.items():
        called[_NOUN[name], [_NOUN[noun] for noun in (name, *kind.families)]] = True
    shows = np.zeros((len(ACTIONS) + 1, len(_NOUN)), dtype=bool)
    for action, nouns in IMPLIED_NOUNS.items():
        shows[_ACTION[action], [_NOUN[noun] for noun in nouns]] = True
    return called, shows


CALLED, SHOWS = _noun_tables()  # see `_noun_tables`
# By code: of each relation its inverse, of beside itself; the last is of no relation, which is -1.
INVERSES = np.array([_RELATION[INVERSE[name]] for name in RELATIONS] + [_BESIDE, -1])


@dataclass(frozen=True)
class SceneCodes:
    """Scenes as integers: `frame` (S, 3) place, time, weather; `relation` (S,); groups (S, 5); `paired` (S,) bool."""

    frame: np.ndarray
    relation: np.ndarray
    subject: np.ndarray
    other: np.ndarray
    paired: np.ndarray

    def __getitem__(self, rows) -> SceneCodes:
        return SceneCodes(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True)
class StatementCodes:
    """Statements as integers: `frame` (T, 3), `relation` (T,), mentions (T, 6), `mentions` (T,) their number."""

    frame: np.ndarray
    relation: np.ndarray
    subject: np.ndarray
    other: np.ndarray
    mentions: np.ndarray

    def __getitem__(self, rows) -> StatementCodes:
        return StatementCodes(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def __len__(self) -> int:
        return len(self.frame)


def _group_code(group: Group | None) -> tuple[int, ...]:
    if group is None:
        return (0, 0, -1, -1, -1)
    return (_NOUN[group.kind], group.count, _COLOUR[group.colour], _SIZE[group.size], _ACTION[group.action])


def _mention_code(mention: Mention | None) -> tuple[int, ...]:
    if mention is None:
        return (-1, -1, 0, -1, -1, -1)
    count = -1 if mention.count is None else mention.count
    said = (_COLOUR[mention.colour], _SIZE[mention.size], _ACTION[mention.action])
    return (_NOUN[mention.noun], count, int(mention.several), *said)


def check_facts(scene: Scene, statements: Sequence[Statement]) -> None:
    """Raises KeyError or ValueError for what the world does not know."""
    said: tuple[Scene | Statement, ...] = (scene, *statements)
    for each in said:
        _PLACE[each.place], _TIME[each.time], _WEATHER[each.weather], _RELATION[each.relation]
    for group in scene.groups:
        KINDS[group.kind], _group_code(group)
    mentions = [mention for each in statements for mention in (each.subject, each.other)]
    for mention in mentions:
        _mention_code(mention)
    counts = [each.count for each in (*scene.groups, *mentions) if each is not None and each.count is not None]
    if counts and not 1 <= min(counts) <= max(counts) <= MOST:
        raise ValueError(f"a count is not 1 to {MOST}")
    if (scene.other is None) != (scene.relation is None) or scene.relation not in (None, *RELATIONS):
        raise ValueError(f"the relation is {scene.relation!r}, and other {'is' if scene.other else 'is not'} there")
    if any(each.other is not None and each.subject is None for each in statements):
        raise ValueError("a statement has an other and no subject")


def _array(rows: list, width: int) -> np.ndarray:
    return np.array(rows, dtype=np.int16).reshape(-1, width)


def encode_scenes(scenes: Sequence[Scene]) -> SceneCodes:
    return SceneCodes(
        frame=_array([(_PLACE[s.place], _TIME[s.time], _WEATHER[s.weather]) for s in scenes], 3),
        relation=np.array([_RELATION[s.relation] for s in scenes], dtype=np.int16),
        subject=_array([_group_code(s.subject) for s in scenes], 5),
        other=_array([_group_code(s.other) for s in scenes], 5),
        paired=np.array([s.other is not None for s in scenes], dtype=bool),
    )


def encode_statements(statements: Sequence[Statement]) -> StatementCodes:
    return StatementCodes(
        frame=_array([(_PLACE[s.place], _TIME[s.time], _WEATHER[s.weather]) for s in statements], 3),
        relation=np.array([_RELATION[s.relation] for s in statements], dtype=np.int16),
        subject=_array([_mention_code(s.subject) for s in statements], 6),
        other=_array([_mention_code(s.other) for s in statements], 6),
        mentions=np.array([(s.subject is not None) + (s.other is not None) for s in statements], dtype=np.int16),
    )


def _mention_matrix(groups: np.ndarray, mentions: np.ndarray) -> np.ndarray:
    """(S, 5) groups, (T, 6) mentions -> (S, T): all that the mention says is true of the group."""
    noun, count, several, *said = mentions.T
    counted = ((count == -1) | (groups[:, 1, None] == count)) & ((groups[:, 1, None] > 1) | (several == 0))
    plain = np.all(mentions[:, 3:] == -1, axis=1)
    implied = SHOWS[groups[:, 4]][:, noun]
    named = CALLED[groups[:, 0]][:, noun] & ~implied
    for column, wanted in zip((2, 3, 4), said, strict=True):
        named &= (wanted == -1) | (groups[:, column, None] == wanted)
    return counted & (named | (implied & plain))


def relations_hold(actual: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """(S,) and (T,) -> (S, T): the wanted relation is the actual one, or true where that is."""
    beside = np.isin(actual, (_RELATION["left of"], _RELATION["right of"]))
    return (wanted == -1) | (actual[:, None] == wanted) | ((wanted == _BESIDE) & beside[:, None])


def truth_matrix(scenes: SceneCodes, statements: StatementCodes) -> np.ndarray:
    """(S, T) bool: statement t is true of scene s."""
    return all_holds(scenes, statements, _mention_matrix, np.array([True]), scenes.paired)


def all_holds(
    known: SceneCodes | StatementCodes,
    said: StatementCodes,
    holds: Callable[[np.ndarray, np.ndarray], np.ndarray],
    one: np.ndarray,
    two: np.ndarray,
) -> np.ndarray:
    """(A, B) bool: all of a statement b holds of what is known in a, its two mentions in either order.

    Args:
        holds: of (A, N) groups and (B, 6) mentions (A, B) bool, whether the mention holds of the group.
        one, two: (A,) bool, or for all (1,): whether a has a first group, and a second.
    """
    wanted = said.frame[None]
    result = np.all((wanted == -1) | (known.frame[:, None] == wanted), axis=2)
    first = holds(known.subject, said.subject) & one[:, None]
    second = holds(known.other, said.subject) & two[:, None]
    both = (first & holds(known.other, said.other) & relations_hold(known.relation, said.relation)) | (
        second & holds(known.subject, said.other) & relations_hold(INVERSES[known.relation], said.relation)
    )
    number = said.mentions[None]
    return result & ((number == 0) | ((number == 1) & (first | second)) | (two[:, None] & both))
