"""Reverse mode's entrances, grad mode, and the functional derivatives."""

import functools

from parity_tests.cases import case, const, ints, raises, randn


def _modes(m, x):
    """requires_grad of a product, and whether recording is on, under each mode and nested."""
    seen = [m.is_grad_enabled()]
    with m.no_grad():
        seen += [(x * 2).requires_grad, m.is_grad_enabled()]
        with m.enable_grad():
            seen += [(x * 2).requires_grad, m.is_grad_enabled()]
        seen.append(m.is_grad_enabled())
    return [*seen, m.is_grad_enabled()]


def _decorated(m, x):
    @m.no_grad()
    def quiet(x):
        return x * 2

    @m.enable_grad()
    def loud(x):
        return x * 2

    with m.no_grad():
        return quiet(x).requires_grad, loud(x)


def _generator(mode):
    """What a decorated generator function sees in its body, and its caller between the values: when
    it is driven by next, send, throw and close, when an error leaves it, and what it returns."""

    def run(m, x):
        on, seen = m.is_grad_enabled, []

        @mode(m)
        def values(n):
            for _ in range(n):
                try:
                    seen.append(("sent", (yield (x * 2).requires_grad), on()))
                except ValueError as error:
                    seen.append(("thrown", str(error), on()))
                finally:
                    seen.append(("finally", on()))
            return on()

        for outer in (m.enable_grad(), m.no_grad()):
            with outer:
                body = values(4)
                seen += [next(body), on(), body.send("a"), on(), body.throw(ValueError("b")), on()]
                body.close()
                seen += [on(), list(values(2)), on()]
                seen.append((lambda: (yield from values(1)))().send(None))
                last = values(1)
                next(last)
                for step, sent in ((last.send, 5), (values(1).throw, KeyError("c"))):
                    try:
                        step(sent)
                    except (StopIteration, KeyError) as error:
                        seen.append((type(error).__name__, str(error), on()))
        return seen

    return run


def _not_generators(m, x):
    """A coroutine function, an asynchronous generator and a class: their calls are in the mode."""

    class Seen:
        def __init__(self):
            self.on = m.is_grad_enabled()

        def later(self):
            return m.is_grad_enabled()

    async def coroutine():
        return m.is_grad_enabled()

    async def generator():
        yield m.is_grad_enabled()

    def finished(awaitable):
        try:
            awaitable.send(None)
        except StopIteration as stop:
            return stop.value

    made = m.no_grad()(Seen)()
    return (
        made.on,
        made.later(),
        finished(m.no_grad()(coroutine)()),
        finished(m.no_grad(generator)().__anext__()),
        [*m.no_grad()(functools.partial(_yields, m))()],
    )


def _yields(m):
    yield m.is_grad_enabled()


def _set(m, x):
    m.set_grad_enabled(False)
    off = (x * 2).requires_grad
    m.set_grad_enabled(True)
    with m.set_grad_enabled(mode=False):
        inside = (x * 2).requires_grad
    return off, inside, x * 2


def _backward(m, x, y):
    """Two roots, two cotangents; the leaf reached twice."""
    a, b = x * y, (x + y).sin()
    m.autograd.backward([a, b], [m.full_like(a, 0.5).detach(), b.detach()])
    return x.grad, y.grad


def _backward_into(m, x, y):
    a = x * y
    m.autograd.backward(a, a.detach(), retain_graph=True, inputs=[y])
    return x.grad is None, y.grad


def _f(x, y):
    return (x * y).sin() + x.exp() * y


def _scalar(x, y):
    return (_f(x, y) * x).sum()


AUTOGRAD = [
    case("no_grad", _modes, randn(3)),
    case("enable_grad", _modes, randn(3)),
    case("is_grad_enabled", _modes, randn(3)),
    case("no_grad", _decorated, randn(3)),
    case("set_grad_enabled", _set, randn(3)),
    case("no_grad", _generator(lambda m: m.no_grad()), randn(3)),
    case("no_grad", _generator(lambda m: m.no_grad), randn(3)),
    case("enable_grad", _generator(lambda m: m.enable_grad()), randn(3)),
    case("set_grad_enabled", _generator(lambda m: m.set_grad_enabled(False)), randn(3)),
    case("no_grad", _not_generators, randn(3)),
    case("autograd.backward", _backward, randn(3), randn(3)),
    case("autograd.backward", _backward_into, randn(3), randn(3)),
    raises("autograd.backward", lambda m, x: m.autograd.backward([x * 2], [None]), randn(3)),
    case("autograd.grad", lambda m, x, y: m.autograd.grad(_scalar(x, y), (x, y)), randn(3), randn(3)),
    case("autograd.grad", lambda m, x, y, v: m.autograd.grad(_f(x, y), x, grad_outputs=v),
         randn(3), randn(3), const(randn(3))),
    case("autograd.grad", lambda m, x, y: m.autograd.grad(x.sum(), [x, y], allow_unused=True, retain_graph=True),
         randn(3), randn(3)),
    case("autograd.grad", lambda m, x, y: m.autograd.grad(x.sum(), [x, y], materialize_grads=True),
         randn(3), randn(3)),
    case("autograd.grad", lambda m, x: (lambda z: m.autograd.grad((z * z).sum(), z))(x * 3), randn(3)),
    raises("autograd.grad", lambda m, x, y: m.autograd.grad(x.sum(), [x, y]), randn(3), randn(3)),
    raises("autograd.grad", lambda m, x, i: m.autograd.grad(x.sum(), [i]), randn(3), ints(3)),
]  # fmt: skip

