"""The tape: what is recorded, the order of the backward pass, and what is freed."""

import gc
import threading
import weakref

import numpy as np
import pytest

import refnet
from refnet import autograd, ops
from refnet.engine import tape
from refnet.engine.error_state import SILENT
from refnet.engine.tape import Node, apply, apply_binary, apply_unary
from refnet.engine.tensor import wrap


def leaf(*shape, seed=0):
    return wrap(np.random.default_rng(seed).standard_normal(shape)).requires_grad_()


def cotangent(*shape):
    return wrap(np.random.default_rng(99).standard_normal(shape))


def counting_identity():
    """A rule y = x, and the list that grows with each run of its pullback."""
    runs = []

    def identity(x):
        def pullback(dy):
            runs.append(1)
            return (dy,)

        return x.copy(), pullback

    return identity, runs


def test_a_chain_of_a_hundred_thousand_operations():
    x = leaf(3)
    y = x
    for _ in range(100_000):
        y = y * 1.0
    dy = cotangent(3)
    y.backward(dy)
    assert np.array_equal(x.grad.numpy(), dy.numpy())
    del y  # freeing the chain must not recurse


def split(*shape):
    """The first of two outputs of one operation."""
    return leaf(2, *shape).unbind(0)[0]


def shown(x):
    """A rule whose value is a view of its argument."""
    return x[...], lambda dy: (dy,)


def held(node):
    """The constants of a node: which arrays and numbers they are."""
    return [id(x) if isinstance(x, np.ndarray) else x for x in node.constants or (None,)]


@pytest.mark.parametrize("make", [leaf, cotangent, lambda *s: leaf(*s).exp(), split])
@pytest.mark.parametrize("rule", [ops.tanh, shown, ops.mul, ops.add])
@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("shape", [(3,), ()])
def test_short_forms_are_apply(make, rule, grad, shape):
    """apply_unary and apply_binary are apply, faster: the same value, node, view and gradient."""
    several = rule in (ops.mul, ops.add)
    pairs = [(leaf(*shape), cotangent(*shape)), (cotangent(*shape), leaf(*shape))]
    for first in (make(*shape), cotangent(*shape)):
        for inputs in [*((first, b) for _, b in pairs), (first, 2.0)] if several else [(first,)]:
            with refnet.set_grad_enabled(grad):
                short = (
                    apply_binary
                    if len(inputs) > 1 and type(inputs[1]) is not float
                    else apply_unary
                )
                fast, general = (f(rule, *inputs) for f in (short, apply))
            assert type(fast._array) is np.ndarray
            assert np.array_equal(fast._array, general._array)
            assert fast.requires_grad == general.requires_grad
            assert (fast._base is None) == (general._base is None)
            assert (fast.grad_fn is None) == (general.grad_fn is None)
            if fast.grad_fn is not None:
                assert type(fast.grad_fn.edges) is tuple
                for a, b in zip(fast.grad_fn.edges, general.grad_fn.edges, strict=True):
                    assert a is b
                assert fast.grad_fn.next_functions == general.grad_fn.next_functions
                assert fast.grad_fn.options is general.grad_fn.options is None
                if (short is apply_unary and len(inputs) == 1) or None not in fast.grad_fn.edges:
                    assert fast.grad_fn.constants is None
                else:
                    assert held(fast.grad_fn) == held(general.grad_fn)


def test_short_forms_refuse_what_the_complex_step_cannot_follow():
    def real(x):
        return x.real.copy(), lambda dy: (dy,)

    x = wrap(np.array([1.0]))
    with pytest.raises(refnet.ops.rule.NotAnalyticError, match="real"):
        autograd.functional.hvp(lambda x: apply_unary(real, x).sum(), x, x)


def test_warnings_of_numpy_are_off_inside_and_as_before_outside():
    assert SILENT is not None  # error_state.py knows where this NumPy keeps them
    zero = leaf(2) * 0.0
    with np.errstate(all="raise"):
        y = (zero / zero).log()
        y.backward(cotangent(2))
        with pytest.raises(FloatingPointError):
            np.float32(1) / np.zeros(1, np.float32)

    def failing(x):
        raise KeyError

    with pytest.raises(KeyError):
        apply(failing, zero)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        np.zeros(1) / np.zeros(1)


