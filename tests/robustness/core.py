"""Bad input to the library: models, collections, queries, indexes, maps, runs and settings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.conftest import CAPTIONS, tiny_checkpoint, tiny_clip, write_pictures
from tests.encoders.vse.test_captioner import small
from tests.robustness.cases import (
    DAMAGES,
    JSON_DAMAGES,
    REFUSED,
    VALUES,
    Case,
    Refused,
    Right,
    copied,
    keys_of,
    replaced,
    rewrite,
)
from vse.data import load_collection
from vse.encoders.clip.folder import save_clip_folder
from vse.encoders.registry import load_model
from vse.encoders.vse.captioner import save_captioner
from vse.encoders.vse.checkpoint import save_checkpoint
from vse.errors import VSEError
from vse.evaluation.simat_files import load_simat
from vse.io.configs import read_json
from vse.maps.projection import Parameters, Projection, Quality
from vse.modalities.image.backbones.full_network import Statistics
from vse.search.searcher import Searcher
from vse.search.stores.exact import EmbeddingIndex
from vse.training.config import TrainConfig
from vse.training.state import new_run


def told(act: Callable[[], Any]) -> Any:
    """What an act gives, or the sentence of the project's own error that it raises."""
    try:
        return act()
    except VSEError as error:
        return Refused(str(error))


