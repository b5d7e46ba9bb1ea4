"""Optimizer: groups of parameters with their options, and a state for each parameter."""

import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from refnet.gradmode import enable_grad
from refnet.hooks import RemovableHandle
from refnet.tensor import Tensor


class Optimizer:
    """The base of all optimizers.

    A subclass checks its options, hands them to super().__init__ as defaults, and defines
    `update`, one step of one group.

    Arguments
        params    tensors; or pairs (name, tensor); or dictionaries, each a group: {"params":
                  tensors, and options that differ from the defaults}
        defaults  the options of a group that does not say otherwise

    param_groups  the groups: dictionaries of "params" and every option, which may be changed
    state         for each parameter what the optimizer remembers of it

    Raises TypeError or ValueError for params that cannot be optimized (see add_param_group).
    Source: torch.optim.Optimizer, without its hooks around state_dict.
    """

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or "
                f"dicts, but got {type(params).__name__}"
            )
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._step_pre_hooks: OrderedDict[int, Callable[..., Any]] = OrderedDict()
        self._step_post_hooks: OrderedDict[int, Callable[..., Any]] = OrderedDict()
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group: {"params": tensors or pairs (name, tensor), and options of its own}.

        Raises TypeError for what is no tensor; ValueError for a tensor that an operation made, for
        one that is there already, and if only some have names.
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
                    "optimizer can only optimize Tensors, but one of the params is "
                    + type(p).__name__
                )
            if not (p.is_leaf or p.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if len({id(p) for p in params}) != len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; each is changed "
                "as often as it appears",
                stacklevel=3,
            )
        if any(id(p) in known for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        group = {**param_group, "params": params}
        if names:
            group["param_names"] = names
        if any(("param_names" in group) != ("param_names" in g) for g in self.param_groups):
            raise ValueError(
                "all optimizer param groups should be with/without names. cannot add param group "
                f"{'with' if names else 'without'} names to the optimizer"
            )
        for option, default in self.defaults.items():
            group.setdefault(option, default)
        self.param_groups.append(group)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change all parameters that have a gradient, once.

        closure  computes the loss anew, gradients included; its result is returned
        """
        for pre_hook in self._step_pre_hooks.values():
            pre_hook(self, (closure,), {})
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            self.update(group)
        for post_hook in self._step_post_hooks.values():
            post_hook(self, (closure,), {})
        return loss

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        raise NotImplementedError

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Take the gradients of all parameters away, or fill them with zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p._grad = None
                elif p._grad is not None:
                    p._grad.detach_()
                    p._grad._array.fill(0)

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) before each step."""
        return RemovableHandle(self._step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) after each step."""
        return RemovableHandle(self._step_post_hooks, hook)

    def state_dict(self) -> dict[str, Any]:
        """{"state": {number: what is remembered of a parameter}, "param_groups": the groups}, where
        numbers stand for the parameters, counted through all groups."""
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            for p in group["params"]:
                numbers[id(p)] = len(numbers)
            packed = {option: value for option, value in group.items() if option != "params"}
            packed["params"] = [numbers[id(p)] for p in group["params"]]
            groups.append(packed)
        state = {numbers.get(id(p), p): remembered for p, remembered in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the state and the options of a state_dict; the tensors in it are copied.

        Tensors are cast to the dtype of their parameter, except under the name "step".
        Raises ValueError, with nothing changed, if groups or their sizes differ.
        """
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError(
                "loaded state dict has a different number of parameter groups: "
                f"{len(saved)}, expected {len(self.param_groups)}"
            )
        params: dict[Any, Tensor] = {}
        groups = []
        for new, group in zip(saved, self.param_groups, strict=True):
            if len(new["params"]) != len(group["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size "
                    f"of optimizer's group: {len(new['params'])}, expected {len(group['params'])}"
                )
            params.update(zip(new["params"], group["params"], strict=True))
            merged = {**new, "params": group["params"]}
            if "param_names" in group:
                merged.setdefault("param_names", group["param_names"])
            groups.append(merged)
        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for number, remembered in state_dict["state"].items():
            p = params.get(number)
            state[number if p is None else p] = _copied(remembered, p)
        self.state, self.param_groups = state, groups

    def __repr__(self) -> str:
        text = type(self).__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {k}: {group[k]}\n" for k in sorted(group) if k != "params")
        return text + ")"


def _copied(value: Any, p: Tensor | None, name: str = "") -> Any:
    """A copy of a state, its tensors in the dtype of the parameter."""
    if isinstance(value, Tensor):
        cast = p is not None and p.is_floating_point() and name != "step"
        return value.detach().to(p.dtype if cast and p is not None else value.dtype, copy=True)
    if isinstance(value, dict):
        return {k: _copied(v, p, k) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_copied(v, p) for v in value)
    return value
