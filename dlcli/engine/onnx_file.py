"""ONNX files: a captured network written as one, and one run by onnxruntime."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram

from dlcli import __version__
from dlcli.core import exported
from dlcli.core.errors import DeviceError, MissingError, ModelError, UsageError
from dlcli.core.exported import ANEW, KEY
from dlcli.core.files import shown
from dlcli.engine.device import Device, kind_of, open_device
from dlcli.engine.export import INPUT, OUTPUT, quiet

EXTRA = "pip install 'dlcli-toolkit[export]'"
MOST_BYTES = 2**31 - 2**24  # protobuf's limit for one message, less what the graph itself may take
EXTERNAL = 1  # TensorProto.DataLocation


def require(*, writing: bool) -> None:
    """Raise ``MissingError`` unless the libraries of the extra ``export`` are there."""
    purpose = "writing ONNX" if writing else "running an ONNX file"
    try:
        import onnx  # noqa: F401

        if writing:
            import onnxscript  # noqa: F401
    except ImportError as error:
        raise MissingError(f"{purpose} needs {error.name or 'onnx'}, which is not installed", EXTRA) from error
    runtime(purpose)


def runtime(purpose: str = "running an ONNX file") -> Any:
    """Return onnxruntime.

    Raises:
        MissingError: not installed.

    """
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingError(f"{purpose} needs onnxruntime, which is not installed", EXTRA) from error
    return onnxruntime


def write(program: ExportedProgram, file: BinaryIO, description: str) -> int:
    """Write a captured network as one ONNX file.

    Nothing of this machine is in it: names of source files and lines, which exporters put beside each node, are taken
    out, so the same network gives the same bytes anywhere.

    Args:
        program: from ``engine/export.capture``.
        file: open for writing.
        description: what it is to say of itself (``core/exported.text_of``).

    Returns:
        the operator set.

    Raises:
        ModelError: larger than ONNX can be, or with an operation ONNX does not have.

    """
    size = sum(t.numel() * t.element_size() for t in program.state_dict.values())
    if size > MOST_BYTES:
        raise ModelError(
            f"the weights take {size / 2**30:.1f} GiB, and one ONNX file holds at most 2 GiB", "use --format pt2"
        )
    try:
        with quiet():
            written = torch.onnx.export(
                program, (), dynamo=True, input_names=[INPUT], output_names=[OUTPUT], verbose=False
            )
            model = written.model_proto
    except Exception as error:  # the exporter's errors wrap whatever its parts raised
        cause = error.__cause__ or error
        reason = (str(cause) or type(cause).__name__).strip().splitlines()[0][:300]
        raise ModelError(f"this network cannot be written as ONNX: {reason}", "use --format pt2") from error
    _plain(model)
    model.metadata_props.add(key=KEY, value=description)
    file.write(model.SerializeToString(deterministic=True))
    return next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))


def _plain(model: Any) -> None:
    """Take out what speaks of the exporter's insides, and give the free dimensions their names."""
    graph = model.graph
    model.producer_name, model.producer_version = "dlcli", __version__
    for holder in (graph, *graph.node, *graph.initializer, *graph.input, *graph.output):
        del holder.metadata_props[:]
        holder.doc_string = ""
    del graph.value_info[:]  # runtimes infer shapes themselves
    free = {0: "batch", 2: "height", 3: "width"}
    for value in (*graph.input, *graph.output):
        for place, dim in enumerate(value.type.tensor_type.shape.dim):
            if dim.dim_param and place in free:
                dim.dim_param = free[place]


def read(path: Path) -> tuple[str, bytes]:
    """Return what an ONNX file says of itself, and the file.

    Raises:
        ModelError: no ONNX file, cut off, not written by ``dlcli export``, or with its weights in other files.
        MissingError: onnx is not installed.

    """
    require(writing=False)
    import onnx
    from google.protobuf.message import DecodeError

    if path.stat().st_size > 2**31:
        raise ModelError(f"{shown(path)} is larger than 2 GiB, which no ONNX file can be")
    data = path.read_bytes()
    try:
        model = onnx.load_model_from_string(data)
    except (DecodeError, ValueError) as error:
        raise ModelError(f"{shown(path)} is no ONNX file, or is cut off", ANEW) from error
    if not model.graph.node:
        empty = "it is empty" if not data else "it holds no operations"
        raise ModelError(f"{shown(path)} is no ONNX file: {empty}", ANEW)
    if any(t.data_location == EXTERNAL or t.external_data for t in _tensors(model.graph)):
        raise ModelError(f"{shown(path)} keeps its weights in other files; dlcli reads only what is in one", ANEW)
    said = {p.key: p.value for p in model.metadata_props}
    if KEY not in said:
        raise ModelError(
            f"{shown(path)} is an ONNX file that dlcli export did not write: it does not say its classes and "
            f"preprocessing (metadata_props {KEY!r} is missing), without which no picture can be shown to it",
            "export it from a run, a bundle or a model name with dlcli export",
        )
    return said[KEY], data


