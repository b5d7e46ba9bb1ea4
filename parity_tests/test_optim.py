"""SGD against PyTorch: trajectories of 120 steps with every option, state, groups, errors, text."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import refnet

OPTIONS = [
    {
        "lr": 0.05,
        "momentum": μ,
        "dampening": τ,
        "weight_decay": λ,
        "nesterov": nesterov,
        "maximize": maximize,
    }
    for μ, τ, λ, nesterov, maximize in itertools.product(
        (0, 0.9), (0, 0.3), (0, 0.02), (False, True), (False, True)
    )
    if not (nesterov and (μ == 0 or τ != 0))
]


def trajectory(
    m: Any,
    make: Callable[[Any, list[Any]], Any],
    steps: int,
    change: Callable[..., Any] | None = None,
) -> tuple[list[Any], list[Any]]:
    """Walk down (or up) a landscape of hills in float64: all parameters after each step, and b."""
    rng = np.random.default_rng(0)
    starts = [rng.standard_normal(shape) for shape in ((3, 2), (2,), ())]
    params = [m.nn.Parameter(m.from_numpy(x.copy() if x.ndim else np.array(x))) for x in starts]
    optimizer = make(m.optim, params)
    history = []
    for step in range(steps):
        optimizer.zero_grad()
        W, b, c = params
        y = (W * b).tanh() + c.sin()
        ((y * y).mean() + 0.1 * W.cos().mean() + (b - c).sin().mean()).backward()
        if step % 7 == 3:
            c.grad = None  # is passed over, and keeps its momentum
        if change is not None:
            change(optimizer, step)
        optimizer.step()
        history.append([p.detach().numpy().copy() for p in params])
    buffers = [optimizer.state[p].get("momentum_buffer") for p in params]
    return history, [None if b is None else b.numpy() for b in buffers]


def assert_same(
    make: Callable[[Any, list[Any]], Any], steps: int = 120, change: Any = None
) -> None:
    ours, our_buffers = trajectory(refnet, make, steps, change)
    theirs, their_buffers = trajectory(torch, make, steps, change)
    for a, b in zip(ours, theirs, strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-10, atol=1e-10)
    for x, y in zip(our_buffers, their_buffers, strict=True):
        assert (x is None) == (y is None)
        if x is not None:
            np.testing.assert_allclose(x, y, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(map(str, o.values())))
def test_trajectory(options: dict[str, Any]) -> None:
    assert_same(lambda optim, params: optim.SGD(params, **options))


def test_groups_with_options_of_their_own() -> None:
    assert_same(
        lambda optim, ps: optim.SGD(
            [
                {"params": ps[0], "lr": 0.2, "weight_decay": 0.1},
                {"params": iter(ps[1:]), "momentum": 0.5, "nesterov": True},
            ],
            lr=0.01,
        )
    )


def test_options_that_change_on_the_way() -> None:
    def change(optimizer: Any, step: int) -> None:
        group = optimizer.param_groups[0]
        group["lr"] = 0.1 / (1 + step)
        group["momentum"] = 0.9 if step > 20 else 0.5
        if step == 50:
            group["momentum"] = 0

    assert_same(lambda optim, ps: optim.SGD(ps, lr=0.1, momentum=0.9), change=change)


@pytest.mark.parametrize("option", [{"foreach": True}, {"fused": True}, {"foreach": False}])
def test_implementations_are_one_here(option: dict[str, bool]) -> None:
    assert_same(lambda optim, ps: optim.SGD(ps, lr=0.1, momentum=0.9, **option), steps=10)


def test_lr_may_be_a_tensor() -> None:
    for m in (refnet, torch):
        p = m.nn.Parameter(m.ones(2))
        p.grad = m.tensor([1.0, 2.0])
        m.optim.SGD([p], lr=m.tensor(0.25)).step()
        assert p.tolist() == [0.75, 0.5]


def make(m: Any, **options: Any) -> tuple[list[Any], Any]:
    params = [m.nn.Parameter(m.tensor([1.0, 2.0])), m.nn.Parameter(m.tensor([[3.0]]))]
    optimizer = m.optim.SGD([{"params": params[:1]}, {"params": params[1], "lr": 0.5}], **options)
    for p in params:
        p.grad = p.detach() / 3
    return params, optimizer


def plain(x: Any) -> Any:
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    return np.round(x.detach().numpy(), 6).tolist() if hasattr(x, "detach") else x


def state_after_two_steps(m: Any) -> Any:
    _, optimizer = make(m, lr=0.1, momentum=0.9)
    optimizer.step()
    optimizer.step()
    return plain(optimizer.state_dict())


def test_state_dict_is_in_the_same_format() -> None:
    ours, theirs = state_after_two_steps(refnet), state_after_two_steps(torch)
    assert ours == theirs
    assert [list(g) for g in ours["param_groups"]] == [list(g) for g in theirs["param_groups"]]


def resumed(m: Any) -> Any:
    params, first = make(m, lr=0.1, momentum=0.9)
    first.step()
    params[0].grad = None
    _, second = make(m, lr=0.7)
    second.param_groups[0]["params"] = params[:1]
    second.param_groups[1]["params"] = params[1:]
    second.load_state_dict(first.state_dict())
    second.step()
    return [plain(params), plain(second.state_dict()), repr(second)]


def test_load_state_dict_resumes() -> None:
    assert resumed(refnet) == resumed(torch)


def test_loaded_state_has_the_dtype_of_its_parameter_and_memory_of_its_own() -> None:
    _, first = make(refnet, lr=0.1, momentum=0.9)
    first.step()
    state = first.state_dict()
    _, second = make(refnet, lr=0.1, momentum=0.9)
    second.load_state_dict(state)
    for group in second.param_groups:
        for p in group["params"]:
            assert second.state[p]["momentum_buffer"].dtype is p.dtype
    second.step()
    assert plain(first.state_dict()) == plain(state)


def named(m: Any) -> Any:
    layer = m.nn.Linear(2, 1)
    with m.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
    optimizer = m.optim.SGD(layer.named_parameters(), lr=0.1)
    return [plain(optimizer.state_dict()), repr(optimizer)]


def test_named_parameters_keep_their_names() -> None:
    assert named(refnet) == named(torch)


def test_repr() -> None:
    assert repr(make(refnet, lr=0.1)[1]) == repr(make(torch, lr=0.1)[1])


def with_closure(m: Any) -> Any:
    p = m.nn.Parameter(m.tensor([1.0, -2.0]))
    optimizer = m.optim.SGD([p], lr=0.1)
    log: list[Any] = []
    optimizer.register_step_pre_hook(lambda o, args, kwargs: log.append(("pre", plain(p))))
    handle = optimizer.register_step_post_hook(
        lambda o, args, kwargs: log.append(("post", plain(p)))
    )

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (p * p).mean()
        loss.backward()
        return loss

    with m.no_grad():
        losses = [plain(optimizer.step(closure))]
    handle.remove()
    return [*losses, plain(optimizer.step(closure)), optimizer.step(), log]


def test_closure_and_hooks() -> None:
    assert with_closure(refnet) == with_closure(torch)


def zeroed(m: Any, set_to_none: bool) -> Any:
    params, optimizer = make(m, lr=0.1)
    params[1].grad = None
    optimizer.zero_grad(set_to_none)
    return [None if p.grad is None else plain(p.grad) for p in params]


@pytest.mark.parametrize("set_to_none", [True, False])
def test_zero_grad(set_to_none: bool) -> None:
    assert zeroed(refnet, set_to_none) == zeroed(torch, set_to_none)


def one(m: Any) -> Any:
    return m.nn.Parameter(m.ones(1))


ERRORS: dict[str, Callable[[Any], Any]] = {
    "Invalid learning rate: -1": lambda m: m.optim.SGD([one(m)], lr=-1),
    "Invalid momentum value": lambda m: m.optim.SGD([one(m)], momentum=-0.1),
    "Invalid weight_decay value": lambda m: m.optim.SGD([one(m)], weight_decay=-1),
    "Nesterov momentum requires": lambda m: m.optim.SGD([one(m)], nesterov=True),
    "Nesterov momentum": lambda m: m.optim.SGD([one(m)], momentum=1, dampening=1, nesterov=True),
    "1-element": lambda m: m.optim.SGD([one(m)], lr=m.ones(2)),
    "fused.*foreach": lambda m: m.optim.SGD([one(m)], fused=True, foreach=True),
    "empty parameter list": lambda m: m.optim.SGD([]),
    "empty parameter": lambda m: m.optim.SGD(m.nn.ReLU().parameters()),
    "iterable of Tensors or dicts": lambda m: m.optim.SGD(one(m)),
    "can only optimize Tensors": lambda m: m.optim.SGD([3]),
    "non-leaf": lambda m: m.optim.SGD([one(m) * 2]),
    "ordered collections": lambda m: m.optim.SGD([{"params": {one(m)}}]),
    "more than one parameter group": lambda m: m.optim.SGD([{"params": [p]} for p in [one(m)] * 2]),
    "must be a dict": lambda m: m.optim.SGD([one(m)]).add_param_group([one(m)]),
    "Some param names are missing": lambda m: m.optim.SGD([("a", one(m)), one(m)]),
    "with/without names": lambda m: m.optim.SGD([("a", one(m))]).add_param_group(
        {"params": [one(m)]}
    ),
    "different number of parameter groups": lambda m: make(m)[1].load_state_dict(
        m.optim.SGD([one(m)]).state_dict()
    ),
    "match the size": lambda m: m.optim.SGD([one(m), one(m)]).load_state_dict(
        m.optim.SGD([one(m)]).state_dict()
    ),
}


@pytest.mark.parametrize("text", ERRORS)
def test_errors(text: str) -> None:
    with pytest.raises(Exception, match=text) as theirs:
        ERRORS[text](torch)
    with pytest.raises(type(theirs.value), match=text):
        ERRORS[text](refnet)


def test_a_group_that_is_refused_is_not_added() -> None:
    params, optimizer = make(refnet, lr=0.1)
    with pytest.raises(ValueError, match="more than one"):
        optimizer.add_param_group({"params": [one(refnet), params[0]]})
    assert len(optimizer.param_groups) == 2


def test_duplicates_in_a_group_are_warned_of() -> None:
    for m in (refnet, torch):
        p = one(m)
        with pytest.warns(UserWarning, match="duplicate parameters"):
            m.optim.SGD([p, p])


def test_differentiable_is_left_out() -> None:
    with pytest.raises(NotImplementedError, match="differentiable"):
        refnet.optim.SGD([one(refnet)], differentiable=True)


def test_a_step_before_backward_is_noticed() -> None:
    layer = refnet.nn.Linear(2, 1)
    x = refnet.ones(1, 2, requires_grad=True)
    y = layer(x)
    layer.weight.grad = refnet.ones(1, 2)
    refnet.optim.SGD(layer.parameters(), lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward(refnet.tensor([[0.3]]))


def test_an_optimizer_of_the_users_own() -> None:
    """Written for PyTorch with its own step(), it runs on refnet."""

    def sign_descent(optim: Any, params: list[Any]) -> Any:
        class SignDescent(optim.Optimizer):
            def __init__(self, params: Any, lr: float) -> None:
                super().__init__(params, {"lr": lr})

            def step(self, closure: Any = None) -> None:
                for group in self.param_groups:
                    for p in group["params"]:
                        if p.grad is not None:
                            state = self.state[p]
                            state["step"] = state.get("step", 0) + 1
                            p.data -= group["lr"] / state["step"] * p.grad.sign()

        return SignDescent(params, 0.1)

    assert_same(sign_descent, steps=20)
