"""ONNX files from anywhere: run, or refused with what is missing."""

import sys

import onnx
import pytest
import torch
from exported_toys import pictures, written
from onnx import TensorProto, helper
from torch import nn

from dlcli.core.errors import MissingError, ModelError
from dlcli.engine import onnx_file


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 4))
    return written(module.eval(), tmp_path_factory.mktemp("onnx"), "onnx", text='{"é": 1}')[0].read_bytes()


@pytest.fixture
def path(made, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(made)
    return path


def changed(path, change):
    model = onnx.load(path)
    change(model)
    path.write_bytes(model.SerializeToString())


def test_what_it_says_of_itself_is_read_back(path):
    said, data = onnx_file.read(path)
    assert (said, data) == ('{"é": 1}', path.read_bytes())


def test_a_file_of_another_program_says_what_is_missing(path):
    changed(path, lambda model: model.metadata_props.pop())
    with pytest.raises(ModelError, match="dlcli export did not write: .*metadata_props 'dlcli' is missing"):
        onnx_file.read(path)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_file_cut_off(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError, match="is no ONNX file, or is cut off"):
        onnx_file.read(path)


@pytest.mark.parametrize(("data", "says"), [(b"", "it is empty"), (b"hello, this is no model", "is no ONNX file")])
def test_other_files(path, data, says):
    path.write_bytes(data)
    with pytest.raises(ModelError, match=says):
        onnx_file.read(path)


def outside(tensor):
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../../../etc/passwd"


def test_weights_in_other_files_are_never_looked_for(path):
    changed(path, lambda model: outside(model.graph.initializer[0]))
    with pytest.raises(ModelError, match="keeps its weights in other files"):
        onnx_file.read(path)


def test_weights_in_other_files_are_found_inside_nodes_too(path):
    def change(model):
        tensor = helper.make_tensor("t", TensorProto.FLOAT, [1], [0.0])
        outside(tensor)
        inner = helper.make_graph([helper.make_node("Constant", [], ["c"], value=tensor)], "g", [], [])
        model.graph.node.append(helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner))

    changed(path, change)
    with pytest.raises(ModelError, match="keeps its weights in other files"):
        onnx_file.read(path)


def test_a_graph_onnxruntime_refuses(path):
    changed(path, lambda model: model.graph.node.pop(0))
    _, data = onnx_file.read(path)
    with pytest.raises(ModelError, match=r"onnxruntime cannot run .*net\.onnx: ") as told:
        onnx_file.OnnxNet(data, "net.onnx")(pictures())
    assert "\n" not in told.value.message


def test_a_graph_of_two_inputs(path):
    changed(path, lambda m: m.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [1])))
    with pytest.raises(ModelError, match="must take one input and give one output"):
        onnx_file.OnnxNet(path.read_bytes(), "net.onnx")(pictures())


def test_pictures_it_cannot_take(path):
    with pytest.raises(ModelError, match="onnxruntime cannot run"):
        onnx_file.OnnxNet(path.read_bytes(), "net.onnx")(pictures(size=(8, 8)))


def test_no_memory_is_a_matter_of_the_device(path):
    told = onnx_file.OnnxNet(path.read_bytes(), "x")._told(RuntimeError("Failed to allocate memory for 9 bytes"))
    assert (told.kind, told.hint) == ("device", "use a smaller --batch")


def test_it_uses_as_many_threads_as_torch(path, monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    net = onnx_file.OnnxNet(path.read_bytes(), "x")
    settings = net._for(torch.device("cpu")).get_session_options()
    assert (settings.intra_op_num_threads, settings.inter_op_num_threads) == (3, 1)


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_without_the_libraries(path, package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingError, match=f"running an ONNX file needs {package}, which is not installed"):
        onnx_file.read(path)
