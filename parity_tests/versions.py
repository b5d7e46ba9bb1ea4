"""What PyTorch changed after 2.13, and what the suite expects of a later version.

refnet follows PyTorch 2.13. Each change has examples with their results before and since; a test
compares them with both libraries, whichever version is installed. Its amendment gives refnet the
later behaviour for the time of a with-block: with a later PyTorch the whole suite runs on the
amended refnet (conftest.py), with the same tolerances. Cases that hold for some versions only have
`since=` or `until=`.

docs/versions.md is this table as a page:
python -c "from parity_tests.versions import page; print(page(), end='')" > docs/versions.md
"""

import contextlib
import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np
import torch
from torch.torch_version import TorchVersion

import refnet
from parity_tests.cases import Case
from parity_tests.planting import Wrapper, planted
from refnet import ops
from refnet.engine.dtypes import promote
from refnet.engine.tape import apply
from refnet.functions import activation, arithmetic, grids, parts, rearranging, vector_products
from refnet.functions.nn_functional import (
    avg_pooling,
    binary_cross_entropy,
    margin_loss,
    normalization,
    rectifier,
    shrinkage,
)
from refnet.kernels.registry import active
from refnet.ops.rule import Array, Pullback, summed_to
from refnet.optim import lbfgs, swa_utils

Amendment = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Change:
    """One change of PyTorch's behaviour.

    since      the first version that has it
    names      the public names that it concerns
    what       what changed, and whether it is a fix or a fault, for the page
    examples   expressions, and what each gives before and since; see `shown`
    amendment  () -> a context in which refnet has it too; without one, the cases concerned
               have until=
    """

    since: str
    names: tuple[str, ...]
    what: str
    examples: dict[str, tuple[str, str]]
    amendment: Amendment | None = None


# --- which hold ----------------------------------------------------------------------------------


def reached(version: str) -> bool:
    """Whether the installed PyTorch is this version or a later one: "2.14" is reached by 2.14.1."""
    return TorchVersion(torch.__version__) >= version


def holds(c: Case) -> bool:
    """Whether what the case expects holds for the installed PyTorch."""
    return (not c.since or reached(c.since)) and not (c.until and reached(c.until))


def present() -> list[Change]:
    """The changes that the installed PyTorch has."""
    return [change for change in CHANGES if reached(change.since)]


_amendments = ExitStack()
_amended: Sequence[Change] = ()


@contextlib.contextmanager
def amended(changes: Sequence[Change]) -> Iterator[None]:
    """While the block runs, refnet has these changes and no others."""
    before = _amended
    _amend(changes)
    try:
        yield
    finally:
        _amend(before)


def _amend(changes: Sequence[Change]) -> None:
    global _amended
    _amendments.close()
    for change in changes:
        if change.amendment is not None:
            _amendments.enter_context(change.amendment())
    _amended = changes


# --- examples ------------------------------------------------------------------------------------


def shown(example: str, library: Any) -> str:
    """The example's result, as the page prints it, or the type of its error.

    Its names: m, the library; nn; F, nn.functional; `gradients(f, *xs)`, the gradients of f(*xs) in
    float64 under the cotangent 1, 2, 3, …
    """
    names = {
        "m": library,
        "nn": library.nn,
        "F": library.nn.functional,
        "nan": math.nan,
        "gradients": functools.partial(_gradients, library),
    }
    try:
        return _text(eval(example, names))
    except Exception as error:  # noqa: BLE001 - its type is what is shown
        return type(error).__name__


def _gradients(library: Any, f: Callable[..., Any], *values: Any) -> list[Any]:
    xs = [library.tensor(x, dtype=library.float64, requires_grad=True) for x in values]
    y = f(*xs)
    y.backward(library.arange(1, y.numel() + 1, dtype=y.dtype).reshape(y.shape))
    return [x.grad.tolist() for x in xs]


def _text(x: Any) -> str:
    if isinstance(x, (torch.Tensor, refnet.Tensor)):
        return _text(x.tolist())
    if isinstance(x, list):
        return f"[{', '.join(map(_text, x))}]"
    return f"{x:g}" if isinstance(x, float) else str(x)


# --- amendments ----------------------------------------------------------------------------------


def planting(wrappers: dict[Any, Wrapper]) -> Amendment:
    """Each function, and the kernel of a rule, is replaced by its wrapper's result."""

    @contextlib.contextmanager
    def amendment() -> Iterator[None]:
        with ExitStack() as stack:
            for function, wrapper in wrappers.items():
                for place in {function, active.get(function, function)}:
                    stack.enter_context(planted(place, wrapper))
            yield

    return amendment


