"""Adam: steps scaled by running averages of the gradient and of its square; AdamW."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked, number


class Adam(Optimizer):
    r"""Adaptive moments: a running average of the gradient, scaled by one of its square.

        g ← ∇f(θ) + λ θ
        m ← β₁ m + (1 − β₁) g,    m̂ = m / (1 − β₁ᵗ)
        v ← β₂ v + (1 − β₂) g²,   v̂ = v / (1 − β₂ᵗ)
        θ ← θ − η m̂ / (√v̂ + ε)

    in step t = 1, 2, …, with m = v = 0 before the first step. 1 − βᵗ is the sum of the weights so
    far; dividing by it removes the bias towards 0. With amsgrad, v̂ is computed from the largest v
    of all steps, so a rare large gradient is not forgotten. The code computes the last line as

        θ ← θ − α m / (√v + ε_hat)
        α = η √(1 − β₂ᵗ) / (1 − β₁ᵗ),   ε_hat = ε √(1 − β₂ᵗ)

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        betas: β₁ and β₂, two floats or two tensors of one element
        eps: ε
        weight_decay: λ
        amsgrad: whether to divide by the root of the largest v
        foreach: chooses among PyTorch's implementations; it changes nothing, as refnet has one
        maximize: whether g starts from −∇f(θ)
        capturable: True raises an AssertionError in step(), as in PyTorch on the CPU
        differentiable: only False is supported: refnet does not record optimizer steps
        fused: like foreach, but with True the parameters have to be floating-point
        decoupled_weight_decay: whether θ ← θ − η λ θ replaces the term λ θ of g, as in AdamW

    Attributes:
        state: for each parameter "step", t, "exp_avg", m, "exp_avg_sq", v, and with amsgrad
            "max_exp_avg_sq", the largest v

    Raises:
        ValueError: lr, eps or weight_decay is negative; betas are outside of [0, 1), or are neither
            two floats nor two tensors; lr or betas are tensors and foreach is True
        RuntimeError: fused is True with foreach or differentiable
        NotImplementedError: differentiable is True

    Source:
        torch.optim.Adam; Kingma, Ba 2015, "Adam: a method for stochastic optimization",
        algorithm 1 and the end of section 2; Reddi et al. 2018, "On the convergence of Adam and
        beyond".

    Example:
        >>> x = refnet.tensor([1.0, -4.0], requires_grad=True)
        >>> optimizer = refnet.optim.Adam([x], lr=0.1)
        >>> (x * x).sum().backward()
        >>> optimizer.step()  # the first step is η sign(g)
        >>> x
        tensor([ 0.9000, -3.9000], requires_grad=True)
    """

    _later_options = LATER | {
        "amsgrad": False,
        "capturable": False,
        "decoupled_weight_decay": False,
        "fused": None,
    }
    _numbers = ("step",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        names = (
            "lr betas eps weight_decay amsgrad maximize foreach capturable differentiable fused "
            "decoupled_weight_decay"
        )
        options = checked(locals(), names, nonnegative="eps weight_decay")
        if not any(all(isinstance(β, kind) for β in betas) for kind in (float, Tensor)):
            raise ValueError(
                "betas must be either both floats or both Tensors, got "
                f"{type(betas[0]).__name__} and {type(betas[1]).__name__}"
            )
        for name, option in {"lr": lr, "betas[0]": betas[0], "betas[1]": betas[1]}.items():
            if isinstance(option, Tensor) and foreach and not capturable:
                raise ValueError(
                    f"{name} as a Tensor is not supported for capturable=False and foreach=True"
                )
        options["betas"] = tuple(β.squeeze() if isinstance(β, Tensor) else β for β in betas)
        super().__init__(params, options)

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        η, λ, ε = number(group["lr"]), float(group["weight_decay"]), float(group["eps"])
        β1, β2 = map(float, group["betas"])
        b1, b2 = map(number, group["betas"])  # the same, in the dtype of a tensor
        decoupled, decay = group["decoupled_weight_decay"], float(1 - η * λ)
        if group["foreach"] and isinstance(group["lr"], Tensor) and not group["capturable"]:
            raise RuntimeError(
                "lr as a Tensor is not supported for capturable=False and foreach=True"
            )

        def formula(
            θ: Array, g: Array, m: Array, v: Array, v_max: Array | None, *, α: float, ε_hat: float
        ) -> None:
            if λ and decoupled:
                θ *= decay
            elif λ:
                g = g + λ * θ
            m *= β1
            m += (1 - β1) * g
            v *= β2
            v += (1 - β2) * g * g
            if v_max is not None:
                v = np.maximum(v_max, v, out=v_max)
            θ -= α * m / (np.sqrt(v) + ε_hat)

        largest = "max_exp_avg_sq" if group["amsgrad"] else None
        for θ, g, t, m, v, v_max in self._steps(group, "exp_avg", "exp_avg_sq", largest):
            c1, c2 = 1 - b1**t, 1 - b2**t
            root = float(c2**0.5)
            α = float(η / c1) * root
            blockwise(formula, θ, g, m, v, v_max, α=α, ε_hat=ε * root)


class AdamW(Adam):
    """Adam with decoupled weight decay.

        θ ← θ − η λ θ
        a step of Adam with g = ∇f(θ)

    In Adam, λ θ is divided by √v̂ like the rest of g, so weights with large gradients decay less.
    Here all weights decay alike.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        betas: β₁ and β₂, two floats or two tensors of one element
        eps: ε
        weight_decay: λ
        amsgrad: whether to divide by the root of the largest v
        maximize: whether g is −∇f(θ)
        foreach: changes nothing; see Adam
        capturable: True raises an AssertionError in step(); see Adam
        differentiable: only False is supported; see Adam
        fused: changes nothing, but parameters have to be floating-point; see Adam

    Attributes:
        state: as in Adam

    Raises:
        ValueError: as Adam
        RuntimeError: as Adam
        NotImplementedError: differentiable is True

    Source:
        torch.optim.AdamW; Loshchilov, Hutter 2019, "Decoupled weight decay regularization".

    Example:
        >>> x = refnet.tensor([1.0, -4.0], requires_grad=True)
        >>> optimizer = refnet.optim.AdamW([x], lr=0.1, weight_decay=0.5)
        >>> x.grad = refnet.tensor([2.0, 0.0])
        >>> optimizer.step()  # 0.95 θ, then the step of Adam
        >>> x
        tensor([ 0.8500, -3.8000], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restores a state as Adam does; its weight decay becomes decoupled."""
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


_mirror(__name__)
