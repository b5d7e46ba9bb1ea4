"""A linear layer and the cross entropy of its output in one: LinearCrossEntropyLoss, its options."""

import math
from typing import Any

from refnet.engine import dtypes
from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.linear import Linear
from refnet.nn.loss import _WeightedLoss

__all__ = ["LinearCrossEntropyLoss", "LinearCrossEntropyOptions"]

_FIELDS = ("allow_retain_graph", "batch_chunk_size", "chunking_method", "acc_policy", "acc_dtype")


class LinearCrossEntropyOptions:
    """How many rows of logits are there at a time; the fields cannot be changed.

    Args:
        allow_retain_graph: without effect: the pullback makes the logits anew and may run twice
        batch_chunk_size: how many rows; None for all, or what chunking_method says
        chunking_method: "aspect_ratio": as many as make the logits as large as the input,
            rounded up to a power of 2; "aspect_ratio:n" an n-th of that;
            "auto" is "aspect_ratio:2"; None: batch_chunk_size decides
        acc_policy: "auto", "accurate", "balanced" or "compact": which of PyTorch's buffers are
            in acc_dtype; refnet computes everything in it
        acc_dtype: the input's dtype, or float32 for a float16 input; None for either

    Source:
        torch.nn.LinearCrossEntropyOptions

    Raises ValueError for another value.
    """

    allow_retain_graph: bool
    batch_chunk_size: int | None
    chunking_method: str | None
    acc_policy: str
    acc_dtype: dtypes.dtype | None

    def __init__(
        self,
        allow_retain_graph: bool = False,
        batch_chunk_size: int | None = None,
        chunking_method: str | None = "auto",
        acc_policy: str = "auto",
        acc_dtype: dtypes.dtype | None = None,
    ) -> None:
        if acc_policy not in {"auto", "accurate", "balanced", "compact"}:
            raise ValueError(
                f"acc_policy must be auto, accurate, balanced or compact: {acc_policy!r}"
            )
        if chunking_method not in (None, "auto") and _parts(chunking_method) < 1:
            raise ValueError(
                "chunking_method must be None, 'auto', 'aspect_ratio' or 'aspect_ratio:n', "
                f"got {chunking_method!r}"
            )
        sizes: Any = batch_chunk_size
        if sizes is not None and not (isinstance(sizes, int) and sizes > 0):
            raise ValueError(f"batch_chunk_size must be positive or None, got {batch_chunk_size!r}")
        if acc_dtype is not None:
            found = dtypes.find(acc_dtype)
            if found is None or not found.is_floating_point:
                raise ValueError(
                    f"acc_dtype must be a floating-point dtype or None, got {acc_dtype!r}"
                )
            acc_dtype = found
        given = allow_retain_graph, batch_chunk_size, chunking_method, acc_policy, acc_dtype
        vars(self).update(zip(_FIELDS, given, strict=True))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"cannot assign to field {name!r}: options do not change")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({fields})"

    def _rows(self, batch: int, in_features: int, n_classes: int) -> int:
        """How many rows of logits are there at a time.

        Raises ValueError if batch_chunk_size and chunking_method disagree.
        """
        size, method = self.batch_chunk_size, self.chunking_method
        if method is None or (method == "auto" and size is not None):
            return max(1, batch if size is None else min(size, batch))
        factor = 2 if method == "auto" else _parts(method)
        as_large = math.ceil(batch / math.ceil(n_classes / in_features))
        rows = min((1 << (as_large - 1).bit_length()) // factor, batch)
        if size not in (None, rows):
            raise ValueError(
                f"batch_chunk_size={size} and chunking_method={method!r}, which makes {rows} rows, "
                "disagree: give one of them"
            )
        return max(1, rows)

    def _sum_dtype(self, dtype: dtypes.dtype) -> Any:
        """The NumPy dtype to compute in.

        Raises RuntimeError for an acc_dtype that does not go with the input's, ValueError for integers.
        """
        if not dtype.is_floating_point:
            raise ValueError(f"linear_cross_entropy is for a floating-point input, got {dtype}")
        half = dtype is dtypes.float16
        chosen = self.acc_dtype
        if chosen is None:
            chosen = dtypes.float32 if half and self.acc_policy == "auto" else dtype
        if chosen is not dtype and not (half and chosen is dtypes.float32):
            raise RuntimeError(
                f"linear_cross_entropy: acc_dtype {chosen} does not go with an input of {dtype}"
            )
        return chosen.dtype


def _parts(method: Any) -> int:
    """The n of "aspect_ratio:n", 1 of "aspect_ratio", 0 of anything else."""
    name, colon, n = method.partition(":")
    n = n if colon else "1"
    return int(n) if name == "aspect_ratio" and n.isdigit() else 0


class LinearCrossEntropyLoss(_WeightedLoss):
    """ℓ = the cross entropy of x Wᵀ + b and the target

    The gradient is derived in `refnet.ops.linear_cross_entropy`.

    Shape:
        x: (N, in_features) or (in_features); the target: (N), (N, *out_features) or (),
        classes; or probabilities (N, num_classes, *out_features) or (num_classes)

    Args:
        in_features: of x
        num_classes: C
        out_features: the places that have a class each; () for one class an example
        bias: whether there is b
        reduction: "none", "mean" or "sum"
        weight: of the classes, (C); a buffer
        ignore_index: a class whose examples do not count; None for −100
        label_smoothing: in [0, 1]
        options: a LinearCrossEntropyOptions: less memory, the logits made twice

    Init:
        W and b as those of Linear

    Source:
        torch.nn.LinearCrossEntropyLoss

    Raises RuntimeError for a weight of another shape and for label_smoothing outside [0, 1].
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: LinearCrossEntropyOptions | None = None,
    ) -> None:
        if weight is not None and weight.shape != (num_classes,):
            raise RuntimeError(
                f"LinearCrossEntropyLoss: expected a weight of shape [{num_classes}], got "
                f"{list(weight.shape)}"
            )
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError(
                f"LinearCrossEntropyLoss: label_smoothing must be in [0, 1], got {label_smoothing}"
            )
        super().__init__(weight, reduction=reduction)
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        rows = math.prod(out_features, start=num_classes)
        self.linear = Linear(in_features, rows, bias=bias, device=device, dtype=dtype)
        self.options = options

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the features x and the target."""
        W, b = self.linear.weight, self.linear.bias
        shape = self.num_classes, *self.out_features
        return F.linear_cross_entropy(
            input,
            W.reshape(*shape, self.linear.in_features),
            target,
            linear_bias=None if b is None else b.reshape(shape),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self) -> str:
        """The sizes and the options."""
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, "
            f"out_features={self.out_features}, bias={self.linear.bias is not None}, "
            f"reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )
