"""torch.cuda's questions, whose answer is no: refnet runs on the CPU, in NumPy.

So `device = "cuda" if refnet.cuda.is_available() else "cpu"` is "cpu", and seeding all GPUs seeds none.
"""

from refnet.left_out import explains as _explains

__all__ = [
    "device_count",
    "empty_cache",
    "is_available",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
]

__getattr__ = _explains(__name__)


def is_available() -> bool:
    """False"""
    return False


def is_initialized() -> bool:
    """False"""
    return False


def device_count() -> int:
    """0"""
    return 0


def manual_seed(seed: int) -> None:
    """Nothing: there is no GPU with a generator"""


def manual_seed_all(seed: int) -> None:
    """Nothing: there is no GPU with a generator"""


def empty_cache() -> None:
    """Nothing: there is no memory of a GPU"""
