"""The form of an activation that works on each entry by itself."""

from typing import Any

from refnet.engine.dtypes import converted, float64
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.checks import check_floating
from refnet.functions.operands import number
from refnet.ops.rule import Rule


def pointwise(
    function: str, rule: Rule, input: Tensor, inplace: bool = False, **options: Any
) -> Tensor:
    """Apply a rule to a floating-point tensor, which takes the result itself if inplace.

    The options are numbers. Raises NotImplementedError for integers, RuntimeError for a leaf that
    would change, TypeError for an option that is not a number.
    """
    check_floating(function, input)
    for name, x in options.items():
        if type(x) is not float:
            options[name] = converted(number(x, name, function), float64.dtype, function)
    return changed(rule, input, inplace, **options)


def changed(rule: Rule, input: Tensor, inplace: bool, **options: Any) -> Tensor:
    """Apply a rule to a tensor of any dtype, which takes the result itself if inplace."""
    if inplace:
        refuse_leaf(input)
    y: Tensor = apply(rule, input, **options)
    return overwrite(input, y) if inplace else y
