"""mixup and CutMix: pictures and labels of two, the same whatever the workers, processes and micro-batches."""

import types

import numpy as np
import pytest
import torch
from PIL import Image

from dlcli.core import recipe as recipes
from dlcli.core.draws import mix
from dlcli.core.errors import RecipeError
from dlcli.core.events import Reporters
from dlcli.core.schemas import augment
from dlcli.core.schemas.losses import CrossEntropy
from dlcli.core.sources import parse
from dlcli.data import build, images
from dlcli.data.augment import Augmenter
from dlcli.data.loader import Order, PictureBatches, loader
from dlcli.data.mix import Mixer, box
from dlcli.data.pictures import Names, Pictures, whole
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import cut
from dlcli.tasks import setup
from dlcli.tasks.classify import AUXILIARY_WEIGHT, Classify

STEPS = images.steps(channels=1, size_px=(8, 8), fit="crop", mean=[0.3], std=[0.4])
BOTH = [augment.Affine(), augment.Mixup(alpha=1.0, p=0.9), augment.CutMix()]
TINY = ["data.workers=0", "model.args.hidden=[8]", "train.epochs=1", "data.val=0.1", "data.test=0.1"]


def shades(count):
    """Return pictures of one color each, so that a mixture can be read off."""
    arrays = np.repeat(np.arange(count, dtype=np.uint8)[:, None, None] * 20, 8, axis=1).repeat(8, axis=2)
    return whole(Pictures(Names(map(str, range(count))), np.arange(count), [str(c) for c in range(count)], arrays))


def batches(operations=BOTH, *, workers=0, rank=0, world=1, start=0, batch=16, part=None):
    if part is None:
        part = build.parts(parse("digits"), 0.0, 0.9, 0).train
        part = type(part)(part.pictures, part.index[:50])
    order = Order(len(part), batch, 5, rank=rank, world=world, pairs=True)
    order.epoch, order.start = 2, start
    return list(loader(PictureBatches(part, STEPS, Augmenter(operations, STEPS), seed=5), order, workers=workers))


def by_sample(found):
    """Return what each sample of some batches became."""
    keys = ("pictures", "labels", "labels2", "share")
    return {int(i): [b[k][n] for k in keys] for b in found if "share" in b for n, i in enumerate(b["index"])}


def same(one, other):
    return one.keys() == other.keys() and all(all(map(torch.equal, one[i], other[i])) for i in one)


def test_workers_processes_and_where_one_begins_change_nothing():
    alone = by_sample(batches())
    assert len(alone) == 50
    assert same(alone, by_sample(batches(workers=2)))
    two, three = ([b for r in range(n) for b in batches(rank=r, world=n)] for n in (2, 3))
    assert same(alone, {i: by_sample(two)[i] for i in alone})
    assert same(alone, {i: by_sample(three)[i] for i in alone})
    rest = by_sample(batches(start=2))
    assert 0 < len(rest) < 50
    assert same({i: alone[i] for i in rest}, rest)


def test_the_partner_is_of_the_same_batch_and_another_sample():
    for keys in Order(50, 16, 5, pairs=True):
        own, partners = {i for _, i, _ in keys}, [p for _, _, p in keys]
        assert sorted(partners) == sorted(own)  # each is a partner once
        assert all(i != p for _, i, p in keys)
    assert list(Order(1, 16, 0, pairs=True)) == [[(0, 0, 0)]]


def test_with_two_processes_the_partner_need_not_be_read_anew():
    for rank in (0, 1):
        for keys in Order(64, 16, 5, rank=rank, world=2, pairs=True):
            assert {p for _, _, p in keys} == {i for _, i, _ in keys}


def test_mixup_is_the_weighted_mean_of_pictures_and_labels():
    (batch,) = batches([augment.Mixup(alpha=1.0)], part=shades(6))
    shade = batch["share"] * batch["labels"] + (1 - batch["share"]) * batch["labels2"]
    wanted = (shade * 20 / 255 - 0.3) / 0.4
    assert torch.allclose(batch["pictures"], wanted[:, None, None, None].expand(-1, 1, 8, 8), atol=1e-5)
    assert len(set(batch["share"].tolist())) == 6  # each draws its own


