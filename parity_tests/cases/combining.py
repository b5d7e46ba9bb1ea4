"""cross, kron, trapezoid and others, and products with a summand, one line a case."""

from parity_tests.cases import bools, case, const, ints, method, raises, randn, ties

CASES = [
    case("cross", lambda m, x, y: m.cross(x, y, dim=-1), randn(2, 3), randn(2, 3)),
    case("cross", lambda m, x, y: m.cross(x, y, dim=1), randn(2, 3, 2), randn(1, 3, 1)),
    case("cross", lambda m, x, y: m.cross(x, y, 0), randn(3), randn(3)),
    method("cross", lambda x, y: x.cross(y, 1), ints(2, 3), ints(2, 3)),
    *(
        raises("cross", lambda m, x, y, d=d: m.cross(x, y, d), x, y)
        for x, y, d in [
            (randn(2, 3), randn(3), 1),
            (randn(2, 3), randn(2, 3), 0),
            (randn(2, 3), randn(2, 3), 2),
            (randn(2), randn(2), None),
            (randn(3), ints(3), 0),
        ]
    ),
    case("kron", lambda m, x, y: m.kron(x, y), randn(2, 3), randn(3, 2)),
    case("kron", lambda m, x, y: m.kron(x, y.contiguous()), randn(2), randn(2, 1, 3)),
    case("kron", lambda m, x, y: m.kron(x, y), randn(), randn(2)),
    case("kron", lambda m, x, y: m.kron(x, y), ints(2), randn(2)),
    case("kron", lambda m, x, y: m.kron(x, y), randn(0), randn(2)),
    raises("kron", lambda m, x: m.kron(x, 2), randn(2)),
    *(
        case("dist", lambda m, x, y, p=p: m.dist(x, y, p), randn(3, 4), randn(4))
        for p in (2, 1, 3.5, float("inf"), float("-inf"))
    ),
    case("dist", lambda m, x, y: m.dist(x, y, 0), const(ties(5)), const(ties(5))),
    case("dist", lambda m, x, y: m.dist(x, y), ties(1), ties(1)),
    case("dist", lambda m, x: m.dist(x, x), randn(3)),
    raises("dist", lambda m, x, y: m.dist(x, y), ints(3), ints(3)),
    raises("dist", lambda m, x, y: m.dist(x, y), randn(3), randn(2)),
    case("vdot", lambda m, x, y: m.vdot(x, y), randn(4), randn(4)),
    raises("vdot", lambda m, x, y: m.vdot(x, y), randn(4), randn(3)),
    raises("vdot", lambda m, x, y: m.vdot(x, y), randn(1, 4), randn(4)),
    *(
        case(n, lambda m, y, n=n: getattr(m, n)(y), x)
        for n in ("trapezoid", "trapz")
        for x in (randn(3, 4), randn(1), const(randn(0)), ints(5))
    ),
    case("trapezoid", lambda m, y: m.trapezoid(y, dx=0.5, dim=0), randn(3, 4)),
    case("trapezoid", lambda m, y, x: m.trapezoid(y, x, dim=1), randn(2, 4, 3), randn(4)),
    case("trapezoid", lambda m, y, x: m.trapezoid(y, x), randn(2, 4), randn(2, 4)),
    case("trapezoid", lambda m, y, x: m.trapezoid(y, x, dim=0), randn(3, 2), randn(3, 1)),
    raises("trapezoid", lambda m, y: m.trapezoid(y), randn()),
    raises("trapezoid", lambda m, y, x: m.trapezoid(y, x), randn(3), randn(4)),
    raises("trapezoid", lambda m, y: m.trapezoid(y, dim=1), randn(3)),
    case("vander", lambda m, x: m.vander(x), const(randn(4))),
    case("vander", lambda m, x: m.vander(x, 3, True), const(randn(4))),
    case("vander", lambda m, x: m.vander(x, N=0), randn(2)),
    case("vander", lambda m, x: m.vander(x, N=1), ints(3)),
    case("vander", lambda m, x: m.vander(x, increasing=True), ints(3)),
    raises("vander", lambda m, x: m.vander(x), randn(2, 2)),
    raises("vander", lambda m, x: m.vander(x, -1), randn(2)),
    case("addmv", lambda m, b, a, v: m.addmv(b, a, v), randn(2), randn(2, 3), randn(3)),
    case(
        "addmv",
        lambda m, b, a, v: m.addmv(b, a, v, beta=0.5, alpha=-2),
        randn(),
        randn(2, 3),
        randn(3),
    ),
    case("addmv", lambda m, b, a, v: m.addmv(b, a, v, beta=0), randn(1), randn(2, 3), randn(3)),
    *(
        raises("addmv", lambda m, b, a, v: m.addmv(b, a, v), *inputs)
        for inputs in [
            (randn(3), randn(2, 3), randn(3)),
            (randn(2), randn(2, 3), randn(2)),
            (randn(2), randn(2), randn(2)),
            (randn(2), randn(2, 3), randn(3, 1)),
            (randn(2), randn(2, 3), ints(3)),
        ]
    ),
    case("addr", lambda m, a, x, y: m.addr(a, x, y), randn(2, 3), randn(2), randn(3)),
    case(
        "addr",
        lambda m, a, x, y: m.addr(a, x, y, beta=0.5, alpha=-2),
        randn(3),
        randn(2),
        randn(3),
    ),
    case("addr", lambda m, a, x, y: m.addr(a, x, y, beta=0), randn(1, 1), randn(2), randn(3)),
    *(
        raises("addr", lambda m, a, x, y: m.addr(a, x, y), *inputs)
        for inputs in [
            (randn(2, 3), randn(3), randn(2)),
            (randn(2, 3), randn(2, 1), randn(3)),
            (randn(2, 3), randn(2), randn(3, 1)),
        ]
    ),
    case(
        "addbmm", lambda m, a, x, y: m.addbmm(a, x, y), randn(2, 4), randn(5, 2, 3), randn(5, 3, 4)
    ),
    case(
        "addbmm",
        lambda m, a, x, y: m.addbmm(a, x, y, beta=0.5, alpha=-2),
        randn(4),
        randn(5, 2, 3),
        randn(5, 3, 4),
    ),
    case(
        "addbmm",
        lambda m, a, x, y: m.addbmm(a, x, y, beta=0),
        const(randn(2, 4)),
        randn(0, 2, 3),
        randn(0, 3, 4),
    ),
    *(
        raises("addbmm", lambda m, a, x, y: m.addbmm(a, x, y), *inputs)
        for inputs in [
            (randn(2, 3), randn(4, 2, 5), randn(3, 5, 3)),
            (randn(2, 3), randn(4, 2, 5), randn(4, 4, 3)),
            (randn(2, 3), randn(2, 5), randn(4, 5, 3)),
        ]
    ),
    *(
        case(n, lambda m, x, y, n=n: getattr(m, n)(x, y), ties(3, 4), ties(4))
        for n in ("greater", "greater_equal", "less", "less_equal", "not_equal")
    ),
    *(
        method(n, lambda x, n=n: getattr(x, n)(1), ties(4))
        for n in ("greater", "greater_equal", "less", "less_equal", "not_equal")
    ),
    case("argwhere", lambda m, x: m.argwhere(x), const(ties(3, 4))),
    method("argwhere", lambda x: x.argwhere(), bools(2, 1, 3)),
    case("argwhere", lambda m, x: m.argwhere(x), bools(0, 2)),
]
