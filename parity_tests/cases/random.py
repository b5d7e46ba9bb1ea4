"""Random tensors. Their bits are compared in test_random.py, their interface here."""

from typing import Any

from parity_tests.cases import (
    Case,
    case,
    const,
    ints as integers,
    method,
    raises,
    randn,
    simplex,
    unit,
    values,
)


def draws(name: str, f: Any, *inputs: Any) -> Case:
    return case(name, f, *inputs, random=True)


def writes(name: str, f: Any, *inputs: Any) -> Case:
    return method(name, f, *inputs, random=True)


def _options(m: Any, **more: Any) -> dict[str, Any]:
    generator = m.Generator("cpu").manual_seed(7)
    return {"generator": generator, "device": "cpu", "requires_grad": True, **more}


def _fork(m: Any) -> list[Any]:
    with m.random.fork_rng():
        a = m.rand(3)
    with m.random.fork_rng(devices=[], enabled=False):
        b = m.rand(3)
    with m.random.fork_rng(devices=[], device_type="cpu"):
        m.manual_seed(5)
    return [a, b, m.rand(3)]


def _seeds(m: Any) -> list[int]:
    seeds = []
    for s in (-1, 2**64 - 1, -(2**63), True):
        m.manual_seed(s)
        seeds.append(m.random.initial_seed())
    return seeds


def _states(m: Any) -> list[Any]:
    m.randn(3)
    state = m.random.get_rng_state()
    a = m.randn(5)
    m.random.set_rng_state(state)
    return [state, a, m.randn(5)]


def _generator(m: Any) -> list[Any]:
    g = m.Generator(device="cpu")
    a = m.randn(3, generator=g)
    state = g.get_state()
    b = m.rand(3, generator=g)
    g.set_state(state)
    c = m.rand(3, generator=g)
    seeds = [g.initial_seed(), g.manual_seed(-1).initial_seed(), g.seed() == g.initial_seed()]
    return [a, state, b, c, *seeds, str(g.device), m.rand(3)]


