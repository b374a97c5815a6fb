"""Flickr8k from a server on this machine, with zip files laid out like the real ones."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from tests.file_server import Server, serving
from tests.photo_folders import colour, listing
from vse.cli import main
from vse.data import flickr8k, load_collection
from vse.data.flickr8k import Archive, get_flickr8k
from vse.errors import CollectionError, DownloadError, NotServedError
from vse.io.paths import cache_folder
from vse.io.progress import Progress

# Six in the lists, one that no list names, one whose captions are of a second download; as in the real token file.
NAMES = [f"{number}_{number:010x}.jpg" for number in range(1001, 1009)]
LISTS = {"train": NAMES[:4], "dev": NAMES[4:5], "test": NAMES[5:6]}


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def photograph(number: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (50, 40), colour(number)).save(out, "JPEG")
    return out.getvalue()


def texts() -> dict[str, bytes]:
    tokens = [f"{name}#{n}\tA dog number {n} runs ." for name in NAMES[:-1] for n in range(5)]
    tokens += [f"{NAMES[-1]}.1#{n}\tA second download ." for n in range(5)]
    lists = {f"Flickr_8k.{split}Images.txt": "\n".join(names).encode() for split, names in LISTS.items()}
    token = {"Flickr8k.token.txt": "\n".join(tokens).encode(), "Flickr8k.lemma.token.txt": b"x.jpg#0\tbe\n"}
    return token | lists | {"__MACOSX/._readme.txt": b"Mac", "readme.txt": b"About.", "ExpertAnnotations.txt": b"1"}


def photographs() -> dict[str, bytes]:
    found = {f"Flicker8k_Dataset/{name}": photograph(number) for number, name in enumerate(NAMES)}
    forks = {f"__MACOSX/Flicker8k_Dataset/._{name}": b"Mac" for name in NAMES}
    return {"Flicker8k_Dataset/": b""} | found | forks


def offer(server: Server, monkeypatch: pytest.MonkeyPatch, text: bytes, pictures: bytes) -> None:
    for kind, name, data in (("TEXT", "Flickr8k_text.zip", text), ("PHOTOGRAPHS", "Flickr8k_Dataset.zip", pictures)):
        server.files[f"/{name}"] = data
        monkeypatch.setattr(flickr8k, kind, Archive(name, hashlib.md5(data).hexdigest()))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    with serving() as server:
        offer(server, monkeypatch, zipped(texts()), zipped(photographs()))
        yield server


def get(server: Server, to: Path):
    return get_flickr8k(to, address=server.url)


def kept() -> list[str]:
    folder = cache_folder() / "downloads" / "flickr8k"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_it_is_a_collection_with_the_makers_splits(server: Server, tmp_path: Path):
    collection = get(server, tmp_path / "f8k")
    assert {item.id: item.split for item in collection.items} == {
        **{name: split for split, names in LISTS.items() for name in names},
        NAMES[6]: "unlisted",
        NAMES[7]: "unlisted",
    }
    assert collection.item(NAMES[2]).captions == tuple(f"A dog number {n} runs ." for n in range(5))
    assert collection.item(NAMES[7]).captions == ("A second download .",) * 5
    assert (tmp_path / f"f8k/images/{NAMES[3]}").read_bytes() == photograph(3)
    assert [item.id for item in load_collection(tmp_path / "f8k", "train").items] == LISTS["train"]


def test_nothing_else_is_left_anywhere(server: Server, tmp_path: Path):
    get(server, tmp_path / "f8k")
    lists = [f"Flickr_8k.{split}Images.txt" for split in ("dev", "test", "train")]
    held = sorted(path.name for path in (tmp_path / "f8k").iterdir())
    assert held == sorted(["Flickr8k.token.txt", *lists, "images", "readme.txt"])
    assert sorted(path.name for path in (tmp_path / "f8k/images").iterdir()) == NAMES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "f8k"]
    assert kept() == []


def test_what_is_there_is_not_asked_for_again(server: Server, tmp_path: Path):
    (tmp_path / "f8k").mkdir()  # an empty folder will do
    first = get(server, tmp_path / "f8k")
    before, server.files = listing(tmp_path / "f8k"), {}
    assert get(server, tmp_path / "f8k") == first
    assert listing(tmp_path / "f8k") == before
    assert len(server.asked) == 2


def test_a_cut_connection_is_taken_up_by_the_next_call(server: Server, tmp_path: Path):
    whole = len(server.files["/Flickr8k_text.zip"])
    server.breaks = [whole, 1000, 0]
    with pytest.raises(DownloadError, match=r"Flickr8k_Dataset\.zip broke off after .* it goes on from there"):
        get(server, tmp_path / "f8k")
    assert not (tmp_path / "f8k").exists()
    assert kept() == ["Flickr8k_Dataset.zip.part", "Flickr8k_Dataset.zip.part.json", "Flickr8k_text.zip"]
    assert len(get(server, tmp_path / "elsewhere")) == 8
    assert server.asked[-1] == ("/Flickr8k_Dataset.zip", "bytes=1000-")
    assert [path for path, _ in server.asked].count("/Flickr8k_text.zip") == 1


def test_another_file_is_refused_and_thrown_away(server: Server, tmp_path: Path):
    server.files["/Flickr8k_Dataset.zip"] = zipped({"a.jpg": b"other"})
    with pytest.raises(DownloadError, match=r"has the MD5 [0-9a-f]{32}, expected [0-9a-f]{32}; what came was thrown"):
        get(server, tmp_path / "f8k")
    assert kept() == ["Flickr8k_text.zip"]
    assert not (tmp_path / "f8k").exists()


def test_no_such_file_and_no_network_are_told(server: Server, tmp_path: Path):
    del server.files["/Flickr8k_Dataset.zip"]
    with pytest.raises(NotServedError, match=r"Flickr8k_Dataset\.zip cannot be downloaded: .* answers 404 Not Found"):
        get(server, tmp_path / "f8k")
    with pytest.raises(DownloadError, match=r"cannot be reached .*; check the network connection and try again"):
        get_flickr8k(tmp_path / "f8k", address="http://127.0.0.1:9/")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache"]


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]


@pytest.mark.parametrize("harm", ["cut short", "a byte"])
def test_a_damaged_zip_file_is_told_and_fetched_anew(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
):
    whole = zipped(photographs())
    inside = whole.index(NAMES[0].encode()) + len(NAMES[0]) + 30
    offer(server, monkeypatch, zipped(texts()), whole[:-5] if harm == "cut short" else flipped(whole, inside))
    with pytest.raises(DownloadError, match=r"Flickr8k_Dataset\.zip is damaged .* it was thrown away, try again"):
        get(server, tmp_path / "f8k")
    assert not (tmp_path / "f8k").exists()
    offer(server, monkeypatch, zipped(texts()), whole)
    assert len(get(server, tmp_path / "f8k")) == 8


def test_stopped_while_unpacking_nothing_is_half_there(server: Server, tmp_path: Path):
    unpacked: list[int] = []

    @contextmanager
    def shows(title: str) -> Iterator[Progress]:
        def stop(done: int, total: int) -> None:
            if title == "unpacking Flickr8k_Dataset.zip":
                unpacked.append(done)
                if len(unpacked) == 3:
                    raise KeyboardInterrupt("stopped")

        yield stop

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        get_flickr8k(tmp_path / "f8k", shows, server.url)
    assert unpacked == [len(photograph(0)) * count for count in (1, 2, 3)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache"]
    assert kept() == ["Flickr8k_Dataset.zip", "Flickr8k_text.zip"]
    assert len(get(server, tmp_path / "f8k")) == 8
    assert len(server.asked) == 2


def test_whole_files_that_are_not_flickr8k_are_refused(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    without = {name: data for name, data in texts().items() if "devImages" not in name}
    offer(server, monkeypatch, zipped(without), zipped(photographs()))
    with pytest.raises(DownloadError, match="is whole but not Flickr8k; leave out the address"):
        get(server, tmp_path / "f8k")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache"]


def test_members_stay_in_the_folder(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    hostile = {"../../evil.jpg": b"1", "/evil/../up.jpg": b"2", "images/../../Flickr8k.token.sh": b"3"}
    offer(server, monkeypatch, zipped(texts()), zipped(photographs() | hostile))
    get(server, tmp_path / "f8k")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "f8k"]
    assert {"evil.jpg", "up.jpg"} < {path.name for path in (tmp_path / "f8k/images").iterdir()}


def test_a_folder_of_other_things_is_left_alone(server: Server, tmp_path: Path, colours: Path):
    (tmp_path / "file").write_text("mine")
    for taken in (colours, tmp_path / "file"):
        before = listing(taken)
        with pytest.raises(CollectionError, match="holds other things than Flickr8k; give the path of a new folder"):
            get(server, taken)
        assert listing(taken) == before
    assert server.asked == []


def test_the_command_tells_the_terms_first_and_what_came(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    arguments = ["download", "flickr8k", "--to", str(tmp_path / "f8k"), "--from"]
    assert main([*arguments, "http://127.0.0.1:9"]) == 2
    told = capsys.readouterr()
    assert "belong to the Flickr users who took them; use them for research and teaching, not for commerce." in told.out
    assert told.err.startswith("error: http://127.0.0.1:9/Flickr8k_text.zip cannot be downloaded: 127.0.0.1:9 cannot")
    assert main([*arguments, server.url]) == 0
    told = capsys.readouterr()
    assert f"The files come from {server.url}.\n" in told.out
    assert f"{tmp_path / 'f8k'} holds 8 photographs and 40 captions: train 4, dev 1, test 1, unlisted 2" in told.out
    assert "Flickr8k_Dataset.zip: 100%" in told.err


def test_interrupted_it_says_how_to_go_on(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(flickr8k, "_unpack", interrupted)
    assert main(["download", "flickr8k", "--to", str(tmp_path / "f8k"), "--from", server.url]) == 130
    assert "stopped: what has come is kept; the same command goes on from there" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache"]
    assert kept() == ["Flickr8k_Dataset.zip", "Flickr8k_text.zip"]


def test_the_real_files_are_named_with_their_hashes():
    assert flickr8k.ADDRESS.startswith("https://")
    assert [len(bytes.fromhex(each.md5)) for each in (flickr8k.TEXT, flickr8k.PHOTOGRAPHS)] == [16, 16]
