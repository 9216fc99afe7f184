"""Networks captured, written and run again: every own one, one of each family of the libraries."""

import logging
import sys
import types
import warnings

import onnx
import pytest
import timm
import torch
from exported_toys import MODULES, OWN, SIZE, own_net, pictures, put, stirred, written
from torch import nn
from torch.onnx._internal.exporter import _registration as registration
from torchvision import models
from torchvision.models import convnext, efficientnet, mobilenetv3, regnet, resnet

from dlcli.core.errors import DeviceError, MissingError, ModelError, RunFailed, UsageError
from dlcli.core.schemas.shared import Device as Section
from dlcli.engine import export, onnx_file
from dlcli.models import catalog


@pytest.fixture(scope="module", autouse=True)
def one_registry():
    """Build the exporter's table of operations once instead of for every network: half the time of a small one."""
    table = registration.ONNXRegistry.from_torchlib()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registration.ONNXRegistry, "from_torchlib", lambda *_, **__: table)
        yield


def agree(module, folder, size=SIZE, channels=3, formats=("pt2", "onnx")):
    """Write a network in each format and return the largest differences; at least one score must be worth the look."""
    program = export.capture(module, channels, size)
    found = {}
    for format in formats:
        result = export.parity(module, put(program, folder, format)[1], pictures(channels, size))
        assert result.largest_score > 1e-3
        found[format] = result.max_difference / result.largest_score
    return found


@pytest.mark.parametrize("name", OWN)
def test_every_own_net_answers_alike_from_both_formats(name, tmp_path):
    found = agree(own_net(name), tmp_path)
    assert found["pt2"] < 1e-5
    assert found["onnx"] < 1e-4


def test_gray_pictures_too(tmp_path):
    assert agree(own_net("lenet5", 1), tmp_path, channels=1, formats=("pt2",))["pt2"] < 1e-5


def small_heads(module):
    """Return a network of torchvision whose dense layers of 4096 units have 8."""
    dense = [n for n, m in module.named_modules() if isinstance(m, nn.Linear)]
    units = module.get_submodule(dense[0]).in_features
    for name in dense:
        outputs = 5 if name == dense[-1] else 8
        module.set_submodule(name, nn.Linear(units, outputs))
        units = outputs
    return module


# Architectures of torchvision with one block of each kind: what is written is the operations, not their number.
FAMILIES = {
    "alexnet": lambda: small_heads(catalog.build("alexnet", channels=3, size_px=(64, 64), classes=5)),
    "vgg": lambda: small_heads(models.VGG(models.vgg.make_layers([8, "M", 512, "M"], batch_norm=True), num_classes=5)),
    "resnet": lambda: models.ResNet(resnet.Bottleneck, [1, 1, 1, 1], num_classes=5, groups=2, width_per_group=4),
    "densenet": lambda: models.DenseNet(4, (2, 2), 8, num_classes=5),
    "squeezenet": lambda: models.squeezenet1_1(num_classes=5),
    "googlenet": lambda: models.googlenet(num_classes=5, aux_logits=True, transform_input=True, init_weights=False),
    "shufflenet_v2": lambda: models.ShuffleNetV2([1, 2, 1], [8, 8, 16, 32, 32], num_classes=5),
    "mobilenet_v2": lambda: models.MobileNetV2(5, 0.1, [[1, 8, 1, 1], [6, 8, 2, 2]]),
    "mobilenet_v3": lambda: models.MobileNetV3(
        [mobilenetv3.InvertedResidualConfig(8, 3, 16, 8, True, "HS", 1, 1, 1)], 16, num_classes=5
    ),
    "mnasnet": lambda: models.MNASNet(0.1, num_classes=5),
    "efficientnet": lambda: models.EfficientNet(
        [efficientnet.MBConvConfig(1, 3, 1, 8, 8, 2, 1, 1)], 0.2, num_classes=5
    ),
    "efficientnet_v2": lambda: models.EfficientNet(
        [efficientnet.FusedMBConvConfig(4, 3, 2, 8, 8, 2)], 0.2, num_classes=5, last_channel=16
    ),
    "regnet": lambda: models.RegNet(
        regnet.BlockParams.from_init_params(8, 8.0, 2.0, 2, 8, se_ratio=0.25), num_classes=5, stem_width=8
    ),
    "convnext": lambda: models.ConvNeXt(
        [convnext.CNBlockConfig(8, 16, 1), convnext.CNBlockConfig(16, None, 1)], 0.1, num_classes=5
    ),
    "vit": lambda: models.VisionTransformer(64, 16, 1, 2, 8, 16, num_classes=5),
    "swin": lambda: models.SwinTransformer([4, 4], 8, [1, 2], [1, 2], [3, 3], num_classes=5),
    "swin_v2": lambda: models.SwinTransformer(
        [4, 4], 8, [2], [2], [4, 4], num_classes=5, block=models.swin_transformer.SwinTransformerBlockV2
    ),
    "maxvit": lambda: models.MaxVit((64, 64), 8, 4, [8], [1], 4, 0.1, num_classes=5),
}


