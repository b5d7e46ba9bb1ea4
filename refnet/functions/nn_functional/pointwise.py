"""Application of an elementwise rule, with the option inplace."""

from typing import Any

from refnet.engine.dtypes import converted, float64
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.operands import need_float, number
from refnet.ops.rule import Rule


def pointwise(
    function: str, rule: Rule, input: Tensor, inplace: bool = False, **options: Any
) -> Tensor:
    """Applies a rule to a floating-point tensor; with inplace, the tensor is overwritten.

    Args:
        function: the name in errors
        rule: an elementwise rule of refnet.ops
        input: the tensor
        inplace: whether the input itself is overwritten
        options: numbers that the rule takes

    Raises:
        NotImplementedError: the input is not floating-point
        RuntimeError: the input is a leaf that requires a gradient and would be overwritten
        TypeError: an option is not a number
    """
    need_float(function, input)
    for name, x in options.items():
        if type(x) is not float:
            options[name] = converted(number(x, name, function), float64.dtype, function)
    return changed(rule, input, inplace, **options)


def changed(rule: Rule, input: Tensor, inplace: bool, **options: Any) -> Tensor:
    """Applies a rule to a tensor of any dtype; with inplace, the tensor is overwritten."""
    if inplace:
        refuse_leaf(input)
    y: Tensor = apply(rule, input, **options)
    return overwrite(input, y) if inplace else y
