"""film: a small VSE that learns 160 pictures, epoch by epoch, and the films of it that the page shows."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from vse.cli.options import add_json, write_json


def add(commands: argparse._SubParsersAction) -> None:
    film = commands.add_parser("film", help="watch a small VSE learn: loss, R@1 and violated margins, epoch by epoch")
    under = film.add_subparsers(dest="film_command", metavar="COMMAND", required=True)
    train = under.add_parser("train", help="train one, and print each epoch", fill=_fill)
    add_json(train)
    train.set_defaults(run_command=run_train)
    record = under.add_parser("record", help="train every run that the page offers, and write its film")
    record.add_argument("--to", type=Path, help="the folder to write (that of the bundled films)")
    record.set_defaults(run_command=run_record)
    features = under.add_parser("features", help="what a frozen CNN makes of the pictures, as it is bundled")
    features.add_argument("--to", type=Path, required=True, help="the file to write: .safetensors")
    features.set_defaults(run_command=run_features)


def _fill(train: argparse.ArgumentParser) -> None:
    from vse.training.films.settings import LOSSES, FilmSettings

    usual = FilmSettings()
    for each in fields(FilmSettings):
        default = getattr(usual, each.name)
        reading = {"choices": LOSSES} if each.name == "loss" else {"type": type(default)}
        train.add_argument(f"--{each.name.replace('_', '-')}", default=default, help=f"({default})", **reading)


def run_train(options: argparse.Namespace) -> None:
    from vse.training.films.film import Film, film_table
    from vse.training.films.pictures import open_pairs
    from vse.training.films.run import snapshots
    from vse.training.films.settings import NAMES, FilmSettings

    one_thread()
    settings = FilmSettings(**{name: getattr(options, name) for name in NAMES})
    found = []
    for each in snapshots(settings, open_pairs()):
        found.append(each)
        if each.loss is not None:
            recalls = "R@1 {:.0f}/{:.0f}, of those kept out {:.0f}/{:.0f}".format(*each.recalls)
            told = f"violated {each.violated:,}  alike {each.alike:.2f}"
            print(f"epoch {each.epoch:2}  loss {each.loss:7.3f}  {recalls}  {told}", flush=True)
    film = Film.of(settings, found)
    print(film_table({"this run": film}))
    write_json(options.json, film.to_json())


def one_thread() -> None:
    """Sums come out the same only for as many threads, and the page trains with one."""
    import torch

    torch.set_num_threads(1)


def run_record(options: argparse.Namespace) -> None:
    from vse.io.atomic import check_file
    from vse.io.progress import progress_bar
    from vse.training.films.film import PACKED, Film, film_file, film_table
    from vse.training.films.pictures import FILMS, open_pairs
    from vse.training.films.presets import PRESETS
    from vse.training.films.run import snapshots

    one_thread()
    folder: Path = options.to or FILMS
    films: dict[str, Film] = {}
    for name in PRESETS:
        check_file(film_file(folder, name), PACKED)  # before any work
    with progress_bar("films", "film") as progress:
        for name, settings in PRESETS.items():
            progress(len(films), len(PRESETS))
            films[name] = Film.of(settings, list(snapshots(settings, open_pairs())))
            films[name].save(film_file(folder, name))
    print(film_table(films))
    print(f"written to {folder}")


def run_features(options: argparse.Namespace) -> None:
    from vse.io.atomic import check_file
    from vse.training.films.pictures import write_features

    check_file(options.to)  # before any work
    write_features(options.to)
    print(f"written to {options.to}")
