"""The formulas of the chapter "Training" (docs/book/training.md)."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import solution

import refnet
from refnet import nn, ops
from refnet.ops.rule import Array
from refnet.training.loop import Run


def gradient(model: nn.Module, X: Array, y: Array) -> Array:
    cost = nn.CrossEntropyLoss()(model(refnet.tensor(X)), refnet.tensor(y))
    grads = refnet.autograd.grad(cost, list(model.parameters()))
    return np.concatenate([g.numpy().ravel() for g in grads])


def test_the_cost_of_a_batch_is_a_mean() -> None:
    rng = np.random.default_rng(1)
    F, y = rng.standard_normal((2, 7, 1))
    C, pullback = ops.mse_loss(F, y, reduction="mean")
    (dF, *_) = pullback(np.ones(()))
    costs, slopes = [], []
    for i in range(7):
        one, back = ops.mse_loss(F[i : i + 1], y[i : i + 1], reduction="mean")
        costs.append(one)
        slopes.append(back(np.ones(()))[0][0])
    assert pytest.approx(np.mean(costs), rel=1e-14) == C
    np.testing.assert_allclose(dF, np.array(slopes) / 7, rtol=1e-13)


def test_every_batch_of_a_network() -> None:
    """The mean over all batches of B of N, which are few enough to make all of them."""
    rng = np.random.default_rng(0)
    N, B = 6, 3
    X, y = rng.standard_normal((N, 4)), rng.integers(0, 3, N)
    refnet.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    singles = np.array([gradient(model, X[i : i + 1], y[i : i + 1]) for i in range(N)])
    whole = gradient(model, X, y)
    np.testing.assert_allclose(whole, singles.mean(0), rtol=1e-12, atol=1e-16)

    batches = [list(S) for S in itertools.combinations(range(N), B)]
    found = np.array([gradient(model, X[S], y[S]) for S in batches])
    for S, g in zip(batches, found, strict=True):
        np.testing.assert_allclose(g, singles[S].sum(0) / B, rtol=1e-11, atol=1e-16)
    np.testing.assert_allclose(found.mean(0), whole, rtol=1e-11, atol=1e-15)
    spread = ((found - whole) ** 2).sum(1).mean()
    assert solution("batch_noise")(singles, B) == pytest.approx(spread, rel=1e-12)

    three = np.array([[-1.0], [-2.0], [-6.0]])  # the example of the page
    assert solution("batch_noise")(three, 2) == pytest.approx(7 / 6, rel=1e-14)


@pytest.mark.parametrize(("rate", "goes_down"), [(0.1, True), (0.49, True), (0.51, False)])
def test_a_step_and_its_largest_rate(rate: float, goes_down: bool) -> None:
    curvature = 4.0  # 2 / λ = 0.5
    theta = refnet.tensor([3.0], dtype=refnet.float64, requires_grad=True)
    optimizer = refnet.optim.SGD([theta], lr=rate)
    by_formula = 3.0
    for _ in range(50):
        optimizer.zero_grad()
        (0.5 * curvature * theta**2).sum().backward()
        optimizer.step()
        by_formula *= 1 - rate * curvature
        assert theta.item() == pytest.approx(by_formula, rel=1e-12)
    assert (abs(theta.item()) < 3) == goes_down


@pytest.mark.parametrize("seed", range(6))
def test_training_stops_by_the_formula(seed: int) -> None:
    """The loop of `refnet train`, with validation losses that are given."""
    rng = np.random.default_rng(seed)
    losses, patience = rng.integers(0, 40, 30).tolist(), 1 + seed
    learner = SimpleNamespace(weights=dict)
    run = SimpleNamespace(
        history=SimpleNamespace(epochs=[], stopped_early=None),
        settings=SimpleNamespace(patience=patience),
        learners=[learner],
        _best=None,
    )
    for loss in losses:
        run.history.epochs.append(SimpleNamespace(val_loss=loss))
        Run._stop_early(run)  # type: ignore[arg-type]
        if run.history.stopped_early is not None:
            break
    last, best = solution("stop_early")(losses, patience)
    stopped = run.history.stopped_early
    if stopped is None:
        assert last == len(losses) - 1
    else:
        assert (len(run.history.epochs) - 1, stopped) == (last, best)


def test_the_loader_uses_every_example_once() -> None:
    refnet.manual_seed(3)
    loader = refnet.utils.data.DataLoader(range(23), 5, shuffle=True)
    first, second = ([batch.tolist() for batch in loader] for _ in range(2))
    assert [len(batch) for batch in first] == [5, 5, 5, 5, 3]
    for epoch in (first, second):
        assert sorted(itertools.chain(*epoch)) == list(range(23))
    assert first != second
