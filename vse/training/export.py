"""From a run to a model that ships: half precision, measured again as it ships, with a card."""

from __future__ import annotations

from pathlib import Path

from vse.data import Collection, load_collection
from vse.encoders.registry import load_model
from vse.evaluation.report import evaluate_encoder, evaluation_table
from vse.io.configs import read_text
from vse.training.kinds.registry import kind_in


def export(run: Path, to: Path, collection: str | Path, text: Path | None = None, split: str | None = None) -> None:
    """Write the best model of a run to a folder, in float16, with its figures on a collection, or a split of one.

    The figures are measured on the weights as stored. `text` opens the model card.

    Raises:
        CheckpointError: when the run holds no model yet.
    """
    best = run / "best"
    kind = kind_in(best)
    kind.store(best, to, {}, "")
    loaded = load_collection(collection, split)
    evaluation = evaluate_encoder(load_model(to), loaded)
    opening = read_text(text, advice="give the path of a text").strip() if text else f"# {to.name}"
    opening = "\n\n".join(filter(None, [opening, kind.ABOUT]))
    card = model_card(to.name, loaded, evaluation_table(evaluation), opening, split)
    where = loaded.name if split is None else f"{loaded.name} {split}"
    kind.store(best, to, {where: evaluation.to_json()}, card)


def model_card(name: str, collection: Collection, table: str, text: str, split: str | None = None) -> str:
    """Markdown: what the model is, its figures between marks that say where they are stored, and their command."""
    of_split = f", split {split}" if split else ""
    measured = f"{collection.name} {split}" if split else collection.name
    command = f"python -m vse evaluate {name} {collection.name}{f' --split {split}' if split else ''}"
    return (
        f"{text}\n\n## Figures\n\nOn `{collection.name}`{of_split}, {len(collection):,} pictures and "
        f"{len(collection.captions):,} captions:\n\n```\n{command}\n```\n\n"
        f"<!-- figures: evaluate {name} {measured} -->\n\n{table}\n\n<!-- end of figures -->\n"
    )
