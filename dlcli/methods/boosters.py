"""XGBoost and LightGBM through their own interfaces; their files are kept as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcli.core import device as devices
from dlcli.core.errors import DeviceError, MissingError, ModelError
from dlcli.methods import parameters
from dlcli.methods.links import answer
from dlcli.methods.rounds import Best, Record, steady, told, watched

Valid = tuple[np.ndarray, np.ndarray] | None
Fitted = tuple[Any, dict[str, Any], list[Record], int | None]
BLOCK = 65_536  # rows predicted at a time: contributions are a column wider than the table
SCORED = 10_000  # rows scored each round of XGBoost, evenly spread, where nothing hangs on it


@dataclass(frozen=True)
class Xgboost:
    """A fitted XGBoost model.

    Args:
        booster: the library's.
        classes: number of classes; 0 for numbers.

    """

    booster: Any
    classes: int

    @property
    def link(self) -> str:
        """How the margin becomes the answer."""
        return "identity" if not self.classes else "logistic" if self.classes == 2 else "softmax"

    def margin(self, X: np.ndarray) -> np.ndarray:
        """Return what the trees add up to, before the link.

        Shapes:
            X (N, D) -> (N, K or 1)
        """
        if not len(X):
            return np.empty((0, self.classes if self.classes > 2 else 1))
        found = self.booster.inplace_predict(np.ascontiguousarray(X), predict_type="margin", strict_shape=True)
        return found.astype(np.float64)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, or values; the link is taken in float64, so a row sums to 1.

        Shapes:
            X (N, D) -> (N, K) or (N,)
        """
        return answer(self.margin(X), self.link)

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return XGBoost's own exact contributions, the base in the last column.

        Shapes:
            X (N, D) -> (N, K or 1, D + 1)
        """
        import xgboost

        if not len(X):
            return np.empty((0, self.classes if self.classes > 2 else 1, X.shape[1] + 1))
        parts = [
            self.booster.predict(xgboost.DMatrix(X[i : i + BLOCK]), pred_contribs=True, strict_shape=True)
            for i in range(0, len(X), BLOCK)
        ]
        return np.concatenate(parts).astype(np.float64)

    def state(self) -> dict[str, Any]:
        """Return plain data; the library's file as bytes."""
        return {"ubj": bytes(self.booster.save_raw("ubj")), "classes": self.classes}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Xgboost:
        """Return the model that ``state`` was taken from.

        Raises:
            ModelError: the library cannot read the file.

        """
        import xgboost

        booster = xgboost.Booster({"verbosity": 0})
        try:
            booster.load_model(bytearray(state["ubj"]))
        except xgboost.core.XGBoostError as error:
            raise ModelError(
                f"XGBoost {xgboost.__version__} cannot read the model: {parameters.sentence(error)}"
            ) from error
        return cls(booster, state["classes"])


def on_device(word: str) -> str:
    """Return XGBoost's name of a device.

    Args:
        word: ``cpu``, ``auto`` (the CPU: a GPU's sums differ in the last bits), ``cuda`` or ``cuda:N``.

    Raises:
        DeviceError: this build of XGBoost cannot use it.

    """
    import xgboost

    wanted = devices.parse(word)
    if wanted.kind in ("cpu", "auto"):
        return "cpu"
    if wanted.kind == "mps":
        raise DeviceError("XGBoost does not run on mps; allowed: cpu, cuda", "use --device cpu")
    if not xgboost.build_info().get("USE_CUDA"):
        raise DeviceError(
            f"device {word!r}: the installed XGBoost {xgboost.__version__} is built for the CPU only",
            "pip uninstall xgboost-cpu; pip install xgboost   (or --device cpu)",
        )
    return str(wanted)


