"""A CLIP by its open_clip name: what fits is loaded, what does not is named; nothing comes from the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import numpy as np
import open_clip.factory
import open_clip.pretrained
import pytest
import torch
from safetensors.torch import save, save_file

from tests.conftest import TINY_CLIP
from tests.file_server import Server, serving
from vse.cli import main
from vse.encoders.clip.folder import build_clip
from vse.encoders.clip.named import fitted
from vse.encoders.registry import load_model
from vse.errors import CheckpointError, DownloadError
from vse.io.tensors import read_tensors

CONFIG = {**TINY_CLIP, "text_cfg": {**TINY_CLIP["text_cfg"], "vocab_size": 49408}}
PATH = "/someone/tiny/resolve/main/open_clip_model.safetensors"


@pytest.fixture(autouse=True)
def _tiny_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    """open_clip knows "Tiny-8" too, with the usual tokens; no cache is found and no network is there."""
    source = {"hf_hub": "someone/tiny/", "url": "", "resize_mode": "squash"}
    monkeypatch.setitem(open_clip.factory._MODEL_CONFIGS, "Tiny-8", CONFIG)
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, "Tiny-8", {"hub": source})
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repository, name: None)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture(scope="module")
def tensors() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return build_clip(CONFIG, "the tiny CLIP").state_dict()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tensors: dict[str, torch.Tensor]) -> Iterator[Server]:
    with serving() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        server.files[PATH] = save(tensors)
        yield server


def test_a_model_is_downloaded_once_and_then_offline(server: Server, monkeypatch: pytest.MonkeyPatch):
    seen: list[tuple[int, int]] = []
    first = load_model("Tiny-8/hub", progress=lambda *news: seen.append(news))
    assert seen[-1] == (len(server.files[PATH]),) * 2
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    again = load_model("Tiny-8/hub")
    assert again.name == "Tiny-8/hub"
    assert again.fingerprint == first.fingerprint
    np.testing.assert_array_equal(again.encode_texts(["a dog"]), first.encode_texts(["a dog"]))
    assert first.parts.preprocess_cfg["resize_mode"] == "squash"


def test_a_cancelled_download_goes_on(server: Server):
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        load_model("Tiny-8/hub", progress=stop)
    load_model("Tiny-8/hub")
    first, second = (asked for _, asked in server.asked)
    assert first is None
    assert int(second.removeprefix("bytes=").removesuffix("-")) > 0


def test_one_file_in_every_form_gives_one_model(tensors: dict[str, torch.Tensor], tmp_path: Path):
    forms = {
        "plain.pt": tensors,
        "trained.pt": {"epoch": 3, "state_dict": {f"module.{name}": tensor for name, tensor in tensors.items()}},
        "scale.pt": {**tensors, "logit_scale": tensors["logit_scale"].reshape(1)},
        "half.bin": {name: tensor.half() for name, tensor in tensors.items()},
    }
    save_file(tensors, tmp_path / "plain.safetensors")
    for name, data in forms.items():
        torch.save(data, tmp_path / name)
    expected = load_model(f"Tiny-8@{tmp_path / 'plain.safetensors'}")
    assert expected.name == "Tiny-8@plain.safetensors"
    for name in forms:
        found = load_model(f"Tiny-8@{tmp_path / name}").encode_texts(["a dog"])
        np.testing.assert_allclose(found, expected.encode_texts(["a dog"]), atol=0 if name != "half.bin" else 1e-2)


def test_older_names_are_read(tensors: dict[str, torch.Tensor]):
    custom = build_clip({**CONFIG, "custom_text": True}, "here")
    assert fitted(custom, tensors).keys() == custom.state_dict().keys()


def test_counts_of_batches_are_passed_over():
    model = torch.nn.BatchNorm1d(2)
    assert set(fitted(model, model.state_dict())) == {"weight", "bias", "running_mean", "running_var"}


def test_tensors_that_do_not_fit_are_named(tensors: dict[str, torch.Tensor], tmp_path: Path):
    file = tmp_path / "weights.safetensors"
    save_file({name: tensor for name, tensor in tensors.items() if name != "ln_final.bias"}, file)
    with pytest.raises(CheckpointError, match=r"weights\.safetensors lacks ln_final\.bias"):
        load_model(f"Tiny-8@{file}")
    save_file({**tensors, "visual.proj": torch.zeros(16, 9)}, file)
    with pytest.raises(
        CheckpointError, match=r"visual\.proj has shape \(16, 9\), its configuration asks for \(16, 8\)"
    ):
        load_model(f"Tiny-8@{file}")
    save_file({**tensors, "positional_embedding": torch.zeros(9, 16)}, file)  # which open_clip would resize
    with pytest.raises(CheckpointError, match=r"positional_embedding has shape \(9, 16\)"):
        load_model(f"Tiny-8@{file}")


def test_files_that_are_no_weights_are_refused(tensors: dict[str, torch.Tensor], tmp_path: Path):
    file = tmp_path / "weights.safetensors"
    file.write_bytes(save(tensors)[:-50])
    with pytest.raises(CheckpointError, match="is not a whole safetensors file"):
        load_model(f"Tiny-8@{file}")
    torch.save(tensors, tmp_path / "whole.pt")
    (tmp_path / "cut.pt").write_bytes((tmp_path / "whole.pt").read_bytes()[:-5000])
    (tmp_path / "words.pt").write_text("not weights")
    torch.save({"model": Path("code")}, tmp_path / "code.pt")  # of which reading means running
    for name in ("cut", "words", "code"):
        with pytest.raises(CheckpointError, match=rf"{name}\.pt cannot be read .*expected \.safetensors"):
            load_model(f"Tiny-8@{tmp_path / name}.pt")
    torch.save({"epoch": 3}, tmp_path / "other.pt")
    with pytest.raises(CheckpointError, match=r"other\.pt holds no dictionary of tensors"):
        read_tensors(tmp_path / "other.pt")


def test_unknown_names(tmp_path: Path):
    with pytest.raises(
        CheckpointError, match=r"No model 'a/b/c': .*ARCHITECTURE/TAG, such as ViT-B-32/laion2b_s34b_b79k"
    ):
        load_model("a/b/c")
    with pytest.raises(CheckpointError, match="did you mean Tiny-8"):
        load_model("Tiny-9/hub")


def test_without_network_one_sentence_says_so():
    with pytest.raises(DownloadError, match=r"cannot be reached \(Connection refused\); check the network connection"):
        load_model("Tiny-8/hub")


def test_a_tokenizer_that_is_not_here_is_told_before_the_download(server: Server, monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'transformers'", name="transformers")

    def offline(name: str) -> None:
        raise OSError("We couldn't connect to 'https://huggingface.co'\nand more")

    monkeypatch.setattr(open_clip, "get_tokenizer", missing)
    with pytest.raises(CheckpointError, match="The tokenizer of Tiny-8/hub needs transformers: run pip install transf"):
        load_model("Tiny-8/hub")
    monkeypatch.setattr(open_clip, "get_tokenizer", offline)
    with pytest.raises(DownloadError, match=r"is not here \(We couldn't connect to 'https://huggingface.co'\): check"):
        load_model("Tiny-8/hub")
    assert server.asked == []


def test_the_command_downloads_with_a_bar(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["download", "clip", "Tiny-8/hub"]) == 0
    file = tmp_path / "cache/clip/Tiny-8--hub/open_clip_model.safetensors"
    out, err = capsys.readouterr()
    assert out == f"Tiny-8/hub is at {file}\n"
    assert "Tiny-8/hub: 100%" in err
    assert main(["download", "clip", "Tiny-8/hub"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["download", "clip", "scenes-vse"]) == 2
    assert "'scenes-vse' came: expected ARCHITECTURE/TAG, such as ViT-B-32" in capsys.readouterr().err


def test_a_command_fetches_what_it_is_asked_to_use(server: Server, colours: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["search", "red", "--model", "Tiny-8/hub", "--collection", str(colours), "-k", "2"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert "Tiny-8/hub: 100%" in err
