"""The reporters beside the terminal: log.txt."""

import re

import pytest

from dlcli.core.errors import Exit, RunFailed, Stopped
from dlcli.core.events import EpochDone, Note, Reporters
from dlcli.ui import progress

DONE = EpochDone(1, 2, 36, {"train/loss": 0.5, "val/loss": 0.25}, 1e-3, 2.0, 100.0, True)


def test_the_log_holds_notes_epochs_and_what_ended_the_run(tmp_path):
    reporters, path = Reporters(), tmp_path / "log.txt"
    reporters.emit(Note("said before there was a run"))
    progress.log_to(reporters, path)

    def train(error):
        with progress.until_end(reporters):
            reporters.emit(DONE)
            reporters.emit(Note("careful", "warning"))
            if error:
                raise error

    with pytest.raises(RunFailed, match="the loss is nan"):
        train(RunFailed("the loss is nan", "lower --lr"))
    with pytest.raises(KeyError, match="a bug"):
        train(KeyError("a bug"))
    with pytest.raises(Stopped, match="everything is saved"):
        train(Stopped(Exit.INTERRUPTED, "stopped; everything is saved"))
    train(None)
    text = re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", "", path.read_text(), flags=re.MULTILINE)
    line = "epoch 1/2 *  step 36  train/loss 0.5000  val/loss 0.2500  lr 0.001  100/s  2.0 s\nwarning: careful\n"
    begin, bug, rest = re.split(r"^(failed: Traceback [^$]+?^KeyError: 'a bug'\n)", text, flags=re.MULTILINE)
    expected = f"said before there was a run\n{line}failed: the loss is nan\n  → lower --lr\n{line}"
    assert begin == expected
    assert "raise error" in bug
    assert rest == f"{line}stopped; everything is saved\n{line}"


def test_a_log_that_cannot_be_written_does_not_hide_the_failure(tmp_path):
    reporters = Reporters()
    progress.log_to(reporters, tmp_path / "gone" / "log.txt")
    with pytest.raises(RunFailed, match="no space"), progress.until_end(reporters):
        raise RunFailed("no space left")
