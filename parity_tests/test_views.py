"""Changes of views and their bases, writes through x.data, and the views that Functions return.

One program on both libraries: its result, or the type of its error. test_programs.py draws programs
of the same kind at random.
"""

import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch

import refnet


def plain(x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return [plain(part) for part in x]
    return x.detach().tolist() if hasattr(x, "detach") else x


def place(x: Any) -> Any:
    return x.requires_grad, x.is_leaf, x.grad_fn is None


def middle(m: Any) -> tuple[Any, Any]:
    """A leaf and the result of an operation on it."""
    x = m.tensor([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]], requires_grad=True)
    return x, x * 2


def quiet_row(m: Any) -> tuple[Any, Any, Any]:
    """A leaf, the result of an operation on it, and a row of the result, taken in no_grad mode."""
    x, y = middle(m)
    with m.no_grad():
        return x, y, y[0]


PROGRAMS: dict[str, Callable[[Any], Any]] = {}


def program(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    PROGRAMS[f.__name__] = f
    return f


@program
def a_quiet_view_and_its_gradient(m):
    x, _, v = quiet_row(m)
    z = (v * v).sum()
    z.backward()
    return place(v), place(z), v.grad, x.grad


@program
def a_quiet_view_of_a_leaf(m):
    x, _ = middle(m)
    with m.no_grad():
        v = x.view(-1)
    (v * v).backward(cotangent(m, v))
    return place(v), v.grad, x.grad


@program
def a_quiet_view_is_asked_for_its_gradient(m):
    _, _, v = quiet_row(m)
    return m.autograd.grad((v * v).sum(), v)


@program
def a_quiet_view_has_none_if_that_is_allowed(m):
    _, _, v = quiet_row(m)
    return m.autograd.grad((v * v).sum(), v, allow_unused=True)


@program
def backward_from_a_quiet_view(m):
    quiet_row(m)[2].backward(m.tensor([0.3, -1.2, 0.8]))


@program
def a_quiet_view_becomes_a_leaf(m):
    with m.no_grad():
        v = m.arange(6.0).view(2, 3)
    v.requires_grad_()
    (v * v).backward(cotangent(m, v))
    return place(v), v.grad


@program
def a_quiet_view_that_is_a_leaf_is_changed(m):
    with m.no_grad():
        v = m.arange(6.0).view(2, 3).requires_grad_()
    v.mul_(2)


@program
def numpy_of_a_leaf_in_no_grad_mode(m):
    x, _ = middle(m)
    with m.no_grad():
        return x.numpy().tolist()


def cotangent(m: Any, y: Any) -> Any:
    """Different values for each entry, the same in both libraries."""
    return m.arange(float(y.numel())).view(y.shape) / 4 - 1.3


def changed_between(f: Any, change: Any) -> Callable[[Any], Any]:
    """f(x, c) of a leaf x and a constant c; a change of x before the reverse pass."""

    def run(m: Any) -> Any:
        x, c = middle(m)[0], m.arange(6.0).view(2, 3)
        y = f(x, c)
        change(m, x)
        y.backward(cotangent(m, y))
        return x.grad, x

    return run


PROGRAMS |= {
    f"{what}: {which}": changed_between(f, change)
    for what, f in {
        "not needed": lambda x, c: x * c,
        "not needed for a": lambda x, c: c @ x.t(),
        "a row": lambda x, c: x[1] * x[1],
        "a column": lambda x, c: x[:, 1] * x[:, 1],
        "a sum": lambda x, c: (x + c) * c,
        "a quotient": lambda x, c: x / (c + 1),
        "a layer": lambda x, c: x.expand(2, 2, 3).sum(0).relu(),
    }.items()
    for which, change in {
        "data": lambda m, x: x.data.clamp_(-1, 1),
        "a row of data": lambda m, x: x.data.__setitem__(0, 7.0),
        "a row of data, otherwise": lambda m, x: x.data[0].mul_(2),
        "a column of data": lambda m, x: x.data[:, 0].add_(1),
        "detached data": lambda m, x: x.data.detach()[0].fill_(2),
        "in no_grad mode": lambda m, x: m.no_grad()(x.mul_)(2),
        "a row in no_grad mode": lambda m, x: m.no_grad()(x.__setitem__)(0, 7.0),
        "an init": lambda m, x: m.nn.init.zeros_(x.data[0]),
        "another memory": lambda m, x: setattr(x, "data", m.zeros(2, 3)),
    }.items()
    # Values that the backward pass needs are changed, and PyTorch does not notice it
    # (tests/test_tape.py).
    if not (what in ("a row", "a column") and which == "data")
    and not (what == "a column" and "row" in which and "no_grad" not in which)
    and not (what == "a column" and which in ("detached data", "an init"))
    and not (what == "a row" and which == "a column of data")
}


class saving:  # noqa: N801 - a namespace
    """Functions that save their input, their output, or an input that they do not need."""

    @staticmethod
    def square(m: Any) -> Any:
        class Square(m.autograd.Function):  # type: ignore[misc, name-defined]
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                ctx.save_for_backward(x)
                return x * x

            @staticmethod
            def backward(ctx: Any, dy: Any) -> Any:
                (x,) = ctx.saved_tensors
                return 2 * x * dy

        return Square.apply

    @staticmethod
    def exp(m: Any) -> Any:
        class Exp(m.autograd.Function):  # type: ignore[misc, name-defined]
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                y, other = x.exp(), x + 1
                ctx.save_for_backward(y, other, None)
                other.mul_(2)  # before forward ends
                return y

            @staticmethod
            def backward(ctx: Any, dy: Any) -> Any:
                y, other, _ = ctx.saved_tensors
                return dy * y * other

        return Exp.apply

    @staticmethod
    def nothing(m: Any) -> Any:
        class Double(m.autograd.Function):  # type: ignore[misc, name-defined]
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                ctx.save_for_backward(x)
                return x * 2

            @staticmethod
            def backward(ctx: Any, dy: Any) -> Any:
                return 2 * dy

        return Double.apply


def function_saves(make: Any, between: Any) -> Callable[[Any], Any]:
    def run(m: Any) -> Any:
        x = m.tensor([0.5, -1.0], requires_grad=True)
        h = x + 0
        y = make(m)(h)
        between(m, h, y)
        y.backward(m.arange(2.0) + 1)
        return x.grad

    return run


PROGRAMS |= {
    f"Function, {name}: {which}": function_saves(make, between)
    for name, make in {
        "square": saving.square,
        "exp": saving.exp,
        "nothing": saving.nothing,
    }.items()
    for which, between in {
        "as it is": lambda m, h, y: None,
        "input written": lambda m, h, y: m.no_grad()(h.mul_)(2),
        "input changed": lambda m, h, y: h.mul_(2),
        "output written": lambda m, h, y: m.no_grad()(y.mul_)(2),
        "walked once": lambda m, h, y: y.backward(m.tensor([0.3, -1.2])),
        "walked and kept": lambda m, h, y: y.backward(m.tensor([0.3, -1.2]), retain_graph=True),
    }.items()
}


CHANGES: dict[str, Callable[[Any, Any], Any]] = {
    "mul_": lambda m, v: v.mul_(2),
    "zero_": lambda m, v: v.zero_(),
    "copy_": lambda m, v: v.copy_(m.ones(3)),
    "index": lambda m, v: v.__setitem__(0, 3.0),
    "relu_": lambda m, v: m.nn.functional.relu(v, inplace=True),
    "normal_": lambda m, v: v.normal_(),
    "masked_fill_": lambda m, v: v.masked_fill_(v > 0, 1.0),
    "unsqueeze_": lambda m, v: v.unsqueeze_(0),
    "with a parameter": lambda m, v: v.mul_(m.ones(3, requires_grad=True)),
    "an init": lambda m, v: m.nn.init.ones_(v),
    "in no_grad mode": lambda m, v: m.no_grad()(v.mul_)(2),
    "through data": lambda m, v: v.data.mul_(2),
    "detach_": lambda m, v: v.detach_(),
}
VIEWS: dict[str, Callable[[Any, Any], Any]] = {
    "a row": lambda m, y: y[0],
    "a quiet row": lambda m, y: m.no_grad()(lambda: y[0])(),
    "a view of a quiet view": lambda m, y: m.no_grad()(lambda: y.view(2, 3))()[0],
    "a quiet view of a view": lambda m, y: m.no_grad()(lambda v: v[0])(y.view(2, 3)),
    "detached in no_grad mode": lambda m, y: m.no_grad()(lambda: y.detach())()[0],
    "einsum": lambda m, y: m.no_grad()(lambda: m.einsum("ij->ji", y))()[:, 0],
    "unbind": lambda m, y: y.unbind()[0],
    "iterated": lambda m, y: next(iter(y)),
    "split": lambda m, y: y.split(1)[0].squeeze(0),
    "chunk": lambda m, y: y.chunk(2)[0][0],
    "one chunk": lambda m, y: y.chunk(1)[0][0],
    "tensor_split": lambda m, y: y.tensor_split(2)[0][0],
    "Function": lambda m, y: function(m, lambda x: x[0]).apply(y),
    "Function that hands through": lambda m, y: function(m, lambda x: x).apply(y)[0],
    "Function that detaches": lambda m, y: function(m, lambda x: x.detach()[0] * 1).apply(y),
    "Function in no_grad mode": lambda m, y: m.no_grad()(function(m, lambda x: x[0]).apply)(y),
    "Function of two views": lambda m, y: function(m, lambda x: (x[0], x[1])).apply(y)[0],
}


def function(m: Any, f: Callable[..., Any]) -> Any:
    """A Function with this forward pass, and the gradient of a sum."""

    class Shown(m.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return f(x)

        @staticmethod
        def backward(ctx: Any, *dys: Any) -> Any:
            return sum(dy.sum() for dy in dys) * m.ones(2, 3)

    return Shown


def leaf(m: Any) -> tuple[Any, Any]:
    x, _ = middle(m)
    return x, x


def viewed_leaf(m: Any) -> tuple[Any, Any]:
    x = m.arange(6.0).view(2, 3).requires_grad_()
    return x, x


def constant(m: Any) -> tuple[Any, Any]:
    x, y = middle(m)
    return x, y.detach().clone()


SOURCES = {"middle": middle, "leaf": leaf, "viewed leaf": viewed_leaf, "constant": constant}

for _view, _see in VIEWS.items():
    for _source, _make in SOURCES.items():
        for _change, _do in CHANGES.items():

            def changed(m, see=_see, make=_make, do=_do):
                """The view is changed; then its base is used, and the view."""
                x, y = make(m)
                v = see(m, y)
                do(m, v)
                seen = [place(y), y] if do is not CHANGES["normal_"] else []
                if y.requires_grad:
                    y.backward(cotangent(m, y))
                return [*seen, x.grad, place(v), (v * 2).requires_grad]

            PROGRAMS[f"{_change}: {_view} of {_source}"] = changed

        def base_changed(m, see=_see, make=_make):
            """The base is changed while recorded; the view shows it, and is used."""
            _, y = make(m)
            v = see(m, y)
            y.mul_(m.full((2, 3), 2.0, requires_grad=True))
            return v, m.no_grad()(lambda: v * 2)(), v.requires_grad, place(v), v * 2

        PROGRAMS[f"base: {_view} of {_source}"] = base_changed

        def base_written(m, see=_see, make=_make):
            """The base is changed in no_grad mode."""
            _, y = make(m)
            v = see(m, y)
            with m.no_grad():
                y.mul_(2)
            return v, m.no_grad()(lambda: v * 2)(), v.requires_grad, place(v), v * 2

        PROGRAMS[f"base, unrecorded: {_view} of {_source}"] = base_written


@pytest.mark.parametrize("name", PROGRAMS)
def test_views(name: str) -> None:
    results = []
    for m in (refnet, torch):
        m.manual_seed(0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                results.append(plain(PROGRAMS[name](m)))
        except (RuntimeError, ValueError) as error:
            results.append(type(error).__name__)
    assert results[0] == results[1]
