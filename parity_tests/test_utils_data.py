"""Batches from the same seed are PyTorch's, also those of its worker processes.

The same program runs on both libraries. With num_workers PyTorch starts processes and refnet does
not; the batches, the numbers that each worker and the main process draw, and the copies of the data
set are the same.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import refnet
from parity_tests.outcomes import assert_same_result, outcome

Program = Callable[[Any], Any]


def noisy(m: Any) -> Any:
    """A data set that draws from all generators, and counts its calls."""

    class Noisy(m.utils.data.Dataset):
        count = 0

        def __len__(self) -> int:
            return 11

        def __getitem__(self, i: int) -> Any:
            self.count += 1
            info = m.utils.data.get_worker_info()
            who = (-1, 0, 0) if info is None else (info.id, info.num_workers, info.seed % 1000)
            return i, self.count, who, m.rand(2), random.random(), np.random.rand()  # noqa: NPY002

    return Noisy()


def drawn(m: Any) -> Any:
    """One more number from each generator of the main process."""
    return m.rand(1), random.random(), np.random.rand()  # noqa: NPY002


def passes(m: Any, dataset: Any, times: int = 2, **options: Any) -> Any:
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    loader = m.utils.data.DataLoader(dataset, **options)
    return [(list(loader), drawn(m), getattr(dataset, "count", None)) for _ in range(times)]


def eager(m: Any, n: int) -> Any:
    """A sampler that draws all numbers when iter() is called."""

    class Eager(m.utils.data.Sampler):
        def __iter__(self) -> Iterator[int]:
            return iter(m.randperm(n).tolist())

    return Eager()


def lazy(m: Any, n: int) -> Any:
    """A sampler that draws number by number."""

    class Lazy(m.utils.data.Sampler):
        def __iter__(self) -> Iterator[int]:
            for _ in range(n):
                yield int(m.randint(0, n, ()))

    return Lazy()


def shared_stream(m: Any, lengths: list[int]) -> Any:
    """An iterable data set; each worker yields its part, of the given length."""

    class Shared(m.utils.data.IterableDataset):
        start = 0

        def __iter__(self) -> Iterator[Any]:
            info = m.utils.data.get_worker_info()
            which = 0 if info is None else info.id
            for i in range(lengths[which]):
                yield self.start + 100 * which + i, m.rand(())

    return Shared()


def begin(m: Any) -> Callable[[int], None]:
    """The worker_init_fn of the documentation: it changes the worker's copy of the data set."""

    def init(worker: int) -> None:
        m.utils.data.get_worker_info().dataset.start = 1000 * worker + int(m.randint(0, 50, ()))

    return init


def interrupted(m: Any, **options: Any) -> Any:
    """A pass that is stopped in the middle, and another one."""
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    it = iter(m.utils.data.DataLoader(noisy(m), 2, shuffle=True, **options))
    return next(it), next(it), drawn_between(m, it), list(m.utils.data.DataLoader(range(4), 2))


def drawn_between(m: Any, it: Iterator[Any]) -> Any:
    return m.rand(1), next(it), m.rand(1)


def broken(m: Any) -> Any:
    """A pass in which one example raises an error."""

    class Broken(m.utils.data.Dataset):
        def __len__(self) -> int:
            return 6

        def __getitem__(self, i: int) -> int:
            if i == 3:
                raise KeyError("three")
            return i

    found, it = [], iter(m.utils.data.DataLoader(Broken(), 2, num_workers=2))
    for _ in range(4):
        try:
            found.append(next(it, "end"))
        except KeyError as error:
            found.append(type(error).__name__)
    return found


