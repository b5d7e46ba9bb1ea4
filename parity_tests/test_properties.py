"""For every rule, on shapes, arguments and values that Hypothesis draws: the pullback is right.

Two oracles: the complex step or differences (check_pullback), and PyTorch where it has the
function.
"""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings

from parity_tests.exemptions import STRATEGIES as EXEMPT
from parity_tests.strategies import Call, all_strategies
from parity_tests.tracing import rules
from refnet.testing import check_pullback
from refnet.testing.differences import difference, sentence

RULES = rules()
STRATEGIES = all_strategies()

quickly = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,  # the same examples each time: CI is no lottery
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("name", sorted(RULES.keys() & STRATEGIES.keys()))
def test_rule(name: str) -> None:
    @quickly
    @given(STRATEGIES[name])
    def check(call: Call) -> None:
        with np.errstate(all="ignore"):
            checked = call.within or RULES[name]
            check_pullback(checked, call.inputs, **call.check, **call.options)
            if call.twin is not None:
                check_twin(RULES[name], call)

    check()


def test_every_rule_has_a_strategy() -> None:
    assert sorted(RULES.keys() - STRATEGIES.keys()) == sorted(EXEMPT)
    assert not STRATEGIES.keys() - RULES.keys()


def check_twin(rule: Any, call: Call) -> None:
    """The rule's value and gradients against PyTorch's, with one random cotangent."""
    assert call.twin is not None
    value, pullback = rule(*call.inputs, **call.options)
    tensors = [_tensor(x) for x in call.inputs]
    theirs = call.twin(*(t for t in tensors if t is not None))
    ours = value if isinstance(value, tuple) else (value,)
    theirs = tuple(theirs) if isinstance(theirs, (tuple, list)) else (theirs,)
    for i, (y, z) in enumerate(zip(ours, theirs, strict=True)):
        _same(f"output {i}", np.asarray(y), z.detach().numpy())
    rng = np.random.default_rng(0)
    dys = [
        rng.standard_normal(np.shape(y)) if np.asarray(y).dtype.kind == "f" else None for y in ours
    ]
    entries = pullback(tuple(dys) if isinstance(value, tuple) else dys[0])
    roots = [
        (z, torch.from_numpy(np.asarray(dy)))
        for z, dy in zip(theirs, dys, strict=True)
        if z.requires_grad
    ]
    if roots:
        torch.autograd.backward(*zip(*roots, strict=True))
    for i, (t, dx) in enumerate(zip(tensors, entries, strict=True)):
        if isinstance(t, torch.Tensor) and t.grad is not None:
            assert dx is not None, f"gradient of input {i}: expected PyTorch's, got None"
            _same(
                f"gradient of input {i}", np.asarray(dx() if callable(dx) else dx), t.grad.numpy()
            )


def _tensor(x: Any) -> Any:
    if not isinstance(x, np.ndarray):
        return x
    t = torch.from_numpy(np.array(x))
    return t.requires_grad_() if t.is_floating_point() else t


def _same(what: str, ours: np.ndarray, theirs: np.ndarray) -> None:
    assert ours.shape == theirs.shape, f"{what}: expected {theirs.shape}, got {ours.shape}"
    # The gradients of weight_norm, cosine_similarity, attention and fixed_batch_norm may cancel to
    # 0: only their rounding errors are left. All other errors were at most 4e-13 without a floor.
    d = difference(theirs, ours, floor=0.1, tol=1e-12)
    assert d.error <= 1e-12, f"{what}: {sentence(theirs, ours, d, oracle='PyTorch', tol=1e-12)}"
