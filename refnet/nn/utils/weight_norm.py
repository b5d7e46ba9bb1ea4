"""Weight normalisation by a hook, deprecated by PyTorch. parametrizations.py has the newer form."""

import warnings
from typing import Any, TypeVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.weight_norm import ALL, lengths, weight_norm as normalised
from refnet.nn.module import Module
from refnet.nn.module_hooks import find_pre_hook
from refnet.nn.parameter import Parameter, is_lazy

__all__ = ["remove_weight_norm", "weight_norm"]

M = TypeVar("M", bound=Module)


class WeightNorm:
    """The hook that computes the weight g v / ‖v‖ of the parameters g and v before each pass."""

    def __init__(self, name: str, dim: int) -> None:
        self.name = name
        self.dim = dim

    def compute_weight(self, module: Module) -> Tensor:
        """Returns g v / ‖v‖."""
        g, v = getattr(module, self.name + "_g"), getattr(module, self.name + "_v")
        return normalised(v, g, self.dim)

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Replaces a parameter by its length g, named name_g, and its direction v, named name_v.

        weight = g v / ‖v‖

    The weight is computed before each forward pass. PyTorch deprecates this function in favor of
    parametrizations.weight_norm, so it gives a FutureWarning. The gradient is derived in
    `refnet.ops.weight_norm`.

    Args:
        module: the module
        name: the name of the parameter
        dim: the dimension with one length for each index; None for a single length

    Returns:
        the module itself

    Raises:
        AttributeError: for an unknown name
        KeyError: for an attribute that is not a parameter
        IndexError: for a dim that the parameter lacks
        RuntimeError: for a parameter that is weight-normalised already
        ValueError: for an uninitialised parameter. The module is unchanged in all cases.

    Source:
        torch.nn.utils.weight_norm; Salimans & Kingma 2016

    Example:
        >>> import warnings
        >>> layer = nn.Linear(2, 1, bias=False)
        >>> layer.weight.data = refnet.tensor([[3.0, 4.0]])
        >>> with warnings.catch_warnings(action="ignore"):
        ...     layer = nn.utils.weight_norm(layer)
        >>> layer.weight_g.data, layer.weight_v.data
        (tensor([[5.]]), tensor([[3., 4.]]))
    """
    warnings.warn(
        "`nn.utils.weight_norm` is deprecated in favor of `nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    if find_pre_hook(module, WeightNorm, name) is not None:
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    weight = getattr(module, name)
    if is_lazy(weight):
        raise ValueError(
            f"weight_norm(): expected an initialized parameter, got {name}, which has no length "
            "yet; run a forward pass first"
        )
    if name not in module._parameters:
        raise KeyError(name)
    hook = WeightNorm(name, ALL if dim is None else dim)
    g = Parameter(lengths(weight, hook.dim).data)
    del module._parameters[name]
    module.register_parameter(name + "_g", g)
    module.register_parameter(name + "_v", Parameter(weight.data))
    hook(module, None)
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Undoes weight_norm: restores a single parameter with the present weight as its value.

    Args:
        module: the module
        name: the name of the parameter

    Returns:
        the module itself

    Raises:
        ValueError: for a parameter without weight_norm

    Example:
        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore"):
        ...     layer = nn.utils.weight_norm(nn.Linear(2, 1))
        >>> layer = nn.utils.remove_weight_norm(layer)
        >>> [name for name, p in layer.named_parameters()]
        ['bias', 'weight']
    """
    key = find_pre_hook(module, WeightNorm, name)
    if key is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    weight = module._forward_pre_hooks.pop(key).call.compute_weight(module)
    delattr(module, name)
    del module._parameters[name + "_g"], module._parameters[name + "_v"]
    setattr(module, name, Parameter(weight.data))
    return module


_mirror(__name__)
