"""Optimizers: torch.optim's names."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.optim import lr_scheduler, surface, swa_utils
from refnet.optim.adadelta import Adadelta
from refnet.optim.adafactor import Adafactor
from refnet.optim.adagrad import Adagrad
from refnet.optim.adam import Adam, AdamW
from refnet.optim.adamax import Adamax
from refnet.optim.asgd import ASGD
from refnet.optim.lbfgs import LBFGS
from refnet.optim.muon import Muon
from refnet.optim.nadam import NAdam
from refnet.optim.optimizer import Optimizer
from refnet.optim.radam import RAdam
from refnet.optim.rmsprop import RMSprop
from refnet.optim.rprop import Rprop
from refnet.optim.sgd import SGD

__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Muon",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "lr_scheduler",
    "surface",
    "swa_utils",
]

_mirror(__name__)
