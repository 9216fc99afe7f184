"""The loop on toys: lock-step micro-batches, two optimizers, phases, clipping, averages, stopping, bit-exact resume."""

import copy
import os

import pytest
import torch
from toys import Game, Regression, data, make, net, weights

from dlcli.core.errors import DataError, RunFailed
from dlcli.core.events import EpochDone
from dlcli.core.schemas import shared
from dlcli.engine.checkpoint import Checkpoints
from dlcli.engine.state import Stopped
from dlcli.engine.stop import StopRequest
from dlcli.engine.task import Monitor, Phase, cut


@pytest.mark.parametrize("task", [Regression, Game])
@pytest.mark.parametrize("parts", [2, 3, 8])
def test_accumulation_equals_the_whole_batch(task, parts):
    whole, cut_up = make(task(), net().double()), make(task(), net().double(), accumulate=parts)
    for loop in (whole, cut_up):
        loop.train_loader.x, loop.train_loader.y = (t.double() for t in data())
        loop.val_loader = None
        loop.fit()
    torch.testing.assert_close(weights(whole), weights(cut_up), atol=1e-12, rtol=0)


def test_second_optimizer_sees_the_first_ones_step():
    module = net()
    loop = make(Game(), module, optimizer=shared.Sgd(lr=0.1), schedule=shared.Constant(), epochs=3, batch=26, val=False)
    by_hand = net()
    loop.fit()
    x, y = data()
    first, second = torch.optim.SGD(by_hand[0].parameters(), 0.1), torch.optim.SGD(by_hand[2].parameters(), 0.1)
    for _ in range(2):
        by_hand.zero_grad()
        by_hand(x).square().mean().backward()
        first.step()
    for optimizer, sign in ((first, -1), (second, 1)):
        by_hand.zero_grad()
        (by_hand(x) + sign * y).square().mean().backward()
        optimizer.step()
    expected = torch.cat([p.detach().flatten() for p in by_hand.parameters()])
    torch.testing.assert_close(weights(loop), expected, atol=1e-6, rtol=1e-5)


def test_micro_batches_hold_everything_once():
    batch = {"x": torch.arange(7), "name": "kept"}
    for parts in range(1, 10):
        found = cut(batch, parts)
        assert torch.equal(torch.cat([b["x"] for b in found]), batch["x"])
        assert all(len(b["x"]) for b in found)
        assert len(found) == min(parts, 7)


class Halt(StopRequest):
    """Asks to stop after a number of steps."""

    def __init__(self, loop_step):
        super().__init__()
        self.at, self.loop = loop_step, None

    @property
    def signal(self):
        return 15 if self.loop is not None and self.loop.position.step >= self.at else None

    @signal.setter
    def signal(self, _):
        pass


@pytest.mark.parametrize("task", [Regression, Game])
@pytest.mark.parametrize("at", [1, 5, 8, 11])
def test_resume_is_bit_exact(tmp_path, task, at):
    settings = {"optimizer": shared.Adamw(lr=0.02), "schedule": shared.Cosine(warmup_steps=3), "ema": 0.9}
    straight = make(task(), net(dropout=0.4), tmp_path / "a", **settings)
    straight.fit()
    halt = Halt(at)
    first = make(task(), net(dropout=0.4), tmp_path / "b", stop=halt, **settings)
    halt.loop = first
    with pytest.raises(Stopped, match="15"):
        first.fit()
    again = make(task(), net(seed=99, dropout=0.4), tmp_path / "b", **settings)
    again.load(Checkpoints(tmp_path / "b").latest())
    assert again.position.step == at
    again.fit()
    assert torch.equal(weights(straight), weights(again))
    for k, v in straight.ema.shadow.items():
        assert torch.equal(v, again.ema.shadow[k])
    ours, theirs = ([e for e in x.recorder.events if isinstance(e, EpochDone)] for x in (straight, again))
    assert [e.metrics for e in ours][-len(theirs) :] == [e.metrics for e in theirs]


def test_extended_run_equals_a_longer_one_under_a_constant_rate(tmp_path):
    settings = {"schedule": shared.Constant()}
    longer = make(Regression(), net(), tmp_path / "a", epochs=6, **settings)
    longer.fit()
    make(Regression(), net(), tmp_path / "b", epochs=4, **settings).fit()
    extended = make(Regression(), net(seed=5), tmp_path / "b", epochs=6, **settings)
    extended.load(Checkpoints(tmp_path / "b").latest())
    extended.fit()
    assert torch.equal(weights(longer), weights(extended))


@pytest.mark.parametrize(("kind", "bound"), [("clip_norm", 0.01), ("clip_value", 0.002)])
def test_clipping_bounds_the_step(kind, bound):
    module = net()
    before = copy.deepcopy(module)
    loop = make(
        Regression(),
        module,
        optimizer=shared.Sgd(lr=1.0),
        schedule=shared.Constant(),
        batch=26,
        epochs=1,
        **{kind: bound},
    )
    loop.fit()
    step = weights(loop) - torch.cat([p.detach().flatten() for p in before.parameters()])
    size = step.norm() if kind == "clip_norm" else step.abs().max()
    assert float(size) == pytest.approx(bound, rel=1e-3)


