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


def show(output: Output) -> None:
    """Run ``dlcli device``."""
    devices: list[dict[str, Any]] = [
        {
            "device": "cpu",
            "name": platform.processor() or platform.machine(),
            "physical": "",
            "memory_mib": _memory_bytes() // 2**20,
            "precision": "32 bf16 16",
        }
    ]
    for n in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        properties = torch.cuda.get_device_properties(n)
        devices.append(
            {
                "device": f"cuda:{n}",
                "name": properties.name,
                "physical": physical_id(n),
                "memory_mib": properties.total_memory // 2**20,
                "precision": "32 bf16 16" if torch.cuda.is_bf16_supported() else "32 16",
            }
        )
    if torch.backends.mps.is_available():
        devices.append({"device": "mps", "name": "Apple GPU", "physical": "", "memory_mib": 0, "precision": "32 16"})
    versions = runs.environment([], "")["versions"]
    facts = {
        "auto": str(open_device("auto")),
        "cpu_count": os.cpu_count() or 1,
        "threads": torch.get_num_threads(),
        "cuda": torch.version.cuda or "none",
        "CUDA_VISIBLE_DEVICES": os.environ.get("CUDA_VISIBLE_DEVICES", "not set"),
        "resident_mib": resident_bytes() // 2**20,
        **{f"version {k}": v for k, v in versions.items()},
    }
    doc = report.document("device", devices=devices, facts=facts, versions=versions)
    tables.show(doc, [("devices", devices), ("", [{"fact": k, "value": str(v)} for k, v in facts.items()])], output)


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0
