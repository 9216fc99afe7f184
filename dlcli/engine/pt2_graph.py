"""The graph of a PT2 file, run operation by operation.

Its schema (``torch/_export/serde/schema.py``, torch 2.15) tags each value with its kind, as in ``{"as_int": 3}``.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core.errors import ModelError
from dlcli.core.exported import ANEW

# The numbers c10 gives to its types, which the archive stores.
DTYPES = {
    1: torch.uint8, 2: torch.int8, 3: torch.int16, 4: torch.int32, 5: torch.int64,
    6: torch.float16, 7: torch.float32, 8: torch.float64, 12: torch.bool, 13: torch.bfloat16,
}  # fmt: skip
MEMORY_FORMATS = {1: torch.contiguous_format, 2: torch.channels_last, 4: torch.preserve_format}
STRIDED = 7
# Arithmetic on sizes.
ON_SIZES: dict[str, Callable[..., Any]] = {
    **{f"_operator.{n}": getattr(operator, n) for n in ("add", "sub", "mul", "floordiv", "truediv", "mod", "neg")},
    **{f"_operator.{n}": getattr(operator, n) for n in ("eq", "ne", "lt", "le", "gt", "ge")},
    "torch.sym_max": max, "torch.sym_min": min, "torch.sym_float": float, "torch.sym_int": int,
    "math.trunc": math.trunc, "math.ceil": math.ceil, "math.floor": math.floor,
}  # fmt: skip
CHECKS = ("_assert_tensor_metadata", "_assert_scalar", "_assert_async", "sym_constrain_range_for_size")
CHECKS += ("sym_constrain_range",)
RETURNED = ("Tensor", "List[Tensor]", "int", "SymInt", "bool")
Values = dict[str, Any]
Read = Callable[[Values, torch.device], Any]


class Broken(Exception):
    """Something in the archive is not as it must be."""


class Pt2Net(nn.Module):
    """A PT2 file in the place of a network: pictures in, class scores out.

    The operations are run one after the other as the file lists them; a value is let go after its last use.

    Args:
        graph: ``graph_module`` of the archive.
        tensors: weights and constants by name.
        name: of the file, for messages.
    Shapes:
        (B, C, H, W) -> (B, K)

    """

    def __init__(self, graph: Mapping[str, Any], tensors: Mapping[str, Tensor], name: str):
        super().__init__()
        self._name = name
        self._held: dict[str, str] = {}  # value of the graph → buffer of this module
        self._input = ""
        for spec in graph["signature"]["input_specs"]:
            self._take(spec, tensors)
        if not self._input:
            raise Broken("its graph takes no input")
        inner = graph["graph"]
        self._steps = [_step(node) for node in inner["nodes"]]
        (output,) = inner["outputs"]
        self._output: str = output["as_tensor"]["name"]
        self._last_uses()

    def _take(self, spec: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
        """Set the one input, or hold a weight or constant."""
        ((kind, about),) = spec.items()
        if kind == "user_input":
            if self._input:
                raise Broken("its graph takes several inputs")
            self._input = about["arg"]["as_tensor"]["name"]
            return
        where = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}
        if kind not in where:
            raise Broken(f"its graph takes a {kind}")
        held = f"held_{len(self._held)}"
        self.register_buffer(held, tensors[about[where[kind]]])
        self._held[about["arg"]["name"]] = held

    def _last_uses(self) -> None:
        """Note after which step each value can go."""
        last = {name: k for k, step in enumerate(self._steps) for name in (*step.reads, *step.gives)}
        last.pop(self._output, None)
        self._gone: list[list[str]] = [[] for _ in self._steps]
        for name, k in last.items():
            self._gone[k].append(name)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores.

        Raises:
            ModelError: an operation refuses what it is given.

        """
        values: Values = {name: getattr(self, held) for name, held in self._held.items()}
        values[self._input] = pictures
        for step, gone in zip(self._steps, self._gone, strict=True):
            try:
                step.run(values, pictures.device)
            except (RuntimeError, IndexError, KeyError, TypeError, ValueError, ArithmeticError) as error:
                if isinstance(error, torch.OutOfMemoryError) or "allocate memory" in str(error):
                    raise
                reason = (str(error) or type(error).__name__).splitlines()[0][:200]
                raise ModelError(f"{self._name} cannot be run: {step.target}: {reason}", ANEW) from error
            for name in gone:
                values.pop(name, None)
        return values[self._output]


