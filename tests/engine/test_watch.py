"""Gradients and activations that are looked at: right figures, no influence, sound verdicts."""

import json
import math

import pytest
import torch
from torch import nn
from toys import Game, Regression, make, net

from dlcli.core.schemas import shared
from dlcli.engine.watch import Watch, verdict
from dlcli.ui import tables


def units_of(bits):
    return [i for i in range(64) if int(bits, 16) >> i & 1]


def watched(task=None, steps=None, module=None, **train):
    looks = []
    module = module or net()
    watch = Watch(module, steps or 12, looks.append)
    loop = make(task or Regression(), module, watch=watch, **train)
    return loop, looks, watch


def test_the_figures_are_those_of_the_step():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    looks = []
    watch = Watch(module, 1, looks.append)
    x, y = torch.randn(6, 3), torch.randn(6, 2)
    watch.begin(0)
    hidden = module[0](x)
    (module(x) - y).square().mean().backward()
    watch.gradients(module.parameters())
    watch.end(0)
    (look,) = looks
    seen = look["layers"]["0"]
    assert seen["gradient"] == pytest.approx(float(module[0].weight.grad.square().mean().sqrt()))
    assert seen["weight"] == pytest.approx(float(module[0].weight.detach().square().mean().sqrt()))
    assert seen["activation"] == pytest.approx(float(hidden.detach().square().mean().sqrt()))
    assert units_of(look["active"]["1"]) == (hidden > 0).any(0).nonzero().flatten().tolist()
    assert look["units"] == {"1": 4}
    both = torch.cat([module[0].weight.grad.flatten(), module[2].weight.grad.flatten()])
    assert look["norm"] == pytest.approx(float(both.norm()))


@pytest.mark.parametrize("task", [Regression, Game])
@pytest.mark.parametrize("accumulate", [1, 2])
def test_watching_changes_no_bit_and_sees_every_layer_that_was_stepped(task, accumulate):
    torch.manual_seed(1)
    plain = make(task(), net(), accumulate=accumulate)
    plain.fit()
    torch.manual_seed(1)
    loop, looks, _ = watched(task(), accumulate=accumulate)
    loop.fit()
    for k, v in plain.module.state_dict().items():
        assert torch.equal(v, loop.module.state_dict()[k]), k
    assert looks
    layers = {n for n, m in loop.module.named_modules() if isinstance(m, nn.Linear)}
    assert set(looks[-1]["layers"]) == layers  # a game that warms up steps its first optimizer alone


def test_at_most_about_two_hundred_looks():
    taken = []
    watch = Watch(nn.Linear(1, 1), 10_000, taken.append)
    for step in range(10_000):
        watch.begin(step)
        watch.end(step)
    assert len(taken) == 201  # and the last step
    assert taken[-1]["step"] == 10_000


def look(step, gradients, norm=1.0, active=None, units=None):
    layers = {f"l{i}": {"gradient": g, "weight": 1.0, "activation": 1.0} for i, g in enumerate(gradients)}
    return {"step": step, "norm": norm, "layers": layers, "active": active or {}, "units": units or {}}


@pytest.mark.parametrize(
    ("looks", "name", "text"),
    [
        ([look(1, [1e-6, 1e-3, 1.0])], "vanishing", "first layer, l0, are 1.0e-06 of those of the last, l2"),
        ([look(1, [1.0, 1.0]), look(2, [1.0, 1.0], norm=2e3)], "exploding", "2e\\+03 at step 2"),
        ([look(1, [1.0, 1.0]), look(2, [1.0, 1.0], norm=math.nan)], "exploding", "no number at step 2"),
        ([look(1, [1.0, 1.0]), look(2, [None, None], None, units={"r": 4})], "exploding", "no number at step 2"),
        (
            [look(i, [1.0, 1.0], active={"r": "1"}, units={"r": 4}) for i in range(4)],
            "dead_relu",
            "75% of the units of r",
        ),
        ([look(i, [1.0, 1.0], norm=10.0**-i) for i in range(9)], "fine", "none vanishes or explodes"),
        (
            [look(i, [1.0, 1.0], norm=1e-3) for i in range(3)] + [look(4, [1.0, 1.0], norm=2.0)],
            "exploding",
            "is 2 at step 4",
        ),
        ([look(1, [0.5, 1.0])], "fine", "first layer's gradients are 0.5 times"),
        ([look(1, [1e-6])], "fine", "none vanishes"),
    ],
)
def test_verdicts(looks, name, text):
    import re

    (found,) = verdict(json.loads(tables.as_json(looks)))["verdicts"]  # as they come back from a file
    assert found["name"] == name
    assert re.search(text, found["text"])


