"""Sums of products over chosen dimensions: einsum and tensordot, under PyTorch's names."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.dtypes import int64
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.engine.views import note_view
from refnet.functions.dims import normalise_dim
from refnet.functions.operands import check_tensors, refuse_bool, same_dtype

__all__ = ["einsum", "tensordot"]

# As in the module string, which takes a millisecond to import.
UPPERCASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWERCASE = UPPERCASE.lower()
LETTERS = LOWERCASE + UPPERCASE

# The names of the dtypes in PyTorch's messages.
_C_NAMES = {"float32": "float", "float64": "double", "int64": "long int", "int32": "int"}


def check_same_dtype(a: Tensor, b: Tensor) -> None:
    """Raises RuntimeError for two different dtypes, unless one is complex (the complex step)."""
    if not same_dtype(a, b):
        first, second = (_C_NAMES.get(x._array.dtype.name, x._array.dtype.name) for x in (a, b))
        raise RuntimeError(
            f"expected m1 and m2 to have the same dtype, but got: {first} != {second}"
        )


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Sums the products of two tensors over pairs of dimensions.

    The result has the remaining dimensions of a, then those of b.

    The gradient is derived in `refnet.ops.einsum`.

    Args:
        a: a tensor
        b: a tensor of the same dtype
        dims: an integer n, which pairs the last n dimensions of a with the first n of b; or two
            lists of dimensions, those of a and those of b

    Raises:
        RuntimeError: if paired dimensions have different sizes (size 1 broadcasts), if the lists
            have different lengths, if the dtypes differ, or if n is negative or too large
        IndexError: for a dimension out of range
        NotImplementedError: for booleans

    Example:
        >>> a, b = refnet.ones(2, 3, 4), refnet.ones(3, 4, 5)
        >>> refnet.tensordot(a, b, dims=2).shape
        refnet.Size([2, 5])
        >>> refnet.tensordot(refnet.tensor([[1, 2], [3, 4]]), refnet.tensor([10, 1]), dims=1)
        tensor([12, 34])
    """
    check_tensors("tensordot", a=a, b=b)
    check_same_dtype(a, b)
    refuse_bool("tensordot", a)
    n, m = a._array.ndim, b._array.ndim
    if hasattr(dims, "tolist"):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(n, m):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims = (range(n - dims, n), range(dims))
    dims_a = [normalise_dim(d, n)[0] for d in dims[0]]
    dims_b = [normalise_dim(d, m)[0] for d in dims[1]]
    if len(dims_a) != len(dims_b):
        raise RuntimeError("both dimension lists should have same length")
    labels_a, labels_b = LETTERS[:n], list(LETTERS[n : n + m])
    for i, j in zip(dims_a, dims_b, strict=True):
        sizes = a._array.shape[i], b._array.shape[j]
        if sizes[0] != sizes[1] and 1 not in sizes:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {sizes[0]} in dim {i} "
                f"and second has size {sizes[1]} in dim {j}"
            )
        labels_b[j] = labels_a[i]
    out = [c for i, c in enumerate(labels_a) if i not in dims_a]
    out += [c for j, c in enumerate(labels_b) if j not in dims_b]
    return apply(ops.einsum, a, b, equation=f"{labels_a},{''.join(labels_b)}->{''.join(out)}")


def einsum(*args: Any) -> Tensor:
    """Computes sums of products of tensors by an equation, such as "bij,bjk->bik".

    The equation gives each dimension a letter. The result is summed over the letters that are
    missing on the right of the arrow. An ellipsis stands for the dimensions without a letter, which
    broadcast. Without an arrow, the result has the dimensions of the ellipsis, then the letters
    that occur once, in alphabetical order.

    The gradient is derived in `refnet.ops.einsum`.

    Args:
        *args: the equation and the tensors; or each tensor followed by its list of integers, which
            replace the letters, and optionally the list of the result

    Raises:
        ValueError: if no tensor is given
        RuntimeError: if the equation is malformed or does not fit the tensors, or if dtypes differ
        NotImplementedError: for sums of products of booleans

    Example:
        >>> A, x = refnet.tensor([[1, 2], [3, 4]]), refnet.tensor([10, 1])
        >>> refnet.einsum("ij,j->i", A, x)
        tensor([12, 34])
        >>> refnet.einsum("ii", A), refnet.einsum(A, [0, 1], [1, 0])
        (tensor(5), tensor([[1, 3],
                [2, 4]]))
    """
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least "
            "one operand and its subscripts list"
        )
    equation, operands = args[0], args[1:]
    if not isinstance(equation, str):
        equation, operands = _from_lists(args)
    elif len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    for i, x in enumerate(operands):
        check_tensors("einsum", **{f"operands[{i}]": x})
        check_same_dtype(operands[0], x)
    written = _write_out(equation, [x._array.shape for x in operands])
    if operands[0]._array.dtype.kind in "biu":
        operands = tuple(_widened(operands, written))
    y: Tensor = apply(ops.einsum, *operands, equation=written)
    if len(operands) == 1 and np.may_share_memory(y._array, operands[0]._array):
        note_view(y, operands[0])
    return y


