from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vse.encoders.similarity import ORDER, cosine, normalise, order
from vse.errors import CollectionError, FingerprintError, WriteError
from vse.search.stores import exact as index_module
from vse.search.stores.exact import EmbeddingIndex

# Angles of 0, 90, 180 and 60 degrees.
PLANE = np.array([[1, 0], [0, 1], [-1, 0], [0.5, np.sqrt(0.75)]], dtype=np.float32)
FINGERPRINT = "0123456789abcdef"


def plane(dtype: str = "float32") -> EmbeddingIndex:
    return EmbeddingIndex.build(FINGERPRINT, "image", ["a", "b", "c", "d"], PLANE, dtype)


def some(count: int, dim: int = 16, dtype: str = "float16", modality: str = "image") -> EmbeddingIndex:
    vectors = normalise(np.random.default_rng(count).standard_normal((count, dim)))
    return EmbeddingIndex.build(FINGERPRINT, modality, [f"item{row}" for row in range(count)], vectors, dtype)


def test_scores_by_hand():
    np.testing.assert_allclose(plane().scores(np.array([3.0, 0.0])), [1, 0, -1, 0.5], atol=1e-6)
    assert plane().scores(np.array([3, 0])).dtype == np.float32


def test_search_by_hand():
    hits = plane("float16").search(np.array([2.0, 0.0]), k=3)
    assert [(hit.item_id, hit.rank, hit.row) for hit in hits] == [("a", 1, 0), ("d", 2, 3), ("b", 3, 1)]
    assert [hit.score for hit in hits] == pytest.approx([1.0, 0.5, 0.0], abs=1e-3)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("cached", [True, False])
