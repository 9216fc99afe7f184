"""dlcli device."""

import os
from types import SimpleNamespace

import torch


def test_the_document_says_what_there_is(run_inprocess, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    doc = run_inprocess("device", "--json").json()
    cpu = doc["devices"][0]
    assert list(cpu) == ["device", "name", "physical", "memory_mib", "free_mib", "precision"]
    assert (cpu["device"], cpu["physical"], cpu["precision"]) == ("cpu", None, ["32", "bf16", "16"])
    assert cpu["memory_mib"] > cpu["free_mib"] > 0
    facts = doc["facts"]
    assert set(facts) == {"auto", "cpu_count", "threads", "cuda", "CUDA_VISIBLE_DEVICES", "resident_mib"}
    assert facts["CUDA_VISIBLE_DEVICES"] is None
    assert (facts["cpu_count"], facts["threads"]) == (os.cpu_count(), torch.get_num_threads())
    assert doc["versions"]["torch"] == torch.__version__.partition("+")[0]
    assert {"dlcli", "python", "torchvision", "numpy"} <= set(doc["versions"])


def test_cuda_devices_have_logical_and_physical_names(run_inprocess, monkeypatch):
    """Two cards, made up: the second is full."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")

    def free(number):
        if number:
            raise RuntimeError("CUDA error: out of memory")
        return 30 * 2**30, 40 * 2**30

    made_up = SimpleNamespace(name="Card", total_memory=40 * 2**30)
    for name, value in {
        "is_available": lambda: True, "device_count": lambda: 2, "get_device_properties": lambda number: made_up,
        "is_bf16_supported": lambda: False, "mem_get_info": free,
    }.items():  # fmt: skip
        monkeypatch.setattr(torch.cuda, name, value)
    doc = run_inprocess("device", "--json").json()
    assert doc["facts"]["auto"] == "cuda:0"
    assert doc["facts"]["CUDA_VISIBLE_DEVICES"] == "3,5"
    first, second = doc["devices"][1:3]
    assert first == {
        "device": "cuda:0", "name": "Card", "physical": "3", "memory_mib": 40960, "free_mib": 30720,
        "precision": ["32", "16"],
    }  # fmt: skip
    assert (second["device"], second["physical"], second["free_mib"]) == ("cuda:1", "5", None)
    assert "cuda:1\tCard\t5\t40960\t\t32 16\n" in run_inprocess("device").stdout
