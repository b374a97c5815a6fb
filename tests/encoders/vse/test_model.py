from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tests.conftest import tiny_checkpoint
from vse.encoders.vse.model import VSE
from vse.errors import CheckpointError
from vse.modalities.image.config import ImageConfig
from vse.modalities.image.tower import small_resnet
from vse.modalities.text.config import TextConfig


def model(**changes: object) -> VSE:
    return tiny_checkpoint(0, (), **changes).model


def pictures(count: int) -> Tensor:
    return torch.randn(count, 3, 16, 16, generator=torch.Generator().manual_seed(1))


IDS = torch.tensor([[2, 3, 4, 5], [6, 7, 0, 0], [8, 0, 0, 0], [3, 2, 9, 0]])
LENGTHS = torch.tensor([4, 2, 1, 3])
TEXT_TOWERS = [
    TextConfig(word_dim=6, hidden=5, cell=cell, bidirectional=both)
    for cell in ("gru", "lstm")
    for both in (True, False)
]


@pytest.mark.parametrize("text", TEXT_TOWERS, ids=lambda c: f"{c.cell}-{'bi' if c.bidirectional else 'uni'}directional")
def test_both_towers_give_unit_rows(text: TextConfig):
    network = model(text=text)
    for vectors in (network.embed("image", pictures(3)), network.embed("text", (IDS, LENGTHS))):
        assert vectors.shape[1] == 8
        torch.testing.assert_close(vectors.norm(dim=1), torch.ones(len(vectors)))


@pytest.mark.parametrize("text", TEXT_TOWERS, ids=lambda c: f"{c.cell}-{'bi' if c.bidirectional else 'uni'}directional")
def test_neither_padding_nor_the_rest_of_the_batch_changes_a_text(text: TextConfig):
    network = model(text=text)
    together = network.embed("text", (IDS, LENGTHS))
    for row, length in enumerate(LENGTHS.tolist()):
        alone = network.embed("text", (IDS[row : row + 1, :length], LENGTHS[row : row + 1]))
        torch.testing.assert_close(alone[0], together[row])
    padded = torch.cat([IDS, torch.zeros(4, 3, dtype=torch.int64)], dim=1)
    torch.testing.assert_close(network.embed("text", (padded, LENGTHS)), together)
    turned = torch.tensor([2, 0, 3, 1])
    torch.testing.assert_close(network.embed("text", (IDS[turned], LENGTHS[turned])), together[turned])


def test_the_order_of_words_matters():
    network = model()
    turned = network.embed("text", (torch.tensor([[2, 3, 4], [4, 3, 2]]), torch.tensor([3, 3])))
    assert float((turned[0] - turned[1]).norm().detach()) > 1e-3


def test_a_picture_has_the_same_vector_alone_and_in_a_batch():
    network, images = model(), pictures(5)
    together = network.embed("image", images)
    for row in range(5):
        torch.testing.assert_close(network.embed("image", images[row : row + 1])[0], together[row])
    torch.testing.assert_close(network.embed("image", images.flip(0)), together.flip(0))


def test_a_grid_keeps_where_and_a_mean_does_not():
    channels = torch.randn(1, 8, 1, 1, generator=torch.Generator().manual_seed(2))
    left, right = torch.zeros(1, 8, 4, 4), torch.zeros(1, 8, 4, 4)
    left[..., :2] = channels
    right[..., 2:] = channels
    for pooling, cells in (("grid", 2), ("mean", 1)):
        image = ImageConfig(widths=(4, 6, 8), blocks=(1, 1), pooling=pooling, grid=2, size=16)
        tower = model(image=image).image_tower
        tower.backbone = torch.nn.Sequential()
        assert tower.features(left).shape == (1, 8 * cells**2)
        assert torch.equal(tower.features(left), tower.features(right)) == (pooling == "mean")


def test_without_a_map_the_features_are_the_space():
    image = ImageConfig("features", (8,), map="none")
    tower = model(image=image).image_tower
    rows = torch.randn(3, 8, generator=torch.Generator().manual_seed(4))
    torch.testing.assert_close(tower(rows), torch.nn.functional.normalize(rows))
    assert not list(tower.parameters())
    with pytest.raises(CheckpointError, match="without a map have 7 features and the space 8; set --dim 7"):
        model(image=replace(image, widths=(7,)))


def test_maxima_find_what_is_small_wherever_it_is():
    image = ImageConfig(widths=(4, 6, 8), blocks=(1, 1), pooling="grid_max", grid=2, detectors=5, size=16)
    pooling = model(image=image).image_tower.pooling
    grid = torch.zeros(2, 8, 4, 4)
    grid[0, :, 0, 1] = grid[1, :, 3, 2] = torch.randn(8, generator=torch.Generator().manual_seed(3))
    pooled = pooling(grid)
    assert pooled.shape == (2, pooling.width) == (2, 8 * 4 + 5)
    torch.testing.assert_close(pooled[0, 32:], pooled[1, 32:])
    assert not torch.equal(pooled[0, :32], pooled[1, :32])
    detectors = pooling.what(grid)[0]
    torch.testing.assert_close(pooled[0, 32:], detectors.flatten(1).max(dim=1).values)


def test_the_backbone_halves_the_picture_at_each_width():
    features = small_resnet((4, 6, 8), (2, 1))(pictures(2))
    assert features.shape == (2, 8, 2, 2)
    assert float(features.min().detach()) >= 0


def test_order_vectors_are_the_absolute_values():
    signed, positive = model(), model(similarity="order")
    for modality, inputs in (("image", pictures(3)), ("text", (IDS, LENGTHS))):
        before, after = signed.embed(modality, inputs), positive.embed(modality, inputs)
        assert float(before.min().detach()) < 0
        torch.testing.assert_close(after, before.abs())


def test_with_an_apex_unit_vectors_lie_above_others_in_every_coordinate():
    plain, apex = model(similarity="order"), model(similarity="order", apex=True)
    before, after = (each.embed("text", (IDS, LENGTHS)) for each in (plain, apex))
    torch.testing.assert_close(after[:, :-1], before[:, :-1])
    torch.testing.assert_close(after[:, -1], -before[:, -1])
    torch.testing.assert_close(after.norm(dim=1), torch.ones(len(after)))


def test_words_are_dropped_in_training_only():
    network = model(text=TextConfig(word_dim=6, hidden=5, word_dropout=1.0))
    known = network.embed("text", (IDS, LENGTHS))
    unknown = network.embed("text", (torch.where(IDS > 0, 1, 0), LENGTHS))
    assert not torch.allclose(known, unknown)
    network.train()
    torch.testing.assert_close(network.embed("text", (IDS, LENGTHS)), unknown)


def test_numbers_of_word_vectors_are_dropped_in_training_only():
    network = model(text=TextConfig(word_dim=6, hidden=5, word_dropout=0.0, embedding_dropout=1.0))
    assert not torch.allclose(*(network.embed("text", (ids, LENGTHS)) for ids in (IDS, (IDS > 0).long())))
    network.train()
    torch.testing.assert_close(*(network.embed("text", (ids, LENGTHS)) for ids in (IDS, (IDS > 0).long())))


def test_the_same_seed_makes_the_same_model():
    first, same, other = (tiny_checkpoint(seed).model.state_dict() for seed in (4, 4, 5))
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not torch.equal(first["text_tower.affine.weight"], other["text_tower.affine.weight"])
