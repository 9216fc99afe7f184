"""Models as folders: the same bits after reading, nothing that runs, and nothing altered is read."""

import hashlib
import json
import shutil

import numpy as np
import pytest
from sklearn import datasets

from dlcli.core import names
from dlcli.core.errors import ModelError, RunFailed
from dlcli.methods import stored
from dlcli.methods.ensembles import fit
from dlcli.methods.parameters import CLASSES_ONLY, NUMBERS_ONLY

FEW = {"trees": 5}
ARGS = dict.fromkeys(("bagging", "forest", "adaboost", "gradient", "hist", "xgboost", "lightgbm"), FEW)
MEMBERS = {"members": ["tree", "xgboost", "hist", "lightgbm"], "params": {"xgboost": FEW, "hist": FEW, "lightgbm": FEW}}
ARGS |= {"vote": MEMBERS, "stacking": {**MEMBERS, "folds": 2}}
TABLES = {
    "iris": (datasets.load_iris(return_X_y=True), "classify", NUMBERS_ONLY),
    "breast_cancer": (datasets.load_breast_cancer(return_X_y=True), "classify", NUMBERS_ONLY),
    "diabetes": (datasets.load_diabetes(return_X_y=True), "regress", CLASSES_ONLY),
}
CASES = [(t, m) for t, (_, _, without) in TABLES.items() for m in names.METHODS if m not in without]


def fitted(name, method, **more):
    (X, y), task, _ = TABLES[name]
    classes = int(y.max()) + 1 if task == "classify" else 0
    rows = slice(0, None, 2)
    X = X.copy()
    X[::7, 1] = np.nan
    model = fit(method, ARGS.get(method, {}), X[rows], y[rows], task=task, classes=classes, seed=3, threads=1, **more)
    return model, X


@pytest.mark.parametrize(("name", "method"), CASES)
def test_every_method_answers_with_the_same_bits_after_reading(name, method, tmp_path):
    model, X = fitted(name, method)
    sha256 = stored.write(tmp_path, model)
    back = stored.read(tmp_path, sha256)
    assert np.array_equal(back.predict(X), model.predict(X))
    kept = ("name", "task", "classes", "columns", "present", "history", "best_round", "facts")
    assert {k: getattr(back, k) for k in kept} == {k: getattr(model, k) for k in kept}
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(sha256)
    assert {n: hashlib.sha256((tmp_path / n).read_bytes()).hexdigest() for n in sha256} == sha256
    again = tmp_path / "again"
    again.mkdir()
    assert stored.write(again, back) == sha256  # to the byte


def test_best_round_and_history_are_read_back(tmp_path):
    (X, y), *_ = TABLES["breast_cancer"]
    model, X = fitted("breast_cancer", "xgboost", valid=(X[1::2], y[1::2]), early_stop=2)
    back = stored.read(tmp_path, stored.write(tmp_path, model))
    assert back.best_round == model.best_round >= 1
    assert back.history == model.history


