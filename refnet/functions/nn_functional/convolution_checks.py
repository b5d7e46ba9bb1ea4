"""Argument checks that convolutions and transposed convolutions share."""

from typing import Any

from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.sizes import sizes
from refnet.functions.operands import check_tensors


def batched(rule: Any, d: int, input: Tensor, *parameters: Any, **options: Any) -> Tensor:
    """Applies the rule to a batch (N, C, n₁, …, n_d); an input without N is a batch of one."""
    if input.ndim == d + 2:
        return apply(rule, input, *parameters, **options)
    y = apply(rule, input.unsqueeze(0), *parameters, **options)
    return y.squeeze(0)


def numbers(function: str, name: str, value: Any, d: int, *, least: int) -> tuple[int, ...]:
    """Returns one number for each of the d dimensions, from one number or d of them.

    Raises:
        RuntimeError: a number is less than `least`, or there are neither one nor d of them
        TypeError: a number is not an int
    """
    given = sizes(function, name, value, d)
    if min(given) < least:
        raise RuntimeError(f"{function}(): expected {name} of at least {least}, got {given}")
    return given


def check_int(function: str, name: str, value: Any) -> None:
    """Raises TypeError for a value that is not an int."""
    if not hasattr(value, "__index__") or isinstance(value, bool):
        raise TypeError(f"{function}(): expected {name} int, got {type(value).__name__}")


def check_operands(
    function: str,
    d: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    groups: int,
) -> None:
    """Raises for an input, weight, bias or groups that no convolution accepts."""
    check_tensors(function, input=input, weight=weight, **({} if bias is None else {"bias": bias}))
    check_int(function, "groups", groups)
    if groups <= 0:
        raise RuntimeError(f"{function}(): expected positive groups, got {groups}")
    x, W = input.shape, weight.shape
    if len(x) not in (d + 1, d + 2):
        raise RuntimeError(
            f"{function}(): expected a {d + 1}D (unbatched) or {d + 2}D (batched) input, got "
            f"{list(x)}"
        )
    if len(W) != d + 2 or 0 in W[:1] + W[2:]:
        raise RuntimeError(
            f"{function}(): expected a {d + 2}D weight with outputs and kernel entries, got "
            f"{list(W)}"
        )
    if 0 in x[-d:] and (len(x) == d + 1 or 0 not in x[:2]):
        raise RuntimeError(
            f"{function}(): expected an input with non-zero spatial sizes, got {list(x)}"
        )
    check_dtypes(function, input, weight, bias)


def check_dtypes(function: str, input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    """Raises for a boolean input, and for different dtypes unless one is complex."""
    given = [t for t in (input, weight, bias) if t is not None]
    if input._array.dtype.kind == "b":
        raise NotImplementedError(f"{function}(): expected a numeric input, got {input.dtype}")
    kinds = {t._array.dtype for t in given}
    if len(kinds) > 1 and not any(dtype.kind == "c" for dtype in kinds):
        raise RuntimeError(
            f"{function}(): expected input, weight and bias of the same dtype, got "
            + ", ".join(str(t.dtype) for t in given)
        )


def check_bias(function: str, weight: Tensor, bias: Tensor | None, outputs: int) -> None:
    """Raises RuntimeError unless the bias is None or has shape (outputs,)."""
    if bias is not None and bias.shape != (outputs,):
        raise RuntimeError(
            f"{function}(): expected a bias of shape {[outputs]} for weight {list(weight.shape)}, "
            f"got {list(bias.shape)}"
        )
