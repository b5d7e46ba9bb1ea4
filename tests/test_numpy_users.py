"""NumPy's dtypes, arrays and numbers as arguments; complex values are refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn

SPELLINGS = [np.float64, np.dtype("float64"), "float64", "double", float]


@pytest.mark.parametrize("dtype", SPELLINGS)
def test_a_dtype_of_numpys_counts_as_refnets(dtype: Any) -> None:
    for made in (
        refnet.tensor([1.0], dtype=dtype),
        refnet.zeros(1, dtype=dtype),
        refnet.ones(1).to(dtype),
        refnet.ones(1).type(dtype),
        refnet.ones(2).sum(dtype=dtype),
        refnet.ones(2).softmax(0, dtype=dtype),
        refnet.ones(1).new_zeros(1, dtype=dtype),
        nn.Linear(1, 1, dtype=dtype).weight,
        nn.Linear(1, 1).to(dtype).weight,
        nn.Linear(1, 1).type(dtype).weight,
        nn.LazyLinear(1, dtype=dtype).weight,
    ):
        assert made.dtype is refnet.float64


@pytest.mark.parametrize(
    "dtype", ["float65", np.uint16, np.dtype("U3"), ">f8", np.floating, np.integer, str, object, 3]
)
def test_a_dtype_without_a_counterpart_is_refused(dtype: Any) -> None:
    with pytest.raises(TypeError, match=r"expected a dtype of refnet or NumPy \(float16, "):
        refnet.zeros(1, dtype=dtype)


def test_a_dtype_that_equals_another_has_its_hash() -> None:
    assert refnet.float64 == np.dtype("float64")
    assert np.dtype("float64") == refnet.float64
    assert {refnet.float64: 1}[np.dtype("float64")] == 1
    assert refnet.float64 != np.float64  # a type, as in PyTorch
    assert refnet.float64 != refnet.float32
    assert len({refnet.half, refnet.float16, refnet.float32}) == 2


def test_the_default_dtype_may_be_numpys() -> None:
    try:
        refnet.set_default_dtype(np.float64)
        assert refnet.get_default_dtype() is refnet.float64
    finally:
        refnet.set_default_dtype(refnet.float32)
    with pytest.raises(TypeError, match="only floating-point types"):
        refnet.set_default_dtype(int)


def test_a_state_dict_may_hold_arrays() -> None:
    m = nn.Linear(2, 1)
    weight = m.weight
    m.load_state_dict({"weight": np.ones((1, 2)), "bias": np.zeros(1, np.float32)})
    assert m.weight is weight
    assert weight.tolist() == [[1.0, 1.0]]
    with pytest.raises(RuntimeError, match="size mismatch for weight"):
        m.load_state_dict({"weight": np.ones(2), "bias": np.zeros(1)})
    for wrong in (np.array([[1j, 0]]), np.array([["a", "b"]]), [[1.0, 2.0]]):
        with pytest.raises(RuntimeError, match='the parameter named "weight", expected a Tensor'):
            m.load_state_dict({"weight": wrong, "bias": np.zeros(1)})
    assert weight.tolist() == [[1.0, 1.0]]


def test_sizes_dimensions_and_indices_may_be_numpys() -> None:
    one, two = np.int64(1), np.int64(2)
    x = refnet.zeros(two, np.int32(3))
    assert x.sum(one).shape == (2,)
    assert x.unsqueeze(np.int64(0)).squeeze(np.int64(0)).shape == (2, 3)
    assert x.amax(one).shape == (2,)
    assert x[one, np.int64(0) : two : one].shape == (2,)
    assert x[np.array([0, 1]), np.array([True, False, True])].shape == (2,)
    assert refnet.full((1,), two).dtype is refnet.int64
    assert refnet.full((1,), np.float64(2)).dtype is refnet.float32


# --- complex values ------------------------------------------------------------------------------

X = refnet.ones(2)
MASK = refnet.tensor([True, False])
ARRAY = np.array([3 + 4j, 0])

COMPLEX: dict[str, Callable[[], Any]] = {
    "tensor": lambda: refnet.tensor([3 + 4j]),
    "tensor of NumPy's": lambda: refnet.tensor([np.complex64(1j)]),
    "tensor cast": lambda: refnet.tensor([3 + 4j], dtype=refnet.float32),
    "as_tensor": lambda: refnet.as_tensor(ARRAY),
    "asarray": lambda: refnet.asarray(1j),
    "from_numpy": lambda: refnet.from_numpy(ARRAY),
    "Tensor": lambda: refnet.Tensor([1j]),
    "LongTensor": lambda: refnet.LongTensor([1j]),
    "new_tensor": lambda: X.new_tensor([1j]),
    "full": lambda: refnet.full((1,), 1j),
    "full cast": lambda: refnet.full((1,), np.complex128(1j), dtype=refnet.float32),
    "full_like": lambda: refnet.full_like(X, 1j),
    "scalar_tensor": lambda: refnet.scalar_tensor(1j),
    "zeros": lambda: refnet.zeros(1, dtype=refnet.complex64),
    "to": lambda: X.to(refnet.complex64),
    "to complex": lambda: X.to(complex),
    "type": lambda: X.type(np.complex64),
    "sum": lambda: X.sum(dtype=refnet.complex128),
    "Module.to": lambda: nn.Linear(1, 1).to(refnet.complex64),
    "Linear": lambda: nn.Linear(1, 1, dtype="complex64"),
    "LazyLinear": lambda: nn.LazyLinear(1, dtype=refnet.complex64),
    "x + 1j": lambda: X + 1j,
    "1j * x": lambda: 1j * X,
    "x ** 1j": lambda: X**1j,
    "x += 1j": lambda: X.__iadd__(np.complex64(1j)),
    "x == 1j": lambda: X == 1j,
    "x + array": lambda: X + ARRAY,
    "array - x": lambda: ARRAY - X,
    "add(alpha)": lambda: X.add(X, alpha=1j),
    "where": lambda: refnet.where(MASK, X, 1j),
    "clamp": lambda: X.clamp(min=1j),
    "fill_": lambda: X.fill_(1j),
    "masked_fill": lambda: X.masked_fill(MASK, 1j),
    "masked_fill_ of NumPy's": lambda: X.masked_fill_(MASK, np.complex64(1j)),
    "index_fill": lambda: X.index_fill(0, refnet.tensor([0]), 1j),
    "x[0] = 1j": lambda: X.__setitem__(0, 1j),
    "x[:] = array": lambda: X.__setitem__(slice(None), ARRAY),
    "softplus": lambda: nn.functional.softplus(X, beta=1j),
    "Softplus": lambda: nn.Softplus(beta=np.complex64(1j)),
    "init": lambda: nn.init.constant_(X, 1j),
    "SGD": lambda: refnet.optim.SGD([refnet.ones(1)], lr=np.complex64(1j)),
    "np.emath.sqrt": lambda: np.add(X, 1j),
}


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_values_are_refused(name: str) -> None:
    with pytest.raises((TypeError, RuntimeError), match="complex tensors are not supported"):
        COMPLEX[name]()
    assert X.tolist() == [1.0, 1.0]


def test_complex_dtypes_can_be_compared() -> None:
    assert refnet.complex64 != refnet.float32
    assert refnet.promote_types(refnet.complex64, refnet.float64) is refnet.complex128
    assert not refnet.can_cast(refnet.complex64, refnet.float32)


def test_the_complex_step_goes_through_what_asks_for_a_tensors_dtype() -> None:
    def f(x: refnet.Tensor) -> refnet.Tensor:
        y = refnet.zeros(3, dtype=x.dtype) + refnet.ones_like(x) * x.to(x.dtype)
        return (y**3 * x.new_tensor([1.0, 2.0, 3.0])).sum()

    x = refnet.tensor([1.0, 2.0, 3.0], dtype=refnet.float64)
    _, Hv = refnet.autograd.functional.hvp(f, x, refnet.ones(3, dtype=refnet.float64))
    assert Hv.tolist() == [6.0, 24.0, 54.0]
