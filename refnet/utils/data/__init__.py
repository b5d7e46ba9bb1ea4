"""Data sets, samplers and batches: torch.utils.data's names.

The same seed gives the same batches in the same order as in PyTorch: every sampler and loader draws
the same numbers from the same generator.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.utils.data._utils.collate import (
    default_collate as default_collate,
    default_convert as default_convert,
)
from refnet.utils.data._utils.worker import get_worker_info as get_worker_info
from refnet.utils.data.dataloader import DataLoader as DataLoader
from refnet.utils.data.dataset import (
    ChainDataset as ChainDataset,
    ConcatDataset as ConcatDataset,
    Dataset as Dataset,
    IterableDataset as IterableDataset,
    StackDataset as StackDataset,
    Subset as Subset,
    TensorDataset as TensorDataset,
    random_split as random_split,
)
from refnet.utils.data.sampler import (
    BatchSampler as BatchSampler,
    RandomSampler as RandomSampler,
    Sampler as Sampler,
    SequentialSampler as SequentialSampler,
    SubsetRandomSampler as SubsetRandomSampler,
    WeightedRandomSampler as WeightedRandomSampler,
)

_mirror(__name__, exports=True)
