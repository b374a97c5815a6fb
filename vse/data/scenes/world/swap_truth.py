"""Whether a scene answers a swap: does it show the new thing, no longer the old one, and how much else is kept."""

from __future__ import annotations

from typing import Any

from vse.data.scenes.world.scene import Group, Scene, facts, mention_holds
from vse.data.scenes.world.scene import Mention as Said
from vse.data.scenes.world.swaps import Swap
from vse.data.scenes.world.world import INVERSE


def _group_shows(group: Group, attribute: str, model: Group) -> bool:
    """Whether a group has what `model` has; a number is said of a kind and only counts for that kind."""
    if attribute == "kind":
        return mention_holds(group, Said(model.kind))
    if attribute == "count" and group.kind != model.kind:
        return False
    return getattr(group, attribute) == getattr(model, attribute)


def _shows(scene: Scene, fact: str, wanted: Scene) -> bool:
    """Whether `scene` shows what the fact is in `wanted`."""
    role, _, attribute = fact.partition(".")
    if not attribute:
        return getattr(scene, fact) == getattr(wanted, fact)
    model = wanted.subject if role == "subject" else wanted.other
    assert model is not None
    return any(_group_shows(group, attribute, model) for group in scene.groups)


def answers_swap(scene: Scene, swap: Swap) -> bool:
    """Whether the scene shows the new thing and no longer the old one."""
    return _shows(scene, swap.fact, swap.target) and not _shows(scene, swap.fact, swap.source)


def share_kept(scene: Scene, swap: Swap) -> float:
    """The share of the target's facts, but for the swapped one, that the scene has; either group may come first."""
    wanted = {name: value for name, value in facts(swap.target).items() if value is not None and name != swap.fact}
    return max(_agreement(facts(scene), wanted), _agreement(_turned(facts(scene)), wanted))


def _agreement(found: dict[str, Any], wanted: dict[str, Any]) -> float:
    return sum(found.get(name) == value for name, value in wanted.items()) / len(wanted)


def _turned(found: dict[str, Any]) -> dict[str, Any]:
    """The same facts told from the other group's point of view."""
    swapped = {"subject": "other", "other": "subject"}
    turned = {}
    for name, value in found.items():
        role, dot, attribute = name.partition(".")
        turned[swapped.get(role, role) + dot + attribute] = value
    relation = found["relation"]
    return {**turned, "relation": INVERSE[relation] if relation else None}
