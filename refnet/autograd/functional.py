"""Derivatives of functions: vjp, jvp, jacobian, hvp, vhp, hessian.

Reverse mode gives Jᵀv on the tape. What needs a second derivative, or a direction carried
forward, comes from the complex step: for an analytic f and h = 10⁻³⁰

    f(x + i·h·v) = f(x) + i·h·J v + O(h²)

so Im f(x + ihv)/h is J v without any cancellation, exact to the rounding of f itself. The
same step carried through a rule and its pullback turns the gradient into

    ∇f(x + i·h·v) = ∇f(x) + i·h·H v + O(h²)

an exact Hessian-vector product, with no graph of the backward pass (see complex_step.py).

Source: torch.autograd.functional for signatures and the form of results.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from refnet.autograd.arguments import as_given, directions, refuse_graph, scalar, tensors
from refnet.autograd.backward import grad
from refnet.autograd.complex_step import check_same, complex_step, derivative, replayed, step_along
from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.grad_mode import enable_grad, no_grad
from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import Array

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Func = Callable[..., Any]


def _leaves(xs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(wrap(x._real()).requires_grad_() for x in xs)


def vjp(
    func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The pair (y, Jᵀv) for y = func(*inputs), by reverse mode.

    Args:
        v: of the shapes of y; None, meaning 1, if y is a single number
        strict: raise if an output does not depend on an input, instead of giving zeros

    Raises RuntimeError for a misshapen v and create_graph=True, TypeError for what is not a Tensor.

    Source:
        torch.autograd.functional.vjp.
    """
    refuse_graph(create_graph)
    many_x, xs = tensors(inputs, "inputs")
    with enable_grad():
        leaves = _leaves(xs)
        many_y, ys = tensors(func(*leaves), "the outputs of func")
        vs = directions(v, ys, "output of the user-provided function")
        grads = _gradients(ys, leaves, vs, strict)
    return as_given(many_y, (y.detach() for y in ys)), as_given(many_x, map(wrap, grads))


def _gradients(
    ys: tuple[Tensor, ...],
    xs: tuple[Tensor, ...],
    vs: tuple[Array, ...],
    strict: bool,
    retain_graph: bool = False,
) -> list[Array]:
    """Jᵀv for each x; zeros (or an error, if strict) where y does not depend on it."""
    roots = [(y, wrap(v)) for y, v in zip(ys, vs, strict=True) if y.requires_grad]
    if roots:
        found = grad(
            [y for y, _ in roots],
            xs,
            [v for _, v in roots],
            retain_graph=retain_graph,
            allow_unused=True,
        )
    else:
        found = (None,) * len(xs)
    for j, dx in enumerate(found):
        if strict and dx is None:
            raise RuntimeError(
                f"The output of the user-provided function is independent of input {j}. "
                "This is not allowed in strict mode."
            )
    return [
        np.zeros_like(x._array) if dx is None else dx._array
        for x, dx in zip(xs, found, strict=True)
    ]


