from __future__ import annotations

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.demo_fixtures import Served


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return Client(served.address, verbose=False)


def test_both_models_answer_and_know_each_other_s_places(client: Client, served: Served):
    found = client.predict("a red dog", 3, api_name="/compare")
    asked = [client.predict("a red dog", 30, model, api_name="/search_text") for model in ("vse", "clip")]
    alone = [each["answers"] for each in asked]
    assert [each["model"] for each in found["models"]] == ["tiny", "other"]
    for side, own, other in zip(found["models"], alone, reversed(alone), strict=True):
        places = {each["id"]: each["rank"] for each in other}
        assert [each["id"] for each in side["images"]] == [each["id"] for each in own[:3]]
        assert [each["rank_in_other"] for each in side["images"]] == [places[each["id"]] for each in own[:3]]
        assert [each["shared"] for each in side["images"]] == [places[each["id"]] <= 3 for each in own[:3]]
        assert all(0 <= each["percentile"] <= 100 for each in side["images"])
    assert found["shared"] == sum(each["shared"] for each in found["models"][0]["images"])


def test_a_picture_of_the_collection_is_asked_by_its_id(client: Client, served: Served):
    item = served.collection.items[3]
    found = client.predict(f"[{item.id}]", api_name="/compare")
    assert [len(side["captions"]) for side in found["models"]] == [10, 10]
    assert item.id not in [each["id"] for each in found["models"][0]["images"]]


def test_what_cannot_be_asked_is_one_sentence(client: Client):
    with pytest.raises(AppError, match=r"^The text is empty: type at least one word\.$"):
        client.predict("", 5, api_name="/compare")
