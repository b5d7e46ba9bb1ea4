"""Convolutions and transposed ones, in one, two and three dimensions; unfold and fold."""

from typing import Any

from parity_tests.cases import (
    Case,
    bools,
    const,
    functional,
    ints,
    layer,
    raises,
    randn,
    special,
    ties,
)


def conv(d: int, *inputs: Any, **options: Any) -> Case:
    """F.conv…d(*inputs, **options)."""
    return functional(f"conv{d}d", lambda F, *xs: getattr(F, f"conv{d}d")(*xs, **options), *inputs)


def transposed(d: int, *inputs: Any, **options: Any) -> Case:
    """F.conv_transpose…d(*inputs, **options)."""
    name = f"conv_transpose{d}d"
    return functional(name, lambda F, *xs: getattr(F, name)(*xs, **options), *inputs)


def refused(name: str, *inputs: Any, **options: Any) -> Case:
    """The function with these arguments, which raises."""
    return raises(
        f"nn.functional.{name}",
        lambda m, *xs: getattr(m.nn.functional, name)(*xs, **options),
        *inputs,
    )


def weights(out: int, channels: int, *kernel: int) -> Any:
    """Normal weights, scaled so that outputs are about as large as inputs."""
    fan_in = channels
    for k in kernel:
        fan_in *= k
    return randn(out, channels, *kernel, scale=fan_in**-0.5)


CONV = [
    # one dimension
    conv(1, randn(2, 3, 7), weights(4, 3, 3), randn(4)),
    conv(1, randn(3, 7), weights(4, 3, 3)),
    conv(1, randn(2, 3, 8), weights(4, 3, 3), randn(4), stride=2, padding=1),
    conv(1, randn(2, 3, 9), weights(2, 3, 2), stride=(3,), padding=(2,), dilation=(4,)),
    conv(1, randn(2, 4, 6), weights(6, 2, 3), randn(6), groups=2),
    conv(1, randn(2, 3, 6), weights(2, 3, 4), padding="same", dilation=3),
    conv(1, randn(2, 3, 6), weights(2, 3, 3), padding="valid", stride=2),
    conv(1, randn(1, 1, 1), weights(1, 1, 1), randn(1)),
    conv(1, randn(0, 3, 7), weights(4, 3, 3), randn(4)),
    conv(1, randn(2, 60, 5), weights(3, 60, 3), randn(3), padding=1),
    # two dimensions
    conv(2, randn(2, 3, 5, 6), weights(4, 3, 3, 2), randn(4)),
    conv(2, randn(3, 5, 6), weights(4, 3, 3, 2), randn(4), padding=(2, 1)),
    conv(2, randn(2, 3, 8, 7), weights(4, 3, 3, 3), stride=2, padding=1),
    conv(2, randn(2, 3, 9, 8), weights(2, 3, 2, 3), randn(2), stride=(3, 2), dilation=(2, 3), padding=2),
    conv(2, randn(2, 3, 9, 8), weights(2, 3, 4, 3), stride=(4, 6), dilation=(6, 4), padding=(9, 3)),
    conv(2, randn(2, 4, 5, 6), weights(4, 1, 3, 3), randn(4), groups=4, padding=1),
    conv(2, randn(2, 4, 5, 6), weights(8, 1, 2, 3), groups=4, stride=(2, 1)),
    conv(2, randn(2, 6, 5, 6), weights(3, 2, 1, 1), groups=3),
    conv(2, randn(2, 3, 5, 6), weights(4, 3, 1, 1), randn(4)),
    conv(2, randn(2, 3, 5, 6), weights(4, 3, 1, 1), stride=2),
    conv(2, randn(2, 3, 4, 4), weights(4, 3, 1, 1), padding=1),
    conv(2, randn(2, 3, 6, 6), weights(4, 3, 2, 2), randn(4), stride=2),
    conv(2, randn(2, 3, 3, 4), weights(4, 3, 3, 4), randn(4)),
    conv(2, randn(2, 3, 4, 5), weights(2, 3, 2, 3), padding="same", dilation=(3, 1)),
    conv(2, randn(2, 3, 4, 5), weights(2, 3, 2, 3), randn(2), padding="valid"),
    conv(2, randn(2, 3, 2, 2), weights(2, 3, 5, 5), padding="same"),
    conv(2, randn(0, 3, 5, 6), weights(4, 3, 3, 3), randn(4), padding=1),
    conv(2, randn(2, 20, 5, 6), weights(3, 20, 3, 3), randn(3), padding=1),
    conv(2, randn(3, 20, 7, 6), weights(4, 20, 3, 3), stride=2, padding=1, dilation=2),
    conv(2, randn(2, 40, 5, 4), weights(4, 20, 3, 3), groups=2, padding=1),
    conv(2, ties(2, 2, 5, 5), ties(3, 2, 3, 3), ties(3), padding=1),
    conv(2, special(1, 2, 4, 4), randn(2, 2, 2, 2), padding=1),
    conv(2, const(ints(2, 2, 4, 5)), const(ints(3, 2, 2, 2)), const(ints(3)), padding=1),
    conv(2, const(randn(2, 2, 4, 5)), weights(3, 2, 2, 2)),
    functional("conv2d", lambda F, x, W: F.conv2d(x, W, None, [2, 1], [1, 0], [1, 2], 2), randn(2, 4, 5, 6), weights(2, 2, 2, 2)),
    # three dimensions
    conv(3, randn(2, 3, 4, 5, 3), weights(4, 3, 2, 3, 2), randn(4)),
    conv(3, randn(3, 4, 5, 3), weights(2, 3, 3, 3, 3), randn(2), padding=1),
    conv(3, randn(2, 2, 5, 4, 6), weights(2, 2, 2, 2, 3), stride=(2, 1, 3), padding=(1, 0, 2), dilation=(2, 3, 1)),
    conv(3, randn(2, 4, 4, 4, 3), weights(4, 2, 2, 1, 2), randn(4), groups=2, stride=2),
    conv(3, randn(1, 2, 3, 4, 4), weights(2, 2, 2, 3, 1), padding="same"),
    conv(3, randn(1, 2, 3, 4, 4), weights(2, 2, 2, 3, 1), padding="valid", dilation=(1, 1, 2)),
    conv(3, randn(0, 2, 3, 4, 4), weights(3, 2, 2, 2, 2), randn(3)),
    conv(3, randn(1, 6, 4, 4, 3), weights(2, 6, 3, 3, 3), randn(2), padding=1),
]  # fmt: skip

