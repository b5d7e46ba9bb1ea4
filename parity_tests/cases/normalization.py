"""Normalisation: batch, layer, group, instance, RMS, local response; and normalize."""

from typing import Any

from parity_tests.cases import (
    bools,
    const,
    extreme,
    functional,
    ints,
    layer,
    never_special,
    positive,
    raises,
    randn,
    special,
    ties,
    uniform,
    values,
)

_ONE_VALUE = "the deviation from a mean of one value is 0, and so is the gradient: PyTorch's is 1e-13, which is rounding"

_PAIRS = "x̂ of two entries is always about ±1, so the gradient cancels"


def train(F: Any, *args: Any, **options: Any) -> Any:
    """batch_norm by the batch's own statistics."""
    return F.batch_norm(*args, training=True, **options)


def evaluate(layer: Any, x: Any) -> Any:
    """Two batches, then the second one in evaluation, with the running statistics."""
    layer.train()
    first = layer(x)
    second = layer(2 * x + 1)
    layer.eval()
    return first, second, layer(x)


CASES = [
    # batch_norm
    functional("batch_norm", lambda F, x: train(F, x, None, None), randn(5, 3)),
    functional(
        "batch_norm",
        lambda F, x, w, b: train(F, x, None, None, w, b),
        randn(5, 3),
        randn(3),
        randn(3),
    ),
    functional(
        "batch_norm",
        lambda F, x, w, b: train(F, x, None, None, w, b),
        randn(2, 3, 4),
        randn(3),
        randn(3),
    ),
    functional(
        "batch_norm",
        lambda F, x, w, b: train(F, x, None, None, w, b),
        randn(3, 2, 2, 5),
        randn(2),
        randn(2),
    ),
    functional(
        "batch_norm",
        lambda F, x, w, b: train(F, x, None, None, w, b),
        randn(2, 2, 2, 3, 2),
        randn(2),
        randn(2),
    ),
    functional(
        "batch_norm",
        lambda F, x, w, b: train(F, x, None, None, w, b),
        randn(2, 2, 1, 2, 3, 2),
        randn(2),
        randn(2),
    ),
    functional(
        "batch_norm", lambda F, x, w: train(F, x, None, None, w, eps=0.1), randn(4, 3, 2), randn(3)
    ),
    functional(
        "batch_norm", lambda F, x, b: train(F, x, None, None, None, b), randn(4, 3), randn(3)
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v, w, b: train(F, x, m, v, w, b, momentum=0.3),
        randn(4, 3, 5),
        const(randn(3)),
        const(positive(3)),
        randn(3),
        randn(3),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v: train(F, x, m, v),
        randn(4, 3),
        const(randn(3)),
        const(positive(3)),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v: train(F, x, m, v, momentum=1),
        randn(2, 3, 2),
        const(randn(3)),
        const(positive(3)),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v: train(F, x, m, v, momentum=0.0),
        randn(2, 3),
        const(randn(3)),
        const(positive(3)),
    ),
    functional(
        "batch_norm",
        lambda F, x, w, b: train(F, x, None, None, w, b),
        ties(6, 4),
        randn(4),
        randn(4),
    ),
    functional("batch_norm", lambda F, x: train(F, x, None, None), extreme(12, 4)),
    functional("batch_norm", lambda F, x: train(F, x, None, None), special(7, 4)),
    functional(
        "batch_norm", lambda F, x: train(F, x, None, None), uniform(50, 3, low=99, high=101)
    ),
    functional(
        "batch_norm",
        lambda F, x, w, b: train(F, x, None, None, w, b),
        randn(40, 2, 50),
        randn(2),
        randn(2),
    ),
    functional(
        "batch_norm",
        lambda F, x, w, b: train(F, x, None, None, w, b),
        randn(0, 3),
        randn(3),
        randn(3),
    ),
    functional(
        "batch_norm",
        lambda F, x, w, b: train(F, x, None, None, w, b),
        randn(2, 3, 0),
        randn(3),
        randn(3),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v: train(F, x, m, v),
        randn(0, 3, 2),
        const(randn(3)),
        const(positive(3)),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v: train(F, x, m, v),
        randn(2, 0),
        const(randn(0)),
        const(positive(0)),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v: F.batch_norm(x, m, v),
        randn(5, 3),
        const(randn(3)),
        const(positive(3)),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v, w, b: F.batch_norm(x, m, v, w, b, eps=0.01),
        randn(2, 3, 4),
        const(randn(3)),
        const(positive(3)),
        randn(3),
        randn(3),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v, w: F.batch_norm(x, m, v, w, eps=0),
        randn(1, 3),
        const(randn(3)),
        const(positive(3)),
        randn(3),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v, b: F.batch_norm(x, m, v, None, b),
        randn(1, 3, 1),
        const(randn(3)),
        const(positive(3)),
        randn(3),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v, b: F.batch_norm(x, m, v, None, b),
        randn(0, 3, 1),
        const(randn(3)),
        const(positive(3)),
        randn(3),
    ),
    functional(
        "batch_norm",
        lambda F, x, m, v: F.batch_norm(x, m, v),
        special(7, 3),
        const(randn(3)),
        const(positive(3)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True),
        randn(4),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True),
        randn(1, 4),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True),
        randn(1, 4, 1),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None),
        randn(3, 4),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a: m.nn.functional.batch_norm(x, a, None),
        randn(3, 4),
        const(randn(4)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a: m.nn.functional.batch_norm(x, a, None, training=True),
        randn(3, 4),
        const(randn(4)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a: m.nn.functional.batch_norm(x, None, a, training=True),
        randn(3, 4),
        const(randn(4)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a, v: m.nn.functional.batch_norm(x, a, v, training=True),
        randn(3, 4),
        const(randn(3)),
        const(randn(4)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a, v: m.nn.functional.batch_norm(x, a, v, training=True),
        randn(3, 4),
        const(randn(4)),
        const(randn(3)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a, v: m.nn.functional.batch_norm(x, a, v),
        randn(4),
        const(randn(4)),
        const(randn(4)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a, v: m.nn.functional.batch_norm(x, a, v, training=True),
        randn(3, 4),
        const(randn(2, 2)),
        const(randn(2, 2)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, w: m.nn.functional.batch_norm(x, None, None, w, training=True),
        randn(3, 4),
        randn(3),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, b: m.nn.functional.batch_norm(x, None, None, None, b, training=True),
        randn(3, 4),
        randn(3),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, w: m.nn.functional.batch_norm(x, None, None, w.float(), training=True),
        randn(3, 4),
        randn(4),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a, v: m.nn.functional.batch_norm(x.float(), a, v),
        randn(3, 4),
        const(randn(4)),
        const(positive(4)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True),
        ints(3, 4),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True, eps=0),
        randn(3, 4),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a, v: m.nn.functional.batch_norm(x, a, v, eps=-1),
        randn(3, 4),
        const(randn(4)),
        const(positive(4)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=1),
        randn(3, 4),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True, momentum=None),
        randn(3, 4),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a, v: m.nn.functional.batch_norm(x, a, v, training=True),
        randn(3, 4),
        randn(4),
        const(positive(4)),
    ),
    raises(
        "nn.functional.batch_norm",
        lambda m, x, a, v: m.nn.functional.batch_norm(x, a, v),
        randn(3, 4),
        randn(4),
        const(positive(4)),
    ),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3), randn(5, 3)),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3), randn(5, 3, 4)),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3, eps=0.01, momentum=0.7), randn(5, 3, 4)),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3, momentum=None), randn(5, 3), call=evaluate),
    layer(
        "BatchNorm1d",
        lambda nn: nn.BatchNorm1d(3, momentum=None, track_running_stats=False),
        randn(5, 3),
    ),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3, momentum=0.2), randn(5, 3), call=evaluate),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3, affine=False), randn(5, 3)),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3, bias=False), randn(5, 3)),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3, affine=False, bias=False), randn(5, 3)),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3, track_running_stats=False), randn(5, 3)),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3, device="cpu"), randn(0, 3)),
    layer("BatchNorm1d", lambda nn, m: nn.BatchNorm1d(3, dtype=m.float64), randn(2, 3, 2)),
    layer("BatchNorm1d", lambda nn: nn.BatchNorm1d(3), randn(1, 3), modes=("eval",)),
    layer("BatchNorm2d", lambda nn: nn.BatchNorm2d(2), randn(3, 2, 4, 5)),
    layer("BatchNorm2d", lambda nn: nn.BatchNorm2d(2), randn(1, 2, 4, 5), call=evaluate),
    layer(
        "BatchNorm2d",
        lambda nn: nn.BatchNorm2d(2, eps=0.1, momentum=0.5, track_running_stats=False),
        randn(3, 2, 2, 2),
    ),
    layer("BatchNorm2d", lambda nn: nn.BatchNorm2d(2, bias=False), randn(3, 2, 2, 1)),
    layer(
        "BatchNorm2d",
        lambda nn, m: nn.BatchNorm2d(2, affine=False, device="cpu", dtype=m.float64),
        randn(3, 2, 1, 1),
    ),
    layer(
        "BatchNorm2d",
        lambda nn: nn.BatchNorm2d(2),
        randn(3, 2, 4, 5),
        call=lambda layer, x: layer(x.transpose(2, 3)),
    ),
    layer("BatchNorm3d", lambda nn: nn.BatchNorm3d(2), randn(2, 2, 3, 4, 5)),
    layer(
        "BatchNorm3d", lambda nn: nn.BatchNorm3d(2, 1e-3, None, False, True), randn(2, 2, 1, 2, 1)
    ),
    layer(
        "BatchNorm3d",
        lambda nn: nn.BatchNorm3d(2, bias=False, track_running_stats=False),
        randn(2, 2, 1, 2, 1),
    ),
    layer(
        "BatchNorm3d",
        lambda nn, m: nn.BatchNorm3d(2, device="cpu", dtype=m.float64),
        randn(2, 2, 1, 1, 1),
    ),
    raises("nn.BatchNorm1d", lambda m, x: m.nn.BatchNorm1d(3).double()(x), randn(3)),
    raises("nn.BatchNorm1d", lambda m, x: m.nn.BatchNorm1d(3).double()(x), randn(2, 3, 4, 5)),
    raises("nn.BatchNorm1d", lambda m, x: m.nn.BatchNorm1d(4).double()(x), randn(2, 3)),
    raises("nn.BatchNorm1d", lambda m, x: m.nn.BatchNorm1d(3).double()(x), randn(1, 3)),
    raises("nn.BatchNorm1d", lambda m: m.nn.BatchNorm1d(-1)),
    raises("nn.BatchNorm2d", lambda m, x: m.nn.BatchNorm2d(3).double()(x), randn(2, 3, 4)),
    raises("nn.BatchNorm2d", lambda m, x: m.nn.BatchNorm2d(3).double()(x), randn(1, 3, 1, 1)),
    raises("nn.BatchNorm2d", lambda m, x: m.nn.BatchNorm2d(3)(x), ints(2, 3, 2, 2)),
    raises("nn.BatchNorm2d", lambda m, x: m.nn.BatchNorm2d(3)(x), randn(2, 3, 2, 2)),
    raises("nn.BatchNorm3d", lambda m, x: m.nn.BatchNorm3d(3).double()(x), randn(2, 3, 4, 5)),
    # instance_norm
    functional("instance_norm", lambda F, x: F.instance_norm(x), randn(2, 3, 5)),
    functional(
        "instance_norm",
        lambda F, x, w, b: F.instance_norm(x, weight=w, bias=b),
        randn(2, 3, 5),
        randn(3),
        randn(3),
    ),
    functional(
        "instance_norm",
        lambda F, x, w: F.instance_norm(x, weight=w, eps=0.1),
        randn(3, 2, 2, 3),
        randn(2),
    ),
    functional(
        "instance_norm", lambda F, x, b: F.instance_norm(x, bias=b), randn(2, 2, 1, 2, 3), randn(2)
    ),
    functional("instance_norm", lambda F, x: F.instance_norm(x, eps=0), randn(2, 3, 5)),
    functional(
        "instance_norm",
        lambda F, x, m, v: F.instance_norm(x, m, v, momentum=0.3),
        randn(2, 3, 5),
        const(randn(3)),
        const(positive(3)),
    ),
    functional(
        "instance_norm",
        lambda F, x, m, v, w, b: F.instance_norm(x, m, v, w, b, use_input_stats=False),
        randn(2, 3, 5),
        const(randn(3)),
        const(positive(3)),
        randn(3),
        randn(3),
    ),
    functional(
        "instance_norm",
        lambda F, x, m, v: F.instance_norm(x, m, v, use_input_stats=False),
        randn(2, 3),
        const(randn(3)),
        const(positive(3)),
    ),
    functional(
        "instance_norm", lambda F, x, w: F.instance_norm(x, weight=w), ties(2, 3, 5), randn(3)
    ),
    functional("instance_norm", lambda F, x: F.instance_norm(x), randn(0, 3, 5)),
    functional(
        "instance_norm", lambda F, x, w: F.instance_norm(x, weight=w), randn(2, 3, 0), randn(3)
    ),
    functional("instance_norm", lambda F, x: F.instance_norm(x), randn(2, 0, 5)),
    raises("nn.functional.instance_norm", lambda m, x: m.nn.functional.instance_norm(x), randn(3)),
    raises(
        "nn.functional.instance_norm", lambda m, x: m.nn.functional.instance_norm(x), randn(3, 4)
    ),
    raises(
        "nn.functional.instance_norm", lambda m, x: m.nn.functional.instance_norm(x), randn(3, 4, 1)
    ),
    raises(
        "nn.functional.instance_norm", lambda m, x: m.nn.functional.instance_norm(x), ints(2, 3, 4)
    ),
    raises(
        "nn.functional.instance_norm",
        lambda m, x: m.nn.functional.instance_norm(x, use_input_stats=False),
        randn(2, 3, 4),
    ),
    raises(
        "nn.functional.instance_norm",
        lambda m, x: m.nn.functional.instance_norm(x, use_input_stats=1),
        randn(2, 3, 4),
    ),
    raises(
        "nn.functional.instance_norm",
        lambda m, x: m.nn.functional.instance_norm(x, momentum=None),
        randn(2, 3, 4),
    ),
    raises(
        "nn.functional.instance_norm",
        lambda m, x, a: m.nn.functional.instance_norm(x, a, None),
        randn(2, 3, 4),
        const(randn(3)),
    ),
    raises(
        "nn.functional.instance_norm",
        lambda m, x, a, v: m.nn.functional.instance_norm(x, a, v),
        randn(2, 3, 4),
        const(randn(4)),
        const(randn(4)),
    ),
    raises(
        "nn.functional.instance_norm",
        lambda m, x, a, v: m.nn.functional.instance_norm(x, a, v),
        randn(2, 3, 4),
        randn(3),
        const(positive(3)),
    ),
    raises(
        "nn.functional.instance_norm",
        lambda m, x, w: m.nn.functional.instance_norm(x, weight=w),
        randn(2, 3, 4),
        randn(4),
    ),
    raises(
        "nn.functional.instance_norm",
        lambda m, x, w: m.nn.functional.instance_norm(x, weight=w),
        randn(2, 3, 4),
        randn(1, 3),
    ),
    raises(
        "nn.functional.instance_norm",
        lambda m, x, b: m.nn.functional.instance_norm(x, bias=b),
        randn(2, 3, 4),
        randn(1),
    ),
    layer("InstanceNorm1d", lambda nn: nn.InstanceNorm1d(3), randn(2, 3, 4)),
    layer("InstanceNorm1d", lambda nn: nn.InstanceNorm1d(3), randn(3, 4)),
    layer("InstanceNorm1d", lambda nn: nn.InstanceNorm1d(3, eps=0.1, affine=True), randn(2, 3, 4)),
    layer("InstanceNorm1d", lambda nn: nn.InstanceNorm1d(3, affine=True, bias=False), randn(3, 4)),
    layer(
        "InstanceNorm1d", lambda nn: nn.InstanceNorm1d(3, track_running_stats=True), randn(2, 3, 4)
    ),
    layer(
        "InstanceNorm1d",
        lambda nn: nn.InstanceNorm1d(3, momentum=0.6, track_running_stats=True),
        randn(2, 3, 4),
        call=evaluate,
    ),
    layer(
        "InstanceNorm1d",
        lambda nn: nn.InstanceNorm1d(3, momentum=None, track_running_stats=True),
        randn(2, 3, 4),
        call=evaluate,
    ),
    layer("InstanceNorm1d", lambda nn: nn.InstanceNorm1d(3, device="cpu"), randn(2, 4, 4)),
    layer(
        "InstanceNorm1d",
        lambda nn, m: nn.InstanceNorm1d(3, affine=True, dtype=m.float64),
        randn(2, 3, 4),
    ),
    layer("InstanceNorm2d", lambda nn: nn.InstanceNorm2d(2, affine=True), randn(3, 2, 3, 4)),
    layer(
        "InstanceNorm2d",
        lambda nn: nn.InstanceNorm2d(2, eps=0.1, affine=True, bias=False),
        randn(3, 2, 3, 1),
    ),
    layer(
        "InstanceNorm2d",
        lambda nn, m: nn.InstanceNorm2d(
            2, momentum=0.5, track_running_stats=True, device="cpu", dtype=m.float64
        ),
        randn(1, 2, 3, 1),
    ),
    layer(
        "InstanceNorm2d",
        lambda nn: nn.InstanceNorm2d(2, affine=True, track_running_stats=True),
        randn(2, 3, 4),
    ),
    layer("InstanceNorm3d", lambda nn: nn.InstanceNorm3d(2, affine=True), randn(2, 2, 2, 3, 2)),
    layer("InstanceNorm3d", lambda nn: nn.InstanceNorm3d(2), randn(2, 2, 3, 2)),
    layer(
        "InstanceNorm3d",
        lambda nn: nn.InstanceNorm3d(2, eps=0.1, affine=True, bias=False),
        randn(2, 2, 3, 2),
    ),
    layer(
        "InstanceNorm3d",
        lambda nn, m: nn.InstanceNorm3d(
            2, momentum=0.5, track_running_stats=True, device="cpu", dtype=m.float64
        ),
        randn(3, 2, 2, 1, 2),
    ),
    raises("nn.InstanceNorm1d", lambda m, x: m.nn.InstanceNorm1d(3)(x), randn(3)),
    raises("nn.InstanceNorm1d", lambda m, x: m.nn.InstanceNorm1d(3, affine=True)(x), randn(4, 5)),
    raises("nn.InstanceNorm1d", lambda m, x: m.nn.InstanceNorm1d(3)(x), randn(2, 3, 1)),
    raises("nn.InstanceNorm2d", lambda m, x: m.nn.InstanceNorm2d(3)(x), randn(2, 3)),
    raises("nn.InstanceNorm3d", lambda m, x: m.nn.InstanceNorm3d(3)(x), randn(2, 3, 4)),
    # layer_norm
    functional("layer_norm", lambda F, x: F.layer_norm(x, (5,)), randn(2, 3, 5)),
    functional("layer_norm", lambda F, x: F.layer_norm(x, [3, 5], eps=0.1), randn(2, 3, 5)),
    functional(
        "layer_norm",
        lambda F, x, w, b: F.layer_norm(x, (5,), w, b),
        randn(2, 3, 5),
        randn(5),
        randn(5),
    ),
    functional(
        "layer_norm",
        lambda F, x, w, b: F.layer_norm(x, (3, 5), w, b),
        randn(2, 3, 5),
        randn(3, 5),
        randn(3, 5),
    ),
    functional(
        "layer_norm",
        lambda F, x, w, b: F.layer_norm(x, x.shape, w, b),
        randn(3, 4),
        randn(3, 4),
        randn(3, 4),
    ),
    functional("layer_norm", lambda F, x, w: F.layer_norm(x, (5,), w), randn(4, 5), randn(5)),
    functional("layer_norm", lambda F, x, b: F.layer_norm(x, (5,), None, b), randn(4, 5), randn(5)),
    functional(
        "layer_norm", lambda F, x, w, b: F.layer_norm(x, (5,), w, b), randn(5), randn(5), randn(5)
    ),
    functional(
        "layer_norm", lambda F, x, w, b: F.layer_norm(x, (4,), w, b), ties(6, 4), randn(4), randn(4)
    ),
    functional("layer_norm", lambda F, x: F.layer_norm(x, (12,)), extreme(4, 12)),
    functional("layer_norm", lambda F, x: F.layer_norm(x, (7,)), special(4, 7)),
    functional("layer_norm", lambda F, x: F.layer_norm(x, (50,)), uniform(3, 50, low=99, high=101)),
    functional(
        "layer_norm",
        lambda F, x, w, b: F.layer_norm(x, (600,), w, b),
        randn(40, 600),
        randn(600),
        randn(600),
    ),
    functional(
        "layer_norm",
        lambda F, x, w, b: F.layer_norm(x, (1,), w, b),
        randn(3, 1),
        randn(1),
        randn(1),
        floor=1.0,
        reason=_ONE_VALUE,
    ),
    functional(
        "layer_norm",
        lambda F, x, w, b: F.layer_norm(x, (5,), w, b),
        randn(0, 5),
        randn(5),
        randn(5),
    ),
    functional("layer_norm", lambda F, x: F.layer_norm(x, (0,)), randn(3, 0)),
    functional("layer_norm", lambda F, x: F.layer_norm(x, (5,), eps=0), randn(3, 5)),
    raises("nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, 5), randn(3, 5)),
    raises(
        "nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, (5.0,)), randn(3, 5)
    ),
    raises(
        "nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, "a"), randn(3, 5)
    ),
    raises("nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, ()), randn(3, 5)),
    raises("nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, ()), randn()),
    raises(
        "nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, (3,)), randn(3, 5)
    ),
    raises(
        "nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, (3, 5)), randn(5)
    ),
    raises(
        "nn.functional.layer_norm",
        lambda m, x: m.nn.functional.layer_norm(x, (5,), eps=None),
        randn(3, 5),
    ),
    raises(
        "nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, (5,)), ints(3, 5)
    ),
    raises(
        "nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, (5,)), bools(3, 5)
    ),
    raises(
        "nn.functional.layer_norm",
        lambda m, x, w: m.nn.functional.layer_norm(x, (5,), w),
        randn(3, 5),
        randn(4),
    ),
    raises(
        "nn.functional.layer_norm",
        lambda m, x, w: m.nn.functional.layer_norm(x, (5,), w),
        randn(3, 5),
        randn(1, 5),
    ),
    raises(
        "nn.functional.layer_norm",
        lambda m, x, b: m.nn.functional.layer_norm(x, (5,), None, b),
        randn(3, 5),
        randn(4),
    ),
    raises(
        "nn.functional.layer_norm",
        lambda m, x, w: m.nn.functional.layer_norm(x, (5,), w.float()),
        randn(3, 5),
        randn(5),
    ),
    raises(
        "nn.functional.layer_norm",
        lambda m, x, w: m.nn.functional.layer_norm(x.float(), (5,), w),
        randn(3, 5),
        randn(5),
    ),
    layer("LayerNorm", lambda nn: nn.LayerNorm(5), randn(2, 3, 5)),
    layer("LayerNorm", lambda nn: nn.LayerNorm([3, 5], eps=0.01), randn(2, 3, 5)),
    layer("LayerNorm", lambda nn: nn.LayerNorm((2, 3, 5), bias=False), randn(2, 3, 5)),
    layer("LayerNorm", lambda nn: nn.LayerNorm(5, elementwise_affine=False), randn(2, 5)),
    layer(
        "LayerNorm",
        lambda nn: nn.LayerNorm(5, elementwise_affine=False, bias=False, device="cpu"),
        randn(5),
    ),
    layer("LayerNorm", lambda nn, m: nn.LayerNorm(4, dtype=m.float64), randn(0, 4)),
    raises("nn.LayerNorm", lambda m, x: m.nn.LayerNorm(5)(x), randn(3, 4)),
    raises("nn.LayerNorm", lambda m: m.nn.LayerNorm(5.0)),
    raises("nn.LayerNorm", lambda m: m.nn.LayerNorm(-1)),
    # group_norm
    functional("group_norm", lambda F, x: F.group_norm(x, 3), randn(2, 6, 4)),
    functional(
        "group_norm",
        lambda F, x, w, b: F.group_norm(x, 2, w, b),
        randn(3, 4, 5),
        randn(4),
        randn(4),
    ),
    functional(
        "group_norm",
        lambda F, x, w, b: F.group_norm(x, 1, w, b),
        randn(2, 3, 2, 4),
        randn(3),
        randn(3),
    ),
    functional(
        "group_norm",
        lambda F, x, w, b: F.group_norm(x, 4, w, b, eps=0.1),
        randn(3, 4, 2),
        randn(4),
        randn(4),
    ),
    never_special(
        functional("group_norm", lambda F, x, w: F.group_norm(x, 2, w), randn(3, 4), randn(4)),
        _PAIRS + ": with NaN and infinities 21 of 25 draws differ by more than tol",
    ),
    functional(
        "group_norm",
        lambda F, x, b: F.group_norm(x, 2, None, b),
        const(randn(1, 4, 2, 1, 3)),
        const(randn(4)),
    ),
    functional(
        "group_norm", lambda F, x, w, b: F.group_norm(x, 2, w, b), ties(3, 4, 5), randn(4), randn(4)
    ),
    functional("group_norm", lambda F, x: F.group_norm(x, 2), special(2, 4, 7)),
    functional(
        "group_norm",
        lambda F, x, w, b: F.group_norm(x, 2, w, b),
        randn(0, 4, 3),
        randn(4),
        randn(4),
    ),
    functional("group_norm", lambda F, x: F.group_norm(x, 2), randn(2, 0, 3), until="2.14"),
    functional("group_norm", lambda F, x: F.group_norm(x, 2), randn(2, 4, 0), until="2.14"),
    raises("nn.functional.group_norm", lambda m, x: m.nn.functional.group_norm(x, 3), randn(6)),
    raises(
        "nn.functional.group_norm", lambda m, x: m.nn.functional.group_norm(x, 0), randn(2, 6, 4)
    ),
    raises(
        "nn.functional.group_norm", lambda m, x: m.nn.functional.group_norm(x, -2), randn(2, 6, 4)
    ),
    raises(
        "nn.functional.group_norm", lambda m, x: m.nn.functional.group_norm(x, 4), randn(2, 6, 4)
    ),
    raises("nn.functional.group_norm", lambda m, x: m.nn.functional.group_norm(x, 6), randn(1, 6)),
    raises(
        "nn.functional.group_norm", lambda m, x: m.nn.functional.group_norm(x, 3.0), randn(2, 6, 4)
    ),
    raises(
        "nn.functional.group_norm", lambda m, x: m.nn.functional.group_norm(x, True), randn(2, 6, 4)
    ),
    raises(
        "nn.functional.group_norm", lambda m, x: m.nn.functional.group_norm(x, 3), ints(2, 6, 4)
    ),
    raises(
        "nn.functional.group_norm",
        lambda m, x, w: m.nn.functional.group_norm(x, 3, w),
        randn(2, 6, 4),
        randn(3),
    ),
    raises(
        "nn.functional.group_norm",
        lambda m, x, w: m.nn.functional.group_norm(x, 3, w),
        randn(2, 6, 4),
        randn(6, 1),
    ),
    raises(
        "nn.functional.group_norm",
        lambda m, x, b: m.nn.functional.group_norm(x, 3, None, b),
        randn(2, 6, 4),
        randn(3),
    ),
    raises(
        "nn.functional.group_norm",
        lambda m, x, w: m.nn.functional.group_norm(x, 3, w.float()),
        randn(2, 6, 4),
        randn(6),
    ),
    layer("GroupNorm", lambda nn: nn.GroupNorm(3, 6), randn(2, 6, 4)),
    layer("GroupNorm", lambda nn: nn.GroupNorm(2, 4, eps=0.01, affine=False), randn(2, 4, 2, 3)),
    never_special(
        layer(
            "GroupNorm",
            lambda nn: nn.GroupNorm(2, 4, bias=False, device="cpu"),
            randn(3, 4),
            tol=1e-11,
            reason=_PAIRS
            + ": compared with 80 bits, PyTorch's is off by 1.4e-12, refnet's by 3e-14",
        ),
        "with NaN and infinities 2 of 25 draws differ by more than tol",
    ),
    layer(
        "GroupNorm", lambda nn, m: nn.GroupNorm(1, 3, affine=True, dtype=m.float64), randn(2, 3, 5)
    ),
    raises("nn.GroupNorm", lambda m: m.nn.GroupNorm(4, 6)),
    raises("nn.GroupNorm", lambda m: m.nn.GroupNorm(0, 6)),
    raises("nn.GroupNorm", lambda m, x: m.nn.GroupNorm(3, 6)(x), randn(6)),
    # rms_norm
    functional("rms_norm", lambda F, x: F.rms_norm(x, (5,)), randn(2, 3, 5)),
    functional("rms_norm", lambda F, x, w: F.rms_norm(x, (5,), w), randn(2, 3, 5), randn(5)),
    functional(
        "rms_norm", lambda F, x, w: F.rms_norm(x, [3, 5], w, 0.1), randn(2, 3, 5), randn(3, 5)
    ),
    functional(
        "rms_norm", lambda F, x, w: F.rms_norm(x, (4,), weight=w, eps=1e-5), ties(5, 4), randn(4)
    ),
    functional("rms_norm", lambda F, x: F.rms_norm(x, (12,)), extreme(4, 12)),
    functional("rms_norm", lambda F, x: F.rms_norm(x, (7,)), special(4, 7)),
    functional("rms_norm", lambda F, x, w: F.rms_norm(x, (600,), w), randn(40, 600), randn(600)),
    functional("rms_norm", lambda F, x, w: F.rms_norm(x, (5,), w), randn(0, 5), randn(5)),
    functional("rms_norm", lambda F, x: F.rms_norm(x, (0,)), randn(3, 0)),
    raises("nn.functional.rms_norm", lambda m, x: m.nn.functional.rms_norm(x, 5), randn(3, 5)),
    raises("nn.functional.rms_norm", lambda m, x: m.nn.functional.rms_norm(x, ()), randn(3, 5)),
    raises("nn.functional.rms_norm", lambda m, x: m.nn.functional.rms_norm(x, (4,)), randn(3, 5)),
    raises("nn.functional.rms_norm", lambda m, x: m.nn.functional.rms_norm(x, (5,)), ints(3, 5)),
    raises(
        "nn.functional.rms_norm",
        lambda m, x: m.nn.functional.rms_norm(x, (5,), eps="a"),
        randn(3, 5),
    ),
    raises(
        "nn.functional.rms_norm",
        lambda m, x, w: m.nn.functional.rms_norm(x, (5,), w),
        randn(3, 5),
        randn(4),
    ),
    layer("RMSNorm", lambda nn: nn.RMSNorm(5), randn(2, 3, 5)),
    layer("RMSNorm", lambda nn: nn.RMSNorm([3, 5], eps=0.01), randn(2, 3, 5)),
    layer("RMSNorm", lambda nn: nn.RMSNorm((5,), elementwise_affine=False, device="cpu"), randn(5)),
    layer("RMSNorm", lambda nn, m: nn.RMSNorm(4, dtype=m.float64), randn(3, 4)),
    raises("nn.RMSNorm", lambda m, x: m.nn.RMSNorm(5)(x), randn(3, 4)),
    # local_response_norm
    functional("local_response_norm", lambda F, x: F.local_response_norm(x, 2), randn(2, 5, 3)),
    functional(
        "local_response_norm",
        lambda F, x: F.local_response_norm(x, 3, 0.5, 0.6, 2.0),
        randn(2, 5, 3),
    ),
    functional(
        "local_response_norm",
        lambda F, x: F.local_response_norm(x, 4, alpha=1.0),
        randn(2, 5, 3, 2),
    ),
    functional(
        "local_response_norm",
        lambda F, x: F.local_response_norm(x, 1, alpha=1.0, beta=2),
        randn(1, 4, 2, 1, 3),
    ),
    functional(
        "local_response_norm",
        lambda F, x: F.local_response_norm(x, 9, alpha=1.0, k=0.1),
        randn(2, 3, 4),
    ),
    functional("local_response_norm", lambda F, x: F.local_response_norm(x, 2), randn(0, 5, 3)),
    functional("local_response_norm", lambda F, x: F.local_response_norm(x, 0), randn(2, 0, 3)),
    raises(
        "nn.functional.local_response_norm",
        lambda m, x: m.nn.functional.local_response_norm(x, 2),
        randn(3, 4),
    ),
    raises(
        "nn.functional.local_response_norm",
        lambda m, x: m.nn.functional.local_response_norm(x, 0),
        randn(2, 3, 4),
    ),
    raises(
        "nn.functional.local_response_norm",
        lambda m, x: m.nn.functional.local_response_norm(x, -1),
        randn(2, 3, 4),
    ),
    raises(
        "nn.functional.local_response_norm",
        lambda m, x: m.nn.functional.local_response_norm(x, 2.0),
        randn(2, 3, 4),
    ),
    raises(
        "nn.functional.local_response_norm",
        lambda m, x: m.nn.functional.local_response_norm(x, 2, None),
        randn(2, 3, 4),
    ),
    raises(
        "nn.functional.local_response_norm",
        lambda m, x: m.nn.functional.local_response_norm(x, 2),
        bools(2, 3, 4),
    ),
    layer("LocalResponseNorm", lambda nn: nn.LocalResponseNorm(3), randn(2, 5, 4)),
    layer(
        "LocalResponseNorm",
        lambda nn: nn.LocalResponseNorm(2, alpha=0.5, beta=0.5, k=2),
        randn(2, 5, 2, 3),
    ),
    raises("nn.LocalResponseNorm", lambda m, x: m.nn.LocalResponseNorm(3)(x), randn(3, 4)),
    # normalize
    functional("normalize", lambda F, x: F.normalize(x), randn(3, 5)),
    functional("normalize", lambda F, x: F.normalize(x, dim=0), randn(3, 5)),
    functional("normalize", lambda F, x: F.normalize(x, p=1), randn(3, 5)),
    functional("normalize", lambda F, x: F.normalize(x, p=3, dim=-1), randn(2, 3, 4)),
    functional("normalize", lambda F, x: F.normalize(x, p=float("inf"), dim=-1), randn(2, 3, 4)),
    functional("normalize", lambda F, x: F.normalize(x, p=0), randn(3, 4)),
    functional("normalize", lambda F, x: F.normalize(x, dim=(0, 1)), randn(2, 3, 4)),
    functional("normalize", lambda F, x: F.normalize(x, dim=None), randn(2, 3)),
    functional("normalize", lambda F, x: F.normalize(x, dim=0), randn()),
    functional("normalize", lambda F, x: F.normalize(x, eps=3.0), randn(4, 3)),
    functional("normalize", lambda F, x: F.normalize(x), values([[0.0, 0.0], [1.0, -2.0]])),
    functional("normalize", lambda F, x: F.normalize(x), randn(0, 3)),
    functional("normalize", lambda F, x: F.normalize(x), randn(3, 0)),
    functional(
        "normalize", lambda F, x, y: F.normalize(x, out=y), const(randn(3, 4)), const(randn(3, 4))
    ),
    raises("nn.functional.normalize", lambda m, x: m.nn.functional.normalize(x), randn(3)),
    raises("nn.functional.normalize", lambda m, x: m.nn.functional.normalize(x), ints(3, 2)),
    raises(
        "nn.functional.normalize", lambda m, x: m.nn.functional.normalize(x, dim=5), randn(3, 2)
    ),
    raises(
        "nn.functional.normalize", lambda m, x: m.nn.functional.normalize(x, eps=None), randn(3, 2)
    ),
    raises(
        "nn.functional.normalize",
        lambda m, x: m.nn.functional.normalize(x, float("inf")),
        randn(3, 0),
    ),
    raises(
        "nn.functional.normalize",
        lambda m, x, y: m.nn.functional.normalize(x, out=y),
        randn(3, 4),
        const(randn(3, 4)),
    ),
    raises(
        "nn.functional.normalize",
        lambda m, x, y: m.nn.functional.normalize(x, out=y),
        const(randn(3, 4)),
        ints(3, 4),
    ),
]
