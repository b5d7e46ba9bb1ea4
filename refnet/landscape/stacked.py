"""A function that computes many vectors at once, and its Hessian in one pass.

    C: (K, p) → (K)

where each value depends on its own row only. Then ∇ΣC contains the gradient of each row, and each
row θ + i h eⱼ (the complex step) gives one column of the Hessian. A Hessian costs one gradient of p
rows, where a Surface takes p gradients. For small functions most of the time is Python's overhead
for each operation, so this is nearly p times as fast.
"""

from collections.abc import Callable

import numpy as np

from refnet.autograd.backward import grad
from refnet.autograd.complex_step import H, complex_step
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import Array


class Stacked:
    """C with its derivatives at single vectors θ of `size` numbers, in float64.

    Args:
        f: a function from a Tensor (K, p) to a Tensor (K)
        size: p

    Example:
        >>> C = refnet.landscape.stacked.Stacked(lambda p: p[:, 0] ** 2 * p[:, 1], 2)
        >>> C.values(np.array([[1.0, 2.0], [3.0, 4.0]]))
        array([ 2., 36.])
        >>> C.gradient(np.array([3.0, 4.0]))
        array([24.,  9.])
        >>> C.hessian(np.array([3.0, 4.0]))
        array([[8., 6.],
               [6., 0.]])
    """

    def __init__(self, f: Callable[[Tensor], Tensor], size: int) -> None:
        self.f, self.size = f, size

    def values(self, Θ: Array) -> Array:
        """Returns C of each row of Θ (..., p), of shape (...)."""
        shape = np.shape(Θ)
        with no_grad():
            C: Array = self.f(wrap(np.asarray(Θ, dtype=float).reshape(-1, self.size)))._array
        rows: Array = C.reshape(shape[:-1])
        return rows

    def value(self, theta: Array) -> float:
        """C(θ)"""
        return float(self.values(theta))

    def gradient(self, theta: Array) -> Array:
        """∇C(θ)"""
        g: Array = self._gradients(np.asarray(theta, dtype=float)[None])[0]
        return g

    def hessian(self, theta: Array) -> Array:
        """∇²C(θ), p × p, exact to rounding.

        Raises:
            NotAnalyticError: θ is on a kink
        """
        with complex_step():
            columns = self._gradients(theta + 1j * H * np.eye(self.size)).imag / H
        symmetric: Array = (columns + columns.T) / 2
        return symmetric

    def _gradients(self, Θ: Array) -> Array:
        x = wrap(Θ).requires_grad_()
        (g,) = grad(self.f(x).sum(), x)
        assert g is not None
        array: Array = g._array
        return array