TRANSPOSED = [
    transposed(1, randn(2, 3, 5), weights(3, 4, 3), randn(4)),
    transposed(1, randn(3, 5), weights(3, 4, 3), stride=2, padding=1, output_padding=1),
    transposed(1, randn(2, 3, 4), weights(3, 2, 2), randn(2), stride=3, dilation=4, output_padding=(3,)),
    transposed(1, randn(2, 4, 5), weights(4, 3, 3), randn(6), groups=2, stride=2),
    transposed(1, randn(0, 3, 5), weights(3, 4, 3), randn(4)),
    transposed(1, randn(1, 1, 1), weights(1, 1, 1), randn(1)),
    transposed(2, randn(2, 3, 4, 5), weights(3, 4, 3, 2), randn(4)),
    transposed(2, randn(3, 4, 5), weights(3, 4, 3, 3), randn(4), padding=(2, 1)),
    transposed(2, randn(2, 3, 4, 3), weights(3, 2, 4, 4), randn(2), stride=2, padding=1),
    transposed(2, randn(2, 3, 4, 3), weights(3, 2, 3, 3), stride=2, padding=1, output_padding=1),
    transposed(2, randn(2, 3, 4, 3), weights(3, 2, 2, 2), randn(2), stride=2),
    transposed(2, randn(2, 3, 3, 4), weights(3, 2, 1, 2), stride=(3, 2), output_padding=(2, 1)),
    transposed(2, randn(2, 2, 3, 4), weights(2, 3, 3, 2), randn(3), stride=(2, 3), dilation=(4, 2), padding=(3, 0), output_padding=(3, 2)),
    transposed(2, randn(2, 4, 3, 4), weights(4, 1, 3, 3), randn(4), groups=4, stride=2),
    transposed(2, randn(2, 4, 3, 4), weights(4, 3, 3, 2), randn(6), groups=2, padding=1),
    transposed(2, randn(2, 20, 4, 5), weights(20, 25, 3, 3), randn(25), padding=1),
    transposed(2, randn(0, 3, 4, 5), weights(3, 4, 3, 2), randn(4)),
    transposed(2, const(ints(1, 2, 3, 4)), const(ints(2, 3, 2, 2)), stride=2),
    functional("conv_transpose2d", lambda F, x, W: F.conv_transpose2d(x, W, None, [2, 1], [1, 0], [1, 0], 2, [1, 2]), randn(2, 4, 5, 6), weights(4, 2, 2, 2)),
    transposed(3, randn(2, 2, 3, 2, 4), weights(2, 3, 2, 3, 2), randn(3)),
    transposed(3, randn(2, 3, 2, 4), weights(2, 3, 2, 3, 2), stride=2, padding=1, output_padding=1),
    transposed(3, randn(1, 4, 3, 2, 3), weights(4, 2, 3, 2, 2), randn(4), groups=2, stride=(1, 2, 3), dilation=(2, 1, 4), output_padding=(1, 0, 3)),
    transposed(3, randn(0, 2, 3, 2, 4), weights(2, 3, 2, 3, 2), randn(3)),
]  # fmt: skip

