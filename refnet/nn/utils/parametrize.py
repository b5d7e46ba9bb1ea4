"""Parametrization of a tensor of a module: module.weight = f(original).

The module gets its own class, a subclass of the previous one, in which the name is a property that
computes f at each access. The original is in module.parametrizations. So gradients reach the
original, and the optimizer trains it.
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
_cache: dict[tuple[int, str], Tensor] = {}  # the tensors computed there, by id of module and name


@contextmanager
def cached() -> Iterator[None]:
    """Computes each parametrized tensor once inside the block, at the first access.

    Example:
        >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 1))
        >>> layer.weight is layer.weight
        False
        >>> with nn.utils.parametrize.cached():
        ...     layer.weight is layer.weight
        True
    """
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if not _depth:
            _cache.clear()


class ParametrizationList(ModuleList):
    """The parametrizations f₁, …, fₙ of one tensor, and the originals from which it is computed.

        fₙ(… f₁(original))   or   fₙ(… f₁(original0, original1, …))

    The second form is for an f₁ whose right_inverse returns several tensors. The class is
    constructed by register_parametrization.

    Args:
        modules: f₁, …, fₙ
        original: the present tensor; the right_inverses of fₙ, …, f₁ turn it into the original
        unsafe: whether the parametrizations may change the shape and dtype

    Raises:
        ValueError: modules is empty; a right_inverse returns another dtype or something else than
            tensors; or, unless unsafe, the result has another shape or dtype or is not a tensor

    Source:
        torch.nn.utils.parametrize.ParametrizationList
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
                    "When `right_inverse` outputs one tensor, it may not change the dtype: "
                    f"expected {dtype}, got {new.dtype}"
                )
            previous = original.data
            original.data = new  # it stays the same object, which an optimizer may hold
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
                    original.data = previous
                raise

    def originals(self) -> list[Tensor]:
        """Returns the tensors from which the parametrized tensor is computed."""
        if self.is_tensor:
            return [self.original]
        return [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def right_inverse(self, value: Tensor) -> None:
        """Assigns a value to the parametrized tensor by setting the originals.

        This is what `module.weight = value` calls.

        Args:
            value: the new value

        Raises:
            RuntimeError: for a parametrization without right_inverse
            ValueError: for values that do not fit the originals, which are unchanged then
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
                    f"The tensor returned by `right_inverse` has dtype {tensor.dtype}, "
                    f"the original {original.dtype}"
                )
        for original, tensor in zip(originals, values, strict=True):
            original.data = tensor

    def forward(self) -> Tensor:
        """Computes the parametrized tensor."""
        first, *others = self
        x: Tensor = first(*self.originals())
        for module in others:
            x = module(x)
        return x


def _inverse_or_same(module: Module, value: Any) -> Any:
    """Returns the module's right_inverse of a value; the value, if that is not implemented."""
    try:
        return module.right_inverse(value) if hasattr(module, "right_inverse") else value
    except NotImplementedError:
        return value


def _tensors(values: Any) -> Sequence[Tensor]:
    """Returns the values; raises ValueError unless they are a sequence of tensors."""
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
    """Raises ValueError unless x is a tensor of this shape and dtype."""
    if not isinstance(x, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(x).__name__}.")
    for kind, got, expected in (("dtype", x.dtype, dtype), ("shape", x.shape, shape)):
        if got != expected:
            raise ValueError(
                f"Registering a parametrization may not change the {kind} of the tensor, unless "
                f"the `unsafe` flag is enabled: expected {expected}, but {what} has {got}"
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
    """Gives the module its own class, to which properties can be added."""
    cls = type(module)
    members: dict[str, Any] = {"__getstate__": _getstate}
    if not hasattr(cls, "__deepcopy__"):
        members["__deepcopy__"] = _deepcopy
    module.__class__ = type(f"Parametrized{cls.__name__}", (cls,), members)


def _inject_property(module: Module, name: str) -> None:
    """Makes the name a property of the module's class that computes the tensor."""

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
    """Replaces module.tensor_name by parametrization(original), computed at each access.

    A second parametrization of the same tensor is applied after the first.

    Args:
        module: the module
        tensor_name: the name of a parameter, a buffer or a parametrized tensor
        parametrization: a module; its method right_inverse, if it has one, maps a value of the
            tensor to the original, or to a sequence of originals
        unsafe: whether the parametrization may change the shape and dtype

    Returns:
        the module itself

    Raises:
        ValueError: for an unknown name, and unless unsafe for a parametrization that changes the
            shape or dtype. The module is unchanged then.

    Source:
        torch.nn.utils.parametrize.register_parametrization

    Example:
        >>> class Symmetric(nn.Module):
        ...     def forward(self, X):
        ...         return X.triu() + X.triu(1).T
        >>> layer = nn.Linear(3, 3)
        >>> layer = nn.utils.parametrize.register_parametrization(layer, "weight", Symmetric())
        >>> refnet.equal(layer.weight, layer.weight.T)
        True
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
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element "
            f"with name '{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Returns whether a tensor of the module is parametrized.

    Args:
        module: the module
        tensor_name: the name of the tensor; None for any tensor
    """
    parametrizations = getattr(module, "parametrizations", None)
    if not isinstance(parametrizations, ModuleDict):
        return False
    return len(parametrizations) > 0 if tensor_name is None else tensor_name in parametrizations


def remove_parametrizations(module: M, tensor_name: str, leave_parametrized: bool = True) -> M:
    """Makes a parametrized tensor a plain parameter or buffer again.

    Args:
        module: the module
        tensor_name: the name of the tensor
        leave_parametrized: if True, the tensor keeps its present value; if False, it gets the value
            of the original

    Returns:
        the module itself, of its previous class if no other tensor is parametrized

    Raises:
        ValueError: for a tensor that is not parametrized, and without leave_parametrized for one
            with several originals
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
    """Returns the class that the module had before it was parametrized.

    Args:
        module: the module
    """
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: M, tensor_name: str | None = None
) -> M:
    """Parametrizes tensors of to_module like those of from_module.

    The modules share the parametrizations and the originals. A tensor that to_module lacks is
    created.

    Args:
        from_module: the module with the parametrizations
        to_module: the module that gets them
        tensor_name: the name of the tensor; None for all parametrized tensors

    Returns:
        to_module, unchanged if from_module is not parametrized
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
        for key in [k for k in source._parameters | source._buffers if k.startswith("original")]:
            setattr(target, key, getattr(source, key))
    return to_module


_mirror(__name__)