def _tensors(graph: Any) -> Iterator[Any]:
    """Yield every stored tensor of a graph and of the graphs inside its nodes."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for inner in (attribute.g, *attribute.graphs):
                yield from _tensors(inner)


class OnnxNet(nn.Module):
    """An ONNX file in the place of a network: pictures in, class scores out.

    Args:
        data: the file.
        name: of the file, for messages.
    Shapes:
        (B, C, H, W) -> (B, K)

    """

    def __init__(self, data: bytes, name: str):
        super().__init__()
        self._data, self._name = data, name
        self._device, self._session = "", None

    def forward(self, pictures: Tensor) -> Tensor:
        """Return class scores.

        Raises:
            DeviceError: onnxruntime has nothing for the pictures' device, or no memory is left.
            ModelError: it cannot run the file, or not on such pictures.

        """
        session = self._for(pictures.device)
        feed = {session.get_inputs()[0].name: pictures.detach().float().cpu().contiguous().numpy()}
        try:
            answer = session.run(None, feed)[0]
        except Exception as error:  # onnxruntime's errors share no base
            raise self._told(error) from error
        return torch.from_numpy(answer).to(pictures.device)

    def _for(self, device: torch.device) -> Any:
        """Return the session for a device; torch's own threads set how many it may use."""
        if self._session is not None and str(device) == self._device:
            return self._session
        library = runtime()
        settings = library.SessionOptions()
        settings.intra_op_num_threads, settings.inter_op_num_threads = torch.get_num_threads(), 1
        settings.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the cores alone
        settings.log_severity_level = 4
        provider: Any = "CPUExecutionProvider"
        if device.type == "cuda":
            provider = ("CUDAExecutionProvider", {"device_id": device.index or 0})
        wanted = provider if isinstance(provider, str) else provider[0]
        if wanted not in library.get_available_providers():
            raise DeviceError(f"onnxruntime as installed here has no {wanted}", "use --device cpu")
        try:
            session = library.InferenceSession(self._data, settings, providers=[provider])
        except Exception as error:
            raise self._told(error) from error
        if wanted not in session.get_providers():  # onnxruntime would compute on the CPU and only log it
            raise DeviceError(f"onnxruntime could not start its {wanted}", "use --device cpu")
        if len(session.get_inputs()) != 1 or len(session.get_outputs()) != 1:
            raise ModelError(f"{shown(self._name)} must take one input and give one output", ANEW)
        self._device, self._session = str(device), session
        return session

    def _told(self, error: Exception) -> DeviceError | ModelError:
        text = (str(error) or type(error).__name__).splitlines()[0][:300]
        if "allocate" in text or isinstance(error, MemoryError):
            return DeviceError(f"out of memory: {text}", "use a smaller --batch")
        return ModelError(f"onnxruntime cannot run {shown(self._name)}: {text}", ANEW)


def device_for(argument: str, section: Any) -> Device:
    """Return the device for a model argument, which may be an exported file.

    An ONNX file runs where onnxruntime has a provider for it: ``auto`` goes by that, a device named by the user is
    refused rather than replaced.

    Args:
        argument: of the model.
        section: ``device`` of the recipe.

    Raises:
        DeviceError: onnxruntime here cannot compute there.
        UsageError: settings that change a network as dlcli builds it; a file runs as it was written.

    """
    format = exported.format_of(argument)
    if format:
        for key, plain in (("precision", "32"), ("channels_last", False), ("compile", False)):
            if getattr(section, key) != plain:
                raise UsageError(
                    f"device.{key}={getattr(section, key)} has no effect on {shown(argument)}: an exported file "
                    "runs as it was written",
                    "leave it out, or give the run or bundle the file came from",
                    key=f"device.{key}",
                )
    if format == "onnx" and (kind := kind_of(section.name)) not in (able := onnx_devices()):
        if section.name != "auto":
            raise DeviceError(
                f"device {section.name}: onnxruntime as installed here computes on {', '.join(able)} only",
                "use --device cpu; or pip uninstall onnxruntime; pip install onnxruntime-gpu" * (kind == "cuda")
                or "use --device cpu",
                key="device.name",
            )
        section = section.model_copy(update={"name": "cpu"})
    return open_device(section)


def onnx_devices() -> tuple[str, ...]:
    """Return the kinds of device that onnxruntime can use here."""
    there = runtime().get_available_providers()
    return ("cpu", "cuda") if "CUDAExecutionProvider" in there else ("cpu",)
