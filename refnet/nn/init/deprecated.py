"""The old names of the functions of refnet.nn.init, without the underscore: they give a warning."""

import warnings
from collections.abc import Callable
from typing import Any

from refnet.engine.argument_errors import refuse
from refnet.engine.tensor import Tensor
from refnet.nn.init.fans import (
    kaiming_normal_,
    kaiming_uniform_,
    xavier_normal_,
    xavier_uniform_,
)
from refnet.nn.init.laws import orthogonal_, sparse_
from refnet.nn.init.plain import constant_, dirac_, eye_, normal_, uniform_

__all__ = [
    "constant", "dirac", "eye", "kaiming_normal", "kaiming_uniform", "normal", "orthogonal",
    "sparse", "uniform", "xavier_normal", "xavier_uniform",
]  # fmt: skip


def _deprecated(
    function: Callable[..., Tensor], shape: tuple[int, ...] = (2, 3), value: str = ""
) -> Callable[..., Tensor]:
    """Returns the function under its old name; shape and value are those of its example."""
    new = function.__name__
    old = new.removesuffix("_")

    def alias(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(
            f"`nn.init.{old}` is now deprecated in favor of `nn.init.{new}`.",
            FutureWarning,
            stacklevel=2,
        )
        refuse(f"{old}()", *args, *kwargs.values())
        return function(*args, **kwargs)

    alias.__name__ = alias.__qualname__ = old
    alias.__doc__ = f"""Deprecated name of {new}: gives a FutureWarning and calls it.

    Example:
        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore"):
        ...     w = nn.init.{old}(refnet.empty{shape}{value})
        >>> w.shape
        refnet.Size({list(shape)})
    """
    return alias


uniform = _deprecated(uniform_)
normal = _deprecated(normal_)
constant = _deprecated(constant_, value=", 0.5")
eye = _deprecated(eye_)
dirac = _deprecated(dirac_, (1, 2, 3))
xavier_uniform = _deprecated(xavier_uniform_)
xavier_normal = _deprecated(xavier_normal_)
kaiming_uniform = _deprecated(kaiming_uniform_)
kaiming_normal = _deprecated(kaiming_normal_)
orthogonal = _deprecated(orthogonal_)
sparse = _deprecated(sparse_, value=", 0.5")
