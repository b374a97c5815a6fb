"""Models to and from a Hub that runs on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import tiny_checkpoint, tiny_clip
from tests.hub_server import FakeHub, commit_of, fake_hub
from vse import from_pretrained, load_model, push_to_hub
from vse.cli import main
from vse.encoders.clip.folder import save_clip_folder
from vse.encoders.vse.checkpoint import save_checkpoint
from vse.errors import CheckpointError, DownloadError, NotServedError
from vse.evaluation.model_card import metadata_of, with_metadata

FIGURES = {"scenes": {"image_to_text": {"r1": 50.0, "r5": 75.126, "queries": 4}, "rsum": 3}, "noise": {"tags": {}},
           "dev": {"image_to_text": {"r1": 99.0}}}  # fmt: skip


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with fake_hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        monkeypatch.setenv("HF_TOKEN", "hf_of_a_test")
        yield server


@pytest.fixture
def model(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path / "tiny", tiny_checkpoint())
    (tmp_path / "tiny/metrics.json").write_text(json.dumps(FIGURES))
    (tmp_path / "tiny/README.md").write_text("---\nlicense: cc0-1.0\ntags:\n- mine\n---\n\n# tiny\n\nA model.\n")
    return tmp_path / "tiny"


def test_a_model_goes_to_the_hub_and_comes_back_the_same(hub: FakeHub, model: Path):
    (model / "notes.bin").write_bytes(b"stays here")
    address = push_to_hub(model, "me/tiny", datasets=["me/pictures"], private=True)
    assert address == f"{hub.address}/me/tiny"
    assert hub.private == {"me/tiny": True}
    sent = hub.versions["me/tiny"][-1]
    assert set(sent) == {"README.md", "config.json", "history.json", "metrics.json", "vocabulary.json",
                         "weights.safetensors"}  # fmt: skip
    card = sent["README.md"].decode()
    assert card.endswith("---\n\n# tiny\n\nA model.\n")
    about = metadata_of(card)
    assert (about["license"], about["tags"], about["datasets"]) == ("cc0-1.0", ["mine"], ["me/pictures"])
    assert about["library_name"] == "vse-explorer"
    assert about["model-index"][0]["results"] == [
        {
            "task": {"type": "retrieval", "name": "Image-text retrieval"},
            "dataset": {"type": "scenes", "name": "scenes"},
            "metrics": [
                {"type": "recall", "name": "R@1, image to text", "value": 50.0},
                {"type": "recall", "name": "R@5, image to text", "value": 75.13},
            ],
        }
    ]
    here, there = load_model(model), load_model("hf-hub:me/tiny")
    assert (there.name, there.fingerprint) == ("me/tiny", here.fingerprint)
    np.testing.assert_array_equal(here.encode_texts(["a red dog"]), there.encode_texts(["a red dog"]))


def test_a_revision_is_a_tag_or_a_commit_and_the_newest_where_none_is_given(hub: FakeHub, tmp_path: Path):
    fingerprints = []
    for seed in (1, 2):
        save_checkpoint(tmp_path / str(seed), tiny_checkpoint(seed))
        hub.add("me/two", {path.name: path.read_bytes() for path in (tmp_path / str(seed)).iterdir()})
        fingerprints.append(load_model(tmp_path / str(seed)).fingerprint)
    hub.tags["v1"] = 0
    assert from_pretrained("me/two").fingerprint == fingerprints[1]
    assert from_pretrained("me/two", revision="v1").fingerprint == fingerprints[0]
    assert load_model(f"hf-hub:me/two@{commit_of(0)}").fingerprint == fingerprints[0]
    with pytest.raises(NotServedError, match=r"me/two@v9 has no such revision on 127\.0\.0\.1"):
        from_pretrained("me/two", revision="v9")


def test_nothing_but_weights_and_text_is_fetched(hub: FakeHub, model: Path):
    files = {path.name: path.read_bytes() for path in model.iterdir()}
    hub.add("me/tiny", {**files, "pytorch_model.bin": b"pickle", "modeling.py": b"print()", "sub/x.json": b"{}"})
    from_pretrained("me/tiny")
    fetched = {line.rpartition("/")[2] for line in hub.asked if line.startswith("GET") and "/resolve/" in line}
    assert {"pytorch_model.bin", "modeling.py"}.isdisjoint(fetched)
    assert "config.json" in fetched


def test_what_was_fetched_is_there_without_a_network(
    hub: FakeHub, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    push_to_hub(model, "me/tiny")
    name = from_pretrained("me/tiny").fingerprint
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert from_pretrained("me/tiny").fingerprint == name
    with pytest.raises(DownloadError, match=r"me/other is not on this machine and 127\.0\.0\.1:9 cannot be reached"):
        from_pretrained("me/other")
    capsys.readouterr()
    assert main(["search", "red", "--model", "hf-hub:me/other"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["tiny", "me/", "/tiny", "me/tiny@", "me/a/b", "me/../b", "", "me/a b"])
def test_a_name_that_the_hub_cannot_have_is_refused_before_asking_it(name: str):
    with pytest.raises(CheckpointError, match="is no name of a model on the Hub"):
        load_model(f"hf-hub:{name}")


def test_a_model_that_is_not_there_is_told(hub: FakeHub, model: Path):
    with pytest.raises(NotServedError, match=r"me/none is not on 127\.0\.0\.1:\d+, or is private"):
        from_pretrained("me/none")


def test_a_model_that_does_not_fit_together_is_not_sent(hub: FakeHub, model: Path):
    (model / "vocabulary.json").write_text("[]")
    with pytest.raises(CheckpointError, match="vocabulary"):
        push_to_hub(model, "me/tiny")
    assert hub.versions == {}


def test_the_command_pushes(hub: FakeHub, model: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["push", str(model), "me/tiny", "--license", "mit", "--message", "First"]) == 0
    assert "load it as hf-hub:me/tiny" in capsys.readouterr().out
    assert metadata_of(hub.versions["me/tiny"][-1]["README.md"].decode())["license"] == "mit"


def test_a_folder_of_open_clip_is_written_its_way(tmp_path: Path):
    save_clip_folder(tmp_path / "clip", tiny_clip())
    assert load_model(f"local-dir:{tmp_path / 'clip'}").fingerprint == load_model(tmp_path / "clip").fingerprint
    with pytest.raises(
        CheckpointError, match=r"is no folder of a CLIP: expected one that holds open_clip_config\.json"
    ):
        load_model(f"local-dir:{tmp_path}")


def test_metadata_is_renewed_and_the_rest_of_a_card_stays():
    card = with_metadata("# A\n\ntext\n", "a", "vse", FIGURES, "mit")
    assert card.endswith("---\n\n# A\n\ntext\n")
    assert with_metadata(card, "a", "vse", FIGURES) == card
    assert "model-index" not in metadata_of(with_metadata(card, "a", "vse", {}))
    assert metadata_of("# no head\n") == metadata_of("---\n: [\n---\n") == {}
