"""Run directories: made once, never overwritten, never deleted."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlcli import __version__
from dlcli.core import files, yaml12
from dlcli.core.errors import DataError, ModelError, UsageError

PACKAGES = ("torch", "torchvision", "timm", "numpy", "scipy", "pillow", "scikit-learn", "gensim", "safetensors")
PACKAGES += ("pydantic", "typer")


@dataclass(frozen=True)
class Run:
    """The files of one run.

    Args:
        path: the run directory, as the user would type it.

    """

    path: Path

    @property
    def recipe(self) -> Path:
        """The resolved recipe."""
        return self.path / "recipe.yaml"

    @property
    def env(self) -> Path:
        """Versions, machine, words typed."""
        return self.path / "env.json"

    @property
    def metrics(self) -> Path:
        """One JSON line an epoch."""
        return self.path / "metrics.jsonl"

    @property
    def report(self) -> Path:
        """The result document; there once the run has finished."""
        return self.path / "report.json"

    @property
    def page(self) -> Path:
        """The report for people."""
        return self.path / "report.html"

    @property
    def plots(self) -> Path:
        """The report's pictures as PNG files."""
        return self.path / "plots"

    @property
    def watched(self) -> Path:
        """Gradients and activations by layer, one JSON line a look; there with ``--watch gradients``."""
        return self.path / "gradients.jsonl"

    @property
    def checkpoints(self) -> Path:
        """Where training can go on from."""
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """The bundle."""
        return self.path / "model"

    @property
    def log(self) -> Path:
        """What was said while it ran."""
        return self.path / "log.txt"

    def parts(self) -> list[Path]:
        """Return every file and folder a finished run has."""
        weights, described = self.model / "model.safetensors", self.model / "bundle.yaml"
        made = [self.recipe, self.env, self.metrics, self.log, self.checkpoints, weights, described]
        return [*made, self.report, self.page, self.plots]

    def is_run(self) -> bool:
        """Say whether a run lives here."""
        return self.recipe.is_file() and self.env.is_file()

    def history(self) -> list[dict[str, Any]]:
        """Return the records of the epochs done so far."""
        if not self.metrics.exists():
            return []
        records = []
        for line in self.metrics.read_text(encoding="utf-8").splitlines():
            try:
                records.append(json.loads(line))
            except ValueError:  # cut off when the run was killed or the disk was full
                break
        return records


def planned(out: str | None, task: str, name: str) -> Path:
    """Return the directory a new run would get: ``out`` as it is, else ``runs/<task>/<recipe>-<n>``."""
    if out is not None:
        return Path(out)
    stem = name.rpartition("/")[2] or "run"
    parent = Path("runs") / task
    n = 1
    while (parent / f"{stem}-{n}").exists():
        n += 1
    return parent / f"{stem}-{n}"


