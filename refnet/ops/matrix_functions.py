"""Functions of square matrices: the exponential, and the solution of linear equations."""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback, Thunk, unbroadcast

__all__ = ["matrix_exp", "solve"]


def matrix_exp(a: Array) -> tuple[Array, Pullback]:
    """Y = exp A = Σₖ Aᵏ / k!

    Shape:
        A, Y: (..., n, n)

    Pullback:
        Ā = L(Aᵀ, Ȳ), the derivative of exp at Aᵀ in the direction Ȳ, which is
        the block above the diagonal of exp [[Aᵀ, Ȳ], [0, Aᵀ]]

    Source:
        Mathias 1996, "A chain rule for matrix functions" (the block matrix)
    """
    n = a.shape[-1]

    def pullback(dy: Array) -> tuple[Thunk]:
        def da() -> Array:
            A = a.swapaxes(-1, -2)
            return _exp(np.block([[A, dy], [np.zeros_like(dy), A]]))[..., :n, n:]

        return (da,)

    return _exp(a), pullback


def _exp(a: Array) -> Array:
    """exp A = (exp A/2ˢ)^(2ˢ)

    s is such that ‖A/2ˢ‖₁ ≤ ½, for which 16 terms of the series are enough. Each matrix of a batch
    has its own s.
    """
    size = np.abs(a.real).sum(-2, keepdims=True).max(-1, keepdims=True, initial=0)
    exponent = np.frexp(np.where(np.isfinite(size), size, 0))[1]
    s = np.maximum(exponent + 1, 0)
    b = a / np.exp2(s).astype(size.dtype)
    one = np.eye(a.shape[-1], dtype=a.dtype)
    y = one + np.zeros_like(a)
    for k in range(16, 0, -1):
        y = one + b @ y / k
    for done in range(s.max(initial=0)):
        y = np.where(done < s, y @ y, y)
    return y


def solve(a: Array, b: Array) -> tuple[Array, Pullback]:
    """X = A⁻¹ B, the solution of A X = B

    Shape:
        A: (..., n, n); B, X: (..., n, k), where the batches ... broadcast

    Pullback:
        B̄ = A⁻ᵀ X̄,  Ā = −B̄ Xᵀ
    """
    x = np.linalg.solve(a, b)

    def pullback(dx: Array) -> tuple[Thunk, Array]:
        db = np.linalg.solve(a.swapaxes(-1, -2), dx)
        return lambda: unbroadcast(-db @ x.swapaxes(-1, -2), a.shape), unbroadcast(db, b.shape)

    return x, pullback
