"""Averages of weights along training (SWA, EMA): torch.optim.swa_utils' names.

Points of a trajectory lie around a region where the loss is low; their mean lies inside of it, where
it is flatter. So averaging is a surface optimizer that needs no other gradient (see surface/).

Source: torch.optim.swa_utils; Izmailov et al. 2018, "Averaging weights leads to wider optima and better
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
from refnet.functions.einsum import check_tensors
from refnet.nn.batch_norm import _BatchNorm
from refnet.nn.module import Module
from refnet.optim.lr_scheduler.base import LRScheduler, each
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

Average = Callable[[Any, Any, Any], Any]  # of (averages, values, how many were averaged)


def _check_decay(decay: float) -> None:
    refuse("decay", decay)
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided, expected a value in [0,1] range.")


def _check_one_dtype(ā: Tensor, a: Tensor) -> None:
    check_tensors("update", average=ā, value=a)
    if ā.dtype != a.dtype:
        raise RuntimeError(f"an average of {ā.dtype} is for values of the same, got {a.dtype}")


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The exponential moving average ā ← δ ā + (1 − δ) a, as a function of ā, a and a count.

    Raises ValueError for δ = decay outside of [0, 1].
    """
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Any:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> Average:
    """The mean ā ← ā + (a − ā) / (n + 1), as a function of ā, a and n, how many ā is the mean of."""

    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Any:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Average:
    """get_ema_avg_fn for lists of ā and a; the ā are changed in place."""
    average = get_ema_avg_fn(decay)

    @no_grad()
    def ema_update(
        ema_param_list: Iterable[Tensor], current_param_list: Iterable[Tensor], num_averaged: Any
    ) -> None:
        for ā, a in zip(ema_param_list, current_param_list, strict=True):
            if ā.is_floating_point():
                _check_one_dtype(ā, a)
            ā.copy_(average(ā, a, num_averaged))

    return ema_update


def get_swa_multi_avg_fn() -> Average:
    """get_swa_avg_fn for lists of ā and a; the ā are changed in place.

    Of a count in a tensor, 1 / (n + 1) is a float32, as in PyTorch.
    Raises RuntimeError for integers.
    """

    @no_grad()
    def swa_update(
        averaged_param_list: Iterable[Tensor],
        current_param_list: Iterable[Tensor],
        num_averaged: Any,
    ) -> None:
        weight = 1 / (num_averaged + 1)
        for ā, a in zip(averaged_param_list, current_param_list, strict=True):
            if not ā.is_floating_point():
                raise RuntimeError(f"the mean of integers is none: got an average of {ā.dtype}")
            _check_one_dtype(ā, a)
            ā.copy_(ā + (a - ā) * weight)

    return swa_update


class AveragedModel(Module):
    """A copy of a model whose parameters are an average of the model's along its training.

    The first update_parameters(model) takes the model's parameters, later ones average.

    Args:
        model: whose copy, .module, is averaged
        device: the CPU
        avg_fn: (ā, a, n) -> the new ā; the mean of all if neither is given
        multi_avg_fn: the same for lists, in place
        use_buffers: average the buffers too; else they are the model's last ones (see update_bn)

    Args:
        n_averaged: a buffer: how many were averaged

    Raises AssertionError if both functions are given.

    Source:
        torch.optim.swa_utils.AveragedModel.
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
        """What the averaged copy gives."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the model's present parameters into the average."""
        if self.use_buffers:
            averages = [*self.module.parameters(), *self.module.buffers()]
            current = [*model.parameters(), *model.buffers()]
        else:
            averages, current = list(self.parameters()), list(model.parameters())
        pairs = [(ā.detach(), a.detach()) for ā, a in zip(averages, current, strict=False)]
        if self.n_averaged == 0:
            for ā, a in pairs:
                ā.copy_(a)
        elif self.multi_avg_fn is not None:
            for same in _by_dtype(pairs):
                self.multi_avg_fn([ā for ā, _ in same], [a for _, a in same], self.n_averaged)
        else:
            average = self.avg_fn or get_swa_avg_fn()
            for ā, a in pairs:
                ā.copy_(average(ā, a, self.n_averaged))
        if not self.use_buffers:
            for b̄, b in zip(self.module.buffers(), model.buffers(), strict=True):
                b̄.detach().copy_(b.detach())
        self.n_averaged += 1


def _by_dtype(pairs: list[tuple[Tensor, Tensor]]) -> Iterable[list[tuple[Tensor, Tensor]]]:
    """The pairs in groups whose averages have one dtype."""
    key = lambda pair: str(pair[0].dtype)  # noqa: E731
    for _, group in itertools.groupby(sorted(pairs, key=key), key):
        yield list(group)


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of the model's batch norms anew, from all batches of the loader,
    each weighing the same: those of averaged weights are not the average of those along training.

    Args:
        loader: gives inputs of the model, or lists or tuples that begin with one
        model: in whatever mode; it runs in training mode, and then is as before
        device: the CPU
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
    """From the learning rate that it finds to η_swa in N steps, and there it stays:

        ηₜ = α η_swa + (1 − α) η₀           α = (1 − cos π s)/2 or s,  s = min(t/N, 1)

    as a recursion, with the η₀ that would have led to ηₜ₋₁.

    Args:
        optimizer: whose learning rates are set
        swa_lr: η_swa; a number, or a list with one for each group
        anneal_epochs: N
        anneal_strategy: "cos" or "linear"
        last_epoch: see LRScheduler

    Raises ValueError for an unknown strategy, N that is no int of at least 0, a list of another
    length.

    Source:
        torch.optim.swa_utils.SWALR.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        rates = each("swa_lr", optimizer, swa_lr)
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
        """The learning rate of each group."""
        self._warn_outside_of_step()
        t = self._step_count - 1
        if self.anneal_epochs == 0:
            t = max(1, t)
        before, α = self._α(t - 1), self._α(t)
        rates = []
        for group in self.optimizer.param_groups:
            η, η_swa = group["lr"], group["swa_lr"]
            η0 = η_swa if before == 1 else (η - before * η_swa) / (1 - before)
            rates.append(η_swa * α + η0 * (1 - α))
        return rates


_mirror(__name__)
