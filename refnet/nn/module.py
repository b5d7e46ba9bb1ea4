"""Module: the base of every layer and network."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn, Self

from refnet import dtypes
from refnet.functions.casting import parse_to
from refnet.gradmode import no_grad
from refnet.hooks import RemovableHandle
from refnet.nn import state, traversal
from refnet.nn.hooks import ForwardHook, call_with_hooks
from refnet.nn.parameter import Buffer, Parameter
from refnet.nn.state import IncompatibleKeys
from refnet.tensor import Tensor

_LEFT_OUT = {  # of PyTorch's Module, and why
    "register_backward_hook": "PyTorch deprecates it; use register_full_backward_hook",
    "bfloat16": "NumPy has no bfloat16",
    "compile": "refnet runs Python as it stands; there is nothing to compile",
    "share_memory": "refnet is one process",
    "to_empty": "refnet has one device, to which nothing has to be moved",
}


class Module:
    """A layer or network: its parameters, buffers and submodules, and its forward pass.

    A subclass calls super().__init__(), assigns Parameters, Buffers and Modules as attributes, and
    defines forward. The module then lists them (parameters(), state_dict(), ...), its
    submodules' too. Names, order and errors are PyTorch's.

    Source: torch.nn.Module.
    """

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: "dict[str, Module | None]"

    def __init__(self) -> None:
        # __setattr__ looks at these dictionaries, so they have to come into being behind its back.
        self.__dict__.update(
            training=True,
            _parameters={},
            _buffers={},
            _non_persistent_buffers_set=set(),
            _modules={},
            _forward_pre_hooks=OrderedDict(),
            _forward_hooks=OrderedDict(),
            _backward_pre_hooks=OrderedDict(),
            _backward_hooks=OrderedDict(),
            _state_dict_pre_hooks=OrderedDict(),
            _state_dict_hooks=OrderedDict(),
            _load_state_dict_pre_hooks=OrderedDict(),
            _load_state_dict_post_hooks=OrderedDict(),
        )

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The output for an input; every subclass that is called defines it."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if (
            self._forward_hooks
            or self._forward_pre_hooks
            or self._backward_hooks
            or self._backward_pre_hooks
        ):
            return call_with_hooks(self, args, kwargs)
        return self.forward(*args, **kwargs)

    # --- what belongs to it ----------------------------------------------------------------

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, or the place of one that there is not (None).

        Raises TypeError, KeyError or ValueError for a wrong value, a wrong name, a non-leaf.
        """
        self._require_place("parameter", name, "_parameters")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type(param).__name__}' object to parameter '{name}' "
                "(nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. A parameter is a leaf; "
                f"compute '{name}' from other tensors in forward()."
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a buffer: a tensor of the module's state that is not trained.

        One that is not persistent is left out of state_dict().
        Raises TypeError or KeyError for a wrong value or name.
        """
        self._require_place("buffer", name, "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' "
                "(Tensor or None required)"
            )
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: "Module | None") -> None:
        """Add a submodule.

        Raises TypeError or KeyError for a wrong value or name.
        """
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self._require_place("module", name, "_modules")
        self._modules[name] = module

    register_module = add_module

    def _require_place(self, kind: str, name: str, members: str) -> None:
        if members not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in self.__dict__[members]:
            raise KeyError(f"attribute '{name}' already exists")

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self._take("parameter", name, "_parameters")
            self.register_parameter(name, value)
        elif name in self.__dict__.get("_parameters", ()):
            if value is not None:
                self._refuse("parameter", name, value, "nn.Parameter or None")
            self._parameters[name] = None
        elif isinstance(value, Module):
            self._take("module", name, "_modules")
            self._modules[name] = value
        elif name in self.__dict__.get("_modules", ()):
            if value is not None:
                self._refuse("child module", name, value, "nn.Module or None")
            self._modules[name] = None
        elif isinstance(value, Buffer):
            self.register_buffer(name, value, value.persistent)
        elif name in self.__dict__.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                self._refuse("buffer", name, value, "nn.Buffer, Tensor or None")
            self._buffers[name] = value
        else:
            object.__setattr__(self, name, value)

    def _take(self, kind: str, name: str, members: str) -> None:
        """Remove what else has the name, so that the members named can have it."""
        if members not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if name not in self.__dict__[members]:
            self.__dict__.pop(name, None)
            for other in (self._parameters, self._buffers, self._modules):
                other.pop(name, None)
            self._non_persistent_buffers_set.discard(name)

    def _refuse(self, kind: str, name: str, value: Any, expected: str) -> NoReturn:
        raise TypeError(
            f"cannot assign '{type(value).__name__}' as {kind} '{name}' ({expected} expected)"
        )

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__  # without a kind of members before Module.__init__ ran
        for members in ("_parameters", "_buffers", "_modules"):
            if members in own and name in own[members]:
                return own[members][name]
        reason = f": {_LEFT_OUT[name]}" if name in _LEFT_OUT else ""
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'{reason}")

    def __delattr__(self, name: str) -> None:
        for members in (self._parameters, self._buffers, self._modules):
            if name in members:
                del members[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*dir(type(self)), *self.__dict__, *self._parameters, *self._buffers}
        return sorted(n for n in names.union(self._modules) if not n[:1].isdigit())

    # --- lists of it -----------------------------------------------------------------------

    def named_modules(
        self, memo: "set[Module] | None" = None, prefix: str = "", remove_duplicate: bool = True
    ) -> "Iterator[tuple[str, Module]]":
        """The module itself and all below it, with their dotted names; each once, unless
        remove_duplicate is False."""
        return traversal.named_modules(
            self, set() if memo is None else memo, prefix, remove_duplicate
        )

    def modules(self, remove_duplicate: bool = True) -> "Iterator[Module]":
        """The module itself and all below it."""
        return (m for _, m in self.named_modules(remove_duplicate=remove_duplicate))

    def named_children(self) -> "Iterator[tuple[str, Module]]":
        """The submodules one level below, with their names; each once."""
        return traversal.named_children(self)

    def children(self) -> "Iterator[Module]":
        """The submodules one level below."""
        return (m for _, m in self.named_children())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their dotted names: its own, and with recurse those below it.

        A parameter that several modules share comes once, unless remove_duplicate is False.
        """
        return traversal.named_members(self, "_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters, as named_parameters lists them."""
        return (p for _, p in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their dotted names; arguments as for named_parameters."""
        return traversal.named_members(self, "_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers, as named_buffers lists them."""
        return (b for _, b in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> "Module":
        """The module below this one with a dotted name; itself for "".

        Raises AttributeError if there is none.
        """
        return traversal.get_submodule(self, target)

    def set_submodule(self, target: str, module: "Module", strict: bool = False) -> None:
        """Put a module in the place with a dotted name; with strict, only where one is already.

        Raises ValueError for "", AttributeError if the place is not one of a module.
        """
        traversal.set_submodule(self, target, module, strict)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with a dotted name. Raises AttributeError if there is none."""
        found: Parameter = traversal.get_member(self, target, "_parameters", "an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with a dotted name. Raises AttributeError if there is none."""
        found: Tensor = traversal.get_member(self, target, "_buffers", "a buffer")
        return found

    # --- changes to all of it --------------------------------------------------------------

    def apply(self, fn: "Callable[[Module], Any]") -> Self:
        """Call fn on every module, children before their parent; often to initialise them."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Set the mode, which decides what dropout and batch norm do, of all modules."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """train(False)."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set requires_grad of all parameters."""
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Take the gradients of all parameters away, or fill them with zeros."""
        for p in self.parameters():
            if set_to_none:
                p.grad = None
            elif p.grad is not None:
                p.grad.detach_()
                p.grad._array.fill(0)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Give all parameters, their gradients and all buffers the values that fn makes of them.

        Parameters stay the same objects, so an optimizer goes on with them; buffers do not.
        """
        if recurse:
            for child in self.children():
                child._apply(fn)
        with no_grad():
            for p in self._parameters.values():
                if p is not None:
                    p.data = fn(p)
                    if p.grad is not None:
                        p.grad.data = fn(p.grad)
            for name, b in self._buffers.items():
                if b is not None:
                    self._buffers[name] = fn(b)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """to(dtype), to(device), to(device, dtype), to(other_tensor): cast the floating-point
        parameters and buffers. The one device is the CPU. Keywords: dtype, device, non_blocking.

        Raises TypeError for a dtype that is not a floating-point one, RuntimeError for float16
        and other devices.
        """
        target, _ = parse_to(*args, **kwargs)
        if target is None:
            return self
        dtype = dtypes.from_numpy_dtype(target)
        if not dtype.is_floating_point:
            raise TypeError(
                "nn.Module.to only accepts floating point or complex dtypes, but got desired "
                f"dtype={dtype}"
            )
        if dtype is dtypes.float16:
            raise RuntimeError(
                "refnet's modules compute in float32 and float64: NumPy has no float16 arithmetic"
            )
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() else t)

    def type(self, dst_type: Any) -> Self:
        """Cast all parameters and buffers, integer ones too."""
        return self._apply(lambda t: t.to(dst_type))

    def float(self) -> Self:
        """Cast to float32."""
        return self.to(dtypes.float32)

    def double(self) -> Self:
        """Cast to float64."""
        return self.to(dtypes.float64)

    def half(self) -> Self:
        """Raises RuntimeError: see to()."""
        return self.to(dtypes.float16)

    def cpu(self) -> Self:
        """The module itself."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """Raises RuntimeError: refnet runs on the CPU."""
        return self.to("cuda")

    # --- hooks -----------------------------------------------------------------------------

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call hook(module, args) before forward; what it returns (if not None) replaces args.

        with_kwargs  call hook(module, args, kwargs) instead, which may return both as a pair
        prepend      call it before the hooks that are there already
        """
        return _register(self._forward_pre_hooks, ForwardHook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call hook(module, args, output) after forward; what it returns (if not None) replaces
        the output.

        with_kwargs  call hook(module, args, kwargs, output) instead
        prepend      call it before the hooks that are there already
        always_call  call it, with None for the output, also when forward raises
        """
        return _register(self._forward_hooks, ForwardHook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call hook(module, grad_output) before the module's backward pass; a tuple that it
        returns replaces grad_output."""
        return _register(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call hook(module, grad_input, grad_output) after the module's backward pass; a tuple
        that it returns replaces grad_input.

        There is a gradient, or None, for each positional argument of forward and each output.
        """
        return _register(self._backward_hooks, hook, prepend)

    # --- its state as a dictionary ---------------------------------------------------------

    def state_dict(
        self,
        *,
        destination: dict[str, Any] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> dict[str, Any]:
        """All parameters and persistent buffers, by dotted name.

        The tensors share the module's memory: copy them to keep what they are now.

        destination  the dictionary to write to; a new one if None
        prefix       stands before every key
        keep_vars    give the parameters themselves, not tensors detached from them
        """
        result: dict[str, Any] = OrderedDict() if destination is None else destination
        state.save(self, result, prefix, keep_vars)
        return result

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy the values of a state_dict into the parameters and buffers.

        strict  refuse missing and unexpected keys
        assign  take the tensors themselves instead of copying their values

        Returns the missing and the unexpected keys.
        Raises RuntimeError that lists every problem. Nothing is changed then; PyTorch would have
        loaded what fits.
        """
        return state.load(self, state_dict, strict, assign)

    def get_extra_state(self) -> Any:
        """What else belongs to the state; a subclass that has something defines this and
        set_extra_state."""
        raise NotImplementedError(f"{type(self).__name__} has no extra state")

    def set_extra_state(self, state: Any) -> None:
        """Take what get_extra_state gave."""
        raise NotImplementedError(f"{type(self).__name__} has no extra state")

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(module, prefix, keep_vars) before state_dict() reads the module."""
        return _register(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(module, state_dict, prefix, local_metadata) after state_dict() has read the
        module; it may change state_dict. local_metadata is empty."""
        return _register(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(module, state_dict, prefix, local_metadata, strict, missing_keys,
        unexpected_keys, error_msgs) before the module is loaded; it may change a copy of the
        state_dict and the lists."""
        return _register(self._load_state_dict_pre_hooks, hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(module, incompatible_keys) after loading; it may take keys off the lists."""
        return _register(self._load_state_dict_post_hooks, hook)

    # --- how it prints ---------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands in the parentheses of the module's text, before its submodules."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [(f"({name})", repr(m)) for name, m in self._modules.items()]
        return block(self._get_name(), extra.split("\n") if extra else [], children)


def block(name: str, extra: list[str], children: Iterable[tuple[str, str]]) -> str:
    """PyTorch's text of a module: one line if there is only one extra line, else a line each."""
    lines = extra + [f"{label}: {text}".replace("\n", "\n  ") for label, text in children]
    if not lines:
        return f"{name}()"
    if len(lines) == len(extra) == 1:
        return f"{name}({extra[0]})"
    return f"{name}(\n  " + "\n  ".join(lines) + "\n)"


def _register(hooks: OrderedDict[int, Any], hook: Any, prepend: bool = False) -> RemovableHandle:
    handle = RemovableHandle(hooks, hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle
