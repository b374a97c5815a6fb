"""Noun phrases: what a caption calls a group, and the mention it thereby makes."""

from __future__ import annotations

import random
from dataclasses import dataclass

from vse.data.scenes.world.kinds import FAMILIES, IRREGULAR_PLURALS, KINDS
from vse.data.scenes.world.scene import Group, Mention
from vse.data.scenes.world.world import COLOURS, COUNT_WORDS, SIZES

# For a person, their age or rank is said before "person" is.
_FAMILY_SHARE = 0.13
_SYNONYM_SHARE = 0.3
SEVERAL = ("some", "several", "a few")


@dataclass(frozen=True)
class NounPhrase:
    """`text` such as "two small red cars", whether it is plural, and the mention it makes."""

    text: str
    plural: bool
    mention: Mention


def plural_of(noun: str) -> str:
    if noun in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[noun]
    if noun.endswith(("s", "sh", "ch", "x")):
        return noun + "es"
    return noun + "s"


def with_article(phrase: str) -> str:
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase


def choose_noun(rng: random.Random, kind: str, family_share: float = _FAMILY_SHARE) -> tuple[str, str, str]:
    """(the mention's noun, singular, plural) for a kind: its name, a synonym or a more general word."""
    roll = rng.random()
    if roll < family_share:
        family = rng.choice(KINDS[kind].families)
        singular, plural = rng.choice(FAMILIES[family])
        return family, singular, plural
    nouns = KINDS[kind].nouns
    noun = rng.choice(nouns[1:]) if len(nouns) > 1 and roll < family_share + _SYNONYM_SHARE else nouns[0]
    return kind, noun, plural_of(noun)


def bare_noun(rng: random.Random, group: Group) -> NounPhrase:
    """A key word as people type it into a search box: "dog", "dogs", "red car"."""
    noun, singular, plural = choose_noun(rng, group.kind, family_share=0.2)
    colour = group.colour if group.colour and rng.random() < 0.3 else None
    several = group.count > 1 and rng.random() < 0.6
    words = [rng.choice(COLOURS[colour])] if colour else []
    words.append(plural if several else singular)
    return NounPhrase(" ".join(words), several, Mention(noun, several=several, colour=colour))


def noun_phrase(rng: random.Random, group: Group, detail: float, action: bool = False) -> NounPhrase:
    """A phrase that says the number and, each with probability `detail`, colour and size.

    `action` adds what the group does to the mention; the words for it are the caller's.
    """
    noun, singular, plural = choose_noun(rng, group.kind)
    colour = group.colour if group.colour and rng.random() < detail else None
    size = group.size if group.size and rng.random() < detail else None
    adjectives = [rng.choice(SIZES[size])] if size else []
    if colour:
        words = COLOURS[colour]
        adjectives.append(words[0] if len(words) == 1 or rng.random() < 0.7 else rng.choice(words[1:]))
    mention = Mention(noun, colour=colour, size=size, action=group.action if action else None)
    if group.count == 1:
        text = " ".join([*adjectives, singular])
        word = rng.choices(COUNT_WORDS[1], (84, 10, 6))[0]
        text = with_article(text) if word == "a" else f"{word} {text}"
        return NounPhrase(text, False, _counted(mention, 1))
    several = rng.random() < 0.2
    if several:
        word = rng.choice(SEVERAL if group.count > 2 else SEVERAL[:1])
    else:
        word = rng.choices(COUNT_WORDS[group.count], (80, 20))[0]
    text = " ".join([word, *adjectives, plural])
    return NounPhrase(text, not word.endswith(" of"), _counted(mention, None if several else group.count, several))


def _counted(mention: Mention, count: int | None, several: bool = False) -> Mention:
    return Mention(mention.noun, count, several, mention.colour, mention.size, mention.action)
