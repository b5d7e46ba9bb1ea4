"""Data sets, the order in which they are gone through, and batches: torch.utils.data's names.

From the same seed the same batches come in the same order as in PyTorch: every sampler and
loader draws as many numbers from the same generator as its twin does.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.utils.data._utils.collate import default_collate, default_convert
from refnet.utils.data._utils.worker import get_worker_info
from refnet.utils.data.dataloader import DataLoader
from refnet.utils.data.dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from refnet.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

__all__ = [
    "BatchSampler",
    "ChainDataset",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "StackDataset",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "WeightedRandomSampler",
    "default_collate",
    "default_convert",
    "get_worker_info",
    "random_split",
]

_mirror(__name__)
