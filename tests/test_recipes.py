"""Every shipped recipe: says what it is, holds no default, and trains for a step."""

import json
import math

import numpy as np
import pytest
import torch
from cascade_toys import background, toys
from PIL import Image
from toy_tables import write_table

from dlcli.core import recipe as recipes
from dlcli.core import shipped
from dlcli.core.events import Reporters
from dlcli.core.launch import Place
from dlcli.core.schemas.catalog import schema_of
from dlcli.core.typed import all_keys
from dlcli.engine.stop import StopRequest
from dlcli.models import catalog
from dlcli.tasks.setup import make_loop, prepare

FILES = shipped.recipe_files()
BOOST = [n for n in FILES if n.startswith("boost/")]
CASCADE = [n for n in FILES if n.startswith("cascade/")]
EMBED = [n for n in FILES if n.startswith("embed/")]
VISUALIZE = [n for n in FILES if n.startswith("visualize/")]
TRAIN = [n for n in FILES if n not in BOOST + CASCADE + EMBED + VISUALIZE]
# Networks of ImageNet kind: what makes a step of each cheap.
SIDE, HEAD = "data.image.size_px=32", "model.args.head_width=16"
ZOO = {
    "alexnet": ["data.image.size_px=64", HEAD],
    **{n: [SIDE, HEAD] for n in ("vgg-a", "vgg-a-lrn", "vgg-b", "vgg-c", "vgg-d", "vgg-e")},
    **{n: ["data.image.size_px=75"] for n in ("inception-v4", "inception-resnet-v2")},
    "inception-v3": ["data.image.size_px=75", "model.args.aux_logits=false"],  # its auxiliary head needs 299 px
    **{f"resnet{n}": [SIDE] for n in (34, 50, 101, 152)},
    **{n: [SIDE] for n in ("resnext50", "se-resnet50", "googlenet", "inception-v2", "densenet121", "squeezenet")},
    **{n: [SIDE] for n in ("mobilenet-v1", "mobilenet-v2", "mobilenet-v3", "shufflenet-v1", "shufflenet-v2")},
    **{
        n: [SIDE] for n in ("mnasnet", "efficientnet", "efficientnet-v2", "convnext", "convnext-v2", "vit-b-16", "swin")
    },
    "nin": [],
}
WHOLE = ("googlenet",)  # of these, what the command writes of an ordinary run
SIBLINGS = {  # differ in depth alone from the one that takes a step
    **dict.fromkeys(("vgg-b", "vgg-d", "vgg-e"), "vgg-a"),
    "resnet34": "resnet18",
    **dict.fromkeys(("resnet101", "resnet152"), "resnet50"),
}
IN_LOOP = [f"classify/{n}" for n in ZOO if n not in SIBLINGS and n not in WHOLE]
# Networks for 32×32 pictures: what makes a step of each cheap.
SMALL_SIDE = {
    **{n: ["model.args.depth=8"] for n in (*(f"resnet{d}" for d in (20, 32, 44, 56, 110)), "stochastic-resnet110")},
    **{n: ["model.args.depth=8"] for n in ("preresnet20", "preresnet110", "se-resnet20")},
    "wide-resnet": ["model.args.depth=10", "model.args.width=1"],
    "resnext29": ["model.args.depth=11", "model.args.base_width=4", "model.args.width=8"],
    "densenet-bc": ["model.args.depth=10"],
    "fractalnet": ["model.args.filters=[8, 16]"],
    "vit": ["model.args.depth=1"],
}
PRESETS = {"resnet20": "resnet20", "resnet110": "resnet110", "wrn28": "wide-resnet", "densenet-bc": "densenet-bc"}
CHEAP = {
    **{f"classify/{n}": words for n, words in ZOO.items()},
    **{f"classify/{n}": words for n, words in SMALL_SIDE.items()},
    **{f"classify/{n}-cifar10": SMALL_SIDE[base] for n, base in PRESETS.items()},
    "classify/resnet18": ["data.image.size_px=32"],
    "classify/resnet18-mixed": ["data.image.size_px=32"],
    "classify/transfer": ["data.image.size_px=32"],
    "classify/transfer-digits": ["data.image.size_px=32"],
}
ASKS = (
    *(f"classify/{n}" for n in ZOO),
    *(f"classify/{n}" for n in SMALL_SIDE),
    "classify/cnn",
    "classify/lenet",
    "classify/linear",
    "classify/mlp",
    "classify/perceptron",
    "classify/resnet18",
    "classify/resnet18-mixed",
    "classify/transfer",
    *(f"boost/{n}" for n in ("adaboost", "bagging", "forest", "gradient", "hist", "stacking", "vote", "xgboost")),
    *(f"embed/{n}" for n in ("cbow", "glove", "skipgram", "softmax", "svd")),
)


