"""Arguments under the names that only some of PyTorch's overloads have, NumPy's, and masks of uint8."""

from typing import Any

from parity_tests.cases import bools, case, const, in_place, ints, method, raises, randn, ties


def changed(x: Any, f: Any) -> Any:
    """x after f has changed a copy of it."""
    y = x * 1
    f(y)
    return y


CASES = [
    # --- NumPy's names ------------------------------------------------------------------------
    case("sum", lambda m, x: [m.sum(x, axis=(0, 1), keepdims=True), x.sum(axis=-1)], randn(2, 3)),
    case("cat", lambda m, x, y: [m.cat([x, y], axis=1), m.cat((x, y), axis=0)], randn(2, 3), randn(2, 3)),
    case("softmax", lambda m, x: [m.softmax(x, axis=1), x.softmax(axis=0)], randn(2, 3)),
    case("mean", lambda m, x: [x.mean(1, keepdims=True), m.mean(a=x, axis=0)], randn(2, 3)),
    case("max", lambda m, x: [x.max(axis=1, keepdims=True), m.max(x, axis=0)], randn(2, 3)),
    case("add", lambda m, x, y: [m.add(x1=x, x2=y), x.add(x2=y), changed(x, lambda z: z.add_(x2=y))],
         randn(2, 3), randn(3)),
    case("exp", lambda m, x: [m.exp(a=x), m.exp(x=x)], randn(3)),
    case("Tensor.cumsum_", lambda m, x: changed(x, lambda y: y.cumsum_(axis=1)), randn(2, 3)),
    case("tensor_split", lambda m, x: [m.tensor_split(x, sections=2, axis=1), x.tensor_split(indices=(1,), axis=0)],
         randn(3, 4)),
    method("size", lambda x: (x.size(axis=1), x.size(axis=0)), randn(2, 3)),
    case("linalg.vector_norm", lambda m, x: m.linalg.vector_norm(x, axis=0, keepdims=True), randn(2, 3)),
    case("conv1d", lambda m, x, w: m.conv1d(a=x, weight=w), randn(1, 2, 5), randn(3, 2, 2)),
    raises("sum", lambda m, x: m.sum(m.sum(x), dim=0, axis=0), randn(2)),
    raises("add", lambda m, x: x.add(x.add(x), a=x), randn(2)),
    raises("sum", lambda m, x: x.sum(axis=2), randn(2, 3)),
    raises("sum", lambda m, x: m.sum(a=m.sum(x), x=x), randn(2)),
    raises("nn.functional.softmax", lambda m, x: m.nn.functional.softmax(m.nn.functional.softmax(x, 1), axis=1), randn(2, 3)),
    raises("nn.functional.relu", lambda m, x: m.nn.functional.relu(a=m.nn.functional.relu(x)), randn(2, 3)),
    raises("norm", lambda m, x: m.norm(m.norm(x), axis=0), randn(2, 3)),
    # --- names of overloads -------------------------------------------------------------------
    case("hsplit", lambda m, x: [m.hsplit(x, sections=2), x.hsplit(indices=(1, 3))], randn(3, 4)),
    case("isin", lambda m, x: [m.isin(element=1, test_elements=x), m.isin(elements=x, test_element=1)],
         const(ties(5))),
    method("split", lambda x: x.split(split_size=2), randn(5)),
    method("swapaxes", lambda x: [x.swapaxes(axis0=0, axis1=-1), changed(x, lambda y: y.swapaxes_(0, axis1=2))],
           randn(2, 3, 4)),
    method("copy_", in_place("copy_", other=2.5), randn(3)),
    method("random_", lambda x: [x.random_(to=5), x.clone().random_(0, to=4), x.clone().random_(**{"from": 2, "to": 4})],
           ints(20), random=True),
    method("random_", lambda x: x.random_(**{"from": 3, "to": None}), ints(20), random=True),
    method("uniform_", lambda x: x.uniform_(**{"from": 2.0, "to": 3.0}), const(randn(5)), random=True),
    case("Tensor.new_zeros", lambda m, x: [x.new_zeros(size=(2, 3)), x.new_ones(size=(1,)), x.new_empty(size=(2, 0))],
         const(randn(2))),
    method("sum_to_size", lambda x: x.sum_to_size(size=(1, 3)), randn(2, 3)),
    case("true_divide", lambda m, x, y: [m.true_divide(x, y), x.true_divide(2)], randn(2, 3), randn(3)),
    raises("true_divide", lambda m, x: m.true_divide(m.true_divide(x, x), x, rounding_mode="floor"), randn(2)),
    case("rrelu", lambda m, x: m.rrelu(x, 0.1, 0.4, True, m.Generator().manual_seed(5)), ties(20), random=True),
    case("rrelu", lambda m, x: [m.rrelu(x), m.rrelu(x, 0.2, upper=0.3)], ties(9)),
    case("nn.functional.rrelu_", lambda m, x: changed(
        x, lambda y: m.nn.functional.rrelu_(y, training=True, generator=m.Generator().manual_seed(5))),
        ties(20), random=True),
    raises("Tensor.view", lambda m, x: x.view(size=(7,)), randn(6)),
    *(
        case(name, lambda m, name=name: [
            getattr(m, name)(3, 4, offset=k, dtype=of, device="cpu") for k in (-1, 0, 2) for of in (m.int32, m.int64)
        ])
        for name in ("tril_indices", "triu_indices")
    ),
    *(raises(name, lambda m, name=name: getattr(m, name)(3, 4, dtype=m.float32))
      for name in ("tril_indices", "triu_indices")),
    *(raises(name, lambda m, name=name: getattr(m, name)(3, 4, requires_grad=True))
      for name in ("tril_indices", "triu_indices")),
    *(raises(name, lambda m, name=name: getattr(m, name)(3, -4))
      for name in ("tril_indices", "triu_indices")),
    # --- scatter ------------------------------------------------------------------------------
    *(
        case("scatter", lambda m, x, i, v, how=how: [
            m.scatter(x, 0, i, v, reduce=how), m.scatter(x, 0, i, 2, reduce=how),
            x.scatter(-1, i, value=0.5, reduce=how), changed(x, lambda y: y.scatter_(1, i, v, reduce=how)),
        ], const(randn(4, 4)), ints(3, 2, high=4), const(randn(4, 3)))
        for how in ("add", "multiply")
    ),
    case("scatter", lambda m, x, i: [
        m.scatter(x, 0, i, value=1.5), changed(x, lambda y: y.scatter_(0, i, value=2))
    ], randn(4, 3), ints(2, 3, high=4)),
    case("scatter", lambda m, x, i, v: [x.scatter(0, i, v, reduce="add"), x.scatter(0, i, 2.5, reduce="multiply")],
         ints(4, 3), ints(2, 3, high=4), ints(2, 3)),
    raises("scatter", lambda m, x, i: m.scatter(x, 0, i), randn(3), ints(2)),
    raises("scatter", lambda m, x, i: m.scatter(x, 0, i, x, value=2), randn(3), ints(2, high=3)),
    raises("scatter", lambda m, x, i: m.scatter(x, 0, i, x, reduce="mean"), const(randn(3)), ints(2, high=3)),
    raises("scatter", lambda m, x, i: m.scatter(x, 0, i, x, reduce=1), const(randn(3)), ints(2, high=3)),
    raises("scatter", lambda m, x, i: m.scatter(x, 0, i, value=x), const(randn(3)), ints(2, high=3)),
    case("gather", lambda m, x, i: m.gather(x, 1, i, sparse_grad=False), randn(3, 4), ints(3, 2, high=4)),
    # --- masks of uint8 -------------------------------------------------------------------------
    case("where", lambda m, b, x, y: [m.where(b.byte() * 2, x, y), m.where(b.byte(), x, 1.5), m.where(b.byte())],
         bools(2, 3), randn(2, 3), randn(3)),
    case("where", lambda m, b, x: m.where(b.byte()[0, 0], x, x * 2), bools(2, 3), randn(2)),
    method("__getitem__", lambda x, b: [x[b.byte()], x[:, b[0].byte() * 3], x[b[:, 0].byte(), 1], x[None, b.byte()]],
           randn(2, 3), bools(2, 3)),
    method("__getitem__", lambda x, b: [x[b[0].byte()], x[b[1].byte()]], randn(2, 3), bools(3)),
    method("__getitem__", lambda x, b: [x[b.byte().numpy()], x[b.byte(), b.byte()]], randn(3, 3), bools(3)),
    method("__setitem__", lambda x, b, v: changed(x, lambda y: y.__setitem__(b.byte(), v)),
           randn(4, 3), bools(4), randn(3)),
    method("__setitem__", lambda x, b: changed(x, lambda y: y.__setitem__(b[0].byte(), 7.0)), randn(4, 3), bools(2)),
    case("index_put", lambda m, x, b, v: [
        m.index_put(x, (b.byte(),), v), m.index_put(x, (b.byte(),), v, accumulate=True)
    ], randn(4, 3), bools(4), randn(3)),
    raises("Tensor.__setitem__", lambda m, x, b: x.__setitem__(b.byte(), 7.0), const(randn(4)), bools(4)),
    raises("Tensor.__setitem__", lambda m, x, b: x.__setitem__((slice(None), b.byte()), 7.0), const(randn(2, 4)), bools(4)),
    raises("Tensor.__getitem__", lambda m, x, b: x[b.byte()], const(randn(2, 4)), bools(4)),
    raises("Tensor.__getitem__", lambda m, x, b: x[b.char()], const(randn(4)), bools(4)),
    raises("where", lambda m, x, b: m.where(b.char(), x, x), randn(4), bools(4)),
    raises("masked_fill", lambda m, x, b: m.masked_fill(x, b.byte(), 1.0), randn(4), bools(4)),
    raises("masked_select", lambda m, x, b: m.masked_select(x, b.byte()), randn(4), bools(4)),
    raises("masked_scatter", lambda m, x, b: m.masked_scatter(x, b.byte(), x), randn(4), bools(4)),
    raises(
        "repeat_interleave",
        lambda m, x, i: m.repeat_interleave(x, i.byte()),
        randn(3),
        ints(3),
        until="2.14",
    ),
    # --- inverses of as many matrices as rows, and of none ---------------------------------------
    *(case("linalg.inv", lambda m, x: m.linalg.inv(x + 4 * m.eye(x.shape[-1], dtype=x.dtype)), randn(*shape))
      for shape in ((2, 2, 2), (3, 3, 3), (0, 0), (0, 3, 3), (0, 0, 0), (2, 0, 0))),
    case("inverse", lambda m, x: m.inverse(x + 4 * m.eye(2, dtype=x.dtype)), randn(2, 2, 2)),
    *(case("linalg.matrix_norm", lambda m, x, p=p: m.linalg.matrix_norm(x, p), randn(*shape))
      for shape in ((0, 3), (3, 0), (2, 3, 0), (0, 3, 4)) for p in (1, float("inf"), "fro")),
    raises("linalg.matrix_norm", lambda m, x: m.linalg.matrix_norm(x, -1), randn(3, 0)),
    case("median", lambda m, x: [m.median(x), m.median(x.int()), x.byte().median()], ints(0, 3)),
]  # fmt: skip
