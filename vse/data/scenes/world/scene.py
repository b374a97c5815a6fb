"""A scene as data, the statements that can be made of it, and whether one is true of the other."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.world import HELD_OUT_ACTIONS, HELD_OUT_COLOURS, HELD_OUT_PLACES, IMPLIED_NOUNS, INVERSE
from vse.errors import CollectionError
from vse.io.configs import from_json

_ADVICE = "get the collection again"


@dataclass(frozen=True)
class Group:
    """One to four specimens of one kind, alike in colour, size and what they do.

    `variant` picks among the drawings of the kind and `skin` (0 to 4) among skin tones;
    neither is ever spoken of.
    """

    kind: str
    count: int = 1
    colour: str | None = None
    size: str | None = None
    action: str | None = None
    variant: int = 0
    skin: int = 0


@dataclass(frozen=True)
class Scene:
    """Everything that is true of a picture, and the `seed` of what is not spoken of (layout, clutter).

    Two scenes that differ in one fact and share a seed are drawn with everything else in the same
    place: they are each other's counterpart.
    """

    id: str
    place: str
    time: str
    weather: str
    subject: Group
    other: Group | None
    relation: str | None  # subject RELATION other
    seed: int

    @property
    def groups(self) -> tuple[Group, ...]:
        return (self.subject,) if self.other is None else (self.subject, self.other)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Scene:
        """Raises CollectionError for what is no scene; whether the world knows its facts is not looked at."""
        return from_json(cls, data, "the scene", CollectionError, _ADVICE)


@dataclass(frozen=True)
class Mention:
    """What a caption says of one group; None is: nothing said.

    `noun` is a kind or a family; `count` an exact number; `several` says "more than one".
    """

    noun: str
    count: int | None = None
    several: bool = False
    colour: str | None = None
    size: str | None = None
    action: str | None = None


@dataclass(frozen=True)
class Statement:
    """What a caption says, as a conjunction. `relation` "beside" means left of or right of."""

    subject: Mention | None = None
    other: Mention | None = None
    relation: str | None = None
    place: str | None = None
    time: str | None = None
    weather: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Only what is said, to keep files small."""
        data = {key: value for key, value in asdict(self).items() if value is not None}
        for role in ("subject", "other"):
            if role in data:
                data[role] = {key: value for key, value in data[role].items() if value}
        return data

    @classmethod
    def from_json(cls, data: Any) -> Statement:
        """Raises CollectionError for what is no statement."""
        return from_json(cls, data, "a statement", CollectionError, _ADVICE)


def _count_holds(group: Group, mention: Mention) -> bool:
    return mention.count in (None, group.count) and (group.count > 1 or not mention.several)


def mention_holds(group: Group, mention: Mention) -> bool:
    """Whether all that `mention` says is true of `group`."""
    if mention.noun in IMPLIED_NOUNS.get(group.action or "", ()):
        plain = mention.colour is None and mention.size is None and mention.action is None
        return plain and _count_holds(group, mention)
    if mention.noun != group.kind and mention.noun not in KINDS[group.kind].families:
        return False
    if not _count_holds(group, mention):
        return False
    said = ((mention.colour, group.colour), (mention.size, group.size), (mention.action, group.action))
    return all(wanted is None or wanted == actual for wanted, actual in said)


def relation_holds(actual: str | None, wanted: str | None) -> bool:
    if wanted is None:
        return True
    if wanted == "beside":
        return actual in ("left of", "right of")
    return actual == wanted


def satisfies(scene: Scene, statement: Statement) -> bool:
    """Whether `statement` is true of `scene`: each mention of a group of its own, the relation between them."""
    for wanted, actual in (
        (statement.place, scene.place),
        (statement.time, scene.time),
        (statement.weather, scene.weather),
    ):
        if wanted is not None and wanted != actual:
            return False
    if statement.subject is None:
        return True
    if statement.other is None:
        return any(mention_holds(group, statement.subject) for group in scene.groups)
    if scene.other is None or scene.relation is None:
        return False
    first, second = scene.subject, scene.other
    return (
        mention_holds(first, statement.subject)
        and mention_holds(second, statement.other)
        and relation_holds(scene.relation, statement.relation)
    ) or (
        mention_holds(second, statement.subject)
        and mention_holds(first, statement.other)
        and relation_holds(INVERSE[scene.relation], statement.relation)
    )


def is_held_out(scene: Scene) -> bool:
    """Whether the scene holds a combination that never occurs in training."""
    return any(
        (group.kind, scene.place) in HELD_OUT_PLACES
        or (group.colour, group.kind) in HELD_OUT_COLOURS
        or (group.kind, group.action) in HELD_OUT_ACTIONS
        for group in scene.groups
    )


def says_held_out(statement: Statement) -> bool:
    """Whether the statement itself speaks of such a combination."""
    mentions = [mention for mention in (statement.subject, statement.other) if mention is not None]
    return any(
        (mention.noun, statement.place) in HELD_OUT_PLACES
        or (mention.colour, mention.noun) in HELD_OUT_COLOURS
        or (mention.noun, mention.action) in HELD_OUT_ACTIONS
        for mention in mentions
    )


def facts(scene: Scene) -> dict[str, Any]:
    """The scene's facts, flat, by name; what *kept* compares one by one."""
    flat: dict[str, Any] = {name: getattr(scene, name) for name in ("place", "time", "weather", "relation")}
    for role, group in zip(("subject", "other"), scene.groups, strict=False):
        for name in ("kind", "count", "colour", "size", "action"):
            flat[f"{role}.{name}"] = getattr(group, name)
    return flat


def with_group(scene: Scene, role: str, **changes: Any) -> Scene:
    """The scene with its "subject" or "other" changed."""
    group = scene.subject if role == "subject" else scene.other
    if group is None:
        raise ValueError(f"scene {scene.id} has no {role}")
    changed = replace(group, **changes)
    return replace(scene, subject=changed) if role == "subject" else replace(scene, other=changed)
