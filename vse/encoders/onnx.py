"""A tower as an ONNX graph, and ONNX Runtime in the place of torch: the extra [fast].

A graph is made once for each model and kept in the cache. It is compared with torch before it is kept.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from vse.encoders.joint import JointModel
from vse.errors import CheckpointError
from vse.io.artifacts import get_or_make
from vse.io.atomic import write_bytes
from vse.io.paths import cache_folder
from vse.modalities import IMAGE
from vse.modalities.image.drawn import drawn_photograph
from vse.modalities.image.preprocess import Preprocess

CLOSE = 1e-4  # the most that a number of a unit vector may be off
ALIKE = 0.99  # the least cosine of a vector in 8 bits with the same in float32
_CALIBRATED, _BATCH = 96, 16  # pictures
FORMAT = 1  # of the graphs; another one has other files in the cache
Run = Callable[..., np.ndarray]
Sizes = Sequence[Sequence[str]]  # of each input, what its first dimensions are called, such as "count"


class PixelTower(nn.Module):
    """Embeds pictures and normalises them before: (N, size, size, 3) uint8 -> (N, dim) unit rows."""

    scale: Tensor
    shift: Tensor

    def __init__(self, model: JointModel, preprocess: Preprocess) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("scale", torch.tensor([1 / (255 * std) for std in preprocess.std]))
        pairs = zip(preprocess.mean, preprocess.std, strict=True)
        self.register_buffer("shift", torch.tensor([mean / std for mean, std in pairs]))

    def forward(self, pixels: Tensor) -> Tensor:
        return self.model.embed(IMAGE, (pixels.float() * self.scale - self.shift).permute(0, 3, 1, 2))


def drawn_pixels(size: int) -> Tensor:
    """(2, size, size, 3) uint8, to make a graph with."""
    return torch.randint(0, 256, (2, size, size, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def graph_of(module: nn.Module, inputs: Sequence[Tensor], names: Sequence[str], sizes: Sizes) -> bytes:
    """A module as an ONNX file with the output "vectors".

    Args:
        inputs: as it takes them; those of their dimensions that `sizes` names may be of another size later.
    """
    called = {name: torch.export.Dim(name) for each in sizes for name in each}
    shapes = tuple({at: called[name] for at, name in enumerate(each)} for each in sizes)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own, about what it does inside
        path = Path(folder) / "graph.onnx"
        quiet = logging.getLogger("torch.onnx"), logging.getLogger("onnxscript")
        levels = [logger.level for logger in quiet]
        try:
            for logger in quiet:
                logger.setLevel(logging.ERROR)
            torch.onnx.export(
                module.eval(), tuple(inputs), path, input_names=list(names), output_names=["vectors"],
                dynamic_shapes=shapes, dynamo=True, external_data=False, verbose=False,
            )  # fmt: skip
        finally:
            for logger, level in zip(quiet, levels, strict=True):
                logger.setLevel(level)
        return path.read_bytes()


def runner(graph: bytes) -> Run:
    """What runs a graph: the inputs in their order -> (N, dim) float32, on as many threads as torch."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3
    # A thread that waits must not take the core from those that decode pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(graph, options, ["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]

    def run(*inputs: np.ndarray) -> np.ndarray:
        found: np.ndarray = session.run(None, dict(zip(names, inputs, strict=True)))[0]
        return found

    return run


def checked_graph(
    module: nn.Module,
    inputs: Sequence[Tensor],
    names: Sequence[str],
    sizes: Sizes,
    truth: Callable[..., Tensor] | None = None,
) -> bytes:
    """As `graph_of`, once it gave the same vectors as torch.

    Args:
        truth: what gives these, of the same inputs, where the module alone does not.

    Raises:
        CheckpointError: when it does not, or the model cannot be a graph.
    """
    try:
        graph = graph_of(module, inputs, names, sizes)
        found = runner(graph)(*(each.numpy() for each in inputs))
    except Exception as error:  # the exporter's, of which there are many
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CheckpointError(f"The model cannot be written as ONNX ({reason[:200]}): run it by torch.") from error
    with torch.inference_mode():
        off = float(np.abs(found - (truth or module)(*inputs).numpy()).max())
    if not off <= CLOSE:
        raise CheckpointError(f"As ONNX the model's vectors are off by {off:.1e}: run it by torch.")
    return graph


def calibration_pictures(preprocess: Preprocess) -> np.ndarray:
    """(N, size, size, 3) uint8: drawn photographs, whose range of numbers in each layer 8 bits are to hold."""
    rng = np.random.default_rng(0)
    return np.stack([preprocess.uint8(drawn_photograph(rng)) for _ in range(_CALIBRATED + _BATCH)])


def in_8_bits(graph: bytes, pictures: np.ndarray) -> bytes:
    """The graph with its convolutions in 8 bits, channel by channel, calibrated on all pictures but the last batch.

    Raises:
        CheckpointError: when the vectors of these are farther than ALIKE from the graph's.
    """
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Batches(CalibrationDataReader):
        def __init__(self) -> None:
            self.left = iter(range(0, len(pictures) - _BATCH, _BATCH))

        def get_next(self) -> dict[str, np.ndarray] | None:
            begin = next(self.left, None)
            return None if begin is None else {"inputs": pictures[begin : begin + _BATCH]}

    with TemporaryDirectory() as folder:
        given, ready, made = (str(Path(folder) / f"{name}.onnx") for name in ("given", "ready", "made"))
        Path(given).write_bytes(graph)
        quant_pre_process(given, ready, skip_symbolic_shape=True)
        quantize_static(
            ready, made, Batches(), per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv"],
        )  # fmt: skip
        found = Path(made).read_bytes()
    last = pictures[-_BATCH:]
    alike = float(np.sum(runner(found)(last) * runner(graph)(last), axis=1).min())
    if not alike >= ALIKE:
        raise CheckpointError(
            f"In 8 bits a vector of the model has a cosine of {alike:.3f} with its own, expected {ALIKE} at least: "
            "give the device onnx."
        )
    return found


def cached_runner(
    fingerprint: str,
    module: Callable[[], nn.Module],
    inputs: Sequence[Tensor],
    calibration: Callable[[], np.ndarray] | None = None,
) -> Run:
    """What runs a tower with one input of N rows, made once for a fingerprint and then read from the cache.

    Args:
        calibration: gives pictures to calibrate on where it is to run in 8 bits.

    Raises:
        CheckpointError: as `checked_graph` and `in_8_bits`.
    """

    def load(path: Path) -> tuple[bytes, Run]:
        graph = path.read_bytes()
        try:
            return graph, runner(graph)
        except Exception as error:  # of a damaged file, whatever the library makes of it
            raise CheckpointError(f"{path} is no ONNX graph ({type(error).__name__}).") from error

    def make() -> tuple[bytes, Run]:
        graph = checked_graph(module(), inputs, ["inputs"], [["count"]])
        graph = in_8_bits(graph, calibration()) if calibration else graph
        return graph, runner(graph)

    def save(made: tuple[bytes, Any], path: Path) -> None:
        write_bytes(path, made[0])

    path = cache_folder() / "onnx" / f"{fingerprint}-{FORMAT}{'-int8' if calibration else ''}.onnx"
    return get_or_make("The ONNX graph", path, load, make, save)[1]
