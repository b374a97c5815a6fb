"""What happens on the Search tab: from an event to what its components show next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from vse.errors import QueryError, SpeechError
from vse.modalities import SPEECH
from vse.search.places import WAYS

from ..shared import address as state
from ..shared import render as view
from ..shared.address import Page
from ..shared.answer_render import answers_html
from ..shared.answering import answer, checked, path_of_upload
from ..shared.ask_models import ask_each
from ..shared.collections import Collections
from ..shared.endpoints import captions_json, note_json, pictures_json, recipes_json
from ..shared.errors import reporting
from ..shared.explain import explained
from ..shared.latest import Turns
from ..shared.models import VSE
from ..shared.opened import Asked, for_programs, page_json
from ..shared.question import (
    DEFAULT_K,
    WITH_SPEECH,
    WITH_UPLOAD,
    Question,
    after_click,
    check_choice,
    picture_of,
    picture_query,
    query_or_none,
    with_text,
)
from ..shared.spoken import recording_of


class SearchEvents:
    """The tab's handlers around the collections; what a visitor asks now travels as their `Question`."""

    def __init__(self, collections: Collections) -> None:
        self.collections = collections
        self.first = Question(collections.served.first_text)
        self.turns = Turns()

    def show(self, asked: Question, page: Page, request: gr.Request, link: bool | None = True) -> tuple[Question, str]:
        """What is asked, to be remembered, and the answer as HTML."""
        service = self.collections.of(page, request)
        if not asked.text.strip() and not service.first_text and len(service.collection):
            return asked, view.some(service.collection, asked.k)
        loadings = service.loadings(page)
        answers = explained(loadings, ask_each(loadings, asked))
        return asked, answers_html(answers, service.collection, link, is_first=asked.text == service.first_text)

    @reporting
    def on_words(self, words: str, asked: Question, page: Page, request: gr.Request) -> tuple[Any, ...]:
        after = with_text(asked, words)
        self.turns.take(request.session_hash, after)
        return gr.skip() if after.upload else None, *self.show(after, page, request)

    @reporting
    def on_click(self, asked: Question, page: Page, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        return self.turn_to(after_click(event._data, asked), asked, page, request)

    @reporting
    def on_asked(self, question: Question, request: gr.Request, asked: Question, page: Page) -> tuple[Any, ...]:
        """Another view asks."""
        return self.turn_to(with_text(asked, question.text), asked, page, request)

    def turn_to(self, after: Question, before: Question, page: Page, request: gr.Request) -> tuple[Any, ...]:
        """The words, the picture, what is asked, and its answer."""
        self.turns.take(request.session_hash, after)
        if after.text == before.text:
            return gr.skip(), gr.skip(), *self.show(after, page, request)
        return words_of(after), gr.skip() if after.upload else None, *self.show(after, page, request)

    @reporting
    def on_picture(self, payload: Any, asked: Question, page: Page, request: gr.Request) -> tuple[Any, ...]:
        """The picture stands beside its answer, so that its box is free for another."""
        if payload is None:  # the picture was taken away, its answer may stay
            return (gr.skip(),) * 4
        after = replace(asked, text=WITH_UPLOAD, upload=path_of_upload(payload), speech="")
        self.turns.take(request.session_hash, after)
        return "", None, *self.show(after, page, request)

    @reporting
    def on_spoken(self, asked: Question, page: Page, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """A recording of the visitor's own, or one of the collection's that was clicked."""
        data = event._data if isinstance(event._data, Mapping) else {}
        if "item" in data:
            recording_of(self.collections.of(page, request).collection, data["item"])
            after = with_text(asked, picture_query(f"{SPEECH} {data['item']}"))
        else:
            after = replace(asked, text=WITH_SPEECH, upload="", speech=path_of_upload(data))
        self.turns.take(request.session_hash, after)
        return "", None, *self.show(after, page, request)

    @reporting
    def on_score(self, asked: Question, page: Page, event: gr.EventData, request: gr.Request) -> str:
        """What one of the answers' scores is made of."""
        return page_json(self.collections.of(page, request).loadings(page), asked, event._data)

    @reporting
    def on_switch(self, asked: Question, page: Page, request: gr.Request) -> Iterator[str]:
        """The same question to other models; the page's address keeps what it says.

        A question whose answer is still on its way is newer than `asked`.
        """
        asked = self.turns.asked(request.session_hash, asked)
        turn = self.turns.take(request.session_hash)
        while status := self.collections.loading(page, request):
            if self.turns.is_over(request.session_hash, turn):
                return
            yield view.waiting(status, asked.k)
        _, shown = self.show(asked, page, request, link=None)
        if not self.turns.is_over(request.session_hash, turn):
            yield shown

    @reporting
    def on_indexed(self, page: Page, request: gr.Request) -> str:
        """What to begin with, of the photographs that are there by now."""
        return view.starters(self.collections.of(page, request))

    @reporting
    def on_load(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """What the page's address asks for, else the first of the starters; until then, how far loading is."""
        page = self.collections.page(request)
        service = self.collections.of(page, request)
        asked = state.question_of(request.query_params, Question(service.first_text))
        turn = self.turns.take(request.session_hash, asked)
        # Before its answer, as the switch may ask other models for it.
        yield gr.skip(), None, asked, gr.skip(), view.starters(service)
        while status := self.collections.loading(page, request):
            if self.turns.is_over(request.session_hash, turn):
                return
            yield gr.skip(), gr.skip(), gr.skip(), view.waiting(status, asked.k), gr.skip()
        if self.turns.is_over(request.session_hash, turn):
            return
        yield words_of(asked), gr.skip(), *self.show(asked, page, request, link=bool(page.query)), gr.skip()

    @reporting
    def search_text(self, query: str, k: int = DEFAULT_K, model: str = VSE) -> dict[str, Any]:
        """Find the k pictures nearest to a text, a picture or a sum, the nearest first.

        Args:
            query: what they should show, such as "two red cars in the snow at night", or [scene-0042] - dog + cat; a
                recipe with its ingredients and steps, one a line, where the model reads recipes;
                filters such as in:holiday or -name:scan keep to some pictures
            k: how many pictures, from 1 to 48
            model: who answers: vse, clip, or the name of a model that the page offers

        Returns:
            {"answers", "note", "instead"}. Each answer is {"id", "score", "fit", "rank", "captions", "image"}: score is
            the cosine, from -1 to 1, and null where filters alone were asked; fit, from 0 to 1, says how well it fits,
            where less than half is a weak match, and is null where that is not known; rank counts from 1; captions are
            all that the collection holds of the picture; image is where it is served, relative to the address of this
            app. Where the query negates, as in "a beach without people", note says how it is read, for this space
            cannot negate, and instead is the sum to ask for; both are empty otherwise.
        """
        searcher = self.collections.named(model).searcher
        found = checked(answer(searcher, Question(query, k)))
        return {"answers": pictures_json(found, searcher.collection), **note_json(found.negation)}

    @reporting
    def search_speech(self, sound: Any, k: int = DEFAULT_K, model: str = VSE) -> dict[str, Any]:
        """Find the k pictures and the k captions nearest to a spoken sentence, the nearest first.

        Args:
            sound: a WAV file of at most 30 seconds
            k: how many pictures and how many captions, from 1 to 48
            model: who answers: vse, or the name of a model that the page offers and that hears

        Returns:
            {"heard", "captions", "images"}: heard is which words were made out, and the others are as those of
            search_image. Where no words were made out the fit of all answers is 0.
        """
        question = Question(WITH_UPLOAD, k, upload=path_of_upload(sound))
        found = checked(answer(self.collections.served.named(model).searcher, question))
        if found.spoken is None:
            raise SpeechError("This is no sound file: give a WAV file of one spoken sentence.")
        pictures = pictures_json(found, self.collections.served.collection)
        return {"heard": " ".join(found.spoken.words), "captions": captions_json(found), "images": pictures}

    @reporting
    def explain(self, query: str, item: str, places: str = "", model: str = VSE) -> dict[str, Any]:
        """Take the score of one picture for a query apart.

        Args:
            query: as for search_text
            item: the id of a picture in the collection
            places: where in the picture, by features, quick, or by occlusion, slow
            model: who answers: vse, clip, or the name of a model that the page offers

        Returns:
            {"query", "id", "score", "similarity", "dimensions", "words", "nothing", "read", "places"}: the largest
            dimensions; words' shares of the score, with standard errors, and nothing's, without any; the query read
            word by word; maps, the first of the whole query, of how much is lost without each place of an area.
        """
        if not isinstance(item, str):
            raise QueryError(f"item came as {str(item)[:60]!r}: give the id of a picture.")
        searcher = self.collections.named(model).searcher
        return for_programs(searcher, Question(query), Asked(item, places=check_choice("places", places, WAYS)))

    @reporting
    def search_image(self, image: Any, k: int = DEFAULT_K, model: str = VSE) -> dict[str, list[dict[str, Any]]]:
        """Find the k captions and the k pictures nearest to a picture, the nearest first.

        Args:
            image: a picture file of at most 20 MB: JPEG, PNG, GIF, WebP, BMP, TIFF or AVIF
            k: how many captions and how many pictures, from 1 to 48
            model: who answers: vse, clip, or the name of a model that the page offers

        Returns:
            {"captions": [{"text", "score", "fit", "rank", "id"}], "images": [...], "recipes": [...]}: images are as
            those of search_text; the id of a caption is that of the picture in the collection it was written for. Where
            the collection has recipes, the nearest five come instead of captions, each {"title", "ingredients",
            "instructions", "score", "rank", "id"}.
        """
        question = Question(WITH_UPLOAD, k, upload=path_of_upload(image))
        searcher = self.collections.named(model).searcher
        found = checked(answer(searcher, question))
        images = pictures_json(found, searcher.collection)
        return {"captions": captions_json(found), "images": images, "recipes": recipes_json(found)}


def words_of(question: Question) -> str:
    """What stands in the words' box beside the answer: the query, but for a picture alone."""
    return "" if picture_of(query_or_none(question.text)) else question.text
