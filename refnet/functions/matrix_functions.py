"""Functions of square matrices, under the names of torch.linalg."""

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.operands import check_tensors, misfit

__all__ = ["inverse", "matrix_exp"]


class LinAlgError(RuntimeError):
    """An error for a singular matrix where an invertible one is required."""


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
    """Computes the exponential of a square matrix, or of each matrix of a batch.

        y = Σₖ Aᵏ / k!

    The gradient is derived in `refnet.ops.matrix_exp`.

    Args:
        input: A, of shape (*, n, n)

    Raises:
        RuntimeError: for matrices that are not square, and for integers

    Example:
        >>> refnet.matrix_exp(refnet.tensor([[0.0, 1.0], [0.0, 0.0]]))
        tensor([[1., 1.],
                [0., 1.]])
    """
    check_tensors("matrix_exp", input=input)
    _check_square("linalg.matrix_exp", input)
    return apply(ops.matrix_exp, input)


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """Solves a system of linear equations with one or several right-hand sides.

        A X = B,   or X A = B if left is False

    The gradient is derived in `refnet.ops.solve`.

    Shape:
        A: (*, n, n)
        B: (*, n, k), or (*, k, n) if not left; or a vector (n), or a batch of vectors (*, n)
        X: the shape of B

    Args:
        A: square matrix or a batch of them
        B: right-hand sides; they are vectors if B is 1-d or has the shape of A without its last
            dimension
        left: whether the equation is A X = B, else X A = B

    Raises:
        LinAlgError: if A is singular
        RuntimeError: for shapes that do not match, different dtypes, and integers
        NotImplementedError: for float16

    Example:
        >>> A = refnet.tensor([[2.0, 0.0], [0.0, 4.0]])
        >>> refnet.linalg.solve(A, refnet.tensor([1.0, 1.0]))
        tensor([0.5000, 0.2500])
    """
    check_tensors("linalg_solve", A=A, B=B)
    _check_square("linalg.solve", A)
    if A._array.dtype != B._array.dtype and "c" not in (A._array.dtype.kind, B._array.dtype.kind):
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found {A.dtype} and "
            f"{B.dtype}"
        )
    if A._array.dtype == np.float16 and A._array.size:  # PyTorch accepts an empty A
        raise NotImplementedError(f"linalg.solve: {A.dtype} is not supported; cast A and B first")
    if not B.ndim:
        raise RuntimeError("linalg.solve: B must have at least 1 dimension, got 0")
    vectors = B.ndim == 1 or B.shape == A.shape[:-1]
    b = B.unsqueeze(-1) if vectors else B
    if b.shape[-2 if left else -1] != A.shape[-1]:
        raise RuntimeError(
            "linalg.solve: Incompatible shapes of A and B for the equation "
            f"{'AX' if left else 'XA'} = B: {list(A.shape)} and {list(B.shape)}"
        )
    x = _solved("linalg.solve", A, b) if left else _solved("linalg.solve", A.mT, b.mT).mT
    return x.squeeze(-1) if vectors else x


def _solved(function: str, A: Tensor, b: Tensor) -> Tensor:
    """Solves A X = B, where B is a matrix or a batch of matrices."""
    try:
        return apply(ops.solve, A, b)
    except np.linalg.LinAlgError:
        raise LinAlgError(f"{function}: the matrix A is singular") from None
    except ValueError as error:
        raise misfit(A, b) from error


def inv(A: Tensor) -> Tensor:
    """Computes the inverse of a square matrix, or of each matrix of a batch.

        Y = A⁻¹

    The gradient is derived in `refnet.ops.solve`.

    Args:
        A: matrix or matrices, of shape (*, n, n)

    Raises:
        LinAlgError: if a matrix is singular
        RuntimeError: for matrices that are not square, for integers and for float16

    Example:
        >>> refnet.linalg.inv(refnet.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])
    """
    check_tensors("linalg_inv", A=A)
    _check_square("linalg.inv", A)
    if A._array.dtype == np.float16:
        raise RuntimeError(f"linalg.inv: Low precision dtypes not supported. Got {A.dtype}")
    return _solved("linalg.inv", A, wrap(np.eye(A.shape[-1], dtype=A._real().dtype)))


def inverse(input: Tensor) -> Tensor:
    """Computes the inverse of a square matrix, as `refnet.linalg.inv` does.

    The gradient is derived in `refnet.ops.solve`.

    Args:
        input: matrix or matrices, of shape (*, n, n)

    Raises:
        LinAlgError: if a matrix is singular
        RuntimeError: for matrices that are not square, for integers and for float16

    Example:
        >>> refnet.inverse(refnet.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])
    """
    return inv(input)
