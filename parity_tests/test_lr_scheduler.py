"""What the schedulers warn of, what their states hold, and how they are imported.

Their learning rates are in cases/lr_scheduler.py.
"""

import copy
import importlib
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests.cases.lr_scheduler import optimizer
from parity_tests.outcomes import assert_same_result


def warned(f: Callable[[], Any]) -> list[Any]:
    """What f warns of: the category, the beginning of the text, and whose line it blames."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        f()
    return [(w.category.__name__, str(w.message)[:40], w.filename == __file__) for w in caught]


def step_before_the_optimizer(m: Any) -> Any:
    optim = optimizer(m)
    scheduler = m.optim.lr_scheduler.StepLR(optim, 3)
    first = warned(scheduler.step)
    optim.step()
    return first, warned(scheduler.step)


def step_in_order(m: Any) -> Any:
    optim = optimizer(m)
    schedulers = [m.optim.lr_scheduler.StepLR(optim, 3) for _ in range(2)]
    optim.step()
    return [warned(s.step) for s in schedulers]


def another_step(m: Any) -> Any:
    optim = optimizer(m)
    scheduler = m.optim.lr_scheduler.StepLR(optim, 3)
    optim.step = lambda: None
    return warned(scheduler.step)


def epoch_given(m: Any) -> Any:
    optim = optimizer(m)
    found = []
    for name in ("StepLR", "CosineAnnealingWarmRestarts"):
        scheduler = getattr(m.optim.lr_scheduler, name)(optim, 3)
        optim.step()
        found.append(warned(lambda s=scheduler: s.step(5)))
    plateau = m.optim.lr_scheduler.ReduceLROnPlateau(optim)
    return found, warned(lambda: plateau.step(1.0, 4)), plateau.last_epoch


def get_lr_outside_of_step(m: Any) -> Any:
    s, optim = m.optim.lr_scheduler, optimizer(m, momentum=0.5)
    schedulers = [
        s.LambdaLR(optim, lambda t: 1.0),
        s.MultiplicativeLR(optim, lambda t: 1.0),
        s.StepLR(optim, 2),
        s.MultiStepLR(optim, [2]),
        s.ConstantLR(optim),
        s.LinearLR(optim),
        s.ExponentialLR(optim, 0.9),
        s.PolynomialLR(optim),
        s.CosineAnnealingLR(optim, 5),
        s.CosineAnnealingWarmRestarts(optim, 5),
        s.CyclicLR(optim, 0.1, 0.2),
        s.OneCycleLR(optim, 0.1, 9),
        m.optim.swa_utils.SWALR(optim, 0.1),
    ]
    return [[w[:2] for w in warned(scheduler.get_lr)] for scheduler in schedulers]


def first_rates(m: Any) -> Any:
    """What making a scheduler does to the groups."""
    found = []
    for name, arguments in (("ConstantLR", ()), ("OneCycleLR", (0.1, 9)), ("CyclicLR", (0.1, 0.2))):
        optim = optimizer(m, momentum=0.5)
        scheduler = getattr(m.optim.lr_scheduler, name)(optim, *arguments)
        groups = [{k: v for k, v in g.items() if k != "params"} for g in optim.param_groups]
        found.append([groups, scheduler.get_last_lr(), scheduler.base_lrs])
    return found


def rates_are_copies(m: Any) -> Any:
    optim = optimizer(m, lr=[0.1])
    rate = optim.param_groups[0]["lr"]
    scheduler = m.optim.lr_scheduler.ExponentialLR(optim, 0.5)
    scheduler.get_last_lr()[0].fill_(7.0)
    optim.step()
    scheduler.step()
    return rate is optim.param_groups[0]["lr"], rate, scheduler.base_lrs, optim.state_dict()


def copied_with_its_optimizer(m: Any) -> Any:
    optim = optimizer(m)
    scheduler = m.optim.lr_scheduler.StepLR(optim, 1)
    twin = copy.deepcopy(scheduler)
    optim.step()
    scheduler.step()
    seen = warned(twin.step)
    return seen, twin.get_last_lr(), twin.optimizer is optim, optim.param_groups[0]["lr"]


class Wave:
    """A function with a state."""

    def __init__(self) -> None:
        self.width = 2.0

    def __call__(self, t: float) -> float:
        return 1 + math.sin(t / self.width)


def functions_in_states(m: Any) -> Any:
    s, optim = m.optim.lr_scheduler, optimizer(m)
    makers = [
        lambda f: s.LambdaLR(optim, [f, lambda t: 1.0]),
        lambda f: s.MultiplicativeLR(optim, [f, lambda t: 1.0]),
        lambda f: s.CyclicLR(optim, 0.1, 0.2, scale_fn=f, cycle_momentum=False),
    ]
    found = []
    for make in makers:
        wave = Wave()
        state = make(wave).state_dict()
        again = Wave()
        again.width = 5.0
        make(again).load_state_dict(dict(state))
        found.append(
            [list(state), state.get("lr_lambdas"), state.get("_scale_fn_custom"), again.width]
        )
    return found


def no_initial_lr(m: Any) -> Any:
    with pytest.raises(KeyError, match="initial_lr"):
        m.optim.lr_scheduler.StepLR(optimizer(m), 3, last_epoch=4)


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    f.__name__: f
    for f in (
        step_before_the_optimizer,
        step_in_order,
        another_step,
        epoch_given,
        get_lr_outside_of_step,
        first_rates,
        rates_are_copies,
        copied_with_its_optimizer,
        functions_in_states,
        no_initial_lr,
    )
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_result(name: str) -> None:
    assert_same_result(PROGRAMS[name])


def test_pytorchs_state_goes_on_here() -> None:
    rates = {}
    for first, second in ((torch, refnet), (refnet, torch), (torch, torch)):
        optim = optimizer(first)
        scheduler = first.optim.lr_scheduler.CosineAnnealingLR(optim, 9)
        for _ in range(5):
            optim.step()
            scheduler.step()
        other = optimizer(second)
        resumed = second.optim.lr_scheduler.CosineAnnealingLR(other, 3)
        other.load_state_dict(optim.state_dict())
        resumed.load_state_dict(scheduler.state_dict())
        for _ in range(9):
            other.step()
            resumed.step()
        rates[first, second] = resumed.get_last_lr()
    assert rates[torch, refnet] == rates[refnet, torch] == rates[torch, torch]


def test_the_import_paths() -> None:
    from refnet.optim import lr_scheduler
    from refnet.optim.lr_scheduler import EPOCH_DEPRECATION_WARNING, StepLR, _LRScheduler

    assert refnet.optim.lr_scheduler is lr_scheduler
    assert lr_scheduler.StepLR is StepLR
    assert issubclass(_LRScheduler, lr_scheduler.LRScheduler)
    assert EPOCH_DEPRECATION_WARNING
    assert sorted(lr_scheduler.__all__) == sorted(torch.optim.lr_scheduler.__all__)
    assert sorted(refnet.optim.swa_utils.__all__) == sorted(torch.optim.swa_utils.__all__)
    missing = set(torch.optim.__all__) - set(refnet.optim.__all__)
    for name in missing:
        with pytest.raises(AttributeError, match="; it is left out: "):
            getattr(refnet.optim, name)
    with pytest.raises(AttributeError, match="has no attribute 'Adamw'"):
        refnet.optim.Adamw  # noqa: B018


def test_closed_forms_agree_with_the_recursions() -> None:
    """The learning rate at t, at once, is that after t steps (up to T, where the cosine turns)."""
    makers: list[Callable[[Any, Any], Any]] = [
        lambda s, o: s.StepLR(o, 7),
        lambda s, o: s.MultiStepLR(o, [5, 40, 40]),
        lambda s, o: s.ConstantLR(o, 0.3, 20),
        lambda s, o: s.LinearLR(o, 0.2, 0.9, 50),
        lambda s, o: s.ExponentialLR(o, 0.95),
        lambda s, o: s.PolynomialLR(o, 60, 1.5),
        lambda s, o: s.CosineAnnealingLR(o, 50, 0.001),
    ]
    for make in makers:
        scheduler = make(refnet.optim.lr_scheduler, optimizer(refnet))
        scheduler.optimizer.step()
        for _ in range(100):
            scheduler.step()
            # the cosine's recursion loses digits near 0: 1.7e-16 was measured
            np.testing.assert_allclose(
                scheduler.get_last_lr(), scheduler._get_closed_form_lr(), rtol=1e-13, atol=1e-15
            )


def test_module_of_refnets_own_name() -> None:
    assert importlib.import_module("refnet.optim.lr_scheduler").CyclicLR.__module__.startswith(
        "refnet."
    )
