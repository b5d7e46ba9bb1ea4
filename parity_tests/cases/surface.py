"""Surface optimizers, which are refnet's own, and twins written in plain PyTorch."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import torch

import refnet
from parity_tests.cases import Case, case, const, randn


def trained(
    name: str,
    make: Callable[..., Any],
    *shapes: tuple[int, ...],
    steps: int = 100,
    by_hand: bool = False,
) -> Case:
    """make(surface, m, parameters): the losses and parameters of some steps on a rugged surface.

    by_hand  SAM's two steps are called instead of step(closure)
    """

    def run(m: Any, *xs: Any) -> Any:
        params = [m.nn.Parameter(x.detach().clone()) for x in xs]
        optimizer = make(m.optim.surface if m is refnet else TWINS, m, params)
        batch = 0

        def closure() -> Any:
            nonlocal batch
            batch += 1
            optimizer.zero_grad()
            loss = sum((p * p / 4 - (3 * p + batch % 3).cos() / 3).sum() for p in params)
            loss.backward()
            return loss

        history = []
        for _ in range(steps):
            if by_hand:
                loss = closure()
                optimizer.first_step(zero_grad=True)
                closure()
                optimizer.second_step(zero_grad=True)
            else:
                loss = optimizer.step(closure)
            history.append([loss.detach(), *(p.detach().clone() for p in params)])
        return history

    return case(
        f"optim.surface.{name}",
        run,
        *(const(randn(*shape)) for shape in shapes),
        dtypes=("float64",),
        reason="rounding errors grow over 100 steps: in float32 up to 3.1e-4 of the largest entry, over 8 draws",
        random=True,
    )


# --- the twins ---------------------------------------------------------------------------------


class Plain(torch.optim.Optimizer):
    """An optimizer whose options are the arguments of its constructor by their names."""

    OPTIONS: ClassVar[dict[str, Any]]

    def __init__(self, params: Any, **options: Any) -> None:
        super().__init__(params, {**self.OPTIONS, **options})

    def pairs(self) -> Iterator[tuple[dict[str, Any], Any, Any]]:
        """Each parameter with its group and its gradient, which points uphill or downhill."""
        for group in self.param_groups:
            for p in group["params"]:
                yield group, p, -p.grad if group.get("maximize") else p.grad


class LaplacianSGD(Plain):
    """The ring's Laplacian as a matrix, inverted by a dense solve."""

    OPTIONS: ClassVar = {"lr": 1e-3, "sigma": 1.0, "order": 1, "momentum": 0, "weight_decay": 0}

    def step(self, closure: Any) -> Any:  # type: ignore[override]
        loss = closure()
        for group, p, g in self.pairs():
            g = g + group["weight_decay"] * p.data
            eye = torch.eye(p.numel(), dtype=p.dtype)
            L = 2 * eye - eye.roll(1, 0) - eye.roll(-1, 0)
            A = eye + group["sigma"] * torch.linalg.matrix_power(L, group["order"])
            d = torch.linalg.solve(A, g.reshape(-1)).reshape(p.shape)
            b = group["momentum"] * self.state[p]["b"] + d if self.state[p] else d
            self.state[p]["b"] = b
            p.data -= group["lr"] * b
        return loss


class SAM(Plain):
    """The neighbour's gradient, handed to a PyTorch optimizer."""

    OPTIONS: ClassVar = {"rho": 0.05, "adaptive": False}

    def __init__(self, params: Any, base: Any, **options: Any) -> None:
        own = {name: options.pop(name) for name in self.OPTIONS if name in options}
        self.base = base(params, **options)
        super().__init__(self.base.param_groups, **own)

    def first_step(self, zero_grad: bool) -> None:
        self.saved = [(p, p.data.clone()) for _, p, _ in self.pairs()]
        pairs = [(c, p, p.data.abs() if c["adaptive"] else 1.0, g) for c, p, g in self.pairs()]
        norm = torch.linalg.norm(torch.cat([(T * g).reshape(-1) for _, _, T, g in pairs]))
        for group, p, T, g in pairs:
            p.data += group["rho"] * T**2 * g / norm

    def second_step(self, zero_grad: bool) -> None:
        for p, start in self.saved:
            p.data = start
        self.base.step()

    def step(self, closure: Any) -> Any:  # type: ignore[override]
        loss = closure()
        self.first_step(False)
        closure()
        self.second_step(False)
        return loss


