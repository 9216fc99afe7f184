"""Lists of English stop words: words so common that they say little of what a text is about."""

from __future__ import annotations

from functools import cache

from dlcli.core.errors import MissingError, UsageError
from dlcli.core.nearest import nearest

FETCH = "python -m nltk.downloader stopwords"
SOURCES = ("sklearn", "gensim", "nltk")
# What a tokenizer makes of "don't" and "she's"; the lists hold whole words.
CLITICS = frozenset(("n't", "'s", "'re", "'ve", "'ll", "'d", "'m", "ca", "wo"))


@cache
def english(source: str = "sklearn") -> frozenset[str]:
    """Return a list of English stop words, in lower case.

    Args:
        source: ``sklearn`` (318 words), ``gensim`` (337), or ``nltk``, when its data is present.

    Raises:
        MissingError: NLTK's data is absent.
        UsageError: another source.

    """
    match source:
        case "sklearn":
            from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

            return frozenset(ENGLISH_STOP_WORDS)
        case "gensim":
            from gensim.parsing.preprocessing import STOPWORDS

            return frozenset(STOPWORDS)
        case "nltk":
            return _nltk()
    raise UsageError(
        f"no list of stop words is called {source!r}; there are {', '.join(SOURCES)}{nearest(source, SOURCES)}"
    )


def _nltk() -> frozenset[str]:
    from nltk.corpus import stopwords

    try:
        return frozenset(stopwords.words("english"))
    except LookupError:
        raise MissingError(
            "NLTK's stop words need its data 'stopwords', which is not on this machine",
            f"{FETCH} gets it; --source sklearn and gensim need none",
        ) from None
    except Exception as error:  # there, but broken
        raise MissingError(f"NLTK's data 'stopwords' cannot be read: {error!r}", f"{FETCH} gets it anew") from error
