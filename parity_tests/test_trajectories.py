"""Training with every line of cases/optim.py: 120 steps of a network in float64, parameters and state.

Everything is compared after each step, to 1e-10 of the largest entry; once more with the two
optimizers going on, at half the way, from each other's state_dict.
"""

from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests.cases import Case
from parity_tests.twins import CASES

STEPS = 120
TOL = 1e-10
OPTIMIZERS = {key: c for key, c in CASES.items() if key.startswith("optim/") and c.kind != "error"}


class Training:
    """A small network of one library, on random data that is new in each step."""

    def __init__(self, m: Any, c: Case) -> None:
        self.m = m
        rng = np.random.default_rng(c.seed)
        shapes = ((4, 6), (4,), (3, 4), (3,), (), (0, 2))
        starts = [rng.standard_normal(shape) / 2 for shape in shapes]
        self.params = [m.nn.Parameter(m.from_numpy(np.array(x))) for x in starts]
        assert c.source is not None
        self.make = c.source
        self.optimizer = self.make(m.optim, self.params)
        self.data = [
            (rng.standard_normal((8, 6)), rng.standard_normal((8, 3))) for _ in range(STEPS)
        ]

    def step(self, i: int) -> Any:
        """One step, with a closure; returns the loss."""
        x, y = (self.m.from_numpy(a.copy()) for a in self.data[i])
        W, b, V, c, scale, _ = self.params

        def closure() -> Any:
            self.optimizer.zero_grad()
            h = (x @ W.T + b).tanh()
            z = (h @ V.T * scale + c).sin()  # bounded, for those that maximize
            loss = ((z - y) ** 2).mean() + 0.01 * W.cos().sum()
            loss.backward()
            if i % 7 == 3:
                scale.grad = None  # is passed over, and keeps its state
            return loss

        return self.optimizer.step(closure)

    def seen(self) -> Any:
        """The parameters and the whole state, as NumPy and plain Python."""
        return plain([self.params, self.optimizer.state_dict()])


def plain(x: Any) -> Any:
    """Tensors of either library as arrays, in the containers that they are in."""
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)(plain(v) for v in x)
    return np.array(x.detach().numpy()) if hasattr(x, "detach") else x


def tensors(x: Any) -> Any:
    """The same with PyTorch's tensors for arrays."""
    if isinstance(x, dict):
        return {k: tensors(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)(tensors(v) for v in x)
    return torch.from_numpy(x.copy()) if isinstance(x, np.ndarray) else x


def assert_same(ours: Any, theirs: Any, where: str = "") -> None:
    """The same containers, keys, types, dtypes and shapes, and the same numbers to TOL."""
    assert type(ours) is type(theirs), f"{where}: {type(theirs)} expected, got {type(ours)}"
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs), where
        for k in theirs:
            assert_same(ours[k], theirs[k], f"{where}[{k!r}]")
    elif isinstance(theirs, (list, tuple)):
        assert len(ours) == len(theirs), where
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(a, b, f"{where}[{i}]")
    elif isinstance(theirs, np.ndarray):
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), where
        tol = TOL if theirs.dtype == np.float64 else 1e-6
        largest = float(np.abs(theirs).max(initial=0))
        np.testing.assert_allclose(ours, theirs, rtol=tol, atol=tol * largest, err_msg=where)
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=TOL), where
    else:
        assert ours == theirs, where


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_trajectory(key: str) -> None:
    ours, theirs = (Training(m, OPTIMIZERS[key]) for m in (refnet, torch))
    start = ours.seen()[0]
    for i in range(STEPS):
        loss, expected = ours.step(i), theirs.step(i)
        assert_same(plain([loss, ours.seen()]), plain([expected, theirs.seen()]), f"step {i}")
    assert not np.allclose(ours.seen()[0][0], start[0])


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_state_dicts_cross(key: str) -> None:
    ours, theirs = (Training(m, OPTIMIZERS[key]) for m in (refnet, torch))
    for training in (ours, theirs):
        for i in range(STEPS // 2):
            training.step(i)
    states = [plain(training.optimizer.state_dict()) for training in (ours, theirs)]
    for training, state in ((ours, states[1]), (theirs, tensors(states[0]))):
        training.optimizer = training.make(training.m.optim, training.params)
        training.optimizer.load_state_dict(state)
        for i in range(STEPS // 2, STEPS):
            training.step(i)
    assert_same(ours.seen(), theirs.seen())
