"""`train.batch: auto`."""

import json

import pytest
import torch
from torch import nn
from toys import CPU, Regression, net

from dlcli.core.errors import DeviceError
from dlcli.core.schemas import shared
from dlcli.engine import autobatch
from dlcli.engine.group import ALONE


def found(monkeypatch, free_bytes, samples=10_000, **train):
    monkeypatch.setattr(type(CPU), "free_bytes", lambda _: free_bytes)
    module = nn.Sequential(nn.Linear(3, 1000), nn.BatchNorm1d(1000), nn.Tanh(), nn.Linear(1000, 2))
    before = {k: v.clone() for k, v in module.state_dict().items()}

    def sample(count):
        return {"x": torch.zeros(count, 3), "y": torch.ones(count, 2)}

    batch, why = autobatch.largest(Regression(), module, sample, samples, CPU, shared.Train(**train), ALONE)
    assert all(torch.equal(v, before[k]) for k, v in module.state_dict().items())
    assert all(p.grad is None for p in module.parameters())
    assert module.training
    return batch, why


def test_memory_bounds_the_batch(monkeypatch):
    """Batch normalization and tanh keep 1000 floats of a sample each: 8 kB, of which 64 samples are half a megabyte."""
    batch, why = found(monkeypatch, 2_800_000)
    assert (batch, why) == (64, "more does not fit into memory")
    assert found(monkeypatch, 5_800_000)[0] == 128
    assert found(monkeypatch, 2_800_000, accumulate=2)[0] == 128


def test_a_batch_is_never_larger_than_is_worth_while(monkeypatch):
    assert found(monkeypatch, 2**40) == (512, "more would gain little")
    assert found(monkeypatch, 2**40, samples=1151) == (128, "more would leave fewer than 8 steps an epoch")
    assert found(monkeypatch, 2**40, samples=3)[0] == 1


def test_not_even_one_sample(monkeypatch):
    with pytest.raises(DeviceError, match="train.batch=auto: not even one sample fits into memory"):
        found(monkeypatch, 10_000)


def test_a_run_says_what_was_found_and_uses_it_again(run_inprocess):
    words = ("classify/mlp-digits", "model.args.hidden=[16]", "train.epochs=1", "train.batch=auto", "data.workers=0")
    done = run_inprocess("train", *words, "--out", "run")
    assert done.code == 0, done.stderr
    assert "train.batch=auto: 128 samples a step; more would leave fewer than 8 steps an epoch" in done.stderr
    assert json.loads((done.run / "report.json").read_text())["batch"] == 128
    again = run_inprocess("train", "--resume", "run", "train.epochs=2")
    assert again.code == 0, again.stderr
    assert "train.batch=auto" not in again.stderr
    assert json.loads((done.run / "report.json").read_text())["batch"] == 128
    steps = [json.loads(line)["step"] for line in (done.run / "metrics.jsonl").read_text().splitlines()]
    assert steps == [9, 18]


@pytest.mark.gpu
def test_what_is_found_on_cuda_survives(tmp_path):
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    from dlcli.engine.device import open_device

    device = open_device("cuda")
    module = device.ready(net())

    def sample(count):
        return {"x": torch.zeros(count, 3), "y": torch.ones(count, 2)}

    assert autobatch.largest(Regression(), module, sample, 10_000, device, shared.Train(), ALONE)[0] == 512
