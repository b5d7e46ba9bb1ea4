"""Data sets, samplers and batches: torch.utils.data's names.

The same seed gives the same batches in the same order as in PyTorch: every sampler and loader draws
the same numbers from the same generator.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.utils.data._utils.collate import *
from refnet.utils.data._utils.worker import get_worker_info as get_worker_info
from refnet.utils.data.dataloader import DataLoader as DataLoader
from refnet.utils.data.dataset import *
from refnet.utils.data.sampler import *

_mirror(__name__, exports=True)
