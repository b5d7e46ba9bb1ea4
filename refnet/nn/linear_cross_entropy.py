"""A linear layer and the cross entropy of its output in one: LinearCrossEntropyLoss."""

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
    """The number of rows of logits that linear_cross_entropy computes at a time, and their dtype.

    An instance cannot be changed.

    Args:
        allow_retain_graph: without effect: the pullback computes the logits again, so it can always
            run twice
        batch_chunk_size: the number of rows; None means all, or what chunking_method says
        chunking_method: "aspect_ratio": the number of rows that makes the logits as large as the
            input, rounded up to a power of 2; "aspect_ratio:n": this number divided by n; "auto":
            batch_chunk_size or, if that is None, "aspect_ratio:2"; None: batch_chunk_size
        acc_policy: "auto", "accurate", "balanced" or "compact": in PyTorch, which buffers have
            acc_dtype; refnet computes everything in acc_dtype
        acc_dtype: the dtype of the input, or float32 for a float16 input; None means the default of
            acc_policy

    Raises:
        ValueError: an option has another value

    Source:
        torch.nn.LinearCrossEntropyOptions

    Example:
        >>> options = nn.LinearCrossEntropyOptions(batch_chunk_size=1)
        >>> x, W = refnet.zeros(2, 3), refnet.zeros(4, 3)  # equal probabilities
        >>> F.linear_cross_entropy(x, W, refnet.tensor([0, 1]), options=options).exp()
        tensor(4.)
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
                "LinearCrossEntropyOptions(): expected acc_policy 'auto', 'accurate', 'balanced' "
                f"or 'compact', got {acc_policy!r}"
            )
        if chunking_method not in (None, "auto") and _parts(chunking_method) < 1:
            raise ValueError(
                "LinearCrossEntropyOptions(): expected chunking_method None, 'auto', "
                f"'aspect_ratio' or 'aspect_ratio:n', got {chunking_method!r}"
            )
        rows: Any = batch_chunk_size
        if rows is not None and not (isinstance(rows, int) and rows > 0):
            raise ValueError(
                "LinearCrossEntropyOptions(): expected batch_chunk_size None or a positive int, "
                f"got {batch_chunk_size!r}"
            )
        if acc_dtype is not None:
            found = dtypes.find(acc_dtype)
            if found is None or not found.is_floating_point:
                raise ValueError(
                    "LinearCrossEntropyOptions(): expected acc_dtype None or a floating-point "
                    f"dtype, got {acc_dtype!r}"
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
        """Returns the number of rows of logits at a time.

        Raises:
            ValueError: batch_chunk_size and chunking_method disagree
        """
        size, method = self.batch_chunk_size, self.chunking_method
        if method is None or (method == "auto" and size is not None):
            return max(1, batch if size is None else min(size, batch))
        factor = 2 if method == "auto" else _parts(method)
        as_large = math.ceil(batch / math.ceil(n_classes / in_features))
        rows = min((1 << (as_large - 1).bit_length()) // factor, batch)
        if size not in (None, rows):
            raise ValueError(
                f"linear_cross_entropy(): expected batch_chunk_size or chunking_method, got {size} "
                f"and {method!r}, which means {rows} rows"
            )
        return max(1, rows)

    def _sum_dtype(self, dtype: dtypes.dtype) -> Any:
        """Returns the NumPy dtype to compute in.

        Raises:
            RuntimeError: acc_dtype does not fit the dtype of the input
            ValueError: the input is not floating-point
        """
        if not dtype.is_floating_point:
            raise ValueError(
                f"linear_cross_entropy(): expected a floating-point input, got {dtype}"
            )
        half = dtype is dtypes.float16
        chosen = self.acc_dtype
        if chosen is None:
            chosen = dtypes.float32 if half and self.acc_policy == "auto" else dtype
        if chosen is not dtype and not (half and chosen is dtypes.float32):
            raise RuntimeError(
                f"linear_cross_entropy(): expected an acc_dtype that fits {dtype}, got {chosen}"
            )
        return chosen.dtype


def _parts(method: Any) -> int:
    """Returns the n of "aspect_ratio:n"; 1 for "aspect_ratio", 0 for anything else."""
    name, colon, n = method.partition(":")
    n = n if colon else "1"
    return int(n) if name == "aspect_ratio" and n.isdigit() else 0


class LinearCrossEntropyLoss(_WeightedLoss):
    """ℓ = cross_entropy(W x + b, target), with W and b as parameters

    The layer calls `refnet.nn.functional.linear_cross_entropy`. The gradient is derived in
    `refnet.ops.linear_cross_entropy`.

    Shape:
        x: (N, in_features) or (in_features)
        target: (N), (N, *out_features) or (), classes; or probabilities
            (N, num_classes, *out_features) or (num_classes)

    Args:
        in_features: the size of x
        num_classes: C
        out_features: the sizes of the target's dimensions after N; () for one class per example
        bias: whether to add b
        device: "cpu" or None
        dtype: of W and b; None means the default dtype
        reduction: "none" for the losses themselves, "mean" or "sum"
        weight: the weight of each class, (C), a buffer; or None
        ignore_index: a class whose examples do not count; None means −100
        label_smoothing: ε of CrossEntropyLoss, in [0, 1]
        options: a LinearCrossEntropyOptions, which saves memory and computes the logits twice; or
            None

    Raises:
        RuntimeError: the weight has another shape, or label_smoothing is not in [0, 1]

    Init:
        as in Linear

    Source:
        torch.nn.LinearCrossEntropyLoss

    Example:
        >>> loss = nn.LinearCrossEntropyLoss(in_features=3, num_classes=4)
        >>> loss(refnet.zeros(2, 3), refnet.tensor([0, 1])).exp().detach()  # equal probabilities
        tensor(4.)
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
                f"LinearCrossEntropyLoss(): expected a weight of shape [{num_classes}], got "
                f"{list(weight.shape)}"
            )
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError(
                "LinearCrossEntropyLoss(): expected label_smoothing in [0, 1], got "
                f"{label_smoothing}"
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
        """Returns the sizes and the options."""
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, "
            f"out_features={self.out_features}, bias={self.linear.bias is not None}, "
            f"reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )
