"""The pictures that the verbs of ``dlcli visualize`` are given."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Sequence

from PIL import Image

from dlcli.core.errors import UsageError
from dlcli.data import images, inputs


def given(words: Sequence[str]) -> tuple[list[str], dict[str, bytes]]:
    """Return the pictures that words name; without words they come from stdin where it is no terminal.

    Raises:
        UsageError: none were named.

    """
    if not words and sys.stdin is not None and not sys.stdin.isatty():
        words = [inputs.STDIN]
    if not words:
        raise UsageError("which pictures? give files, folders, a pattern, or - for a list or a picture on stdin")
    return inputs.expand(words)


def read(name: str, held: dict[str, bytes]) -> Image.Image:
    """Return the picture of a name; see ``data/images.read``."""
    return images.read(held.get(name, name), name)


def places(words: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the folders in which pictures were looked for: a new one there would be read too."""
    folders = [word for word in words if os.path.isdir(word)]
    patterns = any(glob.has_magic(word) and not os.path.exists(word) for word in words)
    return [*folders, *dict.fromkeys(os.path.dirname(n) or "." for n in names if patterns)]
