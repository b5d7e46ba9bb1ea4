"""nn.functional.embedding and embedding_bag, with PyTorch's checks and its max_norm."""

from typing import Any

import numpy as np

from refnet import ops
from refnet.compatibility.left_out import refuse_argument
from refnet.engine import memory
from refnet.engine.caller_warning import warn
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.nn_functional.checks import check_number
from refnet.functions.nn_functional.sizes import check_flag
from refnet.functions.operands import check_tensors
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
    """Selects rows of a matrix.

        y_j = W[i_j]

    An error leaves W unchanged. The gradient is derived in `refnet.ops.embedding`.

    Shape:
        input i: (*), of dtype int64 or int32
        weight W: (V, D)
        y: (*, D)

    Args:
        input: i
        weight: W
        padding_idx: a row that receives no gradient; −1 is the last row
        max_norm: largest norm of a row; selected rows with a larger norm are first scaled down to
            it, in W itself; the tape does not record this
        norm_type: p of that norm
        scale_grad_by_freq: if True, the gradient of a row is divided by its number of occurrences
            in i
        sparse: must be False, because refnet's arrays are dense

    Raises:
        IndexError: an index is not in 0, …, V − 1
        AssertionError: W has no row padding_idx
        RuntimeError: a dtype does not fit, or W is not a matrix
        NotImplementedError: sparse is True

    Example:
        >>> F.embedding(refnet.tensor([1, 0, 1]), refnet.tensor([[0.0, 1.0], [2.0, 3.0]]))
        tensor([[2., 3.],
                [0., 1.],
                [2., 3.]])
    """
    check_tensors("embedding", weight=weight, input=input)
    _check_options("embedding", padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    i, shape = input._array, weight._array.shape
    if len(shape) != 2:
        raise RuntimeError(f"embedding(): expected a 2D weight, got shape {list(shape)}")
    V = shape[0]
    if padding_idx is not None and not min(-V, 0) <= padding_idx < max(V, 1):
        raise AssertionError(
            f"embedding(): expected padding_idx from {-V} to {V - 1}, got {padding_idx}"
        )
    _check_index("embedding", i.dtype)
    if _out_of_range(i, V):
        error = IndexError if V else RuntimeError  # as in PyTorch
        raise error(f"embedding(): expected indices from 0 to {V - 1}, got {i.min()} to {i.max()}")
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
    """Selects rows of a matrix in bags, and sums, averages or maximises each bag.

        y_b = Σ_j w_j W[i_j],   j in bag b

    or the mean or the maximum of these W[i_j]. An error leaves W unchanged. The gradient is derived
    in `refnet.ops.embedding_bag` and `refnet.ops.embedding_bag_max`.

    Shape:
        input i: (B, n), where each row is a bag, or (N) with offsets; of dtype int64 or int32
        weight W: (V, D)
        offsets: (B), where the bags start in (N), the first at 0
        per_sample_weights w: the shape of i
        y: (B, D)

    Args:
        input: i
        weight: W
        offsets: where the bags of a 1-d input start
        max_norm: largest norm of a row, as in embedding
        norm_type: p of that norm
        scale_grad_by_freq: if True, the gradient of a row is divided by its number of occurrences
            in i
        mode: "sum", "mean" or "max", each of which is 0 for an empty bag
        sparse: must be False, because refnet's arrays are dense
        per_sample_weights: w; None means 1
        include_last_offset: if True, offsets is (B + 1), and its last entry is the end of the last
            bag. Indices after it are in no bag (PyTorch 2.13 treats them in two ways)
        padding_idx: a row that is left out of the bags; −1 is the last row

    Raises:
        ValueError: the mode is unknown, or a shape does not fit
        RuntimeError: an index, padding_idx, an offset or a dtype does not fit
        NotImplementedError: sparse is True, or per_sample_weights is given in another mode than
            "sum"

    Example:
        >>> table = refnet.tensor([[1.0, 0.0], [2.0, 4.0], [3.0, 8.0]])
        >>> F.embedding_bag(refnet.tensor([[0, 1], [1, 2]]), table, mode="sum")
        tensor([[ 3.,  4.],
                [ 5., 12.]])
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
        raise ValueError(
            "embedding_bag(): expected scale_grad_by_freq=False for mode='max', got True"
        )
    i, V = input._array.reshape(-1).astype(np.intp, copy=False), len(weight._array)
    if padding_idx is not None and not -V <= padding_idx < V:
        raise RuntimeError(
            f"embedding_bag(): expected padding_idx from {-V} to {V - 1}, got {padding_idx}"
        )
    sizes = _sizes(input._array.shape, offsets, include_last_offset)
    if _out_of_range(i, V):
        raise RuntimeError(
            f"embedding_bag(): expected indices from 0 to {V - 1}, got {i.min()} to {i.max()}"
        )
    if max_norm is not None:
        _shorten(weight, i, max_norm, norm_type)

    w = None if per_sample_weights is None else per_sample_weights.reshape(-1)
    if padding_idx is not None or sizes.sum() < i.size:
        bag = np.repeat(np.arange(len(sizes)), sizes)  # the bag of each index
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
    """Checks the types of the options, and that the gradient is dense."""
    if padding is not None and (isinstance(padding, bool) or not hasattr(padding, "__index__")):
        raise TypeError(
            f"{function}(): expected padding_idx int or None, got {type(padding).__name__}"
        )
    if max_norm is not None:
        check_number(function, max_norm=max_norm, norm_type=norm_type)
    check_flag(function, "scale_grad_by_freq", by_frequency)
    check_flag(function, "sparse", sparse)
    if sparse:
        raise refuse_argument(function, "sparse")


def _check_index(function: str, dtype: np.dtype[Any]) -> None:
    """Raises RuntimeError for indices that are not int64 or int32."""
    if dtype.name not in ("int64", "int32"):
        raise RuntimeError(f"{function}(): expected indices of int64 or int32, got {dtype}")


def _out_of_range(i: Array, V: int) -> bool:
    """Returns whether an index is not in 0, …, V − 1."""
    return bool(i.size and not 0 <= i.min() <= i.max() < V)


def _check_bags(
    input: Tensor, weight: Tensor, offsets: Tensor | None, mode: Any, factors: Any
) -> None:
    """Checks the shapes, the dtypes and the mode of embedding_bag."""
    i, W = input._array, weight._array
    if factors is not None and factors._array.shape != i.shape:
        raise ValueError(
            f"embedding_bag(): expected per_sample_weights of the input's shape {list(i.shape)}, "
            f"got {list(factors._array.shape)}"
        )
    if W.ndim != 2:
        raise ValueError(f"embedding_bag(): expected a 2D weight, got {W.ndim}D")
    if i.ndim == 2 and offsets is not None:
        raise ValueError("embedding_bag(): expected offsets=None for a 2D input, got a tensor")
    if i.ndim == 1 and (offsets is None or offsets._array.ndim != 1):
        found = None if offsets is None else f"shape {list(offsets._array.shape)}"
        raise ValueError(f"embedding_bag(): expected 1D offsets for a 1D input, got {found}")
    if i.ndim not in (1, 2):
        raise ValueError(f"embedding_bag(): expected a 1D or 2D input, got {i.ndim}D")
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"embedding_bag(): expected mode 'sum', 'mean' or 'max', got {mode!r}")
    if factors is not None and mode != "sum":
        raise NotImplementedError(
            f"embedding_bag(): expected mode='sum' with per_sample_weights, got {mode!r}"
        )
    both = (i,) if offsets is None else (i, offsets._array)
    _check_index("embedding_bag", np.result_type(*both))
    if W.dtype.kind not in "fc":
        raise RuntimeError(f"embedding_bag(): expected a floating-point weight, got {weight.dtype}")
    if factors is not None and factors.dtype != weight.dtype and factors._array.dtype.kind != "c":
        raise RuntimeError(
            f"embedding_bag(): expected per_sample_weights of {weight.dtype}, got {factors.dtype}"
        )


def _sizes(shape: tuple[int, ...], offsets: Tensor | None, include_last: bool) -> Array:
    """Returns how many indices each bag has."""
    if offsets is None:
        if shape[1] == 0:
            raise RuntimeError(f"embedding_bag(): expected bags with entries, got {list(shape)}")
        return np.full(shape[0], shape[1])
    N, begin = shape[0], offsets._array
    if include_last and not begin.size:
        raise RuntimeError("embedding_bag(): expected an offset with include_last_offset, got none")
    ends = begin if include_last else np.append(begin, N)
    sizes = np.diff(ends)
    if begin.size and (begin[0] != 0 or begin[-1] > N or sizes.min(initial=0) < 0):
        raise RuntimeError(
            "embedding_bag(): expected offsets that start at 0, do not decrease and are at most "
            f"{N}, got {begin.tolist()}"
        )
    return sizes.astype(np.intp, copy=False)  # as np.repeat needs them


def _shorten(weight: Tensor, i: Array, max_norm: float, norm_type: float) -> None:
    """Scales the rows selected by i whose norm is larger than max_norm to that norm, in place."""
    W, rows = weight._real(), np.unique(i)
    norms = norm(wrap(W[rows]), norm_type, 1)._array.astype(np.float64)
    rows, norms = rows[norms > max_norm], norms[norms > max_norm]
    with np.errstate(all="ignore"):
        W[rows] *= (max_norm / (norms + 1e-7)).astype(W.dtype)[:, None]
    memory.written(W)
