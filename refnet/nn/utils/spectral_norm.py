"""Spectral normalisation by a hook. See parametrizations.py for the other form."""

from typing import Any, TypeVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor
from refnet.functions.linalg import dot, mv
from refnet.functions.nn_functional.normalization import normalize
from refnet.nn.module import Module
from refnet.nn.module_hooks import find_pre_hook
from refnet.nn.parameter import Parameter, is_lazy
from refnet.nn.transposed_convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d

M = TypeVar("M", bound=Module)


class SpectralNorm:
    """The hook: before each forward pass, weight = W / σ, σ = uᵀ W v.

    u and v are the buffers name_u and name_v. In training each pass first turns them towards
    the singular vectors of the largest singular value: v ← Wᵀ u, u ← W v, both of length 1.
    """

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but "
                f"got n_power_iterations={n_power_iterations}"
            )
        self.name = name
        self.dim = dim
        self.n_power_iterations = n_power_iterations
        self.eps = eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        """W / σ; u and v are constants for the gradient."""
        weight, u, v = (getattr(module, self.name + part) for part in ("_orig", "_u", "_v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(normalize(mv(matrix.t(), u), dim=0, eps=self.eps))
                    u.copy_(normalize(mv(matrix, v), dim=0, eps=self.eps))
            u, v = u.clone(), v.clone()  # the next pass writes to the buffers
        quotient: Tensor = weight / dot(u, mv(matrix, v))
        return quotient

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """The weight with a row for each index along dim."""
    if dim != 0:
        weight = weight.permute(dim, *(d for d in range(weight.ndim) if d != dim))
    return weight.reshape(weight.size(0), -1)


def outputs_dim(module: Module) -> int:
    """Which dimension of the module's weight belongs to the outputs."""
    return int(isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)))


def random_direction(like: Tensor, n: int, eps: float) -> Tensor:
    """A random vector of n entries and of length 1."""
    return normalize(like.new_empty(n).normal_(0, 1), dim=0, eps=eps)


def spectral_norm(
    module: M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> M:
    """Divide a parameter by an estimate of its largest singular value before each forward pass.

    The parameter itself is then name_orig; the buffers name_u and name_v hold the estimate's
    vectors.

    Args:
        name: of the parameter, taken as a matrix with a row for each index along dim
        n_power_iterations: how often a pass in training improves the estimate
        eps: the least that a vector is divided by
        dim: None for 1 in transposed convolutions, else 0

    Returns the module itself. Raises KeyError for a name that is no parameter's, RuntimeError where
    it is spectrally normalised already, ValueError for a parameter that is None or not initialised
    and for n_power_iterations < 1. The module is unchanged then. Of checkpoints those of PyTorch ≥
    1.0 fit.

    Source:
        torch.nn.utils.spectral_norm; Miyato et al. 2018
    """
    if find_pre_hook(module, SpectralNorm, name) is not None:
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    hook = SpectralNorm(name, n_power_iterations, outputs_dim(module) if dim is None else dim, eps)
    weight = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    if is_lazy(weight):
        raise ValueError(
            f"spectral_norm: {name} is an uninitialized parameter, which has no singular values "
            "yet; run a forward pass first"
        )
    with no_grad():
        rows, columns = as_matrix(weight, hook.dim).shape
        u = random_direction(weight, rows, eps)
        v = random_direction(weight, columns, eps)
    delattr(module, name)
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.data)  # for who looks before the first pass
    module.register_buffer(name + "_u", u)
    module.register_buffer(name + "_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Undo spectral_norm: one parameter again, with the weight's value.

    Raises ValueError if there is no spectral_norm of that name.
    """
    key = find_pre_hook(module, SpectralNorm, name)
    if key is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    with no_grad():
        weight = module._forward_pre_hooks.pop(key).call.compute_weight(module, False)
    for part in ("", "_u", "_v", "_orig"):
        delattr(module, name + part)
    module.register_parameter(name, Parameter(weight))
    return module


_mirror(__name__)
