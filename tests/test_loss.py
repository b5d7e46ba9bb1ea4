"""Losses: each fused rule against its unfused twin, its pullback, its warnings and errors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn, ops
from refnet.nn import functional as F
from refnet.ops.rule import NotAnalyticError
from refnet.testing import check_pullback

rng = np.random.default_rng(0)
REDUCTIONS = ("none", "mean", "sum")
by_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def unit(*shape: int) -> np.ndarray:
    return rng.uniform(0.02, 0.98, shape)


def tensor(array: Any) -> refnet.Tensor:
    a = np.array(array)  # where NumPy's integers have 32 bits, classes have 64 all the same
    return refnet.from_numpy(a.astype(np.int64) if a.dtype.kind == "i" else a)


def twins(f: Callable[..., Any], g: Callable[..., Any], *arrays: np.ndarray) -> None:
    """f and g agree in value and, under one random cotangent, in every gradient."""
    sides = []
    for h in (f, g):
        xs = [tensor(a).requires_grad_() for a in arrays]
        sides.append((h(*xs), xs))
    (y, xs), (z, ws) = sides
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-12, atol=1e-13)
    dy = tensor(rng.standard_normal(y.shape))
    y.backward(dy)
    z.backward(dy)
    for x, w in zip(xs, ws, strict=True):
        np.testing.assert_allclose(x.grad.numpy(), w.grad.numpy(), rtol=1e-11, atol=1e-12)


# --- fused = unfused -------------------------------------------------------------------------


def reduce(losses: refnet.Tensor, reduction: str) -> refnet.Tensor:
    return {"none": losses, "mean": losses.mean(), "sum": losses.sum()}[reduction]


@by_reduction
def test_mse_loss(reduction: str) -> None:
    twins(
        lambda x, t: F.mse_loss(x, t, reduction=reduction),
        lambda x, t: reduce((x - t) ** 2, reduction),
        rng.standard_normal((3, 4)),
        rng.standard_normal((3, 4)),
    )


@by_reduction
def test_huber_loss_is_a_parabola_with_straight_ends(reduction: str) -> None:
    def pieces(x: refnet.Tensor, t: refnet.Tensor) -> refnet.Tensor:
        d = (x - t).abs()
        return reduce(refnet.where(d <= 0.8, 0.5 * d * d, 0.8 * (d - 0.4)), reduction)

    x, t = rng.standard_normal((3, 4)), rng.standard_normal((3, 4))
    twins(lambda x, t: F.huber_loss(x, t, reduction, 0.8), pieces, x, t)
    twins(
        lambda x, t: F.smooth_l1_loss(x, t, reduction=reduction, beta=0.8),
        lambda x, t: pieces(x, t) / 0.8,
        x,
        t,
    )


@by_reduction
def test_gaussian_nll_loss_is_minus_the_logarithm_of_the_density(reduction: str) -> None:
    twins(
        lambda x, t, v: F.gaussian_nll_loss(x, t, v, full=True, reduction=reduction),
        lambda x, t, v: reduce(
            -((-((x - t) ** 2) / (2 * v)).exp() / (2 * np.pi * v).sqrt()).log(), reduction
        ),
        rng.standard_normal((3, 4)),
        rng.standard_normal((3, 4)),
        1 + unit(3, 4),
    )


@by_reduction
@pytest.mark.parametrize("rows", [1, 2, 7])
def test_linear_cross_entropy_by_chunks_is_that_at_once(reduction: str, rows: int) -> None:
    target, weight = tensor([0, 2, 1, 2, 0]), tensor(unit(3))
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=rows)

    def loss(x: refnet.Tensor, W: refnet.Tensor, b: refnet.Tensor, **how: Any) -> refnet.Tensor:
        return F.linear_cross_entropy(
            x, W, target, linear_bias=b, weight=weight, ignore_index=1, reduction=reduction, **how
        )

    twins(
        lambda *xs: loss(*xs, options=options),
        loss,
        rng.standard_normal((5, 4)),
        rng.standard_normal((3, 4)),
        rng.standard_normal(3),
    )


def test_logits_are_made_for_as_many_rows_as_the_options_say() -> None:
    options_with = nn.LinearCrossEntropyOptions
    # 64 rows of 4 features, 100 classes: 3 rows of logits are as large, 4 over 2
    cases = [
        (options_with(), 2),
        (options_with(chunking_method="aspect_ratio"), 4),
        (options_with(chunking_method="aspect_ratio:8"), 1),
        (options_with(chunking_method=None), 64),
        (options_with(batch_chunk_size=5), 5),
        (options_with(batch_chunk_size=500), 64),
    ]
    assert [options._rows(64, 4, 100) for options, _ in cases] == [rows for _, rows in cases]


@by_reduction
def test_binary_cross_entropy_is_its_formula(reduction: str) -> None:
    twins(
        lambda x, t: F.binary_cross_entropy(x, t, reduction=reduction),
        lambda x, t: reduce(-(t * x.log() + (1 - t) * (1 - x).log()), reduction),
        unit(3, 4),
        unit(3, 4),
    )


@by_reduction
def test_logits_are_binary_cross_entropy_of_the_sigmoid(reduction: str) -> None:
    weight = tensor(unit(4))
    twins(
        lambda x, t: F.binary_cross_entropy_with_logits(x, t, weight, reduction=reduction),
        lambda x, t: F.binary_cross_entropy(F.sigmoid(x), t, weight, reduction=reduction),
        rng.standard_normal((3, 4)),
        unit(3, 4),
    )


def test_pos_weight_scales_the_positive_term() -> None:
    p = tensor(np.array([0.5, 1.0, 2.0, 4.0]))
    twins(
        lambda x, t: F.binary_cross_entropy_with_logits(x, t, pos_weight=p, reduction="none"),
        lambda x, t: -(p * t * F.logsigmoid(x) + (1 - t) * F.logsigmoid(-x)),
        rng.standard_normal((3, 4)),
        unit(3, 4),
    )


CLASSES = [((6, 5), (6,)), ((5,), ()), ((2, 5, 3), (2, 3)), ((2, 5, 3, 4), (2, 3, 4))]


@by_reduction
@pytest.mark.parametrize(("shape", "target_shape"), CLASSES)
@pytest.mark.parametrize("weighted", [False, True])
def test_cross_entropy_is_nll_of_log_softmax(
    shape: tuple[int, ...], target_shape: tuple[int, ...], weighted: bool, reduction: str
) -> None:
    target = tensor(rng.integers(0, 5, target_shape))
    weight = tensor(unit(5)) if weighted else None
    options: dict[str, Any] = {"weight": weight, "reduction": reduction}
    if len(shape) > 1:
        options["ignore_index"] = 2
    axis = min(1, len(shape) - 1)
    twins(
        lambda x: F.cross_entropy(x, target, **options),
        lambda x: F.nll_loss(F.log_softmax(x, axis), target, **options),
        rng.standard_normal(shape),
    )


@by_reduction
def test_classes_are_one_hot_probabilities(reduction: str) -> None:
    target = tensor(rng.integers(0, 5, 6))
    one_hot = F.one_hot(target, 5).double()
    for smoothing in (0.0, 0.1, 1.0):
        twins(
            lambda x: F.cross_entropy(x, target, reduction=reduction, label_smoothing=smoothing),  # noqa: B023
            lambda x: F.cross_entropy(x, one_hot, reduction=reduction, label_smoothing=smoothing),  # noqa: B023
            rng.standard_normal((6, 5)),
        )


def test_probabilities_are_a_sum_over_classes() -> None:
    twins(
        lambda x, t, w: F.cross_entropy(x, t, w, reduction="none", label_smoothing=0.2),
        lambda x, t, w: -((0.8 * t + 0.04) * w * F.log_softmax(x, 1)).sum(1),
        rng.standard_normal((6, 5)),
        unit(6, 5),
        unit(5),
    )


# --- pullbacks -------------------------------------------------------------------------------


@by_reduction
def test_pullbacks(reduction: str) -> None:
    x, t, w = rng.standard_normal((3, 4)), unit(3, 4), unit(4)
    r: dict[str, Any] = {"reduction": reduction}
    check_pullback(ops.mse_loss, [x, t], **r)
    check_pullback(ops.huber_loss, [x, t], delta=0.7, **r)
    check_pullback(ops.gaussian_nll_loss, [x, t, 1 + t], full=True, eps=0.1)
    check_pullback(ops.binary_cross_entropy, [unit(3, 4), t, w], constant=(2,), **r)
    logits = ops.binary_cross_entropy_with_logits
    check_pullback(logits, [x, t, None, None], **r)
    check_pullback(logits, [20 * x, t, w, 3 * w], constant=(2, 3), **r)
    check_pullback(logits, [np.zeros((3, 4)), t, w, 3 * w], constant=(2, 3), **r)
    classes, r["ignore_index"] = np.array([0, 3, 1]), 1
    check_pullback(ops.nll_loss, [x, classes, w], constant=(2,), **r)
    for smoothing in (0.0, 0.1):
        r["label_smoothing"] = smoothing
        check_pullback(ops.cross_entropy, [x, classes, w], constant=(2,), **r)
    del r["ignore_index"]
    check_pullback(ops.soft_cross_entropy, [x, t, w], **r)


def test_the_clamp_of_binary_cross_entropy_is_no_place_for_a_complex_step() -> None:
    x = np.array([0.0, 0.5]) + 1e-30j
    with pytest.raises(NotAnalyticError):
        ops.binary_cross_entropy(x, np.array([1.0, 0.0]), None, reduction="mean")


# --- edges -----------------------------------------------------------------------------------


def test_certain_and_wrong_is_100_with_a_finite_gradient() -> None:
    x = tensor([0.0, 1.0]).requires_grad_()
    losses = F.binary_cross_entropy(x, tensor([1.0, 0.0]), reduction="none")
    np.testing.assert_array_equal(losses.detach().numpy(), [100, 100])
    losses.backward(tensor([2.0, -3.0]))
    np.testing.assert_allclose(x.grad.numpy(), [-2e12, -3e12], rtol=1e-7)


def test_far_logits_are_exact() -> None:
    x = tensor([1e4, -1e4, 50.0, -50.0])
    losses = F.binary_cross_entropy_with_logits(x, tensor([0.0, 1.0, 1.0, 0.0]), reduction="none")
    np.testing.assert_allclose(losses.numpy(), [1e4, 1e4, np.exp(-50), np.exp(-50)], rtol=1e-14)
    losses = F.cross_entropy(tensor([[1e4, -1e4], [-1e4, 1e4]]), tensor([1, 1]), reduction="none")
    np.testing.assert_array_equal(losses.numpy(), [2e4, 0.0])


@pytest.mark.parametrize("loss", [F.nll_loss, F.cross_entropy])
def test_what_is_ignored(loss: Callable[..., refnet.Tensor]) -> None:
    x = tensor([[np.nan, 0.0], [1.0, 2.0]])
    assert loss(x, tensor([-100, 1])).item() == loss(x[1:], tensor([1])).item()
    assert loss(x, tensor([-100, -100]), reduction="sum").item() == 0
    assert np.isnan(loss(x, tensor([-100, -100])).item())
    assert np.isnan(loss(x[:0], tensor(np.zeros(0, int))).item())


# --- what does not fit -----------------------------------------------------------------------


@pytest.mark.parametrize("loss", [F.nll_loss, F.cross_entropy])
@pytest.mark.parametrize(
    ("shape", "target", "error", "message"),
    [
        ((3, 10), [1, 2, 10], IndexError, "^Target 10 is out of bounds.$"),
        ((3, 10), [1, -1, 2], IndexError, "^Target -1 is out of bounds.$"),
        ((3, 10), [1, 2], ValueError, r"input batch_size \(3\) to match target batch_size \(2\)"),
        ((3,), [1, 2], ValueError, "must have size 1, but got target size: 2"),
        ((2, 3, 4), [[0, 1], [1, 2]], RuntimeError, r"target size \[2, 4\], got \[2, 2\]"),
        ((2, 3), [[0], [1]], RuntimeError, "multi-target not supported"),
        ((2, 3), [0.0, 1.0], RuntimeError, "Long or Byte, but got refnet.float64"),
    ],
)
def test_targets_that_do_not_fit(
    loss: Callable[..., Any],
    shape: tuple[int, ...],
    target: list[Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        loss(tensor(rng.standard_normal(shape)), tensor(target))


def test_weights_that_do_not_fit() -> None:
    x, t = tensor(rng.standard_normal((3, 4))), tensor([0, 1, 2])
    with pytest.raises(RuntimeError, match=r"all 4 classes .* shape: \[3\]"):
        F.nll_loss(x, t, tensor(unit(3)))
    with pytest.raises(RuntimeError, match=r"refnet.float64 but found refnet.float32"):
        F.cross_entropy(x, t, tensor(unit(4)).float())
    with pytest.raises(RuntimeError, match="not differentiable with respect to argument 'weight'"):
        F.cross_entropy(x, t, tensor(unit(4)).requires_grad_())
    with pytest.raises(RuntimeError, match=r"\[2, 3, 4\] does not broadcast to .* \[3, 4\]"):
        F.binary_cross_entropy_with_logits(x, tensor(unit(3, 4)), tensor(unit(2, 3, 4)))


def test_probabilities_outside_of_0_to_1() -> None:
    for bad in (1.5, -0.5, np.nan):
        with pytest.raises(RuntimeError, match="elements of input should be between 0 and 1"):
            F.binary_cross_entropy(tensor([0.5, bad]), tensor([0.0, 1.0]))
        with pytest.raises(RuntimeError, match="elements of target should be between 0 and 1"):
            F.binary_cross_entropy(tensor([0.5, 0.5]), tensor([0.0, bad]))


def test_bounds_are_no_place_for_a_complex_step() -> None:
    x, t = np.array([0.5, -2.0]) + 1e-30j, np.zeros(2)
    with pytest.raises(NotAnalyticError):
        ops.huber_loss(x, t, delta=2.0, reduction="mean")
    with pytest.raises(NotAnalyticError):
        ops.gaussian_nll_loss(t, t, x, full=False, eps=0.5)


def test_warnings() -> None:
    x, t = tensor(unit(3, 4)), tensor(unit(4))
    with pytest.warns(UserWarning, match=r"refnet.Size\(\[4\]\).*different to .*\(\[3, 4\]\)"):
        F.mse_loss(x, t)
    with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
        F.mse_loss(x, x, size_average=False)
    with pytest.warns(UserWarning, match="'elementwise_mean' is deprecated"):
        F.mse_loss(x, x, reduction="elementwise_mean")
    with pytest.raises(ValueError, match="product is not a valid value for reduction"):
        F.mse_loss(x, x, reduction="product")
    with pytest.warns(UserWarning, match="'mean' divides by the number of entries"):
        F.kl_div(x, x)
    with pytest.warns(FutureWarning, match="NLLLoss2d is deprecated"):
        nn.NLLLoss2d()
    with pytest.warns(UserWarning, match="options are for classes in int64"):
        F.linear_cross_entropy(
            x, x, x[:, :3], options=nn.LinearCrossEntropyOptions(batch_chunk_size=2)
        )
    with pytest.warns(UserWarning, match="Implicit dimension choice for softmax"):
        F.softmax(x)
