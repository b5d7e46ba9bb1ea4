r"""The cost of a network as a function of its parameters, C(θ), and its derivatives.

    C(θ) = (1/N) Σ_n ℓ(F_θ(x_n), y_n),   θ ∈ ℝᵖ: all parameters in one vector

    gradient          g = ∇C(θ)
    hvp               H v = ∇²C(θ) v
    gauss_newton      G v = Jᵀ (∇²ℓ) J v,   J = ∂F/∂θ
    empirical_fisher  E v = (1/N) Σ_n g_n (g_nᵀ v)

g comes from the tape, H v from the tape on θ + i h v (the complex step); g_n is the gradient of one
example. G is the Hessian without the curvature of F itself: H = G + Σ (∂ℓ/∂F) ∇²F. G is positive
semidefinite if ℓ is convex in F, so every direction of negative curvature comes from the second
term. For a softmax with cross entropy and for a mean squared error (a Gaussian), G is the Fisher
information. E has the same form with the labels of the data in place of labels drawn from the
model; far from a fit it does not approximate G (Kunstner et al. 2019).

Everything is computed in float64, whatever the dtype of the network: eigenvalues need the digits.

Source:
    Pearlmutter 1994, "Fast exact multiplication by the Hessian"; Schraudolph 2002, "Fast curvature
    matrix-vector products"; Kunstner et al. 2019, "Limitations of the empirical Fisher
    approximation"
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from refnet.autograd.backward import grad
from refnet.autograd.complex_step import H, complex_step
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor, wrap
from refnet.nn import Module
from refnet.ops.rule import Array

Cost = Callable[[Tensor, Tensor], Tensor]


class Surface:
    """C(θ) for a model, a cost and data.

    The model runs in its present mode. In training mode batch norm uses the statistics of x, whose
    derivative then belongs to C; in evaluation mode its running statistics are constants. Dropout
    has to be off.

    Args:
        model: a Module; no method here changes its parameters and buffers
        cost: cost(output, y) -> the mean over the examples, such as nn.CrossEntropyLoss()
        x: the inputs, the examples along the first dimension
        y: the labels, likewise

    Attributes:
        size: the number of parameters
        theta: the present parameters of the model, a vector of `size` numbers

    Raises:
        ValueError: no parameter requires a gradient

    Example:
        >>> model = nn.Linear(1, 1, bias=False)
        >>> x, y = refnet.tensor([[1.0], [3.0]]), refnet.zeros(2, 1)
        >>> C = refnet.landscape.Surface(model, F.mse_loss, x, y)  # C(w) = 5 w²
        >>> C.value(np.array([2.0])), C.gradient(np.array([2.0])), C.hessian(np.array([2.0]))
        (20.0, array([20.]), array([[10.]]))
    """

    def __init__(self, model: Module, cost: Cost, x: Tensor, y: Tensor) -> None:
        self.model, self.cost = model, cost
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self.x, self.y = (t.double() if t.is_floating_point() else t for t in (x, y))
        self.size = sum(p.numel() for p in self.parameters)
        if not self.size:
            raise ValueError(
                "Surface(): expected a model with parameters that require a gradient, got none"
            )

    @property
    def theta(self) -> Array:
        """The present parameters of the model, in one vector."""
        return np.concatenate([p.detach().numpy().ravel() for p in self.parameters]).astype(float)

    def split(self, theta: Array) -> list[Array]:
        """Returns a vector as arrays of the parameters' shapes.

        Raises:
            ValueError: the vector has another shape
        """
        if theta.shape != (self.size,):
            raise ValueError(
                f"Surface: expected theta of the shape ({self.size},), got {theta.shape}"
            )
        ends = np.cumsum([p.numel() for p in self.parameters])[:-1]
        shapes = [tuple(p.shape) for p in self.parameters]
        return [a.reshape(n) for a, n in zip(np.split(theta, ends), shapes, strict=True)]

    def value(self, theta: Array) -> float:
        """C(θ)"""
        with self._at(theta), no_grad():
            return float(self.cost(self.model(self.x), self.y).item())

    def outputs(self, theta: Array) -> Array:
        """F_θ(x)"""
        with self._at(theta), no_grad():
            y: Array = self.model(self.x).numpy()
        return y

    def gradient(self, theta: Array, rows: Any = slice(None)) -> Array:
        """∇C(θ), for some rows of the data, or for all."""
        with self._at(theta):
            return self._gradient(rows)

    def hvp(self, theta: Array, v: Array) -> Array:
        """∇²C(θ) v, exact to rounding.

        Raises:
            NotAnalyticError: θ is on a kink (ReLU at 0) that v crosses
        """
        with complex_step(), self._at(theta + 1j * (H * v)):
            moved = self._gradient(slice(None))
        Hv: Array = moved.imag / H
        return Hv

    def gauss_newton(self, theta: Array, v: Array) -> Array:
        """Jᵀ (∇²ℓ) J v"""
        with complex_step(), self._at(theta + 1j * (H * v)):
            moved = self._array(self.model(self.x))
        Jv = moved.imag / H
        with complex_step():
            F = wrap(moved.real + 1j * (H * Jv)).requires_grad_()
            u = self._array(grad(self.cost(F, self.y), F)[0]).imag / H  # ∇²ℓ J v
        with self._at(theta):
            Gv = grad(self.model(self.x), self.parameters, wrap(u), allow_unused=True)
            return self._flat(Gv)

    def empirical_fisher(self, theta: Array, v: Array) -> Array:
        """(1/N) Σ_n g_n (g_nᵀ v)"""
        n = len(self.x)
        gradients = (self.gradient(theta, slice(i, i + 1)) for i in range(n))
        total: Array = sum((g * (g @ v) for g in gradients), np.zeros(self.size))
        return total / n

    def hessian(self, theta: Array) -> Array:
        """∇²C(θ), p × p, from a product with each unit vector: p gradients."""
        rows: Array = np.array([self.hvp(theta, e) for e in np.eye(self.size)])
        return (rows + rows.T) / 2

    # --- other parameters for a while ----------------------------------------------------------

    @contextmanager
    def _at(self, theta: Array) -> Iterator[None]:
        """Sets the parameters to theta, real or complex, the buffers to float64, for a while."""
        kept = [(t, t._array) for t in [*self.parameters, *self.model.buffers()]]
        for t, array in kept[len(self.parameters) :]:
            t._array = array.astype(float) if array.dtype.kind == "f" else array.copy()
        for p, array in zip(self.parameters, self.split(theta), strict=True):
            p._array = array
        try:
            yield
        finally:
            for t, array in kept:
                t._array = array

    def _gradient(self, rows: Any) -> Array:
        loss = self.cost(self.model(self.x[rows]), self.y[rows])
        return self._flat(grad(loss, self.parameters, allow_unused=True))

    def _flat(self, gradients: tuple[Tensor | None, ...]) -> Array:
        pairs = zip(gradients, self.parameters, strict=True)
        parts = [np.zeros(p.numel()) if g is None else self._array(g).ravel() for g, p in pairs]
        flat: Array = np.concatenate(parts)
        return flat

    @staticmethod
    def _array(t: Tensor | None) -> Array:
        """Returns the array of a tensor, complex if it carries a direction."""
        assert t is not None
        array: Array = t._array
        return array