def test_a_pullback_gives_one_cotangent_for_each_input():
    def forgetful(x, w):
        return x * w, lambda dy: (dy * w,)

    with pytest.raises(ValueError, match=r"forgetful\(\): expected 2 cotangents .*, got 1"):
        apply(forgetful, leaf(2), leaf(2)).backward(cotangent(2))


def test_a_diamond_chain_visits_each_node_once():
    identity, runs = counting_identity()
    x = leaf(2)
    y = x
    for _ in range(60):
        y = apply(identity, y)
        y = y + y
    dy = cotangent(2)
    y.backward(dy)
    assert len(runs) == 60
    assert np.array_equal(x.grad.numpy(), dy.numpy() * 2.0**60)


def test_saved_arrays_are_freed_during_the_backward_pass():
    alive, seen = [], []

    def saving(x):
        saved = np.full(1000, 1.0)
        alive.append(weakref.ref(saved))

        def pullback(dy):
            seen.append(sum(ref() is not None for ref in alive))
            return (dy * saved[0],)

        return x.copy(), pullback

    y = leaf(1)
    for _ in range(5):
        y = apply(saving, y)
    y.backward(cotangent(1))
    assert seen == [5, 4, 3, 2, 1]
    assert all(ref() is None for ref in alive)


def test_a_graph_is_freed_without_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        y = leaf(3)
        y = (y * y).exp()
        gone = weakref.ref(y._array)
        del y
        assert gone() is None
    finally:
        gc.enable()


def test_a_thunk_runs_only_if_its_cotangent_is_needed():
    ran = []

    def rule(x, w):
        def pullback(dy):
            return lambda: ran.append("x") or dy * w, lambda: ran.append("w") or dy * x

        return x * w, pullback

    data, weight = cotangent(3), leaf(3)
    apply(rule, data, weight).backward(cotangent(3))
    assert ran == ["w"]


def test_gradients_of_two_leaves_do_not_share_memory():
    a, b = leaf(3), leaf(3, seed=1)
    dy = cotangent(3)
    (a + b).backward(dy)
    a.grad.mul_(2.0)
    assert np.array_equal(b.grad.numpy(), dy.numpy())
    assert np.array_equal(a.grad.numpy(), 2 * dy.numpy())


def test_backward_adds_to_the_gradient():
    x = leaf(3)
    dy = cotangent(3)
    for _ in range(2):
        (x * 3.0).backward(dy)
    assert np.array_equal(x.grad.numpy(), 6 * dy.numpy())


def test_second_backward_is_refused_unless_the_graph_is_retained():
    x = leaf(3)
    y = x * x
    y.backward(cotangent(3), retain_graph=True)
    y.backward(cotangent(3))
    before = x.grad.numpy().copy()
    with pytest.raises(RuntimeError, match="a second time"):
        y.backward(cotangent(3))
    assert np.array_equal(x.grad.numpy(), before)


@pytest.mark.parametrize(
    ("gradient", "message"),
    [
        (None, "only for scalar outputs.*shape"),
        (cotangent(2), r"shape of \[2\].*shape of \[3\]"),
    ],
)
def test_backward_refuses_a_missing_or_misshapen_gradient(gradient, message):
    x = leaf(3)
    with pytest.raises(RuntimeError, match=message):
        (x * x).backward(gradient)
    assert x.grad is None


def test_create_graph_records_the_gradients():
    x = leaf(3)
    (x * x * x).sum().backward(create_graph=True)
    np.testing.assert_allclose(x.grad.detach().numpy(), 3 * x.detach().numpy() ** 2)
    (second,) = refnet.autograd.grad(x.grad, x, cotangent(3), create_graph=True)
    np.testing.assert_allclose(
        second.detach().numpy(), 6 * x.detach().numpy() * cotangent(3).numpy()
    )
    (third,) = refnet.autograd.grad(second.sum(), x)
    np.testing.assert_allclose(third.numpy(), 6 * cotangent(3).numpy())


