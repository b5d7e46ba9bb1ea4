"""Products of vectors and matrices, under PyTorch's names."""

from refnet import ops
from refnet.engine.dtypes import converted, promote, wide
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.arithmetic import factor_of, mul
from refnet.functions.einsum import check_same_dtype, tensordot
from refnet.functions.operands import as_vector, check_tensors, in_place, refuse_bool

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
            f"{function}(): expected {name} to have {ndim} dimension{'s' * (ndim > 1)}, "
            f"got shape {_dims(x)}"
        )


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """Multiplies two vectors, matrices or batches of matrices.

        (k), (k) → ()
        (n, k), (k) → (n)
        (k), (k, m) → (m)
        (n, k), (k, m) → (n, m)
        (*, n, k), (*, k, m) → (*, n, m)

    Batch dimensions broadcast.

    The gradient is derived in `refnet.ops.matmul`.

    Args:
        input: tensor with at least one dimension
        other: tensor of the same dtype with at least one dimension

    Raises:
        RuntimeError: if the sizes do not match or the dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> A = refnet.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> refnet.matmul(A, refnet.tensor([1.0, 1.0]))
        tensor([3., 7.])
        >>> A @ A
        tensor([[ 7., 10.],
                [15., 22.]])
    """
    try:
        a, b = input._array, other._array
        if a.dtype != b.dtype or a.dtype.kind == "b":
            check_same_dtype(input, other)
            refuse_bool("matmul", input)
        if not (a.ndim and b.ndim):
            raise ValueError
        return apply(ops.matmul, input, other)
    except AttributeError:
        check_tensors("matmul", input=input, other=other)
        raise
    except ValueError:
        raise RuntimeError(_misfit(_dims(input), _dims(other))) from None


def _misfit(a: list[int], b: list[int]) -> str:
    """Returns the reason why arrays of these shapes cannot be multiplied."""
    if not a or not b:
        return (
            f"both arguments to matmul need to be at least 1D, but they are {len(a)}D and {len(b)}D"
        )
    k = b[-2] if len(b) > 1 else b[0]
    if a[-1] == k:
        return f"matmul(): expected batches that broadcast, got shapes {a} and {b}"
    if len(a) <= 2 and len(b) <= 2:
        return "mat1 and mat2 shapes cannot be multiplied ({} and {})".format(
            "x".join(map(str, a if len(a) > 1 else [1, *a])),
            "x".join(map(str, b if len(b) > 1 else [*b, 1])),
        )
    return f"matmul(): shapes {a} and {b} cannot be multiplied ({a[-1]} columns and {k} rows)"


