"""torch.cuda without CUDA, for model files that ask whether it is available."""

from typing import Any

from refnet.compatibility.lookup import mirror as _mirror

__all__ = [
    "device_count",
    "empty_cache",
    "is_available",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
]


def is_available() -> bool:
    """Returns False: refnet runs on the CPU, in NumPy."""
    return False


def is_initialized() -> bool:
    """Returns False."""
    return False


def device_count() -> int:
    """Returns 0."""
    return 0


def empty_cache() -> None:
    """Does nothing, as in PyTorch without CUDA."""


def manual_seed(seed: Any) -> None:
    """Does nothing, as in PyTorch without CUDA; `refnet.manual_seed` seeds the default generator.

    Args:
        seed: integer
    """
    int(seed)


manual_seed_all = manual_seed

_mirror(__name__)
