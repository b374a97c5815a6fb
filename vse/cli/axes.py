"""axes."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vse.cli.options import add_collection, add_device, add_json, add_model, write_json

if TYPE_CHECKING:
    from vse.maps.directions import Directions, Scored
    from vse.search.searcher import Searcher

_SHOWN = 3  # pictures at each end of an axis that is asked for


def add(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("axes", help="which facts a space has as directions, such as day - night")
    add_model(command)
    add_collection(command)
    command.add_argument("--beside", metavar="MODEL", help="another model, whose figures stand beside")
    ends = "one axis instead of the table: how well it sorts the pictures, and which stand at its ends; may be repeated"
    command.add_argument("--axis", nargs=2, action="append", default=[], metavar=("FROM", "TO"), help=ends)
    add_device(command)
    add_json(command)
    command.set_defaults(run_command=run_axes)


def run_axes(options: argparse.Namespace) -> None:
    from vse.data import load_collection
    from vse.maps.directions import Truth
    from vse.search.searcher import Searcher

    collection = load_collection(options.collection)
    models = [options.model, *([options.beside] if options.beside else [])]
    searchers = [Searcher.open(model, collection) for model in models]
    if options.axis:
        rows = [_asked(searcher, *ends) for searcher in searchers for ends in options.axis]
        write_json(options.json, {"collection": collection.name, "axes": rows})
        return
    found = {each.encoder.name: Truth(each).directions() for each in searchers}
    print(directions_table(found))
    told = {model: {fact: each.to_json() for fact, each in facts.items()} for model, facts in found.items()}
    write_json(options.json, {"collection": collection.name, "models": told})


def directions_table(found: Mapping[str, Mapping[str, Directions]]) -> str:
    """Model -> fact -> its axes, as a Markdown table with the models beside each other."""
    from vse.evaluation.tables import figure, table
    from vse.maps.directions import CLEAR

    head = ["fact", "axes"]
    for model in found:
        head += [f"{model}: mean AUC", f"{CLEAR} or more", "weakest axis"]
    rows = []
    for fact, first in next(iter(found.values())).items():
        row = [fact, str(first.pairs)]
        for each in (facts[fact] for facts in found.values()):
            row += [figure(each.mean, 2), str(each.clear), f"{named(each.weakest)} {figure(each.weakest.auc, 2)}"]
        rows.append(row)
    return "\n".join(table(head, rows))


def named(scored: Scored) -> str:
    """As people write an axis: "day - night"."""
    return f"{scored.low} - {scored.high}"


def _asked(searcher: Searcher, low: str, high: str) -> dict[str, Any]:
    """Print an axis; the same for JSON."""
    import numpy as np

    from vse.data.scenes.annotations import scenes_of
    from vse.evaluation.tables import figure
    from vse.maps.axes import axis_of
    from vse.maps.directions import Truth

    axis, images = axis_of(searcher, low, high), searcher.images
    places = axis.along(np.asarray(images.vectors), searcher.means.picture)
    order = np.argsort(places, kind="stable")
    said: dict[str, Any] = {"model": searcher.encoder.name, "from": axis.low, "to": axis.high}
    line = f"{searcher.encoder.name}, {axis.low} - {axis.high}: "
    if scenes_of(searcher.collection.annotations):
        truth = Truth(searcher)
        asked, best = truth.score(axis), truth.best(axis)
        said |= {"auc": asked and asked.auc, "best": best and {"fact": best.fact, "axis": named(best), "auc": best.auc}}
        line += f"AUC {figure(asked.auc, 3)}" if asked else "no fact is called so"
        if best and (not asked or best.auc > asked.auc):
            line += f"; it sorts {named(best)} best, {figure(best.auc, 3)}"
    else:
        line += f"no score, as nothing is known to be true of {searcher.collection.name}"
    print(line)
    for end, rows in ((axis.low, order[:_SHOWN]), (axis.high, order[::-1][:_SHOWN])):
        print(f"  {end}: {', '.join(f'{images.item_ids[row]} {places[row]:.2f}' for row in rows)}")
        said.setdefault("ends", []).append({images.item_ids[row]: round(float(places[row]), 4) for row in rows})
    return said
