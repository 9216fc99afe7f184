"""Make the README's pictures from a real run: the terminal as SVG, the report as PNG.

    python docs/pictures.py            # needs the test extra (pyte), and Chromium for the report

The command runs in a pseudo-terminal; what stands on its screen at the end is drawn by Rich.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

import pyte
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).resolve().parent
WORDS = ["train", "classify/lenet-digits"]
COLUMNS, LINES = 92, 46


def screen_of(words: list[str], folder: str) -> pyte.Screen:
    """Run dlcli in a terminal and return its last screen."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(LINES)}
    process = subprocess.Popen(
        [sys.executable, "-m", "dlcli", *words], cwd=folder, env=env, stdin=other, stdout=other, stderr=other
    )
    os.close(other)
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    while True:
        try:
            data = os.read(main, 65536)
        except OSError:
            break
        if not data:
            break
        stream.feed(data)
    process.wait()
    return screen


def style_of(char: pyte.screens.Char) -> str:
    """Return a character's look in Rich's words."""
    color = f"#{char.fg}" if re.fullmatch("[0-9a-f]{6}", char.fg) else {"brown": "yellow"}.get(char.fg, char.fg)
    return ("bold " if char.bold else "") + color


def as_text(screen: pyte.Screen) -> Text:
    """Return the screen's characters with their colors."""
    lines = []
    for y in range(LINES):
        line = Text()
        for style, run in itertools.groupby((screen.buffer[y][x] for x in range(COLUMNS)), style_of):
            line.append("".join(char.data for char in run), style=style)
        line.rstrip()
        lines.append(line)
    while lines and not lines[-1].plain:
        lines.pop()
    return Text("\n").join(lines)


def main() -> None:
    """Write terminal.svg and report.png beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        text = as_text(screen_of(WORDS, folder))
        with open(os.devnull, "w") as nowhere:
            console = Console(record=True, width=COLUMNS, file=nowhere)
            console.print(Text(f"$ dlcli {' '.join(WORDS)}", style="bold"))
            console.print(text, soft_wrap=True)
            svg = console.export_svg(title="dlcli")
        # Rich names a font on the web; the reader's own monospace does.
        (HERE / "terminal.svg").write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL), encoding="utf-8")
        browser = shutil.which("chromium") or shutil.which("google-chrome")
        if browser is None:
            sys.exit("no Chromium here: the report's picture was not made")
        page = next(Path(folder).rglob("report.html"))
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars",
                f"--user-data-dir={folder}/browser", f"--screenshot={HERE / 'report.png'}", "--window-size=1100,1250",
                page.as_uri(),
            ],
            check=True, capture_output=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
