"""The in-place forms of functions, one line a case."""

from typing import Any

from parity_tests.cases import (
    bools,
    case,
    const,
    in_place,
    ints,
    method,
    positive,
    raises,
    randn,
    ties,
    uniform,
)


def on_top(name: str, *args: Any) -> Any:
    """The function of the library itself, such as torch.ceil_, on a tensor that is not a leaf."""
    return lambda m, x: (y := x * 1, getattr(m, name)(y, *args) is y, y * 2)[1:]


def seen_through_a_view(name: str, *args: Any) -> Any:
    """A view of the tensor is changed; the tensor sees it, and gradients go the same way."""

    def f(x: Any) -> Any:
        y = x * 1
        getattr(y[1:], name)(*args)
        return y

    return f


def of_itself(name: str, *args: Any) -> Any:
    """A tensor gets another shape; a view of it that was there before does not."""

    def f(x: Any) -> Any:
        y = x * 1
        view = y.view(-1)
        z = getattr(y, name)(*args)
        steps = [s for s, n in zip(y.stride(), y.shape, strict=True) if n > 1]
        first = y * 2, z is y, list(y.shape), steps
        view *= 3
        y += 1
        return *first, y, view

    return f


ONE = {
    "absolute_": (),
    "ceil_": (),
    "clamp_max_": (0.3,),
    "clamp_min_": (-0.3,),
    "clip_": (-0.5, 0.5),
    "cos_": (),
    "expm1_": (),
    "floor_": (),
    "negative_": (),
    "reciprocal_": (),
    "round_": (),
    "sin_": (),
    "square_": (),
}
POSITIVE = ("log1p_", "log_", "rsqrt_")
ON_TOP = (
    "ceil_",
    "cos_",
    "expm1_",
    "floor_",
    "log1p_",
    "log_",
    "negative_",
    "reciprocal_",
    "round_",
    "rsqrt_",
    "sin_",
    "square_",
)