@contextlib.contextmanager
def locked(run: Run) -> Iterator[None]:
    """Hold a run for this process alone; a process that dies lets go of it.

    Raises:
        UsageError: another process is training it.
    """
    try:
        import fcntl
    except ImportError:  # Windows: no lock on folders
        yield
        return
    descriptor = os.open(run.path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        what = f"{run.path} is being trained by another process"
        raise UsageError(what, "wait for it, or choose another --out") from None
    except OSError:  # a file system without locks
        pass
    try:
        yield
    finally:
        os.close(descriptor)


def check_free(out: str | None, *, force: bool, resumable: bool = True) -> None:
    """Refuse a directory that holds something already.

    Args:
        out: the directory asked for, or None.
        force: what is there may be moved aside.
        resumable: a run of this kind can be continued.

    Raises:
        UsageError: names ``--resume`` and ``--force``.
    """
    if out == "":
        raise UsageError("--out '' names no folder", key="--out")
    path = Path(out) if out is not None else None
    if path is None or not os.path.exists(path):  # Path.exists raises for a name too long
        return
    if not path.is_dir():
        raise UsageError(f"--out {path} is a file, not a folder")
    if not force and any(path.iterdir()):
        what = "holds another run" if Run(path).is_run() else "is not empty"
        raise UsageError(
            f"--out {path} {what}",
            (f"continue it with --resume {path}, or move" if resumable else "move")
            + " it aside with --force, or choose another folder"
            if Run(path).is_run()
            else "choose another folder",
            key="--out",
        )


def create(out: str | None, task: str, name: str, *, force: bool = False, resumable: bool = True) -> Run:
    """Make the directory of a new run.

    Args:
        out: the directory asked for, or None for the next free one under ``runs/``.
        task: the recipe's task.
        name: the recipe's name.
        force: move what is at ``out`` aside (to ``out~1``) instead of refusing.
        resumable: a run of this kind can be continued.

    Raises:
        UsageError: ``out`` holds something already.
        DataError: the folder cannot be made.

    """
    while True:
        path = planned(out, task, name)
        check_free(out, force=force, resumable=resumable)
        if out is not None and os.path.exists(path):
            _move_aside(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise files.writing_failed(path, error) from error
        try:
            path.mkdir(exist_ok=out is not None)
        except FileExistsError:
            if out is None:  # another process took the number; the next one is ours
                continue
            raise UsageError(f"--out {out} is a file, not a folder") from None
        except OSError as error:
            raise files.writing_failed(path, error) from error
        run = Run(path)
        if not os.access(path, os.W_OK | os.X_OK):
            raise DataError(f"cannot write in {path}", "choose a folder you can write to with --out")
        return run


def _move_aside(path: Path) -> None:
    if not any(path.iterdir()):
        return
    if Path.cwd().is_relative_to(path.resolve()):
        raise UsageError(f"--out {path} is the folder you are in; it cannot be moved aside", "choose another folder")
    n = 1
    while (aside := path.with_name(f"{path.name}~{n}")).exists():
        n += 1
    try:
        path.rename(aside)
        path.mkdir()
    except OSError as error:
        raise files.writing_failed(path, error) from error


def find(word: str) -> Run:
    """Return an existing run.

    Raises:
        ModelError: no run there.

    """
    run = Run(Path(word))
    if not run.is_run():
        there = "is no run directory" if run.path.exists() else "does not exist"
        raise ModelError(f"{word} {there} (no recipe.yaml and env.json in it)", "dlcli runs ls lists the runs here")
    return run


def all_runs(root: str = "runs") -> list[Run]:
    """Return every run below a folder, oldest first."""
    found = [Run(p.parent) for p in Path(root).rglob("recipe.yaml") if (p.parent / "env.json").is_file()]
    return sorted(found, key=lambda r: (started(r), str(r.path)))


def started(run: Run) -> float:
    """Return when a run began, in seconds since the epoch."""
    try:
        return float(files.read_json(run.env)["started_s"])
    except (DataError, KeyError, TypeError, ValueError):
        return 0.0


def recipe_name(run: Run) -> str:
    """Return the name of the recipe a run was started with, or an empty string."""
    try:
        return str(files.read_json(run.env).get("recipe", ""))
    except (DataError, AttributeError):
        return ""


def recipe_tree(run: Run) -> Any:
    """Return the resolved recipe of a run as a tree."""
    tree = yaml12.read(run.recipe.read_bytes(), str(run.recipe))
    if not isinstance(tree, yaml12.Table):
        raise ModelError(f"{run.recipe} is broken: a recipe is a mapping of sections")
    return tree


def environment(argv: list[str], device: str, recipe: str = "", processes: int = 1) -> dict[str, Any]:
    """Return what ``env.json`` holds."""
    from importlib import metadata

    versions = {"dlcli": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {
        "schema": 1,
        "started_s": round(time.time(), 3),
        "command": ["dlcli", *argv],
        "recipe": recipe,
        "directory": os.getcwd(),
        "device": device,
        "processes": processes,
        "platform": platform.platform(),
        "cpu_count": os.cpu_count(),
        "executable": sys.executable,
        "versions": versions,
    }
