"""The stream of random numbers is PyTorch's, bit for bit.

Every draw runs on both libraries from one seed, in every size where the algorithm changes (pairs
below 16, blocks of 16 with and without a rest from there on), and all draws run one after the other
from one seed: one bit too many or too few then changes all later draws.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from refnet.random.generator import Generator

SEEDS = [0, 1, 2**32 - 1, 2**32 + 5, 2**64 - 1, -1, -(2**63)]
SIZES = [(), (3, 7), (2, 3, 8), *((n,) for n in (0, 1, 5, 15, 16, 17, 31, 32, 33, 100, 1000))]
FLOATS = ["float64", "float32", "float16"]
INTEGERS = ["int64", "int32", "int16", "int8", "uint8", "bool"]

# With the instructions of AVX2, PyTorch rounds as refnet does (see refnet.random.box_muller).
EXACT = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")

Draw = Callable[[Any, tuple[int, ...], str], Any]


def filled(method: str, *args: Any) -> Draw:
    """A draw into an empty tensor."""

    def draw(m: Any, size: tuple[int, ...], dtype: str) -> Any:
        return getattr(m.empty(size, dtype=getattr(m, dtype)), method)(*args)

    draw.__name__ = f"{method}{args}"
    return draw


def tensor_p(p_dtype: str) -> Draw:
    """bernoulli with a probability for each entry; the stream depends on their dtype."""

    def draw(m: Any, size: tuple[int, ...], dtype: str) -> Any:
        p = (
            m.linspace(0, 1, int(np.prod(size)), dtype=m.float32)
            .to(getattr(m, p_dtype))
            .reshape(size)
        )
        return m.empty(size, dtype=getattr(m, dtype)).bernoulli_(p)

    draw.__name__ = f"bernoulli_({p_dtype})"
    return draw


def permuted(m: Any, size: tuple[int, ...], dtype: str) -> Any:
    return m.randperm(int(np.prod(size)), dtype=getattr(m, dtype))


OF_FLOATS = [
    filled("uniform_"),
    filled("uniform_", -0.3, 0.7),
    filled("uniform_", 100.0, 101.7),
    filled("uniform_", 2.0, 2.0),
    filled("normal_"),
    filled("normal_", 0.7, 1.3),
    filled("normal_", -3.0, 0.0),
    filled("exponential_"),
    filled("exponential_", 1.7),
]
OF_ALL = [
    filled("random_"),
    filled("random_", 2),
    filled("random_", 0, None),
    filled("bernoulli_"),
    filled("bernoulli_", 0.3),
    tensor_p("float64"),
    tensor_p("float32"),
    tensor_p("float16"),
]
OF_INT64 = [
    filled("random_", low, high)
    for low, high in [(-5, 100), (0, 2**28 - 1), (0, 2**28), (-3, 2**32), (-(2**40), 2**41)]
    + [(-(2**63), 2**63 - 1), (-(2**63), None), (5, None)]
]
DRAWS = [
    *((draw, dtype) for draw in OF_FLOATS for dtype in FLOATS),
    *((draw, dtype) for draw in OF_ALL for dtype in FLOATS + INTEGERS),
    *((draw, "int64") for draw in OF_INT64),
    *((filled("random_", -(2**63), None), dtype) for dtype in ("float64", "float32")),
    *((filled("random_", -(2**24), 2**24), dtype) for dtype in ("float64", "float32")),
    *((permuted, dtype) for dtype in ("int64", "int32", "float64", "float32")),
]


def assert_same(ours: Any, theirs: Any) -> None:
    """The same shape, dtype and bits; without AVX2, floats that are close."""
    a, b = ours.numpy(), theirs.numpy()
    assert (a.shape, a.dtype) == (b.shape, b.dtype)
    if EXACT or a.dtype.kind != "f":
        assert a.tobytes() == b.tobytes(), f"largest difference {np.max(np.abs(a - b))}"
    else:
        # measured without AVX2, in shares of atol + rtol · |b|: 0.17, 0.19 and 0.015
        tol = {"float16": 2e-3, "float32": 1e-5, "float64": 1e-12}[a.dtype.name]
        np.testing.assert_allclose(a, b, rtol=tol, atol=tol)


def assert_same_place() -> None:
    """Assert that both default generators have the same state."""
    assert (
        refnet.random.get_rng_state().numpy().tobytes() == torch.get_rng_state().numpy().tobytes()
    )


def seed_both(seed: int) -> None:
    refnet.manual_seed(seed)
    torch.manual_seed(seed)


@pytest.mark.parametrize(("draw", "dtype"), DRAWS, ids=lambda x: getattr(x, "__name__", x))
def test_draw(draw: Draw, dtype: str) -> None:
    for i, size in enumerate(SIZES):
        if draw is permuted and size == ():
            continue
        seed_both(i)
        assert_same(draw(refnet, size, dtype), draw(torch, size, dtype))
        assert_same_place()


@pytest.mark.parametrize("seed", SEEDS)
def test_all_draws_in_a_row(seed: int) -> None:
    seed_both(seed)
    assert_same_place()
    plan = [(d, dtype, size) for d, dtype in DRAWS for size in SIZES if d is not permuted or size]
    order = np.random.default_rng(abs(seed)).permutation(len(plan))
    for i in order[:400]:
        draw, dtype, size = plan[i]
        assert_same(draw(refnet, size, dtype), draw(torch, size, dtype))
    assert_same_place()


def test_a_million_normal_values() -> None:
    seed_both(3)
    for dtype in ("float32", "float64"):
        size = (2**20,) if dtype == "float32" else (2**16,)
        assert_same(filled("normal_")(refnet, size, dtype), filled("normal_")(torch, size, dtype))


@pytest.mark.parametrize("n", [2, 700, 60_000])
def test_permutations(n: int) -> None:
    seed_both(n)
    assert_same(refnet.randperm(n), torch.randperm(n))


@pytest.mark.parametrize("method", ["uniform_", "normal_", "random_", "bernoulli_", "exponential_"])
@pytest.mark.parametrize("axes", [(1, 0, 2), (2, 1, 0), (2, 0, 1)])
def test_a_view_is_filled_in_the_order_of_its_memory(method: str, axes: tuple[int, ...]) -> None:
    for size in [(2, 3, 2), (3, 4, 5)]:
        views = [getattr(m.empty(size).permute(axes), method) for m in (refnet, torch)]
        seed_both(4)
        assert_same(*(fill() for fill in views))


# --- the state -----------------------------------------------------------------------------------


@pytest.mark.parametrize("drawn", [0, 1, 2, 623, 624, 625, 10_000])
@pytest.mark.parametrize("odd", [False, True])
def test_each_continues_where_the_other_stands(drawn: int, odd: bool) -> None:
    """States go both ways, also with half a pair of normal values waiting."""
    ours, theirs = Generator().manual_seed(8), torch.Generator().manual_seed(9)
    refnet.empty(drawn).uniform_(generator=ours)
    torch.empty(drawn).uniform_(generator=theirs)
    if odd:
        refnet.randn(3, generator=ours)
        torch.randn(3, generator=theirs)
    follows = Generator()
    follows.set_state(theirs.get_state())
    assert_same(follows.get_state(), theirs.get_state())
    assert_same(refnet.randn(5, generator=follows), torch.randn(5, generator=theirs))
    theirs.set_state(torch.from_numpy(ours.get_state().numpy()))
    assert_same(refnet.randn(5, generator=ours), torch.randn(5, generator=theirs))
    assert_same(refnet.rand(700, generator=ours), torch.rand(700, generator=theirs))


# --- dropout, sampling and layers ----------------------------------------------------------------


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_dropout_drops_the_same_entries(p: float) -> None:
    seed_both(5)
    for shape in [(7,), (30, 40)]:
        ours = refnet.nn.functional.dropout(refnet.ones(shape), p)
        theirs = torch.nn.functional.dropout(torch.ones(shape), p)
        assert np.array_equal(ours.numpy() != 0, theirs.numpy() != 0)
    assert_same_place()


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("shape", [(50,), (20, 30)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_multinomial(replacement: bool, shape: tuple[int, ...], dtype: str) -> None:
    w = np.random.default_rng(1).uniform(0, 1, shape).astype(dtype)
    seed_both(6)
    for n in (1, 2, 17):
        ours = refnet.multinomial(refnet.from_numpy(w), n, replacement)
        assert_same(ours, torch.multinomial(torch.from_numpy(w), n, replacement))
    assert_same_place()


@pytest.mark.parametrize("bounds", [(2**24 - 3, 2**25 - 1), (-(2**26) + 1, 2**26 + 3)])
def test_integers_where_a_float_has_gaps(bounds: tuple[int, int]) -> None:
    seed_both(7)
    with pytest.warns(UserWarning, match="skips integers"):
        ours = refnet.empty(1000).random_(*bounds)
    with pytest.warns(UserWarning, match="out of bounds"):
        theirs = torch.empty(1000).random_(*bounds)
    assert_same(ours, theirs)
