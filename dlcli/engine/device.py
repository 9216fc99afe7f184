"""The device manager: device words become torch devices with their precision."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from dataclasses import dataclass

import torch

from dlcli.core import device as words
from dlcli.core.errors import DeviceError, MissingError

DTYPES = {"32": torch.float32, "bf16": torch.bfloat16, "16": torch.float16}


@dataclass(frozen=True)
class Device:
    """A device ready to compute on.

    Args:
        torch: the torch device.
        precision: ``32``, ``bf16`` or ``16``.

    """

    torch: torch.device
    precision: str = "32"

    def __str__(self) -> str:
        return str(self.torch)

    def described(self) -> str:
        """Return the device in words, logical and physical number of a CUDA device included."""
        if self.torch.type != "cuda":
            return f"{self.torch.type} ({torch.get_num_threads()} threads)" if self.torch.type == "cpu" else "mps"
        logical = self.torch.index or 0
        return f"cuda:{logical} ({torch.cuda.get_device_name(logical)}, physical {physical_id(logical)})"

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


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no /proc: the peak is the best there is
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def physical_id(logical: int) -> str:
    """Return what ``CUDA_VISIBLE_DEVICES`` makes of a logical number; the variable is only read."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if not visible:
        return str(logical)
    listed = visible.split(",")
    return listed[logical] if logical < len(listed) else str(logical)


def open_device(word: str = "auto", precision: str = "32", count: int = 1) -> Device:
    """Return the device a word names.

    Args:
        word: ``auto`` (CUDA, else MPS, else CPU), ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        precision: ``32``, ``bf16`` or ``16``.
        count: devices asked for.

    Raises:
        DeviceError: not there, or not able to do the precision.

    """
    if count > 1:
        raise MissingError("several devices are not built yet; use --devices 1", key="device.count")
    name = words.parse(word)
    if name.kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        name = words.DeviceName(kind)
    if name.kind == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if not count:
            raise DeviceError(
                "device cuda: no CUDA device was found here", "use --device cpu, or auto", key="device.name"
            )
        if (name.index or 0) >= count:
            last = f"cuda:0 … cuda:{count - 1}" if count > 1 else "cuda:0"
            raise DeviceError(f"device {name} does not exist; there is {last}", key="device.name")
        device = torch.device("cuda", name.index or 0)
        if precision == "bf16" and not torch.cuda.is_bf16_supported():
            raise DeviceError(f"{device} cannot compute in bf16; allowed: 32, 16", key="device.precision")
        return Device(device, precision)
    if name.kind == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("device mps: no Apple GPU was found here", "use --device cpu, or auto", key="device.name")
    return Device(torch.device(name.kind), precision)


def memory_error(error: RuntimeError) -> DeviceError | None:
    """Return the error to show when torch ran out of memory, else None."""
    text = str(error)
    if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in text:
        return DeviceError(
            f"out of memory: {text.splitlines()[0]}",
            "use a smaller --batch, or more train.accumulate with the same batch",
        )
    return None
