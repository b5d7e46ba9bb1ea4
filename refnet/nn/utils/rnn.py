"""Batches of sequences of different lengths: padded and packed.

A padded batch has the shape (T, B, *), where T is the largest length; a padding value fills the
steps after the end of a sequence. A packed batch leaves these out: its data is, step after step,
the entries of the sequences that have this step, in order of decreasing lengths. So packing selects
the entries of the padded batch at the mask t < length, and padding writes to that mask.
"""

import builtins
import numbers
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

import numpy as np

from refnet import ops
from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish
from refnet.engine import dtypes
from refnet.engine.argument_errors import not_a_tensor, type_name
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.creation import as_tensor, from_numpy
from refnet.functions.joining import cat
from refnet.ops.rule import Array

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class _Fields(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Fields):
    """A packed batch of sequences, as pack_padded_sequence and pack_sequence return it.

    Attributes:
        data: (S, *), step after step the entries of the sequences that have this step
        batch_sizes: (T,), the number of sequences that have each step
        sorted_indices: (B,), the indices of the given sequences from the longest to the shortest;
            None if they were given in this order
        unsorted_indices: the inverse of sorted_indices

    Args:
        data: the field of this name, or a pair of data and batch_sizes
        batch_sizes: the field of this name
        sorted_indices: the field of this name
        unsorted_indices: the field of this name; None for the inverse of sorted_indices

    Source:
        torch.nn.utils.rnn.PackedSequence
    """

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:
        """Creates a batch from its fields; data and batch_sizes may be given as a pair."""
        if batch_sizes is None:
            if not (isinstance(data, (list, tuple)) and len(data) == 2):
                raise AssertionError("Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Applies Tensor.to to the data.

        Args:
            *args: the arguments of Tensor.to
            **kwargs: its keyword arguments

        Returns:
            a new batch, or this one if nothing changes
        """
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def cpu(self) -> Self:
        """Returns the batch itself."""
        return self

    def cuda(self, *args: Any, **kwargs: Any) -> Self:
        """Raises an error: refnet runs on the CPU.

        Args:
            *args: ignored
            **kwargs: ignored

        Raises:
            RuntimeError: always
        """
        return type(self)(self.data.cuda(*args, **kwargs), *self[1:])

    @property
    def is_cuda(self) -> bool:
        """Always False."""
        return self.data.is_cuda

    def double(self) -> Self:
        """Casts the data to float64."""
        return self.to(dtypes.float64)

    def float(self) -> Self:
        """Casts the data to float32."""
        return self.to(dtypes.float32)

    def half(self) -> Self:
        """Casts the data to float16."""
        return self.to(dtypes.float16)

    def long(self) -> Self:
        """Casts the data to int64."""
        return self.to(dtypes.int64)

    def int(self) -> Self:
        """Casts the data to int32."""
        return self.to(dtypes.int32)

    def short(self) -> Self:
        """Casts the data to int16."""
        return self.to(dtypes.int16)

    def char(self) -> Self:
        """Casts the data to int8."""
        return self.to(dtypes.int8)

    def byte(self) -> Self:
        """Casts the data to uint8."""
        return self.to(dtypes.uint8)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """Returns the inverse of a permutation.

        result[permutation[i]] = i

    Args:
        permutation: a vector of int32 or int64; the inverse of None is None

    Raises:
        IndexError: for a tensor that is not a vector
        RuntimeError: for another dtype, and for an index that is out of range

    Example:
        >>> nn.utils.rnn.invert_permutation(refnet.tensor([2, 0, 1]))
        tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    order = permutation._array
    if order.ndim != 1:
        raise IndexError(f"invert_permutation(): expected a vector, got shape {list(order.shape)}")
    if order.dtype not in (np.int32, np.int64):
        raise RuntimeError(
            f"invert_permutation(): expected int32 or int64, got {permutation.dtype}"
        )
    if order.size and not 0 <= order.min() <= order.max() < len(order):
        raise RuntimeError(f"index {order.max()} is out of bounds for size {len(order)}")
    inverse = np.empty_like(order)
    inverse[order] = np.arange(len(order))
    return wrap(inverse)


def _lengths(lengths: Any, batch: builtins.int) -> Array:
    if isinstance(lengths, (list, tuple, np.ndarray)):
        lengths = as_tensor(lengths, dtype=dtypes.int64)
    n: Array = lengths._array.astype(np.int64)
    if n.ndim != 1:
        raise RuntimeError(
            f"pack_padded_sequence(): expected a vector of lengths, got shape {list(n.shape)}"
        )
    if len(n) != batch:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(n)} "
            f"(batch_size={batch})"
        )
    if n.min() <= 0:
        raise RuntimeError(f"Length of all samples has to be greater than 0, but found {n.min()}")
    return n


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Packs a padded batch: selects its entries without the padding.

    Args:
        input: (T, B, *)
        lengths: (B,), the length of each sequence, at least 1
        batch_first: whether input is (B, T, *)
        enforce_sorted: whether the lengths must not increase; otherwise the sequences are sorted

    Raises:
        RuntimeError: for lengths that do not fit, or that increase if enforce_sorted
        IndexError: for an input of fewer than two dimensions

    Example:
        >>> x = refnet.tensor([[1, 2, 3], [4, 0, 0]])
        >>> nn.utils.rnn.pack_padded_sequence(x, [3, 1], batch_first=True).data
        tensor([1, 4, 2, 3])
    """
    if not isinstance(input, Tensor):
        raise not_a_tensor("pack_padded_sequence(): argument 'input' (position 1)", input)
    x = input.transpose(0, 1) if batch_first else input
    if x.numel() == 0:
        raise RuntimeError("Cannot pack empty tensors.")
    if x.dim() < 2:
        raise IndexError(
            f"pack_padded_sequence(): expected the shape (T, B, *), got {list(input.shape)}"
        )
    n = _lengths(lengths, x.shape[1])
    order = None
    if not enforce_sorted:
        decreasing = np.argsort(-n, stable=True).astype(np.int64)
        order, n = wrap(decreasing), n[decreasing]
        x = x.index_select(1, order)
    if (np.diff(n) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True; "
            "pass enforce_sorted=False for sequences in any order"
        )
    if n[0] > x.shape[0]:
        raise RuntimeError(
            f"pack_padded_sequence(): expected lengths of at most {x.shape[0]}, got {n[0]}"
        )
    present = np.arange(n[0])[:, None] < n
    data = apply(ops.index, x[: builtins.int(n[0])], where=(present,))
    return PackedSequence(data, wrap(present.sum(1, dtype=np.int64)), order)


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: builtins.float = 0.0,
    total_length: builtins.int | None = None,
) -> tuple[Tensor, Tensor]:
    """Pads a packed batch: returns the padded batch, in the order before packing, and the lengths.

    Args:
        sequence: the packed batch
        batch_first: whether to return (B, T, *)
        padding_value: the value of the steps after the end of a sequence
        total_length: T; None for the largest length

    Returns:
        the padded batch (T, B, *) and the lengths (B,)

    Raises:
        ValueError: for a total_length below the largest length
        TypeError: for a padding_value that is not a number

    Example:
        >>> packed = nn.utils.rnn.pack_sequence([refnet.tensor([1, 2, 3]), refnet.tensor([4])])
        >>> nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
        (tensor([[1, 2, 3],
                [4, 0, 0]]), tensor([3, 1]))
    """
    data, sizes = sequence.data, sequence.batch_sizes._array
    steps, batch = len(sizes), sizes[0]
    if total_length is not None and total_length < steps:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, "
            f"but got total_length={total_length} and max sequence length being {steps}"
        )
    T = steps if total_length is None else total_length
    present = np.zeros((T, batch), np.bool)
    present[:steps] = np.arange(batch) < sizes[:, None]
    y = _padded((T, batch), data, (present,), padding_value)
    lengths = wrap(present.sum(0, dtype=np.int64))
    if sequence.unsorted_indices is not None:
        y = y.index_select(1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices]
    return y.transpose(0, 1) if batch_first else y, lengths


def _padded(
    shape: tuple[builtins.int, ...], data: Tensor, where: tuple[Array, ...], value: builtins.float
) -> Tensor:
    """Returns a tensor with the entries of data at `where` and the value elsewhere."""
    if not isinstance(value, numbers.Number):
        raise TypeError(f"padding_value must be a number, not {type(value).__name__}")
    dtype = data._array.dtype
    fill = np.trunc(value) if dtype.kind in "iu" else value
    padding = np.full(shape + data._array.shape[1:], fill, np.dtype(dtype.type(0).real))
    return apply(ops.index_put, padding, data, where=where)


def pad_sequence(
    sequences: Any,
    batch_first: bool = False,
    padding_value: builtins.float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Returns sequences (L, *) of different lengths as one padded batch (T, B, *).

    Args:
        sequences: tensors, or one tensor (B, L, *)
        batch_first: whether to return (B, T, *)
        padding_value: the value of the padding
        padding_side: "right" pads after the end of a sequence, "left" before its beginning

    Raises:
        RuntimeError: for no sequences, for other sizes that differ, and for an unknown padding_side
        TypeError: for arguments of another type

    Example:
        >>> nn.utils.rnn.pad_sequence(
        ...     [refnet.tensor([1, 2, 3]), refnet.tensor([4])], batch_first=True
        ... )
        tensor([[1, 2, 3],
                [4, 0, 0]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence(): expected an iterable of tensors, got {type(sequences).__name__}"
        )
    xs = list(sequences)
    if not xs:
        raise RuntimeError("received an empty list of sequences")
    if not isinstance(padding_side, str):
        raise TypeError(f"padding_side must be str, not {type(padding_side).__name__}")
    if padding_side not in ("left", "right"):
        raise RuntimeError(
            f"Expected padding_side to be one of left or right, but got {padding_side}."
        )
    for i, x in enumerate(xs):
        if not isinstance(x, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type_name(x)}")
    if xs[0].dim() == 0:
        raise RuntimeError(
            "pad_sequence(): expected sequences of at least one dimension, got a 0-d tensor"
        )
    rest = xs[0].shape[1:]
    data = cat([x._as(xs[0]._array.dtype).expand(len(x), *rest) for x in xs])
    lengths = np.array([len(x) for x in xs])
    T, which = max(lengths), np.repeat(np.arange(len(xs)), lengths)
    step = np.arange(len(which)) - (np.cumsum(lengths) - lengths)[which]
    if padding_side == "left":
        step += T - lengths[which]
    if batch_first:
        return _padded((len(xs), T), data, (which, step), padding_value)
    return _padded((T, len(xs)), data, (step, which), padding_value)


def unpad_sequence(
    padded_sequences: Tensor, lengths: Any, batch_first: bool = False
) -> list[Tensor]:
    """Returns the sequences of a padded batch without the padding.

    PyTorch transposes padded_sequences in place; refnet leaves it unchanged.

    Args:
        padded_sequences: (T, B, *)
        lengths: (B,), the length of each sequence
        batch_first: whether padded_sequences is (B, T, *)

    Example:
        >>> x = refnet.tensor([[1, 2, 3], [4, 0, 0]])
        >>> nn.utils.rnn.unpad_sequence(x, refnet.tensor([3, 1]), batch_first=True)
        [tensor([1, 2, 3]), tensor([4])]
    """
    if not isinstance(padded_sequences, Tensor):
        raise not_a_tensor("unpad_sequence(): argument 'padded_sequences'", padded_sequences)
    x = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    steps = np.arange(x.shape[1])
    counts = (from_numpy(lengths) if isinstance(lengths, np.ndarray) else lengths)._array
    return [row[wrap(steps < n)] for row, n in zip(x, counts, strict=True)]


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> PackedSequence:
    """Packs sequences (L, *).

    Args:
        sequences: the tensors
        enforce_sorted: whether the lengths must not increase; otherwise the sequences are sorted

    Raises:
        RuntimeError: for lengths that increase, if enforce_sorted

    Example:
        >>> packed = nn.utils.rnn.pack_sequence([refnet.tensor([1, 2, 3]), refnet.tensor([4])])
        >>> packed.data, packed.batch_sizes
        (tensor([1, 4, 2, 3]), tensor([2, 1, 1]))
    """
    lengths = [x.size(0) for x in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Returns the sequences of a packed batch.

    Args:
        packed_sequences: the packed batch

    Example:
        >>> packed = nn.utils.rnn.pack_sequence([refnet.tensor([1, 2, 3]), refnet.tensor([4])])
        >>> nn.utils.rnn.unpack_sequence(packed)
        [tensor([1, 2, 3]), tensor([4])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


globals().update(publish(globals(), __name__))


_mirror(__name__)
