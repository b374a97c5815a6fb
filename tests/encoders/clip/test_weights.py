"""Names of CLIPs, and the files behind them; the server is on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import open_clip.factory
import open_clip.pretrained
import pytest

from tests.conftest import TINY_CLIP
from tests.file_server import Server, serving
from vse.encoders.clip.weights import ClipName, clip_named
from vse.errors import CheckpointError, DownloadError
from vse.io.paths import DEFAULT_CLIP

DATA = b"weights" * 1000
SAFE = "/someone/tiny/resolve/main/open_clip_model.safetensors"
PICKLED = "/someone/tiny/resolve/main/open_clip_pytorch_model.bin"


@pytest.fixture(autouse=True)
def _tiny_architecture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """open_clip knows "Tiny-8" too, with one tag on the hub and one at an address of its own; no cache is found."""
    source = {"hf_hub": "someone/tiny/", "url": "", "mean": (0.5, 0.5, 0.5), "interpolation": "bilinear"}
    monkeypatch.setitem(open_clip.factory._MODEL_CONFIGS, "Tiny-8", TINY_CLIP)
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, "Tiny-8", {"hub": source, "file": source | {"hf_hub": ""}})
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repository, name: None)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url + "/")
        server.files[SAFE] = DATA
        yield server


def test_names():
    assert clip_named(DEFAULT_CLIP) == ClipName("ViT-B-32", "laion2b_s34b_b79k")
    assert clip_named("MobileCLIP-S1/datacompdr") == ClipName("MobileCLIP-S1", "datacompdr")
    assert clip_named("ViT-B/32/LAION2B-s34b-b79k") == ClipName("ViT-B-32", "laion2b_s34b_b79k")
    assert clip_named("scenes-vse") is None
    assert clip_named("models/scenes-vse") is None
    assert clip_named("me@home") is None
    assert str(ClipName("ViT-B-32", "openai")) == "ViT-B-32/openai"


def test_names_with_a_file(tmp_path: Path):
    file = tmp_path / "a@b.pt"
    file.write_bytes(b"")
    assert clip_named(f"ViT-B-32@{file}") == ClipName("ViT-B-32", None, file)
    assert clip_named(f"ViT-B-32/openai@{file}") == ClipName("ViT-B-32", "openai", file)
    assert str(ClipName("ViT-B-32", "openai", file)) == "ViT-B-32/openai@a@b.pt"
    assert ClipName("ViT-B-32", None, file).weights() == file
    with pytest.raises(CheckpointError, match=r"none\.pt is not a file: after ViT-B-32@ give the path"):
        clip_named("ViT-B-32@none.pt")


def test_near_names_are_named():
    with pytest.raises(CheckpointError, match=r"knows no architecture 'ViT-B-33'; did you mean .*ViT-B-32"):
        clip_named("ViT-B-33/openai")
    with pytest.raises(CheckpointError, match="knows no architecture 'mobileclip-s1'; did you mean MobileCLIP-S1"):
        clip_named("mobileclip-s1/datacompdr")
    with pytest.raises(CheckpointError, match="no weights 'laion2b_s34b' of ViT-B-32; did you mean laion2b_s34b_b79k"):
        clip_named("ViT-B-32/laion2b_s34b")
    with pytest.raises(CheckpointError, match="no weights 'mine' of Tiny-8; it knows hub, file"):
        clip_named("Tiny-8/mine")


def test_the_tag_decides_activation_and_preprocessing():
    assert ClipName("ViT-B-32", "openai").config["quick_gelu"] is True
    assert not ClipName("ViT-B-32", "laion2b_s34b_b79k").config.get("quick_gelu")
    siglip = {"mean": (0.5,) * 3, "std": (0.5,) * 3, "interpolation": "bicubic", "resize_mode": "squash"}
    assert ClipName("ViT-B-16-SigLIP", "webli").preprocess == siglip
    assert ClipName("ViT-B-16-SigLIP", None, Path("x")).preprocess == siglip  # all its tags agree
    assert ClipName("Tiny-8", "hub").preprocess == {"mean": (0.5,) * 3, "interpolation": "bilinear"}


def test_weights_come_from_the_hub_once(server: Server, tmp_path: Path):
    name, seen = ClipName("Tiny-8", "hub"), []
    assert name.cached() is None
    path = name.weights(lambda *news: seen.append(news))
    assert path == tmp_path / "cache/clip/Tiny-8--hub/open_clip_model.safetensors"
    assert path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert name.weights() == name.cached() == path
    assert server.asked == [(SAFE, None)]


def test_the_second_name_is_asked_for_when_the_first_is_not_served(server: Server):
    server.files[PICKLED] = server.files.pop(SAFE)
    assert ClipName("Tiny-8", "hub").weights().name == "open_clip_pytorch_model.bin"
    assert [path for path, _ in server.asked] == [SAFE, PICKLED]
    assert ClipName("Tiny-8", "hub").cached() is not None
    del server.files[PICKLED]


def test_a_repository_may_name_its_file(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED["Tiny-8"]["hub"], "hf_hub", "someone/tiny/model.bin")
    server.files["/someone/tiny/resolve/main/model.bin"] = DATA
    assert ClipName("Tiny-8", "hub").weights().name == "model.bin"
    assert [path for path, _ in server.asked] == [
        f"/someone/tiny/resolve/main/model.{end}" for end in ("safetensors", "bin")
    ]


def test_an_address_of_its_own_says_its_hash(server: Server, monkeypatch: pytest.MonkeyPatch):
    digest = hashlib.sha256(DATA).hexdigest()
    source = open_clip.pretrained._PRETRAINED["Tiny-8"]["file"]
    for path in (f"/mlfoundations/tiny-{digest[:8]}.pt", f"/openaipublic/{digest}/tiny.pt"):
        server.files = {path: DATA}
        monkeypatch.setitem(source, "url", server.url + path)
        assert ClipName("Tiny-8", "file").weights().name == path.rsplit("/", 1)[1]
    wrong = "/mlfoundations/tiny-00000000.pt"
    server.files = {wrong: DATA}
    monkeypatch.setitem(source, "url", server.url + wrong)
    with pytest.raises(DownloadError, match="expected 00000000"):
        ClipName("Tiny-8", "file").weights()


def test_what_hugging_face_has_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    theirs = tmp_path / "snapshot.safetensors"
    monkeypatch.setattr(
        huggingface_hub,
        "try_to_load_from_cache",
        lambda repository, name: str(theirs) if (repository, name[-3:]) == ("someone/tiny", "ors") else None,
    )
    assert ClipName("Tiny-8", "hub").weights() == theirs


def test_without_network_one_sentence_says_what_to_do(tmp_path: Path):
    expected = r"cannot be reached \(Connection refused\).*a file that you have can be given as Tiny-8/hub@PATH"
    with pytest.raises(DownloadError, match=expected):
        ClipName("Tiny-8", "hub").weights()
    with pytest.raises(DownloadError, match="open_clip names no download of Tiny-8/file"):
        ClipName("Tiny-8", "file").weights()
    assert not any((tmp_path / "cache").rglob("*.part"))
