"""What a person sees: the command on a pseudo-terminal, its screen kept by pyte."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pyte
import pytest

ROWS = 60
TRAIN = ("train", "classify/mlp-digits", "model.args.hidden=[16]", "data.augment=[]")


class Session:
    """A command on a terminal of its own; ``narrow`` resizes the terminal as a window manager does."""

    def __init__(self, words, columns, rows, cwd, env, reflows=True):
        self.master, slave = os.openpty()
        self.rows, self.reflows, self.sent = rows, reflows, b""
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)  # one for all reads: a control sequence may come in two pieces
        self._set_size(columns)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dlcli", *words], cwd=cwd, stdin=slave, stdout=slave, stderr=slave,
            env=env, start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def _set_size(self, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, columns, 0, 0))

    def read(self, seconds=1.0):
        """Return what the command says next: b"" after ``seconds`` of silence, None when it has closed the terminal."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError:  # Linux says so when the last writer has gone
            return None
        self.sent += data
        self.stream.feed(data)
        return data or None

    def until(self, text):
        """Read on until ``text`` has been said, and then until nothing moves."""
        deadline, start = time.monotonic() + 120, len(self.sent)
        while text not in self.sent[start:]:
            assert self.read() is not None, self.sent.decode()
            assert time.monotonic() < deadline, self.sent.decode()
        while self.read(0.05):
            pass

    def narrow(self, columns):
        """Change the width while nothing is being drawn; the terminal breaks lines that no longer fit, or cuts them."""
        os.kill(self.process.pid, signal.SIGSTOP)
        self._set_size(columns)
        if self.reflows:
            lines = [line.rstrip() for line in self.screen.display[: self.screen.cursor.y + 1]]
            broken = [line[i : i + columns] for line in lines for i in range(0, max(1, len(line)), columns)]
            self.screen = pyte.Screen(columns, self.rows)
            pyte.Stream(self.screen).feed("\r\n".join(broken))
            self.stream = pyte.ByteStream(self.screen)
        else:
            self.screen.resize(columns=columns)
        os.kill(self.process.pid, signal.SIGCONT)

    def lines(self):
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def end(self):
        """Read to the end; returns exit code, what was sent, and the last screen without empty lines."""
        deadline = time.monotonic() + 120
        while self.read() is not None:
            assert time.monotonic() < deadline, self.sent.decode()
        return self.process.wait(timeout=180), self.sent.decode(), self.lines()


@pytest.fixture
def session(tmp_path, child_env):
    """Start a command line on a terminal."""
    begun = []

    def call(*words, columns=80, rows=ROWS, reflows=True, **env):
        env = child_env(**{"TERM": "xterm-256color", "XTERM_VERSION": None if reflows else "XTerm(370)", **env})
        begun.append(Session(words, columns, rows, tmp_path, env, reflows))
        return begun[-1]

    yield call
    for one in begun:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        if one.master is not None:
            os.close(one.master)


@pytest.fixture
def terminal(session):
    """Run a command line on a terminal; returns exit code, what was sent, and the last screen without empty lines."""

    def call(*words, until=None, **settings):
        begun = session(*words, **settings)
        if until:
            begun.until(until)
            begun.process.send_signal(signal.SIGINT)
        return begun.end()

    return call


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_training_on_a_terminal_leaves_epochs_and_result(terminal, columns):
    code, sent, lines = terminal(*TRAIN, "train.epochs=3", columns=columns)
    assert code == 0
    assert "Traceback" not in sent
    text = "\n".join(lines)
    rows = [line for line in lines if re.match(r"\s*\d\*?\s+\d\.\d{4}", line)]
    assert [re.match(r"\s*(\d)", row)[1] for row in rows] == ["1", "2", "3"], text
    assert re.search(r"epoch\s+(train|val)/", text)
    assert "accuracy" in text.partition("metric")[2]
    assert "step" in text
    assert sent.rfind("\x1b[?25h") > sent.rfind("\x1b[?25l") >= 0
    assert max(map(len, lines)) <= columns


def test_quiet_leaves_only_the_result(terminal):
    code, sent, lines = terminal(*TRAIN, "train.epochs=1", "-q")
    assert code == 0
    assert lines[0].split() == ["classify/mlp-digits:", "best", "epoch", "1", "of", "1"]
    assert lines[1].split() == ["metric", "train", "val", "test"]
    assert "\x1b[?25l" not in sent