CASES = [
    *(
        method(n, in_place(n, *a), x)
        for n, a in ONE.items()
        for x in (randn(3, 4), randn(), ties(5))
    ),
    *(method(n, seen_through_a_view(n, *a), randn(3, 4)) for n, a in ONE.items()),
    *(method(n, in_place(n), x) for n in POSITIVE for x in (positive(3, 4), positive())),
    *(case(n, on_top(n), positive(3, 4)) for n in ON_TOP),
    case("clamp_max_", on_top("clamp_max_", 0.3), randn(5)),
    case("clamp_min_", on_top("clamp_min_", 0.3), randn(5)),
    case("clip_", on_top("clip_", -0.5, 0.5), randn(5)),
    method("round_", in_place("round_", decimals=1), randn(5)),
    method("clip_", in_place("clip_", max=0.2), randn(5)),
    *(
        method(n, in_place(n), randn(3, 4), positive(4))
        for n in ("divide_", "multiply_", "remainder_", "subtract_", "true_divide_")
    ),
    method("subtract_", in_place("subtract_", 2, alpha=0.5), randn(3)),
    method("divide_", in_place("divide_", 0.3, rounding_mode="floor"), const(randn(3))),
    method("floor_divide_", in_place("floor_divide_", 2), const(randn(5))),
    method("floor_divide_", lambda x: x.clone().floor_divide_(2), ints(5, low=-4)),
    *(
        method(n, lambda x, y, n=n: getattr(x.clone(), n)(y), *xs)
        for n in ("bitwise_and_", "bitwise_or_", "bitwise_xor_")
        for xs in ((bools(3, 4), bools(4)), (ints(3, 4), ints(3, 4)))
    ),
    *(
        method(n, lambda x, y, n=n: getattr(x.clone(), n)(y), ints(3, 4), ints(4))
        for n in ("bitwise_left_shift_", "bitwise_right_shift_")
    ),
    *(
        method("bitwise_not_", lambda x: x.clone().bitwise_not_(), x)
        for x in (bools(3, 4), ints(3, 4))
    ),
    *(
        method(n, lambda x, y, n=n: getattr(x.clone(), n)(y), *xs)
        for n in ("logical_and_", "logical_or_", "logical_xor_")
        for xs in ((bools(3, 4), bools(4)), (ints(3, 4, high=2), const(ties(3, 4))))
    ),
    *(
        method("logical_not_", lambda x: x.clone().logical_not_(), x)
        for x in (bools(3, 4), const(ties(5)))
    ),
    *(method(n, in_place(n, 1), x) for n in ("cumprod_", "cumsum_") for x in (randn(3, 4),)),
    method("cumsum_", lambda x: x.clone().cumsum_(0), ints(5)),
    *(method(n, in_place(n), x) for n in ("tril_", "triu_") for x in (randn(3, 4), randn(2, 3, 3))),
    *(method(n, in_place(n, d), randn(3, 4)) for n in ("tril_", "triu_") for d in (-1, 2)),
    method("addmm_", in_place("addmm_"), randn(2, 4), randn(2, 3), randn(3, 4)),
    method("addmm_", in_place("addmm_", beta=0.5, alpha=-2), randn(2, 4), randn(2, 3), randn(3, 4)),
    method("addmv_", in_place("addmv_", beta=0.5, alpha=-2), randn(2), randn(2, 3), randn(3)),
    method("addr_", in_place("addr_", beta=0.5, alpha=-2), randn(2, 3), randn(2), randn(3)),
    method(
        "addbmm_",
        in_place("addbmm_", beta=0.5, alpha=-2),
        randn(2, 4),
        randn(5, 2, 3),
        randn(5, 3, 4),
    ),
    method(
        "baddbmm_",
        in_place("baddbmm_", beta=0.5, alpha=-2),
        randn(5, 2, 4),
        randn(5, 2, 3),
        randn(5, 3, 4),
    ),
    case(
        "addmv_",
        lambda m, x, a, v: (y := x * 1, m.addmv_(y, a, v) is y, y)[1:],
        randn(2),
        randn(2, 3),
        randn(3),
    ),
    method("squeeze_", of_itself("squeeze_"), randn(1, 3, 1)),
    method("squeeze_", of_itself("squeeze_", 0), randn(1, 3, 1)),
    method("squeeze_", of_itself("squeeze_", 1), randn(1, 3, 1)),
    method("unsqueeze_", of_itself("unsqueeze_", -1), randn(2, 3)),
    method("unsqueeze_", of_itself("unsqueeze_", 0), randn()),
    method("t_", of_itself("t_"), randn(2, 3)),
    method("t_", of_itself("t_"), randn(3)),
    *(
        method(n, of_itself(n, 0, 2), randn(2, 3, 4))
        for n in ("transpose_", "swapaxes_", "swapdims_")
    ),
    method("unsqueeze_", lambda x: x.clone().unsqueeze_(1), ints(3)),
    method("transpose_", lambda x: (y := x[1:], y.transpose_(0, 1), x)[1:], const(randn(3, 2))),
    *(
        raises(f"Tensor.{n}", lambda m, n=n, a=a: getattr(m.ones(2, 3), n)(*a))
        for n, a in [
            ("unsqueeze_", (4,)),
            ("squeeze_", (2,)),
            ("transpose_", (0, 2)),
            ("addmm_", (1, 2)),
            ("clamp_max_", ("a",)),
            ("cumsum_", (3,)),
        ]
    ),
    *(
        raises(f"Tensor.{n}", lambda m, n=n, a=a: getattr(m.ones(2, 3, requires_grad=True), n)(*a))
        for n, a in [
            ("unsqueeze_", (0,)),
            ("squeeze_", ()),
            ("t_", ()),
            ("log_", ()),
            ("ceil_", ()),
            ("cumsum_", (0,)),
            ("tril_", ()),
        ]
    ),
    raises("Tensor.t_", lambda m: m.ones(1, 1, 1).t_()),
    raises("Tensor.reciprocal_", lambda m: m.ones(2).long().reciprocal_()),
    raises("Tensor.log_", lambda m: m.ones(2).long().log_()),
    raises("Tensor.logical_and_", lambda m: m.ones(2).logical_and_(1)),
    raises("Tensor.bitwise_and_", lambda m: m.ones(2).bitwise_and_(1)),
    raises("Tensor.addmv_", lambda m: m.ones(1).addmv_(m.ones(2, 3), m.ones(3))),
    method(
        "unsqueeze_",
        lambda x: x.unsqueeze_(0).sum_to_size(1, 2, 3),
        const(uniform(2, 3)),
    ),
]
