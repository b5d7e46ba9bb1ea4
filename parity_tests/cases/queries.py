"""Dtypes and their limits, legacy constructors, windows and grids, constants, one line a case."""

from typing import Any

from parity_tests.cases import bools, case, const, ints, method, raises, randn, ties, values

DTYPES = ("float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
LEGACY = {
    "FloatTensor": "float32",
    "DoubleTensor": "float64",
    "HalfTensor": "float16",
    "LongTensor": "int64",
    "IntTensor": "int32",
    "ShortTensor": "int16",
    "CharTensor": "int8",
    "ByteTensor": "uint8",
    "BoolTensor": "bool",
}
WINDOWS = ("bartlett_window", "blackman_window", "hamming_window", "hann_window")


def limits(info: Any, *names: str) -> list[Any]:
    return [getattr(info, name) for name in names] + [repr(info)]


def windows(name: str, *args: Any, **options: Any) -> Any:
    return case(name, lambda m: getattr(m, name)(*args, **options, dtype=m.float64))


CASES = [
    *(
        case(
            "finfo",
            lambda m, d=d: limits(
                m.finfo(getattr(m, d)),
                *("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny"),
            ),
        )
        for d in DTYPES[:3]
    ),
    case("finfo", lambda m: repr(m.finfo())),
    case("finfo", lambda m: m.finfo(type=m.float64).max),
    raises("finfo", lambda m: m.finfo(m.int64)),
    raises("finfo", lambda m: m.finfo("float33")),
    *(
        case("iinfo", lambda m, d=d: limits(m.iinfo(getattr(m, d)), "bits", "dtype", "max", "min"))
        for d in DTYPES[3:8]
    ),
    raises("iinfo", lambda m: m.iinfo(m.float32)),
    raises("iinfo", lambda m: m.iinfo(m.bool)),
    case(
        "promote_types",
        lambda m: [
            str(m.promote_types(getattr(m, a), getattr(m, b))) for a in DTYPES for b in DTYPES
        ],
    ),
    raises("promote_types", lambda m: m.promote_types(m.int64, 3)),
    case(
        "can_cast",
        lambda m: [m.can_cast(getattr(m, a), getattr(m, b)) for a in DTYPES for b in DTYPES],
    ),
    raises("can_cast", lambda m: m.can_cast(m.int64, 3)),
    *(
        case(n, lambda m, n=n: [getattr(m, n)(m.ones(2, dtype=getattr(m, d))) for d in DTYPES])
        for n in ("is_complex", "is_floating_point", "is_signed")
    ),
    *(
        method(n, lambda x, n=n: getattr(x, n)(), x)
        for n in ("is_complex", "is_floating_point", "is_signed")
        for x in (randn(2), bools(2))
    ),
    case("is_nonzero", lambda m: [m.is_nonzero(m.tensor(x)) for x in (0, 0.5, [[True]], [0.0])]),
    method("is_nonzero", lambda x: x.is_nonzero(), const(randn(1))),
    raises("is_nonzero", lambda m: m.is_nonzero(m.ones(2))),
    raises("is_nonzero", lambda m: m.is_nonzero(m.ones(0))),
    case(
        "is_same_size",
        lambda m, x, y: [m.is_same_size(x, y), m.is_same_size(x, x)],
        randn(2),
        ints(2, 1),
    ),
    method("is_same_size", lambda x, y: x.is_same_size(y), randn(2, 1), ints(2, 1)),
    case(
        "typename",
        lambda m: [m.typename(x) for x in (m.ones(1), m.nn.Parameter(m.ones(1)), 3, "a", int)],
    ),
    case("typename", lambda m: [m.typename(m.ones(1).to(getattr(m, d))) for d in DTYPES]),
    *(
        case(
            name,
            lambda m, name=name: [
                getattr(m, name)([[1, 0], [2, 3]]),
                getattr(m, name)((2.7, 0.3)),
                getattr(m, name)(2, 3).shape,
                getattr(m, name)(m.Size([2])).shape,
                getattr(m, name)(device="cpu").shape,
                [isinstance(m.ones(1, dtype=getattr(m, d)), getattr(m, name)) for d in DTYPES],
                isinstance(3, getattr(m, name)),
                m.ones(2).type(getattr(m, name)),
            ],
        )
        for name in LEGACY
    ),
    case("LongTensor", lambda m: m.LongTensor(m.tensor([3]))),
    raises("LongTensor", lambda m: m.LongTensor(m.tensor([3.0]))),
    raises("LongTensor", lambda m: m.LongTensor(3.5)),
    raises("LongTensor", lambda m: m.LongTensor("a")),
    raises("FloatTensor", lambda m: m.FloatTensor(2, 3.5)),
    method("type", lambda x: x.type(x.type(x.long().type()).type()), const(ties(3))),
    raises("Tensor.type", lambda m: m.ones(1).type("Tensor")),
    raises("Tensor.type", lambda m: m.ones(1).type(m.nn.Linear)),
    method("new", lambda x: [x.new([1, 2]), x.new(2, 3).shape, x.new().shape], randn(3)),
    method("new", lambda x: [x.new([1.5, 2]), x.new(x), x.new(3, device="cpu").shape], ints(3)),
    raises("Tensor.new", lambda m: m.ones(1).new(m.tensor([1]))),
    raises("Tensor.new", lambda m: m.ones(1).new(0.5)),
    *(method(n, lambda x, n=n: getattr(x, n)(), const(ties(5))) for n in ("short", "char")),
    method("is_cpu", lambda x: x.is_cpu, randn(1)),
    method("is_sparse", lambda x: x.is_sparse, randn(1)),
    method("is_quantized", lambda x: x.is_quantized, randn(1)),
    method("storage_offset", lambda x: (y := x.clone(), y[1:, 2].storage_offset())[1], randn(3, 4)),
    case("clone", lambda m, x: m.clone(x), randn(3)),
    case("detach", lambda m, x: m.detach(x) * x, randn(3)),
    case("detach_", lambda m, x: m.detach_(x * 2) * x, randn(3)),
    case("scalar_tensor", lambda m: [m.scalar_tensor(3), m.scalar_tensor(2.5, dtype=m.int64)]),
    case("scalar_tensor", lambda m: m.scalar_tensor(True, requires_grad=True, device="cpu")),
    case("asarray", lambda m: [m.asarray([1, 2]), m.asarray(3.5), m.asarray([[True]])]),
    case("asarray", lambda m, x: [(y := m.asarray(x)) is x, y, m.asarray(x, copy=True)], randn(3)),
    case("asarray", lambda m, x: m.asarray(x, dtype=m.float64, requires_grad=True), ints(3)),
    case("asarray", lambda m, x: m.asarray(x.detach().numpy(), device="cpu", copy=False), randn(3)),
    raises("asarray", lambda m: m.asarray([1.0], copy=False)),
    raises("asarray", lambda m: m.asarray(m.ones(1), dtype=m.float64, copy=False)),
    *(windows(n, k) for n in WINDOWS for k in (0, 1, 2, 7)),
    *(windows(n, k, periodic=False) for n in WINDOWS for k in (0, 1, 3, 7)),
    windows("hamming_window", 5, True, 0.6, 0.3),
    *(case(n, lambda m, n=n: getattr(m, n)(6, device="cpu", requires_grad=True)) for n in WINDOWS),
    *(raises(n, lambda m, n=n: getattr(m, n)(-1)) for n in WINDOWS),
    *(raises(n, lambda m, n=n: getattr(m, n)(3, dtype=m.int64)) for n in WINDOWS),
    *(case("logspace", lambda m, k=k: m.logspace(0, 2, k, dtype=m.float64)) for k in (0, 1, 5)),
    case("logspace", lambda m: m.logspace(-1, 3, 5, 2)),
    case("logspace", lambda m: m.logspace(0, 4, 5, base=2, dtype=m.int64, device="cpu")),
    case("logspace", lambda m: m.logspace(0, 1, 3, requires_grad=True)),
    raises("logspace", lambda m: m.logspace(0, 1, -1)),
    *(
        case("range", lambda m, a=a: m.range(*a, dtype=m.float64))
        for a in [(1, 3), (0, 1, 0.25), (0, 1, 0.3), (3, 1, -1), (2, 2), (1, 4.5)]
    ),
    case("range", lambda m: m.range(1, 3, dtype=m.int64, device="cpu")),
    case("range", lambda m: m.range(1, 2, 0.5, requires_grad=True)),
    raises("range", lambda m: m.range(3, 1)),
    raises("range", lambda m: m.range(1, 3, 0)),
    case("cuda.is_initialized", lambda m: m.cuda.is_initialized()),
    case("tensor", lambda m: m.tensor([m.inf, -m.inf, m.nan, m.pi, m.e])[m.newaxis]),
    case("where", lambda m, x: m.where(x > 0, x, -m.inf), values([1.0, -1.0])),
]
