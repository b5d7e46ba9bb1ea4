r"""ReLU networks of bounded width: n + 4 units in each layer suffice for L¹, n units do not.

The network (Lu et al. 2017). A box is divided into cells. In a cell, F is the value of f at its
middle, except in a margin where F decreases to 0 linearly, so that F is continuous:

    F(x) = Σ f(middle) B(x)   over the cells
    B(x) = max(0, 1 − Σⱼ [max(0, lⱼ + δⱼ − xⱼ) + max(0, xⱼ − uⱼ + δⱼ)] / δⱼ)

for the cell [l, u]. A layer has n + 4 units, which compute this one after the other:

    x₁ … xₙ   the input, measured from the lower corner of the box: not negative, so ReLU passes it
    h         one of the 2n terms of the sum in B, or B itself
    q         the sum of the terms so far
    p, m      the sum over the cells so far, for those with f > 0 and for those with f < 0

This takes 2n + 1 layers for each cell. F is 0 outside the box, so ∫|f − F| over ℝⁿ is finite.

Width n and below. On ℝⁿ, an integrable network of this width is 0 almost everywhere (Lu et al.):
its error is ∫|f|, whatever its depth. On a box two facts can be checked:

    n = 1     F is monotone, a composition of monotone functions: see `monotone_distance`
    n ≥ 1     max |F − f| ≥ (t − e)/2 if f is at least t at an inner point and at most e on the
              boundary

The second one holds since leaky ReLUs with slopes near 0 and invertible weights come arbitrarily
close to F, and their hidden layers are a homeomorphism of ℝⁿ. So {F > c} is connected and
unbounded, and if it contains the inner point, it contains a point of the boundary too (after
Johnson; Hanin & Sellke).

n + 4 is not the least width: on ℝⁿ, n + 1 is (Park et al.).

Source:
    Lu et al. 2017, "The expressive power of neural networks: a view from the width"; Hanin, Sellke
    2017, "Approximating continuous functions by ReLU nets of minimal width"; Johnson 2019, "Deep,
    skinny neural networks are not universal approximators"; Park et al. 2021, "Minimum width for
    universal approximation"
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

MOST = 20_000  # the largest number of layers


def narrow(
    f: Function, eps: float, omega: Modulus, low: Array, high: Array, most: int = MOST
) -> Sequential:
    """Returns a ReLU network of width n + 4 with ∫|f − F| ≤ ε over a box, and F = 0 outside it.

    The cells are so small that the piecewise constant function is within ε/2 of f, and the margins
    so narrow that they add at most ε/2.

    Args:
        f: (P, n) -> (P,)
        eps: ε
        omega: ω(d) ≥ |f(x) − f(y)| where Σ|xⱼ − yⱼ| ≤ d
        low: the lower corner of the box, (n,)
        high: its upper corner, (n,)
        most: the largest number of layers

    Raises:
        ValueError: eps ≤ 0, the box has no volume, or more than `most` layers are needed

    Example:
        >>> from refnet.approximation import constructive, narrow
        >>> f = lambda x: x[:, 0]
        >>> net = narrow.narrow(f, 0.5, constructive.lipschitz(1.0), [0.0], [1.0])
        >>> x = narrow.middles([0.0], [1.0], 1000)
        >>> narrow.width(net), bool(abs(narrow.output(net, x) - f(x)).mean() <= 0.5)
        (5, True)
    """
    low, high = np.asarray(low, float), np.asarray(high, float)
    n, volume = len(low), float(np.prod(high - low))
    if not eps > 0:
        raise ValueError(f"narrow(): expected eps > 0, got {eps}")
    if not (high > low).all():
        raise ValueError(f"narrow(): expected low < high, got {low.tolist()} and {high.tolist()}")
    K = 1
    while volume * omega(float((high - low).sum()) / (2 * K)) > eps / 2:
        K += 1
        if (depth := K**n * (2 * n + 1) + 1) > most:
            raise ValueError(f"eps = {eps:g} needs more than {most} layers: {depth} or more")
    side = (high - low) / K
    axes = np.meshgrid(*[np.arange(K)] * n, indexing="ij")
    corners = side * np.stack([axis.ravel() for axis in axes], axis=1)  # from the box's corner
    values = f(low + corners + side / 2)
    size = abs(values).mean() * volume  # the margins lose at most a fraction of this
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
    """Yields A, b of each layer: state ← ReLU(A state + b), state = (x, h, q, p, m)."""
    n = len(side)
    h, q, p, m = range(n, n + 4)
    height = 0.0  # of the cell whose B is in h

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
    """Returns the number of units of the widest hidden layer.

    Example:
        >>> net = nn.Sequential(
        ...     nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 3), nn.ReLU(), nn.Linear(3, 9)
        ... )
        >>> refnet.approximation.narrow.width(net)
        5
    """
    layers = [layer for layer in F.modules() if isinstance(layer, Linear)]
    return max(layer.out_features for layer in layers[:-1])


def middles(low: Array, high: Array, points: int) -> Array:
    """Returns the middles of the cells of a grid, `points` along each axis: (pointsⁿ, n).

    Example:
        >>> refnet.approximation.narrow.middles([0.0, 0.0], [2.0, 4.0], 2)
        array([[0.5, 1. ],
               [0.5, 3. ],
               [1.5, 1. ],
               [1.5, 3. ]])
    """
    low, high = np.asarray(low, float), np.asarray(high, float)
    axes = np.meshgrid(*[(np.arange(points) + 0.5) / points] * len(low), indexing="ij")
    x: Array = low + (high - low) * np.stack([axis.ravel() for axis in axes], axis=1)
    return x


def output(F: Module, x: Array) -> Array:
    """Returns F at each row of x (P, n), of shape (P,).

    Example:
        >>> net = nn.Linear(2, 1, dtype=refnet.float64)
        >>> refnet.approximation.narrow.output(net, np.zeros((3, 2))).shape
        (3,)
    """
    with no_grad():
        y: Array = F(wrap(x))._array[:, 0]
    return y


def monotone_distance(y: Array) -> float:
    """Returns min Σ |gᵢ − yᵢ| over monotone g, rising or falling.

    It is the isotonic regression with least absolute deviations, by a heap: each value is added; if
    the largest value so far exceeds it, that one is lowered to it, at the cost of their difference.

    Source:
        Rote 2019, "Isotonic regression by dynamic programming"

    Example:
        >>> refnet.approximation.narrow.monotone_distance(np.array([1.0, 3.0, 2.0, 4.0]))
        1.0
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
