"""Python's operators: which there are, and what they give for every dtype, number and NumPy array.

Where PyTorch has a result, dtype and values are compared. It hands what it does not know to NumPy,
so `x + array` has NumPy's dtype. What it refuses there, by accident or for a gradient's sake,
refnet computes.
"""

import itertools
import operator
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import refnet

FORWARD = {
    name: getattr(operator, name)
    for name in (
        *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"),
        *("and_", "or_", "xor", "lshift", "rshift", "eq", "ne", "lt", "le", "gt", "ge"),
    )
}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
IN_PLACE = {
    name: getattr(operator, name)
    for name in (
        *("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul"),
        *("iand", "ior", "ixor", "ilshift", "irshift"),
    )
}
UNARY = {name: getattr(operator, name) for name in ("pos", "neg", "abs", "invert")} | {
    "round": round,
    "divmod": lambda x: divmod(x, 2),
    "reversed": reversed,
    "del": lambda x: operator.delitem(x, 0),
}
DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
NUMBERS = [True, 3, 2.5, -1]

# Special methods of PyTorch's tensors that refnet's do not have.
_PYTHON2 = "Python 2's name of an operator"
_OTHERS = "a protocol of PyTorch's own, or of other devices; numpy() shares the memory"
LEFT_OUT = {
    "__div__": _PYTHON2,
    "__idiv__": _PYTHON2,
    "__rdiv__": _PYTHON2,
    "__long__": _PYTHON2,
    "__nonzero__": _PYTHON2,
    "__cuda_array_interface__": _OTHERS,
    "__dlpack__": _OTHERS,
    "__dlpack_c_exchange_api__": _OTHERS,
    "__dlpack_device__": _OTHERS,
    "__torch_dispatch__": _OTHERS,
    "__torch_function__": _OTHERS,
    "__setstate__": "Python's own copies and pickles a tensor",
}


def special(cls: type) -> set[str]:
    return {name for name in dir(cls) if name[:2] == name[-2:] == "__"}


def test_every_special_method_is_there() -> None:
    missing = special(torch.Tensor) - special(refnet.Tensor)
    assert sorted(missing) == sorted(LEFT_OUT)
    inherited = {
        name
        for name in special(torch.Tensor) & special(refnet.Tensor)
        if getattr(refnet.Tensor, name) is getattr(object, name, None)
        and getattr(torch.Tensor, name) is not getattr(object, name, None)
    }
    assert inherited <= {"__class__", "__hash__", "__new__", "__reduce_ex__"}


def values(dtype: str, seed: int, shape: tuple[int, ...] = (6,)) -> np.ndarray:
    low = 0 if dtype in ("bool", "uint8") else -3
    return np.random.default_rng(seed).integers(low, 5, shape).astype(dtype)


Outcome = tuple[str, Any]  # the dtype of a result and its values; of an error its type, and None


def outcome(f: Callable[..., Any], *args: Any) -> Outcome:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NaN as an integer; NumPy's of PyTorch's __array_wrap__
        try:
            y = f(*args)
        except (TypeError, RuntimeError, ValueError) as error:
            plain = next(t for t in type(error).__mro__ if t.__module__ == "builtins")
            return plain.__name__, None
    if isinstance(y, (torch.Tensor, refnet.Tensor)):
        return str(y.dtype).rpartition(".")[2], y.detach().numpy()
    return (str(y.dtype), y) if isinstance(y, (np.ndarray, np.generic)) else (type(y).__name__, y)


def compare(ours: Outcome, theirs: Outcome, what: Any) -> None:
    either = {"RuntimeError", "NotImplementedError"}  # of which one is the other
    assert ours[0] == theirs[0] or {ours[0], theirs[0]} == either, f"{what}: {ours} {theirs}"
    if theirs[1] is not None:
        # an ulp was measured: 5.9e-4 in float16 (quotients), 1.0e-7 in float32 (powers)
        rounding = {"float16": 1e-3, "float32": 5e-7, "float64": 1e-15}.get(ours[0], 0)
        np.testing.assert_allclose(ours[1], theirs[1], rtol=rounding, atol=0, err_msg=str(what))


