"""Generator: a stream of random numbers, the same as PyTorch's on the CPU."""

import math
import operator
import os
from typing import Any

import numpy as np

from refnet.compatibility.device import check_device, device
from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import Array
from refnet.random.box_muller import box_muller, by_libm, fma

_WIDE = 2**28  # integers from a range of at least this size take 64 bits each
_MANY = (2**32 - 1) // 20  # the steps of a permutation of at least this size take 64 bits each
_AT_ONCE = 2**20  # and this many of these steps are drawn at a time

# The bytes of PyTorch's state, in which each word of the twister takes eight bytes.
_STATE = np.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "key", "normal", "has_normal"],
        "formats": ["u8", "i4", "i4", "u8", ("u8", 624), "f8", "i4"],
        "offsets": [0, 8, 12, 16, 24, 5024, 5040],
        "itemsize": 5056,
    }
)


class Generator:
    """A stream of random numbers: torch.Generator, and the draws that the library needs.

    The bits come from the Mersenne Twister MT19937 with its classic seeding, and every draw turns
    them into numbers as PyTorch 2.13 does on the CPU. So the same seed gives the same values, bit
    for bit: uniform values, integers, permutations, Bernoulli (dropout) and exponential values;
    normal values on x86 processors with AVX2, see refnet.random.box_muller for other processors.
    Older builds of PyTorch took dropout and exponential values from a generator of Intel's MKL,
    which is another stream.

    The draws take and return arrays, and their `dtype` is NumPy's. The global generator of NumPy is
    neither used nor changed.

    Args:
        device: must be the CPU

    Source:
        Matsumoto, Nishimura 1998, "Mersenne Twister", with the seeding of 2002; torch.Generator

    Example:
        >>> generator = refnet.Generator().manual_seed(0)
        >>> refnet.rand(2, generator=generator)
        tensor([0.4963, 0.7682])
    """

    def __init__(self, device: Any = "cpu") -> None:
        check_device(device)
        self.manual_seed(67280421310721)

    @property
    def device(self) -> device:
        """The device of the generator, always the CPU."""
        return device()

    # --- seed and state ----------------------------------------------------------------------

    def manual_seed(self, seed: int) -> "Generator":
        """Restarts the stream from a seed, and returns the generator.

        Args:
            seed: integer; negative ones stand for seed + 2⁶⁴

        Raises:
            RuntimeError: if the seed is not an integer
            ValueError: for a seed outside [−2⁶³, 2⁶⁴)
        """
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed(): expected an integer, got {type(seed).__name__}")
        seed = operator.index(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"manual_seed(): expected a seed in [-2**63, 2**64), got {seed}")
        self._seed = seed % 2**64
        self._engine: Any = None  # made at the first draw: `import refnet` loads no numpy.random
        self._next_normal: float | None = None  # the unused second value of a pair
        return self

    def seed(self) -> int:
        """Restarts the stream from a seed that differs at each call, and returns the seed."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little") >> 11)
        return self._seed

    def initial_seed(self) -> int:
        """Returns the seed from which the stream was last started."""
        return self._seed

    def get_state(self) -> Tensor:
        """Returns the state of the stream, in the bytes of torch.Generator.get_state."""
        twister = self._twister().state["state"]
        state = np.zeros((), _STATE)
        state["seed"], state["seeded"], state["key"] = self._seed, 1, twister["key"]
        # The first word is the seed until a draw.
        fresh = int(twister["key"][0]) == self._seed % 2**32
        state["next"] = 0 if fresh else twister["pos"]
        state["left"] = 1 if fresh else 625 - twister["pos"]
        if self._next_normal is not None:
            state["normal"], state["has_normal"] = self._next_normal, 1
        return wrap(np.frombuffer(bytearray(state.tobytes()), np.uint8))

    def set_state(self, new_state: Any) -> None:
        """Restores a state of the stream.

        Args:
            new_state: result of get_state, refnet's or PyTorch's

        Raises:
            TypeError: if it is not a tensor of uint8
            RuntimeError: if the bytes are not a state
        """
        array = np.asarray(new_state)
        if array.dtype != np.uint8:
            raise TypeError(
                f"set_state(): expected a tensor of uint8, got {type(new_state).__name__}"
            )
        if array.shape != (5056,):
            raise RuntimeError(f"set_state(): expected 5056 bytes, got shape {list(array.shape)}")
        state = np.frombuffer(array.tobytes(), _STATE)[0]
        left, position = int(state["left"]), int(state["next"])
        if not (state["seeded"] and 0 < left <= 624 and position <= 624):
            raise RuntimeError(
                "set_state(): expected the state of a Mersenne Twister, got other bytes"
            )
        self.manual_seed(int(state["seed"]))
        key = state["key"].astype(np.uint32)
        twister = {"key": key, "pos": 624 if left == 1 else position}
        self._twister().state = {"bit_generator": "MT19937", "state": twister}
        self._next_normal = float(state["normal"]) if state["has_normal"] else None

    def __getstate__(self) -> Array:
        """Returns the state for copy and pickle; the copy continues the stream independently."""
        return self.get_state().numpy()

    def __setstate__(self, state: Array) -> None:
        self.set_state(state)

    # --- bits ----------------------------------------------------------------------------------

    def _twister(self) -> Any:
        if self._engine is None:
            self._engine = np.random.MT19937(0)
            np.random.RandomState(self._engine).seed(self._seed % 2**32)
        return self._engine

    def _bits(self, n: int, wide: bool = False) -> Array:
        """Returns n integers of 32 bits, or of 64 if `wide`: the first draw is the high half."""
        bits: Array
        if not wide:
            bits = self._twister().random_raw(n)
            return bits
        halves: Array = self._twister().random_raw(2 * n)
        bits = halves[0::2] << np.uint64(32) | halves[1::2]
        return bits

    def _unit(self, n: int, dtype: np.dtype[Any]) -> Array:
        """Returns n values of [0, 1), made of as many low bits of a draw as the significand has."""
        wide = dtype == np.float64
        digits = 53 if wide else 24
        values = (self._bits(n, wide) & np.uint64(2**digits - 1)).astype(dtype)
        values *= 2.0**-digits
        return values

    # --- draws ---------------------------------------------------------------------------------

    def uniform(
        self, shape: tuple[int, ...], dtype: np.dtype[Any], low: float = 0.0, high: float = 1.0
    ) -> Array:
        """Draws uniformly distributed values from [low, high)."""
        working = _working(dtype)
        low, high = working.type(low), working.type(high)
        values = _cast(fma(self._unit(math.prod(shape), working), high - low, low), dtype)
        values[values == dtype.type(high)] = low  # where rounding has reached the excluded end
        return values.reshape(shape)

    def normal(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        mean: float = 0.0,
        std: float = 1.0,
        *,
        one_by_one: bool = False,
    ) -> Array:
        """Draws normally distributed values.

        From 16 values on they are drawn in blocks, unless `one_by_one`, which is another stream. If
        fewer than 16 values remain at the end, the last 16 values are drawn again as one more
        block.
        """
        n = math.prod(shape)
        if n < 16 or one_by_one:
            values = fma(self._one_by_one(n), std, mean)
            return _cast(values, dtype).reshape(shape)
        working = _working(dtype)
        rest = n % 16
        z = np.empty(n, working)
        u = self._unit(n if working == dtype else n - rest, working)  # float16 draws block by block
        z[: n - rest] = box_muller(u[: n - rest], mean, std)
        if rest:
            z[-16:] = box_muller(self._unit(16, working), mean, std)
        return _cast(z, dtype).reshape(shape)

    def _one_by_one(self, n: int) -> Array:
        """Draws n standard normal values in float64 pairs; keeps an odd one for the next call."""
        values = [] if self._next_normal is None or n == 0 else [self._next_normal]
        if values:
            self._next_normal = None
        pairs = (n - len(values) + 1) // 2
        u = self._unit(2 * pairs, np.dtype(np.float64)).tolist()
        for u1, u2 in zip(u[0::2], u[1::2], strict=True):
            r = math.sqrt(-2 * math.log1p(-u2))
            theta = 2 * math.pi * u1
            values += [r * math.cos(theta), r * math.sin(theta)]
        if len(values) > n:
            self._next_normal = values.pop()
        return np.array(values, np.float64)

    def exponential(
        self, shape: tuple[int, ...], dtype: np.dtype[Any], lambd: float = 1.0
    ) -> Array:
        """Draws exponentially distributed values with the rate λ: −ln(1 − u) / λ."""
        u = self._unit(math.prod(shape), np.dtype(np.float64))
        values = -1 / lambd * by_libm(math.log1p, -u)
        return _cast(values, dtype).reshape(shape)

    def bernoulli(self, shape: tuple[int, ...], p: float | Array) -> Array:
        """Draws True with probability p, a number or an array that broadcasts to the shape.

        The stream depends on the dtype of an array; a number counts as float64. Dropout uses this
        draw, with p the probability that an entry is kept.
        """
        dtype = np.dtype(np.float64) if isinstance(p, (int, float)) else _working(p.dtype)
        drawn: Array = self._unit(math.prod(shape), dtype).reshape(shape) < p
        return drawn

    def randint(self, shape: tuple[int, ...], low: int, high: int) -> Array:
        """Draws integers (int64) from low to high − 1."""
        return self.remainders(shape, high - low, high - low >= _WIDE, low)

    def remainders(self, shape: tuple[int, ...], modulus: int, wide: bool, base: int = 0) -> Array:
        """Returns base + bits mod modulus as int64, from 64 bits each if `wide`, else 32."""
        values = self._bits(math.prod(shape), wide)
        if modulus < 2**64:
            values = values % np.uint64(modulus)
        values = values + np.uint64(base % 2**64)  # wraps around, as two's complement does
        return values.view(np.int64).reshape(shape)

    def randperm(self, n: int) -> Array:
        """Returns the integers (int64) below n in random order.

        It is the shuffle of Fisher and Yates: entry i is exchanged with one that does not precede
        it. For n of at least (2³² − 1)/20, where remainders of 32 bits would be uneven, PyTorch
        builds the permutation inside out instead, from 64 bits for each entry.
        """
        result = np.arange(n)
        entries = result.data  # its entries are Python integers: the loop runs in Python
        if n < _MANY:
            places = np.arange(n, 1, -1, dtype=np.uint64)
            steps = self._bits(max(n - 1, 0)) % places
            for i, step in enumerate(steps.tolist()):
                entries[i], entries[i + step] = entries[i + step], entries[i]
            return result
        for start in range(0, n, _AT_ONCE):
            count = min(_AT_ONCE, n - start)
            bounds = np.arange(start + 1, start + count + 1, dtype=np.uint64)
            for i, z in enumerate((self._bits(count, wide=True) % bounds).data, start):
                entries[i] = entries[z]
                entries[z] = i
        return result


def _working(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Returns the dtype in which draws are computed: float32 for float16, else the dtype itself."""
    return np.dtype(np.float32) if dtype == np.float16 else dtype


def _cast(values: Array, dtype: np.dtype[Any]) -> Array:
    """Returns the values in the dtype; float16 is rounded from float32, as in PyTorch."""
    return values.astype(_working(dtype), copy=False).astype(dtype, copy=False)
