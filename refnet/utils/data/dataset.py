"""Data sets: with examples by index, or as a stream."""

import bisect
import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.argument_errors import refuse
from refnet.engine.tensor import Tensor
from refnet.functions.random import randperm
from refnet.random import default_generator
from refnet.random.generator import Generator

__all__ = [
    "ChainDataset", "ConcatDataset", "Dataset", "IterableDataset", "StackDataset", "Subset",
    "TensorDataset", "random_split",
]  # fmt: skip

T_co = TypeVar("T_co", covariant=True)


class Dataset(Generic[T_co]):
    """The base class of data sets with examples by index.

    A subclass defines __getitem__ and usually __len__. It may define __getitems__(indices), which
    returns a list of examples.

    Source:
        torch.utils.data.Dataset

    Example:
        >>> class Squares(refnet.utils.data.Dataset):
        ...     def __getitem__(self, i):
        ...         return i * i
        ...
        ...     def __len__(self):
        ...         return 4
        >>> list(refnet.utils.data.DataLoader(Squares(), batch_size=2))
        [tensor([0, 1]), tensor([4, 9])]
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: "Dataset[Any]") -> "Dataset[Any]":
        """Returns the examples of both, one data set after the other."""
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co], Iterable[T_co]):
    """The base class of data sets that are streams of examples.

    A subclass defines __iter__, and __len__ if the number of examples is known.

    Source:
        torch.utils.data.IterableDataset

    Example:
        >>> class Squares(refnet.utils.data.IterableDataset):
        ...     def __iter__(self):
        ...         return (i * i for i in range(3))
        >>> list(refnet.utils.data.DataLoader(Squares(), batch_size=2))
        [tensor([0, 1]), tensor([4])]
    """

    def __add__(self, other: Dataset[Any]) -> Dataset[Any]:
        """Returns the examples of both, one data set after the other."""
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """A data set of tensors: example i is the tuple of every tensor's entry i.

    Args:
        *tensors: tensors of one length

    Raises:
        AssertionError: for tensors of different lengths

    Source:
        torch.utils.data.TensorDataset

    Example:
        >>> data = refnet.utils.data.TensorDataset(refnet.eye(2), refnet.tensor([5, 6]))
        >>> data[1]
        (tensor([0., 1.]), tensor(6))
    """

    def __init__(self, *tensors: Tensor) -> None:
        refuse("TensorDataset()", *tensors)
        lengths = [tensor.size(0) for tensor in tensors]
        if len(set(lengths)) > 1:
            raise AssertionError(f"TensorDataset(): expected equal lengths, got {lengths}")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        length: int = self.tensors[0].size(0)
        return length


def examples(dataset: Any, indices: Sequence[Any]) -> list[Any]:
    """Returns the examples at these indices, by the data set's __getitems__ if it has one."""
    at_once: Callable[[Sequence[Any]], list[Any]] | None = getattr(dataset, "__getitems__", None)
    if callable(at_once):
        return at_once(indices)
    return [dataset[index] for index in indices]


class StackDataset(Dataset[Any]):
    """A data set of parallel data sets: example i is the tuple of their examples i.

    Args:
        *args: the data sets
        **kwargs: data sets by name; an example is then a dictionary

    Raises:
        ValueError: for data sets of different lengths, for none, and for some with and some without
            a name

    Source:
        torch.utils.data.StackDataset

    Example:
        >>> data = refnet.utils.data.StackDataset(x=[1, 2], y=["a", "b"])
        >>> data[1]
        {'x': 2, 'y': 'b'}
    """

    def __init__(self, *args: Dataset[Any], **kwargs: Dataset[Any]) -> None:
        if args and kwargs:
            raise ValueError("StackDataset(): expected data sets with names or without, got both")
        parts: list[Any] = [*args, *kwargs.values()]
        if not parts:
            raise ValueError("StackDataset(): expected at least one data set, got none")
        lengths = [len(part) for part in parts]
        if len(set(lengths)) > 1:
            raise ValueError(f"StackDataset(): expected equal lengths, got {lengths}")
        self._length = lengths[0]
        self.datasets: tuple[Any, ...] | dict[str, Any] = args or kwargs

    def _parts(self) -> Iterable[Any]:
        return self.datasets.values() if isinstance(self.datasets, dict) else self.datasets

    def _example(self, parts: Iterable[Any]) -> Any:
        if isinstance(self.datasets, dict):
            return dict(zip(self.datasets, parts, strict=True))
        return tuple(parts)

    def __getitem__(self, index: Any) -> Any:
        return self._example(part[index] for part in self._parts())

    def __getitems__(self, indices: Sequence[Any]) -> list[Any]:
        columns = []
        for part in self._parts():
            column = examples(part, indices)
            if len(column) != len(indices):
                raise ValueError(
                    f"{type(part).__name__}.__getitems__(): expected {len(indices)} examples, got "
                    f"{len(column)}"
                )
            columns.append(column)
        return [self._example(row) for row in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[T_co]):
    """The examples of several data sets, one data set after the other.

    Args:
        datasets: the data sets

    Raises:
        AssertionError: for no data sets, and for an IterableDataset

    Source:
        torch.utils.data.ConcatDataset

    Example:
        >>> data = refnet.utils.data.ConcatDataset([[1, 2], [3]])
        >>> len(data), data[2]
        (3, 3)
    """

    def __init__(self, datasets: Iterable[Dataset[Any]]) -> None:
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset(): expected at least one data set, got none")
        if any(isinstance(part, IterableDataset) for part in self.datasets):
            raise AssertionError(
                "ConcatDataset(): expected no IterableDataset, got one; add data sets with +"
            )
        self.cumulative_sizes = self.cumsum(self.datasets)

    @staticmethod
    def cumsum(sequence: Iterable[Any]) -> list[int]:
        """Returns the index at which each data set ends.

        Args:
            sequence: the data sets
        """
        return list(itertools.accumulate(len(part) for part in sequence))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, idx: int) -> T_co:
        if idx < -len(self):
            raise ValueError(
                f"ConcatDataset: expected an index of at least {-len(self)}, got {idx}"
            )
        if idx < 0:
            idx += len(self)
        which = bisect.bisect_right(self.cumulative_sizes, idx)
        start = self.cumulative_sizes[which - 1] if which else 0
        example: T_co = self.datasets[which][idx - start]
        return example

    @property
    def cummulative_sizes(self) -> list[int]:
        """The old name of cumulative_sizes; gives a FutureWarning."""
        warnings.warn(
            "`cummulative_sizes` attribute is renamed to `cumulative_sizes`",
            FutureWarning,
            stacklevel=2,
        )
        return self.cumulative_sizes


