"""The endpoints for programs; everything else that the page calls is private."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import gradio as gr

from vse.data import Collection
from vse.io.paths import DEFAULT_WAY
from vse.search.query import describe

from ..arithmetic.compute import Ask, compute_in_one_sentence
from ..compare.endpoint import Comparison, compare_query
from ..map.payload import points_json
from ..map.store import DEFAULT_LAYOUT, MapStore
from ..shared.answering import CHOICES, DEFAULT_K, answer_upload, answer_words, check_k, path_of_upload
from ..shared.answers import CaptionAnswer, ImageAnswer
from ..shared.errors import reporting
from ..shared.models import Service
from ..shared.pictures import address
from .api_docs import answer_of, description_of, parameters_of, told

if TYPE_CHECKING:
    from vse.search.searcher import Searcher

DEFAULT = "vse"
_FILE = {"path": "picture.jpg", "url": "picture.jpg", "meta": {"_type": "gradio.FileData"}}


def image_json(image: ImageAnswer, collection: Collection) -> dict[str, Any]:
    return {
        "id": image.item.id,
        "score": round(image.score, 4),
        "rank": image.rank,
        "captions": list(image.item.captions),
        "image": address(collection, image.item.id),
    }


def caption_json(caption: CaptionAnswer) -> dict[str, Any]:
    return {"text": caption.text, "score": round(caption.score, 4), "rank": caption.rank, "id": caption.item.id}


class Api:
    """The endpoints' functions, around the shared searcher."""

    def __init__(self, service: Service, maps: MapStore | None = None) -> None:
        self.service, self.maps = service, maps or MapStore()

    @reporting
    def search_text(self, query: str, k: int = DEFAULT_K, model: str = DEFAULT) -> list[dict[str, Any]]:
        """Find the k pictures nearest to a text, the nearest first.

        Args:
            query: what the pictures should show, such as "two red cars in the snow at night"
            k: how many pictures, from 1 to 48
            model: who answers: vse, clip, or the name of a model that the page offers

        Returns:
            a list of {"id", "score", "rank", "captions", "image"}: score is the cosine, from -1 to 1; rank counts from
            1; captions are all that the collection holds of the picture; image is where it is served, relative to the
            address of this app.
        """
        found = answer_words(self._searcher(model), query, check_k(k))
        return [image_json(each, self.service.collection) for each in found.images]

    @reporting
    def search_image(self, image: Any, k: int = DEFAULT_K, model: str = DEFAULT) -> dict[str, list[dict[str, Any]]]:
        """Find the k captions and the k pictures nearest to a picture, the nearest first.

        Args:
            image: a picture file of at most 20 MB: JPEG, PNG, GIF, WebP, BMP, TIFF or AVIF
            k: how many captions and how many pictures, from 1 to 48
            model: who answers: vse, clip, or the name of a model that the page offers

        Returns:
            {"captions": [{"text", "score", "rank", "id"}], "images": [...]}: images are as those of search_text; the id
            of a caption is that of the picture in the collection it was written for.
        """
        found = answer_upload(self._searcher(model), path_of_upload(image), check_k(k))
        return {
            "captions": [caption_json(each) for each in found.captions],
            "images": [image_json(each, self.service.collection) for each in found.images],
        }

    @reporting
    def arithmetic(
        self,
        query: str,
        picture: Any = None,
        k: int = 10,
        way: str = DEFAULT_WAY,
        keep_operands: bool = False,
        model: str = DEFAULT,
    ) -> dict[str, Any]:
        """Find the k pictures nearest to a sum of pictures and words, such as [scene-0042] - dog + 1.5*"a black cat".

        Args:
            query: the sum: [id] is a picture of the collection, [upload] the picture given, all else words
            picture: the file that [upload] in the query stands for; leave it out otherwise
            k: how many pictures, from 1 to 48
            way: how the sum is done: plain, sentence, frames, captions, centred or rejected
            keep_operands: whether pictures of the query may be among the answers
            model: who answers: vse, clip, or the name of a model that the page offers

        Returns:
            {"query", "description", "answers"}: the query as this app writes it, the same as a sentence, and pictures
            as those of search_text.
        """
        upload = path_of_upload(picture) if picture else ""
        found = compute_in_one_sentence(self._searcher(model), Ask(query, check_k(k), way, bool(keep_operands), upload))
        return {
            "query": str(found.query),
            "description": describe(found.query),
            "answers": [image_json(each, self.service.collection) for each in found.images],
        }

    @reporting
    def compare(self, query: str, k: int = DEFAULT_K) -> Comparison:
        """Ask both models, the VSE and the CLIP, the same, and tell where each puts the other's answers.

        Args:
            query: words, or a picture of the collection as its id in brackets, such as [scene-0042]
            k: how many pictures of each model, from 1 to 48

        Returns:
            {"query", "models", "shared"}: shared counts the pictures that both give; of each model {"model", "images",
            "captions", "problem"}, where problem is a sentence if it cannot answer. Images are as those of search_text,
            captions (for a picture, at most ten) as those of search_image, with more: "percentile", the share of this
            model's scores for pairs at random that lie below, from 0 to 100; "rank_in_other", where the other model
            puts it, null where it is none of its first 100; and "shared", whether the other model shows it too.
        """
        return compare_query(self.service, query, k)

    @reporting
    def map_points(self, model: str = DEFAULT, layout: str = DEFAULT_LAYOUT) -> dict[str, Any]:
        """Tell where each picture, caption and word of the collection stands on the map of a model.

        A map that nobody made before takes a while.

        Args:
            model: whose map: vse, clip, or the name of a model that the page offers
            layout: joint-centred, joint or per-modality

        Returns:
            {"model", "collection", "layout", "quality", "gap", "points"}. Each point is {"id", "kind", "x", "y",
            "text"}: kind is picture, caption or word; a caption's id is its picture's with its number from 0, as in
            scene-0042#1; x and y lie within -1 to 1. Quality is {"trustworthiness", "neighbours_kept", "of_nearest"},
            the first two from 0 to 1; gap is the distance between the mean picture and the mean caption, null without
            captions.
        """
        drawn = self.maps.drawing(self.service.named(model), layout).result()
        return points_json(drawn, self.service.collection)

    def _searcher(self, model: Any) -> Searcher:
        return self.service.named(model).searcher


