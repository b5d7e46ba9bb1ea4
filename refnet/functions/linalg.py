"""Products of vectors and matrices, under PyTorch's names."""

from refnet import ops
from refnet.engine.dtypes import cast, converted, promote, result_dtype, wide
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.arithmetic import factor_of, mul
from refnet.functions.einsum import check_same_dtype, check_tensors, tensordot
from refnet.functions.operands import in_place, refuse_bool

__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addmv_",
    "addr",
    "baddbmm",
    "bilinear",
    "bmm",
    "dot",
    "ger",
    "inner",
    "matmul",
    "mm",
    "mv",
    "outer",
]


def _dims(x: Tensor) -> list[int]:
    return list(x._array.shape)


def _check_ndim(function: str, name: str, x: Tensor, ndim: int) -> None:
    if x._array.ndim != ndim:
        raise RuntimeError(
            f"{function}: {name} must have {ndim} dimension{'s' * (ndim > 1)}, got shape {_dims(x)}"
        )


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The product of two vectors, matrices or batches of matrices; see refnet.ops.matmul.

    Raises RuntimeError for sizes that do not fit and for two dtypes.
    """
    try:
        a, b = input._array, other._array
        if a.dtype != b.dtype or a.dtype.kind == "b":
            check_same_dtype(input, other)
            refuse_bool("matmul", input)
        if not (a.ndim and b.ndim):
            raise ValueError
        y: Tensor = apply(ops.matmul, input, other)
    except AttributeError:
        check_tensors("matmul", input=input, other=other)
        raise
    except ValueError:
        raise RuntimeError(_misfit(_dims(input), _dims(other))) from None
    return y


def _misfit(a: list[int], b: list[int]) -> str:
    """Why arrays of these shapes cannot be multiplied."""
    if not a or not b:
        return (
            f"both arguments to matmul need to be at least 1D, but they are {len(a)}D and {len(b)}D"
        )
    k = b[-2] if len(b) > 1 else b[0]
    if a[-1] == k:
        return f"matmul: the batches of shapes {a} and {b} do not broadcast"
    if len(a) <= 2 and len(b) <= 2:
        return "mat1 and mat2 shapes cannot be multiplied ({} and {})".format(
            "x".join(map(str, a if len(a) > 1 else [1, *a])),
            "x".join(map(str, b if len(b) > 1 else [*b, 1])),
        )
    return f"matmul: shapes {a} and {b} cannot be multiplied ({a[-1]} columns and {k} rows)"


def _check_mm(function: str, a: Tensor, b: Tensor) -> None:
    _check_ndim(function, "the first matrix", a, 2)
    _check_ndim(function, "the second matrix", b, 2)
    if a._array.shape[1] != b._array.shape[0]:
        raise RuntimeError(_misfit(_dims(a), _dims(b)))


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices. (n, k), (k, m) -> (n, m)

    The gradient is derived in `refnet.ops.matmul`.
    """
    check_tensors("mm", input=input, mat2=mat2)
    _check_mm("mm", input, mat2)
    return matmul(input, mat2)


def _check_bmm(function: str, a: Tensor, b: Tensor) -> None:
    _check_ndim(function, "the first batch", a, 3)
    _check_ndim(function, "the second batch", b, 3)
    (batch, _, k), second = a._array.shape, _dims(b)
    if second[:2] != [batch, k]:
        raise RuntimeError(
            "Expected size for first two dimensions of batch2 tensor to be: "
            f"{[batch, k]} but got: {second[:2]}."
        )


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two batches of matrices. (b, n, k), (b, k, m) -> (b, n, m)

    The gradient is derived in `refnet.ops.matmul`.
    """
    check_tensors("bmm", input=input, mat2=mat2)
    _check_bmm("bmm", input, mat2)
    return matmul(input, mat2)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector. (n, k), (k,) -> (n,)

    The gradient is derived in `refnet.ops.matmul`.
    """
    check_tensors("mv", input=input, vec=vec)
    _check_ndim("mv", "input", input, 2)
    _check_ndim("mv", "vec", vec, 1)
    return matmul(input, vec)


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The product of two vectors. (n,), (n,) -> ()

    The gradient is derived in `refnet.ops.matmul`.
    """
    check_tensors("dot", input=input, tensor=tensor)
    n, m = _dims(input), _dims(tensor)
    if len(n) != 1 or len(m) != 1:
        raise RuntimeError(f"1D tensors expected, but got {len(n)}D and {len(m)}D tensors")
    if n != m:
        raise RuntimeError(f"dot: the vectors must have the same size, got {n} and {m}")
    return matmul(input, tensor)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The products of each entry with each. (n,), (m,) -> (n, m)

    The gradient is derived in `refnet.ops.einsum`.
    """
    check_tensors("outer", input=input, vec2=vec2)
    _check_ndim("outer", "input", input, 1)
    _check_ndim("outer", "vec2", vec2, 1)
    return apply(ops.einsum, *promote(input, vec2), equation="i,j->ij")


ger = outer


def inner(input: Tensor, other: Tensor) -> Tensor:
    """The products along the last dimension of both. (..., k), (*, k) -> (..., *)

    The gradient is derived in `refnet.ops.mul` and `refnet.ops.einsum`.
    """
    check_tensors("inner", input=input, other=other)
    a, b = _dims(input), _dims(other)
    if not a or not b:
        return mul(input, other)
    if a[-1] != b[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{a} and {b}"
        )
    return tensordot(input, other, dims=([-1], [-1]))


def addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """β input + α mat1 mat2; for β = 0 the input is not read. (n, m), (n, k), (k, m) -> (n, m)

    The gradient is derived in `refnet.ops.addmm`.
    """
    check_tensors("addmm", input=input, mat1=mat1, mat2=mat2)
    _check_mm("addmm", mat1, mat2)
    return _addmm(input, mat1, mat2, beta, alpha)


def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """β input + α batch1 batch2; for β = 0 the input is not read.

    (b, n, m), (b, n, k), (b, k, m) -> (b, n, m)

    The gradient is derived in `refnet.ops.addmm`.
    """
    check_tensors("baddbmm", input=input, batch1=batch1, batch2=batch2)
    _check_bmm("baddbmm", batch1, batch2)
    return _addmm(input, batch1, batch2, beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """β input + α mat vec; for β = 0 the input is not read. (n,), (n, k), (k,) -> (n,)

    The gradient is derived in `refnet.ops.addmm`.
    """
    check_tensors("addmv", input=input, mat=mat, vec=vec)
    _check_ndim("addmv", "mat", mat, 2)
    _check_ndim("addmv", "vec", vec, 1)
    if input.ndim > 1 or _dims(mat)[1:] != _dims(vec) or input._array.size not in (1, len(mat)):
        raise RuntimeError(
            f"addmv: size mismatch, got input {_dims(input)}, mat {_dims(mat)}, vec {_dims(vec)}"
        )
    column = input.reshape(-1, 1)
    return _addmm(column, mat, vec.unsqueeze(-1), beta, alpha).squeeze(-1)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """β input + α vec1 vec2ᵀ; for β = 0 the input is not read. (n, m), (n,), (m,) -> (n, m)

    The gradient is derived in `refnet.ops.addmm`.
    """
    check_tensors("addr", input=input, vec1=vec1, vec2=vec2)
    _check_ndim("addr", "vec1", vec1, 1)
    _check_ndim("addr", "vec2", vec2, 1)
    to = result_dtype(input if input.ndim else input.reshape(1), vec1, vec2)
    beta, alpha = (factor_of(x, name, to, "addr") for name, x in (("beta", beta), ("alpha", alpha)))
    rows, columns = cast(vec1, to).unsqueeze(1), cast(vec2, to).unsqueeze(0)
    if to.kind == "b":
        truth: Tensor = rows & columns & alpha | cast(input, to) & beta
        return truth
    return _addmm(cast(input, to), rows, columns, beta, alpha)


def addbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """β input + α Σ batch1ᵢ batch2ᵢ; for β = 0 the input is not read.

    (n, m), (b, n, k), (b, k, m) -> (n, m)

    The gradient is derived in `refnet.ops.addmm`.
    """
    check_tensors("addbmm", input=input, batch1=batch1, batch2=batch2)
    _check_bmm("addbmm", batch1, batch2)
    b, n, k = _dims(batch1)
    rows = batch1.permute(1, 0, 2).reshape(n, b * k)
    return _addmm(input, rows, batch2.reshape(b * k, batch2.size(2)), beta, alpha)


def _addmm(input: Tensor, a: Tensor, b: Tensor, beta: float, alpha: float) -> Tensor:
    """β input + α a b, for a and b that fit; for integers β and α are cut off first."""
    check_same_dtype(input, a)
    check_same_dtype(a, b)
    of = a._array.dtype
    refuse_bool("addmm", a)
    beta, alpha = (converted(x, wide(of), "addmm") for x in (beta, alpha))
    result = a._array.shape[:-1] + b._array.shape[-1:]
    if input._array.shape != result:
        input = input.expand(result)
    return apply(ops.addmm, input, a, b, beta=beta, alpha=alpha)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """y_k = x1ᵀ W_k x2 + b_k; see refnet.ops.bilinear.

    Raises RuntimeError for sizes that do not fit and for two dtypes.
    """
    check_tensors("bilinear", input1=input1, input2=input2, weight=weight)
    for other in (input2, weight, bias):
        if other is not None:
            check_same_dtype(input1, other)
    _check_ndim("bilinear()", "weight", weight, 3)
    a, b, w = _dims(input1), _dims(input2), _dims(weight)
    if not a or a[:-1] != b[:-1]:
        raise RuntimeError(f"bilinear(): input batch dimensions do not match: got {a} and {b}")
    for i, x in (1, a), (2, b):
        if x[-1] != w[i]:
            raise RuntimeError(
                f"bilinear(): input{i} size does not match weight size: "
                f"got {x[-1]} but expected {w[i]}"
            )
    if bias is not None and _dims(bias) != w[:1]:
        raise RuntimeError(
            "bilinear(): bias size does not match weight size: "
            f"got {_dims(bias)} but expected {w[:1]}"
        )
    return apply(ops.bilinear, input1, input2, weight, bias)


addbmm_ = in_place(addbmm)
addmm_ = in_place(addmm)
addmv_ = in_place(addmv)
addr_ = in_place(addr)
baddbmm_ = in_place(baddbmm)
