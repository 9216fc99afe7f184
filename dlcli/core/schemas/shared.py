"""The sections that every training task shares."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dlcli.core.schemas.base import Section

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Whole = Annotated[int, Field(ge=0)]


class Sgd(Section):
    """Stochastic gradient descent; with momentum, plain or Nesterov's."""

    name: Literal["sgd"] = "sgd"
    lr: Positive = Field(1e-3, description="learning rate")
    momentum: Share = Field(0.0, description="share of the last step kept")
    nesterov: bool = Field(False, description="Nesterov's look-ahead; needs momentum")
    weight_decay: NotNegative = Field(0.0, description="L2 penalty added to the gradient")
    l1: NotNegative = Field(0.0, description="L1 penalty l1·Σ|w|, biases left out; the loss shown is without it")


class Adagrad(Section):
    """AdaGrad: steps shrink with the sum of squared gradients."""

    name: Literal["adagrad"] = "adagrad"
    lr: Positive = Field(1e-3, description="learning rate")
    weight_decay: NotNegative = Field(0.0, description="L2 penalty added to the gradient")
    l1: NotNegative = Field(0.0, description="L1 penalty l1·Σ|w|, biases left out; the loss shown is without it")
    eps: Positive = Field(1e-10, description="added to the denominator")


class Adadelta(Section):
    """Adadelta: steps sized by the ratio of two running averages."""

    name: Literal["adadelta"] = "adadelta"
    lr: Positive = Field(1e-3, description="learning rate; the paper's own is 1.0")
    rho: Share = Field(0.9, description="decay of the running averages")
    weight_decay: NotNegative = Field(0.0, description="L2 penalty added to the gradient")
    l1: NotNegative = Field(0.0, description="L1 penalty l1·Σ|w|, biases left out; the loss shown is without it")
    eps: Positive = Field(1e-6, description="added under the roots")


class Rmsprop(Section):
    """RMSProp: steps divided by a running average of squared gradients."""

    name: Literal["rmsprop"] = "rmsprop"
    lr: Positive = Field(1e-3, description="learning rate")
    alpha: Share = Field(0.99, description="decay of the running average")
    momentum: Share = Field(0.0, description="share of the last step kept")
    weight_decay: NotNegative = Field(0.0, description="L2 penalty added to the gradient")
    l1: NotNegative = Field(0.0, description="L1 penalty l1·Σ|w|, biases left out; the loss shown is without it")
    eps: Positive = Field(1e-8, description="added to the denominator")


class Adam(Section):
    """Adam: momentum and RMSProp with bias correction."""

    name: Literal["adam"] = "adam"
    lr: Positive = Field(1e-3, description="learning rate")
    betas: list[Share] = Field([0.9, 0.999], min_length=2, max_length=2, description="decay of the two averages")
    weight_decay: NotNegative = Field(0.0, description="L2 penalty added to the gradient")
    l1: NotNegative = Field(0.0, description="L1 penalty l1·Σ|w|, biases left out; the loss shown is without it")
    eps: Positive = Field(1e-8, description="added to the denominator")


class Adamw(Section):
    """Adam with weight decay apart from the gradient."""

    name: Literal["adamw"] = "adamw"
    lr: Positive = Field(1e-3, description="learning rate")
    betas: list[Share] = Field([0.9, 0.999], min_length=2, max_length=2, description="decay of the two averages")
    weight_decay: NotNegative = Field(0.01, description="share of each weight removed per step, times lr")
    l1: NotNegative = Field(0.0, description="L1 penalty l1·Σ|w|, biases left out; the loss shown is without it")
    eps: Positive = Field(1e-8, description="added to the denominator")


Optimizer = Adamw | Adam | Sgd | Adagrad | Adadelta | Rmsprop


class _Schedule(Section):
    warmup_steps: Whole = Field(0, description="steps of linear warm-up before the schedule")
    warmup_start: Annotated[float, Field(gt=0, le=1)] = Field(0.01, description="share of lr at the first step")


class Constant(_Schedule):
    """The learning rate stays."""

    name: Literal["constant"] = "constant"


class StepSchedule(_Schedule):
    """Times gamma every few epochs."""

    name: Literal["step"] = "step"
    every_epochs: Count = Field(10, description="epochs between two cuts")
    gamma: Positive = Field(0.1, description="factor at each cut")


class Multistep(_Schedule):
    """Times gamma at given epochs."""

    name: Literal["multistep"] = "multistep"
    at_epochs: list[Count] = Field([], description="epochs at which the rate is cut")
    gamma: Positive = Field(0.1, description="factor at each cut")


