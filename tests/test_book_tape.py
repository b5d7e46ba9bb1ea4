"""The program of the chapter "A tape in 50 lines" (docs/book/tape.md), taken from the page."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import ops

PAGE = Path(__file__).parent.parent / "docs" / "book" / "tape.md"
PROGRAM = "\n".join(
    re.findall(
        r"```\{code-cell\} python\n(.*?)```",
        PAGE.read_text("utf-8").partition("## It computes the example")[0],
        re.DOTALL,
    )
)


@pytest.fixture
def tape() -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(PROGRAM, names)
    return names


def test_the_tape_has_about_fifty_lines() -> None:
    lines = [line for line in PROGRAM.splitlines() if line.strip()]
    assert 40 <= len(lines) <= 52


def formula(
    tape: dict[str, Any] | None, rng: np.random.Generator, leaves: list[Any], steps: int = 25
) -> Any:
    """A random formula of (4, 4), (4,) and (1, 4) arrays, with Vars or with Tensors."""
    pool = list(leaves)
    for _ in range(steps):
        kind = rng.integers(5)
        a, b = (pool[i] for i in rng.integers(len(pool), size=2))
        square = pool[-1 if len(pool) > 3 else 0]
        if kind == 0:
            y = a + b
        elif kind == 1:
            y = a * b
        elif kind == 2:
            y = square @ pool[0]
        elif kind == 3:
            y = a - b
        else:
            y = square * 0.5
        y = tape["apply"](tape["tanh"], y + pool[0]) if tape else refnet.tanh(y + pool[0])
        pool.append(y)  # (4, 4), since pool[0] is
    y = pool[-1] * pool[-2] + pool[-1]
    return tape["apply"](tape["total"], y) if tape else y.sum()


@pytest.mark.parametrize("seed", range(8))
def test_the_tape_of_the_page_is_refnets(tape: dict[str, Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    arrays = [rng.standard_normal(shape) for shape in ((4, 4), (4,), (1, 4))]
    mine = [tape["Var"](a) for a in arrays]
    its = [refnet.tensor(a, requires_grad=True) for a in arrays]
    y = formula(tape, np.random.default_rng(seed + 100), mine)
    z = formula(None, np.random.default_rng(seed + 100), its)
    assert y.value == pytest.approx(z.item(), rel=1e-12)
    tape["backward"](y)
    z.backward()
    for v, t in zip(mine, its, strict=True):
        assert (v.grad is None) == (t.grad is None)
        if t.grad is not None:
            assert v.grad.shape == t.grad.numpy().shape
            np.testing.assert_allclose(v.grad, t.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_inputs_have_lower_numbers(tape: dict[str, Any]) -> None:
    rng = np.random.default_rng(3)
    arrays = [rng.standard_normal(shape) for shape in ((4, 4), (4,), (1, 4))]
    y = formula(tape, np.random.default_rng(1), [tape["Var"](a) for a in arrays])
    seen, todo = set(), [y]
    while todo:
        v = todo.pop()
        assert all(x.number < v.number for x in v.inputs)
        todo += [x for x in v.inputs if x.number not in seen]
        seen.update(x.number for x in v.inputs)

    z = formula(None, np.random.default_rng(1), [refnet.tensor(a).requires_grad_() for a in arrays])
    nodes, orders = [z.grad_fn], set()
    while nodes:
        node = nodes.pop()
        before = [n for n, _ in node.next_functions if n is not None]
        assert all(n.order < node.order for n in before)
        nodes += [n for n in before if n.order not in orders]
        orders.update(n.order for n in before)
    assert len(orders) > 20


def test_each_pullback_is_called_once(tape: dict[str, Any]) -> None:
    calls = 0

    def counted(v: Any) -> Any:
        pullback = v.pullback

        def call(dy: Any) -> Any:
            nonlocal calls
            calls += 1
            return pullback(dy)

        v.pullback = call
        return v

    x = y = tape["Var"](1.0)
    for _ in range(10):
        y = counted(y + counted(y * x))  # the sum's inputs have different numbers
    tape["backward"](y)
    assert calls == 20


def test_rules_of_refnet_run_on_the_tape(tape: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    X, W, b = rng.standard_normal((5, 3)), rng.standard_normal((2, 3)), rng.standard_normal(2)
    mine = [tape["Var"](p) for p in (X, W, b)]
    z = tape["apply"](ops.log_softmax, tape["apply"](ops.linear, *mine), dim=1)
    tape["backward"](tape["apply"](tape["total"], z * z))
    its = [refnet.tensor(p, requires_grad=True) for p in (X, W, b)]
    (refnet.log_softmax(refnet.nn.functional.linear(*its), 1) ** 2).sum().backward()
    for v, t in zip(mine, its, strict=True):
        np.testing.assert_allclose(v.grad, t.grad.numpy(), rtol=1e-12)
