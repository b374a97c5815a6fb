"""Bad input to the commands, which run in this process."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import write_pictures
from tests.robustness.cases import DAMAGES, REFUSED, Case, Refused, Right, copied
from vse.cli import main
from vse.encoders.vse.captioner import CAPTIONER
from vse.encoders.vse.parts import part_files

# What stands in the place of a folder's or a file's path.
PATHS = {
    "nothing there": "nothing",
    "empty": "",
    "a blank": " ",
    "a zero byte": "a\0b",
    "too long": "x" * 5000,
    "a file": "{world}/colours/items.jsonl/x",
    "a device": "/dev/null",
    "half a character": "\udce9",
    "a picture": "{world}/colours/images/red.png",
}
NUMBERS = ("", "x", "-1", "0", "0.5", "nan", "inf", "1e9", "9" * 40, "\u00b2", "1 2")
# What a file may not be written to.
TARGETS = {
    "empty": "",
    "a folder": "{world}/colours",
    "another file": "{world}/colours/images/red.png",
    "below a file": "{world}/colours/items.jsonl/x.json",
    "too long": "x" * 5000,
    "a device": "/dev/full",
    "a zero byte": "a\0b",
}


@dataclass(frozen=True)
class Command:
    """A command that works: its arguments, and by position what may stand there instead."""

    arguments: tuple[str, ...]
    paths: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    json: bool = False


M, C, P = "{world}/model", "{world}/colours", "{folder}/photographs"
COMMANDS = (
    Command(("search", "red", "--model", M, "--collection", C, "-k", "2"), (3, 5), (7,), json=True),
    Command(("search", "red", "--model", M, "--collection", C, "--copy-to", "{folder}/to"), (3, 5)),
    Command(("search", "red", "--model", M, "--collection", C, "--store", "sqlite"), (7,)),
    Command(("search", "red", "--model", M, "--collection", C, "--explain"), (3, 5), json=True),
    Command(("search", "--queries", "{world}/none.txt", "--model", M, "--collection", C), (2, 4, 6)),
    Command(("index", M, P), (1, 2), json=True),
    Command(("duplicates", P, "--model", M), (1, 3), json=True),
    Command(("evaluate", M, C), (1, 2), json=True),
    Command(("compare", M, M, C), (1, 2, 3), json=True),
    Command(("arithmetic", M, C, "--distractors", C), (1, 2, 4), json=True),
    Command(("axes", M, C, "--axis", "red", "blue"), (1, 2), json=True),
    Command(("describe", "red", "--model", M, "--collection", C, "-k", "2"), (3, 5), (7,), json=True),
    Command(("captioner", M, "{world}/none.txt", "--learn-from", "texts", "--steps", "1"), (1, 2), (6,)),
    Command(("export", "{world}/run", "{folder}/to"), (1,)),
    Command(("export", M, C, "--parquet", "{folder}/to.parquet", "--thumbnails", "8"), (1, 2), (6,)),
    Command(("export", M, C, "--projector", "{folder}/to", "--thumbnails", "8"), (1, 2), (6,)),
    Command(("export", M, "--onnx", "{folder}/to"), (1,)),
    Command(("features", C, "--to", "{folder}/to"), (1,)),
    Command(("ablation", C, "--word-vectors", "{world}/none.txt", "--to", "{folder}/to", "--seeds", "1"), (1,), (7,)),
    Command(("train", "{folder}/new", "--collection", C, "--epochs", "1"), (3,)),
    Command(("train", "{world}/nothing", "--resume"), (1,)),
    Command(("build", "sheet", C, "{folder}/sheet.png"), (2,)),
    Command(("build", "index", M, C), (2, 3)),
    Command(("build", "map", M, C), (2, 3)),
    Command(("bench", "--model", M, "--collection", C), (2, 4)),
)
# Commands that nobody means.
WRONG = (
    (), ("",), ("serach", "red"), ("search",), ("search", "red", "blue"), ("search", "red", "--queries", "x"),
    ("search", "red", "--copy-to", "{world}/colours"), ("search", "red", "--copy-to", "{world}"), ("duplicates",),
    ("search", "{world}/colours/images/red.png", "--paths"), ("search", "--queries", "x", "-0"),
    ("duplicates", C + "x"), ("duplicates", P, "--similar", "nan"), ("search", "red", "--nothing"),
    ("search", "red", "-k"), ("search", "red", "--way", "x"), ("search", "red", "--way", ""),
    ("search", "red", "--upload", "nothing.png"), ("search", "[upload]", "--upload", "{world}/colours/items.jsonl"),
    ("search", "{world}/colours/items.jsonl"), ("search", "{world}/colours"), ("search", ""), ("search", " "),
    ("search", "xyzzy"), ("search", "[nothing]"), ("search", "["), ("search", "red - red"), ("search", "\udce9"),
    ("search", "x" * 100_000), ("search", "red", "--explain", "--places", "x"),
    ("evaluate", M, C, "--pointing"), ("evaluate", M, C, "--order"),
    ("ladder", "a dog", "--model", M), ("ladder", "[nothing]"), ("ladder", "xyzzy"), ("ladder", "nowhere.jpg"),
    ("ladder", "a dog", "-k", "0"), ("ladder", ""),
    ("evaluate", M, C, "--split", "x"), ("evaluate", M, C, "--split", ""),
    ("compare", M),
    ("compare", M, M, C, "--show", "x"), ("compare", M, M, C, "--sheet", "{folder}/a.txt"),
    ("compare", M, M, C, "--sheet", ""), ("arithmetic", M, C, "--way", "x"),
    ("arithmetic", M, C, "--distractors", "x"), ("arithmetic", M, C, "--split", "x"), ("train",),
    ("train", "{folder}/new", "--start-from", "{world}/none"), ("train", "{folder}/new", "--loss", "x"),
    ("train", "{folder}/new", "--towers", "x"), ("train", "{folder}/new", "--device", "x"),
    ("train", "{world}/colours"), ("train", "{world}/model/config.json"),
    ("train", "{world}/run", "--resume", "--seed", "1"), ("train", "{folder}/new", "--image-widths", ""),
    ("train", "{folder}/new", "--image-widths", "1,x"),
    ("train", "{folder}/new", "--towers", "clip", "--clip-config", "nothing.json"),
    ("train", "{folder}/new", "--towers", "clip", "--clip-config", "{world}/colours/items.jsonl"),
    ("train", "{folder}/new", "--towers", "clip", "--clip-config", "{world}/clip/merges.txt"),
    ("train", "{folder}/new", "--towers", "clip", "--clip-config", "{world}/colours/images/red.png"),
    ("train", "{folder}/new", "--towers", "clip", "--clip-config", "{world}/colours"),
    ("train", "{folder}/new", "--towers", "clip", "--dim", "8"), ("build",), ("build", "x"),
    ("build", "scenes", "{world}/colours"), ("build", "scenes", "{folder}/to", "--split", "x"),
    ("build", "sheet", C, "{folder}/a.txt"), ("build", "sheet", C, ""),
    ("download",), ("download", "x"), ("download", "clip", "x"), ("download", "clip", ""),
    ("download", "clip", "a/b/c"), ("models", "x"), ("collections", "--json", ""),
    ("export", "{world}/model", "{folder}/to"), ("export", M), ("export", M, C, "--parquet", "{world}/colours"),
    ("export", M, C, "--parquet", "{world}/colours/items.jsonl"), ("export", M, C, "--parquet", ""),
    ("export", M, C, "--projector", "{world}/colours"), ("export", M, C, "--projector", "a", "--parquet", "b"),
    ("push", M), ("push", M, "x"), ("push", M, "a/b/c"), ("push", M, "a/b@"), ("push", "{world}/colours", "a/b"),
    ("evaluate", "hf-hub:x"), ("evaluate", "hf-hub:"), ("evaluate", "local-dir:"), ("evaluate", "local-dir:nothing"),
    ("export", M, C, "--projector", "{folder}/to", "--split", "x"), ("export", M, C, "--thumbnails", "5"),
    ("index", M, P, "--exclude"), ("index", M, P, "--ray", "x"), ("index", M, P, "--ray", "127.0.0.1:9"),
    ("bench", "--count", "x"),
    ("bench", "--photos", "-1"), ("bench", "--size", "0"), ("bench", "--maps", "3"), ("bench", "--maps", "x"),
    ("bench", "--photos", "9", "--dim", "0"), ("bench", "--photos", "x"), ("bench", "--photos", "9", "--engines", "x"),
    ("export", M, C, "--onnx", "{folder}/to"), ("search", "dog", "--device", "abacus"),
    ("ablation", C, "--word-vectors", "x", "--to", "{folder}/to", "--losses", "x"),
    ("ablation", C, "--word-vectors", "x", "--to", "{folder}/to", "--with", "x"),
    ("ablation", C, "--word-vectors", "x", "--to", "{folder}/to", "--features", "x"),
    ("search", "red", "--model", M, "--collection", C, "--store", "lance:{world}/colours"),
    ("search", "red", "--model", M, "--collection", C, "--store", "lance:/dev/null"),
    ("search", "red", "--model", M, "--collection", C, "--store", "lance:a\0b"),
    ("search", "red", "--model", M, "--collection", C, "--store", "postgresql://u:p@127.0.0.1:1/x"),
    ("search", "red", "--model", M, "--collection", C, "--store", "postgresql://u:p/w@h/x"),
    ("search", "red", "--model", M, "--collection", C, "--store", "postgresql://\udce9"),
    ("search", "red", "--collection", C, "--collection", C + "x", "--store", "lance:{folder}/to"),
    ("index", M, P, "--store", "x"), ("bench", "--stores", "x"), ("bench", "--stores", "exact:x"),
    ("axes", M, C), ("axes", M, C, "--axis", "red"), ("axes", M, C, "--axis", "red", "red"),
    ("axes", M, C, "--axis", "", "red"), ("axes", M, C, "--axis", "xyzzy", "red"), ("axes", M, C, "--beside", "x"),
    ("axes", M, C, "--axis", "in:x", "red"), ("axes", M, C, "--axis", "[nothing]", "red"),
    ("describe",), ("describe", "red", "--length", "x"), ("captioner", M), ("captioner", M, "scenes:x"),
    ("captioner", M, "{world}/none.txt", "--noise", "nan"), ("captioner", "{world}/clip", "scenes:9"),
    ("transfer",), ("transfer", "layers"), ("transfer", "layers", C), ("transfer", "map", C), ("transfer", "x", C),
    ("transfer", "copied", C, "--steps", "0"), ("transfer", "factors", C, "--least", "1"),
    ("film",), ("film", "x"), ("film", "train", "--loss", "x"), ("film", "train", "--batch-size", "3"),
    ("film", "train", "--margin", "nan"), ("film", "train", "--epochs", "0"), ("film", "train", "--epochs", "x"),
    ("film", "train", "--json", "{world}/colours"), ("film", "record", "--to", "{world}/colours/items.jsonl"),
    ("film", "record", "--to", "a\0b"), ("film", "features"), ("film", "features", "--to", "{world}/colours"),
    ("features", C, "--to", "{world}/colours"), ("features", C, "--to", "{folder}/to", "--kind", "x"),
)  # fmt: skip
# Settings of a run, with values that none may have.
SETTINGS = (
    "seed", "epochs", "batch-size", "chunk-size", "captions-per-image", "feature-dropout", "learning-rate",
    "weight-decay", "clip-norm", "ema-decay", "scenes", "dim", "image-grid", "image-size", "image-widths",
    "image-blocks", "text-word-dim", "text-hidden", "text-max-words", "text-word-dropout", "margin", "min-count",
)  # fmt: skip


def called(arguments: tuple[str, ...]) -> Any:
    """What a command prints, or how it refused: exit code 2, and what stands on standard error."""
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code
    if code == 0:
        return out.getvalue()
    text = errors.getvalue()
    last = text.rstrip().rpartition("error: ")[2] if "error: " in text else text
    # What argparse says is of one line and has no full stop.
    if " error: " in text.split("\n")[-2:][0] or text.startswith("usage: "):
        last = last.rstrip(".") + "."
    if "Traceback" in text:
        last = text
    return Refused(last, code == 2 and "error: " in text)


def shell_cases(world: Path) -> Iterator[Case]:
    for command in COMMANDS:
        name = " ".join(command.arguments[:1])
        for slot in command.paths:
            for what, path in PATHS.items():
                yield _case(world, f"{name}: argument {slot} is {what}", _with(command.arguments, slot, path))
        for slot in command.numbers:
            for number in NUMBERS:
                yield _case(
                    world,
                    f"{name}: {command.arguments[slot - 1]} {number!r:.20}",
                    _with(command.arguments, slot, number),
                )
        if command.json:
            for what, path in TARGETS.items():
                yield _case(world, f"{name}: --json is {what}", (*command.arguments, "--json", path))
    for arguments in WRONG:
        given = arguments
        if arguments[:1] == ("search",) and len(arguments) > 1:
            given = (*arguments, "--model", M, "--collection", C) if arguments[-1] != "-k" else arguments
        yield _case(world, " ".join(arguments)[:60].encode("utf-8", "replace").decode(), given)
    for setting in SETTINGS:
        for number in ("x", "nan", "-1", "9" * 40, ""):
            yield Case("shell", f"train: --{setting} {number[:9]!r}", _setting(world, f"--{setting}={number}"))
    for name in ("config.json", "vocabulary.json", "weights.safetensors"):
        for what, damage in DAMAGES.items():
            yield Case("shell", f"search: {name}: {what}", _damaged(world, name, damage))
    for name in part_files(CAPTIONER):
        for what, damage in DAMAGES.items():
            yield Case("shell", f"describe: {name}: {what}", _damaged(world, name, damage, "describe"))
    right = called(tuple(each.format(world=world, folder=world) for each in COMMANDS[0].arguments))
    yield _case(world, "search: as it should be", COMMANDS[0].arguments, lambda text: text == right and "green" in text)


def _setting(world: Path, setting: str) -> Callable[[Path], Any]:
    """A run of a collection that has no training split, so that a setting that is let through is seen at once."""

    def act(folder: Path) -> Any:
        given = called(("train", str(folder / "new"), "--collection", str(world / "colours"), setting))
        return "let through" if isinstance(given, Refused) and "no split" in given.told else given

    return act


def _with(arguments: tuple[str, ...], slot: int, value: str) -> tuple[str, ...]:
    return (*arguments[:slot], value, *arguments[slot + 1 :])


def _case(world: Path, name: str, arguments: tuple[str, ...], expected: str | Right = REFUSED) -> Case:
    def act(folder: Path) -> Any:
        write_pictures(folder / "photographs", ("red",))
        return called(tuple(each.replace("{world}", str(world)).replace("{folder}", str(folder)) for each in arguments))

    return Case("shell", name, act, expected)


def _damaged(world: Path, name: str, damage: Callable[[Path], None], command: str = "search") -> Callable[[Path], Any]:
    def act(folder: Path) -> Any:
        model = copied(world / "model", folder / "model")
        damage(model / name)
        return called((command, "red", "--model", str(model), "--collection", str(world / "colours")))

    return act


def quiet() -> None:
    """Notes of the library are not what is looked at."""
    logging.disable(logging.CRITICAL)
