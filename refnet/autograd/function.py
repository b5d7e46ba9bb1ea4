"""Function: an operation with a user-defined backward pass, and Variable, an old name of tensors.

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

This is PyTorch's way to write a rule: `forward` computes the value, `backward` is the pullback, and
`ctx` keeps the values that a rule's closure keeps. A rule of refnet.ops works on arrays and needs
no context.
"""

import functools
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine import memory, views
from refnet.engine.argument_errors import type_name
from refnet.engine.grad_mode import no_grad
from refnet.engine.reverse import SECOND_TIME
from refnet.engine.tape import apply_any
from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import Array, Rule, mark


class Context:
    """The values that a Function's forward pass saves for its backward pass.

    A Function may set other attributes, too.

    Args:
        needs_input_grad: for each argument of forward, whether its gradient is needed
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self._saved: tuple[Tensor | None, ...] | None = ()  # None after a backward pass freed them
        self._arrays: tuple[Array | None, ...] = ()  # their arrays when forward ended
        self._ended = 0
        self._constant: tuple[Tensor, ...] = ()
        self._materialize = True
        self._placed: tuple[Tensor | None, ...] | None = (
            None  # the saved tensors in a recorded pass
        )

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The arguments of save_for_backward.

        Raises:
            RuntimeError: after a backward pass without retain_graph, and for a tensor that was
                changed in place after forward
        """
        if self._saved is None:
            raise RuntimeError(SECOND_TIME)
        for x, array in zip(self._saved, self._arrays, strict=False):
            if x is not None and (x._array is not array or memory.changed(array, self._ended)):
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an "
                    f"inplace operation: a tensor of shape {list(x.shape)}, which a Function saved"
                )
        return self._saved if self._placed is None else self._placed

    def _end(self) -> None:
        """Notes that forward has ended: the saved tensors must not change any more."""
        self._arrays = tuple(None if x is None else x._array for x in self._saved or ())
        self._ended = next(memory.order)

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Saves inputs or outputs of forward for the backward pass.

        Args:
            *tensors: tensors, or None

        Raises:
            TypeError: for anything else
        """
        for x in tensors:
            if not (x is None or isinstance(x, Tensor)):
                raise TypeError(
                    f"save_for_backward can only save variables, but got {type_name(x)}"
                )
        self._saved = tensors

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Marks outputs that have no gradient; integer outputs never have one.

        Args:
            *args: the outputs
        """
        self._constant = args

    def set_materialize_grads(self, value: bool) -> None:
        """Sets what backward gets for an output without a gradient.

        Args:
            value: True for zeros, False for None
        """
        self._materialize = value

    def mark_dirty(self, *args: Tensor) -> NoReturn:
        """Raises an error: a recorded in-place operation of refnet gives its tensor a new array.

        Args:
            *args: ignored

        Raises:
            NotImplementedError: always
        """
        raise NotImplementedError(
            "mark_dirty(): expected no inputs that forward changed in place, which refnet does "
            "not support; return a new tensor"
        )


