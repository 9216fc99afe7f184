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


@pytest.fixture
def terminal(tmp_path, child_env):
    """Run a command line on a terminal; returns exit code, what was sent, and the last screen without empty lines."""

    def call(*words, columns=80, until=None, **env):
        master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "dlcli", *words], cwd=tmp_path, stdin=slave, stdout=slave, stderr=slave,
            env=child_env(**{"TERM": "xterm-256color", **env}), start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        sent, deadline = b"", time.monotonic() + 120
        while time.monotonic() < deadline:
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                data = os.read(master, 65536)
            except OSError:  # Linux says so when the last writer has gone
                break
            if not data:
                break
            sent += data
            if until and until in sent:
                process.send_signal(signal.SIGINT)
                until = None
        os.close(master)
        screen = pyte.Screen(columns, ROWS)
        pyte.ByteStream(screen).feed(sent)
        return process.wait(timeout=60), sent.decode(), [line.rstrip() for line in screen.display if line.strip()]

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


def test_an_interrupt_gives_the_terminal_back(terminal):
    code, sent, lines = terminal(*TRAIN, "train.epochs=100000", until=b"run: ")
    assert code == 130
    assert sent.rfind("\x1b[?25h") >= sent.rfind("\x1b[?25l")
    assert "dlcli: stopped at epoch" in "\n".join(lines)
    assert "→ dlcli train --resume runs/classify/mlp-digits-1" in "\n".join(lines)


def test_no_color_means_none(terminal):
    for words in (["recipes", "ls"], ["train", "--help"]):
        code, sent, _ = terminal(*words, NO_COLOR="1")
        assert code == 0
        assert not re.search(r"\x1b\[(3|4|9|10)\d", sent)


def test_a_dumb_terminal_gets_plain_lines(terminal):
    code, sent, _ = terminal(*TRAIN, "train.epochs=1", TERM="dumb")
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