def raising(new: type[Exception], old: type[Exception], about: str = "") -> Wrapper:
    """A wrapper: raises the new type of error for the old one, if its text contains `about`."""

    def wrapper(function: Callable[..., Any]) -> Callable[..., Any]:
        def amended(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except old as error:
                if type(error) is not old or about not in str(error).lower():
                    raise
                raise new(*error.args) from None

        return amended

    return wrapper


def clamp(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The gradient at a bound: 0 if it is a number, shared with it if it is a tensor."""

    def amended(x: Array, low: Any = None, high: Any = None) -> tuple[Array, Pullback]:
        y, _ = rule(x, low, high)
        if high is None and isinstance(low, np.ndarray):
            return y, lambda dy: (*ops.maximum(x, low)[1](dy), None)
        if low is None and isinstance(high, np.ndarray):
            dx_dhigh = ops.minimum(x, high)[1]
            return y, lambda dy: (lambda dx, dhigh: (dx, None, dhigh))(*dx_dhigh(dy))
        if isinstance(low, np.ndarray):
            return y, functools.partial(_between, x, low, high)
        inside = np.ones(x.shape, bool)
        if low is not None:
            inside &= x.real > low
        if high is not None:
            inside &= x.real < high
        return y, lambda dy: (np.where(inside, dy, 0), None, None)

    return amended


def _between(x: Array, low: Array, high: Array, dy: Array) -> tuple[Array, Array, Array]:
    """The gradients of clamp between two tensors."""
    below, above = x < low, x > high
    at_low, at_high = ((x == bound) & (low < high) for bound in (low, high))
    half = dy / 2
    shared = np.where(at_low | at_high, half, dy)
    to_low = np.where(below & (low <= high), dy, 0) + np.where(at_low, half, 0)
    to_high = np.where(above & (low <= high) | (low > high), dy, 0) + np.where(at_high, half, 0)
    return (
        summed_to(x.shape, np.where(below | above, 0, shared)),
        summed_to(low.shape, to_low),
        summed_to(high.shape, to_high),
    )


def pulled_back_by(rule: Callable[..., Any]) -> Wrapper:
    """A wrapper: the function of two tensors has the gradients of this rule."""

    def wrapper(function: Callable[..., Any]) -> Callable[..., Any]:
        def amended(input: Any, other: Any) -> Any:
            y = function(input, other)._array
            return apply(lambda a, b: (y, rule(a, b)[1]), *promote(input, other))

        return amended

    return wrapper


def group_norm(function: Callable[..., Any]) -> Callable[..., Any]:
    """It refuses samples without entries."""

    def amended(input: Any, *args: Any, **kwargs: Any) -> Any:
        y = function(input, *args, **kwargs)
        if 0 in y.shape[1:]:
            raise RuntimeError(f"group_norm(): expected entries, got an input of {list(y.shape)}")
        return y

    return amended


def arange(function: Callable[..., Any]) -> Callable[..., Any]:
    """An int64 range gets its size from the bounds and the step as given, as other dtypes do."""

    def amended(
        start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, **options: Any
    ) -> Any:
        if end is None or dtype is not refnet.int64:
            return function(start, end, step, dtype=dtype, **options)
        size = function(start, end, step).numel()
        return refnet.tensor([int(start) + i * int(step) for i in range(size)], dtype=dtype)

    return amended


def whole(need: Callable[..., Any]) -> Callable[..., Any]:
    """Repeats of every integer dtype."""
    return lambda x: x if x.dtype.kind in "iu" else need(x)


@contextlib.contextmanager
def maximizing_lbfgs() -> Iterator[None]:
    """LBFGS takes maximize, a last option of its group."""
    make, step = lbfgs.LBFGS.__init__, lbfgs.LBFGS.step

    def __init__(  # noqa: N807 - the tracer knows it by its name
        self: Any,
        params: Any,
        lr: Any = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
        *,
        maximize: bool = False,
    ) -> None:
        options = tolerance_grad, tolerance_change, history_size, line_search_fn
        make(self, params, lr, max_iter, max_eval, *options)
        self.defaults["maximize"] = maximize
        self.param_groups[0].setdefault("maximize", maximize)

    def ascend(self: Any, closure: Callable[[], Any]) -> Any:
        if not self.param_groups[0].get("maximize"):
            return step(self, closure)
        with planted(lbfgs.flat_gradient, lambda gradient: lambda params: -gradient(params)):
            return -step(self, lambda: -closure())

    with mock.patch.multiple(lbfgs.LBFGS, __init__=__init__, step=ascend):
        yield


# --- the changes ---------------------------------------------------------------------------------


NO_BOOLEANS = raising(NotImplementedError, RuntimeError, about="bool")

CHANGES = [
    Change(
        "2.14",
        (
            "clamp",
            "nn.functional.cosine_embedding_loss",
            "nn.functional.hinge_embedding_loss",
            "nn.functional.margin_ranking_loss",
        ),
        "At a bound that is a number the gradient is 0, as that of hardtanh; a bound that is a tensor "
        "shares it, as in maximum. A fix: 2.13 departs from PyTorch's own rule, the subgradient of the "
        "least norm, and between two equal bounds it loses the gradient",
        {
            "gradients(lambda x: x.clamp(-1, 1), [-1, 0, 1])": ("[[1, 2, 3]]", "[[0, 2, 0]]"),
            "gradients(lambda x, a: x.clamp(min=a), [1, 2, nan], [1, 1, 1])": (
                "[[1, 2, 0], [0, 0, 0]]",
                "[[0.5, 2, 3], [0.5, 0, 3]]",
            ),
            "gradients(lambda x, b: x.clamp(max=b), [1, 2, nan], [1, 1, 1])": (
                "[[1, 0, 0], [0, 2, 0]]",
                "[[0.5, 0, 3], [0.5, 2, 3]]",
            ),
            "gradients(m.clamp, [0, 1, 0, nan], [0, 0, 1, 0], [1, 1, 1, 1])": (
                "[[1, 2, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]",
                "[[0.5, 1, 0, 4], [0.5, 0, 3, 0], [0, 1, 0, 0]]",
            ),
        },
        planting({ops.clamp: clamp}),
    ),
    Change(
        "2.14",
        ("fmax", "fmin"),
        "The gradient is that of maximum and minimum. A fix at ties: half to each, where 2.13 gave all of "
        "it to the first. A fault where one is NaN: the value is the other's, the gradient is not",
        {
            f"gradients(m.{name}, [1, 2, nan, nan], [1, 1, 1, nan])": (
                f"[[1, {a}, 0, 4], [0, {b}, 3, 0]]",
                f"[[0.5, {a}, 3, 4], [0.5, {b}, 3, 4]]",
            )
            for name, a, b in (("fmax", 2, 0), ("fmin", 0, 2))
        },
        planting(
            {
                parts.fmax: pulled_back_by(ops.maximum),
                parts.fmin: pulled_back_by(ops.minimum),
            }
        ),
    ),
    Change(
        "2.14",
        ("quantile",),
        "For few quantiles the entries are no longer sorted: another one of equal entries, or of NaN, gets "
        "the gradient. PyTorch does not specify which",
        {
            "gradients(lambda x: m.quantile(x, 0.5), [3, 1, 1, 2, 1, 5, 1])": (
                "[[0, 0, 0, 0, 0, 0, 1]]",
                "[[0, 0, 1, 0, 0, 0, 0]]",
            ),
        },
    ),
    Change(
        "2.14",
        ("sub", "neg", "positive", "relu", "nn.functional.hardtanh", "trapezoid"),
        "They refuse booleans, and so does what is made of them, with a NotImplementedError, which is a "
        "RuntimeError",
        dict.fromkeys(
            [
                "m.tensor([True]) - m.tensor([True])",
                "1 - m.tensor([True])",
                "-m.tensor([True])",
                "m.positive(m.tensor([True]))",
                "F.relu(m.tensor([True]))",
                "F.hardtanh(m.tensor([True]))",
                "F.tanhshrink(m.tensor([True]))",
                "m.trapezoid(m.tensor([True]))",
                "F.soft_margin_loss(m.tensor([True]), m.ones(1))",
                "F.binary_cross_entropy_with_logits(m.ones(1), m.tensor([True]))",
                "m.optim.swa_utils.get_swa_multi_avg_fn()([m.tensor([True])], [m.ones(1)], 1)",
            ],
            ("RuntimeError", "NotImplementedError"),
        ),
        planting(
            {
                **dict.fromkeys(
                    [
                        arithmetic.no_bool_minus,
                        arithmetic.neg,
                        parts.positive,
                        activation.relu,
                        rectifier.hardtanh,
                        shrinkage.tanhshrink,
                        vector_products.trapezoid,
                        margin_loss.soft_margin_loss,
                        binary_cross_entropy.binary_cross_entropy_with_logits,
                    ],
                    NO_BOOLEANS,
                ),
                swa_utils.get_swa_multi_avg_fn: lambda make: lambda: NO_BOOLEANS(make()),
            }
        ),
    ),
    Change(
        "2.14",
        ("nn.functional.lp_pool1d", "nn.functional.lp_pool2d", "nn.functional.lp_pool3d"),
        "They refuse norm_type=0 themselves; in 2.13 Python refused to compute 1 / 0",
        {
            f"F.lp_pool{d}d(m.ones({', '.join('2' * (d + 2))}), 0, 2)": (
                "ZeroDivisionError",
                "ValueError",
            )
            for d in (1, 2, 3)
        },
        planting({avg_pooling._lp_pool: raising(ValueError, ZeroDivisionError)}),
    ),
    Change(
        "2.14",
        ("nn.functional.group_norm", "nn.GroupNorm"),
        "They refuse samples without entries",
        {
            "list(F.group_norm(m.ones(2, 0, 3), 2).shape)": ("[2, 0, 3]", "RuntimeError"),
            "list(F.group_norm(m.ones(2, 4, 0), 2).shape)": ("[2, 4, 0]", "RuntimeError"),
        },
        planting({normalization.group_norm: group_norm}),
    ),
    Change(
        "2.14",
        ("arange",),
        "The size of an int64 range follows from the bounds and the step as given, as for other dtypes; "
        "2.13 truncated them first",
        {
            "m.arange(0, 5, 1.5, dtype=m.int64)": ("[0, 1, 2, 3, 4]", "[0, 1, 2, 3]"),
            "m.arange(1, 5.5, 2, dtype=m.int64)": ("[1, 3]", "[1, 3, 5]"),
            "m.arange(0, 2, 0.5, dtype=m.int64)": ("ValueError", "[0, 0, 0, 0]"),
        },
        planting({grids.arange: arange}),
    ),
    Change(
        "2.14",
        ("repeat_interleave",),
        "The repeats may have any integer dtype",
        {
            f"m.repeat_interleave(m.tensor([2, 1]).{name}())": (
                "NotImplementedError",
                "[0, 0, 1]",
            )
            for name in ("byte", "char", "short")
        },
        planting({rearranging._need_counts: whole}),
    ),
    Change(
        "2.14",
        ("nn.functional.linear_cross_entropy", "nn.LinearCrossEntropyOptions"),
        'acc_policy="balanced" was removed',
        {
            'nn.LinearCrossEntropyOptions(acc_policy="balanced").acc_policy': (
                "balanced",
                "ValueError",
            ),
        },
    ),
    Change(
        "2.14",
        ("optim.LBFGS",),
        "It takes maximize",
        {
            "list(m.optim.LBFGS([nn.Parameter(m.ones(1))]).param_groups[0])[-1]": (
                "line_search_fn",
                "maximize",
            ),
            "m.optim.LBFGS([nn.Parameter(m.ones(1))], maximize=True).defaults['maximize']": (
                "TypeError",
                "True",
            ),
        },
        maximizing_lbfgs,
    ),
    Change(
        "2.14",
        ("nn.functional.scaled_dot_product_attention",),
        "A fused kernel computes it for three dimensions too, in 2.13 for four only. Two faults come with "
        "it: where no score of a query is a number it gives 0, and of more values than keys it takes keys "
        "from beyond their end, which a backward pass may not survive",
        {
            "F.scaled_dot_product_attention(*(m.full((1, 2, 2), x) for x in (nan, 1.0, 1.0)))": (
                "[[[nan, nan], [nan, nan]]]",
                "[[[0, 0], [0, 0]]]",
            ),
            "(lambda x: F.scaled_dot_product_attention(x, x[:, :2], x))(m.ones(1, 3, 2))": (
                "RuntimeError",
                "[[[1, 1], [1, 1], [1, 1]]]",
            ),
        },
    ),
]


def page() -> str:
    """The changes as a page, docs/versions.md."""
    rows = []
    for change in CHANGES:
        names = ", ".join(f"`{name}`" for name in change.names)
        mark = "" if change.amendment else " *"
        cells = f"{change.since} | {names}{mark} | {change.what}"
        for (before, since), alike in itertools.groupby(change.examples, change.examples.get):
            examples = ", ".join(f"`{example}`" for example in alike)
            rows.append(f"| {cells} | {examples} | {before} | {since} |\n")
            cells = " | | "
    return f"""# Versions of PyTorch

refnet follows PyTorch 2.13.0: the extra `twin` installs it, and CI runs the parity suite beside it.
The suite also knows what later versions changed, as far as it meets it, and passes beside 2.14.1:

```sh
nox -s parity-versions -- 2.14.1   # several gigabytes: PyTorch's build for CUDA, which needs no GPU
```

The cases, refusals, mutants and properties are compared there as they are beside 2.13.0. The random
stream, initial parameters, batches and dropout masks are the same in both, bit for bit.

This table is `parity_tests/versions.py`. A test compares each example with both libraries, whichever
version is installed. Most changes are written there as formulas, and beside a later version the suite
runs on refnet with these formulas in place of its own. A star marks those that are not: the few cases
that meet them say until which version they hold. In the examples `m` is `torch` or `refnet`, `F` is
`m.nn.functional`, and `gradients(f, *xs)` are the gradients of f(*xs) with respect to each x under the
cotangent 1, 2, 3, …

| since | names | what changed | example | before | since |
| --- | --- | --- | --- | --- | --- |
{"".join(rows)}
Besides, PyTorch 2.14 warns that `torch.jit.script` is deprecated where it uses it itself, and a build
for CUDA says that it has cuDNN where there is no GPU.
"""
