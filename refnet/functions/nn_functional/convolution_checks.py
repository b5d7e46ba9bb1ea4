"""What the functions of convolutions and of transposed ones have in common."""

from typing import Any

from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.sizes import sizes


def batched(rule: Any, d: int, input: Tensor, *parameters: Any, **options: Any) -> Tensor:
    """The rule on a batch; a single example is a batch of one."""
    if input.ndim == d + 2:
        return apply(rule, input, *parameters, **options)
    y = apply(rule, input.unsqueeze(0), *parameters, **options)
    return y.squeeze(0)


def numbers(function: str, name: str, value: Any, d: int, *, least: int) -> tuple[int, ...]:
    """One for each of the d dimensions, from one number or d of them.

    Raises RuntimeError for one that is less than `least`, and what refnet.functions.nn_functional.sizes does.
    """
    numbers = sizes(function, name, value, d)
    if min(numbers) < least:
        kind = "non-positive" if least else "negative"
        raise RuntimeError(f"{function}: {kind} {name} is not supported, got {numbers}")
    return numbers


def check_int(function: str, name: str, value: Any) -> None:
    """Raise TypeError for what is not an int."""
    if not hasattr(value, "__index__") or isinstance(value, bool):
        raise TypeError(f"{function}(): {name} must be an int, not {type(value).__name__}")


def check_operands(
    function: str,
    d: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    groups: int,
) -> None:
    """Raise for an input, weight or groups that neither convolutions nor transposed ones take."""
    check_tensors(function, input=input, weight=weight, **({} if bias is None else {"bias": bias}))
    check_int(function, "groups", groups)
    if groups <= 0:
        raise RuntimeError(f"{function}: non-positive groups is not supported, got {groups}")
    x, W = input.shape, weight.shape
    if len(x) not in (d + 1, d + 2):
        raise RuntimeError(
            f"Expected {d + 1}D (unbatched) or {d + 2}D (batched) input to {function}, but got input "
            f"of size: {list(x)}"
        )
    if len(W) != d + 2 or 0 in W[:1] + W[2:]:
        raise RuntimeError(
            f"{function}: expected a weight of {d + 2} dimensions with outputs and kernel entries, got "
            f"{list(W)}"
        )
    if 0 in x[-d:] and (len(x) == d + 1 or 0 not in x[:2]):
        raise RuntimeError(
            f"Only zero batch or zero channel inputs are supported, but got input shape: {list(x)}"
        )
    check_dtypes(function, input, weight, bias)


def check_dtypes(function: str, input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    """Raise for boolean tensors, and for two dtypes unless one is complex: the complex step's."""
    given = [t for t in (input, weight, bias) if t is not None]
    if input._array.dtype.kind == "b":
        raise NotImplementedError(f"{function} is not there for boolean tensors")
    kinds = {t._array.dtype for t in given}
    if len(kinds) > 1 and not any(dtype.kind == "c" for dtype in kinds):
        raise RuntimeError(
            f"{function}: input, weight and bias should have the same dtype, but got: "
            + ", ".join(str(t.dtype) for t in given)
        )


def check_bias(function: str, weight: Tensor, bias: Tensor | None, outputs: int) -> None:
    """Raise RuntimeError for a bias of another shape than (outputs,)."""
    if bias is not None and bias.shape != (outputs,):
        raise RuntimeError(
            f"{function}: given weight of size {list(weight.shape)}, expected bias to be 1-dimensional "
            f"with {outputs} elements, but got bias of size {list(bias.shape)}"
        )
