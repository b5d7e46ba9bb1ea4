"""A module in another dtype, as methods of Module: to, type, float, double, ...

Parameters stay the same objects, so an optimizer goes on with them; buffers do not.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from refnet.engine import dtypes
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor
from refnet.functions.casting import parse_to

M = TypeVar("M", bound=Any)  # a Module


def replace_tensors(module: M, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> M:
    """Give all parameters, their gradients and all buffers the values that fn makes of them."""
    if recurse:
        for child in module.children():
            child._apply(fn)
    with no_grad():
        for p in module._parameters.values():
            if p is not None:
                p.data = fn(p)
                if p.grad is not None:
                    p.grad.data = fn(p.grad)
        for name, b in module._buffers.items():
            if b is not None:
                module._buffers[name] = fn(b)
    return module


def to(module: M, *args: Any, **kwargs: Any) -> M:
    """to(dtype), to(device), to(device, dtype), to(other_tensor): cast the floating-point
    parameters and buffers. The one device is the CPU. Keywords: dtype, device, tensor,
    non_blocking, memory_format, which is for those of 4 or 5 dimensions.

    Raises TypeError for a dtype that is not a floating-point one, RuntimeError for other devices
    and for copy=True.
    """
    target, copy, memory_format = parse_to(*args, **kwargs)
    if copy:
        raise RuntimeError(".to() does not accept copy argument")
    dtype = None if target is None else dtypes.from_numpy_dtype(target)
    if dtype is not None and not dtype.is_floating_point:
        raise TypeError(
            "nn.Module.to only accepts floating point or complex dtypes, but got desired "
            f"dtype={dtype}"
        )

    def converted(t: Tensor) -> Tensor:
        format = memory_format if memory_format is not None and t.dim() in (4, 5) else None
        return t.to(dtype=dtype if t.is_floating_point() else None, memory_format=format)

    module._apply(converted)
    return module


def type(module: M, dst_type: Any) -> M:
    """Cast all parameters and buffers, integer ones too."""
    module._apply(lambda t: t.to(dst_type))
    return module


def float(module: M) -> M:
    """Cast to float32."""
    module.to(dtypes.float32)
    return module


def double(module: M) -> M:
    """Cast to float64."""
    module.to(dtypes.float64)
    return module


def half(module: M) -> M:
    """Cast to float16."""
    module.to(dtypes.float16)
    return module


def cpu(module: M) -> M:
    """The module itself."""
    return module


def cuda(module: M, device: Any = None) -> M:
    """Raises RuntimeError: refnet runs on the CPU."""
    module.to("cuda")
    return module
