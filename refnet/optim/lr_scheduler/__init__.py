"""Schedules of the learning rate: torch.optim.lr_scheduler's names.

A scheduler is constructed after its optimizer. It changes the "lr" of the optimizer's groups at
each step():

    for epoch in range(epochs):
        train(...)              # calls optimizer.step()
        scheduler.step()

In the docstrings, t is the number of steps of the scheduler, ηₜ the learning rate after t steps,
and η₀ the initial learning rate of the optimizer. Several schedulers can act on one optimizer if
they compute ηₜ from ηₜ₋₁: each one starts from the rates that the previous one has set.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.optim.lr_scheduler.base import (
    EPOCH_DEPRECATION_WARNING as EPOCH_DEPRECATION_WARNING,
    LRScheduler as LRScheduler,
    _LRScheduler as _LRScheduler,
)
from refnet.optim.lr_scheduler.combined import (
    ChainedScheduler as ChainedScheduler,
    SequentialLR as SequentialLR,
)
from refnet.optim.lr_scheduler.cosine import (
    CosineAnnealingLR as CosineAnnealingLR,
    CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts,
)
from refnet.optim.lr_scheduler.cyclic import CyclicLR as CyclicLR
from refnet.optim.lr_scheduler.decay import (
    ExponentialLR as ExponentialLR,
    MultiStepLR as MultiStepLR,
    PolynomialLR as PolynomialLR,
    StepLR as StepLR,
)
from refnet.optim.lr_scheduler.function import (
    LambdaLR as LambdaLR,
    MultiplicativeLR as MultiplicativeLR,
)
from refnet.optim.lr_scheduler.one_cycle import OneCycleLR as OneCycleLR
from refnet.optim.lr_scheduler.plateau import ReduceLROnPlateau as ReduceLROnPlateau
from refnet.optim.lr_scheduler.warmup import ConstantLR as ConstantLR, LinearLR as LinearLR

_mirror(__name__, exports=True)
