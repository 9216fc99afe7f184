"""Methods of boost where something is missing or wrong: classes, values, parameters, devices, packages."""

import builtins
import subprocess
import sys

import numpy as np
import pytest
from fitted_toys import ARGS, FEW, fitted, methods, table

from dlcli.core.errors import DataError, DeviceError, MissingError, UsageError
from dlcli.methods.contributions import explain, gain
from dlcli.methods.ensembles import fit


@pytest.mark.parametrize("method", methods("classify"))
def test_a_class_without_rows_gets_probability_zero(method):
    X, y, new, _, task, _ = table("wine")
    model = fit(method, ARGS.get(method, {}), X[y != 1], y[y != 1], task=task, classes=3, seed=3)
    found = model.predict(new)
    assert found.shape == (len(new), 3)
    assert not found[:, 1].any()
    only = fit(method, ARGS.get(method, {}), X[y == 1], y[y == 1], task=task, classes=3, seed=3)
    assert np.array_equal(only.predict(new), np.tile([0.0, 1.0, 0.0], (len(new), 1)))
    for asked in (lambda: explain(only, new), lambda: gain(only)):
        with pytest.raises(UsageError, match="knows one class only|has no trees"):
            asked()


def test_a_rare_class_is_calibrated_on_fewer_folds():
    X, y, new, _, task, _ = table("wine")
    for left in (1, 3):
        keep = (y != 2) | (np.cumsum(y == 2) <= left)
        for method in ("svm", "perceptron"):
            found = fit(method, {}, X[keep], y[keep], task=task, classes=3, seed=3).predict(new)
            np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)


@pytest.mark.parametrize("method", methods("classify"))
def test_an_empty_column_and_a_constant_one_harm_no_method(method):
    X, y, _, _, task, classes = table("breast_cancer")
    odd = np.column_stack([X[:, :4], np.full(len(X), np.nan), np.full(len(X), 7.0)])
    model = fit(method, ARGS.get(method, {}), odd, y, task=task, classes=classes, seed=3)
    assert np.isfinite(model.predict(odd)).all()