class Function:
    """An operation with a user-defined backward pass.

    A subclass defines the static methods

        forward(ctx, *args) -> a Tensor, or a tuple of outputs
        backward(ctx, *cotangents) -> for each argument its gradient, or None

    or forward(*args) together with setup_context(ctx, inputs, output). forward is not recorded.
    backward gets the cotangent of each output, zeros for an output without one. An output that is
    not a Tensor is returned as it is; its cotangent is None.

    Raises:
        RuntimeError: if backward returns another number of gradients than forward has arguments, or
            one of another shape

    Source:
        torch.autograd.Function, without jvp, vmap and mark_dirty

    Example:
        >>> class Square(refnet.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x * x
        ...
        ...     @staticmethod
        ...     def backward(ctx, dy):
        ...         (x,) = ctx.saved_tensors
        ...         return 2 * x * dy
        >>> x = refnet.tensor([1.0, 3.0], requires_grad=True)
        >>> Square.apply(x).sum().backward()
        >>> x.grad
        tensor([2., 6.])
    """

    def __init__(self) -> None:
        raise RuntimeError(
            f"{type(self).__name__} cannot be instantiated: call {type(self).__name__}.apply(...)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Computes the outputs; a subclass defines it.

        Args:
            *args: ctx, unless the subclass defines setup_context, and the arguments of apply
            **kwargs: its keyword arguments
        """
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx: Context, inputs: tuple[Any, ...], output: Any) -> Any:
        """Fills ctx, for a forward that does not take it; a subclass defines it.

        Args:
            ctx: the context
            inputs: the arguments of forward
            output: its result
        """
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Computes the gradients of the arguments; a subclass defines it.

        Args:
            ctx: the context
            *grad_outputs: the cotangents of the outputs
        """
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Returns the outputs of forward, recorded with backward as their pullback.

        Args:
            *args: the arguments of forward
            **kwargs: its keyword arguments
        """
        ctx = Context(tuple(isinstance(x, Tensor) and x.requires_grad for x in args))
        with no_grad():
            if cls.setup_context is Function.setup_context:
                output = cls.forward(ctx, *args, **kwargs)
            else:
                output = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
        ctx._end()
        outputs = output if isinstance(output, tuple) else (output,)
        recorded = [isinstance(y, Tensor) for y in outputs]  # others are returned as they are
        # Views, so that an input that forward returns is another tensor than the output.
        values = tuple(y._array.view() for y in outputs if isinstance(y, Tensor))
        if not values:
            return output
        made = apply_any(
            _rule(cls.__name__),
            *(x if isinstance(x, Tensor) else None for x in args),
            value=values if len(values) > 1 else values[0],
            pullback=_Backward(cls, ctx, args, outputs, recorded, values),
        )
        tensors = made if isinstance(made, tuple) else (made,)
        if tensors[0].grad_fn is not None:
            tensors[0].grad_fn.options = None  # they hold the values
        given = iter(tensors)
        ys = tuple(next(given) if r else y for y, r in zip(outputs, recorded, strict=True))
        for y, out in zip(ys, outputs, strict=True):
            if isinstance(y, Tensor):
                _note_view(y, out, any(out is x for x in args))
        constant = [any(y is c for c in ctx._constant) for y in outputs]
        ys = tuple(y.detach() if c else y for y, c in zip(ys, constant, strict=True))
        return ys if isinstance(output, tuple) else ys[0]


@functools.cache
def _rule(name: str) -> Rule:
    """Returns the rule that returns forward's outputs; all Functions of one name share it."""

    def rule(*_: Any, value: Any, pullback: Any) -> tuple[Any, Any]:
        return value, pullback

    rule.__name__ = name
    return mark(rule, keeps_dtypes=True, kept=_Backward.freed)


class _Backward:
    """A Function's backward on arrays: the pullback of one call."""

    def __init__(
        self,
        cls: type[Function],
        ctx: Context,
        args: tuple[Any, ...],
        outputs: tuple[Any, ...],
        recorded: list[bool],
        values: tuple[Array, ...],
    ) -> None:
        self.cls, self.ctx, self.is_output = cls, ctx, recorded
        self.values = values if len(values) > 1 else values[0]
        tensors = [y for y in outputs if isinstance(y, Tensor)]
        # Where each saved tensor is found among the arguments, or among the outputs.
        self.places = [(_place(x, args), _place(x, tensors)) for x in ctx._saved or ()]
        self.like = [
            (x._array.shape, x._array.dtype) if isinstance(x, Tensor) else None for x in args
        ]

    def __call__(self, dys: Any) -> tuple[Array | None, ...]:
        given = iter(dys if sum(self.is_output) > 1 else (dys,))
        cotangents = [next(given) if r else None for r in self.is_output]
        dxs = self.cls.backward(self.ctx, *(_shown(dy, self.ctx._materialize) for dy in cotangents))
        return _gradients(self.cls.__name__, self.like, dxs)

    def recorded(
        self, inputs: list[Any], outputs: list[Tensor], dys: tuple[Any, ...]
    ) -> list[Tensor | None]:
        """Runs backward on tensors with places on the tape, so that it is recorded.

        Args:
            inputs: the arguments
            outputs: the outputs that are tensors
            dys: their cotangents; zeros in the memory of one number are a missing one
        """
        given = iter(dys)
        cotangents = [next(given) if r else None for r in self.is_output]
        shown = [
            dy if isinstance(dy, Tensor) else _shown(dy, self.ctx._materialize) for dy in cotangents
        ]
        saved = self.ctx.saved_tensors
        self.ctx._placed = tuple(
            inputs[i] if i is not None else outputs[j] if j is not None else x
            for x, (i, j) in zip(saved, self.places, strict=True)
        )
        try:
            dxs = self.cls.backward(self.ctx, *shown)
        finally:
            self.ctx._placed = None
        dxs = dxs if isinstance(dxs, tuple) else (dxs,)
        checked = _gradients(self.cls.__name__, self.like, dxs)
        return [None if a is None else dx.to(a.dtype) for dx, a in zip(dxs, checked, strict=False)]

    def freed(self) -> "_Backward":
        """Returns itself without the saved tensors; a backward without them can run again."""
        self.ctx._saved = None
        return self


def _place(x: Any, among: Sequence[Any]) -> int | None:
    return next((i for i, y in enumerate(among) if y is x and x is not None), None)


def _note_view(y: Tensor, out: Tensor, is_input: bool) -> None:
    """Notes that an output of a Function shows the memory of an input, or of a view of one.

    Such an output cannot be changed in place, since the Function's backward would not know of it.
    """
    if not is_input and out._base is None:
        return
    if y._base is None:
        views.share_memory(y, out)
    if is_input or out._head is not None:
        if y._kind is None:
            views.note_kind(y, "function")
    else:  # an input that forward detached: only the memory is shared
        y._head = None


def _shown(dy: Array | None, materialize: bool) -> Tensor | None:
    """Returns a cotangent as a Tensor, or None.

    Zeros in the memory of one number represent a missing cotangent.
    """
    if dy is None or (not materialize and dy.size and not any(dy.strides) and not dy.any()):
        return None
    return wrap(np.ascontiguousarray(dy).reshape(dy.shape))


def _gradients(name: str, args: list[Any], dxs: Any) -> tuple[Array | None, ...]:
    """Returns the gradients from backward for arguments of these shapes and dtypes."""
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
        if dx is None or x is None:
            arrays.append(None)
            continue
        shape, dtype = x
        if dx._array.shape != shape:
            raise RuntimeError(
                f"Function {name}Backward returned an invalid gradient at index {i} - got "
                f"{list(dx.shape)} but expected shape compatible with {list(shape)}"
            )
        arrays.append(dx._array.astype(dtype, copy=False))
    return tuple(arrays)


class _IsTensor(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_IsTensor):
    """The old name of a tensor. Variable(x) is x without its history.

    Variables recorded operations before PyTorch 0.4; since then every Tensor is a Variable.

    Args:
        data: the tensor
        requires_grad: whether operations on the result are recorded
        volatile: has no effect, with a warning

    Raises:
        TypeError: for data that is not a Tensor

    Example:
        >>> x = refnet.autograd.Variable(refnet.ones(2), requires_grad=True)
        >>> isinstance(x, refnet.Tensor), x.requires_grad
        (True, True)
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
