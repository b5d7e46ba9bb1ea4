"""Arithmetic, powers, exponentials, bounds, choice, and their in-place forms."""

from parity_tests.cases import (
    bools,
    case,
    const,
    extreme,
    ints,
    method,
    positive,
    raises,
    randn,
    special,
    ties,
    uniform,
    values,
    wide,
)

PAIRS = [
    (randn(3, 4), randn(3, 4)),
    (randn(2, 3, 4), randn(3, 1)),
    (randn(1, 4), randn(3, 1)),
    (randn(), randn(3)),
    (randn(3, 0), randn(1)),
    (wide(16), wide(16)),
]

UNARY = {
    "exp": (lambda m, x: m.exp(x), [randn(3, 4), randn(), randn(0, 2), special(7), wide(16)]),
    "expm1": (lambda m, x: m.expm1(x), [randn(3, 4), randn(), special(7), wide(16)]),
    "log": (lambda m, x: m.log(x), [positive(3, 4), positive(), special(9), wide(16)]),
    "log1p": (lambda m, x: m.log1p(x), [positive(3, 4), special(9), wide(16)]),
    "sqrt": (lambda m, x: m.sqrt(x), [positive(3, 4), special(9), wide(16)]),
    "rsqrt": (lambda m, x: m.rsqrt(x), [positive(3, 4), wide(16)]),
    "square": (lambda m, x: m.square(x), [randn(3, 4), randn(), wide(16)]),
    "reciprocal": (lambda m, x: m.reciprocal(x), [positive(3, 4), values([0.0, -2.0]), wide(16)]),
    "sin": (lambda m, x: m.sin(x), [randn(3, 4), randn(), wide(16)]),
    "cos": (lambda m, x: m.cos(x), [randn(3, 4), randn(), wide(16)]),
    "neg": (lambda m, x: m.neg(x), [randn(3, 4), ints(3), wide(16)]),
    "abs": (lambda m, x: m.abs(x), [ties(4, 5), special(7), ints(4, low=-3), wide(16)]),
    "sign": (lambda m, x: m.sign(x), [ties(4, 5), randn(3)]),
    "floor": (lambda m, x: m.floor(x), [randn(4, 5, scale=3.0), ties(5)]),
    "ceil": (lambda m, x: m.ceil(x), [randn(4, 5, scale=3.0), ties(5)]),
    "round": (lambda m, x: m.round(x), [values([0.5, 1.5, -0.5, 2.4, -2.6])]),
}

BINARY = {
    "add": lambda m, a, b: m.add(a, b),
    "sub": lambda m, a, b: m.sub(a, b),
    "mul": lambda m, a, b: m.mul(a, b),
    "maximum": lambda m, a, b: m.maximum(a, b),
    "minimum": lambda m, a, b: m.minimum(a, b),
}


def _in_place(name, *args, **kwargs):
    def f(x, *more):
        y = x * 1
        z = getattr(y, name)(*args, *more, **kwargs)
        return y * 2, z is y

    return f


MULTIPLES = values([round(0.1 * k, 1) for k in range(-40, 40)])  # some only nearly


def _value_and_refusal(m, y):
    """The value, whether it has a graph, and that there is no gradient."""
    try:
        if y.requires_grad:
            y.backward(y.detach())
    except RuntimeError:
        return y.detach(), y.requires_grad
    return y.detach(), "no graph"


DIVISIONS = [
    ("div", lambda m, a, b: m.div(a, b, rounding_mode="floor")),
    ("div", lambda m, a, b: m.div(a, b, rounding_mode="trunc")),
    ("floor_divide", lambda m, a, b: _value_and_refusal(m, m.floor_divide(a, b))),
    ("remainder", lambda m, a, b: m.remainder(a, b)),
]

