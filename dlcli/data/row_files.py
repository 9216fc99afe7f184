"""Rows of numbers written one after the other, when nobody knows yet how many there will be."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np

from dlcli.core import files


class Rows:
    """float32 rows put by on the disk, then saved as ``.npy`` or ``.npz``; a context manager.

    Args:
        dim: numbers in a row.

    """

    def __init__(self, dim: int):
        self.dim = dim
        self.count = 0
        self._held: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the context

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def add(self, row: np.ndarray | None) -> None:
        """Put a row by; None: NaN, as no number could stand for it."""
        row = np.full(self.dim, np.nan) if row is None else row
        self._held.write(row.astype("<f4").tobytes())
        self.count += 1

    def save(self, path: str, beside: Mapping[str, np.ndarray]) -> None:
        """Write the rows atomically.

        Args:
            path: with the ending ``.npy`` (the rows alone) or ``.npz`` (as ``vectors``).
            beside: further arrays for ``.npz``.

        """
        with files.replacing(path) as file:
            if path.lower().endswith(".npy"):
                self._write(file)
                return
            with zipfile.ZipFile(file, "w") as archive:
                # Without the time of writing the same rows are the same bytes.
                with archive.open(zipfile.ZipInfo("vectors.npy"), "w", force_zip64=True) as member:
                    self._write(member)  # type: ignore[arg-type]
                for name, array in beside.items():
                    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, array, allow_pickle=False)

    def _write(self, file: BinaryIO) -> None:
        head = {"descr": "<f4", "fortran_order": False, "shape": (self.count, self.dim)}
        np.lib.format.write_array_header_1_0(file, head)
        self._held.seek(0)
        shutil.copyfileobj(self._held, file, 1 << 20)