def test_a_low_terminal_keeps_the_moving_line(session):
    begun = session(*TRAIN, "train.epochs=100000", rows=10)
    begun.until(b" step ")
    begun.until(b" step ")
    assert " step " in begun.lines()[-1]
    assert len(re.findall(r"^ +\d+\*? +\d\.\d{4}", "\n".join(begun.lines()), re.MULTILINE)) <= 3


@pytest.mark.parametrize("reflows", [True, False], ids=["breaks", "cuts"])
def test_a_resized_terminal_keeps_one_table_and_loses_nothing(session, reflows):
    begun = session(*TRAIN, "train.epochs=100000", columns=120, reflows=reflows)
    begun.until(b" step ")
    for columns in (90, 60, 110, 40, 44):
        begun.narrow(columns)
        begun.until(b" step ")
        text = "\n".join(begun.lines())
        rows = [int(n) for n in re.findall(r"^ +(\d+)\*? +\d\.\d{4}", text, re.MULTILINE)]
        assert rows == list(range(rows[0], rows[-1] + 1)) if rows else columns == 90, text
        assert len(re.findall(r"^ *epoch ", text, re.MULTILINE)) <= 1, text
        assert text.count(" step ") == 1, text
        assert begun.lines()[0] == "builtin digits"
        assert "run: runs/classify/mlp-digits-1" in begun.lines(), text
        assert " step " in begun.lines()[-1], text
    begun.process.send_signal(signal.SIGINT)
    assert begun.end()[0] == 130


def test_columns_is_obeyed(terminal):
    code, _, lines = terminal(*TRAIN, "train.epochs=1", columns=100, COLUMNS="40")
    assert code == 0
    (head,) = [line for line in lines if line.startswith(" epoch")]
    assert "val/accuracy" in head
    assert "train/loss" not in head


def test_a_lost_terminal_saves_the_run(session, dlcli, tmp_path):
    """Nothing can be written to the terminal any more: a disowned run goes on, SIGHUP saves it and ends it."""
    begun = session(*TRAIN, "train.epochs=100000", "--out", "run", TMPDIR=str(tmp_path))
    begun.until(b" step ")
    os.close(begun.master)
    begun.master, told = None, tmp_path / "run" / "metrics.jsonl"
    size, deadline = told.stat().st_size if told.exists() else 0, time.monotonic() + 60
    while not told.exists() or told.stat().st_size <= size + 1000:
        assert begun.process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    begun.process.send_signal(signal.SIGHUP)
    assert begun.process.wait(timeout=180) == 143
    assert not list(tmp_path.glob("dlcli-*"))  # no traceback saved
    epochs = len(told.read_text().splitlines())
    again = dlcli("train", "--resume", "run", f"train.epochs={epochs + 1}")
    assert again.code == 0, again.stderr


def test_an_interrupt_gives_the_terminal_back(terminal):
    code, sent, lines = terminal(*TRAIN, "train.epochs=100000", until=b"run: ")
    assert code == 130
    assert sent.rfind("\x1b[?25h") >= sent.rfind("\x1b[?25l")
    assert "dlcli: stopped at epoch" in "\n".join(lines)
    assert "→ dlcli train --resume runs/classify/mlp-digits-1" in "\n".join(lines)


def test_no_color_means_none(terminal):
    for words in (["recipes", "ls"], ["train", "--help"], [*TRAIN, "train.epochs=1"]):
        code, sent, _ = terminal(*words, NO_COLOR="1")
        assert code == 0
        assert not re.search(r"\x1b\[(3|4|9|10)\d", sent)


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TTY_COMPATIBLE": "0"}], ids=str)
def test_a_dumb_terminal_gets_plain_lines(terminal, env):
    code, sent, _ = terminal(*TRAIN, "train.epochs=1", **env)
    assert code == 0
    assert "\x1b" not in sent
    assert "epoch 1/1" in sent


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["evaluate", "-h"], ["recipes", "--help"]])
def test_help_fits_a_terminal(terminal, words, columns):
    code, sent, lines = terminal(*words, columns=columns)
    assert code == 0
    assert len(sent.splitlines()) <= 60
    assert not any("…" in line for line in lines)
    assert len(words) == 1 or any(f"dlcli {words[0]} " in line for line in lines)
