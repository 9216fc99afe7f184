"""Progress on stderr: a live table on a terminal, one plain line an epoch elsewhere; log and event files."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from dlcli.core.errors import DataError
from dlcli.core.events import EpochDone, Event, Finished, Note, Reporter, Reporters, Started, Stepped
from dlcli.core.output import Output
from dlcli.ui.console import console, is_live
from dlcli.ui.tables import finite

PLAIN_SECONDS = 10.0
ROWS = 10


def reporter(output: Output) -> Reporters:
    """Return what shows and stores the events of a run.

    Args:
        output: how to speak.

    Raises:
        DataError: the events file cannot be written.

    """
    members: list[Reporter] = []
    if not output.quiet:
        members.append(Live(sys.stderr) if is_live(sys.stderr) else Plain(sys.stderr))
    if output.events:
        members.append(EventFile(output.events))
    return Reporters(members)


def log_to(reporters: Reporters, path: Path) -> None:
    """Also write to the run's ``log.txt`` from here on; what was noted before comes first."""
    log = Log(path)
    for note in reporters.notes:
        log.emit(note)
    reporters.members.append(log)


def epoch_line(event: EpochDone) -> str:
    """Return an epoch as one line."""
    figures = "  ".join(f"{k} {v:.4f}" for k, v in shown(event.metrics).items())
    mark = " *" if event.best else ""
    return (
        f"epoch {event.epoch}/{event.epochs}{mark}  step {event.step}  {figures}  lr {event.lr:.3g}  "
        f"{event.items_per_s:,.0f}/s  {event.seconds:.1f} s"
    )


def shown(metrics: dict[str, float]) -> dict[str, float]:
    """Return the metrics worth a place in a line: losses and the first figure of each part."""
    picked: dict[str, float] = {}
    for key, value in metrics.items():
        part = key.partition("/")[0]
        is_loss = "loss" in key and "log_loss" not in key
        if is_loss or not any(k.startswith(f"{part}/") and "loss" not in k for k in picked):
            picked[key] = value
    return picked


class Plain:
    """One line an epoch, and within a long epoch one every ten seconds; no control characters."""

    def __init__(self, stream: TextIO):
        self.stream = stream
        self.told_s = time.monotonic()
        self.steps = 0

    def emit(self, event: Event) -> None:
        """Print what is worth a line."""
        now = time.monotonic()
        match event:
            case Note():
                self._print(event.text if event.level == "info" else f"{event.level}: {event.text}")
            case Started():
                self.steps = event.steps_per_epoch
            case EpochDone():
                self._print(epoch_line(event))
                self.told_s = now
            case Stepped() if now - self.told_s >= PLAIN_SECONDS:
                self._print(
                    f"epoch {event.epoch}  step {event.step} ({event.batch}/{self.steps})  loss {event.loss:.4f}  "
                    f"lr {event.lr:.3g}  {event.items_per_s:,.0f}/s"
                )
                self.told_s = now

    def _print(self, line: str) -> None:
        print(line, file=self.stream, flush=True)


class Log:
    """Every note and epoch with its time, in the run's ``log.txt``."""

    def __init__(self, path: Path):
        self.path = path

    def emit(self, event: Event) -> None:
        """Append a line."""
        match event:
            case Note():
                line = event.text if event.level == "info" else f"{event.level}: {event.text}"
            case EpochDone():
                line = epoch_line(event)
            case _:
                return
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {line}\n")


