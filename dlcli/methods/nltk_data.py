"""Data of NLTK: never fetched, only found."""

from __future__ import annotations

DOWNLOADS = "python -m nltk.downloader"


def version() -> str:
    """Return NLTK's version."""
    import nltk

    return nltk.__version__