TBC = [  # contiguous, because PyTorch's gradient raises for what is not
    functional("conv_tbc", lambda F, x, W, b: F.conv_tbc(x.contiguous(), W.contiguous(), b), randn(5, 2, 3), randn(2, 3, 4), randn(4)),
    functional("conv_tbc", lambda F, x, W, b: F.conv_tbc(x.contiguous(), W.contiguous(), b, pad=2), randn(5, 2, 3), randn(3, 3, 2), randn(2)),
    functional("conv_tbc", lambda F, x, W, b: F.conv_tbc(x.contiguous(), W.contiguous(), b, -1), randn(5, 2, 3), randn(2, 3, 2), randn(2)),
    functional("conv_tbc", lambda F, x, W, b: F.conv_tbc(x.contiguous(), W.contiguous(), b), randn(1, 2, 3), randn(2, 3, 2), randn(2)),
    functional("conv_tbc", lambda F, x, W, b: F.conv_tbc(x.contiguous(), W.contiguous(), b), randn(4, 0, 3), randn(2, 3, 2), randn(2)),
    refused("conv_tbc", randn(5, 2), randn(2, 3, 4), randn(4)),
    refused("conv_tbc", randn(5, 2, 3), randn(3, 4), randn(4)),
    refused("conv_tbc", randn(5, 2, 3), randn(2, 3, 4), randn(4, 1)),
    refused("conv_tbc", randn(5, 2, 3), randn(2, 3, 4), randn(3)),
    refused("conv_tbc", randn(5, 2, 3), randn(2, 2, 4), randn(4)),
    refused("conv_tbc", randn(1, 2, 3), randn(4, 3, 4), randn(4)),
    refused("conv_tbc", randn(5, 2, 3), randn(2, 3, 4), randn(4), pad=1.0),
    refused("conv_tbc", randn(5, 2, 3), ints(2, 3, 4), randn(4)),
    raises("nn.functional.conv_tbc", lambda m, x, W: m.nn.functional.conv_tbc(x, W, None), randn(5, 2, 3), randn(2, 3, 4)),
]  # fmt: skip


