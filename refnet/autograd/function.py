"""Function: an operation with a backward pass of one's own, and Variable, tensors' old name.

    class Square(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, dy):
            (x,) = ctx.saved_tensors
            return 2 * x * dy

    y = Square.apply(x)

This is PyTorch's way to write a rule: `forward` gives the value, `backward` is the pullback, and what
a rule's closure keeps, `ctx` keeps. A rule of refnet.ops works on arrays and needs no context.
"""

import warnings
from typing import Any, NoReturn

import numpy as np

from refnet.gradmode import no_grad
from refnet.lookup import mirror as _mirror
from refnet.ops.rule import Array, keeps_dtypes
from refnet.refusal import type_name
from refnet.tape import apply, wrap
from refnet.tensor import Tensor


class Context:
    """What a Function's forward pass leaves for its backward pass; attributes of one's own too.

    needs_input_grad  for each argument of forward, whether its gradient is asked for
    saved_tensors     what save_for_backward was given
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self.saved_tensors: tuple[Tensor | None, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._materialize = True

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs or outputs of forward for the backward pass."""
        for x in tensors:
            if not (x is None or isinstance(x, Tensor)):
                raise TypeError(
                    f"save_for_backward can only save variables, but got {type_name(x)}"
                )
        self.saved_tensors = tensors

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """These outputs have no gradient; integers have none anyway."""
        self._constant = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros (True) or None for an output that leads nowhere."""
        self._materialize = value

    def mark_dirty(self, *args: Tensor) -> NoReturn:
        """Not in refnet: a recorded in-place operation gives its tensor a new array."""
        raise NotImplementedError(
            "mark_dirty: a Function of refnet cannot change its inputs in place; return a new tensor"
        )


class Function:
    """An operation with a backward pass of one's own; see the module.

    A subclass defines the static methods

        forward(ctx, *args)                     the outputs: a Tensor, or a tuple
        backward(ctx, *cotangents)              for each argument its gradient, or None

    or forward(*args) with setup_context(ctx, inputs, output) beside it. forward runs unrecorded.
    backward gets the cotangent of each output (zeros where there is none). An output that is no Tensor
    is handed out as it is; its cotangent is None.

    Raises RuntimeError if backward gives another number of gradients than forward has arguments, or
    one of another shape.
    Source: torch.autograd.Function, without jvp, vmap and mark_dirty.
    """

    def __init__(self) -> None:
        raise RuntimeError(
            f"{type(self).__name__} is not to be instantiated: call {type(self).__name__}.apply(...)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The value; a subclass defines it."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx: Context, inputs: tuple[Any, ...], output: Any) -> Any:
        """Fill ctx, where forward does not take it."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The pullback; a subclass defines it."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """The outputs of forward for these arguments, recorded with backward as their pullback."""
        ctx = Context(tuple(isinstance(x, Tensor) and x.requires_grad for x in args))
        with no_grad():
            if cls.setup_context is Function.setup_context:
                output = cls.forward(ctx, *args, **kwargs)
            else:
                output = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
        outputs = output if isinstance(output, tuple) else (output,)
        recorded = [isinstance(y, Tensor) for y in outputs]  # others are handed out as they are
        # A view: an input that is handed through is another tensor than the output.
        values = tuple(y._array.view() for y in outputs if isinstance(y, Tensor))
        if not values:
            return output

        def pullback(dys: Any) -> tuple[Array | None, ...]:
            given = iter(dys if len(values) > 1 else (dys,))
            cotangents = [next(given) if r else None for r in recorded]
            dxs = cls.backward(ctx, *(_shown(dy, ctx._materialize) for dy in cotangents))
            return _gradients(cls.__name__, args, dxs)

        @keeps_dtypes
        def rule(*_: Any) -> tuple[Any, Any]:
            return values if len(values) > 1 else values[0], pullback

        rule.__name__ = cls.__name__
        made = apply(rule, *(x if isinstance(x, Tensor) else None for x in args))
        made = iter(made if isinstance(made, tuple) else (made,))
        ys = tuple(next(made) if r else y for y, r in zip(outputs, recorded, strict=True))
        constant = [any(y is c for c in ctx._constant) for y in outputs]
        ys = tuple(y.detach() if c else y for y, c in zip(ys, constant, strict=True))
        return ys if isinstance(output, tuple) else ys[0]


def _shown(dy: Array | None, materialize: bool) -> Tensor | None:
    """A cotangent as a Tensor; zeros in the memory of one number stand for one that never came."""
    if dy is None or (not materialize and dy.size and not any(dy.strides) and not dy.any()):
        return None
    return wrap(np.ascontiguousarray(dy).reshape(dy.shape))


def _gradients(name: str, args: tuple[Any, ...], dxs: Any) -> tuple[Array | None, ...]:
    dxs = dxs if isinstance(dxs, tuple) else (dxs,)
    while len(dxs) > len(args) and dxs[-1] is None:
        dxs = dxs[:-1]
    if len(dxs) != len(args):
        raise RuntimeError(
            f"function {name}Backward returned an incorrect number of gradients "
            f"(expected {len(args)}, got {len(dxs)})"
        )
    arrays: list[Array | None] = []
    for i, (x, dx) in enumerate(zip(args, dxs, strict=True)):
        if dx is None or not isinstance(x, Tensor):
            arrays.append(None)
            continue
        if dx._array.shape != x._array.shape:
            raise RuntimeError(
                f"Function {name}Backward returned an invalid gradient at index {i} - got "
                f"{list(dx.shape)} but expected shape compatible with {list(x.shape)}"
            )
        arrays.append(dx._array.astype(x._array.dtype, copy=False))
    return tuple(arrays)


class _IsTensor(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_IsTensor):
    """Variable(x): x without its history. Once what recorded operations; since PyTorch 0.4 every
    Tensor does, and is a Variable.

    Raises TypeError for what is no Tensor.
    """

    def __new__(  # type: ignore[misc]  # a Tensor, as in PyTorch
        cls, data: Tensor, requires_grad: bool = False, volatile: bool | None = None
    ) -> Tensor:
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type_name(data)}")
        if volatile:
            warnings.warn(
                "volatile was removed and now has no effect. Use `with refnet.no_grad():` instead.",
                stacklevel=2,
            )
        return data.detach().requires_grad_(requires_grad)


_mirror(__name__)
