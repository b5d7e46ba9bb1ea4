"""utils.data: data sets, samplers and batches, one line a case.

Every case that draws also gives the state of the default generator, so that a number drawn too
many or too few shows. test_data.py has what takes more than a line.
"""

from collections import UserList, namedtuple
from types import MappingProxyType
from typing import Any

import numpy as np

from parity_tests.cases import case, ints, raises, randn

Pair = namedtuple("Pair", "x y")


class Counting:
    """A data set of n examples that does not derive from Dataset."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: int) -> int:
        if not 0 <= i < self.n:
            raise IndexError(i)
        return i


def tensors(m: Any, x: Any, n: int | None = None) -> Any:
    """A TensorDataset of x and the numbers of its rows."""
    return m.utils.data.TensorDataset(x, m.arange(len(x) if n is None else n))


def stream(m: Any, n: int, length: int | None = None) -> Any:
    """An IterableDataset of the numbers below n, whose len() is `length`."""

    class Stream(m.utils.data.IterableDataset):
        def __iter__(self) -> Any:
            return iter(range(n))

    if length is not None:
        Stream.__len__ = lambda self: length
    return Stream()


def twice(m: Any, loader: Any) -> Any:
    """Two passes, and the default generator's state after each."""
    return [(list(loader), m.get_rng_state()) for _ in range(2)]


def load(m: Any, dataset: Any, *args: Any, **options: Any) -> Any:
    return twice(m, m.utils.data.DataLoader(dataset, *args, **options))


def seeded(m: Any, seed: int = 3) -> Any:
    return m.Generator().manual_seed(seed)