def refusals(name: str, x: Any, W: Any) -> list[Case]:
    """The cases that both kinds of convolution refuse; x and W fit in two dimensions."""
    return [
        refused(name, randn(5), W),
        refused(name, randn(5, 6), W),
        refused(name, randn(1, 1, 2, 5, 6), W),
        refused(name, randn(), W),
        refused(name, x, randn(2, 2, 3)),
        refused(name, x, randn(2, 2, 3, 3, 3)),
        refused(name, randn(2, 3, 5, 6), W),
        refused(name, randn(3, 5, 6), W),
        refused(name, randn(1, 2, 0, 6), W, padding=2),
        refused(name, x, W, randn(5)),
        refused(name, x, W, randn(4, 1)),
        refused(name, x, W, randn(1)),
        *(refused(name, x, W, groups=g) for g in (0, -1, 3, 1.0, True)),
        *(refused(name, x, W, stride=s) for s in (0, -1, (1, 2, 3), (), 1.5, None, True, "1")),
        *(refused(name, x, W, padding=p) for p in (-1, (1, 2, 3), (), 1.5, None, True, (1, None))),
        *(refused(name, x, W, dilation=t) for t in (0, -1, (1, 2, 3), (), 1.5, None, True)),
        refused(name, ints(2, 2, 5, 6), W),
        refused(name, x, ints(2, 2, 3, 3)),
        refused(name, bools(2, 2, 5, 6), bools(4, 2, 3, 3)),
        raises(f"nn.functional.{name}", lambda m, x: getattr(m.nn.functional, name)(x, None), x),
        raises(f"nn.functional.{name}", lambda m, W: getattr(m.nn.functional, name)([1.0], W), W),
    ]


REFUSED = [
    *refusals("conv2d", randn(2, 2, 5, 6), randn(4, 2, 3, 3)),
    refused("conv1d", randn(2, 2, 5, 6), randn(4, 2, 3, 3)),
    refused("conv1d", randn(2, 2, 2), randn(4, 2, 3)),
    refused("conv3d", randn(2, 2, 5, 6), randn(4, 2, 3, 3)),
    refused("conv3d", randn(2, 2, 2, 3, 3), randn(4, 2, 3, 3, 3)),
    refused("conv2d", randn(2, 4, 5, 6), randn(3, 2, 3, 3), groups=2),
    refused("conv2d", randn(2, 2, 5, 6), randn(0, 2, 3, 3)),
    refused("conv2d", randn(2, 2, 5, 6), randn(4, 2, 0, 3)),
    refused("conv2d", randn(1, 2, 2, 2), randn(4, 2, 3, 3)),
    refused("conv2d", randn(0, 2, 2, 2), randn(4, 2, 3, 3)),
    refused("conv2d", randn(2, 2, 5, 6), randn(4, 2, 3, 3), ints(4)),
    refused("conv2d", randn(2, 2, 5, 6), randn(4, 2, 3, 3), dilation=4),
    refused("conv2d", randn(2, 2, 5, 6), randn(4, 2, 3, 3), padding="full"),
    refused("conv2d", randn(2, 2, 5, 6), randn(4, 2, 3, 3), padding="same", stride=2),
    *refusals("conv_transpose2d", randn(2, 2, 5, 6), randn(2, 4, 3, 3)),
    refused("conv_transpose1d", randn(2, 2, 5, 6), randn(2, 4, 3, 3)),
    refused("conv_transpose3d", randn(2, 2, 5, 6), randn(2, 4, 3, 3)),
    refused("conv_transpose2d", randn(2, 2, 5, 6), randn(2, 4, 3, 3), padding="same"),
    refused("conv_transpose2d", randn(2, 2, 5, 6), randn(2, 4, 3, 3), randn(4), groups=2),
    refused("conv_transpose2d", randn(2, 0, 5, 6), randn(0, 4, 3, 3)),
    refused("conv_transpose2d", randn(2, 2, 5, 6), randn(2, 0, 3, 3)),
    refused("conv_transpose2d", randn(1, 2, 1, 1), randn(2, 4, 3, 3), padding=2),
    refused("conv_transpose2d", randn(1, 2, 1, 1), randn(2, 4, 2, 2), padding=1),
    *(refused("conv_transpose2d", randn(2, 2, 5, 6), randn(2, 4, 3, 3), stride=2, output_padding=e) for e in (2, -1, (0, 2), (1, 1, 1), 0.5)),
    refused("conv_transpose1d", randn(2, 2, 5), randn(2, 4, 3), stride=2, output_padding=2),
    refused("conv_transpose3d", randn(2, 2, 5, 5, 5), randn(2, 4, 3, 3, 3), stride=2, output_padding=2),
]  # fmt: skip

