"""Workers: the meaning of num_workers > 0 in one process.

PyTorch loads batches in other processes. refnet keeps all that a program can observe: each worker
has its own copy of the data set and its own random numbers, with seeds that depend on one number of
the loader's generator; worker w prepares the batches w, w + num_workers, …; and the indices of the
examples are drawn some batches ahead. A worker of refnet runs when its batch is requested, so the
batches are PyTorch's, and nothing is faster or slower.

The copy of a data set is shallow: attributes that a worker assigns are its own, their values are
shared.
"""

import contextlib
import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from refnet.random import default_generator
from refnet.random.generator import Generator
from refnet.utils.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Information about a worker.

    Attributes:
        id: its number
        num_workers: the number of workers
        seed: its seed
        dataset: its copy of the data set
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any


_worker_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """Returns information about the running worker of a DataLoader; None outside of one.

    Source:
        torch.utils.data.get_worker_info
    """
    return _worker_info


class Worker:
    """One worker: its data set, its random numbers and its progress.

    Args:
        info: the worker's number, seed and data set
        base_seed: the common seed of all workers of the loader
        init: called once in the worker with the worker's number
        fetcher: returns the function that fetches a batch of a data set
    """

    def __init__(
        self,
        info: WorkerInfo,
        base_seed: int,
        init: Callable[[int], Any] | None,
        fetcher: Callable[[Any], Callable[[Any], Any]],
    ) -> None:
        self._info = info
        self._fetcher = fetcher
        self._generator = Generator().manual_seed(info.seed)
        entropy = [info.id, base_seed % 2**32, base_seed >> 32, 0]
        numpy = np.random.RandomState(np.random.SeedSequence(entropy).generate_state(4))
        self._foreign = random.Random(info.seed).getstate(), numpy.get_state()
        with self._at_work():
            if init is not None:
                init(info.id)
        self.restart()

    def restart(self) -> None:
        """Begins a new pass over the data set."""
        self.active = True
        with self._at_work():
            self._fetch = self._fetcher(self._info.dataset)

    def fetch(self, index: Any) -> Any:
        """Returns the batch of these indices; raises StopIteration at the end of the data set."""
        with self._at_work():
            return self._fetch(index)

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """Makes this worker the current one, with its own random numbers everywhere."""
        global _worker_info
        outside, foreign = _worker_info, _foreign_state()
        _worker_info = self._info
        _exchange(default_generator, self._generator)
        _set_foreign_state(self._foreign)
        try:
            yield
        finally:
            self._foreign = _foreign_state()
            _worker_info = outside
            _exchange(default_generator, self._generator)
            _set_foreign_state(foreign)


def _exchange(a: Generator, b: Generator) -> None:
    """Exchanges the states of two generators."""
    a.__dict__, b.__dict__ = b.__dict__, a.__dict__


def _foreign_state() -> tuple[Any, Any]:
    """Returns the states of Python's and NumPy's global generators, which a data set may use."""
    return random.getstate(), np.random.get_state()  # noqa: NPY002 - the global one is meant


def _set_foreign_state(state: tuple[Any, Any]) -> None:
    random.setstate(state[0])
    np.random.set_state(state[1])  # noqa: NPY002 - the global one is meant


def own_copy(dataset: Any) -> Any:
    """Returns a worker's copy of the data set."""
    return copy.copy(dataset) if isinstance(dataset, Dataset) else dataset
