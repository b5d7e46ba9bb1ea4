"""Optimizers: torch.optim's names."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.optim import lr_scheduler as lr_scheduler, surface as surface, swa_utils as swa_utils
from refnet.optim.adadelta import Adadelta as Adadelta
from refnet.optim.adafactor import Adafactor as Adafactor
from refnet.optim.adagrad import Adagrad as Adagrad
from refnet.optim.adam import Adam as Adam, AdamW as AdamW
from refnet.optim.adamax import Adamax as Adamax
from refnet.optim.asgd import ASGD as ASGD
from refnet.optim.lbfgs import LBFGS as LBFGS
from refnet.optim.muon import Muon as Muon
from refnet.optim.nadam import NAdam as NAdam
from refnet.optim.optimizer import Optimizer as Optimizer
from refnet.optim.radam import RAdam as RAdam
from refnet.optim.rmsprop import RMSprop as RMSprop
from refnet.optim.rprop import Rprop as Rprop
from refnet.optim.sgd import SGD as SGD

_mirror(__name__, exports=True)
