"""Memory formats and layouts: strides, and who takes the arguments."""

from collections.abc import Callable
from typing import Any

from parity_tests.cases import Case, Input, bools, case, const, ints, positive, raises, randn

FORMATS = ("contiguous_format", "channels_last", "channels_last_3d", "preserve_format")
WHOLE = (randn(2, 3, 4, 5), randn(2, 3, 2, 1, 4))  # a format each
POSITIVE = (positive(2, 3, 4, 5), positive(2, 3, 2, 1, 4))


def seen(m: Any, y: Any) -> Any:
    """A tensor and how it lies in memory."""
    asked = [y.is_contiguous(memory_format=getattr(m, f)) for f in FORMATS[:3]]
    return y, y.stride(), y.is_contiguous(), asked


def last(m: Any, x: Any) -> Any:
    """The channels-last format of this number of dimensions."""
    return m.channels_last if x.dim() == 4 else m.channels_last_3d


def each(
    name: str,
    f: Callable[[Any, Any, Any], Any],
    inputs: tuple[Input, ...] = WHOLE,
    **options: Any,
) -> list[Case]:
    """f(m, x, memory_format) for every format, of x, its channels-last copy, a transpose and a slice."""

    def run(m: Any, x: Any) -> Any:
        formats = (m.contiguous_format, last(m, x), m.preserve_format, None)
        return [
            seen(m, f(m, y, format))
            for y in (x, x.contiguous(memory_format=last(m, x)), x.transpose(0, -1), x[..., :1])
            for format in formats
            if format is not m.preserve_format or name != "Tensor.contiguous"
        ]

    return [case(name, run, x, **options) for x in inputs]


# Each maker of new tensors, with the arguments that all of them have.
MAKERS: dict[str, Callable[..., Any]] = {
    "arange": lambda m, x, **o: m.arange(5, **o),
    "bartlett_window": lambda m, x, **o: m.bartlett_window(4, **o),
    "blackman_window": lambda m, x, **o: m.blackman_window(4, **o),
    "empty": lambda m, x, **o: m.empty(2, 3, **o).fill_(1),
    "empty_like": lambda m, x, **o: m.empty_like(x, **o).fill_(1),
    "eye": lambda m, x, **o: m.eye(2, 3, **o),
    "full": lambda m, x, **o: m.full((2, 3), 1.5, **o),
    "full_like": lambda m, x, **o: m.full_like(x, 1.5, **o),
    "hamming_window": lambda m, x, **o: m.hamming_window(4, **o),
    "hann_window": lambda m, x, **o: m.hann_window(4, **o),
    "linspace": lambda m, x, **o: m.linspace(0, 1, 4, **o),
    "logspace": lambda m, x, **o: m.logspace(0, 1, 4, **o),
    "normal": lambda m, x, **o: m.normal(0.0, 1.0, (2, 3), **o),
    "ones": lambda m, x, **o: m.ones(2, 3, **o),
    "ones_like": lambda m, x, **o: m.ones_like(x, **o),
    "rand": lambda m, x, **o: m.rand(2, 3, **o),
    "rand_like": lambda m, x, **o: m.rand_like(x, **o),
    "randint": lambda m, x, **o: m.randint(9, (2, 3), **o),
    "randint_like": lambda m, x, **o: m.randint_like(x, 9, **o),
    "randn": lambda m, x, **o: m.randn(2, 3, **o),
    "randn_like": lambda m, x, **o: m.randn_like(x, **o),
    "randperm": lambda m, x, **o: m.randperm(5, **o),
    "range": lambda m, x, **o: m.range(0, 3, **o),
    "scalar_tensor": lambda m, x, **o: m.scalar_tensor(2, **o),
    "tril_indices": lambda m, x, **o: m.tril_indices(3, 2, **o),
    "triu_indices": lambda m, x, **o: m.triu_indices(3, 2, **o),
    "zeros": lambda m, x, **o: m.zeros(2, 3, **o),
    "zeros_like": lambda m, x, **o: m.zeros_like(x, **o),
    "Tensor.new_empty": lambda m, x, **o: x.new_empty(2, 3, **o).fill_(1),
    "Tensor.new_full": lambda m, x, **o: x.new_full((2, 3), 1.5, **o),
    "Tensor.new_ones": lambda m, x, **o: x.new_ones(2, 3, **o),
    "Tensor.new_zeros": lambda m, x, **o: x.new_zeros(2, 3, **o),
}


