"""Which attentions a network has, which of them are asked for, and their weights of one picture."""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlcli.core.errors import UsageError
from dlcli.core.nearest import nearest
from dlcli.methods import attention
from dlcli.methods.attention import Call
from dlcli.methods.attention_places import Places, in_rows, places_of

NOT_TOLD = "it cannot be told which places of the picture the tokens stand for"
UNPLACED = "can it be told which places of the picture the tokens stand for"
ELSEWHERE = "gradcam, saliency and the other methods need no attention"


@dataclass(frozen=True)
class Found:
    """An attention of a network.

    Args:
        name: of the module that computes it.
        kind: see ``attention.Call``.
        shape: of its weights, (…, heads, queries, keys).

    """

    name: str
    kind: str
    shape: tuple[int, ...]

    @property
    def windows(self) -> int:
        """How many windows there are; 1: every token looks at all."""
        return math.prod(self.shape[:-3])

    @property
    def heads(self) -> int:
        """How many heads."""
        return self.shape[-3]


@dataclass(frozen=True)
class Plan:
    """What is looked at in every picture of one size.

    Args:
        layers: names, in the order of the network.
        places: of each of them.
        token: the token in front of the picture's that the answer is read from; None: there is none.

    """

    layers: list[str]
    places: dict[str, Places]
    token: int | None


def survey(module: nn.Module, x: Tensor) -> list[Found]:
    """Return every attention that runs on a picture, in order.

    Raises:
        UsageError: there is none; says what to use.

    """
    found: list[Found] = []
    attention.run(module, x, lambda call: found.append(Found(call.layer, call.kind, call.shape)))
    if not found:
        text = "the network has no attention: no softmax of queries and keys ran"
        raise UsageError(
            text, f"{ELSEWHERE}; vision transformers have it, such as -m torchvision:vit_b_16@random", key="model"
        )
    return found


def planned(module: nn.Module, x: Tensor, word: str | None) -> Plan:
    """Return the plan for one layer, or those of a pattern; without a word for the last that lies over the picture.

    Args:
        module: in evaluation mode.
        x: one picture.
        word: name, pattern or number of an attention, or of a module around it.

    Raises:
        UsageError: the network has no attention, none of this name, or one whose tokens stand for unknown places.

    """
    found = survey(module, x)
    if word is not None:
        layers = named(module, [f.name for f in found], word)
        places = _places(module, x, layers)
        if lost := [n for n in layers if n not in places]:
            raise UsageError(f"of the attention {lost[0]} {NOT_TOLD}", "--list-layers shows the others", key="layer")
    else:
        for last in reversed(found):
            if places := _places(module, x, [last.name]):
                layers = [last.name]
                break
        else:
            raise UsageError(f"of none of the network's {len(found)} attentions {UNPLACED}", ELSEWHERE, key="model")
    return Plan(layers, places, _token(module, x, places))


def planned_rollout(module: nn.Module, x: Tensor) -> Plan:
    """Return the plan for rollout: all layers.

    Raises:
        UsageError: the network has none, or its layers cannot be multiplied; says why.

    """
    found = survey(module, x)
    first = found[0]
    instead = "leave --rollout out: each layer can be looked at by itself"
    for one in found:
        if one.windows > 1:
            text = f"rollout follows tokens that all look at all; in {one.name} they look inside {one.windows} windows"
            raise UsageError(f"{text}, between which the picture's places are cut anew", instead, key="rollout")
        if one.shape[-2:] != (first.shape[-1],) * 2:
            sizes = " and ".join("{} × {}".format(*f.shape[-2:]) for f in (first, one))
            text = f"rollout follows the same tokens through all layers; {first.name} and {one.name} have {sizes}"
            raise UsageError(f"{text} queries and keys", instead, key="rollout")
    places = _places(module, x, [first.name])
    if not places or places[first.name].windows > 1:
        raise UsageError(f"of the attention {first.name} {NOT_TOLD}", ELSEWHERE, key="model")
    layers = [one.name for one in found]
    return Plan(layers, dict.fromkeys(layers, places[first.name]), _token(module, x, places))


