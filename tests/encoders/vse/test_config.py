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
        (ModelConfig, {"apex": True}, "An apex has no say with the similarity 'cosine'; choose order"),
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
    for content, message in (
        (b"{", r"a\.json, line 1: the JSON is cut short; copy the file again\.$"),
        (b"[1,\n?]", r"a\.json, line 2: this is not valid JSON"),
        (b"[NaN]", r"a\.json: this is not valid JSON \(NaN is no number\)"),
        (b"[1e999]", r"a\.json: this is not valid JSON \(1e999 is too large a number\)"),
        (b"[" * 200_000, r"a\.json: this JSON is nested too deeply"),
        (b"9" * 5000, r"a\.json: Exceeds the limit"),
        (b"\xff\xfe\xff", r"a\.json, line 1: this is not UTF-8 text"),
    ):
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match=message):
            read_json(path)
    path.write_text('{"ä": [1]}', encoding="utf-8")
    assert read_json(path) == {"ä": [1]}


@pytest.mark.parametrize("value", [None, "x", -1, [], {}, [[1]], True])
@pytest.mark.parametrize("name", ["dim", "similarity", "image", "text"])
def test_a_value_of_another_type_or_out_of_range_is_told_with_where_it_stands(name: str, value: object):
    if (name, value) in (("image", {}), ("text", {})):
        assert from_json(ModelConfig, {name: value}) == ModelConfig()
        return
    with pytest.raises(CheckpointError, match=rf"^run\.json.*{name}.*(; expected|expected an object)"):
        from_json(ModelConfig, {name: value}, "run.json")


def test_whole_numbers_are_numbers_and_lists_tuples():
    found = from_json(ModelConfig, {"image": {"widths": [4, 6]}, "text": {"word_dropout": 0}})
    assert (found.image.widths, found.text.word_dropout) == ((4, 6), 0)
