"""Completion in the real shells: bash, zsh and fish must be installed; a missing one fails, it does not skip."""

import fcntl
import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from dlcli.backends import completion
from dlcli.core import names, shipped

SCRIPTS = shipped.folder("completions")
SHELLS = ("bash", "zsh", "fish")
BREAKS = " \t\n\"'@><=;|&(:"  # what bash has in COMP_WORDBREAKS by default
RUNS = {"runs/classify/lenet-digits-1", "runs/classify/mlp-2"}
OPTIMIZERS = {"adamw", "adam", "adagrad", "adadelta"}

# A line and the words that must be offered for its last word: exactly these.
STATIC = {
    "dlcli tra": {"train", "translate"},
    "dlcli vis": {"visualize"},
    "dlcli --json ru": {"runs"},
    "dlcli train --ep": {"--epochs"},
    "dlcli train --p": {"--precision", "--print-config"},
    "dlcli train X optim.l": {"optim.lr="},
    "dlcli train X optim.name=ad": {f"optim.name={n}" for n in OPTIMIZERS},
    "dlcli train X optim.name=adamw": {"optim.name=adamw"},
    "dlcli train X seed=1 optim.name=rm": {"optim.name=rmsprop"},
    "dlcli train X optim.nesterov=": {"optim.nesterov=true", "optim.nesterov=false"},
    "dlcli train X data.aug": {"data.augment+="},
    "dlcli train X data.augment+=fl": {"data.augment+=flip"},
    "dlcli train X model.name=lene": {"model.name=lenet5"},
    "dlcli train X model.name=resnet1": {f"model.name=resnet{n}" for n in ("18", "101", "152")},
    "dlcli train X model.args.po": {"model.args.pool="},
    "dlcli train X data.train=dig": {"data.train=digits"},
    "dlcli train X device.name=cuda:": {"device.name=cuda:0"},
    "dlcli train X --device cu": {"cuda", "cuda:0"},
    "dlcli train X --device cuda:": {"cuda:0"},
    "dlcli train X --device=cuda:": {"--device=cuda:0"},
    "dlcli train X --precision b": {"bf16"},
    "dlcli train --data dig": {"digits"},
    "dlcli train --resume R optim.l": {"optim.lr="},
    "dlcli train --resume=R optim.l": {"optim.lr="},
    "dlcli predict M --set to": {"top="},
    "dlcli predict M --set device.name=m": {"device.name=mps"},
    "dlcli predict torchvision:vit_b": {"torchvision:vit_b_16", "torchvision:vit_b_32"},
    "dlcli evaluate M --part t": {"train", "test"},
    "dlcli evaluate M --set part=va": {"part=val"},
    "dlcli evaluate M --data dig": {"digits"},
    "dlcli data preview digits -r classify/lenet --set optim.l": {"optim.lr="},
    "dlcli data convert digits fo": {"folder:"},
    "dlcli describe lene": {"lenet5"},
    "dlcli describe --list t": {"torchvision", "timm"},
    "dlcli recipes ": {"ls", "show", "cp", "check", "keys", "schema"},
    "dlcli recipes keys ": {"classify", "predict", "evaluate"},
    "dlcli runs sh": {"show"},
    "dlcli completion install ": {"bash", "zsh", "fish"},
}
DYNAMIC = {
    "dlcli train classify/mlp": {"classify/mlp", "classify/mlp-digits"},
    "dlcli train my": {"my.yaml"},
    "dlcli recipes show classify/lenet-": {"classify/lenet-digits"},
    "dlcli predict runs/": RUNS,
    "dlcli evaluate runs/classify/m": {"runs/classify/mlp-2"},
    "dlcli runs show ": RUNS,
    "dlcli runs diff runs/classify/mlp-2 runs/classify/l": {"runs/classify/lenet-digits-1"},
    "dlcli train --resume r": RUNS,
    "dlcli predict r": {*RUNS, "r.png"},
    "dlcli train my.yaml optim.l": {"optim.lr="},
    "dlcli train --resume runs/classify/mlp-2 optim.l": {"optim.lr="},
}
# What is on the line after one Tab, where there is one answer or a beginning that all answers share.
TYPED = {
    "dlcli visu": "dlcli visualize ",
    "dlcli train X optim.l": "dlcli train X optim.lr=",
    "dlcli train X optim.name=rm": "dlcli train X optim.name=rmsprop ",
    "dlcli train X optim.name=adad": "dlcli train X optim.name=adadelta ",
    "dlcli train X --device cuda:": "dlcli train X --device cuda:0 ",
    "dlcli train X --device=cuda:": "dlcli train X --device=cuda:0 ",
    "dlcli train X device.name=cuda:": "dlcli train X device.name=cuda:0 ",
    "dlcli train --ep": "dlcli train --epochs ",
    "dlcli train X --data dig": "dlcli train X --data digits ",
    "dlcli train X data.train=pho": "dlcli train X data.train=photos/",
    "dlcli train X data.train=csv:lab": "dlcli train X data.train=csv:labels.csv ",
    "dlcli train X --stamp don": "dlcli train X --stamp done.txt ",
    "dlcli train X --events don": "dlcli train X --events done.txt ",
    "dlcli train X --out pho": "dlcli train X --out photos/",
    "dlcli train my": "dlcli train my.yaml ",
    "dlcli train classify/lenet-": "dlcli train classify/lenet-digits ",
    "dlcli predict M pho": "dlcli predict M photos/",
    "dlcli predict runs/classify/m": "dlcli predict runs/classify/mlp-2 ",
    "dlcli predict runs/classify/mlp-2/mod": "dlcli predict runs/classify/mlp-2/model/",
    "dlcli predict torchvision:swin_v2_b": "dlcli predict torchvision:swin_v2_b ",
    "dlcli predict M --set to": "dlcli predict M --set top=",
    "dlcli data convert digits folder:pho": "dlcli data convert digits folder:photos/",
    "dlcli train 'a fo": "dlcli train 'a folder/",
}


