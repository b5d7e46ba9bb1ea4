"""DataLoader: batches of a data set."""

import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

from refnet.compatibility.lookup import mirror as _mirror
from refnet.random.generator import Generator
from refnet.utils.data._utils.collate import default_collate, default_convert
from refnet.utils.data._utils.worker import Worker, WorkerInfo, get_worker_info, own_copy
from refnet.utils.data.dataset import Dataset, IterableDataset, examples
from refnet.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    new_seed,
)

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

T_co = TypeVar("T_co", covariant=True)
_FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class DataLoader(Generic[T_co]):
    """The batches of a data set; `for batch in loader` iterates over all of it once.

    Args:
        dataset: examples by index, or an IterableDataset
        batch_size: the number of examples in a batch; None gives single examples, as they are
        shuffle: whether the order is random, another one in each pass
        sampler: the indices of the examples, in order; excludes shuffle
        batch_sampler: lists of indices, one for each batch; excludes batch_size, shuffle, sampler
            and drop_last
        num_workers: the number of workers, which take turns in this process and give the batches of
            PyTorch's processes (see _utils/worker.py)
        collate_fn: makes a batch from a list of examples; None for default_collate, or for single
            examples default_convert
        pin_memory: has no effect except PyTorch's warning, as there is no other memory
        drop_last: whether to leave out a last batch that is not full
        timeout: has no effect, as workers do not wait
        worker_init_fn: called with the number of each worker before it begins
        multiprocessing_context: is checked and has no effect
        generator: determines the order and the seed of the workers; None for the default generator
        prefetch_factor: the number of batches, for each worker, whose indices are drawn ahead
        persistent_workers: whether workers, with their random numbers, remain for the next pass
        pin_memory_device: has no effect
        in_order: has no effect

    Raises:
        ValueError: for arguments that exclude each other, and for negative numbers
        TypeError: for a multiprocessing_context that is neither a context nor a name
        AssertionError: when it is iterated, for a timeout without workers, and for workers with
            prefetch_factor=0

    Source:
        https://docs.pytorch.org/docs/stable/data.html

    Example:
        >>> loader = refnet.utils.data.DataLoader([0, 1, 2, 3, 4], batch_size=2)
        >>> list(loader)
        [tensor([0, 1]), tensor([2, 3]), tensor([4])]
    """

    _initialized = False

    def __init__(
        self,
        dataset: Dataset[T_co] | Sequence[T_co],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ValueError(f"DataLoader(): expected num_workers ≥ 0, got {num_workers}")
        if timeout < 0:
            raise ValueError(f"DataLoader(): expected timeout ≥ 0, got {timeout}")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError("DataLoader(): expected num_workers > 0 with prefetch_factor, got 0")
        if num_workers == 0 and persistent_workers:
            raise ValueError(
                "DataLoader(): expected num_workers > 0 with persistent_workers, got 0"
            )
        if prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError(f"DataLoader(): expected prefetch_factor ≥ 0, got {prefetch_factor}")
        self.dataset = cast(Any, dataset)  # the sampler checks that it has a length
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.in_order = in_order
        self.generator = generator
        self.persistent_workers = persistent_workers
        self._iterable = isinstance(dataset, IterableDataset)
        self._check_order(shuffle, sampler, batch_sampler, batch_size, drop_last)
        if sampler is None:
            if self._iterable:
                sampler = _Endless()
            elif shuffle:
                sampler = RandomSampler(self.dataset, generator=generator)
            else:
                sampler = SequentialSampler(self.dataset)
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate
        self.collate_fn = collate_fn
        self._promised: int | None = None  # the length that an iterable data set has stated
        self._iterator: _InTurns | None = None
        self._initialized = True

    def _check_order(
        self, shuffle: Any, sampler: Any, batch_sampler: Any, batch_size: Any, drop_last: bool
    ) -> None:
        """Raises ValueError for arguments that exclude each other."""
        if self._iterable:
            for name, value in (
                ("shuffle", shuffle or None),
                ("sampler", sampler),
                ("batch_sampler", batch_sampler),
            ):
                if value is not None:
                    raise ValueError(
                        f"DataLoader(): expected no {name} with an IterableDataset, got {value}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("DataLoader(): expected sampler or shuffle, got both")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "DataLoader(): expected batch_sampler without batch_size, shuffle, sampler "
                    "and drop_last"
                )
        elif batch_size is None and drop_last:
            raise ValueError(
                "DataLoader(): batch_size=None makes no batches and excludes drop_last"
            )

    @property
    def multiprocessing_context(self) -> Any:
        """The way in which PyTorch would start the workers."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        if context is not None:
            import multiprocessing

            if self.num_workers == 0:
                raise ValueError(
                    "DataLoader(): expected num_workers > 0 with multiprocessing_context, got 0"
                )
            if isinstance(context, str):
                methods = multiprocessing.get_all_start_methods()
                if context not in methods:
                    raise ValueError(
                        f"multiprocessing_context: expected one of {methods}, got {context!r}"
                    )
                context = multiprocessing.get_context(context)
            if not isinstance(context, multiprocessing.context.BaseContext):
                raise TypeError(
                    f"multiprocessing_context: expected a context or its name, got {context!r}"
                )
        self._context = context

    def __setattr__(self, name: str, value: Any) -> None:
        if self._initialized and name in _FIXED:
            raise ValueError(
                f"{name} of a {type(self).__name__} cannot be changed after its construction"
            )
        super().__setattr__(name, value)

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        """The sampler whose items are the indices of one call of the fetching function."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __iter__(self) -> Iterator[Any]:
        if not self.num_workers:
            return _Alone(self)
        if not self.persistent_workers:
            return _InTurns(self)
        if self._iterator is None:
            self._iterator = _InTurns(self)
        else:
            self._iterator.restart()
        return self._iterator

    def __len__(self) -> int:
        """Returns the number of batches.

        Raises:
            TypeError: for a data set or sampler without a length
        """
        if not self._iterable:
            return len(self._index_sampler)
        n = self._promised = len(self.dataset)
        if self.batch_size is None:
            return n
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)

    # --- one batch -------------------------------------------------------------------------------

    def _fetcher(self, dataset: Any) -> Callable[[Any], Any]:
        """Returns the function that makes a batch of the data set's examples at some indices."""
        if self._iterable:
            return self._stream_fetcher(iter(dataset))
        if self._auto_collation:
            return lambda numbers: self.collate_fn(examples(dataset, numbers))
        return lambda number: self.collate_fn(dataset[number])

    def _stream_fetcher(self, rest: Iterator[Any]) -> Callable[[Any], Any]:
        """Returns the function that makes a batch of the next examples; it raises StopIteration."""
        if not self._auto_collation:
            return lambda _: self.collate_fn(next(rest))
        ended = False

        def fetch(numbers: list[None]) -> Any:
            nonlocal ended
            batch = [] if ended else [example for _, example in zip(numbers, rest, strict=False)]
            ended = len(batch) < len(numbers)
            if not batch or (ended and self.drop_last):
                raise StopIteration
            return self.collate_fn(batch)

        return fetch