FOLD = [
    functional("unfold", lambda F, x: F.unfold(x, 3), randn(2, 3, 5, 6)),
    functional("unfold", lambda F, x: F.unfold(x, (2, 3), (1, 2), (1, 0), 2), randn(3, 5, 6)),
    functional("unfold", lambda F, x: F.unfold(x, [3, 2], dilation=2, padding=2, stride=[2, 3]), randn(2, 2, 6, 5)),
    functional("unfold", lambda F, x: F.unfold(x, 2), randn(0, 3, 5, 6)),
    functional("unfold", lambda F, x: F.unfold(x, 1), randn(1, 1, 1, 1)),
    functional("unfold", lambda F, x: F.unfold(x, 2), bools(1, 2, 3, 3)),
    functional("fold", lambda F, x: F.fold(x, (5, 6), 2), randn(2, 12, 20)),
    functional("fold", lambda F, x: F.fold(x, 5, (2, 2)), randn(12, 16)),
    functional("fold", lambda F, x: F.fold(x, (5, 6), (2, 3), (1, 2), (1, 0), 2), randn(2, 12, 3)),
    functional("fold", lambda F, x: F.fold(x, [6, 5], [3, 2], dilation=2, padding=2, stride=[2, 3]), randn(1, 6, 9)),
    functional("fold", lambda F, x: F.fold(x, (6, 4), 2, stride=2), randn(2, 8, 6)),
    functional("fold", lambda F, x: F.fold(x, (5, 6), 2), randn(0, 12, 20)),
    functional("fold", lambda F, x: F.fold(x, (3, 3), 2), bools(1, 4, 4)),
    *(refused("unfold", randn(*s), kernel_size=3) for s in ((), (6,), (5, 6), (1, 1, 1, 5, 6), (2, 0, 5, 6), (2, 3, 0, 6), (0, 5, 6))),
    *(refused("unfold", randn(2, 3, 5, 6), kernel_size=k) for k in ((1, 2, 3), (2,), (), 0, -1, 7, 3.0, "3", True)),
    *(refused("unfold", randn(2, 3, 5, 6), kernel_size=2, **{name: value}) for name in ("stride", "dilation") for value in (0, -1, (1, 1, 1), 1.5, None)),
    *(refused("unfold", randn(2, 3, 5, 6), kernel_size=2, padding=p) for p in (-1, (1, 1, 1), 1.5, None)),
    refused("unfold", ints(2, 3, 5, 6), kernel_size=2),
    raises("nn.functional.unfold", lambda m: m.nn.functional.unfold([1.0], 3)),
    *(refused("fold", randn(*s), output_size=(5, 6), kernel_size=2) for s in ((20,), (1, 2, 12, 20), (2, 12, 21), (2, 13, 20), (2, 0, 20), (2, 12, 0), (21, 20))),
    *(refused("fold", randn(2, 12, 20), output_size=n, kernel_size=2) for n in ((5, 6, 7), (5,), (1, 1), (0, 6), 5.0, None)),
    *(refused("fold", randn(2, 12, 20), output_size=(5, 6), kernel_size=k) for k in (0, (2, 2, 2), 2.0)),
    *(refused("fold", randn(2, 12, 20), output_size=(5, 6), kernel_size=2, **{name: value}) for name in ("stride", "dilation") for value in (0, -1, (1, 1, 1), 1.5)),
    *(refused("fold", randn(2, 12, 20), output_size=(5, 6), kernel_size=2, padding=p) for p in (-1, (1, 1, 1), 1.5)),
    refused("fold", ints(2, 12, 20), output_size=(5, 6), kernel_size=2),
]  # fmt: skip


def modes(d: int, x: Any) -> list[Case]:
    """A convolution layer with each padding mode."""
    name = f"Conv{d}d"

    def build(*args: Any, **options: Any) -> Any:
        return lambda nn: getattr(nn, name)(*args, **options)

    return [
        case
        for mode in ("zeros", "reflect", "replicate", "circular")
        for case in (
            layer(name, build(2, 3, 3, padding=1, padding_mode=mode), x),
            layer(name, build(2, 2, 2, padding="same", dilation=2, padding_mode=mode), x),
            layer(name, build(2, 2, (2, 3, 2)[:d], (1, 2, 2)[:d], (1, 2, 0)[:d], padding_mode=mode), x),
            layer(name, build(2, 4, 2, padding="valid", groups=2, padding_mode=mode), x),
        )
    ]  # fmt: skip