def fit_xgboost(
    args: dict[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    classes: int,
    seed: int,
    threads: int,
    *,
    valid: Valid = None,
    early_stop: int | None = None,
    device: str = "cpu",
    on_round: Callable[[Record], Any] | None = None,
) -> Fitted:
    """Fit XGBoost on histograms; what is kept ends with the best round where stopping was asked for.

    Returns:
        The model, facts, a record a round, the best round.

    Raises:
        DeviceError: this build cannot use the device.

    """
    import xgboost

    where = on_device(device)
    task = "classify" if classes else "regress"
    loss = parameters.loss_of("xgboost", args["loss"], task)
    more = parameters.extra("xgboost", args["params"], (*parameters.XGBOOST, *parameters.NAMED["xgboost"]))
    objective = {"squared": "reg:squarederror", "absolute": "reg:absoluteerror"}.get(loss)
    said = {"rmse": "rmse", "mae": "mae"}
    if classes:
        objective = "binary:logistic" if classes == 2 else "multi:softprob"
        said = {"logloss": "log_loss", "error": "error"}
        said = said if classes == 2 else {f"m{k}": v for k, v in said.items()}
    settings = {
        "objective": objective, "eta": args["lr"], "max_depth": args["depth"], "min_child_weight": args["min_leaf"],
        "lambda": args["l2"], "alpha": args["l1"], "gamma": args["min_gain"], "subsample": args["rows"],
        "colsample_bytree": args["columns"], "tree_method": "hist", "device": where, "seed": seed,
        "nthread": threads, "verbosity": 0, "eval_metric": list(said), **more,
        **({"num_class": classes} if classes > 2 else {}),
    }  # fmt: skip
    history: list[Record] = []
    best = Best(watched(task, loss), early_stop)

    class Watch(xgboost.callback.TrainingCallback):
        """Hands each round on and says when to stop."""

        def after_iteration(self, model: Any, epoch: int, evals_log: dict) -> bool:  # noqa: ARG002
            record: Record = {"round": epoch + 1}
            for part, metrics in evals_log.items():
                record |= {f"{part}/{said[m]}": steady(values[-1]) for m, values in metrics.items()}
            told(history, on_round, record)
            return best.over(record)

    with parameters.told_plainly("xgboost", more):
        shared = {"nthread": threads or None, "max_bin": more.get("max_bin", 256)}
        table = xgboost.QuantileDMatrix(X, label=y, **shared)
        evals, facts = [(table, "train")], {"device": where}
        if len(X) > SCORED:  # a round on all rows costs nearly as much as the tree
            some = np.linspace(0, len(X) - 1, SCORED).astype(np.int64)
            evals = [(xgboost.QuantileDMatrix(X[some], label=y[some], ref=table, **shared), "train")]
            facts["training rows scored each round"] = SCORED
        if valid is not None:
            if early_stop is None and len(valid[1]) > SCORED:  # then they only draw the curve
                some = np.linspace(0, len(valid[1]) - 1, SCORED).astype(np.int64)
                valid = valid[0][some], valid[1][some]
                facts["validation rows scored each round"] = SCORED
            evals.append((xgboost.QuantileDMatrix(valid[0], label=valid[1], ref=table, **shared), "val"))
        booster = xgboost.train(settings, table, args["trees"], evals=evals, verbose_eval=False, callbacks=[Watch()])
        if best.round is not None and best.round < len(history):
            booster = booster[: best.round]
    booster.set_param({"device": "cpu"})
    return Xgboost(booster, classes), facts, history, best.round


@dataclass(frozen=True)
class Lightgbm:
    """A fitted LightGBM model.

    Args:
        booster: the library's.
        classes: number of classes; 0 for numbers.

    """

    booster: Any
    classes: int

    link = Xgboost.link

    def margin(self, X: np.ndarray) -> np.ndarray:
        """Return what the trees add up to, before the link.

        Shapes:
            X (N, D) -> (N, K or 1)
        """
        if not len(X):
            return np.empty((0, self.classes if self.classes > 2 else 1))
        found = self.booster.predict(np.ascontiguousarray(X), raw_score=True)
        return np.asarray(found, dtype=np.float64).reshape(len(X), -1)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, or values.

        Shapes:
            X (N, D) -> (N, K) or (N,)
        """
        return answer(self.margin(X), self.link)

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return LightGBM's own exact contributions, the base in the last column.

        Shapes:
            X (N, D) -> (N, K or 1, D + 1)
        """
        if not len(X):
            return np.empty((0, self.classes if self.classes > 2 else 1, X.shape[1] + 1))
        found = np.asarray(self.booster.predict(np.ascontiguousarray(X), pred_contrib=True), dtype=np.float64)
        return found.reshape(len(X), -1, X.shape[1] + 1)

    def state(self) -> dict[str, Any]:
        """Return plain data; the library's file as bytes."""
        return {"txt": self.booster.model_to_string().encode(), "classes": self.classes}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Lightgbm:
        """Return the model that ``state`` was taken from.

        Raises:
            MissingError: LightGBM is not installed.
            ModelError: the library cannot read the file.

        """
        lightgbm = imported()
        try:
            booster = lightgbm.Booster(model_str=state["txt"].decode())
        except (lightgbm.basic.LightGBMError, UnicodeDecodeError) as error:
            raise ModelError(f"LightGBM {lightgbm.__version__} cannot read the model: {error}") from error
        return cls(booster, state["classes"])


def imported() -> Any:
    """Return the module ``lightgbm``.

    Raises:
        MissingError: it is not installed, or the system lacks libgomp.

    """
    try:
        import lightgbm
    except ModuleNotFoundError as error:
        raise MissingError("lightgbm is not installed", "pip install 'dlcli-toolkit[lightgbm]'") from error
    except OSError as error:  # its wheel links to the system's OpenMP, which slim images lack
        if "gomp" not in str(error):
            raise MissingError(
                f"lightgbm cannot be loaded: {error}", "pip install --force-reinstall lightgbm"
            ) from error
        raise MissingError(
            f"lightgbm needs the system's OpenMP library: {error}",
            "install the package libgomp1 (Debian, Ubuntu) or libgomp (Fedora, RHEL), or use --method xgboost",
        ) from error
    return lightgbm


def fit_lightgbm(
    args: dict[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    classes: int,
    seed: int,
    threads: int,
    *,
    valid: Valid = None,
    early_stop: int | None = None,
    on_round: Callable[[Record], Any] | None = None,
) -> Fitted:
    """Fit LightGBM; what is kept ends with the best round where stopping was asked for.

    Returns:
        The model, facts, a record a round, the best round.

    Raises:
        MissingError: LightGBM is not installed.

    """
    lightgbm = imported()
    task = "classify" if classes else "regress"
    loss = parameters.loss_of("lightgbm", args["loss"], task)
    more = parameters.extra("lightgbm", args["params"], (*parameters.LIGHTGBM, *parameters.NAMED["lightgbm"]))
    objective = {"squared": "regression", "absolute": "regression_l1"}.get(loss)
    said = {"l1": "mae", "l2": "rmse"}
    if classes:
        objective = "binary" if classes == 2 else "multiclass"
        said = {"binary_logloss": "log_loss", "binary_error": "error"} if classes == 2 else {
            "multi_logloss": "log_loss", "multi_error": "error"
        }  # fmt: skip
    settings = {
        "objective": objective, "learning_rate": args["lr"], "max_depth": args["depth"] or -1,
        "num_leaves": args["leaves"], "min_data_in_leaf": args["min_leaf"], "lambda_l2": args["l2"],
        "lambda_l1": args["l1"], "bagging_fraction": args["rows"], "bagging_freq": int(args["rows"] < 1),
        "feature_fraction": args["columns"], "seed": seed, "num_threads": threads, "deterministic": True,
        "force_row_wise": True, "verbosity": -1, "metric": list(said), **more,
        **({"num_class": classes} if classes > 2 else {}),
    }  # fmt: skip
    history: list[Record] = []
    best = Best(watched(task, loss), early_stop)

    def watch(env: Any) -> None:
        record: Record = {"round": env.iteration + 1}
        for part, metric, value, *_ in env.evaluation_result_list:
            value = float(np.sqrt(value)) if metric == "l2" else float(value)
            record[f"{'train' if part == 'training' else part}/{said[metric]}"] = steady(value)
        told(history, on_round, record)
        if best.over(record):
            raise lightgbm.callback.EarlyStopException(env.iteration, env.evaluation_result_list)

    with parameters.told_plainly("lightgbm", more):
        table = lightgbm.Dataset(X, label=y, params=settings)
        sets, labels = [table], ["training"]
        if valid is not None:
            sets.append(lightgbm.Dataset(valid[0], label=valid[1], reference=table, params=settings))
            labels.append("val")
        booster = lightgbm.train(settings, table, args["trees"], valid_sets=sets, valid_names=labels, callbacks=[watch])
        text = booster.model_to_string(num_iteration=best.round or -1)
        booster = lightgbm.Booster(model_str=text)  # the very trees that are stored
    return Lightgbm(booster, classes), {}, history, best.round
