from __future__ import annotations

import json
from pathlib import Path

import pytest

from vse.encoders.vse.config import ModelConfig
from vse.errors import CheckpointError
from vse.io.configs import from_json, read_json, to_json
from vse.modalities.image.config import ImageConfig
from vse.modalities.text.config import TextConfig

MODEL = ModelConfig(
    name="other",
    dim=12,
    similarity="order",
    image=ImageConfig(widths=(1, 2), blocks=(3,), pooling="mean", grid=5, size=64, fit="squash"),
    text=TextConfig(word_dim=7, hidden=8, cell="lstm", bidirectional=False, word_dropout=0.5, max_words=9),
)


@pytest.mark.parametrize("config", [MODEL, ModelConfig()])
def test_a_configuration_comes_back_from_json(config: ModelConfig):
    back = from_json(type(config), json.loads(json.dumps(to_json(config))))
    assert back == config
    assert hash(back) == hash(config)  # lists would have become tuples again


def test_what_json_leaves_out_keeps_its_default():
    assert from_json(ModelConfig, {"dim": 3, "image": {"grid": 2}}) == ModelConfig(dim=3, image=ImageConfig(grid=2))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"dims": 3, "nam": "a"}, "run.json has dims, nam, which ModelConfig does not know"),
        ({"image": {"gird": 2}}, "run.json: image has gird, which ImageConfig does not know"),
        ({"text": {"cells": "gru"}}, "run.json: text has cells, which TextConfig does not know"),
    ],
)
def test_a_key_that_is_not_known_is_refused(data: dict[str, object], message: str):
    with pytest.raises(CheckpointError, match=message):
        from_json(ModelConfig, data, "run.json")


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (ImageConfig, {"pooling": "max"}, "pooling = 'max'; expected one of mean, grid"),
        (TextConfig, {"pooling": "max"}, "pooling = 'max'; expected one of last, mean"),
        (TextConfig, {"cell": "rnn"}, "cell = 'rnn'; expected one of gru, lstm"),
        (ModelConfig, {"similarity": "dot"}, "similarity = 'dot'; expected one of cosine, order"),
    ],
)
def test_a_value_that_is_not_known_is_refused(kind: type, change: dict[str, str], message: str):
    for make in (lambda: kind(**change), lambda: from_json(kind, change)):
        with pytest.raises(CheckpointError, match=message):
            make()


def test_read_json_names_a_file_that_is_missing_or_broken(tmp_path: Path):
    path = tmp_path / "a.json"
    with pytest.raises(CheckpointError, match=r"a\.json is missing"):
        read_json(path)
    for content in (b"{", b"\xff\xfe\xff"):
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match=r"a\.json is not valid JSON"):
            read_json(path)
    path.write_text('{"ä": [1]}', encoding="utf-8")
    assert read_json(path) == {"ä": [1]}
