from __future__ import annotations

import torch
from torch import Tensor, fx, nn

from vse.modalities.image.backbones.build import build_backbone, folded
from vse.modalities.image.backbones.fold_norms import fold_norms


class Twice(nn.Module):
    """A convolution whose result is used twice, so that its norm cannot be folded, and one that can."""

    def __init__(self) -> None:
        super().__init__()
        self.shared, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
        self.last, self.last_norm = nn.Conv2d(4, 5, 1, bias=False), nn.BatchNorm2d(5)

    def forward(self, images: Tensor) -> Tensor:
        shared = self.shared(images)
        return self.last_norm(self.last(self.norm(shared) + shared))


def shaken(network: nn.Module) -> nn.Module:
    """With statistics and weights of norms that are not those of a new one."""
    torch.manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2.0)
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
    return network.eval()


def test_what_is_folded_gives_the_same():
    network = shaken(Twice())
    images = torch.randn(2, 3, 8, 8)
    before = network(images)
    graph = fold_norms(fx.symbolic_trace(network))
    torch.testing.assert_close(graph(images), before, rtol=1e-4, atol=1e-5)
    assert isinstance(graph.get_submodule("last_norm"), nn.Identity)
    assert graph.get_submodule("last").bias is not None
    assert isinstance(graph.get_submodule("norm"), nn.BatchNorm2d)


def test_norms_of_timm_keep_their_activation():
    backbone = build_backbone("timm/mobilenetv3_small_050", size=32)
    shaken(backbone.network)
    images = torch.randn(2, 3, 32, 32)
    before = backbone(images)
    after = folded(backbone)(images)
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-3 * float(before.abs().max()))
    assert not any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in backbone.modules())
