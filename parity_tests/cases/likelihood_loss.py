"""Losses of distributions: zeros, counts, bounded variances, and inputs that do not fit."""

from parity_tests.cases import (
    Case,
    Input,
    const,
    extreme,
    ints,
    layer,
    positive,
    raises,
    randn,
    simplex,
    special,
    ties,
    uniform,
    unit,
    values,
)
from parity_tests.cases.loss import each, legacy, legacy_layer, loss, wrong

KL, POISSON, GAUSSIAN = "kl_div", "poisson_nll_loss", "gaussian_nll_loss"

# a target of 0 costs nothing, whatever x is; its own gradient is NaN
CERTAIN = values([[0.0, -1e4, -2.0], [-0.5, -1.0, -3.0]]), values([[1.0, 0.0, 0.0], [0, 0.5, 0.5]])


def divergence(*inputs: Input, **options: bool) -> list[Case]:
    return [*each(KL, *inputs, **options), loss(KL, *inputs, reduction="batchmean", **options)]


DIVERGENCE = [
    *divergence(randn(3, 4), simplex(3, 4)),
    *divergence(randn(3, 4), randn(3, 4), log_target=True),
    *divergence(randn(), unit()),
    *divergence(randn(1), unit(1)),
    *divergence(randn(0, 4), unit(0, 4)),
    *divergence(randn(2, 3, 4), unit(4)),
    *divergence(uniform(4, low=-4.0, high=-2.0), unit(3, 1)),
    *divergence(*CERTAIN),
    *divergence(randn(7), special(7)),
    *divergence(special(7), randn(7), log_target=True),
    *divergence(randn(3, 4), values([[-1e4, -30.0, 0.0, 3.0]] * 3), log_target=True),
    *legacy(KL, randn(3, 4), simplex(3, 4)),
    loss(KL, randn(3, 4), simplex(3, 4), size_average=False, reduction="batchmean"),
    loss(KL, randn(3, 4), simplex(3, 4), reduce=False, reduction="batchmean"),
    wrong(KL, randn(3, 4), unit(5)),
    wrong(KL, randn(3), ints(3)),
    wrong(KL, ints(3), unit(3)),
    wrong(KL, randn(3), unit(3), reduction="product"),
    layer("KLDivLoss", lambda nn: nn.KLDivLoss(), randn(3, 4), simplex(3, 4)),
    layer("KLDivLoss", lambda nn: nn.KLDivLoss(reduction="batchmean"), randn(3, 4), simplex(3, 4)),
    layer("KLDivLoss", lambda nn: nn.KLDivLoss(reduction="none", log_target=True), *[randn(5)] * 2),
    *legacy_layer("KLDivLoss", randn(3, 4), simplex(3, 4)),
]

COUNTS = ints(3, 4, high=6)
POISSONS = [
    *each(POISSON, randn(3, 4), COUNTS),
    *each(POISSON, randn(3, 4), positive(3, 4), full=True),
    *each(POISSON, randn(3, 4), COUNTS, full=True),
    *each(POISSON, positive(3, 4), uniform(3, 4, low=0.0, high=4.0), log_input=False),
    *each(POISSON, positive(3, 4), COUNTS, log_input=False, eps=0.1),
    *each(POISSON, values([0.0, 0.0, 1.0]), values([0.0, 2.0, 1.0]), log_input=False, full=True),
    *each(POISSON, randn(), positive()),
    *each(POISSON, randn(0), positive(0)),
    *each(POISSON, randn(3, 4), positive(4), full=True),
    *each(POISSON, randn(9), extreme(9)),
    *each(POISSON, special(7), positive(7)),
    *each(POISSON, randn(5), ties(5)),
    loss(POISSON, randn(3, 4), COUNTS, size_average=False),
    loss(POISSON, randn(3, 4), COUNTS, reduce=False),
    loss(POISSON, ints(3, 4), COUNTS, reduction="sum"),
    wrong(POISSON, randn(3, 4), positive(5)),
    wrong(POISSON, randn(3), positive(3), reduction="product"),
    wrong(POISSON, randn(3), positive(3), reduction="elementwise_mean"),
    wrong(POISSON, randn(3), positive(3), eps="1"),
    layer("PoissonNLLLoss", lambda nn: nn.PoissonNLLLoss(), randn(3, 4), COUNTS),
    layer(
        "PoissonNLLLoss",
        lambda nn: nn.PoissonNLLLoss(False, True, eps=0.1, reduction="none"),
        positive(3, 4),
        COUNTS,
    ),
    *legacy_layer("PoissonNLLLoss", randn(3, 4), COUNTS),
]

BOUNDED = values([0.0, 1e-9, 1e-6, 0.5, 2.0])
MEAN = randn(3, 4), randn(3, 4)
GAUSSIANS = [
    *each(GAUSSIAN, *MEAN, positive(3, 4)),
    *each(GAUSSIAN, *MEAN, positive(3, 4), full=True),
    *each(GAUSSIAN, *MEAN, positive(3)),
    *each(GAUSSIAN, *MEAN, positive(3, 1)),
    *each(GAUSSIAN, *MEAN, positive(1, 4)),
    *each(GAUSSIAN, *MEAN, positive(3, 4), eps=1.0),
    *each(GAUSSIAN, randn(5, scale=1e-3), randn(5, scale=1e-3), BOUNDED),
    *each(GAUSSIAN, randn(), randn(), positive()),
    *each(GAUSSIAN, randn(4), randn(3, 4), positive(4)),
    *each(GAUSSIAN, randn(3, 4), randn(4), positive(3, 4)),
    *each(GAUSSIAN, randn(0, 4), randn(0, 4), positive(0, 4)),
    *each(GAUSSIAN, special(7), randn(7), positive(7)),
    *each(GAUSSIAN, *MEAN, const(positive(3, 4))),
    *each(GAUSSIAN, *MEAN, var=0.5),
    *each(GAUSSIAN, *MEAN, var=0.0),
    loss(GAUSSIAN, ints(3, 4), randn(3, 4), positive(3, 4)),
    wrong(GAUSSIAN, *MEAN, randn(3, 4)),
    wrong(GAUSSIAN, *MEAN, var=-0.5),
    wrong(GAUSSIAN, *MEAN, positive(4)),
    wrong(GAUSSIAN, *MEAN, positive(1, 1)),
    wrong(GAUSSIAN, *MEAN, positive()),
    wrong(GAUSSIAN, *MEAN, ints(3, 4, low=1)),
    wrong(GAUSSIAN, *MEAN, var=1),
    wrong(GAUSSIAN, randn(3, 4), randn(5), positive(3, 4)),
    wrong(GAUSSIAN, *MEAN, positive(3, 4), reduction="product"),
    wrong(GAUSSIAN, *MEAN, positive(3, 4), reduction="elementwise_mean"),
    wrong(GAUSSIAN, *MEAN, positive(3, 4), eps="1"),
    layer("GaussianNLLLoss", lambda nn: nn.GaussianNLLLoss(), *MEAN, positive(3, 4)),
    layer(
        "GaussianNLLLoss",
        lambda nn: nn.GaussianNLLLoss(full=True, eps=1.0, reduction="none"),
        *MEAN,
        positive(3),
    ),
    raises("nn.GaussianNLLLoss", lambda m, x, t: m.nn.GaussianNLLLoss()(x, t, -1.0), *MEAN),
]

CASES = [*DIVERGENCE, *POISSONS, *GAUSSIANS]
