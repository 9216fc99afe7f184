"""The memory this process has taken."""

from dlcli.core import memory


def test_the_peak_grows_with_what_is_held():
    before = memory.peak_bytes()
    held = bytearray(60_000_000)
    held[::4096] = b"x" * len(held[::4096])
    assert memory.peak_bytes() >= max(before, 60_000_000)
    assert before > 1_000_000