DATASETS = [
    raises("utils.data.Dataset", lambda m: m.utils.data.Dataset()[0]),
    raises("utils.data.Dataset", lambda m: m.utils.data.Dataset() + m.utils.data.Dataset()),
    case("utils.data.IterableDataset", lambda m: list(stream(m, 2) + stream(m, 3))),
    raises("utils.data.IterableDataset", lambda m: stream(m, 2)[0]),
    case(
        "utils.data.TensorDataset",
        lambda m, x, y: m.utils.data.TensorDataset(x, y)[1],
        randn(3, 2),
        randn(3),
    ),
    case(
        "utils.data.TensorDataset",
        lambda m, x, y: (lambda d: (d[-1], d[m.tensor([2, 0])], d[:2], len(d)))(
            m.utils.data.TensorDataset(x, y)
        ),
        randn(3, 2),
        ints(3, 1),
    ),
    raises(
        "utils.data.TensorDataset",
        lambda m, x, y: m.utils.data.TensorDataset(x, y),
        randn(3),
        randn(2),
    ),
    raises("utils.data.TensorDataset", lambda m: len(m.utils.data.TensorDataset())),
    raises("utils.data.TensorDataset", lambda m, x: m.utils.data.TensorDataset(x), randn()),
    raises("utils.data.TensorDataset", lambda m, x: m.utils.data.TensorDataset(x)[3], randn(3)),
    case(
        "utils.data.StackDataset",
        lambda m, x: (lambda d: (d[1], d.__getitems__([0, 2]), len(d)))(
            m.utils.data.StackDataset(tensors(m, x), Counting(3))
        ),
        randn(3, 2),
    ),
    case(
        "utils.data.StackDataset",
        lambda m, x: (lambda d: (d[1], d.__getitems__([0, 2])))(
            m.utils.data.StackDataset(a=m.utils.data.Subset(x, [2, 1, 0]), b=Counting(3))
        ),
        randn(3, 2),
    ),
    raises("utils.data.StackDataset", lambda m: m.utils.data.StackDataset()),
    raises("utils.data.StackDataset", lambda m: m.utils.data.StackDataset([1], a=[1])),
    raises("utils.data.StackDataset", lambda m: m.utils.data.StackDataset([1], [1, 2])),
    raises("utils.data.StackDataset", lambda m: m.utils.data.StackDataset(a=[1], b=[1, 2])),
    case(
        "utils.data.ConcatDataset",
        lambda m, x: (lambda d: ([d[i] for i in (0, 2, 3, 4, -1, -5)], len(d), d.cumulative_sizes))(
            tensors(m, x) + [7, 8]
        ),
        randn(3),
    ),
    case(
        "utils.data.ConcatDataset", lambda m: m.utils.data.ConcatDataset(iter([[1], [], [2, 3]]))[1]
    ),
    case(
        "utils.data.ConcatDataset",
        lambda m: m.utils.data.ConcatDataset([[1], [2, 3]]).cummulative_sizes,
    ),
    case(
        "utils.data.ConcatDataset",
        lambda m: m.utils.data.ConcatDataset([[1]]).cumsum([[1], [2, 3]]),
    ),
    raises("utils.data.ConcatDataset", lambda m: m.utils.data.ConcatDataset([])),
    raises("utils.data.ConcatDataset", lambda m: m.utils.data.ConcatDataset([stream(m, 2)])),
    raises("utils.data.ConcatDataset", lambda m: m.utils.data.ConcatDataset([[1, 2]])[-3]),
    raises("utils.data.ConcatDataset", lambda m: m.utils.data.ConcatDataset([[1, 2]])[2]),
    case(
        "utils.data.ChainDataset",
        lambda m: list(m.utils.data.ChainDataset([stream(m, 2), stream(m, 3)])),
    ),
    case(
        "utils.data.ChainDataset",
        lambda m: len(m.utils.data.ChainDataset([stream(m, 2, 2), stream(m, 3, 3)])),
    ),
    raises("utils.data.ChainDataset", lambda m: list(m.utils.data.ChainDataset([[1]]))),
    raises("utils.data.ChainDataset", lambda m: len(m.utils.data.ChainDataset([[1]]))),
    raises("utils.data.ChainDataset", lambda m: len(m.utils.data.ChainDataset([stream(m, 2)]))),
    case(
        "utils.data.Subset",
        lambda m, x: (lambda d: (d[1], d[[0, 1]], d.__getitems__([1, 0]), len(d)))(
            m.utils.data.Subset(x, [2, 0])
        ),
        randn(3, 2),
    ),
    raises("utils.data.Subset", lambda m: m.utils.data.Subset([1, 2], [1])[1]),
    case(
        "utils.data.random_split",
        lambda m: (
            [list(part.indices) for part in m.utils.data.random_split(Counting(10), [3, 7])],
            m.get_rng_state(),
        ),
    ),
    case(
        "utils.data.random_split",
        lambda m: [
            list(part)
            for part in m.utils.data.random_split(Counting(11), [0.3, 0.3, 0.4], seeded(m))
        ],
    ),
    case(
        "utils.data.random_split",
        lambda m: [
            list(part)
            for part in m.utils.data.random_split(Counting(4), (0.9, 0.05, 0.05), generator=None)
        ],
    ),
    case(
        "utils.data.random_split", lambda m: [list(p) for p in m.utils.data.random_split([5], [1])]
    ),
    raises("utils.data.random_split", lambda m: m.utils.data.random_split(Counting(10), [3, 6])),
    raises(
        "utils.data.random_split", lambda m: m.utils.data.random_split(Counting(10), [0.5, 0.4])
    ),
    raises(
        "utils.data.random_split", lambda m: m.utils.data.random_split(Counting(10), [1.5, -0.5])
    ),
]

