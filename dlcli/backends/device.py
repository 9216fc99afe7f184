"""What this machine can compute on."""

from __future__ import annotations

import os
import platform
from typing import Any

import torch

from dlcli.core import report
from dlcli.core import run as runs
from dlcli.core.output import Output
from dlcli.engine.device import open_device, physical_id, resident_bytes
from dlcli.ui import tables

MIB = 2**20


def show(output: Output) -> None:
    """Run ``dlcli device``."""
    devices = [_cpu()]
    devices += [_cuda(n) for n in range(torch.cuda.device_count() if torch.cuda.is_available() else 0)]
    if torch.backends.mps.is_available():
        devices.append(_row("mps", "Apple GPU", precision=["32", "16"]))
    versions = runs.environment([], "")["versions"]
    facts = {
        "auto": str(open_device("auto")),
        "cpu_count": os.cpu_count() or 1,
        "threads": torch.get_num_threads(),
        "cuda": torch.version.cuda,
        "CUDA_VISIBLE_DEVICES": os.environ.get("CUDA_VISIBLE_DEVICES"),
        "resident_mib": resident_bytes() // MIB,
    }
    doc = report.document("device", devices=devices, facts=facts, versions=versions)
    rows = [{**d, "precision": " ".join(d["precision"])} for d in devices]
    said = {k: "none" if v is None else v for k, v in facts.items()}
    if facts["CUDA_VISIBLE_DEVICES"] is None:
        said["CUDA_VISIBLE_DEVICES"] = "not set"
    said |= {f"version {k}": v for k, v in versions.items()}
    tables.show(doc, [("devices", rows), ("", [{"fact": k, "value": str(v)} for k, v in said.items()])], output)


def _row(
    device: str,
    name: str,
    physical: str | None = None,
    memory: int | None = None,
    free: int | None = None,
    *,
    precision: list[str],
) -> dict[str, Any]:
    """Return a device; what is not known is null."""
    return {
        "device": device,
        "name": name,
        "physical": physical,
        "memory_mib": None if memory is None else memory // MIB,
        "free_mib": None if free is None else free // MIB,
        "precision": precision,
    }


def _cpu() -> dict[str, Any]:
    name = _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()
    available = _line("/proc/meminfo", "MemAvailable")  # what the kernel could free counts too
    free = int(available.split()[0]) * 1024 if available else None
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        memory = None
    return _row("cpu", name, None, memory, free, precision=["32", "bf16", "16"])


def _cuda(number: int) -> dict[str, Any]:
    properties = torch.cuda.get_device_properties(number)
    precision = ["32", "bf16", "16"] if torch.cuda.is_bf16_supported() else ["32", "16"]
    try:
        free = torch.cuda.mem_get_info(number)[0]
    except RuntimeError:  # full, or another process has it for itself
        free = None
    return _row(
        f"cuda:{number}", properties.name, physical_id(number), properties.total_memory, free, precision=precision
    )


def _line(path: str, key: str) -> str:
    """Return what a file of lines ``key: value`` says first, or an empty string."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return next((line.partition(":")[2].strip() for line in file if line.startswith(key)), "")
    except OSError:
        return ""