class _Endless(Sampler[None]):
    """An endless sampler of None, for data sets that determine the next example themselves."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


class _Pass:
    """One pass over a DataLoader."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        if loader.pin_memory:
            if loader.pin_memory_device:
                warnings.warn(
                    "pin_memory_device is deprecated, the current accelerator will be used as the "
                    f"device,ignore pin_memory_device='{loader.pin_memory_device}'.",
                    stacklevel=3,
                )
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device "
                "pinned memory won't be used.",
                stacklevel=3,
            )
        self._loader = loader
        self._begin()  # before the seed, since a sampler may draw when its iterator is created
        self._base_seed = new_seed(loader.generator)

    def _begin(self) -> None:
        self._numbers = iter(self._loader._index_sampler)
        self._promised = self._loader._promised
        self._given = 0

    def _batch(self) -> Any:
        raise NotImplementedError

    def __iter__(self) -> Iterator[Any]:
        return self

    def __len__(self) -> int:
        return len(self._loader._index_sampler)

    def __next__(self) -> Any:
        batch = self._batch()
        self._given += 1
        if self._promised is not None and self._given > self._promised:
            warnings.warn(
                f"Length of IterableDataset {self._loader.dataset} was reported to be "
                f"{self._promised}(when accessing len(dataloader)), but {self._given} samples "
                "have been fetched. ",
                stacklevel=2,
            )
        return batch


class _Alone(_Pass):
    """A pass without workers."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(loader)
        if loader.timeout:
            raise AssertionError(
                f"DataLoader(): expected num_workers > 0 with timeout={loader.timeout}, got 0"
            )
        self._fetch = loader._fetcher(loader.dataset)

    def _batch(self) -> Any:
        return self._fetch(next(self._numbers))


class _InTurns(_Pass):
    """A pass in which workers take turns; the indices are drawn some batches ahead."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(loader)
        if not loader.prefetch_factor:
            raise AssertionError("DataLoader(): expected prefetch_factor > 0 with workers, got 0")
        self._workers = [
            Worker(
                WorkerInfo(i, loader.num_workers, self._base_seed + i, own_copy(loader.dataset)),
                self._base_seed,
                loader.worker_init_fn,
                loader._fetcher,
            )
            for i in range(loader.num_workers)
        ]
        self._plan()

    def restart(self) -> None:
        """Begins the next pass."""
        for worker in self._workers:
            worker.restart()
        self._plan()

    def _plan(self) -> None:
        self._begin()  # for the second time in the first pass, which a sampler may notice
        self._tasks: deque[tuple[Worker, Any]] = deque()
        self._turn = 0
        for _ in range((self._loader.prefetch_factor or 0) * len(self._workers)):
            self._add_task()

    def _add_task(self) -> None:
        """Draws the indices of one more batch, for the next worker that has not ended."""
        for numbers in self._numbers:
            for _ in self._workers:
                worker = self._workers[self._turn % len(self._workers)]
                self._turn += 1
                if worker.active:
                    self._tasks.append((worker, numbers))
                    return
            return

    def _batch(self) -> Any:
        while self._tasks:
            worker, numbers = self._tasks.popleft()
            if not worker.active:
                continue
            try:
                return worker.fetch(numbers)
            except StopIteration:
                if not self._loader._iterable:
                    raise
                worker.active = False
            finally:
                self._add_task()
        raise StopIteration


_mirror(__name__)
