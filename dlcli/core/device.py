"""Device words: parsed and named here, made torch devices by ``engine/device.py``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dlcli.core.errors import UsageError

WORDS = ("auto", "cpu", "cuda", "cuda:0", "mps")
_WORD = re.compile(r"(auto|cpu|mps|cuda)(?::(\d+))?\Z")


@dataclass(frozen=True)
class DeviceName:
    """A parsed device word.

    Args:
        kind: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        index: the logical number of a CUDA device, or None.

    """

    kind: str
    index: int | None = None

    def __str__(self) -> str:
        return self.kind if self.index is None else f"{self.kind}:{self.index}"


def parse(word: str) -> DeviceName:
    """Return the device a word names.

    Raises:
        UsageError: another word.

    """
    match = _WORD.match(word)
    if not match or (match[2] and match[1] != "cuda"):
        raise UsageError(f"device {word!r} is not known; allowed: auto, cpu, cuda, cuda:N, mps", key="device.name")
    return DeviceName(match[1], int(match[2]) if match[2] else None)
