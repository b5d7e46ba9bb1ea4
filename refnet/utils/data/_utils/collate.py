"""Makes a batch from a list of examples: default_collate; and tensors: default_convert.

Both work on nested lists, tuples and dictionaries. A tuple becomes a list. Named tuples keep their
type, as do other types of lists and dictionaries if they can be constructed.
"""

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from refnet.engine.argument_errors import is_torch, not_a_tensor
from refnet.engine.dtypes import float64
from refnet.engine.tensor import Tensor
from refnet.functions.creation import as_tensor, tensor
from refnet.functions.joining import stack

__all__ = ["default_collate", "default_convert"]

CollateMap = dict[type | tuple[type, ...], Callable[..., Any]]


def default_collate(batch: Any) -> Any:
    """Makes one batch from examples: the values at the same position become one tensor.

    Tensors and arrays are stacked, floats become a tensor of float64, integers one of int64;
    strings and bytes stay in a list.

    Args:
        batch: a list of examples

    Raises:
        RuntimeError: for examples of different lengths or shapes
        TypeError: for a value that is none of these, nor a list, tuple or dictionary of them

    Source:
        torch.utils.data.default_collate

    Example:
        >>> refnet.utils.data.default_collate([(1, 0.5), (2, 1.5)])
        [tensor([1, 2]), tensor([0.5000, 1.5000], dtype=refnet.float64)]
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def collate(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Makes one batch as default_collate does, with another table.

    Args:
        batch: a list of examples
        collate_fn_map: from a type, or tuple of types, to f(batch, collate_fn_map=…), for batches
            whose first element has this type, or otherwise a subclass of it
    """
    first, table = batch[0], collate_fn_map or {}
    fits = [kind for kind in table if isinstance(first, kind)]
    if fits:
        kind = type(first) if type(first) in table else fits[0]
        return table[kind](batch, collate_fn_map=collate_fn_map)

    def together(parts: Any) -> Any:
        return collate(parts, collate_fn_map=collate_fn_map)

    if isinstance(first, Mapping):
        return _mapping(first, {key: together([d[key] for d in batch]) for key in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*map(together, zip(*batch, strict=False)))
    if isinstance(first, Sequence):
        if len({len(example) for example in batch}) > 1:
            raise RuntimeError("each element in list of batch should be of equal size")
        return _sequence(first, list(map(together, zip(*batch, strict=True))))
    if is_torch(first):
        raise not_a_tensor("default_collate(): the batch", first)
    raise TypeError(_no_batch(type(first)))


def default_convert(data: Any) -> Any:
    """Converts the arrays and NumPy numbers in the data to tensors; everything else stays.

    Args:
        data: nested lists, tuples and dictionaries

    Source:
        torch.utils.data.default_convert

    Example:
        >>> refnet.utils.data.default_convert({"x": np.ones(2), "y": "a"})
        {'x': tensor([1., 1.], dtype=refnet.float64), 'y': 'a'}
    """
    if isinstance(data, np.ndarray):
        return data if data.dtype.kind in "SUO" else as_tensor(data)
    if isinstance(data, (np.generic, Tensor)):
        return data if isinstance(data, (np.str_, Tensor)) else as_tensor(data)
    if isinstance(data, Mapping):
        return _mapping(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _sequence(data, list(map(default_convert, data)))
    return data


def _mapping(like: Mapping[Any, Any], entries: dict[Any, Any]) -> Any:
    """Returns the entries in a mapping of the same type; in a dictionary if that is impossible."""
    try:
        if isinstance(like, MutableMapping):
            made = copy.copy(like)  # it may have more attributes than its entries
            made.update(entries)
            return made
        return type(like)(entries)  # type: ignore[call-arg]
    except TypeError:
        return entries


def _sequence(like: Sequence[Any], entries: list[Any]) -> Any:
    """Returns the entries in a sequence of the same type, or in a list.

    A list replaces tuples, and types that cannot be constructed.
    """
    try:
        if isinstance(like, MutableSequence):
            made = copy.copy(like)
            for i, entry in enumerate(entries):
                made[i] = entry
            return made
        return entries if isinstance(like, tuple) else type(like)(entries)  # type: ignore[call-arg]
    except TypeError:
        return entries


def _no_batch(found: Any) -> str:
    return (
        "default_collate(): batch must contain tensors, numpy arrays, numbers, dicts or lists; "
        f"found {found}"
    )


# --- the table -----------------------------------------------------------------------------------


def collate_tensor_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Stacks tensors."""
    return stack(batch, 0)


def collate_numpy_array_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Stacks arrays."""
    if batch[0].dtype.kind in "SUO":
        raise TypeError(_no_batch(batch[0].dtype))
    return collate([as_tensor(array) for array in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Makes a tensor of NumPy's numbers."""
    return as_tensor(batch)


def collate_float_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Makes a tensor of Python's floats."""
    return tensor(batch, dtype=float64)


def collate_int_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Makes a tensor of Python's integers or bools."""
    return tensor(batch)


def collate_str_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Returns strings and bytes as they are."""
    return batch


default_collate_fn_map: CollateMap = {
    Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}
