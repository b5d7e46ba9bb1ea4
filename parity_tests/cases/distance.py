"""Distances: the norms, equal rows and zero vectors, ties, broadcasting, and inputs that do not fit."""

from typing import Any

from parity_tests.cases import (
    Case,
    Input,
    case,
    const,
    ints,
    layer,
    raises,
    randn,
    special,
    ties,
    values,
)

INF = float("inf")


def distance(
    name: str, *inputs: Input, tests: dict[str, Any] | None = None, **options: Any
) -> Case:
    return case(name, lambda m, *xs: getattr(m, name)(*xs, **options), *inputs, **tests or {})


def refused(name: str, *inputs: Input, **options: Any) -> Case:
    return raises(name, lambda m, *xs: getattr(m, name)(*xs, **options), *inputs)


COS = "cosine_similarity"
ALONG = {
    "tests": {
        "floor": 1.0,
        "reason": "a vector of equal entries is only scaled, so its gradient is 0; both libraries give "
        "its rounding error, at most 1e-15 in float64",
    }
}
SHORT = values([[3e-9, 4e-9], [0.0, 0.0], [3.0, 4.0], [1e-8, 0.0]]), randn(4, 2)
COSINE = [
    distance(COS, randn(3, 4), randn(3, 4)),
    distance(COS, randn(3, 4), randn(3, 4), dim=0),
    distance(COS, randn(3, 4), randn(3, 4), dim=-1, eps=1.5),
    distance(COS, randn(2, 3, 4), randn(3, 1)),
    distance(COS, randn(3, 4), randn(1, 4), dim=-2, **ALONG),
    distance(COS, randn(3, 1), randn(3, 4), **ALONG),
    distance(COS, randn(4), randn(4), dim=0),
    distance(COS, randn(), randn(), dim=0, **ALONG),
    distance(COS, ties(3, 4), ties(3, 4)),
    distance(COS, *SHORT),
    distance(COS, randn(3, 4), ints(3, 4)),
    distance(COS, randn(0, 3), randn(0, 3)),
    distance(COS, randn(3, 0), randn(3, 0)),
    distance(COS, special(2, 3), randn(2, 3)),
    refused(COS, randn(3, 4), randn(3, 5)),
    refused(COS, randn(3, 4), randn(3, 4), dim=2),
    refused(COS, randn(4), randn(4)),
    refused(COS, randn(3, 4), randn(3, 4), dim=1.5),
    refused(COS, randn(3, 4), randn(3, 4), eps=-1.0),
    refused(COS, randn(3, 4), randn(3, 4), eps="1"),
    refused(COS, ints(3, 4), ints(3, 4)),
    layer("CosineSimilarity", lambda nn: nn.CosineSimilarity(), randn(3, 4), randn(3, 4)),
    layer("CosineSimilarity", lambda nn: nn.CosineSimilarity(0, 1.5), randn(3, 4), randn(3, 4)),
]

PAIRWISE = "pairwise_distance"
PAIRS = [
    *(
        distance(PAIRWISE, randn(3, 4), randn(3, 4), p=p)
        for p in (1, 1.5, 2, 3, 0.5, -1, INF, -INF)
    ),
    distance(PAIRWISE, const(randn(3, 4)), const(randn(3, 4)), p=0),
    distance(PAIRWISE, randn(3, 4), randn(3, 4), eps=0.1, keepdim=True),
    distance(PAIRWISE, ties(3, 4), ties(3, 4)),
    distance(PAIRWISE, ties(3, 4), ties(3, 4), eps=0.0),
    distance(PAIRWISE, ties(3, 4), ties(3, 4), p=INF, eps=0.0),
    distance(PAIRWISE, randn(3, 4), randn(4)),
    distance(PAIRWISE, randn(3, 1, 4), randn(2, 4)),
    distance(PAIRWISE, randn(4), randn(4), keepdim=True),
    distance(PAIRWISE, randn(), randn()),
    distance(PAIRWISE, randn(3, 0), randn(3, 0)),
    distance(PAIRWISE, randn(0, 3), randn(0, 3)),
    distance(PAIRWISE, ints(3, 4), ints(3, 4), eps=0),
    refused(PAIRWISE, randn(3, 4), randn(3, 5)),
    refused(PAIRWISE, randn(3, 4), randn(3, 4), p="2"),
    refused(PAIRWISE, randn(3, 4), randn(3, 4), eps="2"),
    refused(PAIRWISE, randn(3, 0), randn(3, 0), p=INF),
    layer("PairwiseDistance", lambda nn: nn.PairwiseDistance(), randn(3, 4), randn(3, 4)),
    layer("PairwiseDistance", lambda nn: nn.PairwiseDistance(1.0, 0.1, True), *[randn(3, 4)] * 2),
]

