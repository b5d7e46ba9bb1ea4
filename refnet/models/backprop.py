r"""The four equations of backpropagation, by hand: the cascade without a tape.

This file uses no Tensors and no rules. It is the notes' derivation in NumPy, for comparison with
refnet/engine/tape.py, which does the same for any network. parity_tests/test_backprop.py proves
it equal to the tape and to PyTorch.

The forward pass, for one example x, with layers l = 1 … L (refnet/models/cascade.py):

    a⁰ = x,    zˡ = Wˡ aˡ⁻¹ + bˡ,    aˡ = σ(zˡ),      in components  zˡ_j = Σ_k wˡ_jk aˡ⁻¹_k + bˡ_j

C is the cost of this one example, a function of aᴸ (and of the fixed target y). The error of unit j
in layer l is

    δˡ_j = ∂C/∂zˡ_j

Then, with ⊙ the Hadamard product, (A ⊙ B)_ij = A_ij B_ij:

    (1)  δᴸ = ∇ₐC ⊙ σ′(zᴸ)
    (2)  δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)
    (3)  ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ         in components  ∂C/∂wˡ_jk = δˡ_j aˡ⁻¹_k
    (4)  ∂C/∂bˡ = δˡ                 in components  ∂C/∂bˡ_j = δˡ_j

Proof of (1). C depends on zᴸ_j through aᴸ_j = σ(zᴸ_j) alone, so by the chain rule
∂C/∂zᴸ_j = ∂C/∂aᴸ_j · σ′(zᴸ_j).

Proof of (2). zˡ_j reaches C through every zˡ⁺¹_k, k = 1 … nˡ⁺¹, so

    δˡ_j = Σ_k ∂C/∂zˡ⁺¹_k · ∂zˡ⁺¹_k/∂zˡ_j = Σ_k δˡ⁺¹_k · ∂zˡ⁺¹_k/∂zˡ_j.

From zˡ⁺¹_k = Σ_i wˡ⁺¹_ki σ(zˡ_i) + bˡ⁺¹_k only the term i = j contains zˡ_j:
∂zˡ⁺¹_k/∂zˡ_j = wˡ⁺¹_kj σ′(zˡ_j). Hence δˡ_j = (Σ_k wˡ⁺¹_kj δˡ⁺¹_k) σ′(zˡ_j), and the sum runs
over the *first* index of W: it is the j-th entry of (Wˡ⁺¹)ᵀ δˡ⁺¹. The weights that carried
the activations forward carry the errors backward.

Proof of (3), "Proof for weights". C depends on wˡ_jk through the zˡ_i, so

    ∂C/∂wˡ_jk = Σ_i ∂C/∂zˡ_i · ∂zˡ_i/∂wˡ_jk,    zˡ_i = Σ_m wˡ_im aˡ⁻¹_m + bˡ_i.

wˡ_jk occurs in zˡ_i only if i = j, and there with the factor aˡ⁻¹_k:
∂zˡ_i/∂wˡ_jk = aˡ⁻¹_k if i = j, else 0. The term δˡ_j aˡ⁻¹_k remains. (The notes write
∂zˡ_k/∂wˡ_jk, where k is both the unit and the input, and their sum has w_ij for w_ji; the
derivative as printed is zero unless j = k. It is ∂zˡ_j/∂wˡ_jk = aˡ⁻¹_k.)

Proof of (4), "Proof for biases", which the notes leave as an exercise. In the same way

    ∂C/∂bˡ_j = Σ_i ∂C/∂zˡ_i · ∂zˡ_i/∂bˡ_j,

and bˡ_j occurs in zˡ_i only if i = j, and there with the factor 1: ∂zˡ_i/∂bˡ_j = 1 if i = j,
else 0. The term δˡ_j · 1 remains. In other words, a bias is the weight of an input that is
always 1, so (4) is (3) with aˡ⁻¹_k = 1.

Why backwards. Each factor of the chain is used once, since (2) reuses δˡ⁺¹. A separate
derivative of C with respect to each weight would multiply the same matrices again for every
weight. The backward pass costs about two forward passes, for any number of weights.

The cost of a batch is the mean of its examples' costs, and the derivative of a mean is the
mean of the derivatives: `backprop` averages the results of `backprop_example`.
`backprop_batch` computes the same for all examples at once: with the errors as the rows of Δ
and the activations as the rows of A, (3) sums to Σₙ δₙ aₙᵀ = Δᵀ A, one matrix product. The rule
of the layer Linear computes the same.

Source:
    M. Nielsen, Neural Networks and Deep Learning, chapter 2, which the notes follow
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array


class Activation(NamedTuple):
    """An activation σ.

    Attributes:
        function: σ(z), entry by entry
        derivative: σ′(z), entry by entry
    """

    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]


class Cost(NamedTuple):
    """The cost C(a, y) of one example.

    Attributes:
        value: C(a, y), a sum over the last axis
        gradient: ∇ₐC
    """

    value: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]


class Layer(NamedTuple):
    """The parameters of one layer, or their gradients.

    Attributes:
        W: (fan_out, fan_in)
        b: (fan_out)
    """

    W: Array
    b: Array


def _sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ) = ½ tanh(½z) + ½; the second form cannot overflow."""
    return 0.5 * np.tanh(0.5 * z) + 0.5


