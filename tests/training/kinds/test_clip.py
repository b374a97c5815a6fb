"""A CLIP trains as a VSE does: the same data, the same resume, the same dev measures."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tests.conftest import TINY_CLIP, tiny_clip
from tests.training.test_trainer import MODEL, StoppedError, changed, left_by, noise, stop_in
from vse.encoders.clip.config import ClipConfig
from vse.encoders.clip.folder import load_clip_folder, save_clip_folder
from vse.encoders.clip.module import ClipModule
from vse.errors import CheckpointError, TrainingError
from vse.io.configs import from_json, to_json
from vse.modalities.image.preprocess import Preprocess
from vse.training.config import train_config
from vse.training.kinds.clip import ABOUT, DEFAULTS, ClipPlan, TrainableClip, configuration_of, plan, store
from vse.training.kinds.registry import kind_in, kind_named, name_of
from vse.training.objectives.base import Context
from vse.training.objectives.infonce import InfoNCE, InfoNCEConfig, info_nce
from vse.training.run import train
from vse.training.sources import scene_set as training_set

PREPROCESS = {"mean": [0.5] * 3, "std": [0.25] * 3, "interpolation": "bicubic", "resize_mode": "shortest"}
CLIP = ClipConfig({"model_cfg": TINY_CLIP, "preprocess_cfg": PREPROCESS}, merges=40)
CLIP_TRAINING = changed("warmup_epochs", **DEFAULTS)
TEXTS = ["a dog", "two red cats on the green beach", "dog"]


@pytest.fixture(autouse=True)
def _one_thread_without_a_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(training_set, "rendered", noise)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def towers() -> TrainableClip:
    return ClipPlan(CLIP).learn(["a dog on a beach", "a dog"])


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_set, "rendered", noise)
        torch.set_num_threads(1)
        folder = tmp_path_factory.mktemp("runs") / "whole"
        train(folder, CLIP, CLIP_TRAINING)
    return folder


@pytest.mark.parametrize(("method", "call"), [("step", 2), ("step", 5), ("finish_epoch", 1), ("save", 4), ("save", 8)])
def test_a_run_stopped_and_resumed_ends_bit_for_bit_like_one_that_was_not(
    method: str, call: int, uninterrupted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        stop_in(patch, method, call)
        with pytest.raises(StoppedError, match=f"{method} {call}"):
            train(folder, CLIP, CLIP_TRAINING)
    assert train(folder, resume=True) == folder / "best"
    after, expected = left_by(folder), left_by(uninterrupted)
    assert after.keys() == expected.keys()
    assert [name for name in after if after[name] != expected[name]] == []


def test_the_best_model_is_a_folder_of_open_clip(uninterrupted: Path):
    best = uninterrupted / "best"
    parts = load_clip_folder(best)
    state = json.loads((uninterrupted / "state" / "state.json").read_text())
    assert json.loads((best / "metrics.json").read_text())["dev"]["rsum"] == state["best"]
    assert json.loads((best / "training.json").read_text()) == CLIP_TRAINING.to_json()
    rsums = [entry["dev"]["rsum"] for entry in state["history"]]
    assert json.loads((best / "history.json").read_text()) == state["history"][: rsums.index(max(rsums)) + 1]
    assert parts.config["text_cfg"]["vocab_size"] == 512 + 40 + 2
    assert all(torch.isfinite(tensor).all() for tensor in parts.model.state_dict().values())


def test_a_saved_model_measures_as_it_did_in_training(uninterrupted: Path):
    parts, config = load_clip_folder(uninterrupted / "best"), configuration_of(uninterrupted / "best")
    found = plan(config, train_config({"start_from": str(uninterrupted / "best")}))
    towers = found.learn([])
    model = towers.build()
    assert towers.start is not None
    model.load_state_dict(towers.start.weights)
    encoder = towers.encoder(model)
    with torch.inference_mode():
        texts = parts.model.encode_text(parts.tokenizer(TEXTS), normalize=True)
        pixels = noise([None] * 5, found.preprocess, "some")
        images = parts.model.encode_image(torch.from_numpy(found.preprocess.normalise(pixels)), normalize=True)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS, strict=False), texts.numpy(), atol=1e-5)
    np.testing.assert_allclose(encoder.encode_pixels(pixels), images.numpy(), atol=1e-5)


def test_a_text_is_the_same_however_long_its_batch_is(towers: TrainableClip):
    torch.manual_seed(0)
    model = towers.build().eval()
    ids, lengths = (torch.from_numpy(array) for array in towers.encode_batch(TEXTS))
    whole = towers.tokenizer(TEXTS)
    with torch.inference_mode():
        expected = model.clip.encode_text(whole, normalize=True)
        torch.testing.assert_close(model.embed("text", (ids, lengths)), expected, atol=1e-5, rtol=0)
        alone = model.embed("text", (ids[:1, : lengths[0]], lengths[:1]))
        torch.testing.assert_close(alone, expected[:1], atol=1e-5, rtol=0)
    torch.testing.assert_close(expected.norm(dim=1), torch.ones(3))


def test_tokens_have_a_start_an_end_and_at_most_the_context(towers: TrainableClip):
    ids, lengths = towers.encode_batch(["a dog", "dog " * 20, ""])
    start, end = towers.tokenizer.sot_token_id, towers.tokenizer.eot_token_id
    assert (start, end) == (512 + len(towers.merges), 513 + len(towers.merges))
    assert lengths.tolist() == [4, 8, 2]
    a, dog = towers.tokenizer.encode("a dog")
    assert ids.tolist() == [[start, a, dog, end, 0, 0, 0, 0], [start, *[dog] * 6, end], [start, end, 0, 0, 0, 0, 0, 0]]


def test_the_average_of_weights_is_made_of_numbers(towers: TrainableClip):
    model = towers.build()
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.5), use_buffers=True)
    for _ in range(3):
        average.update_parameters(model)
    ids, lengths = (torch.from_numpy(array) for array in towers.encode_batch(TEXTS))
    torch.testing.assert_close(average.module.embed("text", (ids, lengths)), model.embed("text", (ids, lengths)))
    assert torch.isfinite(average.module.clip.encode_text(towers.tokenizer(TEXTS))).all()


def test_a_text_is_read_on_the_device_that_the_model_is_on(towers: TrainableClip):
    model, (ids, lengths) = towers.build().to("meta"), towers.encode_batch(TEXTS)  # which refuses tensors of the CPU
    inputs = torch.from_numpy(ids).to("meta"), torch.from_numpy(lengths).to("meta")
    assert model.embed("text", inputs).device.type == "meta"


def test_the_logit_scale_is_learnt_and_clamped_to_one_hundred(towers: TrainableClip):
    model = towers.build()
    assert float(model.logit_scale().detach()) == pytest.approx(1 / 0.07)
    scores = torch.tensor([[0.5, 0.4], [0.3, 0.2]])
    loss = InfoNCE(InfoNCEConfig(), Context(model, "cosine")).one_way(scores, None, 0.0)
    torch.testing.assert_close(loss, info_nce(scores, 0.07))
    loss.backward()
    assert float(model.clip.logit_scale.grad) != 0
    with torch.no_grad():
        model.clip.logit_scale.fill_(7.0)
    model.logit_scale()
    assert float(model.clip.logit_scale.detach()) == 7.0  # reading changes nothing
    model.clamp_logit_scale()
    assert float(model.logit_scale().detach()) == pytest.approx(100)
    assert float(model.clip.logit_scale.detach()) == pytest.approx(math.log(100))


def flat(scenes: list, preprocess: Preprocess, name: str) -> np.ndarray:
    """Each picture of one colour of its own, which a step of training can learn from."""
    colours = np.random.default_rng(len(scenes)).integers(0, 256, (len(scenes), 1, 1, 3), dtype=np.uint8)
    return np.broadcast_to(colours, (len(scenes), preprocess.size, preprocess.size, 3))


def test_training_lowers_the_loss_and_moves_the_temperature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training_set, "rendered", flat)
    text = {**TINY_CLIP["text_cfg"], "context_length": 30}  # type: ignore[dict-item]
    clip = ClipConfig({**CLIP.open_clip, "model_cfg": {**TINY_CLIP, "text_cfg": text}}, merges=200)
    given = {**DEFAULTS, "epochs": 40, "learning_rate": 0.005, "scenes": 8, "batch_size": 16, "validation_scenes": 2}
    training = changed("warmup_epochs counterpart", **given)
    train(tmp_path / "run", clip, training)
    losses = [entry["loss"] for entry in json.loads((tmp_path / "run/state/state.json").read_text())["history"]]
    assert np.mean(losses[-5:]) < 0.9 * math.log(16)  # what guessing among 16 gives
    scale = float(load_clip_folder(tmp_path / "run/best").model.logit_scale.detach())
    assert scale != pytest.approx(math.log(1 / 0.07))


def test_a_run_can_start_from_a_trained_model(uninterrupted: Path, tmp_path: Path):
    first = uninterrupted / "best"
    onward = changed(
        "warmup_epochs",
        **{**DEFAULTS, "seed": 5, "epochs": 1, "learning_rate": 1e-12, "ema_decay": 0.0, "start_from": str(first)},
    )
    second = train(tmp_path / "second", None, onward)
    before, after = load_clip_folder(first), load_clip_folder(second)
    assert after.config == before.config
    assert after.tokenizer(TEXTS).tolist() == before.tokenizer(TEXTS).tolist()
    assert json.loads((second / "training.json").read_text())["start_from"] == CLIP_TRAINING.to_json()
    for name, weight in before.model.named_parameters():
        torch.testing.assert_close(after.model.get_parameter(name), weight, atol=1e-6, rtol=0)


def test_a_clip_is_no_start_for_a_vse(uninterrupted: Path, tmp_path: Path):
    onward = changed(start_from=str(uninterrupted / "best"))
    with pytest.raises(TrainingError, match="holds towers 'clip' and the run asks for 'vse'; give --towers clip"):
        train(tmp_path / "run", MODEL, onward)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("size", [(32, 32), (40, 40), (33, 32)])
def test_training_sees_the_pixels_that_open_clip_makes(size: tuple[int, int]):
    from open_clip.transform import PreprocessCfg, image_transform_v2

    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8))
    theirs = image_transform_v2(PreprocessCfg(**PREPROCESS, size=16), is_train=False)(picture).numpy()
    assert ClipPlan(CLIP).preprocess(picture).shape == theirs.shape
    tolerance = 1e-5 if size[0] == size[1] else 0.6  # an odd remainder is cropped half a pixel elsewhere
    assert np.abs(ClipPlan(CLIP).preprocess(picture) - theirs).mean() < tolerance


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"resize_mode": "longest"}, "preprocessing is 'longest' and 'bicubic'; training expects shortest or squash"),
        ({"interpolation": "bilinear"}, "preprocessing is 'shortest' and 'bilinear'"),
    ],
)
def test_preprocessing_that_the_cache_lacks_is_refused(changes: dict[str, str], message: str):
    config = ClipConfig({"model_cfg": TINY_CLIP, "preprocess_cfg": {**PREPROCESS, **changes}})
    with pytest.raises(CheckpointError, match=message):
        ClipPlan(config).preprocess  # noqa: B018


def test_a_configuration_that_lacks_a_part_is_refused():
    with pytest.raises(CheckpointError, match=r"has no model_cfg\.vision_cfg\.image_size; see scenes_clip\.json"):
        ClipConfig({"model_cfg": {"vision_cfg": 3}})
    with pytest.raises(CheckpointError, match=r"has no preprocess_cfg\.mean"):
        ClipConfig({"model_cfg": TINY_CLIP})


def test_configurations_name_their_kind():
    assert (name_of(CLIP), name_of(MODEL)) == ("clip", "vse")
    assert isinstance(kind_named("clip").plan(CLIP, train_config({})), ClipPlan)
    assert from_json(ClipConfig, json.loads(json.dumps(to_json(CLIP)))) == CLIP


def test_the_model_of_the_project_fits_into_eight_megabytes():
    towers = TrainableClip(ClipConfig(), ClipPlan(ClipConfig()).preprocess, (("a", "b"),) * ClipConfig().merges)
    model = towers.build()
    assert isinstance(model, ClipModule)
    assert 2 * sum(weights.numel() for weights in model.parameters()) < 7_850_000  # bytes in half precision


def test_storing_halves_the_weights_and_keeps_what_is_known(tmp_path: Path):
    best, to = tmp_path / "best", tmp_path / "to"
    history = [{"epoch": 1}]
    save_clip_folder(best, tiny_clip(), metrics={"dev": 1}, history=history, training={"seed": 3})
    store(best, to, {"scenes": 2}, "# Card\n")
    assert json.loads((to / "metrics.json").read_text()) == {"dev": 1, "scenes": 2}
    assert json.loads((to / "history.json").read_text()) == history
    assert json.loads((to / "training.json").read_text()) == {"seed": 3}
    assert (to / "README.md").read_text() == "# Card\n"
    weights = load_clip_folder(to).model.state_dict()
    for name, tensor in tiny_clip().model.state_dict().items():
        assert torch.equal(weights[name], tensor.half().float()), name
    assert kind_in(to) is kind_named("clip")
    assert "not OpenAI's CLIP" in ABOUT
