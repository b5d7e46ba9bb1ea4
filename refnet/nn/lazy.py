"""What lazy modules have in common: they learn the sizes of their parameters from their first input."""

from itertools import chain
from typing import Any, ClassVar

from refnet.nn.module import Module
from refnet.nn.parameter import is_lazy


class LazyModuleMixin(Module):
    """The first of two bases of a lazy module; the other is the module that it will be.

    Its parameters are UninitializedParameters (and UninitializedBuffers) until the first call, which
    runs initialize_parameters on the input before forward. Then the module becomes one of the
    class cls_to_become, if there is one; the parameters stay the same objects. A state_dict loaded
    before that gives the parameters their shapes, too.

    Initial values are drawn at the first call, so in the order of the calls.

    Source:
        torch.nn.modules.lazy.LazyModuleMixin.
    """

    cls_to_become: ClassVar[type[Module] | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(
            type(self)._infer_parameters, with_kwargs=True
        )

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shapes and values for these inputs; every subclass defines it."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {type(self).__name__}"
        )

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer has no shape yet."""
        return any(map(is_lazy, chain(self._parameters.values(), self._buffers.values())))

    def _infer_parameters(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """The hook of the first call."""
        self.initialize_parameters(*args, **kwargs)
        if self.has_uninitialized_params():
            raise RuntimeError(
                f"module {self._get_name()} has not been fully initialized: initialize_parameters "
                "left parameters without a shape"
            )
        self._initialize_hook.remove()
        del self._initialize_hook
        if self.cls_to_become is not None:
            self.__class__ = self.cls_to_become  # type: ignore[assignment]
