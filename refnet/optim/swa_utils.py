"""Averages of weights along training (SWA, EMA): torch.optim.swa_utils' names.

The points of a trajectory lie around a region where the loss is low. Their mean lies inside it,
where the surface is flatter. So averaging works like a surface optimizer (see refnet.optim.surface)
without another gradient.

Source:
    torch.optim.swa_utils; Izmailov et al. 2018, "Averaging weights leads to wider optima and better
    generalization".
"""

import copy
import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.argument_errors import refuse
from refnet.engine.dtypes import int64
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor
from refnet.functions.creation import tensor
from refnet.functions.operands import check_tensors
from refnet.nn.batch_norm import _BatchNorm
from refnet.nn.module import Module
from refnet.optim.lr_scheduler.base import LRScheduler, one_per_group
from refnet.optim.optimizer import Optimizer

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Any, Any, Any], Any]  # (average, value, number of values so far) -> average


def _check_decay(decay: float) -> None:
    refuse("decay", decay)
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided, expected a value in [0,1] range.")


def _check_one_dtype(mean: Tensor, a: Tensor) -> None:
    check_tensors("update", average=mean, value=a)
    if mean.dtype != a.dtype:
        raise RuntimeError(
            f"update(): expected a value of the average's dtype {mean.dtype}, got {a.dtype}"
        )


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """Returns the function of an exponential moving average.

        ā ← δ ā + (1 − δ) a

    as a function of ā, a and a count, which it does not use.

    Args:
        decay: δ

    Raises:
        ValueError: decay is outside of [0, 1]

    Example:
        >>> average = refnet.optim.swa_utils.get_ema_avg_fn(0.75)
        >>> average(refnet.tensor(4.0), refnet.tensor(0.0), 1)
        tensor(3.)
    """
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Any:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> Average:
    """Returns the function of a mean.

        ā ← ā + (a − ā) / (n + 1)

    as a function of ā, a and n, where ā is the mean of n values.

    Example:
        >>> average = refnet.optim.swa_utils.get_swa_avg_fn()
        >>> average(refnet.tensor(4.0), refnet.tensor(1.0), 2)  # the mean of 4, 4 and 1
        tensor(3.)
    """

    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Any:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Average:
    """Returns get_ema_avg_fn for lists of ā and a, which changes the ā in place.

    Args:
        decay: δ

    Raises:
        ValueError: decay is outside of [0, 1]

    Example:
        >>> means = [refnet.tensor([4.0])]
        >>> refnet.optim.swa_utils.get_ema_multi_avg_fn(0.75)(means, [refnet.tensor([0.0])], 1)
        >>> means
        [tensor([3.])]
    """
    average = get_ema_avg_fn(decay)

    @no_grad()
    def ema_update(
        ema_param_list: Iterable[Tensor], current_param_list: Iterable[Tensor], num_averaged: Any
    ) -> None:
        for mean, a in zip(ema_param_list, current_param_list, strict=True):
            if mean.is_floating_point():
                _check_one_dtype(mean, a)
            mean.copy_(average(mean, a, num_averaged))

    return ema_update


def get_swa_multi_avg_fn() -> Average:
    """Returns get_swa_avg_fn for lists of ā and a, which changes the ā in place.

    If n is a tensor, 1 / (n + 1) is a float32, as in PyTorch. The returned function raises
    RuntimeError for integers.

    Example:
        >>> means = [refnet.tensor([4.0])]
        >>> refnet.optim.swa_utils.get_swa_multi_avg_fn()(means, [refnet.tensor([1.0])], 2)
        >>> means
        [tensor([3.])]
    """

    @no_grad()
    def swa_update(
        averaged_param_list: Iterable[Tensor],
        current_param_list: Iterable[Tensor],
        num_averaged: Any,
    ) -> None:
        weight = 1 / (num_averaged + 1)
        for mean, a in zip(averaged_param_list, current_param_list, strict=True):
            if not mean.is_floating_point():
                raise RuntimeError(
                    f"update(): expected floating-point averages, got one of {mean.dtype}"
                )
            _check_one_dtype(mean, a)
            mean.copy_(mean + (a - mean) * weight)

    return swa_update


