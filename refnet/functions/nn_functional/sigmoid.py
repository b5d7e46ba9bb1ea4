"""Curves that level off, and their integrals, under PyTorch's names; see refnet.ops.sigmoid."""

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.pointwise import pointwise
from refnet.functions.operands import floating, refuse_bool

__all__ = ["bipolar_sigmoid", "hardsigmoid", "logsigmoid", "softplus", "softsign"]


def bipolar_sigmoid(input: Tensor) -> Tensor:
    """(1 − e⁻ˣ) / (1 + e⁻ˣ) = tanh(x/2)

    PyTorch has no such function: it is the one that the lecture notes print under the name Tanh.

    The gradient is derived in `refnet.ops.bipolar_sigmoid`.
    """
    return pointwise("bipolar_sigmoid", ops.bipolar_sigmoid, input)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """(x + 3) / 6, not less than 0 nor more than 1

    The gradient is derived in `refnet.ops.hardsigmoid`.
    """
    return pointwise("hardsigmoid", ops.hardsigmoid, input, inplace)


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|); integers become floating-point numbers

    The gradient is derived in `refnet.ops.softsign`.
    """
    refuse_bool("softsign", input)
    return apply(ops.softsign, floating(input))


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """log(1 + e^βx) / β, and x itself where βx > threshold

    The gradient is derived in `refnet.ops.softplus`.
    """
    return pointwise("softplus", ops.softplus, input, beta=beta, threshold=threshold)


def logsigmoid(input: Tensor) -> Tensor:
    """log σ(x)

    The gradient is derived in `refnet.ops.logsigmoid`.
    """
    return pointwise("logsigmoid", ops.logsigmoid, input)
