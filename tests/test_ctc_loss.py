"""CTC against its definition: the sum over every path, and the derivative by the complex step."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import ops
from refnet.nn import functional as F
from refnet.testing import check_pullback

rng = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _as_the_engine_runs_rules() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def log_probs(T: int, N: int, C: int) -> np.ndarray:
    x = rng.standard_normal((T, N, C))
    return np.asarray(x - np.log(np.exp(x).sum(-1, keepdims=True)))


def read(path: tuple[int, ...], blank: int) -> list[int]:
    """The text of a path: equal neighbours merged, then blanks dropped."""
    return [c for c, _ in itertools.groupby(path) if c != blank]


def probability(x: np.ndarray, target: list[int], blank: int) -> tuple[float, np.ndarray]:
    """The probability of all paths with this text, and, as (T, C), of those with c in frame t."""
    T, C = x.shape
    total, at = 0.0, np.zeros((T, C))
    for path in itertools.product(range(C), repeat=T):
        if read(path, blank) == target:
            p = np.exp(sum(x[t, c] for t, c in enumerate(path)))
            total += p
            at[range(T), path] += p
    return total, at


@pytest.mark.parametrize(
    ("target", "blank"),
    [([], 0), ([1], 0), ([1, 2], 0), ([1, 1], 0), ([2, 2, 1], 0), ([0, 1, 0], 2), ([0], 1)],
)
def test_loss_and_posterior_are_sums_over_paths(target: list[int], blank: int) -> None:
    x = log_probs(5, 1, 3)
    total, at = probability(x[:, 0], target, blank)
    labels = np.array([target], dtype=np.int64)
    loss, pullback = ops.ctc_loss(
        x, labels, np.array([5]), np.array([len(target)]), blank=blank, zero_infinity=False
    )
    np.testing.assert_allclose(loss, [-np.log(total)], rtol=1e-13)
    dx = pullback(np.array([2.0]))[0]
    np.testing.assert_allclose(dx[:, 0], 2 * (np.exp(x[:, 0]) - at / total), atol=1e-13, rtol=1e-12)


def test_each_sequence_has_its_own_lengths() -> None:
    x, labels = log_probs(6, 3, 4), np.array([[1, 2, 3], [2, 2, 0], [3, 0, 0]])
    frames, lengths = np.array([6, 4, 2]), np.array([3, 2, 1])
    options: dict[str, Any] = {"blank": 0, "zero_infinity": False}
    losses, pullback = ops.ctc_loss(x, labels, frames, lengths, **options)
    dx = pullback(np.ones(3))[0]
    for n in range(3):
        alone = x[: frames[n], n : n + 1]
        loss, back = ops.ctc_loss(
            alone, labels[n : n + 1, : lengths[n]], frames[n : n + 1], lengths[n : n + 1], **options
        )
        np.testing.assert_allclose(losses[n], loss[0], rtol=1e-14)
        np.testing.assert_allclose(
            dx[: frames[n], n], back(np.ones(1))[0][:, 0], atol=1e-14, rtol=1e-12
        )
        assert not dx[frames[n] :, n].any()


def test_the_derivative_of_logits() -> None:
    """The pullback gives x̄ for an x that is a log-softmax, so the rule is checked after it."""

    def of_logits(x: np.ndarray, *rest: Any) -> Any:
        y, to_logits = ops.log_softmax(x, dim=2)
        losses, pullback = ops.ctc_loss(y, *rest, blank=0, zero_infinity=False)
        return losses, lambda dy: (to_logits(pullback(dy)[0])[0], None, None, None)

    labels, frames, lengths = np.array([[1, 2, 1], [3, 3, 0]]), np.array([6, 5]), np.array([3, 2])
    check_pullback(of_logits, [rng.standard_normal((6, 2, 4)), labels, frames, lengths])


def test_a_target_that_does_not_fit() -> None:
    x = refnet.from_numpy(log_probs(3, 2, 4)).requires_grad_()
    targets = refnet.tensor([[1, 1, 2], [1, 2, 0]])  # the first needs a blank: 4 frames
    losses = F.ctc_loss(x, targets, (3, 3), (3, 2), reduction="none")
    assert losses[0].item() == np.inf
    losses.backward(refnet.tensor([0.3, -1.2], dtype=losses.dtype))
    assert x.grad is not None
    assert np.isnan(x.grad.numpy()[:, 0]).all()
    assert np.isfinite(x.grad.numpy()[:, 1]).all()

    x.grad = None
    losses = F.ctc_loss(x, targets, (3, 3), (3, 2), reduction="none", zero_infinity=True)
    assert losses[0].item() == 0
    losses.backward(refnet.tensor([0.3, -1.2], dtype=losses.dtype))
    assert not x.grad.numpy()[:, 0].any()


def test_long_sequences_neither_overflow_nor_vanish() -> None:
    x = log_probs(2000, 1, 5) - 3.0
    labels = rng.integers(1, 5, (1, 100))
    loss, pullback = ops.ctc_loss(
        x, labels, np.array([2000]), np.array([100]), blank=0, zero_infinity=False
    )
    posterior = np.exp(x) - pullback(np.ones(1))[0]
    assert 6000 < loss[0] < 12000
    np.testing.assert_allclose(posterior.sum(2), 1.0, rtol=1e-9)


def test_what_does_not_fit() -> None:
    x = refnet.from_numpy(log_probs(5, 2, 4))
    targets = refnet.tensor([[1, 2], [3, 1]])
    with pytest.raises(RuntimeError, match="expected classes from 0 to 3, got 4"):
        F.ctc_loss(x, refnet.tensor([[1, 4], [3, 1]]), (5, 5), (2, 2))
    F.ctc_loss(
        x, refnet.tensor([[1, 2], [3, 9]]), (5, 5), (2, 1)
    )  # an unused entry may have any value
    with pytest.raises(RuntimeError, match="expected input_lengths up to 5, got 6"):
        F.ctc_loss(x, targets, (5, 6), (2, 2))
    with pytest.raises(RuntimeError, match=r"shape \[2, 2 or more\] or \[4\], got \[3\]"):
        F.ctc_loss(x, refnet.tensor([1, 2, 3]), (5, 5), (2, 2))
    with pytest.raises(TypeError, match="both tensors or both sequences"):
        F.ctc_loss(x, targets, refnet.tensor([5, 5]), (2, 2))
