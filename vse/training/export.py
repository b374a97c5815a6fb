"""From a run to a model that ships: half precision, measured again as it ships, with a card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vse.data import Collection, load_collection
from vse.encoders import registry
from vse.encoders.files import read_metrics
from vse.encoders.registry import load_model
from vse.evaluation.model_card import with_metadata
from vse.evaluation.report import measure, measured_table
from vse.io.configs import read_text
from vse.training.kinds.base import FurtherWords
from vse.training.kinds.registry import kind_in
from vse.training.state import BEST

Measured = tuple[str | Path, str | None]  # a collection, and the split of it


def export(
    run: Path,
    to: Path,
    on: Sequence[Measured],
    text: Path | None = None,
    further: FurtherWords | None = None,
    license: str = "",
) -> None:
    """Write the best model of a run to a folder, in float16, with its figures on collections, or splits of them.

    The figures are measured on the weights as stored. `text` opens the model card, whose YAML is as the Hugging Face
    Hub reads it; `license` is an identifier of the Hub.

    Raises:
        CheckpointError: when the run holds no model yet.
        TextError: when the vectors of further words cannot be read.
        TrainingError: for further words of a model that has no vocabulary.
    """
    best = run / BEST
    kind = kind_in(best)
    kind.store(best, to, {}, "", further)
    encoder = load_model(to)
    opening = read_text(text, advice="give the path of a text").strip() if text else f"# {to.name}"
    parts, metrics = [opening, *filter(None, [kind.ABOUT]), "## Figures"], {}
    for name, split in on:
        collection = load_collection(name, split)
        found = measure(encoder, collection)
        metrics[measured_name(collection, split)] = found.to_json()
        parts.append(figures(to.name, collection, measured_table(found), split))
    card = with_metadata("\n\n".join(parts) + "\n", to.name, registry.kind_in(to), read_metrics(to) | metrics, license)
    kind.store(best, to, metrics, card, further)


def measured_name(collection: Collection, split: str | None) -> str:
    """What figures on a collection, or a split of it, are filed under."""
    return f"{collection.name} {split}" if split else collection.name


def figures(name: str, collection: Collection, table: str, split: str | None = None) -> str:
    """Markdown: the figures of a model between marks that say where they are stored, and their command."""
    of_split = f", split {split}" if split else ""
    command = f"python -m vse evaluate {name} {collection.name}{f' --split {split}' if split else ''}"
    captions = f" and {len(collection.captions):,} captions" if collection.captions else ""
    return (
        f"On `{collection.name}`{of_split}, {len(collection):,} pictures{captions}:\n\n```\n{command}\n```\n\n"
        f"<!-- figures: evaluate {name} {measured_name(collection, split)} -->\n\n{table}\n\n<!-- end of figures -->"
    )
