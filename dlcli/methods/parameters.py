"""The parameters of a method: checked, completed, and given the library's own names."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dlcli.core import names
from dlcli.core.errors import RunFailed, UsageError
from dlcli.core.nearest import nearest

# Which methods answer with classes only, or with numbers only; the rest do both.
CLASSES_ONLY = ("logistic", "perceptron", "bayes")
NUMBERS_ONLY = ("linear",)
ROUNDS = ("adaboost", "gradient", "hist", "xgboost", "lightgbm")  # these can stop early
INSTEAD = {"logistic": "linear", "perceptron": "linear", "bayes": "tree", "linear": "logistic"}
# What the toolkit decides itself: seeds, threads, reports, and whatever would make another method of it.
OURS = (
    *("random_state", "seed", "n_jobs", "nthread", "num_threads", "verbose", "verbosity", "verbose_eval", "warm_start"),
    *(
        "oob_score",
        "estimator",
        "base_estimator",
        "early_stopping",
        "validation_fraction",
        "n_iter_no_change",
        "device",
    ),
    *("scoring", "copy_X", "copy_X_train", "probability", "decision_function_shape", "break_ties", "cache_size"),
    *("categorical_features", "class_weight_vector", "objective", "booster", "num_class", "eval_metric", "metric"),
)
# The library's names of what has a name here.
NAMED: dict[str, dict[str, str]] = {
    "linear": {"alpha": "l2"},
    "logistic": {"C": "c"},
    "perceptron": {"max_iter": "epochs", "eta0": "lr"},
    "bayes": {"var_smoothing": "smoothing"},
    "knn": {"n_neighbors": "neighbors", "weights": "weights"},
    "svm": {"C": "c", "kernel": "kernel", "gamma": "gamma"},
    "tree": {"max_depth": "depth", "min_samples_leaf": "min_leaf", "max_leaf_nodes": "leaves"},
    "bagging": {
        "n_estimators": "trees", "max_samples": "rows", "max_features": "columns", "max_depth": "depth",
        "min_samples_leaf": "min_leaf",
    },
    "forest": {
        "n_estimators": "trees", "max_features": "columns", "max_depth": "depth", "min_samples_leaf": "min_leaf",
    },
    "adaboost": {"n_estimators": "trees", "learning_rate": "lr"},
    "gradient": {"max_depth": "depth", "min_samples_leaf": "min_leaf"},
    "hist": {
        "max_iter": "trees", "learning_rate": "lr", "max_depth": "depth", "max_leaf_nodes": "leaves",
        "min_samples_leaf": "min_leaf", "l2_regularization": "l2", "loss": "loss",
    },
    "xgboost": {
        "num_boost_round": "trees", "n_estimators": "trees", "eta": "lr", "learning_rate": "lr", "max_depth": "depth",
        "min_child_weight": "min_leaf", "lambda": "l2", "reg_lambda": "l2", "alpha": "l1", "reg_alpha": "l1",
        "gamma": "min_gain", "min_split_loss": "min_gain", "subsample": "rows", "colsample_bytree": "columns",
    },
    "lightgbm": {
        "num_iterations": "trees", "n_estimators": "trees", "num_boost_round": "trees", "learning_rate": "lr",
        "max_depth": "depth", "num_leaves": "leaves", "min_data_in_leaf": "min_leaf", "min_child_samples": "min_leaf",
        "lambda_l2": "l2", "reg_lambda": "l2", "lambda_l1": "l1", "reg_alpha": "l1", "bagging_fraction": "rows",
        "subsample": "rows", "feature_fraction": "columns", "colsample_bytree": "columns",
    },
}  # fmt: skip
XGBOOST = (
    *("max_leaves", "max_bin", "grow_policy", "colsample_bylevel", "colsample_bynode", "scale_pos_weight"),
    *("max_delta_step", "monotone_constraints", "interaction_constraints", "num_parallel_tree", "base_score"),
)
LIGHTGBM = (
    *("max_bin", "min_data_in_bin", "min_sum_hessian_in_leaf", "min_gain_to_split", "feature_fraction_bynode"),
    *("extra_trees", "path_smooth", "max_delta_step", "scale_pos_weight", "is_unbalance", "monotone_constraints"),
    *("interaction_constraints", "boost_from_average", "bin_construct_sample_cnt", "bagging_freq"),
)
WIDTH = 160  # of the library's sentence in a message


def complete(name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a method with every default filled in.

    Args:
        name: a method of ``names.METHODS``.
        args: some or all of its parameters.

    Raises:
        UsageError: no such method or parameter, or a wrong value.

    """
    from pydantic import ValidationError

    from dlcli.core.schemas import base, ensembles

    if name not in names.METHODS:
        raise UsageError(
            f"no method is called {name!r}; allowed: {', '.join(names.METHODS)}{nearest(name, names.METHODS)}",
            key="method.name",
        )
    section = base.choices_of(ensembles.Ensemble)[name]
    known = [field for field in section.model_fields if field != "name"]
    for key in args:
        if key not in known:
            raise UsageError(f"{name}: no parameter {key!r}; allowed: {', '.join(known)}{nearest(key, known)}", key=key)
    try:
        found = section(**dict(args)).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"][:1]))
        raise UsageError(f"{name}: {key} is {first['input']!r}: {first['msg'].lower()}", key=key) from error
    del found["name"]
    return found


