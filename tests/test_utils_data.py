"""Batches without PyTorch: the orders that PyTorch 2.13 gives, written down, and the workers."""

import random
from typing import Any

import numpy as np

import refnet
from refnet.utils.data import DataLoader, Dataset, get_worker_info, random_split


def test_the_order_is_pytorchs() -> None:
    loader = DataLoader(range(10), 4, shuffle=True)
    assert [batch.tolist() for batch in loader] == [[6, 7, 1, 4], [2, 0, 9, 8], [3, 5]]
    assert [batch.tolist() for batch in loader] == [[2, 4, 7, 0], [8, 9, 5, 3], [6, 1]]
    halves = random_split(range(7), [0.5, 0.5], refnet.Generator().manual_seed(0))
    assert [part.indices for part in halves] == [[4, 0, 5, 3], [2, 6, 1]]


class Drawing(Dataset[Any]):
    """Each example draws from refnet's, Python's and NumPy's generators."""

    def __len__(self) -> int:
        return 6

    def __getitem__(self, i: int) -> Any:
        info = get_worker_info()
        assert info is not None
        self.last = i
        return info.id, float(refnet.rand(1)), random.random(), float(np.random.rand())  # noqa: NPY002


def test_workers_leave_no_trace() -> None:
    """They draw from streams of their own, and each has its own copy of the data set."""
    dataset = Drawing()
    iterator = iter(DataLoader(dataset, 1, num_workers=2))
    before = refnet.get_rng_state().tolist(), random.getstate(), str(np.random.get_state())  # noqa: NPY002
    batches = [[float(x) for x in batch] for batch in iterator]
    after = refnet.get_rng_state().tolist(), random.getstate(), str(np.random.get_state())  # noqa: NPY002
    assert before == after
    assert [batch[0] for batch in batches] == [0, 1, 0, 1, 0, 1]
    assert len({x for batch in batches for x in batch[1:]}) == 18
    assert get_worker_info() is None
    assert not hasattr(dataset, "last")
