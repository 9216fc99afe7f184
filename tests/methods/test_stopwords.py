"""Lists of stop words."""

import pytest

from dlcli.core.errors import UsageError
from dlcli.methods import stopwords


@pytest.mark.parametrize(("source", "size"), [("sklearn", 318), ("gensim", 337)])
def test_the_lists_are_those_of_the_libraries(source, size):
    listed = stopwords.english(source)
    assert len(listed) == size
    assert {"the", "of", "and"} <= listed
    assert all(word == word.lower() for word in listed)


def test_the_first_one_is_scikit_learns():
    assert stopwords.english() == stopwords.english("sklearn")


def test_another_list_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="no list of stop words is called 'sklern'; .*; nearest: sklearn"):
        stopwords.english("sklern")