LAYERS = [
    layer("Conv1d", lambda nn: nn.Conv1d(3, 4, 3), randn(2, 3, 7)),
    layer("Conv1d", lambda nn: nn.Conv1d(4, 6, 3, 2, 1, 2, 2, False, "reflect"), randn(4, 8)),
    layer("Conv2d", lambda nn: nn.Conv2d(3, 4, 3), randn(2, 3, 5, 6)),
    layer("Conv2d", lambda nn: nn.Conv2d(3, 4, (3, 2), (2, 1), (1, 2), (1, 3), bias=False), randn(3, 6, 5)),
    layer("Conv2d", lambda nn: nn.Conv2d(4, 8, [3, 3], stride=[2, 2], padding=[1, 1], groups=4), randn(2, 4, 5, 6)),
    layer("Conv1d", lambda nn, m: nn.Conv1d(2, 3, 2, device="cpu", dtype=m.float64), randn(1, 2, 3)),
    layer("Conv2d", lambda nn, m: nn.Conv2d(2, 3, 2, device="cpu", dtype=m.float64), randn(1, 2, 3, 3)),
    layer("Conv3d", lambda nn, m: nn.Conv3d(2, 3, 2, device="cpu", dtype=m.float64), randn(1, 2, 3, 3, 3)),
    layer("Conv3d", lambda nn: nn.Conv3d(2, 3, 2), randn(1, 2, 3, 4, 3)),
    layer("Conv3d", lambda nn: nn.Conv3d(2, 4, (1, 2, 3), (1, 2, 1), 1, (2, 1, 1), 2, False), randn(2, 3, 4, 4)),
    layer("Conv2d", lambda nn: nn.Conv2d(2, 3, 3, padding=-1, padding_mode="circular"), randn(1, 2, 6, 6)),
    *modes(1, randn(2, 2, 6)),
    *modes(2, randn(2, 2, 5, 6)),
    *modes(3, randn(1, 2, 4, 4, 5)),
    layer("ConvTranspose1d", lambda nn: nn.ConvTranspose1d(3, 4, 3), randn(2, 3, 5)),
    layer("ConvTranspose1d", lambda nn: nn.ConvTranspose1d(4, 6, 3, 2, 1, 1, 2, False, 2, "zeros"), randn(4, 5)),
    layer("ConvTranspose2d", lambda nn: nn.ConvTranspose2d(3, 4, 3), randn(2, 3, 4, 5)),
    layer("ConvTranspose2d", lambda nn: nn.ConvTranspose2d(4, 6, (3, 2), (2, 1), (1, 0), (1, 0), 2, bias=False), randn(4, 3, 5)),
    layer("ConvTranspose1d", lambda nn, m: nn.ConvTranspose1d(2, 3, 2, device="cpu", dtype=m.float64), randn(1, 2, 3)),
    layer("ConvTranspose3d", lambda nn, m: nn.ConvTranspose3d(2, 3, 2, device="cpu", dtype=m.float64), randn(1, 2, 3, 3, 3)),
    layer("ConvTranspose2d", lambda nn, m: nn.ConvTranspose2d(2, 3, 2, dilation=3, device="cpu", dtype=m.float64), randn(1, 2, 3, 3)),
    layer("ConvTranspose3d", lambda nn: nn.ConvTranspose3d(2, 3, 2), randn(1, 2, 3, 2, 3)),
    layer("ConvTranspose3d", lambda nn: nn.ConvTranspose3d(2, 4, (1, 2, 3), (1, 2, 1), 1, (0, 1, 0), 2, False, (2, 1, 1)), randn(2, 3, 4, 4)),
    layer("ConvTranspose1d", lambda nn: nn.ConvTranspose1d(2, 3, 3, stride=2), randn(1, 2, 4), call=lambda layer, x: [layer(x, [n]) for n in (9, 10)]),
    layer("ConvTranspose2d", lambda nn: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1), randn(1, 2, 4, 4), call=lambda layer, x: [layer(x, output_size=s) for s in ((8, 8), [7, 8], (1, 3, 8, 7))]),
    layer("ConvTranspose2d", lambda nn: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1, dilation=2), randn(2, 4, 4), call=lambda layer, x: [layer(x, (9, 10)), layer(x, (3, 10, 9))]),
    layer("ConvTranspose3d", lambda nn: nn.ConvTranspose3d(2, 3, 2, stride=(1, 2, 3)), randn(1, 2, 2, 3, 2), call=lambda layer, x: layer(x, (3, 7, 6))),
    layer("Unfold", lambda nn: nn.Unfold(3), randn(2, 3, 5, 6)),
    layer("Unfold", lambda nn: nn.Unfold((2, 3), 2, (1, 0), (2, 1)), randn(3, 5, 6)),
    layer("Fold", lambda nn: nn.Fold((5, 6), 2), randn(2, 12, 20)),
    layer("Fold", lambda nn: nn.Fold(output_size=7, kernel_size=(2, 3), dilation=2, padding=(1, 0), stride=(2, 1)), randn(6, 12)),
]  # fmt: skip


