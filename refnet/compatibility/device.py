"""device: the CPU, which is the only one."""

from typing import Any


class device:  # noqa: N801 - PyTorch's name
    """The device of a tensor; refnet has only the CPU.

    Args:
        type: "cpu", also with an index, or a device
        index: ignored

    Raises:
        RuntimeError: for another device

    Example:
        >>> refnet.device("cpu")
        device(type='cpu')
        >>> refnet.ones(2).device == refnet.device("cpu")
        True
    """

    type = "cpu"
    index = None

    def __init__(self, type: "str | device" = "cpu", index: int | None = None) -> None:
        if str(type).partition(":")[0] != "cpu":
            raise RuntimeError(
                f"device(): expected the CPU, on which refnet runs, got {str(type)!r}"
            )

    def __repr__(self) -> str:
        return "device(type='cpu')"

    def __str__(self) -> str:
        return "cpu"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash("cpu")


def check_device(given: Any) -> None:
    """Raises RuntimeError unless the device is None or the CPU."""
    if given is not None:
        device(given)
