"""The state of a Module as a flat dictionary, and back: state_dict and load_state_dict.

Loading has two parts. First, every entry is compared with the modules, and all problems are
collected. Values are written only if no problem was found. If code that is not part of refnet (a
hook, a set_extra_state) raises during the second part, the previous values are restored. So a
load that fails changes nothing.

Source: torch.nn.Module.state_dict and load_state_dict.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from refnet.engine import memory
from refnet.engine.removable_handle import RemovableHandle, register
from refnet.engine.tensor import Tensor
from refnet.functions.creation import from_numpy
from refnet.nn.parameter import Parameter, is_lazy

if TYPE_CHECKING:
    from refnet.nn.module import Module

EXTRA_STATE = "_extra_state"  # the last part of the key of get_extra_state()


class IncompatibleKeys(
    NamedTuple("IncompatibleKeys", [("missing_keys", list[str]), ("unexpected_keys", list[str])])
):
    """What load_state_dict returns.

    Attributes:
        missing_keys: keys that the module has and the state_dict lacks
        unexpected_keys: keys that the state_dict has and the module lacks
    """

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()


def state_dict(
    module: "Module",
    *,
    destination: dict[str, Any] | None = None,
    prefix: str = "",
    keep_vars: bool = False,
) -> dict[str, Any]:
    """Returns all parameters and persistent buffers in a dictionary, by dotted name.

    The tensors share the module's memory: copy them to keep their present values.

    Args:
        destination: the dictionary to write to; a new one if None
        prefix: the text before every key
        keep_vars: gives the parameters themselves, not tensors detached from them
    """
    result: dict[str, Any] = OrderedDict() if destination is None else destination
    for pre_hook in module._state_dict_pre_hooks.values():
        pre_hook(module, prefix, keep_vars)
    for name, tensor in _own_state(module):
        result[prefix + name] = tensor if keep_vars or is_lazy(tensor) else tensor.detach()
    if _overrides(module, "get_extra_state"):
        result[prefix + EXTRA_STATE] = module.get_extra_state()
    for name, child in module._modules.items():
        if child is not None:
            child.state_dict(destination=result, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
    for hook in module._state_dict_hooks.values():
        hook(module, result, prefix, {})
    return result


def load_state_dict(
    module: "Module", state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
) -> IncompatibleKeys:
    """Copies the values of a state_dict into the parameters and buffers.

    Args:
        state_dict: tensors or NumPy arrays by dotted name
        strict: whether missing and unexpected keys are errors
        assign: takes the tensors themselves instead of copying their values

    Returns:
        the missing and the unexpected keys

    Raises:
        TypeError: for a state_dict that is not a mapping
        RuntimeError: lists every problem. Nothing is changed then; PyTorch would have loaded the
            entries that fit.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    plan = _Plan(assign)
    plan.add(module, dict(state_dict), "")
    keys = IncompatibleKeys(plan.missing, plan.unexpected)
    if plan.problems or (strict and any(keys) and not plan.post_hooks):
        raise _error(module, plan, strict)
    undo: list[Callable[[], None]] = []
    try:
        for step in plan.steps:
            step(undo if plan.foreign or plan.post_hooks else None)
        # A hook may accept keys by removing them from the lists.
        for owner, hook in plan.post_hooks:
            if hook(owner, keys) is not None:
                raise AssertionError(
                    "Hooks registered with ``register_load_state_dict_post_hook`` are not expected "
                    "to return new values; change the lists of incompatible_keys in place."
                )
        if strict and any(keys):
            raise _error(module, plan, strict)
    except BaseException:
        for put_back in reversed(undo):
            put_back()
        raise
    return keys


Step = Callable[[list[Callable[[], None]] | None], None]


class _Plan:
    """The steps of a load, and every problem that prevents it."""

    def __init__(self, assign: bool) -> None:
        self.assign = assign
        self.missing: list[str] = []
        self.unexpected: list[str] = []
        self.problems: list[str] = []
        self.steps: list[Step] = []  # each writes one entry and appends the function that undoes it
        self.post_hooks: list[tuple[Module, Callable[..., Any]]] = []
        self.foreign = False  # whether a step runs code that is not part of refnet

    def add(self, module: "Module", state: dict[str, Any], prefix: str) -> None:
        """Compares the entries whose keys begin with prefix with the module and its children."""
        for hook in module._load_state_dict_pre_hooks.values():
            hook(module, state, prefix, {}, True, self.missing, self.unexpected, self.problems)
        expected = dict(_own_state(module))
        for name, tensor in expected.items():
            key = prefix + name
            if key not in state:
                self.missing.append(key)
            elif (value := self._checked(key, tensor, state[key])) is not None:
                self.steps.append(
                    _assignment(module, name, tensor, value)
                    if self.assign
                    else _copy(tensor, value)
                )
        self._add_extra_state(module, state, prefix + EXTRA_STATE)
        for key in state:
            if key.startswith(prefix) and key != prefix + EXTRA_STATE:
                name, dot, _ = key[len(prefix) :].partition(".")
                if name not in (module._modules if dot else expected):
                    self.unexpected.append(key)
        for name, child in module._modules.items():
            if child is not None:
                inner = f"{prefix}{name}."
                self.add(child, {k: v for k, v in state.items() if k.startswith(inner)}, inner)
        self.post_hooks += [(module, hook) for hook in module._load_state_dict_post_hooks.values()]

    def _checked(self, key: str, tensor: Tensor, given: Any) -> Tensor | None:
        """Returns the tensor to write at the key; if it does not fit, notes the problem."""
        if not isinstance(given, Tensor):
            try:
                given = from_numpy(given)
            except TypeError as error:
                self.problems.append(
                    f'While copying the parameter named "{key}", expected a Tensor from checkpoint '
                    f"but received {type(given)}: {error}"
                )
                return None
        value: Tensor = given
        if is_lazy(tensor):
            return value
        if is_lazy(given):
            self.problems.append(
                f"{key} is an {type(given).__name__} in the state_dict, "
                "and initialized in the model"
            )
            return None
        value = given.view(()) if tensor.ndim == 0 and given.shape == (1,) else given
        if value.shape != tensor.shape:
            self.problems.append(
                f"size mismatch for {key}: copying a param with shape {value.shape} from "
                f"checkpoint, the shape in current model is {tensor.shape}."
            )
            return None
        if self.assign and tensor.requires_grad and not value.is_floating_point():
            self.problems.append(
                f'While assigning the parameter named "{key}": only Tensors of floating point '
                f"dtype can require gradients, got {value.dtype}"
            )
            return None
        return value

    def _add_extra_state(self, module: "Module", state: dict[str, Any], key: str) -> None:
        if not _overrides(module, "set_extra_state"):
            if key in state:
                self.unexpected.append(key)
        elif key not in state:
            self.missing.append(key)
        else:
            self.foreign = True
            self.steps.append(_extra_state(module, state[key]))


