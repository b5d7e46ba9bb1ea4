"""A parameter that is a function of others: module.weight = f(original).

The module gets a class of its own, derived from the one before, on which the name is a property
that computes f anew at each look; the original stands in module.parametrizations. So gradients
reach the original, and the optimizer trains it.
"""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor
from refnet.nn.container import ModuleDict, ModuleList
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

M = TypeVar("M", bound=Module)

_depth = 0  # how many blocks of cached() are open
_cache: dict[tuple[int, str], Tensor] = {}  # what they have computed, by id of the module and name


@contextmanager
def cached() -> Iterator[None]:
    """Inside the block each parametrized tensor is computed once, at the first look."""
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if not _depth:
            _cache.clear()


class ParametrizationList(ModuleList):
    """The parametrizations f₁, …, fₙ of one tensor, and what they are computed from.

    The tensor is fₙ(… f₁(original)), or fₙ(… f₁(original0, original1, …)) where the right_inverse
    of f₁ gives several. register_parametrization makes it.

    Args:
        modules: f₁, …, fₙ
        original: the tensor as it is now; a right_inverse of the fᵢ turns it into the original
        unsafe: whether the tensor may change its shape and dtype

    Raises ValueError for no modules, a right_inverse that gives no tensors or one of another dtype,
    and unless unsafe for a value that is no tensor or of another shape or dtype.

    Source:
        torch.nn.utils.parametrize.ParametrizationList.
    """

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        new: Any = original
        with no_grad():
            for module in reversed(list(self)):
                new = _inverse_or_same(module, new)
        self.is_tensor = isinstance(new, Tensor)
        if self.is_tensor:
            if new.dtype != dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype: expected "
                    f"{dtype}, got {new.dtype}"
                )
            before = original.data
            original.data = new  # the same object, which an optimizer may have
            _register(self, "original", original)
        else:
            for i, tensor in enumerate(_tensors(new)):
                if isinstance(original, Parameter):
                    tensor = Parameter(tensor, original.requires_grad)
                _register(self, f"original{i}", tensor.requires_grad_(original.requires_grad))
            self.ntensors = len(new)
        if not unsafe:
            try:
                _check_same("the parametrized tensor", self(), shape, dtype)
            except BaseException:
                if self.is_tensor:
                    original.data = before
                raise

    def originals(self) -> list[Tensor]:
        """What the tensor is computed from."""
        if self.is_tensor:
            return [self.original]
        return [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the tensor gets this value: what `module.weight = value` does.

        Raises RuntimeError for a parametrization without right_inverse, ValueError for what does
        not fit the originals. These are unchanged then.
        """
        new: Any = value
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(
                        f"parametrization {type(module).__name__} does not implement right_inverse."
                    )
                new = module.right_inverse(new)
        originals, values = self.originals(), [new] if self.is_tensor else _tensors(new)
        if len(values) != len(originals):
            raise ValueError(
                f"'right_inverse' must return a sequence of {len(originals)} tensors, got "
                f"{len(values)}"
            )
        for original, tensor in zip(originals, values, strict=True):
            if not isinstance(tensor, Tensor):
                raise ValueError(
                    f"`right_inverse` should return a tensor. Got {type(new).__name__}"
                )
            if tensor.dtype != original.dtype:
                raise ValueError(
                    f"The tensor returned by `right_inverse` has dtype {tensor.dtype}, the original "
                    f"{original.dtype}"
                )
        for original, tensor in zip(originals, values, strict=True):
            original.data = tensor

    def forward(self) -> Tensor:
        """The parametrized tensor."""
        first, *others = self
        x: Tensor = first(*self.originals())
        for module in others:
            x = module(x)
        return x


def _inverse_or_same(module: Module, value: Any) -> Any:
    """The module's right_inverse; the value itself if it has none or raises NotImplementedError."""
    try:
        return module.right_inverse(value) if hasattr(module, "right_inverse") else value
    except NotImplementedError:
        return value


def _tensors(values: Any) -> Sequence[Tensor]:
    """The values; raises ValueError unless they are a sequence of tensors."""
    wrong = [] if isinstance(values, Sequence) else [values]
    wrong += [x for x in values if not isinstance(x, Tensor)] if not wrong else []
    if wrong:
        raise ValueError(
            "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
            f"Got {type(wrong[0]).__name__}"
        )
    found: Sequence[Tensor] = values
    return found


def _check_same(what: str, x: Any, shape: Any, dtype: Any) -> None:
    """Raise ValueError unless x is a tensor of this shape and dtype."""
    if not isinstance(x, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(x).__name__}.")
    for kind, got, expected in (("dtype", x.dtype, dtype), ("shape", x.shape, shape)):
        if got != expected:
            raise ValueError(
                f"Registering a parametrization may not change the {kind} of the tensor, unless the "
                f"`unsafe` flag is enabled: expected {expected}, but {what} has {got}"
            )


def _register(module: Module, name: str, tensor: Tensor) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


# --- the class of a parametrized module --------------------------------------------------------


def _deepcopy(module: Module, memo: dict[int, Any]) -> Module:
    replica = type(module).__new__(type(module))
    memo[id(module)] = replica
    replica.__dict__ = copy.deepcopy(module.__dict__, memo)
    return replica


def _getstate(module: Module) -> Any:
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict()."
    )


