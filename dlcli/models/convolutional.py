"""A classifier's dense head as convolutions, so that it slides over larger pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from dlcli.core.errors import ModelError

_ACTIVATIONS = (
    nn.ReLU, nn.ReLU6, nn.Tanh, nn.Sigmoid, nn.GELU, nn.LeakyReLU, nn.ELU, nn.SiLU, nn.Hardswish, nn.Hardsigmoid,
    nn.Identity, nn.Softplus, nn.Mish,
)  # fmt: skip
_POINTWISE = (*_ACTIVATIONS, nn.Dropout, nn.AlphaDropout)
_HEAD = (nn.Linear, nn.Flatten, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
_FUNCTIONS = {
    F.relu, F.dropout, F.gelu, F.silu, F.hardswish, F.elu, F.leaky_relu, torch.relu, torch.tanh, torch.sigmoid,
}  # fmt: skip
_METHODS = {"relu", "tanh", "sigmoid", "contiguous"}
_FLATTENS = {torch.flatten, torch.reshape, torch.squeeze, "flatten", "view", "reshape", "squeeze"}


@dataclass(frozen=True)
class Converted:
    """A classifier that gives a map of class scores.

    Args:
        module: pictures (B, C, H, W) -> scores (B, K, h, w); shares its weights with the classifier.
        rows: what became what: name, was, became.
        scores: (1, K) of the classifier on the picture it was traced with.

    """

    module: nn.Module
    rows: list[dict[str, Any]]
    scores: Tensor


def convolutional(module: nn.Module, picture: Tensor) -> Converted:
    """Return a classifier with its linear layers as convolutions.

    The first linear layer after an h×w map becomes a convolution with an h×w window, every other one a 1×1 convolution;
    a pooling over the whole map becomes one over an h×w window with stride 1. On pictures of the classifier's size
    the map is one position of the very scores; on larger ones each position is a window of the picture, and the
    computation they share is done once.

    Source: Sermanet et al. 2014, OverFeat, section 3.5; Long, Shelhamer & Darrell 2015, section 3.1.

    Args:
        module: in evaluation mode, with weights.
        picture: of the classifier's own size.

    Shapes:
        picture (1, C, H, W) -> scores of the converted module (1, K, 1, 1)

    Raises:
        ModelError: it has no such head, or one that cannot be converted.

    """
    try:
        traced = fx.GraphModule(module, _Tracer().trace(module))
        shapes = _Shapes(traced)
        with torch.no_grad():
            scores = shapes.run(picture)
    except Exception as error:  # a tracer fails in as many ways as there are programs
        raise _refused("its forward pass is no plain chain of layers that could be followed") from error
    if not isinstance(scores, Tensor) or scores.ndim != 2:
        raise _refused("it does not give one score a class")
    return Converted(traced, _Surgery(traced, shapes.held).operate(), scores)


def _refused(why: str, hint: str = "") -> ModelError:
    known = "networks that can be: AlexNet, VGG, ResNet, DenseNet, LeNet-5 and others of their kind"
    return ModelError(f"the network cannot be made convolutional: {why}", hint or known)


class _Tracer(fx.Tracer):
    """Follows the computation only into what may hold a part of the head: the trunk may do as it likes."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        if isinstance(m, _HEAD) or super().is_leaf_module(m, module_qualified_name):
            return True
        return not any(isinstance(inner, _HEAD) for inner in m.modules())


class _Shapes(fx.Interpreter):
    """Runs the traced network and keeps the shape of every result."""

    def __init__(self, module: fx.GraphModule):
        super().__init__(module)
        self.held: dict[fx.Node, tuple[int, ...]] = {}

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if isinstance(result, Tensor):
            self.held[n] = tuple(result.shape)
        return result


