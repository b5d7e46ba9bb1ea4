"""cudnn: there is none. Its switches can be set, as in PyTorch without CUDA, and change nothing."""

__all__ = ["is_available"]

enabled = True
benchmark = False
deterministic = False


def is_available() -> bool:
    """False."""
    return False