def makes(name: str) -> list[Case]:
    f = MAKERS[name]
    laid_out = lambda m, x: f(m, x, layout=m.strided, device="cpu", pin_memory=False)  # noqa: E731
    if name == "range":  # which has no pin_memory
        return [case(name, lambda m: f(m, None, layout=m.strided, device="cpu"))]
    return [
        case(name, laid_out, const(randn(2, 3)), random=True),
        raises(name, lambda m, x: f(m, x, layout=1), randn(2, 3)),
        raises(name, lambda m, x: f(m, x, pin_memory=True), randn(2, 3)),
    ]


CASES = [
    *(c for name in MAKERS for c in makes(name)),
    # --- memory formats ---------------------------------------------------------------------
    *each("Tensor.to", lambda m, x, f: x.to(memory_format=f)),
    *each("Tensor.to", lambda m, x, f: x.to(m.float64, copy=True, memory_format=f)),
    *each("Tensor.to", lambda m, x, f: x.to("cpu", m.int32, False, True, memory_format=f)),
    *each("Tensor.contiguous", lambda m, x, f: x.contiguous(memory_format=f or m.contiguous_format)),
    *each("clone", lambda m, x, f: m.clone(x, memory_format=f)),
    *each("Tensor.float", lambda m, x, f: x.float(memory_format=f)),
    *each("Tensor.double", lambda m, x, f: x.double(memory_format=f)),
    *each("Tensor.half", lambda m, x, f: x.half(memory_format=f)),
    *each("Tensor.long", lambda m, x, f: x.long(memory_format=f)),
    *each("Tensor.int", lambda m, x, f: x.int(memory_format=f)),
    *each("Tensor.short", lambda m, x, f: x.short(memory_format=f)),
    *each("Tensor.char", lambda m, x, f: x.char(memory_format=f), POSITIVE),
    *each("Tensor.byte", lambda m, x, f: x.byte(memory_format=f), POSITIVE),
    *each("Tensor.bool", lambda m, x, f: x.bool(memory_format=f)),
    *each("Tensor.cpu", lambda m, x, f: x.cpu(memory_format=f)),
    *each("Tensor.type", lambda m, x, f: x.type(m.float64, memory_format=f)),
    *each("zeros_like", lambda m, x, f: m.zeros_like(x, memory_format=f)),
    *each("ones_like", lambda m, x, f: m.ones_like(x, memory_format=f)),
    *each("full_like", lambda m, x, f: m.full_like(x, 2.5, memory_format=f)),
    *each("empty_like", lambda m, x, f: m.empty_like(x, memory_format=f).zero_()),
    *each("rand_like", lambda m, x, f: m.rand_like(x, memory_format=f), random=True),
    *each("randn_like", lambda m, x, f: m.randn_like(x, memory_format=f), random=True),
    *each("randint_like", lambda m, x, f: m.randint_like(x, 9, memory_format=f), random=True),
    case(
        "empty",
        lambda m: [
            seen(m, m.empty(*shape, memory_format=f).zero_())
            for shape, f in (
                ((2, 3, 4, 5), m.channels_last),
                ((2, 1, 4, 5), m.channels_last),
                ((2, 0, 4, 5), m.channels_last),
                ((2, 3, 4, 5), m.contiguous_format),
                ((2, 3, 4, 5, 2), m.channels_last_3d),
            )
        ],
    ),
    case("Tensor.layout", lambda m, x: (repr(x.layout), x.layout is m.strided), randn(2)),
    case("Tensor.to", lambda m, x: [x.to(memory_format=f) is x for f in (None, m.contiguous_format)],
         randn(2, 3, 4, 5)),
    case("Tensor.to", lambda m, x, i: [x.to(i), x.to(tensor=i), x.to(i, copy=True)], const(randn(3)), ints(2)),
    case("Tensor.to", lambda m, x: [y is x for y in (x.to("cpu"), x.to(x.dtype, False, True))], randn(3)),
    case("Tensor.stride", lambda m, x: [x.stride(axis=1), x.stride(axis=-2)], randn(2, 3)),
    case("clone", lambda m, x: x.expand(3, 4).clone().view(12), randn(3, 1)),
    # --- of modules --------------------------------------------------------------------------
    case(
        "nn.Conv2d",
        lambda m, x: [
            (name, seen(m, p.detach()))
            for net in (m.nn.Sequential(m.nn.Conv2d(2, 3, 2), m.nn.Conv1d(2, 3, 2)),)
            for name, p in net.to(memory_format=m.channels_last).named_parameters()
        ],
        randn(2),
        random=True,
    ),
    *(
        case(
            f"nn.utils.convert_conv{d}d_weight_memory_format",
            lambda m, d=d, f=f: [
                [k.stride() for k in getattr(m.nn.utils, f"convert_conv{d}d_weight_memory_format")(
                    m.nn.Sequential(m.nn.Conv2d(2, 3, 2), m.nn.ConvTranspose3d(2, 3, 2), m.nn.Linear(2, 1)),
                    getattr(m, f),
                ).parameters()]
            ],
        )
        for d, f in ((2, "channels_last"), (3, "channels_last_3d"), (2, "contiguous_format"))
    ),
    # --- refused -----------------------------------------------------------------------------
    raises("Tensor.to", lambda m, x: x.to(memory_format=m.channels_last), randn(2, 3)),
    raises("Tensor.to", lambda m, x: x.to(memory_format=m.channels_last_3d), randn(2, 3, 4, 5)),
    raises("Tensor.to", lambda m, x: x.to(memory_format=1), randn(2)),
    raises("Tensor.to", lambda m, x: x.to(m.float64, "cpu"), randn(2)),
    raises("Tensor.to", lambda m, x: x.to(m.channels_last), randn(2, 3, 4, 5)),
    raises("Tensor.to", lambda m, x: x.to(x, dtype=m.float32), randn(2)),
    raises("clone", lambda m, x: x.clone(memory_format=m.channels_last), randn(2, 3)),
    raises("clone", lambda m, x: x.clone().clone(m.channels_last), randn(2, 3, 4, 5)),
    raises("Tensor.contiguous", lambda m, x: x.contiguous(memory_format=m.channels_last), randn(3)),
    raises("Tensor.contiguous", lambda m, x: x.t().contiguous(memory_format=m.preserve_format),
           randn(2, 3)),
    raises("Tensor.is_contiguous", lambda m, x: x.is_contiguous(memory_format="x"), randn(3)),
    raises("empty", lambda m: m.empty(2, 3, memory_format=m.channels_last)),
    raises("empty", lambda m: m.empty(2, 3, memory_format=m.preserve_format)),
    raises("zeros_like", lambda m, x: m.zeros_like(x, memory_format=m.channels_last), bools(3)),
    raises("nn.Conv3d", lambda m: m.nn.Conv3d(1, 1, 1).to(memory_format=m.channels_last)),
    raises("nn.Linear", lambda m: m.nn.Linear(1, 1).to(m.float64, copy=True)),
    raises("nn.utils.convert_conv2d_weight_memory_format",
           lambda m: m.nn.utils.convert_conv2d_weight_memory_format(m.nn.Conv2d(1, 1, 1), m.preserve_format)),
]  # fmt: skip
