"""From a run to a model that ships: half precision, measured again as it ships, with a card."""

from __future__ import annotations

from pathlib import Path

from vse.collections import Collection, load_collection
from vse.encoder import load_model
from vse.kinds import about, store
from vse.report import evaluate_encoder, evaluation_table


def export(run: Path, to: Path, collection: str = "scenes", text: Path | None = None) -> None:
    """Write the best model of a run to a folder, in float16, with its figures on a collection.

    The figures are measured on the weights as stored. `text` opens the model card.

    Raises:
        CheckpointError: when the run holds no model yet.
    """
    best = run / "best"
    store(best, to, {}, "")
    loaded = load_collection(collection)
    evaluation = evaluate_encoder(load_model(to), loaded)
    opening = text.read_text(encoding="utf-8").strip() if text else f"# {to.name}"
    card = model_card(to.name, loaded, evaluation_table(evaluation), "\n\n".join(filter(None, [opening, about(best)])))
    store(best, to, {loaded.name: evaluation.to_json()}, card)


def model_card(name: str, collection: Collection, table: str, text: str) -> str:
    """Markdown: what the model is, its figures, and the command that gives them."""
    return (
        f"{text}\n\n## Figures\n\nOn `{collection.name}`, {len(collection):,} pictures and "
        f"{len(collection.captions):,} captions:\n\n"
        f"```\npython -m vse evaluate {name} {collection.name}\n```\n\n{table}\n"
    )