def jvp(
    func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The pair (y, J v) for y = func(*inputs), by the complex step.

    Args:
        v: of the shapes of the inputs; None, meaning 1, if the input is a single number
        strict: raise if an output does not depend on the inputs, instead of giving zeros

    Raises NotAnalyticError at a kink, else as vjp.

    Source:
        torch.autograd.functional.jvp.
    """
    refuse_graph(create_graph)
    _, xs = tensors(inputs, "inputs")
    vs = directions(v, xs, "input to the user-provided function")
    with no_grad(), replayed():
        many_y, ys = tensors(func(*(x.detach() for x in xs)), "the outputs of func")
    with complex_step():
        moved = tensors(func(*step_along(xs, vs)), "the outputs of func")[1]
    check_same(moved, ys)
    for i, z in enumerate(moved):
        if strict and not z.is_complex():
            raise RuntimeError(
                f"Output {i} of the user-provided function does not depend on the inputs. "
                "This is not allowed in strict mode."
            )
    jvps = (derivative(z._array, y._array) for z, y in zip(moved, ys, strict=True))
    return as_given(many_y, ys), as_given(many_y, jvps)


def jacobian(
    func: Func,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """J[i, j] = ∂yᵢ/∂xⱼ, of shape (*y.shape, *x.shape); nested tuples for several y or x.

    Args:
        strict: raise if an output does not depend on an input, instead of giving zeros
        vectorize: a hint about speed in PyTorch, without an influence on the result; needed for
            strategy="forward-mode", as there
        strategy: "reverse-mode": a row for each element of y, on the tape;
            "forward-mode": a column for each element of x, by the complex step

    Raises as vjp and jvp.

    Source:
        torch.autograd.functional.jacobian.
    """
    refuse_graph(create_graph)
    many_x, xs = tensors(inputs, "inputs")
    if strategy not in ("forward-mode", "reverse-mode"):
        raise ValueError(
            f'Expected strategy to be either "forward-mode" or "reverse-mode". Got {strategy!r}'
        )
    if strategy == "forward-mode":
        if strict:
            raise RuntimeError('strict=True is not supported with strategy="forward-mode"')
        if not vectorize:
            raise NotImplementedError('strategy="forward-mode" needs vectorize=True, as in PyTorch')
        many_y, ys, blocks = _jacobian_forward(func, xs)
    else:
        many_y, ys, blocks = _jacobian_reverse(func, xs, strict)
    rows = (
        as_given(
            many_x,
            (wrap(block.reshape(y.shape + x.shape)) for block, x in zip(row, xs, strict=True)),
        )
        for row, y in zip(blocks, ys, strict=True)
    )
    return as_given(many_y, rows)


def _jacobian_reverse(
    func: Func, xs: tuple[Tensor, ...], strict: bool
) -> tuple[bool, tuple[Tensor, ...], list[list[Array]]]:
    with enable_grad():
        leaves = _leaves(xs)
        many_y, ys = tensors(func(*leaves), "the outputs of func")
        blocks = []
        for y in ys:
            row = [np.zeros((y.numel(), x.numel()), x._array.dtype) for x in leaves]
            for i in range(y.numel()):
                unit = np.zeros_like(y._array)
                unit.flat[i] = 1
                grads = _gradients((y,), leaves, (unit,), strict, retain_graph=True)
                for block, dx in zip(row, grads, strict=True):
                    block[i] = dx.reshape(-1)
            blocks.append(row)
    return many_y, ys, blocks


def _jacobian_forward(
    func: Func, xs: tuple[Tensor, ...]
) -> tuple[bool, tuple[Tensor, ...], list[list[Array]]]:
    with no_grad(), replayed():
        many_y, ys = tensors(func(*(x.detach() for x in xs)), "the outputs of func")
    blocks = [[np.zeros((y.numel(), x.numel()), y._array.dtype) for x in xs] for y in ys]
    for j, k, units in _unit_vectors(xs):
        with replayed():
            columns = jvp(func, xs, tuple(map(wrap, units)))[1]
        for row, column in zip(blocks, tensors(columns, "the outputs of func")[1], strict=True):
            row[j][:, k] = column._array.reshape(-1)
    return many_y, ys, blocks


def _unit_vectors(xs: tuple[Tensor, ...]) -> Iterator[tuple[int, int, tuple[Array, ...]]]:
    """For element k of input j: (j, k, zeros of the inputs' shapes but for a one there)."""
    for j, x in enumerate(xs):
        for k in range(x.numel()):
            units = tuple(np.zeros_like(a._real()) for a in xs)
            units[j].flat[k] = 1
            yield j, k, units


def hvp(
    func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The pair (y, H v) for a scalar y = func(*inputs), by the complex step through reverse mode.

    Args:
        v: of the shapes of the inputs; None, meaning 1, if the input is a single number
        strict: raise if y does not depend on an input, instead of giving zeros

    Raises NotAnalyticError at a kink, RuntimeError for a y that is not a scalar, else as vjp.

    Source:
        torch.autograd.functional.hvp.
    """
    refuse_graph(create_graph)
    many_x, xs = tensors(inputs, "inputs")
    vs = directions(v, xs, "input to the user-provided function")
    with no_grad(), replayed():
        y = scalar(func(*(x.detach() for x in xs)))
    with complex_step():
        moved = tuple(z.requires_grad_() for z in step_along(xs, vs))
        z = scalar(func(*moved))
        check_same((z,), (y,))
        grads = _gradients((z,), moved, (np.ones_like(z._array),), strict)
    products = (derivative(g, x._array) for g, x in zip(grads, xs, strict=True))
    return y, as_given(many_x, products)


def vhp(
    func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The pair (y, vᵀH). H is symmetric, so this is hvp."""
    return hvp(func, inputs, v, create_graph, strict)


def hessian(
    func: Func,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """H[i, j] = ∂²y/∂xᵢ∂xⱼ of a scalar y = func(*inputs), of shape (*xᵢ.shape, *xⱼ.shape).

    One Hessian-vector product a column, so n gradients for n numbers. Several inputs give a
    tuple of tuples. vectorize and outer_jacobian_strategy say how PyTorch is to compute the
    same result; here there is one way.

    Raises as hvp.

    Source:
        torch.autograd.functional.hessian.
    """
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise ValueError(
            'Expected outer_jacobian_strategy to be either "forward-mode" or "reverse-mode". '
            f"Got {outer_jacobian_strategy!r}"
        )
    many_x, xs = tensors(inputs, "inputs")
    blocks = [[np.zeros((a.numel(), b.numel()), b._array.dtype) for b in xs] for a in xs]
    for j, k, units in _unit_vectors(xs):
        with replayed():
            columns = hvp(func, xs, tuple(map(wrap, units)), create_graph, strict)[1]
        for block, column in zip((row[j] for row in blocks), columns, strict=True):
            block[:, k] = column._array.reshape(-1)
    rows = (
        as_given(many_x, (wrap(b.reshape(x.shape + z.shape)) for b, z in zip(row, xs, strict=True)))
        for row, x in zip(blocks, xs, strict=True)
    )
    return as_given(many_x, rows)


_mirror(__name__)
