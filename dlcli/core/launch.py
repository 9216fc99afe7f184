"""Many processes of one command: who this process is among them, and the launcher that starts them.

``torchrun``, SLURM and the launcher here tell a process its place by the same environment variables.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dlcli.core.errors import Stopped, UsageError

PARENT = "DLCLI_PARENT"  # the launcher's process number: a worker whose parent is another one has been orphaned
TELL = "DLCLI_TELL"  # the pipe on which a worker tells the launcher what it must know to speak for it
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


def tell(text: str) -> None:
    """Tell our launcher a line: ``run PATH`` once there is one, ``said`` when the user has been told what was wrong."""
    if TELL in os.environ:
        with contextlib.suppress(OSError, ValueError):
            os.write(int(os.environ[TELL]), f"{text}\n".encode("utf-8", "surrogateescape"))


def watch(place: Place) -> None:
    """End this process when its launcher dies, even while it waits for another one that hangs.

    Effects: starts a thread that sends SIGTERM, which saves a training and ends all else, and exits if that fails.
    """
    if place.parent:
        threading.Thread(target=_watch, args=(place,), daemon=True).start()


def _watch(place: Place) -> None:
    while not place.orphaned():
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(128 + signal.SIGTERM)


def launch(count: int, words: Sequence[str], stdin: bytes | None = None) -> int:
    """Run a command in several processes on this machine and wait for them.

    The first process has the terminal; the others read nothing, and what they print goes to stderr. When one fails the
    rest are given two seconds to notice, then asked to stop, then, ten seconds after the failure, killed. A second
    signal gives them two seconds in all.

    Args:
        count: processes.
        words: the command line after ``dlcli``.
        stdin: what the first process reads there; None: what this one has.

    Returns:
        The exit code of the first failure; 0 when all ended well.
    Raises:
        Stopped: a process was killed; its code is 128 + the signal.
    Effects: forwards SIGINT, SIGTERM and SIGHUP to all of them.

    """
    job = _Job()
    heard, told = os.pipe()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        numbers.append(signal.SIGHUP)
    port = _free_port()
    with tempfile.TemporaryFile() as held:
        held.write(stdin or b"")
        held.seek(0)
        old = {n: signal.signal(n, job.forward) for n in numbers}
        try:
            for rank in range(count):
                source = subprocess.DEVNULL if rank else (None if stdin is None else held)
                job.children.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "dlcli", *words],
                        env=_environment(rank, count, port, told),
                        stdin=source,
                        stdout=2 if rank else None,
                        pass_fds=(told,),
                    )
                )
                if job.asked:  # a signal while they were being started reached only the first ones
                    _send(job.children[-1:], signal.SIGTERM)
            job.wait()
        finally:
            _send(job.children, signal.SIGKILL)
            os.close(told)
            with os.fdopen(heard, "rb") as file:
                lines = file.read().decode("utf-8", "surrogateescape").splitlines()
            for n, handler in old.items():
                signal.signal(n, handler)
    return job.code(lines)


class _Job:
    """The processes of a launch and what became of them."""

    def __init__(self) -> None:
        self.children: list[subprocess.Popen] = []
        self.failed: subprocess.Popen | None = None
        self.asked = 0  # the first signal this launcher got
        self._asked_s = 0.0
        self._steps: list[tuple[float, int]] = []  # when to send what, the last first

    def forward(self, number: int, _: Any) -> None:
        """Pass a signal on; a second one leaves a process that hangs two seconds."""
        now = time.monotonic()
        if not self.asked:
            self.asked, self._asked_s = number, now
        elif now - self._asked_s >= SAME_SECONDS:
            self._steps = [(now + NOTICE_SECONDS, signal.SIGKILL)]
        _send(self.children, number)

    def wait(self) -> None:
        """Wait for all of them."""
        while None in [child.poll() for child in self.children]:
            now = time.monotonic()
            if self.failed is None and self._note_failure() and not self._steps:
                self._steps = [(now + GRACE_SECONDS, signal.SIGKILL), (now + NOTICE_SECONDS, signal.SIGTERM)]
            if self._steps and now >= self._steps[-1][0]:
                _send(self.children, self._steps.pop()[1])
            time.sleep(0.02)
        self._note_failure()

    def _note_failure(self) -> bool:
        if self.failed is None:
            ended = [c for c in self.children if c.returncode]
            # One that was killed is the cause, one that ended with a code may only have noticed.
            self.failed = min(ended, key=lambda c: c.returncode, default=None)
        return self.failed is not None

    def code(self, lines: list[str]) -> int:
        """Return the exit code of the first failure, or raise when nobody could say what happened.

        Args:
            lines: what the processes told.
        """
        if self.failed is None:
            return 0
        number = -self.failed.returncode
        if number < 0 or "said" in lines:
            return 128 + number if number > 0 else -number
        runs = [line.removeprefix("run ") for line in lines if line.startswith("run ")]
        hint = f"dlcli train --resume {runs[0]} goes on from the last checkpoint" if runs else "nothing was saved yet"
        name = signal.Signals(number).name
        which = f"process {self.children.index(self.failed)} of {len(self.children)} was killed by {name}"
        text = f"stopped by {signal.Signals(self.asked).name}" if self.asked else f"{which}; the others were stopped"
        raise Stopped(128 + (self.asked or number), text, hint)


def _send(children: Sequence[subprocess.Popen], number: int) -> None:
    for child in children:
        if child.poll() is None:
            child.send_signal(number)


def _environment(rank: int, count: int, port: int, told: int) -> dict[str, str]:
    ours = {
        "RANK": rank,
        "LOCAL_RANK": rank,
        "WORLD_SIZE": count,
        "LOCAL_WORLD_SIZE": count,
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port,
        PARENT: os.getpid(),
        TELL: told,
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
