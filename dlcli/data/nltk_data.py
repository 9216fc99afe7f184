"""NLTK's data on disk, looked for without importing NLTK, which takes seconds."""

from __future__ import annotations

import os
import sys


def find(resource: str) -> str | None:
    """Return where a resource of NLTK lies, unpacked or as the archive its downloader leaves; None: nowhere.

    Args:
        resource: its path in NLTK's data, such as ``tokenizers/punkt_tab/english``.

    """
    kind, name, *rest = resource.split("/")
    for root in roots():
        for place in (os.path.join(root, kind, name, *rest), os.path.join(root, kind, f"{name}.zip")):
            if os.path.exists(place):
                return place
    return None


def roots() -> list[str]:
    """Return the folders in which NLTK looks for its data."""
    if "nltk" in sys.modules:  # it may have been told of others
        return [str(path) for path in sys.modules["nltk"].data.path]
    found = os.environ.get("NLTK_DATA", "").split(os.pathsep)
    found.append(os.path.expanduser("~/nltk_data"))
    found += [os.path.join(sys.prefix, *inner, "nltk_data") for inner in ((), ("share",), ("lib",))]
    if sys.platform == "win32":
        found += [os.path.join(os.environ.get("APPDATA", "C:\\"), "nltk_data")]
        found += [f"{drive}:\\nltk_data" for drive in "CDE"]
    else:
        found += [f"/usr{inner}/nltk_data" for inner in ("/share", "/local/share", "/lib", "/local/lib")]
    return [path for path in found if path]
