"""Samplers: the indices of examples, in the order of their use."""

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Generic, TypeVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine import dtypes
from refnet.functions.creation import as_tensor
from refnet.functions.drawing import rng_of
from refnet.functions.random import multinomial, randint, randperm
from refnet.random.generator import Generator

__all__ = [
    "BatchSampler", "RandomSampler", "Sampler", "SequentialSampler", "SubsetRandomSampler",
    "WeightedRandomSampler",
]  # fmt: skip

T_co = TypeVar("T_co", covariant=True)
_AT_ONCE = 32  # numbers of one call to randint, as PyTorch draws them


class Sampler(Generic[T_co]):
    """The base class of samplers.

    A subclass defines __iter__, which yields indices or lists of them, and usually __len__.

    Source:
        torch.utils.data.Sampler
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} has no __iter__")


class SequentialSampler(Sampler[int]):
    """The indices 0, 1, 2, … in order.

    Args:
        data_source: the data set

    Source:
        torch.utils.data.SequentialSampler

    Example:
        >>> list(refnet.utils.data.SequentialSampler(["a", "b", "c"]))
        [0, 1, 2]
    """

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Indices in random order.

    Args:
        data_source: the data set, of n examples
        replacement: whether each index is drawn independently; otherwise the indices are
            permutations of 0 … n − 1, one after the other
        num_samples: the number of indices; None for n
        generator: the source of random numbers; if None, each pass uses a new generator, seeded by
            one number of the default generator

    Raises:
        TypeError: for a replacement that is not a bool
        ValueError: for num_samples that is not positive

    Source:
        torch.utils.data.RandomSampler

    Example:
        >>> sorted(refnet.utils.data.RandomSampler(["a", "b", "c"]))
        [0, 1, 2]
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement: expected a bool, got {replacement!r}")
        count: Any = self.num_samples
        if not isinstance(count, int) or count <= 0:
            raise ValueError(f"num_samples: expected a positive integer, got {count!r}")

    @property
    def num_samples(self) -> int:
        """The number of indices in a pass."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        n, count, generator = len(self.data_source), self.num_samples, self.generator
        if generator is None:
            generator = Generator().manual_seed(new_seed())

        def portion(size: int) -> list[int]:
            """Returns `size` indices; without replacement the first ones of a permutation."""
            if self.replacement:
                numbers = randint(high=n, size=(size,), generator=generator)
            else:
                numbers = randperm(n, generator=generator)[:size]
            return numbers.tolist()  # type: ignore[no-any-return]

        most = _AT_ONCE if self.replacement else n
        for _ in range(count // most):
            yield from portion(most)
        yield from portion(count % most)  # also if it is 0, since PyTorch draws then, too

    def __len__(self) -> int:
        return self.num_samples


def new_seed(generator: Generator | None = None) -> int:
    """Returns a seed: one integer below 2⁶³ from the generator; None for the default one."""
    return int(rng_of(generator).randint((), 0, 2**63))


class SubsetRandomSampler(Sampler[int]):
    """The given indices in random order.

    Args:
        indices: the indices
        generator: the source of random numbers; None for the default generator

    Source:
        torch.utils.data.SubsetRandomSampler

    Example:
        >>> sorted(refnet.utils.data.SubsetRandomSampler([4, 2, 6]))
        [2, 4, 6]
    """

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for i in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Indices below len(weights), each with a probability proportional to its weight.

    Args:
        weights: non-negative numbers; their sum need not be 1
        num_samples: the number of indices
        replacement: whether they are drawn independently; otherwise all are different
        generator: the source of random numbers; None for the default generator

    Raises:
        ValueError: for num_samples that is not a positive integer, a replacement that is not a
            bool, and weights that are not a plain sequence

    Source:
        torch.utils.data.WeightedRandomSampler

    Example:
        >>> list(refnet.utils.data.WeightedRandomSampler([0.0, 1.0], 3))
        [1, 1, 1]
    """

    def __init__(
        self,
        weights: Any,
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        check_count("num_samples", num_samples)
        check_flag("replacement", replacement)
        self.weights = as_tensor(weights, dtype=dtypes.float64)
        if self.weights.dim() != 1:
            raise ValueError(
                f"weights: expected a sequence of numbers, got shape {tuple(self.weights.shape)}"
            )
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        drawn = multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        yield from drawn.tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """The indices of another sampler in lists of batch_size.

    Args:
        sampler: the sampler
        batch_size: the length of a list; the last one may be shorter
        drop_last: whether to leave out a shorter last list

    Raises:
        ValueError: for a batch_size that is not a positive integer, and a drop_last that is not a
            bool

    Source:
        torch.utils.data.BatchSampler

    Example:
        >>> list(refnet.utils.data.BatchSampler(range(5), 2, drop_last=False))
        [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool) -> None:
        check_count("batch_size", batch_size)
        check_flag("drop_last", drop_last)
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        numbers = iter(self.sampler)
        while batch := list(itertools.islice(numbers, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        n = len(self.sampler)  # type: ignore[arg-type]
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)


def check_count(name: str, value: Any) -> None:
    """Raises ValueError unless the value is a positive integer."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{name}: expected a positive integer, got {value!r}")


def check_flag(name: str, value: Any) -> None:
    """Raises ValueError unless the value is a bool."""
    if not isinstance(value, bool):
        raise ValueError(f"{name}: expected a bool, got {value!r}")


_mirror(__name__)
