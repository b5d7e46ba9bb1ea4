"""device: there is one, the CPU."""

from typing import Any


class device:  # noqa: N801 - PyTorch's name
    """Where a tensor lives: refnet.device("cpu"), the one there is."""

    type = "cpu"
    index = None

    def __init__(self, type: "str | device" = "cpu", index: int | None = None) -> None:
        if str(type).partition(":")[0] != "cpu":
            raise RuntimeError(f"refnet runs on the CPU, in NumPy; got device {str(type)!r}")

    def __repr__(self) -> str:
        return "device(type='cpu')"

    def __str__(self) -> str:
        return "cpu"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash("cpu")


def check_device(given: Any) -> None:
    """Raise RuntimeError unless the device is None or the CPU."""
    if given is not None:
        device(given)
