from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from vse.encoders.registry import load_model
from vse.encoders.vse.checkpoint import load_checkpoint
from vse.encoders.vse.config import ModelConfig
from vse.encoders.vse.model import VSE
from vse.errors import CheckpointError, CollectionError, ConfigError, TrainingError
from vse.io.tensors import without_counters
from vse.modalities.image.backbones.build import build_backbone, folded
from vse.modalities.image.config import ImageConfig
from vse.modalities.text.config import TextConfig
from vse.training.config import TrainConfig, train_config
from vse.training.kinds.vse import VSEPlan
from vse.training.run import train
from vse.training.sources.base import Batch
from vse.training.sources.photo_set import PhotographSource, labels_true_of
from vse.training.sources.photographs import prepare

MODEL = ModelConfig(
    dim=8,
    image=ImageConfig("timm/mobilenetv3_small_050", pooling="generalised", grid=1, detectors=4, size=32, fit="squash"),
    text=TextConfig(word_dim=6, hidden=5, pooling="mean"),
)
COLOURS = {"red": (230, 20, 20), "green": (20, 200, 30), "blue": (10, 20, 220), "white": (250, 250, 250)}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Eight train photographs and four of dev, two captions each."""
    folder = tmp_path / "walls"
    (folder / "images").mkdir(parents=True)
    lines = ["image\tsplit\tcaption"]
    for number in range(12):
        colour = list(COLOURS)[number % 4]
        Image.new("RGB", (40, 30), COLOURS[colour]).save(folder / "images" / f"{number}.png")
        split = "train" if number < 8 else "dev"
        side = "on the left" if number == 0 else "of paint"
        lines += [f"{number}.png\t{split}\t{text}" for text in (f"a {colour} wall {side}", f"{colour} wall")]
    (folder / "captions.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def config(photos: Path, **given: object) -> TrainConfig:
    values = {"collection": str(photos), "batch_size": 4, "epochs": 2, "ema_decay": 0.5, "captions_per_image": 2}
    return train_config({**values, **given})


def source_of(photos: Path, **given: object) -> PhotographSource:
    training = config(photos, **given)
    return prepare(training, VSEPlan(MODEL, training))[0]


def sentences(ids: np.ndarray, lengths: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(row[:length].tolist()) for row, length in zip(ids, lengths, strict=True)]


def test_batches_hold_pictures_with_their_own_captions(photos: Path):
    found = source_of(photos, augment=0.0, word_prediction=1.0)
    assert found.steps_per_epoch == 2
    order = found.order(0)
    assert sorted(order) == list(range(8))
    batch = found.batch(0, 1)
    assert batch.inputs["image"].shape == (4, 3, 32, 32)
    assert batch.inputs["text"][0].shape[0] == 8
    assert batch.relevant == {}
    again = found.batch(0, 1)
    assert torch.equal(batch.inputs["image"], again.inputs["image"])
    assert torch.equal(batch.inputs["text"][0], again.inputs["text"][0])
    written = sentences(*batch.inputs["text"])
    for place, row in enumerate(order[4:8]):
        said = sentences(found.data.caption_ids[row], found.data.caption_lengths[row])
        assert set(written[2 * place : 2 * place + 2]) == set(said)
    assert batch.targets["words"].shape == (4, found.widths["words"])
    assert source_of(photos, crop_size=20).batch(0, 1).inputs["image"].shape == (4, 3, 20, 20)


def test_the_parts_of_all_processes_together_are_the_batch_of_one(photos: Path):
    found = source_of(photos)
    whole, parts = found.batch(1, 0), [found.batch(1, 0, rank, 2) for rank in (0, 1)]
    assert torch.equal(torch.cat([part.inputs["image"] for part in parts]), whole.inputs["image"])
    written = [sentence for part in parts for sentence in sentences(*part.inputs["text"])]
    assert written == sentences(*whole.inputs["text"])
    with pytest.raises(TrainingError, match="A batch of 4 has no equal parts for 3 processes"):
        found.batch(0, 0, 0, 3)


def test_a_picture_that_a_caption_calls_left_or_right_is_never_mirrored(photos: Path):
    found = source_of(photos)
    assert found.data.sided.any(axis=1).tolist() == [True] + [False] * 7
    seen = []
    found.images = lambda pixels, rng, may_mirror, mine: seen.append(may_mirror) or torch.zeros(4, 3, 32, 32)  # type: ignore[method-assign, func-returns-value]
    drawn = []
    for epoch in range(3):
        for step in range(found.steps_per_epoch):
            found.batch(epoch, step)
            drawn.append(found.order(epoch)[4 * step : 4 * step + 4])
    for rows, may_mirror in zip(drawn, seen, strict=True):
        assert may_mirror.tolist() == [row != 0 for row in rows]


def test_training_and_answering_cut_a_caption_at_the_same_word(photos: Path):
    model = replace(MODEL, text=replace(MODEL.text, max_words=2))
    trainable = VSEPlan(model, config(photos)).learn(["a red wall of paint"])
    ids, lengths = trainable.encode_batch(["a red wall of paint"])
    assert (ids.shape, lengths.tolist()) == ((1, 2), [2])


def test_a_run_on_photographs_learns_freezes_and_is_kept(photos: Path, tmp_path: Path):
    best = train(tmp_path / "run", MODEL, config(photos, frozen_epochs=1.0, word_prediction=0.1))
    checkpoint = load_checkpoint(best)
    assert checkpoint.training["source"]["collection"] == "walls"  # a name, not a path of this machine
    assert checkpoint.history
    assert checkpoint.history[0]["dev"]["image_to_text"]["queries"] == 4
    encoder = load_model(best)
    vectors = encoder.encode_images([photos / "images" / "1.png"])
    assert np.isfinite(vectors).all()
    assert vectors.shape == (1, 8)


def test_a_frozen_backbone_stays_as_it_is_and_a_thawed_one_does_not(photos: Path, tmp_path: Path):
    first = train(tmp_path / "frozen", MODEL, config(photos, epochs=1, frozen_epochs=1.0))
    later = train(tmp_path / "thawed", MODEL, config(photos, epochs=1, backbone_rate=1.0))
    words = len(load_checkpoint(first).vocabulary)
    torch.manual_seed(0)
    fresh = VSE(MODEL, words).image_tower.backbone.state_dict()
    for folder, same in ((first, True), (later, False)):
        kept = load_checkpoint(folder).model.image_tower.backbone.state_dict()
        assert all(torch.equal(fresh[name], kept[name]) for name in fresh) == same


def test_a_run_that_stopped_as_its_backbone_thawed_goes_on_to_the_same_end(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    training = config(photos, frozen_epochs=1.0)
    whole = train(tmp_path / "whole", MODEL, training)
    batch = PhotographSource.batch

    def stops(self: PhotographSource, epoch: int, step: int, rank: int = 0, world: int = 1) -> Batch:
        if epoch == 1:
            raise KeyboardInterrupt("stopped here")
        return batch(self, epoch, step)

    with monkeypatch.context() as patched:
        patched.setattr(PhotographSource, "batch", stops)
        with pytest.raises(KeyboardInterrupt, match="stopped here"):
            train(tmp_path / "cut", MODEL, training)
    train(tmp_path / "cut", resume=True)
    for name in ("model", "average"):
        ends = [load_file(run / "state" / f"{name}.safetensors") for run in (whole.parent, tmp_path / "cut")]
        assert all(torch.equal(ends[0][key], ends[1][key]) for key in ends[0])


def test_features_that_a_step_leaves_out_are_the_same_ones_again(photos: Path, tmp_path: Path):
    ends = [
        train(tmp_path / name, MODEL, config(photos, epochs=1, feature_dropout=share))
        for name, share in (("none", 0.0), ("half", 0.5), ("again", 0.5))
    ]
    none, half, again = (load_checkpoint(end).model.image_tower.affine.weight for end in ends)
    assert torch.equal(half, again)
    assert not torch.allclose(none, half)


def test_words_begin_with_the_vectors_of_a_file(photos: Path, tmp_path: Path):
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("red 1 2 3 4 5 6\nzebra 0 0 0 0 0 1\n", encoding="utf-8")
    training = config(photos, word_vectors=str(vectors))
    towers = VSEPlan(MODEL, training).learn(["a red wall", "a blue wall"])
    embedding = towers.build().text_tower.embedding.weight
    assert embedding[towers.vocabulary.words.index("red")].tolist() == [1, 2, 3, 4, 5, 6]
    vectors.write_text("red 1 2\n", encoding="utf-8")
    with pytest.raises(CheckpointError, match="vectors of 2 dimensions and the model words of 6; set --text-word-dim"):
        towers.build()


def test_what_cannot_be_trained_on_is_told_in_a_sentence(photos: Path):
    with pytest.raises(TrainingError, match="A batch of 64 does not fit 8 pictures"):
        source_of(photos, batch_size=64)
    with pytest.raises(CollectionError, match="No collection"):
        source_of(photos / "nowhere")
    (photos / "captions.tsv").write_text("image\tsplit\tcaption\n1.png\ttrain\ta wall\n", encoding="utf-8")
    with pytest.raises(CollectionError, match="has no split 'dev'"):
        source_of(photos)
    with pytest.raises(CheckpointError, match="'small_resnet' has no weights to begin with"):
        VSEPlan(ModelConfig(), config(photos, backbone_weights="download")).learn(["a"]).build()


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Six labelled photographs to learn from, four of them walls that are green."""
    folder = tmp_path / "things"
    folder.mkdir()
    lines = ["image\tlabel\tsplit"]
    for number, label in enumerate(["green wall"] * 4 + ["post", "red"]):
        Image.new("RGB", (30, 40), COLOURS["green" if number < 4 else "red"]).save(folder / f"{number}.png")
        lines.append(f"{number}.png\t{label}\ttrain")
    (folder / "labels.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_batch_has_its_places_for_further_photographs(photos: Path, labels: Path):
    found = source_of(photos, more=f"{labels}:2", batch_size=6, captions_per_image=3)
    assert found.steps_per_epoch == 2  # of the collection's eight photographs, four at a time
    batch = found.batch(0, 0)
    assert batch.items == 6
    assert batch.inputs["image"].shape == (6, 3, 32, 32)
    assert batch.inputs["text"][0].shape[0] == 18
    again = found.batch(0, 0)
    assert torch.equal(batch.inputs["image"], again.inputs["image"])
    assert torch.equal(batch.inputs["text"][0], again.inputs["text"][0])
    with pytest.raises(TrainingError, match="A batch of 4 has no place for the 4 pictures of --more and others"):
        source_of(photos, more=f"{labels}:4")
    with pytest.raises(ConfigError, match="more is 'things'; expected PATH:COUNT,PATH:COUNT"):
        config(photos, more="things")


def test_rare_labels_are_drawn_more_often_than_their_photographs_are_many(photos: Path, labels: Path):
    odds = source_of(photos, more=f"{labels}:2", batch_size=6).more[0][0].odds
    assert odds is not None
    assert odds.sum() == pytest.approx(1)
    assert odds[4] == pytest.approx(2 * odds[0])  # of one photograph and of four: the root of the ratio


def test_a_label_is_no_negative_of_what_it_is_true_of():
    # Item 0 is captioned with the words 2 and 3; 1 is labelled "2 3", 2 is labelled "2", 3 is labelled "4".
    used = torch.zeros(4, 6)
    for item, words in enumerate([[2, 3], [2, 3, 5], [2, 5], [4, 5]]):
        used[item, words] = 1
    labels = torch.tensor([[0, 0], [2, 3], [2, 0], [4, 0]])
    assert labels_true_of(labels, used).tolist() == [
        [False, True, True, False],
        [False, True, True, False],
        [False, False, True, False],
        [False, False, False, True],
    ]


def test_several_collections_are_measured_as_one(photos: Path, labels: Path, tmp_path: Path):
    more = tmp_path / "more"
    shutil.copytree(photos, more)
    training = config(photos, more=f"{more}:1,{labels}:1", batch_size=6)
    validation = prepare(training, VSEPlan(MODEL, training))[1]
    assert len(validation.collection) == len(validation.pixels) == 8
    assert {item.id.split("/")[0] for item in validation.collection.items} == {"walls", "more"}
    best = train(tmp_path / "run", MODEL, replace(training, epochs=1))
    assert load_checkpoint(best).training["source"]["more"] == "more:1,things:1"


def test_a_run_from_a_model_mixes_others_weights_into_its_backbone(photos: Path, tmp_path: Path):
    first = train(tmp_path / "first", MODEL, config(photos, epochs=1))
    image = MODEL.image
    torch.manual_seed(5)
    cnn = build_backbone(image.backbone, trainable=True, size=image.size, fit=image.fit)
    save_file(without_counters(cnn.network.state_dict()), tmp_path / "cnn.safetensors")
    given = {"start_from": str(first), "backbone_weights": str(tmp_path / "cnn.safetensors"), "backbone_mix": 0.25}
    start = VSEPlan(MODEL, config(photos, **given)).learn(["a wall"]).start
    assert start is not None
    ours, theirs = load_checkpoint(first).model.image_tower.backbone.state_dict(), folded(cnn).state_dict()
    for name, tensor in theirs.items():
        mixed = start.weights[f"image_tower.backbone.{name}"]
        assert torch.allclose(mixed, 0.75 * ours[name] + 0.25 * tensor, atol=1e-6)


def test_a_run_from_a_model_adds_the_words_that_it_did_not_know(photos: Path, labels: Path, tmp_path: Path):
    first = train(tmp_path / "first", MODEL, config(photos, epochs=1))
    trained = load_checkpoint(first)
    vectors = tmp_path / "vectors.txt"
    lines = ["post 1 0", "red 0 1", "blue 1 1", "wall 2 1", "a 0 0"]
    vectors.write_text("\n".join(lines) + "\n", encoding="utf-8")
    given = {"start_from": str(first), "word_vectors": str(vectors), "more": f"{labels}:1", "batch_size": 5}
    training = config(photos, **given)
    plan = VSEPlan(trained.model.config, training)
    trainable = plan.learn(["a post", "red lamp"])
    known = len(trained.vocabulary)
    assert trainable.vocabulary.words[:known] == trained.vocabulary.words
    assert trainable.vocabulary.words[known:] == ("lamp", "post")
    assert trainable.start is not None
    words = trainable.start.weights["text_tower.embedding.weight"]
    before = trained.model.text_tower.embedding.weight
    assert torch.equal(words[:known], before)
    assert torch.equal(words[known], before[1])  # of no vector: the unknown word's
    assert torch.isfinite(words[known + 1]).all()
    assert not torch.equal(words[known + 1], before[1])
    assert len(load_checkpoint(train(tmp_path / "more", None, replace(training, epochs=1))).vocabulary) > known


def test_a_cnn_that_stays_as_it_is_runs_once_and_gives_the_same(photos: Path, labels: Path, tmp_path: Path):
    first = train(tmp_path / "first", MODEL, config(photos, epochs=1))
    training = config(photos, start_from=str(first), precomputed=True, more=f"{labels}:2", batch_size=6)
    source, validation, trainable = prepare(training, VSEPlan(MODEL, training))
    checkpoint = load_checkpoint(first)
    batch = source.batch(0, 0)
    assert batch.inputs["image"].ndim == 4
    assert len(batch.inputs["image"]) == 6
    assert batch.inputs["image"].shape[1] == checkpoint.model.image_tower.channels
    pixels = prepare(config(photos), VSEPlan(MODEL, config(photos)))[1]
    found, whole = (each.measure(trainable, checkpoint.model) for each in (validation, pixels))
    assert found.rsum == pytest.approx(whole.rsum)
    last = load_checkpoint(train(tmp_path / "next", None, replace(training, epochs=1)))
    before, after = (each.model.image_tower.state_dict() for each in (checkpoint, last))
    assert all(torch.equal(before[name], after[name]) for name in before if name.startswith("backbone."))
    assert not torch.equal(before["affine.weight"], after["affine.weight"])


def test_the_layers_behind_frozen_ones_learn_from_views_that_are_drawn_once(photos: Path, labels: Path, tmp_path: Path):
    given = {"views": 4, "frozen_layers": 10, "augment": 1.0, "crop_size": 32}
    training = config(photos, **given, more=f"{labels}:2", batch_size=6, backbone_rate=1.0)
    source, _, trainable = prepare(training, VSEPlan(MODEL, training))
    views = source.data.pixels
    assert views.shape[:2] == (8, 4)
    backbone = trainable.build().image_tower.backbone
    maps = source.batch(0, 0).inputs["image"]
    assert len(maps) == 6
    assert maps.shape[1:] == views.shape[2:]
    backbone.learn(True, 10)
    assert backbone(maps).shape == (6, backbone.channels, 1, 1)
    first, last = (load_checkpoint(train(tmp_path / str(n), MODEL, replace(training, epochs=n))) for n in (1, 2))
    assert source.order(0).shape == (8,)
    before, after = (dict(each.model.image_tower.backbone.named_parameters()) for each in (first, last))
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    convolutions = [name for name, tensor in before.items() if tensor.ndim == 4]
    assert not set(changed) & set(convolutions[:10])
    assert set(convolutions[-5:]) <= set(changed)


def test_captions_without_pictures_are_ranked_against_each_other(photos: Path, labels: Path, tmp_path: Path):
    pictures = [{"id": n, "file_name": f"{n}.jpg"} for n in range(3)]
    captions = [{"image_id": n, "caption": f"{word} {n}"} for n in range(3) for word in ("otter", "tram")]
    written = tmp_path / "captions_val.json"  # COCO's, beside no picture
    written.write_text(json.dumps({"images": pictures, "annotations": captions}), encoding="utf-8")
    given = {"texts": f"{written}:2", "more": f"{labels}:2", "batch_size": 6, "paraphrase": 1.0}
    training = config(photos, **given)
    source, _, trainable = prepare(training, VSEPlan(MODEL, training))
    assert {"otter", "tram"} <= set(trainable.vocabulary.words)
    batch = source.batch(0, 0)
    assert batch.texts is not None
    words = trainable.vocabulary.words
    read = [[words[i] for i in row[:n]] for row, n in zip(batch.texts[0].tolist(), batch.texts[1], strict=True)]
    assert len(read) == 4
    for one, other in (read[:2], read[2:]):  # two captions of the same thing, and both of them
        assert one[1:] == other[1:]
        assert {one[0], other[0]} == {"otter", "tram"}
    train(tmp_path / "run", MODEL, replace(training, epochs=1))


def test_a_view_of_a_picture_that_has_a_side_is_never_mirrored(photos: Path):
    source = source_of(photos, views=4, frozen_layers=10)
    views = np.arange(24, dtype=np.float16).reshape(2, 4, 3, 1, 1)  # 2 pictures, 4 views of 3 channels
    seen = [
        source.images(views, np.random.default_rng(seed), np.array([True, False]), slice(None)) for seed in range(60)
    ]
    drawn = [{int(found[row, 0, 0, 0]) for found in seen} for row in range(2)]
    assert drawn == [{0, 3, 6, 9}, {12, 15}]


def test_what_cannot_be_precomputed_is_told(photos: Path):
    with pytest.raises(ConfigError, match="Precomputed pictures are not changed; leave augment and crop size away"):
        config(photos, precomputed=True, crop_size=20)
    with pytest.raises(ConfigError, match="views is 3; expected an even number"):
        config(photos, views=3)
    own = ModelConfig(dim=8, image=ImageConfig(size=32))
    training = config(photos, precomputed=True)
    with pytest.raises(TrainingError, match="Only what a CNN of torchvision or timm gives can be precomputed"):
        prepare(training, VSEPlan(own, training))