def test_scores_are_cosines_cached_or_in_chunks(dtype: str, cached: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(index_module, "_CACHE_BYTES", 1 << 20 if cached else 0)
    monkeypatch.setattr(index_module, "_CHUNK_ROWS", 7)
    index, queries = some(50, dtype=dtype), np.random.default_rng(1).standard_normal((6, 16))
    np.testing.assert_allclose(index.scores_many(queries), cosine(queries, index.vectors), atol=5e-4)
    np.testing.assert_allclose(index.scores_many(queries)[4], index.scores(queries[4]), atol=1e-6)
    assert (index._cache is not None) == (cached or dtype == "float32")  # float32 is searched as it lies


def crowded(count: int, dim: int = 48) -> EmbeddingIndex:
    """Rows so near to each other that float16 cannot tell most of their scores apart, and many that are the same."""
    rng = np.random.default_rng(count)
    rows = 1 + 2e-3 * rng.standard_normal((count, dim))
    rows[rng.integers(0, count, count // 2)] = rows[3]
    return EmbeddingIndex.build("f", "image", [f"item{row % (count // 2)}" for row in range(count)], normalise(rows))


@pytest.mark.parametrize("index", [some(900, dim=48), crowded(900), crowded(901)], ids=["apart", "crowded", "odd"])
@pytest.mark.parametrize("way", ["float32", "float16", "torch sums up badly"])
def test_hits_are_those_of_brute_force_however_rows_are_scanned(
    index: EmbeddingIndex, way: str, monkeypatch: pytest.MonkeyPatch
):
    if way != "float32":
        monkeypatch.setattr(index_module, "_CACHE_BYTES", 0)
    if way == "torch sums up badly":
        monkeypatch.setattr(index_module, "scan_float16", lambda rows, unit: (np.zeros(len(rows), np.float32), 1e-4))
    index, among = replace(index), np.arange(len(index)) % 3 > 0  # a new one, that remembers nothing
    for query in np.random.default_rng(0).standard_normal((3, index.dim)) + 0.5:
        unit = normalise(query)
        exact = np.einsum("nd,d->n", index.vectors.astype(np.float64), unit.astype(np.float64)).astype(np.float32)
        best = [int(row) for row in np.argsort(-exact, kind="stable")]
        for k in (1, 10, 500, 2000):
            assert [hit.row for hit in index.search(query, k)] == best[:k]
            kept = [row for row in best if among[row] and index.item_ids[row] not in ("item3", "item4")]
            assert [hit.row for hit in index.search(query, k, {"item3", "item4"}, among=among)] == kept[:k]
        assert [hit.score for hit in index.search(query)] == exact[best[:10]].tolist()


def test_every_row_finds_itself_first():
    index = some(200)
    for row in range(0, 200, 17):
        assert index.search(index.vectors[row], k=1)[0].row == row


def test_the_length_of_a_query_changes_nothing():
    index, query = some(30), np.random.default_rng(2).standard_normal(16)
    np.testing.assert_allclose(index.scores(query), index.scores(query * 1000), atol=1e-6)


def test_search_gives_all_when_k_is_larger_and_none_for_zero():
    query = np.array([1.0, 0.1])
    assert [hit.item_id for hit in plane().search(query, k=99)] == ["a", "d", "b", "c"]
    assert plane().search(query, k=0) == []


def test_ties_go_to_the_lower_row():
    index = EmbeddingIndex.build("f", "text", ["x", "y", "x"], np.array([[0, 1], [1, 0], [0, 1]], dtype=np.float32))
    hits = index.search(np.array([0.0, 1.0]))
    assert [(hit.item_id, hit.row) for hit in hits] == [("x", 0), ("x", 2), ("y", 1)]


def test_excluded_items_are_skipped_with_all_their_rows():
    vectors = np.repeat(PLANE[:2], [40, 2], axis=0)
    index = EmbeddingIndex.build("f", "text", ["many"] * 40 + ["b1", "b2"], vectors)
    hits = index.search(np.array([1.0, 0.5]), k=2, exclude={"many"})
    assert [(hit.item_id, hit.rank) for hit in hits] == [("b1", 1), ("b2", 2)]
    assert index.search(np.array([1.0, 0.5]), k=2, exclude={"many", "b1", "b2"}) == []


@pytest.mark.parametrize("k", [1, 5, 30])
def test_excluding_equals_filtering_the_whole_ranking(k: int):
    index, query = some(30), np.random.default_rng(3).standard_normal(16)
    exclude = {f"item{row}" for row in range(0, 30, 2)}
    whole = [hit.item_id for hit in index.search(query, k=30) if hit.item_id not in exclude]
    assert [hit.item_id for hit in index.search(query, k=k, exclude=exclude)] == whole[:k]


@pytest.mark.parametrize("modality", ["image", "text"])
def test_order_takes_the_index_for_the_side_it_is(modality: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(index_module, "_CACHE_BYTES", 0)
    monkeypatch.setattr(index_module, "_CHUNK_ROWS", 4)
    index = some(10, modality=modality, dtype="float32")
    query = normalise(np.random.default_rng(4).standard_normal((1, 16)))
    expected = order(index.vectors, query)[:, 0] if modality == "image" else order(query, index.vectors)[0]
    hits = index.search(query[0] * 3, k=10, similarity=ORDER, query_is="text" if modality == "image" else "image")
    np.testing.assert_allclose([hit.score for hit in hits], np.sort(expected)[::-1], rtol=1e-5)
    assert hits[0].row == int(np.argmax(expected))


def test_search_refuses_what_is_no_query():
    with pytest.raises(ValueError, match=r"shape \(3,\): this index needs \(2,\)"):
        plane().search(np.ones(3))
    with pytest.raises(ValueError, match=r"shape \(2, 3\): this index needs \(Q, 2\)"):
        plane().scores_many(np.ones((2, 3)))
    with pytest.raises(ValueError, match="not finite"):
        plane().search(np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="is zero"):
        plane().search(np.zeros(2))
    with pytest.raises(ValueError, match="k came as -3"):
        plane().search(np.ones(2), k=-3)


def test_build_makes_rows_exactly_unit():
    index = EmbeddingIndex.build("f", "image", ["a"], np.array([[0.6, 0.805]]), "float32")
    assert np.linalg.norm(index.vectors[0]) == pytest.approx(1.0, abs=1e-6)
    assert some(3).vectors.dtype == np.float16


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"modality": "sound"}, "'sound'"),
        ({"dtype": "int8"}, "'int8'"),
        ({"vectors": np.ones(2)}, r"shape \(N, D\)"),
        ({"vectors": np.ones((4, 2), dtype=np.int64)}, "int64"),
        ({"vectors": PLANE[:3]}, "4 item ids came with 3 vectors"),
        ({"vectors": PLANE * 1.02}, "Row 0 has length 1.02"),
        ({"vectors": np.where(PLANE == -1, np.nan, PLANE)}, "Row 2 has length nan"),
        ({"item_ids": "abcd"}, "must be strings"),
        ({"item_ids": [1, 2, 3, 4]}, "must be strings"),
    ],
)
def test_build_refuses_what_does_not_fit(change: dict[str, object], message: str):
    fitting: dict[str, object] = {"modality": "image", "item_ids": ["a", "b", "c", "d"], "vectors": PLANE}
    with pytest.raises(ValueError, match=message):
        EmbeddingIndex.build("f", **(fitting | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("mmap", [True, False])
@pytest.mark.parametrize("count", [0, 20])
def test_a_saved_index_comes_back_the_same(dtype: str, mmap: bool, count: int, tmp_path: Path):
    ids = [f"狗 {row}\udcff" for row in range(count)]  # file names may hold bytes that are no UTF-8
    vectors = normalise(np.random.default_rng(5).standard_normal((count, 16)))
    index = EmbeddingIndex.build(FINGERPRINT, "text", ids, vectors, dtype)
    index.save(tmp_path / "index")
    loaded = EmbeddingIndex.load(tmp_path / "index", FINGERPRINT, mmap=mmap)
    assert (loaded.fingerprint, loaded.modality, loaded.item_ids) == (FINGERPRINT, "text", tuple(ids))
    assert loaded.vectors.dtype == index.vectors.dtype
    np.testing.assert_array_equal(loaded.vectors, index.vectors)
    assert loaded.search(np.ones(16)) == index.search(np.ones(16))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index"]


def test_a_large_index_is_searched_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(index_module, "_CACHE_BYTES", 0)
    some(50).save(tmp_path / "index")
    index = EmbeddingIndex.load(tmp_path / "index")
    assert index.search(index.vectors[7])[0].row == 7
    assert index._half is not None
    assert index._half.data_ptr() == index.vectors.ctypes.data


def test_mapped_vectors_are_read_only(tmp_path: Path):
    plane().save(tmp_path / "index")
    vectors = EmbeddingIndex.load(tmp_path / "index").vectors
    assert isinstance(vectors, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        vectors[0, 0] = 2


def test_a_photo_takes_512_bytes(tmp_path: Path):
    some(100, dim=256).save(tmp_path / "index")
    assert (tmp_path / "index" / "vectors.npy").stat().st_size == 100 * 512 + 128


def test_an_index_is_replaced_whole_even_by_one_mapped_from_it(tmp_path: Path):
    some(20).save(tmp_path / "index")
    EmbeddingIndex.load(tmp_path / "index").save(tmp_path / "index")
    assert len(EmbeddingIndex.load(tmp_path / "index")) == 20
    plane().save(tmp_path / "index")
    assert EmbeddingIndex.load(tmp_path / "index").item_ids == ("a", "b", "c", "d")


def test_save_leaves_the_old_index_when_the_new_one_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    plane().save(tmp_path / "index")

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(json, "dumps", refuse)
    with pytest.raises(OSError, match="no space left"):
        some(20).save(tmp_path / "index")
    assert len(EmbeddingIndex.load(tmp_path / "index")) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index"]


def test_load_recovers_from_a_kill_between_the_renames(tmp_path: Path):
    plane().save(tmp_path / "index")
    os.rename(tmp_path / "index", tmp_path / ".index.old")
    assert len(EmbeddingIndex.load(tmp_path / "index")) == 4


def test_save_never_replaces_a_folder_of_other_things(tmp_path: Path):
    (tmp_path / "photo.jpg").write_bytes(b"precious")
    with pytest.raises(WriteError, match=r"no part of an index \('photo.jpg'\)"):
        plane().save(tmp_path)
    with pytest.raises(WriteError, match=r"photo\.jpg' is a file"):
        plane().save(tmp_path / "photo.jpg")
    assert (tmp_path / "photo.jpg").read_bytes() == b"precious"


def test_another_fingerprint_is_refused_and_both_are_named(tmp_path: Path):
    plane().save(tmp_path / "index")
    with pytest.raises(FingerprintError, match=r"model 0123456789ab and .* is ffffffffffff:"):
        EmbeddingIndex.load(tmp_path / "index", "f" * 64)


def spoil(folder: Path, **changes: object) -> None:
    meta = json.loads((folder / "index.json").read_text()) | changes
    (folder / "index.json").write_text(json.dumps(meta))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, r"index.json' is not of format 1"),
        ({"modality": "sound"}, "modality = 'sound'; expected one of"),
        ({"fingerprint": None}, r"index\.json says fingerprint = None; expected text"),
        ({"item_ids": ["a"]}, "count is 4 and there are 1 item_ids"),
        ({"item_ids": [1, 2, 3, 4]}, "expected a list, each text"),
        ({"dim": 3}, r"vectors.npy' do not fit .* announces float32 \(4, 3\)"),
        ({"dtype": "float16"}, r"vectors.npy' do not fit"),
    ],
)
def test_load_refuses_parts_that_do_not_fit(changes: dict[str, object], message: str, tmp_path: Path):
    plane().save(tmp_path / "index")
    spoil(tmp_path / "index", **changes)
    with pytest.raises(CollectionError, match=message):
        EmbeddingIndex.load(tmp_path / "index")