def need(shell):
    found = shutil.which(shell)
    assert found, f"{shell} is not installed and its completion is tested here: apt-get install {shell}"
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with runs, recipes, data and, in bin/, a dlcli."""
    root = tmp_path_factory.mktemp("shell")
    work = root / "work"
    for folder in ("photos/cats", "a folder", "runs/classify/mlp-2/model", "runs/classify/lenet-digits-1"):
        (work / folder).mkdir(parents=True)
    for file in ("r.png", "labels.csv", "done.txt"):
        (work / file).touch()
    (work / "my.yaml").write_text("extends: classify/lenet-digits\n")
    for run in RUNS:
        (work / run / "recipe.yaml").write_text("schema: 1\ntask: classify\n")
        (work / run / "env.json").write_text("{}")
    for folder in ("bin", "nothing", "home"):
        (root / folder).mkdir()
    program = root / "bin" / "dlcli"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dlcli "$@"\n')
    program.chmod(0o755)
    return root


@pytest.fixture(scope="module")
def settings(place):
    """Return the environment of a shell, with or without Python and dlcli on the PATH."""
    source = str(Path(completion.__file__).resolve().parents[2])

    def build(static=False):
        path = str(place / "nothing") if static else f"{place / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        home = str(place / "home")
        more = {"HOME": home, "XDG_DATA_HOME": f"{home}/.local/share", "XDG_CONFIG_HOME": f"{home}/.config"}
        return {"PATH": path, "PYTHONPATH": source, "TERM": "xterm", "LC_ALL": "C.UTF-8", **more}

    return build


def ask_bash(lines, cwd, env):
    """Return what the function offers for each line, called as bash calls it."""
    calls = []
    for line in lines:
        words = [w for w in re.findall(r"[=:]|[^\s=:]+", line)] + ([""] if line.endswith(" ") else [])
        calls.append(
            f"COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)} COMP_WORDS=({shlex.join(words)})\n"
            f"COMP_CWORD={len(words) - 1} COMPREPLY=()\n_dlcli dlcli\nprintf '%s\\x1f' \"${{COMPREPLY[@]}}\"\necho"
        )
    program = f"source {shlex.quote(str(SCRIPTS / 'dlcli.bash'))}\n" + "\n".join(calls)
    done = subprocess.run(
        [need("bash"), "--norc", "--noprofile", "-c", program],
        cwd=cwd, env={**env, "COMP_WORDBREAKS": BREAKS}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert not done.stderr
    return [{w for w in line.split("\x1f") if w} for line in done.stdout.splitlines()]


def after_break(line, word):
    """Return what readline wants of a candidate: what stands after the last break of the word typed."""
    typed = line.rpartition(" ")[2]
    return word[max(typed.rfind(c) for c in "=:@") + 1 :]


def ask_fish(lines, cwd, env):
    quoted = " ".join("'" + line.replace("'", "\\'") + "'" for line in lines)
    script = shlex.quote(str(SCRIPTS / "dlcli.fish"))
    program = f"source {script}\nfor line in {quoted}\n echo \x1e\n complete -C $line\nend"
    done = subprocess.run(
        [need("fish"), "-N", "-c", program],
        cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert not done.stderr
    blocks = done.stdout.split("\x1e\n")[1:]
    return [{row.partition("\t")[0] for row in block.splitlines()} for block in blocks]


class Terminal:
    """A real interactive shell; ``tab`` types a line and a Tab and returns the line as it is then."""

    def __init__(self, words, setup, cwd, env, prompt="READY> "):
        self.told = Path(env["HOME"]) / f"line-{Path(words[0]).name}-{time.monotonic_ns()}"
        self.seen = ""
        self.pid, self.handle = pty.fork()
        if not self.pid:
            os.chdir(cwd)
            os.execve(words[0], words, env)
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
        self.send(setup.replace("FILE", str(self.told)).replace("PROMPT", prompt.replace("READY", "REA''DY")) + "\r")
        self.until(lambda: prompt in self.seen)

    def send(self, text):
        os.write(self.handle, text.encode())

    def until(self, done, seconds=15):
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"the shell did not answer; last seen: {self.seen[-600:]!r}"
            if select.select([self.handle], [], [], 0.02)[0]:
                self.seen += os.read(self.handle, 65536).decode(errors="replace")

    def line(self):
        """Return the line being edited: Ctrl-X Ctrl-D writes it, with an end mark, to a file."""
        self.told.unlink(missing_ok=True)
        self.send("\x18\x04")
        self.until(lambda: self.told.exists() and self.told.read_text().endswith("\x1e"))
        return self.told.read_text()[:-1]

    def tab(self, text):
        self.send(f"\x05\x15{text}")
        assert self.line() == text
        self.seen = ""
        self.send("\t")
        return self.line()

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.handle)


def bash_terminal(cwd, env, more=""):
    setup = (
        f"{more} source {shlex.quote(str(SCRIPTS / 'dlcli.bash'))}; bind 'set bell-style none'; "
        "bind -x '\"\\C-x\\C-d\": printf \"%s\\x1e\" \"$READLINE_LINE\" >FILE'; PS1='PROMPT'"
    )
    return Terminal([need("bash"), "--norc", "--noprofile", "-i"], setup, cwd, env)


def zsh_terminal(cwd, env, static=False):
    home = Path(env["HOME"]) / ("zsh-static" if static else "zsh")
    home.mkdir(exist_ok=True)
    functions = "" if not static else f"PATH={env['PATH']}; "
    (home / ".zshrc").write_text(f"fpath=({shlex.quote(str(SCRIPTS))} $fpath)\nautoload -U compinit\ncompinit -u -D\n")
    setup = (
        f"{functions}told() {{ printf '%s\\x1e' \"$BUFFER\" >FILE }}; zle -N told; bindkey '^X^D' told; "
        "bindkey '^U' kill-whole-line; unsetopt zle_bracketed_paste beep; LISTMAX=9999; PS1='PROMPT'"
    )
    return Terminal([need("zsh"), "-d", "-i"], setup, cwd, {**env, "ZDOTDIR": str(home)})


@pytest.fixture(scope="module")
def bash(place, settings):
    terminal = bash_terminal(place / "work", settings())
    yield terminal
    terminal.close()


@pytest.fixture(scope="module")
def zsh(place, settings):
    terminal = zsh_terminal(place / "work", settings())
    yield terminal
    terminal.close()
