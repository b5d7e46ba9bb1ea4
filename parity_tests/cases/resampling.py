"""Interpolation, sampling on grids, shuffled pixels and channels: functions and layers."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from parity_tests.cases import (
    Case,
    Input,
    case,
    const,
    functional,
    ints,
    layer,
    raises,
    randn,
    special,
    uniform,
    values,
)

SIZES: dict[int, Input] = {1: randn(2, 3, 5), 2: randn(2, 2, 5, 4), 3: randn(1, 2, 3, 5, 4)}


def warned(f: Callable[..., Any]) -> Callable[..., Any]:
    """f without its warnings, of a deprecated name or of a default that has changed."""

    def run(*args: Any, **options: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return f(*args, **options)

    return run


def resized(x: Input, *args: Any, **options: Any) -> Case:
    return functional("interpolate", lambda F, x: F.interpolate(x, *args, **options), x)


def refused(x: Input, *args: Any, **options: Any) -> Case:
    run = lambda m, x: m.nn.functional.interpolate(x, *args, **options)  # noqa: E731
    return raises("nn.functional.interpolate", run, x)


# --- interpolate -------------------------------------------------------------------------------


def of_mode(mode: str, d: int) -> list[Case]:
    """Larger, smaller, equal and single sizes; factors whole and not, as given and recomputed."""
    x, larger, smaller = SIZES[d], (7, 9, 6)[:d], (2, 3, 1)[-d:]
    up, down = (1.5, 2.0, 1.8)[:d], (0.6, 0.5, 0.7)[:d]
    found = [
        resized(x, larger, mode=mode),
        resized(x, list(smaller), mode=mode),
        resized(x, 4, mode=mode),
        resized(x, 1, mode=mode),
        resized(x, scale_factor=2, mode=mode),
        resized(x, scale_factor=up, mode=mode),
        resized(x, None, down, mode),
        resized(x, scale_factor=1.7, mode=mode, recompute_scale_factor=True),
        resized(x, scale_factor=1.7, mode=mode, recompute_scale_factor=False),
        resized(randn(0, 2, *(3,) * d), 5, mode=mode),
        resized(randn(1, 1, *(1,) * d), 3, mode=mode),
    ]
    if mode in ("nearest", "nearest-exact", "area"):
        return [
            *found,
            resized(special(2, 2, *(3,) * d), 4, mode=mode),
            refused(x, 3, mode=mode, align_corners=False),
        ]
    return [
        *found,
        resized(x, larger, None, mode, True),
        resized(x, smaller, mode=mode, align_corners=True),
        resized(x, 1, mode=mode, align_corners=True),
        resized(x, scale_factor=up, mode=mode, align_corners=True),
        resized(x, larger, mode=mode, align_corners=False),
        refused(x, 3, mode=mode, align_corners=1),
        refused(ints(*(2,) * (d + 2)), 3, mode=mode),
        *(refused(SIZES[k], 3, mode=mode) for k in SIZES if k != d),
    ]


MODES = [
    ("nearest", 1), ("nearest", 2), ("nearest", 3), ("nearest-exact", 1), ("nearest-exact", 2),
    ("nearest-exact", 3), ("area", 1), ("area", 2), ("area", 3), ("linear", 1), ("bilinear", 2),
    ("bicubic", 2), ("trilinear", 3),
]  # fmt: skip


def smoothed(mode: str) -> list[Case]:
    """With antialias: PyTorch 2.13 fills all rows with the first one if the output is 1 wide."""
    x = randn(2, 2, 7, 6)
    found = [
        resized(x, (3, 2), mode=mode, antialias=True),
        resized(x, (1, 4), mode=mode, antialias=True),
        resized(x, (9, 8), mode=mode, antialias=True),
        resized(x, (7, 4), mode=mode, antialias=True),
        resized(x, scale_factor=0.4, mode=mode, antialias=True),
        resized(x, scale_factor=(0.5, 1.4), mode=mode, antialias=True),
        resized(x, scale_factor=0.4, mode=mode, recompute_scale_factor=True, antialias=True),
    ]
    if mode == "lanczos":
        return [
            *found,
            refused(x, 3, mode=mode),
            refused(x, 3, mode=mode, align_corners=True, antialias=True),
        ]
    return [*found, resized(x, (3, 9), mode=mode, align_corners=True, antialias=True)]


X = SIZES[2]

INTERPOLATE = [
    *(c for mode, d in MODES for c in of_mode(mode, d)),
    *(c for mode in ("bilinear", "bicubic", "lanczos") for c in smoothed(mode)),
    refused(X, 3, 2.0),
    refused(X),
    refused(X, (3,)),
    refused(X, (3, 3, 3)),
    refused(X, scale_factor=(2.0,)),
    refused(X, (3.0, 3)),
    refused(X, 3.0),
    refused(X, "3"),
    refused(X, scale_factor="2"),
    refused(X, 0),
    refused(X, -1),
    refused(X, scale_factor=0.1),
    refused(X, scale_factor=-1.0),
    refused(X, 3, recompute_scale_factor=True),
    refused(X, 3, mode="spline"),
    refused(SIZES[1], 3, mode="linear", antialias=True),
    refused(X, 3, mode="nearest", antialias=True),
    refused(randn(3, 4), 3),
    refused(randn(2, 0, 3, 4), 3),
    refused(randn(2, 2, 0, 4), 3),
    functional("upsample", warned(lambda F, x: F.upsample(x, (7, 3))), X),
    functional("upsample", warned(lambda F, x: F.upsample(x, None, 2.5, "bilinear", True)), X),
    functional("upsample_nearest", warned(lambda F, x: F.upsample_nearest(x, 7)), X),
    functional("upsample_nearest", warned(lambda F, x: F.upsample_nearest(x, None, 3)), X),
    functional("upsample_bilinear", warned(lambda F, x: F.upsample_bilinear(x, (7, 3))), X),
    functional("upsample_bilinear", warned(lambda F, x: F.upsample_bilinear(x, None, 1.5)), X),
]

UPSAMPLE = [
    layer("Upsample", lambda nn: nn.Upsample(7), SIZES[1]),
    layer("Upsample", lambda nn: nn.Upsample((7, 3), mode="bicubic"), X),
    layer("Upsample", lambda nn: nn.Upsample(scale_factor=2), SIZES[3]),
    layer("Upsample", lambda nn: nn.Upsample(scale_factor=(1.5, 3), mode="area"), X),
    layer("Upsample", lambda nn: nn.Upsample(None, 1.5, "trilinear", align_corners=True), SIZES[3]),
    layer(
        "Upsample",
        lambda nn: nn.Upsample(scale_factor=1.5, mode="linear", recompute_scale_factor=True),
        SIZES[1],
    ),
    layer("UpsamplingNearest2d", lambda nn: nn.UpsamplingNearest2d((7, 3)), X),
    layer("UpsamplingNearest2d", lambda nn: nn.UpsamplingNearest2d(scale_factor=3), X),
    layer("UpsamplingBilinear2d", lambda nn: nn.UpsamplingBilinear2d((7, 3)), X),
    layer("UpsamplingBilinear2d", lambda nn: nn.UpsamplingBilinear2d(scale_factor=2.5), X),
    raises("nn.Upsample", lambda m, x: m.nn.Upsample()(x), X),
    raises("nn.Upsample", lambda m, x: m.nn.Upsample(3, mode="linear")(x), X),
    raises("nn.UpsamplingNearest2d", lambda m, x: m.nn.UpsamplingNearest2d(3, 2)(x), X),
]


# --- grid_sample, affine_grid --------------------------------------------------------------------


def grid(*shape: int) -> Input:
    """Points on edges, entries and halfway, inside and outside."""
    pool = np.array([-1.0, 1.0, 0.0, 0.5, -0.5, 0.25, 1.5, -2.0, 3.0])
    return Input(f"grid{shape}", lambda rng: rng.choice(pool, shape))


def sampled(x: Input, g: Input, *args: Any, **options: Any) -> Case:
    run = lambda F, x, g: F.grid_sample(x, g, *args, **options)  # noqa: E731
    return functional("grid_sample", run, x, g)


def nowhere(mode: str, padding: str) -> list[Case]:
    """NaN and infinite coordinates, as far as PyTorch survives them: forward, and backward mostly."""
    inf, nan = float("inf"), float("nan")
    options = {"mode": mode, "padding_mode": padding, "align_corners": True}
    plane = [[inf, 0.25], [0.5, -inf], [-0.5, inf], [nan, 0.25], [-inf, nan], [0.1, 0.2]]
    space = [[*point, -0.25] for point in plane]
    if mode == "bilinear" and padding == "border":
        plane = plane[:3]  # at NaN PyTorch's backward pass writes where it should not
    moved = padding != "zeros"  # PyTorch's backward pass in space forgets these points
    found = [
        sampled(randn(1, 2, 3, 4), values([[plane]]), **options),
        sampled(
            const(randn(1, 2, 3, 4, 2)) if moved else randn(1, 2, 3, 4, 2),
            const(values([[[space]]])) if moved else values([[[space]]]),
            **options,
        ),
    ]
    if mode == "bilinear" and padding == "reflection":
        return found[1:]
    return found[:1] if mode == "bicubic" else found


def not_sampled(x: Input, g: Input, *args: Any, **options: Any) -> Case:
    run = warned(lambda m, x, g: m.nn.functional.grid_sample(x, g, *args, **options))
    return raises("nn.functional.grid_sample", run, x, g)


IMAGE, VOLUME = randn(2, 3, 4, 5), randn(2, 2, 3, 4, 5)
POINTS, POINTS3 = (
    uniform(2, 3, 4, 2, low=-1.6, high=1.6),
    uniform(2, 2, 3, 4, 3, low=-1.6, high=1.6),
)

GRID = [
    *(
        sampled(x, g, mode, padding, align)
        for padding in ("zeros", "border", "reflection")
        for align in (False, True)
        for mode, x, g in [
            ("bilinear", IMAGE, POINTS),
            ("nearest", IMAGE, POINTS),
            ("bicubic", IMAGE, POINTS),
            ("bilinear", IMAGE, grid(2, 4, 3, 2)),
            ("nearest", IMAGE, grid(2, 4, 3, 2)),
            ("bicubic", IMAGE, grid(2, 4, 3, 2)),
            ("bilinear", VOLUME, POINTS3),
            ("nearest", VOLUME, POINTS3),
            ("bilinear", randn(1, 2, 1, 1), uniform(1, 2, 2, 2, low=-2.0, high=2.0)),
            ("bicubic", randn(1, 2, 2, 3), uniform(1, 3, 3, 2, low=-2.5, high=2.5)),
        ]
    ),
    sampled(IMAGE, const(POINTS), padding_mode="border", align_corners=False),
    sampled(const(IMAGE), POINTS, mode="bicubic", align_corners=True),
    sampled(randn(0, 2, 3, 3), uniform(0, 2, 2, 2), align_corners=True),
    sampled(randn(2, 0, 3, 3), uniform(2, 2, 2, 2), align_corners=True),
    sampled(randn(2, 2, 3, 3), uniform(2, 0, 2, 2), align_corners=True),
    functional("grid_sample", warned(lambda F, x, g: F.grid_sample(x, g)), IMAGE, POINTS),
    *(
        c
        for mode in ("bilinear", "nearest", "bicubic")
        for padding in ("zeros", "border", "reflection")
        for c in nowhere(mode, padding)
    ),
    not_sampled(IMAGE, POINTS, "linear"),
    not_sampled(IMAGE, POINTS, padding_mode="circular"),
    not_sampled(IMAGE, POINTS, align_corners=1),
    not_sampled(VOLUME, POINTS3, "bicubic"),
    not_sampled(IMAGE, uniform(1, 3, 4, 2)),
    not_sampled(IMAGE, uniform(2, 3, 4, 3)),
    not_sampled(IMAGE, POINTS3),
    not_sampled(randn(2, 4, 5), uniform(2, 4, 2)),
    not_sampled(randn(2, 3, 0, 5), POINTS),
    not_sampled(ints(2, 3, 4, 5), ints(2, 3, 4, 2)),
    raises(
        "nn.functional.grid_sample",
        warned(lambda m, x, g: m.nn.functional.grid_sample(x, g.float())),
        IMAGE,
        POINTS,
    ),
]


def affine(theta: Input, size: Any, align: bool | None) -> Case:
    run = warned(lambda F, t: F.affine_grid(t, size, align_corners=align))
    return functional("affine_grid", run, theta)


def not_affine(theta: Input, size: Any, align: Any = False) -> Case:
    run = lambda m, t: m.nn.functional.affine_grid(t, size, align)  # noqa: E731
    return raises("nn.functional.affine_grid", run, theta)


THETA, THETA3 = randn(2, 2, 3), randn(2, 3, 4)

AFFINE = [
    affine(THETA, (2, 3, 4, 5), False),
    affine(THETA, [2, 1, 3, 2], True),
    affine(THETA, (2, 1, 1, 3), True),
    affine(THETA, (2, 1, 1, 3), False),
    affine(THETA, (2, 1, 4, 3), None),
    affine(THETA3, (2, 3, 2, 3, 4), False),
    affine(THETA3, (2, 3, 2, 3, 4), True),
    functional(
        "affine_grid",
        lambda F, x, t: F.grid_sample(x, F.affine_grid(t, x.size(), False), align_corners=False),
        IMAGE,
        randn(2, 2, 3),
    ),
    not_affine(THETA, (2, 3, 4)),
    not_affine(THETA, (2, 3, 4, 4, 4)),
    not_affine(THETA3, (2, 3, 4, 4)),
    not_affine(THETA, (3, 3, 4, 4)),
    not_affine(THETA, (2, 3, 0, 4)),
    not_affine(THETA, (2, 3, 4.0, 4)),
    not_affine(THETA, (2, 3, 4, 4), 1),
    not_affine(randn(2, 3), (1, 3, 4, 4)),
    not_affine(ints(2, 2, 3), (2, 3, 4, 4)),
]


# --- shuffles ------------------------------------------------------------------------------------


def shuffle(name: str, x: Input, factor: Any) -> Case:
    return functional(name, lambda F, x: getattr(F, name)(x, factor), x)


def not_shuffled(name: str, x: Input, factor: Any) -> Case:
    run = lambda m, x: getattr(m.nn.functional, name)(x, factor)  # noqa: E731
    return raises(f"nn.functional.{name}", run, x)


SHUFFLES = [
    shuffle("pixel_shuffle", randn(2, 8, 3, 2), 2),
    shuffle("pixel_shuffle", randn(9, 2, 3), 3),
    shuffle("pixel_shuffle", randn(2, 1, 4, 3, 2), 2),
    shuffle("pixel_shuffle", ints(4, 2, 3), 1),
    shuffle("pixel_shuffle", const(randn(0, 4, 3, 2)), 2),
    shuffle("pixel_unshuffle", randn(2, 2, 6, 4), 2),
    shuffle("pixel_unshuffle", randn(1, 3, 6), 3),
    shuffle("pixel_unshuffle", randn(2, 1, 3, 2, 4), 2),
    shuffle("pixel_unshuffle", ints(2, 2, 4), 2),
    shuffle("channel_shuffle", randn(2, 6, 3, 2), 2),
    shuffle("channel_shuffle", randn(2, 6, 3), 3),
    shuffle("channel_shuffle", randn(1, 4, 2, 1, 2), 4),
    shuffle("channel_shuffle", ints(2, 4, 2), 2),
    shuffle("channel_shuffle", randn(0, 4, 2), 2),
    shuffle("native_channel_shuffle", const(randn(2, 6, 3, 2)), 3),
    shuffle("native_channel_shuffle", ints(2, 6, 3), 2),
    *(
        not_shuffled(name, randn(2, 8, 4, 4), factor)
        for name in ("pixel_shuffle", "pixel_unshuffle", "channel_shuffle")
        for factor in (0, -1, 3, 1.5, "2", True, None)
    ),
    not_shuffled("pixel_shuffle", randn(4, 2), 2),
    not_shuffled("pixel_unshuffle", randn(4, 2), 2),
    not_shuffled("channel_shuffle", randn(4, 2), 2),
    case("pixel_shuffle", lambda m, x: m.pixel_shuffle(x, 2), randn(4, 2, 3)),
    case("channel_shuffle", lambda m, x: m.channel_shuffle(x, groups=2), randn(1, 4, 3)),
    layer("PixelShuffle", lambda nn: nn.PixelShuffle(2), randn(2, 8, 3, 2)),
    layer("PixelShuffle", lambda nn: nn.PixelShuffle(upscale_factor=3), randn(9, 2, 3)),
    layer("PixelUnshuffle", lambda nn: nn.PixelUnshuffle(2), randn(2, 2, 6, 4)),
    layer("PixelUnshuffle", lambda nn: nn.PixelUnshuffle(downscale_factor=3), randn(1, 3, 6)),
    layer("ChannelShuffle", lambda nn: nn.ChannelShuffle(2), randn(2, 6, 3, 2)),
    layer("ChannelShuffle", lambda nn: nn.ChannelShuffle(groups=3), randn(2, 6, 3)),
    raises("nn.PixelShuffle", lambda m, x: m.nn.PixelShuffle(3)(x), randn(4, 2, 3)),
    raises("nn.PixelUnshuffle", lambda m, x: m.nn.PixelUnshuffle(2)(x), randn(4, 2, 3)),
    raises("nn.ChannelShuffle", lambda m, x: m.nn.ChannelShuffle(3)(x), randn(2, 4, 3)),
]

CASES = [*INTERPOLATE, *UPSAMPLE, *GRID, *AFFINE, *SHUFFLES]
