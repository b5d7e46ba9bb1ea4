"""Module: the base of every layer and network."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, Protocol, Self, TypeVar

from refnet.compatibility.lookup import absent_attribute
from refnet.engine.argument_errors import refuse
from refnet.engine.tensor import Tensor
from refnet.functions.gradients import clear_grad
from refnet.nn import casting, module_hooks, module_state, traversal
from refnet.nn.parameter import Buffer, Parameter

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class _HasForward(Protocol[P, R_co]):
    def forward(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


class Module:
    """The base class of layers and networks: parameters, buffers, submodules and a forward pass.

    A subclass calls super().__init__(), assigns Parameters, Buffers and Modules as attributes, and
    defines forward. The module then lists them and those of its submodules, for example in
    parameters() and state_dict(). Names, order and errors are PyTorch's.

    Attributes:
        training: whether the module is in training mode, which train() and eval() set

    Source:
        torch.nn.Module

    Example:
        >>> class Affine(nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.weight = nn.Parameter(refnet.tensor([2.0, 3.0]))
        ...         self.register_buffer("offset", refnet.ones(2))
        ...
        ...     def forward(self, x):
        ...         return self.weight * x + self.offset
        >>> model = Affine()
        >>> model(refnet.tensor([1.0, 10.0]))
        tensor([ 3., 31.], grad_fn=<AddBackward0>)
        >>> list(model.state_dict())
        ['weight', 'offset']
    """

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: "dict[str, Module | None]"

    def __init__(self) -> None:
        # __setattr__ reads these dictionaries, so they are created without it.
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
        """Computes the output; every subclass that is called defines it.

        Raises:
            NotImplementedError: unless the subclass defines it
        """
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    if TYPE_CHECKING:  # a call has the arguments and the result of forward

        def __call__(self: "_HasForward[P, R_co]", *args: P.args, **kwargs: P.kwargs) -> R_co:
            raise NotImplementedError

    else:

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            if (
                self._forward_hooks
                or self._forward_pre_hooks
                or self._backward_hooks
                or self._backward_pre_hooks
            ):
                return module_hooks.call_with_hooks(self, args, kwargs)
            try:
                return self.forward(*args, **kwargs)
            except Exception:
                refuse(f"{type(self).__name__}()", *args, *kwargs.values())
                raise

    # --- members ---------------------------------------------------------------------------

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Registers a parameter; None reserves the name.

        Args:
            name: the attribute under which the parameter is found
            param: the parameter, or None

        Raises:
            TypeError: for a name that is not a string or a value that is not a Parameter
            KeyError: for a name that is empty, contains "." or is taken
            ValueError: for a parameter that is not a leaf
        """
        self._check_name("parameter", name, "_parameters")
        refuse(f"parameter '{name}'", param)
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
        """Registers a buffer: a tensor that belongs to the module's state and is not trained.

        Args:
            name: the attribute under which the buffer is found
            tensor: the buffer; None reserves the name
            persistent: whether state_dict() contains the buffer

        Raises:
            TypeError: for a name that is not a string or a value that is not a Tensor
            KeyError: for a name that is empty, contains "." or is taken
        """
        self._check_name("buffer", name, "_buffers")
        refuse(f"buffer '{name}'", tensor)
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
        """Registers a submodule; None reserves the name.

        Args:
            name: the attribute under which the submodule is found
            module: the submodule, or None

        Raises:
            TypeError: for a name that is not a string or a value that is not a Module
            KeyError: for a name that is empty, contains "." or is taken
        """
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self._check_name("module", name, "_modules")
        self._modules[name] = module

    register_module = add_module

    def _check_name(self, kind: str, name: str, members: str) -> None:
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
            if type(self).__module__.startswith("refnet."):  # a layer's option
                refuse(f"{type(self).__name__}: {name}", value)
            object.__setattr__(self, name, value)

    def _take(self, kind: str, name: str, members: str) -> None:
        """Removes the other members and attributes of this name."""
        if members not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if name not in self.__dict__[members]:
            self.__dict__.pop(name, None)
            for other in (self._parameters, self._buffers, self._modules):
                other.pop(name, None)
            self._non_persistent_buffers_set.discard(name)

    def _refuse(self, kind: str, name: str, value: Any, expected: str) -> NoReturn:
        refuse(f"{kind} '{name}'", value)
        raise TypeError(
            f"cannot assign '{type(value).__name__}' as {kind} '{name}' ({expected} expected)"
        )

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__  # lacks these dictionaries before Module.__init__ has run
        for members in ("_parameters", "_buffers", "_modules"):
            if members in own and name in own[members]:
                return own[members][name]
        raise absent_attribute(self, "nn.Module", name)

    def __delattr__(self, name: str) -> None:
        for members in (self._parameters, self._buffers, self._modules):
            if name in members:
                del members[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*dir(type(self)), *self.__dict__}
        for members in ("_parameters", "_buffers", "_modules"):
            names.update(self.__dict__.get(members, ()))  # absent before Module.__init__ has run
        return sorted(n for n in names if not n[:1].isdigit())

    # --- changes to all members ------------------------------------------------------------

    def apply(self, fn: "Callable[[Module], Any]") -> Self:
        """Calls fn on every module, children before their parents; often used to initialise them.

        Args:
            fn: the function of one module

        Returns:
            the module itself
        """
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Sets the mode of all modules, which decides what dropout and batch norm do.

        Args:
            mode: True for training, False for evaluation

        Returns:
            the module itself

        Raises:
            ValueError: for a mode that is not a bool
        """
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Sets evaluation mode: train(False)."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Sets requires_grad of all parameters.

        Args:
            requires_grad: the new value

        Returns:
            the module itself
        """
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clears the gradients of all parameters.

        Args:
            set_to_none: sets them to None; otherwise fills them with zeros
        """
        for p in self.parameters():
            clear_grad(p, set_to_none)

    def get_extra_state(self) -> Any:
        """Returns the state that is neither a parameter nor a buffer.

        A subclass with extra state defines this method and set_extra_state.

        Raises:
            NotImplementedError: unless the subclass defines it
        """
        raise NotImplementedError(f"{type(self).__name__} has no extra state")

    def set_extra_state(self, state: Any) -> None:
        """Restores what get_extra_state returned.

        Args:
            state: the extra state

        Raises:
            NotImplementedError: unless the subclass defines it
        """
        raise NotImplementedError(f"{type(self).__name__} has no extra state")

    # --- methods defined in other files ------------------------------------------------------

    named_modules = traversal.named_modules
    modules = traversal.modules
    named_children = traversal.named_children
    children = traversal.children
    named_parameters = traversal.named_parameters
    parameters = traversal.parameters
    named_buffers = traversal.named_buffers
    buffers = traversal.buffers
    get_submodule = traversal.get_submodule
    set_submodule = traversal.set_submodule
    get_parameter = traversal.get_parameter
    get_buffer = traversal.get_buffer

    _apply = casting.replace_tensors
    to = casting.to
    type = casting.type
    float = casting.float
    double = casting.double
    half = casting.half
    cpu = casting.cpu
    cuda = casting.cuda

    state_dict = module_state.state_dict
    load_state_dict = module_state.load_state_dict
    register_state_dict_pre_hook = module_state.register_state_dict_pre_hook
    register_state_dict_post_hook = module_state.register_state_dict_post_hook
    register_load_state_dict_pre_hook = module_state.register_load_state_dict_pre_hook
    register_load_state_dict_post_hook = module_state.register_load_state_dict_post_hook

    register_forward_pre_hook = module_hooks.register_forward_pre_hook
    register_forward_hook = module_hooks.register_forward_hook
    register_full_backward_pre_hook = module_hooks.register_full_backward_pre_hook
    register_full_backward_hook = module_hooks.register_full_backward_hook

    # --- text ------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """Returns the text inside the parentheses of the module's repr, before its submodules."""
        return ""

    def _repr_html_(self) -> str:
        """Returns what a notebook shows; PyTorch does not define it."""
        from refnet.display.notebook import module_html

        return module_html(self)

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [(f"({name})", repr(m)) for name, m in self._modules.items()]
        return block(self._get_name(), extra.split("\n") if extra else [], children)


def block(name: str, extra: list[str], children: Iterable[tuple[str, str]]) -> str:
    """Returns a module's repr, on one line if it has no children and at most one extra line."""
    lines = extra + [f"{label}: {text}".replace("\n", "\n  ") for label, text in children]
    if not lines:
        return f"{name}()"
    if len(lines) == len(extra) == 1:
        return f"{name}({extra[0]})"
    return f"{name}(\n  " + "\n  ".join(lines) + "\n)"
