"""Initial values by other laws: truncated normal, orthogonal, sparse."""

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


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Normal values, of those that lie in [a, b].

    By rejection, as in PyTorch 2.13. If more than 0.3 of the normal values lie in [a, b], those
    outside are drawn again. Else uniform candidates x of [a, b) are taken where
    ln u < ln p(x) − ln max p, with u uniform and p the density, and the others drawn again.
    Warns if mean is more than two standard deviations outside of [a, b].
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )

    def draw(fill: Callable[..., Tensor], *law: float) -> Array:
        return fill(wrap(np.empty_like(tensor._array)), *law, generator=generator)._array

    within = _normal_cdf((b - mean) / std) - _normal_cdf((a - mean) / std)
    if within > 0.3:
        of = tensor._array.dtype.type
        values = draw(random_filling.normal_, mean, std)
        while np.any(outside := (values < of(a)) | (values > of(b))):
            np.copyto(values, draw(random_filling.normal_, mean, std), where=outside)
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
    """gain times a matrix with orthonormal rows, or columns if there are fewer of those.

    The Q of a normal matrix's QR decomposition, each column with the sign that makes R's diagonal
    positive: so Q is distributed uniformly, and there is only one. Dimensions after the first are
    flattened. NumPy decomposes in float64, so in float32 PyTorch's result differs by its own
    rounding error, about 1e-6. Raises ValueError for a tensor of fewer than two dimensions.

    Source:
        Saxe et al. 2013, "Exact solutions to the nonlinear dynamics of learning in deep
        linear neural networks"; Mezzadri 2007 for the signs
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
    """Normal with mean 0, and in each column the fraction `sparsity` of the entries zero.

    The places of the zeros come from the default generator, as in PyTorch. Raises ValueError
    unless the tensor has two dimensions.

    Source:
        Martens 2010, "Deep learning via Hessian-free optimization"
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
