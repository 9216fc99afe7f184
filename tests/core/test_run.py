import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from dlcli.core import recipe as recipes
from dlcli.core import resume, run
from dlcli.core.errors import DataError, ModelError, RecipeError, UsageError
from dlcli.core.run import Run


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def filled(path, started=1.0):
    path.mkdir(parents=True)
    (path / "recipe.yaml").write_text("task: classify\n")
    (path / "env.json").write_text(json.dumps({"started_s": started}))
    return path


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("classify/mlp-digits", "mlp-digits"),
        ("mine", "mine"),
        ("stdin", "stdin"),
        ("a/b/", "run"),
        ("my own", "my own"),
    ],
)
def test_a_run_is_named_by_recipe_and_number(folder, name, stem):
    made = [run.create(None, "classify", name).path.as_posix() for _ in range(3)]
    assert made == [f"runs/classify/{stem}-{n}" for n in (1, 2, 3)]
    assert run.planned(None, "classify", name).name == f"{stem}-4"
    assert all((folder / m).is_dir() for m in made)


def test_processes_that_begin_at_once_get_a_directory_each():
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda _: run.create(None, "classify", "x").path.name, range(20)))
    assert sorted(made) == sorted(f"x-{n}" for n in range(1, 21))


@pytest.mark.parametrize("out", ["new", "deep/er/new", "empty"])
def test_out_is_exact(folder, out):
    (folder / "empty").mkdir()
    assert str(run.create(out, "classify", "x").path) == out
    assert (folder / out).is_dir()
    assert not (folder / "runs").exists()


@pytest.mark.parametrize(("held", "what"), [("run", "holds another run"), ("other", "is not empty")])
def test_out_is_refused_when_something_is_there(folder, held, what):
    filled(folder / "run")
    (folder / "other").mkdir()
    (folder / "other" / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match=f"--out {held} {what}") as caught:
        run.create(held, "classify", "x")
    # Only a run is offered to be continued or moved aside; a folder of somebody's own is not.
    assert (f"--resume {held}" in caught.value.hint) == (held == "run")
    assert ("--force" in caught.value.hint) == (held == "run")


def test_force_moves_aside_and_never_deletes(folder):
    filled(folder / "a")
    (folder / "a~1").write_text("taken")
    for n in (2, 3):
        (folder / "a" / "mark").write_text(str(n))
        assert run.create("a", "classify", "x", force=True).path.is_dir()
        assert not any((folder / "a").iterdir())
        assert (folder / f"a~{n}" / "mark").read_text() == str(n)
    assert (folder / "a~2" / "recipe.yaml").is_file()
    assert (folder / "a~1").read_text() == "taken"


@pytest.mark.parametrize("out", [".", "..", "here"])
def test_force_does_not_move_the_folder_one_stands_in(folder, monkeypatch, out):
    (folder / "here" / "below").mkdir(parents=True)
    (folder / "here" / "mark").touch()
    monkeypatch.chdir(folder / "here" / "below" if out == ".." else folder / "here")
    (folder / "here" / "below" / "mark").touch()
    with pytest.raises(UsageError, match="is the folder you are in"):
        run.create(str(folder / "here") if out == "here" else out, "classify", "x", force=True)
    assert (folder / "here" / "mark").exists()


@pytest.mark.parametrize("force", [True, False])
def test_out_is_no_file(folder, force):
    (folder / "a").write_text("x")
    with pytest.raises(UsageError, match="--out a is a file, not a folder"):
        run.create("a", "classify", "x", force=force)
    with pytest.raises(DataError, match="cannot write a/b"):
        run.create("a/b", "classify", "x", force=force)
    assert (folder / "a").read_text() == "x"


def test_a_file_in_the_place_of_a_folder_is_told(folder):
    (folder / "runs").mkdir()
    (folder / "runs" / "classify").touch()
    with pytest.raises(DataError, match="cannot write runs/classify/x-1: File exists"):
        run.create(None, "classify", "x")
    with pytest.raises(DataError, match="cannot write n.*: File name too long"):
        run.create("n" * 300, "classify", "x")


def test_runs_are_found_oldest_first(folder):
    filled(folder / "runs/b/x-1", 2.0)
    filled(folder / "runs/a/x-2", 1.0)
    (folder / "runs/no").mkdir()
    (folder / "runs/no/recipe.yaml").touch()
    assert [r.path.as_posix() for r in run.all_runs()] == ["runs/a/x-2", "runs/b/x-1"]
    assert run.find("runs/a/x-2").is_run()
    with pytest.raises(ModelError, match="runs/no is no run directory"):
        run.find("runs/no")
    with pytest.raises(ModelError, match="runs/c does not exist"):
        run.find("runs/c")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"started_s": "x"}', "{", '{"started_s": null}'])
def test_a_run_with_a_broken_env_is_the_oldest(folder, text):
    filled(folder / "r")
    (folder / "r" / "env.json").write_text(text)
    assert run.started(Run(folder / "r")) == 0.0


def test_a_line_that_was_cut_off_does_not_hide_the_ones_before(folder):
    held = Run(filled(folder / "r"))
    assert held.history() == []
    held.metrics.write_text('{"epoch": 1}\n{"epoch": 2}\n{"epo')
    assert held.history() == [{"epoch": 1}, {"epoch": 2}]


def test_a_run_with_a_broken_recipe_is_told(folder):
    held = Run(filled(folder / "r"))
    held.recipe.write_text("- a")
    with pytest.raises(ModelError, match="recipe.yaml is broken: a recipe is a mapping"):
        run.recipe_tree(held)
    held.recipe.write_text("a: [")
    with pytest.raises(RecipeError, match="recipe.yaml:1:5: while parsing"):
        run.recipe_tree(held)


def test_the_environment_is_plain_and_holds_no_variables(monkeypatch):
    monkeypatch.setenv("MY_SECRET", "hunter2")
    held = json.dumps(run.environment(["train", "x"], "cpu"))
    assert json.loads(held)["command"] == ["dlcli", "train", "x"]
    assert json.loads(held)["directory"] == os.getcwd()
    assert set(json.loads(held)["versions"]) >= {"dlcli", "python", "torch", "numpy"}
    assert "hunter2" not in held


def changed(*words):
    before = recipes.resolve("classify/lenet-digits").recipe
    return resume.changes(before, recipes.resolve("classify/lenet-digits", words).recipe)


def test_what_may_change_when_a_run_goes_on():
    assert changed() == []
    found = changed("train.epochs=99", "optim.lr=0.5", "data.workers=1", "device.name=cpu", "schedule.warmup_steps=3")
    assert {c.key for c in found} == {
        "train.epochs",
        "optim.lr",
        "data.workers",
        "device.name",
        "schedule.warmup_steps",
    }
    assert [str(c).rpartition(" ")[2] for c in found if str(c).startswith("optim.lr: 0.0")] == ["0.5"]


@pytest.mark.parametrize(
    "word", ["model.args.pool=average", "seed=1", "optim.name=sgd", "train.batch=3", "data.val=0.3", "loss=mse"]
)
def test_what_may_not_change_is_refused_by_name(word):
    key = {"loss=mse": "loss.name"}.get(word, word.partition("=")[0])
    with pytest.raises(ModelError, match=f"the run cannot go on with another .*{key}") as caught:
        changed(word, "optim.lr=0.5")
    assert "optim.lr" not in caught.value.message