# Writing ONNX takes seconds; these have between them the operations of all.
ALSO_ONNX = ("resnet", "shufflenet_v2", "efficientnet", "vit", "swin")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_torchvision_answers_alike(family, tmp_path):
    torch.manual_seed(0)
    formats = ("pt2", "onnx") if family in ALSO_ONNX else ("pt2",)
    found = agree(stirred(FAMILIES[family]()), tmp_path, (64, 64), formats=formats)
    assert found["pt2"] < 1e-5
    assert found.get("onnx", 0) < 1e-4


@pytest.mark.parametrize("name", ["test_vit", "test_mambaout", "test_nfnet"])
def test_families_of_timm_answer_alike(name, tmp_path):
    torch.manual_seed(0)
    module = stirred(timm.create_model(name, num_classes=5))
    formats = ("pt2", "onnx") if name == "test_vit" else ("pt2",)
    assert max(agree(module, tmp_path, (160, 160), formats=formats).values()) < 1e-4


def net():
    torch.manual_seed(1)
    return stirred(
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    )


@pytest.mark.parametrize("format", MODULES)
def test_a_file_is_the_same_every_time_and_names_nothing_of_this_machine(format, tmp_path):
    path, _ = written(net(), tmp_path, format)
    first = path.read_bytes()
    assert written(net(), tmp_path, format)[0].read_bytes() == first
    for word in (b"/opt/", b"/home", b"/tmp", str(tmp_path).encode(), b"site-packages", b".py", sys.prefix.encode()):
        assert word not in first


def test_the_batch_is_free_and_has_a_name(tmp_path):
    path, opened = written(net(), tmp_path, "onnx")
    model = onnx.load(path)
    (taken,), (given,) = model.graph.input, model.graph.output
    sizes = [[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in (taken, given)]
    assert (taken.name, given.name, sizes) == ("pictures", "scores", [["batch", 3, *SIZE], ["batch", 4]])
    onnx.checker.check_model(model)
    assert [len(opened(pictures(count=n))) for n in (1, 2, 7)] == [1, 2, 7]


@pytest.mark.parametrize("format", MODULES)
def test_height_and_width_are_free_where_the_network_allows(format, tmp_path):
    module = net()
    _, opened = written(module, tmp_path, format, dynamic_size=True)
    for size in ((32, 40), (57, 33), (16, 90)):
        x = pictures(size=size)
        torch.testing.assert_close(opened(x), module(x), atol=1e-5, rtol=0)


def test_a_network_that_needs_its_size_says_so_when_asked_for_free_ones(capfd):
    module = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 40, 4))
    with pytest.raises(ModelError, match=r"needs pictures of 32×40: .*cannot be captured") as told:
        export.capture(module, 3, SIZE, dynamic_size=True)
    assert "leave --dynamic-size out" in told.value.hint
    assert capfd.readouterr() == ("", "")


def test_torch_reads_the_pt2_as_any_other(tmp_path):
    module = net()
    path, _ = written(module, tmp_path, "pt2", text='{"a": 1}')
    more = {"dlcli.json": ""}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own insides
        loaded = torch.export.load(path, extra_files=more).module()
    assert more == {"dlcli.json": '{"a": 1}'}
    x = pictures(count=3)
    torch.testing.assert_close(loaded(x), module(x), atol=1e-6, rtol=0)