def _inject_class(module: Module) -> None:
    """Give the module a class of its own, on which properties can be set."""
    cls = type(module)
    members: dict[str, Any] = {"__getstate__": _getstate}
    if not hasattr(cls, "__deepcopy__"):
        members["__deepcopy__"] = _deepcopy
    module.__class__ = type(f"Parametrized{cls.__name__}", (cls,), members)


def _inject_property(module: Module, name: str) -> None:
    """Make the name on the module's class a property that computes the tensor."""

    def compute(owner: Module) -> Tensor:
        parametrization = owner.parametrizations[name]
        if not _depth:
            tensor: Tensor = parametrization()
            return tensor
        key = (id(owner), name)
        if key not in _cache:
            _cache[key] = parametrization()
        return _cache[key]

    def assign(owner: Module, value: Tensor) -> None:
        owner.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(compute, assign))


# --- registering -------------------------------------------------------------------------------


def register_parametrization(
    module: M, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> M:
    """Let module.tensor_name be parametrization(what it was), computed anew at each look.

    Registered on the same tensor again, a parametrization follows those that are there.

    Args:
        tensor_name: of a parameter, a buffer, or a parametrized tensor
        parametrization: a module; if it has a method right_inverse, that gives from the tensor what
            to compute it from, or several tensors as a sequence
        unsafe: whether it may change the shape and the dtype

    Returns the module itself. Raises ValueError for an unknown name, and for a parametrization that
    does not keep the shape and the dtype. The module is unchanged then.

    Source:
        torch.nn.utils.parametrize.register_parametrization
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            y = getattr(module, tensor_name)
            x = parametrization(y)
            _check_same("its result", x, y.shape, y.dtype)
            z = _inverse_or_same(parametrization, x)
            _check_same("the result of its right_inverse", z, y.shape, y.dtype)
        present = module.parametrizations[tensor_name]
        present.append(parametrization)
        present.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        made = ParametrizationList([parametrization], original, unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _inject_class(module)
            module.parametrizations = ModuleDict()
        _inject_property(module, tensor_name)
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with "
            f"name '{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the tensor of that name, or with None any tensor of the module, is parametrized."""
    parametrizations = getattr(module, "parametrizations", None)
    if not isinstance(parametrizations, ModuleDict):
        return False
    return len(parametrizations) > 0 if tensor_name is None else tensor_name in parametrizations


def remove_parametrizations(module: M, tensor_name: str, leave_parametrized: bool = True) -> M:
    """Make a parametrized tensor a plain parameter, or buffer, again.

    Args:
        leave_parametrized: with the value that it has; otherwise with that of the original

    Returns the module itself, with its class of before if nothing else is parametrized.
    Raises ValueError for a tensor that is not parametrized, and without leave_parametrized for one
    that is computed from several.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parametrizations = module.parametrizations[tensor_name]
    if parametrizations.is_tensor:
        original = parametrizations.original
        if leave_parametrized:
            with no_grad():
                original.data = getattr(module, tensor_name)
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor "
            "that is parametrized in terms of a sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class of a module without its parametrizations."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: M, tensor_name: str | None = None
) -> M:
    """Parametrize the tensor of that name, or with None all, of to_module as in from_module.

    The modules share the parametrizations and the originals. A tensor that to_module lacks is
    made. Returns to_module, unchanged if from_module is not parametrized.
    """
    if not is_parametrized(from_module):
        return to_module
    for name in from_module.parametrizations if tensor_name is None else [tensor_name]:
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name)))
        source = from_module.parametrizations[name]
        for parametrization in source:
            register_parametrization(to_module, name, parametrization)
        target = to_module.parametrizations[name]
        for own in [n for n in source._parameters | source._buffers if n.startswith("original")]:
            setattr(target, own, getattr(source, own))
    return to_module


_mirror(__name__)
