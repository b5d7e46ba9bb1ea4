"""Statistics, norms and distances of values far from 0, whose deviations lose digits by cancellation;
and of values whose sums and squares overflow in float16."""

from collections.abc import Callable, Iterator
from typing import Any

from parity_tests.cases import Case, case, const, functional, layer, offset, randn, uniform

Call = tuple[str, Callable[..., Any]]

_ROUNDED_MEAN = "an ulp of the mean is 1.5e-11 of the deviations from it, and the two libraries are up to 3.9e-11 apart"
DEVIATIONS: dict[str, Any] = {"tol": 1e-10, "reason": _ROUNDED_MEAN}


def both_means(make: Any, calls: list[Call], *shape: int, **tests: Any) -> Iterator[Case]:
    """A mean that float16 can represent, and one whose rounding error shows in float32's variances."""
    for name, f in calls:
        yield make(name, f, offset(*shape, mean=300.0))
        yield make(
            name,
            f,
            offset(*shape, mean=1e5),
            **{"reason": "1e5 is infinite in float16", **tests},
            dtypes=("float64", "float32"),
        )


SPREADS: list[Call] = [
    *((n, lambda m, x, n=n: getattr(m, n)(x)) for n in ("var", "std", "var_mean", "std_mean")),
    *((n, lambda m, x, n=n: getattr(m, n)(x, (0, 2))) for n in ("var", "std")),
    *((n, lambda m, x, n=n: getattr(m, n)(x, 1, keepdim=True)) for n in ("var", "std")),
    ("var", lambda m, x: m.var(x.mT, -1, correction=0)),
]

SUMS: list[Call] = [
    ("logsumexp", lambda m, x: m.logsumexp(x, 1)),
    ("cdist", lambda m, x: m.cdist(x[:2], x[2:])),
]

NORMS: list[Call] = [
    ("batch_norm", lambda F, x: F.batch_norm(x, None, None, training=True)),
    ("layer_norm", lambda F, x: F.layer_norm(x, x.shape[1:])),
    ("layer_norm", lambda F, x: F.layer_norm(x, x.shape[2:])),
    ("group_norm", lambda F, x: F.group_norm(x, 2)),
    ("instance_norm", lambda F, x: F.instance_norm(x)),
]

OTHERS: list[Call] = [
    ("rms_norm", lambda F, x: F.rms_norm(x, x.shape[1:])),
    ("local_response_norm", lambda F, x: F.local_response_norm(x, 3)),
    ("normalize", lambda F, x: F.normalize(x, dim=-1)),
    ("pairwise_distance", lambda F, x: F.pairwise_distance(x[:2], x[2:])),
    ("pdist", lambda F, x: F.pdist(x[0])),
    ("mse_loss", lambda F, x: F.mse_loss(x[:2], x[2:])),
]

COSINES: list[Call] = [  # of nearly parallel vectors: the two terms of the gradient nearly cancel
    ("cosine_similarity", lambda F, x: F.cosine_similarity(x[:2], x[2:], dim=-1)),
]

SHIFTED: list[Call] = [  # by the largest entry
    ("softmax", lambda F, x: F.softmax(x, -1)),
    ("log_softmax", lambda F, x: F.log_softmax(x, -1)),
]

LAYERS: list[Call] = [
    ("BatchNorm1d", lambda nn: nn.BatchNorm1d(6)),
    ("InstanceNorm1d", lambda nn: nn.InstanceNorm1d(6, affine=True, track_running_stats=True)),
    ("LayerNorm", lambda nn: nn.LayerNorm((6, 10))),
    ("GroupNorm", lambda nn: nn.GroupNorm(3, 6)),
]

LONG: list[Call] = [
    ("var", lambda m, x: (m.var(x, 0), m.var(x, 1), m.var(x))),
    ("std", lambda m, x: (m.std(x, 0), m.std(x.T, 0), m.std(x))),
    ("nn.functional.layer_norm", lambda m, x: m.nn.functional.layer_norm(x, (300,))),
    (
        "nn.functional.batch_norm",
        lambda m, x: m.nn.functional.batch_norm(x, None, None, training=True),
    ),
]

AVERAGES: list[Call] = [
    ("mean", lambda m, x: (m.mean(x), m.mean(x, 1), m.mean(x, (0, 2)))),
    ("nn.functional.avg_pool1d", lambda m, x: m.nn.functional.avg_pool1d(x, 4, 3)),
    ("nn.functional.adaptive_avg_pool1d", lambda m, x: m.nn.functional.adaptive_avg_pool1d(x, 3)),
    ("nn.functional.interpolate", lambda m, x: m.nn.functional.interpolate(x, 7, mode="linear")),
]

LARGE: list[Call] = [
    ("norm", lambda m, x: (m.norm(x), m.norm(x, 2, 1), m.norm(x, 3.0, -1), m.norm(x, 0.5, 0))),
    ("linalg.vector_norm", lambda m, x: m.linalg.vector_norm(x, 2, (0, 1))),
    ("hypot", lambda m, x: m.hypot(x[:2], x[2:])),
    ("std", lambda m, x: (m.std(x), m.std(x, 1))),
    ("dist", lambda m, x: m.dist(x[:2], x[2:])),
    ("logaddexp", lambda m, x: m.logaddexp(x[:2], x[2:])),
]

LARGE_F: list[Call] = [
    *OTHERS,
    *COSINES,
    *NORMS,
    ("lp_pool1d", lambda F, x: F.lp_pool1d(x, 2.0, 3)),
    ("gelu", lambda F, x: (F.gelu(x), F.gelu(x, approximate="tanh"))),
    ("mish", lambda F, x: F.mish(x)),
    ("silu", lambda F, x: F.silu(x)),
    ("softplus", lambda F, x: F.softplus(x)),
    ("huber_loss", lambda F, x: F.huber_loss(x[:2], x[2:], delta=2.0)),
    ("triplet_margin_loss", lambda F, x: F.triplet_margin_loss(x[0], x[1], x[2], margin=500.0)),
    (
        "cosine_embedding_loss",
        lambda F, x: F.cosine_embedding_loss(x[0], x[1], x[0].sum(1).sign()),
    ),
]

CASES = [
    *both_means(case, SPREADS, 4, 6, 10, **DEVIATIONS),
    *both_means(case, SUMS, 4, 6, 10),
    *both_means(case, LONG, 200, 300, **DEVIATIONS),
    *both_means(functional, NORMS, 4, 6, 10, **DEVIATIONS),
    *both_means(functional, OTHERS, 4, 6, 10),
    *both_means(functional, COSINES, 4, 6, 10, **DEVIATIONS),
    *both_means(functional, SHIFTED, 4, 6, 10),
    *both_means(layer, LAYERS, 4, 6, 10, **DEVIATIONS),
    *(case(n, f, uniform(4, 6, 10, low=2e4, high=6e4)) for n, f in AVERAGES),
    *(case(n, f, randn(4, 6, 10, scale=300.0)) for n, f in LARGE),
    *(functional(n, f, randn(4, 6, 10, scale=300.0)) for n, f in LARGE_F),
    *(layer(n, f, randn(4, 6, 10, scale=300.0)) for n, f in LAYERS),
    case(
        "nn.utils.clip_grad_norm_",
        lambda m, x: (
            (clipped := m.nn.Parameter(x * 1), setattr(clipped, "grad", x * 1))
            and (m.nn.utils.clip_grad_norm_([clipped], 2.0), clipped.grad)
        ),
        const(randn(4, 6, scale=300.0)),
    ),
]