def test_ema_is_the_recursion_and_is_what_validation_sees(tmp_path):
    loop = make(
        Regression(),
        net(),
        tmp_path,
        ema=0.5,
        epochs=1,
        batch=13,
        optimizer=shared.Sgd(lr=0.1),
        schedule=shared.Constant(),
    )
    by_hand, shadow = net(), None
    x, y = data()
    order = torch.randperm(26, generator=torch.Generator().manual_seed(0))
    optimizer = torch.optim.SGD(by_hand.parameters(), 0.1)
    shadow = [p.detach().clone() for p in by_hand.parameters()]
    for t in range(2):
        i = order[t * 13 : (t + 1) * 13]
        optimizer.zero_grad()
        (by_hand(x[i]) - y[i]).square().mean().backward()
        optimizer.step()
        decay = min(0.5, (1 + t) / (10 + t))
        shadow = [decay * s + (1 - decay) * p.detach() for s, p in zip(shadow, by_hand.parameters(), strict=True)]
    loop.fit()
    for s, v in zip(shadow, loop.ema.shadow.values(), strict=True):
        torch.testing.assert_close(s, v)
    plain = weights(loop)
    loop.load_best()
    assert not torch.equal(plain, weights(loop))
    torch.testing.assert_close(weights(loop), torch.cat([s.flatten() for s in shadow]))


class Scripted(Regression):
    """Validation says what the script says."""

    monitor = Monitor("score", higher=True)

    def __init__(self, script):
        self.script = list(script)

    def scores(self, outputs):
        return {"loss": 1.0, "score": self.script.pop(0)}


def test_early_stop_with_patience_and_best_weights(tmp_path):
    loop = make(
        Scripted([1, 3, 2, 2.5, 3.05, 9]),
        net(),
        tmp_path,
        epochs=6,
        early_stop=shared.EarlyStop(patience=3, min_delta=0.1),
    )
    seen = []
    original = loop.save
    loop.save = lambda: (seen.append(weights(loop)), original())
    loop.fit()
    # Epochs 3, 4 and 5 got no better than 3 by more than 0.1; 3.05 is still the best value, so its weights are kept.
    assert loop.position.epoch == 5
    assert loop.load_best() == 5
    assert torch.equal(weights(loop), seen[4])


def test_best_weights_are_the_best_epochs_not_the_last(tmp_path):
    loop = make(Scripted([1, 5, 2, 4]), net(), tmp_path)
    kept = {}
    loop.record = lambda record: kept.update({record["epoch"]: weights(loop).clone()})
    loop.fit()
    assert loop.load_best() == 2
    assert torch.equal(weights(loop), kept[2])
    assert not torch.equal(weights(loop), kept[4])


def test_plateau_cuts_the_rate_and_survives_resume(tmp_path):
    schedule = shared.Plateau(gamma=0.5, patience=0)
    loop = make(Scripted([5, 4, 3]), net(), tmp_path, epochs=3, schedule=schedule)
    loop.fit()
    assert loop.plateau.factor == 0.25
    again = make(Scripted([1]), net(), tmp_path, epochs=4, schedule=schedule)
    again.load(Checkpoints(tmp_path).latest())
    assert again._lr() == pytest.approx(0.01 * 0.25)


def test_a_loss_that_is_no_number_ends_the_run():
    with pytest.raises(RunFailed, match="the loss is (nan|inf)"):
        make(Regression(), net(), optimizer=shared.Sgd(lr=1e25), schedule=shared.Constant()).fit()


def test_micro_batches_must_name_one_optimizer():
    class Torn(Game):
        def losses(self, module, batch):
            yield ("first" if int(batch["index"][0]) % 2 else "second"), module(batch["x"]).square().mean()

        def phases(self, epochs):
            return [Phase("torn", epochs, self.losses)]

    with pytest.raises(RunFailed, match="different optimizers: first, second"):
        make(Torn(), net(), accumulate=8).fit()


def test_too_many_unreadable_samples():
    loop = make(Regression(), net())
    loop._note_bad([("a.png", "a.png: broken picture")])
    with pytest.raises(DataError, match="2 samples cannot be read"):
        loop._note_bad([("b.png", "b.png: broken picture")])


def test_checkpoints_keep_two_and_their_best(tmp_path):
    loop = make(Scripted([1, 2, 3, 4]), net(), tmp_path)
    loop.fit()
    assert len(list(tmp_path.glob("step-*.pt"))) == 2
    assert len(list(tmp_path.glob("best-*.safetensors"))) == 2
    assert not list(tmp_path.glob("*.tmp"))


def test_a_broken_newest_checkpoint_falls_back_to_the_one_before(tmp_path):
    make(Regression(), net(), tmp_path).fit()
    old, new = sorted(tmp_path.glob("step-*.pt"))
    new.write_bytes(new.read_bytes()[:100])
    assert Checkpoints(tmp_path).latest()["position"]["step"] == int(old.stem.removeprefix("step-"))


def test_checkpoints_are_read_without_unpickling_code(tmp_path):
    import pickle

    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "pwned"), "w"))

    (tmp_path / "step-00000001.pt").write_bytes(pickle.dumps(Evil()))
    from dlcli.core.errors import ModelError

    with pytest.raises(ModelError, match="no checkpoint to go on from"):
        Checkpoints(tmp_path).latest()
    assert not (tmp_path / "pwned").exists()


def test_a_full_disk_is_told_as_one_and_the_checkpoint_before_stays(tmp_path):
    """Torch's writer turns the system's error into one of its own; a full device stands for the disk."""
    held = Checkpoints(tmp_path)
    state = {"position": {"step": 1}, "best": None, "module": {"w": torch.zeros(100_000)}}
    first = held.save(state)
    (tmp_path / f".step-00000002.pt.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(RunFailed, match="no space left to write"):
        held.save({**state, "position": {"step": 2}})
    assert held.latest()["position"]["step"] == 1
    assert [p.name for p in tmp_path.iterdir()] == [first.name]
