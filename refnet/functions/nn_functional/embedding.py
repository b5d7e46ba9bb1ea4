"""nn.functional.embedding and embedding_bag, with PyTorch's checks and its max_norm."""

from typing import Any

import numpy as np

from refnet import ops
from refnet.compatibility.left_out import refuse_argument
from refnet.engine import memory
from refnet.engine.caller_warning import warn
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.checks import check_number
from refnet.functions.nn_functional.sizes import check_flag
from refnet.functions.reduction import norm
from refnet.ops.rule import Array

__all__ = ["embedding", "embedding_bag"]


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of the weight that the input names; see refnet.ops.embedding.

    Args:
        input: (*) of int64 or int32; the result is (*, D)
        weight: (V, D)
        padding_idx: the row that gets no gradient; −1 is the last
        max_norm: a row that the input names and whose norm is larger is scaled to it before,
            in the weight itself, unrecorded
        norm_type: p of that norm
        scale_grad_by_freq: divide a row's gradient by how often the input names it
        sparse: must be False: refnet's arrays are dense

    Raises, with nothing changed, IndexError for an index outside 0 … V − 1, AssertionError for a
    padding_idx outside −V … V − 1, RuntimeError for other dtypes and a weight that is no matrix,
    NotImplementedError for sparse=True.
    """
    check_tensors("embedding", weight=weight, input=input)
    _check_options("embedding", padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    i, shape = input._array, weight._array.shape
    if len(shape) != 2:
        raise RuntimeError(f"'weight' must be 2-D, got shape {list(shape)}")
    V = shape[0]
    if padding_idx is not None and not min(-V, 0) <= padding_idx < max(V, 1):
        raise AssertionError(f"padding_idx must lie in {-V} … {V - 1}, got {padding_idx}")
    _check_index("embedding", i.dtype)
    if _out_of_range(i, V):
        error = IndexError if V else RuntimeError  # so does PyTorch
        raise error(f"index out of range: expected 0 … {V - 1}, got {i.min()} … {i.max()}")
    if max_norm is not None:
        _shorten(weight, i, max_norm, norm_type)
    padding = None if V == 0 else padding_idx
    return apply(ops.embedding, weight, i, padding=padding, by_frequency=scale_grad_by_freq)


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Sums, means or maxima of bags of rows of the weight; see refnet.ops.embedding_bag.

    Args:
        input: (B, n), a bag in each row; or (N), the bags one behind the other
        weight: (V, D); the result is (B, D)
        offsets: (B): where in (N) each bag begins, the first at 0
        mode: "sum", "mean" or "max"; of an empty bag all are 0
        per_sample_weights: factors of the rows in the sum, in the shape of the input
        include_last_offset: offsets is (B + 1), and says at last where the last bag ends; what comes after
            belongs to no bag (PyTorch 2.13 is of two minds about it)
        padding_idx: the row that is left out of the bags, as if it were not in the input
        others: those of embedding

    Raises, with nothing changed, ValueError for another mode and for shapes that do not fit,
    RuntimeError for an index outside 0 … V − 1, a padding_idx outside −V … V − 1, for offsets that do
    not begin at 0, that decrease or lead beyond the input, and for other dtypes, and
    NotImplementedError for sparse=True and for per_sample_weights in another mode than "sum".
    """
    given = {"offsets": offsets, "per_sample_weights": per_sample_weights}
    given = {name: x for name, x in given.items() if x is not None}
    check_tensors("embedding_bag", weight=weight, input=input, **given)
    if weight._array.dtype == np.int64 and input._array.dtype.kind == "f":
        warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage "
            "`embedding_bag(weight, input, ...)` is deprecated, and should now be "
            "`embedding_bag(input, weight, ...)`."
        )
        weight, input = input, weight
    _check_bags(input, weight, offsets, mode, per_sample_weights)
    _check_options("embedding_bag", padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    check_flag("embedding_bag", "include_last_offset", include_last_offset)
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    i, V = input._array.reshape(-1).astype(np.intp, copy=False), len(weight._array)
    if padding_idx is not None and not -V <= padding_idx < V:
        raise RuntimeError(f"padding_idx must lie in {-V} … {V - 1}, got {padding_idx}")
    sizes = _sizes(input._array.shape, offsets, include_last_offset)
    if _out_of_range(i, V):
        raise RuntimeError(f"expected indices from 0 to {V - 1}, got {i.min()} … {i.max()}")
    if max_norm is not None:
        _shorten(weight, i, max_norm, norm_type)

    w = None if per_sample_weights is None else per_sample_weights.reshape(-1)
    if padding_idx is not None or sizes.sum() < i.size:
        bag = np.repeat(np.arange(len(sizes)), sizes)  # of each index
        i = i[: bag.size]
        kept = np.flatnonzero(i != (-1 if padding_idx is None else padding_idx % V))
        sizes, i = np.bincount(bag[kept], minlength=len(sizes)), i[kept]
        w = None if w is None else w[wrap(kept)]
    if mode == "max":
        return apply(ops.embedding_bag_max, weight, i, sizes=sizes)
    y = apply(ops.embedding_bag, weight, i, w, sizes=sizes, by_frequency=scale_grad_by_freq)
    if mode == "mean":
        y = y / wrap(np.maximum(sizes, 1)[:, None].astype(y._real().dtype))
    return y


def _check_options(
    function: str, padding: Any, max_norm: Any, norm_type: Any, by_frequency: Any, sparse: Any
) -> None:
    if padding is not None and (isinstance(padding, bool) or not hasattr(padding, "__index__")):
        raise TypeError(
            f"{function}(): padding_idx must be int or None, not {type(padding).__name__}"
        )
    if max_norm is not None:
        check_number(function, max_norm=max_norm, norm_type=norm_type)
    check_flag(function, "scale_grad_by_freq", by_frequency)
    check_flag(function, "sparse", sparse)
    if sparse:
        raise refuse_argument(function, "sparse")


def _check_index(function: str, dtype: np.dtype[Any]) -> None:
    if dtype.name not in ("int64", "int32"):
        raise RuntimeError(f"{function}: expected indices of int64 or int32, got {dtype}")


def _out_of_range(i: Array, V: int) -> bool:
    return bool(i.size and not 0 <= i.min() <= i.max() < V)


def _check_bags(
    input: Tensor, weight: Tensor, offsets: Tensor | None, mode: Any, factors: Any
) -> None:
    """The shapes, the dtypes and the mode of embedding_bag."""
    i, W = input._array, weight._array
    if factors is not None and factors._array.shape != i.shape:
        raise ValueError(
            f"embedding_bag: per_sample_weights has shape {list(factors._array.shape)}, expected the "
            f"input's {list(i.shape)}"
        )
    if W.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {W.ndim}")
    if i.ndim == 2 and offsets is not None:
        raise ValueError("offsets has to be None for a 2D input, whose rows are the bags")
    if i.ndim == 1 and (offsets is None or offsets._array.ndim != 1):
        found = None if offsets is None else f"shape {list(offsets._array.shape)}"
        raise ValueError(f"offsets has to be a 1D Tensor for a 1D input, but got {found}")
    if i.ndim not in (1, 2):
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {i.ndim}")
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"mode has to be one of sum, mean or max, got {mode!r}")
    if factors is not None and mode != "sum":
        raise NotImplementedError(
            f"embedding_bag: per_sample_weights is only supported for mode='sum' (got {mode=})"
        )
    both = (i,) if offsets is None else (i, offsets._array)
    _check_index("embedding_bag", np.result_type(*both))
    if W.dtype.kind not in "fc":
        raise RuntimeError(f"embedding_bag: expected a floating-point weight, got {weight.dtype}")
    if factors is not None and factors.dtype != weight.dtype and factors._array.dtype.kind != "c":
        raise RuntimeError(
            f"embedding_bag: per_sample_weights must have the weight's dtype {weight.dtype}, "
            f"got {factors.dtype}"
        )


