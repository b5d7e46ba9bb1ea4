"""Training with every line of cases/optim.py: parameters and state in 120 steps, in float64.

Everything is compared after each step, to 1e-10 of the largest entry. A second test loads each
optimizer's state_dict into the other after half of the steps, and compares at the end.

L-BFGS divides by differences of gradients and compares losses. Where these are nearly equal,
rounding decides, differently on each processor. So each of its steps starts from PyTorch's
parameters and state. If the results differ, PyTorch repeats the step with its parameters changed in
their last digits, and refnet's result must be among PyTorch's.
"""

from typing import Any

import numpy as np
import pytest
import torch

import refnet
from parity_tests.cases import Case
from parity_tests.twins import CASES
from refnet.optim import muon

STEPS = 120
TOL = 1e-10
OPTIMIZERS = {key: c for key, c in CASES.items() if key.startswith("optim/") and c.kind != "error"}


class Training:
    """A small network of one library, with new random data in each step.

    The loss is bounded, because some optimizers maximize it; for L-BFGS it is smooth.
    """

    def __init__(self, m: Any, c: Case) -> None:
        self.m = m
        self.newton = c.name == "optim.LBFGS"
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
            z = (x @ W.T + b).tanh() @ V.T * scale + c
            fit, decay = (z, W * W) if self.newton else (z.sin(), W.cos())
            loss = ((fit - y) ** 2).mean() + 0.01 * decay.sum()
            loss.backward()
            if i % 7 == 3:
                scale.grad = None  # the optimizer skips it and keeps its state
            return loss

        return self.optimizer.step(closure)

    def go_to(self, other: "Training") -> None:
        """Take the parameters and the state of the other library."""
        params, state = other.seen()
        with self.m.no_grad():
            for p, x in zip(self.params, params, strict=True):
                p.copy_(self.m.from_numpy(x))
        self.optimizer.load_state_dict(tensors(state) if self.m is torch else state)

    def shaken_step(self, i: int, start: "Training", seed: int) -> Any:
        """The result of the step from another training's parameters, changed in the last digits."""
        self.go_to(start)
        rng = np.random.default_rng(seed)
        with self.m.no_grad():
            for p in self.params:
                p.mul_(self.m.from_numpy(np.array(1 + 1e-15 * rng.standard_normal(p.shape))))
        return plain([self.step(i), self.seen()])

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


def assert_same(ours: Any, theirs: Any, where: str = "", tol: float = TOL) -> None:
    """The same containers, keys, types, dtypes and shapes, and the same numbers to a tolerance."""
    assert type(ours) is type(theirs), f"{where}: {type(theirs)} expected, got {type(ours)}"
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs), where
        for k in theirs:
            assert_same(ours[k], theirs[k], f"{where}[{k!r}]", tol)
    elif where.endswith("['al']"):  # L-BFGS's α cancel: compared with the largest
        assert [x is None for x in ours] == [x is None for x in theirs], where
        a, b = (np.array([x for x in xs if x is not None]) for xs in (ours, theirs))
        assert_same(a, b, f"{where}[:]", tol)
    elif isinstance(theirs, (list, tuple)):
        assert len(ours) == len(theirs), where
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(a, b, f"{where}[{i}]", tol)
    elif isinstance(theirs, np.ndarray):
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), where
        tol = tol if theirs.dtype == np.float64 else 1e-6
        largest = float(np.abs(theirs).max(initial=0))
        if not np.all(np.abs(ours - theirs) <= tol * largest):  # quicker than what follows
            np.testing.assert_allclose(ours, theirs, rtol=tol, atol=tol * largest, err_msg=where)
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=tol), where
    else:
        assert ours == theirs, where


def numbers(x: Any) -> list[Any]:
    """All numbers in nested containers, as arrays."""
    if isinstance(x, dict):
        x = list(x.values())
    if isinstance(x, (list, tuple)):
        return [n for part in x for n in numbers(part)]
    return [np.asarray(x)] if isinstance(x, (np.ndarray, float)) else []


def assert_among(ours: Any, outcomes: list[Any], where: str) -> None:
    """Assert that it is one of PyTorch's outcomes, to ten times the difference of similar ones."""
    first, *_ = lists = [numbers(outcome) for outcome in outcomes]
    tol = TOL
    for other in lists:
        if [a.shape for a in other] == [a.shape for a in first]:
            for a, b in zip(first, other, strict=True):
                largest = np.abs(a).max(initial=1e-300)
                tol = max(tol, 10 * float(np.abs(a - b).max(initial=0) / largest))
    for outcome in outcomes:
        try:
            return assert_same(ours, outcome, where, tol)
        except AssertionError as error:
            different = error
    raise different


@pytest.fixture
def one_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both libraries use refnet's Newton–Schulz iteration, because in bfloat16 some entries round
    differently; test_optim.py compares the two."""

    def newton_schulz(U: Any, abc: Any, k: int, ε: float) -> Any:
        return torch.from_numpy(muon.newton_schulz(U.numpy(), abc, k, ε))

    monkeypatch.setattr("torch.optim._muon._zeropower_via_newtonschulz", newton_schulz)


@pytest.mark.usefixtures("one_iteration")
@pytest.mark.parametrize("key", OPTIMIZERS)
def test_trajectory(key: str) -> None:
    ours, theirs, before, shaken = (
        Training(m, OPTIMIZERS[key]) for m in (refnet, torch, torch, torch)
    )
    start = ours.seen()[0]
    for i in range(STEPS):
        if ours.newton:
            ours.go_to(theirs)
            before.go_to(theirs)
        loss, expected = ours.step(i), theirs.step(i)
        found, outcome = plain([loss, ours.seen()]), plain([expected, theirs.seen()])
        try:
            assert_same(found, outcome, f"step {i}")
        except AssertionError:
            if not ours.newton:
                raise
            others = [shaken.shaken_step(i, before, seed) for seed in range(20)]
            assert_among(found, [outcome, *others], f"step {i}")
    assert not np.allclose(ours.seen()[0][0], start[0])


@pytest.mark.usefixtures("one_iteration")
@pytest.mark.parametrize("key", OPTIMIZERS)
def test_state_dicts_cross(key: str) -> None:
    ours, theirs = (Training(m, OPTIMIZERS[key]) for m in (refnet, torch))
    half, whole = (3, 6) if ours.newton else (STEPS // 2, STEPS)
    for training in (ours, theirs):
        for i in range(half):
            training.step(i)
    states = [plain(training.optimizer.state_dict()) for training in (ours, theirs)]
    for training, state in ((ours, states[1]), (theirs, tensors(states[0]))):
        training.optimizer = training.make(training.m.optim, training.params)
        training.optimizer.load_state_dict(state)
        for i in range(half, whole):
            training.step(i)
    assert_same(ours.seen(), theirs.seen())
