"""Pictures of scenes: repeatable, complete, and changed only where the scene changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vse.data.scenes.drawing import glyphs
from vse.data.scenes.drawing.clutter import PROPS, clutter
from vse.data.scenes.drawing.layout import arrange
from vse.data.scenes.drawing.render import render
from vse.data.scenes.drawing.sprites import aspect
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.scene import Group, Scene, with_group
from vse.data.scenes.world.world import ACTIONS, PLACES, TIMES, WATER_ACTIONS, WEATHERS
from vse.errors import FontMissingError


def _font_missing() -> bool:
    try:
        glyphs.find_font()
    except FontMissingError:
        return True
    return False


needs_font = pytest.mark.skipif(_font_missing(), reason="the Noto Color Emoji font is not installed")

SCENE = Scene(
    id="scene-0000",
    place="meadow",
    time="day",
    weather="clear",
    subject=Group("dog", colour="white"),
    other=Group("car", colour="blue"),
    relation="left of",
    seed=5,
)


def _pixels(scene: Scene, size: int = 96) -> np.ndarray:
    return np.asarray(render(scene, size), dtype=int)


def _changed(first: Scene, second: Scene) -> np.ndarray:
    """Which pixels differ between two scenes, (size, size)."""
    return (np.abs(_pixels(first) - _pixels(second)) > 8).any(-1)


@needs_font
@pytest.mark.parametrize("size", [64, 192])
def test_the_same_scene_gives_the_same_pixels(size: int) -> None:
    image = render(SCENE, size)
    assert (image.mode, image.size) == ("RGB", (size, size))
    assert np.array_equal(_pixels(SCENE, size), _pixels(SCENE, size))


@needs_font
def test_another_seed_gives_another_picture() -> None:
    assert _changed(SCENE, replace(SCENE, seed=6)).any()


@needs_font
@pytest.mark.parametrize(
    "changes",
    [{"kind": "cat"}, {"colour": "black"}, {"count": 2}, {"size": "small"}, {"kind": "mouse", "colour": None}],
)
def test_changing_the_subject_changes_only_its_own_side(changes: dict[str, object]) -> None:
    changed = _changed(SCENE, with_group(SCENE, "subject", **changes))
    assert 0.003 < changed.mean() < 0.35
    assert not changed[:, 60:].any(), "the car stands on the right and must not change"


@needs_font
def test_changing_time_and_weather_moves_nothing() -> None:
    spots = arrange(SCENE, aspect)
    for time in TIMES:
        for weather in WEATHERS:
            other = replace(SCENE, time=time, weather=weather)
            assert arrange(other, aspect) == spots
            assert clutter(other) == clutter(SCENE)


@needs_font
@pytest.mark.parametrize("place", PLACES)
def test_every_place_renders_at_every_time_and_in_every_weather(place: str) -> None:
    subject = Group("dolphin") if place == "sea" else Group("dog")
    seen = set()
    for time in TIMES:
        for weather in WEATHERS:
            scene = replace(SCENE, place=place, time=time, weather=weather, subject=subject, other=None, relation=None)
            seen.add(render(scene, 64).tobytes())
    least = len(TIMES) * len(WEATHERS)
    assert len(seen) == least, "some times or weathers look the same"


@needs_font
def test_every_person_can_do_everything() -> None:
    people = [kind.name for kind in KINDS.values() if kind.is_person]
    for number, action in enumerate(ACTIONS):
        place = "sea" if action in WATER_ACTIONS else "meadow"
        drawn = set()
        for name in people:
            group = Group(name, action=action, skin=number % 5)
            drawn.add(render(replace(SCENE, place=place, subject=group, other=None, relation=None), 64).tobytes())
        assert len(drawn) == len(people), f"two people look the same while {action}"


@needs_font
@pytest.mark.parametrize("name", [kind.name for kind in KINDS.values() if kind.colours])
def test_every_colour_of_a_kind_looks_different(name: str) -> None:
    group = Group(name)
    place = "sea" if KINDS[name].habitat == "water" else "meadow"
    scenes = [
        replace(SCENE, place=place, subject=replace(group, colour=colour), other=None, relation=None)
        for colour in KINDS[name].colours
    ]
    for number, scene in enumerate(scenes[1:]):
        assert _changed(scenes[number], scene).sum() > 25


@needs_font
@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("size", ["small", None, "big"])
def test_specimens_stay_inside_the_picture(count: int, size: str | None) -> None:
    for number, kind in enumerate(KINDS.values()):
        place = "sea" if kind.habitat == "water" else "beach"
        group = Group(kind.name, count=count, size=size, action="running" if kind.is_person else None)
        for scene in (
            replace(SCENE, place=place, subject=group, other=None, relation=None, seed=number),
            replace(SCENE, place=place, subject=group, seed=number),
        ):
            spots = [spot for spot in arrange(scene, aspect) if spot.role == 0]
            assert len(spots) == count
            for spot in spots:
                half = spot.height * aspect(group) / 2
                assert half - 0.03 <= spot.x <= 1.03 - half, (kind.name, spot)
                assert spot.height - 0.02 <= spot.y <= 1.0, (kind.name, spot)


@needs_font
def test_sizes_differ_even_where_room_is_short() -> None:
    for kind in (kind for kind in KINDS.values() if not kind.is_person and kind.height <= 0.4):
        scene = replace(SCENE, place="sea" if kind.habitat == "water" else "beach")
        for count in (1, 2):
            small, plain, big = (
                arrange(with_group(scene, "subject", kind=kind.name, colour=None, size=size, count=count), aspect)
                for size in ("small", None, "big")
            )
            heights = [max(spot.height for spot in spots if spot.role == 0) for spots in (small, plain, big)]
            assert heights[0] <= 0.75 * heights[1], (kind.name, count, heights)
            assert heights[1] <= 0.9 * heights[2], (kind.name, count, heights)


def test_every_kind_has_drawings() -> None:
    assert set(glyphs.VARIANTS) == {kind.name for kind in KINDS.values() if not kind.is_person}
    assert all(glyphs.VARIANTS.values())


def test_clutter_shows_no_kind_of_the_world() -> None:
    drawn = {emoji for variants in glyphs.VARIANTS.values() for emoji in variants}
    assert set(PROPS) == set(PLACES)
    assert not drawn & {emoji for props in PROPS.values() for emoji, _ in props}


def test_a_missing_font_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(glyphs.FONT_VARIABLE, "/nowhere/NotoColorEmoji.ttf")
    with pytest.raises(FontMissingError, match="apt install fonts-noto-color-emoji"):
        glyphs.find_font()
