"""The files of SIMAT: what is asked, of which crops, and how answers are judged; see `vse.evaluation.simat`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

import numpy as np

from vse.data import Collection
from vse.data.item import Item
from vse.errors import CollectionError
from vse.io.arrays import read_array

TRANSFOS, TRIPLETS, ORACLE = "transfos.csv", "triplets.csv", "oscar_similarity_matrix"
FIELDS = ("subj", "rel", "obj")
SPLITS = ("test", "dev")
_COLUMNS = ("region_id", "field", "value", "target", "target_ids", "norm2", "is_test")
_TRUE = 0.5  # the oracle's score above which a text counts as true of a picture

Triplet = tuple[str, str, str]


@dataclass(frozen=True)
class Transformation:
    """The picture in row `source`, with `value` of its triplet replaced by `target`.

    target_id: the column of the target text in the oracle. wanted: the triplet after the change.
    norm2: how common this change is; it counts 1 / sqrt(norm2).
    """

    source: int
    field: str
    value: str
    target: str
    target_id: int
    wanted: Triplet
    norm2: float


@dataclass(frozen=True, eq=False)
class SimatTask:
    """The transformations of one split, over every crop.

    triplets: of each crop. oracle: (crops, target texts) scores, or None where the file is not there.
    """

    split: str
    collection: Collection
    triplets: tuple[Triplet, ...]
    transformations: tuple[Transformation, ...]
    oracle: np.ndarray | None = None

    def is_right(self, asked: Sequence[Transformation], answers: Sequence[int] | np.ndarray) -> np.ndarray:
        """(Q,) bool: whether the crop in row `answers[q]` is one that `asked[q]` wants."""
        if self.oracle is not None:
            return self.oracle[np.asarray(answers), [each.target_id for each in asked]] > _TRUE
        pairs = zip(asked, answers, strict=True)
        return np.array([self.triplets[row] == each.wanted for each, row in pairs], dtype=bool)


def find_simat(folder: str | Path) -> Path | None:
    """The folder with transfos.csv: the one given or simat_db in it; None if neither has it."""
    places = (Path(folder), Path(folder) / "simat_db")
    return next((place for place in places if (place / TRANSFOS).is_file()), None)


def load_simat(folder: str | Path, split: str = "test") -> SimatTask:
    """SIMAT's lists, its crops (as files, not yet read) and, where there is one, its oracle.

    Crops lie where either version of prepare_dataset.py puts them: images/images/REGION.png or
    images/A SUBJ REL OBJ/REGION.jpg. The oracle is oscar_similarity_matrix, .npy or .pt, its rows in the order of
    dataset_id in triplets.csv, or of that file's lines where it has no such column.

    Raises:
        CollectionError: naming the file, column or line that is missing or does not fit. A missing crop is refused,
            because scores over fewer crops would not compare with anyone's.
    """
    if split not in SPLITS:
        raise CollectionError(f"SIMAT has no split {split!r}; choose one of {', '.join(SPLITS)}.")
    home = find_simat(folder)
    if home is None:
        raise CollectionError(f"{folder} has neither {TRANSFOS} nor simat_db/{TRANSFOS}; give SIMAT's folder.")
    regions = _read_triplets(home / TRIPLETS)
    transformations = tuple(_read_transformations(home / TRANSFOS, regions, split))
    if not transformations:
        raise CollectionError(f"{home / TRANSFOS} has no transformation of the {split} split.")
    collection = _crops(home, regions, transformations)
    oracle = _read_oracle(home, len(regions), max(each.target_id for each in transformations))
    return SimatTask(split, collection, tuple(regions.values()), transformations, oracle)


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, names = list(reader), reader.fieldnames or ()
    except FileNotFoundError as error:
        raise CollectionError(f"{path} is missing; it is one of SIMAT's lists.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CollectionError(f"{path} cannot be read ({error}).") from error
    lacking = [name for name in columns if name not in names]
    if lacking:
        raise CollectionError(f"{path} lacks the column {', '.join(lacking)}; it has {', '.join(filter(None, names))}.")
    return rows


def _read_triplets(path: Path) -> dict[str, Triplet]:
    """Region -> triplet, in the order of the oracle's rows."""
    rows = _rows(path, ("region_id", *FIELDS))
    if rows and "dataset_id" in rows[0]:
        order = [row["dataset_id"] for row in rows]
        if sorted(order) != sorted(map(str, range(len(rows)))):
            raise CollectionError(f"{path}: dataset_id must be each of 0 to {len(rows) - 1} once.")
        rows.sort(key=lambda row: int(row["dataset_id"]))
    regions: dict[str, Triplet] = {row["region_id"]: (row["subj"], row["rel"], row["obj"]) for row in rows}
    if len(regions) < len(rows):
        raise CollectionError(f"{path} has a region_id twice; it has {len(rows)} lines and {len(regions)} regions.")
    return regions