@pytest.mark.parametrize("mmap", [True, False])
@pytest.mark.parametrize("name", ["index.json", "vectors.npy"])
@pytest.mark.parametrize("damage", ["missing", "empty", "short", "noise"])
def test_load_names_the_file_that_is_missing_or_damaged(name: str, damage: str, mmap: bool, tmp_path: Path):
    plane().save(tmp_path / "index")
    path = tmp_path / "index" / name
    data = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes({"empty": b"", "short": data[:-5], "noise": b"\x80\x01" * 200}[damage])
    with pytest.raises(CollectionError, match=rf"index.{name}"):
        EmbeddingIndex.load(tmp_path / "index", mmap=mmap)


def test_load_never_unpickles(tmp_path: Path):
    plane().save(tmp_path / "index")
    np.save(tmp_path / "index" / "vectors.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(CollectionError, match=r"vectors\.npy is no whole \.npy file of numbers"):
        EmbeddingIndex.load(tmp_path / "index")


@pytest.mark.parametrize("row", [np.full(3, np.nan), np.zeros(3), np.array([2.0, 0, 0])])
def test_load_refuses_vectors_that_are_not_of_length_1(row: np.ndarray, tmp_path: Path):
    plane().save(tmp_path / "index")
    vectors = np.load(tmp_path / "index" / "vectors.npy")
    vectors[2] = row[: vectors.shape[1]]
    np.save(tmp_path / "index" / "vectors.npy", vectors)
    with pytest.raises(CollectionError, match=r"vectors\.npy' are damaged: row 2 has not length 1; index"):
        EmbeddingIndex.load(tmp_path / "index")