def compare_libraries(f: Callable[..., Any], what: Any) -> None:
    """f(library) on both."""
    compare(outcome(f, refnet), outcome(f, torch), what)


@pytest.mark.parametrize("number", [*NUMBERS, np.float64(2), np.float32(0.5), np.int64(3)])
@pytest.mark.parametrize("name", FORWARD)
def test_with_numbers_on_both_sides(name: str, number: Any) -> None:
    f = FORWARD[name]
    for dtype in DTYPES:
        if dtype == "uint8" and number == -1:
            continue  # test_promotion.py has integers that the dtype does not hold
        a = values(dtype, 1)
        compare_libraries(lambda m, a=a: f(m.tensor(a), number), f"{dtype} {name} {number!r}")
        compare_libraries(lambda m, a=a: f(number, m.tensor(a)), f"{number!r} {name} {dtype}")


@pytest.mark.parametrize("name", FORWARD)
def test_with_tensors(name: str) -> None:
    f = FORWARD[name]
    for first, second in itertools.product(DTYPES, DTYPES):
        a, b = values(first, 1), values(second, 2)
        compare_libraries(lambda m, a=a, b=b: f(m.tensor(a), m.tensor(b)), (first, name, second))


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name: str) -> None:
    def run(m: Any, a: np.ndarray, other: Any) -> Any:
        x = kept = m.tensor(a)
        x = IN_PLACE[name](x, m.tensor(other) if isinstance(other, np.ndarray) else other)
        assert (x is kept) == (name != "imatmul")
        return x

    for dtype in DTYPES:
        a = values(dtype, 1)
        for other in (*NUMBERS, *(values(d, 2) for d in DTYPES)):
            kind = getattr(other, "dtype", other)
            if (dtype, str(kind)) == ("uint8", "-1"):
                continue  # see above
            compare_libraries(lambda m, a=a, b=other: run(m, a, b), (dtype, name, kind))


@pytest.mark.parametrize("name", UNARY)
def test_of_one_operand(name: str) -> None:
    for dtype, shape in itertools.product(DTYPES, [(3,), ()]):
        a = values(dtype, 1, shape)
        compare_libraries(lambda m, a=a: UNARY[name](m.tensor(a)), (name, dtype, shape))


# --- NumPy's arrays ------------------------------------------------------------------------------


def numpys(f: Callable[..., Any], a: np.ndarray, b: np.ndarray) -> Outcome:
    """What NumPy has for arrays; where that is a dtype that is not PyTorch's, nothing to compare."""
    return outcome(lambda: torch.from_numpy(np.asarray(f(a, b))))


@pytest.mark.parametrize("name", FORWARD)
def test_with_arrays_on_both_sides(name: str) -> None:
    f = FORWARD[name]
    shapes = [((2, 3), (3,)), ((3,), ()), ((), (3,))]
    for first, second, (left, right) in itertools.product(DTYPES, DTYPES, shapes):
        a, b = values(first, 1, left), values(second, 2, right)
        what = (first, name, second, left, right)
        if name == "matmul" and first == second == "bool":
            continue  # NumPy multiplies them, and refnet, like PyTorch's tensors, does not
        theirs = outcome(f, torch.tensor(a), b)
        if theirs[0] == "uint8" and name != "eq" and numpys(f, a, b)[0] == "bool":
            theirs = numpys(f, a, b)  # "Workaround, torch has no built-in bool tensor"
        if name in COMPARISONS:  # PyTorch refuses them, and its x != array compares the objects
            assert theirs[0] in ("bool", "TypeError"), what
            theirs = numpys(f, a, b)
        for ours, expected in (
            (outcome(f, refnet.tensor(a), b), theirs),
            (outcome(f, b, refnet.tensor(a)), numpys(f, b, a)),
        ):
            by_zero = name in ("floordiv", "mod") and ours[0] == "RuntimeError"  # NumPy warns
            below_zero = name == "pow" and expected[0] == "ValueError"  # which PyTorch's pow takes
            if not by_zero and not below_zero and (expected[1] is not None or ours[1] is not None):
                compare(ours, expected, what)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow", "mod", "matmul"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_gradient_goes_through_an_operation_with_an_array(name: str, mirrored: bool) -> None:
    rng = np.random.default_rng(0)
    a, b, dy = rng.uniform(0.5, 2, (3, 3)), rng.uniform(0.5, 2, (3, 3)), rng.normal(size=(3, 3))
    f = FORWARD[name]
    x, t = refnet.tensor(a, requires_grad=True), torch.tensor(a, requires_grad=True)
    y = f(b, x) if mirrored else f(x, b)
    z = f(torch.tensor(b), t) if mirrored else f(t, torch.tensor(b))
    y.backward(refnet.tensor(dy))
    z.backward(torch.tensor(dy))
    np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy(), rtol=1e-12)


