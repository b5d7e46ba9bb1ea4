"""The state of an optimizer as a dictionary with plain keys: state_dict, load_state_dict.

    {"state": {0: {"step": ..., "exp_avg": ...}, 1: ...},
     "param_groups": [{"lr": 0.1, ..., "params": [0, 1]}]}

Parameters are numbered through all groups. The functions are methods of Optimizer.

Source:
    torch.optim.Optimizer.state_dict and load_state_dict.
"""

import copy
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.tensor import Tensor
from refnet.functions.creation import from_numpy

if TYPE_CHECKING:
    from refnet.optim.optimizer import Optimizer


def state_dict(optimizer: "Optimizer") -> dict[str, Any]:
    """Returns the state and the options; its tensors are the optimizer's own, not copies."""
    for pre_hook in optimizer._optimizer_state_dict_pre_hooks.values():
        pre_hook(optimizer)
    numbers: dict[int, int] = {}
    groups = []
    first = 0
    for group in optimizer.param_groups:
        numbers |= {id(p): number for number, p in enumerate(group["params"], first)}
        first += len(group["params"])
        packed = {option: value for option, value in group.items() if option != "params"}
        packed["params"] = [numbers[id(p)] for p in group["params"]]
        groups.append(packed)
    state = {
        numbers[id(key)] if isinstance(key, Tensor) else key: remembered
        for key, remembered in optimizer.state.items()
    }
    result = {"state": state, "param_groups": groups}
    for post_hook in optimizer._optimizer_state_dict_post_hooks.values():
        changed = post_hook(optimizer, result)
        result = result if changed is None else changed
    return result


def load_state_dict(optimizer: "Optimizer", state_dict: dict[str, Any]) -> None:
    """Restores the state and the options from a state_dict; tensors are copied.

    NumPy arrays are taken as tensors. Tensors are cast to the dtype of their parameter, except
    "step": it becomes float32 with capturable or fused, and keeps its dtype otherwise. If an error
    is raised, the optimizer has not changed.

    Args:
        state_dict: what state_dict() returned

    Raises:
        ValueError: the number of groups or their sizes differ
    """
    state_dict = state_dict.copy()
    for pre_hook in optimizer._optimizer_load_state_dict_pre_hooks.values():
        changed = pre_hook(optimizer, state_dict)
        state_dict = state_dict if changed is None else changed
    saved = state_dict["param_groups"]
    if len(saved) != len(optimizer.param_groups):
        raise ValueError(
            "loaded state dict has a different number of parameter groups: "
            f"{len(saved)}, expected {len(optimizer.param_groups)}"
        )
    # number -> the parameter, and whether "step" is float32
    owners: dict[Any, tuple[Tensor, bool]] = {}
    groups = []
    for new, group in zip(saved, optimizer.param_groups, strict=True):
        if len(new["params"]) != len(group["params"]):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size "
                f"of optimizer's group: {len(new['params'])}, expected {len(group['params'])}"
            )
        narrow = bool(new.get("capturable") or new.get("fused"))
        for number, p in zip(new["params"], group["params"], strict=True):
            owners[number] = p, narrow
        merged = {option: _copied(value) for option, value in new.items()}
        merged["params"] = group["params"]
        if "param_names" in group:
            merged.setdefault("param_names", group["param_names"])
        groups.append(merged)
    state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
    for number, remembered in state_dict["state"].items():
        if number in owners:
            p, narrow = owners[number]
            state[p] = _cast(remembered, p, narrow)
        else:
            state[number] = _copied(remembered)
    previous = optimizer.state, optimizer.param_groups
    try:
        optimizer.__setstate__({"state": state, "param_groups": groups})
    except Exception:
        optimizer.state, optimizer.param_groups = previous
        raise
    for post_hook in optimizer._optimizer_load_state_dict_post_hooks.values():
        post_hook(optimizer)


def _copied(value: Any) -> Any:
    """Returns a copy; a NumPy array becomes a tensor."""
    return from_numpy(value.copy()) if isinstance(value, np.ndarray) else copy.deepcopy(value)


def _cast(value: Any, p: Tensor, narrow: bool, name: str = "") -> Any:
    """Returns a copy of a state, with its tensors cast as load_state_dict says."""
    if isinstance(value, np.ndarray):
        value = from_numpy(value)
    if isinstance(value, Tensor):
        dtype = value.dtype
        if name == "step":
            dtype = dtypes.float32 if narrow else dtype
        elif p.is_floating_point():
            dtype = p.dtype
        return value.detach().to(dtype, copy=True)
    if isinstance(value, dict):
        return {k: _cast(v, p, narrow, k) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_cast(v, p, narrow) for v in value)
    return value
