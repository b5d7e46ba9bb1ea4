"""Derivatives of functions: vjp, jvp, jacobian, hvp, vhp, hessian.

Reverse mode on the tape gives Jᵀv. Second derivatives, and J v for a direction v, come from the
complex step: for an analytic f and h = 10⁻³⁰

    f(x + i h v) = f(x) + i h J v + O(h²)

So J v is Im f(x + i h v) / h, without cancellation and exact to the rounding of f. The same step,
carried through a rule and its pullback, changes the gradient to

    ∇f(x + i h v) = ∇f(x) + i h H v + O(h²)

This gives an exact Hessian-vector product without a graph of the backward pass (see
complex_step.py).

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
    """Computes the pair (y, Jᵀv) for y = func(*inputs) by reverse mode.

    Args:
        func: a function of tensors that returns a tensor or a tuple of tensors
        inputs: its argument, or a tuple of arguments
        v: tensors with the shapes of y; None means 1, for a y of one element
        create_graph: only False
        strict: whether an output that does not depend on an input is an error; otherwise its
            derivative is zero

    Raises:
        RuntimeError: for a v of another shape, and for create_graph=True
        TypeError: for arguments and results that are not Tensors

    Source:
        torch.autograd.functional.vjp

    Example:
        >>> x, v = refnet.tensor([1.0, 2.0]), refnet.tensor([1.0, 10.0])
        >>> refnet.autograd.functional.vjp(lambda x: x * x, x, v)
        (tensor([1., 4.]), tensor([ 2., 40.]))
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
    """Returns Jᵀv for each x; zeros, or an error if strict, for an x that y does not depend on."""
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
    """Computes the pair (y, J v) for y = func(*inputs) by the complex step.

    Args:
        func: a function of tensors that returns a tensor or a tuple of tensors
        inputs: its argument, or a tuple of arguments
        v: tensors with the shapes of the inputs; None means 1, for an input of one element
        create_graph: only False
        strict: whether an output that does not depend on the inputs is an error; otherwise its
            derivative is zero

    Raises:
        NotAnalyticError: at a kink
        RuntimeError: for a v of another shape, and for create_graph=True
        TypeError: for arguments and results that are not Tensors

    Source:
        torch.autograd.functional.jvp

    Example:
        >>> x, v = refnet.tensor([1.0, 2.0]), refnet.tensor([1.0, 10.0])
        >>> refnet.autograd.functional.jvp(lambda x: x * x, x, v)
        (tensor([1., 4.]), tensor([ 2., 40.]))
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
    """Computes the derivatives of all outputs with respect to all inputs.

        J[i, j] = ∂yᵢ/∂xⱼ

    J has the shape (*y.shape, *x.shape). Several y or x give nested tuples.

    Args:
        func: a function of tensors that returns a tensor or a tuple of tensors
        inputs: its argument, or a tuple of arguments
        create_graph: only False
        strict: whether an output that does not depend on an input is an error; otherwise its
            derivative is zero
        vectorize: in PyTorch a hint about speed, without effect on the result; required for
            strategy="forward-mode", as there
        strategy: "reverse-mode" computes a row for each element of y on the tape, "forward-mode" a
            column for each element of x by the complex step

    Raises:
        ValueError: for another strategy
        NotImplementedError: for "forward-mode" without vectorize
        NotAnalyticError: at a kink, in forward mode
        RuntimeError: for create_graph=True, and for "forward-mode" with strict
        TypeError: for arguments and results that are not Tensors

    Source:
        torch.autograd.functional.jacobian

    Example:
        >>> refnet.autograd.functional.jacobian(lambda x: x * x, refnet.tensor([1.0, 2.0]))
        tensor([[2., 0.],
                [0., 4.]])
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
            raise NotImplementedError(
                'jacobian(): expected vectorize=True with strategy="forward-mode", as in PyTorch'
            )
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
    """Yields (j, k, zeros of the inputs' shapes with a one) for each element k of each input j."""
    for j, x in enumerate(xs):
        for k in range(x.numel()):
            units = tuple(np.zeros_like(a._real()) for a in xs)
            units[j].flat[k] = 1
            yield j, k, units


def hvp(
    func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Computes the pair (y, H v) for a scalar y = func(*inputs).

    The complex step is carried through reverse mode.

    Args:
        func: a function of tensors that returns a tensor of one element
        inputs: its argument, or a tuple of arguments
        v: tensors with the shapes of the inputs; None means 1, for an input of one element
        create_graph: only False
        strict: whether an input that y does not depend on is an error; otherwise its derivative is
            zero

    Raises:
        NotAnalyticError: at a kink
        RuntimeError: for a y that is not a scalar, a v of another shape, and create_graph=True
        TypeError: for arguments and results that are not Tensors

    Source:
        torch.autograd.functional.hvp

    Example:
        >>> x, v = refnet.tensor([1.0, 2.0]), refnet.tensor([1.0, 10.0])
        >>> refnet.autograd.functional.hvp(lambda x: (x**3).sum(), x, v)
        (tensor(9.), tensor([  6., 120.]))
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
    """Computes the pair (y, vᵀH). H is symmetric, so this is hvp.

    Args:
        func: a function of tensors that returns a tensor of one element
        inputs: its argument, or a tuple of arguments
        v: tensors with the shapes of the inputs; None means 1, for an input of one element
        create_graph: only False
        strict: whether an input that y does not depend on is an error

    Raises:
        NotAnalyticError: at a kink
        RuntimeError: for a y that is not a scalar, a v of another shape, and create_graph=True
        TypeError: for arguments and results that are not Tensors

    Source:
        torch.autograd.functional.vhp

    Example:
        >>> x, v = refnet.tensor([1.0, 2.0]), refnet.tensor([1.0, 10.0])
        >>> refnet.autograd.functional.vhp(lambda x: (x**3).sum(), x, v)
        (tensor(9.), tensor([  6., 120.]))
    """
    return hvp(func, inputs, v, create_graph, strict)


def hessian(
    func: Func,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """Computes the second derivatives of a scalar y = func(*inputs).

        H[i, j] = ∂²y/∂xᵢ∂xⱼ

    H has the shape (*xᵢ.shape, *xⱼ.shape). Several inputs give a tuple of tuples. Each column is a
    Hessian-vector product, so n numbers take n gradients.

    Args:
        func: a function of tensors that returns a tensor of one element
        inputs: its argument, or a tuple of arguments
        create_graph: only False
        strict: whether an input that y does not depend on is an error; otherwise its derivatives
            are zero
        vectorize: has no effect; PyTorch has several ways to compute the same result
        outer_jacobian_strategy: "reverse-mode" or "forward-mode", with the same result

    Raises:
        ValueError: for another outer_jacobian_strategy
        NotAnalyticError: at a kink
        RuntimeError: for a y that is not a scalar, and for create_graph=True
        TypeError: for arguments and results that are not Tensors

    Source:
        torch.autograd.functional.hessian

    Example:
        >>> refnet.autograd.functional.hessian(lambda x: (x**3).sum(), refnet.tensor([1.0, 2.0]))
        tensor([[ 6.,  0.],
                [ 0., 12.]])
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
