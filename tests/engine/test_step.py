"""One batch that does not fit: taken anew in smaller portions, as if they had been asked for from the start."""

import pytest
import torch
from torch import nn
from toys import CPU, Game, Loader, Regression, data, make, net, weights

from dlcli.core.errors import DeviceError, RunFailed
from dlcli.core.schemas import shared
from dlcli.engine.evaluate import evaluate


class Short:
    """Makes a task run out of memory at chosen calls of its generator; ``where`` is forward, backward or second."""

    calls = 0
    failing = frozenset()
    where = "forward"

    def _check(self, place, loss=None):
        if place != self.where or self.calls not in self.failing:
            return loss
        if place == "backward":
            return Fails.apply(loss)
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 3.00 GiB")


class Fails(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        raise torch.OutOfMemoryError("CUDA out of memory in backward")


class ShortRegression(Short, Regression):
    def losses(self, module, batch):
        self.calls += 1
        self._check("forward")
        loss = (module(batch["x"]) - batch["y"]).square().mean()
        yield "main", self._check("backward", loss)
        return {"error": loss.detach()}


class ShortGame(Short, Game):
    def losses(self, module, batch):
        self.calls += 1
        yield "first", (module(batch["x"]) - batch["y"]).square().mean()
        loss = (module(batch["x"]) + batch["y"]).square().mean()
        self._check("second")
        yield "second", loss
        return None


def normed(dropout=0.4):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Dropout(dropout), nn.Linear(5, 2))


def short(cls, module, failing, where="forward", **train):
    task = cls()
    task.failing, task.where = frozenset(failing), where
    return make(task, module, **train)


def steps(loop):
    """Record learning rate and micro-batches of every step."""
    seen, take = [], loop.steps.take

    def watch(batch, losses, step, lr):
        found = take(batch, losses, step, lr)
        seen.append((step, lr, loop.steps.parts))
        return found

    loop.steps.take = watch
    return seen


@pytest.mark.parametrize("where", ["forward", "backward"])
def test_the_step_is_that_of_the_smaller_micro_batch_draws_and_buffers_included(where):
    """One micro-batch fails in the first step: from there on the run is bit-equal to one that began with two."""
    failed, small = short(ShortRegression, normed(), {1}, where), make(Regression(), normed(), accumulate=2)
    seen = steps(failed), steps(small)
    failed.fit(), small.fit()
    assert torch.equal(weights(failed), weights(small))
    for a, b in zip(failed.module.buffers(), small.module.buffers(), strict=True):
        assert torch.equal(a, b)
    assert seen[0] == seen[1]
    assert {p for _, _, p in seen[0]} == {2}
    said = [e.text for e in failed.recorder.events if getattr(e, "level", "") == "warning"]
    assert said == [
        "out of memory at step 1: batches are cut into 2 micro-batches from here on; the batch of 8 and the schedule "
        "stay; batch normalization sees the smaller micro-batches"
    ]


def test_without_batch_norm_the_run_is_the_same_within_rounding_and_so_is_the_schedule():
    whole, failed = make(Regression(), net()), short(ShortRegression, net(), {3, 4})
    seen = steps(whole), steps(failed)
    whole.fit(), failed.fit()
    torch.testing.assert_close(weights(whole), weights(failed), atol=1e-6, rtol=0)
    assert [s[:2] for s in seen[0]] == [s[:2] for s in seen[1]]
    assert [p for *_, p in seen[1]][:4] == [1, 1, 4, 4]
    assert whole.best["value"] == pytest.approx(failed.best["value"], abs=1e-6)


def test_a_second_optimizer_that_runs_out_does_not_step_the_first_again():
    whole, failed = make(Game(), net().double(), epochs=3), short(ShortGame, net().double(), {2}, "second", epochs=3)
    for loop in (whole, failed):
        loop.train_loader.x, loop.train_loader.y = (t.double() for t in data())
        loop.val_loader = None
        loop.fit()
    assert failed.steps.parts == 2
    torch.testing.assert_close(weights(whole), weights(failed), atol=1e-12, rtol=0)


def test_one_sample_at_a_time_that_does_not_fit_ends_the_run():
    loop = short(ShortRegression, net(), range(100))
    with pytest.raises(DeviceError, match="out of memory at step 1 with one sample at a time: CUDA out of memory"):
        loop.fit()


def test_a_refused_allocation_on_the_cpu_is_told_and_not_tried_again():
    class Refused(Regression):
        def losses(self, module, batch):
            raise RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory")
            yield

    with pytest.raises(DeviceError, match="out of memory: .*can't allocate memory"):
        make(Refused(), net()).fit()


def test_what_was_found_is_kept_when_a_run_goes_on(tmp_path):
    failed = short(ShortRegression, net(), {1}, folder=tmp_path)
    failed.fit()
    again = make(Regression(), net(), tmp_path, epochs=5)
    again.load(again.checkpoints.latest())
    assert again.steps.parts == 2


def test_batch_norm_of_one_sample_is_explained():
    with pytest.raises(RunFailed, match="batch normalization needs more than one sample in each micro-batch"):
        make(Regression(), normed(), accumulate=8).fit()


def test_scoring_takes_a_batch_that_does_not_fit_in_portions():
    class Tight(Regression):
        sizes = ()

        def outputs(self, module, batch):
            self.sizes += (len(batch["x"]),)
            if len(batch["x"]) > 2:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return super().outputs(module, batch)

    x, y = data()
    tight, module = Tight(), net()
    found = evaluate(tight, module, Loader(x[:10], y[:10], 5, shuffle=False), CPU)
    assert found.metrics == pytest.approx(
        evaluate(Regression(), module, Loader(x[:10], y[:10], 5, shuffle=False), CPU).metrics
    )
    assert tight.sizes == (5, 2, 3, 1, 1, 2, 1, 1, 1, 2, 1)


def test_precision_is_that_of_the_arithmetic():
    seen = []

    class Watching(Regression):
        def losses(self, module, batch):
            answer = module(batch["x"])
            seen.append(answer.dtype)
            yield "main", (answer.float() - batch["y"]).square().mean()

    from dlcli.engine.device import open_device

    for precision in ("32", "bf16"):
        loop = make(Watching(), net(), epochs=1, val=False)
        loop.device = loop.steps.device = open_device(shared.Device(name="cpu", precision=precision))
        loop.fit()
    assert set(seen[: len(seen) // 2]) == {torch.float32}
    assert set(seen[len(seen) // 2 :]) == {torch.bfloat16}
