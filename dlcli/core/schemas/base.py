"""The base of every recipe section, and what is asked of one."""

from __future__ import annotations

import types
import typing
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A frozen mapping that refuses keys it does not know.

    Validators are built on first use only: a recipe error must cost milliseconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True, protected_namespaces=())

    # Keys taken out of the order of declaration when shown; a mapping of free keys has none.
    free: ClassVar[bool] = False

    @classmethod
    def field_type(cls, field: str, siblings: dict[str, Any]) -> Any:  # noqa: ARG003
        """Return the type of a field; a subclass may let it depend on what stands beside it."""
        return cls.model_fields[field].annotation


class Conflict(ValueError):
    """Keys of a section that do not go together.

    Args:
        message: what is wrong.
        keys: the keys, below the section that checks.

    """

    def __init__(self, message: str, *keys: str):
        super().__init__(message)
        self.keys = keys


def refuse_unused(section: Section, why: str, *fields: str) -> None:
    """Refuse what would have no effect; a default is let through, so that a whole recipe can be fed back."""
    for field in fields:
        if getattr(section, field) != type(section).model_fields[field].default:
            raise Conflict(why, field)


def key_of(cls: type[Section], field: str) -> str:
    """Return the key a field has in YAML."""
    return cls.model_fields[field].alias or field


def members(annotation: Any) -> tuple[Any, ...]:
    """Return the alternatives of a union, without None; otherwise the annotation alone."""
    if typing.get_origin(annotation) is typing.Annotated:
        return members(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return tuple(m for a in typing.get_args(annotation) if a is not type(None) for m in members(a))
    return (annotation,)


def takes_null(annotation: Any) -> bool:
    """Say whether ``null`` is a value of the type."""
    if typing.get_origin(annotation) is typing.Annotated:
        return takes_null(typing.get_args(annotation)[0])
    return typing.get_origin(annotation) in (typing.Union, types.UnionType) and type(None) in typing.get_args(
        annotation
    )


def is_section(annotation: Any) -> bool:
    """Say whether the type is a recipe section."""
    return isinstance(annotation, type) and issubclass(annotation, Section)


def choice_name(cls: Any) -> str | None:
    """Return the one name a section answers to (``name: Literal['adamw']``), or None."""
    field = cls.model_fields.get("name") if is_section(cls) else None
    args = typing.get_args(field.annotation) if field and typing.get_origin(field.annotation) is Literal else ()
    return args[0] if len(args) == 1 else None


def choices_of(annotation: Any) -> dict[str, type[Section]]:
    """Return name → section when the type is a choice between named sections, else an empty dict."""
    found = {choice_name(m): m for m in members(annotation)}
    return found if found and None not in found else {}
