"""The default generator, and the functions that seed, save and restore it."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from refnet.compatibility.device import check_device
from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.random.generator import Generator

__all__ = [
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "seed",
    "set_rng_state",
]

default_generator = Generator()  # used by every function without a generator
default_generator.seed()


def manual_seed(seed: Any) -> Generator:
    """Restarts the default generator from a seed, and returns the generator.

    Args:
        seed: integer; negative ones stand for seed + 2⁶⁴

    Raises:
        ValueError: for a seed outside [−2⁶³, 2⁶⁴)

    Example:
        >>> _ = refnet.manual_seed(42)
        >>> first = refnet.rand(3)
        >>> _ = refnet.manual_seed(42)
        >>> refnet.equal(first, refnet.rand(3))
        True
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Restarts the default generator from a seed that differs at each call, and returns the seed.

    Example:
        >>> refnet.seed() == refnet.initial_seed()
        True
    """
    return default_generator.seed()


def initial_seed() -> int:
    """Returns the seed from which the default generator was last started.

    Example:
        >>> _ = refnet.manual_seed(42)
        >>> refnet.initial_seed()
        42
    """
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """Returns the state of the default generator: a uint8 tensor of 5056 bytes, as in PyTorch.

    Example:
        >>> state = refnet.get_rng_state()
        >>> state.shape
        refnet.Size([5056])
    """
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Restores a state of the default generator.

    Args:
        new_state: result of get_rng_state, refnet's or PyTorch's

    Raises:
        TypeError: if it is not a tensor of uint8
        RuntimeError: if the bytes are not a state

    Example:
        >>> state = refnet.get_rng_state()
        >>> first = refnet.rand(3)
        >>> refnet.set_rng_state(state)
        >>> refnet.equal(first, refnet.rand(3))
        True
    """
    default_generator.set_state(new_state)


def fork_rng(
    devices: Iterable[Any] | None = None, enabled: bool = True, device_type: str | None = None
) -> contextlib.AbstractContextManager[None]:
    """Returns a context manager that restores the default generator at its end.

    Args:
        devices: further devices, which have to be the CPU
        enabled: whether the context manager has an effect
        device_type: type of the further devices

    Raises:
        RuntimeError: if a device is not the CPU

    Example:
        >>> with refnet.random.fork_rng():
        ...     first = refnet.rand(3)
        >>> refnet.equal(first, refnet.rand(3))
        True
    """
    for device in [*(devices or ()), device_type]:
        check_device(device)
    return _forked() if enabled else contextlib.nullcontext()


@contextlib.contextmanager
def _forked() -> Iterator[None]:
    state = default_generator.get_state()
    try:
        yield
    finally:
        default_generator.set_state(state)


_mirror(__name__)