FUNCTIONAL = [
    case("autograd.functional.vjp", lambda m, x, y, v: m.autograd.functional.vjp(_f, (x, y), v),
         const(randn(2, 3)), const(randn(2, 3)), const(randn(2, 3))),
    case("autograd.functional.vjp", lambda m, x, y: m.autograd.functional.vjp(_scalar, (x, y)),
         const(randn(3)), const(randn(3))),
    case("autograd.functional.vjp",
         lambda m, x, v: m.autograd.functional.vjp(lambda x: (x.sin(), x * x), x, (v, 2 * v), strict=True),
         const(randn(3)), const(randn(3))),
    case("autograd.functional.jvp", lambda m, x, y, v: m.autograd.functional.jvp(_f, (x, y), (v, v * 2)),
         const(randn(2, 3)), const(randn(2, 3)), const(randn(2, 3))),
    case("autograd.functional.jvp", lambda m, x, v: m.autograd.functional.jvp(m.exp, x, v, strict=True),
         const(randn(3)), const(randn(3))),
    case("autograd.functional.jacobian", lambda m, x, y: m.autograd.functional.jacobian(_f, (x, y)),
         const(randn(2, 2)), const(randn(2, 2))),
    case("autograd.functional.jacobian", lambda m, x: m.autograd.functional.jacobian(lambda x: x @ x, x),
         const(randn(2, 2))),
    case("autograd.functional.jacobian",
         lambda m, x: m.autograd.functional.jacobian(lambda x: (x * x, x.sum()), x, strict=True), const(randn(3))),
    case("autograd.functional.jacobian",
         lambda m, x: m.autograd.functional.jacobian(
             lambda x: x.sin() * x.sum(), x, vectorize=True, strategy="forward-mode"), const(randn(3))),
    case("autograd.functional.hvp", lambda m, x, y, v: m.autograd.functional.hvp(_scalar, (x, y), (v, 2 * v)),
         const(randn(3)), const(randn(3)), const(randn(3))),
    case("autograd.functional.hvp", lambda m, x: m.autograd.functional.hvp(
             lambda x: (x * x).sum().exp(), x, strict=True), const(randn(1))),
    case("autograd.functional.vhp", lambda m, x, y, v: m.autograd.functional.vhp(_scalar, (x, y), (v, 2 * v)),
         const(randn(3)), const(randn(3)), const(randn(3))),
    case("autograd.functional.vhp", lambda m, x: m.autograd.functional.vhp(
             lambda x: (x * x).sum().exp(), x, strict=True), const(randn(1))),
    case("autograd.functional.hessian", lambda m, x, y: m.autograd.functional.hessian(_scalar, (x, y)),
         const(randn(3)), const(randn(3))),
    case("autograd.functional.hessian",
         lambda m, x: m.autograd.functional.hessian(
             lambda x: (x.sin() * x.sum()).prod(), x, outer_jacobian_strategy="forward-mode", vectorize=True).detach(),
         const(randn(3))),
    case("autograd.functional.hessian",
         lambda m, x: m.autograd.functional.hessian(lambda x: x.exp().sum(), x, strict=True), const(randn(2, 2))),
    raises("autograd.functional.hessian", lambda m, x: m.autograd.functional.hessian(lambda x: x * x, x), randn(3)),
    raises("autograd.functional.jvp", lambda m, x: m.autograd.functional.jvp(lambda x: x * x, x), randn(3)),
    raises("autograd.functional.vjp", lambda m, x: m.autograd.functional.vjp(lambda x: x * x, x), randn(3)),
]  # fmt: skip

CASES = AUTOGRAD + FUNCTIONAL
