"""The device manager: each setting by its effect."""

import itertools
import os
import sys

import pytest
import torch
from torch import nn
from toys import CPU, Loader, Regression, data, make, net

from dlcli.core.errors import DeviceError, MissingError, UsageError
from dlcli.core.events import Reporters
from dlcli.core.launch import Place
from dlcli.core.schemas import shared
from dlcli.engine import device as devices
from dlcli.engine.device import open_device
from dlcli.engine.evaluate import evaluate
from dlcli.engine.loop import Loop
from dlcli.engine.state import Settings
from dlcli.engine.task import Monitor, Task


def section(**words):
    return shared.Device(**{"name": "cpu", **words})


class Pictures(nn.Module):
    """Remembers how its input and its convolution's output lie in memory, and their number format."""

    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 2)
        self.seen = []

    def forward(self, x):
        y = self.conv(x)
        self.seen.append((x.is_contiguous(memory_format=torch.channels_last), y.dtype))
        return self.head(y.mean((2, 3)))


@pytest.mark.parametrize("channels_last", [False, True])
def test_channels_last_is_the_memory_format_of_weights_and_pictures(channels_last):
    device = open_device(section(channels_last=channels_last))
    module = device.ready(Pictures())
    batch = device.place({"pictures": torch.zeros(2, 3, 8, 8), "labels": torch.zeros(2), "name": "x"})
    module(batch["pictures"])
    assert module.conv.weight.is_contiguous(memory_format=torch.channels_last) is channels_last
    assert module.seen[0][0] is channels_last
    assert batch["name"] == "x"
    assert ("channels last" in device.described()) is channels_last


@pytest.mark.parametrize(
    ("precision", "dtype"), [("32", torch.float32), ("bf16", torch.bfloat16), ("16", torch.float16)]
)
def test_precision_is_the_number_format_of_the_arithmetic_and_weights_stay_exact(precision, dtype):
    device = open_device(section(precision=precision))
    module = device.ready(Pictures())
    with device.autocast():
        module(torch.zeros(2, 3, 8, 8))
    assert module.seen[0][1] is dtype
    assert {p.dtype for p in module.parameters()} == {torch.float32}
    assert device.scaler().is_enabled() is (precision == "16")


class Small(Regression):
    """Casts its answer back, as tasks do."""

    def losses(self, module, batch):
        yield "main", (module(batch["x"]).float() - batch["y"]).square().mean()


class Stripes(Task):
    """Tells pictures with upright stripes from those with level ones."""

    monitor = Monitor("accuracy", higher=True)

    def losses(self, module, batch):
        yield "main", nn.functional.cross_entropy(module(batch["x"]).float(), batch["y"])

    def outputs(self, module, batch):
        return {"index": batch["index"], "right": module(batch["x"]).argmax(1) == batch["y"]}

    def scores(self, outputs):
        return {"accuracy": float(outputs["right"].mean())}


def accuracy(device, **train):
    """Train a small convolutional network on stripes; return its best validation accuracy."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(160) % 2
    stripes = (torch.arange(8) % 2 * 2 - 1).float()
    level, upright = stripes[:, None].expand(8, 8), stripes.expand(8, 8)
    x = torch.where(y[:, None, None] == 0, level, upright)[:, None].repeat(1, 3, 1, 1)
    x = x + 0.5 * torch.randn(x.shape, generator=generator)
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 2)
    )
    loop = Loop(
        Stripes(), device.ready(module), Loader(x[:128], y[:128], 32), Loader(x[128:], y[128:], 32, shuffle=False),
        Settings(0, shared.Train(epochs=6, **train), shared.Adamw(lr=0.02), shared.Cosine(), 128), device,
        checkpoints=None, reporter=Reporters([]),
    )  # fmt: skip
    loop.fit()
    return loop.best["value"]


COMBINATIONS = [
    *itertools.product(["32", "bf16", "16"], [False, True], [False], [False, True]),
    ("32", False, True, False),
    ("bf16", True, True, True),
    ("16", True, True, True),
]


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "channels_last", "compiled", "ema"), COMBINATIONS)
def test_each_combination_ends_within_a_point_of_plain_arithmetic(precision, channels_last, compiled, ema):
    device = open_device(section(precision=precision, channels_last=channels_last, compile=compiled))
    assert accuracy(device, ema=0.8 if ema else None) >= accuracy(CPU) - 0.01 > 0.98


def test_deterministic_allows_only_such_algorithms(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    try:
        open_device(section(deterministic=True))
        assert torch.are_deterministic_algorithms_enabled()
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    finally:
        open_device(section())
    assert not torch.are_deterministic_algorithms_enabled()


def test_an_algorithm_that_is_not_deterministic_is_named():
    class Refusing(Regression):
        def losses(self, module, batch):
            raise RuntimeError(
                "adaptive_max_pool2d_backward_cuda does not have a deterministic implementation, but you set "
                "'torch.use_deterministic_algorithms(True)'."
            )
            yield

    with pytest.raises(DeviceError, match="device.deterministic=true: adaptive_max_pool2d_backward_cuda does not"):
        make(Refusing(), net()).fit()


def test_compile_makes_one_graph_for_all_steps(monkeypatch):
    """A change of the last batch's size costs one more graph at most; the names of the weights stay."""
    import torch._dynamo as dynamo
    from torch._dynamo.utils import counters

    dynamo.reset()
    counters.clear()
    device = open_device(section(compile=True))
    module = device.ready(net())
    assert list(module.state_dict()) == list(net().state_dict())
    loop = make(Regression(), module, epochs=3, val=False)
    loop.fit()
    assert counters["stats"]["unique_graphs"] in (1, 2)
    assert not counters["graph_break"]
    assert "compiled" in device.described()


