"""From a list of examples to a batch: default_collate; and to tensors alone: default_convert.

Both walk through nested lists, tuples and dictionaries. A tuple becomes a list, a named tuple
stays one, and so do lists and dictionaries of other types, as far as these can be made anew.
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

CollateMap = dict[type | tuple[type, ...], Callable[..., Any]]


def default_collate(batch: Any) -> Any:
    """Examples as one batch: what stands at the same place of each becomes one tensor.

    Tensors and arrays are stacked, floats make a tensor of float64, integers one of int64,
    strings and bytes stay a list.

    Raises RuntimeError if the examples have different lengths or shapes, TypeError for anything
    that is neither one of these nor a list, tuple or dictionary of them.
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def collate(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """default_collate by another table.

    Args:
        collate_fn_map: type, or tuple of types → f(batch, collate_fn_map=…), for the batches whose
            first element is of this very type, or else of a subclass
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
        raise not_a_tensor("default_collate: the batch", first)
    raise TypeError(_no_batch(type(first)))


def default_convert(data: Any) -> Any:
    """The arrays and NumPy numbers in the data as tensors; everything else as it is."""
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
    """The entries in a mapping like the given one; in a dictionary, if that can't be made."""
    try:
        if isinstance(like, MutableMapping):
            made = copy.copy(like)  # it may have more attributes than its entries
            made.update(entries)
            return made
        return type(like)(entries)  # type: ignore[call-arg]
    except TypeError:
        return entries


def _sequence(like: Sequence[Any], entries: list[Any]) -> Any:
    """The entries in a sequence like the given one; in a list, for a tuple or if that can't be."""
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
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
        f"found {found}"
    )


# --- the table -----------------------------------------------------------------------------------


def collate_tensor_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Tensors, stacked."""
    return stack(batch, 0)


def collate_numpy_array_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Arrays, stacked."""
    if batch[0].dtype.kind in "SUO":
        raise TypeError(_no_batch(batch[0].dtype))
    return collate([as_tensor(array) for array in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """NumPy's numbers."""
    return as_tensor(batch)


def collate_float_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Python's floats."""
    return tensor(batch, dtype=float64)


def collate_int_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Python's integers and bools."""
    return tensor(batch)


def collate_str_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Strings and bytes, as they are."""
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