def test_a_unit_that_was_active_late_is_not_dead():
    early = [look(i, [1.0, 1.0], active={"r": "0"}, units={"r": 2}) for i in range(4)]
    late = [look(i, [1.0, 1.0], active={"r": f"{1 << i % 2:x}"}, units={"r": 2}) for i in range(4, 8)]
    assert verdict(early + late)["verdicts"][0]["name"] == "fine"
    assert verdict(late + early)["verdicts"][0]["name"] == "dead_relu"


def test_channels_of_pictures_are_the_units_and_a_functional_layer_is_no_harm():
    module = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(inplace=True))
    looks = []
    watch = Watch(module, 1, looks.append)
    watch.begin(0)
    with torch.no_grad():
        module[0].weight[1] = 0
        module[0].bias[1] = -1.0
    module(torch.ones(2, 1, 5, 5)).sum().backward()
    watch.gradients(module.parameters())
    watch.end(0)
    assert looks[0]["units"] == {"1": 3}
    assert 1 not in units_of(looks[0]["active"]["1"])


class Shared(nn.Module):
    """One ReLU in two places of different width; the first of them is dead."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.head = nn.Linear(3, 4), nn.Linear(4, 6), nn.Linear(6, 2)
        self.relu = nn.ReLU()
        nn.init.constant_(self.first.bias, -100.0)

    def forward(self, x):
        return self.head(self.relu(self.second(self.relu(self.first(x)))))


def test_each_use_of_a_relu_is_a_layer():
    torch.manual_seed(0)
    loop, looks, _ = watched(module=Shared(), steps=16)
    loop.fit()
    assert looks[0]["units"] == {"relu": 4, "relu (use 2)": 6}
    assert "dead ReLUs: 100% of the units of relu were" in verdict(looks)["verdicts"][-1]["text"]


def test_a_step_the_scaler_takes_back_is_no_look():
    looks = []
    module = nn.Linear(2, 2)
    watch = Watch(module, 1, looks.append)
    for scaled in (True, False):
        watch.begin(0)
        (module(torch.ones(1, 2)).sum() * math.inf).backward()
        watch.gradients(module.parameters())
        watch.end(0, scaled=scaled)
    assert len(looks) == 1


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "preresnet20", "googlenet", "densenet_bc"])
def test_networks_that_use_a_layer_twice_can_be_watched(name):
    from dlcli.models import catalog
    from dlcli.tasks.open import own_defaults

    args = {**own_defaults(name), "depth": 10 if name == "densenet_bc" else 8} if "_" in name or "pre" in name else {}
    module = catalog.build(name, channels=3, size_px=(32, 32), classes=3, args=args)
    looks = []
    watch = Watch(module, 1, looks.append)
    watch.begin(0)
    module(torch.randn(2, 3, 32, 32)).sum().backward()
    watch.gradients(module.parameters())
    watch.end(0)
    assert verdict(looks)["layers"]


def test_deep_sigmoids_vanish_through_the_shell(run_inprocess):
    words = ("model.args.hidden=[32,32,32,32,32,32]", "model.args.activation=sigmoid", "--epochs", "3")
    result = run_inprocess("train", "classify/mlp-digits", *words, "--watch", "gradients", "--json")
    assert result.code == 0, result.stderr
    doc = result.json()
    assert doc["gradients"]["verdicts"][0]["name"] == "vanishing"
    assert doc["gradients"]["ratio"] < 1e-3
    assert doc["diagnosis"]["verdict"] == "underfit"
    assert "plots/gradients" in doc["files"]
    assert "plots/activations" in doc["files"]
    lines = [json.loads(x) for x in (result.run / "gradients.jsonl").read_text().splitlines()]
    assert [x["step"] for x in lines] == list(range(1, 109))
    assert "How gradients flowed" in (result.run / "report.html").read_text()


def test_a_run_that_explodes_says_so_though_it_fails(run_inprocess):
    words = ("model.args.hidden=[32,32,32,32,32,32]", "model.init={name: normal, std: 2.0}", "optim.name=sgd")
    result = run_inprocess(
        "train", "classify/mlp-digits", *words, "optim.lr=0.1", "--epochs", "1", "--watch", "gradients"
    )
    assert result.code == 1
    assert "exploding gradients: the gradient is no number at step" in result.stderr
    assert "dead ReLUs" not in result.stderr
    assert "the loss is" in result.stderr
    assert (result.run / "plots/gradients.png").stat().st_size > 1000


def test_only_gradients_can_be_watched(run_inprocess):
    result = run_inprocess("train", "classify/lenet-digits", "--watch", "gradient")
    assert result.code == 2
    assert "--watch 'gradient' is not allowed; allowed: gradients; nearest: gradients" in result.stderr


def test_a_run_gone_on_with_keeps_the_looks_before_it(run_inprocess):
    straight = run_inprocess(
        "train", "classify/linear-digits", "--epochs", "2", "--watch", "gradients", "-o", "a", "-q"
    )
    assert straight.code == 0, straight.stderr
    first = run_inprocess("train", "classify/linear-digits", "--epochs", "1", "--watch", "gradients", "-o", "b")
    assert first.code == 0
    after = run_inprocess("train", "--resume", "b", "train.epochs=2", "--watch", "gradients")
    assert after.code == 0, after.stderr
    steps = [json.loads(x)["step"] for x in (after.run / "gradients.jsonl").read_text().splitlines()]
    assert steps == sorted(set(steps))
    assert steps[-1] == 72


@pytest.mark.parametrize("l1", [0.0, 0.3])
def test_l1_is_the_gradient_of_the_penalty(l1):
    torch.manual_seed(0)
    loop = make(Regression(), net(), optimizer=shared.Sgd(lr=0.1, l1=l1), schedule=shared.Constant(), epochs=1)
    torch.manual_seed(0)
    reference = net()
    loop.module.load_state_dict(reference.state_dict())
    batches = list(loop.train_loader)
    loop.fit()
    for batch in batches:
        reference.zero_grad()
        loss = (reference(batch["x"]) - batch["y"]).square().mean()
        loss = loss + l1 * sum(p.abs().sum() for p in reference.parameters() if p.dim() > 1)
        loss.backward()
        with torch.no_grad():
            for p in reference.parameters():
                p -= 0.1 * p.grad
    for k, v in reference.state_dict().items():
        torch.testing.assert_close(loop.module.state_dict()[k], v)


def test_l1_makes_weights_small_through_the_shell(run_inprocess):
    from safetensors.torch import load_file

    sums = []
    for l1 in ("0", "0.03"):
        words = ("--epochs", "3", "optim.name=sgd", "optim.lr=0.1", f"optim.l1={l1}")
        result = run_inprocess("train", "classify/linear-digits", *words)
        assert result.code == 0, result.stderr
        sums.append(float(load_file(result.run / "model/model.safetensors")["head.weight"].abs().sum()))
    assert sums[1] < 0.6 * sums[0]