def _check_mm(function: str, a: Tensor, b: Tensor) -> None:
    _check_ndim(function, "the first matrix", a, 2)
    _check_ndim(function, "the second matrix", b, 2)
    if a._array.shape[1] != b._array.shape[0]:
        raise RuntimeError(_misfit(_dims(a), _dims(b)))


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """Multiplies two matrices.

    The gradient is derived in `refnet.ops.matmul`.

    Shape:
        input: (n, k)
        mat2: (k, m)
        result: (n, m)

    Args:
        input: first matrix
        mat2: second matrix, of the same dtype

    Raises:
        RuntimeError: if the sizes do not match or the dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> A = refnet.tensor([[1, 2], [3, 4]])
        >>> refnet.mm(A, refnet.tensor([[0, 1], [1, 0]]))
        tensor([[2, 1],
                [4, 3]])
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
    """Multiplies the matrices of two batches pair by pair.

    The gradient is derived in `refnet.ops.matmul`.

    Shape:
        input: (b, n, k)
        mat2: (b, k, m)
        result: (b, n, m)

    Args:
        input: batch of first matrices
        mat2: batch of second matrices, of the same dtype

    Raises:
        RuntimeError: if the sizes do not match or the dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> rows, columns = refnet.ones(2, 1, 3), refnet.tensor([[[1.0]] * 3, [[2.0]] * 3])
        >>> refnet.bmm(rows, columns).flatten()
        tensor([3., 6.])
    """
    check_tensors("bmm", input=input, mat2=mat2)
    _check_bmm("bmm", input, mat2)
    return matmul(input, mat2)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """Multiplies a matrix by a vector.

    The gradient is derived in `refnet.ops.matmul`.

    Shape:
        input: (n, k)
        vec: (k)
        result: (n)

    Args:
        input: matrix
        vec: vector of the same dtype

    Raises:
        RuntimeError: if the sizes do not match or the dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> refnet.mv(refnet.tensor([[1, 2], [3, 4]]), refnet.tensor([1, 10]))
        tensor([21, 43])
    """
    check_tensors("mv", input=input, vec=vec)
    _check_ndim("mv", "input", input, 2)
    _check_ndim("mv", "vec", vec, 1)
    return matmul(input, vec)


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """Computes the scalar product of two vectors.

        y = Σᵢ aᵢ bᵢ

    The gradient is derived in `refnet.ops.matmul`.

    Args:
        input: vector a
        tensor: vector b, of the same size and dtype

    Raises:
        RuntimeError: if an argument is not a vector, or the sizes or dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> refnet.dot(refnet.tensor([1, 2, 3]), refnet.tensor([4, 5, 6]))
        tensor(32)
    """
    check_tensors("dot", input=input, tensor=tensor)
    a, b = _dims(input), _dims(tensor)
    if len(a) != 1 or len(b) != 1:
        raise RuntimeError(f"1D tensors expected, but got {len(a)}D and {len(b)}D tensors")
    if a != b:
        raise RuntimeError(f"dot(): expected vectors of the same size, got {a} and {b}")
    return matmul(input, tensor)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """Computes the outer product of two vectors.

        yᵢⱼ = aᵢ bⱼ

    `ger` is the same function.

    The gradient is derived in `refnet.ops.einsum`.

    Args:
        input: vector a, of shape (n)
        vec2: vector b, of shape (m)

    Raises:
        RuntimeError: if an argument is not a vector

    Example:
        >>> refnet.outer(refnet.tensor([1, 2]), refnet.tensor([1, 10, 100]))
        tensor([[  1,  10, 100],
                [  2,  20, 200]])
    """
    check_tensors("outer", input=input, vec2=vec2)
    _check_ndim("outer", "input", input, 1)
    _check_ndim("outer", "vec2", vec2, 1)
    return apply(ops.einsum, *promote(input, vec2), equation="i,j->ij")


ger = outer


def inner(input: Tensor, other: Tensor) -> Tensor:
    """Computes scalar products along the last dimension of both tensors.

    If one of them is 0-d, the result is their elementwise product.

    The gradient is derived in `refnet.ops.mul` and `refnet.ops.einsum`.

    Shape:
        input: (*, k)
        other: (**, k)
        result: (*, **)

    Args:
        input: first tensor
        other: second tensor

    Raises:
        RuntimeError: if the last dimensions have different sizes or the dtypes differ

    Example:
        >>> A = refnet.tensor([[1, 2], [3, 4]])
        >>> refnet.inner(A, refnet.tensor([1, 10]))
        tensor([21, 43])
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
    """Adds a matrix to the product of two matrices.

        y = β input + α mat1 mat2

    If β = 0, the values of `input` are ignored, also NaN and ∞.

    The gradient is derived in `refnet.ops.addmm`.

    Shape:
        input: broadcasts to (n, m)
        mat1: (n, k)
        mat2: (k, m)
        result: (n, m)

    Args:
        input: matrix that is added
        mat1: first factor
        mat2: second factor
        beta: β; truncated towards 0 for integer tensors
        alpha: α; truncated towards 0 for integer tensors

    Raises:
        RuntimeError: if the sizes do not match or the dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> M = refnet.tensor([[1, 2], [3, 4]])
        >>> refnet.addmm(refnet.tensor([100, 200]), M, M, alpha=2)
        tensor([[114, 220],
                [130, 244]])
    """
    check_tensors("addmm", input=input, mat1=mat1, mat2=mat2)
    _check_mm("addmm", mat1, mat2)
    return _addmm(input, mat1, mat2, beta, alpha)