ODD = {
    0.5: "beside an infinite difference PyTorch's gradient at equal rows is 0, in norm NaN: 2 to 18 of 25 draws",
    INF: "the maximum of PyTorch's differences loses a NaN after an infinity: 15 to 21 of 25 draws",
}


def odd(p: float) -> dict[str, Any]:
    """The options of a distance that loses NaN in PyTorch."""
    return {"special": False, "reason": ODD[p]} if p in ODD else {}


EQUAL_ROWS = values([[0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [1.0, 2.0, 1.0], [0.0, 3.0, 2.0]])
PDIST = [
    *(
        distance("pdist", x, p=p, tests=odd(p) if p == 0.5 else {})
        for x in (randn(5, 3), EQUAL_ROWS)
        for p in (0, 0.5, 1, 1.5, 2, 2.5, 3, INF)
    ),
    distance("pdist", ties(5, 3), p=INF),
    distance("pdist", randn(2, 3)),
    distance("pdist", randn(4, 1), p=3),
    distance("pdist", const(randn(0, 3))),  # PyTorch's backward pass crashes here
    distance("pdist", randn(1, 3)),
    distance("pdist", randn(3, 0)),
    distance("pdist", randn(3, 0), p=INF),
    refused("pdist", randn(3)),
    refused("pdist", randn(2, 3, 4)),
    refused("pdist", randn(3, 4), p=-1.0),
    refused("pdist", randn(3, 4), p=float("nan")),
    refused("pdist", randn(3, 4), p="2"),
    refused("pdist", ints(3, 4)),
]

MANY = {
    "tests": {
        "special": False,
        "reason": "PyTorch expands ‖a − b‖² into products, which gives ∞ − ∞: 22 to 24 of 25 draws differ",
    }
}
CDIST = [
    *(
        distance("cdist", randn(4, 3), randn(5, 3), p=p, tests=odd(p) if p == INF else {})
        for p in (0, 0.5, 1, 1.5, 2, 2.5, 3, INF)
    ),
    *(
        distance("cdist", EQUAL_ROWS, EQUAL_ROWS, p=p, tests=odd(p))
        for p in (0, 0.5, 1, 1.5, 2, 2.5, INF)
    ),
    distance("cdist", randn(4, 3), randn(5, 3), compute_mode="donot_use_mm_for_euclid_dist"),
    distance("cdist", randn(4, 3), randn(5, 3), compute_mode="use_mm_for_euclid_dist", **MANY),
    distance("cdist", randn(30, 3), randn(4, 3), **MANY),
    distance("cdist", randn(2, 4, 3), randn(5, 3)),
    distance("cdist", randn(2, 1, 4, 3), randn(6, 5, 3), p=1),
    distance("cdist", randn(1, 1), randn(1, 1)),
    distance("cdist", randn(0, 3), randn(5, 3)),
    distance("cdist", randn(4, 0), randn(5, 0)),
    distance("cdist", randn(4, 0), randn(5, 0), p=INF),
    refused("cdist", randn(4, 3), randn(5, 4)),
    refused("cdist", randn(3), randn(5, 3)),
    refused("cdist", randn(2, 4, 3), randn(3, 5, 3)),
    refused("cdist", randn(4, 3), randn(5, 3), p=-1.0),
    refused("cdist", randn(4, 3), randn(5, 3), compute_mode="fast"),
    refused("cdist", ints(4, 3), randn(5, 3)),
    raises("cdist", lambda m, a, b: m.cdist(a.float(), b), randn(4, 3), randn(5, 3)),
]

CASES = [*COSINE, *PAIRS, *PDIST, *CDIST]
