"""Casts of a module to another dtype, as methods of Module: to, type, float, double, ...

Parameters stay the same objects, so an optimizer keeps its references. Buffers are replaced.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from refnet.engine import dtypes
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor
from refnet.functions.casting import parse_to

M = TypeVar("M", bound=Any)  # a Module


def replace_tensors(module: M, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> M:
    """Replaces the values of all parameters, their gradients and all buffers by fn of them."""
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
    """Casts the floating-point parameters and buffers.

    Called as to(dtype), to(device), to(device, dtype) or to(tensor), which gives the dtype.

    Args:
        *args: dtype, device, or a tensor; the only device is the CPU
        **kwargs: dtype, device, tensor, non_blocking, and memory_format, which applies to tensors
            of four or five dimensions

    Returns:
        the module itself

    Raises:
        TypeError: for a dtype that is not floating-point
        RuntimeError: for other devices, and for copy=True
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
    """Casts all parameters and buffers, including integer ones.

    Args:
        dst_type: the dtype

    Returns:
        the module itself
    """
    module._apply(lambda t: t.to(dst_type))
    return module


def float(module: M) -> M:
    """Casts the floating-point parameters and buffers to float32."""
    module.to(dtypes.float32)
    return module


def double(module: M) -> M:
    """Casts the floating-point parameters and buffers to float64."""
    module.to(dtypes.float64)
    return module


def half(module: M) -> M:
    """Casts the floating-point parameters and buffers to float16."""
    module.to(dtypes.float16)
    return module


def cpu(module: M) -> M:
    """Returns the module itself."""
    return module


def cuda(module: M, device: Any = None) -> M:
    """Raises an error: refnet runs on the CPU.

    Args:
        device: ignored

    Raises:
        RuntimeError: always
    """
    module.to("cuda")
    return module