def not_built(name: str, *args: Any, **options: Any) -> Case:
    """A layer whose constructor raises."""
    return raises(f"nn.{name}", lambda m: getattr(m.nn, name)(*args, **options))


def not_sized(size: Any, *x: int, **options: Any) -> Case:
    """A ConvTranspose2d with an impossible output size."""
    return raises(
        "nn.ConvTranspose2d",
        lambda m, x: m.nn.ConvTranspose2d(2, 3, 3, stride=2, **options)(x, output_size=size),
        randn(*x),
    )


REFUSED_LAYERS = [
    *(not_built("Conv2d", 4, 4, 3, groups=g) for g in (3, 0, -1)),
    not_built("Conv1d", 4, 3, 3, groups=2),
    not_built("Conv2d", -1, 4, 3),
    not_built("Conv2d", 4, 4, -3),
    not_built("Conv2d", 4, 4, 3.0),
    not_built("Conv2d", 4, 4, "3"),
    not_built("Conv2d", 4.0, 4, 3),
    not_built("Conv2d", 4, 4, 3, padding="full"),
    not_built("Conv3d", 4, 4, 3, padding="same", stride=(1, 1, 2)),
    not_built("Conv2d", 4, 4, 3, padding_mode="mirror"),
    not_built("Conv2d", 4, 4, 3, padding_mode=None),
    not_built("Conv2d", 4, 4, 3, device="nowhere"),
    *(not_built(f"ConvTranspose{d}d", 4, 4, 3, padding_mode="reflect") for d in (1, 2, 3)),
    not_built("ConvTranspose2d", 4, 4, 3, groups=3),
    raises("nn.Conv2d", lambda m, x: m.nn.Conv2d(4, 4, 3)(x), randn(5, 5)),
    raises("nn.Conv2d", lambda m, x: m.nn.Conv2d(4, 4, 3)(x), randn(1, 3, 5, 5)),
    raises("nn.Conv2d", lambda m, x: m.nn.Conv2d(4, 4, 3, stride=0)(x), randn(1, 4, 5, 5)),
    raises("nn.Conv2d", lambda m, x: m.nn.Conv2d(4, 4, 3, padding=5, padding_mode="reflect")(x), randn(1, 4, 5, 5)),
    raises("nn.Conv2d", lambda m, x: m.nn.Conv2d(4, 4, 3, padding=(1,), padding_mode="reflect")(x), randn(1, 4, 5, 5)),
    raises("nn.ConvTranspose2d", lambda m, x: m.nn.ConvTranspose2d(4, 4, 3, padding="same")(x), randn(1, 4, 5, 5)),
    *(not_sized(size, 1, 2, 4, 4, padding=1) for size in ((3, 8, 8), (9, 8), (8, 6), 8, (8,), (1, 1, 3, 8, 8), (8.0, 8))),
    not_sized((15, 14), 2, 4, 4, dilation=3),
    not_sized((8, 8), 4, 4),
    raises("nn.Unfold", lambda m, x: m.nn.Unfold(7)(x), randn(1, 2, 5, 6)),
    raises("nn.Fold", lambda m, x: m.nn.Fold((5, 6), 3)(x), randn(2, 12, 20)),
]  # fmt: skip

CASES = [*CONV, *TRANSPOSED, *TBC, *REFUSED, *FOLD, *LAYERS, *REFUSED_LAYERS]
