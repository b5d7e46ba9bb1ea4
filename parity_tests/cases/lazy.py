"""Lazy layers after their first call, one line a case. test_lazy.py has them before it."""

import warnings
from typing import Any

from parity_tests.cases import case, layer, raises, randn


def lazy(name: str, *shape: int, **options: Any) -> Any:
    """A case of a lazy layer that has seen an input of this shape."""

    return layer(
        name, lambda nn, m: first(m, getattr(nn, name)(**options), shape, m.float32), randn(*shape)
    )


def with_double(name: str, *shape: int, **options: Any) -> Any:
    """The same with device and dtype."""

    def build(nn: Any, m: Any) -> Any:
        net = getattr(nn, name)(device="cpu", dtype=m.float64, **options)
        return first(m, net, shape, m.float64)

    return layer(name, build, randn(*shape))


def first(m: Any, net: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """The layer after its first call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # instance norm's, where num_features is not needed
        net(m.ones(*shape, dtype=dtype))
    return net


C = {"out_channels": 4, "kernel_size": 3}
T = {"out_channels": 4, "kernel_size": 2}
SHAPES = {1: (2, 2, 6), 2: (2, 2, 6, 5), 3: (1, 2, 4, 5, 4)}

CASES = [
    lazy("LazyLinear", 2, 4, out_features=3),
    lazy("LazyLinear", 4, out_features=3, bias=False),
    with_double("LazyLinear", 2, 1, 4, out_features=1),
    *(lazy(f"LazyConv{d}d", *SHAPES[d], **C) for d in SHAPES),
    *(
        lazy(f"LazyConv{d}d", *SHAPES[d][1:], **C, bias=False, padding=1, padding_mode="circular")
        for d in SHAPES
    ),
    *(with_double(f"LazyConv{d}d", *SHAPES[d], **C, stride=2, groups=2) for d in SHAPES),
    *(lazy(f"LazyConv{d}d", *SHAPES[d], out_channels=1, kernel_size=2, dilation=2) for d in SHAPES),
    *(lazy(f"LazyConvTranspose{d}d", *SHAPES[d], **T) for d in SHAPES),
    *(
        lazy(f"LazyConvTranspose{d}d", *SHAPES[d][1:], **T, bias=False, dilation=2, padding=1)
        for d in SHAPES
    ),
    *(
        with_double(f"LazyConvTranspose{d}d", *SHAPES[d], **T, stride=2, output_padding=1, groups=2)
        for d in SHAPES
    ),
    *(lazy(f"LazyBatchNorm{d}d", *SHAPES[d]) for d in SHAPES),
    *(lazy(f"LazyBatchNorm{d}d", *SHAPES[d], eps=0.1, momentum=0.3, bias=False) for d in SHAPES),
    *(
        with_double(f"LazyBatchNorm{d}d", *SHAPES[d], affine=False, track_running_stats=False)
        for d in SHAPES
    ),
    *(with_double(f"LazyBatchNorm{d}d", *SHAPES[d], momentum=None) for d in SHAPES),
    *(lazy(f"LazyInstanceNorm{d}d", *SHAPES[d]) for d in SHAPES),
    *(lazy(f"LazyInstanceNorm{d}d", *SHAPES[d], eps=0.1, momentum=0.3, bias=False) for d in SHAPES),
    *(
        with_double(f"LazyInstanceNorm{d}d", *SHAPES[d], affine=False, track_running_stats=False)
        for d in SHAPES
    ),
    *(with_double(f"LazyInstanceNorm{d}d", *SHAPES[d], momentum=None) for d in SHAPES),
    *(
        raises(f"nn.LazyConv{d}d", lambda m, d=d: getattr(m.nn, f"LazyConv{d}d")(3, 2)(m.ones(3)))
        for d in SHAPES
    ),
    *(
        raises(f"nn.{name}", f)
        for name, f in [
            ("LazyLinear", lambda m: m.nn.LazyLinear(3)(m.ones(()))),
            ("LazyLinear", lambda m: m.nn.LazyLinear(3)()),
            ("LazyLinear", lambda m: m.nn.LazyLinear(3).weight + 1),
            ("LazyConv2d", lambda m: m.nn.LazyConv2d(4, 3, groups=2)(m.ones(1, 3, 4, 4))),
            ("LazyConv2d", lambda m: m.nn.LazyConv2d(4, 3, groups=0)),
            ("LazyConv2d", lambda m: m.nn.LazyConv2d(4, 3, padding="some")),
            ("LazyConv2d", lambda m: m.nn.LazyConv2d(4, 3, padding="same", stride=2)),
            ("LazyConv2d", lambda m: m.nn.LazyConv2d(4, 3, padding_mode="some")),
            *(
                (name, lambda m, name=name: getattr(m.nn, name)(4, 3, padding_mode="reflect"))
                for name in (f"LazyConvTranspose{d}d" for d in SHAPES)
            ),
            ("LazyConvTranspose1d", lambda m: m.nn.LazyConvTranspose1d(4, 3)(m.ones(1, 1, 4, 4))),
            ("LazyBatchNorm1d", lambda m: m.nn.LazyBatchNorm1d()(m.ones(3))),
            ("LazyBatchNorm2d", lambda m: m.nn.LazyBatchNorm2d()(m.ones(2, 3))),
            ("LazyInstanceNorm1d", lambda m: m.nn.LazyInstanceNorm1d()(m.ones(3, 5))),
        ]
    ),
    case(
        "nn.UninitializedParameter",
        lambda m: made(m, m.nn.UninitializedParameter(), (2, 3)),
    ),
    case(
        "nn.UninitializedParameter",
        lambda m: made(m, m.nn.UninitializedParameter(False, "cpu", m.float64), (2,)),
    ),
    case("nn.UninitializedBuffer", lambda m: made(m, m.nn.UninitializedBuffer(), ())),
    case(
        "nn.UninitializedBuffer",
        lambda m: made(m, m.nn.UninitializedBuffer(True, "cpu", m.float64, False), (0, 2)),
    ),
    *(
        raises(f"nn.{name}", lambda m, name=name, f=f: f(getattr(m.nn, name)()))
        for name in ("UninitializedParameter", "UninitializedBuffer")
        for f in [
            lambda p: p.shape,
            lambda p: p.numel(),
            lambda p: p * 2,
            lambda p: p.detach(),
            lambda p: p.zero_(),
            lambda p: len(p),
            lambda p: p.sum(),
            lambda p: p.clone(),
        ]
    ),
    raises("nn.UninitializedParameter", lambda m: m.nn.UninitializedParameter(dtype=m.int64)),
]


def made(m: Any, p: Any, shape: tuple[int, ...]) -> Any:
    """Its attributes before it has a shape, and afterwards."""
    before = [repr(p), str(p.dtype), p.requires_grad, p.is_leaf, p.grad, str(p.device)]
    p.materialize(shape)
    m.nn.init.ones_(p.detach())
    return before, p, repr(p), isinstance(p, m.nn.Parameter)
