"""The form of a parity case, and the generators of its inputs. See ../README.md.

A table is a file of this package with a list `CASES`; a case is one line of it. The same
line runs on refnet and on PyTorch, and `parity_tests/test_cases.py` compares everything.
"""

import importlib
import inspect
import math
import pkgutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

Draw = Callable[[np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Input:
    """One input: how to draw it, and whether it requires a gradient."""

    text: str
    draw: Draw
    grad: bool = True  # only floating-point inputs can have a gradient

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Case:
    """One line of a table; `case`, `method`, `functional`, `layer`, ... make them."""

    name: str  # the public name it proves, dotted below refnet: "softmax", "nn.Linear"
    run: Callable[..., Any]  # run(library, *tensors); for a layer run(library) builds it
    inputs: tuple[Input, ...]
    kind: str = "function"  # or "layer" or "error"
    call: Callable[..., Any] | None = None  # for a layer: call(layer, *tensors)
    modes: tuple[str, ...] = ("train", "eval")
    dtypes: tuple[str, ...] = ("float64", "float32", "float16")
    tol: float = 1e-12  # of the largest entry, in float64
    floor: float = 0.0  # errors are relative to at least this (for results that cancel to 0)
    ulp: float = 2.0  # how many float32 and float16 may be off beyond twice PyTorch's error
    random: bool = False  # draws random numbers: float32 and float16 are compared with PyTorch's
    init: bool = True  # a layer: its initial parameters are PyTorch's after manual_seed
    since: str = ""  # the first version of PyTorch for which it holds
    until: str = ""  # and the first one for which it does not hold any more, see versions.py
    special: bool = True  # it also runs with NaN and infinities in its inputs
    reason: str = ""  # for every option that differs from the defaults above
    source: Callable[..., Any] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        departs = (
            self.tol != 1e-12
            or self.floor
            or self.ulp != 2.0
            or not self.init
            or not self.special
            or self.dtypes != ("float64", "float32", "float16")
        )
        if departs and not self.reason:
            raise ValueError(f"{self.name}: a departure from the defaults needs reason='...'")

    @property
    def seed(self) -> int:
        """The seed of the inputs: always the same for a case, another one for each case."""
        code = self.source.__code__ if self.source is not None else None
        key = [self.name, self.inputs]
        if code is not None:
            plain = [c for c in code.co_consts if isinstance(c, (int, float, str))]
            key += [code.co_names, plain]
        return zlib.crc32(repr(key).encode())


def case(name: str, f: Callable[..., Any], *inputs: Input, **options: Any) -> Case:
    """f(m, *tensors), where m is refnet or torch."""
    return Case(name, f, inputs, source=f, **options)


def method(name: str, f: Callable[..., Any], *inputs: Input, **options: Any) -> Case:
    """f(*tensors): a method (or operator) of Tensor."""
    return Case(f"Tensor.{name}", lambda m, *xs: f(*xs), inputs, source=f, **options)


def in_place(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """f(x, *tensors) of an in-place method: a copy of x is changed and used again."""

    def f(x: Any, *more: Any) -> Any:
        y = x * 1
        z = getattr(y, name)(*more, *args, **kwargs)
        return y * 2, z is y

    return f


# Options of a case that draws random numbers and multiplies matrices.
TWO_ROUNDINGS: dict[str, Any] = {
    "ulp": 6.0,
    "reason": "float64 draws other numbers, so two float32 results are compared with each other: in "
    "five draws on three instruction sets they were up to 18 ulp apart, and 24 are allowed",
}


def functional(name: str, f: Callable[..., Any], *inputs: Input, **options: Any) -> Case:
    """f(F, *tensors), where F is refnet.nn.functional or torch.nn.functional."""
    run = lambda m, *xs: f(m.nn.functional, *xs)  # noqa: E731
    return Case(f"nn.functional.{name}", run, inputs, source=f, **options)


def layer(name: str, build: Callable[..., Any], *inputs: Input, **options: Any) -> Case:
    """build(nn), or build(nn, m) where the constructor needs tensors; called on the inputs.

    Its parameters and buffers are randomised and copied; it runs in train and eval mode. Its
    repr, its state_dict's keys and its initial parameters after manual_seed are compared too.
    """
    if len(inspect.signature(build).parameters) == 2:
        run = lambda m: build(m.nn, m)  # noqa: E731
    else:
        run = lambda m: build(m.nn)  # noqa: E731
    return Case(f"nn.{name}", run, inputs, kind="layer", source=build, **options)


def optimizer(
    name: str, make: Callable[..., Any], *inputs: Input, steps: int = 4, **options: Any
) -> Case:
    """make(optim, parameters); the loss and the parameters after each step, then the state_dict and
    the repr.

    Each input is one parameter. test_trajectories.py trains a network with the same line.
    """

    def run(m: Any, *xs: Any) -> Any:
        params = [m.nn.Parameter(x.detach().clone()) for x in xs]
        optimizer = make(m.optim, params)

        def closure() -> Any:
            optimizer.zero_grad()
            loss = sum((p * p * 0.375 + p**4 / 16).sum() for p in params)
            loss.backward()
            return loss

        history = []
        for _ in range(steps):
            loss = optimizer.step(closure)
            history.append([loss.detach(), *(p.detach().clone() for p in params)])
        return history, optimizer.state_dict(), repr(optimizer)

    return Case(f"optim.{name}", run, tuple(const(x) for x in inputs), source=make, **options)


def never_special(c: Case, reason: str) -> Case:
    """The case, without NaN and infinities in its inputs."""
    return replace(c, special=False, reason="; ".join(filter(None, [c.reason, reason])))


def raises(name: str, f: Callable[..., Any], *inputs: Input, **options: Any) -> Case:
    """f(m, *tensors) raises on both sides, refnet's error of PyTorch's type, in one line."""
    return Case(name, f, inputs, kind="error", source=f, **options)


# --- inputs: named generators -----------------------------------------------------------------


def randn(*shape: int, scale: float = 1.0) -> Input:
    """Standard normal values × scale."""
    return Input(f"randn{shape}×{scale:g}", lambda rng: scale * rng.standard_normal(shape))


def offset(*shape: int, mean: float) -> Input:
    """Standard normal values + a mean that is far from 0."""
    return Input(f"offset{shape}+{mean:g}", lambda rng: mean + rng.standard_normal(shape))


def uniform(*shape: int, low: float = -1.0, high: float = 1.0) -> Input:
    """Uniform on [low, high)."""
    return Input(f"uniform{shape}[{low:g},{high:g})", lambda rng: rng.uniform(low, high, shape))


def positive(*shape: int) -> Input:
    """Uniform on [0.5, 2): for logarithms, roots, divisors, variances."""
    return uniform(*shape, low=0.5, high=2.0)


def unit(*shape: int) -> Input:
    """Probabilities: uniform on [0.02, 0.98)."""
    return uniform(*shape, low=0.02, high=0.98)


def simplex(*shape: int) -> Input:
    """Non-negative, summing to 1 along the last axis."""
    return Input(f"simplex{shape}", lambda rng: rng.dirichlet(np.ones(shape[-1]), shape[:-1]))


def ties(*shape: int) -> Input:
    """Whole numbers from −2 to 2 as floats: many ties, many exact zeros."""
    return Input(f"ties{shape}", lambda rng: rng.integers(-2, 3, shape).astype(np.float64))


def extreme(*shape: int) -> Input:
    """A mixture of ±1e4, ±100, ±30, ±0.0, tiny and ordinary values."""
    pool = np.array([1e4, -1e4, 100.0, -100.0, 30.0, -30.0, 0.0, -0.0, 1e-30, -1e-30, 0.7, -1.3])
    return Input(f"extreme{shape}", lambda rng: _each(pool, shape, rng))


def wide(*shape: int) -> Input:
    """±10ᵘ with u uniform on [−9, 2): entries of very different sizes."""
    return Input(
        f"wide{shape}",
        lambda rng: rng.choice([-1.0, 1.0], shape) * 10 ** rng.uniform(-9, 2, shape),
    )


def special(*shape: int) -> Input:
    """A mixture of NaN, ±inf, ±0.0 and ordinary values."""
    pool = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -0.5])
    return Input(f"special{shape}", lambda rng: _each(pool, shape, rng))


def _each(pool: np.ndarray, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """The values of the pool in random order, each equally often."""
    return rng.permutation(np.resize(pool, math.prod(shape))).reshape(shape)


def values(data: Any) -> Input:
    """These values themselves; floats, integers or booleans, as NumPy reads them."""
    array = np.array(data)
    return Input(f"values{array.tolist()}", lambda rng: array.copy())


def ints(*shape: int, low: int = 0, high: int = 5) -> Input:
    """Integers (int64) from low to high − 1."""
    return Input(f"ints{shape}[{low},{high})", lambda rng: rng.integers(low, high, shape))


def permutation(n: int) -> Input:
    """0 … n−1 in random order (int64)."""
    return Input(f"permutation({n})", lambda rng: rng.permutation(n))


def bools(*shape: int, p: float = 0.5) -> Input:
    """True with probability p."""
    return Input(f"bools{shape}", lambda rng: rng.random(shape) < p)


def const(x: Input) -> Input:
    """The same input, without a gradient."""
    return replace(x, text=f"const({x.text})", grad=False)


# --- the tables -------------------------------------------------------------------------------


def all_cases() -> dict[str, Case]:
    """Every case of every table, by its identifier: the name and a number."""
    found: dict[str, Case] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        table = importlib.import_module(f"{__name__}.{info.name}")
        count: dict[str, int] = {}
        for c in table.CASES:
            count[c.name] = count.get(c.name, 0) + 1
            found[f"{info.name}/{c.name}/{count[c.name]}"] = c
    return found
