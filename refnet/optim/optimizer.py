"""Optimizer: groups of parameters with their options, and a state for each parameter."""

import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.argument_errors import refuse, type_name
from refnet.engine.error_state import quietly
from refnet.engine.grad_mode import enable_grad
from refnet.engine.tensor import Tensor
from refnet.functions.gradients import clear_grad
from refnet.optim import optimizer_hooks, optimizer_state
from refnet.optim.options import scalar


class _Required:
    """The default of an option that each group has to give."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()
register_optimizer_step_pre_hook = optimizer_hooks.register_optimizer_step_pre_hook
register_optimizer_step_post_hook = optimizer_hooks.register_optimizer_step_post_hook


class Optimizer:
    """The base of all optimizers.

    A subclass checks its options, hands them to super().__init__ as defaults, and defines
    `update`, one step of one group. (Or, as one written for PyTorch does, step.)

    Args:
        params: tensors; or pairs (name, tensor); or dictionaries, each a group: {"params":
            tensors, and options that differ from the defaults}
        defaults: the options of a group that does not say otherwise

    param_groups  the groups: dictionaries of "params" and every option, which may be changed
    state         for each parameter what the optimizer remembers of it

    Raises TypeError or ValueError for params that cannot be optimized (see add_param_group).

    Source:
        torch.optim.Optimizer.
    """

    # Options that a state_dict of an older version of PyTorch may lack, and what they then are;
    # and the numbers of the state that are tensors now, and were not.
    _later_options: ClassVar[dict[str, Any]] = {}
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
            cls.step = optimizer_hooks.around(cls.step)  # type: ignore[method-assign]

    def _refuse(self, option: str, value: Any) -> None:
        """Raise TypeError for an option that is complex or PyTorch's tensor, or has such a part."""
        refuse(f"{type(self).__name__}(): {option}", *(value if type(value) is tuple else (value,)))

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group: {"params": tensors or pairs (name, tensor), and options of its own}.

        The dictionary itself becomes the group, completed by the defaults.
        Raises TypeError for what is no tensor; ValueError for a tensor that an operation made, for
        one that is there already, if only some have names, and if a required option is missing.
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
                "optimizer contains a parameter group with duplicate parameters; each is changed "
                "as often as it appears",
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

    @optimizer_hooks.around
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change all parameters that have a gradient, once.

        Args:
            closure: computes the loss anew, gradients included; its result is returned
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
        """One step of the parameters of one group."""
        raise NotImplementedError(f"{type(self).__name__} defines neither update() nor step()")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Take the gradients of all parameters away, or fill them with zeros."""
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
        """Take what __getstate__ or a state_dict gave, also if an older version made it."""
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