def command_of(name):
    owner = name.partition("/")[0]
    if owner == "visualize":
        return f"visualize-{shipped.visualize_verb(name)}"
    return owner if owner in ("boost", "cascade", "embed") else "train"


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
    assert base in FILES[name].read_text(encoding="utf-8") or name in (*ASKS, *CASCADE, *VISUALIZE)


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
    own = plain["task"] in ("boost", "embed")  # commands of their own, not tasks of train
    schema = schema_of(plain["task"], training=not own)
    found = {k: recipes.plain(default) for k, (_, default, _) in all_keys(schema).items()}
    for section in ("model",) if own else ("loss", "optim", "schedule"):
        chosen = type(getattr(resolved.recipe, section))
        found |= {f"{section}.{k}": recipes.plain(v[1]) for k, v in all_keys(chosen).items() if k != "name"}
    arguments = None if own else ARGS.get(plain["model"]["name"])
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


NET, SMALL_PX = ("-m", "timm:test_resnet@random"), ("--size-px", "64")
# What each recipe of `visualize` needs beside a picture or in its place, and what makes it quick. PICTURE, FOLDER,
# BOXES and CURVES stand for files.
LOOKS = {
    "activations-shared": ["PICTURE", *NET],
    "all-slow": ["PICTURE", *NET, *SMALL_PX, "--part", "gradcam", "--part", "filters", "-o", "page"],
    **dict.fromkeys(("attention-heads", "attention-rollout"), ("PICTURE", "-m", "timm:test_vit@random")),
    "curves-smooth": ["CURVES"],
    "deconvnet-vgg": ["PICTURE", "--size-px", "48"],
    "dream-strokes": ["PICTURE", *NET, "--set", "layers=[layer1]", "--set", "steps=1", "--set", "octaves=1"],
    "embedding-filters": [*NET],
    "embedding-tsne": ["FOLDER", *NET, *SMALL_PX, "--set", "perplexity=5"],
    "filters-minmax": [*NET],
    "fool-pgd": ["PICTURE", *NET, "--to", "tabby", "--goal", "0.0001"],
    "guided-backprop-unit": ["PICTURE", *NET, *SMALL_PX, "--layer", "layer1"],
    "gradients-training": ["FOLDER", *NET, *SMALL_PX, "--set", "batch=4"],
    "invert-smooth": ["PICTURE", *NET, *SMALL_PX, "--layer", "layer1", "--set", "steps=2"],
    "kernel-course": [],
    "kernel-edges": ["PICTURE"],
    **dict.fromkeys(
        ("maximize-all-priors", "maximize-pixels"), (*NET, *SMALL_PX, "--class", "tabby", "--set", "steps=2")
    ),
    "patches-all": ["FOLDER", *NET, *SMALL_PX],
    "pointing": [*NET, *SMALL_PX, "--boxes", "BOXES"],
    "sanity-shuffled": ["PICTURE", *NET, *SMALL_PX, "--set", "stages=2"],
    "score": ["PICTURE", *NET, *SMALL_PX, "--set", "steps=2"],
    "weights-each": ["-m", "torchvision:vgg11@random"],
}


@pytest.mark.parametrize("name", VISUALIZE)
def test_a_recipe_of_visualize_holds_no_default_and_looks(name, run_inprocess, photo_folder, digits_run, tmp_path):
    verb = shipped.visualize_verb(name)
    defaults = {k: recipes.plain(v[1]) for k, v in all_keys(schema_of(f"visualize-{verb}")).items()}
    said = recipes.flat(recipes.plain(recipes.read_file(FILES[name])))
    held = recipes.flat(recipes.plain(recipes.resolve(name, command=f"visualize-{verb}").recipe))
    assert said.keys() > {"schema"}
    assert [k for k in said if k != "schema" and k in defaults and defaults[k] == held[k]] == []
    assert run_inprocess("recipes", "check", name).code == 0
    picture = next(photo_folder.rglob("*.png"))
    boxes = tmp_path / "boxes.csv"
    boxes.write_text(f"input,x0,y0,x1,y1,class\n{picture},0,0,20,20,tabby\n")
    places = {"PICTURE": picture, "FOLDER": photo_folder, "BOXES": boxes, "CURVES": digits_run}
    words = [places.get(w, w) for w in LOOKS.get(name.removeprefix("visualize/"), ["PICTURE", *NET, *SMALL_PX])]
    result = run_inprocess("visualize", verb, "-r", name, *words, "-q")
    if name == "visualize/weights-each":  # no shipped network is linear: the refusal names that
        assert (result.code, "no linear function" in result.stderr) == (2, True)
        return
    assert result.code == 0, result.stderr