CASES = [
    draws(
        "rand",
        lambda m: [
            m.rand(2, 3),
            m.rand((4,)),
            m.rand([]),
            m.rand(size=(0, 2)),
            m.rand(m.Size([2])),
        ],
    ),
    draws("rand", lambda m: m.rand(3, dtype=m.float64, **_options(m))),
    draws(
        "randn",
        lambda m: [m.randn(2, 3), m.randn((20,)), m.randn([]), m.randn(size=(0, 2)), m.randn(5, 7)],
    ),
    draws("randn", lambda m: m.randn(3, dtype=m.float64, **_options(m))),
    draws(
        "randint",
        lambda m: [
            m.randint(9, (2, 3)),
            m.randint(-3, 9, (4,)),
            m.randint(high=3, size=[2]),
            m.randint(5, size=(2,)),
        ],
    ),
    draws(
        "randint",
        lambda m: [
            m.randint(low=2**33, high=2**34, size=(3,)),
            m.randint(2, (5,), dtype=m.bool),
            m.randint(2, high=5, size=(3,)),
        ],
    ),
    draws("randint", lambda m: m.randint(9, (3,), dtype=m.float32, **_options(m))),
    draws(
        "randperm",
        lambda m: [m.randperm(10), m.randperm(n=0), m.randperm(1), m.randperm(5, dtype=m.int32)],
    ),
    draws("randperm", lambda m: m.randperm(9, dtype=m.float64, **_options(m))),
    *(
        draws(n, lambda m, x, n=n: getattr(m, n)(x), x)
        for n in ("rand_like", "randn_like")
        for x in (randn(3, 4), randn(5, 8))
    ),
    *(
        draws(n, lambda m, x, n=n: getattr(m, n)(x, dtype=m.float64, **_options(m)), randn(3, 4))
        for n in ("rand_like", "randn_like")
    ),
    draws(
        "randint_like",
        lambda m, x: [
            m.randint_like(x, 9),
            m.randint_like(x, 2, 9),
            m.randint_like(x, high=3),
            m.randint_like(x, low=2, high=3),
        ],
        randn(3, 4),
    ),
    draws(
        "randint_like",
        lambda m, x: m.randint_like(x, 9, dtype=m.float64, **_options(m)),
        integers(3, 4),
    ),
    draws("normal", lambda m, mu, s: m.normal(mu, s), randn(3, 4), unit(3, 4)),
    draws(
        "normal", lambda m, mu, s: m.normal(mu, s, generator=m.Generator()), randn(5, 1), unit(4)
    ),
    draws(
        "normal",
        lambda m, mu: [m.normal(mu), m.normal(mu, 2.0), m.normal(mean=mu, std=0)],
        randn(20),
    ),
    draws("normal", lambda m, s: m.normal(1.5, s), unit(20)),
    draws("normal", lambda m: [m.normal(1, 2, (20,)), m.normal(mean=0.0, std=1.0, size=(2, 3))]),
    draws("normal", lambda m: m.normal(1.5, 2.5, (20,), dtype=m.float64, **_options(m))),
    draws("bernoulli", lambda m, p: m.bernoulli(p), unit(4, 5)),
    draws("bernoulli", lambda m, p: m.bernoulli(p), values([0.0, 1.0, 0.5])),
    draws(
        "bernoulli",
        lambda m, x: [m.bernoulli(x, 0.3), m.bernoulli(x, p=1, generator=m.Generator())],
        const(randn(30)),
    ),
    draws(
        "multinomial",
        lambda m, w: [m.multinomial(w, 3), m.multinomial(w, 1), m.multinomial(w, 9, True)],
        simplex(4, 6),
    ),
    draws(
        "multinomial",
        lambda m, w: m.multinomial(w, num_samples=2, replacement=True, generator=m.Generator()),
        simplex(7),
    ),
    writes(
        "uniform_",
        lambda x: [x.uniform_(), x.clone().uniform_(-1, 2), x.clone().uniform_(3, to=3.5)],
        const(randn(4, 5)),
    ),
    writes(
        "normal_",
        lambda x: [x.normal_(), x.clone().normal_(3, std=0.5), x.clone().normal_(mean=-1)],
        const(randn(4, 5)),
    ),
    writes(
        "random_",
        lambda x: [
            x.random_(),
            x.clone().random_(5),
            x.clone().random_(-5, 5),
            x.clone().random_(3, None),
        ],
        const(randn(4, 5)),
    ),
    writes(
        "random_",
        lambda x: [x.random_(), x.clone().random_(-3, None), x.clone().random_(-(2**63), None)],
        integers(4, 5),
    ),
    writes(
        "bernoulli_",
        lambda x: [x.bernoulli_(), x.clone().bernoulli_(0.2), x.clone().bernoulli_(p=1)],
        const(randn(4, 5)),
    ),
    writes("bernoulli_", lambda x, p: x.clone().bernoulli_(p), const(randn(4, 5)), unit(5)),
    writes(
        "exponential_",
        lambda x: [x.exponential_(), x.clone().exponential_(lambd=2.5)],
        const(randn(4, 5)),
    ),
    *(
        writes(n, lambda x, n=n: getattr(x * 2, n)(), randn(3, 4))  # gradient 0
        for n in ("uniform_", "normal_", "random_", "bernoulli_", "exponential_")
    ),
    *(
        draws(
            f"Tensor.{n}", lambda m, x, n=n: getattr(x, n)(generator=m.Generator()), const(randn(3))
        )
        for n in ("uniform_", "normal_", "random_", "bernoulli_", "exponential_")
    ),
    draws(
        "manual_seed",
        lambda m: [
            m.manual_seed(3).initial_seed(),
            m.random.initial_seed(),
            m.rand(3),
            m.manual_seed(2.7).initial_seed(),
        ],
    ),
    draws("random.initial_seed", _seeds),
    draws("random.seed", lambda m: m.random.seed() == m.random.initial_seed()),
    draws("random.get_rng_state", _states),
    draws("random.set_rng_state", _states),
    draws("random.fork_rng", _fork),
    draws("Generator", _generator),
    raises("rand", lambda m: m.rand(2, -1)),
    raises("rand", lambda m: m.rand(2.5)),
    raises("rand", lambda m: m.rand()),
    raises("rand", lambda m: m.rand(size=3)),
    raises("rand", lambda m: m.rand(2, dtype=m.int64)),
    raises("rand", lambda m: m.rand(2, generator=3)),
    raises("randn", lambda m: m.randn(2, dtype=m.int64)),
    raises("randint", lambda m: m.randint(5, 5, (2,))),
    raises("randint", lambda m: m.randint(2.5, (2,))),
    raises("randint", lambda m: m.randint(5, 2)),
    raises("randint", lambda m: m.randint(5)),
    raises("randint", lambda m: m.randint(300, (2,), dtype=m.uint8)),
    raises("randint", lambda m: m.randint(3, (2,), dtype=m.bool)),
    raises("randint", lambda m: m.randint(2**63, (2,))),
    raises("randint", lambda m: m.randint(5, (2,), requires_grad=True)),
    raises("randint_like", lambda m, x: m.randint_like(x), randn(3)),
    raises("randn_like", lambda m: m.randn_like(3)),
    raises("randperm", lambda m: m.randperm(-1)),
    raises("randperm", lambda m: m.randperm(2.5)),
    raises("randperm", lambda m: m.randperm(300, dtype=m.uint8)),
    raises("randperm", lambda m: m.randperm(2**24 + 2, dtype=m.float32)),
    raises("randperm", lambda m: m.randperm(3, dtype=m.bool)),
    raises("normal", lambda m: m.normal(0.0, 1.0)),
    raises("normal", lambda m: m.normal(0.0, -1.0, (2,))),
    raises("normal", lambda m, x: m.normal(x, -1.0), randn(3)),
    raises("normal", lambda m, x, s: m.normal(x, s), randn(2), unit(3)),
    raises("normal", lambda m, x: m.normal(x, 1.0), integers(3)),
    raises("bernoulli", lambda m, p: m.bernoulli(p), values([0.5, 1.5])),
    raises("bernoulli", lambda m, p: m.bernoulli(p), values([float("nan")])),
    raises("bernoulli", lambda m, p: m.bernoulli(p), integers(3)),
    raises("bernoulli", lambda m, x: m.bernoulli(x, 1.5), randn(3)),
    raises("multinomial", lambda m, w: m.multinomial(w, 4), simplex(3)),
    raises("multinomial", lambda m, w: m.multinomial(w, 0), simplex(3)),
    raises("multinomial", lambda m, w: m.multinomial(w, 2), simplex(2, 2, 3)),
    raises("multinomial", lambda m, w: m.multinomial(-w, 1), simplex(3)),
    raises("multinomial", lambda m, w: m.multinomial(0 * w, 2, True), simplex(3)),
    raises("multinomial", lambda m, w: m.multinomial(w, 2), integers(3)),
    *(
        raises(f"Tensor.{n}", lambda m, x, n=n: getattr(x, n)(), randn(3))  # a leaf
        for n in ("uniform_", "normal_", "random_", "bernoulli_", "exponential_")
    ),
    raises("Tensor.uniform_", lambda m, x: x.uniform_(1, 0), const(randn(3))),
    raises("Tensor.uniform_", lambda m, x: x.uniform_(0, float("inf")), const(randn(3))),
    raises("Tensor.uniform_", lambda m, x: x.uniform_(-1e308, 1e308), const(randn(3))),
    raises("Tensor.uniform_", lambda m, x: x.uniform_(), integers(3)),
    raises("Tensor.normal_", lambda m, x: x.normal_(0, -1), const(randn(3))),
    raises("Tensor.normal_", lambda m, x: x.normal_(), integers(3)),
    raises("Tensor.random_", lambda m, x: x.random_(3, 3), const(randn(3))),
    raises("Tensor.random_", lambda m, x: x.random_(2.5), const(randn(3))),
    raises("Tensor.random_", lambda m, x: x.random_(1, 2, 3), const(randn(3))),
    raises("Tensor.random_", lambda m, x: x.to(m.int32).random_(-(2**63), None), const(randn(3))),
    raises("Tensor.random_", lambda m, x: x.to(m.float16).random_(10**6), const(randn(3))),
    raises("Tensor.bernoulli_", lambda m, x: x.bernoulli_(2), const(randn(3))),
    raises("Tensor.bernoulli_", lambda m, x, p: x.bernoulli_(p), const(randn(3)), unit(2)),
    raises("Tensor.exponential_", lambda m, x: x.exponential_(0), const(randn(3))),
    raises("Tensor.exponential_", lambda m, x: x.exponential_(), integers(3)),
    raises("manual_seed", lambda m: m.manual_seed(2**64)),
    raises("manual_seed", lambda m: m.manual_seed("a")),
    raises("Generator", lambda m: m.Generator("cuda")),
    raises("Generator", lambda m: m.Generator().manual_seed(1.5)),
    raises("random.set_rng_state", lambda m: m.random.set_rng_state(m.zeros(10, dtype=m.uint8))),
    raises("random.set_rng_state", lambda m: m.random.set_rng_state(m.zeros(5056))),
    raises("random.set_rng_state", lambda m: m.random.set_rng_state(m.zeros(5056, dtype=m.uint8))),
    raises("random.fork_rng", lambda m: m.random.fork_rng(device_type="nowhere").__enter__()),
]