SAMPLERS = [
    raises("utils.data.Sampler", lambda m: iter(m.utils.data.Sampler())),
    case(
        "utils.data.SequentialSampler",
        lambda m: (
            list(m.utils.data.SequentialSampler("abc")),
            len(m.utils.data.SequentialSampler("ab")),
        ),
    ),
    case("utils.data.RandomSampler", lambda m: twice(m, m.utils.data.RandomSampler(range(7)))),
    case(
        "utils.data.RandomSampler",
        lambda m: twice(m, m.utils.data.RandomSampler(range(7), generator=seeded(m))),
    ),
    case(
        "utils.data.RandomSampler",
        lambda m: twice(m, m.utils.data.RandomSampler(range(7), num_samples=17)),
    ),
    case(
        "utils.data.RandomSampler",
        lambda m: twice(
            m, m.utils.data.RandomSampler(range(7), num_samples=3, generator=seeded(m))
        ),
    ),
    case(
        "utils.data.RandomSampler",
        lambda m: twice(m, m.utils.data.RandomSampler(range(7), True, 70, seeded(m))),
    ),
    case(
        "utils.data.RandomSampler",
        lambda m: twice(m, m.utils.data.RandomSampler(range(7), True, 64)),
    ),
    case(
        "utils.data.RandomSampler",
        lambda m: len(m.utils.data.RandomSampler(range(7), num_samples=3)),
    ),
    case(
        "utils.data.RandomSampler",
        lambda m: twice(m, m.utils.data.RandomSampler(range(7), generator=m.default_generator)),
    ),
    raises("utils.data.RandomSampler", lambda m: m.utils.data.RandomSampler([])),
    raises("utils.data.RandomSampler", lambda m: m.utils.data.RandomSampler([1], replacement=1)),
    raises("utils.data.RandomSampler", lambda m: m.utils.data.RandomSampler([1], num_samples=-1)),
    raises("utils.data.RandomSampler", lambda m: m.utils.data.RandomSampler([1], num_samples=2.0)),
    raises(
        "utils.data.RandomSampler", lambda m: list(m.utils.data.RandomSampler([], num_samples=2))
    ),
    raises("utils.data.RandomSampler", lambda m: list(m.utils.data.RandomSampler([], True, 2))),
    case(
        "utils.data.SubsetRandomSampler",
        lambda m: twice(m, m.utils.data.SubsetRandomSampler([4, 9, 2, 2])),
    ),
    case(
        "utils.data.SubsetRandomSampler",
        lambda m: (
            list(m.utils.data.SubsetRandomSampler("abcdef", seeded(m))),
            len(m.utils.data.SubsetRandomSampler([])),
        ),
    ),
    case(
        "utils.data.WeightedRandomSampler",
        lambda m: twice(m, m.utils.data.WeightedRandomSampler([0.1, 0.9, 0.0, 3.0], 50)),
    ),
    case(
        "utils.data.WeightedRandomSampler",
        lambda m: twice(
            m, m.utils.data.WeightedRandomSampler([0.1, 0.9, 0.4, 3.0], 4, replacement=False)
        ),
    ),
    case(
        "utils.data.WeightedRandomSampler",
        lambda m: list(m.utils.data.WeightedRandomSampler(np.arange(9), 5, False, seeded(m))),
    ),
    case(
        "utils.data.WeightedRandomSampler",
        lambda m, w: (lambda s: (list(s), len(s), s.weights))(
            m.utils.data.WeightedRandomSampler(w.detach() ** 2, 1, True, seeded(m))
        ),
        randn(6),
    ),
    raises(
        "utils.data.WeightedRandomSampler", lambda m: m.utils.data.WeightedRandomSampler([1.0], 0)
    ),
    raises(
        "utils.data.WeightedRandomSampler",
        lambda m: m.utils.data.WeightedRandomSampler([1.0], True),
    ),
    raises(
        "utils.data.WeightedRandomSampler",
        lambda m: m.utils.data.WeightedRandomSampler([1.0], 1, replacement=0),
    ),
    raises(
        "utils.data.WeightedRandomSampler", lambda m: m.utils.data.WeightedRandomSampler([[1.0]], 1)
    ),
    raises(
        "utils.data.WeightedRandomSampler",
        lambda m: list(m.utils.data.WeightedRandomSampler([1.0], 2, False)),
    ),
    raises(
        "utils.data.WeightedRandomSampler",
        lambda m: list(m.utils.data.WeightedRandomSampler([1.0, -1.0], 2)),
    ),
    raises(
        "utils.data.WeightedRandomSampler",
        lambda m: list(m.utils.data.WeightedRandomSampler([0.0, 0.0], 2)),
    ),
    case(
        "utils.data.BatchSampler",
        lambda m: (lambda s: (list(s), len(s)))(m.utils.data.BatchSampler(range(10), 4, False)),
    ),
    case(
        "utils.data.BatchSampler",
        lambda m: (lambda s: (list(s), len(s)))(m.utils.data.BatchSampler(range(10), 4, True)),
    ),
    case(
        "utils.data.BatchSampler",
        lambda m: (lambda s: (list(s), len(s)))(m.utils.data.BatchSampler(range(8), 4, True)),
    ),
    case(
        "utils.data.BatchSampler",
        lambda m: (lambda s: (list(s), len(s)))(m.utils.data.BatchSampler([], 4, False)),
    ),
    raises("utils.data.BatchSampler", lambda m: m.utils.data.BatchSampler([1], 0, False)),
    raises("utils.data.BatchSampler", lambda m: m.utils.data.BatchSampler([1], True, False)),
    raises("utils.data.BatchSampler", lambda m: m.utils.data.BatchSampler([1], 2.0, False)),
    raises("utils.data.BatchSampler", lambda m: m.utils.data.BatchSampler([1], 2, 1)),
    raises("utils.data.BatchSampler", lambda m: len(m.utils.data.BatchSampler(iter([1]), 2, True))),
]