def test_cutmix_counts_the_pixels_of_either():
    (batch,) = batches([augment.CutMix()], part=shades(6))
    own = ((batch["pictures"] * 0.4 + 0.3) * 255 / 20).round().long() == batch["labels"][:, None, None, None]
    assert torch.equal(own.double().mean((1, 2, 3)), batch["share"].double())
    other = ((batch["pictures"] * 0.4 + 0.3) * 255 / 20).round().long() == batch["labels2"][:, None, None, None]
    assert bool((own ^ other).all())
    assert 0 < batch["share"].min() < 1


def test_the_box_of_cutmix_by_hand():
    center = types.SimpleNamespace(integers=lambda n: {40: 10, 20: 19}[n])
    # sqrt(1 − 0.75) = 1/2: 20 rows and 10 columns around (10, 19), cut off behind column 20.
    assert box(0.75, (40, 20), center) == (0, 20, 14, 20)
    assert box(1.0, (40, 20), center) == (10, 10, 19, 19)  # nothing


def test_the_weights_are_beta_distributed():
    mixer = Mixer([augment.Mixup(alpha=0.4)])
    one, two, out = np.ones((1, 1, 1), np.float32), np.zeros((1, 1, 1), np.float32), np.zeros((1, 1, 1), np.float32)
    drawn = np.array([mixer(one, two, out, mix(0, "mix", 0, i)) for i in range(3000)])
    assert drawn.mean() == pytest.approx(0.5, abs=0.03)
    assert drawn.var() == pytest.approx(1 / (4 * (2 * 0.4 + 1)), abs=0.01)  # of Beta(a, a): 1 / (4 (2a + 1))


def test_with_both_each_sample_draws_one():
    kinds = {b for a in batches([augment.Mixup(alpha=1.0), augment.CutMix()], part=shades(12)) for b in _kinds(a)}
    assert kinds == {"mixup", "cutmix"}
    (plain,) = batches([augment.Mixup(p=0.0), augment.CutMix(p=0.0)], part=shades(6))
    assert plain["share"].tolist() == [1.0] * 6


def _kinds(batch):
    for picture, share in zip(batch["pictures"], batch["share"], strict=True):
        if 0 < share < 1:
            yield "mixup" if len(set(picture.flatten().tolist())) == 1 else "cutmix"


def test_a_partner_that_cannot_be_read_leaves_the_picture_as_it_is(tmp_path):
    for k in range(4):
        Image.new("L", (8, 8), 20 * k).save(tmp_path / f"{k}.png")
    (tmp_path / "2.png").write_bytes(b"")
    part = whole(Pictures(Names(str(tmp_path / f"{k}.png") for k in range(4)), np.arange(4), list("abcd")))
    (batch,) = batches([augment.Mixup(alpha=1.0)], part=part, batch=4)
    assert sorted(batch["index"].tolist()) == [0, 1, 3]
    assert [name for name, _ in batch["bad"]] == [str(tmp_path / "2.png")]
    alone = batch["share"] == 1
    assert alone.sum() == 1
    assert torch.equal(batch["labels2"][alone], batch["labels"][alone])


def made(*words, recipe="classify/mlp-digits"):
    return setup.prepare(recipes.resolve(recipe, [*TINY, *words]), Reporters())


def test_validation_and_test_are_never_changed():
    changed = made("data.augment=[affine, randaugment, erasing, mixup, cutmix]")
    plain = made("data.augment=[]")
    for part in ("val", "test"):
        one, two = (list(s.scoring(s.parts.by_name()[part])) for s in (changed, plain))
        assert len(one) == len(two) > 0
        for a, b in zip(one, two, strict=True):
            assert a.keys() == b.keys() == {"bad", "index", "pictures", "labels"}
            assert all(torch.equal(a[k], b[k]) for k in ("index", "pictures", "labels"))
    loop = setup.make_loop(changed, None, Reporters(), StopRequest())
    assert "labels2" in next(iter(loop.train_loader))
    assert "labels2" not in next(iter(loop.val_loader))


