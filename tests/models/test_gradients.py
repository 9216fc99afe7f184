"""The gradients of every network, activation and loss of ours against finite differences."""

import typing

import annotated_types
import pytest
import torch

from dlcli.core import names
from dlcli.core import recipe as recipes
from dlcli.core.errors import ModelError
from dlcli.core.schemas import losses
from dlcli.core.schemas.base import choices_of
from dlcli.core.schemas.models import ARGS
from dlcli.engine.gradient_check import check, repeatable
from dlcli.models import catalog
from dlcli.models.layers import ACTIVATIONS, activation
from dlcli.tasks.classify import Classify
from dlcli.tasks.classify_loss import loss as loss_of
from dlcli.tasks.open import own_defaults

LOSSES = choices_of(losses.Loss)
CLASSES = 3
SMALL = (1, 2, 3, 4, 6, 8)  # widths tried for whatever whole number a network takes


def on_meta(name, size, args):
    """Return how many weights the network has; None where it cannot be, or cannot take the size."""
    try:
        with torch.device("meta"):
            module = catalog.build(name, channels=1, size_px=(size, size), classes=CLASSES, args=args).eval()
            module(torch.zeros(2, 1, size, size))
    except (ModelError, RuntimeError, ValueError, ZeroDivisionError, IndexError):
        return None
    return sum(p.numel() for p in module.parameters())


def toy(name):
    """Return arguments, side and weights of a small version of a network, whatever its arguments are called."""
    args = own_defaults(name)
    for size in (8, 12, 16, 24, 32, 48, 64, 96, 128, 224):
        if (count := on_meta(name, size, args)) is not None:
            break
    else:
        raise AssertionError(f"{name} takes no square picture up to 224 px")
    for key, field in ARGS[name].model_fields.items():
        if count < 20_000:
            break
        now = args[key]
        if isinstance(now, bool) or not isinstance(now, int | list):
            continue
        least = max((m.ge for m in field.metadata if isinstance(m, annotated_types.Ge)), default=0)
        if isinstance(now, int):
            smaller = [v for v in SMALL if least <= v < now]
        else:
            smaller = [[min(v, x) for x in now] for v in SMALL] if all(isinstance(x, int) for x in now) else []
        for value in smaller:
            fewer = on_meta(name, size, {**args, key: value})
            if fewer is not None and fewer < count:
                args, count = {**args, key: value}, fewer
                break
    return args, size, count


def task(name="linear", loss="cross_entropy"):
    return Classify(recipes.resolve("classify/linear-digits", [f"model.name={name}", f"loss.name={loss}"]).recipe)


@pytest.mark.parametrize("name", names.OWN_MODELS)
def test_the_gradients_of_every_own_network(name):
    args, size, count = toy(name)
    torch.manual_seed(0)
    module = catalog.build(name, channels=1, size_px=(size, size), classes=CLASSES, args=args)
    with torch.no_grad():
        for tensor in module.parameters():
            if not tensor.any():  # weights that begin at zero may sit on a kink, and hide what is behind them
                tensor.normal_(0, 0.1)
    batch = {
        "pictures": torch.randn(3, 1, size, size),
        "labels": torch.tensor([0, 2, 1]),
        "index": torch.arange(3),
    }
    loss, tensors = repeatable(task(name, "perceptron" if name == "perceptron" else "cross_entropy"), module, batch)
    # The first tensor's gradient has come back through every layer; the larger the network, the fewer others.
    most = 12 if count < 200_000 else 6 if count < 2_000_000 else 3
    keys = list(tensors)
    kept = sorted({round(k * (len(keys) - 1) / (most - 1)) for k in range(most)})
    found = check(loss, {keys[k]: tensors[keys[k]] for k in kept}, entries=4 if most == 12 else 2)
    assert not [c for c in found if c.verdict in ("wrong", "suspicious")]
    assert 2 * sum(c.compared for c in found) >= len(found)  # kinks are left out


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_gradient_of_every_activation(name):
    x = torch.randn(9, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    weights = torch.linspace(-1, 2, 9, dtype=torch.float64)
    (row,) = check(lambda: (activation(name)(x) * weights).sum(), {"x": x}, entries=9)
    assert (row.verdict, row.compared) == ("correct", 9)


def sections(name):
    """Return a loss with its defaults, and with each choice and each positive number of its own."""
    schema = LOSSES[name]
    yield schema()
    for key, field in schema.model_fields.items():
        if typing.get_origin(field.annotation) is typing.Literal:
            yield from (schema(**{key: v}) for v in typing.get_args(field.annotation)[1:])
        elif field.annotation is float:
            yield schema(**{key: 0.3})


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_of_every_loss(name):
    scores = torch.randn(5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    labels = torch.tensor([0, 3, 1, 1, 2])
    weights = torch.tensor([0.5, 2.0, 1.0, 0.25])
    seen = []
    for section in sections(name):
        chosen = weights if getattr(section, "class_weights", "none") != "none" else None

        def mean(section=section, chosen=chosen):
            return loss_of(section, scores, labels, chosen).mean()

        (row,) = check(mean, {"scores": scores}, entries=20)
        assert (row.verdict, row.compared) == ("correct", 20), section
        seen.append(float(mean().detach()))
    assert len(set(seen)) >= len(seen) - (name == "huber")  # the softmax is never farther than 1 from the truth
