"""The three endpoints for programs; everything else that the page calls is private."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.answers import CaptionAnswer, ImageAnswer
from demo.arithmetic_handlers import Ask, compute_in_one_sentence
from demo.errors import reporting
from demo.handlers import CHOICES, DEFAULT_K, answer_upload, answer_words, check_k, path_of_upload
from demo.pictures import address
from demo.service import Service
from vse.collections import Collection
from vse.defaults import DEFAULT_WAY
from vse.query import describe


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

    def __init__(self, service: Service) -> None:
        self.service = service

    @reporting
    def search_text(self, query: str, k: int = DEFAULT_K) -> list[dict[str, Any]]:
        """The k pictures nearest to a text, the nearest first.

        Each is {"id", "score", "rank", "captions", "image"}: score is the cosine, from -1 to 1; rank counts
        from 1; captions are all that the collection holds of the picture; image is where it is served,
        relative to the address of this app. At most 48 are given.
        """
        found = answer_words(self.service.searcher(), query, check_k(k))
        return [image_json(each, self.service.collection) for each in found.images]

    @reporting
    def search_image(self, image: Any, k: int = DEFAULT_K) -> dict[str, list[dict[str, Any]]]:
        """The k captions and the k pictures nearest to a picture, the nearest first.

        Gives {"captions": [{"text", "score", "rank", "id"}], "images": [{"id", "score", "rank", "captions",
        "image"}]}, with id the picture of the collection that a caption was written for.
        """
        found = answer_upload(self.service.searcher(), path_of_upload(image), check_k(k))
        return {
            "captions": [caption_json(each) for each in found.captions],
            "images": [image_json(each, self.service.collection) for each in found.images],
        }

    @reporting
    def arithmetic(
        self, query: str, picture: Any = None, k: int = 10, way: str = DEFAULT_WAY, keep_operands: bool = False
    ) -> dict[str, Any]:
        """The k pictures nearest to a sum of pictures and words, such as [scene-0042] - dog + 1.5*"a black cat".

        The picture is what [upload] in the query stands for; way is how the sum is done: plain, sentence, frames,
        centred or rejected; pictures of the query are among the answers only with keep_operands. Gives {"query",
        "description", "answers"}: the query as the app writes it, the same as a sentence, and the pictures, each as
        in search_text.
        """
        upload = path_of_upload(picture) if picture else ""
        found = compute_in_one_sentence(
            self.service.searcher(), Ask(query, check_k(k), way, bool(keep_operands), upload)
        )
        return {
            "query": str(found.query),
            "description": describe(found.query),
            "answers": [image_json(each, self.service.collection) for each in found.images],
        }


def add_endpoints(service: Service, at_once: int) -> None:
    """Register them with the Blocks that is being built; the components only describe them and are never shown."""
    api = Api(service)
    with gr.Group(visible=False):
        query = gr.Textbox(label="query")
        image = gr.Image(label="image", type="filepath")
        k = gr.Number(DEFAULT_K, label="k", precision=0, minimum=1, maximum=CHOICES[-1])
        picture = gr.Image(label="picture", type="filepath")
        ten = gr.Number(10, label="k", precision=0, minimum=1, maximum=CHOICES[-1])
        way = gr.Textbox(DEFAULT_WAY, label="way")
        keep_operands = gr.Checkbox(False, label="keep_operands")
        result = gr.JSON(label="result")
        for name, function, inputs in (
            ("search_text", api.search_text, [query, k]),
            ("search_image", api.search_image, [image, k]),
            ("arithmetic", api.arithmetic, [query, picture, ten, way, keep_operands]),
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
