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

default_generator = Generator()  # what everything draws from that is not given another one
default_generator.seed()


def manual_seed(seed: Any) -> Generator:
    """Start the default generator's stream that belongs to the seed; returns the generator.

    Raises ValueError for a seed outside of [−2⁶³, 2⁶⁴).
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Start a stream of the default generator that differs from run to run; returns its seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default generator's stream started with."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """Where the default generator's stream stands: 5056 bytes, PyTorch's and refnet's alike."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Go to where get_rng_state, refnet's or PyTorch's, was called.

    Raises TypeError if new_state is no tensor of uint8, RuntimeError if it is no state.
    """
    default_generator.set_state(new_state)


def fork_rng(
    devices: Iterable[Any] | None = None, enabled: bool = True, device_type: str | None = None
) -> contextlib.AbstractContextManager[None]:
    """`with fork_rng():` what is drawn inside leaves the default generator where it was.

    Args:
        devices: further devices to fork: there are none, and the CPU is always forked
        enabled: False to do nothing
        device_type: the type of the further devices

    Raises RuntimeError if a device is not the CPU.
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
