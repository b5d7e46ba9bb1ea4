"""Module without PyTorch: what refnet promises beyond it, and what needs no comparison."""

import copy
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn


def values(module: nn.Module) -> dict[str, Any]:
    return {name: x.numpy().copy() for name, x in module.state_dict().items()}


def assert_unchanged(module: nn.Module, before: dict[str, Any]) -> None:
    after = values(module)
    assert list(after) == list(before)
    for name, x in before.items():
        np.testing.assert_array_equal(after[name], x)


def two_layers() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))


BROKEN = {
    "missing": lambda state: state.pop("1.bias"),
    "unexpected": lambda state: state.update(z=refnet.ones(1)),
    "misshapen": lambda state: state.update({"1.weight": refnet.ones(3, 1)}),
    "no tensor": lambda state: state.update({"1.weight": [[1, 2, 3]]}),
}


@pytest.mark.parametrize("assign", [True, False])
@pytest.mark.parametrize("how", BROKEN)
def test_a_failed_load_changes_nothing(how: str, assign: bool) -> None:
    model, state = two_layers(), dict(two_layers().state_dict())
    before, members = values(model), list(model.parameters())
    BROKEN[how](state)
    with pytest.raises(RuntimeError, match="loading state_dict for Sequential"):
        model.load_state_dict(state, assign=assign)
    assert_unchanged(model, before)
    assert all(p is q for p, q in zip(model.parameters(), members, strict=True))


@pytest.mark.parametrize("assign", [True, False])
def test_a_hook_that_raises_undoes_the_load(assign: bool) -> None:
    model, state = two_layers(), two_layers().state_dict()
    before = values(model)

    def refuse(module: nn.Module, keys: Any) -> None:
        raise ValueError("no")

    model[1].register_load_state_dict_post_hook(refuse)
    with pytest.raises(ValueError, match="no"):
        model.load_state_dict(state, assign=assign)
    assert_unchanged(model, before)


def test_an_extra_state_that_raises_undoes_the_load() -> None:
    class Strict(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(1, 1)
            self.extra = 1

        def get_extra_state(self) -> int:
            return self.extra

        def set_extra_state(self, state: Any) -> None:
            self.extra = state
            if state < 0:
                raise ValueError("negative")

    model = nn.Sequential(Strict(), nn.Linear(1, 1))
    other = copy.deepcopy(model)
    other[0].extra = -1
    with refnet.no_grad():
        for p in other.parameters():
            p += 1
    before = values(model[0].layer)
    with pytest.raises(ValueError, match="negative"):
        model.load_state_dict(other.state_dict())
    assert_unchanged(model[0].layer, before)
    assert model[0].extra == 1


def test_a_not_strict_load_still_refuses_a_wrong_shape() -> None:
    model = two_layers()
    before = values(model)
    state = {"0.bias": refnet.zeros(3), "1.bias": refnet.zeros(2)}
    with pytest.raises(RuntimeError, match=r"size mismatch for 1\.bias"):
        model.load_state_dict(state, strict=False)
    assert_unchanged(model, before)


def test_all_problems_are_reported_at_once() -> None:
    state = {"0.weight": refnet.ones(1), "0.bias": 3, "q": refnet.ones(1), "1.bias": refnet.ones(1)}
    with pytest.raises(RuntimeError) as error:
        two_layers().load_state_dict(state)
    lines = str(error.value).split("\n\t")
    assert len(lines) == 5
    for line, words in zip(lines[1:], ('"1.weight"', '"q"', "0.weight", '"0.bias"'), strict=True):
        assert words in line


def test_a_load_keeps_memory_and_dtype() -> None:
    model = nn.Linear(2, 1)
    memory = model.weight.data_ptr()
    model.load_state_dict(nn.Linear(2, 1).double().state_dict())
    assert model.weight.data_ptr() == memory
    assert model.weight.dtype is refnet.float32


def test_a_load_before_backward_is_noticed() -> None:
    model = nn.Linear(2, 1)
    x = refnet.ones(1, 2, requires_grad=True)
    y = model(x)
    model.load_state_dict(nn.Linear(2, 1).state_dict())
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward(refnet.tensor([[0.3]]))


def test_conversion_keeps_the_parameters_themselves() -> None:
    model = nn.Linear(2, 1)
    weight = model.weight
    model(refnet.ones(2)).backward(refnet.tensor([0.7]))
    assert model.double().weight is weight
    assert weight.dtype is weight.grad.dtype is refnet.float64
    assert weight.requires_grad


def test_what_is_left_out_is_a_clear_error() -> None:
    with pytest.raises(RuntimeError, match="refnet"):
        nn.Linear(1, 1).cuda()


def test_a_deprecated_name_says_what_takes_its_place() -> None:
    with pytest.raises(AttributeError, match="register_full_backward_hook"):
        nn.Linear(1, 1).register_backward_hook(print)


def test_a_copy_shares_nothing_but_what_was_shared() -> None:
    model = two_layers()
    model.append(model[0])
    twin = copy.deepcopy(model)
    assert twin[2] is twin[0]
    before = values(model)
    with refnet.no_grad():
        twin[0].weight += 1
    assert_unchanged(model, before)


def test_a_failed_registration_changes_nothing() -> None:
    model = nn.Linear(1, 1)
    for name, value in (("weight", nn.ReLU()), ("a.b", nn.ReLU()), ("x", 3)):
        with pytest.raises((KeyError, TypeError)):
            model.add_module(name, value)
    assert list(model.state_dict()) == ["weight", "bias"]
    assert list(model.modules()) == [model]


def test_repeated_reprs_are_collapsed() -> None:
    blocks = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    assert repr(blocks) == (
        "ModuleList(\n  (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)\n)"
    )
