"""Five captions a scene, as people write them, each with the statement it makes.

The five differ in how much they say, from a key word to everything. What a caption says is decided
first (a `Statement`); how it says it, second. `tests/data/scenes/language/test_captions.py` holds the law that every
statement is true of its own scene.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from vse.data.scenes.language.phrases import NounPhrase, bare_noun, noun_phrase, with_article
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.sample import habitat_of
from vse.data.scenes.world.scene import Group, Scene, Statement
from vse.data.scenes.world.world import ACTIONS, INVERSE, PLACES, RELATIONS, TIMES, WEATHERS, WORLD_VERSION

CAPTIONS_PER_SCENE = 5

VERBS = {
    "animal": ("standing", "waiting", "resting", "sitting", "looking around"),
    "vehicle": ("parked", "standing", "waiting", "driving along"),
    "food": ("lying", "waiting to be eaten", "placed"),
    "thing": ("lying", "standing", "placed"),
    "air": ("flying", "in the air", "floating", "hovering", "up in the sky"),
    "water": ("floating", "drifting along", "in the water"),
}
PICTURES = ("a picture of", "a photo of", "a drawing of", "a view of", "an image of", "a scene with")
TIME_ADJECTIVES = {
    "night": ("night-time", "moonlit"),
    "sunset": ("evening",),
    "dawn": ("early morning",),
    "day": ("daytime",),
}
WEATHER_ADJECTIVES = {
    "rain": ("rainy", "wet"),
    "fog": ("foggy", "misty"),
    "cloudy": ("cloudy", "overcast"),
}


@dataclass(frozen=True)
class Caption:
    """What a person might write under a picture, and what it thereby says."""

    text: str
    statement: Statement


@dataclass(frozen=True)
class Frame:
    """Words for place, time and weather, those that are said; `statement` says the same."""

    words: tuple[str, ...]
    statement: Statement


def _frame(rng: random.Random, scene: Scene, place: float, time: float, weather: float) -> Frame:
    """Place, time and weather, each said with the probability given."""
    words: list[str] = []
    said: dict[str, Any] = {}
    if rng.random() < place:
        words.append(rng.choice(PLACES[scene.place].phrases))
        said["place"] = scene.place
    if rng.random() < time:
        words.append(rng.choice(TIMES[scene.time]))
        said["time"] = scene.time
    if rng.random() < weather:
        dark = scene.time == "night"
        words.append(rng.choice([phrase for phrase in WEATHERS[scene.weather] if not (dark and " day" in phrase)]))
        said["weather"] = scene.weather
    return Frame(tuple(words), Statement(**said))


def _doing(rng: random.Random, group: Group) -> str:
    """What the group is doing, in the -ing form; for all but people it says nothing that could be false."""
    if group.action:
        return rng.choice(ACTIONS[group.action])
    kind = KINDS[group.kind]
    habitat = habitat_of(group)
    return rng.choice(VERBS[habitat if habitat != "land" else kind.families[0]])


def _is(plural: bool) -> str:
    return "are" if plural else "is"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _key_words(rng: random.Random, scene: Scene) -> Caption:
    """The shortest: a key word, or a place and a time."""
    roll = rng.random()
    if roll < 0.25:
        return _place_only(rng, scene)
    group = rng.choice(scene.groups)
    if roll < 0.6:
        phrase = bare_noun(rng, group)
        frame = _frame(rng, scene, 0.25, 0.1, 0.05)
        return Caption(join(phrase.text, *frame.words), replace(frame.statement, subject=phrase.mention))
    phrase = noun_phrase(rng, group, detail=0.4)
    lead = rng.choice(("", "", *PICTURES))
    return Caption(join(lead, phrase.text), Statement(subject=phrase.mention))


def _place_only(rng: random.Random, scene: Scene) -> Caption:
    noun = PLACES[scene.place].noun
    roll = rng.random()
    if roll < 0.35:
        adjectives = TIME_ADJECTIVES[scene.time]
        text = with_article(f"{rng.choice(adjectives)} {noun}")
        return Caption(text, Statement(place=scene.place, time=scene.time))
    if roll < 0.55 and scene.weather in WEATHER_ADJECTIVES:
        text = with_article(f"{rng.choice(WEATHER_ADJECTIVES[scene.weather])} {noun}")
        return Caption(text, Statement(place=scene.place, weather=scene.weather))
    frame = _frame(rng, scene, 0.0, 0.6, 0.4)
    lead = rng.choice((noun, with_article(noun), f"the {noun}"))
    return Caption(join(lead, *frame.words), replace(frame.statement, place=scene.place))


def _one_group(rng: random.Random, scene: Scene, detail: float, frame: Frame) -> Caption:
    group = rng.choice((scene.subject, *scene.groups))
    says_action = group.action is not None and rng.random() < 0.8
    phrase = noun_phrase(rng, group, detail, action=says_action)
    doing = _doing(rng, group) if says_action or (group.action is None and rng.random() < 0.5) else ""
    text = tell(rng, phrase, doing, frame.words)
    return Caption(text, replace(frame.statement, subject=phrase.mention))


def tell(rng: random.Random, phrase: NounPhrase, doing: str, words: tuple[str, ...]) -> str:
    """One group, in one of the voices people use."""
    tail = " ".join(words)
    voices = [
        join(phrase.text, doing, tail),
        _sentence(join(phrase.text, _is(phrase.plural), doing, tail)) if doing or tail else phrase.text,
        _sentence(join("there", _is(phrase.plural), phrase.text, doing, tail)),
        join(rng.choice(PICTURES), phrase.text, doing, tail),
        _sentence(join(phrase.text, "can be seen", doing, tail)),
    ]
    if words:
        head, rest = words[-1], " ".join(words[:-1])
        voices.append(_sentence(join(f"{head},", phrase.text, _is(phrase.plural), doing or "to be seen", rest)))
        voices.append(_sentence(join(f"{head} there", _is(phrase.plural), phrase.text, doing, rest)))
        voices.append(_sentence(join("we see", phrase.text, doing, tail)))
    return rng.choice(voices)


def _two_groups(rng: random.Random, scene: Scene, detail: float, frame: Frame, relation_share: float) -> Caption:
    """Both groups, with or without the relation between them, from either's point of view."""
    first, second, relation = scene.subject, scene.other, scene.relation
    assert second is not None
    assert relation is not None
    if rng.random() < 0.4:
        first, second, relation = second, first, INVERSE[relation]
    says_action = first.action is not None and rng.random() < 0.7
    subject = noun_phrase(rng, first, detail, action=says_action)
    doing = _doing(rng, first) if says_action or (first.action is None and rng.random() < 0.3) else ""
    other = noun_phrase(rng, second, detail)
    said = relation if rng.random() < relation_share else None
    if said in ("left of", "right of") and rng.random() < 0.3:
        said = "beside"
    text = tell_both(rng, subject, doing, other, said, " ".join(frame.words))
    statement = replace(frame.statement, subject=subject.mention, other=other.mention, relation=said)
    return Caption(text, statement)


