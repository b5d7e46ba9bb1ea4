r"""The fully connected cascade: logistic regressions, one behind the other.

    a⁰ = x,    zˡ = Wˡ aˡ⁻¹ + bˡ,    aˡ = σ(zˡ)   for l = 1 … L,    F(x) = aᴸ

or, written out,

    F(x) = σ(Wᴸ … σ(W² σ(W¹ x + b¹) + b²) … + bᴸ)
    F    = σ ∘ fᴸ ∘ σ ∘ fᴸ⁻¹ ∘ … ∘ σ ∘ f¹,    fˡ(a) = Wˡ a + bˡ

(the notes' long form ends in W^{L−1} and puts the last bias outside σ; their short forms
have it as here). Wˡ ∈ ℝ^{nˡ × nˡ⁻¹}, and σ works on each component by itself.

Each layer is a set of classifiers whose answers are the next one's features. Without σ the
whole would collapse into one affine map, since fˡ ∘ fˡ⁻¹ is affine; with a σ that is
continuous and not a polynomial, one hidden layer that is wide enough, with an affine map
behind it, approximates every continuous function on a compact set as closely as one likes
(Leshno et al. 1993; the notes ask for σ "bounded and continuous", which σ = 0 is). How the
gradients of all W and b come out of one walk backwards is in refnet/models/backprop.py.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any


def build(m: Any, sizes: Sequence[int], activation: Callable[[], Any] | None = None) -> Any:
    """The cascade on the library m, which is refnet or torch.

    Args:
        sizes: n⁰ … nᴸ: the features, the width of each layer, the outputs
        activation: makes the layer σ, e.g. m.nn.Tanh; m.nn.Sigmoid if left out. It stands after
            every affine map, the last one too

    Shape:
        x: (N, n⁰), F(x): (N, nᴸ)

    Raises ValueError if there are fewer than two sizes.
    """
    if len(sizes) < 2:
        raise ValueError(f"a cascade needs the sizes of its input and output, got {list(sizes)}")
    nn = m.nn
    activation = activation or nn.Sigmoid
    layers: list[Any] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [nn.Linear(fan_in, fan_out), activation()]
    return nn.Sequential(*layers)