SIGMOID = Activation(_sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z)))
TANH = Activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2)
# ReLU has no derivative at z = 0; it is 0 here, as in PyTorch.
RELU = Activation(lambda z: np.where(z > 0, z, 0), lambda z: np.where(z > 0, 1.0, 0.0))

QUADRATIC = Cost(lambda a, y: 0.5 * ((a - y) ** 2).sum(-1), lambda a, y: a - y)
# −Σ (y log a + (1 − y) log(1 − a)), for 0 < a < 1. With SIGMOID, (1) becomes δᴸ = aᴸ − y.
CROSS_ENTROPY = Cost(
    lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum(-1),
    lambda a, y: (a - y) / (a * (1 - a)),
)


def forward(
    layers: Sequence[Layer], x: Array, sigma: Activation = SIGMOID
) -> tuple[list[Array], list[Array]]:
    """Computes every zˡ and every aˡ.

    Args:
        layers: W and b of each layer
        x: the input
        sigma: the activation

    Shape:
        x: (n⁰) for one example, or (N, n⁰) for a batch

    Returns:
        zs, where zs[l − 1] is zˡ, and activations, where activations[l] is aˡ and activations[0] is
        x
    """
    zs: list[Array] = []
    activations = [x]
    for W, b in layers:
        zs.append(activations[-1] @ W.T + b)
        activations.append(sigma.function(zs[-1]))
    return zs, activations


def backprop_example(
    layers: Sequence[Layer],
    x: Array,
    y: Array,
    sigma: Activation = SIGMOID,
    cost: Cost = QUADRATIC,
) -> list[Layer]:
    """Computes ∂C/∂Wˡ and ∂C/∂bˡ of one example by the four equations.

    Args:
        layers: W and b of each layer
        x: the input
        y: the target
        sigma: the activation
        cost: the cost

    Shape:
        x: (n⁰)
        y: (nᴸ)

    Returns:
        the gradients of each layer; entry l − 1 is that of layer l
    """
    zs, activations = forward(layers, x, sigma)
    delta = cost.gradient(activations[-1], y) * sigma.derivative(zs[-1])  # (1)
    gradients = [Layer(np.outer(delta, activations[-2]), delta)]  # (3), (4)
    for i in reversed(range(len(layers) - 1)):
        delta = (layers[i + 1].W.T @ delta) * sigma.derivative(zs[i])  # (2)
        gradients.insert(0, Layer(np.outer(delta, activations[i]), delta))  # (3), (4)
    return gradients


def backprop(
    layers: Sequence[Layer],
    x: Array,
    y: Array,
    sigma: Activation = SIGMOID,
    cost: Cost = QUADRATIC,
) -> list[Layer]:
    """Computes the gradient of the mean cost of a batch as the mean of the examples' gradients.

    Args:
        layers: W and b of each layer
        x: the inputs
        y: the targets
        sigma: the activation
        cost: the cost

    Shape:
        x: (N, n⁰), N ≥ 1
        y: (N, nᴸ)

    Returns:
        the gradients of each layer; entry l − 1 is that of layer l
    """
    examples = [backprop_example(layers, *pair, sigma, cost) for pair in zip(x, y, strict=True)]
    return [
        Layer(np.mean([g.W for g in layer], axis=0), np.mean([g.b for g in layer], axis=0))
        for layer in zip(*examples, strict=True)
    ]


def backprop_batch(
    layers: Sequence[Layer],
    x: Array,
    y: Array,
    sigma: Activation = SIGMOID,
    cost: Cost = QUADRATIC,
) -> list[Layer]:
    """Computes the same mean gradient with one matrix product for each equation and layer.

    Each row of Δ is the δ of one example; the factor 1/N of the mean is in the first Δ.

    Args:
        layers: W and b of each layer
        x: the inputs
        y: the targets
        sigma: the activation
        cost: the cost

    Shape:
        x: (N, n⁰), N ≥ 1
        y: (N, nᴸ)
        Δ: (N, nˡ)

    Returns:
        the gradients of each layer; entry l − 1 is that of layer l
    """
    zs, activations = forward(layers, x, sigma)
    delta = cost.gradient(activations[-1], y) * sigma.derivative(zs[-1]) / len(x)  # (1)
    gradients = [Layer(delta.T @ activations[-2], delta.sum(0))]  # (3), (4)
    for i in reversed(range(len(layers) - 1)):
        delta = (delta @ layers[i + 1].W) * sigma.derivative(zs[i])  # (2), transposed
        gradients.insert(0, Layer(delta.T @ activations[i], delta.sum(0)))  # (3), (4)
    return gradients
