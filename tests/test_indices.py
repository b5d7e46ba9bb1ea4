"""Indices and whole numbers are int64, also on platforms where NumPy's integers have 32 bits.

There, arrays of Python integers, the indices that np.argsort, np.nonzero and others return, and
sums of booleans are int32, and np.repeat refuses counts in int64. The fixture `narrow` makes
NumPy's functions behave so. It cannot change the methods of arrays or `int` as a dtype; the last
test forbids that dtype.
"""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn

ROOT = Path(refnet.__file__).parent
F = nn.functional
FINDING = (  # NumPy's functions that return indices or counts
    *("argmax", "argmin", "argsort", "argwhere", "bincount", "count_nonzero", "flatnonzero"),
    *("indices", "lexsort", "nonzero", "searchsorted", "tril_indices", "triu_indices", "unique"),
    *("unravel_index", "where"),
)
MAKING = ("arange", "array", "asarray", "cumsum", "diff", "full", "repeat", "sum")

x = refnet.tensor([[3.0, 1.0, 2.0], [1.0, 1.0, 5.0]])
i = refnet.tensor([2, 0, 2], dtype=refnet.int64)
image = refnet.arange(64, dtype=refnet.float32).reshape(1, 4, 4, 4)

CALLS: dict[str, Callable[[], Any]] = {
    "tensor": lambda: refnet.tensor([0, 1]),
    "tensor of a number": lambda: refnet.tensor(3),
    "tensor of nested lists": lambda: refnet.tensor([[1, refnet.tensor(2)], [True, 3]]),
    "as_tensor": lambda: refnet.as_tensor([1, 2]),
    "asarray": lambda: refnet.asarray([1, 2]),
    "full": lambda: refnet.full((2,), 7),
    "arange": lambda: refnet.arange(3),
    "arange of a float end": lambda: refnet.arange(0.0, 3.0, dtype=refnet.int64),
    "linspace": lambda: refnet.linspace(0, 3, 4, dtype=refnet.int64),
    "logspace": lambda: refnet.logspace(0, 3, 4, dtype=refnet.int64),
    "tril_indices": lambda: refnet.tril_indices(2, 3),
    "triu_indices": lambda: refnet.triu_indices(2, 3),
    "cartesian_prod": lambda: refnet.cartesian_prod(i, i),
    "LongTensor": lambda: refnet.LongTensor([1, 2]),
    "argmax": lambda: (x.argmax(), x.argmax(1), x.argmax(1, keepdim=True)),
    "argmin": lambda: (x.argmin(), x.argmin(0)),
    "argsort": lambda: (x.argsort(), x.argsort(0, descending=True)),
    "sort": lambda: (x.sort().indices, x.sort(0, descending=True).indices),
    "msort": lambda: refnet.msort(i),
    "topk": lambda: (x.topk(2).indices, x.topk(2, largest=False).indices),
    "kthvalue": lambda: (x.kthvalue(2).indices, x.kthvalue(1, keepdim=True).indices),
    "median": lambda: x.median(1).indices,
    "mode": lambda: x.mode(1).indices,
    "max": lambda: x.max(1).indices,
    "min": lambda: x.min(0, keepdim=True).indices,
    "cummax": lambda: x.cummax(1).indices,
    "cummin": lambda: x.cummin(0).indices,
    "of a 0-d tensor": lambda: (x[0, 0].sort().indices, x[0, 0].max(0).indices, x[0, 0].argmax()),
    "nonzero": lambda: (x.nonzero(), x.nonzero(as_tuple=True), x[0, 0].nonzero()),
    "argwhere": lambda: x.argwhere(),
    "where": lambda: refnet.where(x > 1),
    "count_nonzero": lambda: (x.count_nonzero(), x.count_nonzero(1)),
    "unique": lambda: x.unique(return_inverse=True, return_counts=True)[1:],
    "unique along a dim": lambda: x.unique(dim=1, return_inverse=True, return_counts=True)[1:],
    "unique_consecutive": lambda: (
        x.unique_consecutive(return_inverse=True, return_counts=True)[1:],
        x.unique_consecutive(dim=0, return_inverse=True, return_counts=True)[1:],
    ),
    "searchsorted": lambda: (refnet.searchsorted(i, i), refnet.searchsorted(i, 1)),
    "searchsorted of rows": lambda: refnet.searchsorted(x, x),
    "bucketize": lambda: refnet.bucketize(x, refnet.tensor([1.0, 2.0])),
    "bincount": lambda: refnet.bincount(i),
    "one_hot": lambda: (F.one_hot(i), F.one_hot(i, 4)),
    "repeat_interleave": lambda: (refnet.repeat_interleave(i), refnet.repeat_interleave(i, i)),
    "randperm": lambda: refnet.randperm(5),
    "randint": lambda: (refnet.randint(3, (4,)), refnet.randint(2**40, (4,))),
    "multinomial": lambda: (
        refnet.multinomial(x, 2),
        refnet.multinomial(x, 4, replacement=True),
        refnet.multinomial(x, 1),
    ),
    "sums of booleans": lambda: ((x > 1).sum(), (x > 1).sum(0), (x > 1).cumsum(1), (x > 1).prod()),
    "sums of integers": lambda: (i.int().sum(), i.byte().cumsum(0), i.char().cumprod(0), i.prod()),
    "nansum": lambda: i.short().nansum(),
    "sum_to_size": lambda: (x > 1).sum_to_size(1, 3),
    "einsum": lambda: refnet.einsum("ij->", x > 1),
    "trace": lambda: i.int().reshape(1, 3).trace(),
    "vander": lambda: refnet.vander(i.int(), 0),
    "with a Python number": lambda: (i + 1, i * 2**40, i // 2, i % 2, 2**i, i.clamp(1, 2), i & 1),
    "where of Python numbers": lambda: refnet.where(x > 1, 1, 2),
    "masked_fill": lambda: i.masked_fill(i > 1, 2**40),
    "square of booleans": lambda: (x > 1).square(),
    "max_pool1d": lambda: F.max_pool1d(x[None], 2, return_indices=True)[1],
    "max_pool2d": lambda: F.max_pool2d(image, 2, return_indices=True)[1],
    "max_pool3d": lambda: F.max_pool3d(image, 2, return_indices=True)[1],
    "adaptive_max_pool1d": lambda: F.adaptive_max_pool1d(x[None], 2, return_indices=True)[1],
    "adaptive_max_pool2d": lambda: F.adaptive_max_pool2d(image, (2, 3), return_indices=True)[1],
    "adaptive_max_pool3d": lambda: F.adaptive_max_pool3d(image, 2, return_indices=True)[1],
    "fractional_max_pool2d": lambda: F.fractional_max_pool2d(image, 2, 2, return_indices=True)[1],
    "fractional_max_pool3d": lambda: F.fractional_max_pool3d(image, 2, 2, return_indices=True)[1],
    "pack_padded_sequence": lambda: packed()[1:],
    "pad_packed_sequence": lambda: nn.utils.rnn.pad_packed_sequence(packed())[1],
    "invert_permutation": lambda: nn.utils.rnn.invert_permutation(refnet.tensor([1, 0, 2])),
    "AdaptiveLogSoftmaxWithLoss": lambda: adaptive_softmax().predict(x),
}


def packed() -> Any:
    return nn.utils.rnn.pack_padded_sequence(x.reshape(3, 2, 1), [2, 3], enforce_sorted=False)


def adaptive_softmax() -> nn.AdaptiveLogSoftmaxWithLoss:
    layer = nn.AdaptiveLogSoftmaxWithLoss(3, 4, [2], div_value=1.0)
    layer(x, refnet.tensor([0, 3]))  # copies rows by their indices
    return layer


def narrowed(value: Any) -> Any:
    """The value with int32 for int64."""
    if isinstance(value, tuple):
        parts = map(narrowed, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype == np.int64:
        return value.astype(np.int32)
    return value


def from_python(args: Any, kwargs: Any) -> bool:
    """Whether a call has no dtype and no int64 array among its arguments."""
    given = [a for a in (*args, *kwargs.values()) if isinstance(a, (np.ndarray, np.generic))]
    named = "dtype" in kwargs or any(isinstance(a, (np.dtype, type)) for a in args)
    return not named and not any(a.dtype == np.int64 for a in given)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    def finding(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            value = function(*args, **kwargs)
            keeps = function.__name__ in ("where", "unique") and not isinstance(value, tuple)
            if function.__name__ == "unique":
                return value if keeps else (value[0], *narrowed(tuple(value[1:])))
            return value if keeps else narrowed(value)

        return call

    def making(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            value = function(*args, **kwargs)
            return narrowed(value) if from_python(args, kwargs) else value

        return call

    def counting(function: Any) -> Any:
        def call(a: Any, repeats: Any, axis: int | None = None) -> Any:
            if getattr(repeats, "dtype", None) == np.int64:
                raise TypeError("Cannot cast array data from dtype('int64') to dtype('int32')")
            return function(a, repeats, axis)

        return call

    for name in FINDING:
        monkeypatch.setattr(np, name, finding(getattr(np, name)))
    for name in MAKING:
        monkeypatch.setattr(np, name, making(getattr(np, name)))
    monkeypatch.setattr(np, "repeat", counting(np.repeat))
    monkeypatch.setattr(np, "intp", np.int32)


def dtypes_of(result: Any) -> list[str]:
    if isinstance(result, refnet.Tensor):
        return [str(result.dtype)]
    return [d for part in result for d in dtypes_of(part)]


@pytest.mark.parametrize("name", CALLS)
def test_int64(name: str) -> None:
    assert set(dtypes_of(CALLS[name]())) == {"refnet.int64"}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.usefixtures("narrow")
def test_int64_where_numpy_has_32_bits(name: str) -> None:
    assert set(dtypes_of(CALLS[name]())) == {"refnet.int64"}


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding_idx", [None, 0])
def test_bags_of_an_embedding_where_numpy_has_32_bits(mode: str, padding_idx: int | None) -> None:
    """The sizes of the bags come from offsets in int64."""
    options = {"mode": mode, "padding_idx": padding_idx}
    W = refnet.arange(6, dtype=refnet.float32).reshape(3, 2)
    y = F.embedding_bag(i, W, refnet.tensor([0, 2]), **options)
    rows = F.embedding_bag(refnet.tensor([[2, 0]]), W, **options)
    assert y.tolist() == [*rows.tolist(), W[2].tolist()]


def test_the_platform_is_narrow(narrow: None) -> None:
    """The fixture works; otherwise the test above would prove nothing."""
    assert np.argsort(np.ones(2)).dtype == np.arange(2).dtype == np.array([1]).dtype == np.int32
    assert np.arange(2, dtype=np.int64).dtype == np.int64
    assert np.nonzero(np.ones(2))[0].dtype == np.int32
    with pytest.raises(TypeError, match="Cannot cast"):
        np.repeat(np.ones(2), np.array([1, 2], np.int64))


def test_no_dtype_is_python_s_int() -> None:
    """`int` as a dtype is 32 bits on some platforms, and so are np.int_ and np.long."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("np.int_", "np.long"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            of_numpy = ast.unparse(node.func.value) == "np" and node.func.attr != "issubdtype"
            named = [k.value for k in node.keywords if k.arg == "dtype"]
            given = named + (node.args if of_numpy or node.func.attr in ("astype", "sum") else [])
            if any(isinstance(a, ast.Name) and a.id == "int" for a in given):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    assert not found
