"""Functions of square matrices, under the names of torch.linalg."""

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.einsum import check_tensors
from refnet.functions.operands import misfit

__all__ = ["inverse", "matrix_exp"]


class LinAlgError(RuntimeError):
    """A matrix that has to be invertible is singular."""


def _check_square(function: str, A: Tensor) -> None:
    a = A._array
    if a.dtype.kind not in "fc":
        raise RuntimeError(
            f"{function}: Expected a floating point or complex tensor as input. Got {A.dtype}"
        )
    if a.ndim < 2:
        raise RuntimeError(
            f"{function}: The input tensor A must have at least 2 dimensions, got {a.ndim}"
        )
    if a.shape[-1] != a.shape[-2]:
        raise RuntimeError(
            f"{function}: A must be batches of square matrices, but they are {a.shape[-2]} by "
            f"{a.shape[-1]} matrices"
        )


def matrix_exp(input: Tensor) -> Tensor:
    """exp A = Σₖ Aᵏ / k! of a square matrix, or each of a batch. (..., n, n) -> (..., n, n)

    The gradient is derived in `refnet.ops.matrix_exp`.
    """
    check_tensors("matrix_exp", input=input)
    _check_square("linalg.matrix_exp", input)
    return apply(ops.matrix_exp, input)


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """The X of A X = B, or of X A = B where not left. (..., n, n), (..., n, k) -> (..., n, k)

    B may be a vector, or a batch of vectors if its shape is A's without the last size.

    Raises RuntimeError for shapes that do not fit, for integers and for two dtypes, LinAlgError, which is
    one, for a singular A.
    """
    check_tensors("linalg_solve", A=A, B=B)
    _check_square("linalg.solve", A)
    if A._array.dtype != B._array.dtype and "c" not in (A._array.dtype.kind, B._array.dtype.kind):
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found {A.dtype} and "
            f"{B.dtype}"
        )
    if A._array.dtype == np.float16 and A._array.size:  # LAPACK is not asked about nothing
        raise NotImplementedError(f"linalg.solve: {A.dtype} is not supported; cast it first")
    if not B.ndim:
        raise RuntimeError("linalg.solve: B must have at least 1 dimension, got 0")
    vectors = B.ndim == 1 or B.shape == A.shape[:-1]
    b = B.unsqueeze(-1) if vectors else B
    if b.shape[-2 if left else -1] != A.shape[-1]:
        raise RuntimeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation "
            f"{'AX' if left else 'XA'} = B: {list(A.shape)} and {list(B.shape)}"
        )
    x = _solved("linalg.solve", A, b) if left else _solved("linalg.solve", A.mT, b.mT).mT
    return x.squeeze(-1) if vectors else x


def _solved(function: str, A: Tensor, b: Tensor) -> Tensor:
    """The X of A X = B, where B is a matrix or a batch of them."""
    try:
        x: Tensor = apply(ops.solve, A, b)
    except np.linalg.LinAlgError:
        raise LinAlgError(f"{function}: the matrix A is singular") from None
    except ValueError as error:
        raise misfit(A, b) from error
    return x


def inv(A: Tensor) -> Tensor:
    """A⁻¹ of a square matrix, or each of a batch. (..., n, n) -> (..., n, n)

    Raises RuntimeError for integers and what is not square, LinAlgError for a singular matrix.
    """
    check_tensors("linalg_inv", A=A)
    _check_square("linalg.inv", A)
    if A._array.dtype == np.float16:
        raise RuntimeError(f"linalg.inv: Low precision dtypes not supported. Got {A.dtype}")
    return _solved("linalg.inv", A, wrap(np.eye(A.shape[-1], dtype=A._real().dtype)))


def inverse(input: Tensor) -> Tensor:
    """linalg.inv

    The gradient is derived in `refnet.ops.solve`.
    """
    return inv(input)