@pytest.mark.parametrize("name", [n for n in FILES if n not in CASCADE + VISUALIZE])
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
    other = "model.name" in recipes.flat(tree) and below.get("model.name") != values["model.name"]
    assert said or other or base is None or name in BOOST + EMBED
    assert [k for k in said if k in below and below[k] == values[k]] == []


COMMANDED = [n for n in TRAIN if n not in IN_LOOP and n.removeprefix("classify/") not in SIBLINGS]
LARGE = [n for n in FILES if "resnet18" in n or "transfer" in n]


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n in LARGE)) for n in COMMANDED])
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


@pytest.mark.parametrize("name", IN_LOOP)
def test_a_network_of_imagenet_kind_trains_for_a_step(name, photo_folder):
    """Through the command's own set-up and loop, but without a run directory: writing 60 million weights takes longer.

    Those that differ in depth alone from a recipe here are built by the next test.
    """
    words = [*CHEAP[name], "train.epochs=1", "train.batch=all", "data.workers=0", "schedule.warmup_steps=0"]
    resolved = recipes.resolve(name, words, {"data.train": ("--data", str(photo_folder))}, command="train")
    setup, records = prepare(resolved, Reporters()), []
    make_loop(setup, None, Reporters(), StopRequest(Place()), records.append).fit()
    (epoch,) = records
    assert (epoch["epoch"], epoch["step"]) == (1, 1)
    assert math.isfinite(epoch["train/loss"])
    assert 0 <= epoch["val/accuracy"] <= 1


@pytest.mark.parametrize("name", SIBLINGS)
def test_a_deeper_sibling_of_one_that_trains_is_built(name):
    """Without weights, on the meta device; everything but the network is what the sibling that takes a step has."""
    data = {"data.train": ("--data", "x/")}
    resolved = recipes.resolve(f"classify/{name}", CHEAP[f"classify/{name}"], data, command="train")
    plain = recipes.plain(resolved.recipe)
    sibling = f"classify/{SIBLINGS[name]}"
    stepped = recipes.plain(recipes.resolve(sibling, CHEAP[sibling], data, command="train").recipe)
    assert {**plain, "model": 0} == {**stepped, "model": 0}
    assert plain["model"]["args"] == stepped["model"]["args"]
    model = plain["model"]
    module = catalog.skeleton(model["name"], channels=3, size_px=(32, 32), classes=3, args=model["args"])
    assert module(torch.zeros(2, 3, 32, 32, device="meta")).shape == (2, 3)


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


@pytest.mark.parametrize("name", EMBED)
def test_it_learns_vectors(name, run_inprocess, tmp_path):
    (tmp_path / "text.txt").write_text("the cat sat on the mat and the dog sat on the log .\n" * 20)
    text = ["text.txt"] if name in ASKS else []
    few = [] if "svd" in name else ["--epochs", "1"]
    result = run_inprocess("embed", "fit", *text, "-r", name, *few, "--dim", "5", "--threads", "1", "--json")
    assert result.code == 0, result.stderr
    assert result.json()["recipe"] == name
    assert (result.run / "model/bundle.yaml").exists()
    assert run_inprocess("recipes", "check", name).code == 0


def test_a_recipe_of_another_command_is_refused_by_name(run_inprocess):
    result = run_inprocess("train", "boost/xgboost")
    assert result.code == 2
    assert "dlcli boost fit -r boost/xgboost" in result.stderr
    result = run_inprocess("train", "embed/skipgram-lee")
    assert result.code == 2
    assert "dlcli embed fit -r embed/skipgram-lee" in result.stderr
