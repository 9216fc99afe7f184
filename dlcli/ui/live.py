"""The live table of a training run on a terminal."""

from __future__ import annotations

import os
import time
from typing import Any, TextIO

from dlcli.core.events import EpochDone, Event, Finished, Note, Started, Stepped
from dlcli.ui.console import console, where_seen

ROWS = 10
AROUND = 7  # lines of the picture that are no epochs
# Terminals that cut what no longer fits; all others break it into several rows when they become narrower.
CUTTING = ("linux", "vt1", "vt2", "rxvt")


def shown(metrics: dict[str, float]) -> dict[str, float]:
    """Return the metrics worth a place in a line: losses and the first figure of each part."""
    picked: dict[str, float] = {}
    for key, value in metrics.items():
        part = key.partition("/")[0]
        is_loss = "loss" in key and "log_loss" not in key
        if is_loss or not any(k.startswith(f"{part}/") and "loss" not in k for k in picked):
            picked[key] = value
    return picked


class Live:
    """A table of the last epochs above a line that moves; redrawn when events come, by no thread of its own."""

    def __init__(self, stream: TextIO):
        self.console = console(stream)
        self.view: Any = None
        self.drawn: list[int] = []  # how long the lines of the last picture are
        self.width = self.console.width
        self.rows: list[EpochDone] = []
        self.started: Started | None = None
        self.last: Stepped | None = None
        self.begun_s = time.monotonic()
        self.drawn_s = 0.0

    def emit(self, event: Event) -> None:
        """Show an event."""
        with where_seen():
            match event:
                case Note():
                    self._make_room()
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
        with where_seen():
            if self.view is not None:
                view = self.view
                self._draw(force=True)
                self.view = None
                view.stop()

    def _draw(self, force: bool = False) -> None:
        now = time.monotonic()
        if self.view is None or (not force and now - self.drawn_s < 0.2):
            return
        self._make_room()
        self.drawn_s, self.width = now, self.console.width
        self.view.update(self._picture(), refresh=True)

    def _make_room(self) -> None:
        """Wipe the last picture where a narrower terminal broke its lines; Rich would step over too few rows."""
        from rich.control import Control
        from rich.segment import ControlType

        before, self.width = self.width, self.console.width
        cuts = "XTERM_VERSION" in os.environ or os.environ.get("TERM", "").startswith(CUTTING)
        if not self.drawn or self.width >= before or cuts:
            return
        rows = sum(max(1, -(-length // self.width)) for length in self.drawn)
        wipe = (ControlType.ERASE_IN_LINE, 2)
        up = [(ControlType.CURSOR_UP, 1), wipe] * (rows - 1)
        down = [(ControlType.CURSOR_DOWN, len(self.drawn) - 1)] if len(self.drawn) > 1 else []
        self.console.control(Control(wipe, *up, *down))

    def _picture(self) -> Any:
        """Return what to show, without blanks at the ends of lines: a narrower terminal would break them too."""
        from rich.segment import Segment, Segments

        lines = []
        for part in self._parts():
            lines += self.console.render_lines(part, pad=False)
        for line in lines:
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                line[-1] = Segment(line[-1].text.rstrip(), line[-1].style)
        lines = lines[: self.console.height]
        self.drawn = [Segment.get_line_length(line) for line in lines]
        return Segments([segment for line in lines for segment in (*line, Segment.line())][:-1])

    def _parts(self) -> list[Any]:
        room = self.console.height - AROUND
        return [self._table(min(ROWS, room)), self._line()] if self.rows and room > 0 else [self._line()]

    def _table(self, rows: int) -> Any:
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
        caption = "* best so far" if any(row.best for row in self.rows) else None  # of a fit without validation none is
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=caption, caption_justify="left")
        table.add_column(self.rows[-1].unit, justify="right", no_wrap=True)
        for name in names:
            table.add_column(name, justify="right", no_wrap=True)
        epochs = self.rows[-1].unit == "epoch"  # rounds have no rate of their own
        if epochs:
            table.add_column("lr", justify="right", no_wrap=True)
        table.add_column("s", justify="right", no_wrap=True)
        for row in self.rows[-rows:]:
            cells = [f"{row.metrics[n]:.4f}" if n in row.metrics else "" for n in names]
            mark = "*" if row.best else " "
            cells += [f"{row.lr:.3g}"] if epochs else []
            table.add_row(f"{row.epoch}{mark}", *cells, f"{row.seconds:.1f}", style="bold" if row.best else "")
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
        unit = self.rows[-1].unit if self.rows else "epoch"
        parts = {"step": f"{started.counted if unit == 'epoch' else unit} {step:,}/{total:,}"}
        if last and (not self.rows or last.step > self.rows[-1].step):
            parts["loss"] = f"loss {last.loss:.4f}"
            parts["speed"] = f"{last.items_per_s:,.0f}/s"
            parts["memory"] = f"{last.memory_bytes / 2**20:,.0f} MiB"
        elif self.rows and self.rows[-1].items_per_s:
            parts["speed"] = f"{self.rows[-1].items_per_s:,.0f}/s"
        parts["time"] = f"{clock(seconds)} < {clock(eta)}"
        for name in ("memory", "speed", "loss", "time"):  # the first that a narrow screen does without
            if len("  ".join(parts.values())) > self.console.width - width - 2:
                parts.pop(name, None)
        grid = Table.grid(padding=(0, 1))
        grid.add_row(
            ProgressBar(total=total, completed=min(step, total), width=width),
            Text("  ".join(parts.values()), overflow="crop", no_wrap=True),
        )
        return grid


def clock(seconds: float) -> str:
    """Return a duration as m:ss or h:mm:ss."""
    minutes, s = divmod(int(seconds), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours}:{m:02}:{s:02}" if hours else f"{m}:{s:02}"