class AveragedModel(Module):
    """A copy of a model whose parameters are an average of the model's along its training.

    The first call of update_parameters(model) copies the model's parameters, later calls average.

    Args:
        model: the model, whose copy is averaged
        device: the CPU
        avg_fn: (ā, a, n) -> the new ā; the mean of all values if neither function is given
        multi_avg_fn: the same for lists of ā and a, in place
        use_buffers: whether buffers are averaged too, or else copied (see update_bn)

    Attributes:
        module: the averaged copy
        n_averaged: a buffer, the number of models that were averaged

    Raises:
        AssertionError: both functions are given

    Source:
        torch.optim.swa_utils.AveragedModel.

    Example:
        >>> layer = nn.Linear(1, 1, bias=False)
        >>> average = refnet.optim.swa_utils.AveragedModel(layer)
        >>> for w in (1.0, 2.0, 6.0):
        ...     layer.weight.data.fill_(w)
        ...     average.update_parameters(layer)
        tensor([[1.]])
        tensor([[2.]])
        tensor([[6.]])
        >>> average(refnet.tensor([10.0])).item()
        30.0
    """

    n_averaged: Tensor
    module: Module

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Average | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0, dtype=int64, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the output of the averaged copy."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Adds the present parameters of the model to the average."""
        if self.use_buffers:
            averages = [*self.module.parameters(), *self.module.buffers()]
            current = [*model.parameters(), *model.buffers()]
        else:
            averages, current = list(self.parameters()), list(model.parameters())
        pairs = [(mean.detach(), a.detach()) for mean, a in zip(averages, current, strict=False)]
        if self.n_averaged == 0:
            for mean, a in pairs:
                mean.copy_(a)
        elif self.multi_avg_fn is not None:
            for same in _dtype_groups(pairs):
                self.multi_avg_fn([m for m, _ in same], [a for _, a in same], self.n_averaged)
        else:
            average = self.avg_fn or get_swa_avg_fn()
            for mean, a in pairs:
                mean.copy_(average(mean, a, self.n_averaged))
        if not self.use_buffers:
            for copied, b in zip(self.module.buffers(), model.buffers(), strict=True):
                copied.detach().copy_(b.detach())
        self.n_averaged += 1


def _dtype_groups(pairs: list[tuple[Tensor, Tensor]]) -> Iterable[list[tuple[Tensor, Tensor]]]:
    """Yields the pairs in groups whose averages have one dtype."""
    key = lambda pair: str(pair[0].dtype)  # noqa: E731
    for _, group in itertools.groupby(sorted(pairs, key=key), key):
        yield list(group)


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Recomputes the running statistics of a model's batch norms, from all batches of a loader.

    Each batch has the same weight. Averaged weights need this, since their statistics are not the
    average of those along training.

    Args:
        loader: yields inputs of the model, or lists or tuples that begin with one
        model: the model; it runs in training mode, and its mode is restored after that
        device: the CPU

    Example:
        >>> norm = nn.BatchNorm1d(1)
        >>> batches = [refnet.tensor([[1.0], [3.0]]), refnet.tensor([[5.0], [7.0]])]
        >>> refnet.optim.swa_utils.update_bn(batches, norm)
        >>> norm.running_mean  # the mean of 2 and 6
        tensor([4.])
    """
    momenta: dict[Any, Any] = {}
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            momenta[module] = module.momentum
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.momentum = None
    for batch in loader:
        x = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(x if device is None else x.to(device))
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """A schedule from the present learning rate to η_swa in N steps; after that it is constant.

        ηₜ = α η_swa + (1 − α) η₀,   s = min(t/N, 1)
        α = (1 − cos πs)/2 for "cos",   α = s for "linear"

    It is computed as a recursion, with the η₀ that would have led to ηₜ₋₁.

    Args:
        optimizer: the optimizer whose learning rates are set
        swa_lr: η_swa, a number, or a list with one for each group
        anneal_epochs: N
        anneal_strategy: "cos" or "linear"
        last_epoch: see LRScheduler

    Raises:
        ValueError: anneal_strategy is unknown, anneal_epochs is not an int of at least 0, or a list
            has the wrong length

    Source:
        torch.optim.swa_utils.SWALR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.swa_utils.SWALR(optimizer, 0.2, 2, "linear")
        >>> for _ in range(3):
        ...     optimizer.step()
        ...     schedule.step()
        ...     print(round(optimizer.param_groups[0]["lr"], 4))
        0.6
        0.2
        0.2
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        rates = one_per_group("swa_lr", optimizer, swa_lr)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        epochs: Any = anneal_epochs
        if not isinstance(epochs, int) or epochs < 0:
            raise ValueError(f"anneal_epochs must be an int of at least 0, got {epochs}")
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _α(self, t: int) -> float:
        s = max(0, min(1, t / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * s)) / 2 if self._anneal_strategy == "cos" else s

    def get_lr(self) -> list[Any]:
        """Returns the learning rate of each group."""
        self._warn_outside_step()
        t = self._step_count - 1
        if self.anneal_epochs == 0:
            t = max(1, t)
        α_last, α = self._α(t - 1), self._α(t)
        rates = []
        for group in self.optimizer.param_groups:
            η, η_swa = group["lr"], group["swa_lr"]
            η0 = η_swa if α_last == 1 else (η - α_last * η_swa) / (1 - α_last)
            rates.append(η_swa * α + η0 * (1 - α))
        return rates


_mirror(__name__)
