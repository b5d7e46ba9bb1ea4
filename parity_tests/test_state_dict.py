"""state_dict and load_state_dict against PyTorch: keys, values, hooks, and what does not fit."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

import refnet
from parity_tests.outcomes import (
    assert_same_error,
    assert_same_result,
    net,
    outcome,
    plain,
    three,
)

PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "state_dict": lambda m: net(m).state_dict(),
    "state_dict under a prefix": lambda m: list(net(m).state_dict(prefix="a.b.")),
    "state_dict into a dictionary": lambda m: net(m).state_dict(destination={"mine": 1}),
    "state_dict keep_vars": lambda m: m.nn.Linear(2, 1).state_dict(keep_vars=True),
    "extra state": lambda m: with_extra_state(m),
    "state_dict hooks": lambda m: state_dict_hooks(m),
    "load_state_dict hooks": lambda m: load_hooks(m),
    "load_state_dict assign": lambda m: assigned(m),
    "load, not strict": lambda m: m.nn.Linear(2, 1).load_state_dict(
        {"weight": m.ones(1, 2), "z": m.ones(1)}, strict=False
    ),
    "load, all matched": lambda m: m.nn.Linear(2, 1).load_state_dict(
        m.nn.Linear(2, 1).state_dict()
    ),
    "load casts": lambda m: loaded(m, m.nn.Linear(2, 1), m.nn.Linear(2, 1).double().state_dict()),
    "load tied": lambda m: (n := net(m), n.load_state_dict(net(m).state_dict()))[0].state_dict(),
}

ERRORS: dict[str, Callable[[Any], Any]] = {
    "state_dict is a number": lambda m: m.nn.Linear(1, 1).load_state_dict(3),
    "missing keys": lambda m: m.nn.Linear(1, 1).load_state_dict({}),
    "unexpected keys": lambda m: three(m).load_state_dict(
        {**three(m).state_dict(), "9.x": m.ones(1)}
    ),
}


def with_extra_state(m: Any) -> Any:
    class Counting(m.nn.Module):
        count = 0

        def get_extra_state(self) -> Any:
            return {"count": self.count}

        def set_extra_state(self, state: Any) -> None:
            self.count = state["count"]

    a, b = m.nn.Sequential(Counting()), m.nn.Sequential(Counting())
    a[0].count = 7
    b.load_state_dict(a.state_dict())
    return [a.state_dict(), b[0].count, str(outcome(lambda m: b.load_state_dict({}), m))]


def state_dict_hooks(m: Any) -> Any:
    layer, log = m.nn.Linear(2, 1), []
    layer.register_state_dict_pre_hook(lambda mod, prefix, keep: log.append((prefix, keep)))
    handle = layer.register_state_dict_post_hook(
        lambda mod, d, prefix, meta: d.pop(prefix + "bias") and None
    )
    first = list(m.nn.Sequential(layer).state_dict())
    handle.remove()
    return [first, list(layer.state_dict()), log]


def load_hooks(m: Any) -> Any:
    layer, log = m.nn.Linear(2, 1), []

    def rename(mod: Any, state: Any, prefix: str, *rest: Any) -> None:
        log.append((prefix, [list(x) if isinstance(x, list) else x for x in rest[1:]]))
        state[prefix + "weight"] = state.pop(prefix + "W")

    def forgive(mod: Any, keys: Any) -> None:
        log.append((list(keys.missing_keys), list(keys.unexpected_keys)))
        keys.missing_keys.clear()

    layer.register_load_state_dict_pre_hook(rename)
    layer.register_load_state_dict_post_hook(forgive)
    given = {"0.W": m.tensor([[1.0, 2.0]])}
    result = m.nn.Sequential(layer).load_state_dict(given)
    return [layer.weight, log, list(given), result]


def assigned(m: Any) -> Any:
    layer = m.nn.Linear(2, 1)
    layer.weight.requires_grad_(False)
    w = m.ones(1, 2).double()
    layer.load_state_dict({"weight": w, "bias": m.zeros(1)}, assign=True)
    w += 1
    return [layer.weight, str(layer.weight.dtype), layer.bias]


def loaded(m: Any, layer: Any, state: Any) -> Any:
    layer.load_state_dict(state)
    return [layer.weight, str(layer.weight.dtype)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_result(name: str) -> None:
    assert_same_result(PROGRAMS[name])


@pytest.mark.parametrize("name", ERRORS)
def test_same_error(name: str) -> None:
    assert_same_error(ERRORS[name])


def assign_integers(m: Any) -> None:
    state = {"weight": m.tensor([[1]]), "bias": m.ones(1)}
    m.nn.Linear(1, 1).load_state_dict(state, assign=True)


def test_integers_are_no_parameters() -> None:
    errors = [outcome(assign_integers, m)[0] for m in (refnet, torch)]
    assert errors == ["RuntimeError", "RuntimeError"]


def test_load_errors_name_the_same_keys() -> None:
    texts = []
    for m in (refnet, torch):
        state = net(m).state_dict()
        state["stack.0.weight"] = m.zeros(3, 5)
        state["mean"] = 3
        state["unknown"] = state["blocks.0.foo"] = m.zeros(1)
        del state["alone"], state["blocks.2.scale"]
        with pytest.raises(RuntimeError) as error:
            net(m).load_state_dict(state)
        texts.append(plain(str(error.value)))
    ours, theirs = (text.split("\n\t") for text in texts)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        if a.startswith("While"):  # worded anew: "a Tensor"
            assert a.split('"')[1] == b.split('"')[1] == "mean"
        else:
            assert a == b