@pytest.mark.parametrize("name", ["iris", "diabetes"])
def test_a_model_is_json_arrays_and_the_boosters_own_files(name, tmp_path):
    model, _ = fitted(name, "vote")
    assert sorted(stored.write(tmp_path, model)) == ["arrays.npz", "model.json", "model.txt", "model.ubj"]
    json.loads((tmp_path / "model.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
        assert all(not arrays[n].dtype.hasobject for n in arrays.files)
    for path in tmp_path.iterdir():
        assert not path.read_bytes().startswith((b"\x80\x04", b"\x80\x05"))
    assert (tmp_path / "model.txt").read_bytes().startswith(b"tree\n")


def test_no_row_of_the_table_stands_in_a_model_that_does_not_need_it(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 5))
    model = fit("forest", FEW, X, (X[:, 0] > 0).astype(int), task="classify", classes=2, seed=0)
    assert model.probe.shape == (8, 5)
    assert not (np.abs(model.probe[:, None] - X[None]).max(axis=2) < 1e-9).any()


@pytest.mark.parametrize("method", ["xgboost", "lightgbm", "forest", "knn"])
@pytest.mark.parametrize("change", ["flip", "cut", "longer", "empty", "gone", "folder"])
def test_an_altered_file_is_refused(method, change, tmp_path):
    model, _ = fitted("iris", method)
    whole = tmp_path / "whole"
    whole.mkdir()
    sha256 = stored.write(whole, model)
    for name in sha256:
        folder = tmp_path / f"{name}-broken"
        shutil.copytree(whole, folder)
        path = folder / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        new = {"flip": bytes(content), "cut": content[:-1], "longer": path.read_bytes() + b"\n", "empty": b""}
        path.unlink()
        if change in new:
            path.write_bytes(new[change])
        elif change == "folder":
            path.mkdir()
        told = "its SHA-256 differs" if change in new else f"cannot read .*{name}"
        with pytest.raises(ModelError, match=told):
            stored.read(folder, sha256)
    assert stored.read(whole, sha256).name == method


def rewritten(folder, change):
    """Change the JSON and give its right hash, as one would who can write both."""
    body = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    body = change(body) or body
    (folder / "model.json").write_text(json.dumps(body), encoding="utf-8")
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def test_other_answers_than_when_written_are_refused_with_the_versions(tmp_path):
    model, _ = fitted("diabetes", "forest")
    stored.write(tmp_path, model)

    sha256 = rewritten(tmp_path, lambda b: b["model"]["inner"].update(combine="sum"))
    with pytest.raises(ModelError, match="answers otherwise than when it was written .versions are the same"):
        stored.read(tmp_path, sha256)
    sha256 = rewritten(tmp_path, lambda b: b["versions"].update(numpy="1.0"))
    with pytest.raises(ModelError, match=f"versions: numpy 1.0 → {np.__version__}"):
        stored.read(tmp_path, sha256)


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b["model"].update(name="os.system"),
        lambda b: b["model"].update(inner={}),
        lambda b: b["model"].update(inner=None),
        lambda b: b["model"].update(more=1),
        lambda b: b["model"]["inner"].update(trees={"$array": "nowhere"}),
        lambda b: b["model"]["inner"]["trees"].update(left=b["model"]["inner"]["trees"]["feature"]),
        lambda b: b["model"]["inner"]["trees"].update(feature=b["model"]["inner"]["trees"]["right"]),
        lambda b: b.update(model={"$file": "../../etc/passwd"}),
        lambda b: b.update(format=99),
        lambda b: b.pop("versions") and None,
        lambda b: [1, 2],
    ],
)
def test_json_that_is_no_model_is_refused(change, tmp_path):
    model, _ = fitted("iris", "forest")
    stored.write(tmp_path, model)
    with pytest.raises(ModelError, match=r"is no model this dlcli can read|reads format 1"):
        stored.read(tmp_path, rewritten(tmp_path, change))


def test_arrays_of_objects_are_neither_written_nor_read(tmp_path):
    model, _ = fitted("iris", "forest")
    stored.write(tmp_path, model)
    np.savez(tmp_path / "arrays.npz", a0=np.array([print], dtype=object))
    with pytest.raises(ModelError, match="is no model this dlcli can read"):
        stored.read(tmp_path, rewritten(tmp_path, lambda b: b))
    model.facts["odd"] = np.array([None], dtype=object)
    with pytest.raises(RunFailed, match=r"model\.facts\.odd is an array of Python objects"):
        stored.write(tmp_path, model)
    model.facts["odd"] = print
    with pytest.raises(RunFailed, match=r"model\.facts\.odd is a builtin_function_or_method, which is not stored"):
        stored.write(tmp_path, model)


def test_names_that_lead_out_of_the_folder_are_refused(tmp_path):
    model, _ = fitted("iris", "tree")
    sha256 = stored.write(tmp_path, model)
    with pytest.raises(ModelError, match="is no file name of a model"):
        stored.read(tmp_path, {**sha256, "../model.json": sha256["model.json"]})
    with pytest.raises(ModelError, match="names no model.json"):
        stored.read(tmp_path, {})


def test_numbers_that_json_lacks_are_kept():
    from dlcli.methods.stored import _back, _plain

    state = {
        "a": [float("inf"), -float("inf"), 1e-300],
        "b": (1, "x", None, True),
        "c": np.float32(0.5),
        "d": np.arange(3),
    }
    arrays = {}
    plain = json.loads(json.dumps(_plain(state, "x", arrays, {}), allow_nan=False))
    back = _back(plain, arrays, {})
    assert back["a"] == state["a"]
    assert back["b"] == state["b"]
    assert back["c"] == 0.5
    assert np.array_equal(back["d"], state["d"])
    assert np.isnan(_back(_plain(float("nan"), "x", arrays, {}), arrays, {}))
