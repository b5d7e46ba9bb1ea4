"""Second derivatives of every case equal PyTorch's, with respect to its leaves and first cotangents.

Random cotangents ȳ of the outputs give gradients x̄; random cotangents of these give the second
derivatives. All is float64, and the difference may be 1e-10 of the largest entry.
"""

from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests import exemptions
from parity_tests.test_second_backward import KEYS as WITH_LEAVES, outputs
from parity_tests.twins import CASES, drawn

TOL = 1e-10


def has_entries(key: str) -> bool:
    """Whether a case has an input with entries; a mean over nothing is NaN in other places."""
    c = CASES[key]
    return c.kind == "layer" or all(a.size for a in drawn(c) if a.dtype.kind == "f")


KEYS = [key for key in WITH_LEAVES if has_entries(key)]
needed: set[str] = set()  # the exemptions that a case needed


def second(library: Any, key: str) -> list[list[Any]]:
    """The gradients and second derivatives of a case; None where there is none."""
    ys, dys, leaves = outputs(library, key)
    if not ys:
        return [[], []]
    dys = [dy.requires_grad_() for dy in dys]
    first = library.autograd.grad(ys, leaves, dys, create_graph=True, allow_unused=True)
    rng = np.random.default_rng([CASES[key].seed, 2])
    us = [
        None if g is None else library.from_numpy(rng.standard_normal(tuple(g.shape))).to(g.dtype)
        for g in first
    ]
    pairs = [(g, u) for g, u in zip(first, us, strict=True) if g is not None and g.requires_grad]
    if not pairs:
        return [plain(first), [None] * len([*leaves, *dys])]
    gs, us = zip(*pairs, strict=True)
    found = library.autograd.grad(gs, [*leaves, *dys], us, allow_unused=True)
    return [plain(first), plain(found)]


def plain(xs: Any) -> list[Any]:
    return [None if x is None else np.array(x.detach().numpy()) for x in xs]