def _widened(operands: Sequence[Any], written: str) -> list[Any]:
    """Casts integers to int64 where they are summed over a label that is in no other operand.

    Raises:
        NotImplementedError: for sums of products of booleans
    """
    inputs, out = written.split("->")
    terms, xs = inputs.split(","), []
    for i, (term, x) in enumerate(zip(terms, operands, strict=True)):
        others = "".join(terms[:i] + terms[i + 1 :]) + out
        xs.append(x._as(int64.dtype) if any(c not in others for c in term) else x)
    if any(c not in out and sum(c in term for term in terms) > 1 for c in set(inputs) - {","}):
        refuse_bool("einsum", *xs)
    return xs


def _from_lists(args: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """Returns the equation that lists of integer labels describe, and the operands."""
    letters = UPPERCASE + LOWERCASE

    def word(labels: Sequence[Any]) -> str:
        for c in labels:
            if c is not Ellipsis and not 0 <= c < len(letters):
                raise RuntimeError(f"einsum(): label {c} is not in the range [0, {len(letters)})")
        return "".join("..." if c is Ellipsis else letters[c] for c in labels)

    n = len(args) // 2
    equation = ",".join(word(labels) for labels in args[1 : 2 * n : 2])
    if len(args) % 2:
        equation += "->" + word(args[-1])
    return equation, tuple(args[: 2 * n : 2])


def _split_ellipsis(term: str, where: str) -> tuple[str, bool, str]:
    """Returns the letters before the ellipsis, whether there is one, and the letters after it."""
    head, dots, tail = term.partition("...")
    wrong = re.search(r"[^a-zA-Z]", head + tail)
    if wrong:
        raise RuntimeError(
            f"einsum(): invalid subscript {wrong[0]!r} for {where}, subscripts must be in "
            "[a-zA-Z] or one ellipsis"
        )
    return head, bool(dots), tail


def _write_out(equation: str, shapes: Sequence[tuple[int, ...]]) -> str:
    """Returns the equation with a letter for each dimension and with an explicit output.

    Raises:
        RuntimeError: if the equation is malformed or does not fit the shapes
    """
    inputs, arrow, out = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(shapes):
        raise RuntimeError(
            f"einsum(): the equation {equation!r} has {len(terms)} operands, got {len(shapes)}"
        )
    parts = [_split_ellipsis(term, f"operand {i}") for i, term in enumerate(terms)]
    widths = []
    for i, ((head, dots, tail), shape) in enumerate(zip(parts, shapes, strict=True)):
        width = len(shape) - len(head) - len(tail)
        if width < 0 or (width and not dots):
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(head + tail)}) does "
                f"not match the number of dimensions ({len(shape)}) for operand {i}"
                + ("" if dots else " and no ellipsis was given")
            )
        widths.append(width)
    free = "".join(c for c in LETTERS if c not in equation)
    if max(widths) > len(free):
        raise RuntimeError("einsum(): more dimensions than the 52 letters can name")
    ellipsis = free[: max(widths)]
    labels = [
        head + ellipsis[len(ellipsis) - width :] + tail
        for (head, _, tail), width in zip(parts, widths, strict=True)
    ]
    _check_sizes(labels, shapes)
    if not arrow:
        letters = "".join(head + tail for head, _, tail in parts)
        out = ellipsis + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
        return ",".join(labels) + "->" + out
    head, dots, tail = _split_ellipsis(out, "the output")
    for c in head + tail:
        if (head + tail).count(c) > 1:
            raise RuntimeError(f"einsum(): output subscript {c} appears more than once")
        if not any(c in term for term in terms):
            raise RuntimeError(
                f"einsum(): output subscript {c} does not appear in the equation for any input "
                "operand"
            )
    return ",".join(labels) + "->" + head + (ellipsis if dots else "") + tail


def _check_sizes(labels: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> None:
    """Raises RuntimeError for a letter with two different sizes, neither of which is 1."""
    sizes: dict[str, int] = {}
    for i, (term, shape) in enumerate(zip(labels, shapes, strict=True)):
        own: dict[str, int] = {}
        for c, n in zip(term, shape, strict=True):
            if own.setdefault(c, n) != n:
                raise RuntimeError(
                    f"einsum(): subscript {c} is repeated for operand {i} but the sizes don't "
                    f"match, {n} != {own[c]}"
                )
        for c, n in own.items():
            if n != 1 and sizes.get(c, 1) not in (1, n):
                raise RuntimeError(
                    f"einsum(): subscript {c} has size {n} for operand {i} which does not "
                    f"broadcast with previously seen size {sizes[c]}"
                )
            if n != 1:
                sizes[c] = n
