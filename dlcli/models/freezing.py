"""What of a network is trained, and how the rest of it behaves meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from torch import nn

from dlcli.core.errors import UsageError
from dlcli.core.nearest import nearest

ALL_BUT = "all-but-"
WORDS = ("none", "features", "all-but-last")


def frozen_names(names: Sequence[str], head: str, asked: str) -> set[str]:
    """Return which parameters stay as they are.

    A pattern is a shell's (``*``, ``?``, ``[0-3]``) and fits a parameter when it fits its name or that of a module
    around it: ``layer1*`` takes ``layer1.0.conv1.weight``.

    Args:
        names: of all parameters.
        head: name of the layer that gives the class scores; it is trained in any case.
        asked: ``none``; ``features`` or ``all-but-last``: everything but the head; patterns between commas: these;
            ``all-but-`` and patterns: everything but these and the head.

    Raises:
        UsageError: a pattern fits nothing or the head, or nothing or everything would be frozen.

    """
    trunk = {n for n in names if n.rpartition(".")[0] != head}
    if asked == "none":
        return set()
    if asked in WORDS:
        return trunk
    parts = list(dict.fromkeys(n.partition(".")[0] for n in names))
    hint = f"layers of this network: {', '.join(parts)}; its head: {head}; or one of {', '.join(WORDS)}"
    named: set[str] = set()
    for pattern in asked.removeprefix(ALL_BUT).split(","):
        found = {n for n in names if any(fnmatchcase(around, pattern) for around in _around(n))}
        if not found:
            near = nearest(pattern, [*parts, *WORDS])
            raise UsageError(f"model.freeze {asked!r}: no layer fits {pattern!r}{near}", hint, key="model.freeze")
        named |= found
    frozen = trunk - named if asked.startswith(ALL_BUT) else named
    if not frozen:
        raise UsageError(f"model.freeze {asked!r} leaves nothing frozen; that is none", hint, key="model.freeze")
    if not frozen <= trunk:
        what = "everything" if trunk <= frozen else f"the head {head}, which is always trained"
        raise UsageError(f"model.freeze {asked!r} would freeze {what}", hint, key="model.freeze")
    return frozen


def _around(name: str) -> Iterator[str]:
    """Yield the name of a parameter and of each module around it."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def batch_norms(module: nn.Module) -> list[nn.Module]:
    """Return the batch normalizations of a network."""
    return [m for m in module.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]


def freeze(module: nn.Module, head: str, asked: str, batch_norm: str = "auto") -> None:
    """Let gradients reach only what is to be trained.

    Args:
        module: the network.
        head: name of the layer that gives the class scores.
        asked: see ``frozen_names``.
        batch_norm: ``frozen`` keeps scale and shift of every batch normalization as they are; see ``train_mode`` for
            the statistics.

    Raises:
        UsageError: see ``frozen_names``; a mode is asked of a network without batch normalization.
    Effects: sets ``requires_grad`` of every parameter.

    """
    norms = batch_norms(module)
    if batch_norm != "auto" and not norms:
        text = f"model.batch_norm={batch_norm}: the network has no batch normalization"
        raise UsageError(text, "leave model.batch_norm out", key="model.batch_norm")
    frozen = frozen_names([n for n, _ in module.named_parameters()], head, asked)
    for name, parameter in module.named_parameters():
        parameter.requires_grad_(name not in frozen)
    if batch_norm == "frozen":
        for norm in norms:
            norm.requires_grad_(False)


def train_mode(module: nn.Module, head: str, asked: str, batch_norm: str = "auto") -> None:
    """Put a network in training mode, its frozen parts as they are in use.

    A module whose parameters are all frozen is put in evaluation mode with all in it: no dropout, no stochastic depth,
    and batch normalization by its stored statistics, which stay. Otherwise frozen weights would meet drifting
    statistics, and the features would not be those that were published.

    Args:
        module: the network.
        head: name of the layer that gives the class scores.
        asked: ``features`` puts all but the head in evaluation mode, dropout before the head as well, so that the
            head's inputs are a function of the picture alone.
        batch_norm: ``auto`` as said above; ``train``: statistics of the batch, also where weights are frozen;
            ``frozen``: stored statistics everywhere.

    """
    if asked == "features":
        module.eval()
        module.get_submodule(head).train()
        return
    module.train()
    for part in module.modules():
        needed = [p.requires_grad for p in part.parameters()]
        if needed and not any(needed):
            part.eval()
    if batch_norm != "auto":
        for norm in batch_norms(module):
            norm.train(batch_norm == "train")
