"""The counterparts: families of scenes that differ in exactly one fact, to score arithmetic on.

The protocol is SIMAT's (Couairon et al. 2022), with the exact answer known: for every ordered pair of a
family, the source picture minus the word for what it has plus the word for what it should have.

Besides its members a family has *halfway* pictures, in which the new thing has come and the old one has stayed
(a cat beside the dog). They are what adding a word without taking one away asks for; without them among the
candidates a score could not tell the two apart. A place, a time, a weather or the number of one kind has none: it
cannot be two at once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, permutations

from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.sample import allowed_relations, is_possible, sample_scene
from vse.data.scenes.world.scene import Group, Scene, with_group
from vse.data.scenes.world.swaps import Swap, possible_swaps
from vse.data.scenes.world.world import WORLD_VERSION

MEMBERS = 3
# What is swapped: a name for the table; the sort of swap, and of what family of kinds; how many families.
SWAPS: dict[str, tuple[str, str, int]] = {
    "animal": ("kind", "animal", 16),
    "person": ("kind", "person", 16),
    "vehicle": ("kind", "vehicle", 14),
    "food": ("kind", "food", 12),
    "thing": ("kind", "thing", 12),
    "colour": ("colour", "", 14),
    "place": ("place", "", 16),
    "time of day": ("time", "", 16),
    "weather": ("weather", "", 16),
    "count": ("count", "", 14),
    "size": ("size", "", 24),
    "action": ("action", "", 14),
}
# The pairs everyone tries first come first.
_WANTED = {"animal": ({"dog", "cat"},) * 6, "person": ({"man", "woman"},) * 4 + ({"king", "queen"},) * 4}


# Facts of which a picture can show two at once, one on each group.
_STAYS = ("kind", "colour", "size", "action")


TWO_AT_ONCE = tuple(name for name, (what, _, _) in SWAPS.items() if what in _STAYS)


@dataclass(frozen=True)
class Family:
    """Members that differ in one fact alone, the swaps between every two of them both ways, and halfway pictures."""

    name: str
    members: tuple[Scene, ...]
    halfway: tuple[Scene, ...]
    swaps: tuple[Swap, ...]

    @property
    def scenes(self) -> tuple[Scene, ...]:
        return (*self.members, *self.halfway)


def _halfway(rng: random.Random, fact: str, first: Scene, second: Scene) -> Iterator[Scene]:
    """Scenes like `first` that show what `second` has instead as well."""
    role, _, attribute = fact.partition(".")
    if attribute not in _STAYS:
        return
    spare = "other" if role == "subject" else "subject"
    new = second.subject if role == "subject" else second.other
    assert new is not None
    if attribute == "kind":
        added = replace(new, count=1, variant=rng.randrange(12), skin=rng.randrange(5))
        yield from _with_companion(first, spare, added)
    elif (first.other if spare == "other" else first.subject) is not None:
        yield with_group(first, spare, **{attribute: getattr(new, attribute)})


def _with_companion(scene: Scene, role: str, group: Group) -> Iterator[Scene]:
    """The scene with `group` in that role, in each relation that can be drawn; its own relation first."""
    kept = scene.other if role == "subject" else scene.subject
    assert kept is not None
    pair = (group, kept) if role == "subject" else (kept, group)
    relations = allowed_relations(*pair)
    for relation in sorted(relations, key=lambda name: name != scene.relation):
        yield replace(scene, subject=pair[0], other=pair[1], relation=relation)


def _family(rng: random.Random, name: str, number: int) -> Family | None:
    """One family, or None if the scene drawn allows none of that sort."""
    what, kinds, _ = SWAPS[name]
    base = sample_scene("test", rng.randrange(10**6, 10**9), seed=1)
    swaps = [swap for swap in possible_swaps(base, what) if not kinds or swap.name == kinds]
    facts = sorted({swap.fact for swap in swaps})
    if not facts or _confusing(base, what):
        return None
    fact = rng.choice(facts)
    swaps = [swap for swap in swaps if swap.fact == fact]
    pair = _WANTED[name][number] if number < len(_WANTED.get(name, ())) else set()
    first = [swap for swap in swaps if swap.plus in pair]
    if pair and (swaps[0].minus not in pair or not first):
        return None
    rest = [swap for swap in swaps if swap not in first]
    chosen = (first + rng.sample(rest, min(len(rest), MEMBERS)))[: MEMBERS - 1]
    if len(chosen) < (1 if what == "size" else MEMBERS - 1):
        return None
    return _complete(rng, name, number, base, chosen)


def _complete(rng: random.Random, name: str, number: int, base: Scene, chosen: list[Swap]) -> Family | None:
    """The family of a scene and some of its counterparts; None if a halfway picture that is needed cannot be."""
    stem = f"{name.replace(' ', '-')}-{number:02d}"
    fact = chosen[0].fact
    members = [replace(base, id=f"{stem}a")]
    members += [replace(swap.target, id=f"{stem}{letter}") for letter, swap in zip("bc", chosen, strict=False)]
    if _shared(fact, members):
        return None
    words = dict(zip((member.id for member in members), (chosen[0].minus, *(s.plus for s in chosen)), strict=True))
    halfway = []
    if fact.partition(".")[2] in _STAYS:
        for first, second in combinations(members, 2):
            scene = next((s for s in _halfway(rng, fact, first, second) if is_possible(s)), None)
            if scene is None:
                return None
            halfway.append(replace(scene, id=f"{first.id}{second.id[-1]}"))
    swaps = [Swap(name, fact, a, b, words[a.id], words[b.id]) for a, b in permutations(members, 2)]
    return Family(name, tuple(members), tuple(halfway), tuple(swaps))


def _confusing(scene: Scene, what: str) -> bool:
    """Whether both groups are of one family of kinds, so that a swap could be meant of either."""
    families = [KINDS[group.kind].families[0] for group in scene.groups]
    return what == "kind" and len(set(families)) < len(families)


def _shared(fact: str, members: list[Scene]) -> bool:
    """Whether the group that is not swapped has what a word of the family says, so that the word could mean either."""
    role, _, attribute = fact.partition(".")
    if attribute not in _STAYS or attribute == "kind":
        return False
    swapped, spare = [], []
    for scene in members:
        pair = (scene.subject, scene.other) if role == "subject" else (scene.other, scene.subject)
        swapped.append(getattr(pair[0], attribute))
        spare.append(getattr(pair[1], attribute, None))
    return bool(set(swapped) & set(spare))


def sample_families(seed: int = 0) -> list[Family]:
    """All families of every sort of swap; the same for the same world version and seed."""
    families = []
    for name, (_, _, wanted) in SWAPS.items():
        rng = random.Random(f"families:{WORLD_VERSION}:{seed}:{name}")
        found = 0
        while found < wanted:
            family = _family(rng, name, found)
            if family is not None:
                families.append(family)
                found += 1
    return families
