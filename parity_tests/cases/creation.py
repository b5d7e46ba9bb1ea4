"""Making tensors."""

import numpy as np

from parity_tests.cases import bools, case, const, ints, method, raises, randn


def _options(f):
    """The options that every maker has."""
    return lambda m, *xs: f(m, *xs, dtype=m.float64, device="cpu", requires_grad=True)


def _function_in_error(call):
    """Returns the name of the function at the start of the error's text."""
    try:
        call()
    except TypeError as error:
        return str(error).split("(")[0]


CASES = [
    case("tensor", lambda m: [m.tensor(1), m.tensor(2.5), m.tensor(True), m.tensor([])]),
    case(
        "tensor",
        lambda m: [
            m.tensor([[1, 2], [3, 4]]),
            m.tensor([1, 2.5]),
            m.tensor([1, 2], dtype=m.float32),
        ],
    ),
    case("tensor", lambda m: m.tensor([m.tensor(1.0), m.tensor(2.0)])),
    case("tensor", _options(lambda m, **o: m.tensor([1, 2], **o))),
    case("tensor", lambda m, x: m.tensor(x.detach().numpy()), randn(3)),
    case("tensor", lambda m: [m.tensor(np.ones((3, 0))), m.tensor(np.float64(2))]),
    case(
        "as_tensor",
        lambda m, x: [
            m.as_tensor(x) is x,
            m.as_tensor([1.0]),
            m.as_tensor(x, dtype=m.float64, device="cpu"),
        ],
        randn(3),
    ),
    case("from_numpy", lambda m, x: m.from_numpy(x.numpy()), const(randn(3))),
    case(
        "zeros",
        lambda m: [m.zeros(2, 3), m.zeros((2, 3)), m.zeros(()), m.zeros(0), m.zeros(m.Size([2]))],
    ),
    case("zeros", _options(lambda m, **o: m.zeros(2, 3, **o))),
    case("zeros", lambda m: m.zeros(2, dtype=m.int64)),
    case("ones", lambda m: [m.ones(2, 3), m.ones([2, 3])]),
    case("ones", _options(lambda m, **o: m.ones(2, 3, **o))),
    case("empty", lambda m: [m.empty(2, 3).shape, m.empty(0)]),
    case("empty", _options(lambda m, **o: m.empty(2, 3, **o).detach().zero_())),
    case("full", lambda m: [m.full((2, 3), 7), m.full((2,), 1.5), m.full((), True)]),
    case("full", _options(lambda m, **o: m.full((2,), 3, **o))),
    case("eye", lambda m: [m.eye(3), m.eye(2, 4), m.eye(3, dtype=m.int64)]),
    case("eye", _options(lambda m, **o: m.eye(3, m=2, **o))),
    case(
        "arange",
        lambda m: [
            m.arange(5),
            m.arange(1, 5),
            m.arange(0, 1, 0.25),
            m.arange(5.0),
            m.arange(5, 0, -2),
        ],
    ),
    case("arange", _options(lambda m, **o: m.arange(1, 7, 2, **o))),
    case("linspace", lambda m: [m.linspace(0, 1, 5), m.linspace(-3, 3, 8), m.linspace(2, 5, 1)]),
    case("linspace", _options(lambda m, **o: m.linspace(0.1, 0.9, 7, **o))),
    *(
        case(n, lambda m, x, n=n: getattr(m, n)(x), x)
        for n in ("zeros_like", "ones_like")
        for x in (randn(2, 3), ints(3))
    ),
    *(
        case(n, _options(lambda m, x, n=n, **o: getattr(m, n)(x, **o)), ints(3))
        for n in ("zeros_like", "ones_like")
    ),
    case("empty_like", lambda m, x: m.empty_like(x).detach().zero_(), randn(2, 3)),
    case("empty_like", _options(lambda m, x, **o: m.empty_like(x, **o).detach().zero_()), ints(3)),
    case("full_like", lambda m, x: m.full_like(x, 2), randn(2, 3)),
    case("full_like", _options(lambda m, x, **o: m.full_like(x, 2, **o)), ints(3)),
    *(
        case(name, lambda m, x, f=f: _function_in_error(lambda: f(m, x)), ints(3))
        for name, f in (
            ("full", lambda m, x: m.full((2,), "1")),
            ("full", lambda m, x: m.full("2", 1)),
            ("full_like", lambda m, x: m.full_like(x, "1")),
            ("Tensor.new_full", lambda m, x: x.new_full((2,), "1")),
            ("Tensor.new_full", lambda m, x: x.new_full("2", 1)),
        )
    ),
    method("new_tensor", lambda x: x.new_tensor([1.5, 2.5]), randn(3)),
    method("new_zeros", lambda x: [x.new_zeros(2, 3), x.new_zeros((2,))], randn(3)),
    method("new_ones", lambda x: x.new_ones(2), ints(3)),
    method("new_empty", lambda x: x.new_empty(2, 3).zero_(), randn(3)),
    method("new_full", lambda x: x.new_full((2,), 3.0), randn(3)),
    *(
        case(
            f"Tensor.{n}",
            lambda m, x, n=n, a=a: (
                getattr(x, n)(*a, dtype=m.float64, device="cpu", requires_grad=True)
                .detach()
                .zero_()
            ),
            randn(3),
        )
        for n, a in {
            "new_tensor": ([1.0],),
            "new_zeros": (2,),
            "new_ones": (2,),
            "new_empty": (2,),
            "new_full": ((2,), 1.0),
        }.items()
    ),
    case("meshgrid", lambda m, x, y: m.meshgrid(x, y, indexing="ij"), randn(3), randn(4)),
    case(
        "meshgrid",
        lambda m, x, y, z: m.meshgrid(x, y, z, indexing="xy"),
        randn(3),
        randn(4),
        randn(2),
    ),
    case("tril_indices", lambda m: m.tril_indices(3, 4, 1)),
    case("triu_indices", lambda m: m.triu_indices(3, 4, -1)),
    case("is_tensor", lambda m, x: [m.is_tensor(x), m.is_tensor(1.0)], randn(3)),
    case("numel", lambda m, x: m.numel(x), randn(3, 4)),
    raises("tensor", lambda m: m.tensor([[1, 2], [3]])),
    raises("tensor", lambda m: m.tensor("abc")),
    raises("zeros", lambda m: m.zeros(-1)),
    raises("zeros", lambda m: m.zeros("a")),
    raises("zeros", lambda m: m.zeros(size=3)),
    raises("Tensor.new_zeros", lambda m: m.zeros(2).new_zeros(size=3)),
    raises("arange", lambda m: m.arange(0, 5, 0)),
    raises("arange", lambda m: m.arange(0, 5, -1)),
    raises("linspace", lambda m: m.linspace(0, 1, -1)),
    raises("from_numpy", lambda m: m.from_numpy([1, 2])),
    raises("meshgrid", lambda m, x: m.meshgrid(x, indexing="ab"), randn(2)),
    case("full", lambda m, x: m.full((2,), 1, dtype=x.dtype), bools(2)),
]
