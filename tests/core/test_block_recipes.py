"""Layers by hand and initialization as recipes say them: places of errors, elements of lists, words and mappings."""

import pytest

from dlcli.core import recipe as recipes
from dlcli.core.errors import ModelError, RecipeError, UsageError
from dlcli.core.resume import changes

HAND = """task: classify
data: {train: digits, image: {size_px: 8, channels: 1}}
model:
  name: cnn
  args:
    layers:
      - {name: conv, filters: 4, kernel: 3}
      - {name: pool, size: 2}
      - dropout
      - {name: linear, units: 5}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hand.yaml").write_text(HAND)
    (tmp_path / "mlp.yaml").write_text("task: classify\ndata: {train: digits}\nmodel: {name: mlp}\n")
    return tmp_path


def layers(*words, name="hand.yaml"):
    return recipes.resolve(name, words).recipe.model.args["layers"]


def problems(*words, name="hand.yaml"):
    with pytest.raises(RecipeError, match=".") as caught:
        recipes.resolve(name, words)
    return [str(p) for p in caught.value.problems]


def test_blocks_are_read_with_their_defaults():
    conv, pool, dropout, linear = layers()
    assert conv == {
        "name": "conv", "norm": "none", "norm_at": "before", "activation": "none", "filters": 4, "kernel": 3,
        "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True,
    }  # fmt: skip
    assert (pool["stride"], pool["kind"], dropout["p"], linear["units"]) == (None, "max", 0.5, 5)


def test_what_is_printed_can_be_fed_back(folder):
    resolved = recipes.resolve("hand.yaml", ["model.init=he_normal"])
    (folder / "again.yaml").write_text(resolved.text())
    assert recipes.resolve("again.yaml").recipe == resolved.recipe


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["model.args.layers.1.size=7"], "hand.yaml:8:9: model.args.layers.1: pool 7, stride 7: 6×6 arrives; a window"),
        (["data.image.size_px=2"], "hand.yaml:7:9: model.args.layers.0: conv 4, kernel 3, stride 1: 2×2 arrives; a"),
        (["data.image.size_px=[9,2]"], "conv 4, kernel 3, stride 1: 9×2 arrives"),
        (["model.args.layers.0.groups=2"], "hand.yaml:7:9: model.args.layers.0: conv 4, kernel 3, stride 1: 8×8"),
        (["model.args.layers+=conv"], "model.args.layers+=conv: model.args.layers.4.filters: is required"),
        (
            ["model.args.layers+={name: conv, filters: 3}"],
            "model.args.layers.4: conv 3, kernel 3, stride 1: a row of 5",
        ),
        (["model.args.layers=[{name: pool, size: 9}]"], ": model.args.layers.0: pool 9, stride 9: 8×8 arrives"),
        (["model.args.layers.0.filters=0"], "model.args.layers.0.filters=0: 0 is not allowed; must be greater than"),
        (["model.args.layers.0.kernel=[3,3,3]"], "model.args.layers.0.kernel"),
        (["model.args.layers.0.padding=all"], "'all' is not allowed; must be same or a whole number or a list"),
        (["model.args.layers.2.q=1"], "model.args.layers.2.q=1: unknown key; allowed: name, p"),
        (
            ["model.args.layers.2=drop"],
            "'drop' is not allowed; must be one of conv, norm, activation, pool, global_pool",
        ),
        (["model.args.layers.4.p=1"], "there is no element 4; model.args.layers has 4 elements, 0 to 3"),
        (["model.args.layers.0.name.x=1"], "model.args.layers.0.name"),
        (["~model.args.layers.9"], "~model.args.layers.9: "),
        (["model.args.layers.0.norm_at=after"], "norm_at: after needs both a norm and an activation"),
        (["model.args.layers.0.groups=3"], "model.args.layers.0.groups=3: 3 groups do not divide 4 filters"),
        (["model.args.layers.1.padding=2"], "padding is at most half the size of the window"),
        (["model.args.layers.2={name: norm, groups: 2}"], "groups belongs to kind: group, not to batch"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(words, message):
    (problem,) = problems(*words)
    assert message in problem


def test_a_default_network_that_pictures_are_too_small_for(folder):
    (folder / "bare.yaml").write_text(
        "task: classify\ndata: {train: digits, image: {size_px: 2}}\nmodel: {name: cnn}\n"
    )
    assert problems(name="bare.yaml")[0].startswith("bare.yaml:1:1: model.args.layers.5: pool 2, stride 2: 1×1 arrives")


def test_without_channels_the_sizes_are_still_checked_and_what_needs_them_waits():
    words = ["data.image.channels=auto"]
    assert "model.args.layers.1: pool 9" in problems(*words, "model.args.layers.1.size=9")[0]
    assert layers(*words, "model.args.layers.0.groups=2")[0]["groups"] == 2


def test_blocks_are_listed_and_compared_key_by_key():
    resolved = recipes.resolve("hand.yaml", ["model.args.layers.1.size=3"])
    flat = recipes.flat(recipes.plain(resolved.recipe), elements=True)
    assert (flat["model.args.layers.1.size"], flat["model.args.layers.0.filters"]) == (3, 4)
    assert resolved.origins["model.args.layers.3"] == "hand.yaml:10:9"
    with pytest.raises(ModelError, match=r"another model.args.layers.1.size \(model.args.layers.1.size: 2 → 3\)"):
        changes(recipes.resolve("hand.yaml").recipe, resolved.recipe)


def test_elements_of_a_list_are_set_replaced_and_taken_out():
    assert layers("model.args.layers.2.p=0.25")[2]["p"] == 0.25
    assert layers("model.args.layers.2=flatten", "~model.args.layers.1")[1]["name"] == "flatten"
    assert [x["name"] for x in layers("model.args.layers+=norm")] == ["conv", "pool", "dropout", "linear", "norm"]
    assert layers("model.args.layers.0.kernel=[3,5]", "model.args.layers.0.kernel.1=2")[0]["kernel"] == [3, 2]
    assert layers("~model.args.layers.1.size")[1]["size"] == 2


def test_a_list_that_nothing_set_is_taken_from_the_default(folder):
    (folder / "bare.yaml").write_text("task: classify\ndata: {train: digits}\nmodel: {name: cnn}\n")
    found = layers("model.args.layers.0.filters=3", "model.args.layers+=dropout", name="bare.yaml")
    assert [x["name"] for x in found] == ["conv", "activation", "pool", "conv", "activation", "pool", "dropout"]
    assert found[0]["filters"] == 3


def test_a_list_element_of_other_sections():
    word = "data.augment=[{name: affine, degrees: 8}, flip]"
    held = recipes.resolve("mlp.yaml", [word, "data.augment.0.degrees=3", "data.augment.1.p=1"]).recipe.data.augment
    assert (held[0].degrees, held[1].p) == (3, 1)


def test_layers_of_an_mlp_stand_instead_of_its_hidden_ones():
    by_hand = "model.args.layers=[{name: linear, units: 9, activation: tanh}]"
    args = recipes.resolve("mlp.yaml", [by_hand]).recipe.model.args
    assert (args["hidden"], args["layers"][0]["units"]) == ([], 9)
    assert recipes.resolve("mlp.yaml").recipe.model.args["hidden"] == [256, 128]
    for word in ("model.args.hidden=[3]", "model.args.dropout=0.1", "model.args.activation=tanh"):
        (problem,) = problems(by_hand, word, name="mlp.yaml")
        assert problem.startswith(f"{word}: ")
        assert "and layers exclude each other" in problem
    sized = ["data.image.size_px=8", "data.image.channels=1", "model.args.layers=[{name: pool}]"]
    assert "a row of 64 units arrives; it needs maps" in problems(*sized, name="mlp.yaml")[0]


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ([], {"name": "default"}),
        (["model.init=he_normal"], {"name": "he_normal", "bias": "zero", "mode": "fan_in", "activation": "relu"}),
        (["model.init.name=normal", "model.init.std=0.02"], {"name": "normal", "bias": "zero", "mean": 0, "std": 0.02}),
        (["model.init=normal", "model.init.std=1"], {"name": "normal", "bias": "zero", "mean": 0.0, "std": 1.0}),
        (["model.init={name: constant, value: 2, bias: default}"], {"name": "constant", "bias": "default", "value": 2}),
        (
            ["model.init={name: normal, mean: 1}", "model.init.std=2"],
            {"name": "normal", "bias": "zero", "mean": 1, "std": 2},
        ),
        (["model.init=normal", "model.init.std=1", "model.init=zero"], {"name": "zero", "bias": "zero"}),
        (["model.init=orthogonal", "model.name=resnet18"], {"name": "orthogonal", "bias": "zero", "gain": 1.0}),
    ],
)
def test_an_initialization_is_a_word_or_a_mapping(words, held):
    assert recipes.plain(recipes.resolve("mlp.yaml", words).recipe)["model"]["init"] == held


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["model.init={name: zero"], "model.init={name: zero: '{name: zero': while"),
        (["model.init=xavier"], "must be one of default, zero, constant, normal, uniform, xavier_normal, "),
        (["model.init=zero", "model.init.std=1"], "model.init.std=1: is no key of this choice; it belongs to normal"),
        (["model.init=uniform", "model.init.low=1"], "model.init.low=1: low 1 is above high 0.05"),
        (["model.init=normal", "model.init.std=-1"], "must be greater than or equal to 0"),
        (
            ["model.init=zero", "model.name=resnet18", "model.weights=published"],
            "published brings the start of training",
        ),
        (["model.weights=a.safetensors", "model.init=zero"], "model.init=zero: init: zero would be overwritten"),
    ],
)
def test_an_initialization_that_cannot_be(words, message):
    assert message in problems(*words, name="mlp.yaml")[0]


def test_an_error_of_a_task_gets_the_place_of_its_key_or_of_what_it_stands_in():
    resolved = recipes.resolve("hand.yaml", ["optim.lr=0.1"])
    assert (
        resolved.located(UsageError("no", key="model.args.layers.2")).message
        == "hand.yaml:9:9: model.args.layers.2: no"
    )
    assert resolved.located(UsageError("no", key="model.args.layers.1.x")).message.startswith("hand.yaml:8:9: ")
    assert resolved.located(UsageError("no", "do", key="optim.lr")).message == "optim.lr=0.1: no"
    for key in ("", "train.epochs"):
        error = UsageError("no", key=key)
        assert resolved.located(error) is error
