"""The architecture of an image tower."""

from __future__ import annotations

from dataclasses import dataclass

from vse.io.configs import one_of, within

OWN_BACKBONES = ("small_resnet", "features")  # all others are of torchvision or timm


FITS = ("crop", "squash")


MAPS = ("affine", "none")


MOST, MOST_BLOCKS = 65_536, 1024  # of channels and pixels, of blocks in a stage: far above what any model has


POOLINGS = ("mean", "grid", "grid_max", "generalised")


@dataclass(frozen=True)
class ImageConfig:
    """The image tower: a CNN, pooled to `grid` x `grid` cells, then an affine map.

    With the map "none" the pooled features themselves are the joint space, which then has as many dimensions.

    The backbone "small_resnet" has `widths` channels a stage and `blocks` in each; "features" is none, but rows of
    `widths[-1]` features come in; any other name is one of `vse.modalities.image.backbones.build`.
    The pooling "grid_max" takes, beside the means over the cells, the maxima of `detectors` over the whole picture,
    and "generalised" what `vse.modalities.image.pooling.GeneralisedPooling` makes of them.
    """

    backbone: str = "small_resnet"
    widths: tuple[int, ...] = (24, 48, 96, 160, 256)
    blocks: tuple[int, ...] = (1, 1, 1, 1)
    pooling: str = "grid"
    grid: int = 3
    detectors: int = 256
    size: int = 96
    fit: str = "crop"
    map: str = "affine"

    def __post_init__(self) -> None:
        one_of("pooling", self.pooling, POOLINGS)
        one_of("fit", self.fit, FITS)
        one_of("map", self.map, MAPS)
        within(1, MOST, widths=self.widths, grid=self.grid, detectors=self.detectors, size=self.size)
        within(1, MOST_BLOCKS, blocks=self.blocks)