COLLATE = [
    case("utils.data.default_collate", lambda m, x, y: m.utils.data.default_collate([x, y]), randn(2, 3), randn(2, 3)),
    case("utils.data.default_collate", lambda m, x: m.utils.data.default_collate([(x, 1), (x, 2)]), ints(2)),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([0, 1, 2])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([True, False])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([0.5, 1, 2])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate(["a", "b"])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([{"a": 1, "b": [2.0, "x"]}, {"a": 3, "b": [4.0, "y"]}])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([Pair(1, "a"), Pair(2, "b")])._asdict()),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([UserList([1, 2.0]), UserList([3, 4.0])]).data),
    case("utils.data.default_collate", lambda m: dict(m.utils.data.default_collate([MappingProxyType({"a": 1}), MappingProxyType({"a": 2})]))),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([range(2), range(2)])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([np.arange(3), np.arange(3)])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([np.float32(1), np.float32(2)])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([np.float64(1), np.float64(2)])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([np.int16(1), np.int16(2)])),
    case("utils.data.default_collate", lambda m: m.utils.data.default_collate([np.bool_(True), np.bool_(False)])),
    raises("utils.data.default_collate", lambda m: m.utils.data.default_collate([None, None])),
    raises("utils.data.default_collate", lambda m: m.utils.data.default_collate([object()])),
    raises("utils.data.default_collate", lambda m: m.utils.data.default_collate([])),
    raises("utils.data.default_collate", lambda m: m.utils.data.default_collate([[1], [1, 2]])),
    raises("utils.data.default_collate", lambda m: m.utils.data.default_collate([{"a": 1}, {"b": 1}])),
    raises("utils.data.default_collate", lambda m: m.utils.data.default_collate([np.array(["a"])])),
    raises("utils.data.default_collate", lambda m, x, y: m.utils.data.default_collate([x, y]), randn(2), randn(3)),
    case("utils.data.default_convert", lambda m, x: m.utils.data.default_convert([x, np.arange(3), (1, "a", 2.0)]), randn(2)),
    case("utils.data.default_convert", lambda m: m.utils.data.default_convert({"a": np.float32(2), "b": np.array(["x"])})),
    case("utils.data.default_convert", lambda m: m.utils.data.default_convert(Pair(np.zeros(2), None))._asdict()),
    case("utils.data.default_convert", lambda m: dict(m.utils.data.default_convert(MappingProxyType({"a": np.int8(1)})))),
    case("utils.data.default_convert", lambda m: m.utils.data.default_convert(UserList([np.bool_(True)])).data),
    case("utils.data.default_convert", lambda m: m.utils.data.default_convert([range(2), np.str_("a"), {1, 2}])),
]  # fmt: skip

