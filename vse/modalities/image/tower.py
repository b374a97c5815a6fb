"""The image tower: a CNN, pooled and mapped into the joint space."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize, relu

from vse.errors import CheckpointError
from vse.modalities.image.config import ImageConfig
from vse.modalities.image.pooling import pooling

SHIFTS = 2  # each way, of a picture whose features are wanted by place


def _conv(channels_in: int, channels_out: int, stride: int = 1, kernel: int = 3) -> list[nn.Module]:
    return [
        nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(channels_out),
    ]


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions and a shortcut (He et al. 2016); the shortcut averages where it shrinks."""

    def __init__(self, channels_in: int, channels_out: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_conv(channels_in, channels_out, stride), nn.ReLU(inplace=True), *_conv(channels_out, channels_out)
        )
        shortcut: list[nn.Module] = [nn.AvgPool2d(stride, ceil_mode=True)] if stride > 1 else []
        if stride > 1 or channels_in != channels_out:
            shortcut += _conv(channels_in, channels_out, kernel=1)
        self.shortcut = nn.Sequential(*shortcut)

    def forward(self, x: Tensor) -> Tensor:
        return relu(self.body(x) + self.shortcut(x))


def small_resnet(widths: tuple[int, ...], blocks: tuple[int, ...]) -> nn.Sequential:
    """A residual CNN: a stem that halves the picture, then stages that each halve it again.

    (N, 3, H, W) -> (N, widths[-1], H / 2^len(widths), W / 2^len(widths)).
    """
    layers: list[nn.Module] = [nn.Sequential(*_conv(3, widths[0], stride=2), nn.ReLU(inplace=True))]
    for before, width, depth in zip(widths, widths[1:], blocks, strict=False):
        stage = [ResidualBlock(before, width, stride=2)] + [ResidualBlock(width, width) for _ in range(depth - 1)]
        layers.append(nn.Sequential(*stage))
    return nn.Sequential(*layers)


def backbone_of(config: ImageConfig) -> tuple[nn.Module, int]:
    """The CNN that a configuration names, with random weights, and its channels; its frozen norms are folded.

    Raises:
        CheckpointError: for a name that is neither of this project nor of torchvision or timm.
    """
    if config.backbone == "small_resnet":
        return small_resnet(config.widths, config.blocks), config.widths[-1]
    if config.backbone == "features":
        return nn.Identity(), config.widths[-1]
    from vse.modalities.image.backbones.build import build_backbone, folded

    backbone = folded(build_backbone(config.backbone, trainable=True, size=config.size, fit=config.fit))
    return backbone, backbone.channels


def _shifted(image: Tensor, down: int, right: int) -> Tensor:
    """What (3, H, W) shows so many pixels further down and to the right; the pixels of its edge go on outside."""
    _, height, width = image.shape
    rows = (torch.arange(height) + down).clamp(0, height - 1)
    columns = (torch.arange(width) + right).clamp(0, width - 1)
    return image[:, rows.to(image.device)][:, :, columns.to(image.device)]


class Unmapped(nn.Identity):
    """In the place of the affine map: features are the joint space, as in Word2VisualVec (Dong et al. 2016).

    Raises:
        CheckpointError: when that has not as many dimensions.
    """

    def __init__(self, width: int, dim: int) -> None:
        if width != dim:
            raise CheckpointError(f"Pictures without a map have {width} features and the space {dim}; "
                                  f"set --dim {width}.")  # fmt: skip
        super().__init__()
        self.in_features = width


class ImageTower(nn.Module):
    """CNN features -> affine map -> unit vector: (N, 3, size, size) float -> (N, dim).

    What the backbone gives may come in the place of pictures: with the backbone "features" rows (N, widths[-1]), and
    with one that stays as it is its last feature map, (N, channels, H, W).
    """

    def __init__(self, config: ImageConfig, dim: int) -> None:
        super().__init__()
        self.backbone, self.channels = backbone_of(config)
        self.pooling = pooling(config, self.channels)
        self.affine = (Unmapped if config.map == "none" else nn.Linear)(self.pooling.width, dim)

    def features(self, images: Tensor) -> Tensor:
        """(N, width): the last layer, pooled."""
        return self.pooling(images if images.shape[1] == self.channels else self.backbone(images))

    def features_by_place(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """(3, S, S) -> the features with each place, and without it, (H, W, width) both.

        A place of the last feature map is taken away by the mean of all in its stead; what follows is run again. The
        map is coarse. It is made of the picture shifted by half a place, too, and put together as in OverFeat (Sermanet
        et al. 2014, section 3.3): SHIFTS as many places each way, each beside the features of its own shift.
        """
        height, width = self.backbone(image[None]).shape[2:]
        down, right = image.shape[1] / height, image.shape[2] / width
        offsets = [(2 * at + 1 - SHIFTS) / (2 * SHIFTS) for at in range(SHIFTS)]
        grids = self.backbone(torch.stack([_shifted(image, round(y * down), round(x * right))
                                           for y in offsets for x in offsets]))  # fmt: skip
        count, places = len(grids), height * width
        gone = torch.eye(places, dtype=torch.bool, device=grids.device).reshape(places, 1, height, width)
        without = torch.where(gone[None], grids.mean(dim=(2, 3), keepdim=True)[:, None], grids[:, None])
        lost = self.pooling(without.flatten(0, 1)).reshape(count, places, -1)
        whole = self.pooling(grids)[:, None].expand_as(lost)

        def stitched(rows: Tensor) -> Tensor:
            by_shift = rows.reshape(SHIFTS, SHIFTS, height, width, -1)
            return by_shift.permute(2, 0, 3, 1, 4).reshape(height * SHIFTS, width * SHIFTS, -1)

        return stitched(whole), stitched(lost)

    def embed(self, features: Tensor) -> Tensor:
        """(N, width) -> (N, dim) unit rows."""
        return normalize(self.affine(features), dim=-1)

    def forward(self, images: Tensor) -> Tensor:
        return self.embed(self.features(images))
