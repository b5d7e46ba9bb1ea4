"""L-BFGS: Newton's direction from the last gradients."""

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
from refnet.optim.options import check_lr, number
from refnet.optim.strong_wolfe import Point, strong_wolfe


class LBFGS(Optimizer):
    r"""Limited-memory BFGS. A step is up to max_iter iterations of

        d ← −H ∇f(θ)
        θ ← θ + t d

    where H approximates the inverse of the Hessian: it maps the last changes y of the gradient to
    the changes s = t d of θ that caused them. H is never formed; with ρ = 1/yᵀs

        d ← −g
        for each pair (s, y), newest first:  α ← ρ sᵀd,  d ← d − α y
        d ← (yᵀs / yᵀy) d                    of the newest pair
        for each pair, oldest first:         d ← d + (α − ρ yᵀd) s

    t is η (in the first iteration of all η min(1, 1/‖g‖₁)), or what a line search finds from there.
    A pair is kept if yᵀs > 1e-10. The closure is called about once an iteration, and should give the
    same f each time: all of the data, no dropout.

    Args:
        params: θ, one group; see Optimizer
        lr: η, a number or a tensor of one element
        max_iter: iterations of a step, at most
        max_eval: calls of the closure in a step, at most; 1.25 max_iter if None
        tolerance_grad: stop if no entry of the gradient is larger
        tolerance_change: stop if the loss, or each entry of θ, changes by less
        history_size: how many pairs are kept
        line_search_fn: "strong_wolfe" (refnet/optim/strong_wolfe.py) or None

    The state is that of the whole, and stands at the first parameter: "func_evals" and "n_iter",
    which count, "d", "t", "old_dirs", the y, "old_stps", the s, "ro", "H_diag", yᵀs / yᵀy,
    "prev_flat_grad", "prev_loss", and "al", the α.

    Raises ValueError for a negative lr and for several groups, RuntimeError in a step for another
    line_search_fn.

    Source:
        torch.optim.LBFGS; Liu, Nocedal 1989, "On the limited memory BFGS method for large scale
        optimization"; the two loops: Nocedal, Wright, "Numerical optimization", algorithm 7.4.
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
        check_lr(lr)
        super().__init__(
            params,
            {
                "lr": lr,
                "max_iter": max_iter,
                "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
                "tolerance_grad": tolerance_grad,
                "tolerance_change": tolerance_change,
                "history_size": history_size,
                "line_search_fn": line_search_fn,
            },
        )
        if len(self.param_groups) != 1:
            raise ValueError(
                "LBFGS doesn't support per-parameter options (parameter groups): expected one "
                f"group, got {len(self.param_groups)}"
            )

    @quietly
    def step(self, closure: Callable[[], Any]) -> Any:
        """Up to max_iter iterations; returns the loss from before.

        Args:
            closure: computes the loss anew, gradients included
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

        d, t, ys, ss, ρs, scale, g_before = (_arrays(state.get(name)) for name in _KEPT)
        loss_before = state.get("prev_loss")
        for n in range(1, max_iter + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                d, ys, ss, ρs, scale = -g, [], [], [], 1
            else:
                y, s = g - g_before, d * t
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
            g_before, loss_before = g, loss

            t = min(1.0, 1.0 / np.abs(g).sum()) * η if state["n_iter"] == 1 else η
            slope = g @ d
            if slope > -tolerance_change:
                break
            calls = 0
            if group["line_search_fn"] == "strong_wolfe":
                at, d_max = line(params, d, closure), np.abs(d).max()
                start = Point(0, loss, g, slope)
                found, calls = strong_wolfe(at, start, t, d_max, tolerance_change, max_eval - evals)
                t, loss, g, _ = found
                move(params, t, d)
            elif group["line_search_fn"] is not None:
                raise RuntimeError(
                    f"only 'strong_wolfe' is supported, got line_search_fn={group['line_search_fn']!r}"
                )
            else:
                move(params, t, d)
                if n != max_iter:  # of the last iteration, the next step computes them
                    loss, g = float(closure()), flat_gradient(params)
                    calls = 1
            evals += calls
            state["func_evals"] += calls
            if (
                evals >= max_eval
                or np.abs(g).max() <= tolerance_grad
                or np.abs(d * t).max() <= tolerance_change
                or abs(loss - loss_before) < tolerance_change
            ):
                break

        kept = (d, t, ys, ss, ρs, scale, g_before)
        state.update(zip(_KEPT, map(_tensors, kept), strict=True))
        state["prev_loss"] = loss_before
        return first_loss


def direction(
    g: Array, ys: list[Array], ss: list[Array], ρs: list[Any], scale: Any, αs: list[Any]
) -> Array:
    """d = −H g, by the two loops; the α are left in αs."""
    d = -g
    for i in reversed(range(len(ys))):
        αs[i] = ρs[i] * (ss[i] @ d)
        d -= αs[i] * ys[i]
    d *= scale
    for i in range(len(ys)):
        d += (αs[i] - ρs[i] * (ys[i] @ d)) * ss[i]
    return d


def line(params: list[Tensor], d: Array, closure: Callable[[], Any]) -> Callable[[Any], Point]:
    """f on the line θ + t d, as a function of t; θ stays."""
    start = [p._array.copy() for p in params]

    def at(t: Any) -> Point:
        move(params, t, d)
        φ, g = float(closure()), flat_gradient(params)
        for p, θ in zip(params, start, strict=True):
            p._array[...] = θ
        return Point(t, φ, g, g @ d)

    return at


def move(params: list[Tensor], t: Any, d: Array) -> None:
    """θ ← θ + t d, d being one vector for all."""
    end = 0
    for p in params:
        begin, end = end, end + p.numel()
        p._array += float(t) * d[begin:end].reshape(p._array.shape)
        memory.written(p._array)


def flat_gradient(params: list[Tensor]) -> Array:
    """All gradients in one vector, zeros for those that are None."""
    gradients = [np.zeros_like(p._array) if p._grad is None else p._grad._array for p in params]
    return np.concatenate([g.reshape(-1) for g in gradients])


_KEPT = ("d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad")  # of the state


def _arrays(x: Any) -> Any:
    """The state as the formulas take it: arrays, and NumPy scalars for tensors of no dimension."""
    if isinstance(x, list):
        return [_arrays(entry) for entry in x]
    return x._array[()] if isinstance(x, Tensor) else x


def _tensors(x: Any) -> Any:
    """The same as it is kept: in tensors."""
    if isinstance(x, list):
        return [_tensors(entry) for entry in x]
    return wrap(np.asarray(x)) if isinstance(x, (np.ndarray, np.generic)) else x


_mirror(__name__)
