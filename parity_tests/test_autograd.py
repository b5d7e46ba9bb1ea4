"""The tape against PyTorch: one program on both libraries has the same result."""

import numpy as np
import pytest
import torch

import refnet

X = np.random.default_rng(3).standard_normal((3, 4))
G = np.random.default_rng(4).standard_normal((3, 4))


def result(m, program):
    """The program's result in a library: arrays, plain values, or the type of its exception."""

    def plain(x):
        if isinstance(x, (list, tuple)):
            return [plain(i) for i in x]
        return x.detach().numpy() if hasattr(x, "detach") else x

    x = m.tensor(X, requires_grad=True)
    try:
        return plain(program(m, x, m.tensor(G)))
    except Exception as error:  # noqa: BLE001 - whatever PyTorch raises is what is expected
        return [type(error)]


def same(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and a.dtype == b.dtype and np.allclose(a, b, rtol=1e-14, atol=0)
    return a == b


PROGRAMS = {}


def program(f):
    PROGRAMS[f.__name__] = f
    return f


@program
def leaf_rules(m, x, g):
    y = x * 2
    d = y.detach()
    return x.is_leaf, y.is_leaf, d.is_leaf, d.requires_grad, y.requires_grad, y.grad_fn.name()


@program
def retain_grad_of_a_middle(m, x, g):
    y = x * 3
    y.retain_grad()
    (y * y).backward(g)
    return y.grad, x.grad, y.retains_grad, x.retains_grad


@program
def hook_on_a_middle_replaces(m, x, g):
    y = x * 3
    y.register_hook(lambda d: d * 2)
    (y * y).backward(g)
    return x.grad


@program
def grad_of_a_middle(m, x, g):
    y = x * 3
    return m.autograd.grad((y * y) + y, [y, x], g)


@program
def backward_into_one_input(m, x, g):
    w = m.tensor(X, requires_grad=True)
    (x * w).backward(g, inputs=[w])
    return w.grad, x.grad is None


@program
def several_roots(m, x, g):
    y, z = x * 2, x * x
    m.autograd.backward([y, z], [g, g])
    return x.grad


@program
def assigning_a_misshapen_grad(m, x, g):
    x.grad = g[:2]


@program
def assigning_a_grad_of_another_dtype(m, x, g):
    x.grad = g.float()


@program
def requires_grad_of_integers(m, x, g):
    m.arange(3).requires_grad_()


@program
def turning_off_a_non_leaf(m, x, g):
    y = x * 2
    y.requires_grad_(False)


@program
def numpy_of_a_recorded_tensor(m, x, g):
    x.numpy()


@program
def backward_without_a_graph(m, x, g):
    g.backward(g)


@program
def grad_of_what_needs_none(m, x, g):
    m.autograd.grad(x * 2, g, g)


@program
def in_place_on_a_middle(m, x, g):
    y = x * 2
    y += g
    y *= x
    y.backward(g)
    return y, x.grad


@program
def in_place_on_chunks(m, x, g):
    a, _ = (x * 1).chunk(2, dim=1)
    a *= 3


@program
def in_place_on_a_half(m, x, g):
    y = x * 1
    a, b = y[:, :2], y[:, 2:]
    a *= 3
    (a * b).backward(g[:, :2])
    return a, x.grad


@program
def in_place_on_a_view_reaches_the_base(m, x, g):
    y = x * 2
    row = y[1]
    row *= 5
    (y * y).backward(g)
    return y, row, x.grad


@program
def in_place_on_the_base_reaches_a_view(m, x, g):
    y = x * 2
    t = y.t()
    y += x * x
    (t * t).backward(g.t())
    return y, t, x.grad


@program
def a_view_of_a_view(m, x, g):
    y = x * 2
    v = y.t()[1:3, ::2]
    v *= x[:2, :2]
    y.backward(g)
    return y, v, x.grad


@program
def augmented_assignment_of_a_part(m, x, g):
    y = x * 2
    y[:, 0] += x[:, 1]
    y[0] = y[2] * 2
    (y * y).backward(g)
    return y, x.grad


@program
def rows_written_into_a_buffer(m, x, g):
    out = m.zeros(3, 4, dtype=m.float64)
    for i in range(3):
        out[i] = x[i] * x[2 - i]
    out.backward(g)
    return out, x.grad


@program
def in_place_on_a_leaf(m, x, g):
    x += 1


@program
def in_place_on_a_view_of_a_leaf(m, x, g):
    x[0].mul_(2)


@program
def in_place_without_recording(m, x, g):
    with m.no_grad():
        x += 1
        x[0] = 5
    return x, x.requires_grad, x.is_leaf


@program
def saved_value_changed(m, x, g):
    y = x * 1
    z = y * y
    with m.no_grad():
        y.mul_(2)
    z.backward(g)


@program
def unsaved_value_changed(m, x, g):
    y = x * 1
    z = y + g
    with m.no_grad():
        y.mul_(2)
    z.backward(g)
    return x.grad


@program
def saved_result_changed(m, x, g):
    y = x.exp()
    with m.no_grad():
        y.mul_(2)
    y.backward(g)


@program
def detach_shares_memory(m, x, g):
    y = x.detach()
    y[0] = 7
    return x


@program
def float_operands_of_two_dtypes(m, x, g):
    w = x.detach().float().requires_grad_()
    (x * w).backward(g)
    return x.grad, w.grad


@program
def a_freed_graph(m, x, g):
    y = (x * 2) * x
    y.backward(g)
    y.backward(g)


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_result(name):
    theirs = result(torch, PROGRAMS[name])
    ours = result(refnet, PROGRAMS[name])
    assert same(ours, theirs), f"refnet: {ours}\nPyTorch: {theirs}"
