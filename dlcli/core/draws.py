"""Where randomness comes from: every draw is a function of what it is for, so no generator state is kept."""

from __future__ import annotations

import hashlib


def mix(*parts: int | str) -> int:
    """Return a seed in 0…2⁶³−1 that is a function of its parts, such as (seed, epoch, sample).

    The order of an epoch comes from (seed, "order", epoch), what happens to a sample from (seed, epoch, sample), what
    a model draws from (seed, "step", step, rank); a position in a run is then (epoch, batch) and nothing else.
    """
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") & (2**63 - 1)