def test_a_failing_compiler_is_told():
    """A cut-off compilation leaves a broken file in torch's cache, on which every later one fails."""
    from torch._dynamo.exc import TorchDynamoException

    class Refusing(Regression):
        def losses(self, module, batch):
            raise TorchDynamoException("ImportError: /cache/zk/x.so: file too short")
            yield

        def outputs(self, module, batch):
            raise TorchDynamoException("ImportError: /cache/zk/x.so: file too short")

    message = "device.compile=true: torch's compiler failed: ImportError: /cache/zk/x.so: file too short"
    with pytest.raises(DeviceError, match=message):
        make(Refusing(), net()).fit()
    x, y = data()
    with pytest.raises(DeviceError, match=message):
        list(evaluate(Refusing(), net(), Loader(x, y, 5, shuffle=False), CPU).metrics)


def test_compile_without_a_compiler_is_missing(monkeypatch):
    monkeypatch.setattr(devices.shutil, "which", lambda _: None)
    with pytest.raises(MissingError, match="needs a C\\+\\+ compiler, and none was found"):
        open_device(section(compile=True))


def test_memory_is_read():
    assert 10 * 2**20 < CPU.memory_bytes() <= CPU.peak_memory_bytes() + 2**20  # the kernel counts the peak in batches
    assert 0 < CPU.free_bytes() <= devices.total_bytes()
    held = torch.zeros(64 * 2**20, dtype=torch.uint8) + 1
    before = CPU.memory_bytes()
    del held
    assert before - CPU.memory_bytes() > 32 * 2**20


def test_a_device_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="device cuda: no CUDA device was found here"):
        open_device(section(name="cuda"))
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="no Apple GPU"):
        open_device(section(name="mps"))
    assert str(open_device("auto")) == "cpu"


def test_several_devices():
    with pytest.raises(MissingError, match="only dlcli train runs on several devices"):
        open_device(section(count=2))
    assert str(open_device(section(count=2), Place(1, 2, 1, 2))) == "cpu"


@pytest.fixture
def four_cuda_devices(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)


def test_each_process_takes_a_cuda_device_of_its_own(four_cuda_devices):
    assert [str(open_device(section(name="cuda"), Place(r, 4, r, 4))) for r in range(4)] == [
        f"cuda:{r}" for r in range(4)
    ]
    assert str(open_device(section(name="auto"), Place(5, 8, 1, 4))) == "cuda:1"
    assert str(open_device(section(name="cuda:2"), Place())) == "cuda:2"


@pytest.mark.parametrize(
    ("words", "place", "error", "match"),
    [
        ({"name": "cuda:1"}, Place(0, 2, 0, 2), UsageError, "device cuda:1 cannot be shared by 2 processes"),
        ({"name": "cuda"}, Place(0, 5, 0, 5), DeviceError, "device.count=5 is too many; there is cuda:0 … cuda:3"),
        ({"name": "cuda:4"}, Place(), DeviceError, "device cuda:4 does not exist; there is cuda:0 … cuda:3"),
        ({"name": "cuda", "precision": "bf16"}, Place(), DeviceError, "cuda:0 cannot compute in bf16; allowed: 32, 16"),
    ],
)
def test_wrong_cuda_devices(four_cuda_devices, words, place, error, match):
    with pytest.raises(error, match=match):
        open_device(section(**words), place)