def difference(a: Any, b: Any) -> float:
    """The difference divided by the largest entry; None is the same as zeros."""
    if a is None and b is None:
        return 0.0
    a = np.zeros_like(b) if a is None else a
    b = np.zeros_like(a) if b is None else b
    if a.shape != b.shape:
        return np.inf
    with np.errstate(all="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        scale = max(np.abs(b[np.isfinite(b)]).max(initial=0), 1e-3)
        gaps = np.nan_to_num(np.abs(a - b) / scale, nan=np.inf)
        return float(np.where(same, 0, gaps).max(initial=0))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.filterwarnings("ignore")
def test_second_derivatives(key: str) -> None:
    try:
        theirs = second(torch, key)
    except (RuntimeError, TypeError):  # PyTorch has none, or the case's own code fails
        return
    worst = (
        max(
            difference(a, b)
            for ours, its in zip(second(refnet, key), theirs, strict=True)
            for a, b in zip(ours, its, strict=True)
        )
        if theirs[0]
        else 0.0
    )
    if worst <= TOL:
        return
    pattern = next((p for p in exemptions.SECOND_DERIVATIVES if fnmatchcase(key, p)), None)
    assert pattern is not None, f"the derivatives differ by {worst:.1e} of the largest entry"
    needed.add(pattern)


def test_no_exemption_is_stale(request: pytest.FixtureRequest) -> None:
    ran = {item.name for item in request.session.items}
    alone = not hasattr(request.config, "workerinput")  # each worker sees a part of the cases
    if alone and all(f"test_second_derivatives[{key}]" in ran for key in KEYS):
        assert needed == set(exemptions.SECOND_DERIVATIVES)


def test_weight_norm() -> None:
    """refnet's second derivative is that of central differences, and PyTorch's is not."""
    rng = np.random.default_rng(0)
    v, g, dw, u = (rng.standard_normal(s) for s in [(3, 4), (3, 1), (3, 4), (3, 4)])

    def slope(library: Any, v: Any, *, graph: bool = False) -> Any:
        """u · v̄, or its derivative with respect to v."""
        V, G = (library.from_numpy(a).requires_grad_() for a in (v, g))
        layer = library.nn.utils.parametrizations.weight_norm(library.nn.Linear(4, 3).double())
        weight = layer.parametrizations.weight[0](G, V)
        (dv,) = library.autograd.grad(weight, V, library.from_numpy(dw), create_graph=True)
        value = (dv * library.from_numpy(u)).sum()
        return library.autograd.grad(value, V)[0].numpy() if graph else value.item()

    differences = np.zeros_like(v)
    for place in np.ndindex(v.shape):
        step = np.zeros_like(v)
        step[place] = 1e-5
        differences[place] = (slope(refnet, v + step) - slope(refnet, v - step)) / 2e-5
    np.testing.assert_allclose(slope(refnet, v, graph=True), differences, rtol=1e-7, atol=1e-8)
    assert np.abs(slope(torch, v, graph=True) - differences).max() > 0.1


def normalized(m: Any, x: Any) -> Any:
    """Layer norm, by refnet's rule and by PyTorch's elementary functions.

    PyTorch's own third derivatives of layer_norm and batch_norm are wrong: they differ from central
    differences by more than a third of the largest entry, refnet's by 2e-9. Written out, PyTorch's
    agree with refnet's.
    """
    if m is refnet:
        return m.nn.functional.layer_norm(x, (x.shape[1],))
    d = x - x.mean(1, keepdim=True)
    return d / ((d * d).mean(1, keepdim=True) + 1e-5).sqrt()


def program(m: Any) -> list[Any]:
    """Derivatives up to the fourth order of smooth functions, products, norms and softmax."""
    rng = np.random.default_rng(3)
    x, w, c = (m.from_numpy(rng.standard_normal(s)) for s in [(3, 4), (5, 4), (3, 5)])
    x, w = x.requires_grad_(), w.requires_grad_()
    h = normalized(m, m.tanh(m.nn.functional.linear(x, w)))
    loss = (m.softmax(h, 1) * c).sum() + x.norm()
    found = []
    for _ in range(3):
        dx, dw = m.autograd.grad(loss, (x, w), create_graph=True)
        found += [dx, dw]
        loss = (dx**2).sum() + m.sin(dw).sum()
    loss.backward()
    return plain([*found, x.grad, w.grad])


def test_third_and_fourth_derivatives() -> None:
    for a, b in zip(program(refnet), program(torch), strict=True):
        assert difference(a, b) < 1e-9


LAYER = np.random.default_rng(3).standard_normal((2, 3, 4))  # the point, and a direction


def summed(library: Any, name: str, x: Any, times: int) -> Any:
    """A norm of x, weighted and summed, differentiated so many times in one direction."""
    F, direction = library.nn.functional, library.from_numpy(LAYER[1])
    y = (
        F.layer_norm(x, (4,))
        if name == "layer_norm"
        else F.batch_norm(x, None, None, training=True)
    )
    value = (y * direction).sum()
    for _ in range(times):
        (dx,) = library.autograd.grad(value, x, create_graph=True)
        value = (dx * direction).sum()
    return value


@pytest.mark.parametrize("name", ["layer_norm", "batch_norm"])
def test_third_derivatives_of_norms(name: str) -> None:
    """refnet's are those of central differences of the second ones, and PyTorch's are not."""

    def second_at(point: Any) -> float:
        x = refnet.from_numpy(point).requires_grad_()
        return float(summed(refnet, name, x, 2).item())

    differences = np.zeros((3, 4))
    for place in np.ndindex(3, 4):
        step = np.zeros((3, 4))
        step[place] = 1e-5
        differences[place] = (second_at(LAYER[0] + step) - second_at(LAYER[0] - step)) / 2e-5
    errors = []
    for library in (refnet, torch):
        x = library.from_numpy(LAYER[0].copy()).requires_grad_()
        (third,) = library.autograd.grad(summed(library, name, x, 2), x)
        errors.append(np.abs(third.numpy() - differences).max() / np.abs(differences).max())
    assert errors[0] < 1e-7
    assert errors[1] > 0.1


def penalty(m: Any, dtype: Any) -> list[Any]:
    """A gradient penalty of a small network, in place of its loss, and a step of SGD."""
    m.manual_seed(0)
    net = m.nn.Sequential(m.nn.Linear(5, 8), m.nn.SiLU(), m.nn.Linear(8, 1)).to(dtype)
    optimizer = m.optim.SGD(net.parameters(), 0.05, momentum=0.9)
    x = m.linspace(-1, 1, 20, dtype=dtype).reshape(4, 5)
    for _ in range(20):
        z = x.clone().requires_grad_()
        (dz,) = m.autograd.grad(net(z).sum(), z, create_graph=True)
        loss = ((dz.norm(dim=1) - 1) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return plain(net.parameters())


def test_training_with_a_gradient_penalty() -> None:
    for dtype, tol in (("float64", 1e-12), ("float32", 1e-5)):
        ours, theirs = (penalty(m, getattr(m, dtype)) for m in (refnet, torch))
        assert max(map(difference, ours, theirs)) < tol


def half(m: Any) -> list[Any]:
    x = m.linspace(-1, 1, 12).reshape(3, 4).to(m.float16).requires_grad_()
    w = m.linspace(0.5, -0.3, 8).reshape(2, 4).to(m.float16).requires_grad_()
    y = m.softmax(m.tanh(m.nn.functional.linear(x, w)), 1)
    loss = (y[:, 0] ** 2).sum() + (300 * x).norm() / 300  # the squares overflow in float16
    dx, dw = m.autograd.grad(loss, (x, w), create_graph=True)
    assert dx.dtype == m.float16
    return plain([dx, dw, *m.autograd.grad((dx * dx).sum() + dw.sin().sum(), (x, w))])


def test_float16() -> None:
    for a, b in zip(half(refnet), half(torch), strict=True):
        assert a.dtype == b.dtype == np.float16
        assert difference(a.astype(float), b.astype(float)) < 4e-3  # four ulp


def hooks(m: Any) -> list[Any]:
    """A hook of a recorded pass gets and gives recorded tensors; .grad keeps its graph."""
    x = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    y = x * x
    y.register_hook(lambda g: g * x)
    y.retain_grad()
    (y**2).sum().backward(create_graph=True)
    first = [x.grad.clone(), y.grad.clone()]
    (dx,) = m.autograd.grad(x.grad.sum(), x)
    return plain([*first, dx])


def in_place(m: Any) -> list[Any]:
    x = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    y = x * 3
    y.add_(x * x)
    y[0] = x[1] * 2
    (dx,) = m.autograd.grad((y**3).sum(), x, create_graph=True)
    return plain([dx, m.autograd.grad((dx**2).sum(), x)[0]])


@pytest.mark.parametrize("run", [hooks, in_place])
@pytest.mark.filterwarnings("ignore")
def test_programs(run: Any) -> None:
    for a, b in zip(run(refnet), run(torch), strict=True):
        assert difference(a, b) < 1e-12


def changed(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    y = (x * x).sum()
    with m.no_grad():
        x.add_(1)
    return m.autograd.grad(y, x, create_graph=True)


def freed(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], dtype=m.float64, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    return m.autograd.grad(y, x, create_graph=True)


@pytest.mark.parametrize("run", [changed, freed])
def test_refusals(run: Any) -> None:
    for library in (refnet, torch):
        with pytest.raises(RuntimeError, match=r"modified by an inplace operation|a second time"):
            run(library)