def fits(name: str, task: str) -> bool:
    """Say whether a method can do a task."""
    return name not in (NUMBERS_ONLY if task == "classify" else CLASSES_ONLY)


def check_task(name: str, task: str) -> None:
    """Refuse a method that cannot answer with classes, or with numbers.

    Raises:
        UsageError: it cannot; the message names what fits.

    """
    wrong = NUMBERS_ONLY if task == "classify" else CLASSES_ONLY
    if name in wrong:
        answers, wanted = ("numbers", "a class") if task == "classify" else ("classes", "a number")
        fits = [m for m in names.METHODS if m not in wrong]
        raise UsageError(
            f"{name} answers with {answers} only, and the target is {wanted}; allowed here: {', '.join(fits)}",
            f"use --method {INSTEAD[name]}",
            key="method.name",
        )


def loss_of(name: str, loss: str, task: str) -> str:
    """Return the loss that is made small: ``log``, ``squared`` or ``absolute``.

    Raises:
        UsageError: the loss does not go with the task.

    """
    allowed = ("log",) if task == "classify" else ("squared", "absolute")
    if loss == "auto":
        return allowed[0]
    if loss not in allowed:
        kind = "classes" if task == "classify" else "numbers"
        raise UsageError(f"{name}: loss {loss!r} is not for {kind}; allowed: auto, {', '.join(allowed)}", key="loss")
    return loss


def extra(name: str, params: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """Return the parameters handed on to the library by its own names.

    Args:
        name: the method.
        params: the library's name → value.
        known: every name the library has; those with a name here and those the toolkit decides are left out.

    Raises:
        UsageError: a name that is not allowed, with the nearest that are.

    """
    mapped = NAMED.get(name, {})
    allowed = sorted(set(known) - set(mapped) - set(OURS))
    for key in params:
        if key in mapped:
            raise UsageError(f"{name}: {key} is called {mapped[key]} here", f"--set model.{mapped[key]}=…", key=key)
        if key not in allowed:
            reason = "is decided by dlcli" if key in OURS else "is not known"
            rest = f"allowed: {', '.join(allowed)}" if allowed else "there are none beside those with a name here"
            raise UsageError(
                f"{name}: params.{key} {reason}; {rest}{nearest(key, [*allowed, *mapped], 3, 0.5)}", key=key
            )
    return dict(params)


@contextlib.contextmanager
def told_plainly(name: str, given: Mapping[str, Any]) -> Iterator[None]:
    """Turn what a library says of a wrong value into a message, and keep its warnings off the screen.

    Args:
        name: the method.
        given: parameters the user handed on.

    Raises:
        UsageError: the library refused a value.
        RunFailed: it failed though no further parameters were given.

    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (ValueError, TypeError) as error:
        refused = type(error).__name__ in ("InvalidParameterError", "XGBoostError", "LightGBMError")
        if not (given or refused):
            raise
        raise _refused(name, given, error) from error
    except Exception as error:  # the boosters' own errors derive from Exception alone
        if type(error).__name__ not in ("XGBoostError", "LightGBMError"):
            raise
        if given:
            raise _refused(name, given, error) from error
        raise RunFailed(f"{name}: {sentence(error)}") from error


def _refused(name: str, given: Mapping[str, Any], error: BaseException) -> UsageError:
    said = sentence(error)
    if any(key in said for key in given) or not given:
        return UsageError(f"{name}: {said}", "see the library's manual for this parameter")
    words = ", ".join(f"{key}={value!r}" for key, value in given.items())
    return UsageError(f"{name}: with {words} the library says: {said}", "see its manual for these parameters")


def sentence(error: BaseException) -> str:
    """Return the first sentence a library said, without its file names, times and stack."""
    lines = [re.sub(r"^\[[\d:]+\] \S+:\d+: ", "", line).strip() for line in str(error).splitlines()]
    text = next((line for line in lines if line), type(error).__name__)
    text = re.sub(r"^Check failed: .*?: ", "", text)
    return text if len(text) <= WIDTH * 2 else text[: WIDTH * 2] + " …"
