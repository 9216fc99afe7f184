"""The recipe of ``dlcli visualize kernel``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dlcli.core import picture_ops
from dlcli.core.schemas.base import Conflict, Section, refuse_unused
from dlcli.core.schemas.visualize import VERSION

Stride = Annotated[int, Field(ge=1, le=100)]
Number = Annotated[float, Field(allow_inf_nan=False)]


BORDERED = frozenset({"blur", "box", "shift", "sharpen", "sobel", "laplacian", "emboss", "kernel"})


class KernelRecipe(Section):
    """How ``dlcli visualize kernel`` works on pictures or matrices, without a network."""

    schema_version: Literal[1] = VERSION
    ops: list[str] = Field([], description="operations in order, such as [gray:luma, blur:2, sobel]; empty: each alone")
    kernel: str | None = Field(None, description="typed in rows, '1 0 -1; 1 0 -1; 1 0 -1'; used where op kernel stands")
    divisor: Number = Field(1.0, description="what the sums of the typed kernel are divided by")
    stride: Stride = Field(1, description="pixels the typed kernel moves at a time")
    flip: bool = Field(False, description="true convolution: the kernel is turned by 180° first; false: correlation")
    padding: Literal["zero", "edge", "valid"] | None = Field(
        None, description="beyond the border: 0, the border again, or nothing; null: edge for pictures, else valid"
    )
    matrix: str | None = Field(None, description="numbers in rows, or a .csv or .npy file, in place of pictures")
    example: Literal["x", "columns"] | None = Field(None, description="a worked example of the course as the matrix")
    display: Literal["auto", "clip", "signed", "stretch"] = Field(
        "auto",
        description="how numbers become gray: clip to 0–255, 0 in the middle, least to greatest; auto: by the op",
    )
    steps: bool = Field(False, description="draw the picture and each step side by side; false: the result alone")

    @model_validator(mode="after")
    def _together(self) -> Any:
        names = self._names()
        for field, text in (("kernel", self.kernel), ("matrix", None if self.from_file else self.matrix)):
            try:
                if text is not None:
                    picture_ops.rows(text)
            except ValueError as error:
                raise Conflict(str(error), field) from None
        if self.divisor == 0:
            raise Conflict("sums cannot be divided by 0", "divisor")
        if self.example is not None:
            refuse_unused(self, "the example has its own", "matrix", "kernel", "divisor")
        elif self.kernel is None:
            if "kernel" in names:
                raise Conflict("the op kernel needs a kernel, such as '1 0 -1; 1 0 -1; 1 0 -1'", "kernel")
            refuse_unused(self, "only a typed kernel has it, and there is none", "divisor", "stride", "flip")
        elif names and "kernel" not in names:
            raise Conflict("where among the ops does the typed kernel stand? put kernel there (--op kernel)", "ops")
        if self.matrix is not None and not self.operations():
            raise Conflict("what is done with the matrix? give ops or a kernel", "ops")
        if self.padding is not None and self.operations() and not {o.name for o in self.operations()} & BORDERED:
            raise Conflict("none of these operations looks beyond the border", "padding")
        if not self.operations():
            refuse_unused(self, "without ops each is shown alone, in a sheet", "display", "steps")
        return self

    def _names(self) -> list[str]:
        try:
            return [picture_ops.operation(word).name for word in self.ops]
        except ValueError as error:
            raise Conflict(str(error), "ops") from None

    @property
    def from_file(self) -> bool:
        """Whether the matrix is in a file: its name has a letter at its end, which no number has."""
        return self.matrix is not None and self.matrix.strip()[-1:].isalpha()

    def operations(self) -> list[picture_ops.Operation]:
        """Return what is done, in order; nothing: each operation is shown alone."""
        example = picture_ops.EXAMPLES[self.example].ops if self.example else ()
        words = self.ops or example or (["kernel"] if self.kernel is not None else [])
        return [picture_ops.operation(word) for word in words]

    def weights(self) -> list[list[float]]:
        """Return the typed kernel, or the example's, divided and turned as asked; nothing for none."""
        example = picture_ops.EXAMPLES[self.example] if self.example else None
        text = example.kernel if example else self.kernel
        if text is None:
            return []
        divisor = example.divisor if example else self.divisor
        rows = [[value / divisor for value in row] for row in picture_ops.rows(text)]
        return [row[::-1] for row in rows[::-1]] if self.flip else rows