def test_a_changed_saved_array_is_noticed():
    x = leaf(3)
    y = x * x
    with refnet.no_grad():
        x.mul_(2.0)
    with pytest.raises(
        RuntimeError, match=r"modified by an inplace operation.*\[3\].*MulBackward0"
    ):
        y.backward(cotangent(3))


def test_a_changed_array_that_nobody_saved_is_no_error():
    x, c = leaf(3), cotangent(3)
    y = x + c
    c.mul_(5.0)
    dy = cotangent(3)
    y.backward(dy)
    assert np.array_equal(x.grad.numpy(), dy.numpy())


@pytest.mark.parametrize(
    ("change", "used"),
    [
        (lambda x: x.data.mul_(2), lambda x: x),
        (lambda x: x.data[1].mul_(2), lambda x: x[1]),
        (lambda x: x.data[:, 0].zero_(), lambda x: x[1]),
        (lambda x: x.data.t()[0].zero_(), lambda x: x[:, 0]),
        (lambda x: x.data.__setitem__((0, 1), 5.0), lambda x: x.t()),
        (lambda x: refnet.nn.init.ones_(x.data[1:]), lambda x: x[1]),
        (
            lambda x: [x.data[i, j].add_(1) for _ in range(300) for i in (0, 1) for j in (0, 1)],
            lambda x: x,
        ),
    ],
)
def test_a_change_through_data_of_a_needed_value_is_refused(change, used):
    """PyTorch does not notice it and computes a gradient with the values after the change."""
    x = leaf(2, 3)
    y = used(x)
    z = y * y
    change(x)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.backward(cotangent(*z.shape))


def test_a_pullback_is_as_it_was_after_it_was_tried_out():
    """To find out whether a changed array is needed, the engine runs the pullback on others."""
    x, c = leaf(3), cotangent(3)
    y = x * c
    with refnet.no_grad():
        x.mul_(2)
    y.backward(c, retain_graph=True)
    y.backward(c)
    np.testing.assert_array_equal(x.grad.numpy(), (2 * c * c).numpy())
    y = x * c
    with refnet.no_grad():
        c.mul_(2)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.backward(c, retain_graph=True)


def test_a_write_through_a_window_is_noticed():
    """Views of a tensor that got a new array still lie in its memory."""
    y = leaf(2, 3) * 1.0
    row = y[0]
    y.mul_(2.0)
    z = y * y
    with refnet.no_grad():
        row.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.backward(cotangent(2, 3))


def test_a_leaf_that_requires_grad_is_not_changed_in_place():
    x = leaf(3)
    before = x.detach().numpy().copy()
    for change in (lambda: x.add_(1.0), lambda: x[0:2].mul_(2.0), lambda: x.__setitem__(0, 1.0)):
        with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
            change()
    assert np.array_equal(x.detach().numpy(), before)


def test_grad_mode_is_per_thread():
    seen = []
    with refnet.no_grad():
        worker = threading.Thread(target=lambda: seen.append(refnet.is_grad_enabled()))
        worker.start()
        worker.join()
        seen.append(refnet.is_grad_enabled())
    assert seen == [True, False]
    assert refnet.is_grad_enabled()


def test_grad_mode_survives_an_exception_and_nests():
    seen = []

    def fail():
        seen.append(refnet.is_grad_enabled())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), refnet.no_grad(), refnet.enable_grad():
        fail()
    assert seen == [True]
    assert refnet.is_grad_enabled()

    @refnet.no_grad()
    def f():
        return refnet.is_grad_enabled()

    @refnet.set_grad_enabled(False)
    def g():
        return refnet.is_grad_enabled()

    assert not f()
    assert not g()
    assert refnet.is_grad_enabled()


def test_grad_gives_what_is_asked_for_and_touches_nothing_else():
    a, b = leaf(3), leaf(3, seed=1)
    y = a * b
    z = y * y
    dy, da = autograd.grad(z, (y, a), cotangent(3))
    assert np.allclose(
        dy.numpy(), 2 * y.detach().numpy() * cotangent(3).numpy(), rtol=1e-15, atol=0
    )
    assert np.allclose(da.numpy(), dy.numpy() * b.detach().numpy(), rtol=1e-15, atol=0)
    assert a.grad is None
    assert b.grad is None


