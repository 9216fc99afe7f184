"""`dlcli train classify/transfer`: what it says, refuses, and that it reaches in few epochs what scratch does not."""

import numpy as np
import pytest
import skimage.data
from PIL import Image

SCRATCH = ("model.weights=none", "model.freeze=none")


def saved(folder, number, pixels):
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(folder / f"{number:03}.png")


@pytest.fixture
def faces(tmp_path):
    """Write scikit-image's 100 faces (LFW) and 100 crops without one, 25×25 gray, every second of each."""
    for k, picture in enumerate(skimage.data.lfw_subset()[::2]):
        saved(tmp_path / "data" / ("face" if k < 50 else "other"), k, (255 * picture).round().astype(np.uint8))
    return tmp_path / "data"


@pytest.fixture
def textures(tmp_path):
    """Write gray patches of six photographs, a class each: of the left half for training, of the right for the test.

    scikit-image brings one photograph a class, so halves stand for photographs: no test patch touches a training patch,
    but both are of one scene in one light.
    """
    side = 48
    for name in ("brick", "grass", "gravel", "chelsea", "coffee", "immunohistochemistry"):
        photograph = np.asarray(Image.fromarray(getattr(skimage.data, name)()).convert("L"))
        height, width = photograph.shape
        for part, left, right in (("train", 0, width // 2), ("test", width // 2, width)):
            places = [(y, x) for y in range(0, height - side, side) for x in range(left, right - side + 1, side)]
            for k, (y, x) in enumerate(places[:20]):
                saved(tmp_path / "data" / part / name, k, photograph[y : y + side, x : x + side])
    return tmp_path / "data"


@pytest.fixture
def accuracies(run_inprocess):
    """Return a function: the test accuracies on a folder of transfer, and of two networks from scratch.

    These are the same network in the same 3 epochs, and LeNet, which so few pictures suit better, in 10.
    """

    def accuracy(data, *words):
        done = run_inprocess("train", *words, "--data", data, "data.workers=0", "data.val=0.2", "--json")
        assert done.code == 0, done.stderr
        return done.json()["metrics"]["test/accuracy"]

    def found(data):
        transfer = ("classify/transfer", "data.image.size_px=64", "train.epochs=3")
        lenet = ("classify/lenet", "train.epochs=10")
        return accuracy(data, *transfer), accuracy(data, *transfer, *SCRATCH), accuracy(data, *lenet)

    return found


@pytest.mark.slow
def test_faces_in_few_epochs_no_worse_than_scratch(faces, accuracies):
    """The set is easy and its test part 16 pictures; in 30 epochs of smaller batches LeNet gets all right too."""
    transfer, scratch, lenet = accuracies(faces)
    assert transfer >= 0.9
    assert transfer >= max(scratch, lenet)


@pytest.mark.slow
def test_textures_in_few_epochs_beyond_scratch(textures, accuracies):
    transfer, scratch, lenet = accuracies(textures)
    assert transfer >= 0.8
    assert transfer >= max(scratch, lenet) + 0.4


def test_dry_run_gives_the_advice(photo_folder, run_inprocess):
    words = ("train", "classify/transfer", "--data", photo_folder, "data.image.size_px=32", "--dry-run", "--json")
    rows = [(r["what"], r["value"]) for r in run_inprocess(*words).json()["plan"]]
    advice = [v for w, v in rows if w == "advice"]
    assert "24 training pictures, 8 a class (fewest 8): small" in advice[0]
    assert "this recipe trains the last layer only" in advice[0]
    assert "model.freeze=features" in advice[1]
    assert ("start", "features frozen; 3,843 weights of the head classifier are trained") in rows
    scratch = run_inprocess(*words, *SCRATCH).json()["plan"]
    assert not [r for r in scratch if r["what"] == "advice"]


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["model.freeze=blcks*"], "no layer fits 'blcks*'; nearest: blocks"),
        (["model.freeze=conv_stem,*"], "would freeze everything"),
        (["model.freeze=a,,b"], "model.freeze=a,,b: allowed: none, features, all-but-last, layers between commas"),
        (
            ["model.trunk_lr=0.1"],
            "model.trunk_lr=0.1: trunk_lr has nothing to act on: freeze: features trains the head",
        ),
        (["model.layer_decay=0.5"], "layer_decay has nothing to act on"),
        (["model.layer_decay=1.5"], "model.layer_decay=1.5: 1.5 is not allowed; must be less than or equal to 1"),
        (["model.batch_norm=train"], "batch_norm: train would change the features"),
        (["model.freeze=all-but-last", "model.weights=none"], "freeze: all-but-last keeps random weights"),
        (["model.freeze=none", "model.weights=none", "model.batch_norm=frozen"], "batch_norm: frozen keeps random"),
        (["model.freeze=all-but-classifier", "model.trunk_lr=0.5"], "model.trunk_lr has nothing to act on: only the"),
    ],
)
def test_what_is_refused(photo_folder, run_inprocess, words, match):
    done = run_inprocess("train", "classify/transfer", "--data", photo_folder, "data.image.size_px=32", *words)
    assert done.code == 2
    assert match in done.stderr


def test_lower_rates_below_the_head(photo_folder, run_inprocess):
    """With a factor of almost nothing the trunk stays where it was; the head moves."""
    small = ("data.image.size_px=32", "data.workers=0", "train.epochs=1", "optim.weight_decay=0")
    words = ("train", "classify/transfer", "--data", photo_folder, *small, "model.freeze=none", "model.trunk_lr=1e-12")
    done = run_inprocess(*words)
    assert done.code == 0, done.stderr
    assert "learning rate: head ×1, below it ×1e-12" in done.stderr
    from safetensors.torch import load_file

    from dlcli.tasks.open import open_model

    found, before = load_file(done.run / "model/model.safetensors"), open_model("imagenet").module.state_dict()
    weights = [
        k for k, v in before.items() if not k.startswith("classifier") and not k.endswith(("mean", "var", "tracked"))
    ]
    assert max(float((found[k] - before[k]).abs().max()) for k in weights) < 1e-6