def test_in_place_with_an_array_changes_the_tensor() -> None:
    """In PyTorch `x += array` is `x = x + array`, by which no other name of the tensor is meant."""
    x = kept = refnet.ones(3)
    view = x[:2]
    x += np.array([1.0, 2.0, 3.0])
    assert x is kept
    assert x.dtype is refnet.float32
    assert view.tolist() == [2.0, 3.0]
    x[0] = np.array(7.0)
    x[1:] *= np.array([2, 3])
    assert x.tolist() == [7.0, 6.0, 12.0]
    with pytest.raises(RuntimeError, match="can't be cast"):
        operator.iadd(refnet.ones(3, dtype=refnet.int64), np.ones(3))
    with pytest.raises(RuntimeError, match="leaf"):
        operator.iadd(refnet.ones(3, requires_grad=True), np.ones(3))


UFUNCS = ["exp", "negative", "sqrt", "isnan", "floor", "add", "maximum", "arctan2", "less"]


@pytest.mark.parametrize("name", UFUNCS)
@pytest.mark.parametrize("dtype", ["int64", "float32", "float64"])
def test_numpys_functions_give_tensors(name: str, dtype: str) -> None:
    ufunc = getattr(np, name)
    a = np.array([1, 2, 3], dtype)

    def run(m: Any, other: Any) -> Any:
        x = m.tensor(a)
        y = ufunc(x) if ufunc.nin == 1 else ufunc(x, x if other is None else other)
        return y.bool() if y.dtype == m.uint8 else y  # PyTorch's workaround, as above

    for other in (None, np.ones(3), 2):
        compare_libraries(lambda m, other=other: run(m, other), (name, dtype, other))
    with pytest.raises(RuntimeError, match="requires grad"):
        ufunc(*[refnet.ones(3, requires_grad=True)] * ufunc.nin)


@pytest.mark.parametrize("m", [refnet, torch])
def test_numpys_functions_of_several_arrays(m: Any) -> None:
    joined = np.concatenate([m.tensor([1.0, 2.0]), m.ones(1)])
    assert isinstance(joined, np.ndarray)
    assert joined.dtype == np.float32
    with pytest.raises(RuntimeError, match="requires grad"):
        np.concatenate([m.ones(1), m.ones(2, requires_grad=True)])


# --- other operands ------------------------------------------------------------------------------


class Other:
    """An operand that knows what to do with a tensor."""

    def __radd__(self, other: Any) -> str:
        return "asked"

    __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = __radd__
    __rmatmul__ = __rand__ = __ror__ = __rxor__ = __rlshift__ = __rrshift__ = __radd__
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __radd__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("name", FORWARD)
def test_another_operand_is_asked(name: str) -> None:
    for m in (refnet, torch):
        x = m.tensor([1, 2])
        assert FORWARD[name](x, Other()) == "asked"
        for unknown in (None, "a", [1, 2], object()):
            theirs = ("bool", name == "ne") if name in ("eq", "ne") else ("TypeError", None)
            assert outcome(FORWARD[name], x, unknown) == theirs