@pytest.mark.parametrize(
    ("method", "args", "task", "told"),
    [
        ("forrest", {}, "classify", "no method is called 'forrest'.*nearest: forest"),
        ("knn", {"neighbours": 3}, "classify", "knn: no parameter 'neighbours'; allowed: .*nearest: neighbors"),
        ("knn", {"neighbors": 0}, "classify", "knn: neighbors is 0: input should be greater than or equal to 1"),
        ("knn", {"neighbors": 10_000}, "classify", "knn: neighbors is 10000, and there are 379 rows"),
        ("knn", {"params": {"metric": "cosine"}}, "classify", r"knn: params\.metric is decided|knn: params\.metric"),
        ("linear", {}, "classify", "linear answers with numbers only, and the target is a class"),
        ("logistic", {}, "regress", "logistic answers with classes only.*allowed here: linear"),
        ("perceptron", {}, "regress", "perceptron answers with classes only"),
        ("bayes", {}, "regress", "bayes answers with classes only"),
        ("hist", {"loss": "absolute"}, "classify", "hist: loss 'absolute' is not for classes; allowed: auto, log"),
        ("xgboost", {"loss": "log"}, "regress", "loss 'log' is not for numbers; allowed: auto, squared, absolute"),
        ("forest", {"params": {"criterium": "gini"}}, "classify", "params.criterium is not known.*nearest: criterion"),
        ("forest", {"params": {"n_estimators": 3}}, "classify", "forest: n_estimators is called trees here"),
        ("forest", {"params": {"n_jobs": 3}}, "classify", "params.n_jobs is decided by dlcli"),
        ("forest", {"params": {"criterion": "beauty"}}, "classify", "forest: The 'criterion' parameter .* must be"),
        ("svm", {"params": {"degree": -3}}, "classify", "svm: The 'degree' parameter"),
        ("bagging", {**FEW, "params": {"bootstrap_features": "often"}}, "classify", "The 'bootstrap_features'"),
        ("gradient", {"params": {"max_features": "many"}}, "classify", "gradient: The 'max_features' parameter"),
        ("adaboost", {"params": {"depth": 3}}, "classify", "adaboost: params.depth is not known; there are none"),
        ("xgboost", {"params": {"max_bins": 3}}, "classify", "params.max_bins is not known.*nearest: max_bin"),
        ("xgboost", {"params": {"grow_policy": "upwards"}}, "classify", "xgboost: .*grow_policy"),
        ("lightgbm", {"params": {"max_bin": -1}}, "classify", "lightgbm: .*max_bin"),
        ("vote", {"members": ["knn", "trees"]}, "classify", "vote: no method is called 'trees'.*nearest: tree"),
        ("vote", {"members": ["knn", "knn"]}, "classify", "vote: knn is named twice"),
        ("vote", {"weights": [1, 2]}, "classify", r"weights \[1.*\] do not match the members logistic, tree, svm"),
        ("vote", {"voting": "hard"}, "regress", "numbers cannot be voted on"),
        ("vote", {"members": ["knn"], "params": {"tree": {}}}, "classify", "params.tree is no member; members: knn"),
        ("vote", {"members": ["knn"], "params": {"knn": 3}}, "classify", "params.knn is 3; must be a mapping"),
        ("stacking", {"members": ["logistic"]}, "regress", "logistic answers with classes only"),
        ("stacking", {"final": "linear"}, "classify", "linear answers with numbers only"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_told_without_a_traceback(method, args, task, told):
    X, y, _, _, _, classes = table("breast_cancer" if task == "classify" else "diabetes")
    with pytest.raises(UsageError, match=told) as found:
        fit(method, args, X, y, task=task, classes=classes, seed=3)
    assert len(found.value.message) < 600


def test_what_early_stopping_needs():
    X, y, new, target, task, classes = table("wine")
    more = {"task": task, "classes": classes, "seed": 3}
    with pytest.raises(UsageError, match="forest has no rounds to stop early"):
        fit("forest", {}, X, y, **more, valid=(new, target), early_stop=3)
    with pytest.raises(UsageError, match="needs validation rows"):
        fit("xgboost", {}, X, y, **more, early_stop=3)
    with pytest.raises(UsageError, match="must be at least 1"):
        fit("xgboost", {}, X, y, **more, valid=(new, target), early_stop=0)


def test_a_device_that_is_not_there_is_told():
    with pytest.raises(DeviceError, match="built for the CPU only") as found:
        fitted("xgboost", device="cuda")
    assert "pip uninstall xgboost-cpu; pip install xgboost" in found.value.hint
    with pytest.raises(DeviceError, match="forest runs on the CPU only"):
        fitted("forest", device="cuda:0")
    with pytest.raises(DeviceError, match="does not run on mps"):
        fitted("xgboost", device="mps")
    assert fitted("xgboost", device="auto").facts["device"] == "cpu"


def test_lightgbm_that_cannot_be_loaded_is_told(monkeypatch):
    real = builtins.__import__

    def failing(error):
        def find(name, *more):
            if name == "lightgbm":
                raise error
            return real(name, *more)

        return find

    for error, told, hint in (
        (ModuleNotFoundError("No module named 'lightgbm'"), "lightgbm is not installed", r"dlcli-toolkit[lightgbm]"),
        (OSError("libgomp.so.1: cannot open shared object file"), "OpenMP library", "libgomp1"),
        (OSError("wrong ELF class"), "cannot be loaded: wrong ELF class", "reinstall"),
    ):
        monkeypatch.setattr(builtins, "__import__", failing(error))
        with pytest.raises(MissingError, match=told) as found:
            fitted("lightgbm")
        monkeypatch.undo()
        assert hint in found.value.hint


def test_rows_of_another_width_are_refused():
    model = fitted("tree")
    with pytest.raises(DataError, match="the model was fitted on 30 columns"):
        model.predict(np.zeros((2, 29)))


def test_no_method_imports_torch_and_reading_a_model_not_even_scikit_learn(tmp_path, child_env):
    script = """
import json, sys, numpy as np
from pathlib import Path
from dlcli.methods import stored
from dlcli.methods.ensembles import fit
if sys.argv[1] == "fit":
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4)); y = (X[:, 0] > 0).astype(int)
    for m in ("logistic", "svm", "forest", "hist", "xgboost", "lightgbm", "adaboost", "gradient", "knn"):
        folder = Path(m); folder.mkdir()
        few = {} if m in ("logistic", "svm", "knn") else {"trees": 2}
        model = fit(m, few, X, y, task="classify", classes=2, seed=0)
        Path(m + ".sha").write_text(json.dumps(stored.write(folder, model)))
else:
    for m in ("logistic", "svm", "forest", "hist", "adaboost", "gradient", "knn"):
        stored.read(Path(m), json.loads(Path(m + ".sha").read_text()))
    assert "sklearn" not in sys.modules
assert "torch" not in sys.modules
"""
    for step in ("fit", "read"):
        done = subprocess.run(
            [sys.executable, "-c", script, step], cwd=tmp_path, env=child_env(), capture_output=True, check=False,
            timeout=120, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        assert done.stderr == ""
