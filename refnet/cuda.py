"""cuda: there is none. Model files ask, and are told so."""

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
    """False: refnet runs on the CPU, in NumPy."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def empty_cache() -> None:
    """Nothing is cached."""


def manual_seed(seed: Any) -> None:
    """There is no generator to seed but refnet's own; as in PyTorch without CUDA, nothing happens."""
    int(seed)


def manual_seed_all(seed: Any) -> None:
    """See manual_seed."""
    int(seed)


_mirror(__name__)