class ChainDataset(IterableDataset[Any]):
    """The examples of several iterable data sets, one data set after the other.

    Args:
        datasets: the data sets

    Raises:
        AssertionError: at a data set that is not an IterableDataset

    Source:
        torch.utils.data.ChainDataset
    """

    def __init__(self, datasets: Iterable[Dataset[Any]]) -> None:
        self.datasets = datasets

    def _parts(self) -> Iterator[Any]:
        for part in self.datasets:
            if not isinstance(part, IterableDataset):
                raise AssertionError(
                    f"ChainDataset: expected an IterableDataset, got {type(part).__name__}"
                )
            yield part

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self._parts())

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts())


class Subset(Dataset[T_co]):
    """The examples of a data set at some indices.

    Args:
        dataset: the data set
        indices: the indices; entry i is that of example i

    Raises:
        NotImplementedError: for a subclass that defines __getitem__ but not __getitems__, which a
            DataLoader calls

    Source:
        torch.utils.data.Subset

    Example:
        >>> data = refnet.utils.data.Subset(["a", "b", "c"], [2, 0])
        >>> data[0], len(data)
        ('c', 2)
    """

    def __init__(self, dataset: Dataset[T_co], indices: Sequence[int]) -> None:
        cls = type(self)
        if cls.__getitem__ is not Subset.__getitem__ and cls.__getitems__ is Subset.__getitems__:
            raise NotImplementedError(
                f"{cls.__name__} overrides __getitem__ but not __getitems__, which a DataLoader "
                "calls; define it as: return [self[i] for i in indices]"
            )
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, list):
            return self.dataset[[self.indices[i] for i in idx]]
        return self.dataset[self.indices[idx]]

    def __getitems__(self, indices: Sequence[int]) -> list[T_co]:
        return examples(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Any,
    lengths: Sequence[int | float],
    generator: Generator | None = default_generator,
) -> list[Subset[Any]]:
    """Splits a data set at random into parts of given lengths.

    Lengths that sum to 1 are fractions: each part gets its fraction rounded down; the remaining
    examples go to the first parts, one each.

    Args:
        dataset: the data set
        lengths: the lengths, or fractions
        generator: the source of random numbers

    Returns:
        the parts, as Subsets

    Raises:
        ValueError: for lengths whose sum is not that of the data set

    Source:
        torch.utils.data.random_split

    Example:
        >>> first, second = refnet.utils.data.random_split(range(10), [0.8, 0.2])
        >>> len(first), len(second)
        (8, 2)
    """
    n, total = len(dataset), sum(lengths)
    if math.isclose(total, 1) and total <= 1:
        sizes = _sizes(n, lengths)
        for i, size in enumerate(sizes):
            if size == 0:
                warnings.warn(
                    f"Length of split at index {i} is 0. This might result in an empty dataset.",
                    stacklevel=2,
                )
    else:
        sizes = list(lengths)  # type: ignore[arg-type]
    if sum(sizes) != n:
        raise ValueError(f"random_split(): expected lengths with the sum {n}, got {sizes}")
    order = randperm(sum(sizes), generator=generator).tolist()
    ends = itertools.accumulate(sizes)
    return [Subset(dataset, order[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


def _sizes(n: int, shares: Sequence[float]) -> list[int]:
    for i, share in enumerate(shares):
        if not 0 <= share <= 1:
            raise ValueError(
                f"random_split(): expected fractions between 0 and 1, got {share} at index {i}"
            )
    sizes = [math.floor(n * share) for share in shares]
    for i in range(n - sum(sizes)):
        sizes[i % len(sizes)] += 1
    return sizes


_mirror(__name__)
