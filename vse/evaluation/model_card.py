"""The YAML at the head of a model card, as the Hugging Face Hub reads it: https://huggingface.co/docs/hub/model-cards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LIBRARY = "vse-explorer"
VALIDATION = "dev"  # what a run measures while it trains, by which its weights were chosen
_HEAD = re.compile(r"\A---\n(.*?)\n---\n\s*", re.DOTALL)
_RECALLS = {"r1": "R@1", "r5": "R@5", "r10": "R@10"}


def with_metadata(
    card: str, name: str, kind: str, metrics: Mapping[str, Any], license: str = "", datasets: Sequence[str] = ()
) -> str:
    """A card with its YAML; what its own YAML says stays, but for the figures and what is given here.

    Args:
        name: the model's.
        kind: of model, as in `vse.encoders.registry.ENCODERS`.
        metrics: what metrics.json holds: figures by the name of the collection that they were measured on.
        license: its identifier on the Hub, such as "mit".
        datasets: names of data sets on the Hub that it learnt from.
    """
    import yaml

    found = _HEAD.match(card)
    own = _mapping(found[1]) if found else {}
    data: dict[str, Any] = {
        "library_name": LIBRARY,
        "pipeline_tag": "feature-extraction",
        "tags": ["visual-semantic-embedding", "image-text-retrieval", kind],
        **own,
    }
    if license:
        data["license"] = license
    if datasets:
        data["datasets"] = list(datasets)
    data.pop("model-index", None)
    if results := list(_results(metrics)):
        data["metrics"] = ["recall"]
        data["model-index"] = [{"name": name, "results": results}]
    head = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{head}---\n\n{card[found.end() :] if found else card}"


def metadata_of(card: str) -> dict[str, Any]:
    """What the YAML of a card says; nothing where it has none or one that cannot be read."""
    found = _HEAD.match(card)
    return _mapping(found[1]) if found else {}


def _mapping(text: str) -> dict[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return data if isinstance(data, dict) else {}


def _results(metrics: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Recall on each collection, in every direction that was measured."""
    for collection, figures in metrics.items():
        if collection == VALIDATION:
            continue
        rows = [
            {"type": "recall", "name": f"{title}, {direction.replace('_', ' ')}", "value": round(float(row[key]), 2)}
            for direction, row in (figures.items() if isinstance(figures, Mapping) else ())
            if isinstance(row, Mapping)
            for key, title in _RECALLS.items()
            if key in row
        ]
        if rows:
            yield {
                "task": {"type": "retrieval", "name": "Image-text retrieval"},
                "dataset": {"type": collection.replace(" ", "-"), "name": collection},
                "metrics": rows,
            }
