"""Every shipped recipe: says what it is, holds no default, and trains for a step."""

import json

import numpy as np
import pytest
from cascade_toys import background, toys
from PIL import Image
from toy_tables import write_table

from dlcli.core import recipe as recipes
from dlcli.core import shipped
from dlcli.core.schemas.catalog import schema_of
from dlcli.core.typed import all_keys

FILES = shipped.recipe_files()
BOOST = [n for n in FILES if n.startswith("boost/")]
CASCADE = [n for n in FILES if n.startswith("cascade/")]
TRAIN = [n for n in FILES if n not in BOOST + CASCADE]
CHEAP = {
    "classify/resnet18": ["data.image.size_px=32"],
    "classify/resnet18-mixed": ["data.image.size_px=32"],
    "classify/transfer": ["data.image.size_px=32"],
    "classify/transfer-digits": ["data.image.size_px=32"],
}
ASKS = (
    "classify/lenet",
    "classify/linear",
    "classify/mlp",
    "classify/perceptron",
    "classify/resnet18",
    "classify/resnet18-mixed",
    "classify/transfer",
    *(f"boost/{n}" for n in ("adaboost", "bagging", "forest", "gradient", "hist", "stacking", "vote", "xgboost")),
)


def command_of(name):
    return "boost" if name in BOOST else "cascade" if name in CASCADE else "train"


@pytest.fixture(scope="session")
def digits_folder(tmp_path_factory):
    from PIL import Image

    from dlcli.data.builtin import digits

    root = tmp_path_factory.mktemp("digits_folder")
    for number, (picture, label) in enumerate(zip(*(part[:120] for part in digits.load()), strict=True)):
        (root / str(label)).mkdir(exist_ok=True)
        Image.fromarray(picture).save(root / str(label) / f"{number:03}.png")
    return root


@pytest.mark.parametrize("name", FILES)
def test_it_begins_with_what_it_is(name):
    first = FILES[name].read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert len(first) > 20
    base = f"extends: {name.partition('/')[0]}/"
    assert base in FILES[name].read_text(encoding="utf-8") or name in (*ASKS, *CASCADE)


@pytest.mark.parametrize("name", FILES)
def test_it_loads_and_asks_for_data_only_where_it_has_none(name):
    command = command_of(name)
    if name not in ASKS:
        assert recipes.resolve(name, command=command).notes == ()
        return
    with pytest.raises(recipes.RecipeError, match="data.train: this recipe asks for data") as caught:
        recipes.resolve(name, command=command)
    assert len(caught.value.problems) == 1
    assert recipes.resolve(name, [], {"data.train": ("--data x/", "x/")}, command=command).notes == ()


def defaults_of(resolved):
    """Return dotted key → default, the choices of this recipe first."""
    from dlcli.core.schemas.models import ARGS

    plain = recipes.plain(resolved.recipe)
    schema = schema_of(plain["task"], training=plain["task"] != "boost")
    found = {k: recipes.plain(default) for k, (_, default, _) in all_keys(schema).items()}
    boost = plain["task"] == "boost"
    for section in ("model",) if boost else ("loss", "optim", "schedule"):
        chosen = type(getattr(resolved.recipe, section))
        found |= {f"{section}.{k}": recipes.plain(v[1]) for k, v in all_keys(chosen).items() if k != "name"}
    arguments = None if boost else ARGS.get(plain["model"]["name"])
    if arguments:
        found |= {f"model.args.{k}": recipes.plain(v[1]) for k, v in all_keys(arguments).items()}
    return found


@pytest.mark.parametrize("name", CASCADE)
def test_a_recipe_of_cascades_holds_no_default_and_trains(name, run_inprocess, tmp_path):
    resolved = recipes.resolve(name, command="cascade")
    defaults = {k: recipes.plain(v[1]) for k, v in all_keys(schema_of("cascade")).items()}
    said = {k: v for k, v in recipes.plain(resolved.recipe).items() if k in recipes.read_file(FILES[name])}
    assert [k for k, v in said.items() if k != "schema" and defaults[k] == v] == []
    np.save(tmp_path / "faces.npy", toys(40) / 255)
    (tmp_path / "rest").mkdir()
    for k in range(3):
        Image.fromarray(background(np.random.default_rng(k))).save(tmp_path / f"rest/{k}.png")
    small = ("--window", 16, "--stages", 1, "--features", 500, "--set", "negatives=100", "--set", "sizes=[3]")
    result = run_inprocess(
        "boost", "cascade", "fit", "faces.npy", "--negatives", "rest", "-r", name, *small, "-o", "c", "-q"
    )
    assert result.code == 0, result.stderr
    assert run_inprocess("recipes", "check", name).code == 0


@pytest.mark.parametrize("name", [n for n in FILES if n not in CASCADE])
def test_it_holds_no_value_that_would_hold_without_it(name):
    tree = recipes.read_file(FILES[name])
    base = tree.pop("extends", None)
    data = {"data.train": ("--data x/", "x/")}
    command = command_of(name)
    resolved = recipes.resolve(name, [], data, command=command)
    values = recipes.flat(recipes.plain(resolved.recipe))
    below = defaults_of(resolved)
    if base is not None:
        below |= recipes.flat(recipes.plain(recipes.resolve(str(base), [], data, command=command).recipe))
    said = [k for k in recipes.flat(tree) if k not in ("schema", "task", "data.train") and not k.endswith(".name")]
    assert said or base is None or name in BOOST
    assert [k for k in said if k in below and below[k] == values[k]] == []


LARGE = [n for n in FILES if "resnet" in n or "transfer" in n]


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n in LARGE)) for n in TRAIN])
def test_it_trains_for_a_step(name, run_inprocess, photo_folder, digits_folder):
    data = digits_folder if name.endswith("-digits") else photo_folder
    words = [*CHEAP.get(name, []), "train.epochs=1", "train.batch=all", "data.workers=0", "schedule.warmup_steps=0"]
    result = run_inprocess("train", name, "--data", data, *words, "--json")
    assert result.code == 0, result.stderr
    doc = result.json()
    assert doc["recipe"] == name
    assert 0 <= doc["metrics"]["test/accuracy"] <= 1
    (epoch,) = [json.loads(line) for line in (result.run / "metrics.jsonl").read_text().splitlines()]
    assert (epoch["epoch"], epoch["step"]) == (1, 1)
    assert epoch["train/loss"] >= 0


@pytest.mark.parametrize("name", BOOST)
def test_it_fits_a_few_rounds(name, run_inprocess, tmp_path):
    write_table(tmp_path / "data.csv", rows=60)
    trees = [] if name.startswith(("boost/vote", "boost/stacking")) else ["--trees", "3"]
    data = ["data.csv", "--target", "y", "--id", "id"] if name in ASKS else []
    result = run_inprocess("boost", "fit", *data, "-r", name, *trees, "--json")
    assert result.code == 0, result.stderr
    doc = result.json()
    assert doc["recipe"] == name
    assert set(doc["parts"]) == {"train", "val", "test"}
    assert (result.run / "model/bundle.yaml").exists()
    assert run_inprocess("recipes", "check", name).code == 0


def test_a_recipe_of_another_command_is_refused_by_name(run_inprocess):
    result = run_inprocess("train", "boost/xgboost")
    assert result.code == 2
    assert "dlcli boost fit -r boost/xgboost" in result.stderr
