"""LazyModuleMixin: modules that take the sizes of their parameters from their first input."""

from itertools import chain
from typing import Any, ClassVar

from refnet.nn.module import Module
from refnet.nn.parameter import is_lazy


class LazyModuleMixin(Module):
    """The first of the two bases of a lazy module; the other is the class that it becomes.

    Its parameters are UninitializedParameters (and UninitializedBuffers) until the first call,
    which calls initialize_parameters with the input before forward. Then the module's class becomes
    cls_to_become, unless that is None; the parameters stay the same objects. A state_dict that is
    loaded before the first call also gives the parameters their shapes. The initial values are
    drawn at the first call.

    Attributes:
        cls_to_become: class of the module after the first call, or None

    Source:
        torch.nn.modules.lazy.LazyModuleMixin

    Example:
        >>> layer = nn.LazyLinear(2)
        >>> layer.has_uninitialized_params()
        True
    """

    cls_to_become: ClassVar[type[Module] | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(
            type(self)._infer_parameters, with_kwargs=True
        )

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Gives the parameters their shapes and values; each subclass defines it."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {type(self).__name__}"
        )

    def has_uninitialized_params(self) -> bool:
        """Returns whether a parameter or buffer has no shape yet."""
        return any(map(is_lazy, chain(self._parameters.values(), self._buffers.values())))

    def _infer_parameters(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Runs at the first call, before forward."""
        self.initialize_parameters(*args, **kwargs)
        if self.has_uninitialized_params():
            raise RuntimeError(
                f"{self._get_name()}(): expected initialize_parameters to give every parameter "
                "a shape"
            )
        self._initialize_hook.remove()
        del self._initialize_hook
        if self.cls_to_become is not None:
            self.__class__ = self.cls_to_become  # type: ignore[assignment]