class _Surgery:
    def __init__(self, traced: fx.GraphModule, shapes: dict[fx.Node, tuple[int, ...]]):
        self.traced, self.shapes = traced, shapes
        self.rows: list[dict[str, Any]] = []

    def operate(self) -> list[dict[str, Any]]:
        """Rewrite the head in place; return what became what."""
        (last,) = (n for n in self.traced.graph.nodes if n.op == "output")
        dense: list[fx.Node] = []
        node = last.args[0]
        while len(self.shapes.get(node, ())) == 2:
            dense.append(node)
            node = self._before(node)
        if not any(self._is(n, nn.Linear) for n in dense):
            raise _refused("it has no dense head: no linear layer follows the flattening of its map")
        if len(self.shapes.get(node, ())) != 4:
            raise _refused(f"its dense head follows no map of height and width, but {node}")
        size = self._pooling(node, dense)
        for n in reversed(dense):
            size = self._dense(n, size)
        self.traced.graph.eliminate_dead_code()
        self.traced.graph.lint()
        self.traced.recompile()
        return self.rows

    def _before(self, node: fx.Node) -> fx.Node:
        """Return the one input of a node of the head."""
        first = node.args[0] if node.args else None
        tensors = [n for n in node.all_input_nodes if n in self.shapes and n.op != "get_attr"]
        if not isinstance(first, fx.Node) or tensors != [first]:
            raise _refused(f"its head does more than one layer after another: {node}")
        return first

    def _is(self, node: fx.Node, kinds: Any) -> bool:
        return node.op == "call_module" and isinstance(self.traced.get_submodule(str(node.target)), kinds)

    def _pooling(self, node: fx.Node, dense: list[fx.Node]) -> tuple[int, int]:
        """Make the pooling before the head a sliding one; return the window the first linear layer looks at."""
        if _callable(dense[-1]) in (torch.mean, "mean"):  # pools and flattens in one
            self._slide(dense.pop(), self.shapes[node][2:], nn.AvgPool2d)
            return 1, 1
        size = self.shapes[node][2:]
        while size == (1, 1) and not self._pools(node):
            if self._is(node, nn.Conv2d) and self.shapes.get(self._before(node), ())[2:] != (1, 1):
                return 1, 1  # a convolution made it one position: nothing was pooled
            node = self._before(node)
        while self._is(node, _POINTWISE):
            node = self._before(node)
        if not self._pools(node):
            return size
        before = self._before(node)
        given = self.shapes[before][2:]
        if given == self.shapes[node][2:]:
            self._gone(node, before)
        elif self.shapes[node][2:] == (1, 1):
            maximum = self._is(node, nn.AdaptiveMaxPool2d) or _callable(node) is F.adaptive_max_pool2d
            self._slide(node, given, nn.MaxPool2d if maximum else nn.AvgPool2d)
        else:
            raise _refused(
                f"its pooling {node} makes {_by(given)} positions {_by(size)}, which no sliding window does",
                "try --size-px of the size the network was made for",
            )
        return size

    def _pools(self, node: fx.Node) -> bool:
        """Say whether a node is a pooling that takes any size of map."""
        adaptive = (F.adaptive_avg_pool2d, F.adaptive_max_pool2d, torch.mean, "mean")
        return self._is(node, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d) or _callable(node) in adaptive

    def _slide(self, node: fx.Node, size: tuple[int, ...], pool: Any) -> None:
        self._replace(node, pool(tuple(size), stride=1), f"pooling over the whole {_by(size)} map")

    def _dense(self, node: fx.Node, size: tuple[int, int]) -> tuple[int, int]:
        """Rewrite one node that worked on (B, features); return the window the next linear layer looks at."""
        if self._is(node, nn.Linear):
            layer = self.traced.get_submodule(str(node.target))
            with torch.device("meta"):
                convolution = nn.Conv2d(layer.in_features // math.prod(size), layer.out_features, size)
            shape = convolution.weight.shape
            convolution.weight = nn.Parameter(layer.weight.detach().reshape(shape), requires_grad=False)
            bias = layer.bias
            convolution.bias = None if bias is None else nn.Parameter(bias.detach(), requires_grad=False)
            self._replace(node, convolution, f"linear {layer.in_features} → {layer.out_features}")
            return 1, 1
        if self._is(node, nn.BatchNorm1d):
            layer = self.traced.get_submodule(str(node.target))
            flat = nn.BatchNorm2d(layer.num_features, layer.eps, affine=layer.affine)
            flat.load_state_dict(layer.state_dict())
            self._replace(
                node, flat.eval().requires_grad_(False), f"batch normalization of {layer.num_features} features"
            )
        elif self._is(node, nn.Flatten) or _callable(node) in _FLATTENS:
            self._gone(node, node.args[0])
        elif not (self._is(node, (*_POINTWISE, nn.AvgPool2d)) or _callable(node) in _FUNCTIONS | _METHODS):
            raise _refused(f"its head has a layer that is no convolution: {node}")
        return size

    def _replace(self, node: fx.Node, layer: nn.Module, was: str) -> None:
        """Put a layer in the place of a node, under the name the node's module had."""
        name = str(node.target) if node.op == "call_module" else f"{node.name}_pool"
        self.traced.add_submodule(name, layer)
        with self.traced.graph.inserting_after(node):
            fresh = self.traced.graph.call_module(name, (node.args[0],))
        node.replace_all_uses_with(fresh)
        self.traced.graph.erase_node(node)
        self.rows.append({"name": name, "was": was, "became": _said(layer)})

    def _gone(self, node: fx.Node, before: Any) -> None:
        node.replace_all_uses_with(before)
        self.traced.graph.erase_node(node)


def _callable(node: fx.Node) -> Any:
    return node.target if node.op in ("call_function", "call_method") else None


def _by(size: Any) -> str:
    return "×".join(map(str, size))


def _said(layer: nn.Module) -> str:
    if isinstance(layer, nn.Conv2d):
        return f"convolution {_by(layer.kernel_size)}, {layer.in_channels} → {layer.out_channels}"
    if isinstance(layer, nn.BatchNorm2d):
        return f"batch normalization of {layer.num_features} maps"
    return f"pooling over {_by(layer.kernel_size)} with stride 1"
