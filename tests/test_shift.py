"""Variances and what is built on them do not depend on the mean, however far from 0 it is.

The values are whole multiples of the spacing of the floating-point numbers around the mean, so
adding the mean is exact, and a rule must give the same for x + mean as for x.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import refnet
import refnet.nn.functional as F
from refnet import ops

Array = np.ndarray[Any, Any]

MEANS = {"float32": 2.0**17, "float64": 2.0**40}  # 1.3e5, 1.1e12

RULES: dict[
    str, tuple[Callable[..., Any], tuple[int, ...], int]
] = {  # rule, shape of x, of the others
    "var": (ops.var, (5, 40), 0),
    "var, columns": (lambda x: ops.var(x, dim=(0,), correction=0), (300, 4), 0),
    "var, middle": (lambda x: ops.var(x, dim=(1,), keepdim=True), (3, 70, 4), 0),
    "std": (lambda x: ops.std(x, dim=(1,)), (5, 40), 0),
    "batch_norm": (lambda *a: ops.batch_norm(*a, eps=1e-5), (6, 3, 8), 3),
    "batch_norm, large": (lambda *a: ops.batch_norm(*a, eps=1e-5), (20, 3, 10000), 3),
    "batch_norm, rows": (lambda *a: ops.batch_norm(*a, eps=1e-5), (300, 3), 3),
    "layer_norm": (lambda *a: ops.layer_norm(*a, dims=1, eps=1e-5), (6, 50), 50),
    "layer_norm, large": (lambda *a: ops.layer_norm(*a, dims=1, eps=1e-5), (800, 700), 700),
    "group_norm": (lambda *a: ops.group_norm(*a, groups=2, eps=1e-5), (3, 4, 9), 4),
}


def results(rule: Callable[..., Any], arrays: list[Array], seed: int) -> list[Array]:
    """The values of the rule and the gradients for random cotangents."""
    value, pullback = rule(*arrays)
    values = value if isinstance(value, tuple) else (value,)
    rng = np.random.default_rng(seed)
    dys = [rng.standard_normal(v.shape).astype(v.dtype) for v in map(np.asarray, values)]
    entries = pullback(tuple(dys) if isinstance(value, tuple) else dys[0])
    return [np.asarray(v) for v in values] + [dx() if callable(dx) else dx for dx in entries]


@pytest.mark.parametrize("dtype", MEANS)
@pytest.mark.parametrize("name", RULES)
def test_a_mean_far_from_0_changes_nothing(name: str, dtype: str) -> None:
    rule, shape, others = RULES[name]
    rng = np.random.default_rng(3)
    mean = MEANS[dtype]
    ulp = np.spacing(np.dtype(dtype).type(mean))
    x = (np.rint(rng.standard_normal(shape) / ulp) * ulp).astype(dtype)
    more = [rng.standard_normal(others).astype(dtype) for _ in range(2)] if others else []
    near, far = (results(rule, [a, *more], 4) for a in (x, x + np.dtype(dtype).type(mean)))
    if name.startswith("batch_norm"):
        far[1] = far[1] - mean
        tolerances = {1: ulp}  # the mean itself is rounded
    else:
        tolerances = {}
    for i, (a, b) in enumerate(zip(near, far, strict=True)):
        allowed = tolerances.get(i, 16 * np.finfo(dtype).eps * np.abs(a).max())
        assert np.abs(a - b).max() <= allowed, (i, np.abs(a - b).max(), allowed)


@pytest.mark.parametrize("dtype", MEANS)
@pytest.mark.parametrize("function", [F.batch_norm, F.instance_norm])
def test_running_variances_neither(function: Callable[..., Any], dtype: str) -> None:
    mean = MEANS[dtype]
    ulp = np.spacing(np.dtype(dtype).type(mean))
    x = np.rint(np.random.default_rng(3).standard_normal((4, 3, 50)) / ulp) * ulp
    variances = []
    for shift in (0.0, mean):
        running = [refnet.from_numpy(np.zeros(3, dtype)) for _ in range(2)]
        function(refnet.from_numpy((x + shift).astype(dtype)), *running, **TRAINING[function])
        variances.append(running[1].numpy())
    np.testing.assert_allclose(*variances, rtol=4 * float(np.finfo(dtype).eps))


TRAINING = {F.batch_norm: {"training": True}, F.instance_norm: {"use_input_stats": True}}
