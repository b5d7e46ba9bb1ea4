"""The fully connected cascade: a sequence of logistic regressions.

    a⁰ = x,   zˡ = Wˡ aˡ⁻¹ + bˡ,   aˡ = σ(zˡ)   (l = 1 … L),   F(x) = aᴸ

In one formula:

    F(x) = σ(Wᴸ … σ(W² σ(W¹ x + b¹) + b²) … + bᴸ)
    F    = σ ∘ fᴸ ∘ σ ∘ fᴸ⁻¹ ∘ … ∘ σ ∘ f¹,   fˡ(a) = Wˡ a + bˡ

(The notes' long form ends in W^{L−1} and has the last bias outside σ; their short forms agree with
this one.) Wˡ ∈ ℝ^{nˡ × nˡ⁻¹}, and σ is applied to each component.

Each layer is a set of classifiers whose answers are the features of the next layer. Without σ the
cascade would be a single affine map, since fˡ ∘ fˡ⁻¹ is affine. With a continuous σ that is not a
polynomial, one hidden layer of sufficient width, followed by an affine map, approximates every
continuous function on a compact set to any accuracy (Leshno et al. 1993; the notes ask for a σ
"bounded and continuous", which includes σ = 0). refnet/models/backprop.py derives the gradients of
all W and b in one backward pass.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any


def build(m: Any, sizes: Sequence[int], activation: Callable[[], Any] | None = None) -> Any:
    """Builds the cascade with the library m, which is refnet or torch.

    Args:
        m: the library
        sizes: n⁰ … nᴸ: the number of features, the width of each layer, the number of outputs
        activation: constructs the layer σ, such as m.nn.Tanh; None for m.nn.Sigmoid. σ follows
            every affine map, including the last one

    Shape:
        x: (N, n⁰)
        F(x): (N, nᴸ)

    Raises:
        ValueError: for fewer than two sizes
    """
    if len(sizes) < 2:
        raise ValueError(f"cascade.build(): expected at least two sizes, got {list(sizes)}")
    nn = m.nn
    activation = activation or nn.Sigmoid
    layers: list[Any] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [nn.Linear(fan_in, fan_out), activation()]
    return nn.Sequential(*layers)