def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """Adds a batch of matrices to the products of two batches.

        yᵢ = β inputᵢ + α batch1ᵢ batch2ᵢ

    If β = 0, the values of `input` are ignored, also NaN and ∞.

    The gradient is derived in `refnet.ops.addmm`.

    Shape:
        input: broadcasts to (b, n, m)
        batch1: (b, n, k)
        batch2: (b, k, m)
        result: (b, n, m)

    Args:
        input: batch of matrices that is added
        batch1: first factors
        batch2: second factors
        beta: β; truncated towards 0 for integer tensors
        alpha: α; truncated towards 0 for integer tensors

    Raises:
        RuntimeError: if the sizes do not match or the dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> batch = refnet.tensor([[[2]], [[3]]])
        >>> refnet.baddbmm(refnet.tensor([[[10]], [[20]]]), batch, batch).flatten()
        tensor([14, 29])
    """
    check_tensors("baddbmm", input=input, batch1=batch1, batch2=batch2)
    _check_bmm("baddbmm", batch1, batch2)
    return _addmm(input, batch1, batch2, beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Adds a vector to the product of a matrix and a vector.

        y = β input + α mat vec

    If β = 0, the values of `input` are ignored, also NaN and ∞.

    The gradient is derived in `refnet.ops.addmm`.

    Shape:
        input: broadcasts to (n)
        mat: (n, k)
        vec: (k)
        result: (n)

    Args:
        input: vector that is added
        mat: matrix
        vec: vector that the matrix is multiplied by
        beta: β; truncated towards 0 for integer tensors
        alpha: α; truncated towards 0 for integer tensors

    Raises:
        RuntimeError: if the sizes do not match or the dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> M = refnet.tensor([[1, 2], [3, 4]])
        >>> refnet.addmv(refnet.tensor([100, 200]), M, refnet.tensor([1, 10]))
        tensor([121, 243])
    """
    check_tensors("addmv", input=input, mat=mat, vec=vec)
    _check_ndim("addmv", "mat", mat, 2)
    _check_ndim("addmv", "vec", vec, 1)
    if input.ndim > 1 or _dims(mat)[1:] != _dims(vec) or input._array.size not in (1, len(mat)):
        raise RuntimeError(
            f"addmv(): size mismatch, got input {_dims(input)}, mat {_dims(mat)}, vec {_dims(vec)}"
        )
    column = input.reshape(-1, 1)
    return _addmm(column, mat, vec.unsqueeze(-1), beta, alpha).squeeze(-1)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """Adds a matrix to the outer product of two vectors.

        y = β input + α vec1 vec2ᵀ

    If β = 0, the values of `input` are ignored, also NaN and ∞. For booleans the sum is the logical
    OR, the product the logical AND.

    The gradient is derived in `refnet.ops.addmm`.

    Shape:
        input: broadcasts to (n, m)
        vec1: (n)
        vec2: (m)
        result: (n, m)

    Args:
        input: matrix that is added
        vec1: column vector
        vec2: row vector
        beta: β
        alpha: α

    Raises:
        RuntimeError: if the sizes do not match, or for a floating-point β or α with integer tensors

    Example:
        >>> refnet.addr(refnet.ones(2, 2), refnet.tensor([1.0, 2.0]), refnet.tensor([10.0, 20.0]))
        tensor([[11., 21.],
                [21., 41.]])
    """
    check_tensors("addr", input=input, vec1=vec1, vec2=vec2)
    _check_ndim("addr", "vec1", vec1, 1)
    _check_ndim("addr", "vec2", vec2, 1)
    input, vec1, vec2 = promote(as_vector(input), vec1, vec2)
    dtype = input._array.dtype
    beta, alpha = (
        factor_of(x, name, dtype, "addr") for name, x in (("beta", beta), ("alpha", alpha))
    )
    rows, columns = vec1.unsqueeze(1), vec2.unsqueeze(0)
    if dtype.kind == "b":
        truth: Tensor = rows & columns & alpha | input & beta
        return truth
    return _addmm(input, rows, columns, beta, alpha)


def addbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """Adds a matrix to the sum of the products of two batches of matrices.

        y = β input + α Σᵢ batch1ᵢ batch2ᵢ

    If β = 0, the values of `input` are ignored, also NaN and ∞.

    The gradient is derived in `refnet.ops.addmm`.

    Shape:
        input: broadcasts to (n, m)
        batch1: (b, n, k)
        batch2: (b, k, m)
        result: (n, m)

    Args:
        input: matrix that is added
        batch1: first factors
        batch2: second factors
        beta: β; truncated towards 0 for integer tensors
        alpha: α; truncated towards 0 for integer tensors

    Raises:
        RuntimeError: if the sizes do not match or the dtypes differ
        NotImplementedError: for booleans

    Example:
        >>> batch = refnet.tensor([[[2]], [[3]]])
        >>> refnet.addbmm(refnet.tensor([[100]]), batch, batch)
        tensor([[113]])
    """
    check_tensors("addbmm", input=input, batch1=batch1, batch2=batch2)
    _check_bmm("addbmm", batch1, batch2)
    b, n, k = _dims(batch1)
    rows = batch1.permute(1, 0, 2).reshape(n, b * k)
    return _addmm(input, rows, batch2.reshape(b * k, batch2.size(2)), beta, alpha)


def _addmm(input: Tensor, a: Tensor, b: Tensor, beta: float, alpha: float) -> Tensor:
    """Computes β input + α a b, for a and b whose sizes match."""
    check_same_dtype(input, a)
    check_same_dtype(a, b)
    refuse_bool("addmm", a)
    dtype = wide(a._array.dtype)
    beta, alpha = (converted(x, dtype, "addmm") for x in (beta, alpha))
    result = a._array.shape[:-1] + b._array.shape[-1:]
    if input._array.shape != result:
        input = input.expand(result)
    return apply(ops.addmm, input, a, b, beta=beta, alpha=alpha)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Applies a bilinear form to pairs of vectors.

        yₖ = x₁ᵀ Wₖ x₂ + bₖ

    The gradient is derived in `refnet.ops.bilinear`.

    Shape:
        input1: (*, n)
        input2: (*, m)
        weight: (k, n, m)
        bias: (k)
        result: (*, k)

    Args:
        input1: x₁
        input2: x₂
        weight: W, one matrix for each entry of the result
        bias: b, or None for 0

    Raises:
        RuntimeError: if the sizes do not match or the dtypes differ

    Example:
        >>> x1, x2 = refnet.tensor([1.0, 2.0]), refnet.tensor([3.0, 4.0])
        >>> refnet.bilinear(x1, x2, refnet.eye(2).reshape(1, 2, 2), refnet.tensor([0.5]))
        tensor([11.5000])
    """
    check_tensors("bilinear", input1=input1, input2=input2, weight=weight)
    for other in (input2, weight, bias):
        if other is not None:
            check_same_dtype(input1, other)
    _check_ndim("bilinear", "weight", weight, 3)
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