def test_grad_refuses_an_unused_input_unless_allowed():
    a, b = leaf(3), leaf(3, seed=1)
    with pytest.raises(RuntimeError, match=r"not have been used in the graph: inputs\[1\]"):
        autograd.grad(a * 2.0, (a, b), cotangent(3))
    assert autograd.grad(a * 2.0, (a, b), cotangent(3), allow_unused=True)[1] is None
    zeros = autograd.grad(a * 2.0, (a, b), cotangent(3), materialize_grads=True)[1]
    assert np.array_equal(zeros.numpy(), np.zeros(3))


def test_a_hook_sees_the_whole_gradient_once_and_can_replace_it():
    x = leaf(3)
    seen = []
    x.register_hook(lambda g: seen.append(g.numpy().copy()))
    handle = x.register_hook(lambda g: g * 10.0)
    dy = cotangent(3)
    (x + x).backward(dy)
    assert len(seen) == 1
    assert np.array_equal(seen[0], 2 * dy.numpy())
    assert np.array_equal(x.grad.numpy(), 20 * dy.numpy())
    handle.remove()
    x.grad = None
    (x + x).backward(dy)
    assert np.array_equal(x.grad.numpy(), 2 * dy.numpy())


def test_an_error_in_the_walk_leaves_every_gradient_as_it_was():
    def broken(x):
        def pullback(dy):
            raise ValueError("broken")

        return x.copy(), pullback

    a, b = leaf(3), leaf(3, seed=1)
    with pytest.raises(ValueError, match="broken"):
        (a + apply(broken, b)).backward(cotangent(3))
    assert a.grad is None


# --- taking a graph apart ------------------------------------------------------------------------


def test_a_node_keeps_its_rule_options_and_constants():
    x = leaf(3)
    weight = np.arange(3.0)
    y = apply(ops.sum, apply(ops.mul, x, weight), dim=(0,), keepdim=True)
    assert y.grad_fn.rule is ops.sum
    assert y.grad_fn.options == {"dim": (0,), "keepdim": True}
    product = y.grad_fn.edges[0]
    assert product.options is None
    assert product.constants[0] is None
    assert product.constants[1] is weight
    y.backward(cotangent(1))
    assert product.constants is None


def nodes():
    return sum(type(o) is Node for o in gc.get_objects())


def test_a_long_chain_is_freed_piece_by_piece():
    """At most 256 nodes are freed recursively, because the stack may be small."""
    y = leaf(3)
    for _ in range(2000):
        y = y * 1.5
    gc.collect()  # what other tests left
    before = nodes()
    with tape._freeing:  # the lock is held, so only the first link is freed
        del y
        gc.collect()
        assert before - nodes() <= 256
    tape._Link(())  # the next link to be freed frees the rest
    assert before - nodes() == 2000


# --- arrays that a pullback compares with a number -----------------------------------------------


@pytest.mark.parametrize("kernels", ["plain", "numpy"])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.clamp(-0.3, 0.3),
        lambda x: x.clamp(0.2, 0.8),
        lambda x: x.clamp(min=2),
        lambda x: x.clamp(max=-2),
        refnet.nn.functional.hardshrink,
        refnet.nn.functional.softshrink,
        refnet.nn.functional.hardsigmoid,
    ],
)
def test_an_input_that_is_compared_must_stay(function, kernels):
    with refnet.kernels.use(kernels):
        z = leaf(4) * 1.0
        y = function(z)
        with refnet.no_grad():
            z.mul_(-2.0)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.backward(cotangent(4))


@pytest.mark.parametrize("kernels", ["plain", "numpy"])
def test_an_output_that_is_compared_must_stay(kernels):
    with refnet.kernels.use(kernels):
        y = refnet.relu(leaf(4) * 1.0)
        y.detach()[:1].fill_(5.0)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.backward(cotangent(4))
