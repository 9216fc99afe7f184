"""Methods fitted to tables of scikit-learn, small enough for tests."""

import numpy as np
from sklearn import datasets

from dlcli.core import names
from dlcli.methods import ensembles
from dlcli.methods.ensembles import fit

FEW = {"trees": 12}
ARGS = dict.fromkeys(("bagging", "forest", "adaboost", "gradient", "hist", "xgboost", "lightgbm"), FEW)
ARGS["stacking"] = {"members": ["tree", "knn", "xgboost"], "params": {"xgboost": FEW}}


def table(name, every=3):
    data = datasets.load_digits() if name == "digits" else getattr(datasets, f"load_{name}")()
    X, y = data.data, data.target
    if name == "digits":
        X, y = X[:360], y[:360]
    task = "regress" if name == "diabetes" else "classify"
    test = np.arange(len(X)) % every == 0
    return X[~test], y[~test], X[test], y[test], task, 0 if task == "regress" else int(y.max()) + 1


def holes(X, share=0.1):
    X = X.copy()
    X[np.random.default_rng(0).random(X.shape) < share] = np.nan
    return X


def methods(task):
    return [
        m
        for m in names.METHODS
        if m not in {"classify": ("linear",), "regress": ensembles.parameters.CLASSES_ONLY}[task]
    ]


def fitted(method, name="breast_cancer", *, missing=False, seed=3, **more):
    X, y, _, _, task, classes = table(name)
    return fit(
        method,
        more.pop("args", ARGS.get(method, {})),
        holes(X) if missing else X,
        y,
        task=task,
        classes=classes,
        seed=seed,
        **more,
    )
