"""The attention weights of a network, caught while it runs, whatever kernel computes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from dlcli.core.errors import ModelError, RunFailed
from dlcli.engine.device import device_error

SOFTMAX = (F.softmax, torch.softmax, Tensor.softmax)
FUSED, MULTIHEAD, BY_HAND = "scaled_dot_product_attention", "MultiheadAttention", "softmax"


@dataclass
class Frame:
    """A module that is running.

    Args:
        name: below the network; empty: the network.
        module: it.
        args: what it was given.
        kwargs: likewise.
        calls: attentions computed inside so far.

    """

    name: str
    module: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    calls: int = 0


@dataclass(frozen=True)
class Call:
    """One computation of attention weights.

    Args:
        layer: name of the module that computes them; a second time it is ``name (use 2)``.
        kind: ``FUSED``, ``MULTIHEAD`` or ``BY_HAND``.
        shape: of the weights, (…, queries, keys).
        weights: computes or returns them.
        own: each token's score with itself before the softmax, (…, queries); None where it cannot be told.
        frames: the modules running, the network first.
        maps: (height, width) that convolutions have put out so far, oldest first.

    """

    layer: str
    kind: str
    shape: tuple[int, ...]
    weights: Callable[[], Tensor]
    own: Callable[[], Tensor | None]
    frames: Sequence[Frame]
    maps: Sequence[tuple[int, int]]


@dataclass
class _Running:
    frames: list[Frame] = field(default_factory=list)
    maps: list[tuple[int, int]] = field(default_factory=list)
    uses: dict[str, int] = field(default_factory=dict)


@contextmanager
def watched(module: nn.Module, take: Callable[[Call], None]) -> Iterator[None]:
    """Hand every attention that a network computes to ``take``; no hook is left behind, and no result changes.

    Three ways of computing attention are known: torch's fused kernel, of which the weights are computed again from
    queries and keys, because it never holds them; ``nn.MultiheadAttention``, which is asked for its weights beside its
    answer; and a softmax over the last axis, as written by hand. Trap: of ``nn.MultiheadAttention`` torch's fast path
    would show nothing; a torch function mode, which this is, turns it off.

    Args:
        module: in evaluation mode.
        take: gets the calls in their order, while the network runs; what it keeps of them it must copy.

    """
    running = _Running()

    def enter(name: str) -> Any:
        def hook(layer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            running.frames.append(Frame(name, layer, args, kwargs))

        return hook

    def leave(layer: nn.Module, _: Any, output: Any) -> None:
        running.frames.pop()
        if isinstance(layer, nn.Conv2d) and isinstance(output, Tensor):
            running.maps.append((output.shape[-2], output.shape[-1]))

    hooks: list[Any] = []
    try:
        for name, layer in module.named_modules():
            hooks.append(layer.register_forward_pre_hook(enter(name), with_kwargs=True))
            hooks.append(layer.register_forward_hook(leave))
        with _Watch(running, take):
            yield
    finally:
        for hook in hooks:
            hook.remove()


class _Watch(TorchFunctionMode):
    """Sees every function of torch that the network calls."""

    def __init__(self, running: _Running, take: Callable[[Call], None]):
        super().__init__()
        self.running, self.take = running, take

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        answer = function(*args, **kwargs)
        if function is F.scaled_dot_product_attention:
            asked = _fused_arguments(*args, **kwargs)
            q, k = asked["query"], asked["key"]
            shape = (*q.shape[:-1], k.shape[-2])
            self._tell(FUSED, shape, lambda: _weights(**asked), lambda: _own(q, k))
        elif function is F.multi_head_attention_forward:
            more = {**kwargs, "need_weights": True, "average_attn_weights": False}
            if len(args) <= 15:  # up to training and key_padding_mask by place; need_weights by name
                weights = function(*args, **more)[1]
                self._tell(MULTIHEAD, tuple(weights.shape), lambda: weights, lambda: None)
        elif function in SOFTMAX and answer.ndim >= 3 and _axis(args, kwargs) in (-1, answer.ndim - 1):
            scores = args[0] if args else kwargs["input"]
            square = answer.shape[-1] == answer.shape[-2]
            own = (lambda: scores.diagonal(dim1=-2, dim2=-1)) if square else (lambda: None)
            self._tell(BY_HAND, tuple(answer.shape), lambda: answer, own)
        return answer

    def _tell(
        self, kind: str, shape: tuple[int, ...], weights: Callable[[], Tensor], own: Callable[[], Tensor | None]
    ) -> None:
        frames = self.running.frames
        inner = frames[-1]
        if isinstance(inner.module, nn.Softmax) and len(frames) > 1:  # of the module that has it
            inner = frames[-2]
        use = self.running.uses[inner.name] = self.running.uses.get(inner.name, 0) + 1
        name = inner.name if use == 1 else f"{inner.name} (use {use})"
        self.take(Call(name, kind, shape, weights, own, tuple(frames), self.running.maps))
        for frame in frames:
            frame.calls += 1


def _axis(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return kwargs["dim"] if "dim" in kwargs else args[1] if len(args) > 1 else None


def _fused_arguments(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0,  # noqa: ARG001
    is_causal: bool = False, *, scale: float | None = None, enable_gqa: bool = False,
) -> dict[str, Any]:  # fmt: skip
    return {"query": query, "key": key, "mask": attn_mask, "causal": is_causal, "scale": scale, "shared": enable_gqa}


def _weights(
    *, query: Tensor, key: Tensor, mask: Tensor | None, causal: bool, scale: float | None, shared: bool
) -> Tensor:
    """Return softmax(QKᵀ·scale + mask), what torch's fused kernel never holds.

    Source: Vaswani et al. 2017, equation 1; mask, causal order and grouped keys as the documentation of
    ``torch.nn.functional.scaled_dot_product_attention`` defines them.
    """
    if shared:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], dim=-3)
    scores = (query * (scale if scale is not None else query.shape[-1] ** -0.5)) @ key.transpose(-2, -1)
    if causal:
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
        scores = scores.masked_fill(later, float("-inf"))
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf")) if mask.dtype == torch.bool else scores + mask
    return scores.softmax(-1)


def _own(query: Tensor, key: Tensor) -> Tensor | None:
    return (query * key).sum(-1) if query.shape == key.shape else None


def run(module: nn.Module, x: Tensor, take: Callable[[Call], None]) -> Tensor:
    """Run a network on a picture and hand its attentions to ``take``; see ``watched``.

    Returns:
        class scores (1, K).

    Raises:
        ModelError: it cannot take a picture of this size.

    """
    try:
        with torch.no_grad(), watched(module, take):
            answer = module(x)
    except (RuntimeError, ValueError, AssertionError) as error:
        if isinstance(error, RuntimeError) and device_error(error):
            raise
        size = "×".join(map(str, x.shape[2:]))
        told = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(f"the network cannot take pictures of {size} pixels: {told}", "choose --size-px") from error
    return answer if isinstance(answer, Tensor) else answer[0]


def rollout(layers: Iterable[Tensor]) -> Tensor:
    """Return how much of each picture token has reached each token after all layers, half of it past each attention.

    Source: Abnar & Zuidema 2020, section 3: A = ½ W + ½ I, its rows brought to sum 1, Ã(i) = A(i) Ã(i−1).

    Args:
        layers: weights of one attention each, the heads already one, in the order of the network.
    Shapes:
        layers (N, N) each -> (N, N), rows sum to 1
    """
    rolled: Tensor | None = None
    for weights in layers:
        mixed = (weights + torch.eye(len(weights), dtype=weights.dtype, device=weights.device)) / 2
        mixed = mixed / mixed.sum(-1, keepdim=True)
        rolled = mixed if rolled is None else mixed @ rolled
    if rolled is None:
        raise ValueError("rollout of no layers")
    return rolled


def entropy(weights: Tensor) -> Tensor:
    """Return how wide each row looks, −Σ a ln a in nats: 0 at one key, ln N at all alike.

    Shapes:
        weights (..., N) -> (...)
    """
    return torch.special.entr(weights).sum(-1)


def as_one(heads: Tensor, how: str) -> Tensor:
    """Return the weights of many heads as one: their ``mean``, ``max``, or the head of a number.

    Shapes:
        heads (..., heads, M, N) -> (..., M, N)
    """
    if how == "mean":
        return heads.mean(-3)
    return heads.amax(-3) if how == "max" else heads[..., int(how), :, :]


def raise_unless_weights(weights: Tensor, layer: str) -> None:
    """Refuse what is no distribution.

    Raises:
        RunFailed: NaN, or rows that do not sum to 1.

    """
    if not bool(torch.isfinite(weights).all()):
        raise RunFailed(f"the attention weights of {layer} are no numbers (NaN)", "the network's weights are broken")
    off = float((weights.sum(-1) - 1).abs().max())
    if off > 1e-2:
        raise RunFailed(f"the attention weights of {layer} do not sum to 1 (off by {off:.2g}): this is no attention")


def answering_token(module: nn.Module, x: Tensor, tokens: int, prefix: int) -> int | None:
    """Return the token in front of the picture's that the answer is read from, or None where it is read from places.

    Told by the gradient of the greatest score at the last output that holds all tokens: from a class token it comes
    there alone, from a mean over the picture everywhere else.

    Args:
        module: in evaluation mode.
        x: one picture.
        tokens: how many there are.
        prefix: how many stand in front of those of the picture.

    """
    from dlcli.methods.feature_maps import head_awake, scores_of, weights_fixed

    if not prefix:
        return None
    last: list[Tensor] = []

    def keep(_: nn.Module, __: Any, output: Any) -> None:
        if isinstance(output, Tensor) and output.shape[:2] == (1, tokens) and output.ndim == 3 and output.requires_grad:
            last[:] = [output]

    hooks = [m.register_forward_hook(keep) for m in module.modules()]
    try:
        with torch.enable_grad(), weights_fixed(module), head_awake(module):
            score = scores_of(module(x.detach().clone().requires_grad_())).max()
            gradient = torch.autograd.grad(score, last, allow_unused=True)[0] if last else None
    finally:
        for hook in hooks:
            hook.remove()
    if gradient is None:
        return 0
    read = gradient[0].abs().sum(-1).nonzero().flatten().tolist()
    return read[0] if read and read[-1] < prefix else None
