"""Features of a frozen trunk, computed once: nothing but the time may change."""

import json
import signal

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from dlcli.core import recipe as recipes
from dlcli.core.events import Note, Reporters
from dlcli.engine.checkpoint import Checkpoints
from dlcli.engine.evaluate import evaluate
from dlcli.engine.state import Stopped
from dlcli.engine.stop import StopRequest
from dlcli.models import catalog
from dlcli.tasks import features
from dlcli.tasks import setup as setups

SMALL = ("data.image.size_px=32", "data.workers=0", "train.batch=8", "data.val=0.25", "data.test=0")
ANEW = "data.augment=[{name: flip, p: 0}]"  # the same pictures, but not known to be


def made(data, *words):
    """Return setup, loop and the reporter of a transfer at 32 px."""
    resolved = recipes.resolve("classify/transfer", [*SMALL, "train.epochs=3", *words], {"data.train": ("", str(data))})
    reporter, stop = Reporters(), StopRequest()
    setup = setups.prepare(resolved, reporter)
    records = []
    loop = setups.make_loop(setup, None, reporter, stop, records.append)
    loop.records = records
    return setup, loop, [n.text for n in reporter.notes], reporter


def head_of(setup):
    layer = setup.module.get_submodule(setup.task.head)
    return torch.cat([layer.weight.detach().flatten(), layer.bias.detach()])


def passes(setup):
    """Count the pictures that go through the trunk."""
    seen = []
    setup.module.blocks.register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    return seen


def test_cached_training_is_the_uncached_one_and_runs_the_trunk_once(photo_folder):
    one, cached, _, said = made(photo_folder)
    two, anew, notes, _ = made(photo_folder, ANEW)
    assert any("features are computed anew in every epoch: data.augment changes the pictures" in n for n in notes)
    trunk_once, trunk_anew = passes(one), passes(two)
    cached.fit()
    anew.fit()
    assert sum(trunk_once) == len(one.parts.train) + len(one.parts.val) == 36
    assert sum(trunk_anew) == 3 * 36 - 3 * (len(two.parts.train) % 8 == 1)
    torch.testing.assert_close(head_of(one), head_of(two), atol=1e-6, rtol=1e-6)
    for ours, theirs in zip(cached.records, anew.records, strict=True):
        for name in ("train/loss", "train/accuracy", "val/loss", "val/accuracy"):
            assert ours[name] == pytest.approx(theirs[name], abs=1e-6)
    texts = [n.text for n in said.notes]
    assert sum("features of 36 pictures computed once" in t for t in texts) == 1
    assert sum("an epoch took" in t and "×" in t for t in texts) == 1


def test_the_whole_network_scores_as_the_cache_does(photo_folder):
    setup, loop, *_ = made(photo_folder, "train.ema=0.9")
    loop.fit()
    loop.load_best()
    cached = evaluate(setup.task, setup.module, loop.val_loader, setup.device)
    whole = evaluate(setup.task, setup.module, setup.scoring(setup.parts.val), setup.device)
    np.testing.assert_array_equal(cached.outputs["index"], whole.outputs["index"])
    np.testing.assert_allclose(cached.outputs["probabilities"], whole.outputs["probabilities"], atol=1e-6)
    assert cached.metrics == pytest.approx(whole.metrics, abs=1e-6)


