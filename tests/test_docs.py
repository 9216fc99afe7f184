"""Every command in README and help runs as written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from visual_toys import photo

from dlcli.core.names import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(text):
    """Return the shell lines of the README, without those that install or are this very test run."""
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    return [line for line in lines if line.strip() and not line.startswith(("pip install", "pytest"))]


@pytest.fixture(scope="module")
def shell(tmp_path_factory, photo_folder):
    """A folder with photos/ and cat.png in it, and a `dlcli` on PATH that is this very one."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "photos").symlink_to(photo_folder)
    photo("chelsea", folder).rename(folder / "cat.png")
    (folder / "bin").mkdir()
    shim = folder / "bin/dlcli"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dlcli "$@"\n')
    shim.chmod(0o755)

    def call(line, env):
        path = os.pathsep.join([str(shim.parent), env["PATH"]])
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            env={**env, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return call


@pytest.mark.slow
def test_readme_commands_in_order(shell, child_env):
    lines = commands(README)
    assert len(lines) > 15
    for line in lines:
        done = shell(line, child_env())
        # `… | head` closes the pipe early, which is 141 by design.
        assert done.returncode in ((0, 141) if "| head" in line else (0,)), f"{line}\n{done.stderr}"


def test_readme_names_every_command_and_its_status():
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)$", README, re.MULTILINE))
    assert set(rows) == {c.name for c in COMMANDS}
    for command in COMMANDS:
        assert ("not built yet" in rows[command.name]) == (not command.built), command.name


def test_readme_pictures_exist_and_ask_for_nothing():
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).stat().st_size > 10_000
    svg = (ROOT / "docs/terminal.svg").read_text(encoding="utf-8")
    assert "train/loss" in svg
    assert "url(http" not in svg


def test_changelog_has_the_version():
    from dlcli import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
