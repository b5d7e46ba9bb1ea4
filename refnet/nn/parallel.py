"""DataParallel on the devices there are: none but the CPU, so the module runs as it is."""

from collections.abc import Sequence
from typing import Any, NoReturn

from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn.module import Module

__all__ = ["DataParallel", "data_parallel"]


class DataParallel(Module):
    """module, as `self.module`, so that its names in the state_dict begin with "module.".

    PyTorch shares a batch among GPUs. Where there is none it calls the module, as is done here.

    Args:
        module: what is called
        device_ids: None or []: there are no devices to share among; RuntimeError otherwise
        output_device: where the shares would meet; None
        dim: which dimension would be shared out

    Source:
        torch.nn.DataParallel.
    """

    def __init__(
        self,
        module: Module,
        device_ids: Sequence[Any] | None = None,
        output_device: Any = None,
        dim: int = 0,
    ) -> None:
        super().__init__()
        if device_ids:
            raise RuntimeError(f"device_ids: refnet runs on the CPU, in NumPy; got {device_ids!r}")
        self.module = module
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module gives."""
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Sequence[Any] | None = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> NoReturn:
    """Raises RuntimeError, as in PyTorch without a GPU: there is nothing to share a batch among."""
    raise RuntimeError("device type could not be determined: refnet runs on the CPU, in NumPy")


_mirror(__name__)
