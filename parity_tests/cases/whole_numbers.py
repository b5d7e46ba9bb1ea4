"""Integers and booleans, and numbers that a dtype does not hold: they wrap, or are refused.

test_dtypes.py asks every function with operands of every dtype; here are the calls that it does not make.
"""

import math

import numpy as np

from parity_tests.cases import case, const, ints, method, raises, randn


def bytes_of(m, *values):
    return m.tensor(values, dtype=m.uint8)


CASES = [
    case(
        "linspace",
        lambda m: [
            m.linspace(a, b, n, dtype=m.int64)
            for a, b, n in (
                (0, 10, 5),
                (-2, 2, 10),
                (0, 7, 3),
                (-7, 7, 6),
                (0.5, 3.5, 4),
                (9, 1, 1),
            )
        ],
    ),
    case("linspace", lambda m: [m.linspace(-3, 3, 3, dtype=m.uint8), m.linspace(300, 0, 0)]),
    case("linspace", lambda m: [m.linspace(m.tensor(0), 3, 4), m.linspace(0, 3, m.tensor(4))]),
    case(
        "logspace",
        lambda m: [
            m.logspace(2, 1.2, 2, dtype=m.int64),
            m.logspace(0, 3, 4, 2.5, dtype=m.int32),
            m.logspace(0, 3, 4, dtype=m.uint8),
            m.logspace(1.7, 0, 1, dtype=m.int64),
            m.logspace(0, 3, 4, base=-2),
        ],
    ),
    case(
        "arange",
        lambda m: [
            m.arange(1.0, 5.000001, 2.0, dtype=m.int64),
            m.arange(1.0, 5.000001, 2.0, dtype=m.int32),
            m.arange(0, 5, 1.5, dtype=m.int64),
            m.arange(0, 5, 0.5, dtype=m.int32),
            m.arange(300, 310, dtype=m.uint8),
            m.arange(0, -5, -1, dtype=m.uint8),
            m.arange(2**62, 2**63 - 1, 2**61),
        ],
    ),
    case("addmv", lambda m, a, x: m.addmv(x, a, x, beta=0.2, alpha=1.6), ints(3, 3), ints(3)),
    case("addbmm", lambda m, a, b: m.addbmm(a[0], a, b, beta=1.5), ints(2, 3, 3), ints(2, 3, 3)),
    case("addr", lambda m, x, y: m.addr(x > 1, x > 2, y > 1, beta=0), ints(3), ints(3)),
    case(
        "prod", lambda m, x: [m.prod(x > 0, 1, dtype=m.bool), m.prod(x, dtype=m.int8)], ints(3, 4)
    ),
    case("sum", lambda m, x: [m.sum(x, dtype=m.bool), m.sum(x, 0, dtype=m.uint8)], ints(3, 4)),
    method("cumsum_", lambda x: x.byte().cumsum_(0, dtype=(x == 0).byte().dtype), ints(5)),
    method("cumprod_", lambda x: x.char().cumprod_(0, dtype=x.char().dtype), ints(5, low=1)),
    method(
        "sum_to_size", lambda x: [(x > 1).sum_to_size(1, 4), (x > 1).sum_to_size(3, 4)], ints(3, 4)
    ),
    case("ldexp", lambda m, x: m.ldexp(x > 1, x > 2), ints(4)),
    case("ldexp", lambda m, x, n: m.ldexp(x, n), const(randn(2, 3)), ints(3, low=-200, high=-150)),
    case("einsum", lambda m, x: [m.einsum("ij->", x > 1), m.einsum("ij,kj->j", x, x)], ints(3, 4)),
    case("einsum", lambda m, x: m.einsum("i,j->ij", x > 1, x > 2), ints(4)),
    case("inner", lambda m, x: m.inner(m.tensor(1.5), x), ints(4)),
    *(
        case(
            "scatter_reduce",
            lambda m, x, i, r=r: (x > 1).scatter_reduce(0, i, x > 2, r, include_self=False),
            ints(4),
            ints(4, high=4),
        )
        for r in ("sum", "prod", "amax", "amin")
    ),
    # Python's numbers beside integers: their lowest bits.
    case(
        "add",
        lambda m: [
            f(x)
            for x in (bytes_of(m, 44, 255), m.tensor([44, -1], dtype=m.int8))
            for f in (
                *(lambda x: x + 300, lambda x: 300 - x, lambda x: x * -1, lambda x: x // 300),
                *(lambda x: x % 300, lambda x: x & -1, lambda x: 300**x),
                *(lambda x: x == 300, lambda x: x < -1, lambda x: x / 300, lambda x: -x),
                *(lambda x: x - 300, lambda x: x + 2**40, lambda x: x.add(1, alpha=-1)),
            )
        ],
    ),
    case("pow", lambda m: m.tensor([0, 1, -1, 2], dtype=m.int8) ** m.tensor(-128, dtype=m.int8)),
    case("isin", lambda m: m.isin(bytes_of(m, 255), -1)),
    case("div", lambda m: m.tensor([2**62 + 1, -5]).div(m.tensor(2), rounding_mode="trunc")),
    case("eq", lambda m: m.eq(m.tensor([2**24 + 1]), m.tensor([2.0**24]))),
    # Into a tensor: what it does not hold is refused, but for the two's complement of uint8.
    case(
        "full",
        lambda m: [
            m.full((2,), -1, dtype=m.uint8),
            m.full((2,), 1.9, dtype=m.int64),
            m.full((2,), math.nan, dtype=m.bool),
            m.full((2,), math.inf, dtype=m.float16),
            bytes_of(m, 1, 2).masked_fill(m.tensor([True, False]), -1),
            bytes_of(m, 1, 2).index_fill(0, m.tensor([0]), -1),
            bytes_of(m, 1, 2).scatter(0, m.tensor([0]), -1),
            bytes_of(m, 1, 2).clamp(-1, 1),
            bytes_of(m, 1, 2).fill_(m.tensor(300)),
            bytes_of(m, 1, 2).copy_(300),
        ],
    ),
    raises("arange", lambda m: m.arange(0, 5, 0.5, dtype=m.int64), until="2.14"),
    *(
        raises(name, lambda m, f=f: f(m))
        for name, f in (
            ("full", lambda m: m.full((2,), 300, dtype=m.uint8)),
            ("full", lambda m: m.full((2,), -0.5, dtype=m.uint8)),
            ("full", lambda m: m.full((2,), math.nan, dtype=m.int64)),
            ("full", lambda m: m.full((2,), 1e300, dtype=m.float32)),
            ("full", lambda m: m.full((2,), 2**70, dtype=m.int64)),
            ("full", lambda m: m.full((2,), m.ones(1))),
            ("full", lambda m: m.full(2, 1)),
            ("full_like", lambda m: m.full_like(bytes_of(m, 1), 256)),
            ("scalar_tensor", lambda m: m.scalar_tensor(math.inf, dtype=m.int32)),
            ("fill_", lambda m: bytes_of(m, 1).fill_(300)),
            ("masked_fill", lambda m: bytes_of(m, 1).masked_fill(m.tensor([True]), 300)),
            ("masked_fill", lambda m: bytes_of(m, 1).masked_fill(m.tensor([True]), m.tensor(300))),
            ("index_fill", lambda m: bytes_of(m, 1).index_fill(0, m.tensor([0]), 300)),
            ("scatter", lambda m: bytes_of(m, 1).scatter(0, m.tensor([0]), 300)),
            ("Tensor.__setitem__", lambda m: bytes_of(m, 1).__setitem__(0, 300)),
            ("Tensor.__setitem__", lambda m: bytes_of(m, 1).__setitem__(slice(None), math.nan)),
            ("Tensor.fill_diagonal_", lambda m: m.zeros(2, 2).byte().fill_diagonal_(300)),
            ("clamp", lambda m: bytes_of(m, 1).clamp(max=300)),
            ("clamp", lambda m: m.tensor([True]).clamp(max=True)),
            ("where", lambda m: m.where(m.tensor([True]), bytes_of(m, 1), 300)),
            ("pow", lambda m: bytes_of(m, 1) ** 300),
            ("pow", lambda m: m.tensor([1]) ** -1),
            ("add", lambda m: bytes_of(m, 1).add(1, alpha=300)),
            ("add", lambda m: m.tensor([1]).add(1, alpha=1.5)),
            ("add", lambda m: m.tensor([1]).add(1, alpha=True)),
            ("add", lambda m: m.tensor([1]) + 2**70),
            ("sub", lambda m: m.tensor([1]).sub(1, alpha=1.5)),
            ("addcmul", lambda m: m.addcmul(*[bytes_of(m, 1)] * 3, value=300)),
            ("addcdiv", lambda m: m.addcdiv(m.ones(1), m.tensor([1]), m.tensor([2]))),
            ("addmm", lambda m: m.addmm(*[m.ones(2, 2).byte()] * 3, beta=300)),
            ("addr", lambda m: m.addr(*[m.tensor([1])] * 3, beta=0.5)),
            (
                "index_add",
                lambda m: m.index_add(m.ones(1), 0, m.tensor([0]), m.ones(1), alpha=1e300),
            ),
            ("nn.functional.hardtanh", lambda m: m.nn.functional.hardtanh(bytes_of(m, 1), 0, 300)),
            (
                "nn.functional.threshold",
                lambda m: m.nn.functional.threshold(bytes_of(m, 1), 300, 1),
            ),
            ("linspace", lambda m: m.linspace(0, 300, 3, dtype=m.uint8)),
            ("linspace", lambda m: m.linspace(0, math.nan, 3, dtype=m.int64)),
            ("linspace", lambda m: m.linspace(0, 1, 3, dtype=m.bool)),
            ("linspace", lambda m: m.linspace(0, 1, 2.5)),
            ("linspace", lambda m: m.linspace(0, 1, True)),
            ("linspace", lambda m: m.linspace(0, 1, -1)),
            ("logspace", lambda m: m.logspace(0, 1, 2.0)),
            ("logspace", lambda m: m.logspace(0, 1, -1)),
            ("arange", lambda m: m.arange(0, math.inf, 2)),
            ("arange", lambda m: m.arange(math.nan)),
            ("arange", lambda m: m.arange(3, dtype=m.bool)),
            ("arange", lambda m: m.arange(1e19)),
            ("arange", lambda m: m.arange(5, step=2)),
            ("range", lambda m: m.range(0, math.inf)),
            ("eye", lambda m: m.eye(-1)),
            ("eye", lambda m: m.eye(2, -1)),
            ("eye", lambda m: m.eye(True)),
            ("tril_indices", lambda m: m.tril_indices(-1, 2)),
            ("triu_indices", lambda m: m.triu_indices(2, -1)),
            ("isclose", lambda m: m.isclose(m.ones(1), m.ones(1), rtol=-0.4)),
            ("isclose", lambda m: m.isclose(m.ones(1), m.ones(1), atol=math.nan)),
            ("allclose", lambda m: m.allclose(m.ones(1), m.ones(1), atol=-1)),
            ("bitwise_and", lambda m: m.bitwise_and(1, 2)),
            ("max", lambda m: m.max(m.ones(2), keepdim=True)),
            ("median", lambda m: m.median(m.ones(2), keepdim=True)),
            ("matmul", lambda m: m.tensor([True]) @ m.tensor([True])),
            ("einsum", lambda m: m.einsum("i,i", m.ones(2) > 0, m.ones(2) > 0)),
            ("norm", lambda m: m.norm(m.ones(2, dtype=m.float64), dtype=m.float32)),
            ("softmax", lambda m: m.softmax(m.ones(2), 0, dtype=m.int64)),
            ("cumsum", lambda m: m.cumsum(m.ones(2), 0, dtype=m.bool)),
            ("Tensor.cumsum_", lambda m: bytes_of(m, 1).cumsum_(0, dtype=m.int64)),
            ("tensor", lambda m: m.tensor([300], dtype=m.uint8)),
            ("tensor", lambda m: m.tensor([2**63])),
            ("tensor", lambda m: m.tensor([m.ones(2), m.zeros(2)])),
            ("LongTensor", lambda m: m.LongTensor([math.inf])),
        )
    ),
    # Lists of tensors and arrays
    case(
        "tensor",
        lambda m: [
            m.tensor([m.ones(1), m.zeros(1)]),
            m.tensor([m.ones(1, 1), m.zeros(1)]),
            m.tensor([[m.ones(1), m.zeros(1)], [1, 2]]),
            m.tensor([[1, 2], m.ones(2)]),
            m.tensor([m.tensor(1), m.tensor(2.5, dtype=m.float64)]),
            m.tensor([m.tensor(1, dtype=m.int8), m.tensor(True)]),
            m.tensor([np.float16(1.0), 2]),
            m.tensor([2.0, np.float64(1.0)]),
            m.tensor([np.ones(2, np.float32), np.ones(2)]),
            m.tensor([-1], dtype=m.uint8),
            m.tensor(range(3)),
            m.FloatTensor([m.ones(1), m.zeros(1)]),
        ],
    ),
]