def tell_both(
    rng: random.Random, subject: NounPhrase, doing: str, other: NounPhrase, relation: str | None, tail: str
) -> str:
    a, b, is_ = subject.text, other.text, _is(subject.plural)
    if relation is None:
        return rng.choice((
            join(a, doing, "and", b, tail),
            join(a, doing, "with", b, tail),
            join(a, doing, "together with", b, tail) if doing else _sentence(join("there", is_, a, "and", b, tail)),
            join(rng.choice(PICTURES), a, doing, "and", b, tail),
        ))  # fmt: skip
    if relation == "beside":
        rel = rng.choice(("next to", "beside", "near", "alongside"))
    else:
        rel = rng.choice(RELATIONS[relation])
    return rng.choice((
        join(a, doing, rel, b, tail),
        _sentence(join(a, is_, doing, rel, b, tail)),
        _sentence(join("there", is_, a, doing, rel, b, tail)),
        _sentence(join(rel, b, is_, a, doing, tail)),
        join(rng.choice(PICTURES), a, doing, rel, b, tail),
    ))  # fmt: skip


@dataclass(frozen=True)
class Grammar:
    """How a language says what a caption is to say, drawn with a generator.

    frame: place, time and weather, each with its probability. key_words: the shortest caption. one_group, two_groups:
    of a scene, with so much detail, within a frame.
    """

    frame: Callable[[random.Random, Scene, float, float, float], Frame]
    key_words: Callable[[random.Random, Scene], Caption]
    one_group: Callable[[random.Random, Scene, float, Frame], Caption]
    two_groups: Callable[[random.Random, Scene, float, Frame, float], Caption]

    def captions(self, rng: random.Random, scene: Scene) -> tuple[Caption, ...]:
        """Five captions of a scene, each of which says more than the one before."""
        return (
            self.key_words(rng, scene),
            self.one_group(rng, scene, 0.55, self.frame(rng, scene, 0.75, 0.2, 0.15)),
            self._either(rng, scene, (0.45, 0.15, 0.15), one=0.7, two=0.4, relation_share=0.5),
            self._either(rng, scene, (0.95, 0.65, 0.25), one=0.85, two=0.7, relation_share=0.7, one_share=0.3),
            self._either(rng, scene, (1.0, 0.6, 0.6), one=1.0, two=0.9, relation_share=0.85),
        )

    def _either(
        self,
        rng: random.Random,
        scene: Scene,
        frame: tuple[float, float, float],
        one: float,
        two: float,
        relation_share: float,
        one_share: float = 0.0,
    ) -> Caption:
        """Both groups where there are two, but for a share of the captions; `one` and `two` are how much detail."""
        framed = self.frame(rng, scene, *frame)
        if scene.other is None or (one_share and rng.random() < one_share):
            return self.one_group(rng, scene, one, framed)
        return self.two_groups(rng, scene, two, framed, relation_share)


ENGLISH = Grammar(_frame, _key_words, _one_group, _two_groups)


def write_captions(scene: Scene, edition: int = 0) -> tuple[Caption, ...]:
    """Five captions; `edition` gives other five of the same scene, for training on more of them."""
    rng = random.Random(f"captions:{WORLD_VERSION}:{scene.id}:{scene.seed}:{edition}")
    return ENGLISH.captions(rng, scene)
