"""CNN backbones by name, as torchvision and timm have them: pictures in, the last feature map out.

resnet18                        a classification CNN of torchvision
timm/mobilenetv3_small_100      a CNN of timm, which comes with open_clip

Their weights come from a file, see `vse.modalities.image.backbones.weights`, or from the library's own download.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

from vse.errors import CheckpointError, DownloadError
from vse.io.hashing import fingerprint_of
from vse.io.tensors import tensor_bytes
from vse.modalities.image.backbones.fold_norms import fold_norms
from vse.modalities.image.backbones.graph import split, trunk, width_of
from vse.modalities.image.preprocess import Preprocess

TIMM = "timm/"
_HALF = (0.5, 0.5, 0.5)
_CHANNELS = 3  # of a picture


@dataclass(frozen=True)
class Quirk:
    """What a backbone is built with beside its name.

    options: what its library's constructor is given.
    linear: norms of timm after which there is no activation.
    mean, std: of its preprocessing, where the library has none for its weights.
    """

    options: dict[str, Any] = field(default_factory=dict)
    linear: tuple[str, ...] = ()
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None


# The published weights of both Inceptions want this; without init_weights torchvision warns.
_INCEPTION = Quirk({"init_weights": False, "transform_input": True})
QUIRKS = {
    "googlenet": _INCEPTION,
    "inception_v3": _INCEPTION,
    # timm has no weights for it. Those of MLCommons were trained with TensorFlow's padding, without an activation
    # after the first block, and read pictures in [-1, 1].
    "timm/mobilenet_edgetpu_100": Quirk({"pad_type": "same"}, ("blocks.0.0.bn1",), _HALF, _HALF),
}


class Backbone(nn.Module):
    """A CNN up to its last feature map, with its preprocessing: (N, 3, H, W) float32 -> (N, channels, h, w).

    It starts in eval mode. When training, batch norms keep to their statistics: those of a small batch are worse, and
    weights with folded norms have none of their own.

    Args:
        name: what it is called.
        model: a network that can be traced, see `graph.trunk`, which also says what `traced` may hold.
        preprocess: how it wants its pictures.
        trainable: whether its weights get gradients.

    Raises:
        CheckpointError: when it is no CNN.
    """

    def __init__(
        self, name: str, model: nn.Module, preprocess: Preprocess, *, trainable: bool = False, **traced: Any
    ) -> None:
        super().__init__()
        self.name = name
        self.preprocess = preprocess
        self.trainable = trainable
        self.network = trunk(model.eval(), name, preprocess.size, **traced)
        self.channels = width_of(self.network)
        # The weights of the classifier, which a file may hold and nothing here uses.
        self.left_out = frozenset(model.state_dict().keys() - self.network.state_dict().keys())
        self.frozen_layers = 0
        self._rest: dict[int, nn.Module] = {}  # no modules of its own: they share the network's
        self.requires_grad_(trainable)
        self.train(False)

    def forward(self, images: Tensor) -> Tensor:
        """Pictures, or the maps that the first of `parts` made of them."""
        network = self.network if images.shape[1] == _CHANNELS else self._after_frozen_layers()
        features: Tensor = network(images)
        return features

    def parts(self, layers: int) -> tuple[nn.Module, nn.Module]:
        """It as two, the first of which holds no more than so many convolutions, see `graph.split`."""
        return split(self.network, layers)

    def _after_frozen_layers(self) -> nn.Module:
        if self.frozen_layers not in self._rest:
            self._rest = {self.frozen_layers: self.parts(self.frozen_layers)[1]}
        return self._rest[self.frozen_layers]

    def train(self, mode: bool = True) -> Backbone:
        super().train(mode and self.trainable)
        for module in self.modules():
            if isinstance(module, _NormBase):
                module.eval()
        return self

    def learn(self, learns: bool, frozen_layers: int = 0) -> None:
        """Whether its weights get gradients, but for those up to the convolution of that number, from 1.

        What the first layers see, edges and colours, serves all photographs; they are also the slowest to learn.
        """
        self.frozen_layers = frozen_layers
        convolutions = 0
        for module in self.network.modules():  # in the order of the pictures' way through it
            convolutions += isinstance(module, nn.Conv2d)
            for parameter in module.parameters(recurse=False):
                parameter.requires_grad_(learns and convolutions > frozen_layers)

    def fingerprint(self) -> str:
        """32 hexadecimal digits that change with the name, the preprocessing and the weights as they are now."""
        described = json.dumps([self.name, self.preprocess.to_json()]).encode()
        return fingerprint_of([described, *tensor_bytes(self.network.state_dict())])


def folded(backbone: Backbone) -> Backbone:
    """The backbone with its norms folded into its convolutions, see `fold_norms`; changed in place.

    Its weights are then named and shaped otherwise than in a file of its library.
    """
    fold_norms(backbone.network)
    return backbone


def build_backbone(
    name: str, *, download: bool = False, trainable: bool = False, size: int | None = None, fit: str = "crop"
) -> Backbone:
    """A backbone by its name; its weights are random unless they are downloaded.

    Args:
        name: of torchvision, or timm/NAME; timm's tags of weights are part of its names.
        download: get the library's best weights, or those of the tag, into the library's own cache.
        trainable: see `Backbone`.
        size, fit: of the preprocessing, where they are not to be the library's size and "crop".

    Raises:
        CheckpointError: for a name that the library does not know, or that is no CNN.
        DownloadError: when the library has no weights for it, or cannot get them.
    """
    quirk = QUIRKS.get(name, Quirk())
    of_timm = name.startswith(TIMM)
    build = _timm if of_timm else _torchvision
    try:
        model, own_size, mean, std = build(name, quirk, download)
    except (CheckpointError, DownloadError):
        raise
    except Exception as error:  # the network, and what the libraries make of it
        if not download:
            raise
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        advice = "check the network connection and try again, or give a file of its weights"
        raise DownloadError(f"The weights of {name} cannot be downloaded ({reason}): {advice}.") from error
    preprocess = Preprocess(size or own_size, fit, quirk.mean or mean, quirk.std or std)
    return Backbone(name, model, preprocess, trainable=trainable, **(_how_timm_is_traced() if of_timm else {}))


_Built = tuple[nn.Module, int, tuple[float, float, float], tuple[float, float, float]]


def _torchvision(name: str, quirk: Quirk, download: bool) -> _Built:
    import torchvision.models as models

    _check_known(name, models.list_models(module=models), "torchvision")
    model = models.get_model(name, weights="DEFAULT" if download else None, **quirk.options)
    wanted = models.get_model_weights(name).DEFAULT.transforms()
    return model, int(wanted.crop_size[0]), tuple(wanted.mean), tuple(wanted.std)


def _timm(name: str, quirk: Quirk, download: bool) -> _Built:
    import timm

    plain = name.removeprefix(TIMM)
    _check_known(plain.partition(".")[0], timm.list_models(), "timm")
    if download and not timm.is_model_pretrained(plain):
        raise DownloadError(f"timm has no weights for {plain}: give a file of them.")
    model: Any = timm.create_model(plain, pretrained=download, **quirk.options)
    for path in quirk.linear:
        model.get_submodule(path).act = nn.Identity()
    wanted = model.pretrained_cfg
    return model, int(wanted["input_size"][-1]), tuple(wanted["mean"]), tuple(wanted["std"])


def _how_timm_is_traced() -> dict[str, Any]:
    from timm.models import get_notrace_functions, get_notrace_modules

    leaves, functions = tuple(get_notrace_modules()), tuple(get_notrace_functions())
    return {"method": "forward_features", "leaves": leaves, "functions": functions}


def _check_known(name: str, known: list[str], library: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
        advice = f"did you mean {' or '.join(near)}?" if near else "names are like resnet18 or timm/resnet18."
        raise CheckpointError(f"{library} knows no CNN {name!r}; {advice}")
