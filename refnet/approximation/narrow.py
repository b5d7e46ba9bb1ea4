r"""ReLU networks of bounded width: n + 4 units a layer are enough for L¹, n are not.

The network (Lu et al. 2017). A box is cut into cells; F is f's value at the middle of each, but for a
margin of each cell where it falls to 0 linearly, so that F is continuous:

    F(x) = Σ_cells f(middle) B(x),    B(x) = max(0, 1 − Σⱼ [max(0, lⱼ + δⱼ − xⱼ) + max(0, xⱼ − uⱼ + δⱼ)] / δⱼ)

for the cell [l, u]. A layer has n + 4 units, and one after the other works out all of that:

    x₁ … xₙ   the input, measured from the box's lower corner: never negative, so ReLU hands it on
    h         one of the 2n terms of the sum in B, or B itself
    q         the terms so far
    p, m      the sum over the cells so far, of those with f > 0 and of those with f < 0

which takes 2n + 1 layers a cell. F is 0 outside the box, so ∫|f − F| over ℝⁿ is finite.

Width n and below. On ℝⁿ, a network of this width that is integrable at all is 0 almost everywhere (Lu et
al.): its error is ∫|f|, whatever its depth. On a box two facts can be checked:

    n = 1     F is monotone, a composition of monotone functions: see `monotone_distance`
    n ≥ 1     if f is at least t somewhere inside and at most e all along the edge, max |F − f| ≥ (t − e)/2.
              For with leaky ReLUs of slopes near 0 and invertible weights, as near F as one likes, the
              hidden layers are a homeomorphism of ℝⁿ; so {F > c} is connected and unbounded, and if it has
              the point inside it has one of the edge too (after Johnson; Hanin & Sellke).

n + 4 is not the least: n + 1 is, on ℝⁿ (Park et al.).

Sources: Lu et al. 2017, "The expressive power of neural networks: a view from the width"; Hanin & Sellke
2017, "Approximating continuous functions by ReLU nets of minimal width"; Johnson 2019, "Deep, skinny neural
networks are not universal approximators"; Park et al. 2021, "Minimum width for universal approximation".
"""

from collections.abc import Iterator
from heapq import heappush, heappushpop

import numpy as np

from refnet.approximation.constructive import Function, Modulus
from refnet.engine.dtypes import float64
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import wrap
from refnet.nn import Linear, Module, ReLU, Sequential
from refnet.nn.utils import skip_init
from refnet.ops.rule import Array

MOST = 20_000  # layers


def narrow(
    f: Function, eps: float, omega: Modulus, low: Array, high: Array, most: int = MOST
) -> Sequential:
    """A ReLU network of width n + 4 with ∫|f − F| ≤ ε over the box [low, high], and F = 0 outside it.

    f takes (P, n); ω(d) ≥ |f(x) − f(y)| where Σ|xⱼ − yⱼ| ≤ d. Cells are as small as makes the error of
    the steps ≤ ε/2, and margins as narrow as makes theirs ≤ ε/2.

    Raises ValueError for eps ≤ 0, a box without volume, and where more than `most` layers are needed.
    """
    low, high = np.asarray(low, float), np.asarray(high, float)
    n, volume = len(low), float(np.prod(high - low))
    if not eps > 0:
        raise ValueError(f"eps must be above 0, got {eps}")
    if not (high > low).all():
        raise ValueError(f"high must be above low, got {low.tolist()} and {high.tolist()}")
    K = 1
    while volume * omega(float((high - low).sum()) / (2 * K)) > eps / 2:
        K += 1
        if (depth := K**n * (2 * n + 1) + 1) > most:
            raise ValueError(f"eps = {eps:g} needs more than {most} layers: {depth} or more")
    side = (high - low) / K
    axes = np.meshgrid(*[np.arange(K)] * n, indexing="ij")
    corners = side * np.stack([axis.ravel() for axis in axes], axis=1)  # from the box's corner
    values = f(low + corners + side / 2)
    size = abs(values).mean() * volume  # of the margins, this share is lost at most
    inner = max(1 - eps / (2 * size), 0.0) if size else 0.0
    delta = side * (1 - inner ** (1 / n)) / 2
    kept = values != 0
    maps = list(_maps(corners[kept], side, delta, values[kept]))
    first, last = maps[0], maps[-1]
    # The first layer sees x itself, not the state; the last one gives p − m alone.
    A, b = first[0][:, :n], first[1] + first[0][:, :n] @ -low
    layers: list[Module] = [_linear(A, b), ReLU()]
    for A, b in maps[1:-1]:
        layers += [_linear(A, b), ReLU()]
    A, b = last
    p, m = n + 2, n + 3
    return Sequential(*layers, _linear((A[p] - A[m])[None], (b[p] - b[m])[None]))