def _places(module: nn.Module, x: Tensor, layers: Sequence[str]) -> dict[str, Places]:
    places: dict[str, Places] = {}

    def take(call: Call) -> None:
        if call.layer in layers and (found := places_of(call, (x.shape[2], x.shape[3]))):
            places[call.layer] = found

    attention.run(module, x, take)
    if places and not in_rows(module, x):
        text = "the network orders its tokens otherwise than in rows of the picture"
        raise UsageError(f"{text}; {NOT_TOLD}", ELSEWHERE, key="model")
    return places


def _token(module: nn.Module, x: Tensor, places: dict[str, Places]) -> int | None:
    for one in places.values():
        if one.windows == 1 and one.prefix and one.queries.shape == one.keys.shape:
            return attention.answering_token(module, x, one.keys.shape[1], one.prefix)
    return None


def named(module: nn.Module, known: Sequence[str], word: str) -> list[str]:
    """Return the attentions that a name, a pattern or a number means; a module stands for those inside it.

    Raises:
        UsageError: there is none; names the nearest.

    """
    if re.fullmatch(r"-?\d+", word):
        if not -len(known) <= int(word) < len(known):
            text = f"the network has {len(known)} attentions, not number {word}"
            raise UsageError(text, f"allowed: {-len(known)} to {len(known) - 1}", key="layer")
        return [known[int(word)]]
    inside = {n: [n.partition(" (use ")[0].rsplit(".", k)[0] for k in range(n.count(".") + 1)] for n in known}
    found = [n for n in known if n == word or word in inside[n]]
    found = found or [n for n in known if any(fnmatch.fnmatchcase(outer, word) for outer in (n, *inside[n]))]
    if found:
        return found
    if word in dict(module.named_modules()):
        raise UsageError(f"{word!r} has no attention in it", "--list-layers shows what has", key="layer")
    close = nearest(word, {*known, *(o for outer in inside.values() for o in outer)}, 3)
    raise UsageError(f"the network has no attention {word!r}{close}", "--list-layers shows their names", key="layer")


def weights_of(module: nn.Module, x: Tensor, plan: Plan, head: str | None = None) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the class scores of a picture and the weights of the layers of a plan.

    Args:
        module: in evaluation mode.
        x: one picture.
        plan: what is looked at.
        head: keep the heads as one, see ``attention.as_one``; None: all of them.

    Returns:
        scores (1, K), and name → (windows, heads, M, N), with ``head`` (windows, M, N).

    Raises:
        RunFailed: NaN.

    """
    held: dict[str, Tensor] = {}

    def take(call: Call) -> None:
        if call.layer in plan.places:
            weights = plan.places[call.layer].sorted(call.weights()).float()
            attention.raise_unless_weights(weights, call.layer)
            held[call.layer] = weights.clone() if head is None else attention.as_one(weights, head)

    scores = attention.run(module, x, take)
    return scores, {name: held[name] for name in plan.layers}


def heads_as_one(weights: Tensor, head: str, layer: str) -> Tensor:
    """Return the weights of many heads as one; see ``attention.as_one``.

    Raises:
        UsageError: no such head.

    """
    check_head(head, weights.shape[-3], layer)
    return attention.as_one(weights, head)


def check_head(head: str, heads: int, layer: str) -> None:
    """Refuse the number of a head that is not there.

    Raises:
        UsageError: naming how many there are.

    """
    if head.isdecimal() and int(head) >= heads:
        text = f"{layer} has {heads} heads, not number {head}"
        raise UsageError(text, f"allowed: mean, max, 0 to {heads - 1}", key="head")


def rolled(layers: Sequence[Tensor]) -> Tensor:
    """Return the rollout of layers whose heads are one.

    Shapes:
        layers (1, N, N) each -> (N, N)
    """
    with torch.no_grad():
        return attention.rollout(w[0] for w in layers)
