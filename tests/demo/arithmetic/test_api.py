"""The endpoint for sums, asked of the started app."""

from __future__ import annotations

from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.demo_fixtures import Served


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return Client(served.address, verbose=False)


def test_the_endpoint(client: Client, served: Served):
    item = served.collection.items[2]
    query = f'[{item.id}] - "dog"  + 1.50*cat'
    found = client.predict(query, k=4, api_name="/arithmetic")
    assert found["query"] == f"[{item.id}] - dog + 1.5*cat"
    assert found["description"] == f'the picture {item.id}, minus "dog", plus 1.5 times "cat"'
    assert [each["rank"] for each in found["answers"]] == [1, 2, 3, 4]
    assert item.id not in [each["id"] for each in found["answers"]]
    kept = client.predict(f"[{item.id}]", None, 1, "centred", True, api_name="/arithmetic")
    assert [each["id"] for each in kept["answers"]] == [item.id]
    assert tuple(kept["answers"][0]["captions"]) == item.captions
    assert len(client.predict("a dog - cat", api_name="/arithmetic")["answers"]) == 10


def test_the_endpoint_with_a_picture(client: Client, served: Served):
    item = served.collection.items[3]
    found = client.predict("[upload]", handle_file(item.image_path), 1, api_name="/arithmetic")
    assert found["answers"][0]["id"] == item.id
    assert found["description"] == "the picture you gave"


@pytest.mark.parametrize(
    ("query", "options", "sentence"),
    [
        ("[scene-0000", {}, r"^[^\n]*bracket[^\n]*$"),
        ("[upload] + dog", {}, r"^\[upload\] stands for a picture of yours: give one with the query\.$"),
        ("a dog", {"way": "magic"}, r"^No way of doing arithmetic is called 'magic'; choose one of plain, [^\n]*$"),
        ("a dog", {"k": 49}, r"^The number of answers came as 49: give a whole number from 1 to 48\.$"),
        (["a dog"], {}, r"^A text was expected and list came: give a string of words\.$"),
    ],
)
def test_the_endpoint_s_errors_are_one_sentence(client: Client, query: object, options: dict[str, Any], sentence: str):
    with pytest.raises(AppError, match=sentence):
        client.predict(query, api_name="/arithmetic", **options)


def test_what_a_picture_or_a_sum_shows_is_written(client: Client, served: Served):
    item = served.collection.items[3]
    found = client.predict("[upload]", handle_file(item.image_path), "long", 2, api_name="/describe")
    assert found["query"] == "[upload]"
    assert len(found["captions"]) == 2
    assert all(-1 <= each["score"] <= 1 for each in found["captions"])
    assert found["captions"][0]["text"][0].isupper()
    sums = client.predict(f"[{item.id}] - dog + cat", None, "short", 1, api_name="/describe")
    assert len(sums["captions"]) == 1


@pytest.mark.parametrize(
    ("query", "options", "sentence"),
    [
        ("[upload]", {}, r"^\[upload\] stands for a picture of yours: give one with the query\.$"),
        ("a dog", {"length": "endless"}, r"^A caption can be short, medium, long, not 'endless'\.$"),
        ("a dog", {"k": 9}, r"^The number of sentences came as 9: give a whole number from 1 to 8\.$"),
        ("in:holiday", {}, r"^Filters alone are no point of the space: name a picture, or say what to describe\.$"),
    ],
)
def test_what_cannot_be_described_is_told_in_one_sentence(
    client: Client, query: str, options: dict[str, Any], sentence: str
):
    with pytest.raises(AppError, match=sentence):
        client.predict(query, api_name="/describe", **options)