@pytest.mark.parametrize(("visible", "expected"), [(None, "1"), ("3,5", "5"), ("GPU-ab,GPU-cd", "GPU-cd"), ("7", "1")])
def test_the_physical_number_is_read_and_the_variable_left_alone(monkeypatch, visible, expected):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert devices.physical_id(1) == expected
    assert os.environ.get("CUDA_VISIBLE_DEVICES") == visible


def test_the_limit_of_a_control_group_counts(monkeypatch, tmp_path):
    import builtins

    (tmp_path / "memory.max").write_text("1000000")
    (tmp_path / "memory.current").write_text("400000")
    opened = builtins.open

    def redirected(path, *args, **more):
        path = str(path).replace("/sys/fs/cgroup", str(tmp_path)) if "cgroup" in str(path) else path
        return opened(path, *args, **more)

    monkeypatch.setattr(builtins, "open", redirected)
    assert devices.available_bytes() == 600000


# --- on a CUDA device


@pytest.fixture
def cuda():
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    return lambda **words: open_device(section(name="cuda", **words))


@pytest.mark.gpu
@pytest.mark.parametrize(
    "words", [{}, {"precision": "bf16"}, {"precision": "16"}, {"channels_last": True}, {"compile": True}]
)
def test_training_on_cuda_ends_near_the_cpu(cuda, words):
    found = []
    for device in (CPU, cuda(**words)):
        loop = make(Small(), device.ready(net()), epochs=3, val=False)
        loop.device = loop.steps.device = device
        loop.steps.scaler = device.scaler()
        loop.fit()
        x, y = data()
        found.append((loop.module(x.to(device.torch)).cpu() - y).square().mean().item())
    assert found[0] == pytest.approx(found[1], rel=0.03)


@pytest.mark.gpu
def test_dropout_on_cuda_is_drawn_from_seed_and_step(cuda, tmp_path):
    device = cuda()
    found = []
    for _ in range(2):
        torch.cuda.manual_seed(os.getpid())
        loop = make(Regression(), device.ready(net(dropout=0.5)), epochs=2, val=False)
        loop.device = loop.steps.device = device
        loop.fit()
        found.append(torch.cat([p.detach().flatten() for p in loop.module.parameters()]))
    assert torch.equal(*found)


@pytest.mark.gpu
def test_two_runs_on_cuda_are_identical_and_two_seeds_are_not(cuda, dlcli):
    words = ("train", "classify/lenet-digits", "train.epochs=2", "device.deterministic=true", "--device", "cuda")
    found = []
    for out, seed in (("a", 1), ("b", 1), ("c", 2)):
        done = dlcli(*words, "--out", out, f"seed={seed}")
        assert done.code == 0, done.stderr
        found.append((done.run / "model/model.safetensors").read_bytes())
    assert found[0] == found[1] != found[2]


@pytest.mark.gpu
def test_running_out_of_cuda_memory_is_survived(cuda):
    """A real one: each sample of a batch keeps a fifth of what is free."""
    device = cuda()
    hog = int(device.free_bytes() / 5 / 4)

    class Hog(Regression):
        def losses(self, module, batch):
            answer = module(batch["x"])
            wide = answer.sum(1, keepdim=True).expand(-1, hog).sin()
            yield "main", (answer - batch["y"]).square().mean() + 0 * wide.mean()

    loop = make(Hog(), device.ready(net()), epochs=1, val=False)
    loop.device = loop.steps.device = device
    loop.fit()
    assert loop.steps.parts > 1
    plain = make(Regression(), net(), epochs=1, val=False)
    plain.fit()
    for a, b in zip(loop.module.parameters(), plain.module.parameters(), strict=True):
        torch.testing.assert_close(a.detach().cpu(), b.detach(), atol=1e-4, rtol=0)


@pytest.mark.gpu
def test_cuda_memory_is_read(cuda):
    device = cuda()
    before = device.memory_bytes()
    held = torch.zeros(2**20, device=device.torch)
    assert device.memory_bytes() - before >= held.nbytes
    assert device.peak_memory_bytes() >= device.memory_bytes()
    assert "physical" in device.described()
    assert sys.getsizeof(held) > 0
