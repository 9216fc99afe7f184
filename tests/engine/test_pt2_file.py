"""PT2 files from anywhere: read without unpickling and without running what is written in them, or refused."""

import io
import json
import os
import pickle
import zipfile

import pytest
import torch
from exported_toys import pictures, regraphed, rezipped, written
from torch import nn

from dlcli.core.errors import ModelError
from dlcli.engine import pt2_file


class Evil:
    """Makes a file when unpickled."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return os.mkdir, (self.place,)


@pytest.fixture
def path(tmp_path):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 4))
    return written(module.eval(), tmp_path, "pt2")[0]


def config(change):
    def one(name, data):
        if name != "data/weights/model_weights_config.json":
            return data
        doc = json.loads(data)
        change(next(iter(doc["config"].values())))
        return json.dumps(doc).encode()

    return one


def node(target):
    def change(doc):
        doc["graph_module"]["graph"]["nodes"][1]["target"] = target

    return change


def test_pickles_that_torch_would_load_are_never_looked_at(path, tmp_path):
    trap = tmp_path / "trap"
    evil = pickle.dumps(Evil(trap))
    rezipped(path, lambda name, data: evil if name.startswith("data/sample_inputs") else data)
    _, net = pt2_file.read(path)
    assert net(pictures()).shape == (8, 4)
    assert not trap.exists()
    pickle.loads(evil)
    assert trap.exists()  # the trap works


def test_weights_that_would_be_unpickled_are_refused(path, tmp_path):
    trap = tmp_path / "trap"
    evil = pickle.dumps(Evil(trap))

    def change(name, data):
        data = config(lambda entry: entry.update(use_pickle=True))(name, data)
        return evil if name == "data/weights/weight_0" else data

    rezipped(path, change)
    with pytest.raises(ModelError, match="would have to be unpickled, which dlcli does with no file"):
        pt2_file.read(path)
    assert not trap.exists()


def test_code_in_sizes_and_guards_is_never_evaluated(path, tmp_path):
    trap = tmp_path / "trap"
    code = f"__import__('os').mkdir({str(trap)!r})"

    def change(doc):
        doc["guards_code"] = [code]
        for meta in doc["graph_module"]["graph"]["tensor_values"].values():
            meta["sizes"] = [{"as_expr": {"expr_str": code, "hint": None}} for _ in meta["sizes"]]

    regraphed(path, change)
    assert pt2_file.read(path)[1](pictures()).shape == (8, 4)
    assert not trap.exists()


@pytest.mark.parametrize(
    "target",
    [
        "torch.os.system", "torch.ops.aten.save.default", "torch.ops.aten.from_file.default", "builtins.eval",
        "torch.ops.aten.manual_seed.default", "torch.ops.aten.__class__.mro", "torch.ops.prims.add.default",
        "torch.ops.aten.warn.default", "_operator.attrgetter", "torch.load", "", "torch.ops.higher_order.cond",
    ],
)  # fmt: skip
def test_what_is_no_operation_on_tensors_is_refused(path, target):
    regraphed(path, node(target))
    with pytest.raises(ModelError, match="is no operation on tensors|this torch .* has no"):
        pt2_file.read(path)


def test_an_operation_of_another_torch_is_named(path):
    regraphed(path, node("torch.ops.aten.nosuch.default"))
    with pytest.raises(ModelError, match=r"this torch .* has no torch\.ops\.aten\.nosuch\.default"):
        pt2_file.read(path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda e: e["tensor_meta"].update(sizes=[{"as_int": 10**6}] * 2, strides=[{"as_int": 1}] * 2), "broken"),
        (lambda e: e["tensor_meta"].update(storage_offset={"as_int": 10**9}), "is broken: RuntimeError"),
        (lambda e: e["tensor_meta"].update(storage_offset={"as_int": True}), "a stored size is True"),
        (lambda e: e["tensor_meta"].update(dtype=99), "is broken: KeyError: 99"),
        (lambda e: e.update(path_name="../../etc/passwd"), "passwd is missing in it"),
        (lambda e: e.update(path_name="gone"), "data/weights/gone is missing in it"),
    ],
)
def test_weights_that_are_not_where_they_should_be(path, change, says):
    rezipped(path, config(change))
    with pytest.raises(ModelError, match=says):
        pt2_file.read(path)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("models/model.json", "it has no models/model.json"),
        ("data/weights/model_weights_config.json", "weights_config.json is missing"),
        ("data/weights/weight_0", "weight_0 is missing"),
        ("extra/dlcli.json", "dlcli export did not write: .*extra/dlcli.json is missing"),
    ],
)
def test_a_file_without_a_part(path, part, says):
    rezipped(path, lambda name, data: None if name == part else data)
    with pytest.raises(ModelError, match=says):
        pt2_file.read(path)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("models/model.json", b"{", "is broken: JSONDecodeError"),
        ("models/model.json", b"[]", "is broken: TypeError"),
        ("models/model.json", b'{"graph_module": {}}', "is broken: KeyError: 'signature'"),
        ("models/model.json", b"[" * 10**5, "is broken: RecursionError"),
        ("extra/dlcli.json", b"\xff", "is broken: UnicodeDecodeError"),
        ("byteorder", b"big", "not little-endian"),
    ],
)
def test_a_file_with_a_broken_part(path, name, data, says):
    rezipped(path, lambda found, held: data if found == name else held)
    with pytest.raises(ModelError, match=says):
        pt2_file.read(path)


def test_compressed_parts_are_refused_before_they_are_unpacked(path):
    rezipped(path, lambda _, data: data, zipfile.ZIP_DEFLATED)
    with pytest.raises(ModelError, match="compressed or overlap"):
        pt2_file.read(path)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_file_cut_off(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError, match="is no PT2 file, or is cut off" + (": it is empty" if not share else "")):
        pt2_file.read(path)


def test_a_flipped_bit_in_the_weights_is_noticed(path):
    with zipfile.ZipFile(path) as archive:
        weights = archive.read("archive/data/weights/weight_0")
    data = path.read_bytes()
    place = data.index(weights)
    path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    with pytest.raises(ModelError, match="Bad CRC-32"):
        pt2_file.read(path)


def test_a_pickled_network_is_no_pt2_file(tmp_path):
    path = tmp_path / "net.pt2"
    torch.save({"w": torch.zeros(2)}, path)
    with pytest.raises(ModelError, match="compressed or overlap|it has no models/model.json"):
        pt2_file.read(path)
    held = io.BytesIO()
    pickle.dump([1], held)
    path.write_bytes(held.getvalue())
    with pytest.raises(ModelError, match="is no PT2 file"):
        pt2_file.read(path)


def test_a_graph_that_names_what_it_does_not_have_fails_when_run(path):
    def change(doc):
        doc["graph_module"]["graph"]["nodes"][1]["inputs"][0]["arg"]["as_tensor"]["name"] = "nosuch"

    regraphed(path, change)
    _, net = pt2_file.read(path)
    with pytest.raises(ModelError, match=r"cannot be run: torch\.ops\.aten\.relu\.default: 'nosuch'"):
        net(pictures())


def test_values_are_let_go_after_their_last_use(path):
    _, net = pt2_file.read(path)
    for step, after in zip(net._steps[:-1], net._gone[1:], strict=True):
        assert step.gives[0] in after  # a chain: each value is used once, by the next step
    x = pictures()
    assert torch.equal(net(x), net(x))


class Sizes(nn.Module):
    """Arithmetic on the batch size, a constant, an optional argument and a result in parts."""

    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.arange(5.0), persistent=False)

    def forward(self, pictures):
        b = pictures.shape[0]
        rows = pictures.reshape(b * 3, -1)
        values, _ = torch.topk(rows, 5)
        first, second = (values + self.table).reshape(b, 3, 5).split([1, 2], dim=1)
        more = torch.arange(b, device=pictures.device)[:, None]
        return first[:, 0] + second.mean(1) + more + torch.zeros(b, 5, dtype=torch.float32)


def test_sizes_constants_and_parts_are_computed_as_torch_does(tmp_path):
    module = Sizes()
    _, net = written(module, tmp_path, "pt2")
    for count in (1, 2, 5):
        x = pictures(count=count)
        torch.testing.assert_close(net(x), module(x))
