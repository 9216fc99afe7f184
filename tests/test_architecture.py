"""The layers of the design, read from the imports; and what is left unimported by what is cheap."""

import ast
import json
import subprocess
import sys
import typing
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import dlcli
from dlcli.core import names

ROOT = Path(dlcli.__file__).resolve().parent
FILES = {
    ".".join(("dlcli", *p.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): p
    for p in sorted(ROOT.rglob("*.py"))
}
UNDER_UI = {"ops", "core", "engine", "models", "data", "metrics", "methods", "tasks"}
MAY_IMPORT = {
    "core": {"core"},
    "ops": {"core"},
    "engine": {"ops", "core"},
    "models": {"ops", "core"},
    "data": {"ops", "core"},
    "metrics": {"ops", "core"},
    "methods": {"engine", "ops", "core"},
    "tasks": {"methods", "models", "data", "metrics", "engine", "ops", "core"},
    "backends": UNDER_UI | {"ui"},
    "ui": {"core"},
    "cli": {"core"},
    "__main__": {"cli", "core"},
}
LONGER_THAN_400_LINES: set[str] = set()
HEAVY = ("torch", "torchvision", "timm", "numpy", "scipy", "sklearn", "pandas", "PIL", "gensim", "nltk", "matplotlib")


def layer_of(module):
    return module.split(".")[1] if "." in module else "dlcli"


def imports(module):
    """Return (imported name, whether it stands in a function, whether only a type checker sees it)."""
    found = []

    def walk(node, inside, checked):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend((a.name, inside, checked) for a in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{module} has a relative import"
                for a in child.names:
                    whole = f"{child.module}.{a.name}"
                    found.append((whole if whole in FILES else child.module, inside, checked))
            else:
                function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
                walk(child, inside or function, checked or typing_only)

    walk(ast.parse(FILES[module].read_text(encoding="utf-8")), False, False)
    return found


def command_of(module):
    """Return the command a module of cli or backends belongs to: ``boost`` of ``backends.boost_trace``."""
    return module.rpartition(".")[2].partition("_")[0]


def own_imports(module):
    return [(n, inside, checked) for n, inside, checked in imports(module) if n.split(".")[0] == "dlcli"]


def test_the_walk_sees_what_it_should():
    assert {layer_of(m) for m in FILES} <= {*MAY_IMPORT, "dlcli"}
    assert ("dlcli.backends.train", True, False) in imports("dlcli.cli.train")
    assert ("torch", False, False) in imports("dlcli.backends.device")


@pytest.mark.parametrize("module", FILES)
def test_a_module_imports_only_what_its_layer_may(module):
    layer = layer_of(module)
    for name, inside, _ in own_imports(module):
        target = layer_of(name)
        if target == "dlcli":  # the version
            continue
        same_command = name.startswith("dlcli.backends.") and command_of(name) == command_of(module)
        if layer == "cli" and inside and (target == "ui" or same_command):
            continue
        if target == layer and (layer != "backends" or same_command):
            continue
        assert target in MAY_IMPORT.get(layer, set()) - ({"backends"} & {layer}), f"{module} imports {name}"


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_the_imports_inside_a_layer_are_acyclic(layer):
    graph = {
        m: {n for n, inside, checked in own_imports(m) if layer_of(n) == layer and n != m and not (inside or checked)}
        for m in FILES
        if layer_of(m) == layer
    }
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("module", FILES)
def test_who_may_import_which_library(module):
    used = {n.split(".")[0] for n, _, _ in imports(module)}
    assert not used & {"click", "requests", "httpx", "pickle", "cv2", "ultralytics"}
    if layer_of(module) != "ui":
        assert not used & {"rich", "matplotlib"}
    if layer_of(module) != "cli" and module != "dlcli.backends.completion_table":  # which reads Typer's own tree
        assert "typer" not in used


def test_nothing_is_evaluated_or_imported_by_a_name_a_user_gave():
    for module, path in FILES.items():
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        called = {ast.unparse(c.func) for c in calls}
        assert not called & {"eval", "exec", "compile", "__import__", "os.system"}, module
        assert "import_module" not in called or module == "dlcli.cli.app", module


def test_no_file_is_long_and_none_is_a_drawer():
    long = {m for m, p in FILES.items() if len(p.read_text(encoding="utf-8").splitlines()) > 400}
    assert long == LONGER_THAN_400_LINES
    drawers = {"utils", "util", "helpers", "helper", "misc", "common"}
    assert not [m for m in FILES if drawers & set(m.split("."))]


def python(code, child_env, *, cwd, path=(), **env):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, check=False, capture_output=True, text=True, timeout=120,
        env=child_env(**env, **({"PYTHONPATH": ":".join([*path, str(ROOT.parent)])} if path else {})),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


EMBED = tuple(m.rpartition(".")[2] for m in FILES if m.startswith("dlcli.backends.embed_"))
TORCH_FREE = (
    "core",
    "ui",
    "cli",
    "ops.pictures",
    "ops.tokens",
    "ops.masks",
    "data.tables",
    "data.table_files",
    "data.text",
    "data.images",
)
TORCH_FREE += tuple(f"methods.{m}" for m in ("ensembles", "adaboost", "haar", "cascade", "bpe", "counts"))
TORCH_FREE += tuple(
    f"methods.{m}" for m in ("haar_boost", *(f"cascade_{n}" for n in ("run", "scan", "xml", "mine", "fit", "store")))
)
TORCH_FREE += ("data.patches", "ops.boxes", "ops.sentences", "ops.word_matrix", "ops.word_vectors", "ops.remember")
TORCH_FREE += tuple(
    f"data.{m}" for m in ("corpus", "vectors", "count_tables", "nltk_data", "word_lists", "word_questions", "row_files")
)
TORCH_FREE += tuple(f"data.vectors_{m}" for m in ("looks", "rows", "text", "binary", "arrays", "npz", "safetensors"))
TORCH_FREE += tuple(
    f"methods.{m}"
    for m in (
        *("bpe_apply", "counts_svd", "documents", "pairs", "glove", "word2vec_gensim", "word2vec_loss"),
        *("word_queries", "word_evaluation", "word_pairs", "sentence_vectors"),
        *("stems", "lemmas", "stopwords", "tagger", "tagger_rules", "tagger_perceptron"),
    )
)
TORCH_FREE += tuple(
    f"backends.{m}"
    for m in ("boost", "embed", *EMBED, "recipes", "runs", "data", "completion", "boost_cascade", "detect")
)
TORCH_FREE += ("backends.visualize_kernel", "backends.visualize_curves", "backends.visualize_writer", "ops.filtering")


def test_what_never_imports_torch(tmp_path, child_env):
    there = [m for m in FILES if any(f"{m}.".startswith(f"dlcli.{free}.") for free in TORCH_FREE)]
    code = (
        "import importlib, json, sys\nguilty = []\n"
        f"for m in {there!r}:\n"
        "    importlib.import_module(m)\n"
        "    if {'torch', 'torchvision', 'timm'} & sys.modules.keys():\n        guilty.append(m); break\n"
        "print(json.dumps(guilty))"
    )
    assert len(there) > 40
    assert json.loads(python(code, child_env, cwd=tmp_path)) == []


CHEAP = [
    (["--help"], 0),
    (["-h"], 0),
    (["--version"], 0),
    ([], 0),
    (["nosuch"], 2),
    (["train"], 2),
    (["train", "--nosuch"], 2),
    (["train", "--help"], 0),
    (["predict", "-h"], 0),
    (["data", "check", "--help"], 0),
    (["evaluate", "x", "--fail-under", "y"], 2),
    (["train", "bad.yaml"], 2),
    (["train", "classify/lenet-digits", "optim.lrr=1", "--json"], 2),
    (["train", "nosuch"], 2),
    (["train", "classify/mlp", "--data", "x/", "--print-config"], 0),
    (["train", "classify/mlp-digits", "--show-origin"], 0),
    (["recipes", "ls"], 0),
    (["recipes", "keys", "classify"], 0),
    (["recipes", "check", "bad.yaml"], 2),
    (["gan"], 2),
    (["runs", "ls"], 0),
    (["boost"], 2),
    (["boost", "--help"], 0),
    (["boost", "fit", "--help"], 0),
    (["boost", "fit", "x.csv", "--method", "xgbost"], 2),
    (["boost", "fit", "-r", "boost/xgboost", "x.csv", "--print-config"], 0),
    (["embed"], 2),
    (["adapt"], 4),
    (["visualize"], 2),
    (["visualize", "gradcam", "--help"], 0),
    (["visualize", "gradcam", "x.png", "--opacity", "2"], 2),
    (["predict", "m", "--top", "x"], 2),
    (["evaluate", "m", "--set", "bin=3"], 2),
    (["export", "m", "-o", "x.bin"], 2),
    (["__complete"], 0),
    (["__complete", "recipes", "classify/le"], 0),
    (["__complete", "runs", ""], 0),
]


@pytest.mark.parametrize(("words", "code"), CHEAP, ids=[" ".join(w) for w, _ in CHEAP])
def test_what_is_cheap_imports_nothing_heavy(tmp_path, child_env, words, code):
    (tmp_path / "bad.yaml").write_text("task: classify\nnoise: 1\n")
    run = (
        f"import sys\nfrom dlcli.__main__ import main\ncode = 0\ntry:\n    main({words!r})\n"
        "except SystemExit as end:\n    code = int(end.code or 0)\n"
        f"print('\\n', code, [m for m in {HEAVY!r} if m in sys.modules])"
    )
    printed = python(run, child_env, cwd=tmp_path).splitlines()[-1].strip()
    assert printed == f"{code} []"


def test_the_version_and_root_help_import_little(tmp_path, child_env):
    counts = []
    for words in (["--version"], ["--help"]):
        code = f"import sys\nfrom dlcli.__main__ import main\ntry: main({words!r})\nexcept SystemExit: pass\n"
        code += "print(len(sys.modules))"
        counts.append(int(python(code, child_env, cwd=tmp_path, TYPER_USE_RICH="0").splitlines()[-1]))
    bare = int(python("import sys; print(len(sys.modules))", child_env, cwd=tmp_path))
    assert counts[0] < bare + 70
    assert counts[1] < bare + 340


def test_a_real_look_at_data_needs_no_torch(tmp_path, child_env, photo_folder):
    words = [
        ["data", "check", str(photo_folder)],
        ["data", "ls"],
        ["data", "convert", "digits", "folder:d"],
        ["recipes", "ls"],
    ]
    code = f"import sys\nfrom dlcli.__main__ import run\nfor w in {words!r}:\n    assert run(w) == 0, w\n"
    code += "print('torch' in sys.modules)"
    assert python(code, child_env, cwd=tmp_path).splitlines()[-1] == "False"


@pytest.fixture
def without_torch(tmp_path, dlcli):
    stub = tmp_path / "stub" / "torch"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')\n")
    return lambda *words: dlcli(*words, env={"PYTHONPATH": f"{stub.parent}:{ROOT.parent}"})


def test_a_bad_recipe_is_told_before_torch_is_missed(without_torch, tmp_path):
    (tmp_path / "bad.yaml").write_text("task: classify\nmodel: {name: mlp}\ndata: {train: digits}\nnoise: 1\n")
    result = without_torch("train", "bad.yaml")
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith("dlcli: bad.yaml:4:1: noise: unknown key")


@pytest.mark.parametrize("words", [["train", "classify/mlp-digits"], ["predict", "imagenet", "x.png"], ["device"]])
def test_without_torch_one_line_says_what_is_missing(without_torch, words, tmp_path):
    result = without_torch(*words)
    assert (result.code, result.stdout) == (4, "")
    assert result.stderr.splitlines()[0] == "dlcli: the Python package 'torch' is not installed"
    assert "pip install torch" in result.stderr
    assert "Traceback" not in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["stub"]


@pytest.mark.parametrize(
    "words", [["train", "--help"], ["data", "check", "digits"], ["train", "classify/mlp-digits", "--print-config"]]
)
def test_without_torch_the_rest_works(without_torch, words):
    assert without_torch(*words).code == 0


# What names.py lists for help and completion is what the code knows.


def test_the_commands_that_still_exit_4(run_inprocess):
    unbuilt = {c.name for c in names.COMMANDS if not c.built}
    assert unbuilt == {"adapt", "segment", "translate", "stylize"}
    for name in sorted(unbuilt):
        result = run_inprocess(name, "fit", "--anything", "x")
        assert (result.code, result.stdout) == (4, "")
        assert f"dlcli {name} is not built yet; built so far: boost, train, " in result.stderr


def test_each_built_command_has_its_module_and_its_backend():
    for command in names.COMMANDS:
        assert (f"dlcli.cli.{command.name}" in FILES) == command.built
        assert (f"dlcli.backends.{command.name}" in FILES) == command.built


def test_own_networks_have_arguments_and_builders():
    from dlcli.core.schemas.models import ARGS
    from dlcli.models import catalog, own

    assert names.OWN_MODELS.keys() == ARGS.keys()
    for name in names.OWN_MODELS:
        size_px = (own.typical(name).size_px,) * 2
        module = catalog.skeleton(name, channels=1, size_px=size_px, classes=3, args=ARGS[name]().model_dump())
        assert sum(p.numel() for p in module.parameters()) > 0


def test_torchvision_has_these_classifiers():
    from torchvision import models

    assert set(names.TORCHVISION_CLASSIFIERS) == set(models.list_models(module=models))
    assert len(names.TORCHVISION_CLASSIFIERS) == len(set(names.TORCHVISION_CLASSIFIERS))


def test_the_activations_are_the_same_everywhere():
    from dlcli.core.schemas.models import Activation
    from dlcli.models.layers import ACTIVATIONS

    assert names.ACTIVATIONS == typing.get_args(Activation) == tuple(ACTIVATIONS)


def test_tasks_data_kinds_and_builtins_open():
    from dlcli.core import sources
    from dlcli.core.errors import MissingError
    from dlcli.core.schemas.catalog import schema_of
    from dlcli.data import build

    for task, built in names.TASKS.items():
        if built:
            assert schema_of(task, training=True).model_fields["task"].default == task
        else:
            with pytest.raises(MissingError, match=f"training task '{task}' is not built yet"):
                schema_of(task, training=True)
    assert set(sources.OPTIONS) == set(names.DATA_KINDS)
    for name in names.BUILTINS:
        assert len(build.find(sources.parse(name)).pictures) > 0
