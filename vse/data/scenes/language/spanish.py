"""Five captions a scene in Spanish, each with the statement it makes, as `captions` writes them in English.

They are no translations: what is said of a scene is drawn anew, and how it is said is a grammar of its own. Articles,
adjectives and participles agree with their noun; what stands before it and what behind is the noun phrase's business.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from typing import Any

from vse.data.scenes.language.captions import Caption, Frame, Grammar
from vse.data.scenes.language.spanish_words import (
    COLOUR_WORDS,
    DOING,
    FAMILY_NOUNS,
    GROUPS,
    INDOOR_WEATHER_PHRASES,
    NOUNS,
    NUMBERS,
    PICTURE_PHRASES,
    PLACE_NOUNS,
    PLACE_PHRASES,
    RELATION_PHRASES,
    SEVERAL,
    SIZES_BEFORE,
    SIZES_BEHIND,
    STATES,
    TIME_ADJECTIVES,
    TIME_PHRASES,
    WEATHER_ADJECTIVES,
    WEATHER_PHRASES,
    Noun,
    agreeing,
)
from vse.data.scenes.world.kinds import KINDS
from vse.data.scenes.world.sample import habitat_of
from vse.data.scenes.world.scene import Group, Mention, Scene, Statement
from vse.data.scenes.world.world import INVERSE, PLACES, WORLD_VERSION

_STRESSED_A = frozenset({"águila", "ave"})  # feminine, and yet "un águila", for the sake of the sound
_FEMALE = frozenset({"woman", "girl", "queen", "grandmother"})


@dataclass(frozen=True)
class Phrase:
    """`text` such as "dos pequeños coches rojos", with what a verb or participle agrees with, and the mention it makes.

    is_person: whether it takes "a" as an object: "vemos a un hombre".
    """

    text: str
    feminine: bool
    plural: bool
    is_person: bool
    mention: Mention


def write_spanish_captions(scene: Scene, edition: int = 0) -> tuple[Caption, ...]:
    """Five captions in Spanish, from a key word to everything; `edition` gives other five of the same scene."""
    rng = random.Random(f"captions-es:{WORLD_VERSION}:{scene.id}:{scene.seed}:{edition}")
    return SPANISH.captions(rng, scene)


def article(noun: str, feminine: bool, definite: bool = False) -> str:
    """The article in the singular of a noun phrase that begins with this word."""
    if feminine and noun not in _STRESSED_A:
        return "la" if definite else "una"
    return "el" if definite else "un"


def contracted(text: str) -> str:
    """ "de el" and "a el" as one word each."""
    return re.sub(r"\b(de|a) el\b", lambda match: match[1] + "l", text, flags=re.IGNORECASE)


def choose_noun(rng: random.Random, kind: str, family_share: float = 0.13) -> tuple[str, Noun]:
    """(the mention's noun, the Spanish noun) of a kind: its name, a synonym or a more general word."""
    roll = rng.random()
    if roll < family_share:
        family = rng.choice(KINDS[kind].families)
        return family, rng.choice(FAMILY_NOUNS[family]).sexed(kind in _FEMALE)
    nouns = NOUNS[kind]
    return kind, rng.choice(nouns[1:]) if len(nouns) > 1 and roll < family_share + 0.3 else nouns[0]


def colour_phrase(rng: random.Random, colour: str, noun: Noun, plural: bool, kind: str) -> str:
    """The colour as it is said behind a noun: "rojas", "azul marino", "de color rosa" of a rose."""
    if colour == "pink" and noun.singular == "rosa":
        return "de color rosa"
    words = COLOUR_WORDS[colour]
    first = len(words) == 1 or rng.random() < 0.7 or "food" in KINDS[kind].families
    feminine, many = noun.colours or (noun.gender == "f", plural)
    return agreeing(words[0] if first else rng.choice(words[1:]), feminine, many)


def key_word(rng: random.Random, group: Group) -> Phrase:
    """As people type it into a search box: "perro", "perros", "coche rojo"."""
    mentioned, noun = choose_noun(rng, group.kind, family_share=0.2)
    colour = group.colour if group.colour and rng.random() < 0.3 else None
    several = group.count > 1 and rng.random() < 0.6
    text = noun.plural if several else noun.singular
    if colour:
        text += " " + colour_phrase(rng, colour, noun, several, group.kind)
    mention = Mention(mentioned, several=several, colour=colour)
    return Phrase(text, noun.gender == "f", several, KINDS[group.kind].is_person, mention)


def noun_phrase(rng: random.Random, group: Group, detail: float, action: bool = False) -> Phrase:
    """A phrase that says the number and, each with probability `detail`, colour and size.

    `action` adds what the group does to the mention; the words for it are the caller's.
    """
    mentioned, noun = choose_noun(rng, group.kind)
    colour = group.colour if group.colour and rng.random() < detail else None
    size = group.size if group.size and rng.random() < detail else None
    feminine, plural = noun.gender == "f", group.count > 1
    words = [noun.plural if plural else noun.singular]
    if size:
        before = colour is not None or noun.has_complement or rng.random() < 0.4
        chosen = agreeing(rng.choice((SIZES_BEFORE if before else SIZES_BEHIND)[size]), feminine, plural)
        words = [chosen, *words] if before else [*words, chosen]
    if colour:
        words.append(colour_phrase(rng, colour, noun, plural, group.kind))
    several = plural and rng.random() < 0.2
    number = _number(rng, group.count, several, feminine, words[0], bare=size is None)
    mention = Mention(
        mentioned, None if several else group.count, several, colour, size, group.action if action else None
    )
    return Phrase(" ".join([number, *words]), feminine, plural, KINDS[group.kind].is_person, mention)


def _number(rng: random.Random, count: int, several: bool, feminine: bool, following: str, bare: bool) -> str:
    """The number or the article; `bare` allows those behind which no size may come."""
    if count == 1:
        if bare and rng.random() < 0.08:
            return "una sola" if feminine else "un solo"
        return article(following, feminine)
    if several:
        chosen = rng.choice(SEVERAL if count > 2 else SEVERAL[:1])
        return " ".join(agreeing(word, feminine, True) for word in chosen.split())
    return rng.choices((NUMBERS[count], GROUPS[count]), (80, 20))[0]


def _frame(rng: random.Random, scene: Scene, place: float, time: float, weather: float) -> Frame:
    """Place, time and weather, each said with the probability given."""
    words: list[str] = []
    said: dict[str, Any] = {}
    if rng.random() < place:
        words.append(rng.choice(PLACE_PHRASES[scene.place]))
        said["place"] = scene.place
    if rng.random() < time:
        words.append(rng.choice(TIME_PHRASES[scene.time]))
        said["time"] = scene.time
    if rng.random() < weather:
        phrases = (INDOOR_WEATHER_PHRASES if PLACES[scene.place].indoors else WEATHER_PHRASES)[scene.weather]
        no_day = scene.time == "night" or "día" in " ".join(words)  # nor "de día en un día lluvioso"
        words.append(rng.choice([phrase for phrase in phrases if not (no_day and " día" in phrase)]))
        said["weather"] = scene.weather
    return Frame(tuple(words), Statement(**said))


def _doing(rng: random.Random, group: Group, phrase: Phrase) -> str:
    """What the group is doing, as it stands behind "está"; for all but people it says nothing that could be false."""
    if group.action:
        chosen = rng.choice(DOING[group.action])
    else:
        kind, habitat = KINDS[group.kind], habitat_of(group)
        called = (kind.name, *reversed(kind.families))  # the closest first
        chosen = rng.choice(next(STATES[habitat, name] for name in called if (habitat, name) in STATES))
    word = chosen.split()[0]
    agrees = word.endswith("o") and not word.endswith("ndo")
    return agreeing(chosen, phrase.feminine, phrase.plural) if agrees else chosen


def _join(*parts: str) -> str:
    return contracted(" ".join(part for part in parts if part))


def _sentence(*parts: str) -> str:
    text = _join(*parts)
    return text[0].upper() + text[1:] + "."


def _key_words(rng: random.Random, scene: Scene) -> Caption:
    """The shortest: a key word, or a place and a time."""
    roll = rng.random()
    if roll < 0.25:
        return _place_only(rng, scene)
    group = rng.choice(scene.groups)
    if roll < 0.6:
        phrase = key_word(rng, group)
        frame = _frame(rng, scene, 0.25, 0.1, 0.05)
        return Caption(_join(phrase.text, *frame.words), replace(frame.statement, subject=phrase.mention))
    phrase = noun_phrase(rng, group, detail=0.4)
    lead = rng.choice(("", "", *PICTURE_PHRASES))
    return Caption(_join(lead, phrase.text), Statement(subject=phrase.mention))


def _place_only(rng: random.Random, scene: Scene) -> Caption:
    noun, outdoors = PLACE_NOUNS[scene.place], not PLACES[scene.place].indoors
    feminine = noun.gender == "f"
    indefinite = _join(article(noun.singular, feminine), noun.singular)
    roll = rng.random()
    if roll < 0.35:
        adjective = agreeing(rng.choice(TIME_ADJECTIVES[scene.time]), feminine, plural=False)
        return Caption(_join(indefinite, adjective), Statement(place=scene.place, time=scene.time))
    if roll < 0.55 and outdoors and scene.weather in WEATHER_ADJECTIVES:
        adjective = agreeing(rng.choice(WEATHER_ADJECTIVES[scene.weather]), feminine, plural=False)
        return Caption(_join(indefinite, adjective), Statement(place=scene.place, weather=scene.weather))
    frame = _frame(rng, scene, 0.0, 0.6, 0.4)
    the = _join(article(noun.singular, feminine, definite=True), noun.singular)
    lead = rng.choice((noun.singular, indefinite, the, _join("una vista de", the)))
    return Caption(_join(lead, *frame.words), replace(frame.statement, place=scene.place))


def _one_group(rng: random.Random, scene: Scene, detail: float, frame: Frame) -> Caption:
    group = rng.choice((scene.subject, *scene.groups))
    says_action = group.action is not None and rng.random() < 0.8
    phrase = noun_phrase(rng, group, detail, action=says_action)
    says = says_action or (group.action is None and rng.random() < 0.5)
    text = _tell(rng, phrase, _doing(rng, group, phrase) if says else "", frame)
    return Caption(text, replace(frame.statement, subject=phrase.mention))


def _tell(rng: random.Random, phrase: Phrase, doing: str, frame: Frame) -> str:
    """One group, in one of the voices people use. "Está" needs a place or a state, and "hay" does without."""
    tail, text = " ".join(frame.words), phrase.text
    is_ = "están" if phrase.plural else "está"
    is_seen = "se ven" if phrase.plural and not text.startswith("un grupo") else "se ve"
    voices = [
        _join(text, doing, tail),
        _sentence("hay", text, doing, tail),
        _join(rng.choice(PICTURE_PHRASES), text, doing, tail),
        _sentence(is_seen, text, doing, tail),
        _sentence("vemos", "a" if phrase.is_person else "", text, doing, tail),
    ]
    if doing or frame.statement.place:
        voices.append(_sentence(text, is_, doing, tail))
    if frame.words:
        head, rest = frame.words[-1], " ".join(frame.words[:-1])
        voices.append(_sentence(head, "hay", text, doing, rest))
        voices.append(_sentence(head, is_seen, text, doing, rest))
        if doing:
            voices.append(_sentence(f"{head},", text, is_, doing, rest))
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
    says = says_action or (first.action is None and rng.random() < 0.3)
    doing = _doing(rng, first, subject) if says else ""
    other = noun_phrase(rng, second, detail)
    said = relation if rng.random() < relation_share else None
    if said in ("left of", "right of") and rng.random() < 0.3:
        said = "beside"
    text = _tell_both(rng, subject, doing, other, said, " ".join(frame.words))
    return Caption(text, replace(frame.statement, subject=subject.mention, other=other.mention, relation=said))


def _tell_both(rng: random.Random, subject: Phrase, doing: str, other: Phrase, relation: str | None, tail: str) -> str:
    a, b, is_ = subject.text, other.text, "están" if subject.plural else "está"
    picture = rng.choice(PICTURE_PHRASES)
    if relation is None:
        return rng.choice((
            _join(a, doing, "y", b, tail),
            _join(a, doing, "y" if doing else "con", b, tail),
            _sentence("hay", a, doing, "y", b, tail),
            _join(picture, a, doing, "y", b, tail),
        ))  # fmt: skip
    rel = rng.choice(RELATION_PHRASES[relation])
    return rng.choice((
        _join(a, doing, rel, b, tail),
        _sentence(a, is_, doing, rel, b, tail),
        _sentence("hay", a, doing, rel, b, tail),
        _sentence(rel, b, "hay", a, doing, tail),
        _join(picture, a, doing, rel, b, tail),
    ))  # fmt: skip


SPANISH = Grammar(_frame, _key_words, _one_group, _two_groups)
