"""The generator without PyTorch: known values, independence, states. Parity: parity_tests."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

import refnet
from refnet.random import generator
from refnet.random.box_muller import fma
from refnet.random.generator import Generator


@pytest.fixture(autouse=True)
def _forked() -> Iterator[None]:
    with refnet.random.fork_rng():
        yield


def test_the_twister_is_the_published_one() -> None:
    """The first and the 10 000th number of seed 5489, as in the C++ standard (rand.predef)."""
    bits = Generator().manual_seed(5489).remainders((10_000,), 2**32, False)
    assert bits[0] == 3499211612
    assert bits[-1] == 4123659995


def test_values_that_pytorch_printed() -> None:
    """On an x86 processor, by PyTorch 2.13, all after manual_seed(0)."""

    def after_zero(draw: str, *args: object) -> list[float]:
        refnet.manual_seed(0)
        values: list[float] = getattr(refnet, draw)(*args).tolist()
        return values

    assert after_zero("rand", 3) == [0.49625658988952637, 0.7682217955589294, 0.08847743272781372]
    assert after_zero("randn", 2) == [1.5409960746765137, -0.293428897857666]
    assert after_zero("randn", 16)[:2] == [-1.1258398294448853, -1.152360200881958]
    assert after_zero("randint", 100, (5,)) == [44, 39, 33, 60, 63]
    assert after_zero("randperm", 8) == [4, 0, 7, 3, 2, 5, 1, 6]


def test_numpy_is_neither_used_nor_changed() -> None:
    np.random.seed(1)  # noqa: NPY002 - NumPy's global state is the subject
    before = np.random.get_state()  # noqa: NPY002
    refnet.manual_seed(2)
    a = refnet.randn(20)
    after = np.random.get_state()  # noqa: NPY002
    assert all(np.array_equal(x, y) for x, y in zip(before, after, strict=True))
    np.random.seed(3)  # noqa: NPY002
    refnet.manual_seed(2)
    assert np.array_equal(a.numpy(), refnet.randn(20).numpy())


def test_importing_refnet_does_not_import_numpy_random() -> None:
    code = "import refnet, sys; print('numpy.random' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_runs_differ_without_a_seed() -> None:
    seeds = {refnet.random.seed() for _ in range(3)}
    assert len(seeds) == 3
    assert all(0 <= s < 2**53 for s in seeds)


def test_generators_are_independent_of_each_other() -> None:
    a, b = Generator().manual_seed(1), Generator().manual_seed(1)
    first = refnet.rand(5, generator=a)
    refnet.manual_seed(1)
    refnet.rand(100)
    assert np.array_equal(first.numpy(), refnet.rand(5, generator=b).numpy())


@pytest.mark.parametrize("drawn", [0, 1, 3, 15, 16, 624, 1000])
@pytest.mark.parametrize("method", ["state", "copy", "pickle"])
def test_round_trip(drawn: int, method: str) -> None:
    g = Generator().manual_seed(4)
    refnet.randn(drawn, generator=g)
    twin = Generator()
    if method == "state":
        twin.set_state(g.get_state())
    else:
        twin = copy.deepcopy(g) if method == "copy" else pickle.loads(pickle.dumps(g))
    assert twin.initial_seed() == 4
    for size in (3, 20, 700):
        ours, theirs = refnet.randn(size, generator=g), refnet.randn(size, generator=twin)
        assert np.array_equal(ours.numpy(), theirs.numpy())


def test_fork_rng_restores_also_after_an_error() -> None:
    refnet.manual_seed(6)
    refnet.randn(3)  # leaves half a pair waiting
    expected = refnet.get_rng_state().tolist()
    with pytest.raises(RuntimeError, match="negative"), refnet.random.fork_rng():
        refnet.randn(50).view(refnet.randn(1, -1).shape)
    assert refnet.get_rng_state().tolist() == expected
    with refnet.random.fork_rng(enabled=False):
        refnet.rand(1)
    assert refnet.get_rng_state().tolist() != expected


def test_a_state_is_a_copy() -> None:
    g = Generator().manual_seed(1)
    state = g.get_state()
    before = state.tolist()
    refnet.rand(10, generator=g)
    assert state.tolist() == before


def test_a_refused_draw_leaves_the_stream_alone() -> None:
    refnet.manual_seed(7)
    before = refnet.get_rng_state().tolist()
    leaf = refnet.zeros(3, requires_grad=True)
    for method in ("uniform_", "normal_", "random_", "bernoulli_", "exponential_"):
        with pytest.raises(RuntimeError, match="leaf"):
            getattr(leaf, method)()
    with pytest.raises(RuntimeError, match="from"):
        refnet.zeros(3).uniform_(2, 1)
    assert refnet.get_rng_state().tolist() == before
    assert leaf.tolist() == [0, 0, 0]


def test_writing_is_seen_by_views_and_by_backward() -> None:
    x = refnet.zeros(4, 5)
    view = x[1]
    refnet.nn.init.ones_(x)
    assert view.tolist() == [1] * 5
    w = refnet.zeros(3, requires_grad=True)
    y = w * w
    refnet.nn.init.normal_(w)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward(refnet.tensor([0.3, -1.2, 0.8]))


def test_a_permutation_built_inside_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The branch for 2·10⁸ or more values, which was compared with PyTorch at that size by hand."""
    monkeypatch.setattr(generator, "_MANY", 10)
    monkeypatch.setattr(generator, "_AT_ONCE", 7)
    drawn = Generator().manual_seed(1).randperm(50)
    bits = Generator().manual_seed(1).remainders((50,), 2**64, True).view(np.uint64)
    expected: list[int] = []
    for i, z in enumerate(int(b) % (i + 1) for i, b in enumerate(bits)):
        expected.append(i)
        expected[i], expected[z] = expected[z], i
    assert drawn.tolist() == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fma_rounds_once(dtype: type) -> None:
    """Against exact arithmetic in fractions."""
    from fractions import Fraction

    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, 2000).astype(dtype)
    b, c = float(dtype(1 / 3)), float(dtype(-0.1))
    exact = [Fraction(float(v)) * Fraction(b) + Fraction(c) for v in x]
    computed = fma(x, b, c)
    for got, want in zip(computed, exact, strict=True):
        error = abs(Fraction(float(got)) - want)
        for other in (np.nextafter(got, dtype(-np.inf)), np.nextafter(got, dtype(np.inf))):
            assert error <= abs(Fraction(float(other)) - want)
