"""Auxiliary heads where the trunk is frozen, and where the file's pictures had another size."""

import json

import pytest
import torch
from safetensors.torch import save_file

from dlcli.core import recipe as recipes
from dlcli.tasks.classify import Classify
from dlcli.tasks.classify_network import network

ARGS = {"width": 0.125, "batch_norm": True, "auxiliary": True, "dropout": 0.0}


def facts(size, classes=3):
    return {"classes": list("abcde")[:classes], "size_px": [size, size], "channels": 3}


def built(path, size, freeze="none", classes=3):
    """Return task and network that start from a file of weights."""
    words = [
        f"model.weights={path}",
        f"model.freeze={freeze}",
        *(f"model.args.{k}={json.dumps(v)}" for k, v in ARGS.items()),
    ]
    data = {"data.train": ("--data", "x/")}
    resolved = recipes.resolve("classify/googlenet", words, data, command="train")
    task = Classify(resolved.recipe)
    return task, task.build(facts(size, classes))


@pytest.fixture
def file(tmp_path):
    torch.manual_seed(0)
    module = network("inception_v1", ARGS, facts(64))
    save_file(module.state_dict(), tmp_path / "w.safetensors")
    return tmp_path / "w.safetensors", module.state_dict()


@pytest.mark.parametrize(
    ("freeze", "heads"), [("none", 3), ("all-but-last", 1), ("stem*,blocks*,auxiliary*", 1), ("auxiliary*", 3)]
)
def test_loss_of_auxiliary_heads_counts_where_it_trains_something(file, freeze, heads):
    task, module = built(file[0], 64, freeze)
    task.train_mode(module)
    seen = {}
    module.register_forward_hook(lambda *given: seen.update(answer=given[2]))
    batch = {"pictures": torch.randn(4, 3, 64, 64), "labels": torch.tensor([0, 1, 2, 0])}
    _, loss = next(task.losses(module, batch))
    parts = [torch.nn.functional.cross_entropy(a, batch["labels"]).item() for a in seen["answer"]]
    assert len(parts) == 3
    assert loss.item() == pytest.approx(parts[0] + 0.3 * sum(parts[1:heads]), rel=1e-6)


def test_another_size_of_picture_keeps_the_trained_head(file):
    path, held = file
    task, module = built(path, 160)
    own = module.state_dict()
    unlike = [k for k in own if own[k].shape != held[k].shape]
    assert unlike == ["auxiliary.4a.3.weight", "auxiliary.4d.3.weight"]
    assert all(torch.equal(own[k], held[k]) for k in own if k not in unlike)
    assert f"of auxiliary heads, {', '.join(unlike)} do not fit and start anew" in task.notes[0]
    assert "the head is new" not in task.notes[0]


def test_other_classes_make_the_head_new(file):
    path, held = file
    task, module = built(path, 64, classes=5)
    assert module.head.weight.shape[0] == 5
    assert torch.equal(module.stem[0][0].weight, held["stem.0.0.weight"])
    assert "; the head is new" in task.notes[0]
