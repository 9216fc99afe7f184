"""Toys for tests of export: networks at sizes that are written in a second, and files changed by hand."""

import io
import json
import zipfile

import torch
from torch import nn

from dlcli.core import names
from dlcli.engine import export, onnx_file, pt2_file
from dlcli.models import catalog, own
from dlcli.tasks.open import own_defaults

SIZE = (32, 40)  # not square: a network that mixes up height and width fails
# Arguments that make an own network small; one without a row is taken as it is.
EXPORT_ARGS = {
    "mlp": {"hidden": [8]},
    **{name: {"depth": 8, "width": 4} for name in ("resnet20", "resnet32", "resnet44", "resnet56", "resnet110")},
    **{name: {"depth": 8, "width": 4, "shortcut": "projection"} for name in ("preresnet20", "preresnet110")},
    "stochastic_resnet110": {"depth": 8, "width": 4},
    "se_resnet20": {"depth": 8, "width": 4, "se_reduction": 2},
    "wide_resnet": {"depth": 10, "width": 1},
    "resnext29": {"depth": 11, "cardinality": 2, "base_width": 4, "width": 8},
    "densenet_bc": {"depth": 10, "growth": 4},
    "fractalnet": {"filters": [4, 8]},
    "vit": {"width": 24, "depth": 1, "heads": 2},
    **{name: {"width": 0.05, "head_width": 8} for name in ("vgg_a_lrn", "vgg_c")},
    **{name: {"width": 0.1} for name in ("nin", "inception_v1", "inception_v2", "shufflenet_v1")},
}
MODULES = {"onnx": onnx_file, "pt2": pt2_file}


def stirred(module, seed=0):
    """Return a network in which no weight or statistic is the identity, so that nothing passes by being left out."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for inner in module.modules():
            if isinstance(inner, nn.modules.batchnorm._BatchNorm):
                inner.running_mean.uniform_(-0.1, 0.1)
                inner.running_var.uniform_(0.8, 1.2)
        for parameter in module.parameters():
            if parameter.dim() < 2:
                parameter.add_(torch.rand_like(parameter) * 0.2 - 0.1)
            elif not parameter.any():  # heads that start at zero
                parameter.normal_(std=0.1)
    return module.eval()


def own_args(name):
    known = own_defaults(name)
    return {**known, **{k: v for k, v in EXPORT_ARGS.get(name, {}).items() if k in known}}


def own_net(name, channels=3, size_px=SIZE):
    return stirred(catalog.build(name, channels=channels, size_px=size_px, classes=5, args=own_args(name)))


def written(module, folder, format, size=SIZE, channels=3, text="{}", **how):
    """Write a network and return (path, the file opened as a module)."""
    program = export.capture(module, channels, size, **how)
    return put(program, folder, format, text)


def put(program, folder, format, text="{}"):
    path = folder / f"net.{format}"
    with path.open("wb") as file:
        MODULES[format].write(program, file, text)
    said, held = MODULES[format].read(path)
    assert said == text
    return path, onnx_file.OnnxNet(held, str(path)) if format == "onnx" else held


def pictures(channels=3, size=SIZE, count=8):
    return torch.randn(count, channels, *size, generator=torch.Generator().manual_seed(3))


def rezipped(path, change, compression=zipfile.ZIP_STORED):
    """Rewrite a PT2 file: ``change(name, data)`` returns the new data of a part, or None to leave it out."""
    held = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(held, "w", compression) as new:
        for info in old.infolist():
            data = change(info.filename.partition("/")[2], old.read(info.filename))
            if data is not None:
                new.writestr(info.filename, data)
    path.write_bytes(held.getvalue())


def regraphed(path, change):
    """Rewrite the graph of a PT2 file: ``change(document)`` alters it in place."""

    def one(name, data):
        if name != "models/model.json":
            return data
        doc = json.loads(data)
        change(doc)
        return json.dumps(doc).encode()

    rezipped(path, one)


# Siblings that differ in depth alone are one small network; one of each builder and arguments stands for them.
OWN = tuple({(own.maker(name), str(own_args(name))): name for name in reversed(names.OWN_MODELS)}.values())[::-1]
