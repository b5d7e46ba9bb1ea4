"""Arrays whose operations are recorded: a definition that runs on them has derivatives again.

A rule of refnet.ops is plain NumPy. Run on a `Recorded` in place of an array, it computes the same
numbers, and each NumPy operation becomes a node of the tape. That is all that derivatives of
higher order need: the pullback of a rule is a program, and running it on recorded arrays records
it (refnet.engine.reverse, create_graph=True).

`__array_ufunc__` and `__array_function__` are NumPy's protocols for array types of other libraries.
What has no derivative (comparisons, signs, orders, shapes) gives plain arrays.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.lib.stride_tricks import sliding_window_view

from refnet import ops
from refnet.engine.tape import apply, apply_several
from refnet.engine.tensor import Tensor, wrap
from refnet.ops import primitives
from refnet.ops.error_function import error_function
from refnet.ops.rule import NUMBER, Array


class UnrecordedError(TypeError):
    """A NumPy function has no recorded form."""


class Recorded(NDArrayOperatorsMixin):
    """An array whose operations are recorded.

    Args:
        tensor: the tensor that has its values and its place on the tape
    """

    __slots__ = ("tensor",)

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes."""
        return self.tensor._array.shape

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.tensor._array.ndim

    @property
    def size(self) -> int:
        """The number of entries."""
        return self.tensor._array.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype."""
        return self.tensor._array.dtype

    @property
    def itemsize(self) -> int:
        """The bytes of an entry."""
        return self.tensor._array.itemsize

    @property
    def flags(self) -> Any:
        """NumPy's flags of the memory."""
        return self.tensor._array.flags

    @property
    def strides(self) -> tuple[int, ...]:
        """The bytes from one entry to the next along each dimension."""
        return self.tensor._array.strides

    @property
    def real(self) -> "Recorded":
        """The array itself: recorded arrays are real."""
        return self

    @property
    def imag(self) -> Array:
        """Zeros."""
        return np.zeros_like(self.tensor._array)

    @property
    def T(self) -> "Recorded":  # noqa: N802 - NumPy's name
        """The array with its dimensions reversed."""
        return self.transpose()

    def __len__(self) -> int:
        return len(self.tensor._array)

    def __getitem__(self, where: Any) -> "Recorded":
        return _recorded(ops.index, self, where=tuple(map(plain, _as_tuple(where))))

    def __bool__(self) -> bool:
        return bool(self.tensor._array)

    def __float__(self) -> float:
        return float(self.tensor._array)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "reduce" and ufunc is np.add:
            (x,) = inputs
            return x.sum(options.get("axis", 0), keepdims=options.get("keepdims", False))
        if method == "accumulate" and ufunc in ACCUMULATED:
            (x,) = inputs
            return ACCUMULATED[ufunc](x, options.get("axis", 0))
        if method == "__call__":
            if ufunc in PLAIN:
                return ufunc(*map(plain, inputs), **options)
            rule = UFUNCS.get(ufunc)
            if rule is not None and not options:
                return rule(*inputs)
        raise UnrecordedError(f"numpy.{ufunc.__name__}.{method}: no recorded form")

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        if function in FUNCTIONS:
            return FUNCTIONS[function](*args, **options)
        if function in PLAIN:
            return function(*_plain_tree(args), **_plain_tree(options))
        raise UnrecordedError(f"numpy.{function.__name__}: no recorded form")

    # --- methods of arrays ---

    def sum(self, axis: Any = None, *, keepdims: bool = False, dtype: Any = None) -> "Recorded":
        """Returns the sum over some axes."""
        return _recorded(ops.sum, self, dim=_axes(axis, self.ndim), keepdim=keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> "Recorded":
        """Returns the mean over some axes."""
        return _recorded(ops.mean, self, dim=_axes(axis, self.ndim), keepdim=keepdims)

    def max(
        self, axis: Any = None, *, keepdims: bool = False, initial: float | None = None
    ) -> "Recorded":
        """Returns the largest entries, at least `initial`."""
        axes = _axes(axis, self.ndim)
        if initial is not None and not all(
            self.shape[i] for i in (range(self.ndim) if axes is None else axes)
        ):
            values = plain(self).max(axis, keepdims=keepdims, initial=initial)
            return Recorded(wrap(np.asarray(values)))
        y = _recorded(ops.amax, self, dim=axes, keepdim=keepdims)
        if initial in (None, -np.inf):
            return y
        return _recorded(ops.maximum, y, np.asarray(initial, self.dtype))

    def min(self, axis: Any = None, *, keepdims: bool = False) -> "Recorded":
        """Returns the smallest entries."""
        return _recorded(ops.amin, self, dim=_axes(axis, self.ndim), keepdim=keepdims)

    def prod(self, axis: Any = None, *, keepdims: bool = False, dtype: Any = None) -> "Recorded":
        """Returns the product over some axes."""
        return _recorded(ops.prod, self, dim=_axes(axis, self.ndim), keepdim=keepdims)

    def reshape(self, *shape: Any) -> "Recorded":
        """Returns the entries in another shape."""
        sizes = (
            shape[0] if len(shape) == 1 and not isinstance(shape[0], (int, np.integer)) else shape
        )
        sizes = np.empty(self.shape, bool).reshape(tuple(sizes)).shape  # with -1 computed
        return _recorded(ops.reshape, self, shape=sizes)

    def transpose(self, *axes: Any) -> "Recorded":
        """Returns the array with other orders of its dimensions."""
        if len(axes) == 1 and not isinstance(axes[0], (int, np.integer)):
            axes = tuple(axes[0])
        dims = (
            tuple(int(a) % self.ndim for a in axes) if axes else tuple(reversed(range(self.ndim)))
        )
        return _recorded(ops.permute, self, dims=dims)

    def swapaxes(self, a: int, b: int) -> "Recorded":
        """Returns the array with two dimensions exchanged."""
        dims = list(range(self.ndim))
        dims[a], dims[b] = dims[b], dims[a]
        return self.transpose(*dims)

    def squeeze(self, axis: Any = None) -> "Recorded":
        """Returns the array without dimensions of size 1."""
        return self.reshape(np.empty(self.shape, bool).squeeze(axis).shape)

    def astype(self, dtype: Any, copy: bool = True, **_: Any) -> Any:
        """Returns the entries in another dtype; plain ones if it is not floating-point."""
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            return plain(self).astype(dtype)
        return self if dtype == self.dtype else _recorded(ops.cast, self, dtype=dtype)

    def copy(self, order: str = "C") -> "Recorded":
        """Returns the array itself: nothing writes into a recorded array."""
        return self

    def clip(self, low: Any = None, high: Any = None) -> "Recorded":
        """Returns the entries, held between two bounds."""
        return _recorded(ops.clamp, self, low, high)

    def take(self, indices: Any, axis: int | None = None) -> "Recorded":
        """Returns entries along an axis."""
        x = self.reshape(-1) if axis is None else self
        return x[(*(slice(None),) * ((axis or 0) % x.ndim), np.asarray(indices))]

    def item(self) -> Any:
        """Returns the only entry as a number."""
        return self.tensor._array.item()

    def any(self, *args: Any, **options: Any) -> Any:
        """Returns whether an entry is not zero."""
        return plain(self).any(*args, **options)

    def all(self, *args: Any, **options: Any) -> Any:
        """Returns whether all entries are not zero."""
        return plain(self).all(*args, **options)

    def argmax(self, *args: Any, **options: Any) -> Any:
        """Returns the places of the largest entries."""
        return plain(self).argmax(*args, **options)

    def argmin(self, *args: Any, **options: Any) -> Any:
        """Returns the places of the smallest entries."""
        return plain(self).argmin(*args, **options)

    def argsort(self, *args: Any, **options: Any) -> Any:
        """Returns the places in ascending order."""
        return plain(self).argsort(*args, **options)


# --- from and to tensors ---------------------------------------------------------------------


def plain(x: Any) -> Any:
    """Returns the values without their place on the tape."""
    return x.tensor._array if isinstance(x, Recorded) else x


def _plain_tree(x: Any) -> Any:
    if isinstance(x, (tuple, list)):
        return type(x)(map(_plain_tree, x))
    if isinstance(x, dict):
        return {key: _plain_tree(value) for key, value in x.items()}
    return plain(x)


def _tensor(x: Any) -> Any:
    """Returns what `apply` takes: a Tensor, a number, or an array, which is a constant."""
    if isinstance(x, Recorded):
        return x.tensor
    return np.asarray(x) if isinstance(x, (np.generic, list)) else x


def _recorded(rule: Any, *inputs: Any, **options: Any) -> Recorded:
    """Runs a rule on recorded arrays."""
    return Recorded(apply(rule, *map(_tensor, inputs), **options))


def _as_tuple(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def _axes(axis: Any, ndim: int) -> tuple[int, ...] | None:
    """Returns the axes as numbers from 0; None means all."""
    if axis is None or ndim == 0:
        return None
    axes: Sequence[Any] = (axis,) if isinstance(axis, (int, np.integer)) else axis
    return tuple(int(a) % ndim for a in axes)


# --- NumPy's functions -----------------------------------------------------------------------


def _by(rule: Any, *, numbers: bool = False) -> Callable[..., Recorded]:
    """Returns the function of a rule. `numbers`: whether its second operand can be a number."""

    def function(first: Any, *rest: Any) -> Recorded:
        if numbers and type(rest[0]) in NUMBER:
            return _recorded(rule, first, rest[0])
        return _recorded(rule, *_same_dtype((first, *rest)))

    return function


def _same_dtype(inputs: Sequence[Any]) -> list[Any]:
    """Returns arrays of the common dtype, as NumPy has them and rules expect them."""
    dtype = np.result_type(*map(plain, inputs))
    return [
        x.astype(dtype, copy=False) if hasattr(x, "astype") else np.asarray(x, dtype)
        for x in inputs
    ]


def _where(condition: Any, a: Any, b: Any) -> Any:
    if not isinstance(a, Recorded) and not isinstance(b, Recorded):
        return np.where(plain(condition), a, b)
    return _recorded(ops.where, plain(condition), *_same_dtype((a, b)))


def _concatenate(parts: Sequence[Any], axis: int = 0) -> Recorded:
    parts = _same_dtype([np.asarray(x) if isinstance(x, list) else x for x in parts])
    return _recorded(ops.cat, *parts, dim=axis % parts[0].ndim)


def _stack(parts: Sequence[Any], axis: int = 0) -> Recorded:
    parts = _same_dtype(list(parts))
    return _recorded(ops.stack, *parts, dim=axis % (parts[0].ndim + 1))


def _expand_dims(x: Recorded, axis: Any) -> Recorded:
    return x.reshape(np.expand_dims(np.empty(x.shape, bool), axis).shape)


def _moveaxis(x: Recorded, source: Any, target: Any) -> Recorded:
    numbered = np.empty(range(x.ndim), bool)  # each axis has its number as its size
    return x.transpose(*np.moveaxis(numbered, source, target).shape)


def _flip(x: Recorded, axis: Any = None) -> Recorded:
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    return _recorded(ops.flip, x, dims=tuple(a % x.ndim for a in axes))


def _take_along_axis(x: Any, indices: Any, axis: int) -> Any:
    shape = np.broadcast_shapes(
        tuple(1 if i == axis % x.ndim else n for i, n in enumerate(x.shape)),
        tuple(1 if i == axis % x.ndim else n for i, n in enumerate(np.shape(indices))),
    )
    where = [
        np.arange(n).reshape([-1 if j == i else 1 for j in range(x.ndim)])
        for i, n in enumerate(shape)
    ]
    where[axis % x.ndim] = plain(indices)
    return x[tuple(where)]


def _split(x: Recorded, sections: Any, axis: int = 0) -> list[Recorded]:
    sizes = [part.shape[axis] for part in np.split(plain(x), sections, axis)]
    parts = apply_several(ops.split, x.tensor, sizes=tuple(sizes), dim=axis % x.ndim)
    return [Recorded(part) for part in parts]


def _einsum(equation: str, *operands: Any, optimize: Any = None) -> Recorded:
    return _recorded(ops.einsum, *_same_dtype(operands), equation=equation)


def _cumulative(rule: Any) -> Callable[..., Recorded]:
    def function(x: Recorded, axis: int | None = None) -> Recorded:
        x = x.reshape(-1) if axis is None else x
        return _recorded(rule, x, dim=(axis or 0) % x.ndim)

    return function


def _add_at(shape: Any, index: Any, values: Any) -> Recorded:
    zeros, where = np.zeros(shape, values.dtype), _as_tuple(index)
    return _recorded(ops.index_add, zeros, _repeated(values, zeros, where), where=where)


def _repeated(values: Any, x: Any, where: Any) -> Any:
    """Returns the values in the shape of x[where]."""
    shape = np.broadcast_to(np.empty((), bool), x.shape)[where].shape
    return values if np.shape(plain(values)) == shape else _broadcast_to(values, shape)


def _put_at(x: Any, index: Any, values: Any) -> Recorded:
    v = values if isinstance(values, Recorded) else np.asarray(values, x.dtype)
    return _recorded(ops.index_put, x, v, where=_as_tuple(index))


def _broadcast_to(x: Any, shape: Any) -> Recorded:
    return _recorded(ops.expand, x, shape=tuple(shape) if not isinstance(shape, int) else (shape,))


def _straight(x: Any, value: Any) -> tuple[Any, Any]:
    """y = value, x̄ = ȳ"""
    return value, lambda dy: (dy, None)


def _block(rows: Sequence[Sequence[Any]]) -> Recorded:
    return _concatenate([_concatenate(row, -1) for row in rows], -2)


def _window(memory: Recorded, offset: int, shape: Any, strides: Any) -> Recorded:
    return _recorded(
        ops.read_window, memory, order=(0,), offset=offset, shape=shape, strides=strides
    )


def _power(a: Any, b: Any) -> Recorded:
    if isinstance(b, (np.ndarray, np.generic)) and np.ndim(b) == 0:
        b = float(b)
    if type(b) in NUMBER:
        return _recorded(ops.pow, a, b)
    return _recorded(ops.pow, *_same_dtype((a, b)))


def _repeat(x: Recorded, repeats: Any, axis: int | None = None) -> Recorded:
    x = x.reshape(-1) if axis is None else x
    axis = (axis or 0) % x.ndim
    return x.take(np.repeat(np.arange(x.shape[axis]), repeats), axis)


def _tile(x: Recorded, repeats: Any) -> Recorded:
    sizes = (repeats,) if isinstance(repeats, int) else tuple(repeats)
    return _recorded(ops.repeat, x, repeats=(1,) * (x.ndim - len(sizes)) + sizes)


def _roll(x: Recorded, shift: Any, axis: Any = None) -> Recorded:
    shifts = (shift,) if isinstance(shift, (int, np.integer)) else tuple(shift)
    dims = None if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    return _recorded(ops.roll, x, shifts=shifts, dims=dims)


def _pad(x: Recorded, widths: Any, **_: Any) -> Recorded:
    return _recorded(ops.pad, x, widths=tuple(tuple(pair) for pair in widths))


def _sliding_window_view(
    x: Recorded, window_shape: int, axis: int, *, writeable: bool = False
) -> Recorded:
    return _recorded(ops.sliding_windows, x, dim=axis % x.ndim, size=window_shape, step=1)


def _sort(x: Recorded, axis: int = -1) -> Any:
    return _take_along_axis(x, plain(x).argsort(axis), axis)


def _diagonal(x: Recorded, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Recorded:
    return _recorded(ops.diagonal, x, offset=offset, dim1=axis1 % x.ndim, dim2=axis2 % x.ndim)


UFUNCS: dict[Any, Callable[..., Any]] = {
    np.add: _by(ops.add, numbers=True),
    np.subtract: _by(ops.sub, numbers=True),
    np.multiply: _by(ops.mul, numbers=True),
    np.divide: _by(ops.div, numbers=True),
    np.power: _power,
    np.negative: _by(ops.neg),
    np.positive: lambda x: x,
    np.matmul: _by(ops.matmul),
    np.maximum: _by(ops.maximum),
    np.minimum: _by(ops.minimum),
    np.hypot: _by(ops.hypot),
    np.logaddexp: _by(ops.logaddexp),
    np.fmod: _by(ops.fmod),
    np.remainder: _by(ops.remainder),
    np.copysign: _by(ops.copysign),
    np.ldexp: lambda x, n: x * np.ldexp(np.ones((), x.dtype), plain(n)),
    np.absolute: _by(ops.abs),
    np.arctan2: _by(ops.atan2),
    np.arctan: _by(ops.atan),
    np.arcsin: _by(ops.asin),
    np.arccos: _by(ops.acos),
    np.arctanh: _by(ops.atanh),
    np.arcsinh: _by(ops.asinh),
    np.arccosh: _by(ops.acosh),
    np.conjugate: lambda x: x,
    **{
        getattr(np, name): _by(getattr(ops, name))
        for name in (
            *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "square"),
            *("reciprocal", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
        )
    },
}

ACCUMULATED = {np.add: _cumulative(ops.cumsum), np.multiply: _cumulative(ops.cumprod)}

# Functions whose results have no derivative, or zero: they work on the values.
PLAIN: set[Any] = {
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.isnan, np.isinf, np.isfinite, np.signbit, np.sign, np.floor, np.ceil, np.trunc, np.rint,
    np.floor_divide, np.logical_and, np.logical_or, np.logical_not, np.frexp,
    np.argmax, np.argmin, np.argsort, np.any, np.all, np.count_nonzero, np.nonzero,
    np.flatnonzero, np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.result_type,
    np.iscomplexobj, np.isrealobj, np.shape, np.ndim, np.size, np.lexsort, np.partition,
    np.array_equal, np.may_share_memory, np.shares_memory, np.round,
}  # fmt: skip

FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.real: lambda x: x,
    np.imag: lambda x: x.imag,
    np.where: _where,
    np.sum: lambda x, axis=None, keepdims=False, **_: x.sum(axis, keepdims=keepdims),
    np.mean: lambda x, axis=None, keepdims=False: x.mean(axis, keepdims=keepdims),
    np.max: lambda x, axis=None, keepdims=False: x.max(axis, keepdims=keepdims),
    np.min: lambda x, axis=None, keepdims=False: x.min(axis, keepdims=keepdims),
    np.prod: lambda x, axis=None, keepdims=False: x.prod(axis, keepdims=keepdims),
    sliding_window_view: _sliding_window_view,
    error_function: lambda x: _recorded(ops.erf, x),
    np.reshape: lambda x, shape: x.reshape(shape),
    np.transpose: lambda x, axes=None: x.transpose(*(axes or ())),
    np.swapaxes: lambda x, a, b: x.swapaxes(a, b),
    np.squeeze: lambda x, axis=None: x.squeeze(axis),
    np.moveaxis: _moveaxis,
    np.expand_dims: _expand_dims,
    np.broadcast_to: _broadcast_to,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.split: _split,
    np.einsum: _einsum,
    np.flip: _flip,
    np.roll: _roll,
    np.pad: _pad,
    np.tile: _tile,
    np.repeat: _repeat,
    np.take: lambda x, indices, axis=None: x.take(indices, axis),
    np.take_along_axis: _take_along_axis,
    np.cumsum: ACCUMULATED[np.add],
    np.cumprod: ACCUMULATED[np.multiply],
    np.clip: lambda x, low=None, high=None: x.clip(low, high),
    np.tril: lambda x, k=0: _recorded(ops.tril, x, diagonal=k),
    np.triu: lambda x, k=0: _recorded(ops.triu, x, diagonal=k),
    np.diagonal: _diagonal,
    np.sinc: lambda x: _recorded(ops.sinc, x),
    np.sort: _sort,
    np.copy: lambda x: x,
    np.linalg.solve: lambda a, b: _recorded(ops.solve, a, b),
    primitives.add_at: _add_at,
    primitives.put_at: _put_at,
    primitives.copy_as: lambda x, dtype, strides: x.astype(dtype),
    primitives.writable_as: lambda view, x: view,
    primitives.window: _window,
    primitives.straight_through: lambda x, value: _recorded(_straight, x, plain(value)),
    np.block: _block,
}
