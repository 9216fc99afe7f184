import math

import pytest
from pydantic import ValidationError

from dlcli.core import recipe as recipes
from dlcli.core import shipped
from dlcli.core.errors import DataError, MissingError, RecipeError, UsageError

BASE = "lenet.yaml"
BASE_TEXT = """task: classify
data:
  {train: digits, val: 0.16, test: 0.2, image: {size_px: 28}, augment: [{name: affine, degrees: 8}]}
model: {name: lenet5, args: {pool: max}}
optim: {lr: 3e-3}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / BASE).write_text(BASE_TEXT)
    return tmp_path


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def mine(body="", name="r.yaml", train="digits"):
    return write(name, f"task: classify\ndata: {{train: {train}}}\nmodel: {{name: mlp}}\n{body}")


def value(resolved, dotted):
    return recipes.flat(recipes.plain(resolved.recipe))[dotted]


def problems_of(*args, **kwargs):
    with pytest.raises(RecipeError, match=".") as caught:
        recipes.resolve(*args, **kwargs)
    return [str(p) for p in caught.value.problems]


def test_each_layer_overrides_the_one_below():
    mine("optim: {lr: 0.1}\ntrain: {epochs: 2}", "base.yaml")
    write("r.yaml", "extends: base.yaml\noptim: {lr: 0.2}\n")
    found = [
        recipes.resolve(mine(name="none.yaml")),
        recipes.resolve("base.yaml"),
        recipes.resolve("r.yaml"),
        recipes.resolve("r.yaml", ["optim.lr=0.3"]),
        recipes.resolve("r.yaml", ["optim.lr=0.3"], {"optim.lr": ("--lr 0.4", "0.4")}),
    ]
    assert [r.recipe.optim.lr for r in found] == [0.001, 0.1, 0.2, 0.3, 0.4]
    assert [r.origins.get("optim.lr", "default") for r in found] == [
        "default", "base.yaml:4:13", "r.yaml:2:13", "optim.lr=0.3", "--lr 0.4",
    ]  # fmt: skip
    assert found[-1].recipe.train.epochs == 2
    assert [p.name for p in found[-1].files] == ["base.yaml", "r.yaml"]


def test_the_last_of_two_words_counts():
    assert recipes.resolve(BASE, ["seed=1", "seed=2"]).recipe.seed == 2


@pytest.mark.parametrize(
    ("words", "key", "expected"),
    [
        (["optim.lr=1e-3"], "optim.lr", 0.001),
        (["data.train=a/epoch=9-step=88.csv"], "data.train", "a/epoch=9-step=88.csv"),
        (["data.train=./a@b|c%d#e,f"], "data.train", "./a@b|c%d#e,f"),
        (["data.train=./with space"], "data.train", "./with space"),
        (["train.monitor=no"], "train.monitor", "no"),
        (["train.monitor="], "train.monitor", ""),
        (["train.monitor=null"], "train.monitor", "null"),
        (["train.monitor=2024"], "train.monitor", 2024),
        (["train.clip_norm=5", "train.clip_norm=null"], "train.clip_norm", None),
        (["train.clip_norm=5", "~train.clip_norm"], "train.clip_norm", None),
        (["~optim.lr"], "optim.lr", 0.001),
        (["model.args.pool=average"], "model.args.pool", "average"),
        (["data.image.size_px=[28,32]"], "data.image.size_px", [28, 32]),
        (["train.batch=all"], "train.batch", "all"),
        (["device.precision=bf16"], "device.precision", "bf16"),
        (["optim=sgd"], "optim.name", "sgd"),
        (["optim={name: sgd, momentum: 0.5}"], "optim.momentum", 0.5),
    ],
)
def test_a_word_sets_what_its_field_says(words, key, expected):
    assert value(recipes.resolve(BASE, words), key) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["data.augment=[flip,crop]"], ["flip", "crop"]),
        (["data.augment+=flip"], ["affine", "flip"]),
        (["data.augment+=flip", "data.augment+=crop"], ["affine", "flip", "crop"]),
        (["data.augment=[]", "data.augment+={name: flip, p: 1}"], ["flip"]),
        (["~data.augment"], []),
    ],
)
def test_lists_are_replaced_or_appended_to(words, expected):
    assert [a.name for a in recipes.resolve(BASE, words).recipe.data.augment] == expected


def test_appending_to_a_list_that_nothing_set_keeps_its_default():
    resolved = recipes.resolve(mine(), ["model.args.hidden+=64"])
    assert resolved.recipe.model.args["hidden"] == [256, 128, 64]


@pytest.mark.parametrize(("text", "train"), [("no", "no"), ("2024", "2024"), ("'1e-3'", "1e-3"), ("null", "null")])
def test_a_text_field_of_a_file_takes_the_characters(text, train):
    resolved = recipes.resolve(mine(f"train: {{monitor: {text}}}"))
    assert resolved.recipe.train.monitor == train
    assert recipes.resolve(write("again.yaml", resolved.text())).recipe.train.monitor == train


def test_text_among_free_keys_stays_text_when_printed_and_read_again():
    args = "{a: '1e-3', b: '32', c: 1e-3, d: 'no', e: no}"
    body = f"task: classify\ndata: {{train: digits}}\nmodel: {{name: resnet18, args: {args}}}"
    first = recipes.resolve(write("r.yaml", body))
    assert first.recipe.model.args == {"a": "1e-3", "b": "32", "c": 0.001, "d": "no", "e": "no"}
    assert recipes.resolve(write("s.yaml", first.text())).recipe.model.args == first.recipe.model.args


def test_code_in_a_recipe_stays_text():
    resolved = recipes.resolve(mine("train: {monitor: \"__import__('os').getcwd()\"}"))
    assert resolved.recipe.train.monitor == "__import__('os').getcwd()"


def test_all_errors_of_file_words_and_options_come_in_one_pass():
    mine("optim:\n  lrr: 1\n  lr: -1\ntrain: {epochs: many}\nnoise: 3\nloss: huberr\n")
    found = problems_of("r.yaml", ["device.precision=64", "seed=1.5", "word"], {"train.batch": ("--batch 0", "0")})
    assert len(found) == 9
    expected = [
        "word: 'word' is not KEY=VALUE",
        "r.yaml:5:3: optim.lrr: unknown key; nearest: optim.lr",
        "r.yaml:6:7: optim.lr: -1.0 is not allowed; must be greater than 0",
        "r.yaml:7:17: train.epochs: 'many' is not allowed; must be a whole number",
        "--batch 0: train.batch: 0 is not allowed; must be greater than or equal to 1",
        "r.yaml:8:1: noise: unknown key",
        "r.yaml:9:7: loss.name: 'huberr' is not allowed; must be one of cross_entropy, binary_cross_entropy, ",
        "device.precision=64: '64' is not allowed; must be one of 32, bf16, 16",
        "seed=1.5: '1.5' is not allowed; must be a whole number",
    ]
    for text in expected:
        assert any(p.startswith(text) for p in found), (text, found)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("optim.lrr=1", "optim.lrr=1: unknown key; nearest: optim.lr"),
        ("lr=1", "lr=1: unknown key; nearest: optim.lr"),
        ("data.imagee.size_px=3", "data.imagee: unknown key; nearest: data.image"),
        ("optim.momentum=0.9", "optim.momentum=0.9: is no key of this choice; it belongs to sgd, rmsprop"),
        ("optim.name=sgdd", "'sgdd' is not allowed; must be one of adamw, adam, sgd, adagrad, adadelta, rmsprop; "),
        ("model.name=lenett", "no network is called 'lenett'; nearest: lenet5"),
        ("model.args.pool=maxx", "'maxx' is not allowed; must be one of average, max; nearest: max"),
        ("data.val=1.5", "data.val=1.5: 1.5 is not allowed; must be less than 1"),
        ("data.image.size_px=[0,5]", "data.image.size_px.0: 0 is not allowed; must be greater than or equal to 1"),
        ("data.train=nosuch", "no builtin data set is called 'nosuch'; allowed: digits"),
        ("data.train=coco:x", "'coco' is not a data format; allowed: builtin, folder, csv"),
        ("optim.lr=[1]", "optim.lr=[1]: is a list; must be a number"),
        ("seed={a: 1}", "is a mapping; must be a whole number"),
        ("optim.lr=nan", "'nan' is not allowed; must be a number"),
        ("optim.lr=.inf", "must be a finite number"),
        ("train.clip_norm=", "'' is not allowed; must be a number or null"),
        ("optim.lr=1_0", "'1_0' is not allowed"),
        ("data.image.size_px=[1,2,3]", "must be one number or [height, width], not [1, 2, 3]"),
        ("data.augment=[flip", "'[flip': while parsing a flow sequence"),
        ("train..epochs=1", "a key has no empty part"),
        ("=1", "'=1' is not KEY=VALUE"),
        ("~seed", "is not set by the recipe, so it has its default already"),
        ("~schedule", "is not set by the recipe, so it has its default already"),
        ("~model.args.width", "is not set by the recipe, so it has its default already"),
        ("~optim.lrr", "~optim.lrr: unknown key; nearest: optim.lr"),
        ("~train.epoch", "~train.epoch: unknown key; nearest: train.epochs"),
        ("~", "~: a key has no empty part"),
        ("schema=2", "schema=2: '2' is not allowed; must be 1"),
        ("data.val=0", None),
        ("device.name=gpu", "device.name=gpu: 'gpu' is not allowed"),
    ],
)
def test_what_is_wrong_with_a_word_names_value_and_what_is_allowed(word, expected):
    if expected is None:
        assert recipes.resolve(BASE, [word]).recipe.val_is_empty()
        return
    (problem,) = problems_of(BASE, [word])
    assert problem.startswith(f"{word}:")
    assert expected in problem


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["data.val=0.9"], "data.val=0.9: val and test take 1.1 of the data and leave nothing to train on"),
        (["data.test=0.9"], "data.test=0.9: val and test take 1.06 of the data and leave nothing to train on"),
        (
            ["data.val=0", "train.early_stop.patience=3"],
            "train.early_stop.patience=3: train.early_stop: early stopping",
        ),
        (["data.val=0", "schedule=plateau"], "the schedule plateau needs a validation part; data.val is 0"),
        (["model.freeze=features"], "model.freeze=features: freeze: features keeps random weights"),
        (["model.weights=published"], "model.weights=published: there are no published weights of lenet5"),
    ],
)
def test_what_must_hold_between_fields_names_the_one_said_last(words, expected):
    (problem,) = problems_of(BASE, words)
    assert expected in problem


def test_what_must_hold_between_fields_names_the_line_of_a_file():
    (problem,) = problems_of(write("r.yaml", "extends: lenet.yaml\ndata:\n  val: 0.5\n  test: 0.5\n"))
    assert problem == "r.yaml:4:9: data.test: val and test take 1 of the data and leave nothing to train on"


@pytest.mark.parametrize(
    ("text", "words"), [("a: {", []), ("a: !env b", []), ("- a", []), (BASE_TEXT, ["word"]), ("a: 1\na: \t'", [])]
)
def test_what_is_no_matter_of_keys_has_no_hint_at_them(text, words):
    with pytest.raises(RecipeError, match=".") as caught:
        recipes.resolve(write("r.yaml", text), words)
    assert "recipes keys" not in caught.value.hint


def test_a_recipe_error_hints_at_the_keys():
    with pytest.raises(RecipeError, match="unknown key") as caught:
        recipes.resolve(BASE, ["optim.lrr=1"])
    assert caught.value.hint == "dlcli recipes keys classify lists every key"
    assert caught.value.document()["error"]["problems"] == [
        {"where": "optim.lrr=1", "key": "optim.lrr", "text": "unknown key; nearest: optim.lr"}
    ]


def test_a_recipe_that_asks_for_data_says_how_to_give_it():
    (problem,) = problems_of("classify/lenet")
    assert "data.train: this recipe asks for data: --data photos/ or --data digits" in problem


@pytest.mark.parametrize("length", [1, 2, 3])
def test_recipes_that_extend_each_other_print_the_chain(length):
    for n in range(length):
        write(f"r{n}.yaml", f"extends: r{(n + 1) % length}.yaml\n")
    chain = " → ".join(f"r{n % length}" for n in range(length + 1))
    (problem,) = problems_of("r0.yaml")
    assert f"extends: the recipes extend each other: {chain}" in problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("extends: nosuch", "r.yaml:1:10: extends: no recipe is called 'nosuch'"),
        ("extends: classify/lenett", "nearest: classify/lenet"),
        ("extends: [a]", "r.yaml:1:10: extends: must name one recipe"),
        (f"extends: {'a' * 300}", "extends: no recipe is called"),
        ("schema: 2", "r.yaml:1:9: schema: this recipe needs format 2; this dlcli reads up to 1"),
        ("schema: one", "r.yaml:1:9: schema: must be 1, the version of the format"),
        ("schema: [1]", "schema: must be 1"),
        ("seed: 1", "r.yaml: task: is required; one of classify"),
        ("task: clasify", "r.yaml:1:7: task: 'clasify' is not allowed; must be one of"),
        ("task: [classify]", "task: is required"),
        ("- a", "r.yaml:1:1: a recipe is a mapping of sections"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(text, expected):
    (problem,) = problems_of(write("r.yaml", text))
    assert expected in problem


def test_a_task_that_is_not_built_is_missing():
    with pytest.raises(MissingError, match="'gan' is not built yet; built: classify"):
        recipes.resolve(write("r.yaml", "task: gan"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("nosuch", "no recipe is called 'nosuch'"),
        ("classify/lent", "nearest: classify/lenet"),
        ("lent.yaml", "recipe file lent.yaml does not exist; nearest: classify/lenet"),
        ("a" * 400, "no recipe is called"),
        (".", "is a folder"),
    ],
)
def test_no_such_recipe(source, expected):
    with pytest.raises(UsageError, match=expected):
        recipes.resolve(source)


def test_a_file_that_cannot_be_read_is_data(tmp_path):
    with pytest.raises(DataError, match="cannot read .*r.yaml: No such file"):
        recipes.read_file(tmp_path / "r.yaml")


@pytest.mark.parametrize("name", shipped.recipe_files())
def test_what_is_printed_resolves_to_itself(name):
    folder = name.partition("/")[0]
    command = folder if folder in ("boost", "cascade", "embed") else "train"
    if folder == "visualize":
        command = f"visualize-{shipped.visualize_verb(name)}"
    data = {} if folder in ("cascade", "visualize") else {"data.train": ("--data x/", "x/")}
    first = recipes.resolve(name, [], data, command=command)
    again = recipes.resolve(write("again.yaml", first.text()), command=command)
    assert again.text() == first.text()
    assert again.recipe == first.recipe
    assert recipes.digest(again.recipe) == recipes.digest(first.recipe)


def test_the_digest_sees_values_and_nothing_else():
    plain, other = recipes.resolve(BASE), recipes.resolve(BASE, ["optim.lr=0.5"])
    assert recipes.digest(plain.recipe) == recipes.digest(recipes.resolve(BASE, ["optim.lr=3e-3"]).recipe)
    assert recipes.digest(plain.recipe) != recipes.digest(other.recipe)


@pytest.mark.parametrize("word", ["optim.name=adamw", "optim=adamw"])
def test_another_choice_drops_the_keys_it_lacks_and_says_so(word):
    mine("optim: {name: sgd, lr: 0.05, momentum: 0.9, nesterov: true}")
    resolved = recipes.resolve("r.yaml", [word])
    assert (resolved.recipe.optim.name, resolved.recipe.optim.lr) == ("adamw", 0.05)
    assert [n.split(" ")[0] for n in resolved.notes] == ["optim.momentum=0.9", "optim.nesterov=true"]
    assert all("does not apply to adamw and was dropped" in n for n in resolved.notes)


def test_another_network_drops_the_arguments_of_the_first():
    resolved = recipes.resolve(BASE, ["model.name=mlp"])
    assert "pool" not in resolved.recipe.model.args
    assert "does not apply to mlp and was dropped" in resolved.notes[0]


def test_a_bare_choice_of_a_base_is_kept_when_one_of_its_keys_is_set():
    mine("optim: sgd\n", "base.yaml")
    assert recipes.resolve("base.yaml", ["optim.lr=0.5"]).recipe.optim.name == "sgd"
    write("r.yaml", "extends: base.yaml\noptim: {lr: 0.5}\n")
    assert recipes.resolve("r.yaml").recipe.optim.name == "sgd"
    write("s.yaml", "extends: r.yaml\noptim: adam\n")
    assert recipes.resolve("s.yaml").recipe.optim.lr == 0.5


def test_origins_name_place_word_or_option():
    origins = recipes.resolve(BASE, ["seed=3"], {"train.epochs": ("--epochs 2", "2")}).origins
    assert origins["seed"] == "seed=3"
    assert origins["train.epochs"] == "--epochs 2"
    assert origins["model.args.pool"] == "lenet.yaml:4:36"
    assert origins["optim.lr"] == "lenet.yaml:5:13"
    assert "train.ema" not in origins


def test_a_recipe_cannot_be_changed():
    resolved = recipes.resolve(BASE)
    with pytest.raises(ValidationError, match="frozen"):
        resolved.recipe.seed = 3
    with pytest.raises(ValidationError, match="frozen"):
        resolved.recipe.optim.lr = 3.0


def test_a_command_has_a_recipe_of_its_own():
    write("p.yaml", "top: 3\ndevice: {name: cpu}\n")
    assert recipes.resolve("p.yaml", ["batch=7"], command="predict").recipe.batch == 7
    assert recipes.resolve(None, command="predict").recipe.top == 5
    (problem,) = problems_of("p.yaml", ["optim.lr=1"], command="predict")
    assert "optim: unknown key" in problem


def test_numbers_print_and_read_back_exactly():
    for lr in (1e-5, 0.1 + 0.2, 3e8, math.pi):
        resolved = recipes.resolve(BASE, [f"optim.lr={lr!r}"])
        assert recipes.resolve(write("n.yaml", resolved.text())).recipe.optim.lr == lr
