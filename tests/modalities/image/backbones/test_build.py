from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from tests.cnn_fakes import RAW, TinyCnn, tiny_backbone
from vse.errors import CheckpointError, DownloadError
from vse.modalities.image.backbones.build import QUIRKS, Backbone, build_backbone
from vse.modalities.image.backbones.graph import layer_means

EDGE = "timm/mobilenet_edgetpu_100"


@pytest.fixture(scope="module")
def edge() -> Backbone:
    return build_backbone(EDGE, size=64)


def test_a_backbone_of_torchvision_with_its_preprocessing():
    torch.manual_seed(0)
    backbone = build_backbone("mobilenet_v2", size=64, fit="squash")
    assert backbone.channels == 1280
    assert backbone(torch.zeros(1, 3, 64, 64)).shape == (1, 1280, 2, 2)
    assert (backbone.preprocess.size, backbone.preprocess.fit) == (64, "squash")
    assert backbone.preprocess.mean == (0.485, 0.456, 0.406)
    assert backbone.preprocess.std == (0.229, 0.224, 0.225)
    assert backbone.left_out == {"classifier.1.weight", "classifier.1.bias"}
    assert len(layer_means(backbone.network)[1]) == 52  # the convolutions of MobileNetV2


def test_the_size_is_the_library_s_when_none_is_given():
    assert build_backbone("squeezenet1_1").preprocess.size == 224


def test_mobilenet_edgetpu_has_no_activation_after_its_first_block(edge: Backbone):
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    network = edge.network
    stem = network.get_submodule("bn1")(network.get_submodule("conv_stem")(images))
    block = network.get_submodule("blocks.0.0.bn1")(network.get_submodule("blocks.0.0.conv")(stem))
    assert stem.min() == 0
    assert block.min() < 0


def test_mobilenet_edgetpu_pads_as_tensorflow_does(edge: Backbone):
    # Of an even side, a stride of 2 starts at the first pixel: nothing is padded on the left and one on the right.
    stem = copy.deepcopy(edge.network.get_submodule("conv_stem"))
    with torch.no_grad():
        stem.weight.zero_()
        stem.weight[:, 0, 0, 0] = 1
    images = torch.zeros(1, 3, 64, 64)
    images[0, 0, 0, 0] = 1
    assert stem(images)[0, 0, 0, 0] == 1


def test_mobilenet_edgetpu_reads_pictures_from_minus_one_to_one(edge: Backbone):
    assert edge.preprocess.mean == edge.preprocess.std == (0.5, 0.5, 0.5)
    assert edge.left_out == {"classifier.weight", "classifier.bias"}
    assert edge.channels == 1280


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_the_inceptions_change_their_input_as_their_weights_want(name: str):
    assert QUIRKS[name].options == {"init_weights": False, "transform_input": True}


def test_frozen_weights_have_no_gradients_and_trainable_ones_do():
    images = torch.rand(1, 3, 8, 8)
    assert not tiny_backbone()(images).requires_grad
    assert Backbone("tiny", TinyCnn(), RAW, trainable=True)(images).requires_grad


def test_the_first_layers_stay_frozen_while_the_others_learn():
    class TwoLayers(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Conv2d(3, 2, 1), nn.Conv2d(2, 2, 1)

        def forward(self, images: Tensor) -> Tensor:
            return self.second(self.first(images))

    backbone = Backbone("two", TwoLayers(), RAW, trainable=True)
    cases = ((True, 0, (True, True)), (True, 1, (False, True)), (False, 1, (False, False)))
    for learns, frozen_layers, expected in cases:
        backbone.learn(learns, frozen_layers)
        found = [backbone.network.get_submodule(name).weight.requires_grad for name in ("first", "second")]
        assert tuple(found) == expected


def test_batch_norms_keep_their_statistics_in_training():
    class Dropping(TinyCnn):
        def __init__(self) -> None:
            super().__init__()
            self.act = nn.Sequential(nn.ReLU(), nn.Dropout())

    backbone = Backbone("tiny", Dropping(), RAW, trainable=True).train()
    before = backbone.fingerprint()
    backbone(torch.rand(4, 3, 8, 8))
    assert backbone.fingerprint() == before
    assert backbone.network.get_submodule("act.1").training
    assert not backbone.network.get_submodule("norm").training
    frozen = Backbone("tiny", Dropping(), RAW).train()
    assert not any(module.training for module in frozen.network.modules())


def test_the_fingerprint_changes_with_whatever_changes_a_feature():
    prints = {
        tiny_backbone().fingerprint(),
        tiny_backbone("other").fingerprint(),
        tiny_backbone(scale=2).fingerprint(),
        tiny_backbone(preprocess=replace(RAW, fit="crop")).fingerprint(),
    }
    assert len(prints) == 4
    torch.manual_seed(1)  # the head, random here, is no part of it
    assert tiny_backbone().fingerprint() in prints


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("resnet19", r"torchvision knows no CNN 'resnet19'; did you mean .*resnet18"),
        ("timm/resnet19", r"timm knows no CNN 'resnet19'; did you mean .*resnet18"),
        ("qqqqqq", "torchvision knows no CNN 'qqqqqq'; names are like resnet18"),
        ("fasterrcnn_resnet50_fpn", "torchvision knows no CNN"),
    ],
)
def test_an_unknown_name_is_refused(name: str, message: str):
    with pytest.raises(CheckpointError, match=message):
        build_backbone(name)


def test_weights_that_the_library_does_not_have_cannot_be_downloaded():
    with pytest.raises(DownloadError, match="timm has no weights for mobilenet_edgetpu_100"):
        build_backbone(EDGE, download=True)


def test_a_download_that_fails_says_so_in_one_sentence(monkeypatch: pytest.MonkeyPatch):
    import torchvision

    def refuse(name: str, weights: str | None, **options: object) -> nn.Module:
        assert weights == "DEFAULT"
        raise OSError("the network is down\nand more")

    monkeypatch.setattr(torchvision.models, "get_model", refuse)
    with pytest.raises(DownloadError, match=r"weights of resnet18 cannot be downloaded \(the network is down\)"):
        build_backbone("resnet18", download=True)


def test_nothing_is_downloaded_unless_asked_for(monkeypatch: pytest.MonkeyPatch):
    import torchvision

    asked = []
    monkeypatch.setattr(torchvision.models, "get_model", lambda name, weights: asked.append(weights) or TinyCnn())
    build_backbone("resnet18", size=8)
    assert asked == [None]
