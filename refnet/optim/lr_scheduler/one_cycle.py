"""OneCycleLR: up once, and then far down."""

import math
from typing import Any

from refnet.optim.lr_scheduler.base import LRScheduler, one_per_group, require_optimizer
from refnet.optim.lr_scheduler.momentum import Momentum, set_momentum
from refnet.optim.optimizer import Optimizer


class OneCycleLR(LRScheduler):
    """A schedule that goes up once and then far down, in N steps.

        two phases:     η₀ → high until t = p N − 1
                        high → η₀/final_div until t = N − 1
        three phases:   η₀ → high until t = p N − 1
                        high → η₀ until t = 2 p N − 2
                        η₀ → η₀/final_div until t = N − 1

    with η₀ = high/div. A phase from a to b is, at the fraction s of its length,

        b + (a − b) (1 + cos πs)/2   for "cos",   a + (b − a) s   for "linear"

    The momentum (β₁ in optimizers like Adam) goes from its high value to its low one and back; in a
    third phase it is constant. The bounds are in the optimizer's groups, as "initial_lr", "max_lr",
    "min_lr", "max_momentum" and "base_momentum".

    Args:
        optimizer: the optimizer whose learning rates are set, after every batch
        max_lr: high, a number, or a list with one for each group
        total_steps: N
        epochs: N is epochs times steps_per_epoch, if total_steps is None
        steps_per_epoch: see epochs
        pct_start: p
        anneal_strategy: "cos" or "linear"
        cycle_momentum: whether the momentum is set too
        base_momentum: its low value, a number, or a list with one for each group
        max_momentum: its high value, a number, or a list with one for each group
        div_factor: div
        final_div_factor: final_div
        three_phase: whether there are three phases, or else two
        last_epoch: see LRScheduler

    Raises:
        ValueError: the counts are missing or are not positive ints, pct_start is not a float in
            [0, 1], anneal_strategy is unknown, a list has the wrong length, or the optimizer has no
            momentum; in step(), t is above N

    Source:
        torch.optim.lr_scheduler.OneCycleLR; Smith, Topin 2018, "Super-convergence: very fast
        training of neural networks using large learning rates".

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0, momentum=0.9)
        >>> schedule = refnet.optim.lr_scheduler.OneCycleLR(
        ...     optimizer, 1.0, 6, pct_start=0.5, anneal_strategy="linear", div_factor=5.0
        ... )
        >>> for t in range(6):
        ...     print(round(schedule.get_last_lr()[0], 4), end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        0.2 0.6 1.0 0.6667 0.3333 0.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        require_optimizer(optimizer)
        self.optimizer = optimizer
        if total_steps is not None:
            _check_count("total_steps", total_steps)
        elif epochs is not None and steps_per_epoch is not None:
            _check_count("epochs", epochs)
            _check_count("steps_per_epoch", steps_per_epoch)
            total_steps = epochs * steps_per_epoch
        else:
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        max_lrs = one_per_group("max_lr", optimizer, max_lr)
        if cycle_momentum:
            momentum = Momentum(optimizer, base_momentum, max_momentum)

        self.total_steps = total_steps
        rise = float(pct_start * total_steps) - 1
        back = float(2 * pct_start * total_steps) - 2
        end = total_steps - 1
        self._schedule_phases = [_phase(rise, "initial_lr", "max_lr", "max", "base")]
        if three_phase:
            self._schedule_phases += [
                _phase(back, "max_lr", "initial_lr", "base", "max"),
                _phase(end, "initial_lr", "min_lr", "max", "max"),
            ]
        else:
            self._schedule_phases += [_phase(end, "max_lr", "min_lr", "base", "max")]
        self._anneal_func_type = anneal_strategy
        if last_epoch == -1:
            for group, high in zip(optimizer.param_groups, max_lrs, strict=True):
                group["initial_lr"] = high / div_factor
                group["max_lr"] = high
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = momentum.use_beta1
            if last_epoch == -1:
                momentum.begin(optimizer)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Computes the learning rate of each group, and sets the momentum."""
        self._warn_outside_step()
        t = self.last_epoch
        if t > self.total_steps:
            raise ValueError(
                f"Tried to step {t} times. The specified number of total steps is "
                f"{self.total_steps}"
            )
        begin: float = 0.0
        for phase in self._schedule_phases[:-1]:
            if t <= phase["end_step"]:
                break
            begin = phase["end_step"]
        else:
            phase = self._schedule_phases[-1]
        s = (t - begin) / (phase["end_step"] - begin)
        interpolate = _cosine if self._anneal_func_type == "cos" else _linear
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(interpolate(group[phase["start_lr"]], group[phase["end_lr"]], s))
            if self.cycle_momentum:
                a, b = group[phase["start_momentum"]], group[phase["end_momentum"]]
                set_momentum(group, interpolate(a, b, s), self.use_beta1)
        return rates


def _check_count(name: str, count: Any) -> None:
    if not isinstance(count, int) or count <= 0:
        raise ValueError(f"Expected positive integer {name}, but got {count}")


def _phase(
    end_step: float, start_lr: str, end_lr: str, start_momentum: str, end_momentum: str
) -> dict[str, Any]:
    return {
        "end_step": end_step,
        "start_lr": start_lr,
        "end_lr": end_lr,
        "start_momentum": f"{start_momentum}_momentum",
        "end_momentum": f"{end_momentum}_momentum",
    }


def _cosine(a: Any, b: Any, s: float) -> Any:
    return b + (a - b) / 2.0 * (math.cos(math.pi * s) + 1)


def _linear(a: Any, b: Any, s: float) -> Any:
    return (b - a) * s + a
