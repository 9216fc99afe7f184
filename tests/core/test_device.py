import pytest

from dlcli.core import device
from dlcli.core.device import DeviceName
from dlcli.core.errors import UsageError


@pytest.mark.parametrize(
    ("word", "kind", "index"),
    [
        ("auto", "auto", None),
        ("cpu", "cpu", None),
        ("mps", "mps", None),
        ("cuda", "cuda", None),
        ("cuda:0", "cuda", 0),
        ("cuda:17", "cuda", 17),
    ],
)
def test_a_device_is_read_and_named(word, kind, index):
    assert device.parse(word) == DeviceName(kind, index)
    assert str(device.parse(word)) == word


@pytest.mark.parametrize(
    "word", ["", "gpu", "CUDA", "cuda:", "cuda:-1", "cpu:0", "auto:1", "mps:0", "cuda:0 ", "cuda:0\n", "cuda:0,1", "0"]
)
def test_another_word_is_refused_with_those_allowed(word):
    with pytest.raises(UsageError, match="is not known; allowed: auto, cpu, cuda, cuda:N, mps") as caught:
        device.parse(word)
    assert repr(word) in caught.value.message


def test_the_words_offered_are_all_read():
    assert all(str(device.parse(w)) == w for w in device.WORDS)
