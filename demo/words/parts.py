"""The parts of the Words tab: from what is asked of a set of vectors to HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from vse.data import Collection
from vse.data.scenes.annotations import scenes_of
from vse.errors import TextError, VSEError
from vse.modalities.text.tokenizer import check_text
from vse.words import clusters as groups
from vse.words.shipped import open_words
from vse.words.windows import RATE

from ..shared.jobs import Job
from ..shared.templating import macros
from ..shared.unknown_words import replaced
from . import compute, drawing, presets
from .asked import LAYOUTS, METHODS, UMAP, WIDTHS, Asked
from .sets import DOC2VEC, NODE2VEC, NotKnownError, Sets, WordSet, open_set
from .slow import Ordered

PARTS_HTML = "words/parts.html.jinja"
SUGGESTED = 1500  # words that boxes suggest
IN_CLUSTER = 16  # words shown of a cluster
TRANSLATIONS, PICTURES = 5, 6
MARKED = 8  # nearest words marked in the plane


@dataclass(frozen=True, eq=False)
class Seen:
    """What the parts look at: the set that was chosen, all sets, the collection, and those captions that are compared.

    job: what a part waits for that takes longer, see `demo.words.slow`.
    """

    found: WordSet
    sets: Sets
    captions: Sequence[str] = ()
    collection: Collection | None = None
    job: Job[Any] | None = None

    def ready(self) -> Any:
        """What the job came to, where it has ended well."""
        return self.job.value() if self.job else None

    def waiting(self) -> Markup:
        """How far the job is, or what went wrong; nothing where it has ended well."""
        if self.job is None or self.job.value() is not None:
            return Markup()
        if problem := self.job.problem():
            return macros(PARTS_HTML).wrong(problem)
        return macros(PARTS_HTML).working(self.job.status, self.job.done)


@dataclass(frozen=True)
class Part:
    """A part under its title, with the one sentence said of it, and the fields of `Asked` that it depends on."""

    title: str
    told: str
    asks: tuple[str, ...]
    draw: Callable[[Asked, Seen], Markup]


def near(asked: Asked, seen: Seen) -> Markup:
    text = asked.near or seen.found.first(*presets.WORDS)
    try:
        word = compute.one_word(text)
        shown = bars(compute.nearest(seen.found, word), f"Nearest to {word}")
    except TextError as error:
        shown = wrong(error, {"near": text})
    return macros(PARTS_HTML).near(text, shown)


def analogy(asked: Asked, seen: Seen) -> Markup:
    is_given = asked.a and asked.b and asked.c
    typed = (asked.a, asked.b, asked.c) if is_given else presets.first_analogy(seen.found)
    rows, four, problem = [], None, Markup()
    try:
        a, b, c = (compute.one_word(each) for each in typed)
    except TextError as error:
        return _analogy(asked, seen, typed, [], None, wrong(error, {}))
    for name, title in seen.sets.titles.items():
        is_chosen = name == seen.found.name
        try:
            found = seen.found if is_chosen else seen.sets.open(name)
            answers = compute.analogy(found, a, b, c, bool(asked.keep))
            rows.append((title, is_chosen, answers, ""))
        except TextError as error:
            rows.append((title, is_chosen, [], str(error)))
            if is_chosen:
                problem = wrong(error, dict(zip("abc", typed, strict=True)))
    if not problem and (best := compute.analogy(seen.found, a, b, c, k=1)):
        four = compute.parallelogram(seen.found, a, b, c, best[0][0])
    return _analogy(asked, seen, typed, rows, four, problem)


def _analogy(
    asked: Asked,
    seen: Seen,
    typed: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
    four: compute.Parallelogram | None,
    problem: Markup,
) -> Markup:
    drawn = None if four is None else {"marks": drawing.marks(four), "kept": four.kept}
    shown = presets.presets(seen.found)
    return macros(PARTS_HTML).analogy(*typed, bool(asked.keep), shown, rows, drawn, drawing.FOUR, problem)


def summed(asked: Asked, seen: Seen) -> Markup:
    text = asked.sum or presets.first_sum(seen.found)
    try:
        words, answers = compute.summed(seen.found, text)
        shown = bars(answers, f"Nearest to {' + '.join(words)}")
    except TextError as error:
        shown = wrong(error, {"sum": text})
    return macros(PARTS_HTML).summed(text, shown)


def clusters(asked: Asked, seen: Seen) -> Markup:
    k = asked.k or presets.first_k(seen.found)
    found = compute.clusters_of(seen.found, k)
    return macros(PARTS_HTML).clusters(k, groups.FEWEST, groups.MOST, found, IN_CLUSTER)


def axis(asked: Asked, seen: Seen) -> Markup:
    ends = (asked.from_, asked.to) if asked.from_ and asked.to else presets.first_pair(seen.found)
    try:
        low, high = (compute.one_word(each) for each in ends)
        found = compute.axis(seen.found, low, high)
        return macros(PARTS_HTML).axis(low, high, found, drawing.rug(found), drawing.RUG, "")
    except TextError as error:
        problem = wrong(error, dict(zip(("from", "to"), ends, strict=True)))
        return macros(PARTS_HTML).axis(*ends, None, "", drawing.RUG, problem)


def window(asked: Asked, seen: Seen) -> Markup:
    text = asked.text or presets.first_sentence(seen.found)
    shown = macros(PARTS_HTML).sliding
    given = (text, asked.width, asked.method, METHODS, WIDTHS)
    try:
        found = compute.sliding(seen.found, text, asked.step, int(asked.width), asked.method)
        return shown(*given, found, compute.COORDINATES, RATE, "")
    except TextError as error:
        return shown(*given, None, compute.COORDINATES, RATE, wrong(error, {"text": text}))


def exchange(asked: Asked, seen: Seen) -> Markup:
    text = asked.text or presets.first_sentence(seen.found)
    other = asked.other or presets.stranger(seen.found, text)
    try:
        found = compute.exchange(seen.found, text, asked.step, int(asked.width), compute.one_word(other))
        return macros(PARTS_HTML).exchange(other, found, "")
    except TextError as error:
        return macros(PARTS_HTML).exchange(other, None, wrong(error, {"other": other}))


def plane(asked: Asked, seen: Seen) -> Markup:
    found, problem = seen.found, Markup()
    chosen = asked.near or found.first(*presets.WORDS)
    marked: list[str] = []
    try:
        chosen = compute.one_word(chosen)
        marked = [word for word, _ in compute.nearest(found, chosen, MARKED)]
    except TextError as error:
        problem = wrong(error, {"near": chosen})
    words = compute.plane_words(found)
    if asked.layout == UMAP:
        points, waiting = seen.ready(), seen.waiting()
        if not problem and chosen not in words:
            problem = wrong(TextError(f"{chosen!r} is not among the {len(words)} words that UMAP lays out here."), {})
    else:
        words = tuple(dict.fromkeys((*words, *(word for word in (chosen, *marked) if found.knows(word)))))
        points, waiting = compute.in_pca(found, words), Markup()
    dots = [] if points is None else drawing.dots(words, points, chosen, marked)
    return macros(PARTS_HTML).plane(dots, chosen, asked.layout, LAYOUTS, drawing.PLANE, waiting, problem)


def like(asked: Asked, seen: Seen) -> Markup:
    text, shown = asked.like or presets.CAPTION, seen.waiting()
    rows = seen.ready()
    if not seen.captions:
        shown = macros(PARTS_HTML).nothing("This collection has no captions to compare with.")
    elif asked.like and rows is not None:
        try:
            answers = compute.like_this(open_words(DOC2VEC), text, seen.captions, rows)
            shown = macros(PARTS_HTML).texts(answers)
        except TextError as error:
            shown = wrong(error, {})
    return macros(PARTS_HTML).like(text, shown)


def things(asked: Asked, seen: Seen) -> Markup:
    found = open_set(NODE2VEC)
    text = asked.thing or found.first(*presets.THINGS)
    try:
        shown = bars(compute.nearest(found, text), f"Share places with {text}")
    except TextError as error:
        shown = wrong(error, {"thing": text})
    return macros(PARTS_HTML).things(text, found.table.words, shown)


def translation(asked: Asked, seen: Seen) -> Markup:
    from vse.search import spanish  # which takes torch

    both = []
    for name, text, to, label in (
        ("es", asked.es or presets.SPANISH, spanish.ENGLISH, "Spanish"),
        ("en", asked.en or presets.ENGLISH, spanish.SPANISH, "English"),
    ):
        try:
            word = compute.one_word(text)
            is_asked = to == spanish.ENGLISH  # pictures of a Spanish word are asked for below
            shown = bars(spanish.translate(word, TRANSLATIONS, to), f"Translations of {word}", is_asked)
        except TextError as error:
            shown = wrong(error, {})
        both.append((name, label, text, shown))
    phrase, shown = asked.phrase or presets.PHRASE, seen.waiting()
    if asked.phrase and seen.ready() is not None:
        try:
            hits = seen.ready().search_text(phrase, PICTURES)
            shown = macros(PARTS_HTML).pictures([hit.item_id for hit in hits], seen.collection)
        except TextError as error:
            shown = wrong(error, {})
    return macros(PARTS_HTML).translation(both, phrase, shown)


def ladder(asked: Asked, seen: Seen) -> Markup:
    text, shown = asked.ladder or presets.LADDERS[0], seen.waiting()
    here = seen.ready()
    if here is None and not shown:
        shown = macros(PARTS_HTML).nothing("What is general and what is special is shown on Emoji Scenes: open them.")
    elif here is not None and seen.collection is not None:
        try:
            shown = _ladder(text, here, seen.collection)
        except VSEError as error:
            shown = macros(PARTS_HTML).wrong(str(error))
    return macros(PARTS_HTML).ladder(text, presets.LADDERS, shown)


def _ladder(text: str, here: Ordered, collection: Collection) -> Markup:
    from vse.search.ladder import around, climb, picture_named, truth_of  # which takes torch

    scenes = scenes_of(collection.annotations)
    if item := picture_named(collection, text):
        row = collection.rows[item.id]
        rungs = [(rung, truth_of(rung.text, scenes[row : row + 1])) for rung in climb(here.encoder, here.pictures[row])]
        return macros(PARTS_HTML).climbed([(rung, bool(true.all())) for rung, true in rungs], item, collection)
    found = around(here.encoder, check_text(text), here.pictures)
    true = truth_of(text, scenes)
    below = [(collection.items[row].id, violation, bool(true[row])) for row, violation in found.pictures]
    return macros(PARTS_HTML).around(found, below, int(true.sum()), collection)


def bars(answers: Sequence[compute.Near], label: str, is_asked: bool = True) -> Markup:
    """Words with their cosines; `is_asked` makes each a button that asks for its pictures."""
    return macros(PARTS_HTML).bars(answers, label, is_asked)


def wrong(error: TextError, given: Mapping[str, str]) -> Markup:
    """A sentence, with the same asked with near words: `given` are the texts of the form, by their parameters."""
    offers = []
    if isinstance(error, NotKnownError):
        name = next((name for name, text in given.items() if error.word in text.lower()), None)
        if name is not None:
            offers = [(each, {name: replaced(given[name], error.word, each)}) for each in error.near]
    return macros(PARTS_HTML).wrong(str(error), offers)


PARTS = {
    "near": Part(
        "Nearest words",
        "The words whose vectors point most in the same direction, with their cosines: type any word, and click on an"
        " answer to see its pictures.",
        ("near",),
        near,
    ),
    "analogy": Part(
        "Analogies: a − b + c",
        "King minus man plus woman: what each set answers, and the four words as a parallelogram. Allow the three words"
        " themselves as answers, and see how often one of them wins.",
        ("a", "b", "c", "keep"),
        analogy,
    ),
    "sum": Part(
        "Words added up",
        "The sum of two words lies near words that go with both: add words with +.",
        ("sum",),
        summed,
    ),
    "clusters": Part(
        "Clusters",
        "k-means puts words that point the same way into one group, named by the three words nearest to its middle:"
        " find the days, the animals, the colours.",
        ("k",),
        clusters,
    ),
    "axis": Part(
        "Along the difference of two words",
        "All words along the line from one word to another: the two ends show what the difference means to the vectors,"
        " what they learnt from people's texts included.",
        ("from_", "to"),
        axis,
    ),
    "window": Part(
        "A window slides over a sentence",
        "This is all that word2vec sees: a centre word and its neighbours. Step through the sentence, and read the very"
        " numbers of one step of training.",
        ("text", "method", "width", "step"),
        window,
    ),
    "exchange": Part(
        "The true window and a corrupted one",
        "Collobert and Weston (2008) let a network tell a true window from one whose middle word was exchanged. Here"
        " the score is simple: the mean cosine of the middle word with the words around it.",
        ("text", "width", "step", "other"),
        exchange,
    ),
    "plane": Part(
        "All words in a plane",
        "PCA shows the two directions in which the vectors differ most, UMAP keeps near words near: click on a word to"
        " choose it.",
        ("near", "layout"),
        plane,
    ),
    "like": Part(
        "Captions like this one",
        "doc2vec gives a whole text one vector, and infers one for a text it never read: write a caption, and see which"
        " of the collection's are most like it, in other words too.",
        ("like",),
        like,
    ),
    "things": Part(
        "Things that share places",
        "node2vec walks over a graph of things and places that come together in scenes, and reads each walk as if it"
        " were a sentence: choose a thing or a place.",
        ("thing",),
        things,
    ),
    "translation": Part(
        "Spanish and English",
        "Both languages were learnt apart, and a linear map, fitted to pairs of words, takes one space into the other"
        " (Mikolov, Le and Sutskever 2013): translate a word, or ask for pictures in Spanish.",
        ("es", "en", "phrase"),
        translation,
    ),
    "ladder": Part(
        "General and specific",
        "In an order embedding (Vendrov et al. 2016) the general lies above the special. Climb from a picture to what"
        " is true of it, or go from a phrase up and down.",
        ("ladder",),
        ladder,
    ),
}
