"""ladder: what is true of a picture in general, and what stands above and below a phrase."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from vse.cli.options import add_device, add_json, at_least, write_json
from vse.io.paths import COLLECTIONS, DEFAULT_COLLECTION, MODELS, ORDER_MODEL


def add(commands: argparse._SubParsersAction) -> None:
    told = (
        "climb from a picture to what is true of it in general, or descend from a phrase to what makes it more special"
    )
    ladder = commands.add_parser("ladder", help=told)
    ladder.add_argument("query", help="a picture's path or [scene-0042], or a phrase such as 'a dog'")
    default = MODELS / ORDER_MODEL
    ladder.add_argument("--model", default=default, help=f"of the order similarity, a name or folder ({ORDER_MODEL})")
    one = f"whose pictures lie below a phrase: a bundled collection's name or a folder ({DEFAULT_COLLECTION})"
    ladder.add_argument("--collection", default=COLLECTIONS / DEFAULT_COLLECTION, help=one)
    ladder.add_argument("-k", type=at_least(1), default=12, help="how many phrases and pictures below a phrase (12)")
    add_device(ladder)
    add_json(ladder)
    ladder.set_defaults(run_command=run_ladder)


def run_ladder(options: argparse.Namespace) -> None:
    from vse.cli.search import names_picture
    from vse.data import load_collection
    from vse.encoders.registry import load_model
    from vse.modalities import IMAGE
    from vse.search.ladder import around, check_ordered, climb, picture_named
    from vse.search.vectors import vectors_of

    encoder = load_model(options.model)
    check_ordered(encoder)
    query = options.query
    collection = None if names_picture(query) else load_collection(options.collection)
    item = collection and picture_named(collection, query)
    if collection is None or item:
        rungs = climb(encoder, encoder.encode_images([item.image_path if item else query])[0])
        for rung in rungs:
            print(f"{rung.violation:.3f}  {rung.text}")
        print(f"       {query}" if rungs else f"Nothing that Emoji Scenes can say stands above {query}.")
        write_json(options.json, {"model": encoder.name, "picture": query, "ladder": [asdict(each) for each in rungs]})
        return
    found = around(encoder, query, vectors_of(encoder, collection, IMAGE).vectors, options.k)
    for rung in found.more_general:
        print(f"above  {rung.violation:.3f}  {rung.text}")
    print(f"              {query}")
    for rung in found.more_special:
        print(f"below  {rung.violation:.3f}  {rung.text}  ({rung.pictures} pictures)")
    for row, violation in found.pictures:
        print(f"below  {violation:.3f}  [{collection.items[row].id}]")
    print(f"{found.below} pictures lie below {query!r}")
    ids = [{"id": collection.items[row].id, "violation": violation} for row, violation in found.pictures]
    write_json(options.json, {"model": encoder.name, **asdict(found), "pictures": ids})
