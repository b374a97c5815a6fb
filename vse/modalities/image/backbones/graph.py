"""A CNN as the graph of its operations: where its last feature map is, and which its convolutional layers are.

The graph is torch.fx's, so that functional activations and modules that are used twice are seen too, which hooks on
modules cannot do. What is made of a graph shares the modules, and so the weights, of the network it was made from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.modules.batchnorm import _NormBase

from vse.errors import CheckpointError

_NORMS = (_NormBase, nn.GroupNorm)
_ACTIVATIONS = frozenset({"relu", "relu_", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish"}) | frozenset(
    {"hardswish", "hardtanh", "sigmoid", "hardsigmoid", "tanh"}
)
_POOLINGS = ("adaptive_avg_pool2d", "mean")


@dataclass(frozen=True)
class Layer:
    """A convolutional layer: the path of its convolution in the network, and how many channels it has."""

    name: str
    width: int


class _Tracer(fx.Tracer):
    def __init__(self, method: str, leaves: tuple[type[nn.Module], ...], functions: tuple[Callable[..., Any], ...]):
        super().__init__(autowrap_functions=functions)
        self.traced_func_name = method
        self._leaves = (nn.Conv2d, *_NORMS, *leaves)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, self._leaves) or super().is_leaf_module(m, module_qualified_name)


class _Shapes(fx.Interpreter):
    """Writes on each node the shape of what it gives."""

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        n.meta["shape"] = tuple(result.shape) if isinstance(result, Tensor) else ()
        return result


def trunk(
    model: nn.Module,
    name: str,
    size: int,
    method: str = "forward",
    leaves: tuple[type[nn.Module], ...] = (),
    functions: tuple[Callable[..., Any], ...] = (),
) -> fx.GraphModule:
    """The part of a CNN up to its last feature map: (N, 3, size, size) float32 -> (N, C, H, W).

    Args:
        model: in eval mode, which is the mode its graph is read in.
        name: what to call it in an error.
        method: of the model. What "forward" does is cut before the pooling that makes one vector of the map; any
            other method gives the map itself.
        leaves: classes of modules that are single operations of the graph; convolutions and norms are anyway.
        functions: functions that are, too.

    Raises:
        CheckpointError: when the network has no graph, cannot read that size, or has no feature map at its end.
    """
    try:
        graph = _Tracer(method, leaves, functions).trace(model)
    except Exception as error:  # tracing runs the network's own code, which may raise anything
        reason = (str(error).splitlines() or [""])[0]
        raise CheckpointError(f"{name} cannot be used ({reason}): choose a CNN that torch.fx can trace.") from error
    modules = dict(model.named_modules())
    last = _before_pooling(graph, modules) if method == "forward" else _output(graph).args[0]
    network = _ending_at(model, graph, last) if isinstance(last, fx.Node) else None
    if network:
        try:
            with torch.no_grad():
                _Shapes(network).run(torch.zeros(1, 3, size, size))
        except RuntimeError as error:
            advice = "choose a larger size, or another CNN"
            raise CheckpointError(f"{name} cannot read pictures of {size} x {size} pixels: {advice}.") from error
    if not network or len(_shape(last)) != 4:
        raise CheckpointError(f"{name} does not end in a grid of features that is pooled: choose a CNN.")
    return network


def _ending_at(model: nn.Module, graph: fx.Graph, last: fx.Node) -> fx.GraphModule:
    """The network without what comes after a node, and without the weights of that."""
    *nodes, output = graph.nodes
    output.args = (last,)
    for node in reversed(nodes[nodes.index(last) + 1 :]):
        if not node.users:
            graph.erase_node(node)
    return fx.GraphModule(model, graph)


def _before_pooling(graph: fx.Graph, modules: dict[str, nn.Module]) -> Any:
    """What the last average over positions is taken of; what the network gives, if there is none."""
    pooled = [node for node in graph.nodes if _is_pooling(node, modules)]
    last = pooled[-1].args[0] if pooled else _output(graph).args[0]
    # SqueezeNet's classifier is a convolution before the pooling: its maps are of classes.
    while isinstance(last, fx.Node) and last.op == "call_module" and str(last.target).startswith("classifier."):
        last = last.args[0]
    return last


def _is_pooling(node: fx.Node, modules: dict[str, nn.Module]) -> bool:
    if node.op == "call_module":
        return isinstance(modules[str(node.target)], nn.AdaptiveAvgPool2d)
    return _called(node) in _POOLINGS


def _called(node: fx.Node) -> str:
    """The name of a function or method; nothing for other nodes."""
    if node.op == "call_method":
        return str(node.target)
    return getattr(node.target, "__name__", "") if node.op == "call_function" else ""


def _output(graph: fx.Graph) -> fx.Node:
    return next(iter(reversed(graph.nodes)))


def _shape(node: Any) -> tuple[int, ...]:
    shape: tuple[int, ...] = node.meta.get("shape", ())
    return shape


def width_of(network: fx.GraphModule) -> int:
    """The channels of what `trunk` gave."""
    return _shape(_output(network.graph).args[0])[1]


def split(network: fx.GraphModule, convolutions: int) -> tuple[fx.GraphModule, fx.GraphModule]:
    """What `trunk` gave as two networks, one after the other: the first holds no more than so many convolutions.

    It ends at the last place from which one map alone is handed on, so that no shortcut is cut.

    Raises:
        CheckpointError: when there is no such place.
    """
    nodes, modules = list(network.graph.nodes), dict(network.named_modules())
    seen, at = 0, 0
    for place, node in enumerate(nodes[:-1]):
        seen += node.op == "call_module" and isinstance(modules[str(node.target)], nn.Conv2d)
        if seen > convolutions:
            break
        handed_on = {given for later in nodes[place + 1 :] for given in later.all_input_nodes} & set(nodes[: place + 1])
        if handed_on == {node}:
            at = place
    if not at:
        raise CheckpointError(f"No part of the network ends within its first {convolutions} convolutions; freeze more.")
    first, rest = fx.Graph(), fx.Graph()
    copied: dict[fx.Node, fx.Node] = {}
    for node in nodes[: at + 1]:
        copied[node] = first.node_copy(node, lambda given: copied[given])
    first.output(copied[nodes[at]])
    copied[nodes[at]] = rest.placeholder("maps")
    for node in nodes[at + 1 :]:
        copied[node] = rest.node_copy(node, lambda given: copied[given])
    return fx.GraphModule(network, first), fx.GraphModule(network, rest)


def layer_means(network: fx.GraphModule) -> tuple[fx.GraphModule, tuple[Layer, ...]]:
    """Every convolutional layer of what `trunk` gave, averaged over positions: (N, 3, H, W) -> (N, all widths).

    A layer is a convolution with the norm and the activation that follow it directly. A convolution that sees a single
    position, as those of squeeze and excitation do, is none: it weighs channels. Each mean is taken as soon as its
    layer is computed, so that no map is kept, and none is met after an operation in place has changed it.
    """
    modules = dict(network.named_modules())
    graph: fx.Graph = fx.Graph()
    graph.output(graph.graph_copy(network.graph, {}))
    layers, means = [], []
    for node in [node for node in graph.nodes if node.op == "call_module"]:
        module = modules[str(node.target)]
        if isinstance(module, nn.Conv2d) and _shape(node)[2:] != (1, 1):
            last = _dressed(node, modules)
            with graph.inserting_after(last):
                means.append(graph.call_function(_mean, (last,)))
            layers.append(Layer(str(node.target), module.out_channels))
    output = _output(graph)
    with graph.inserting_before(output):
        output.args = (graph.call_function(torch.cat, (means, 1)),)
    return fx.GraphModule(network, graph).eval(), tuple(layers)


def _mean(maps: Tensor) -> Tensor:
    return maps.float().mean(dim=(2, 3))


def _dressed(node: fx.Node, modules: dict[str, nn.Module]) -> fx.Node:
    """The last of the norms and activations that follow a convolution and take nothing else."""
    while len(node.users) == 1 and _is_dress(user := next(iter(node.users)), modules):
        node = user
    return node


def _is_dress(node: fx.Node, modules: dict[str, nn.Module]) -> bool:
    if node.op != "call_module":
        return _called(node) in _ACTIVATIONS
    module = modules[str(node.target)]
    return isinstance(module, (*_NORMS, nn.Identity)) or ".activation" in type(module).__module__
