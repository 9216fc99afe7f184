"""Many processes of one command: who this process is among them, and the launcher that starts them.

``torchrun``, SLURM and the launcher here tell a process its place by the same environment variables.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dlcli.core.errors import Stopped, UsageError

PARENT = "DLCLI_PARENT"  # the launcher's process number: a worker whose parent is another one has been orphaned
# After a failure the others notice by themselves, then they are asked to stop, then they are killed.
NOTICE_SECONDS, GRACE_SECONDS = 2.0, 10.0
# A shell's `timeout` and a terminal both tell the launcher and its workers: one request, not two.
SAME_SECONDS = 0.5


@dataclass(frozen=True)
class Place:
    """One process among those that train together.

    Args:
        rank: its number, from 0.
        world: how many there are.
        local_rank: its number on this machine; the number of its CUDA device.
        local_world: how many there are on this machine.
        parent: process number of our launcher; 0 when another one started it.

    """

    rank: int = 0
    world: int = 1
    local_rank: int = 0
    local_world: int = 1
    parent: int = 0

    @property
    def leads(self) -> bool:
        """Whether this is the process that reads stdin, makes the run and prints."""
        return self.rank == 0

    def orphaned(self) -> bool:
        """Say whether the launcher has died."""
        return bool(self.parent) and os.getppid() != self.parent


def place() -> Place:
    """Return what the environment says of this process; alone when it says nothing.

    Raises:
        UsageError: the variables contradict each other.
    """
    if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
        return Place()
    rank, world = _number("RANK"), _number("WORLD_SIZE")
    if rank >= world:
        raise UsageError(f"RANK={rank} and WORLD_SIZE={world} do not fit; RANK counts from 0")
    local_world = _number("LOCAL_WORLD_SIZE", world)
    return Place(rank, world, _number("LOCAL_RANK", rank % max(1, local_world)), local_world, _number(PARENT, 0))


def _number(name: str, default: int | None = None) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal():
        raise UsageError(f"the environment variable {name}={text!r} must be a whole number")
    return int(text)


def launch(count: int, words: Sequence[str], stdin: bytes | None = None) -> int:
    """Run a command in several processes on this machine and wait for them.

    The first process has the terminal; the others read nothing, and what they print goes to stderr. When one fails the
    rest are given two seconds to notice, then asked to stop, then, ten seconds after the failure, killed.

    Args:
        count: processes.
        words: the command line after ``dlcli``.
        stdin: what the first process reads there; None: what this one has.

    Returns:
        The exit code of the first failure, 128 + signal for a process that was killed; 0 when all ended well.
    Raises:
        Stopped: a process was killed, and none is left that could have said so.
    Effects: forwards SIGINT, SIGTERM and SIGHUP to all of them.

    """
    port = _free_port()
    children: list[subprocess.Popen] = []
    asked_s: list[float] = []

    def forward(number: int, _: Any) -> None:
        asked_s.append(time.monotonic())
        _send(children, number)

    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        numbers.append(signal.SIGHUP)
    with tempfile.TemporaryFile() as held:
        held.write(stdin or b"")
        held.seek(0)
        old = {n: signal.signal(n, forward) for n in numbers}
        try:
            for rank in range(count):
                source = subprocess.DEVNULL if rank else (None if stdin is None else held)
                children.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "dlcli", *words],
                        env=_environment(rank, count, port),
                        stdin=source,
                        stdout=2 if rank else None,
                    )
                )
                if asked_s:  # a signal while they were being started reached only the first ones
                    _send(children[-1:], signal.SIGTERM)
            return _wait(children)
        finally:
            _send(children, signal.SIGKILL)
            for n, handler in old.items():
                signal.signal(n, handler)


def _wait(children: list[subprocess.Popen]) -> int:
    """Wait for all; returns the exit code of the first that failed."""
    failed: subprocess.Popen | None = None
    steps: list[tuple[float, int]] = []
    while None in [child.poll() for child in children]:
        now = time.monotonic()
        if failed is None:
            failed = next((c for c in children if c.returncode), None)
            if failed is not None:
                steps = [(now + GRACE_SECONDS, signal.SIGKILL), (now + NOTICE_SECONDS, signal.SIGTERM)]
        if steps and now >= steps[-1][0]:
            _send(children, steps.pop()[1])
        time.sleep(0.02)
    failed = failed or next((c for c in children if c.returncode), None)
    if failed is None:
        return 0
    if failed.returncode > 0:
        return failed.returncode
    if children[0].returncode < 0:  # else the first process, which knows the run, has said it
        name = signal.Signals(-failed.returncode).name
        raise Stopped(
            128 - failed.returncode,
            f"process {children.index(failed)} of {len(children)} was killed by {name}; the others were stopped",
            "dlcli train --resume RUN goes on from the last checkpoint",
        )
    return 128 - failed.returncode


def _send(children: Sequence[subprocess.Popen], number: int) -> None:
    for child in children:
        if child.poll() is None:
            child.send_signal(number)


def _environment(rank: int, count: int, port: int) -> dict[str, str]:
    ours = {
        "RANK": rank,
        "LOCAL_RANK": rank,
        "WORLD_SIZE": count,
        "LOCAL_WORLD_SIZE": count,
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port,
        PARENT: os.getpid(),
    }
    loopback = "lo0" if sys.platform == "darwin" else "lo"
    polite = {
        "OMP_NUM_THREADS": max(1, (os.cpu_count() or 1) // count),
        "GLOO_SOCKET_IFNAME": loopback,  # the machine's own name may not resolve, and nobody else is to listen
        "TORCH_CPP_LOG_LEVEL": "ERROR",
    }
    return {**{k: str(v) for k, v in polite.items()}, **os.environ, **{k: str(v) for k, v in ours.items()}}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
