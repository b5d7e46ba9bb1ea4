"""DataParallel without other devices: refnet has only the CPU, so the module runs unchanged."""

from collections.abc import Sequence
from typing import Any, NoReturn

from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn.module import Module

__all__ = ["DataParallel", "data_parallel"]


class DataParallel(Module):
    """A wrapper around a module, which becomes the attribute `module`.

    The names in the state_dict then begin with "module.". PyTorch splits a batch among GPUs;
    without a GPU it calls the module itself, as this class does.

    Args:
        module: the module
        device_ids: None or []
        output_device: ignored
        dim: ignored; the dimension along which PyTorch splits the batch

    Raises:
        RuntimeError: for device_ids that name devices

    Source:
        torch.nn.DataParallel

    Example:
        >>> model = nn.DataParallel(nn.Linear(2, 1))
        >>> list(model.state_dict())
        ['module.weight', 'module.bias']
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
            raise RuntimeError(
                f"DataParallel(): expected no device_ids, since refnet runs on the CPU; got "
                f"{device_ids!r}"
            )
        self.module = module
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """Returns the output of the module.

        Args:
            *inputs: its positional arguments
            **kwargs: its keyword arguments
        """
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Sequence[Any] | None = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> NoReturn:
    """Raises an error, as PyTorch does without a GPU.

    Args:
        module: ignored, as are all other arguments
        inputs: ignored
        device_ids: ignored
        output_device: ignored
        dim: ignored
        module_kwargs: ignored

    Raises:
        RuntimeError: always
    """
    raise RuntimeError("device type could not be determined: refnet runs on the CPU, in NumPy")


_mirror(__name__)
