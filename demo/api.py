"""The endpoints for programs; everything else that the page calls is private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from demo.answers import CaptionAnswer, ImageAnswer
from demo.arithmetic_handlers import Ask, compute_in_one_sentence
from demo.compare_answers import Comparison, compare_query
from demo.errors import reporting
from demo.handlers import CHOICES, DEFAULT_K, answer_upload, answer_words, check_k, path_of_upload
from demo.map_data import points_json
from demo.map_store import DEFAULT_LAYOUT, MapStore
from demo.pictures import address
from demo.service import Service
from vse.collections import Collection
from vse.defaults import DEFAULT_WAY
from vse.query import describe

if TYPE_CHECKING:
    from vse.searcher import Searcher

DEFAULT = "vse"


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
        """The k pictures nearest to a text, the nearest first.

        Each is {"id", "score", "rank", "captions", "image"}: score is the cosine, from -1 to 1; rank counts
        from 1; captions are all that the collection holds of the picture; image is where it is served,
        relative to the address of this app. At most 48 are given. The model is vse, clip, or one's name.
        """
        found = answer_words(self._searcher(model), query, check_k(k))
        return [image_json(each, self.service.collection) for each in found.images]

    @reporting
    def search_image(self, image: Any, k: int = DEFAULT_K, model: str = DEFAULT) -> dict[str, list[dict[str, Any]]]:
        """The k captions and the k pictures nearest to a picture, the nearest first.

        Gives {"captions": [{"text", "score", "rank", "id"}], "images": [{"id", "score", "rank", "captions",
        "image"}]}, with id the picture of the collection that a caption was written for. The model is vse, clip, or
        one's name.
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
        """The k pictures nearest to a sum of pictures and words, such as [scene-0042] - dog + 1.5*"a black cat".

        The picture is what [upload] in the query stands for; way is how the sum is done: plain, sentence, frames,
        captions, centred or rejected; pictures of the query are among the answers only with keep_operands. Gives
        {"query", "description", "answers"}: the query as the app writes it, the same as a sentence, and the pictures,
        each as in search_text. The model is vse, clip, or one's name.
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
        """The k answers of both models, the VSE and the CLIP, to words or to a picture of the collection as [its id].

        Gives {"query", "models", "shared"}: of each model {"model", "images", "captions", "problem"}, and how many of
        the k pictures both give. Each image is as in search_text, and each caption (for a picture, at most ten) as in
        search_image, with more: "percentile", the share of this model's scores for pairs at random that lie below,
        from 0 to 100; "rank_in_other", where the other model puts it, None where it is none of its first 100; and
        "shared", whether the other model shows it too. "problem" is a sentence where a model cannot answer.
        """
        return compare_query(self.service, query, k)

    @reporting
    def map_points(self, model: str = DEFAULT, layout: str = DEFAULT_LAYOUT) -> dict[str, Any]:
        """The map of the collection under a model: where each picture, caption and word stands in the plane.

        The layout is joint-centred, joint or per-modality. Gives {"model", "collection", "layout", "quality", "gap",
        "points"}. Each point is {"id", "kind", "x", "y", "text"}: kind is picture, caption or word; a caption's id is
        its picture's with its number from 0, as in scene-0042#1; x and y lie within -1 to 1. Quality is
        {"trustworthiness", "neighbours_kept", "of_nearest"}, the first two from 0 to 1; gap is the distance between
        the mean picture and the mean caption, None without captions. A map that nobody made before takes a while. The
        model is vse, clip, or one's name.
        """
        drawn = self.maps.making(self.service.named(model), layout).map()
        return points_json(drawn, self.service.collection)

    def _searcher(self, model: Any) -> Searcher:
        return self.service.named(model).searcher


def add_endpoints(service: Service, at_once: int, maps: MapStore | None = None) -> None:
    """Register them with the Blocks that is being built; the components only describe them and are never shown."""
    api = Api(service, maps)
    with gr.Group(visible=False):
        query = gr.Textbox(label="query")
        image = gr.Image(label="image", type="filepath")
        k = gr.Number(DEFAULT_K, label="k", precision=0, minimum=1, maximum=CHOICES[-1])
        picture = gr.Image(label="picture", type="filepath")
        ten = gr.Number(10, label="k", precision=0, minimum=1, maximum=CHOICES[-1])
        way = gr.Textbox(DEFAULT_WAY, label="way")
        keep_operands = gr.Checkbox(False, label="keep_operands")
        model = gr.Textbox(DEFAULT, label="model")
        layout = gr.Textbox(DEFAULT_LAYOUT, label="layout")
        result = gr.JSON(label="result")
        for name, function, inputs in (
            ("search_text", api.search_text, [query, k, model]),
            ("search_image", api.search_image, [image, k, model]),
            ("arithmetic", api.arithmetic, [query, picture, ten, way, keep_operands, model]),
            ("compare", api.compare, [query, k]),
            ("map_points", api.map_points, [model, layout]),
        ):
            # Values are taken as they came, and checked by the handlers, whose errors say what to do.
            gr.Button(name).click(
                function,
                inputs,
                result,
                api_name=name,
                preprocess=False,
                concurrency_limit=at_once,
                concurrency_id="search",
            )
