"""Samplers: the numbers of the examples, in the order in which they are asked for."""

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Generic, TypeVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine import dtypes
from refnet.functions.creation import as_tensor
from refnet.functions.drawing import rng_of
from refnet.functions.random import multinomial, randint, randperm
from refnet.random.generator import Generator

T_co = TypeVar("T_co", covariant=True)
_AT_ONCE = 32  # numbers of one call to randint, as PyTorch draws them


class Sampler(Generic[T_co]):
    """A subclass has __iter__, which gives numbers or lists of them, and usually __len__."""

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} has no __iter__")


class SequentialSampler(Sampler[int]):
    """0, 1, 2, …"""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Numbers in random order.

    Args:
        data_source: what the numbers are for: n = len(data_source)
        replacement: draw each number independently of the others; if not, the numbers are
            permutations of 0 … n − 1, one after the other
        num_samples: how many; n if None
        generator: what is drawn from; if None, each pass seeds one of its own by one number
            of the default generator

    Raises TypeError if replacement is not a bool, ValueError if num_samples is not positive.
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
            raise TypeError(f"replacement must be a bool, got {replacement!r}")
        count: Any = self.num_samples
        if not isinstance(count, int) or count <= 0:
            raise ValueError(f"num_samples must be a positive integer, got {count!r}")

    @property
    def num_samples(self) -> int:
        """How many numbers a pass has."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        n, count, generator = len(self.data_source), self.num_samples, self.generator
        if generator is None:
            generator = Generator().manual_seed(new_seed())

        def portion(size: int) -> list[int]:
            """The next numbers; of a permutation that is not needed whole, the first ones."""
            if self.replacement:
                numbers = randint(high=n, size=(size,), generator=generator)
            else:
                numbers = randperm(n, generator=generator)[:size]
            return numbers.tolist()  # type: ignore[no-any-return]

        most = _AT_ONCE if self.replacement else n
        for _ in range(count // most):
            yield from portion(most)
        yield from portion(count % most)  # also if it is 0: PyTorch draws then too

    def __len__(self) -> int:
        return self.num_samples


def new_seed(generator: Generator | None = None) -> int:
    """A seed: one integer below 2⁶³ from the generator, or from the default one."""
    return int(rng_of(generator).randint((), 0, 2**63))


class SubsetRandomSampler(Sampler[int]):
    """The given numbers in random order."""

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for i in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Numbers below len(weights), each with a probability proportional to its weight.

    Args:
        weights: not negative; they need not add up to 1
        num_samples: how many
        replacement: draw independently; if not, no number comes twice
        generator: what is drawn from; the default generator if None

    Raises ValueError if num_samples is not a positive integer, replacement not a bool, or
    weights not a plain sequence.
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
                f"weights must be a sequence of numbers, got the shape {tuple(self.weights.shape)}"
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
    """The numbers of another sampler in lists of batch_size.

    The last list is shorter where the numbers do not suffice; with drop_last it is left out.

    Raises ValueError if batch_size is not a positive integer or drop_last not a bool.
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
    """Raise ValueError unless the value is a positive integer."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{name} must be a positive integer, got {value!r}")


def check_flag(name: str, value: Any) -> None:
    """Raise ValueError unless the value is a bool."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be a bool, got {value!r}")


_mirror(__name__)
