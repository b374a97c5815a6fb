from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from tests.cnn_fakes import TinyCnn
from vse.errors import CheckpointError
from vse.modalities.image.backbones.graph import Layer, layer_means, split, trunk, width_of


def pictures() -> Tensor:
    """(2, 3, 2, 2): the first half red and half green, the second a red of its own in each place, with some green."""
    images = torch.zeros(2, 3, 2, 2)
    images[0, 0, 0] = 1.0
    images[0, 1, 1] = 0.5
    images[1, 0] = torch.tensor([[0.25, 0.5], [0.75, 1.0]])
    images[1, 1] = 0.25
    return images


def test_the_trunk_ends_before_the_pooling_and_leaves_the_head_out():
    network = trunk(TinyCnn().eval(), "tiny", 8)
    maps = network(pictures())
    assert maps.shape == (2, 2, 2, 2)
    assert width_of(network) == 2
    # r - g cut at 0, and its counterpart, are added to each other: both channels are |r - g|.
    expected = (pictures()[:, 0] - pictures()[:, 1]).abs()
    assert torch.allclose(maps, torch.stack([expected, expected], dim=1))
    assert {name.split(".")[0] for name in network.state_dict()} == {"first", "norm", "second", "gate"}


def test_the_trunk_shares_its_weights_with_the_network():
    model = TinyCnn().eval()
    network = trunk(model, "tiny", 8)
    assert network.get_submodule("first").weight is model.first.weight


def test_layers_are_averaged_after_their_activation_and_before_the_sum_in_place():
    means, layers = layer_means(trunk(TinyCnn().eval(), "tiny", 8))
    assert layers == (Layer("first", 2), Layer("second", 2))  # the gate sees one position: it is none
    # First picture: r - g is 1, 1, -0.5, -0.5. Second: 0, 0.25, 0.5, 0.75.
    expected = torch.tensor([[0.5, 0.25, 0.25, 0.5], [0.375, 0.0, 0.0, 0.375]])
    assert torch.allclose(means(pictures()), expected)


def test_taking_means_leaves_the_trunk_as_it_was():
    network = trunk(TinyCnn().eval(), "tiny", 8)
    before, code = network(pictures()), network.code
    layer_means(network)[0](pictures())
    assert network.code == code
    assert torch.equal(network(pictures()), before)
    assert not any(module._forward_hooks for module in network.modules())


def test_means_of_a_copy_use_the_weights_of_the_copy():
    network = trunk(TinyCnn().eval(), "tiny", 8)
    other = copy.deepcopy(network)
    with torch.no_grad():
        other.get_submodule("first").weight.mul_(2)
    assert torch.allclose(layer_means(other)[0](pictures()), 2 * layer_means(network)[0](pictures()))


def test_a_layer_without_norm_or_activation_is_its_convolution():
    class Linear(TinyCnn):
        def forward(self, images: Tensor) -> Tensor:
            return self.pool(self.first(images))

    means, layers = layer_means(trunk(Linear().eval(), "linear", 8))
    assert [layer.name for layer in layers] == ["first"]
    assert torch.allclose(means(pictures())[0], torch.tensor([0.25, -0.25]))


def test_maps_of_classes_are_not_the_last_feature_map():
    class Squeeze(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.features = nn.Conv2d(3, 4, 1)
            self.classifier = nn.Sequential(nn.Dropout(), nn.Conv2d(4, 7, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1))

        def forward(self, images: Tensor) -> Tensor:
            return torch.flatten(self.classifier(self.features(images)), 1)

    network = trunk(Squeeze().eval(), "squeeze", 8)
    assert width_of(network) == 4
    assert list(network.state_dict()) == ["features.weight", "features.bias"]


def test_another_method_gives_the_map_itself():
    class Parts(TinyCnn):
        def forward_features(self, images: Tensor) -> Tensor:
            return self.second(self.first(images))

    network = trunk(Parts().eval(), "parts", 8, method="forward_features")
    assert [node.op for node in network.graph.nodes] == ["placeholder", "call_module", "call_module", "output"]


def test_a_network_without_a_grid_is_refused():
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 4)).eval()
    with pytest.raises(CheckpointError, match="flat does not end in a grid of features"):
        trunk(model, "flat", 8)


def test_a_network_that_looks_at_its_values_is_refused():
    class Choosy(TinyCnn):
        def forward(self, images: Tensor) -> Tensor:
            return super().forward(images) if images.sum() > 0 else images

    with pytest.raises(CheckpointError, match=r"choosy cannot be used \(.*torch.fx can trace"):
        trunk(Choosy().eval(), "choosy", 8)


def test_a_size_that_the_network_cannot_read_is_refused(capsys: pytest.CaptureFixture[str]):
    class Wide(TinyCnn):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(3, 2, 9)

    with pytest.raises(CheckpointError, match="wide cannot read pictures of 8 x 8 pixels: choose a larger size"):
        trunk(Wide().eval(), "wide", 8)
    assert capsys.readouterr().err == ""


def test_a_split_network_gives_the_same_and_cuts_no_shortcut():
    network = trunk(TinyCnn().eval(), "tiny", 8)
    first, rest = split(network, 1)
    maps = first(pictures())
    red_green = pictures()[:, 0] - pictures()[:, 1]
    assert torch.allclose(maps, torch.stack([red_green, -red_green], dim=1).clamp(min=0))  # after the activation
    assert torch.equal(rest(maps), network(pictures()))
    assert rest.get_submodule("second").weight is network.get_submodule("second").weight
    beyond = split(network, 2)[0](pictures())  # the shortcut passes the second convolution by
    assert torch.equal(beyond, first(pictures()))


def test_a_network_that_cannot_be_split_so_early_is_refused():
    with pytest.raises(CheckpointError, match="No part of the network ends within its first 0 convolutions"):
        split(trunk(TinyCnn().eval(), "tiny", 8), 0)
