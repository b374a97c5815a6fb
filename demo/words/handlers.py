"""What happens on the Words tab: from an event to what its component shows next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import gradio as gr

from vse.data.scenes.annotations import scenes_of
from vse.errors import QueryError, VSEError
from vse.modalities.text.tokenizer import check_text
from vse.words.clusters import FEWEST, MOST
from vse.words.shipped import open_words

from ..shared.address import LONGEST, Page
from ..shared.answering import path_of_upload, reading
from ..shared.collections import Collections
from ..shared.errors import reporting
from ..shared.jobs import Job, Jobs, Opened, Report
from ..shared.latest import Turns
from ..shared.models import VSE
from ..shared.question import Question, check_flag, check_k, picture_query, words_query
from ..shared.spoken import dictated
from . import compute, render
from .asked import JOINT, NAMES, UMAP, Asked, parameter, read, write
from .parts import PARTS, Seen
from .sets import DOC2VEC, Sets, WordSet, joint_space, open_set
from .slow import captions_of, inferred, laid_out, ordered

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

ID, TITLE = "words", "Words"
PLANE, LIKE, TRANSLATION, LADDER = "plane", "like", "translation", "ladder"
LAST = ("clusters", "analogy", TRANSLATION, LADDER, LIKE, PLANE)  # which may take longer, the longest last
UNREAD = "The page asked for nothing that can be shown: reload it and try again."
_STEP = 0.3  # seconds between two looks at the progress
_LONGEST = 8 * LONGEST  # characters of all that is asked
_KEPT = 24  # joint spaces and planes


@dataclass(frozen=True)
class Change:
    """What the browser asks: everything that its address says, which fields changed, and which of its turns this is."""

    asked: Asked
    fields: frozenset[str]
    turn: int

    def answered(self, **parts: str) -> dict[str, Any]:
        """Parts with the turn before each: the browser leaves those of an answer that another one has overtaken."""
        return gr.update(**{name: f"{self.turn} {html}" for name, html in parts.items()})  # type: ignore[arg-type]


class WordsEvents:
    """The tab's handlers around the collections; its component's properties are the parts' HTML."""

    def __init__(self, collections: Collections) -> None:
        self.collections = collections
        self.jobs, self.turns, self.again = Jobs(_KEPT), Turns(), count(1)

    @reporting
    def on_asked(self, page: Page, event: gr.EventData, request: gr.Request) -> Iterator[dict[str, Any]]:
        """The parts that a change concerns, one after the other, each after the turn that it answers; at last the turn
        itself, what the address says of it, and which parts there were."""
        change = change_of(event._data)
        turn = self.turns.take(request.session_hash)
        is_over = lambda: self.turns.is_over(request.session_hash, turn)  # noqa: E731
        while status := self.collections.loading(page, request):
            if is_over():
                return
            yield change.answered(sets=render.working(status, None))
        opened = self.collections.of(page, request).loadings(page)[0].result()
        joint = self.joint(opened)
        while not joint.is_ready(_STEP):
            if is_over():
                return
            yield change.answered(sets=render.working(joint.status, joint.done))
        sets, asked = Sets(joint.value()), change.asked
        found = sets.open(asked.set)
        asked = replace(asked, set=found.name)
        is_all = "set" in change.fields
        if is_all:
            yield change.answered(sets=render.sets(sets.titles, found))
        drawn = [name for name, each in PARTS.items() if is_all or change.fields & set(each.asks)]
        collection = self.collections.of(page, request).collection
        captions = captions_of(open_words(DOC2VEC), collection.captions) if LIKE in drawn else []
        seen = Seen(found, sets, captions, collection)
        for name in sorted(drawn, key=lambda each: LAST.index(each) if each in LAST else -1):
            job = self.job_of(name, asked, seen, opened)
            for here in waited_for(job, replace(seen, job=job)):
                if is_over():
                    return
                yield change.answered(**drawn_or_told(name, asked, here))
        yield gr.update(answer=change.turn, address=write(asked), drawn=[*(["sets"] if is_all else []), *drawn])

    @reporting
    def on_spoken(self, page: Page, event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        """What was said, in the words that the model made out, for the field that was used last, see words.js."""
        path = path_of_upload(event._data)
        with reading(path):
            words = dictated(self.collections.of(page, request).searcher(page), path)
        return gr.update(spoken=f"{next(self.again)} {words}")

    @reporting
    def on_switch(self) -> dict[str, Any]:
        """Other models answer: an open tab asks again, see words.js."""
        return gr.update(again=next(self.again))

    def joint(self, opened: Opened) -> Job[WordSet]:
        """The joint space of a model, read once for all visitors."""
        title = f"Reading words with {opened.name}"

        def make(report: Report) -> WordSet:
            return joint_space(opened.searcher, lambda done, total: report(title, done, total))

        key = "joint", opened.searcher.encoder.fingerprint, opened.searcher.collection.key
        return self.jobs.begin(key, lambda: Job(make, title), again=True)

    def job_of(self, name: str, asked: Asked, seen: Seen, opened: Opened) -> Job[Any] | None:
        """What a part waits for, begun once for all visitors; None for most."""
        if name == PLANE and asked.layout == UMAP:
            title = f"Laying out {seen.found.title}"
            return self.jobs.begin(
                (PLANE, seen.found), lambda: Job(lambda report: laid_out(seen.found, report), title), again=True
            )
        if name == LIKE and asked.like and seen.captions:
            texts = tuple(seen.captions)
            return self.jobs.begin(
                (LIKE, texts), lambda: Job(lambda report: inferred(open_words(DOC2VEC), texts, report)), again=True
            )
        if name == LADDER and seen.collection and scenes_of(seen.collection.annotations):
            here = seen.collection
            return self.jobs.begin(
                (LADDER, here.key), lambda: Job(lambda report: ordered(here, report), "Reading pictures"), again=True
            )
        if name == TRANSLATION and asked.phrase:
            return self.jobs.begin(
                (TRANSLATION, opened.searcher.encoder.fingerprint, opened.searcher.collection.key),
                lambda: Job(lambda report: reading_spanish(opened), f"Teaching {opened.name} Spanish words"),
                again=True,
            )
        return None

    @reporting
    def words_nearest(self, word: str, vectors: str = JOINT, k: int = 10, model: str = VSE) -> list[dict[str, Any]]:
        """Tell the k words whose vectors are nearest to that of a word, the nearest first.

        Args:
            word: a single word
            vectors: whose vectors: joint, the open model's, or the name of another set that the Words tab offers
            k: how many words, from 1 to 48
            model: whose joint space: vse, clip, or the name of a model that the page offers

        Returns:
            [{"word", "score"}]: score is the cosine, from -1 to 1.
        """
        found = self._named(vectors, model)
        return pairs_json(compute.nearest(found, compute.one_word(word), check_k(k)))

    @reporting
    def words_analogy(
        self, query: str, vectors: str = JOINT, k: int = 10, keep_operands: bool = False, model: str = VSE
    ) -> list[dict[str, Any]]:
        """Tell the k words nearest to a sum of words such as king - man + woman, the nearest first.

        Args:
            query: words with + and - between
            vectors: whose vectors: joint, the open model's, or the name of another set that the Words tab offers
            k: how many words, from 1 to 48
            keep_operands: whether words of the query may be among the answers
            model: whose joint space: vse, clip, or the name of a model that the page offers

        Returns:
            [{"word", "score"}]: score is the cosine, from -1 to 1.
        """
        found, k = self._named(vectors, model), check_k(k)
        return pairs_json(compute.sum_of(found, check_text(query), check_flag("keep_operands", keep_operands), k))

    @reporting
    def words_clusters(self, vectors: str = JOINT, k: int = 12, model: str = VSE) -> list[dict[str, Any]]:
        """Tell the words of a set in k clusters by k-means, the largest first.

        Args:
            vectors: whose vectors: joint, the open model's, or the name of another set that the Words tab offers
            k: how many clusters, from 2 to 60
            model: whose joint space: vse, clip, or the name of a model that the page offers

        Returns:
            [{"name", "words"}]: words are all of a cluster, those nearest to its middle first, and name three of them.
        """
        if isinstance(k, bool) or k not in range(FEWEST, MOST + 1):
            raise QueryError(
                f"The number of clusters came as {str(k)[:60]!r}: give a whole number from {FEWEST} to {MOST}."
            )
        return [
            {"name": ", ".join(each[:3]), "words": list(each)}
            for each in compute.clusters_of(self._named(vectors, model), int(k))
        ]

    def _named(self, vectors: object, model: object) -> WordSet:
        """
        Raises:
            QueryError: for a set or a model that there is not.
        """
        if vectors == JOINT:
            return self.joint(self.collections.served.named(model)).result()
        here = Sets(None).titles
        if not isinstance(vectors, str) or vectors not in here:
            raise QueryError(f"No vectors {str(vectors)[:60]!r}: give one of {', '.join([JOINT, *here])}.")
        return open_set(vectors)


def drawn_or_told(name: str, asked: Asked, seen: Seen) -> dict[str, Any]:
    """A part as its component's property takes it, below what is said of it, so that a first visit does not load that;
    what goes wrong in one is told there, and the others go on."""
    try:
        return {name: render.note(PARTS[name].told) + PARTS[name].draw(asked, seen)}
    except VSEError as error:
        return {name: render.wrong(str(error))}


def reading_spanish(opened: Opened) -> Searcher:
    """The model's searcher for queries in Spanish.

    Raises:
        CheckpointError: for a model that has no embeddings of words.
    """
    from vse.search.spanish import in_spanish

    return in_spanish(opened.searcher)


def waited_for(job: Job[Any] | None, seen: Seen) -> Iterator[Seen]:
    """What a part looks at, again and again until its job has ended."""
    while job is not None and not job.is_ready(_STEP):
        yield seen
    yield seen


def change_of(data: Any) -> Change:
    """What the browser asks; it may send anything.

    Raises:
        QueryError: when it is not {"asked": encoded parameters, "changed": their names, "turn": a whole number}.
    """
    given = data if isinstance(data, Mapping) else {}
    asked, changed, turn = given.get("asked"), given.get("changed"), given.get("turn")
    names = {parameter(name): name for name in NAMES}
    if not isinstance(asked, str) or not isinstance(changed, list) or not isinstance(turn, int):
        raise QueryError(UNREAD)
    if len(asked) > _LONGEST or len(changed) > len(names):
        raise QueryError(UNREAD)
    fields = frozenset(names[each] for each in changed if isinstance(each, str) and each in names)
    return Change(read(dict(parse_qsl(asked))), fields, turn)


def question_about(data: Any) -> Question:
    """What asks for the pictures of a word, or about a picture.

    Raises:
        QueryError, TextError: when it is none.
    """
    word, item = (data.get("word"), data.get("item")) if isinstance(data, Mapping) else (None, None)
    if isinstance(item, str):
        return Question(picture_query(item))
    if not isinstance(word, str):
        raise QueryError(UNREAD)
    return Question(words_query(check_text(word).strip()))


def pairs_json(found: list[compute.Near]) -> list[dict[str, Any]]:
    return [{"word": word, "score": round(score, 4)} for word, score in found]