CASES = [
    *(case(n, f, x) for n, (f, inputs) in UNARY.items() for x in inputs),
    *(case(n, f, a, b) for n, f in BINARY.items() for a, b in PAIRS),
    case("add", lambda m, a, b: m.add(a, b, alpha=2.5), randn(3), randn(2, 3)),
    case("add", lambda m, a, b: a + b, ints(3), randn(2, 3)),
    case("add", lambda m, a: a + 2.5, ints(3)),
    case("add", lambda m, a: 2 + a, bools(3)),
    case("sub", lambda m, a, b: m.sub(a, b, alpha=3), randn(3), randn(2, 3)),
    case("Tensor.__rsub__", lambda m, a: 2.0 - a, randn(3)),
    case("mul", lambda m, a: 3 * a, randn(3)),
    case("mul", lambda m, a, b: a * b, bools(3), ints(2, 3)),
    case("mul", lambda m, a, b: m.mul(a, b), special(6), ties(6)),
    case("div", lambda m, a, b: m.div(a, b), randn(3, 4), positive(3, 4)),
    case("div", lambda m, a, b: m.div(a, b), randn(2, 3, 4), positive(4)),
    case("div", lambda m, a, b: m.div(a, b), randn(4), positive(3, 1)),
    case("div", lambda m, a, b: a / b, ints(5, low=1), ints(5, low=1)),
    case("div", lambda m, a: a / 4.0, randn(3)),
    case("Tensor.__rtruediv__", lambda m, a: 2 / a, positive(3)),
    case("div", lambda m, a, b: m.div(a, b), values([1.0, -1.0, 0.0]), values([0.0, 0.0, 0.0])),
    *(
        case(name, lambda m, a, b, f=f: f(m, a, b), a, b)
        for name, f in DIVISIONS
        for a, b in (
            (randn(3, 4, scale=5.0), randn(3, 4)),
            (randn(2, 3, 4, scale=5.0), positive(4)),
            (randn(4, scale=5.0), randn(3, 1)),
            (randn(50, scale=1e12), randn(50)),  # the quotient has more digits than the dtype
            (MULTIPLES, const(values([0.1] * 40 + [-0.1] * 40))),
            (ties(8, 8), ties(8, 8)),
            (special(8), ties(8)),
            (extreme(12), extreme(12)),
            (ints(9, low=-9, high=9), ints(9, low=1)),
            (ints(9, low=2**60, high=2**62), values([1, -1, 3, -3, 7, -7, 10, -10, 2**61])),
            (const(ints(4, low=-9)), randn(4)),
        )
    ),
    *(
        case(name, lambda m, a, f=f: [f(m, a, b) for b in (1.5, -0.1, 3)], a)
        for name, f in DIVISIONS
        for a in (randn(9, scale=5.0), const(ints(9, low=-9)))
    ),
    case("div", lambda m, b: m.div(7.5, b, rounding_mode="floor"), randn(5)),
    case("remainder", lambda m, b: m.remainder(7.5, b), const(randn(5))),
    case("pow", lambda m, a, b: m.pow(a, b), positive(3, 4), randn(3, 4)),
    case("pow", lambda m, a, b: m.pow(a, b), positive(2, 3), randn(3)),
    case("pow", lambda m, a, b: m.pow(a, b), positive(3), randn(2, 3)),
    case("pow", lambda m, a: m.pow(a, 3), randn(3, 4)),
    case("pow", lambda m, a: m.pow(a, 2.0), ties(4, 5)),
    case("pow", lambda m, a: m.pow(a, 0.5), positive(3, 4)),
    case("pow", lambda m, a: m.pow(a, -2), positive(3, 4)),
    case("pow", lambda m, a: m.pow(a, 0), ties(4)),
    case("Tensor.__rpow__", lambda m, a: 2.0**a, randn(3)),
    case("pow", lambda m, a, b: m.pow(a, b), values([0.0, 0.0, 2.0]), values([0.0, 2.0, 0.0])),
    case("pow", lambda m, a: m.pow(a, 2), ints(4)),
    *(
        case(n, BINARY[n], a, b)
        for n in ("maximum", "minimum")
        for a, b in [(ties(4, 5), ties(4, 5)), (special(9), ties(9)), (ints(5), ints(5))]
    ),
    case("clamp", lambda m, x: m.clamp(x, -1.0, 1.0), ties(4, 5)),
    case("clamp", lambda m, x: m.clamp(x, min=0.5), randn(3, 4)),
    case("clamp", lambda m, x: m.clamp(x, max=0.5), special(9)),
    case(
        "clamp",
        lambda m, x, a, b: m.clamp(x, a, b),
        randn(3, 4),
        uniform(4, low=-2, high=0),
        positive(3, 1),
    ),
    case("clamp", lambda m, x, a: m.clamp(x, min=a), randn(3, 4), randn(3, 4)),
    case("clamp", lambda m, x, a: m.clamp(x, min=a), ties(4, 6), ties(4, 1)),
    case("clamp", lambda m, x, b: m.clamp(x, max=b), ties(4, 6), ties(6)),
    case("clamp", lambda m, x, a, b: m.clamp(x, a, b), ties(6, 6), ties(6, 1), ties(6, 6)),
    case("clamp", lambda m, x, a: m.clamp(x, min=a), special(7), special(7)),
    case("clamp", lambda m, x, b: m.clamp(x, max=b), special(7), special(7)),
    case("clamp", lambda m, x, a, b: m.clamp(x, a, b), special(14), special(14), special(14)),
    case("clamp", lambda m, x: m.clamp(x, 1, 3), ints(6)),
    case("clamp_min", lambda m, x: m.clamp_min(x, 0.1), randn(5)),
    case("clamp_max", lambda m, x: m.clamp_max(x, 0.1), randn(5)),
    case("where", lambda m, c, a, b: m.where(c, a, b), bools(3, 4), randn(3, 4), randn(3, 4)),
    case("where", lambda m, c, a, b: m.where(c, a, b), bools(2, 3, 1), randn(4), randn(3, 1)),
    case("where", lambda m, c, a: m.where(c, a, 0.5), bools(3, 4), randn(3, 4)),
    case("where", lambda m, c: m.where(c), bools(3, 4)),
    method("where", lambda x, c, y: x.where(c, y), randn(3, 4), bools(3, 4), randn(4)),
    method("where", lambda x, c: x.where(condition=c, other=0.5), randn(4), bools(3, 1)),
    raises("Tensor.where", lambda m, c, x: c.where(x, x), bools(3), randn(3)),
    case("lerp", lambda m, a, b: m.lerp(a, b, 0.3), randn(3, 4), randn(3, 4)),
    case("lerp", lambda m, a, b, w: m.lerp(a, b, w), randn(3, 4), randn(3, 4), randn(3, 4)),
    case("lerp", lambda m, a, b, w: m.lerp(a, b, w), randn(3, 3), randn(3, 3), randn(3, 3)),
    case(
        "addcmul", lambda m, a, b, c: m.addcmul(a, b, c, value=0.5), randn(3), randn(3), randn(2, 3)
    ),
    case(
        "addcdiv",
        lambda m, a, b, c: m.addcdiv(a, b, c, value=2.0),
        randn(3),
        randn(3),
        positive(2, 3),
    ),
    method("abs_", _in_place("abs_"), randn(3)),
    method("add_", _in_place("add_"), randn(2, 3), randn(3)),
    method("add_", _in_place("add_", 2.0), randn(2, 3)),
    method("addcdiv_", _in_place("addcdiv_", value=0.5), randn(3), randn(3), positive(3)),
    method("addcmul_", _in_place("addcmul_", value=0.5), randn(3), randn(3), randn(3)),
    method("clamp_", _in_place("clamp_", -0.5, 0.5), randn(5)),
    method("copy_", _in_place("copy_"), randn(2, 3), randn(3)),
    method("div_", _in_place("div_"), randn(2, 3), positive(3)),
    method("exp_", _in_place("exp_"), randn(3)),
    method("fill_", _in_place("fill_", 2.5), randn(3)),
    method("lerp_", _in_place("lerp_"), randn(3), randn(3), randn(3)),
    method("mul_", _in_place("mul_"), randn(2, 3), randn(3)),
    method("neg_", _in_place("neg_"), randn(3)),
    method("pow_", _in_place("pow_", 3), randn(3)),
    method("sqrt_", _in_place("sqrt_"), positive(3)),
    method("sub_", _in_place("sub_"), randn(2, 3), randn(3)),
    method("zero_", _in_place("zero_"), randn(3)),
    method("mul_", lambda x: x.detach().clone().mul_(2), randn(3)),
    raises("add", lambda m, a, b: a + b, randn(2, 3), randn(2)),
    raises("add", lambda m, a: a + "1", randn(2)),
    raises("sub", lambda m, a, b: a - b, bools(2), bools(2)),
    raises("neg", lambda m, a: -a, bools(2)),
    raises("clamp", lambda m, a: m.clamp(a), randn(2)),
    raises("pow", lambda m, a: a**-1, ints(2)),
    raises("where", lambda m, a, b: m.where(a, b, b), randn(2), randn(2)),
    raises("div", lambda m, a: m.div(a, a, rounding_mode="up"), randn(2)),
    raises("Tensor.add_", lambda m, a, b: (a * 1).add_(b), randn(3), randn(2, 3)),
    raises("Tensor.add_", lambda m, a, b: a.add_(b), ints(3), const(randn(3))),
    raises("Tensor.add_", lambda m, a: a.add_(1.0), randn(3)),
    raises("maximum", lambda m, a: m.maximum(a, 1.0), randn(3)),
    *(
        case(n, BINARY[n], a, b)
        for n in ("add", "mul")
        for a, b in [(extreme(12), extreme(12)), (const(ints(3, 1)), randn(4))]
    ),
]
