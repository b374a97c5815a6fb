"""From a run to a model that ships: half precision, measured again as it ships, with a card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from vse.checkpoint import load_checkpoint, save_checkpoint
from vse.collections import Collection, load_collection
from vse.encoder import VSEEncoder
from vse.report import evaluate_encoder, evaluation_table


def export(run: Path, to: Path, collection: str = "scenes", text: Path | None = None) -> None:
    """Write the best model of a run to a folder, in float16, with its figures on a collection.

    The figures are measured on the weights as stored. `text` opens the model card.

    Raises:
        CheckpointError: when the run holds no model yet.
    """
    checkpoint = load_checkpoint(run / "best")
    save_checkpoint(to, checkpoint, dtype=torch.float16)
    stored = load_checkpoint(to)
    loaded = load_collection(collection)
    evaluation = evaluate_encoder(VSEEncoder(stored, to.name), loaded)
    metrics: dict[str, Any] = {**checkpoint.metrics, loaded.name: evaluation.to_json()}
    card = model_card(to.name, loaded, evaluation_table(evaluation), text.read_text(encoding="utf-8") if text else "")
    save_checkpoint(to, replace(stored, metrics=metrics, card=card), dtype=torch.float16)


def model_card(name: str, collection: Collection, table: str, text: str) -> str:
    """Markdown: what the model is, its figures, and the command that gives them."""
    opening = text.strip() or f"# {name}"
    return (
        f"{opening}\n\n## Figures\n\nOn `{collection.name}`, {len(collection):,} pictures and "
        f"{len(collection.captions):,} captions:\n\n"
        f"```\npython -m vse evaluate {name} {collection.name}\n```\n\n{table}\n"
    )
