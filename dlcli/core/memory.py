"""How much memory this process has taken."""

from __future__ import annotations

import resource
import sys


def peak_bytes() -> int:
    """Return the most resident memory of this process so far.

    Linux keeps the peak of the process that started this one in ``ru_maxrss``; what it says of this program's own
    memory comes first.
    """
    try:
        with open("/proc/self/status", "rb") as file:
            for line in file:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
