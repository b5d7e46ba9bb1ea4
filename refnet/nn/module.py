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
    """A layer or network: its parameters, buffers and submodules, and its forward pass.

    A subclass calls super().__init__(), assigns Parameters, Buffers and Modules as attributes, and
    defines forward. The module then lists them (parameters(), state_dict(), ...), its
    submodules' too. Names, order and errors are PyTorch's.

    Source:
        torch.nn.Module.
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

    if TYPE_CHECKING:  # what a call takes and gives is what forward takes and gives

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

    # --- what belongs to it ----------------------------------------------------------------

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, or the place of one that there is not (None).

        Raises TypeError, KeyError or ValueError for a wrong value, a wrong name, a non-leaf.
        """
        self._require_place("parameter", name, "_parameters")
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
        """Add a buffer: a tensor of the module's state that is not trained.

        One that is not persistent is left out of state_dict().
        Raises TypeError or KeyError for a wrong value or name.
        """
        self._require_place("buffer", name, "_buffers")
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
            if type(self).__module__.startswith("refnet."):  # a layer's option
                refuse(f"{type(self).__name__}: {name}", value)
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
        refuse(f"{kind} '{name}'", value)
        raise TypeError(
            f"cannot assign '{type(value).__name__}' as {kind} '{name}' ({expected} expected)"
        )

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__  # without a kind of members before Module.__init__ ran
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
            names.update(self.__dict__.get(members, ()))  # absent before Module.__init__ ran
        return sorted(n for n in names if not n[:1].isdigit())

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
            clear_grad(p, set_to_none)

    def get_extra_state(self) -> Any:
        """What else belongs to the state; a subclass that has something defines this and
        set_extra_state."""
        raise NotImplementedError(f"{type(self).__name__} has no extra state")

    def set_extra_state(self, state: Any) -> None:
        """Take what get_extra_state gave."""
        raise NotImplementedError(f"{type(self).__name__} has no extra state")

    # --- methods that have files of their own ------------------------------------------------

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

    # --- how it prints ---------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands in the parentheses of the module's text, before its submodules."""
        return ""

    def _repr_html_(self) -> str:
        """What a notebook shows; PyTorch has none."""
        from refnet.display.notebook import module_html

        return module_html(self)

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