class _Two(nn.Module):
    """Gives a tuple in training, as networks with auxiliary heads do."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3, 4)

    def forward(self, pictures):
        scores = self.inner(pictures.mean((2, 3)))
        return (scores, scores * 2) if self.training else scores


def test_what_is_for_training_only_is_left_out(tmp_path):
    module = _Two().train()
    _, opened = written(module, tmp_path, "pt2")
    assert opened(pictures()).shape == (8, 4)


# Parity


class _Off(nn.Module):
    def __init__(self, module, error):
        super().__init__()
        self.module, self.error = module, error

    def forward(self, x):
        return self.module(x) + self.error


def test_parity_counts_pictures_and_says_the_difference():
    module = net()
    found = export.parity(module, _Off(module, 5e-5), pictures())
    assert found.pictures == 8
    assert found.max_difference == pytest.approx(5e-5, rel=1e-2)
    assert found.tolerance == 1e-4
    scaled = nn.Sequential(module, nn.Softmax(1), _Off(nn.Identity(), 1000.0))
    assert export.parity(scaled, _Off(scaled, 0.05), pictures()).tolerance == pytest.approx(0.1, rel=1e-2)


@pytest.mark.parametrize("error", [2e-4, float("nan"), float("inf")])
def test_parity_fails_on_a_planted_error(error):
    module = net()
    with pytest.raises(RunFailed, match=r"class scores differ by .* on 8 pictures, allowed: 0.0001"):
        export.parity(module, _Off(module, error), pictures())


def test_parity_sees_an_error_on_one_picture_of_one_batch_size():
    module = net()
    fixed = nn.Module()
    fixed.forward = lambda x: module(x) + (0 if len(x) > 1 else 1)
    with pytest.raises(RunFailed, match="does not answer like the network"):
        export.parity(module, fixed, pictures())


def test_parity_of_a_network_that_answers_no_numbers_or_another_shape():
    module = net()
    with pytest.raises(RunFailed, match="no finite numbers"):
        export.parity(_Off(module, float("nan")), module, pictures())
    with pytest.raises(RunFailed, match=r"answers in shape \(8, 2\), the network \(8, 4\)"):
        export.parity(module, nn.Sequential(module, nn.Linear(4, 2)), pictures())


# What cannot be written


def test_more_than_two_gigabytes_are_no_onnx():
    program = types.SimpleNamespace(state_dict={"w": torch.empty(2**29, device="meta")})
    with pytest.raises(ModelError, match=r"weights take 2\.0 GiB, and one ONNX file holds at most 2 GiB") as told:
        onnx_file.write(program, None, "")
    assert "--format pt2" in told.value.hint


def test_an_operation_that_cannot_be_captured_is_told_in_a_line(capfd):
    module = nn.Module()
    module.forward = lambda x: x if x.sum() > 0 else -x
    with pytest.raises(ModelError, match="this network cannot be captured: ") as told:
        export.capture(module, 3, SIZE)
    assert "\n" not in told.value.message
    assert capfd.readouterr() == ("", "")


class _Odd(nn.Module):
    def forward(self, pictures):
        return torch.linalg.eigvals(pictures[:, 0, :4, :4]).abs()


def test_an_operation_onnx_does_not_have_is_told_in_a_line(tmp_path, capfd):
    with pytest.raises(ModelError, match="cannot be written as ONNX: ") as told:
        written(_Odd(), tmp_path, "onnx")
    assert "\n" not in told.value.message
    assert "--format pt2" in told.value.hint
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("package", ["onnx", "onnxscript", "onnxruntime"])
def test_a_missing_library_is_named_with_the_extra(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingError, match=f"writing ONNX needs {package}, which is not installed") as told:
        onnx_file.require(writing=True)
    assert told.value.hint == "pip install 'dlcli-toolkit[export]'"


def _noisy():
    with export.quiet():
        print("seen")
        logging.getLogger("x").error("seen")
        warnings.warn("seen")
        raise ValueError("an error")


def test_quiet_is_over_afterwards(capfd):
    before = logging.root.manager.disable
    with pytest.raises(ValueError, match="an error"):
        _noisy()
    assert logging.root.manager.disable == before
    assert capfd.readouterr() == ("", "")


# Devices


def test_auto_goes_where_onnxruntime_can(monkeypatch):
    monkeypatch.setattr(onnx_file, "kind_of", lambda word: "cuda")
    assert str(onnx_file.device_for("x.onnx", Section())) == "cpu"
    with pytest.raises(DeviceError, match="onnxruntime as installed here computes on cpu only") as told:
        onnx_file.device_for("x.onnx", Section(name="cuda"))
    assert "onnxruntime-gpu" in told.value.hint


@pytest.mark.parametrize("key", [{"precision": "bf16"}, {"compile": True}, {"channels_last": True}])
def test_what_has_no_effect_on_a_file_is_refused(key):
    for path in ("x.onnx", "x.pt2"):
        with pytest.raises(UsageError, match=f"device.{next(iter(key))}=.* has no effect on {path}"):
            onnx_file.device_for(path, Section(**key))
    if "compile" not in key:
        onnx_file.device_for("imagenet", Section(**key))


def test_a_session_that_is_not_where_it_should_be_is_no_silent_cpu(tmp_path):
    _, opened = written(net(), tmp_path, "onnx")
    with pytest.raises(DeviceError, match="has no CUDAExecutionProvider"):
        opened._for(torch.device("cuda", 0))
