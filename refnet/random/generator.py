"""Generator: a stream of random numbers, PyTorch's own on the CPU."""

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
_MANY = (2**32 - 1) // 20  # so do the steps of a permutation of at least this size,
_AT_ONCE = 2**20  # and so many of them are drawn at once

# The bytes of PyTorch's state, for which each word of the twister takes eight of them.
_STATE = np.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "key", "normal", "has_normal"],
        "formats": ["u8", "i4", "i4", "u8", ("u8", 624), "f8", "i4"],
        "offsets": [0, 8, 12, 16, 24, 5024, 5040],
        "itemsize": 5056,
    }
)


class Generator:
    """A stream of random numbers: torch.Generator, with the draws that the library needs.

    The bits come from the Mersenne Twister MT19937 with its classic seeding (Matsumoto and
    Nishimura 1998, 2002), as PyTorch's do on the CPU, and every draw turns them into numbers as
    PyTorch 2.13 does. So the same seed gives the same values, bit for bit: uniform, integers,
    permutations, Bernoulli (dropout), exponential, and normal values on x86 processors with
    AVX2 (see refnet.random.box_muller for the others). Older builds of PyTorch took dropout and
    exponential values from a generator of Intel's MKL, which is another stream.

    The draws take and return arrays; `dtype` is a NumPy dtype. NumPy's global generator is
    neither used nor changed.

    Args:
        device: the CPU

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.Generator.html
    """

    def __init__(self, device: Any = "cpu") -> None:
        check_device(device)
        self.manual_seed(67280421310721)

    @property
    def device(self) -> device:
        """Always the CPU."""
        return device()

    # --- seed and state ----------------------------------------------------------------------

    def manual_seed(self, seed: int) -> "Generator":
        """Start the stream that belongs to the seed; a negative one counts from 2⁶⁴ down.

        Raises RuntimeError if the seed is no integer, ValueError outside of [−2⁶³, 2⁶⁴).
        """
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed expected an integer, got {type(seed).__name__}")
        seed = operator.index(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"the seed must lie in [-2**63, 2**64), got {seed}")
        self._seed = seed % 2**64
        self._engine: Any = None  # made at the first draw: `import refnet` needs no numpy.random
        self._next_normal: float | None = None  # the second of a pair, not yet asked for
        return self

    def seed(self) -> int:
        """Start a stream that differs from run to run; returns its seed."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little") >> 11)
        return self._seed

    def initial_seed(self) -> int:
        """The seed that the stream started with."""
        return self._seed

    def get_state(self) -> Tensor:
        """Where the stream stands, in the bytes that torch.Generator.get_state gives."""
        twister = self._twister().state["state"]
        state = np.zeros((), _STATE)
        state["seed"], state["seeded"], state["key"] = self._seed, 1, twister["key"]
        fresh = int(twister["key"][0]) == self._seed % 2**32  # the seed stands there until a draw
        state["next"] = 0 if fresh else twister["pos"]
        state["left"] = 1 if fresh else 625 - twister["pos"]
        if self._next_normal is not None:
            state["normal"], state["has_normal"] = self._next_normal, 1
        return wrap(np.frombuffer(bytearray(state.tobytes()), np.uint8))

    def set_state(self, new_state: Any) -> None:
        """Go to where get_state, refnet's or PyTorch's, was called.

        Raises TypeError if new_state is no tensor of uint8, RuntimeError if it is no state.
        """
        array = np.asarray(new_state)
        if array.dtype != np.uint8:
            raise TypeError(f"a state is a tensor of uint8, got {type(new_state).__name__}")
        if array.shape != (5056,):
            raise RuntimeError(f"a state has 5056 bytes, got shape {list(array.shape)}")
        state = np.frombuffer(array.tobytes(), _STATE)[0]
        left, position = int(state["left"]), int(state["next"])
        if not (state["seeded"] and 0 < left <= 624 and position <= 624):
            raise RuntimeError("these 5056 bytes are not the state of a Mersenne Twister")
        self.manual_seed(int(state["seed"]))
        key = state["key"].astype(np.uint32)
        twister = {"key": key, "pos": 624 if left == 1 else position}
        self._twister().state = {"bit_generator": "MT19937", "state": twister}
        self._next_normal = float(state["normal"]) if state["has_normal"] else None

    def __getstate__(self) -> Array:
        """For copy and pickle: the copy is a stream of its own, and goes on as this one does."""
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
        """n integers of 32 bits, or of 64 where they are wide (the first draw is the high half)."""
        bits: Array
        if not wide:
            bits = self._twister().random_raw(n)
            return bits
        halves: Array = self._twister().random_raw(2 * n)
        bits = halves[0::2] << np.uint64(32) | halves[1::2]
        return bits

    def _unit(self, n: int, dtype: np.dtype[Any]) -> Array:
        """n values of [0, 1): as many low bits of a draw as the dtype's significand has."""
        wide = dtype == np.float64
        digits = 53 if wide else 24
        values = (self._bits(n, wide) & np.uint64(2**digits - 1)).astype(dtype)
        values *= 2.0**-digits
        return values

    # --- draws ---------------------------------------------------------------------------------

    def uniform(
        self, shape: tuple[int, ...], dtype: np.dtype[Any], low: float = 0.0, high: float = 1.0
    ) -> Array:
        """Uniform on [low, high)."""
        of = _working(dtype)
        low, high = of.type(low), of.type(high)
        values = _cast(fma(self._unit(math.prod(shape), of), high - low, low), dtype)
        values[values == dtype.type(high)] = low  # rounding may arrive at the excluded end
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
        """Normal. From 16 values on in blocks, unless one_by_one, which is another stream.

        A rest of fewer than 16 makes the last 16 values one more block, drawn anew.
        """
        n = math.prod(shape)
        if n < 16 or one_by_one:
            values = fma(self._one_by_one(n), std, mean)
            return _cast(values, dtype).reshape(shape)
        of = _working(dtype)
        rest = n % 16
        z = np.empty(n, of)
        u = self._unit(n if of == dtype else n - rest, of)  # float16 draws block by block
        z[: n - rest] = box_muller(u[: n - rest], mean, std)
        if rest:
            z[-16:] = box_muller(self._unit(16, of), mean, std)
        return _cast(z, dtype).reshape(shape)

    def _one_by_one(self, n: int) -> Array:
        """n standard normal values in pairs of float64; an odd one waits for the next call."""
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
        """Exponential with the rate lambd: −ln(1 − u) / lambd."""
        u = self._unit(math.prod(shape), np.dtype(np.float64))
        values = -1 / lambd * by_libm(math.log1p, -u)
        return _cast(values, dtype).reshape(shape)

    def bernoulli(self, shape: tuple[int, ...], p: float | Array) -> Array:
        """True with probability p: a number, or an array that broadcasts to the shape.

        The dtype of an array decides about the stream; a number takes that of float64. This is
        the draw of dropout, with p the probability that an entry is kept.
        """
        of = np.dtype(np.float64) if isinstance(p, (int, float)) else _working(p.dtype)
        drawn: Array = self._unit(math.prod(shape), of).reshape(shape) < p
        return drawn

    def randint(self, shape: tuple[int, ...], low: int, high: int) -> Array:
        """Integers (int64) from low to high − 1."""
        return self.remainders(shape, high - low, high - low >= _WIDE, low)

    def remainders(self, shape: tuple[int, ...], modulus: int, wide: bool, base: int = 0) -> Array:
        """base + bits mod modulus, as int64; wide takes 64 bits for each, else 32."""
        values = self._bits(math.prod(shape), wide)
        if modulus < 2**64:
            values = values % np.uint64(modulus)
        values = values + np.uint64(base % 2**64)  # wraps around, as two's complement does
        return values.view(np.int64).reshape(shape)

    def randperm(self, n: int) -> Array:
        """The integers (int64) below n in random order.

        The shuffle of Fisher and Yates: entry i changes places with one that does not precede
        it. From (2³² − 1)/20 on, where the remainders of 32 bits would be uneven, PyTorch builds
        the permutation inside out instead, from 64 bits each.
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
            below = np.arange(start + 1, start + count + 1, dtype=np.uint64)
            for i, z in enumerate((self._bits(count, wide=True) % below).data, start):
                entries[i] = entries[z]
                entries[z] = i
        return result


def _working(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype that draws are computed in: float16 values are rounded float32 ones."""
    return np.dtype(np.float32) if dtype == np.float16 else dtype


def _cast(values: Array, dtype: np.dtype[Any]) -> Array:
    """The values in the dtype; float16 is rounded from float32, as in PyTorch."""
    return values.astype(_working(dtype), copy=False).astype(dtype, copy=False)
