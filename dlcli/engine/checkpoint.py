"""Checkpoints: what training needs to go on bit for bit, written atomically, never unpickled."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import torch
from safetensors.torch import load_file, save

from dlcli.core import files
from dlcli.core.errors import ModelError

KEPT = 2


class Checkpoints:
    """The folder ``checkpoints/`` of a run: ``step-*.pt``, the last two, and the ``best-*.safetensors`` they refer to.

    Args:
        folder: the folder.

    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._referred: list[str | None] = []  # best weights of the checkpoints this process wrote last

    def save(self, state: dict[str, Any]) -> Path:
        """Write a checkpoint, then drop those no longer needed.

        The best weights it refers to are on disk before it is, and those of older checkpoints are dropped only after
        it is, so whatever moment the process dies at, the newest readable checkpoint finds its best weights.
        """
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"step-{state['position']['step']:08d}.pt"
        files.write_with(path, lambda file: _write(state, file))
        self._referred = [*self._referred, _best_of(state)][-KEPT:]
        for old in self._paths()[:-KEPT]:
            old.unlink(missing_ok=True)
        if len(self._referred) == KEPT:
            for weights in self.folder.glob("best-*.safetensors"):
                if weights.name not in self._referred:
                    weights.unlink(missing_ok=True)
        return path

    def save_best(self, step: int, weights: dict[str, torch.Tensor]) -> str:
        """Write the best weights so far; returns the file's name."""
        self.folder.mkdir(exist_ok=True)
        name = f"best-{step:08d}.safetensors"
        data = save({k: v.detach().cpu().contiguous() for k, v in weights.items()})
        files.write_with(self.folder / name, lambda file: file.write(data))
        return name

    def load_best(self, name: str) -> dict[str, torch.Tensor]:
        """Read best weights.

        Raises:
            ModelError: missing or broken.

        """
        try:
            return load_file(self.folder / name)
        except Exception as error:  # safetensors raises its own type, and OSError
            raise ModelError(f"cannot read {self.folder / name}: {error}") from error

    def latest(self) -> dict[str, Any]:
        """Return the newest checkpoint that can be read; ``skipped`` says which newer ones could not.

        Raises:
            ModelError: there is none.

        """
        broken: list[str] = []
        for path in reversed(self._paths()):
            try:
                state = _read(path)
            except ModelError as error:
                broken.append(error.message)
                continue
            state["skipped"] = broken
            return state
        raise ModelError(
            f"no checkpoint to go on from in {self.folder}" + (f" ({'; '.join(broken)})" if broken else ""),
            "start the run anew",
        )

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("step-*.pt"))


class _Watched:
    """A file that remembers why it could not be written; torch's writer makes another error of it."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.error: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return self.file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.file.flush()


def _write(state: dict[str, Any], file: BinaryIO) -> None:
    watched = _Watched(file)
    try:
        torch.save(state, watched)
    except RuntimeError:
        if watched.error is None:
            raise
    if watched.error is not None:
        raise watched.error


def _read(path: Path) -> dict[str, Any]:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a broken file fails in as many ways as zip and pickle have
        reason = (str(error).splitlines()[0] if str(error) else type(error).__name__).partition(". ")[0][:100]
        raise ModelError(f"cannot read {path}: {reason}") from error


def _best_of(state: dict[str, Any]) -> str | None:
    best = state.get("best")
    return best.get("file") if best else None