def _own_state(module: "Module") -> Iterator[tuple[str, Tensor]]:
    """Yields the parameters and persistent buffers of the module itself, by name."""
    for name, p in module._parameters.items():
        if p is not None:
            yield name, p
    for name, b in module._buffers.items():
        if b is not None and name not in module._non_persistent_buffers_set:
            yield name, b


def _overrides(module: "Module", method: str) -> bool:
    from refnet.nn.module import Module

    return getattr(type(module), method) is not getattr(Module, method)


def _copy(tensor: Any, value: Tensor) -> Step:
    """Returns the step that copies the values; a lazy tensor gets its memory first."""

    def step(undo: list[Callable[[], None]] | None) -> None:
        if is_lazy(value):
            return
        if is_lazy(tensor):
            lazy = type(tensor)
            if undo is not None:
                undo.append(lambda: setattr(tensor, "__class__", lazy))
            tensor.materialize(value.shape)
        array = tensor._array
        if undo is not None:
            previous = array.copy()
            undo.append(lambda: np.copyto(array, previous))
        np.copyto(array, value._real(), casting="unsafe")
        memory.written(array)

    return step


def _assignment(module: "Module", name: str, tensor: Tensor, value: Tensor) -> Step:
    """Returns the step that assigns the tensor itself; a parameter keeps its requires_grad."""

    def step(undo: list[Callable[[], None]] | None) -> None:
        if undo is not None:
            undo.append(lambda: setattr(module, name, tensor))
        if not isinstance(tensor, Parameter):
            setattr(module, name, value)
        elif isinstance(value, Parameter):
            setattr(module, name, value.requires_grad_(tensor.requires_grad))
        else:
            setattr(module, name, Parameter(value, tensor.requires_grad))

    return step


def _extra_state(module: "Module", value: Any) -> Step:
    """Returns the step that passes the value to the module's set_extra_state."""

    def step(undo: list[Callable[[], None]] | None) -> None:
        if undo is not None and _overrides(module, "get_extra_state"):
            previous = module.get_extra_state()
            undo.append(lambda: module.set_extra_state(previous))
        module.set_extra_state(value)

    return step


def _quoted(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def _error(module: "Module", plan: _Plan, strict: bool) -> RuntimeError:
    lines = []
    if strict and plan.missing:
        lines.append(f"Missing key(s) in state_dict: {_quoted(plan.missing)}. ")
    if strict and plan.unexpected:
        lines.append(f"Unexpected key(s) in state_dict: {_quoted(plan.unexpected)}. ")
    lines += plan.problems
    name = type(module).__name__
    return RuntimeError(f"Error(s) in loading state_dict for {name}:\n\t" + "\n\t".join(lines))


# --- hooks -----------------------------------------------------------------------------------


def register_state_dict_pre_hook(module: "Module", hook: Callable[..., Any]) -> RemovableHandle:
    """Calls hook(module, prefix, keep_vars) before state_dict() reads the module.

    Args:
        hook: the function to call

    Returns:
        a handle; handle.remove() removes the hook
    """
    return register(module._state_dict_pre_hooks, hook)


def register_state_dict_post_hook(module: "Module", hook: Callable[..., Any]) -> RemovableHandle:
    """Calls hook(module, state_dict, prefix, local_metadata) after state_dict().

    The hook may change state_dict. local_metadata is empty.

    Args:
        hook: the function to call

    Returns:
        a handle; handle.remove() removes the hook
    """
    return register(module._state_dict_hooks, hook)


def register_load_state_dict_pre_hook(
    module: "Module", hook: Callable[..., Any]
) -> RemovableHandle:
    """Calls the hook before the module is loaded.

        hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys,
             error_msgs)

    The hook may change state_dict, which is a copy, and the three lists.

    Args:
        hook: the function to call

    Returns:
        a handle; handle.remove() removes the hook
    """
    return register(module._load_state_dict_pre_hooks, hook)


def register_load_state_dict_post_hook(
    module: "Module", hook: Callable[..., Any]
) -> RemovableHandle:
    """Calls hook(module, incompatible_keys) after loading; it may remove keys from the lists.

    Args:
        hook: the function to call

    Returns:
        a handle; handle.remove() removes the hook
    """
    return register(module._load_state_dict_post_hooks, hook)
