"""Parametrized weights: of given length and direction, of spectral norm 1, orthogonal.

See parametrize.py for what a parametrization is.
"""

from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.casting import cast
from refnet.functions.comparison import allclose
from refnet.functions.creation import eye
from refnet.functions.joining import cat
from refnet.functions.linalg import dot, mv
from refnet.functions.matrix_functions import matrix_exp, solve
from refnet.functions.nn_functional.normalization import normalize
from refnet.functions.nn_functional.weight_norm import ALL, lengths, weight_norm as normalised
from refnet.functions.random import randn
from refnet.nn.module import Module
from refnet.nn.utils.parametrize import register_parametrization
from refnet.nn.utils.spectral_norm import as_matrix, outputs_dim, random_direction

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


def _find_tensor(module: Module, name: str) -> Tensor:
    tensor = getattr(module, name, None)
    if not isinstance(tensor, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return tensor


# --- weight normalisation ----------------------------------------------------------------------


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = ALL if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return normalised(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return lengths(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Parametrizes a weight by its length g and its direction v, which are trained instead.

        weight = g v / ‖v‖

    In the state_dict they are parametrizations.NAME.original0 and original1. A state_dict that
    calls them NAME_g and NAME_v can be loaded, too. The gradient is derived in
    `refnet.ops.weight_norm`.

    Args:
        module: the module
        name: the name of the parameter
        dim: the dimension with one length for each index; None for a single length

    Returns:
        the module itself

    Raises:
        ValueError: for an unknown name
        IndexError: for a dim that the weight lacks

    Source:
        torch.nn.utils.parametrizations.weight_norm; Salimans & Kingma 2016

    Example:
        >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 1, bias=False))
        >>> layer.weight = refnet.tensor([[3.0, 4.0]])
        >>> layer.parametrizations.weight.original0.data
        tensor([[5.]])
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def rename(module: Module, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        old = [f"{prefix}{name}_g", f"{prefix}{name}_v"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                new = f"{prefix}parametrizations.{name}.original{i}"
                state_dict[new] = state_dict.pop(key)

    module.register_load_state_dict_pre_hook(rename)
    return module


# --- spectral normalisation --------------------------------------------------------------------


class _SpectralNorm(Module):
    _u: Tensor
    _v: Tensor

    def __init__(
        self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12
    ) -> None:
        super().__init__()
        n = weight.ndim
        if not -n <= dim < n:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-n}, {n - 1}] but got {dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but "
                f"got n_power_iterations={n_power_iterations}"
            )
        self.dim = dim % n
        self.eps = eps
        if n > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight, self.dim)
            rows, columns = matrix.shape
            self.register_buffer("_u", random_direction(weight, rows, eps))
            self.register_buffer("_v", random_direction(weight, columns, eps))
            self._power_method(matrix, 15)

    @no_grad()
    def _power_method(self, matrix: Tensor, n_power_iterations: int) -> None:
        for _ in range(n_power_iterations):
            self._u.copy_(normalize(mv(matrix, self._v), dim=0, eps=self.eps))
            self._v.copy_(normalize(mv(matrix.t(), self._u), dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # the next access writes to the buffers
        quotient: Tensor = weight / dot(u, mv(matrix, v))
        return quotient

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> Module:
    """Divides a weight by an estimate of its largest singular value at each access.

        weight = W / σ,   σ = uᵀ W v

    The vectors u and v are buffers, initialised by 15 power iterations, and constants for the
    gradient. A weight of one dimension is divided by its length.

    Args:
        module: the module
        name: the name of the parameter, taken as a matrix with one row for each index along dim
        n_power_iterations: the number of power iterations at each access in training mode:
            u ← W v and v ← Wᵀ u, each divided by its length
        eps: the smallest divisor
        dim: None for 1 in transposed convolutions, else 0

    Returns:
        the module itself

    Raises:
        ValueError: for an unknown name, and for n_power_iterations < 1
        IndexError: for a dim that the weight lacks

    Source:
        torch.nn.utils.parametrizations.spectral_norm; Miyato et al. 2018

    Example:
        >>> layer = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 3))
        >>> w = layer.eval().weight.detach().numpy()
        >>> bool(np.isclose(np.linalg.norm(w, 2), 1, atol=0.01))
        True
    """
    weight = _find_tensor(module, name)
    dim = outputs_dim(module) if dim is None else dim
    return register_parametrization(
        module, name, _SpectralNorm(weight, n_power_iterations, dim, eps)
    )


# --- orthogonal matrices -----------------------------------------------------------------------

_MAPS = ("matrix_exp", "cayley", "householder")


class _Orthogonal(Module):
    base: Tensor  # the buffer B, if use_trivialization

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        wide = X.size(-2) < X.size(-1)
        X = X.mT if wide else X
        Q = self._columns(X)
        if "base" in self._buffers:
            Q = self.base @ Q
        return Q.mT if wide else Q

    def _columns(self, X: Tensor) -> Tensor:
        """Returns as many orthonormal columns as X has: (..., n, k) -> (..., n, k), n ≥ k."""
        n, k = X.size(-2), X.size(-1)
        if self.orthogonal_map == "householder":
            A = X.tril(-1)
            tau = 2.0 / (1.0 + (A * A).sum(dim=-2))
            return _reflections(A, tau) * X.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)
        L = X.tril()
        if n != k:
            L = cat([L, L.new_zeros(*L.shape[:-1], n - k)], dim=-1)
        A = L - L.mT
        if self.orthogonal_map == "matrix_exp":
            return matrix_exp(A)[..., :k]
        one = eye(n, dtype=A.dtype)
        return solve(one - A / 2, one + A / 2)[..., :k]

    @no_grad()
    def right_inverse(self, Q: Tensor) -> Tensor:
        if Q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. "
                f"Got a tensor of shape {Q.shape}."
            )
        wide = Q.size(-2) < Q.size(-1)
        tall = Q.mT if wide else Q
        n, k = tall.size(-2), tall.size(-1)
        if "base" not in self._buffers:
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential "
                    "or the Cayley parametrizations when use_trivialization=False."
                )
            X = _reflectors(tall)
            return X.mT if wide else X
        if n != k:
            new = randn(*tall.shape[:-1], n - k, dtype=Q.dtype)
            self.base = _orthonormal(cat([tall, new], dim=-1))
        else:
            self.base = tall.clone() if _is_orthogonal(tall) else _orthonormal(tall)
        # Every map turns −1 on the diagonal into the first columns of 1, so the weight is base.
        start = Q.new_zeros(Q.shape)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start


def _reflections(V: Tensor, tau: Tensor) -> Tensor:
    """Returns the first k columns of H₁ H₂ … H_k: (..., n, k), (..., k) -> (..., n, k).

        Hᵢ = 1 − τᵢ vᵢ vᵢᵀ

    vᵢ is column i of V, with a 1 on the diagonal.
    """
    one = eye(*V.shape[-2:], dtype=V.dtype)
    V = V + one
    Q = one.expand(V.shape)
    for i in reversed(range(V.size(-1))):
        v = V[..., i : i + 1]
        Q = Q - tau[..., i : i + 1].unsqueeze(-1) * v @ (v.mT @ Q)
    return Q


def _reflectors(Q: Tensor) -> Tensor:
    """Returns the vectors vᵢ of reflections whose product, with the signs on the diagonal, is Q."""
    h, tau = np.linalg.qr(Q._array, mode="raw")
    V = h.swapaxes(-1, -2).copy()
    signs = np.sign(V.diagonal(axis1=-2, axis2=-1)) * np.where(tau == 0, -1, 1)
    i = np.arange(tau.shape[-1])
    V[..., i, i] = signs
    return wrap(V.astype(Q._array.dtype, copy=False))


def _orthonormal(A: Tensor) -> Tensor:
    """Returns the Q of A = Q R with a non-negative diagonal of R."""
    q, r = np.linalg.qr(A._array)
    q *= np.sign(r.diagonal(axis1=-2, axis2=-1))[..., None, :]
    return cast(wrap(q), A._array.dtype)


def _is_orthogonal(Q: Tensor) -> bool:
    """Returns whether QᵀQ = 1 within rounding errors."""
    rounding = 10 * Q.size(-2) * float(np.finfo(Q._array.dtype).eps)
    return allclose(Q.mT @ Q, eye(Q.size(-1), dtype=Q.dtype), atol=rounding)


def orthogonal(
    module: Module,
    name: str = "weight",
    orthogonal_map: str | None = None,
    *,
    use_trivialization: bool = True,
) -> Module:
    """Parametrizes a weight as a matrix with orthonormal columns, or rows if these are fewer.

    With X the n × k matrix that is trained, L its lower triangle and A = L − Lᵀ, the weight is B
    times the first k columns of

        matrix_exp   exp A
        cayley       (1 − A/2)⁻¹ (1 + A/2)
        householder  H₁ H₂ … H_k

    Hᵢ = 1 − 2 v vᵀ/‖v‖² is a reflection, where v is column i of X below the diagonal, with a 1 on
    the diagonal. The diagonal of X holds a sign for each column of the product. Each matrix of a
    batch is parametrized.

    Args:
        module: the module
        name: the name of the parameter
        orthogonal_map: one of these maps; None for matrix_exp if the matrix is square, otherwise
            householder
        use_trivialization: if True, B is a constant matrix, a buffer: the present weight made
            orthogonal and completed by random columns, so training starts at this weight; if
            False, B = 1

    Returns:
        the module itself

    Raises:
        ValueError: for an unknown name or map, and for a weight of fewer than two dimensions

    Source:
        torch.nn.utils.parametrizations.orthogonal; Lezcano Casado 2019, "Trivializations for
        gradient-based optimization on manifolds"

    Example:
        >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(3, 2))
        >>> refnet.allclose(layer.weight @ layer.weight.T, refnet.eye(2), atol=1e-6)
        True
    """
    weight = _find_tensor(module, name)
    if weight.ndim < 2:
        raise ValueError(
            f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions."
        )
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.size(-2) == weight.size(-1) else "householder"
    if orthogonal_map not in _MAPS:
        raise ValueError(
            'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
            f"Got: {orthogonal_map}"
        )
    orth = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, orth, unsafe=True)


_mirror(__name__)