PROGRAMS: dict[str, Program] = {
    **{
        f"{n} workers, {options}": lambda m, n=n, options=options: passes(
            m, noisy(m), num_workers=n, **{"batch_size": 2, **options}
        )
        for n in (0, 1, 2, 3)
        for options in ({"shuffle": True}, {"drop_last": True}, {"batch_size": None})
    },
    "persistent": lambda m: passes(
        m, noisy(m), 3, shuffle=True, num_workers=2, persistent_workers=True, batch_size=3
    ),
    "persistent stream": lambda m: passes(
        m, shared_stream(m, [5, 5]), 3, num_workers=2, persistent_workers=True, batch_size=2
    ),
    "own generator": lambda m: passes(
        m, noisy(m), shuffle=True, num_workers=2, generator=m.Generator().manual_seed(9)
    ),
    "init": lambda m: passes(
        m, shared_stream(m, [4, 4]), num_workers=2, worker_init_fn=begin(m), batch_size=3
    ),
    "a stream in unequal parts": lambda m: passes(
        m, shared_stream(m, [2, 5]), num_workers=2, batch_size=2, prefetch_factor=1
    ),
    "a stream, twice": lambda m: passes(m, stream_of(m, 5), num_workers=2, batch_size=2),
    "interrupted": interrupted,
    "interrupted, with workers": lambda m: interrupted(m, num_workers=2),
    "an eager sampler": lambda m: passes(m, noisy(m), sampler=eager(m, 11)),
    "an eager sampler, workers": lambda m: passes(m, noisy(m), sampler=eager(m, 11), num_workers=2),
    "a lazy sampler": lambda m: passes(m, noisy(m), sampler=lazy(m, 11)),
    "a lazy sampler, workers": lambda m: passes(
        m, noisy(m), sampler=lazy(m, 11), num_workers=2, prefetch_factor=1
    ),
    "weights, workers": lambda m: passes(
        m, noisy(m), sampler=m.utils.data.WeightedRandomSampler([1.0] * 11, 9), num_workers=2
    ),
    "an error": broken,
    "a context": lambda m: m.utils.data.DataLoader(
        range(3), num_workers=1, multiprocessing_context="fork"
    ).multiprocessing_context.get_start_method(),
    "own collate": lambda m: own_collate(m),
    "own Subset": lambda m: own_subset(m),
    "a list of indices": lambda m: m.utils.data.Subset(m.arange(5), [3, 1, 2])[[0, 2]],
    "no length": lambda m: [outcome(f, m)[0] for f in lengths(m)],
    "generic": lambda m: len([m.utils.data.Dataset[int], m.utils.data.Sampler[int]]),
    "datasets that fetch many at once": lambda m: many(m),
    "another number of examples than promised": lambda m: promised(m),
    "a new entry of the table": lambda m: new_entry(m),
}


def stream_of(m: Any, n: int) -> Any:
    class Stream(m.utils.data.IterableDataset):
        def __iter__(self) -> Iterator[int]:
            return iter(range(n))

    return Stream()


def lengths(m: Any) -> list[Program]:
    data = m.utils.data
    return [lambda m: len(data.Dataset()), lambda m: len(data.Sampler())]


def own_collate(m: Any) -> Any:
    def collate(rows: list[Any]) -> Any:
        xs, ys = zip(*rows, strict=True)
        return m.nn.utils.rnn.pad_sequence(xs, batch_first=True), m.tensor(ys)

    rows = [(m.ones(n), n) for n in (3, 1, 2, 4)]
    return list(m.utils.data.DataLoader(rows, 2, shuffle=True, collate_fn=collate))


def own_subset(m: Any) -> Any:
    class Doubled(m.utils.data.Subset):
        def __getitem__(self, i: int) -> Any:
            return 2 * super().__getitem__(i)

    return outcome(lambda m: Doubled([1, 2, 3], [0, 2]), m)[0]


def many(m: Any) -> Any:
    log = []

    class Many(m.utils.data.Dataset):
        def __len__(self) -> int:
            return 5

        def __getitems__(self, indices: list[int]) -> list[int]:
            log.append(list(indices))
            return [10 * i for i in indices][: 2 if len(indices) == 4 else None]

    subset = m.utils.data.Subset(Many(), [4, 0, 2])
    pairs = m.utils.data.StackDataset(Many(), range(5))
    named = m.utils.data.StackDataset(a=Many())
    loads = [list(m.utils.data.DataLoader(d, 2)) for d in (subset, pairs, named)]
    return loads, log, outcome(lambda m: pairs.__getitems__([0, 1, 2, 3]), m)[0]


def promised(m: Any) -> Any:
    dataset = stream_of(m, 3)
    type(dataset).__len__ = lambda self: 1
    type(dataset).__repr__ = lambda self: "Stream"
    loader = m.utils.data.DataLoader(dataset)
    first = list(loader)
    len(loader)
    with pytest.warns(UserWarning, match="Length of IterableDataset Stream was reported to be 1"):
        return first, list(loader)


def new_entry(m: Any) -> Any:
    from importlib import import_module

    collate = import_module(f"{m.__name__}.utils.data._utils.collate")
    table = {**collate.default_collate_fn_map, complex: lambda batch, *, collate_fn_map: len(batch)}
    return collate.collate([(1, 2j), (3, 4j)], collate_fn_map=table)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.filterwarnings("ignore:This DataLoader will create")
def test_same_result(name: str) -> None:
    assert_same_result(PROGRAMS[name])


def test_what_has_no_twin() -> None:
    with pytest.raises(AttributeError, match="one process"):
        refnet.utils.data.DistributedSampler  # noqa: B018
