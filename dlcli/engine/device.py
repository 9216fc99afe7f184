"""The device manager: device words become torch devices with their precision, memory format and compiler."""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import shutil
import sys
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from dlcli.core import device as words
from dlcli.core.errors import DeviceError, MissingError, UsageError
from dlcli.core.launch import Place

DTYPES = {"32": torch.float32, "bf16": torch.bfloat16, "16": torch.float16}


@dataclass(frozen=True)
class Device:
    """A device ready to compute on.

    Args:
        torch: the torch device.
        precision: ``32``, ``bf16`` or ``16``.
        channels_last: keep pictures and weights of convolutions with the channels last in memory.
        compiled: run networks through torch.compile.

    """

    torch: torch.device
    precision: str = "32"
    channels_last: bool = False
    compiled: bool = False

    def __str__(self) -> str:
        return str(self.torch)

    def described(self) -> str:
        """Return the device in words, logical and physical number of a CUDA device included."""
        extras = [f"precision {self.precision}"] if self.precision != "32" else []
        extras += ["channels last"] if self.channels_last else []
        extras += ["compiled"] if self.compiled else []
        return ", ".join([self._named(), *extras])

    def _named(self) -> str:
        if self.torch.type == "cpu":
            threads = torch.get_num_threads()
            return f"cpu ({threads} thread{'' if threads == 1 else 's'})"
        if self.torch.type != "cuda":
            return str(self.torch)
        logical = self.torch.index or 0
        return f"cuda:{logical} ({torch.cuda.get_device_name(logical)}, physical {physical_id(logical)})"

    def ready(self, module: nn.Module) -> nn.Module:
        """Return a network on the device, in its memory format, compiled where that was asked for.

        Effects: changes the network in place; the names of its weights stay.
        """
        module.to(self.torch)
        if self.channels_last:
            module.to(memory_format=torch.channels_last)
        if self.compiled:
            module.compile()
        return module

    def place(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return a batch with its tensors on the device, pictures in its memory format."""
        return {k: self._placed(v) if isinstance(v, Tensor) else v for k, v in batch.items()}

    def _placed(self, tensor: Tensor) -> Tensor:
        if self.channels_last and tensor.dim() == 4:
            return tensor.to(self.torch, non_blocking=True, memory_format=torch.channels_last)
        return tensor.to(self.torch, non_blocking=True)

    def seed(self, number: int) -> None:
        """Seed what networks draw from, on the CPU and on the device."""
        torch.default_generator.manual_seed(number)
        if self.torch.type == "cuda":
            torch.cuda.manual_seed(number)
        elif self.torch.type == "mps":
            torch.mps.manual_seed(number)

    def autocast(self) -> contextlib.AbstractContextManager:
        """Return the context in which the forward pass runs."""
        if self.precision == "32":
            return contextlib.nullcontext()
        return torch.autocast(self.torch.type, dtype=DTYPES[self.precision])

    def scaler(self) -> torch.amp.GradScaler:
        """Return the gradient scaler; it only scales in half precision."""
        return torch.amp.GradScaler(self.torch.type, enabled=self.precision == "16")

    def memory_bytes(self) -> int:
        """Return memory in use: allocated on a CUDA device, resident on the CPU."""
        if self.torch.type == "cuda":
            return torch.cuda.memory_allocated(self.torch)
        return resident_bytes()

    def peak_memory_bytes(self) -> int:
        """Return the most memory that was in use."""
        if self.torch.type == "cuda":
            return torch.cuda.max_memory_allocated(self.torch)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024

    def free_bytes(self) -> int:
        """Return memory that can still be taken."""
        if self.torch.type == "cuda":
            unused = torch.cuda.memory_reserved(self.torch) - torch.cuda.memory_allocated(self.torch)
            return torch.cuda.mem_get_info(self.torch)[0] + unused
        return available_bytes()

    def release(self) -> None:
        """Give memory that is held but not used back to the device."""
        if self.torch.type == "cuda":
            torch.cuda.empty_cache()


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no /proc: the peak is the best there is
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def total_bytes() -> int:
    """Return the memory of this machine; 0 where it cannot be told."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0


def available_bytes() -> int:
    """Return the memory this process may still take: what the machine has, within the limit of its control group."""
    available = total_bytes() // 2
    with contextlib.suppress(OSError, ValueError, StopIteration), open("/proc/meminfo", encoding="ascii") as file:
        available = next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        with contextlib.suppress(OSError, ValueError), open(limit) as most, open(used) as now:
            available = min(available, int(most.read()) - int(now.read()))
    return max(0, available)


def physical_id(logical: int) -> str:
    """Return what ``CUDA_VISIBLE_DEVICES`` makes of a logical number; the variable is only read."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if not visible:
        return str(logical)
    listed = visible.split(",")
    return listed[logical] if logical < len(listed) else str(logical)


def kind_of(word: str) -> str:
    """Return the kind a device word comes to here: ``cpu``, ``cuda`` or ``mps``."""
    kind = words.parse(word).kind
    if kind != "auto":
        return kind
    return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"


def open_device(section: Any, place: Place | None = None) -> Device:
    """Return the device a recipe's ``device`` section, or a word, names.

    Args:
        section: its ``name`` is ``auto`` (CUDA, else MPS, else CPU), ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        place: this process among those that train together; each takes a CUDA device of its own.

    Raises:
        DeviceError: not there, or not able to do the precision.
        MissingError: several devices for a command that runs in one process; no compiler.
        UsageError: several processes, and one device named for all of them.
    Effects: ``deterministic`` holds for the whole process.

    """
    if isinstance(section, str):
        from dlcli.core.schemas.shared import Device as Section

        section = Section(name=section)
    if place is None and section.count > 1:
        raise MissingError("only dlcli train runs on several devices; use --devices 1", key="device.count")
    _be_deterministic(section.deterministic)
    word, precision, world = words.parse(section.name), section.precision, place.local_world if place else 1
    kind = kind_of(section.name)
    if kind == "cuda":
        device = _cuda(word, precision, place)
    elif kind == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("device mps: no Apple GPU was found here", "use --device cpu, or auto", key="device.name")
    elif kind == "mps" and world > 1:
        raise DeviceError(f"device.count={world}: there is one Apple GPU", "use --device cpu", key="device.count")
    else:
        device = torch.device(kind)
    compiled = section.compile
    if compiled and not any(shutil.which(c) for c in (os.environ.get("CXX", "g++"), "g++", "clang++", "c++")):
        raise MissingError(
            "device.compile needs a C++ compiler, and none was found (g++, clang++)",
            "install one, or leave device.compile out",
            key="device.compile",
        )
    if compiled:
        logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)  # «no CUDA runtime is found»
    return Device(device, precision, section.channels_last, compiled)


def _be_deterministic(wanted: bool) -> None:
    """Allow only algorithms that give the same bits every time; on the CPU most already do."""
    if wanted:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS reads it when it starts
    if wanted != torch.are_deterministic_algorithms_enabled():
        torch.use_deterministic_algorithms(wanted)
    torch.backends.cudnn.deterministic = wanted


def _cuda(word: words.DeviceName, precision: str, place: Place | None) -> torch.device:
    there = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if not there:
        raise DeviceError("device cuda: no CUDA device was found here", "use --device cpu, or auto", key="device.name")
    listed = f"cuda:0 … cuda:{there - 1}" if there > 1 else "cuda:0"
    if place and place.local_world > 1:
        if word.index is not None:
            raise UsageError(
                f"device {word} cannot be shared by {place.local_world} processes; each takes one of its own",
                "use --device cuda; CUDA_VISIBLE_DEVICES says which ones",
                key="device.name",
            )
        if place.local_world > there:
            raise DeviceError(
                f"device.count={place.local_world} is too many; there is {listed}", "use --devices", key="device.count"
            )
    index = place.local_rank if place and place.local_world > 1 else word.index or 0
    if index >= there:
        raise DeviceError(f"device {word} does not exist; there is {listed}", key="device.name")
    if precision == "bf16" and not torch.cuda.is_bf16_supported():
        raise DeviceError(f"cuda:{index} cannot compute in bf16; allowed: 32, 16", key="device.precision")
    return torch.device("cuda", index)


def device_error(error: RuntimeError) -> DeviceError | None:
    """Return the error to show when the device lacks memory or an algorithm, or the compiler failed, else None."""
    text = str(error)
    if type(error).__module__.startswith(("torch._inductor", "torch._dynamo")):
        return DeviceError(
            f"device.compile=true: torch's compiler failed: {text.strip().splitlines()[0]}",
            "leave device.compile out; a compilation that was cut off leaves broken files, which stand in the message: "
            "remove their folder",
            key="device.compile",
        )
    if "does not have a deterministic implementation" in text:
        return DeviceError(
            f"device.deterministic=true: {text.partition(', but you set')[0]}",
            "leave device.deterministic out, or use --device cpu",
            key="device.deterministic",
        )
    if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in text:
        return DeviceError(
            f"out of memory: {text.splitlines()[0] if text else 'the device said no more'}",
            "use a smaller --batch, or more train.accumulate with the same batch",
        )
    return None
