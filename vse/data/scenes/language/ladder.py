"""Phrases for statements, and the statements that say one fact less or one fact more: steps from special to general."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from vse.data.scenes.language.captions import join, tell, tell_both
from vse.data.scenes.language.phrases import SEVERAL, NounPhrase, plural_of, with_article
from vse.data.scenes.world.kinds import FAMILIES, KINDS
from vse.data.scenes.world.sample import can_be_in, most_of
from vse.data.scenes.world.scene import Mention, Scene, Statement
from vse.data.scenes.world.world import (
    ACTIONS,
    COLOURS,
    COUNT_WORDS,
    INVERSE,
    PLACES,
    RELATIONS,
    SIZES,
    TIMES,
    WEATHERS,
)

T = TypeVar("T")
_BETWEEN = {"beside": "next to", "left of": "to the left of", "right of": "to the right of"}
_SKIPPED = 2  # how many facts a step of a drawn ladder leaves away at most


def full_statement(scene: Scene) -> Statement:
    """All that a sentence can say of a scene: everything, but for what the second of two people does."""
    first, second = (
        Mention(each.kind, each.count, False, each.colour, each.size, each.action) if each else None
        for each in (scene.subject, scene.other)
    )
    assert first is not None
    if second is None:
        return Statement(first, None, None, scene.place, scene.time, scene.weather)
    relation = scene.relation
    if second.action and not first.action:
        first, second, relation = second, first, INVERSE[str(relation)]
    return Statement(first, replace(second, action=None), relation, scene.place, scene.time, scene.weather)


def _sayable(statement: Statement) -> bool:
    """Whether the captions of the world have a sentence for it."""
    subject, other = statement.subject, statement.other
    if subject is None:
        return statement.place is not None and other is None
    if other is not None:
        return other.action is None and all(each.count or each.several for each in (subject, other))
    return bool(subject.count or subject.several) or not (subject.size or subject.action)


def _less(mention: Mention) -> Iterator[Mention]:
    """The mention with one fact less, in every way."""
    for name in ("colour", "size", "action"):
        if getattr(mention, name) is not None:
            without: dict[str, Any] = {name: None}
            yield replace(mention, **without)
    if mention.count is not None:
        yield replace(mention, count=None, several=mention.count > 1)
    elif mention.several:
        yield replace(mention, several=False)
    if mention.noun in KINDS:
        yield from (replace(mention, noun=family) for family in KINDS[mention.noun].families)


def generalised(statement: Statement) -> list[Statement]:
    """Every statement that says one fact less and still makes a sentence; none of what says but one."""
    subject, other = statement.subject, statement.other
    found = [replace(statement, **{name: None}) for name in ("place", "time", "weather", "relation")
             if getattr(statement, name) is not None]  # fmt: skip
    if statement.relation in ("left of", "right of"):
        found.append(replace(statement, relation="beside"))
    if subject is not None:
        found += [replace(statement, subject=mention) for mention in _less(subject)]
        found.append(replace(statement, subject=other, other=None, relation=None))
    if other is not None:
        found += [replace(statement, other=mention) for mention in _less(other)]
        found.append(replace(statement, other=None, relation=None))
    return [each for each in found if _sayable(each)]


def drawn_ladder(rng: random.Random, scene: Scene, rungs: int) -> list[Statement]:
    """`rungs` statements of a scene, each of which says less than the one before, or the same where it says but one
    fact; the first says all."""
    found: list[Statement] = []
    statement = full_statement(scene)
    while len(found) < rungs:
        found.append(statement)
        for _ in range(rng.randint(1, _SKIPPED)):
            statement = rng.choice(generalised(statement) or [statement])
    return found


def _all_are(family: str, other: str) -> bool:
    return all(other in kind.families for kind in KINDS.values() if family in kind.families)


# Families that are not all within another one.
_WIDEST = tuple(name for name in FAMILIES if not any(_all_are(name, other) for other in FAMILIES if other != name))


def say(statement: Statement, rng: random.Random | None = None) -> str:
    """A sentence or phrase for a statement: the plainest, or one drawn with a generator.

    Raises ValueError for a statement that no sentence of the world makes.
    """
    if not _sayable(statement):
        raise ValueError(f"no sentence says {statement}")
    words = tuple(
        _one_of(rng, phrases[name])
        for name, phrases in (
            (statement.place, {name: place.phrases for name, place in PLACES.items()}),
            (statement.time, TIMES),
            (statement.weather, WEATHERS),
        )
        if name is not None
    )
    subject, other = statement.subject, statement.other
    if subject is None:
        noun = PLACES[str(statement.place)].noun
        return join(_one_of(rng, (with_article(noun), noun, f"the {noun}")), *words[1:])
    phrase = _phrase(subject, rng)
    doing = _one_of(rng, ACTIONS[subject.action]) if subject.action else ""
    if other is None:
        bare = not (subject.count or subject.several)
        return join(phrase.text, doing, *words) if bare or rng is None else tell(rng, phrase, doing, words)
    second, relation, tail = _phrase(other, rng), statement.relation, " ".join(words)
    if rng is not None:
        return tell_both(rng, phrase, doing, second, relation, tail)
    between = _BETWEEN.get(relation, relation) if relation else "and"
    return join(phrase.text, doing, between, second.text, tail)


def _one_of(rng: random.Random | None, phrases: Sequence[T]) -> T:
    """The first, which is the usual one, or in a drawn sentence any, and that mostly."""
    return phrases[0] if rng is None or rng.random() < 0.4 else rng.choice(phrases)


def _phrase(mention: Mention, rng: random.Random | None) -> NounPhrase:
    if mention.noun in KINDS:
        noun = _one_of(rng, KINDS[mention.noun].nouns)
        singular, plural = noun, plural_of(noun)
    else:
        singular, plural = _one_of(rng, FAMILIES[mention.noun])
    said = (SIZES, mention.size), (COLOURS, mention.colour)
    adjectives = [_one_of(rng, table[name]) for table, name in said if name]
    several = mention.several or (mention.count or 1) > 1
    text = " ".join([*adjectives, plural if several else singular])
    if mention.count == 1:
        word = _one_of(rng, COUNT_WORDS[1])
        text = with_article(text) if word == "a" else f"{word} {text}"
    elif several:
        text = f"{_one_of(rng, COUNT_WORDS[mention.count] if mention.count else SEVERAL)} {text}"
    return NounPhrase(text, several, mention)


def openings() -> list[Statement]:
    """The statements that nothing is more general than: a place, or a thing of one of the widest families."""
    return [*(Statement(place=name) for name in PLACES), *(Statement(Mention(family)) for family in _WIDEST)]


def specialised(statement: Statement) -> list[Statement]:
    """Every statement that says one fact more, of what can be in this world."""
    subject, found = statement.subject, []
    kinds = [KINDS[each.noun] for each in (subject, statement.other) if each and each.noun in KINDS]
    places = [place for place in PLACES.values() if all(can_be_in(kind, place) for kind in kinds)]
    if statement.place is None:
        found += [replace(statement, place=place.name) for place in places]
    if statement.place is not None or subject is not None:
        found += [replace(statement, time=time) for time in TIMES if statement.time is None]
        found += [replace(statement, weather=weather) for weather in WEATHERS if statement.weather is None]
    if statement.other is not None and statement.relation is None:
        found += [replace(statement, relation=relation) for relation in RELATIONS]
    if subject is None:
        found += [replace(statement, subject=Mention(family)) for family in _WIDEST]
    else:
        found += [replace(statement, subject=mention) for mention in _more(subject)]
        if statement.other is None:
            others = [
                Mention(family, count, several) for family in _WIDEST for count, several in ((1, False), (None, True))
            ]
            found += [replace(statement, other=mention) for mention in others]
    if statement.other is not None:
        found += [replace(statement, other=mention) for mention in _more(statement.other)]
    return [each for each in found if _sayable(each)]


def _more(mention: Mention) -> Iterator[Mention]:
    """The mention with one fact more, in every way."""
    if mention.noun in FAMILIES:
        within = [family for family in FAMILIES if family != mention.noun and _all_are(family, mention.noun)]
        kinds = [name for name, kind in KINDS.items() if mention.noun in kind.families]
        yield from (replace(mention, noun=noun) for noun in (*within, *kinds))
        return
    kind = KINDS[mention.noun]
    if mention.count is None:
        counts = range(2 if mention.several else 1, most_of(kind) + 1)
        yield from (replace(mention, count=count, several=False) for count in counts)
    if mention.colour is None:
        yield from (replace(mention, colour=colour) for colour in kind.colours)
    if mention.size is None and not kind.is_person:
        yield from (replace(mention, size=size) for size in SIZES)
    if mention.action is None and kind.is_person:
        yield from (replace(mention, action=action) for action in ACTIONS)


def said_otherwise(rng: random.Random, statement: Statement) -> Statement:
    """The statement with one of its facts exchanged for another of its kind: a cat for a dog, dusk for dawn."""
    tables: dict[str, Iterable[str]] = {"place": PLACES, "time": TIMES, "weather": WEATHERS, "relation": RELATIONS}
    changes: list[dict[str, Any]] = [
        {name: rng.choice([other for other in table if other != getattr(statement, name)])}
        for name, table in tables.items()
        if getattr(statement, name) is not None
    ]
    for role in ("subject", "other"):
        mention = getattr(statement, role)
        if mention is not None:
            changes += [{role: each} for each in _otherwise(rng, mention)]
    return replace(statement, **rng.choice(changes))


def _otherwise(rng: random.Random, mention: Mention) -> Iterator[Mention]:
    """The mention with another noun, and with another of each thing that it says."""
    nouns = KINDS if mention.noun in KINDS else FAMILIES
    person = mention.noun in KINDS and KINDS[mention.noun].is_person
    alike = [noun for noun in nouns if noun != mention.noun and (noun in FAMILIES or KINDS[noun].is_person == person)]
    yield replace(mention, noun=rng.choice(alike))
    tables: dict[str, Iterable[str]] = {"colour": COLOURS, "size": SIZES, "action": ACTIONS}
    for name, table in tables.items():
        if said := getattr(mention, name):
            change: dict[str, Any] = {name: rng.choice([other for other in table if other != said])}
            yield replace(mention, **change)
    if mention.count is not None:
        yield replace(mention, count=rng.choice([count for count in COUNT_WORDS if count != mention.count]))
