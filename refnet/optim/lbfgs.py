"""L-BFGS: an approximation of Newton's direction from the last gradients."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine import memory
from refnet.engine.error_state import quietly
from refnet.engine.grad_mode import enable_grad
from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import checked, number
from refnet.optim.strong_wolfe import Point, strong_wolfe


class LBFGS(Optimizer):
    r"""Limited-memory BFGS. One step makes up to max_iter iterations of

        d ← −H ∇f(θ)
        θ ← θ + t d

    H approximates the inverse of the Hessian: it maps the last changes y of the gradient to the
    changes s = t d of θ that caused them. H is never formed. With ρ = 1/yᵀs,

        d ← −g
        α ← ρ sᵀd,   d ← d − α y        for each pair (s, y), newest first
        d ← (yᵀs / yᵀy) d               with the newest pair
        d ← d + (α − ρ yᵀd) s           for each pair, oldest first

    t is η, or the result of a line search that starts there; in the very first iteration η is
    multiplied by min(1, 1/‖g‖₁). A pair is kept if yᵀs > 1e-10. The closure is called about once in
    each iteration and should always compute the same f: all of the data, no dropout.

    Args:
        params: θ, one group; see Optimizer
        lr: η, a number or a tensor of one element
        max_iter: the largest number of iterations of a step
        max_eval: the largest number of calls of the closure in a step; 1.25 max_iter if None
        tolerance_grad: a step ends if no entry of the gradient is larger
        tolerance_change: a step ends if the loss, or each entry of θ, changes by less
        history_size: the number of pairs that are kept
        line_search_fn: "strong_wolfe" (see refnet.optim.strong_wolfe) or None

    Attributes:
        state: one dictionary for all parameters, at the first one: "func_evals" and "n_iter", the
            numbers of calls and iterations; "d"; "t"; "old_dirs", the y; "old_stps", the s; "ro",
            the ρ; "H_diag", yᵀs / yᵀy; "prev_flat_grad"; "prev_loss"; and "al", the α

    Raises:
        ValueError: lr is negative, or there are several groups
        RuntimeError: in step(), line_search_fn is unknown

    Source:
        torch.optim.LBFGS; Liu, Nocedal 1989, "On the limited memory BFGS method for large scale
        optimization"; the two loops: Nocedal, Wright, "Numerical optimization", algorithm 7.4.

    Example:
        >>> x = refnet.tensor([3.0, -1.0], requires_grad=True)
        >>> optimizer = refnet.optim.LBFGS([x], line_search_fn="strong_wolfe")
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = (refnet.tensor([1.0, 10.0]) * (x - 2) ** 2).sum()
        ...     loss.backward()
        ...     return loss
        >>> optimizer.step(closure)  # the loss before the step
        tensor(91., grad_fn=<SumBackward0>)
        >>> x
        tensor([2., 2.], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        max_eval = max_iter * 5 // 4 if max_eval is None else max_eval
        names = "lr max_iter max_eval tolerance_grad tolerance_change history_size line_search_fn"
        super().__init__(params, checked(locals(), names))
        if len(self.param_groups) != 1:
            raise ValueError(
                "LBFGS doesn't support per-parameter options (parameter groups): expected one "
                f"group, got {len(self.param_groups)}"
            )

    @quietly
    def step(self, closure: Callable[[], Any]) -> Any:
        """Makes up to max_iter iterations.

        Args:
            closure: computes the loss and its gradients again, and returns the loss

        Returns:
            the loss before the step
        """
        if len(self.param_groups) != 1:
            raise AssertionError(f"expected exactly one param_group, got {len(self.param_groups)}")
        return self._iterate(enable_grad()(closure), self.param_groups[0])

    def _iterate(self, closure: Callable[[], Any], group: dict[str, Any]) -> Any:
        params, max_iter, max_eval = group["params"], group["max_iter"], group["max_eval"]
        tolerance_grad, tolerance_change = group["tolerance_grad"], group["tolerance_change"]
        η = number(group["lr"]) if isinstance(group["lr"], Tensor) else group["lr"]
        state = self.state[params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        first_loss = closure()
        loss, g = float(first_loss), flat_gradient(params)
        evals = 1
        state["func_evals"] += 1
        if np.abs(g).max() <= tolerance_grad:
            return first_loss

        d, t, ys, ss, ρs, scale, g_last = (_arrays(state.get(name)) for name in _KEPT)
        loss_last = state.get("prev_loss")
        for n in range(1, max_iter + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                d, ys, ss, ρs, scale = -g, [], [], [], 1
            else:
                y, s = g - g_last, d * t
                if y @ s > 1e-10:
                    if len(ys) == group["history_size"]:
                        del ys[0], ss[0], ρs[0]
                    ys.append(y)
                    ss.append(s)
                    ρs.append(1.0 / (y @ s))
                    scale = y @ s / (y @ y)
                αs = _arrays(state.get("al")) or [None] * group["history_size"]
                d = direction(g, ys, ss, ρs, scale, αs)
                state["al"] = _tensors(αs)
            g_last, loss_last = g, loss

            t = min(1.0, 1.0 / np.abs(g).sum()) * η if state["n_iter"] == 1 else η
            slope = g @ d
            if slope > -tolerance_change:
                break
            calls = 0
            if group["line_search_fn"] == "strong_wolfe":
                evaluate, d_max = line(params, d, closure), np.abs(d).max()
                start, tries = Point(0, loss, g, slope), max_eval - evals
                found, calls = strong_wolfe(evaluate, start, t, d_max, tolerance_change, tries)
                t, loss, g, _ = found
                move(params, t, d)
            elif group["line_search_fn"] is not None:
                raise RuntimeError(
                    "only 'strong_wolfe' is supported, got line_search_fn="
                    f"{group['line_search_fn']!r}"
                )
            else:
                move(params, t, d)
                if n != max_iter:  # after the last iteration, the next step does this
                    loss, g = float(closure()), flat_gradient(params)
                    calls = 1
            evals += calls
            state["func_evals"] += calls
            if (
                evals >= max_eval
                or np.abs(g).max() <= tolerance_grad
                or np.abs(d * t).max() <= tolerance_change
                or abs(loss - loss_last) < tolerance_change
            ):
                break

        kept = (d, t, ys, ss, ρs, scale, g_last)
        state.update(zip(_KEPT, map(_tensors, kept), strict=True))
        state["prev_loss"] = loss_last
        return first_loss


def direction(
    g: Array, ys: list[Array], ss: list[Array], ρs: list[Any], scale: Any, αs: list[Any]
) -> Array:
    """Returns d = −H g, by the two loops, and writes the α into αs."""
    d = -g
    for i in reversed(range(len(ys))):
        αs[i] = ρs[i] * (ss[i] @ d)
        d -= αs[i] * ys[i]
    d *= scale
    for i in range(len(ys)):
        d += (αs[i] - ρs[i] * (ys[i] @ d)) * ss[i]
    return d


def line(params: list[Tensor], d: Array, closure: Callable[[], Any]) -> Callable[[Any], Point]:
    """Returns the function of t that evaluates f at θ + t d and leaves θ unchanged."""
    start = [p._array.copy() for p in params]

    def evaluate(t: Any) -> Point:
        move(params, t, d)
        φ, g = float(closure()), flat_gradient(params)
        for p, θ in zip(params, start, strict=True):
            p._array[...] = θ
        return Point(t, φ, g, g @ d)

    return evaluate


def move(params: list[Tensor], t: Any, d: Array) -> None:
    """θ ← θ + t d, where d is one vector for all parameters."""
    end = 0
    for p in params:
        begin, end = end, end + p.numel()
        p._array += float(t) * d[begin:end].reshape(p._array.shape)
        memory.written(p._array)


def flat_gradient(params: list[Tensor]) -> Array:
    """Returns all gradients in one vector, with zeros for those that are None."""
    gradients = [np.zeros_like(p._array) if p._grad is None else p._grad._array for p in params]
    return np.concatenate([g.reshape(-1) for g in gradients])


_KEPT = ("d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad")  # parts of the state


def _arrays(x: Any) -> Any:
    """Returns a part of the state as arrays; a tensor without dimensions as a NumPy scalar."""
    if isinstance(x, list):
        return [_arrays(entry) for entry in x]
    return x._array[()] if isinstance(x, Tensor) else x


def _tensors(x: Any) -> Any:
    """Returns the same as the state keeps it: as tensors."""
    if isinstance(x, list):
        return [_tensors(entry) for entry in x]
    return wrap(np.asarray(x)) if isinstance(x, (np.ndarray, np.generic)) else x


_mirror(__name__)
