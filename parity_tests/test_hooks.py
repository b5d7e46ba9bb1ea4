"""Hooks of modules against PyTorch: which ones are called, in which order, with which arguments."""

from typing import Any

import pytest
import torch

import refnet
from parity_tests.outcomes import outcome, plain


def hook_log(m: Any, grad_inputs: bool = True, scale: bool = False) -> list[Any]:
    """Every kind of hook, with its arguments, on a network of two inputs and two outputs."""
    log: list[Any] = []

    class Two(m.nn.Module):
        def forward(self, a: Any, b: Any, *, factor: float = 1.0) -> Any:
            log.append("forward")
            return a * b * factor, (a - b).tanh()

    def shown(xs: Any) -> Any:
        return [None if x is None else x.detach().numpy().round(4).tolist() for x in xs]

    layer = Two()
    layer.register_forward_pre_hook(lambda mod, args: log.append(("pre", len(args))))
    layer.register_forward_pre_hook(
        lambda mod, args, kwargs: (
            log.append("first"),
            ((args[0] * 2, *args[1:]), {"factor": 3.0}),
        )[1],
        prepend=True,
        with_kwargs=True,
    )
    layer.register_forward_hook(lambda mod, args, out: log.append(("post", shown(out))))
    layer.register_forward_hook(
        lambda mod, args, kwargs, out: (log.append(("kwargs", dict(kwargs))), out[::-1])[1],
        with_kwargs=True,
        prepend=True,
    )
    layer.register_full_backward_pre_hook(lambda mod, go: log.append(("b-pre", shown(go))))
    layer.register_full_backward_hook(lambda mod, gi, go: log.append(("b", shown(gi), shown(go))))
    if scale:
        layer.register_full_backward_pre_hook(
            lambda mod, go: tuple(None if g is None else 2 * g for g in go), prepend=True
        )
        layer.register_full_backward_hook(
            lambda mod, gi, go: tuple(None if g is None else g * g for g in gi), prepend=True
        )
    a = m.tensor([0.5, -1.0, 2.0], requires_grad=grad_inputs)
    b = m.nn.Parameter(m.tensor([1.5, 1.0, -2.0]))
    y, z = layer(a, b)
    (y * m.tensor([1.0, 2.0, 3.0])).mean().backward(retain_graph=True)
    (y * z * m.tensor([1.0, -2.0, 0.5])).mean().backward()
    log.append(shown([a.grad, b.grad]))
    return log


@pytest.mark.parametrize("grad_inputs", [True, False])
@pytest.mark.parametrize("scale", [True, False])
def test_hooks_see_the_same_in_the_same_order(grad_inputs: bool, scale: bool) -> None:
    assert hook_log(refnet, grad_inputs, scale) == hook_log(torch, grad_inputs, scale)


def always_called(m: Any) -> list[Any]:
    m.manual_seed(0)
    log: list[Any] = []
    layer = m.nn.Linear(2, 2)
    layer.register_forward_hook(lambda mod, args, out: log.append("never"))
    layer.register_forward_hook(lambda mod, args, out: log.append(out), always_call=True)
    try:
        layer(m.ones(3))
    except RuntimeError:
        log.append("raised")
    with layer.register_forward_hook(lambda mod, args, out: out * 0):
        inside = layer(m.ones(2))
    return [plain(log), plain(inside), len(layer._forward_hooks)]


def test_always_called_and_removed_hooks() -> None:
    assert always_called(refnet) == always_called(torch)


def constant_input(m: Any) -> list[Any]:
    """No input requires a gradient: the hook runs when the outputs' gradients are known."""
    log: list[Any] = []
    m.manual_seed(0)
    layer = m.nn.Linear(2, 2)
    layer.register_full_backward_hook(lambda mod, gi, go: log.append(plain([gi, go])))
    layer(m.ones(1, 2)).backward(m.tensor([[0.5, -1.5]]))
    with m.no_grad():
        layer(m.ones(1, 2))
    return [log, plain(layer.weight.grad)]


@pytest.mark.filterwarnings("ignore:Full backward hook is firing")  # PyTorch's; it is documented
def test_backward_hook_without_input_gradient() -> None:
    assert constant_input(refnet) == constant_input(torch)


@pytest.mark.parametrize("kind", ["hook", "pre_hook"])
def test_backward_hook_that_returns_the_wrong_number(kind: str) -> None:
    texts = []
    for m in (refnet, torch):
        layer = m.nn.Tanh()
        getattr(layer, f"register_full_backward_{kind}")(lambda mod, g, *rest: (g[0], g[0]))
        y = layer(m.tensor([0.3], requires_grad=True))
        with pytest.raises(RuntimeError) as error:
            (2 * y).backward()
        texts.append(str(error.value))
    assert texts[0] == texts[1]


def hooked_with(m: Any, result: Any) -> None:
    layer = m.nn.Linear(1, 1)
    layer.register_forward_pre_hook(lambda mod, args, kwargs: result, with_kwargs=True)
    layer(m.ones(1))


def test_pre_hook_that_returns_no_pair() -> None:
    errors = [outcome(lambda m: hooked_with(m, 3), m)[0] for m in (refnet, torch)]
    assert errors == ["RuntimeError", "RuntimeError"]