LOADERS = [
    case("utils.data.DataLoader", lambda m, x: load(m, tensors(m, x)), randn(3, 2)),
    case("utils.data.DataLoader", lambda m, x: load(m, tensors(m, x), 4, True), randn(10, 2)),
    case("utils.data.DataLoader", lambda m, x: load(m, tensors(m, x), batch_size=4, shuffle=True, drop_last=True), randn(10, 2)),
    case("utils.data.DataLoader", lambda m, x: load(m, tensors(m, x), 4, shuffle=True, generator=seeded(m)), randn(10)),
    case("utils.data.DataLoader", lambda m: load(m, Counting(5), 2, sampler=[4, 0, 3])),
    case("utils.data.DataLoader", lambda m: load(m, Counting(9), 2, sampler=m.utils.data.WeightedRandomSampler([1.0] * 9, 5))),
    case("utils.data.DataLoader", lambda m: load(m, Counting(5), batch_sampler=[[4], [0, 3, 1]])),
    case("utils.data.DataLoader", lambda m: load(m, Counting(9), batch_sampler=m.utils.data.BatchSampler(m.utils.data.RandomSampler(range(9)), 2, True))),
    case("utils.data.DataLoader", lambda m: load(m, Counting(5), None)),
    case("utils.data.DataLoader", lambda m: load(m, np.arange(5), None, shuffle=True)),
    case("utils.data.DataLoader", lambda m, x: load(m, x, batch_size=None, sampler=[[0, 1], [2]]), randn(3, 2)),
    case("utils.data.DataLoader", lambda m: load(m, Counting(5), 2, collate_fn=sum)),
    case("utils.data.DataLoader", lambda m: load(m, Counting(5), 2, pin_memory=True)),
    case("utils.data.DataLoader", lambda m: load(m, Counting(5), 2, pin_memory=True, pin_memory_device="cuda")),
    case("utils.data.DataLoader", lambda m: load(m, Counting(5), 2, in_order=False, worker_init_fn=print)),
    case("utils.data.DataLoader", lambda m: load(m, stream(m, 5))),
    case("utils.data.DataLoader", lambda m: load(m, stream(m, 5), 2)),
    case("utils.data.DataLoader", lambda m: load(m, stream(m, 5), 2, False, drop_last=True)),
    case("utils.data.DataLoader", lambda m: load(m, stream(m, 4), 2, drop_last=True)),
    case("utils.data.DataLoader", lambda m: load(m, stream(m, 5), None)),
    case("utils.data.DataLoader", lambda m: [len(m.utils.data.DataLoader(Counting(10), 4, drop_last=drop)) for drop in (False, True)]),
    case("utils.data.DataLoader", lambda m: [len(m.utils.data.DataLoader(stream(m, 10, 10), 4, drop_last=drop)) for drop in (False, True)]),
    case("utils.data.DataLoader", lambda m: len(m.utils.data.DataLoader(stream(m, 10, 10), None))),
    case("utils.data.DataLoader", lambda m: (lambda loader: (len(loader), len(list(loader))))(m.utils.data.DataLoader(stream(m, 5, 5), 2))),
    case("utils.data.DataLoader", lambda m: (lambda loader: [getattr(loader, name) for name in ("batch_size", "drop_last", "num_workers", "prefetch_factor", "pin_memory", "timeout", "persistent_workers", "generator", "multiprocessing_context", "in_order")])(m.utils.data.DataLoader(Counting(3)))),
    case("utils.data.DataLoader", lambda m: (lambda loader: [type(getattr(loader, name)).__name__ for name in ("sampler", "batch_sampler")])(m.utils.data.DataLoader(Counting(3), shuffle=True))),
    case("utils.data.DataLoader", lambda m: (lambda loader: (loader.batch_size, loader.prefetch_factor))(m.utils.data.DataLoader(Counting(3), batch_sampler=[[1]], num_workers=1))),
    case("utils.data.DataLoader", lambda m: (lambda it: (next(it), len(it), next(it), m.get_rng_state(), next(it, "end"), next(it, "end")))(iter(m.utils.data.DataLoader(Counting(4), 2, True)))),
    case("utils.data.get_worker_info", lambda m: m.utils.data.get_worker_info()),
    *(
        raises("utils.data.DataLoader", lambda m, options=options: list(m.utils.data.DataLoader(Counting(4), **options)))
        for options in (
            {"num_workers": -1}, {"timeout": -1}, {"timeout": 5}, {"prefetch_factor": 2},
            {"num_workers": 1, "prefetch_factor": -1}, {"num_workers": 1, "prefetch_factor": 0},
            {"persistent_workers": True}, {"multiprocessing_context": "fork"},
            {"num_workers": 1, "multiprocessing_context": "spoon"},
            {"num_workers": 1, "multiprocessing_context": 3}, {"batch_size": 0}, {"batch_size": -2},
            {"batch_size": 1.5}, {"batch_size": None, "drop_last": True},
            {"shuffle": True, "sampler": [1]}, {"batch_sampler": [[1]], "batch_size": 2},
            {"batch_sampler": [[1]], "shuffle": True}, {"batch_sampler": [[1]], "sampler": [1]},
            {"batch_sampler": [[1]], "drop_last": True}, {"sampler": [7]}, {"sampler": 5},
            {"generator": 5, "shuffle": True}, {"generator": 5}, {"drop_last": 1},
        )
    ),
    *(
        raises("utils.data.DataLoader", lambda m, options=options: list(m.utils.data.DataLoader(stream(m, 4), **options)))
        for options in ({"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]})
    ),
    raises("utils.data.DataLoader", lambda m: m.utils.data.DataLoader(Counting(0), shuffle=True)),
    raises("utils.data.DataLoader", lambda m: len(m.utils.data.DataLoader(stream(m, 3)))),
    *(
        raises("utils.data.DataLoader", lambda m, name=name: setattr(m.utils.data.DataLoader(Counting(3)), name, None))
        for name in ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
    ),
]  # fmt: skip

CASES = DATASETS + SAMPLERS + COLLATE + LOADERS
