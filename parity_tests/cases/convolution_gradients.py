"""nn.grad: the gradients of convolutions as functions, one line a case."""

from typing import Any

from parity_tests.cases import case, raises, randn

# input, weight, options: the output's shape follows.
CALLS = {
    1: [
        ((2, 4, 7), (3, 4, 3), {}),
        ((2, 4, 8), (6, 2, 3), {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}),
        ((1, 3, 6), (3, 1, 2), {"stride": (3,), "groups": 3}),
    ],
    2: [
        ((2, 4, 5, 6), (3, 4, 3, 2), {}),
        ((1, 4, 8, 6), (6, 2, 3, 3), {"stride": (2, 3), "padding": (1, 0), "groups": 2}),
        ((2, 2, 6, 6), (2, 2, 2, 2), {"dilation": (2, 1), "padding": 2}),
    ],
    3: [
        ((1, 2, 4, 3, 5), (3, 2, 2, 1, 3), {}),
        ((2, 2, 4, 5, 4), (4, 1, 2, 2, 2), {"stride": 2, "padding": 1, "groups": 2}),
        ((1, 1, 5, 5, 5), (1, 1, 2, 2, 2), {"dilation": (1, 2, 3)}),
    ],
}


def output_shape(x: Any, w: Any, o: dict[str, Any]) -> tuple[int, ...]:
    def each(name: str, default: int) -> tuple[int, ...]:
        given = o.get(name, default)
        return given if isinstance(given, tuple) else (given,) * (len(x) - 2)

    sizes = zip(
        x[2:], w[2:], each("stride", 1), each("padding", 0), each("dilation", 1), strict=True
    )
    return (x[0], w[0], *((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in sizes))


CASES = [
    *(
        case(
            f"nn.grad.conv{d}d_input",
            lambda m, w, dy, d=d, x=x, o=o: getattr(m.nn.grad, f"conv{d}d_input")(x, w, dy, **o),
            randn(*w),
            randn(*output_shape(x, w, o)),
        )
        for d, calls in CALLS.items()
        for x, w, o in calls
    ),
    *(
        case(
            f"nn.grad.conv{d}d_weight",
            lambda m, x, dy, d=d, w=w, o=o: getattr(m.nn.grad, f"conv{d}d_weight")(x, w, dy, **o),
            randn(*x),
            randn(*output_shape(x, w, o)),
        )
        for d, calls in CALLS.items()
        for x, w, o in calls
    ),
    *(
        raises("nn.grad.conv1d_input", lambda m, f=f: f(m.nn.grad.conv1d_input, m.ones))
        for f in [
            lambda grad, ones: grad((1, 2, 5), ones(3, 2, 3), ones(1, 3, 4)),
        ]
    ),
    *(
        raises("nn.grad.conv1d_weight", lambda m, f=f: f(m.nn.grad.conv1d_weight, m.ones))
        for f in [
            lambda grad, ones: grad(ones(1, 2, 5), (3, 2, 3), ones(1, 3, 4)),
            lambda grad, ones: grad(ones(1, 2, 5), (3, 4, 3), ones(1, 3, 3)),
            lambda grad, ones: grad(ones(1, 2, 5), (4, 2, 3), ones(1, 3, 3)),
        ]
    ),
]
