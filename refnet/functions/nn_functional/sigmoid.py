"""Sigmoid-like functions, softplus and logsigmoid. Their rules are in refnet.ops.sigmoid."""

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.pointwise import pointwise
from refnet.functions.operands import floating, refuse_bool

__all__ = ["bipolar_sigmoid", "hardsigmoid", "logsigmoid", "softplus", "softsign"]


def bipolar_sigmoid(input: Tensor) -> Tensor:
    """y = (1 − e⁻ˣ) / (1 + e⁻ˣ) = tanh(x/2)

    PyTorch does not have this function. The lecture notes call it Tanh.

    The gradient is derived in `refnet.ops.bipolar_sigmoid`.

    Args:
        input: x, floating-point

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.bipolar_sigmoid(refnet.tensor([-100.0, 0.0, 100.0]))
        tensor([-1.,  0.,  1.])
    """
    return pointwise("bipolar_sigmoid", ops.bipolar_sigmoid, input)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """y = min(max(x + 3, 0), 6) / 6

    The gradient is derived in `refnet.ops.hardsigmoid`.

    Args:
        input: x, floating-point
        inplace: whether the input itself is overwritten

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.hardsigmoid(refnet.tensor([-4.0, 0.0, 1.5, 4.0]))
        tensor([0.0000, 0.5000, 0.7500, 1.0000])
    """
    return pointwise("hardsigmoid", ops.hardsigmoid, input, inplace)


def softsign(input: Tensor) -> Tensor:
    """y = x / (1 + |x|)

    The gradient is derived in `refnet.ops.softsign`.

    Args:
        input: x; integers are cast to the default dtype

    Raises:
        NotImplementedError: the input is boolean

    Example:
        >>> F.softsign(refnet.tensor([-1.0, 0.0, 3.0]))
        tensor([-0.5000,  0.0000,  0.7500])
    """
    refuse_bool("softsign", input)
    return apply(ops.softsign, floating(input))


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """y = log(1 + e^βx) / β

    Where βx > threshold, y = x.

    The gradient is derived in `refnet.ops.softplus`.

    Args:
        input: x, floating-point
        beta: β
        threshold: the largest βx for which the formula is used

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.softplus(refnet.tensor([0.0, 100.0]))
        tensor([  0.6931, 100.0000])
    """
    return pointwise("softplus", ops.softplus, input, beta=beta, threshold=threshold)


def logsigmoid(input: Tensor) -> Tensor:
    """y = log σ(x) = −log(1 + e⁻ˣ)

    The gradient is derived in `refnet.ops.logsigmoid`.

    Args:
        input: x, floating-point

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.logsigmoid(refnet.tensor([-100.0, 0.0]))
        tensor([-100.0000,   -0.6931])
    """
    return pointwise("logsigmoid", ops.logsigmoid, input)
