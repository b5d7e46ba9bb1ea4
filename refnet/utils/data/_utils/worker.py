"""Workers: what num_workers > 0 means where there is one process.

PyTorch loads batches in processes of their own. What can be seen of them in a program is kept:
each has its own copy of the data set and its own random numbers, with seeds that follow from one
number of the loader's generator; worker w prepares the batches w, w + num_workers, …; and the
numbers of the examples are drawn some batches ahead. Here a worker does its part when its batch
is asked for, so the batches are PyTorch's, and nothing is faster or slower.

The copy of a data set is a shallow one: what a worker assigns to an attribute is its own, what
an attribute holds is shared.
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


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Which worker this is: its number, of how many, its seed, and its copy of the data set."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_worker_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """Which worker of a DataLoader is at work; None outside of one."""
    return _worker_info


class Worker:
    """One worker: its data set, its random numbers, and how far it is.

    Args:
        info: who it is
        base_seed: the seed that all workers of the loader have in common
        init: called once with the worker's number, as the worker
        fetcher: makes the function that fetches a batch, from the data set
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
        """Begin with the data set anew."""
        self.active = True
        with self._at_work():
            self._fetch = self._fetcher(self._info.dataset)

    def fetch(self, index: Any) -> Any:
        """The batch of these numbers. Raises StopIteration at the end of an iterable data set."""
        with self._at_work():
            return self._fetch(index)

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """Be the worker that get_worker_info names, with its own random numbers everywhere."""
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
    """Each goes to where the other's stream stands."""
    a.__dict__, b.__dict__ = b.__dict__, a.__dict__


def _foreign_state() -> tuple[Any, Any]:
    """Where Python's and NumPy's global generators stand: a data set may draw from them."""
    return random.getstate(), np.random.get_state()  # noqa: NPY002 - the global one is meant


def _set_foreign_state(state: tuple[Any, Any]) -> None:
    random.setstate(state[0])
    np.random.set_state(state[1])  # noqa: NPY002 - the global one is meant


def own_copy(dataset: Any) -> Any:
    """The data set of a worker."""
    from refnet.utils.data.dataset import Dataset

    return copy.copy(dataset) if isinstance(dataset, Dataset) else dataset