# Of every parameter: the component that describes it, and an example.
_PARAMETERS: dict[str, tuple[Callable[..., Any], Any]] = {
    "query": (gr.Textbox, "a dog on the beach"),
    "image": (partial(gr.Image, type="filepath"), _FILE),
    "picture": (partial(gr.Image, type="filepath"), _FILE),
    "k": (partial(gr.Number, precision=0, minimum=1, maximum=CHOICES[-1]), 5),
    "way": (gr.Textbox, DEFAULT_WAY),
    "keep_operands": (gr.Checkbox, False),
    "model": (gr.Textbox, DEFAULT),
    "layout": (gr.Textbox, DEFAULT_LAYOUT),
}
_EXAMPLES = {"arithmetic": {"query": "king - man + woman"}}


def add_endpoints(service: Service, at_once: int, maps: MapStore | None = None) -> None:
    """Register them with the Blocks that is being built; the components only describe them and are never shown."""
    api = Api(service, maps)
    with gr.Group(visible=False):
        for function in (api.search_text, api.search_image, api.arithmetic, api.compare, api.map_points):
            name = function.__name__
            # Values are taken as they came, and checked by the handlers, whose errors say what to do.
            gr.Button(name).click(
                function,
                inputs_of(function),
                answer_of(name),
                api_name=name,
                api_description=description_of(function),
                preprocess=False,
                concurrency_limit=at_once,
                concurrency_id="search",
            )


def inputs_of(function: Callable[..., Any]) -> list[Any]:
    """A component for each parameter, with its default, its description and an example."""
    about, examples = parameters_of(function), _EXAMPLES.get(function.__name__, {})
    inputs = []
    for parameter in inspect.signature(function).parameters.values():
        make, example = _PARAMETERS[parameter.name]
        value = None if parameter.default is parameter.empty else parameter.default
        component = make(value, label=parameter.name)
        inputs.append(told(component, about[parameter.name], examples.get(parameter.name, example)))
    return inputs
