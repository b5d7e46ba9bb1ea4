"""Weight normalisation by a hook, PyTorch's deprecated form. See parametrizations.py for the other."""

import warnings
from typing import Any, TypeVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.weight_norm import ALL, lengths, weight_norm as normalised
from refnet.nn.module import Module
from refnet.nn.module_hooks import find_pre_hook
from refnet.nn.parameter import Parameter, is_lazy

M = TypeVar("M", bound=Module)


class WeightNorm:
    """The hook: before each forward pass, weight = g v / ‖v‖ of the parameters g and v."""

    def __init__(self, name: str, dim: int) -> None:
        self.name = name
        self.dim = dim

    def compute_weight(self, module: Module) -> Tensor:
        """g v / ‖v‖"""
        g, v = getattr(module, self.name + "_g"), getattr(module, self.name + "_v")
        return normalised(v, g, self.dim)

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Put two parameters in the place of one: its length g, name_g, and its direction v, name_v.

    The weight g v / ‖v‖ is computed anew before each forward pass. PyTorch deprecates this
    for parametrizations.weight_norm, and warns.

    Args:
        name: of the parameter
        dim: there is a length for each index along dim; None for a single one

    Returns the module itself. Raises AttributeError or KeyError for a name that is no parameter's,
    IndexError for a dim that the parameter has not, RuntimeError where it is weight-normalised
    already, ValueError for one that is not initialised. The module is unchanged then.

    Source:
        torch.nn.utils.weight_norm; Salimans & Kingma 2016
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
            f"weight_norm: {name} is an uninitialized parameter, which has no length yet; run a "
            "forward pass first"
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
    """Undo weight_norm: one parameter again, with the weight's value.

    Raises ValueError if there is no weight_norm of that name.
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
