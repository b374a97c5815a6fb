"""Small props nobody speaks of, at the edges of a scene.

None is a kind of the world, nor an animal, vehicle, fruit, toy, flower, garment or instrument:
a caption must not become true by clutter.
"""

from __future__ import annotations

from dataclasses import dataclass

from vse.data.scenes.drawing.brush import generator
from vse.data.scenes.world.scene import Scene
from vse.data.scenes.world.world import PLACES

# place -> (emoji, height as a share of the picture)
PROPS: dict[str, tuple[tuple[str, float], ...]] = {
    "beach": (("🐚", 0.065), ("🪨", 0.085), ("⚓", 0.1), ("🪵", 0.08), ("🌿", 0.08)),
    "meadow": (("🪨", 0.085), ("🪵", 0.09), ("🍄", 0.07), ("🌿", 0.09), ("☘️", 0.07), ("🧺", 0.09)),
    "forest": (("🍄", 0.08), ("🪵", 0.1), ("🪨", 0.09), ("🍂", 0.07), ("🍁", 0.06), ("🌿", 0.09)),
    "snow": (("🪨", 0.09), ("🪵", 0.09), ("🧊", 0.085), ("🌿", 0.08)),
    "street": (("🚦", 0.15), ("🚏", 0.16), ("🚧", 0.09), ("🛢️", 0.1), ("🗑️", 0.09), ("🧱", 0.07)),
    "desert": (("🪨", 0.09), ("🦴", 0.06), ("🗿", 0.13), ("🏺", 0.09), ("🪵", 0.08)),
    "mountains": (("🪨", 0.1), ("🪵", 0.09), ("🌿", 0.08), ("🔥", 0.09)),
    "farm": (("🪵", 0.09), ("🧺", 0.09), ("🌾", 0.11), ("🪨", 0.07), ("🪜", 0.15), ("🛢️", 0.1)),
    "playground": (("⛲", 0.13), ("🍂", 0.06), ("🪨", 0.07), ("🧺", 0.08), ("🗑️", 0.09)),
    "lake": (("🪨", 0.08), ("🪵", 0.08), ("🌿", 0.09), ("🍄", 0.06), ("🧺", 0.08)),
    "sea": (),
    "living room": (("🧶", 0.06), ("🕯️", 0.09), ("🧺", 0.1), ("🏺", 0.11), ("🗝️", 0.05)),
    "kitchen": (("🧺", 0.1), ("🧹", 0.17), ("🫖", 0.08), ("🗑️", 0.1), ("🪜", 0.18)),
    "bedroom": (("🧺", 0.1), ("🧶", 0.06), ("🕯️", 0.08), ("🪞", 0.14), ("🏺", 0.09)),
}


@dataclass(frozen=True)
class Prop:
    """A prop with the middle `x` and lower edge `y` of its picture and its `height`, in shares of the picture."""

    emoji: str
    x: float
    y: float
    height: float
    flip: bool


def clutter(scene: Scene) -> list[Prop]:
    """The props of a scene, farthest first; the same for scenes with the same place and seed."""
    rng = generator(scene.seed, "clutter")
    props = list(PROPS[scene.place])
    count = rng.randint(1, 4)
    first_left = rng.random() < 0.5
    ground = 0.83 if scene.place == "lake" else 0.73
    if not props:
        return []
    if PLACES[scene.place].indoors:
        ground = 0.74
    chosen = []
    for number, (emoji, height) in enumerate(rng.sample(props, min(count, len(props)))):
        left = (number % 2 == 0) == first_left
        x = rng.uniform(0.035, 0.13)
        # The second on either side stands well away from the first.
        y = rng.uniform(ground, ground + 0.06) if number < 2 else rng.uniform(0.93, 0.98)
        scale = 1 + (y - 0.86) * 1.2
        chosen.append(Prop(emoji, x if left else 1 - x, y, height * scale, rng.random() < 0.5))
    return sorted(chosen, key=lambda prop: prop.y)