def test_stopped_in_the_middle_of_an_epoch_it_goes_on_bit_for_bit(photo_folder, tmp_path):
    words = ("train.ema=0.9", "optim=sgd", "optim.momentum=0.9")
    whole, straight, *_ = made(photo_folder, *words)
    straight.fit()
    setup, loop, *_ = made(photo_folder, *words)
    loop.checkpoints = Checkpoints(tmp_path)
    losses, count = setup.task.losses, 0

    def counted(module, batch):
        nonlocal count
        count += 1
        loop.stop._signal = signal.SIGTERM if count == 6 else None  # the second batch of the second epoch
        return losses(module, batch)

    loop.phases[0] = type(loop.phases[0])("train", 3, counted)
    with pytest.raises(Stopped):
        loop.fit()
    assert (loop.position.epoch, loop.position.batch) == (1, 2)
    again, rest, *_ = made(photo_folder, *words)
    rest.load(Checkpoints(tmp_path).latest())
    rest.fit()
    for a, b in zip(whole.module.state_dict().values(), again.module.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    assert all(torch.equal(a, b) for a, b in zip(straight.ema.shadow.values(), rest.ema.shadow.values(), strict=True))


def test_groups_of_rates_go_on_bit_for_bit(photo_folder, tmp_path):
    words = ("model.freeze=all-but-blocks.6*,conv_head,bn2", "model.layer_decay=0.5", "train.batch=14")
    whole, straight, *_ = made(photo_folder, *words)
    straight.checkpoints = Checkpoints(tmp_path)
    at = {}
    straight.record = lambda line: at.setdefault(line["epoch"], {k: v.clone() for k, v in _state(straight).items()})
    straight.fit()
    again, rest, *_ = made(photo_folder, *words)
    file = sorted(p for p in tmp_path.iterdir() if "best" not in p.name)[-2]  # after the second epoch
    rest.load(torch.load(file, weights_only=True))
    assert rest.position.epoch == 2
    rest.fit()
    assert all(torch.equal(v, _state(rest)[k]) for k, v in at[3].items())
    scales = [g["lr_scale"] for g in rest.optimizers["main"].param_groups]
    assert scales == [1.0, 0.5, 0.25]
    assert torch.equal(head_of(whole), head_of(again))


def _state(loop):
    return loop.module.state_dict()


def test_a_picture_that_cannot_be_read_is_left_out_as_without_the_cache(photo_folder, tmp_path):
    import shutil

    shutil.copytree(photo_folder, tmp_path / "photos")
    setup, *_ = made(tmp_path / "photos")
    broken = setup.parts.train.name(3)
    with open(broken, "wb") as file:
        file.write(b"no picture")
    found = []
    for words in ((), (ANEW,)):
        one, loop, *_ = made(tmp_path / "photos", *words)
        loop.fit()
        found.append((head_of(one), loop.bad))
    torch.testing.assert_close(found[0][0], found[1][0], atol=1e-6, rtol=1e-6)
    assert list(found[0][1]) == [broken]
    assert found[0][1] == found[1][1]


def test_more_features_than_the_bound_are_not_kept(photo_folder, monkeypatch):
    monkeypatch.setattr(features, "MOST_BYTES", 36 * 1280 * 4 - 1)
    _, loop, notes, _ = made(photo_folder, "train.epochs=1")
    assert any("those of 36 pictures would take 0.0 GiB, more than" in n for n in notes)
    assert "pictures" in next(iter(loop.train_loader))
    monkeypatch.setattr(features, "MOST_BYTES", 36 * 1280 * 4)
    _, loop, notes, _ = made(photo_folder, "train.epochs=1")
    assert not any("anew" in n for n in notes)


def test_a_head_that_is_not_the_last_step(photo_folder, tmp_path):
    module = catalog.build("squeezenet1_1", channels=3, size_px=(32, 32), classes=1000)
    save_file(module.state_dict(), tmp_path / "w.safetensors")
    words = ("model.name=squeezenet1_1", f"model.weights={tmp_path / 'w.safetensors'}", "train.epochs=1")
    setup, loop, notes, _ = made(photo_folder, *words)
    assert any("scores of squeezenet1_1 are not what its layer classifier.1 puts out" in n for n in notes)
    loop.fit()
    trunk = {k: v for k, v in setup.module.state_dict().items() if not k.startswith("classifier.1")}
    assert all(torch.equal(v, module.state_dict()[k]) for k, v in trunk.items())


def test_a_signal_while_they_are_computed(photo_folder):
    setup, loop, *_ = made(photo_folder)
    seen = passes(setup)
    loop.stop._signal = int(signal.SIGTERM)
    with pytest.raises(Stopped) as caught:
        loop.fit()
    assert (caught.value.signal, seen, loop.position.step) == (signal.SIGTERM, [], 0)


def test_early_stopping_and_no_validation(photo_folder):
    _, loop, *_ = made(photo_folder, "train.epochs=40", "train.early_stop.patience=2", "optim.lr=0.1")
    loop.fit()
    assert 3 <= loop.position.epoch < 40
    _, loop, *_ = made(photo_folder, "data.val=0", "train.epochs=1")
    loop.fit()
    assert loop.val_loader is None
    assert loop.position.step == 5


def test_the_trunk_is_frozen_but_runs_in_every_step(photo_folder):
    setup, loop, notes, _ = made(photo_folder, "model.freeze=all-but-last", "model.batch_norm=train", "train.epochs=1")
    assert any("all but the last layer frozen; 3,843 weights of the head classifier" in n for n in notes)
    before = {k: v.clone() for k, v in setup.module.state_dict().items()}
    seen = passes(setup)
    loop.fit()
    assert sum(seen) == 36
    changed = {k for k, v in setup.module.state_dict().items() if not torch.equal(v, before[k])}
    moving = {k for k in before if k.endswith(("running_mean", "running_var", "num_batches_tracked"))}
    assert changed == {"classifier.weight", "classifier.bias"} | moving


@pytest.mark.slow
def test_two_processes_train_what_one_does(photo_folder, dlcli, run_inprocess):
    words = ("train", "classify/transfer", "--data", photo_folder, *SMALL, "train.epochs=3", "schedule=constant")
    runs = [
        run_inprocess(*words, "--out", "one"),
        dlcli(*words, "--devices", "2", "--out", "two", env={"OMP_NUM_THREADS": "1"}),
    ]
    assert [r.code for r in runs] == [0, 0], [r.stderr for r in runs]
    assert [r.stderr.count("computed once") for r in runs] == [1, 1]
    one, two = ([json.loads(x) for x in (r.run / "metrics.jsonl").read_text().splitlines()] for r in runs)
    for a, b in zip(one, two, strict=True):
        for name in ("train/loss", "val/loss", "val/accuracy"):
            assert a[name] == pytest.approx(b[name], abs=1e-5)
    first, second = (load_file(r.run / "model/model.safetensors") for r in runs)
    torch.testing.assert_close(first["classifier.weight"], second["classifier.weight"], atol=1e-5, rtol=1e-4)


def test_notes_are_events(photo_folder):
    *_, reporter = made(photo_folder)
    assert all(isinstance(n, Note) for n in reporter.notes)
    assert any(n.text.startswith("transfer: 27 training pictures, 9 a class") for n in reporter.notes)
