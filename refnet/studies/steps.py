"""The optimizers by name, and their steps on a small function.

Muon and Adafactor are for matrices and are left out; AdamW without decay is Adam.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

import refnet
from refnet.landscape.stacked import Stacked
from refnet.nn import Parameter
from refnet.ops.rule import Array
from refnet.optim import (
    ASGD,
    LBFGS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
)
from refnet.optim.surface import SAM, EntropySGD, LaplacianSGD

Make = Callable[[Any, float], Optimizer]  # (parameters, learning rate) -> optimizer

INNER = 5
"""The number of gradients in a step of entropy-SGD."""

STEP: Mapping[str, Make] = {
    "SGD": lambda params, lr: SGD(params, lr=lr),
    "momentum": lambda params, lr: SGD(params, lr=lr, momentum=0.9),
    "Nesterov": lambda params, lr: SGD(params, lr=lr, momentum=0.9, nesterov=True),
    "ASGD": lambda params, lr: ASGD(params, lr=lr),
    "Adagrad": lambda params, lr: Adagrad(params, lr=lr),
    "Adadelta": lambda params, lr: Adadelta(params, lr=lr),
    "RMSprop": lambda params, lr: RMSprop(params, lr=lr),
    "Adam": lambda params, lr: Adam(params, lr=lr),
    "NAdam": lambda params, lr: NAdam(params, lr=lr),
    "RAdam": lambda params, lr: RAdam(params, lr=lr),
    "Adamax": lambda params, lr: Adamax(params, lr=lr),
    "Rprop": lambda params, lr: Rprop(params, lr=lr),
    "L-BFGS": lambda params, lr: LBFGS(
        params, lr=lr, max_iter=1, max_eval=25, tolerance_grad=0, tolerance_change=0,
        line_search_fn="strong_wolfe",
    ),
}  # fmt: skip
SURFACE: Mapping[str, Make] = {
    "Laplacian SGD": lambda params, lr: LaplacianSGD(params, lr=lr),
    "SAM": lambda params, lr: SAM(params, SGD, rho=0.05, lr=lr),
    "entropy-SGD": lambda params, lr: EntropySGD(
        params, lr=1.0, inner_lr=lr, inner_steps=INNER, scope=0.1, scope_growth=0.0, noise=1e-2
    ),
}
ALL: Mapping[str, Make] = {**STEP, **SURFACE}


class Path(NamedTuple):
    """The points θ₀, θ₁, … (steps + 1, p), and the number of gradients."""

    points: Array
    gradients: int


def walk(
    C: Stacked,
    make: Make,
    lr: float,
    start: Array,
    steps: int,
    *,
    noise: float = 0.0,
    seed: int = 0,
    until: Callable[[list[Array]], bool] | None = None,
) -> Path:
    """Makes steps of an optimizer on C.

    The walk ends early if θ is not finite or ‖θ‖ ≥ 10⁶.

    Args:
        C: the function
        make: (parameters, learning rate) -> the optimizer
        lr: the learning rate
        start: the first point
        steps: the largest number of steps
        noise: the standard deviation of the noise in each entry of each gradient
        seed: the seed of the noise
        until: from the points so far to whether the walk ends
    """
    refnet.manual_seed(seed)  # entropy-SGD draws from refnet's generator
    rng = np.random.default_rng(seed)
    θ = Parameter(refnet.from_numpy(np.array(start, dtype=float)))
    optimizer, taken, points = make([θ], lr), 0, [np.array(start, dtype=float)]

    def closure() -> Any:
        nonlocal taken
        taken += 1
        optimizer.zero_grad()
        loss = C.f(θ[None])[0]
        loss.backward()
        if noise:
            assert θ.grad is not None
            θ.grad += refnet.from_numpy(noise * rng.standard_normal(C.size))
        return loss

    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            optimizer.step(closure)
            at = θ.detach().numpy().copy()
            if not np.linalg.norm(at) < 1e6:
                break
            points.append(at)
            if until is not None and until(points):
                break
    return Path(np.array(points), taken)


def first_step(reached: Array) -> float:
    """Returns the first step at which `reached` is true, or infinity."""
    return float(np.argmax(reached)) if reached.any() else np.inf