class EntropySGD(Plain):
    """Algorithm 1 of the paper, line by line."""

    OPTIONS: ClassVar = {
        "lr": 1.0, "inner_lr": 0.1, "inner_steps": 20, "scope": 1e-4, "scope_growth": 1e-3, "averaging": 0.75,
        "noise": 1e-4,
    }  # fmt: skip

    def step(self, closure: Any) -> Any:  # type: ignore[override]
        start = {p: p.data.clone() for group in self.param_groups for p in group["params"]}
        mean = {p: p.data.clone() for p in start}
        self.t = getattr(self, "t", -1) + 1
        losses = []
        for _ in range(self.defaults["inner_steps"]):
            losses.append(closure())
            for group, p, g in self.pairs():
                γ = group["scope"] * (1 + group["scope_growth"]) ** self.t
                dx = g - γ * (start[p] - p.data)
                p.data = p.data - group["inner_lr"] * dx
                if group["noise"]:
                    ξ = torch.randn(*p.shape, dtype=p.dtype)
                    p.data += group["inner_lr"] ** 0.5 * group["noise"] * ξ
                mean[p] = (1 - group["averaging"]) * mean[p] + group["averaging"] * p.data
        for group, p, _ in self.pairs():
            p.data = start[p] - group["lr"] * (start[p] - mean[p])
        return losses[0]


class TWINS:
    LaplacianSGD, SAM, EntropySGD = LaplacianSGD, SAM, EntropySGD


MATRIX, VECTOR = (3, 5), (16,)

CASES = [
    trained("LaplacianSGD", lambda s, m, ps: s.LaplacianSGD(ps), MATRIX, (7,)),
    trained("LaplacianSGD", lambda s, m, ps: s.LaplacianSGD(ps, lr=0.1, sigma=3.0, order=2, momentum=0.8, weight_decay=0.1), MATRIX, (1,), (2,), ()),
    trained("LaplacianSGD", lambda s, m, ps: s.LaplacianSGD(ps, lr=0.05, sigma=0.5, maximize=True), (2, 3, 4), (8,)),
    trained("LaplacianSGD", lambda s, m, ps: s.LaplacianSGD([{"params": ps[:1], "sigma": 9.0}, {"params": ps[1:], "order": 3}], lr=0.05), MATRIX, (6,)),
    trained("SAM", lambda s, m, ps: s.SAM(ps, m.optim.SGD, lr=0.05), MATRIX, VECTOR),
    trained("SAM", lambda s, m, ps: s.SAM(ps, m.optim.SGD, rho=0.3, lr=0.02, momentum=0.5, maximize=True), MATRIX, ()),
    trained("SAM", lambda s, m, ps: s.SAM(ps, m.optim.Adam, rho=0.2, adaptive=True, lr=0.01), MATRIX, VECTOR, steps=20),
    trained("SAM", lambda s, m, ps: s.SAM([{"params": ps[0], "rho": 0.5}, {"params": ps[1:], "lr": 0.02}], m.optim.SGD, lr=0.05), MATRIX, VECTOR, steps=20, by_hand=True),
    trained("EntropySGD", lambda s, m, ps: s.EntropySGD(ps, noise=0.0), MATRIX, VECTOR),
    trained("EntropySGD", lambda s, m, ps: s.EntropySGD(ps, noise=0.0, maximize=True), MATRIX),
    trained("EntropySGD", lambda s, m, ps: s.EntropySGD(ps, lr=0.5, inner_lr=0.05, inner_steps=5, scope=0.1, scope_growth=0.05, averaging=0.5, noise=0.01), VECTOR, (4, 8)),
    trained("EntropySGD", lambda s, m, ps: s.EntropySGD([{"params": ps[:1], "scope": 1.0}, {"params": ps[1:], "lr": 0.3}], noise=0.0, inner_steps=4), MATRIX, VECTOR),
]  # fmt: skip