def _read_transformations(path: Path, regions: dict[str, Triplet], split: str) -> Iterator[Transformation]:
    rows_of = {region: row for row, region in enumerate(regions)}
    for number, line in enumerate(_rows(path, _COLUMNS), start=2):
        if line["is_test"] not in ("True", "False"):
            raise CollectionError(f"{path}, line {number}: is_test is {line['is_test']!r}, expected True or False.")
        if (line["is_test"] == "True") != (split == "test"):
            continue
        region = line["region_id"]
        if region not in regions:
            raise CollectionError(f"{path}, line {number}: the region {region} is not in {TRIPLETS}.")
        try:
            changed = FIELDS.index(line["field"])
            target_id, norm2 = int(line["target_ids"]), float(line["norm2"])
            if target_id < 0 or not 0 < norm2 < float("inf"):
                raise ValueError(f"target_ids is {target_id} and norm2 {norm2:g}")
        except (ValueError, TypeError) as error:
            raise CollectionError(f"{path}, line {number}, does not describe a transformation ({error}).") from error
        old, target = regions[region], line["target"]
        wanted: Triplet = (*old[:changed], target, *old[changed + 1 :])  # type: ignore[assignment]
        yield Transformation(rows_of[region], line["field"], line["value"], target, target_id, wanted, norm2)


def _crops(home: Path, regions: dict[str, Triplet], transformations: Sequence[Transformation]) -> Collection:
    """The crops as a collection, in the order of the oracle's rows."""
    items: list[Item] = []
    missing: dict[int, Path] = {}
    for row, (region, triplet) in enumerate(regions.items()):
        places = (home / "images/images" / f"{region}.png", home / "images" / f"A {' '.join(triplet)}/{region}.jpg")
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            missing[row] = places[0]
        items.append(Item.picture(region, path or places[0]))
    if missing:
        first = next(iter(missing))
        starts = sum(each.source in missing for each in transformations)
        raise CollectionError(
            f"{len(missing):,} of {len(regions):,} crops are missing, the first of them {missing[first]} (or "
            f"{items[first].id}.jpg in the folder 'A {' '.join(regions[items[first].id])}'); {starts:,} of "
            f"{len(transformations):,} transformations start from one. Make them with SIMAT's prepare_dataset.py."
        )
    return Collection("simat", tuple(items))


def _read_oracle(home: Path, crops: int, last_text: int) -> np.ndarray | None:
    """(crops, texts) float32."""
    path = next((p for p in (home / f"{ORACLE}.npy", home / f"{ORACLE}.pt") if p.is_file()), None)
    if path is None:
        return None
    try:
        found = read_array(path) if path.suffix == ".npy" else _read_tensor(path)
        scores = np.asarray(found, dtype=np.float32)
    except (OSError, ValueError, TypeError, EOFError, RuntimeError, UnpicklingError) as error:
        raise CollectionError(f"{path} cannot be read as one array of numbers ({error}).") from error
    if scores.ndim != 2 or len(scores) != crops or scores.shape[1] <= last_text:
        raise CollectionError(
            f"{path} is {scores.shape}; expected {crops} rows, one for each crop, and more than {last_text} columns."
        )
    if np.isnan(scores).any():
        raise CollectionError(f"{path} holds NaN; copy the file again.")
    return scores


def _read_tensor(path: Path) -> np.ndarray:
    """A tensor alone; anything else that the file might hold is refused, not run."""
    import torch

    tensor = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(tensor, torch.Tensor):
        raise ValueError(f"it holds {type(tensor).__name__}, not a tensor")
    return tensor.float().numpy()