@dataclass(frozen=True)
class _Step:
    """One operation, ready to run.

    Args:
        target: its name in the file.
        call: the operation; None for a check of what is known anyway.
        inputs: parameter → how to read it.
        reads: the values it needs.
        outputs: the names its results get; None for one that is not kept.
        several: whether it returns a sequence of them.

    """

    target: str
    call: Callable[..., Any] | None
    inputs: dict[str, Read]
    reads: list[str]
    outputs: list[str | None]
    several: bool

    @property
    def gives(self) -> list[str]:
        return [name for name in self.outputs if name is not None]

    def run(self, values: Values, device: torch.device) -> None:
        if self.call is None:
            return
        given = {name: read(values, device) for name, read in self.inputs.items()}
        # Arithmetic of Python takes no names.
        result = self.call(*given.values()) if self.target in ON_SIZES else self.call(**given)
        results = result if self.several else [result]
        values.update({n: r for n, r in zip(self.outputs, results, strict=True) if n is not None})


def _step(node: Mapping[str, Any]) -> _Step:
    target = node["target"]
    inputs: dict[str, Read] = {}
    reads: list[str] = []
    for given in node["inputs"]:
        inputs[given["name"]] = _argument(given["arg"], reads)
    outputs, several = _outputs(node["outputs"])
    return _Step(target, _operation(target), inputs, reads, outputs, several)


def _operation(target: Any) -> Callable[..., Any] | None:
    """Return the operation a node names; None for a check of what is known anyway.

    ``torch.ops.aten`` holds more than arithmetic (``aten::save`` writes files, ``aten::from_file`` reads them), so only
    what computes tensors or sizes from values passes.
    """
    if target in ON_SIZES:
        return ON_SIZES[target]
    parts = target.split(".")
    if parts[:3] != ["torch", "ops", "aten"] or len(parts) != 5 or not all(p.isidentifier() for p in parts):
        raise Broken(f"{target[:80]} is no operation on tensors")
    if parts[3] in CHECKS:
        return None
    overload = getattr(getattr(torch.ops.aten, parts[3], None), parts[4], None)
    if not isinstance(overload, torch._ops.OpOverload):
        raise Broken(f"this torch ({torch.__version__}) has no {target[:80]}")
    schema = overload._schema
    kinds = {str(r.type) for r in schema.returns}
    if not kinds or not kinds <= set(RETURNED) or any(a.name == "filename" for a in schema.arguments):
        raise Broken(f"{target[:80]} is no operation on tensors")
    return overload


def _outputs(listed: list[Mapping[str, Any]]) -> tuple[list[str | None], bool]:
    """Return the names of a node's results, and whether they come in a sequence."""
    if len(listed) == 1 and "as_tensors" in listed[0]:
        return [t["name"] for t in listed[0]["as_tensors"]], True
    names: list[str | None] = []
    for output in listed:
        ((kind, value),) = output.items()
        if kind == "as_tensor":
            names.append(value["name"])
        elif kind in ("as_sym_int", "as_sym_bool", "as_sym_float"):
            names.append(value["as_name"])
        elif kind == "as_none":
            names.append(None)
        else:
            raise Broken(f"an operation gives a {kind.removeprefix('as_')}")
    return names, len(names) > 1


def _argument(arg: Mapping[str, Any], reads: list[str]) -> Read:
    """Return how to read an argument; the values it needs are added to ``reads``."""
    ((kind, value),) = arg.items()
    match kind:
        case "as_none":
            return lambda _, __: None
        case "as_tensor" | "as_tensors" | "as_optional_tensor" | "as_optional_tensors" | "as_nested_tensors":
            return _tensor_argument(value, reads)
        case "as_int" | "as_ints" | "as_float" | "as_floats" | "as_bool" | "as_bools" | "as_string" | "as_int_lists":
            return lambda _, __: value
        case "as_sym_int" | "as_sym_float" | "as_sym_bool":
            return _size_argument(value, reads)
        case "as_sym_ints" | "as_sym_floats" | "as_sym_bools":
            each = [_size_argument(v, reads) for v in value]
            return lambda values, device: [read(values, device) for read in each]
        case "as_scalar_type":
            return lambda _, __, dtype=DTYPES[value]: dtype
        case "as_memory_format":
            return lambda _, __, format=MEMORY_FORMATS[value]: format
        case "as_layout" if value == STRIDED:
            return lambda _, __: torch.strided
        case "as_device":  # where it was captured; where it runs is what counts
            return lambda _, device: device
    raise Broken(f"an operation takes a {kind.removeprefix('as_')}")


def _tensor_argument(value: Any, reads: list[str]) -> Read:
    if isinstance(value, list):
        each = [_tensor_argument(v, reads) for v in value]
        return lambda values, device: [read(values, device) for read in each]
    if "as_none" in value:
        return lambda _, __: None
    name = value.get("as_tensor", value)["name"]
    reads.append(name)
    return lambda values, _: values[name]


def _size_argument(value: Mapping[str, Any], reads: list[str]) -> Read:
    ((kind, held),) = value.items()
    if kind != "as_name":
        return lambda _, __: held
    reads.append(held)
    return lambda values, _: values[held]
