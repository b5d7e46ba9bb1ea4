"""Optimizers: torch.optim's names."""

from refnet.optim.optimizer import Optimizer
from refnet.optim.sgd import SGD

__all__ = ["SGD", "Optimizer"]
