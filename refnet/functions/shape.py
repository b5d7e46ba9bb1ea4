"""Shapes, as refnet.reshape(x, ...) and x.reshape(...): PyTorch's spelling of refnet.ops.shape."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from refnet import dtypes, ops
from refnet.functions.dims import normalise_dim, sizes_of
from refnet.tape import apply

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "cat",
    "chunk",
    "concat",
    "diagonal",
    "expand",
    "expand_as",
    "flatten",
    "flip",
    "hstack",
    "movedim",
    "narrow",
    "pad",
    "permute",
    "ravel",
    "repeat",
    "reshape",
    "reshape_as",
    "roll",
    "select",
    "split",
    "squeeze",
    "stack",
    "swapaxes",
    "t",
    "tile",
    "transpose",
    "tril",
    "triu",
    "unbind",
    "unflatten",
    "unsqueeze",
    "view",
    "view_as",
    "vstack",
]


def _fill_in(sizes: tuple[int, ...], numel: int, given: str) -> tuple[int, ...]:
    """The sizes, with the one −1 replaced by what makes the number of elements right."""
    known = math.prod(n for n in sizes if n != -1)
    if sizes.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(n < -1 for n in sizes):
        raise RuntimeError(f"invalid shape dimension {min(sizes)}")
    if -1 in sizes and known == 0 and numel == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(sizes)} because the "
            "unspecified dimension size -1 can be any value and is ambiguous"
        )
    if (known == 0 or numel % known if -1 in sizes else known != numel) and (numel or known):
        raise RuntimeError(f"shape '{list(sizes)}' is invalid for {given} of size {numel}")
    return tuple(numel // known if n == -1 else n for n in sizes)


def reshape(input: "Tensor", *shape: Any) -> "Tensor":
    """The same elements in another shape, one size of which may be −1; a view if memory allows

    Raises RuntimeError if the numbers of elements differ.
    """
    sizes = _fill_in(sizes_of(shape), input._array.size, "input")
    result: Tensor = apply(ops.reshape, input, shape=sizes)
    return result


def view(input: "Tensor", *shape: Any) -> "Tensor":
    """reshape, but an error where that would need a copy"""
    if len(shape) == 1 and isinstance(shape[0], dtypes.dtype):
        raise RuntimeError("view(dtype), a reinterpretation of bits, is left out; use to(dtype)")
    sizes = _fill_in(sizes_of(shape), input._array.size, "input")
    result: Tensor = apply(ops.reshape, input, shape=sizes)
    if input._array.size and not np.may_share_memory(result._array, input._array):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead."
        )
    return result


def view_as(input: "Tensor", other: "Tensor") -> "Tensor":
    """view in the shape of other"""
    return view(input, other.shape)


def reshape_as(input: "Tensor", other: "Tensor") -> "Tensor":
    """reshape to the shape of other"""
    return reshape(input, other.shape)


def flatten(input: "Tensor", start_dim: int = 0, end_dim: int = -1) -> "Tensor":
    """The dimensions from start_dim to end_dim as one"""
    if input.ndim == 0:
        return reshape(input, 1)
    (first,), (last,) = normalise_dim(start_dim, input.ndim), normalise_dim(end_dim, input.ndim)
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if first == last:
        return input
    shape = input._array.shape
    merged = math.prod(shape[first : last + 1])
    return reshape(input, *shape[:first], merged, *shape[last + 1 :])


def ravel(input: "Tensor") -> "Tensor":
    """All dimensions as one"""
    return reshape(input, -1)


def unflatten(input: "Tensor", dim: int, sizes: Sequence[int]) -> "Tensor":
    """Dimension dim as several, one size of which may be −1"""
    (axis,) = normalise_dim(dim, input.ndim)
    shape = input._array.shape
    try:
        parts = _fill_in(sizes_of(tuple(sizes)), shape[axis], "dimension")
    except RuntimeError as error:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({shape[axis]}) in the input tensor"
        ) from error
    return reshape(input, *shape[:axis], *parts, *shape[axis + 1 :])


def permute(input: "Tensor", *dims: Any) -> "Tensor":
    """The dimensions in another order"""
    order = sizes_of(dims)
    if len(order) != input.ndim:
        raise RuntimeError(
            "permute: the number of dimensions does not match the length of the desired order: "
            f"input.dim() = {input.ndim} is not equal to len(dims) = {len(order)}"
        )
    axes = normalise_dim(order, input.ndim) if order else ()
    result: Tensor = apply(ops.permute, input, dims=axes)
    return result


def transpose(input: "Tensor", dim0: int, dim1: int) -> "Tensor":
    """Two dimensions swapped"""
    if input.ndim == 0:
        normalise_dim(dim0, 0), normalise_dim(dim1, 0)
        return permute(input)
    (a,), (b,) = normalise_dim(dim0, input.ndim), normalise_dim(dim1, input.ndim)
    order = list(range(input.ndim))
    order[a], order[b] = b, a
    return permute(input, order)


swapaxes = transpose


def t(input: "Tensor") -> "Tensor":
    """The transpose of a matrix; a vector as it is

    Raises RuntimeError for more than two dimensions.
    """
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return permute(input, tuple(reversed(range(input.ndim))))


def movedim(input: "Tensor", source: Any, destination: Any) -> "Tensor":
    """Dimensions moved to other places, the others keeping their order"""
    a, b = normalise_dim(source, input.ndim), normalise_dim(destination, input.ndim)
    if len(a) != len(b):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(a)} dims) should contain "
            f"the same number of dims as destination ({list(b)} dims)"
        )
    order = [i for i in range(input.ndim) if i not in a]
    for place, axis in sorted(zip(b, a, strict=True)):
        order.insert(place, axis)
    return permute(input, order)


def squeeze(input: "Tensor", dim: int | Iterable[int] | None = None) -> "Tensor":
    """Without the dimensions of size 1, or without those of dim that have it"""
    shape = input._array.shape
    chosen = normalise_dim(dim, input.ndim)
    return reshape(input, tuple(n for i, n in enumerate(shape) if i not in chosen or n != 1))


def unsqueeze(input: "Tensor", dim: int) -> "Tensor":
    """With a new dimension of size 1 at dim"""
    (axis,) = normalise_dim(dim, input.ndim + 1)
    shape = input._array.shape
    return reshape(input, *shape[:axis], 1, *shape[axis:])


def expand(input: "Tensor", *sizes: Any) -> "Tensor":
    """Dimensions of size 1 repeated to the sizes, of which −1 leaves one as it is; a view

    Raises RuntimeError for another size than 1 to repeat.
    """
    target = list(sizes_of(sizes))
    shape = input._array.shape
    extra = len(target) - len(shape)
    if extra < 0:
        raise RuntimeError(
            f"expand({list(shape)}, size={target}): the number of sizes provided ({len(target)}) "
            f"must be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    for i, n in enumerate(target):
        if n == -1 and i >= extra:
            target[i] = shape[i - extra]
        elif n < 0:
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing "
                f"dimension {i}"
            )
        elif i >= extra and shape[i - extra] not in (1, n):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size "
                f"({shape[i - extra]}) at non-singleton dimension {i}.  "
                f"Target sizes: {target}.  Tensor sizes: {list(shape)}"
            )
    result: Tensor = apply(ops.expand, input, shape=tuple(target))
    return result


def expand_as(input: "Tensor", other: "Tensor") -> "Tensor":
    """expand to the shape of other"""
    return expand(input, other.shape)


def repeat(input: "Tensor", *repeats: Any) -> "Tensor":
    """Copies laid side by side, repeats[i] times along dimension i"""
    times = sizes_of(repeats)
    if len(times) < input.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions "
            f"of tensor: got {len(times)} for shape {list(input._array.shape)}"
        )
    if any(n < 0 for n in times):
        raise RuntimeError(f"Trying to create tensor with negative dimension: repeats {times}")
    result: Tensor = apply(ops.repeat, input, repeats=times)
    return result


def tile(input: "Tensor", *dims: Any) -> "Tensor":
    """repeat, with 1s put in front of too few dims"""
    times = sizes_of(dims)
    return repeat(input, (1,) * (input.ndim - len(times)) + times)


def _several(tensors: Any, function: str) -> "tuple[Tensor, ...]":
    xs = tuple(tensors)
    if not xs:
        raise RuntimeError(f"{function}(): expected a non-empty list of Tensors")
    for i, x in enumerate(xs):
        if not hasattr(x, "_array"):
            raise TypeError(
                f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}"
            )
    to = dtypes.result_dtype(*(x.reshape(1) if x.ndim == 0 else x for x in xs))
    return tuple(x if x._array.dtype.kind == "c" else x._as(to) for x in xs)


def cat(tensors: "Sequence[Tensor]", dim: int = 0) -> "Tensor":
    """The tensors one after the other along dim; empty 1-d ones are passed over

    Raises RuntimeError for sizes that differ elsewhere.
    """
    xs = _several(tensors, "cat")
    shaped = [x for x in xs if x._array.shape != (0,)] or [xs[0]]
    first = shaped[0]._array.shape
    if not first:
        raise RuntimeError("zero-dimensional tensor (at position 0) cannot be concatenated")
    (axis,) = normalise_dim(dim, len(first))
    for i, x in enumerate(xs):
        shape = x._array.shape
        if shape == (0,):
            continue
        if len(shape) != len(first):
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}"
            )
        for d, (n, m) in enumerate(zip(first, shape, strict=True)):
            if d != axis and n != m:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {n} "
                    f"but got size {m} for tensor number {i} in the list."
                )
    result: Tensor = apply(ops.cat, *xs, dim=axis)
    return result


concat = cat


def stack(tensors: "Sequence[Tensor]", dim: int = 0) -> "Tensor":
    """The tensors side by side along a new dimension dim

    Raises RuntimeError for shapes that differ.
    """
    xs = _several(tensors, "stack")
    for i, x in enumerate(xs):
        if x._array.shape != xs[0]._array.shape:
            raise RuntimeError(
                "stack expects each tensor to be equal size, but got "
                f"{list(xs[0]._array.shape)} at entry 0 and {list(x._array.shape)} at entry {i}"
            )
    (axis,) = normalise_dim(dim, xs[0].ndim + 1)
    result: Tensor = apply(ops.stack, *xs, dim=axis)
    return result


def hstack(tensors: "Sequence[Tensor]") -> "Tensor":
    """cat along dimension 1, along 0 for vectors"""
    xs = [x.reshape(1) if x.ndim == 0 else x for x in tensors]
    return cat(xs, 0 if xs and xs[0].ndim == 1 else 1)


def vstack(tensors: "Sequence[Tensor]") -> "Tensor":
    """cat along dimension 0, vectors being rows"""
    return cat([x.reshape(1, -1) if x.ndim < 2 else x for x in tensors], 0)


def split(
    tensor: "Tensor", split_size_or_sections: int | Sequence[int], dim: int = 0
) -> "tuple[Tensor, ...]":
    """Consecutive parts along dim: of one size (the last may be smaller), or of these sizes"""
    if tensor.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    (axis,) = normalise_dim(dim, tensor.ndim)
    n = tensor._array.shape[axis]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size < 0 or (size == 0 and n):
            raise RuntimeError(
                f"split expects split_size be non-negative, but got split_size={size}"
            )
        sizes = tuple(min(size, n - i) for i in range(0, n, size)) if n else (0,)
    else:
        sizes = sizes_of(tuple(split_size_or_sections))
        if math.fsum(sizes) != n or any(s < 0 for s in sizes):
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size "
                f"at dimension {axis}), but got split_sizes={list(sizes)}"
            )
    result: tuple[Tensor, ...] = apply(ops.split, tensor, sizes=sizes, dim=axis)
    return result


def chunk(input: "Tensor", chunks: int, dim: int = 0) -> "tuple[Tensor, ...]":
    """At most `chunks` parts along dim, all but the last of one size"""
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    if input.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    (axis,) = normalise_dim(dim, input.ndim)
    n = input._array.shape[axis]
    if n == 0:
        return split(input, [0] * chunks, axis)
    return split(input, -(-n // chunks), axis)


def _pick(input: "Tensor", axis: int, part: Any) -> "Tensor":
    where = (slice(None),) * axis + (part,)
    result: Tensor = apply(ops.index, input, where=where)
    return result


def unbind(input: "Tensor", dim: int = 0) -> "tuple[Tensor, ...]":
    """The slices along dim"""
    if input.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    (axis,) = normalise_dim(dim, input.ndim)
    return tuple(_pick(input, axis, i) for i in range(input._array.shape[axis]))


def select(input: "Tensor", dim: int, index: int) -> "Tensor":
    """The slice at one index along dim"""
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    (axis,) = normalise_dim(dim, input.ndim)
    n = input._array.shape[axis]
    if not -n <= index < n:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size "
            f"{list(input._array.shape)} at dimension {axis}"
        )
    return _pick(input, axis, int(index))


def narrow(input: "Tensor", dim: int, start: int, length: int) -> "Tensor":
    """The entries from start to start + length along dim"""
    if input.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    (axis,) = normalise_dim(dim, input.ndim)
    n, begin = input._array.shape[axis], int(start)
    if begin < 0:
        begin += n
    if length < 0 or not 0 <= begin <= n - length:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return _pick(input, axis, slice(begin, begin + length))


def diagonal(input: "Tensor", offset: int = 0, dim1: int = 0, dim2: int = 1) -> "Tensor":
    """The entries with equal indices at dim1 and dim2, as a new last dimension"""
    (a,), (b,) = normalise_dim(dim1, input.ndim), normalise_dim(dim2, input.ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    moved = movedim(input, (a, b), (-2, -1))
    n, m = moved._array.shape[-2:]
    count = max(min(n + min(offset, 0), m - max(offset, 0)), 0)
    rows = np.arange(count) + max(-offset, 0)
    columns = np.arange(count) + max(offset, 0)
    result: Tensor = apply(ops.index, moved, where=(..., rows, columns))
    return result


def flip(input: "Tensor", *dims: Any) -> "Tensor":
    """The opposite order along dims"""
    chosen = sizes_of(dims)
    axes = normalise_dim(chosen, input.ndim) if chosen else ()
    result: Tensor = apply(ops.flip, input, dims=axes)
    return result


def roll(input: "Tensor", shifts: Any, dims: Any = None) -> "Tensor":
    """Moved on by shifts along dims, what leaves coming in at the other end; without dims the
    flat tensor is moved"""
    steps = sizes_of((shifts,))
    if dims is None or dims == ():
        if len(steps) != 1:
            raise RuntimeError(f"roll needs one dim for each shift, got shifts={steps} and no dims")
        result: Tensor = apply(ops.roll, input, shifts=steps, dims=None)
        return result
    axes = tuple(normalise_dim(d, input.ndim)[0] for d in sizes_of((dims,)))
    if len(axes) != len(steps):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(axes)}"
        )
    result = apply(ops.roll, input, shifts=steps, dims=axes)
    return result


def _matrix(input: "Tensor", function: str) -> "Tensor":
    if input.ndim < 2:
        raise RuntimeError(f"{function}: input tensor must have at least 2 dimensions")
    return input


def tril(input: "Tensor", diagonal: int = 0) -> "Tensor":
    """Zeros above a diagonal of the last two dimensions"""
    result: Tensor = apply(ops.tril, _matrix(input, "tril"), diagonal=diagonal)
    return result


def triu(input: "Tensor", diagonal: int = 0) -> "Tensor":
    """Zeros below a diagonal of the last two dimensions"""
    result: Tensor = apply(ops.triu, _matrix(input, "triu"), diagonal=diagonal)
    return result


def pad(
    input: "Tensor", pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> "Tensor":
    """`value` (0) around the tensor: pad = (before, after) of the last dimension, then of the one
    before it, and so on; a negative width cuts off

    Raises NotImplementedError for the modes reflect, replicate and circular, ValueError for others.
    """
    widths = sizes_of(tuple(pad))
    if len(widths) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2, got {list(widths)}")
    if len(widths) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but "
            f"got padding length {len(widths)} and input of dimension {input.ndim}"
        )
    if mode != "constant":
        if mode in ("reflect", "replicate", "circular"):
            raise NotImplementedError(f"pad: mode {mode!r} is not there yet; 'constant' is")
        raise ValueError(
            f"pad: mode must be constant, reflect, replicate or circular, got {mode!r}"
        )
    given = [(widths[i], widths[i + 1]) for i in range(0, len(widths), 2)][::-1]
    full = ((0, 0),) * (input.ndim - len(given)) + tuple(given)
    for n, (before, after) in zip(input._array.shape, full, strict=True):
        if n + before + after < 0:
            raise RuntimeError(
                f"The input size {n}, plus negative padding {before} and {after}, resulted in a "
                "negative output size, which is invalid."
            )
    result: Tensor = apply(ops.pad, input, widths=full, value=0.0 if value is None else value)
    return result