def make_world(folder: Path) -> None:
    """One whole thing of each kind: model, clip, colours, index, map.npz, statistics.npz, run."""
    texts = ["a red dog on the green beach", "two blue cats", "a yellow square"]
    save_checkpoint(folder / "model", tiny_checkpoint(texts=texts))
    model = load_model(folder / "model")
    save_captioner(folder / "model", model.fingerprint, small(model.dim), {})
    save_clip_folder(folder / "clip", tiny_clip())
    write_pictures(folder / "colours" / "images")
    lines = [{"id": name, "image": f"images/{name}.png", "captions": said} for name, said in CAPTIONS.items()]
    (folder / "colours" / "items.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (folder / "colours" / "collection.json").write_text(json.dumps({"title": "Colours"}))
    EmbeddingIndex.build("fake", "image", ["a", "b", "c"], np.eye(3, dtype=np.float32)).save(folder / "index")
    points = np.array([[0, 1], [1, 0]], np.float32)
    measured = {"all": Quality(0.9, 0.8, 10)}
    Projection("fake", {"image": ("a", "b")}, points, Parameters(), 0, measured).save(folder / "map.npz")
    ones = np.ones(4, np.float32)
    Statistics(ones, ones, ("a", "b"), (1, 3), "fake", 9).save(folder / "statistics.npz")
    new_run(folder / "run", None, TrainConfig(), resume=False)


def _vectors(folder: Path) -> np.ndarray:
    return load_model(folder).encode("text", ["a red dog"])


def model_cases(world: Path) -> Iterator[Case]:
    """Every file of a model with every damage, and every value of its settings with every odd one."""
    right = {name: _vectors(world / name) for name in ("model", "clip")}
    files = {
        "model": ("config.json", "vocabulary.json", "metrics.json", "history.json", "README.md", "weights.safetensors"),
        "clip": ("open_clip_config.json", "merges.txt", "open_clip_model.safetensors"),
    }
    for kind, names in files.items():
        same = _same(right[kind])
        for name in names:
            damages = {**DAMAGES, **(JSON_DAMAGES if name.endswith(".json") else {})}
            for what, damage in damages.items():
                expected: str | Right = REFUSED
                if name in ("metrics.json", "history.json", "README.md") and what in ("missing", "a link to itself"):
                    expected = same  # a model need not have these
                if name == "README.md" and what in ("empty", "cut in half", "zeros", "a zip"):
                    expected = same  # any text is a card
                if name == "metrics.json" and what == "half a character":
                    expected = same  # figures of a collection of an odd name
                yield Case("models", f"{kind}: {name}: {what}", _load(world / kind, name, damage), expected)
    config = json.loads((world / "model" / "config.json").read_text())
    for path in keys_of(config):
        for what, value in VALUES.items():
            expected = same_or_refused(path, what, _same(right["model"]))
            yield Case(
                "settings",
                f"model: {'.'.join(path)} = {what}",
                _changed(world / "model", "config.json", path, value),
                expected,
            )


# Settings that another value of their type may stand in for, as it changes no vector of this model.
_FREE = {
    ("model", "name"): ("text",),
    ("model", "text", "bidirectional"): ("true",),
    ("model", "text", "word_dropout"): ("a fraction",),
    ("model", "text", "embedding_dropout"): ("a fraction",),
    ("model", "text", "spelled"): ("a fraction",),
    ("model", "text", "slips"): ("a fraction",),
    ("model", "text", "forms"): ("a fraction",),
    ("model", "recipe"): ("null",),
    ("training",): ("object",),
}


def same_or_refused(path: tuple[str, ...], what: str, same: Right) -> str | Right:
    return same if what in _FREE.get(path, ()) else REFUSED


def _same(right: np.ndarray) -> Right:
    return lambda vectors: bool(np.array_equal(vectors, right))


def _load(source: Path, name: str, damage: Callable[[Path], None]) -> Callable[[Path], Any]:
    def act(folder: Path) -> Any:
        model = copied(source, folder / "model")
        damage(model / name)
        return told(lambda: _vectors(model))

    return act


def _changed(source: Path, name: str, path: tuple[str, ...], value: Any) -> Callable[[Path], Any]:
    return _load(source, name, lambda file: rewrite(file, path, value))


def clip_settings(world: Path) -> Iterator[Case]:
    """Settings of a CLIP: refused, or the vectors are finite unit rows (open_clip decides what a network may be)."""
    config = json.loads((world / "clip" / "open_clip_config.json").read_text())
    odd = {
        name: value
        for name, value in VALUES.items()
        if name in ("null", "text", "negative", "list", "lists", "infinite")
    }
    for path in keys_of(config):
        for what, value in odd.items():
            act = _changed(world / "clip", "open_clip_config.json", path, value)
            yield Case("settings", f"clip: {'.'.join(path)} = {what}", _refused_or_unit(act), lambda fine: fine is True)


def _refused_or_unit(act: Callable[[Path], Any]) -> Callable[[Path], Any]:
    def judged(folder: Path) -> Any:
        given = act(folder)
        if isinstance(given, Refused):
            return (
                True
                if given.told.endswith(".") and "\n" not in given.told and str(folder) in given.told
                else given.told
            )
        return bool(np.allclose(np.linalg.norm(given, axis=1), 1, atol=1e-3))

    return judged


def index_cases(world: Path) -> Iterator[Case]:
    def loaded(folder: Path) -> Any:
        return told(lambda: [hit.item_id for hit in EmbeddingIndex.load(folder).search(np.array([0.0, 1, 0]), 1)])

    def act(name: str, damage: Callable[[Path], None]) -> Callable[[Path], Any]:
        def run(folder: Path) -> Any:
            index = copied(world / "index", folder / "index")
            damage(index / name)
            return loaded(index)

        return run

    for name, damages in (("index.json", {**DAMAGES, **JSON_DAMAGES}), ("vectors.npy", {**DAMAGES, **ARRAYS})):
        for what, damage in damages.items():
            yield Case("indexes", f"{name}: {what}", act(name, damage))
    for path in keys_of(json.loads((world / "index" / "index.json").read_text())):
        for what, value in VALUES.items():
            fits = path == ("fingerprint",) and what == "text"  # which is compared only where a model is named
            right = (lambda ids: ids == ["b"]) if fits else REFUSED
            yield Case(
                "indexes", f"{path[0]} = {what}", act("index.json", lambda f, p=path, v=value: rewrite(f, p, v)), right
            )


def _array(value: Any) -> Callable[[Path], None]:
    return lambda path: np.save(path, value, allow_pickle=True)


ARRAYS = {
    "objects": _array(np.array([{}, []], dtype=object)),
    "texts": _array(np.array(["a", "b", "c"])),
    "complex": _array(np.ones((3, 3), complex)),
    "other shape": _array(np.ones((2, 3), np.float16)),
    "one axis": _array(np.ones(9, np.float16)),
    "a scalar": _array(np.float16(1)),
    "doubles": _array(np.eye(3)),
    "NaN": _array(np.full((3, 3), np.nan, np.float16)),
    "not unit": _array(np.full((3, 3), 7, np.float16)),
    "zeros in rows": _array(np.zeros((3, 3), np.float16)),
}


def archive_cases(world: Path) -> Iterator[Case]:
    """Maps and statistics, which are .npz files."""
    loaders: dict[str, Callable[[Path], Any]] = {"map.npz": Projection.load, "statistics.npz": Statistics.load}
    for name, load in loaders.items():
        with np.load(world / name) as file:
            arrays = {key: file[key] for key in file.files}

        def act(
            change: Callable[[Path], None], name: str = name, load: Callable[[Path], Any] = load
        ) -> Callable[[Path], Any]:
            def run(folder: Path) -> Any:
                path = folder / name
                path.write_bytes((world / name).read_bytes())
                change(path)
                return told(lambda: load(path))

            return run

        for what, damage in {**DAMAGES, **ARRAYS}.items():
            change = (
                damage
                if what in DAMAGES
                else lambda path, d=damage: (d(path.with_suffix(".npy")), path.with_suffix(".npy").rename(path))[0]
            )
            yield Case("maps", f"{name}: {what}", act(change))
        for key in arrays:
            for what, value in _ODD_ARRAYS.items():
                yield Case(
                    "maps",
                    f"{name}: {key} = {what}",
                    act(lambda path, k=key, v=value, a=arrays: np.savez(path, **{**a, k: v})),
                )
            yield Case(
                "maps",
                f"{name}: without {key}",
                act(lambda path, k=key, a=arrays: np.savez(path, **{n: v for n, v in a.items() if n != k})),
            )
    with np.load(world / "map.npz") as file:
        meta, points = json.loads(str(file["meta"])), file["points"]
    for path in keys_of(meta):
        for what, value in VALUES.items():
            if _fits_map(path, what):
                continue
            yield Case("maps", f"map: {'.'.join(path)} = {what}", _map_with(meta, points, path, value))


_ODD_ARRAYS = {
    "objects": np.array([{}], dtype=object),
    "no numbers": np.array(["x"]),
    "no rows": np.zeros((0, 5), np.float32),
    "NaN": np.full((2, 2), np.nan, np.float32),
}


def _fits_map(path: tuple[str, ...], what: str) -> bool:
    """Values that a map may have: any seed, any fingerprint, measures that are numbers."""
    return (path, what) in {
        (("fingerprint",), "text"), (("seed",), "negative"), (("seed",), "huge"), (("quality",), "object"),
        (("parameters",), "object"), (("parameters", "centred"), "true"), (("parameters", "min_dist"), "a fraction"),
    } or (path[0] == "quality" and len(path) == 3 and what in ("a fraction", "negative", "huge"))  # fmt: skip


def _map_with(meta: Any, points: np.ndarray, path: tuple[str, ...], value: Any) -> Callable[[Path], Any]:
    def run(folder: Path) -> Any:
        text = json.dumps(replaced(meta, path, value)).replace("Infinity", "1e999")
        np.savez(folder / "map.npz", meta=np.array(text), points=points)
        return told(lambda: Projection.load(folder / "map.npz"))

    return run


def run_cases(world: Path) -> Iterator[Case]:
    """run.json of a run that is to be resumed."""

    def act(damage: Callable[[Path], None]) -> Callable[[Path], Any]:
        def run(folder: Path) -> Any:
            copy = copied(world / "run", folder / "run")
            damage(copy / "run.json")
            return told(lambda: new_run(copy, None, None, resume=True))

        return run

    for what, damage in {**DAMAGES, **JSON_DAMAGES}.items():
        yield Case("runs", f"run.json: {what}", act(damage))
    written = json.loads((world / "run" / "run.json").read_text())
    for path in keys_of(written):
        for what in ("null", "lists", "NaN", "infinite"):
            if replaced(written, path, VALUES[what]) == written:
                continue  # it says so already: a tower that the run does without
            yield Case("runs", f"{'.'.join(path)} = {what}", act(lambda f, p=path, v=VALUES[what]: rewrite(f, p, v)))


# Layouts of captions for the pictures red.png and green.png: the caption file, and what it says.
_TWO = ("red", "green")
LAYOUTS: dict[str, str] = {
    "items.jsonl": "\n".join(json.dumps({"id": f"{c}.png", "image": f"{c}.png", "captions": [c]}) for c in _TWO),
    "captions.tsv": "image\tcaption\n" + "".join(f"{c}.png\t{c}\n" for c in _TWO),
    "captions.txt": "image,caption\n" + "".join(f"{c}.png,{c}\n" for c in _TWO),
    "results.csv": "image_name| comment_number| comment\n" + "".join(f"{c}.png| 0| {c}\n" for c in _TWO),
    "x.token.txt": "".join(f"{c}.png#0\t{c}\n" for c in _TWO),
    "metadata.jsonl": "\n".join(json.dumps({"file_name": f"{c}.png", "text": c}) for c in _TWO),
    "metadata.csv": "file_name,text\n" + "".join(f"{c}.png,{c}\n" for c in _TWO),
    "dataset_x.json": json.dumps(
        {"images": [{"filename": f"{c}.png", "split": "test", "sentences": [{"raw": c}]} for c in _TWO]}
    ),
    "captions_val.json": json.dumps(
        {
            "images": [{"id": row, "file_name": f"{c}.png"} for row, c in enumerate(_TWO)],
            "annotations": [{"image_id": row, "caption": c} for row, c in enumerate(_TWO)],
        }
    ),
}  # fmt: skip
WHOLE = {"red.png": ("red",), "green.png": ("green",)}


def collection_cases(world: Path) -> Iterator[Case]:
    """Every layout with every damage: refused in a sentence that names the file, or rows are left out and told."""
    for name, text in LAYOUTS.items():
        damages = {
            k: v for k, v in DAMAGES.items() if k not in ("missing", "a folder", "a link to itself", "cut in half")
        }
        if name.endswith(".json"):
            damages |= JSON_DAMAGES
        for what, damage in damages.items():
            yield Case("collections", f"{name}: {what}", _collection(name, text, damage))
        for what, (change, expected) in ODD_TEXTS.items():
            yield Case("collections", f"{name}: {what}", _collection(name, text, _rewritten(change)), expected)
        yield Case("collections", f"{name}: no pictures", _collection(name, text, lambda _: None, pictures=()))
        for what, path in PATHS.items():
            changed = text.replace("green.png", path.replace("\\", "\\\\") if "json" in name else path)
            yield Case(
                "collections", f"{name}: {what}", _collection(name, changed, lambda _: None), _without_green(name, what)
            )
    for key in ("id", "image", "captions", "split", "credit", "scene"):
        for what, value in VALUES.items():
            expected: str | Right = REFUSED
            if what == "text" and key in ("id", "split", "credit"):
                expected = _both
            if key == "captions" and what == "list":
                expected = _one
            line = {"id": "green.png", "image": "green.png", "captions": ["green"], key: value}
            text = LAYOUTS["items.jsonl"].split("\n")[0] + "\n" + json.dumps(line)
            yield Case(
                "collections",
                f"items.jsonl: {key} = {what}",
                _collection("items.jsonl", text, lambda _: None),
                expected,
            )
    for what, damage in JSON_DAMAGES.items():
        yield Case("collections", f"collection.json: {what}", _about(world, damage))


def _collection(
    name: str, text: str, damage: Callable[[Path], Any], pictures: tuple[str, ...] = _TWO
) -> Callable[[Path], Any]:
    def act(folder: Path) -> Any:
        write_pictures(folder / "in", pictures)
        write_pictures(folder / "out", ("green",))
        write_pictures(folder, ("green",))
        (folder / "in" / "link.png").symlink_to(folder / "out" / "green.png")
        (folder / "in" / name).write_text(text)
        damage(folder / "in" / name)

        def load() -> Any:
            collection = load_collection(folder / "in" / name)
            found = {item.id: item.captions for item in collection.items}
            return found if found == WHOLE or not collection.notes else {**found, "told": collection.notes}

        return told(load)

    return act


def _rewritten(change: Callable[[str], str]) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(change(path.read_text()).encode("utf-8", "surrogatepass"))


def _both(found: Any) -> bool:
    return list(found.values()) == [("red",), ("green",)]


def _one(found: Any) -> bool:
    return bool(found == {"red.png": ("red",), "green.png": ()})


def _is_whole(found: Any) -> bool:
    return bool(found == WHOLE)


ODD_TEXTS: dict[str, tuple[Callable[[str], str], str | Right]] = {
    "a mark before UTF-8": (lambda text: "\ufeff" + text, _is_whole),
    "lines of Windows": (lambda text: text.replace("\n", "\r\n"), _is_whole),
    "half a character in a caption": (lambda text: re.sub(r'(?<=[\t", ])red(?=["\n]|$)', "\ud800", text), REFUSED),
}  # fmt: skip
# In the place of green.png; each leads out of the folder.
PATHS = {
    "a path up": "../green.png",
    "a path up within": "a/../../green.png",
    "an absolute path": "/etc/hostname.png",
    "a path of Windows": "..\\out\\green.png",
    "a link out": "link.png",
}


def _without_green(name: str, what: str) -> str | Right:
    """items.jsonl is this project's own, where a mistake is refused; in others a row costs itself, and is told."""

    def right(found: Any) -> bool:
        return {key: value for key, value in found.items() if key != "told"} == {
            "red.png": ("red",)
        } and "told" in found

    return REFUSED if name == "items.jsonl" and what != "a link out" else right


def _about(world: Path, damage: Callable[[Path], None]) -> Callable[[Path], Any]:
    def act(folder: Path) -> Any:
        copy = copied(world / "colours", folder / "colours")
        damage(copy / "collection.json")
        return told(lambda: load_collection(copy).about)

    return act


# A query -> one that is answered alike, or REFUSED.
QUERIES: dict[str, str] = {
    "red": "red", "RED": "red", " red\t": "red", "red.": "red", "[red]": "[red]", "[ red ]": "[red]", '"red"': "red",
    "red xyzzy": "red xyzzy", "red + blue": "blue + red", "[red] - red + blue": "blue + [red] - red",
    "2": REFUSED, "": REFUSED, " ": REFUSED, "\u200b": REFUSED, "\n\n": REFUSED, "xyzzy": REFUSED, "!?": REFUSED,
    "\0": REFUSED, "\ud800": REFUSED, "+": REFUSED, "-": REFUSED, "red +": "red", "red -": "red", "+ + red": "red",
    "[": REFUSED, "]": REFUSED, "[]": REFUSED, "[[red]]": REFUSED, "[nothing]": REFUSED,
    "[red": REFUSED, "[../red]": REFUSED, "[red] - [red]": REFUSED, "red - red": REFUSED,
    "[upload]": REFUSED, '"red': REFUSED, '""': REFUSED, "x" * 1_000_000: REFUSED, "red " * 100_000: REFUSED,
    "[" * 10_000: REFUSED, "red + " * 10_000 + "red": REFUSED, "../../etc/passwd": REFUSED,
}  # fmt: skip


def _as(right: Callable[[], Any], found: Any) -> bool:
    return bool(found == right())


def query_cases(world: Path) -> Iterator[Case]:
    """The language of queries, and the numbers and ways that come with them."""
    searcher = Searcher.open(load_model(world / "model"), load_collection(world / "colours"))

    def answer(query: str, **given: Any) -> list[str]:
        return [hit.item_id for hit in searcher.ask(query, **{"k": 4, **given}).hits]

    for query, alike in QUERIES.items():
        expected: str | Right = REFUSED
        if alike != REFUSED:
            expected = partial(_as, lambda alike=alike: answer(alike))
        yield Case("queries", repr(query[:30]), lambda _, q=query: told(lambda: answer(q)), expected)
    for way in ("", "x", "PLAIN", "../plain", "\0"):
        yield Case("queries", f"way {way!r}", lambda _, w=way: told(lambda: answer("red", way=w)))
    for name in ("nothing.png", "items.jsonl", ".", "\0", "x" * 5000):
        path = world / "colours" / name
        yield Case("queries", f"upload {name[:20]!r}", lambda _, p=path: told(lambda: answer("[upload]", upload=p)))


def simat_cases() -> Iterator[Case]:
    """SIMAT's tables."""
    for name in ("transfos.csv", "triplets.csv"):
        for what, damage in DAMAGES.items():
            if what == "missing":
                continue

            def act(folder: Path, name: str = name, damage: Callable[[Path], None] = damage) -> Any:
                home = folder / "simat"
                home.mkdir()
                (home / "triplets.csv").write_text("dataset_id,region_id,subj,rel,obj\n0,1,man,on,bus\n")
                header = "region_id,field,value,target,target_ids,norm2,is_test"
                (home / "transfos.csv").write_text(f"{header}\n1,subj,man,dog,0,1,True\n")
                damage(home / name)
                return told(lambda: load_simat(home))

            yield Case("tables", f"{name}: {what}", act)


def json_cases() -> Iterator[Case]:
    """Any JSON file of the project is read by one function."""
    for what, damage in {**DAMAGES, **JSON_DAMAGES}.items():
        if what in ("null", "a list", "a number", "a text", "half a character"):
            continue  # is JSON

        def act(folder: Path, damage: Callable[[Path], None] = damage) -> Any:
            (folder / "a.json").write_text('{"a": "é"}', encoding="utf-8")
            damage(folder / "a.json")
            return told(lambda: read_json(folder / "a.json"))

        yield Case("settings", f"a JSON file: {what}", act)


def core_cases(world: Path) -> Iterator[Case]:
    yield from model_cases(world)
    yield from clip_settings(world)
    yield from index_cases(world)
    yield from archive_cases(world)
    yield from run_cases(world)
    yield from collection_cases(world)
    yield from query_cases(world)
    yield from simat_cases()
    yield from json_cases()