def fitted(*words):
    held = made("data.augment=[affine, mixup, cutmix]", "data.test=0.8", "optim={name: sgd, lr: 0.1}", *words)
    loop = setup.make_loop(held, None, Reporters(), StopRequest())
    means = []
    loop.record = means.append
    loop.fit()
    return torch.cat([p.detach().flatten() for p in held.module.parameters()]), means[0]


def test_micro_batches_change_nothing():
    (one, a), (two, b) = fitted(), fitted("train.accumulate=3")
    assert torch.allclose(one, two, atol=1e-6)
    assert a["train/loss"] == pytest.approx(b["train/loss"], abs=1e-6)
    assert a["train/accuracy"] == pytest.approx(b["train/accuracy"], abs=1e-12)


def test_the_batch_size_is_found_with_mixing_on():
    assert made("data.augment=[mixup]", "train.batch=auto").batch > 8


class TwoHeads(torch.nn.Module):
    def forward(self, x):
        return (x, 2 * x) if self.training else x


def test_loss_and_accuracy_count_both_labels_by_share():
    task = Classify(types.SimpleNamespace(loss=CrossEntropy()))
    scores = torch.tensor([[2.0, 0.0, 1.0], [0.0, 3.0, 0.0]])
    batch = {
        "pictures": scores,
        "labels": torch.tensor([0, 2]),
        "labels2": torch.tensor([1, 1]),
        "share": torch.tensor([0.75, 0.4]),
    }
    losses = task.losses(TwoHeads().train(), batch)
    name, loss = next(losses)
    wanted = 0.0
    for weight, x in ((1.0, scores), (AUXILIARY_WEIGHT, 2 * scores)):
        minus_log = -x.double().log_softmax(1)
        wanted += weight * (0.75 * minus_log[0, 0] + 0.25 * minus_log[0, 1]) / 2
        wanted += weight * (0.4 * minus_log[1, 2] + 0.6 * minus_log[1, 1]) / 2
    assert name == "main"
    assert float(loss) == pytest.approx(float(wanted), rel=1e-6)
    with pytest.raises(StopIteration) as end:
        next(losses)
    assert float(end.value.value["accuracy"]) == pytest.approx((0.75 + 0.6) / 2)  # answers 0 and 1
    # The soft label's cross-entropy, which torch computes from probabilities.
    soft = torch.tensor([[0.75, 0.25, 0.0], [0.0, 0.6, 0.4]])
    (_, plain) = next(task.losses(torch.nn.Identity(), batch))
    assert float(plain) == pytest.approx(float(torch.nn.functional.cross_entropy(scores, soft)), rel=1e-6)
    assert cut(batch, 2)[1]["share"].tolist() == pytest.approx([0.4])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("[mixup, flip, mixup]", "augment holds mixup 2 times; once is allowed"),
        ("[cutmix, cutmix]", "augment holds cutmix 2 times"),
        ("[resized_crop, resized_crop]", "augment holds resized_crop 2 times"),
        ("[randaugment, trivial]", "augment holds randaugment and trivial; one of randaugment, autoaugment, trivial"),
        ("[{name: mixup, alpha: 0}]", "alpha"),
        ("[{name: autoaugment, policy: mnist}]", "'mnist' is not allowed; must be .*imagenet"),
        ("[mixupp]", "mixupp.*nearest: mixup"),
    ],
)
def test_what_does_not_go_together(words, message):
    with pytest.raises(RecipeError, match=message) as caught:
        recipes.resolve("classify/mlp-digits", [f"data.augment={words}"])
    assert caught.value.problems[0].key.startswith("data.augment")