class EventFile:
    """Every event as a JSON line."""

    def __init__(self, path: str):
        try:
            self.file = open(path, "a", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - lives as long as the process
        except OSError as error:
            raise DataError(f"--events {path}: {error.strerror or error}", key="--events") from error

    def emit(self, event: Event) -> None:
        """Write a line at once."""
        self.file.write(json.dumps(finite(event.record())) + "\n")
        self.file.flush()

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class Live:
    """A table of the last epochs above a line that moves; redrawn when events come, by no thread of its own."""

    def __init__(self, stream: TextIO):
        self.console = console(stream)
        self.view: Any = None
        self.rows: list[EpochDone] = []
        self.started: Started | None = None
        self.last: Stepped | None = None
        self.begun_s = time.monotonic()
        self.drawn_s = 0.0

    def emit(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Note():
                style = "yellow" if event.level == "warning" else "dim"
                self.console.print(event.text, style=style, markup=False)
            case Started():
                self._begin(event)
            case Stepped():
                self.last = event
                self._draw()
            case EpochDone():
                self.rows.append(event)
                self._draw(force=event.epoch == event.epochs)
            case Finished():
                self.close()

    def _begin(self, event: Started) -> None:
        from rich.live import Live as RichLive

        self.started, self.begun_s = event, time.monotonic()
        self.view = RichLive(console=self.console, auto_refresh=False, transient=False, vertical_overflow="crop")
        self.view.start()

    def close(self) -> None:
        """Leave the last state on the screen and give the cursor back."""
        if self.view is not None:
            self._draw(force=True)
            self.view.stop()
            self.view = None

    def _draw(self, force: bool = False) -> None:
        now = time.monotonic()
        if self.view is None or (not force and now - self.drawn_s < 0.2):
            return
        self.drawn_s = now
        self.view.update(self._picture(), refresh=True)

    def _picture(self) -> Any:
        from rich.console import Group

        return Group(self._table(), self._line()) if self.rows else self._line()

    def _table(self) -> Any:
        from rich import box
        from rich.table import Table

        names = list(shown(self.rows[-1].metrics))
        room = max(1, (self.console.width - 26) // 16)
        if self.console.width < 60:  # a narrow screen keeps what validation says
            names = [n for n in names if n.startswith("val/")] or names
        # What chooses the weights is the last to go.
        order = ["val/loss", *(n for n in names if n.startswith("train/"))]
        weight = {n: order.index(n) + 1 if n in order else 0 for n in names}
        kept = sorted(names, key=lambda n: weight[n])[:room]
        names = [n for n in names if n in kept]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption="* best so far", caption_justify="left")
        table.add_column("epoch", justify="right", no_wrap=True)
        for name in names:
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("lr", justify="right", no_wrap=True)
        table.add_column("s", justify="right", no_wrap=True)
        for row in self.rows[-ROWS:]:
            cells = [f"{row.metrics[n]:.4f}" if n in row.metrics else "" for n in names]
            mark = "*" if row.best else " "
            table.add_row(
                f"{row.epoch}{mark}", *cells, f"{row.lr:.3g}", f"{row.seconds:.1f}", style="bold" if row.best else ""
            )
        return table

    def _line(self) -> Any:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        started, last = self.started, self.last
        if started is None:
            return Text("")
        total = max(1, started.epochs * started.steps_per_epoch)
        begun = started.epoch * started.steps_per_epoch + started.batch
        step = max(last.step if last else begun, self.rows[-1].step if self.rows else 0)
        seconds = time.monotonic() - self.begun_s
        eta = seconds / max(1, step - begun) * max(0, total - step)
        width = max(8, min(30, self.console.width - 50))
        parts = [f"step {step:,}/{total:,}"]
        if last and (not self.rows or last.step > self.rows[-1].step):
            parts += [f"loss {last.loss:.4f}", f"{last.items_per_s:,.0f}/s", f"{last.memory_bytes / 2**20:,.0f} MiB"]
        elif self.rows:
            parts.append(f"{self.rows[-1].items_per_s:,.0f}/s")
        parts.append(f"{clock(seconds)} < {clock(eta)}")
        grid = Table.grid(padding=(0, 1))
        grid.add_row(
            ProgressBar(total=total, completed=min(step, total), width=width),
            Text("  ".join(parts), overflow="crop", no_wrap=True),
        )
        return grid


def clock(seconds: float) -> str:
    """Return a duration as m:ss or h:mm:ss."""
    minutes, s = divmod(int(seconds), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours}:{m:02}:{s:02}" if hours else f"{m}:{s:02}"


def close(reporters: Reporters) -> None:
    """Let a live view give the terminal back and close the event file, whatever happened."""
    for member in reporters.members:
        if isinstance(member, Live | EventFile):
            member.close()