class Exponential(_Schedule):
    """lr·e^(−k·epoch)."""

    name: Literal["exponential"] = "exponential"
    k: NotNegative = Field(0.05, description="decay per epoch; torch's gamma is e^(−k)")


class TimeSchedule(_Schedule):
    """lr / (1 + k·epoch)."""

    name: Literal["time"] = "time"
    k: NotNegative = Field(0.1, description="decay per epoch")


class LinearSchedule(_Schedule):
    """A straight line from lr to lr·end, step by step."""

    name: Literal["linear"] = "linear"
    end: Share = Field(0.0, description="share of lr at the end")


class Poly(_Schedule):
    """lr·(1 − step/steps)^power."""

    name: Literal["poly"] = "poly"
    power: Positive = Field(0.9, description="the exponent")


class Cosine(_Schedule):
    """Half a cosine from lr to lr·end, step by step."""

    name: Literal["cosine"] = "cosine"
    end: Share = Field(0.0, description="share of lr at the end")


class Restarts(_Schedule):
    """Cosines that begin again, each ``times`` longer (SGDR)."""

    name: Literal["restarts"] = "restarts"
    first_epochs: Count = Field(10, description="length of the first cosine")
    times: Count = Field(2, description="how much longer each next one is")
    end: Share = Field(0.0, description="share of lr at the end of each")


class OneCycle(_Schedule):
    """Up to lr and down again within the run (Smith's one-cycle); has its own warm-up."""

    name: Literal["one_cycle"] = "one_cycle"
    up: Annotated[float, Field(gt=0, lt=1)] = Field(0.3, description="share of the steps on the way up")
    start: Annotated[float, Field(gt=0, le=1)] = Field(0.04, description="share of lr at the first step")
    end: Annotated[float, Field(gt=0, le=1)] = Field(4e-6, description="share of lr at the last step")


class Cyclic(_Schedule):
    """A triangle wave between lr·low and lr."""

    name: Literal["cyclic"] = "cyclic"
    low: Share = Field(0.1, description="share of lr at the bottom")
    half_epochs: Count = Field(2, description="epochs from bottom to top")


class Plateau(_Schedule):
    """Times gamma when the monitored validation metric stops getting better."""

    name: Literal["plateau"] = "plateau"
    gamma: Annotated[float, Field(gt=0, lt=1)] = Field(0.1, description="factor at each cut")
    patience: Whole = Field(3, description="epochs without progress that are borne")
    min_delta: NotNegative = Field(1e-4, description="smallest change that counts as progress")
    lowest: Share = Field(0.0, description="share of lr below which it never falls")


Schedule = (
    Cosine | Constant | StepSchedule | Multistep | Exponential | TimeSchedule | LinearSchedule
    | Poly | Restarts | OneCycle | Cyclic | Plateau
)  # fmt: skip


class EarlyStop(Section):
    """When to give up waiting."""

    patience: Count = Field(5, description="epochs without progress that are borne")
    min_delta: NotNegative = Field(0.0, description="smallest change that counts as progress")


class Train(Section):
    """How long and in what portions."""

    epochs: Count = Field(30, description="passes over the training part")
    batch: Count | Literal["all", "auto"] = Field(
        64,
        description="samples per optimizer step, of all devices together; 'all': the whole training part; 'auto': the "
        "largest power of two up to 512 that fits into memory and leaves 8 steps an epoch",
    )
    accumulate: Count = Field(1, description="micro-batches a batch is cut into; the step stays the same")
    clip_norm: Positive | None = Field(None, description="largest norm of the whole gradient")
    clip_value: Positive | None = Field(None, description="largest absolute value in a gradient")
    ema: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="decay of the moving average of the weights that is scored and kept, e.g. 0.999"
    )
    early_stop: EarlyStop | None = Field(None, description="stop when validation no longer gets better")
    monitor: str = Field("auto", description="validation metric that picks the best weights; auto: the task's own")
    checkpoint_minutes: Positive = Field(5.0, description="longest time between two checkpoints")


class Device(Section):
    """Where it runs."""

    name: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")] = Field(
        "auto", description="auto, cpu, cuda, cuda:N or mps"
    )
    count: Count = Field(1, description="devices, each with a process of its own; on the CPU: processes")
    precision: Literal["32", "bf16", "16"] = Field("32", description="number format of the arithmetic")
    channels_last: bool = Field(False, description="channels last in memory: often faster for convolutions")
    deterministic: bool = Field(False, description="same bits at every run on a GPU too; slower, some layers refuse")
    compile: bool = Field(False, description="compile the network: slower to start, faster after; needs a C++ compiler")
