import dataclasses

import pytest
import yaml

from dlcli.core import bundle
from dlcli.core.bundle import Bundle
from dlcli.core.errors import ModelError

HELD = Bundle(
    kind="network",
    task="classify",
    model={"name": "mlp", "args": {"hidden": [16]}},
    facts={"classes": ["no", "1e-3", "ünï", "12"], "size_px": [8, 8]},
    preprocessing=[{"step": "resize"}],
    metrics={"test/accuracy": 0.5},
)


def test_a_bundle_is_written_and_read_back(tmp_path):
    bundle.write(tmp_path, HELD)
    assert bundle.read(tmp_path) == HELD
    assert [p.name for p in tmp_path.iterdir()] == ["bundle.yaml"]


def test_a_bundle_is_found_in_a_run_or_by_itself(tmp_path):
    (tmp_path / "run" / "model").mkdir(parents=True)
    bundle.write(tmp_path / "run" / "model", HELD)
    assert bundle.locate(tmp_path / "run") == tmp_path / "run" / "model"
    assert bundle.locate(tmp_path / "run" / "model") == tmp_path / "run" / "model"
    assert bundle.locate(tmp_path) is None
    assert bundle.locate(tmp_path / "nosuch") is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": 2}, "has format 2; this dlcli reads 1"),
        ({"schema": None}, "has format None"),
        ({"schema": "1"}, "has format '1'"),
        ({"kind": "robot"}, "kind 'robot' is not known; allowed: network, table, cascade, vectors"),
        ({"surprise": 1}, "is broken: .*surprise"),
    ],
)
def test_another_format_is_refused(tmp_path, changes, message):
    (tmp_path / bundle.FILE).write_text(yaml.safe_dump({**dataclasses.asdict(HELD), **changes}))
    with pytest.raises(ModelError, match=message):
        bundle.read(tmp_path)


@pytest.mark.parametrize(
    "data",
    [b"", b"- a", b"text", b"schema: 1", b"schema: 1\nkind: [", b"\xff\xfe", b"a: !!python/object/apply:os.getcwd []",
     b"schema: 1\nfacts: 2024-13-45", b"[" * 3000, b"schema: 1\nkind: network\nkind2: x", b"\0"],
)  # fmt: skip
def test_a_broken_file_is_a_model_error(tmp_path, data):
    (tmp_path / bundle.FILE).write_bytes(data)
    with pytest.raises(ModelError, match=r"bundle.yaml (is broken: .|has format)"):
        bundle.read(tmp_path)


def test_a_missing_file_is_a_model_error(tmp_path):
    with pytest.raises(ModelError, match="cannot read .*bundle.yaml: No such file"):
        bundle.read(tmp_path)


def test_weights_are_those_the_bundle_was_written_with(tmp_path):
    with pytest.raises(ModelError, match="model.safetensors is missing; the bundle is not complete"):
        bundle.check_weights(tmp_path, HELD)
    path = tmp_path / bundle.WEIGHTS
    path.write_bytes(b"abc")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert bundle.sha256(path) == digest
    assert bundle.check_weights(tmp_path, dataclasses.replace(HELD, weights_sha256=digest)) == path
    path.write_bytes(b"abd")
    with pytest.raises(ModelError, match="its SHA-256 differs"):
        bundle.check_weights(tmp_path, dataclasses.replace(HELD, weights_sha256=digest))