def _sizes(shape: tuple[int, ...], offsets: Tensor | None, include_last: bool) -> Array:
    """How many indices each bag has."""
    if offsets is None:
        if shape[1] == 0:
            raise RuntimeError(f"embedding_bag: the bags of a 2D input are empty: {list(shape)}")
        return np.full(shape[0], shape[1])
    N, begin = shape[0], offsets._array
    if include_last and not begin.size:
        raise RuntimeError("include_last_offset: number of offsets should be at least 1, got 0")
    ends = begin if include_last else np.append(begin, N)
    sizes = np.diff(ends)
    if begin.size and (begin[0] != 0 or begin[-1] > N or sizes.min(initial=0) < 0):
        raise RuntimeError(
            f"offsets has to begin at 0, not to decrease, and to stay within the {N} indices, "
            f"got {begin.tolist()}"
        )
    return sizes


def _shorten(weight: Tensor, i: Array, max_norm: float, norm_type: float) -> None:
    """Scale the rows named by i whose norm is larger than max_norm to that norm, in place."""
    W, rows = weight._real(), np.unique(i)
    norms = norm(wrap(W[rows]), norm_type, 1)._array.astype(np.float64)
    rows, norms = rows[norms > max_norm], norms[norms > max_norm]
    with np.errstate(all="ignore"):
        W[rows] *= (max_norm / (norms + 1e-7)).astype(W.dtype)[:, None]
    memory.written(W)
