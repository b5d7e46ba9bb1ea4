"""Optimizer: groups of parameters with their options, and a state for each parameter."""

import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.argument_errors import refuse, type_name
from refnet.engine.error_state import quietly
from refnet.engine.grad_mode import enable_grad
from refnet.engine.tensor import Tensor
from refnet.functions.gradients import clear_grad
from refnet.optim import optimizer_hooks, optimizer_state
from refnet.optim.options import gradients, scalar, zeros_like


class _Required:
    """The default of an option that each group must give."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()
register_optimizer_step_pre_hook = optimizer_hooks.register_optimizer_step_pre_hook
register_optimizer_step_post_hook = optimizer_hooks.register_optimizer_step_post_hook


class Optimizer:
    """The base class of all optimizers.

    A subclass checks its options, passes them to `super().__init__` as defaults, and defines either
    `update`, one step of one group, or `step`, as an optimizer written for PyTorch does.

    Args:
        params: tensors; or pairs (name, tensor); or dictionaries, one for each group, with the key
            "params" and the options that differ from the defaults
        defaults: the options of groups that do not set their own

    Attributes:
        param_groups: the groups, dictionaries of "params" and every option; they may be changed
        state: for each parameter, the dictionary of what the optimizer remembers about it

    Raises:
        TypeError: params are not tensors, or are a set, whose order is not fixed
        ValueError: params are empty or cannot be optimized (see add_param_group)

    Source:
        torch.optim.Optimizer.

    Example:
        >>> class SignDescent(refnet.optim.Optimizer):
        ...     def update(self, group):
        ...         for p in group["params"]:
        ...             p.data -= group["lr"] * p.grad.sign()
        >>> x = refnet.tensor([1.0, -2.0], requires_grad=True)
        >>> optimizer = SignDescent([x], {"lr": 0.5})
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> x.tolist()
        [0.5, -1.5]
    """

    # Options that a state_dict of an older version of PyTorch may lack, with the values they get.
    _later_options: ClassVar[dict[str, Any]] = {}
    # Numbers of the state, which older versions did not keep in tensors.
    _numbers: ClassVar[tuple[str, ...]] = ()

    _optimizer_step_pre_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_step_post_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_state_dict_pre_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_state_dict_post_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_load_state_dict_pre_hooks: OrderedDict[int, Callable[..., Any]]
    _optimizer_load_state_dict_post_hooks: OrderedDict[int, Callable[..., Any]]

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or "
                f"dicts, but got {type(params).__name__}"
            )
        for option, value in defaults.items():
            self._refuse(option, value)
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        optimizer_hooks.prepare(self)
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = optimizer_hooks.add_step_hooks(cls.step)  # type: ignore[method-assign]

    def _refuse(self, option: str, value: Any) -> None:
        """Raises TypeError for an option that is or contains a complex number or a torch.Tensor."""
        refuse(f"{type(self).__name__}(): {option}", *(value if type(value) is tuple else (value,)))

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds a group of parameters.

        Args:
            param_group: a dictionary of "params", which are tensors or pairs (name, tensor), and
                the options that differ from the defaults. The dictionary itself becomes the group,
                and the defaults complete it

        Raises:
            TypeError: param_group is not a dictionary, or a parameter is not a tensor
            ValueError: a parameter is not a leaf, or is in another group; only some parameters have
                names; a required option is missing
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        given = param_group["params"]
        if isinstance(given, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the "
                "ordering of tensors in sets will change between runs. Please use a list instead."
            )
        entries = [given] if isinstance(given, Tensor) else list(given)
        names = [entry[0] for entry in entries if isinstance(entry, tuple)]
        params = [entry[1] if isinstance(entry, tuple) else entry for entry in entries]
        if names and len(names) != len(params):
            raise ValueError(
                "all optimizer params should be with/without names. Some param names are missing"
            )
        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError(
                    "optimizer can only optimize Tensors, but one of the params is " + type_name(p)
                )
            if not (p.is_leaf or p.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for option, default in self.defaults.items():
            if default is required and option not in param_group:
                raise ValueError(
                    "parameter group didn't specify a value of required optimization parameter "
                    f"{option}"
                )
        if len({id(p) for p in params}) != len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; each of them is "
                "updated once for each time it appears",
                stacklevel=3,
            )
        named = bool(names) or "param_names" in param_group
        if any(named != ("param_names" in g) for g in self.param_groups):
            raise ValueError(
                "all optimizer param groups should be with/without names. cannot add param group "
                f"{'with' if named else 'without'} names to the optimizer"
            )
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if any(id(p) in known for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        for option, value in param_group.items():
            if option != "params":
                self._refuse(option, value)
        param_group["params"] = params
        if names:
            param_group["param_names"] = names
        for option, default in self.defaults.items():
            param_group.setdefault(option, default)
        self.param_groups.append(param_group)

    @optimizer_hooks.add_step_hooks
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Updates every parameter that has a gradient, once.

        Args:
            closure: computes the loss and its gradients again

        Returns:
            what the closure returns, or None without a closure
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        self._update_groups()
        return loss

    @quietly
    def _update_groups(self) -> None:
        for group in self.param_groups:
            self.update(group)

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        raise NotImplementedError(f"{type(self).__name__} defines neither update() nor step()")

    def _steps(
        self, group: dict[str, Any], *names: str | None, **first: Any
    ) -> Iterator[tuple[Any, ...]]:
        """Yields θ, g = ∇f(θ), t and parts of the state, for each parameter that has a gradient.

        Args:
            group: whose parameters are updated
            names: the parts of the state, after "step", which is t = 1, 2, …; None yields None
            first: the values before the first step, if not 0
        """
        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                self._begin(p, group, *names, **first)
            step = state["step"]._array
            step += 1
            yield θ, g, float(step), *[n and state[n]._array for n in names]

    def _begin(self, p: Tensor, group: dict[str, Any], *names: str | None, **first: Any) -> None:
        """Makes the state of a parameter: arrays of its shape, numbers for names in _numbers."""
        state = self.state[p]
        state["step"] = scalar(0, group)
        for name in names:
            if name in self._numbers:
                state[name] = scalar(first[name], group)
            elif name is not None:
                state[name] = zeros_like(p._array)
                if first.get(name):
                    state[name]._array.fill(first[name])

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Resets the gradients of all parameters.

        Args:
            set_to_none: whether the gradients become None, or else zeros
        """
        for group in self.param_groups:
            for p in group["params"]:
                clear_grad(p, set_to_none)

    state_dict = optimizer_state.state_dict
    load_state_dict = optimizer_state.load_state_dict

    def __getstate__(self) -> dict[str, Any]:
        return {
            "defaults": self.defaults,
            "state": self.state,
            "param_groups": self.param_groups,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restores what __getstate__ or state_dict returned, also in an older PyTorch."""
        self.__dict__.update(state)
        optimizer_hooks.prepare(self)
        for group in self.param_groups:
            for option, value in self._later_options.items():
                group.setdefault(option, value)
            for p in group["params"]:
                remembered = self.state.get(p, {})
                for name in self._numbers if remembered else ():
                    if not isinstance(remembered[name], Tensor):
                        remembered[name] = scalar(remembered[name], group)

    register_step_pre_hook = optimizer_hooks.register_step_pre_hook
    register_step_post_hook = optimizer_hooks.register_step_post_hook
    register_state_dict_pre_hook = optimizer_hooks.register_state_dict_pre_hook
    register_state_dict_post_hook = optimizer_hooks.register_state_dict_post_hook
    register_load_state_dict_pre_hook = optimizer_hooks.register_load_state_dict_pre_hook
    register_load_state_dict_post_hook = optimizer_hooks.register_load_state_dict_post_hook

    def __repr__(self) -> str:
        text = type(self).__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {k}: {group[k]}\n" for k in sorted(group) if k != "params")
        return text + ")"


_mirror(__name__)
