"""Calls of refnet.ops.interpolation and .grid_sample."""

from typing import Any

import torch.nn.functional as F
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, drawn, reals
from refnet.ops.interpolation import cubic, keys, linear, nearest, smooth, step_between, triangle

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


def interpolate(draw: DrawFn) -> Call:
    batch = draw(st.integers(0, 2)), draw(st.integers(1, 4))
    kind = draw(st.sampled_from(["nearest", "exact", "linear", "cubic", "smooth", "smooth cubic"]))
    d = draw(st.integers(1, 3)) if kind in ("nearest", "exact", "linear") else 2
    align = draw(st.booleans()) if kind in ("linear", "cubic") else None
    sizes = [draw(st.integers(1, 5)) for _ in range(d)]
    outputs = [draw(st.integers(2, 6)) for _ in range(d)]  # 1: see parity_tests.cases.resampling
    given: dict[str, Any] = {"size": outputs, "align_corners": align}
    windows = []
    for n, m in zip(sizes, outputs, strict=True):
        step = step_between(n, m, None, bool(align))
        if kind in ("nearest", "exact"):
            windows.append(nearest(n, m, step, exact=kind == "exact"))
            given["mode"] = "nearest" if kind == "nearest" else "nearest-exact"
        elif kind == "linear":
            windows.append(linear(n, m, step, align_corners=bool(align)))
            given["mode"] = LINEAR[d]
        elif kind == "cubic":
            windows.append(cubic(n, m, step, align_corners=bool(align)))
            given["mode"] = "bicubic"
        elif kind == "smooth":
            windows.append(smooth(n, m, step, triangle, 1))
            given |= {"mode": "bilinear", "antialias": True}
        else:
            windows.append(smooth(n, m, step, lambda d: keys(d, -0.5), 2))
            given |= {"mode": "bicubic", "antialias": True}
    x = reals(draw, (*batch, *sizes))
    return Call([x], {"windows": windows}, lambda x: F.interpolate(x, **given))


def grid_sample(draw: DrawFn) -> Call:
    mode = draw(st.sampled_from(["bilinear", "nearest", "bicubic"]))
    d = 2 if mode == "bicubic" else draw(st.integers(2, 3))
    n, channels = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    sizes = [draw(st.integers(1, 4)) for _ in range(d)]
    points = [draw(st.integers(1, 3)) for _ in range(d)]
    options = {
        "mode": mode,
        "padding_mode": draw(st.sampled_from(["zeros", "border", "reflection"])),
        "align_corners": draw(st.booleans()),
    }
    inputs = [reals(draw, (n, channels, *sizes)), reals(draw, (n, *points, d), -1.7, 1.7)]
    return Call(inputs, options, lambda x, g: F.grid_sample(x, g, **options))


STRATEGIES = {"interpolate": drawn(interpolate), "grid_sample": drawn(grid_sample)}
