"""Completion in the real shells: bash, zsh and fish must be installed; a missing one fails, it does not skip."""

import fcntl
import json
import os
import pty
import re
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import time
from functools import partial
from itertools import takewhile
from pathlib import Path

import pytest

from dlcli.backends import completion
from dlcli.core import names, shipped
from dlcli.core.schemas.catalog import COMMAND_SCHEMAS

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
    "dlcli boost trace ": {"adaboost", "gradient", "xgboost", "logistic"},
    "dlcli embed bpe ": {"fit", "encode", "decode", "trace"},
    "dlcli boost trace ten --example ": {"ten", "line", "students"},
    "dlcli boost trace ten --loss ": {"auto", "squared", "absolute", "log"},
    "dlcli train --ep": {"--epochs"},
    "dlcli train --p": {"--precision", "--print-config"},
    "dlcli train X optim.lr": {"optim.lr="},
    "dlcli train X optim.name=ad": {f"optim.name={n}" for n in OPTIMIZERS},
    "dlcli train X optim.name=adamw": {"optim.name=adamw"},
    "dlcli train X seed=1 optim.name=rm": {"optim.name=rmsprop"},
    "dlcli train X optim.nesterov=": {"optim.nesterov=true", "optim.nesterov=false"},
    "dlcli train X data.aug": {"data.augment+="},
    "dlcli train X data.augment+=fl": {"data.augment+=flip"},
    "dlcli train X model.name=lene": {"model.name=lenet5"},
    "dlcli train X model.name=resnet1": {f"model.name=resnet{n}" for n in ("18", "101", "110", "152")},
    "dlcli train X model.args.po": {"model.args.pool="},
    "dlcli train X data.train=dig": {"data.train=digits"},
    "dlcli train X device.name=cuda:": {"device.name=cuda:0"},
    "dlcli train X --device cu": {"cuda", "cuda:0"},
    "dlcli train X --device cuda:": {"cuda:0"},
    "dlcli train X --device=cuda:": {"--device=cuda:0"},
    "dlcli train X --precision b": {"bf16"},
    "dlcli train --data dig": {"digits"},
    "dlcli train --data torchvision:CIF": {"torchvision:CIFAR10", "torchvision:CIFAR100"},
    "dlcli train X data.augment+=mix": {"data.augment+=mixup"},
    "dlcli train --resume R optim.lr": {"optim.lr="},
    "dlcli train --resume=R optim.lr": {"optim.lr="},
    "dlcli train X --ev": {"--events"},
    "dlcli train classify/lenet-digits data.image.si": {"data.image.size_px="},
    "dlcli train classify/lenet-digits schedule.name=cosi": {"schedule.name=cosine"},
    "dlcli predict M --st": {"--stamp"},
    "dlcli predict M --dep": {"--depfile"},
    "dlcli evaluate M --dep": {"--depfile"},
    "dlcli predict M --set to": {"top="},
    "dlcli predict M --set device.name=m": {"device.name=mps"},
    "dlcli predict torchvision:vit_b": {"torchvision:vit_b_16", "torchvision:vit_b_32"},
    "dlcli evaluate M --part t": {"train", "test"},
    "dlcli evaluate M --set part=va": {"part=val"},
    "dlcli evaluate M --data dig": {"digits"},
    "dlcli data preview digits -r classify/lenet --set optim.lr": {"optim.lr="},
    "dlcli data convert digits fo": {"folder:"},
    "dlcli describe lene": {"lenet5"},
    "dlcli describe --list t": {"torchvision", "timm"},
    "dlcli recipes ": {"ls", "show", "cp", "check", "keys", "schema"},
    "dlcli recipes keys ": {"classify", *COMMAND_SCHEMAS},
    "dlcli boost fi": {"fit"},
    "dlcli boost fit --meth": {"--method"},
    "dlcli boost fit --method xg": {"xgboost"},
    "dlcli boost fit x.csv --set early": {"early_stop="},
    "dlcli boost fit x.csv --set model.min_g": {"model.min_gain="},
    "dlcli boost predict x.csv --unseen w": {"warn"},
    "dlcli boost fit breast": {"breast-cancer"},
    "dlcli boost cascade re": {"report"},
    "dlcli boost cascade fit x --set most": {"most_features="},
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
    "dlcli train my.yaml optim.lr": {"optim.lr="},
    "dlcli train --resume runs/classify/mlp-2 optim.lr": {"optim.lr="},
}
# What is on the line after one Tab, where there is one answer or a beginning that all answers share.
TYPED = {
    "dlcli visu": "dlcli visualize ",
    "dlcli train X optim.lr": "dlcli train X optim.lr=",
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
    "dlcli predict M a\\ fo": "dlcli predict M a\\ folder/",
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


def ask_bash(lines, cwd, env, breaks=BREAKS):
    """Return what the function offers for each line, called as bash calls it."""
    calls = []
    for line in lines:
        words = [*re.findall(r"[=:]|[^\s=:]+", line), *([""] if line.endswith(" ") else [])]
        calls.append(
            f"COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)} COMP_WORDS=({shlex.join(words)})\n"
            f"COMP_CWORD={len(words) - 1} COMPREPLY=()\n_dlcli dlcli\nprintf '%s\\x1f' \"${{COMPREPLY[@]}}\"\necho"
        )
    start = f"COMP_WORDBREAKS={shlex.quote(breaks)}; source {shlex.quote(str(SCRIPTS / 'dlcli.bash'))}\n"
    done = subprocess.run(
        [need("bash"), "--norc", "--noprofile", "-c", start + "\n".join(calls)],
        cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert not done.stderr
    return [{w for w in line.split("\x1f") if w} for line in done.stdout.splitlines()]


def after_break(line, word):
    """Return what readline wants of a candidate: what stands after the last break of the word typed."""
    typed = line.rpartition(" ")[2]
    return word[max(typed.rfind(c) for c in "=:@") + 1 :]


def shared(words):
    """Return the beginning that all words share."""
    return "".join(letters[0] for letters in takewhile(lambda c: len(set(c)) == 1, zip(*words, strict=False)))


def listed(terminal, words):
    return all(word in terminal.seen for word in words)


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
        self.handle, self.end = pty.openpty()
        attach = ["/bin/sh", "-c", 'tty=$1; shift; exec "$@" <"$tty" >"$tty" 2>&1', "sh", os.ttyname(self.end)]
        self.shell = subprocess.Popen([*attach, *words], cwd=cwd, env=env, start_new_session=True)
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
        self.shell.kill()
        self.shell.wait()
        os.close(self.end)
        os.close(self.handle)


def bash_terminal(cwd, env):
    setup = (
        f"source {shlex.quote(str(SCRIPTS / 'dlcli.bash'))}; bind 'set bell-style none'; "
        'bind -x \'"\\C-x\\C-d": printf "%s\\x1e" "$READLINE_LINE" >FILE\'; PS1=\'PROMPT\''
    )
    return Terminal([need("bash"), "--norc", "--noprofile", "-i"], setup, cwd, env)


def zsh_terminal(cwd, env, static=False):
    home = Path(env["HOME"]) / ("zsh-static" if static else "zsh")
    home.mkdir(exist_ok=True)
    path = f"PATH={env['PATH']}; " if static else ""
    (home / ".zshrc").write_text(f"fpath=({shlex.quote(str(SCRIPTS))} $fpath)\nautoload -U compinit\ncompinit -u -D\n")
    setup = (
        f"{path}told() {{ printf '%s\\x1e' \"$BUFFER\" >FILE }}; zle -N told; bindkey '^X^D' told; "
        "bindkey '^U' kill-whole-line; unsetopt zle_bracketed_paste beep; LISTMAX=9999; PS1='PROMPT'"
    )
    start = "/usr/bin:/bin" if static else env["PATH"]
    return Terminal([need("zsh"), "-d", "-i"], setup, cwd, {**env, "PATH": start, "ZDOTDIR": str(home)})


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


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_accepts_its_script(shell):
    done = subprocess.run([need(shell), "-n", SCRIPTS / completion.FILES[shell]], capture_output=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_committed_scripts_are_what_is_generated(seed, dlcli, tmp_path):
    checked = dlcli("completion", "generate", "--check", env={"PYTHONHASHSEED": seed})
    assert checked.code == 0, f"{checked.stderr}\nrun: python -m dlcli completion generate --write completions"
    written = dlcli("completion", "generate", "--write", tmp_path, "--json", env={"PYTHONHASHSEED": seed})
    assert set(written.json()["files"]) == set(SHELLS)
    for file in completion.FILES.values():
        assert (tmp_path / file).read_bytes() == (SCRIPTS / file).read_bytes()


def test_drift_exits_7_and_names_the_script(run_inprocess, tmp_path, monkeypatch):
    old = tmp_path / "old"
    shutil.copytree(SCRIPTS, old)
    script = old / "dlcli.fish"
    script.write_text(script.read_text().replace("'--epochs'", "'--epoch'"))
    monkeypatch.setattr(shipped, "folder", lambda name: old)
    result = run_inprocess("completion", "generate", "--check")
    assert result.code == 7
    assert "dlcli.fish" in result.stderr
    assert "dlcli.bash" not in result.stderr
    script.write_text("no marks")
    assert run_inprocess("completion", "generate", "--check").code == 3
    assert run_inprocess("completion", "generate").code == 2


@pytest.mark.parametrize("static", [True, False])
def test_bash_offers(static, place, settings):
    cases = {**STATIC, "dlcli train X ~optim.lr": {"~optim.lr"}} if static else DYNAMIC
    answers = ask_bash(cases, place / "work", settings(static))
    wanted = [{after_break(line, w) for w in words} for line, words in cases.items()]
    assert dict(zip(cases, answers, strict=True)) == dict(zip(cases, wanted, strict=True))


@pytest.mark.parametrize("static", [True, False])
def test_fish_offers(static, place, settings):
    cases = {**STATIC, "dlcli train X ~optim.lr": {"~optim.lr"}} if static else DYNAMIC
    answers = ask_fish(cases, place / "work", settings(static))
    assert dict(zip(cases, answers, strict=True)) == cases


def test_files_and_folders_are_offered_where_they_fit(place, settings):
    lines = ["dlcli train --out ", "dlcli train X --stamp do", "dlcli train X data.train=csv:la", "dlcli predict M r."]
    found = dict(zip(lines, ask_fish(lines, place / "work", settings()), strict=True))
    assert found == {
        lines[0]: {"a folder/", "photos/", "runs/"},
        lines[1]: {"done.txt"},
        lines[2]: {"data.train=csv:labels.csv"},
        lines[3]: {"r.png"},
    }
    begun = ["dlcli train X --epochs ", "dlcli train X optim.lr=", "dlcli trane "]
    assert ask_fish(begun, place / "work", settings()) == [set(), set(), set()]


def test_bash_gives_whole_words_when_the_user_dropped_the_breaks(place, settings):
    lines = ["dlcli train X optim.name=rm", "dlcli train X --device=cuda:", "dlcli train X data.train=pho"]
    breaks = BREAKS.replace("=", "").replace(":", "")
    found = ask_bash(lines, place / "work", settings(), breaks)
    assert found == [{"optim.name=rmsprop"}, {"--device=cuda:0"}, {"data.train=photos/"}]


def test_every_command_is_offered(place, settings):
    every = {c.name for c in names.COMMANDS}
    assert ask_bash(["dlcli "], place / "work", settings(static=True)) == [every]
    assert ask_fish(["dlcli "], place / "work", settings(static=True)) == [every]


def test_bash_at_a_terminal(bash):
    assert {line: bash.tab(line) for line in TYPED} == TYPED
    bash.send("\x15printf '%q\\n' \"$COMP_WORDBREAKS\" >breaks.txt\r")
    said = Path(bash.told.parent.parent / "work" / "breaks.txt")
    bash.until(lambda: said.exists() and said.read_text().endswith("\n"))
    assert said.read_text() == "$' \\t\\n\"\\'@><=;|&(:'\n"


def test_zsh_at_a_terminal(zsh):
    assert {line: zsh.tab(line) for line in TYPED} == TYPED


@pytest.mark.parametrize("cases", [STATIC, DYNAMIC], ids=["static", "dynamic"])
def test_zsh_offers(cases, zsh):
    for line, words in cases.items():
        got = zsh.tab(line)
        head = line[: len(line) - len(line.rpartition(" ")[2])]
        if len(words) == 1:
            (word,) = words
            assert got == head + word + ("" if word.endswith(("=", ":")) else " ")
            continue
        assert got == head + shared(words)
        if len(got) > len(line):
            zsh.send("\t")  # the first Tab wrote what all have in common; the next one lists
        zsh.until(partial(listed, zsh, {after_break(line, w) for w in words}))


def test_zsh_without_python(place, settings):
    terminal = zsh_terminal(place / "work", settings(static=True), static=True)
    try:
        lines = [line for line, words in STATIC.items() if len(words) == 1]
        assert [terminal.tab(line).rstrip() for line in lines] == [
            line[: line.rindex(" ") + 1] + next(iter(STATIC[line])) for line in lines
        ]
    finally:
        terminal.close()


@pytest.mark.parametrize("shell", SHELLS)
def test_show_prints_the_packaged_script(shell, run_inprocess):
    text = (SCRIPTS / completion.FILES[shell]).read_text()
    assert run_inprocess("completion", shell).stdout == text
    document = run_inprocess("completion", shell, "--json").json()
    assert (document["command"], document["text"]) == (f"completion {shell}", text)


@pytest.mark.parametrize("shell", SHELLS)
def test_install_writes_one_file(shell, run_inprocess, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SHELL", f"/somewhere/{shell}")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    result = run_inprocess("completion", "install")
    assert result.code == 0
    path = home / ".local" / "share" / completion.PLACES[shell]
    assert [p for p in home.rglob("*") if p.is_file()] == [path]
    assert path.read_text() == (SCRIPTS / completion.FILES[shell]).read_text()
    assert str(path) in result.stdout
    then = {"bash": f"source {path}", "zsh": f"fpath=({path.parent} $fpath)", "fish": "new shells"}
    assert then[shell] in result.stderr
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    again = run_inprocess("completion", "install", shell, "--json")
    assert again.json()["files"] == {"script": str(tmp_path / "data" / completion.PLACES[shell])}
    assert again.stderr == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_a_new_shell_finds_what_was_installed(shell, dlcli, settings, place, monkeypatch):
    """After ``completion install`` and, where it says so, the line it asks for."""
    env = settings()
    done = dlcli("completion", "install", shell, env={k: env[k] for k in ("HOME", "XDG_DATA_HOME")})
    assert done.code == 0
    line = done.stderr.strip().rpartition(": ")[2]
    if shell == "fish":
        words = [need("fish"), "-c", "complete -C 'dlcli visu'"]
        done = subprocess.run(
            words, cwd=place, env=env, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
        )
        assert done.stdout.startswith("visualize\t")
    elif shell == "bash":
        assert line.startswith("source ")
        program = f"{line}\ncomplete -p dlcli\nCOMP_LINE='dlcli visu' COMP_POINT=10\n_dlcli dlcli\necho \"$COMPREPLY\""
        words = [need("bash"), "--norc", "--noprofile", "-c", program]
        done = subprocess.run(words, cwd=place, env=env, capture_output=True, text=True, timeout=60)
        assert done.stdout.splitlines()[1:] == ["visualize"]
        assert "-F _dlcli dlcli" in done.stdout
    else:
        assert line.startswith("fpath=(")
        monkeypatch.setattr(sys.modules[__name__], "SCRIPTS", Path(line[len("fpath=(") : line.rindex(" $fpath")]))
        terminal = zsh_terminal(place / "work", env)
        try:
            assert terminal.tab("dlcli visu") == "dlcli visualize "
        finally:
            terminal.close()


@pytest.mark.parametrize("shell", SHELLS)
def test_without_its_python_dlcli_is_still_completed(shell, place, settings, tmp_path):
    """Where dlcli is there but cannot start, lists and recipe keys are offered, and no error is seen."""
    broken = tmp_path / "bin" / "dlcli"
    broken.parent.mkdir()
    broken.write_text("#!/nosuch/python\n")
    broken.chmod(0o755)
    env = {**settings(static=True), "PATH": str(broken.parent)}
    lines = {"dlcli train classify/x optim.name=adamw": {"optim.name=adamw"}, "dlcli visu": {"visualize"}}
    work = place / "work"
    if shell == "zsh":
        terminal = zsh_terminal(work, env, static=True)
        try:
            assert [terminal.tab(line) for line in lines] == [
                "dlcli train classify/x optim.name=adamw ",
                "dlcli visualize ",
            ]
            assert terminal.tab("dlcli runs show runs/n") == "dlcli runs show runs/n"
            assert "nosuch" not in terminal.seen
        finally:
            terminal.close()
        return
    ask = {"bash": ask_bash, "fish": ask_fish}[shell]
    asked = [*lines, "dlcli runs show runs/n"]  # asks dlcli itself, which cannot answer; asserts an empty stderr too
    wanted = [*lines.values(), set()]
    if shell == "bash":
        wanted = [{after_break(line, w) for w in words} for line, words in zip(asked, wanted, strict=True)]
    assert ask(asked, work, env) == wanted


def test_install_refuses_other_shells(run_inprocess, monkeypatch):
    result = run_inprocess("completion", "install", "tcsh")
    assert result.code == 2
    assert "bash, zsh, fish" in result.stderr
    monkeypatch.delenv("SHELL", raising=False)
    assert run_inprocess("completion", "install").code == 2


def test_complete_answers(dlcli, place):
    work = place / "work"
    rows = [line.split("\t") for line in dlcli("__complete", "recipes", "classify/le", cwd=work).stdout.splitlines()]
    assert [r[0] for r in rows] == sorted(r for r in shipped.recipe_files() if r.startswith("classify/le"))
    assert all(len(r) == 2 and r[1] for r in rows)
    rows = [line.split("\t") for line in dlcli("__complete", "runs", cwd=work).stdout.splitlines()]
    assert {r[0] for r in rows} == RUNS
    assert all(r[1].startswith("unfinished, ") for r in rows)
    assert dlcli("__complete", "runs", "./runs/classify/m", cwd=work).stdout.startswith("./runs/classify/mlp-2\t")
    for words in ([], ["nonsense", "x"], ["runs", "nowhere/x"], ["runs", "/"]):
        result = dlcli("__complete", *words, cwd=place / "nothing")
        assert (result.stdout, result.stderr, result.code) == ("", "", 0)


def test_complete_imports_next_to_nothing(place, child_env):
    program = (
        "import sys; bare = set(sys.modules); from dlcli.__main__ import main\n"
        "main(['__complete', 'recipes']); main(['__complete', 'runs', 'r'])\n"
        "import json; print(json.dumps(sorted(set(sys.modules) - bare)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=place / "work", env=child_env(), capture_output=True, text=True, timeout=60
    )
    loaded = {name.partition(".")[0] for name in json.loads(done.stderr)}
    assert done.stdout
    assert not loaded & {"typer", "rich", "yaml", "pydantic", "torch", "numpy", "pathlib", "dataclasses", "click"}
