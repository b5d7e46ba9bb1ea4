"""Initial values of other distributions: truncated normal, orthogonal, sparse."""

import math
import warnings
from collections.abc import Callable

import numpy as np

from refnet.engine.memory import written_to
from refnet.engine.tensor import Tensor, wrap
from refnet.functions import random_filling
from refnet.nn.init.plain import normal_, set_values
from refnet.ops.rule import Array
from refnet.random import default_generator
from refnet.random.generator import Generator

__all__ = ["orthogonal_", "sparse_", "trunc_normal_"]


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Fills the tensor with normal values truncated to [a, b].

    The values are drawn by rejection, as in PyTorch 2.13. If [a, b] has more than 0.3 of the
    distribution's mass, normal values outside of it are drawn again. Otherwise uniform candidates x
    of [a, b) are accepted with probability p(x) / max p, where p is the normal density:

        ln u < ln p(x) − ln max p,   u ~ U[0, 1)

    Gives a warning if mean is more than two standard deviations outside of [a, b].

    Args:
        tensor: the tensor, which is changed in place
        mean: the mean of the normal distribution
        std: its standard deviation
        a: the smallest value
        b: the largest value
        generator: the source of random numbers; None for the default generator

    Returns:
        the tensor itself

    Example:
        >>> w = nn.init.trunc_normal_(refnet.empty(100), a=-1.0, b=1.0)
        >>> bool((w.abs() <= 1).all())
        True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )

    def draw(fill: Callable[..., Tensor], *parameters: float) -> Array:
        return fill(wrap(np.empty_like(tensor._array)), *parameters, generator=generator)._array

    mass = _normal_cdf((b - mean) / std) - _normal_cdf((a - mean) / std)
    if mass > 0.3:
        scalar = tensor._array.dtype.type
        values = draw(random_filling.normal_, mean, std)
        while np.any(rejected := (values < scalar(a)) | (values > scalar(b))):
            np.copyto(values, draw(random_filling.normal_, mean, std), where=rejected)
        return set_values(tensor, values)

    log_peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    values, pending = np.empty_like(tensor._array), np.asarray(True)
    while np.any(pending):
        candidates = draw(random_filling.uniform_, a, b)
        np.copyto(values, candidates, where=pending)
        log_density = ((candidates - mean) / std) ** 2 * -0.5 - log_peak
        with np.errstate(divide="ignore"):
            log_u = np.log(draw(random_filling.uniform_))
        pending = pending & (log_u > log_density)
    return set_values(tensor, values)


def _normal_cdf(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fills the tensor with gain times a matrix of orthonormal rows, or columns if these are fewer.

    The matrix is the Q of a normal matrix's QR decomposition. Each column has the sign that makes
    the diagonal of R positive, which makes Q unique and its distribution uniform. Dimensions after
    the first are flattened. NumPy decomposes in float64, so in float32 PyTorch's result differs by
    its own rounding error, about 1e-6.

    Args:
        tensor: the tensor, which is changed in place
        gain: the factor
        generator: the source of random numbers; None for the default generator

    Returns:
        the tensor itself

    Raises:
        ValueError: for a tensor of fewer than two dimensions

    Source:
        Saxe et al. 2013, "Exact solutions to the nonlinear dynamics of learning in deep
        linear neural networks"; Mezzadri 2007 for the signs

    Example:
        >>> w = nn.init.orthogonal_(refnet.empty(2, 3))
        >>> refnet.allclose(w @ w.T, refnet.eye(2), atol=1e-6)
        True
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    matrix = np.empty((rows, tensor.numel() // rows), tensor._array.dtype)
    random_filling.normal_(wrap(matrix), generator=generator)
    wide = matrix.shape[0] < matrix.shape[1]
    q, r = np.linalg.qr(matrix.T if wide else matrix)
    q *= np.sign(np.diag(r))
    return set_values(tensor, gain * (q.T if wide else q).reshape(tensor.shape))


def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None
) -> Tensor:
    """Fills a matrix with normal values of mean 0, and sets a fraction of each column to zero.

    The positions of the zeros come from the default generator, as in PyTorch.

    Args:
        tensor: the matrix, which is changed in place
        sparsity: the fraction of zeros in each column
        std: the standard deviation of the other values
        generator: the source of the normal values; None for the default generator

    Returns:
        the tensor itself

    Raises:
        ValueError: unless the tensor has two dimensions

    Source:
        Martens 2010, "Deep learning via Hessian-free optimization"

    Example:
        >>> w = nn.init.sparse_(refnet.empty(4, 2), sparsity=0.5)
        >>> (w == 0).sum(dim=0)
        tensor([2, 2])
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    normal_(tensor, 0, std, generator)
    for column in range(columns):
        tensor._array[default_generator.randperm(rows)[:zeros], column] = 0
    written_to(tensor)
    return tensor