def _maps(
    corners: Array, side: Array, delta: Array, values: Array
) -> Iterator[tuple[Array, Array]]:
    """The layers, each as A, b of state ← ReLU(A state + b), state = (x, h, q, p, m)."""
    n = len(side)
    h, q, p, m = range(n, n + 4)
    height = 0.0  # of the cell whose B stands in h

    def add_bump(A: Array) -> None:
        A[p, h], A[m, h] = max(height, 0.0), max(-height, 0.0)

    for corner, value in zip(corners, values, strict=True):
        for j in range(n):
            for sign, bend in ((-1, corner[j] + delta[j]), (1, corner[j] + side[j] - delta[j])):
                A, b = np.eye(n + 4), np.zeros(n + 4)
                A[h, h] = 0.0
                if j == 0 and sign < 0:  # a new cell begins
                    add_bump(A)
                else:
                    A[q, h] = 1.0
                A[h, j], b[h] = sign / delta[j], -sign * bend / delta[j]
                yield A, b
        A, b = np.eye(n + 4), np.zeros(n + 4)
        A[h, h], A[h, q], b[h], A[q, q] = -1.0, -1.0, 1.0, 0.0
        yield A, b
        height = float(value)
    A = np.eye(n + 4)
    add_bump(A)
    yield A, np.zeros(n + 4)


def _linear(A: Array, b: Array) -> Linear:
    layer = skip_init(Linear, A.shape[1], A.shape[0], dtype=float64)
    assert isinstance(layer, Linear)
    assert layer.bias is not None
    layer.weight._array, layer.bias._array = A, b
    return layer


def width(F: Module) -> int:
    """The units of the widest hidden layer."""
    layers = [layer for layer in F.modules() if isinstance(layer, Linear)]
    return max(layer.out_features for layer in layers[:-1])


def middles(low: Array, high: Array, points: int) -> Array:
    """The middles of the cells of a grid, points along each axis. -> (pointsⁿ, n)"""
    low, high = np.asarray(low, float), np.asarray(high, float)
    axes = np.meshgrid(*[(np.arange(points) + 0.5) / points] * len(low), indexing="ij")
    x: Array = low + (high - low) * np.stack([axis.ravel() for axis in axes], axis=1)
    return x


def output(F: Module, x: Array) -> Array:
    """F at each row. (P, n) -> (P,)"""
    with no_grad():
        y: Array = F(wrap(x))._array[:, 0]
    return y


def monotone_distance(y: Array) -> float:
    """min Σ |gᵢ − yᵢ| over monotone g, rising or falling.

    The least-absolute-deviations isotonic regression, by a heap: each value joins; where the largest
    so far exceeds it, both move to the smaller, at the cost of their difference (Rote 2019, "Isotonic
    regression by dynamic programming").
    """

    def rising(values: Array) -> float:
        cost, heap = 0.0, list[float]()
        for v in values.tolist():
            heappush(heap, -v)
            top = -heap[0]
            if top > v:
                cost += top - v
                heappushpop(heap, -v)
        return cost

    return min(rising(y), rising(-y))
