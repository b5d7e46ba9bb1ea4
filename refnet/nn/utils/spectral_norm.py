"""Spectral normalisation by a hook. parametrizations.py has the newer form."""

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

__all__ = ["remove_spectral_norm", "spectral_norm"]

M = TypeVar("M", bound=Module)


class SpectralNorm:
    """The hook that computes the weight before each forward pass.

        weight = W / σ,   σ = uᵀ W v

    u and v are the buffers name_u and name_v. In training mode each pass first moves them towards
    the singular vectors of the largest singular value:

        v ← Wᵀ u / ‖Wᵀ u‖,   u ← W v / ‖W v‖
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
        """Returns W / σ; u and v are constants for the gradient."""
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
    """Returns the weight as a matrix with one row for each index along dim."""
    if dim != 0:
        weight = weight.permute(dim, *(d for d in range(weight.ndim) if d != dim))
    return weight.reshape(weight.size(0), -1)


def outputs_dim(module: Module) -> int:
    """Returns the dimension of the module's weight that belongs to the outputs."""
    return int(isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)))


def random_direction(weight: Tensor, n: int, eps: float) -> Tensor:
    """Returns a random vector of n entries and length 1."""
    return normalize(weight.new_empty(n).normal_(0, 1), dim=0, eps=eps)


def spectral_norm(
    module: M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> M:
    """Divides a parameter by an estimate of its largest singular value before each forward pass.

    The parameter itself becomes name_orig; the buffers name_u and name_v are the singular vectors
    of the estimate. Checkpoints of PyTorch ≥ 1.0 can be loaded.

    Args:
        module: the module
        name: the name of the parameter, taken as a matrix with one row for each index along dim
        n_power_iterations: the number of power iterations of a pass in training mode
        eps: the smallest divisor
        dim: None for 1 in transposed convolutions, else 0

    Returns:
        the module itself

    Raises:
        KeyError: for a name that is not a parameter's
        RuntimeError: for a parameter that is spectrally normalised already or lacks dim
        ValueError: for a parameter that is None or uninitialised, and for n_power_iterations < 1.
            The module is unchanged in all cases.

    Source:
        torch.nn.utils.spectral_norm; Miyato et al. 2018

    Example:
        >>> layer = nn.utils.spectral_norm(nn.Linear(2, 2, bias=False), n_power_iterations=20)
        >>> y = layer(refnet.ones(1, 2))
        >>> bool(np.isclose(np.linalg.norm(layer.weight.detach().numpy(), 2), 1))
        True
    """
    if find_pre_hook(module, SpectralNorm, name) is not None:
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    hook = SpectralNorm(name, n_power_iterations, outputs_dim(module) if dim is None else dim, eps)
    weight = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    if is_lazy(weight):
        raise ValueError(
            f"spectral_norm(): expected an initialized parameter, got {name}, which has no "
            "singular values yet; run a forward pass first"
        )
    with no_grad():
        rows, columns = as_matrix(weight, hook.dim).shape
        u = random_direction(weight, rows, eps)
        v = random_direction(weight, columns, eps)
    delattr(module, name)
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.data)  # the value until the first pass
    module.register_buffer(name + "_u", u)
    module.register_buffer(name + "_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Undoes spectral_norm: restores a single parameter with the present weight as its value.

    Args:
        module: the module
        name: the name of the parameter

    Returns:
        the module itself

    Raises:
        ValueError: for a parameter without spectral_norm

    Example:
        >>> layer = nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(2, 2)))
        >>> [name for name, p in layer.named_parameters()]
        ['bias', 'weight']
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
