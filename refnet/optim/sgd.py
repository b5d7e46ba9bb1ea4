"""Stochastic gradient descent."""

from collections.abc import Iterable
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked, gradients, zeros_like


class SGD(Optimizer):
    r"""Stochastic gradient descent, with momentum if μ is not 0.

        g ← ∇f(θ) + λ θ
        b ← μ b + (1 − τ) g
        g ← g + μ b   if nesterov, else   g ← b
        θ ← θ − η g

    with b = g in the first step. λ θ is the gradient of ½ λ ‖θ‖². If μ = 0, the second and the
    third line are left out. The b of PyTorch has no factor η, so a change of the learning rate
    takes effect at once; in Sutskever et al. b ← μ b + η g and θ ← θ − b.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        momentum: μ
        dampening: τ
        weight_decay: λ
        nesterov: whether to look ahead along b
        maximize: whether g starts from −∇f(θ)
        foreach: changes nothing; see Adam
        differentiable: only False is supported; see Adam
        fused: changes nothing, but parameters have to be floating-point; see Adam

    Attributes:
        state: for each parameter "momentum_buffer", b, if μ is not 0

    Raises:
        ValueError: lr, momentum or weight_decay is negative, or nesterov is True without a momentum
            or with a dampening

    Source:
        torch.optim.SGD; Sutskever et al. 2013, "On the importance of initialization and
        momentum in deep learning", equations 1-4.

    Example:
        >>> x = refnet.tensor([1.0], requires_grad=True)
        >>> optimizer = refnet.optim.SGD([x], lr=0.1, momentum=0.9)
        >>> for _ in range(2):  # g = 2, b = 2, x = 0.8; then g = 1.6, b = 3.4, x = 0.46
        ...     optimizer.zero_grad()
        ...     (x * x).sum().backward()
        ...     optimizer.step()
        >>> x
        tensor([0.4600], requires_grad=True)
    """

    _later_options = LATER | {"nesterov": False, "fused": False}

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        names = "lr momentum dampening weight_decay nesterov maximize foreach differentiable fused"
        options = checked(locals(), names, nonnegative="momentum weight_decay")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, options)

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        η, μ, τ = float(group["lr"]), float(group["momentum"]), float(group["dampening"])
        λ, nesterov = float(group["weight_decay"]), group["nesterov"]

        def formula(θ: Array, g: Array, b: Array | None, *, first: bool) -> None:
            if λ:
                g = g + λ * θ
            if b is not None:
                if first:
                    b[...] = g
                else:
                    b *= μ
                    b += (1 - τ) * g if τ else g
                g = g + μ * b if nesterov else b
            θ -= η * g

        for p, θ, g in gradients(group):
            b, first = None, False
            if μ:
                state = self.state[p]
                first = state.get("momentum_buffer") is None
                if first:
                    state["momentum_buffer"] = zeros_like(θ)
                b = state["momentum_buffer"]._array
            blockwise(formula, θ, g, b, first=first)


_mirror(__name__)
